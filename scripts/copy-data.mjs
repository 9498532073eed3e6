// Copies the data files that the compiler does not know (`lib/**/data/`) beside the compiled code,
// so that `path.join(__dirname, 'data', …)` finds them in the package as it does in the sources.
import { cpSync, readdirSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));

for (const entry of readdirSync(join(root, 'lib'), { recursive: true, withFileTypes: true })) {
  if (!entry.isFile() || basename(entry.parentPath) !== 'data' || entry.name.endsWith('.ts')) continue;
  const from = join(entry.parentPath, entry.name);
  cpSync(from, join(root, 'dist', from.slice(root.length)));
}
