// Copies the data files that the compiler does not know (`lib/**/data/`) beside the compiled code,
// so that `path.join(__dirname, 'data', …)` finds them in the package as it does in the sources.
import { cpSync, readdirSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));

for (const entry of readdirSync(join(root, 'lib'), { recursive: true, withFileTypes: true })) {
  if (!entry.isDirectory() || entry.name !== 'data') continue;
  const from = join(entry.parentPath, entry.name);
  const to = join(root, 'dist', from.slice(root.length));
  rmSync(to, { recursive: true, force: true });
  cpSync(from, to, { recursive: true });
}
