/**
 * What the catalogue costs a fresh process: the names of all actions, one service's formats, one
 * condition key, one AWS managed policy. Each run is a process of its own, over the bundled code.
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { buildSync } from 'esbuild';

const ROOT = join(__dirname, '../..');
const SCRATCH = join(ROOT, '.cache/bench-catalogue');

export interface CatalogueCost {
  readonly step: string;
  /** Milliseconds, the median of the runs. */
  readonly median: number;
  readonly slowest: number;
}

const STEPS = [
  'load the code',
  'names of all actions',
  'formats of one action',
  'one condition key',
  'one managed policy',
];
const PROBE = `
  const marks = [performance.now()];
  const mark = () => marks.push(performance.now());
  const { awsCatalogue, managedPolicy } = require(process.argv[1]); mark();
  const catalogue = awsCatalogue(); mark();
  catalogue.resourceFormats(catalogue.actionId('lambda:InvokeFunction')); mark();
  catalogue.keyFacts('aws:PrincipalTag/duty'); mark();
  managedPolicy('ReadOnlyAccess'); mark();
  console.log(JSON.stringify(marks.slice(1).map((m, i) => m - marks[i])));
`;

export function benchCatalogue(runs = 15): readonly CatalogueCost[] {
  mkdirSync(SCRATCH, { recursive: true });
  try {
    const bundle = join(SCRATCH, 'catalogue.js');
    buildSync({
      stdin: {
        contents: "export * from './lib/catalog/catalogue'; export * from './lib/catalog/managed-policies';",
        resolveDir: ROOT,
        loader: 'ts',
      },
      bundle: true,
      platform: 'node',
      outfile: bundle,
    });
    const times = Array.from(
      { length: runs },
      () => JSON.parse(execFileSync(process.execPath, ['-e', PROBE, bundle], { encoding: 'utf8' })) as number[],
    );
    return STEPS.map((step, i) => {
      const sorted = times.map((run) => run[i]!).sort((a, b) => a - b);
      return { step, median: sorted[runs >> 1]!, slowest: sorted.at(-1)! };
    });
  } finally {
    rmSync(SCRATCH, { recursive: true, force: true });
  }
}

if (require.main === module) {
  for (const { step, median, slowest } of benchCatalogue()) {
    process.stdout.write(`${step.padEnd(24)} ${median.toFixed(1).padStart(7)} ms   slowest ${slowest.toFixed(1)} ms\n`);
  }
}
