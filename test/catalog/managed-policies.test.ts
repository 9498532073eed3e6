import { managedPolicies, managedPolicy } from '../../lib/catalog/managed-policies';
import { parsePolicy } from '../../lib/policy/parse';

test('every AWS managed policy has a document that the grammar accepts', () => {
  const all = managedPolicies();
  expect(all.length).toBeGreaterThan(1_400);
  const parsed = all.map(({ arn }) => parsePolicy(managedPolicy(arn)!.document, arn));
  expect(parsed.filter(({ statements }) => statements.length === 0).map(({ origin }) => origin)).toEqual([]);
  expect(parsed.flatMap(({ statements }) => statements.filter((s) => s.opaque !== undefined))).toEqual([]);
});

test('a policy is found by its ARN in any partition, by its name, and by path and name', () => {
  const administrator = managedPolicy('arn:aws:iam::aws:policy/AdministratorAccess');
  expect(administrator).toEqual({
    arn: 'arn:aws:iam::aws:policy/AdministratorAccess',
    version: 'v1',
    document: { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }] },
  });
  expect(managedPolicy('AdministratorAccess')).toEqual(administrator);
  expect(managedPolicy('arn:aws-us-gov:iam::aws:policy/AdministratorAccess')).toMatchObject({
    arn: 'arn:aws-us-gov:iam::aws:policy/AdministratorAccess',
    document: administrator!.document,
  });
  expect(managedPolicy('service-role/AWSLambdaBasicExecutionRole')).toEqual(
    managedPolicy('AWSLambdaBasicExecutionRole'),
  );
});

test.each([
  'arn:aws:iam::aws:policy/NoSuchPolicy',
  // A path is part of the ARN.
  'arn:aws:iam::aws:policy/AWSLambdaBasicExecutionRole',
  // A customer managed policy of the same name is another policy.
  'arn:aws:iam::111122223333:policy/AdministratorAccess',
  'NoSuchPolicy',
])('nothing is said about %s', (name) => {
  expect(managedPolicy(name)).toBeUndefined();
});

test('no two have one name, so a name alone identifies a policy', () => {
  const names = managedPolicies().map(({ arn }) => arn.slice(arn.lastIndexOf('/') + 1));
  expect(new Set(names).size).toBe(names.length);
});
