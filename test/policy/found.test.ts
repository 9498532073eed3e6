/**
 * Cases that a sceptic found by reading the engine against AWS's documentation: each was called
 * disjoint (or subset) although a request shows the contrary, or undecided although it is plain.
 */
import { awsCatalogue } from '../../lib/catalog/catalogue';
import type { Condition, Policies } from '../../lib/policy/document';
import { overlap } from '../../lib/policy/overlap';
import { parsePolicy } from '../../lib/policy/parse';
import { subset } from '../../lib/policy/subset';
import { type Hole, type Text, text } from '../../lib/policy/text';
import { document, principal, SMALL } from './notation';

const ANYTHING = principal('allow * on *');

function hole(id: string, type: Hole['type'], more: Partial<Hole> = {}): Hole {
  return { hole: id, type, label: id, ...more };
}

interface StatementJson {
  readonly Effect?: 'Allow' | 'Deny';
  readonly Action?: string;
  readonly Resource?: string | Text;
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, string | Text | readonly (string | Text)[]>>>>;
}

/** A principal whose statements may hold texts with holes: `Allow s:Get on *` where not said otherwise. */
function carrying(...statements: readonly StatementJson[]): Policies {
  const Statement = statements.map((s) => ({ Effect: 'Allow', Action: 's:Get', Resource: '*', ...s }));
  return { identityPolicies: [parsePolicy({ Version: '2012-10-17', Statement }, 'policy')] };
}

const verdict = (a: Policies, b: Policies) => overlap(a, b, SMALL).verdict;

describe('values at the ends of what an operator reads', () => {
  test('an address outside all of IPv4 is one of IPv6', () => {
    const outside = principal('allow s:Get on * if NotIpAddress c:i 0.0.0.0/0 & Null c:i false');
    expect(overlap(outside, ANYTHING, SMALL)).toMatchObject({ verdict: 'overlap' });
    const nowhere = principal('allow s:Get on * if NotIpAddress c:i 0.0.0.0/0|::/0 & Null c:i false');
    expect(verdict(nowhere, ANYTHING)).toBe('disjoint');
  });

  test('there is a number above one beyond which a step of one is lost in rounding', () => {
    expect(verdict(principal('allow s:Get on * if NumericGreaterThan c:n 9007199254740992'), ANYTHING)).toBe('overlap');
    const none = principal('allow s:Get on * if NumericGreaterThan c:n 9007199254740992 & NumericLessThan c:n 5');
    expect(verdict(none, ANYTHING)).toBe('disjoint');
  });

  test('there is an instant after the last one that four digits of a year can write, and one between two milliseconds', () => {
    expect(verdict(principal('allow s:Get on * if DateGreaterThan c:d 9999-12-31T23:59:59.999Z'), ANYTHING)).toBe(
      'overlap',
    );
    const between =
      'allow s:Get on * if DateGreaterThan c:d 2026-01-01T00:00:00.001Z & DateLessThan c:d 2026-01-01T00:00:00.002Z';
    expect(verdict(principal(between), ANYTHING)).toBe('overlap');
    const never =
      'allow s:Get on * if DateGreaterThan c:d 2026-01-01T00:00:00Z & DateLessThan c:d 2026-01-01T00:00:00Z';
    expect(verdict(principal(never), ANYTHING)).toBe('disjoint');
  });
});

describe('escaped wildcards', () => {
  test('`${*}` stays one character when its statement is united with another', () => {
    const star = principal('allow s:Get on a/${*}x; allow s:Get on b/y');
    expect(overlap(star, principal('allow s:Get on a/?x'), SMALL)).toMatchObject({
      verdict: 'overlap',
      witness: { resource: expect.stringMatching(/a\/\*x$/) },
    });
    expect(verdict(star, principal('allow s:Get on a/bx'))).toBe('disjoint');
  });
});

describe('unresolved values in conditions', () => {
  test('a Deny under `Null` of an unknown value may not apply', () => {
    const unless = (value: string | Text) => carrying({}, { Effect: 'Deny', Condition: { Null: { 'c:s': value } } });
    expect(verdict(unless(text(hole('h', 'any', { values: ['true', 'false'] }))), ANYTHING)).toBe('overlap');
    const absentAndPresent = carrying(
      {},
      { Effect: 'Deny', Condition: { Null: { 'c:s': 'true' } } },
      { Effect: 'Deny', Condition: { Null: { 'c:s': 'false' } } },
    );
    expect(verdict(absentAndPresent, ANYTHING)).toBe('disjoint');
  });

  test('an unknown value compared as text with a key of type bool may be `true`', () => {
    const flag = (value: string | Text) => carrying({ Condition: { StringEquals: { 'c:b': value } } });
    expect(verdict(flag(text(hole('h', 'any', { values: ['true', 'no'] }))), ANYTHING)).not.toBe('disjoint');
    expect(verdict(flag('no'), ANYTHING)).toBe('disjoint');
  });
});

describe('unresolved values and policy variables in patterns', () => {
  test('a hole in the name of a policy variable leaves the whole variable unknown', () => {
    const tagged = (end: string) =>
      carrying({ Resource: text('arn:aws:s:::a/${aws:PrincipalTag/', hole('h', 'any'), end) });
    expect(verdict(tagged('}/b'), principal('allow s:Get on a/x/b'))).toBe('undecided');
    expect(verdict(tagged(''), principal('allow s:Get on a/x/b'))).toBe('undecided');
    expect(verdict(tagged('}/b'), principal('allow s:Get on a/x/c'))).toBe('disjoint');
    const inCondition = carrying({
      Condition: { StringEquals: { 'r:s': text('${aws:PrincipalTag/', hole('h', 'any'), '}') } },
    });
    expect(verdict(inCondition, principal('allow s:Get on * if StringEquals r:s x'))).toBe('undecided');
  });

  test('a value that nothing limits may be a pattern: more than one string matches it', () => {
    const h = text(hole('h', 'any'));
    const like = carrying({ Condition: { StringLike: { 'r:s': h } } });
    const other = carrying(
      { Condition: { StringLike: { 'r:s': '*' } } },
      { Effect: 'Deny', Condition: { StringEquals: { 'r:s': h } } },
    );
    expect(verdict(like, other)).not.toBe('disjoint');
    const listed = carrying({ Resource: text('arn:aws:s:::', hole('h', 'any', { values: ['*', 'a'] }), '/b') });
    expect(verdict(listed, principal('allow s:Get on x/b'))).toBe('overlap');
    expect(verdict(listed, principal('allow s:Get on x/c'))).toBe('disjoint');
  });

  test('a value that may be a pattern is the same pattern wherever it stands', () => {
    for (const pattern of [text(hole('h', 'any')), text('arn:aws:s:::a-', hole('h', 'any'), '/*')]) {
      const policy = () => carrying({ Resource: pattern });
      expect(subset(policy(), policy(), SMALL).verdict).toBe('subset');
      expect(verdict(policy(), carrying({}, { Effect: 'Deny', Resource: pattern }))).toBe('disjoint');
      expect(verdict(policy(), carrying({}))).toBe('overlap');
    }
  });

  test('a Deny of some later actions on a resource with a variable leaves the other actions', () => {
    const v = 'arn:aws:s:::a/${c:s}';
    const some = principal(`allow s:New* on ${v}; deny s:NewA* on ${v}`);
    expect(verdict(some, principal('allow s:NewB on *'))).toBe('overlap');
    expect(verdict(some, principal('allow s:NewA on *'))).toBe('disjoint');
  });
});

test('AWS does not say that an ARN pattern with a wildcard and too few components matches nothing', () => {
  expect(verdict(principal('allow s:Get on * if ArnLike c:a *'), ANYTHING)).toBe('undecided');
  expect(verdict(principal('allow s:Get on * if ArnLike c:a arn:aws:iam'), ANYTHING)).toBe('disjoint');
});

test('case folds more than two characters into one: the Kelvin sign is a `k`', () => {
  const k = principal('allow s:Get on * if StringEqualsIgnoreCase r:s k');
  expect(verdict(k, principal('allow s:Get on * if StringEquals r:s \u212a|y|z'))).toBe('overlap');
  expect(verdict(k, principal('allow s:Get on * if StringNotEquals r:s k|K & Null r:s false'))).toBe('overlap');
  expect(verdict(k, principal('allow s:Get on * if StringNotEquals r:s k|K|\u212a & Null r:s false'))).toBe('disjoint');
});

test('the amr claim of a Cognito token holds several values, though the reference types it as one string', () => {
  const roles = 'arn:aws:iam::111122223333:role/r';
  const logged = (by: string) =>
    carrying({
      Action: 'sts:AssumeRoleWithWebIdentity',
      Resource: roles,
      Condition: {
        StringEquals: { 'cognito-identity.amazonaws.com:aud': 'pool' },
        'ForAnyValue:StringEquals': { 'cognito-identity.amazonaws.com:amr': by },
        'ForAllValues:StringNotEquals': { 'cognito-identity.amazonaws.com:amr': 'unauthenticated' },
      },
    });
  const both = subset(logged('authenticated'), logged('graph.facebook.com'), awsCatalogue());
  expect(both.verdict).toBe('not-subset');
  const needsBoth = carrying(
    { Action: 'sts:AssumeRoleWithWebIdentity', Resource: roles },
    ...['authenticated', 'graph.facebook.com'].map(
      (by): StatementJson => ({
        Effect: 'Deny',
        Action: 'sts:AssumeRoleWithWebIdentity',
        Condition: { 'ForAllValues:StringNotEquals': { 'cognito-identity.amazonaws.com:amr': by } },
      }),
    ),
  );
  const any = carrying({ Action: 'sts:*' });
  expect(overlap(needsBoth, any, awsCatalogue())).toMatchObject({
    verdict: 'overlap',
    witness: { contextA: { 'cognito-identity.amazonaws.com:amr': ['authenticated', 'graph.facebook.com'] } },
  });
});

test('a witness made to read well does not become a request that is excepted', () => {
  const a = principal('allow t:Do on *');
  const except = document('allow t:Do on arn:aws:t:us-east-1:*');
  expect(overlap(a, a, SMALL, { except })).toMatchObject({
    verdict: 'overlap',
    witness: { resource: expect.not.stringContaining('us-east-1') },
  });
  expect(overlap(a, a, SMALL, { except: document('allow t:* on *') }).verdict).toBe('disjoint');
});

test('a variable whose name is written with spaces is not the one without', () => {
  const spaced = principal('allow s:Get on a/${c:s}');
  const deny = (variable: string) =>
    carrying({ Effect: 'Deny', Resource: `arn:aws:s:::a/${variable}` }).identityPolicies;
  const denying = (variable: string) => ({ identityPolicies: [...spaced.identityPolicies, ...deny(variable)] });
  expect(verdict(denying('${ c:s }'), ANYTHING)).toBe('overlap');
  expect(verdict(denying('${c:s}'), ANYTHING)).toBe('disjoint');
});

describe('characters that no author writes', () => {
  test('a pattern whose characters spell the name of a wildcard takes no other pattern’s place', () => {
    const spelt = `arn:aws:s:::*${[...'\u0000oneany'].reverse().join('')}`;
    const written = (...Resource: string[]) => ({
      identityPolicies: [
        parsePolicy({ Version: '2012-10-17', Statement: { Effect: 'Allow', Action: 's:Get', Resource } }, 'policy'),
      ],
    });
    const x = principal('allow s:Get on a/x');
    expect(verdict(written('arn:aws:s:::*?', spelt), x)).toBe('overlap');
    expect(verdict(written(spelt), x)).toBe('disjoint');
  });

  test('who denies every character that can be typed denies not every character', () => {
    const typed = Array.from({ length: 95 }, (_, i) => String.fromCharCode(0x20 + i));
    const denied = [...typed, 'é'].map((c) => `arn:aws:s:::a/${/[*?$]/.test(c) ? `\${${c}}` : c}`);
    const but = (Resource: string[]): Policies => ({
      identityPolicies: [
        ...principal('allow s:Get on a/?').identityPolicies,
        parsePolicy({ Version: '2012-10-17', Statement: { Effect: 'Deny', Action: 's:Get', Resource } }, 'policy'),
      ],
    });
    expect(verdict(but(denied), ANYTHING)).toBe('overlap');
    expect(verdict(but([...denied, 'arn:aws:s:::a/*']), ANYTHING)).toBe('disjoint');
  });

  test.each([
    ['ǆ', 'Ǆ', 'ǅ'],
    ['å', 'Å', '\u212b'],
    ['ß', '\u1e9e'],
  ])('`%s` has no other cases than %s', (low, ...others) => {
    const folds = `allow s:Get on * if StringEqualsIgnoreCase r:s ${low}`;
    const left = (cases: readonly string[]) =>
      verdict(principal(`${folds} & StringNotEquals r:s ${[low, ...cases].join('|')}`), ANYTHING);
    expect(left(others.slice(1))).toBe('overlap');
    expect(left(others)).toBe('disjoint');
  });
});

test('what a text says in one version of the language is not kept for the other', () => {
  const [pattern, value] = [text('arn:aws:s:::a/${c:s}'), text('${c:s2}')];
  const policies = (version: '2008-10-17' | '2012-10-17', conditions: readonly Condition[]): Policies => ({
    identityPolicies: [
      {
        version,
        origin: version,
        statements: [
          {
            effect: 'Allow',
            index: 0,
            origin: version,
            version,
            action: { not: false, patterns: [text('s:Get')] },
            resource: { not: false, patterns: conditions.length === 0 ? [pattern] : [text('*')] },
            conditions,
          },
        ],
      },
    ],
  });
  const shared: Condition = { operator: 'StringLike', ifExists: false, key: 'r:s', values: [value] };
  const x = principal('allow s:Get on a/x if StringEquals r:s x');
  for (const conditions of [[], [shared]]) {
    expect(verdict(policies('2008-10-17', conditions), x)).toBe('disjoint');
    expect(verdict(policies('2012-10-17', conditions), x)).toBe('overlap');
  }
});
