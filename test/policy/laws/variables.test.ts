/**
 * Policy variables against brute force: conditions that compare a key of the request with one of
 * the caller, resources that are named after the caller, and conditions that fix the caller's key. The
 * verdicts must be right, and few may be undecided.
 */
import * as fc from 'fast-check';
import type { Context } from '../../../lib/policy/document';
import { overlap } from '../../../lib/policy/overlap';
import { subset } from '../../../lib/policy/subset';
import { principal, SMALL } from '../notation';
import type { Contexts } from './enumerate';
import { commonRequest, extraRequest, faultOfOverlap, faultOfSubset } from './judge';

const SEED = Number(process.env.SEED ?? 1);
const RUNS = Number(process.env.RUNS ?? 100);

const resource = fc.constantFrom('*', 'a', 'b', 'a*', '${c:s}', '${c:s}/a', 'a/${c:s}', '*/b', 'a/*', '${c:s}*');
const onRequest = fc
  .tuple(
    fc.constantFrom('StringEquals', 'StringNotEquals', 'StringLike', 'StringEqualsIfExists'),
    fc.constantFrom('a', 'b', '${c:s}', 'a*', '${c:s}b', '${c:s}|b', 'a${c:s}'),
  )
  .map(([operator, values]) => `${operator} r:s ${values}`);
const onCaller = fc
  .tuple(
    fc.constantFrom('StringEquals', 'StringNotEquals', 'StringLike'),
    fc.constantFrom('a', 'b', 'a|b', 'a*', '${r:s}'),
  )
  .map(([operator, values]) => `${operator} c:s ${values}`);
const statement = fc
  .record({
    effect: fc.constantFrom('allow', 'allow', 'allow', 'deny'),
    action: fc.constantFrom('s:Move', 's:Get', 's:*', '*'),
    resource,
    conditions: fc.tuple(fc.option(onRequest, { freq: 3 }), fc.option(onCaller, { freq: 1 })),
  })
  .map(({ effect, action, resource: on, conditions }) => {
    const written = conditions.filter((c) => c !== null);
    return `${effect} ${action} on ${on}${written.length === 0 ? '' : ` if ${written.join(' & ')}`}`;
  });
const policies = fc.array(statement, { minLength: 1, maxLength: 2 }).map((s) => s.join('; '));

/** What the vocabulary can tell apart, and absence. */
const VALUES = [undefined, 'a', 'b', 'ab', 'aa', 'bb', 'abb', 'c'];
const contexts = (key: string): readonly Context[] => VALUES.map((v) => (v === undefined ? {} : { [key]: v }));
const WORLD: Contexts = { request: contexts('r:s'), callerA: contexts('c:s'), callerB: contexts('c:s') };
const TOGETHER = WORLD.request.flatMap((r) => WORLD.callerA.map((c) => ({ ...r, ...c })));

function tally() {
  const counts: Record<string, number> = {};
  return { counts, add: (verdict: string) => (counts[verdict] = (counts[verdict] ?? 0) + 1) };
}

test('overlap is right, and mostly decided', () => {
  const { counts, add } = tally();
  fc.assert(
    fc.property(policies, policies, (x, y) => {
      const [a, b] = [principal(x), principal(y)];
      const found = overlap(a, b, SMALL);
      add(found.verdict);
      if (found.verdict === 'overlap') expect(faultOfOverlap(a, b, found.witness)).toBeUndefined();
      if (found.verdict === 'disjoint') expect(commonRequest(a, b, WORLD)).toBeUndefined();
    }),
    { seed: SEED, numRuns: RUNS },
  );

  expect(counts.overlap).toBeGreaterThan(RUNS / 10);
  expect(counts.disjoint).toBeGreaterThan(RUNS / 10);
  expect(counts.undecided ?? 0).toBeLessThan(RUNS / 10);
});

test('subset is right, and mostly decided', () => {
  const { counts, add } = tally();
  fc.assert(
    fc.property(policies, policies, (x, y) => {
      const [a, b] = [principal(x), principal(y)];
      const found = subset(a, b, SMALL);
      add(found.verdict);
      if (found.verdict === 'not-subset') expect(faultOfSubset(a, b, found.witness)).toBeUndefined();
      if (found.verdict === 'subset') expect(extraRequest(a, b, TOGETHER)).toBeUndefined();
    }),
    { seed: SEED, numRuns: RUNS },
  );

  expect(counts['not-subset']).toBeGreaterThan(RUNS / 10);
  expect(counts.undecided ?? 0).toBeLessThan(RUNS / 5);
});
