// Bundles each Lambda entry point of lib/authorizer into one file, beside the sources and, for the package, beside
// the compiled code: whoever uses the constructs needs neither a bundler nor Docker. Same sources, same bytes, so an
// asset's hash changes only with its code. The licences of what is bundled are collected, and unknown ones refused.
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { argv } from 'node:process';
import { fileURLToPath } from 'node:url';
import { buildSync } from 'esbuild';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const sources = join(root, 'lib', 'authorizer');

export const ENTRIES = ['jwt', 'dpop', 'mtls', 'publish-trust-store'];
const LICENCES = ['MIT', 'Apache-2.0', 'BSD-3-Clause', '0BSD'];

/** Jest calls it before the tests that need the bundles. */
export default function bundle() {
  const folder = join(sources, 'bundles');
  for (const entry of ENTRIES) {
    const { outputFiles, metafile } = buildSync({
      entryPoints: [join(sources, `${entry}.ts`)],
      absWorkingDir: root,
      bundle: true,
      platform: 'node',
      // The runtime that lib/domain/authorizer-function.ts names.
      target: 'node24',
      format: 'cjs',
      mainFields: ['module', 'main'],
      // Lambda's runtime brings the SDK.
      external: ['@aws-sdk/*'],
      minify: true,
      legalComments: 'none',
      write: false,
      outfile: 'index.js',
      metafile: true,
      logLevel: 'warning',
    });
    mkdirSync(join(folder, entry), { recursive: true });
    // Two processes may bundle at once; what is there already is not written again.
    put(join(folder, entry, 'index.js'), outputFiles[0].text);
    const licences = licencesOf(Object.keys(metafile.inputs));
    if (licences === '') rmSync(join(folder, entry, 'LICENSES.txt'), { force: true });
    else put(join(folder, entry, 'LICENSES.txt'), licences);
  }
}

function put(file, text) {
  if (!existsSync(file) || readFileSync(file, 'utf8') !== text) writeFileSync(file, text);
}

function licencesOf(inputs) {
  const packages = new Set(
    inputs.map((input) => /node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(input)?.[1]).filter((name) => name !== undefined),
  );
  const texts = [...packages].sort().map((name) => {
    const folder = join(root, 'node_modules', name);
    const { version, license } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
    if (!LICENCES.includes(license)) throw new Error(`${name} ${version}: licence ${license} is none of ${LICENCES}`);
    const file = readdirSync(folder).find((candidate) => /^licen[cs]e/i.test(candidate));
    if (file === undefined) throw new Error(`${name} ${version}: no text of its licence`);
    return `${name} ${version}, ${license}\n\n${readFileSync(join(folder, file), 'utf8').trim()}\n`;
  });
  return texts.join(`\n${'-'.repeat(80)}\n\n`);
}

if (argv[1] === fileURLToPath(import.meta.url)) {
  bundle();
  if (argv.includes('--package')) {
    // Nothing but the bundles is shipped: whatever an older build left there goes.
    const shipped = join(root, 'dist', 'lib', 'authorizer');
    rmSync(shipped, { recursive: true, force: true });
    cpSync(join(sources, 'bundles'), join(shipped, 'bundles'), { recursive: true });
  }
}
