/** What is called plainly allowed, the engine allows too; and what is not plain is left to the engine. */
import * as fc from 'fast-check';
import { awsCatalogue } from '../../lib/catalog/catalogue';
import { ActionIndex } from '../../lib/policy/action-set';
import { compile } from '../../lib/policy/compile';
import { overlap } from '../../lib/policy/overlap';
import { parsePolicy } from '../../lib/policy/parse';
import { type Text, text } from '../../lib/policy/text';
import { plainlyAllows } from '../../lib/reach/granted-by-name';
import { requests } from '../../lib/reach/requests';

const catalogue = awsCatalogue();
const ACTION = 'kms:PutKeyPolicy';
const id = ActionIndex.of(catalogue).idOf(ACTION) as number;
const KEYS = ['a', 'b'].map((k) => `arn:aws:kms:eu-west-1:111122223333:key/${k}`);
const PATTERNS = [...KEYS, '*', 'arn:aws:kms:*:*:key/*'];
const BYPASS = 'kms:BypassPolicyLockoutSafetyCheck';

const conditions = fc.constantFrom(
  {},
  { Condition: { BoolIfExists: { [BYPASS]: 'false' } } },
  { Condition: { Bool: { [BYPASS]: 'false' } } },
  { Condition: { 'ForAnyValue:StringEqualsIfExists': { 'aws:TagKeys': 'x' } } },
  { Condition: { StringEqualsIfExists: { 'aws:RequestedRegion': 'eu-west-1' } } },
  { Condition: { DateLessThan: { 'aws:TokenIssueTime': '2026-01-01T00:00:00Z' } } },
  { Condition: { StringNotEquals: { 'aws:PrincipalTag/team': 'x' } } },
  { Condition: { 'ForAllValues:StringEquals': { 'aws:TagKeys': 'x' } } },
  { Condition: { Null: { 'aws:TagKeys': 'true' } } },
);
const statement = fc
  .record({
    effect: fc.constantFrom('Allow', 'Allow', 'Deny'),
    not: fc.boolean(),
    notAction: fc.boolean(),
    patterns: fc.subarray(PATTERNS, { minLength: 1 }),
    condition: conditions,
  })
  .map(({ effect, not, notAction, patterns, condition }) => ({
    Effect: effect,
    [notAction ? 'NotAction' : 'Action']: notAction ? ['s3:*'] : ACTION,
    [not ? 'NotResource' : 'Resource']: patterns,
    ...condition,
  }));
const document = fc
  .array(statement, { minLength: 1, maxLength: 4 })
  .map((all) => parsePolicy({ Version: '2012-10-17', Statement: all }, 'a policy'));

function isPlain(policies: Parameters<typeof compile>[0], resource: Text): boolean {
  return plainlyAllows(compile(policies, catalogue), id, resource, catalogue);
}

test('whatever is plainly allowed overlaps with the question', () => {
  let plain = 0;
  fc.assert(
    fc.property(document, fc.option(document), fc.constantFrom(...KEYS), (identity, boundary, key) => {
      const policies = { identityPolicies: [identity], ...(boundary && { permissionsBoundary: boundary }) };
      if (!isPlain(policies, text(key))) return;
      plain++;
      expect(overlap(policies, requests(ACTION, [text(key)]), catalogue).verdict).toBe('overlap');
    }),
    { numRuns: 3000, seed: 20261122 },
  );
  expect(plain).toBeGreaterThan(50);
});

const allow = (more: object = {}) => ({ Effect: 'Allow', Action: ACTION, Resource: KEYS[0], ...more });
const deny = (condition: object) => ({ Effect: 'Deny', Action: '*', Resource: '*', Condition: condition });
const policiesOf = (...statements: object[]) => ({
  identityPolicies: [parsePolicy({ Version: '2012-10-17', Statement: statements }, 'a policy')],
});

test.each([
  ['by its name', policiesOf(allow()), true],
  [
    'with a condition that silence satisfies',
    policiesOf(allow({ Condition: { BoolIfExists: { [BYPASS]: 'false' } } })),
    true,
  ],
  ['beside a Deny of all but it', policiesOf(allow(), { Effect: 'Deny', Action: 'kms:*', NotResource: KEYS[0] }), true],
  ['with a condition that needs a value', policiesOf(allow({ Condition: { Bool: { [BYPASS]: 'false' } } })), false],
  [
    'with a condition on a key that is always there',
    policiesOf(allow({ Condition: { StringEqualsIfExists: { 'aws:UserAgent': 'x' } } })),
    false,
  ],
  ['beside a Deny of it', policiesOf(allow(), { Effect: 'Deny', Action: 'kms:*', Resource: KEYS[0] }), false],
  [
    'beside a Deny that needs a value',
    policiesOf(allow(), deny({ DateLessThan: { 'aws:TokenIssueTime': '2026-01-01T00:00:00Z' } })),
    true,
  ],
  [
    'beside a Deny that silence meets',
    policiesOf(allow(), deny({ StringNotEquals: { 'aws:PrincipalTag/team': 'x' } })),
    false,
  ],
  ['by another name', policiesOf({ ...allow(), Resource: KEYS[1] }), false],
  [
    'outside a boundary',
    { ...policiesOf(allow()), permissionsBoundary: policiesOf({ ...allow(), Resource: KEYS[1] }).identityPolicies[0]! },
    false,
  ],
])('%s', (_, policies, plain) => {
  expect(isPlain(policies, text(KEYS[0]!))).toBe(plain);
});

test('a variable is left to the engine', () => {
  const variable = 'arn:aws:kms:eu-west-1:111122223333:key/${aws:username}';
  expect(isPlain(policiesOf({ ...allow(), Resource: variable }), text(variable))).toBe(false);
});
