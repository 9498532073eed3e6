// Bundles the command line into one file: finding and reading some sixty modules one by one costs a cold start
// more than the question it answers. Commands stay lazy, because each is required inside a function. It is made from
// the sources, since the compiler does not write `dist/bin/bulkhead.js` again when only other modules have changed.
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildSync } from 'esbuild';

const root = dirname(dirname(fileURLToPath(import.meta.url)));

buildSync({
  // jsonc-parser's CommonJS form finds its parts in a way that no bundler follows.
  mainFields: ['module', 'main'],
  entryPoints: [join(root, 'bin', 'bulkhead.ts')],
  outfile: join(root, 'dist', 'bin', 'bulkhead.js'),
  bundle: true,
  platform: 'node',
  target: 'node20',
  minifyWhitespace: true,
  minifySyntax: true,
  legalComments: 'eof',
  logLevel: 'warning',
});
