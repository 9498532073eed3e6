/** The command line as a user runs it: a process with arguments, input, output and exit status. */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

const ROOT = join(__dirname, '..', '..');
/** Inside the tree, so that the catalogue's data are found as in an installed package. */
const PROGRAM = join(ROOT, '.cache', 'test-bin', String(process.pid), 'bulkhead.js');

let built = false;

/** The compiled program; compiled once a test file. */
export function program(): string {
  if (!built) {
    execFileSync(process.execPath, [join(ROOT, 'scripts', 'bundle-cli.mjs'), dirname(PROGRAM)]);
    built = true;
  }
  return PROGRAM;
}

export interface Run {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
  /** stdout as one JSON value a line. */
  readonly lines: readonly Record<string, unknown>[];
}

export function bulkhead(args: readonly string[], input = '', nodeOptions: readonly string[] = []): Run {
  const { status, stdout, stderr } = spawnSync(process.execPath, [...nodeOptions, program(), ...args], {
    input,
    encoding: 'utf8',
    timeout: 60_000,
    maxBuffer: 64 * 1024 * 1024,
  });
  const parsed = (): readonly Record<string, unknown>[] =>
    stdout
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as Record<string, unknown>);
  return {
    status,
    stdout,
    stderr,
    get lines() {
      return parsed();
    },
  };
}

const folder = mkdtempSync(join(tmpdir(), 'bulkhead-bin-'));

/** Writes a file for the test and says where. */
export function file(name: string, content: unknown): string {
  const path = join(folder, name);
  writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content));
  return path;
}

export { folder };
