/** What a reviewer reads about a witness. */
import { explain } from '../../lib/policy/explain';
import { parsePolicy } from '../../lib/policy/parse';

const policy = (origin: string, ...Statement: object[]) => parsePolicy({ Version: '2012-10-17', Statement }, origin);
const request = {
  action: 'kms:Decrypt',
  resource: 'arn:aws:kms:eu-west-1:111122223333:key/1',
  context: { 'aws:PrincipalTag/duty': 'read', 'aws:MultiFactorAuthPresent': 'true' },
};
const reader = policy(
  'Orders/ReadRole/DefaultPolicy',
  {
    Sid: 'Decrypt',
    Effect: 'Allow',
    Action: 'kms:*',
    Resource: '*',
    Condition: { StringEquals: { 'aws:PrincipalTag/duty': ['read', 'write'] } },
  },
  {
    Sid: 'NeedMfa',
    Effect: 'Deny',
    Action: 'kms:*',
    Resource: '*',
    Condition: { BoolIfExists: { 'aws:MultiFactorAuthPresent': 'false' } },
  },
  { Effect: 'Deny', Action: 's3:*', Resource: '*' },
);

test('a grant within boundary and control policy, past the Denies', () => {
  const policies = {
    identityPolicies: [reader],
    permissionsBoundary: policy('Orders/ReadBoundary', { Effect: 'Allow', Action: 'kms:Decrypt', Resource: '*' }),
    serviceControlPolicies: [policy('scp.json', { Effect: 'Allow', Action: '*', Resource: '*' })],
  };
  expect(explain(policies, request, 'Orders/ReadRole')).toEqual([
    'Orders/ReadRole may call kms:Decrypt on arn:aws:kms:eu-west-1:111122223333:key/1.',
    'Granted by statement "Decrypt" of Orders/ReadRole/DefaultPolicy.',
    'Condition met: StringEquals aws:PrincipalTag/duty "read", "write".',
    'The permissions boundary lets it pass by statement 1 of Orders/ReadBoundary.',
    'The service control policy lets it pass by statement 1 of scp.json.',
    'No session policy limits it.',
    'No Deny stops it: none of the 2 Deny statements applies.',
    'Deny statement "NeedMfa" of Orders/ReadRole/DefaultPolicy covers it, but its condition is not met: BoolIfExists aws:MultiFactorAuthPresent "false".',
  ]);
});

test('nothing limits it', () => {
  const policies = { identityPolicies: [policy('admin.json', { Effect: 'Allow', Action: '*', Resource: '*' })] };
  expect(explain(policies, request, 'A')).toEqual([
    'A may call kms:Decrypt on arn:aws:kms:eu-west-1:111122223333:key/1.',
    'Granted by statement 1 of admin.json.',
    'No permissions boundary, no session policy, no service control policy limits it.',
    'There is no Deny statement.',
  ]);
});

test('a resource policy grants it directly, beyond the boundary', () => {
  const policies = {
    identityPolicies: [],
    unboundedGrants: [policy('key policy', { Effect: 'Allow', Action: 'kms:Decrypt', Resource: '*' })],
    permissionsBoundary: policy('boundary', { Effect: 'Allow', Action: 's3:*', Resource: '*' }),
  };
  const sentences = explain(policies, request, 'A');
  expect(sentences).toContain('Granted by the resource policy statement 1 of key policy.');
  expect(sentences).toContain(
    'The permissions boundary does not limit this grant: the resource policy names the caller itself.',
  );
});

test('what is not allowed is said in one sentence', () => {
  const denied = { ...request, context: { ...request.context, 'aws:MultiFactorAuthPresent': 'false' } };
  expect(explain({ identityPolicies: [reader] }, denied, 'A')).toEqual([
    'A may not call kms:Decrypt on arn:aws:kms:eu-west-1:111122223333:key/1: explicit deny by statement "NeedMfa" of identity policy Orders/ReadRole/DefaultPolicy.',
  ]);
});
