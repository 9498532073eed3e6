/** What the corpus cannot say: grants of resource policies, questions without a caller, unknown parts, bounded work. */
import type { Policies } from '../../lib/policy/document';
import { evaluate } from '../../lib/policy/evaluate';
import { parsePolicy } from '../../lib/policy/parse';
import { type Hole, text } from '../../lib/policy/text';

const request = { action: 's3:GetObject', resource: 'arn:aws:s3:::bucket/key', context: {} };
const ROLE = 'arn:aws:iam::111122223333:role/reader';
const USER = 'arn:aws:iam::111122223333:user/alice';

const policy = (statement: object, origin = 'p.json') =>
  parsePolicy({ Version: '2012-10-17', Statement: [statement] }, origin);
const allow = (Action: string, Resource: unknown = '*') => policy({ Effect: 'Allow', Action, Resource });
const deny = (Action: string, Resource: unknown = '*') => policy({ Effect: 'Deny', Action, Resource });
const none: Policies = { identityPolicies: [] };

describe('the policies alone, whoever carries them', () => {
  test('identity, boundary, session and control policies must all allow', () => {
    const all: Policies = {
      identityPolicies: [allow('s3:*')],
      permissionsBoundary: allow('s3:Get*'),
      sessionPolicies: [allow('ec2:*'), allow('s3:*')],
      serviceControlPolicies: [allow('*')],
    };
    expect(evaluate({ policies: all, request }).decision).toBe('allowed');
    const without = {
      permissionsBoundary: allow('ec2:*'),
      sessionPolicies: [allow('ec2:*')],
      serviceControlPolicies: [allow('ec2:*')],
    };
    for (const [member, value] of Object.entries(without)) {
      expect(evaluate({ policies: { ...all, [member]: value }, request }).decision).toBe('implicitlyDenied');
    }
    expect(evaluate({ policies: { ...all, identityPolicies: [] }, request }).decision).toBe('implicitlyDenied');
  });

  test('KMS keys and roles are like any resource: their own policies are no part of the question', () => {
    const key = { action: 'kms:Decrypt', resource: 'arn:aws:kms:eu-west-1:111122223333:key/1', context: {} };
    expect(evaluate({ policies: { identityPolicies: [allow('kms:*')] }, request: key }).decision).toBe('allowed');
    expect(evaluate({ principal: ROLE, policies: { identityPolicies: [allow('kms:*')] }, request: key }).decision).toBe(
      'implicitlyDenied',
    );
  });

  test('grants of resource policies count like identity policies, and the boundary limits them', () => {
    const granted: Policies = { ...none, resourceGrants: [allow('s3:*')] };
    expect(evaluate({ policies: granted, request }).decision).toBe('allowed');
    expect(evaluate({ policies: { ...granted, permissionsBoundary: allow('ec2:*') }, request }).decision).toBe(
      'implicitlyDenied',
    );
    expect(evaluate({ policies: { ...granted, identityPolicies: [deny('s3:*')] }, request }).decision).toBe(
      'explicitlyDenied',
    );
  });

  test('neither boundary nor session policy limits unbounded grants, control policies and Denies do', () => {
    const granted: Policies = {
      ...none,
      unboundedGrants: [allow('s3:*')],
      permissionsBoundary: allow('ec2:*'),
      sessionPolicies: [allow('ec2:*')],
    };
    expect(evaluate({ policies: granted, request }).decision).toBe('allowed');
    expect(evaluate({ policies: { ...granted, serviceControlPolicies: [allow('ec2:*')] }, request }).decision).toBe(
      'implicitlyDenied',
    );
    expect(evaluate({ policies: { ...granted, permissionsBoundary: deny('s3:*') }, request }).decision).toBe(
      'explicitlyDenied',
    );
  });
});

describe('reasons and statements', () => {
  test('an allowed request names the statements of every policy that had to allow', () => {
    const { reason, by } = evaluate({
      policies: {
        identityPolicies: [policy({ Sid: 'Read', Effect: 'Allow', Action: 's3:Get*', Resource: '*' }, 'role.json')],
        permissionsBoundary: allow('s3:*'),
      },
      request,
    });
    expect(reason).toBe('allowed by statement "Read" of identity policy role.json');
    expect(by.map(({ role, statement }) => `${role} ${statement.origin}`)).toEqual([
      'identity role.json',
      'boundary p.json',
    ]);
  });

  test('a denied request names the Deny', () => {
    const { reason, by } = evaluate({ policies: { identityPolicies: [allow('*'), deny('s3:*')] }, request });
    expect(reason).toBe('explicit deny by statement 1 of identity policy p.json');
    expect(by).toHaveLength(1);
  });

  test.each<[string, Parameters<typeof evaluate>[0], RegExp]>([
    ['nothing allows', { policies: none, request }, /^no identity policy allows it$/],
    [
      'the boundary',
      { policies: { identityPolicies: [allow('*')], permissionsBoundary: allow('ec2:*') }, request },
      /^the permissions boundary does not allow it$/,
    ],
    [
      'the session',
      { policies: { identityPolicies: [allow('*')], sessionPolicies: [allow('ec2:*')] }, request },
      /^no session policy allows it$/,
    ],
    [
      'the control policies',
      { policies: { identityPolicies: [allow('*')], serviceControlPolicies: [allow('ec2:*')] }, request },
      /^no service control policy allows it$/,
    ],
    [
      'another account',
      { principal: USER, policies: { identityPolicies: [allow('*')] }, resourceAccount: '444455556666', request },
      /^the resource is in another account/,
    ],
  ])('why not: %s', (_, input, reason) => {
    expect(evaluate(input)).toMatchObject({
      decision: 'implicitlyDenied',
      reason: expect.stringMatching(reason),
      by: [],
    });
  });
});

describe('what cannot be evaluated is an error of ours, not an answer', () => {
  const hole: Hole = { hole: 'h', type: 'segment', label: 'Ref Bucket' };

  test('a hole in a resource', () => {
    const policies = { identityPolicies: [allow('s3:*', text('arn:aws:s3:::', hole, '/*'))] };
    expect(() => evaluate({ policies, request })).toThrow(
      'internal error: cannot evaluate `arn:aws:s3:::${Ref Bucket}/*`',
    );
  });

  test('an opaque statement', () => {
    const policies = { identityPolicies: [policy({ Effect: text(hole), Action: 's3:*', Resource: '*' })] };
    expect(() => evaluate({ policies, request })).toThrow(
      'cannot evaluate statement 1 of p.json: its effect ${Ref Bucket} is unresolved',
    );
  });

  test.each([
    'reader',
    'arn:aws:iam::111122223333:group/x',
    'arn:aws:s3:::bucket',
    'arn:aws:sts::111122223333:assumed-role/reader',
  ])('the principal %s', (principal) => {
    expect(() => evaluate({ principal, policies: none, request })).toThrow(
      /expected an ARN of a user, role, role session/,
    );
  });
});

test('hostile patterns cost time in proportion to pattern times text', () => {
  const hostile = allow('s3:*', `arn:aws:s3:::${'*a'.repeat(2000)}`);
  const long = { ...request, resource: `arn:aws:s3:::${'a'.repeat(5000)}b` };
  const started = performance.now();
  expect(evaluate({ policies: { identityPolicies: [hostile] }, request: long }).decision).toBe('implicitlyDenied');
  expect(
    evaluate({ policies: { identityPolicies: [hostile] }, request: { ...long, resource: long.resource.slice(0, -1) } })
      .decision,
  ).toBe('allowed');
  expect(performance.now() - started).toBeLessThan(1000);
});

test('a question mark is one character, however many code units', () => {
  const policies = { identityPolicies: [allow('s3:*', 'arn:aws:s3:::bucket/?')] };
  expect(evaluate({ policies, request: { ...request, resource: 'arn:aws:s3:::bucket/😀' } }).decision).toBe('allowed');
  expect(evaluate({ policies, request: { ...request, resource: 'arn:aws:s3:::bucket/ab' } }).decision).toBe(
    'implicitlyDenied',
  );
});
