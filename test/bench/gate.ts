/**
 * What the gate costs `cdk synth` of the reference app with 3, 30 and 100 domains. Above the line stands what the gate takes
 * in the app: from the end of CDK's own synthesis to the verdict, and the second look when the process ends. Below
 * it stands the rest of a whole `cdk synth` as a user runs it: the CLI, the start of the app, the constructs, CDK's own
 * synthesis and validation.
 *
 * The library is the compiled one, as npm installs it: tsx names every function that it compiles, which costs a tenth.
 *
 * Both in processor time of the main threads, one process after another: on an idle machine that is what the clock shows, and
 * on a busy one it does not change much. The clock is printed beside it. Target: 10 %.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, sep } from 'node:path';
import { performance } from 'node:perf_hooks';

const ROOT = join(__dirname, '..', '..');
const BIN = join(ROOT, 'node_modules', '.bin');
const APP = `tsx ${join(__dirname, 'apps', 'many-domains.ts')}`;

/**
 * Loaded into every Node process of the run: the CLI, tsx, and the app. Threads beside the main one are left out,
 * because CDK's validator goes on being compiled on them long after it has answered.
 * Source: https://docs.kernel.org/scheduler/sched-stats.html (elsewhere than on Linux: all threads)
 */
const THREAD_TIME = `
const { readFileSync, writeFileSync } = require('node:fs');
globalThis.threadTime = () =>
  process.platform === 'linux'
    ? Number(readFileSync('/proc/self/task/' + process.pid + '/schedstat', 'utf8').split(' ')[0]) / 1e9
    : process.cpuUsage().user / 1e6;
process.once('exit', () => writeFileSync(process.env.THREADS + '/' + process.pid, String(threadTime())));
`;

/** Loaded likewise: the compiled library in the place of its sources. */
const COMPILED = `
const Module = require('node:module');
const [sources, compiled] = ${JSON.stringify([join(ROOT, 'lib') + sep, join(ROOT, 'dist', 'lib') + sep])};
const resolve = Module._resolveFilename;
Module._resolveFilename = function (...asked) {
  const file = resolve.apply(this, asked);
  return file.startsWith(sources) && file.endsWith('.ts')
    ? compiled + file.slice(sources.length).replace(/\\.ts$/, '.js')
    : file;
};
`;

let built = false;

function build(): void {
  if (built) return;
  console.log('  building the package …');
  const { status, stderr } = spawnSync('npm', ['run', 'build'], { cwd: ROOT, encoding: 'utf8' });
  if (status !== 0) throw new Error(`npm run build ended with status ${status}: ${stderr.slice(0, 2000)}`);
  built = true;
}

/** In seconds of processor time of main threads, and by the clock. */
export interface GateCost {
  readonly domains: number;
  readonly gate: number;
  /** The whole run without the gate. */
  readonly synthesis: number;
  readonly gateClock: number;
  readonly synthesisClock: number;
}

export function measure(domains: number): GateCost {
  build();
  const directory = mkdtempSync(join(tmpdir(), 'bulkhead-bench-'));
  const [times, threads, script] = ['times.json', 'threads', 'thread-time.cjs'].map((name) => join(directory, name));
  mkdirSync(threads!);
  writeFileSync(script!, THREAD_TIME + COMPILED);
  const env = {
    ...process.env,
    DOMAINS: String(domains),
    TIMES: times,
    THREADS: threads,
    NODE_OPTIONS: `--require ${script}`,
    PATH: `${BIN}:${process.env.PATH}`,
  };
  const args = ['synth', '--quiet', '--no-notices', '--app', APP, '--output', join(directory, 'cdk.out')];
  const start = performance.now();
  const { status, stderr } = spawnSync(join(BIN, 'cdk'), args, {
    cwd: ROOT,
    env,
    encoding: 'utf8',
    maxBuffer: 1 << 28,
  });
  const clock = (performance.now() - start) / 1000;
  if (status !== 0)
    throw new Error(`cdk synth of ${domains} domains ended with status ${status}: ${stderr.slice(0, 2000)}`);
  const spent = JSON.parse(readFileSync(times!, 'utf8')) as { readonly thread: number; readonly clock: number };
  const all = readdirSync(threads!).map((process) => Number(readFileSync(join(threads!, process), 'utf8')));
  rmSync(directory, { recursive: true });
  return {
    domains,
    gate: spent.thread,
    synthesis: all.reduce((sum, one) => sum + one, 0) - spent.thread,
    gateClock: spent.clock,
    synthesisClock: clock - spent.clock,
  };
}

/** The least of some runs, each number by itself: what else the machine does only adds. Printed. */
export function benchGate(domains: number, runs: number): GateCost {
  const all = Array.from({ length: runs }, () => measure(domains));
  const least = (of: (cost: GateCost) => number): number => Math.min(...all.map(of));
  const cost: GateCost = {
    domains,
    gate: least((c) => c.gate),
    synthesis: least((c) => c.synthesis),
    gateClock: least((c) => c.gateClock),
    synthesisClock: least((c) => c.synthesisClock),
  };
  const clock = `by the clock ${cost.gateClock.toFixed(2)} s of ${cost.synthesisClock.toFixed(2)} s`;
  console.log(
    `  ${domains} domains: gate ${cost.gate.toFixed(2)} s, the rest of \`cdk synth\` ${cost.synthesis.toFixed(2)} s; ${clock}`,
  );
  return cost;
}
