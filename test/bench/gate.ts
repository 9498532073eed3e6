/**
 * What the gate costs `cdk synth` of the reference app with 3, 30 and 100 domains: the time between the
 * end of CDK's own synthesis and the verdict, beside the whole run of the CLI without it. Target: 10 %.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';

const ROOT = join(__dirname, '..', '..');
const BIN = join(ROOT, 'node_modules', '.bin');
const APP = `tsx ${join(__dirname, 'apps', 'many-domains.ts')}`;

export interface GateCost {
  readonly domains: number;
  /** Seconds. */
  readonly gate: number;
  readonly synthesis: number;
}

export function measure(domains: number): GateCost {
  const directory = mkdtempSync(join(tmpdir(), 'bulkhead-bench-'));
  const times = join(directory, 'times.json');
  const env = { ...process.env, DOMAINS: String(domains), TIMES: times, PATH: `${BIN}:${process.env.PATH}` };
  const start = performance.now();
  const args = ['synth', '--quiet', '--no-notices', '--app', APP, '--output', join(directory, 'cdk.out')];
  const { status, stderr } = spawnSync(join(BIN, 'cdk'), args, {
    cwd: ROOT,
    env,
    encoding: 'utf8',
    maxBuffer: 1 << 28,
  });
  const total = performance.now() - start;
  if (status !== 0)
    throw new Error(`cdk synth of ${domains} domains ended with status ${status}: ${stderr.slice(0, 2000)}`);
  const { gate } = JSON.parse(readFileSync(times, 'utf8')) as { gate: number };
  rmSync(directory, { recursive: true });
  return { domains, gate: gate / 1000, synthesis: (total - gate) / 1000 };
}

/** The fastest of some runs: what else the machine does only adds. */
export function benchGate(domains: number, runs: number): GateCost {
  const all = Array.from({ length: runs }, () => measure(domains));
  const least = (of: (cost: GateCost) => number) => Math.min(...all.map(of));
  return { domains, gate: least((cost) => cost.gate), synthesis: least((cost) => cost.synthesis) };
}

if (require.main === module) {
  process.stdout.write('cost of the gate in `cdk synth` of the reference app (target: 10 %)\n');
  for (const [domains, runs] of [
    [3, 5],
    [30, 3],
    [100, 2],
  ] as const) {
    const { gate, synthesis } = benchGate(domains, runs);
    const share = ((gate / synthesis) * 100).toFixed(1);
    const times = `gate ${gate.toFixed(2)} s, synthesis without it ${synthesis.toFixed(2)} s`;
    process.stdout.write(`${String(domains).padStart(4)} domains: ${times}: ${share} %\n`);
  }
}
