// Bundles the page of the HTML report (lib/report/html/browser) into one file: markup, style and script. The build
// puts it beside the compiled code. With `--cached` it goes into .cache, is made again only when a source has changed,
// and its path is printed: that is how the report is made when Bulkhead runs from its sources.
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const browser = join(root, 'lib', 'report', 'html', 'browser');

function hashOfSources() {
  const hash = createHash('sha256').update(readFileSync(fileURLToPath(import.meta.url)));
  for (const name of readdirSync(browser).sort()) hash.update(name).update(readFileSync(join(browser, name)));
  return hash.digest('hex').slice(0, 16);
}

async function bundle() {
  const { buildSync } = await import('esbuild');
  const [script, style] = ['main.ts', 'page.css'].map((entry) => {
    const { outputFiles } = buildSync({
      entryPoints: [join(browser, entry)],
      bundle: true,
      write: false,
      minify: true,
      format: 'iife',
      target: ['es2022', 'chrome110', 'firefox110', 'safari16'],
      legalComments: 'inline',
      charset: 'utf8',
      logLevel: 'warning',
    });
    return outputFiles[0].text.trim();
  });
  // The text of a script or style element ends at the first such tag, wherever it stands.
  if (/<\/script/i.test(script) || /<\/style/i.test(style)) throw new Error('the bundle would end its own element');
  return readFileSync(join(browser, 'page.html'), 'utf8')
    .replace('/* style */', () => style)
    .replace('/* script */', () => script);
}

function write(file, text) {
  mkdirSync(dirname(file), { recursive: true });
  const temporary = `${file}.${process.pid}`;
  writeFileSync(temporary, text);
  renameSync(temporary, file);
}

if (process.argv.includes('--cached')) {
  const file = join(root, '.cache', `report-page-${hashOfSources()}.html`);
  if (!existsSync(file)) write(file, await bundle());
  console.log(file);
} else {
  write(join(root, 'dist', 'lib', 'report', 'data', 'page.html'), await bundle());
}
