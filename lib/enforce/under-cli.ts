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

const seals = new Map<string, { readonly files: readonly string[]; readonly digest: string }>();

/** From now on the files of the assembly must stay as they were judged; checked when the process ends. */
export function seal(directory: string, files: readonly string[]): void {
  if (seals.size === 0) process.once('exit', checkSeals);
  seals.set(directory, { files, digest: digest(files) });
}

function checkSeals(): void {
  for (const [directory, sealed] of seals) {
    if (digest(sealed.files) === sealed.digest) continue;
    process.exitCode = 1;
    rmSync(join(directory, 'manifest.json'), { force: true });
    process.stderr.write(
      `bulkhead: the cloud assembly \`${directory}\` was changed after it had been proved; it must be left as synthesis wrote it\n`,
    );
  }
}

function digest(files: readonly string[]): string {
  const hash = createHash('sha256');
  for (const file of files) {
    try {
      hash.update(readFileSync(file));
    } catch (error) {
      hash.update(String((error as NodeJS.ErrnoException).code));
    }
    hash.update('\0');
  }
  return hash.digest('hex');
}
