/**
 * Overlap of every pair of AWS managed policies, conditions on; then z3 on a sample of the same pairs.
 *
 * z3 is helped where it can be: it is asked once for each class of actions that the same statements
 * select on the same resource types, only of pairs that have an allowed action in common, its
 * answers about strings are kept from pair to pair, and writing the formulas is not counted.
 */
import { awsCatalogue } from '../../lib/catalog/catalogue';
import { managedPolicies, managedPolicy } from '../../lib/catalog/managed-policies';
import { type CompiledPolicies, compile } from '../../lib/policy/compile';
import { overlap } from '../../lib/policy/overlap';
import { parsePolicy } from '../../lib/policy/parse';
import { literal } from '../../lib/policy/text';
import { Random } from '../fuzz/random';
import { encodeOverlap } from '../policy/z3/encode';
import { type Answer, GaveUp, openSolver } from '../policy/z3/solver';
import { quantile, report } from './target';

const Z3_PAIRS = 100;
/** Milliseconds that z3 gets for a pair: some it does not answer in minutes. */
const Z3_PATIENCE = 5_000;
const SEED = 20261121;

export async function run(): Promise<boolean> {
  const catalogue = awsCatalogue();
  const before = performance.now();
  const documents = managedPolicies().map(({ arn }) => parsePolicy(managedPolicy(arn)?.document, arn));
  const policies = documents.map((d) => compile({ identityPolicies: [d] }, catalogue));
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
  const catalogue = awsCatalogue();
  const random = new Random(SEED);
  // The encoding knows no policy variables.
  const plain = policies.filter((p) => !JSON.stringify(textsOf(p)).includes('${'));
  const solver = await openSolver();
  const [ours, theirs] = [new Float64Array(Z3_PAIRS), new Float64Array(Z3_PAIRS)];
  let differences = 0;
  let gaveUp = 0;
  try {
    for (let n = 0; n < Z3_PAIRS; ) {
      const [a, b] = [random.pick(plain), random.pick(plain)];
      if (a === b || !a.mayAllow.meets(b.mayAllow)) continue;
      const question = encodeOverlap(a.source, b.source, catalogue, a.mayAllow.intersection(b.mayAllow));
      const started = performance.now();
      const { verdict } = overlap(a, b, catalogue);
      const between = performance.now();
      const answer = await answerOf(solver.check(question, Z3_PATIENCE));
      theirs[n] = performance.now() - between;
      ours[n++] = between - started;
      if (answer === undefined) gaveUp++;
      else if (verdict !== 'undecided' && (answer === 'sat') !== (verdict === 'overlap')) differences++;
    }
  } finally {
    solver.close();
  }
  const [us, them] = [quantile(ours, 0.5), quantile(theirs, 0.5)];
  console.log(`  beside z3 on ${Z3_PAIRS} of the pairs that have an allowed action in common (seed ${SEED}):`);
  return report([
    { what: 'median', value: us, unit: 'ms' },
    { what: 'median of z3', value: them, unit: 'ms' },
    { what: 'ratio of the medians', value: them / us, unit: '×', least: 100 },
    { what: `pairs that z3 gave up after ${Z3_PATIENCE / 1000} s`, value: gaveUp, unit: '' },
    { what: 'different answers', value: differences, unit: '', most: 0 },
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
