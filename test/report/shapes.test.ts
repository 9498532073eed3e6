/** The existing app in its other shapes, and the examples of pipelines: what they show is so. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse, stringify } from 'yaml';
import { readTemplates } from '../../lib/model/read-templates';
import type { RenderedTemplate } from '../../lib/model/rendered-template';
import { analyse } from '../../lib/report/analyse';
import type { Report } from '../../lib/report/report';
import { bulkhead } from '../bin/command-line';

const EXAMPLES = join(__dirname, '..', '..', 'examples');
const SHAPES = [
  ['yaml', 'template.yaml'],
  ['sam', 'processed.yaml'],
  ['serverless', 'cloudformation-template-update-stack.json'],
] as const;

const read = (folder: string, file: string): string =>
  readFileSync(join(EXAMPLES, 'existing-app', folder, file), 'utf8');
const configurationOf = (folder: string): unknown => JSON.parse(read(folder, 'bulkhead.json'));

function check(folder: string, templates: readonly RenderedTemplate[]): Report {
  return analyse({ templates }, { configuration: configurationOf(folder), source: 'bulkhead.json' });
}

describe.each(SHAPES)('%s/%s', (folder, file) => {
  const templates = readTemplates(join(EXAMPLES, 'existing-app', folder, file));

  test('is proved separate', () => {
    const { verdict, model } = check(folder, templates);
    expect([verdict, model.domains.map((d) => d.name)]).toEqual(['proved', ['orders']]);
    expect(model.apis).toMatchObject([{ domain: 'orders', routes: [{ method: 'GET', path: '/orders' }] }]);
    expect(model.principals.filter((p) => p.duty !== undefined).length).toBeGreaterThanOrEqual(2);
  });

  test('is violated when the pipeline may run what it prepared', () => {
    const broken = templates.map((t) => ({
      ...t,
      template: JSON.parse(
        JSON.stringify(t.template).replace(/"cloudformation:CreateChangeSet"/, '"cloudformation:*"'),
      ) as unknown,
    }));
    const { verdict, findings } = check(folder, broken);
    expect([verdict, findings.map((f) => f.id)]).toEqual(['violated', ['SOD-1']]);
  });
});

test('a SAM template alone is undecided, because a macro writes its roles', () => {
  const templates = readTemplates(join(EXAMPLES, 'existing-app', 'sam', 'template.yaml'));
  const { verdict, findings } = analyse({ templates }, { source: 'no configuration' });
  expect(verdict).not.toBe('proved');
  expect(findings.map((f) => f.message).join('\n')).toContain('AWS::Serverless-2016-10-31');
});

describe('pipelines', () => {
  const files = readdirSync(join(EXAMPLES, 'ci')).filter((name) => /\.ya?ml$/.test(name));
  const commands = files.flatMap((name) =>
    [...readFileSync(join(EXAMPLES, 'ci', name), 'utf8').matchAll(/npx bulkhead ([^\n|>]+)/g)].map(
      (m) => [name, m[1]!.trim()] as const,
    ),
  );

  test.each(files)('%s is YAML', (name) => {
    const text = readFileSync(join(EXAMPLES, 'ci', name), 'utf8');
    expect(stringify(parse(text)).length).toBeGreaterThan(200);
  });

  test.each(commands)('%s: bulkhead %s is a command with these options', (_, command) => {
    // The paths do not exist here; that is what it must stumble over, and not over the words.
    const { status, stderr } = bulkhead(
      command
        .replace(/--output \S+/, '')
        .replace(/cdk\.out/g, 'no-such.out')
        .trim()
        .split(/\s+/),
    );
    expect(status).toBe(2);
    expect(stderr).toMatch(/^bulkhead: (no such|cannot read|.*no such file)/);
  });

  test('check and diff are both there', () => {
    expect(new Set(commands.map(([, command]) => command.split(' ')[0]))).toEqual(new Set(['check', 'diff']));
  });
});
