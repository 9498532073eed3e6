/** Random pairs of policies, decided by z3 and by the engine; every difference is returned. */
import * as fc from 'fast-check';
import { overlap } from '../../../lib/policy/overlap';
import { subset } from '../../../lib/policy/subset';
import { policiesOf, type Vocabulary, type Written, written } from '../laws/arbitraries';
import { SMALL } from '../notation';
import { encodeDifference, encodeOverlap, type Formula } from './encode';
import type { Answer, Solver } from './solver';

/** Bytes are compared as text by z3, so keys of the binary type stay out. */
const VOCABULARIES: readonly Vocabulary[] = [
  { keys: 's', conditionsPerStatement: 2, statements: 3 },
  { keys: 'm', conditionsPerStatement: 2, statements: 2 },
  { keys: 'm', conditionsPerStatement: 2, statements: 3, conditionsAlone: true },
  { keys: 'ndbi', conditionsPerStatement: 2, statements: 3 },
  { keys: 'smndbia', conditionsPerStatement: 2, statements: 2 },
];

export interface Comparison {
  readonly pairs: number;
  readonly answers: Readonly<Record<Answer, number>>;
  /** Pairs that the engine did not decide. */
  readonly undecided: number;
  readonly differences: readonly string[];
}

const BATCH = 20;

/** Half of the pairs are asked for overlap, half for subset. */
export async function compare(
  solver: Solver,
  pairs: number,
  seed: number,
  progress?: (done: number) => void,
): Promise<Comparison> {
  const answers = { sat: 0, unsat: 0 };
  const differences: string[] = [];
  let undecided = 0;
  let done = 0;
  for (let batch = 0; done < pairs; batch++) {
    const one = written(VOCABULARIES[batch % VOCABULARIES.length] as Vocabulary);
    const drawn = fc.sample(fc.tuple(one, one), { numRuns: Math.min(BATCH, pairs - done), seed: seed + batch });
    const questions = drawn.map(([x, y], i) => (i % 2 === 0 ? askOverlap(x, y) : askSubset(x, y)));
    for (const question of questions) {
      const answer = await solver.check(question.formulas);
      answers[answer]++;
      if (question.engine === 'undecided') undecided++;
      else if (answer !== question.engine) {
        differences.push(`z3: ${answer}, engine: ${question.engine} for ${question.text}`);
      }
    }
    done += drawn.length;
    progress?.(done);
  }
  return { pairs: done, answers, undecided, differences };
}

interface Question {
  readonly formulas: readonly Formula[];
  readonly engine: 'sat' | 'unsat' | 'undecided';
  readonly text: string;
}

function askOverlap(x: Written, y: Written): Question {
  const [a, b] = [policiesOf(x), policiesOf(y)];
  const found = overlap(a, b, SMALL);
  return {
    formulas: encodeOverlap(a, b, SMALL),
    engine:
      found.verdict === 'overlap' ? known(found.witness.action) : found.verdict === 'disjoint' ? 'unsat' : 'undecided',
    text: `overlap ${JSON.stringify([x, y])}: ${JSON.stringify(found)}`,
  };
}

function askSubset(x: Written, y: Written): Question {
  // Unrelated policies are seldom subsets; a left side bounded by the right one often is.
  const bounded: Written = { identity: x.identity, bounds: { ...x.bounds, boundary: y.identity } };
  const [a, b] = [policiesOf(bounded), policiesOf(y)];
  const found = subset(a, b, SMALL);
  return {
    formulas: encodeDifference(a, b, SMALL),
    engine:
      found.verdict === 'not-subset' ? known(found.witness.action) : found.verdict === 'subset' ? 'unsat' : 'undecided',
    text: `subset ${JSON.stringify([bounded, y])}: ${JSON.stringify(found)}`,
  };
}

/** The engine also finds requests for actions that AWS may add; z3 is asked about the known ones only. */
function known(action: string): 'sat' | 'undecided' {
  return [...SMALL.actions].some((a) => a.toLowerCase() === action.toLowerCase()) ? 'sat' : 'undecided';
}
