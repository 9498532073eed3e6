/**
 * Reads the files of the committed snapshot, lib/catalog/data. They are data beside the code, not
 * modules: a megabyte of text is read in a tenth of the time that it takes to parse as JavaScript.
 * The package ships them in their place, so they are looked for from this file's folder upwards
 * (source tree, compiled tree) and, for a bundled program, in the packages installed on the way.
 */
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

const FOLDER = 'lib/catalog/data';

export type SnapshotFile =
  | 'actions.txt'
  | 'formats.txt'
  | 'condition-keys.txt'
  | 'shapes.txt'
  | 'managed-policies.txt'
  | 'managed-policies.br'
  | 'bootstrap.json';

let folder: string | undefined;

export function readSnapshot(file: SnapshotFile): Buffer {
  folder ??= locate();
  return readFileSync(join(folder, file));
}

/** The text of a file in ASCII, as all the texts of the snapshot are (checked when it is generated). */
export function readSnapshotText(file: SnapshotFile): string {
  return readSnapshot(file).toString('latin1');
}

function locate(): string {
  const folders = [__dirname];
  for (let above = dirname(__dirname); above !== folders.at(-1); above = dirname(above)) folders.push(above);
  const found = folders
    .flatMap((dir) => [join(dir, FOLDER), join(dir, 'node_modules/cdk-bulkhead', FOLDER)])
    .find(holdsSnapshot);
  if (found === undefined) {
    throw new Error(
      `bulkhead: the catalogue's files are missing: no \`${FOLDER}\` in \`${__dirname}\` or above it, nor in a cdk-bulkhead ` +
        'installed there; a bundled program must keep cdk-bulkhead as an external package, or run beside its node_modules',
    );
  }
  return found;
}

function holdsSnapshot(dir: string): boolean {
  return existsSync(join(dir, 'actions.txt' satisfies SnapshotFile));
}
