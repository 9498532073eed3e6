/** Cases that the oracles found, minimal; each names what went wrong and how it was found. */
import { overlap } from '../../../lib/policy/overlap';
import { type Hole, text } from '../../../lib/policy/text';
import { principal, SMALL } from '../notation';

test('a key that is always present has a value in the witness, even where no condition had to be settled (brute force)', () => {
  // Without the value, ForAllValues is true of the witness and denies it: the replay failed.
  const a = principal('allow * on a; deny !t:Do on * if ForAllValues:StringEquals r:mp x');
  expect(overlap(a, principal('allow s:Move,s:List on *'), SMALL)).toMatchObject({
    verdict: 'overlap',
    witness: { action: 's:Move', contextA: { 'r:mp': expect.not.stringMatching(/^x$/) } },
  });
});

test.each([
  ['r:d', /^\d{4}-\d\d-\d\dT/],
  ['r:n', /^\d+$/],
  ['r:i', /^\d+\.\d+\.\d+\.\d+$/],
])('a key that only has to be present has a value of its type: %s (brute force)', (key, shape) => {
  const found = overlap(principal('allow s:Get on *'), principal(`allow s:Get on * if Null ${key} false`), SMALL);
  expect(found).toMatchObject({ verdict: 'overlap', witness: { contextB: { [key]: expect.stringMatching(shape) } } });
});

test('an unresolved value in a statement about another action does not stop the replay (renaming law)', () => {
  const hole: Hole = { hole: 'h', type: 'account', label: 'h' };
  const b = principal('allow s:Get on *; allow t:Do on arn:aws:t:a:111111111111:a');
  const withHole = {
    identityPolicies: b.identityPolicies.map((d) => ({
      ...d,
      statements: d.statements.map((s, i) =>
        i === 0 ? s : { ...s, resource: { not: false, patterns: [text('arn:aws:t:a:', hole, ':a')] } },
      ),
    })),
  };
  expect(overlap(principal('allow s:Get on a/*'), withHole, SMALL).verdict).toBe('overlap');
});

test('a union does not keep count of the patterns that it has matched (bench over AWS managed policies)', () => {
  // Once `*one*` is matched everything is; counting which of n were matched first costs 2^n states.
  const words = ['one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine', 'ten', 'eleven', 'twelve'];
  const many = principal(`allow s:Move on ${words.map((w) => `*${w}*`).join(',')}`);
  expect(overlap(principal('allow s:Move on *:none'), many, SMALL, { budget: 100_000 })).toEqual({
    verdict: 'disjoint',
  });
});
