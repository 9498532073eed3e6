/**
 * The decision procedures against brute force: over a world small enough to enumerate, every
 * verdict is right. A verdict with a witness is checked by its witness; a verdict without one, by
 * the absence of any in the whole world.
 */
import * as fc from 'fast-check';
import { overlap } from '../../../lib/policy/overlap';
import { subset } from '../../../lib/policy/subset';
import { SMALL } from '../notation';
import { policiesOf, type Vocabulary, type Written, written } from './arbitraries';
import { contexts, sharedContexts } from './enumerate';
import { commonRequest, extraRequest, faultOfOverlap, faultOfSubset } from './judge';

const SEED = Number(process.env.SEED ?? 1);
const RUNS = Number(process.env.RUNS ?? 150);
/** Worlds with more contexts than this are skipped: enumeration would take seconds each. */
const MOST_CONTEXTS = 400;

const VOCABULARIES: Readonly<Record<string, Vocabulary>> = {
  'no conditions': { keys: '', conditionsPerStatement: 0, statements: 4 },
  'string conditions': { keys: 's', conditionsPerStatement: 2, statements: 3 },
  'several values': { keys: 'm', conditionsPerStatement: 2, statements: 3 },
  'numbers, dates and booleans': { keys: 'ndb', conditionsPerStatement: 2, statements: 3 },
  'addresses, ARNs and bytes': { keys: 'iay', conditionsPerStatement: 2, statements: 3 },
  'strings alone': { keys: 's', conditionsPerStatement: 2, statements: 3, conditionsAlone: true },
  'several values alone': { keys: 'm', conditionsPerStatement: 2, statements: 3, conditionsAlone: true },
  'keys of every type': { keys: 'smndbiay', conditionsPerStatement: 2, statements: 2 },
};

/** How often each verdict came up; a property that only ever sees one of them proves little. */
function tally() {
  const counts: Record<string, number> = {};
  return { counts, add: (verdict: string) => (counts[verdict] = (counts[verdict] ?? 0) + 1) };
}

describe.each(Object.entries(VOCABULARIES))('%s', (_, vocabulary) => {
  const pair = fc.tuple(written(vocabulary), written(vocabulary));

  test('overlap is right about every pair', () => {
    const { counts, add } = tally();
    fc.assert(
      fc.property(pair, ([x, y]: [Written, Written]) => {
        const [a, b] = [policiesOf(x), policiesOf(y)];
        const all = contexts(a, b, MOST_CONTEXTS);
        fc.pre(all !== undefined);
        const found = overlap(a, b, SMALL);
        add(found.verdict);
        switch (found.verdict) {
          case 'overlap':
            expect(faultOfOverlap(a, b, found.witness)).toBeUndefined();
            break;
          case 'disjoint':
            expect(commonRequest(a, b, all!)).toBeUndefined();
            break;
          case 'undecided':
            throw new Error(`undecided: ${found.reason}`);
        }
      }),
      { seed: SEED, numRuns: RUNS },
    );
    expect(counts.overlap).toBeGreaterThan(RUNS / 10);
    expect(counts.disjoint).toBeGreaterThan(RUNS / 10);
  });

  test('subset is right about every pair', () => {
    const { counts, add } = tally();
    const related = fc.tuple(written(vocabulary), written(vocabulary), fc.boolean());
    fc.assert(
      fc.property(related, ([x, y, within]: [Written, Written, boolean]) => {
        // Unrelated policies are seldom subsets; those whose left side is bounded by the right one are.
        const a = policiesOf(within ? { identity: x.identity, bounds: { ...x.bounds, boundary: y.identity } } : x);
        const b = policiesOf(within ? { identity: y.identity, bounds: {} } : y);
        const all = sharedContexts(a, b, MOST_CONTEXTS);
        fc.pre(all !== undefined);
        const found = subset(a, b, SMALL);
        add(found.verdict);
        switch (found.verdict) {
          case 'not-subset':
            expect(faultOfSubset(a, b, found.witness)).toBeUndefined();
            break;
          case 'subset':
            expect(extraRequest(a, b, all!)).toBeUndefined();
            break;
          case 'undecided':
            throw new Error(`undecided: ${found.reason}`);
        }
      }),
      { seed: SEED, numRuns: RUNS },
    );
    expect(counts['not-subset']).toBeGreaterThan(RUNS / 10);
    expect(counts.subset).toBeGreaterThan(RUNS / 10);
  });
});
