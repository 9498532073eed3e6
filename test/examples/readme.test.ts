/** The README shows what the commands print and what the examples hold, not what they once did. */
import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App } from 'aws-cdk-lib';
import { referenceApp } from '../../bin/app';
import { readCloudAssembly } from '../../lib/model/cloud-assembly';
import { analyse } from '../../lib/report/analyse';
import { toText } from '../../lib/report/text';
import { ROOT } from './an-example';

const read = (...path: string[]) => readFileSync(join(ROOT, ...path), 'utf8');
const blocks = (markdown: string, language: string) =>
  [...markdown.matchAll(new RegExp(`\`\`\`${language}\\n([\\s\\S]*?)\`\`\``, 'g'))].map(([, block]) =>
    block!.trimEnd(),
  );

const readme = read('README.md');
const [proved, violated] = blocks(readme, 'text') as [string, string];

test('the domain in the README is the minimal example', () => {
  const [code] = blocks(readme, 'ts');
  expect(code).toBe(read('examples', 'minimal', 'app.ts').replace("'../../lib'", "'cdk-bulkhead'").trimEnd());
});

test('the refusal in the README is that of the example, which is tested to the letter', () => {
  expect([violated]).toEqual(blocks(read('examples', 'overlap', 'README.md'), 'text'));
});

test('what the README says of the reference app is what it prints', () => {
  const { context } = JSON.parse(read('cdk.json')) as { context: Record<string, unknown> };
  const outdir = mkdtempSync(join(tmpdir(), 'bulkhead-readme-'));
  referenceApp(new App({ context, outdir })).synth();
  const printed = toText(analyse(readCloudAssembly(outdir), { source: 'cdk.json' })).split('\n');
  const lines = proved.split('\n').filter((line) => line !== '' && !line.startsWith('report: '));
  expect(lines.length).toBeGreaterThan(20);
  for (const line of lines) {
    const shown = line.endsWith(' …')
      ? printed.find((p) => p.startsWith(line.slice(0, -2)))
      : printed.find((p) => p === line);
    expect(shown ?? `not printed: ${line}`).not.toMatch(/^not printed/);
  }
  // Every assumption is shown, abridged at the most.
  const assumptions = (text: readonly string[]) =>
    text.filter((l) => /^ {2}- [a-z-]+: /.test(l)).map((l) => l.split(':')[0]);
  expect(assumptions(lines)).toEqual(assumptions(printed));
});
