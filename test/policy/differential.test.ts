/**
 * The evaluator against an independent simulator: on the corpus and on random requests. Every
 * disagreement must be one of the listed deviations from AWS's documentation, and every listed
 * deviation must still be there.
 */
import * as fc from 'fast-check';
import { evaluate } from '../../lib/policy/evaluate';
import { corpus, inputOf } from './corpus';
import { question } from './random-question';
import { type SimulatorQuestion, simulate } from './simulator';
import { DEVIATIONS, deviationsOf } from './simulator-deviations';

const RUNS = 20_000;
const SEED = 20261121;

const cases = corpus().flatMap(({ file, cases }) => cases.map((one) => ({ ...one, id: `${file}: ${one.name}` })));

test('the simulator agrees with the corpus, but for the listed deviations', () => {
  const disagreeing = cases.filter((one) => simulate(one) !== one.expected).map(({ id }) => id);
  expect(disagreeing.sort()).toEqual(DEVIATIONS.flatMap(({ shownBy }) => shownBy).sort());
});

test.each(DEVIATIONS)('deviation $id concerns the cases that show it', ({ concerns, shownBy }) => {
  expect(shownBy.length).toBeGreaterThan(0);
  for (const id of shownBy) {
    const one = cases.find((candidate) => candidate.id === id);
    expect(one && concerns(one)).toBe(true);
  }
});

test(`${RUNS.toLocaleString('en')} random requests: no disagreement that a listed deviation does not explain`, () => {
  const tally = new Map<string, number>();
  const count = (kind: string) => tally.set(kind, (tally.get(kind) ?? 0) + 1);
  fc.assert(
    fc.property(question, (asked: SimulatorQuestion) => {
      const ours = evaluate(inputOf(asked)).decision;
      const theirs = simulate(asked);
      const explained = ours === theirs || deviationsOf(asked).length > 0;
      count(ours === theirs ? ours : 'explained');
      if (deviationsOf(asked).length === 0) count('beyond all deviations');
      return explained;
    }),
    { numRuns: RUNS, seed: SEED },
  );
  // The comparison is worth something only if all three decisions occur, few are explained away,
  // and most questions are such that nothing could be.
  for (const decision of ['allowed', 'explicitlyDenied', 'implicitlyDenied']) {
    expect(tally.get(decision) ?? 0).toBeGreaterThan(RUNS / 20);
  }
  expect(tally.get('explained') ?? 0).toBeLessThan(RUNS / 20);
  expect(tally.get('beyond all deviations') ?? 0).toBeGreaterThan(RUNS / 4);
});
