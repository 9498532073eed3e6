/**
 * `bulkhead overlap a.json b.json` from nothing to the answer, beside an empty Node process: each
 * run is a process of its own, over the built package.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { quantile, report } from './target';

const PROGRAM = join(__dirname, '..', '..', 'dist', 'bin', 'bulkhead.js');
const RUNS = 31;

const policies = (name: string) => ({
  identityPolicies: [
    {
      Version: '2012-10-17',
      Statement: [
        {
          Effect: 'Allow',
          Action: ['lambda:InvokeFunction', 'lambda:Get*'],
          Resource: `arn:aws:lambda:*:111122223333:function:${name}-*`,
          Condition: { StringEquals: { 'aws:ResourceTag/domain': name } },
        },
        { Effect: 'Deny', Action: 'iam:*', Resource: '*' },
      ],
    },
  ],
});

export function run(): boolean {
  if (!existsSync(PROGRAM)) throw new Error('dist/bin/bulkhead.js is missing: run `npm run build` first');
  const folder = mkdtempSync(join(tmpdir(), 'bulkhead-cold-start-'));
  try {
    const files = ['internal', 'partner'].map((name) => {
      const file = join(folder, `${name}.json`);
      writeFileSync(file, JSON.stringify(policies(name)));
      return file;
    });
    const [empty, program] = [new Float64Array(RUNS), new Float64Array(RUNS)];
    for (let i = 0; i < RUNS; i++) {
      empty[i] = timed(['-e', '0']);
      program[i] = timed([PROGRAM, 'overlap', ...files]);
    }
    return report([
      { what: 'bulkhead overlap, median', value: quantile(program, 0.5), unit: 'ms', most: 150 },
      { what: 'bulkhead overlap, 90th percentile', value: quantile(program, 0.9), unit: 'ms' },
      { what: 'an empty Node process, median', value: quantile(empty, 0.5), unit: 'ms' },
    ]);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function timed(args: readonly string[]): number {
  const started = performance.now();
  const { status, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' });
  const spent = performance.now() - started;
  if (status !== 0) throw new Error(`\`node ${args.join(' ')}\` ended with ${status}: ${stderr}`);
  return spent;
}
