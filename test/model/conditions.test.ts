/** Statements under template conditions, judged by the engine: exact, whatever the deployment decides. */
import { awsCatalogue } from '../../lib/catalog/catalogue';
import { compile } from '../../lib/policy/compile';
import { overlap } from '../../lib/policy/overlap';
import { allow, deny, doc, type Json, model, principalOf, ref, resource, rights, role, stack, when } from './notation';

const equals = (parameter: string, value: string): Json => ({ 'Fn::Equals': [ref(parameter), value] });

const SECTIONS: Json = {
  Parameters: { Env: { Type: 'String' }, Size: { Type: 'String', AllowedValues: ['s', 'm', 'l'] } },
  Conditions: {
    Prod: equals('Env', 'prod'),
    Test: equals('Env', 'test'),
    NotProd: { 'Fn::Not': [{ Condition: 'Prod' }] },
    Either: { 'Fn::Or': [{ Condition: 'Prod' }, { Condition: 'Test' }] },
    Both: { 'Fn::And': [{ Condition: 'Prod' }, { Condition: 'Test' }] },
    Small: equals('Size', 's'),
    Impossible: equals('Size', 'xxl'),
    Always: { 'Fn::Equals': ['a', 'a'] },
    Here: { 'Fn::Equals': [ref('AWS::Region'), 'eu-west-1'] },
    Elsewhere: { 'Fn::Equals': [ref('AWS::Region'), 'us-east-1'] },
  },
};

function verdict(a: Json, b: Json, more: Json = {}): string {
  const m = model({ A: a, B: b, ...more }, SECTIONS);
  const [pa, pb] = [principalOf(m, 'A'), principalOf(m, 'B')];
  expect([...pa.unknown, ...pb.unknown]).toEqual([]);
  const c = awsCatalogue();
  return overlap(compile(pa.policies, c), compile(pb.policies, c), c).verdict;
}

const READ = allow('s3:GetObject', 'arn:aws:s3:::orders/x');
const NO_READ = deny('s3:GetObject', 'arn:aws:s3:::orders/x');

describe('statements under conditions', () => {
  test.each([
    ['one condition', 'Prod', 'Prod', 'overlap'],
    ['a condition and its negation', 'Prod', 'NotProd', 'disjoint'],
    ['two values of one parameter', 'Prod', 'Test', 'disjoint'],
    ['two parameters', 'Prod', 'Small', 'overlap'],
    ['a disjunction and one of its parts', 'Either', 'Test', 'overlap'],
    ['a disjunction and the negation of both', 'Either', 'NotProd', 'overlap'],
    ['a contradiction', 'Both', 'Prod', 'disjoint'],
    ['a value that is not allowed', 'Impossible', 'Impossible', 'disjoint'],
    ['what always holds', 'Always', 'Always', 'overlap'],
    ['the region of the stack', 'Here', 'Here', 'overlap'],
    ['another region', 'Here', 'Elsewhere', 'disjoint'],
    ['an undeclared condition', 'Undeclared', 'Undeclared', 'overlap'],
  ])('%s', (_, a, b, expected) => {
    expect(verdict(role([when(a, READ)]), role([when(b, READ)]))).toBe(expected);
  });

  test('both branches of one', () => {
    const other = allow('s3:GetObject', 'arn:aws:s3:::orders/y');
    expect(verdict(role([when('Prod', READ, other)]), role([when('Prod', other, READ)]))).toBe('disjoint');
    expect(verdict(role([when('Prod', READ, other)]), role([when('Prod', READ, other)]))).toBe('overlap');
  });

  test.each([
    ['a deny under the same condition closes it', 'Prod', 'disjoint'],
    ['a deny under another leaves it open', 'Test', 'overlap'],
    ['a deny under what always holds closes it', 'Always', 'disjoint'],
    ['a deny under what never holds closes nothing', 'Impossible', 'overlap'],
  ])('%s', (_, condition, expected) => {
    expect(verdict(role([when('Prod', READ), when(condition, NO_READ)]), role([READ]))).toBe(expected);
  });

  test.each([
    [
      'the resources',
      (c: string) => role([allow('s3:GetObject', [when(c, 'arn:aws:s3:::orders/x'), 'arn:aws:s3:::none'])]),
    ],
    ['the action', (c: string) => role([allow(when(c, 's3:GetObject', 's3:ListBucket'), 'arn:aws:s3:::orders/x')])],
    [
      'the list of statements',
      (c: string) =>
        role([], {
          Policies: [{ PolicyName: 'P', PolicyDocument: { Version: '2012-10-17', Statement: when(c, [READ], []) } }],
        }),
    ],
    [
      'the document',
      (c: string) => role([], { Policies: [{ PolicyName: 'P', PolicyDocument: when(c, doc(READ), doc()) }] }),
    ],
    [
      'the inline policy',
      (c: string) => role([], { Policies: [when(c, { PolicyName: 'P', PolicyDocument: doc(READ) })] }),
    ],
    [
      'the list of inline policies',
      (c: string) => role([], { Policies: when(c, [{ PolicyName: 'P', PolicyDocument: doc(READ) }]) }),
    ],
    ['the role', (c: string) => role([READ], {}, { Condition: c })],
  ])('a condition on %s', (_, make) => {
    expect(verdict(make('Prod'), make('NotProd'))).toBe('disjoint');
    expect(verdict(make('Prod'), make('Prod'))).toBe('overlap');
  });

  test('a condition on a policy resource', () => {
    const policy = (condition: string): Json =>
      resource('AWS::IAM::Policy', { Roles: [ref('B')], PolicyDocument: doc(READ) }, { Condition: condition });
    expect(verdict(role([when('Prod', READ)]), role(), { P: policy('NotProd') })).toBe('disjoint');
    expect(verdict(role([when('Prod', READ)]), role(), { P: policy('Prod') })).toBe('overlap');
  });

  test('a condition on an attached managed policy', () => {
    const managed = { M: resource('AWS::IAM::ManagedPolicy', { PolicyDocument: doc(READ) }) };
    const attached = (condition: string): Json => role([], { ManagedPolicyArns: [when(condition, ref('M'))] });
    expect(verdict(attached('Prod'), attached('NotProd'), managed)).toBe('disjoint');
    expect(verdict(attached('Prod'), attached('Either'), managed)).toBe('overlap');
  });
});

describe('boundaries under conditions', () => {
  const boundaries = {
    Narrow: resource('AWS::IAM::ManagedPolicy', { PolicyDocument: doc(allow('s3:ListBucket')) }),
    Wide: resource('AWS::IAM::ManagedPolicy', { PolicyDocument: doc(allow('*')) }),
  };
  const bounded = (boundary: unknown): Json => role([READ], { PermissionsBoundary: boundary });

  test.each([
    ['in force everywhere', ref('Narrow'), 'disjoint'],
    ['in force in one branch only', when('Prod', ref('Narrow')), 'overlap'],
    ['narrow in both branches', when('Prod', ref('Narrow'), ref('Narrow')), 'disjoint'],
    ['wide in one branch', when('Prod', ref('Narrow'), ref('Wide')), 'overlap'],
    ['not known in one branch', when('Prod', ref('Narrow'), ref('Env')), 'overlap'],
    ['not known', ref('Env'), 'overlap'],
  ])('%s', (_, boundary, expected) => {
    expect(verdict(bounded(boundary), role([READ]), boundaries)).toBe(expected);
  });

  test('the branch without a boundary is the only one that is open', () => {
    const a = bounded(when('Prod', ref('Narrow')));
    expect(verdict(a, role([when('Prod', READ)]), boundaries)).toBe('disjoint');
    expect(verdict(a, role([when('NotProd', READ)]), boundaries)).toBe('overlap');
  });
});

describe('bounded work', () => {
  test('more conditions in one statement than can be enumerated', () => {
    const names = Array.from({ length: 12 }, (_, i) => `C${i}`);
    const sections = {
      Parameters: Object.fromEntries(names.map((n) => [n, { Type: 'String' }])),
      Conditions: Object.fromEntries(names.map((n) => [n, equals(n, 'x')])),
    };
    const statement = allow(
      's3:GetObject',
      names.map((n) => when(n, `arn:aws:s3:::${n.toLowerCase()}/x`)),
    );
    const m = model({ A: role([statement]) }, sections);
    // Read with holes instead: each may be anything, which allows more.
    expect(rights(principalOf(m, 'A'))).toEqual([
      expect.stringContaining('Allow s3:GetObject on ${Fn::If C0 in stack S}'),
    ]);
  });

  test('a formula with more alternatives than can be kept is a free choice', () => {
    const parts = Array.from({ length: 40 }, (_, i) => equals('Env', `v${i}`));
    const sections = { Parameters: { Env: { Type: 'String' } }, Conditions: { Many: { 'Fn::Or': parts } } };
    const m = model({ A: role([when('Many', READ)]) }, sections);
    expect(rights(principalOf(m, 'A'))).toEqual([
      expect.stringMatching(/^Allow s3:GetObject on arn:aws:s3:::orders\/x if StringEquals bulkhead:choice\/\w+ true$/),
    ]);
  });
});

test('parameters that differ in case only are two decisions', () => {
  const sections = {
    Parameters: { Env: { Type: 'String' }, env: { Type: 'String' } },
    Conditions: { A: equals('Env', 'x'), B: equals('env', 'y') },
  };
  const m = model({ R: role([when('A', READ), when('B', READ)]) }, sections);
  const keys = principalOf(m, 'R').policies.identityPolicies.flatMap((d) =>
    d.statements.map((s) => s.conditions[0]?.key),
  );
  expect(new Set(keys.map((k) => k?.toLowerCase())).size).toBe(2);
});

test('a stack in a known region decides its conditions', () => {
  const m = model({ R: role([when('Here', READ), when('Elsewhere', NO_READ)]) }, SECTIONS);
  expect(rights(principalOf(m, 'R'))).toEqual(['Allow s3:GetObject on arn:aws:s3:::orders/x']);
  expect(stack({}).region).toBe('eu-west-1');
});
