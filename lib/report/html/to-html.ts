/**
 * The report as one HTML file that asks nothing of any network: a page that was bundled when the package was built, and
 * the data of this report in it.
 *
 * Nothing from a template can leave its place: data stands in a script element of type JSON with every `<` escaped, the
 * page writes it as text only, and its content security policy lets nothing be loaded.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Report } from '../report';
import { type HtmlOptions, pageOf } from './page-of';

/** Where the build puts the page, from the root of what it builds. */
const PAGE = join('lib', 'report', 'data', 'page.html');
/** From the sources, this makes the page, once for each change of them. */
const BUNDLER = join('scripts', 'bundle-report.mjs');
/** Stands in the page once, where the data goes. */
const PLACE = '"bulkhead-data"';

export function toHtml(report: Report, options: HtmlOptions = {}): string {
  const page = readPage();
  const at = page.indexOf(PLACE);
  if (at < 0) throw new Error('bulkhead: internal error: the page of the report has no place for its data');
  return page.slice(0, at) + forScript(JSON.stringify(pageOf(report, options))) + page.slice(at + PLACE.length);
}

/** JSON that can stand in a script element: no tag, no comment begins in it. */
function forScript(json: string): string {
  return json
    .replace(/</g, '\\u003c')
    .replace(/\u2028/g, '\\u2028')
    .replace(/\u2029/g, '\\u2029');
}

let page: string | undefined;

/** The page without data; read once a process. */
export function readPage(): string {
  page ??= readFileSync(locate(), 'utf8');
  return page;
}

function locate(): string {
  for (let folder = __dirname; ; folder = dirname(folder)) {
    for (const base of [folder, join(folder, 'node_modules', 'cdk-bulkhead', 'dist')])
      if (existsSync(join(base, PAGE))) return join(base, PAGE);
    if (existsSync(join(folder, BUNDLER)))
      return execFileSync(process.execPath, [join(folder, BUNDLER), '--cached'], { encoding: 'utf8' }).trim();
    if (dirname(folder) === folder) break;
  }
  throw new Error(`bulkhead: the page of the HTML report is missing: no \`${PAGE}\` above \`${__dirname}\``);
}
