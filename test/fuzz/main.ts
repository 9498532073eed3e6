/**
 * `npm run fuzz -- [--judgements N] [--seed N] [--workers N]`: verdicts of the engine against an
 * independent simulator, 10 million judgements by default. Exits 1 on a disagreement that no listed
 * deviation of the simulator explains. The same seed and number of workers repeat the run.
 */
import { fork } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { addTo, emptyReport, type Report } from './campaign';
import type { Share } from './worker';

function readArguments(): { readonly judgements: number; readonly seed: number; readonly workers: number } | undefined {
  const { values } = parseArgs({
    options: { judgements: { type: 'string' }, seed: { type: 'string' }, workers: { type: 'string' } },
  });
  const judgements = Number(values.judgements ?? 10_000_000);
  const seed = Number(values.seed ?? Date.now() % 1_000_000_000);
  const workers = Number(values.workers ?? Math.min(availableParallelism(), 8));
  const whole = [judgements, workers].every((n) => Number.isInteger(n) && n > 0) && Number.isInteger(seed);
  return whole ? { judgements, seed, workers } : undefined;
}

function runShare(share: Share, onReport: (report: Report) => void): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = fork(join(__dirname, 'worker.ts'), { execArgv: ['--import', 'tsx'] });
    child.on('message', (report) => onReport(report as Report));
    child.on('error', reject);
    child.on('exit', (code) => (code === 0 ? resolve() : reject(new Error(`a worker ended with ${code}`))));
    child.send(share);
  });
}

function sorted(counts: Readonly<Record<string, number>>): string {
  const entries = Object.entries(counts).sort(([a], [b]) => a.localeCompare(b));
  return entries.map(([name, n]) => `  ${String(n).padStart(9)}  ${name}`).join('\n');
}

async function main(): Promise<number> {
  const given = readArguments();
  if (given === undefined) {
    console.error('`--judgements` and `--workers` take whole numbers from 1, `--seed` a whole number');
    return 2;
  }
  const { judgements, seed, workers } = given;
  console.log(`${judgements.toLocaleString('en')} judgements, ${workers} workers, seed ${seed}`);
  const total = emptyReport();
  const started = performance.now();
  let shown = started;
  const shares = Array.from(
    { length: workers },
    (_, i): Share => ({ seed: seed + i * 7919, judgements: Math.ceil(judgements / workers) }),
  );
  await Promise.all(
    shares.map((share) =>
      runShare(share, (report) => {
        addTo(total, report);
        for (const failure of report.failures) console.log(failure);
        if (performance.now() - shown < 30_000) return;
        shown = performance.now();
        console.log(`  ${total.judgements.toLocaleString('en')} after ${Math.round((shown - started) / 1000)} s`);
      }),
    ),
  );
  console.log(`pairs by kind, question and verdict:\n${sorted(total.verdicts)}`);
  console.log(`disagreements that a listed deviation of the simulator explains:\n${sorted(total.explained)}`);
  const seconds = Math.round((performance.now() - started) / 1000);
  console.log(
    `${total.judgements} judgements (${total.allowed} allowed) of ${total.pairs} pairs in ${seconds} s, ` +
      `${total.witnesses} witness replays, ${total.compared} compared with evaluate: ` +
      `${total.failures.length} disagreements (seed ${seed}, ${workers} workers)`,
  );
  return total.failures.length === 0 ? 0 : 1;
}

main().then(
  (status) => process.exit(status),
  (error: unknown) => {
    console.error(error);
    process.exit(1);
  },
);
