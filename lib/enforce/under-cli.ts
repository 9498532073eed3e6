/**
 * What the gate does only in a process that the CDK CLI started: there the exit status and the
 * directory on disk are all that the CLI sees, so both are watched until the process ends.
 */
import { createHash } from 'node:crypto';
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';

/** The CLI tells the app in `CDK_OUTDIR` where to write. */
export function isRunByCli(): boolean {
  return process.env.CDK_OUTDIR !== undefined;
}

/**
 * Makes the process fail with this error: without Node's stack where nobody catches it, and with exit
 * status 1 even where somebody does.
 */
export function printWithoutStack(failure: Error): void {
  process.exitCode = 1;
  process.once('uncaughtException', (error) => {
    if (error !== failure) throw error;
    process.stderr.write(`${failure.stack ?? failure.message}\n`, () => process.exit(1));
  });
}

/** By directory of an assembly: its files, with the SHA-256 of what was judged of each. */
const seals = new Map<string, ReadonlyMap<string, string>>();

/** The files of the assembly must be as they were judged; checked when the process ends. */
export function seal(directory: string, digests: ReadonlyMap<string, string>): void {
  if (seals.size === 0) process.once('exit', checkSeals);
  seals.set(directory, digests);
}

function checkSeals(): void {
  for (const [directory, digests] of seals) {
    if ([...digests].every(([file, digest]) => digestOf(file) === digest)) continue;
    process.exitCode = 1;
    rmSync(join(directory, 'manifest.json'), { force: true });
    process.stderr.write(
      `bulkhead: the cloud assembly \`${directory}\` was changed after it had been proved; it must be left as synthesis wrote it\n`,
    );
  }
}

/** Undefined for a file that is not there any more, or cannot be read. */
function digestOf(file: string): string | undefined {
  try {
    return createHash('sha256').update(readFileSync(file)).digest('hex');
  } catch {
    return undefined;
  }
}
