// Bundles the rules of secretlint into one CommonJS file: they come as an ECMAScript module, which a synchronous gate
// cannot load on every Node that Bulkhead supports. The build puts it beside the compiled code with its licence. With
// `--cached` it goes into .cache, is made again only for another version, and its path is printed: that is how it is
// had when Bulkhead runs from its sources.
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { argv } from 'node:process';
import { fileURLToPath } from 'node:url';

const PACKAGE = '@secretlint/secretlint-rule-preset-recommend';
const root = dirname(dirname(fileURLToPath(import.meta.url)));
const folder = dirname(createRequire(import.meta.url).resolve(`${PACKAGE}/package.json`));
const { version, license } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));

async function bundle() {
  if (license !== 'MIT') throw new Error(`${PACKAGE} ${version}: its licence is ${license}, expected MIT`);
  const { build } = await import('esbuild');
  const { outputFiles } = await build({
    entryPoints: [join(folder, 'module', 'index.js')],
    bundle: true,
    write: false,
    platform: 'node',
    target: 'node20',
    format: 'cjs',
    minify: true,
    legalComments: 'none',
    logLevel: 'warning',
    plugins: [{ name: 'no-key-stores', setup: leaveOutKeyStores }],
  });
  const [output] = outputFiles;
  // Where it stands says which licence it is under.
  return `/* ${PACKAGE} ${version}, MIT: LICENSES.txt */\n${output.text}`;
}

/** Binary files are not scanned, and the reader of key stores in them is four fifths of the package. */
function leaveOutKeyStores({ onResolve }) {
  onResolve({ filter: /./ }, ({ kind, path }) => (kind === 'dynamic-import' ? { path, external: true } : undefined));
}

function write(file, text) {
  mkdirSync(dirname(file), { recursive: true });
  const temporary = `${file}.${process.pid}`;
  writeFileSync(temporary, text);
  renameSync(temporary, file);
}

if (argv.includes('--cached')) {
  const hash = createHash('sha256')
    .update(readFileSync(fileURLToPath(import.meta.url)))
    .update(version);
  const file = join(root, '.cache', `secret-rules-${hash.digest('hex').slice(0, 16)}.js`);
  if (!existsSync(file)) write(file, await bundle());
  console.log(file);
} else {
  const data = join(root, 'dist', 'lib', 'secrets', 'data');
  write(join(data, 'secret-rules.js'), await bundle());
  const text = readFileSync(join(folder, 'LICENSE'), 'utf8').trim();
  write(join(data, 'LICENSES.txt'), `${PACKAGE} ${version}, ${license}\n\n${text}\n`);
}
