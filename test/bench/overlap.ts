/**
 * Overlap of every pair of AWS managed policies, conditions on; then z3 on samples of the same pairs.
 *
 * First z3 is asked the question as it stands: one formula over strings. Then it is helped where it can
 * be: it is asked once for each class of actions that the same statements select on the same resource
 * types, only of pairs that have an allowed action in common, and its answers about strings are kept from
 * pair to pair. Writing the formulas is counted in neither.
 */
import { awsCatalogue } from '../../lib/catalog/catalogue';
import { managedPolicies, managedPolicy } from '../../lib/catalog/managed-policies';
import { type CompiledPolicies, compile } from '../../lib/policy/compile';
import type { PolicyDocument } from '../../lib/policy/document';
import { overlap } from '../../lib/policy/overlap';
import { parsePolicy } from '../../lib/policy/parse';
import { literal } from '../../lib/policy/text';
import type { OverlapVerdict } from '../../lib/policy/verdict';
import { Random } from '../fuzz/random';
import { overlapAsOneFormula } from '../policy/z3/directly';
import { encodeOverlap } from '../policy/z3/encode';
import { type Answer, GaveUp, openSolver, type Solver } from '../policy/z3/solver';
import { quantile, report } from './target';

const Z3_PAIRS = 100;
/** Milliseconds that z3 gets for a pair: some it does not answer in minutes. */
const Z3_PATIENCE = 2_000;
const SEED = 20261121;

/**
 * Held by the module, as a program that answers many questions holds its policies: what only a running function holds
 * the collector marks while the program stands still, and a whole corpus takes it a quarter of a second.
 */
let policies: readonly CompiledPolicies[] = [];
let documents: readonly PolicyDocument[] = [];

export async function run(): Promise<boolean> {
  const catalogue = awsCatalogue();
  const before = performance.now();
  documents = managedPolicies().map(({ arn }) => parsePolicy(managedPolicy(arn)?.document, arn));
  policies = documents.map((d) => compile({ identityPolicies: [d] }, catalogue));
  const prepared = performance.now() - before;

  const pairs = (policies.length * (policies.length - 1)) / 2;
  const times = new Float64Array(pairs);
  const cpuTimes = new Float64Array(pairs);
  const verdicts = { disjoint: 0, overlap: 0, undecided: 0 };
  let slowest = '';
  let max = 0;
  let memory = 0;
  let n = 0;
  for (let i = 0; i < policies.length; i++) {
    for (let j = 0; j < i; j++) {
      const cpu = process.cpuUsage();
      const started = performance.now();
      const { verdict } = overlap(policies[i] as CompiledPolicies, policies[j] as CompiledPolicies, catalogue);
      const spent = performance.now() - started;
      const { user, system } = process.cpuUsage(cpu);
      cpuTimes[n] = (user + system) / 1000;
      times[n++] = spent;
      verdicts[verdict]++;
      if (spent > max) {
        max = spent;
        slowest = `${documents[i]?.origin} and ${documents[j]?.origin}`;
      }
    }
    if (i % 16 === 0) memory = Math.max(memory, process.memoryUsage().rss);
  }
  const total = times.reduce((a, b) => a + b, 0);
  console.log(
    `  ${policies.length} policies read and compiled in ${Math.round(prepared)} ms; slowest pair: ${slowest}`,
  );
  console.log(`  disjoint ${verdicts.disjoint}, overlap ${verdicts.overlap}, undecided ${verdicts.undecided}`);
  const speed = report([
    { what: 'pairs', value: pairs, unit: '' },
    { what: 'all pairs', value: total / 1000, unit: 's' },
    { what: 'median', value: quantile(times, 0.5), unit: 'ms', most: 0.05 },
    { what: '99th percentile', value: quantile(times, 0.99), unit: 'ms', most: 5 },
    { what: 'slowest', value: max, unit: 'ms', most: 100 },
    // On a busy machine the wall clock also counts the others; the processor time does not.
    { what: '99th percentile, processor time', value: quantile(cpuTimes, 0.99), unit: 'ms' },
    { what: 'slowest, processor time', value: quantile(cpuTimes, 1), unit: 'ms' },
    { what: 'memory (RSS)', value: memory / 2 ** 20, unit: 'MiB', most: 1024 },
  ]);
  return (await besideZ3(policies)) && speed;
}

async function besideZ3(policies: readonly CompiledPolicies[]): Promise<boolean> {
  // The encodings know no policy variables.
  const plain = policies.filter((p) => !JSON.stringify(textsOf(p)).includes('${'));
  const solver = await openSolver();
  try {
    console.log(`  beside z3, on ${Z3_PAIRS} of these pairs, each as one formula (seed ${SEED}):`);
    const direct = await race(plain, solver, () => true, asOneFormula, 100);
    console.log(`  beside z3, helped, on ${Z3_PAIRS} of the pairs that have an allowed action in common:`);
    const helped = await race(plain, solver, (a, b) => a.mayAllow.meets(b.mayAllow), takenApart, undefined);
    return direct && helped;
  } finally {
    solver.close();
  }
}

/** What z3 is asked, made before the clock runs, and whether an answer contradicts the engine's. */
interface Rival {
  readonly answer: () => Promise<Answer>;
  readonly contradicts: (answer: Answer, verdict: OverlapVerdict['verdict']) => boolean;
}

type Ask = (a: CompiledPolicies, b: CompiledPolicies, solver: Solver) => Rival;

const asOneFormula: Ask = (a, b, solver) => {
  const script = overlapAsOneFormula(a.source, b.source, awsCatalogue());
  return {
    answer: () => solver.satisfiable(script, Z3_PATIENCE),
    // Without the formats of ARNs z3 may find a request that nobody can make.
    contradicts: (answer, verdict) => answer === 'unsat' && verdict === 'overlap',
  };
};

const takenApart: Ask = (a, b, solver) => {
  const question = encodeOverlap(a.source, b.source, awsCatalogue(), a.mayAllow.intersection(b.mayAllow));
  return {
    answer: () => solver.check(question, Z3_PATIENCE),
    contradicts: (answer, verdict) => verdict !== 'undecided' && (answer === 'sat') !== (verdict === 'overlap'),
  };
};

async function race(
  policies: readonly CompiledPolicies[],
  solver: Solver,
  counts: (a: CompiledPolicies, b: CompiledPolicies) => boolean,
  ask: Ask,
  least: number | undefined,
): Promise<boolean> {
  const catalogue = awsCatalogue();
  const random = new Random(SEED);
  const [ours, theirs] = [new Float64Array(Z3_PAIRS), new Float64Array(Z3_PAIRS)];
  let differences = 0;
  let gaveUp = 0;
  for (let n = 0; n < Z3_PAIRS; ) {
    const [a, b] = [random.pick(policies), random.pick(policies)];
    if (a === b || !counts(a, b)) continue;
    const rival = ask(a, b, solver);
    const started = performance.now();
    const { verdict } = overlap(a, b, catalogue);
    const between = performance.now();
    const answer = await answerOf(rival.answer());
    theirs[n] = performance.now() - between;
    ours[n++] = between - started;
    if (answer === undefined) gaveUp++;
    else if (rival.contradicts(answer, verdict)) differences++;
  }
  const [us, them] = [quantile(ours, 0.5), quantile(theirs, 0.5)];
  return report([
    { what: 'median', value: us, unit: 'ms' },
    { what: 'median of z3', value: them, unit: 'ms' },
    { what: 'ratio of the medians', value: them / us, unit: '×', ...(least === undefined ? {} : { least }) },
    { what: `pairs that z3 gave up after ${Z3_PATIENCE / 1000} s`, value: gaveUp, unit: '' },
    { what: 'contradictions', value: differences, unit: '', most: 0 },
  ]);
}

/** Nothing where z3 gave up: its time then counts as if it had just answered. */
async function answerOf(answer: Promise<Answer>): Promise<Answer | undefined> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof GaveUp) return undefined;
    throw error;
  }
}

function textsOf({ source }: CompiledPolicies): readonly (string | undefined)[] {
  return source.identityPolicies.flatMap((d) =>
    d.statements.flatMap((s) =>
      [...(s.resource?.patterns ?? []), ...s.conditions.flatMap((c) => c.values)].map(literal),
    ),
  );
}
