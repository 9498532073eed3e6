/** No credential is found where none is: in the templates that installed packages ship, those of the examples, and the bundles. */
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { InputError } from '../../lib/model/input-error';
import { readTemplates } from '../../lib/model/read-templates';
import { analyse } from '../../lib/report/analyse';
import { Budget, searchFiles } from '../../lib/secrets/scan';

const ROOT = join(__dirname, '..', '..');
const MODULES = join(ROOT, 'node_modules');

const TEMPLATES = ['aws-cdk/lib/api/bootstrap', 'aws-cdk-lib/product-stack-snapshots', 'cdk-nag']
  .map((path) => join(MODULES, path))
  .concat(join(ROOT, 'examples'), join(ROOT, 'docs', 'bootstrap'))
  .filter((path) => existsSync(path))
  .flatMap((folder) =>
    readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && /\.(json|ya?ml|template)$/.test(entry.name))
      .map((entry) => join(entry.parentPath, entry.name)),
  );

test('templates', () => {
  let searched = 0;
  const found = TEMPLATES.flatMap((file) => {
    try {
      const { findings } = analyse({ templates: readTemplates(file) }, { source: 'none' });
      searched++;
      return findings.filter(({ id }) => id === 'DOM-11').map(({ message }) => `${file}: ${message}`);
    } catch (error) {
      // A file that is no template.
      if (error instanceof InputError) return [];
      throw error;
    }
  });
  expect(found).toEqual([]);
  expect(searched).toBeGreaterThanOrEqual(5);
}, 300_000);

test.each([
  ['the providers of CDK', 'node_modules/aws-cdk-lib/custom-resource-handlers/dist'],
  ['a library for tokens, and its tests', 'node_modules/jose'],
  ['the command line of CDK', 'node_modules/aws-cdk/lib'],
  ['the sources of this library', 'lib'],
  ['its examples', 'examples'],
])('%s', (_, path) => {
  const folder = join(ROOT, path);
  expect(existsSync(folder)).toBe(true);
  expect(searchFiles(folder, new Budget()).found).toEqual([]);
});
