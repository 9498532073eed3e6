/**
 * `npm run z3 -- [--pairs N] [--seed N]`: random pairs of policies with conditions, decided by z3 and
 * by the engine. Exits 1 when they disagree anywhere.
 */
import { parseArgs } from 'node:util';
import { compare } from './compare';
import { openSolver } from './solver';

async function main(): Promise<number> {
  const { values } = parseArgs({ options: { pairs: { type: 'string' }, seed: { type: 'string' } } });
  const pairs = Number(values.pairs ?? 10_000);
  const seed = Number(values.seed ?? Date.now() % 1_000_000);
  if (!Number.isInteger(pairs) || pairs < 1 || !Number.isInteger(seed)) {
    console.error('`--pairs` takes a whole number from 1, `--seed` a whole number');
    return 2;
  }
  console.log(`${pairs} pairs, seed ${seed}`);
  const started = performance.now();
  const solver = await openSolver();
  try {
    let shown = started;
    const result = await compare(solver, pairs, seed, (done) => {
      if (performance.now() - shown < 10_000) return;
      shown = performance.now();
      console.log(`  ${done} of ${pairs} after ${Math.round((shown - started) / 1000)} s`);
    });
    for (const difference of result.differences) console.log(difference);
    const { sat, unsat } = result.answers;
    const seconds = Math.round((performance.now() - started) / 1000);
    console.log(
      `${result.pairs} pairs in ${seconds} s: z3 sat ${sat}, unsat ${unsat} (asked ${solver.asked()} times); ` +
        `engine undecided or about an action of the future ${result.undecided}; ${result.differences.length} disagreements (seed ${seed})`,
    );
    return result.differences.length === 0 ? 0 : 1;
  } finally {
    solver.close();
  }
}

main().then(
  (status) => process.exit(status),
  (error: unknown) => {
    console.error(error);
    process.exit(1);
  },
);
