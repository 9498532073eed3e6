/**
 * Every template that the installed packages ship, and every one in the folders of BULKHEAD_TEMPLATES (separated by
 * colons): analysed, or refused with one clear line; never a crash, never more than ten seconds.
 */
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { InputError } from '../../lib/model/input-error';
import { readTemplates } from '../../lib/model/read-templates';
import { analyse } from '../../lib/report/analyse';
import { toJson } from '../../lib/report/json';
import { toText } from '../../lib/report/text';

const ROOT = join(__dirname, '..', '..', 'node_modules');
const SHIPPED = ['aws-cdk/lib/api/bootstrap', 'aws-cdk-lib/product-stack-snapshots', 'cdk-nag'].map((p) =>
  join(ROOT, p),
);
const FOLDERS = [...SHIPPED, ...(process.env.BULKHEAD_TEMPLATES ?? '').split(':')].filter(
  (p) => p !== '' && existsSync(p),
);

const FILES = FOLDERS.flatMap((folder) =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.(json|ya?ml|template)$/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name)),
);

jest.setTimeout(600_000);

test('each is analysed, or refused with one line', () => {
  const slow: string[] = [];
  let analysed = 0;
  for (const file of FILES) {
    const start = performance.now();
    try {
      const report = analyse({ templates: readTemplates(file) }, { source: 'no configuration' });
      expect(toJson(report)).toContain(report.verdict);
      expect(toText(report)).toContain('Bulkhead: ');
      analysed++;
    } catch (error) {
      if (!(error instanceof InputError)) throw new Error(`${file}: ${String(error)}`, { cause: error });
      expect(error.message).toContain(file);
      expect(error.message).not.toContain('\n');
    }
    if (performance.now() - start > 10_000) slow.push(file);
  }
  expect(slow).toEqual([]);
  expect(analysed).toBeGreaterThanOrEqual(3);
});
