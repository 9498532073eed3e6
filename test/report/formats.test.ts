/**
 * The formats against their own definitions: JSON against the schema that ships, SARIF against the schema of OASIS, Markdown
 * by a library that renders it. And the same input gives the same bytes.
 */
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Ajv from 'ajv';
import MarkdownIt from 'markdown-it';
import type { Log } from 'sarif';
import { readTemplates } from '../../lib/model/read-templates';
import { analyse } from '../../lib/report/analyse';
import { differenceToMarkdown } from '../../lib/report/difference-markdown';
import { evidenceOf } from '../../lib/report/evidence';
import { toJson } from '../../lib/report/json';
import { toMarkdown } from '../../lib/report/report-markdown';
import { toSarif } from '../../lib/report/sarif';
import { toText } from '../../lib/report/text';
import { estate } from '../reach/estate';
import { allow, difference, role } from './two-versions';

const read = (...path: readonly string[]): object =>
  JSON.parse(readFileSync(join(__dirname, '..', '..', ...path), 'utf8'));
const reportSchema = read('lib', 'report', 'data', 'report.schema.json');
// Draft 4 of JSON Schema; what it uses means the same in draft 7, but for the names of its own header.
const {
  $schema: _,
  id: __,
  ...sarifSchema
} = read('node_modules', '@microsoft', 'jest-sarif', 'lib', 'schemas', 'sarif-2.1.0-rtm.5.json') as {
  $schema: string;
  id: string;
};

const YAML = `Resources:
  Deploy:
    Type: AWS::IAM::Role
    Properties:
      AssumeRolePolicyDocument: {Version: 2012-10-17, Statement: []}
      Policies:
        - PolicyName: own
          PolicyDocument: {Version: 2012-10-17, Statement: [{Effect: Allow, Action: 'cloudformation:*', Resource: '*'}]}
  "Appr|ove":
    Type: AWS::IAM::Role
    Properties:
      AssumeRolePolicyDocument: {Version: 2012-10-17, Statement: []}
      Policies:
        - PolicyName: own
          PolicyDocument: {Version: 2012-10-17, Statement: [{Effect: Allow, Action: 'cloudformation:ExecuteChangeSet', Resource: '*'}]}
`.replace('"Appr|ove"', 'Approve');
const folder = mkdtempSync(join(tmpdir(), 'bulkhead-formats-'));
const file = join(folder, 'app.yaml');
writeFileSync(file, YAML);
const configuration = {
  domains: { 'a|b <i>': { owner: '`x`', resources: ['app/*'] } },
  duties: { deploy: ['app/Deploy'], approve: ['app/Approve'] },
};
const violated = analyse({ templates: readTemplates(file) }, { configuration, source: 'test' });
const { templates, configuration: ofEstate } = estate(7, 7);
const chains = analyse({ templates }, { configuration: asJson(), source: 'test' });
const proved = analyse({ templates: estate(2).templates }, { source: 'test' });
const evidence = evidenceOf({ files: [file], configuration: { source: 'test', value: configuration } });
const reports = [violated, chains, proved] as const;

function asJson(): unknown {
  return {
    domains: Object.fromEntries(ofEstate.domains.map(({ name, resources }) => [name, { resources }])),
    duties: Object.fromEntries(ofEstate.duties.map(({ duty, globs }) => [duty, globs])),
  };
}

test('the reports are what the tests need', () => {
  expect(reports.map((r) => r.verdict)).toEqual(['violated', 'violated', 'proved']);
  expect(chains.findings.some((f) => f.chain.length > 0)).toBe(true);
});

test('JSON obeys the schema that ships with the package', () => {
  const validate = new Ajv({ strict: true, allowUnionTypes: true }).compile(reportSchema);
  for (const report of reports) {
    expect(validate(JSON.parse(toJson(report, evidence))) || validate.errors).toBe(true);
    expect(validate(JSON.parse(toJson(report))) || validate.errors).toBe(true);
  }
  expect(validate({ ...(JSON.parse(toJson(proved)) as object), verdict: 'fine' })).toBe(false);
  expect(validate({ ...(JSON.parse(toJson(proved)) as object), more: 1 })).toBe(false);
});

describe('SARIF', () => {
  const parse = (report: (typeof reports)[number]): Log => JSON.parse(toSarif(report, { evidence })) as Log;

  test('obeys the schema of OASIS', () => {
    const validate = new Ajv({ strict: false, validateFormats: false, unicodeRegExp: false }).compile(sarifSchema);
    for (const report of reports) expect(validate(parse(report)) || validate.errors).toBe(true);
    expect(validate({ version: '2.1.0' })).toBe(false);
  });

  test('a finding stands at the file and line of the template', () => {
    const [result] = parse(violated).runs[0]!.results!;
    expect(result).toMatchObject({
      ruleId: 'SOD-1',
      level: 'error',
      message: { text: expect.stringContaining('Edit: ') },
    });
    const [location] = result!.locations!;
    const line = location!.physicalLocation!.region!.startLine!;
    expect(YAML.split('\n')[line - 1]).toMatch(/^ {2}(Deploy|Approve):/);
    expect(location!.physicalLocation!.artifactLocation!.uri).toMatch(/app\.yaml$/);
    expect(result!.relatedLocations!.length).toBeGreaterThan(0);
  });

  test('or where the construct was made', () => {
    const sources = new Map([['app/Approve', join(process.cwd(), 'bin/app.ts:12:3')]]);
    const log = JSON.parse(toSarif(violated, { sources })) as Log;
    const places = log.runs[0]!.results!.flatMap((r) => [...r.locations!, ...(r.relatedLocations ?? [])]);
    expect(places.map((p) => p.physicalLocation)).toContainEqual({
      artifactLocation: { uri: 'bin/app.ts', uriBaseId: '%SRCROOT%' },
      region: { startLine: 12, startColumn: 3 },
    });
  });

  test('every rule is there, a chain is a flow, and a finding keeps its fingerprint', () => {
    const run = parse(chains).runs[0]!;
    expect(run.tool.driver.rules!.map((r) => r.id)).toEqual(expect.arrayContaining(['SOD-1', 'SOD-2', 'DOM-1']));
    expect(run.results!.some((r) => (r.codeFlows ?? []).length > 0)).toBe(true);
    const prints = run.results!.map((r) => r.partialFingerprints!['bulkhead/v1']);
    expect(new Set(prints).size).toBe(prints.length);
    expect(parse(chains).runs[0]!.results!.map((r) => r.partialFingerprints!['bulkhead/v1'])).toEqual(prints);
  });
});

describe('Markdown', () => {
  const rendered = (markdown: string): string => new MarkdownIt({ html: true }).render(markdown);
  const count = (html: string, tag: string): number => html.split(`<${tag}>`).length - 1;

  test('tables are tables, whatever the names are', () => {
    const html = rendered(toMarkdown(violated, { evidence }));
    expect(count(html, 'table')).toBe(4);
    expect(html).toMatch(/<td>a\|b &lt;i&gt;<\/td>/);
    expect(html).toContain('<summary>Evidence: cdk-bulkhead');
    expect(html).not.toMatch(/^\|/m);
  });

  test('the comment of diff is a table with closed evidence', () => {
    const name = 'x|<img src=y onerror=z>`q`';
    const report = difference({}, { [name]: role({ can: [allow('s3:PutObject', 'arn:aws:s3:::a|b/*')] }) });
    const html = rendered(differenceToMarkdown(report));
    expect(count(html, 'table')).toBe(1);
    expect(html).not.toContain('<img');
    expect(html).toContain('arn:aws:s3:::a|b/*</code>');
    const [head, ...rows] = html.match(/<tr>[\s\S]*?<\/tr>/g) ?? [];
    expect(rows.length).toBeGreaterThan(0);
    for (const row of rows) expect(row.match(/<td/g)).toHaveLength((head?.match(/<th>/g) ?? []).length);
  });
});

describe('evidence', () => {
  test('names the tool, the inputs by hash, and the time that the build gives', () => {
    expect(evidence).toMatchObject({
      tool: { name: 'cdk-bulkhead', version: (read('package.json') as { version: string }).version },
      inputs: [{ path: expect.stringContaining('app.yaml'), sha256: expect.stringMatching(/^[0-9a-f]{64}$/) }],
    });
    expect(evidence).not.toHaveProperty('time');
    process.env.SOURCE_DATE_EPOCH = '1700000000';
    expect(evidenceOf({ files: [] }).time).toBe('2023-11-14T22:13:20.000Z');
    delete process.env.SOURCE_DATE_EPOCH;
  });

  test('one byte of the input is another hash; the same input gives the same bytes', () => {
    const other = join(folder, 'other.yaml');
    writeFileSync(other, `${YAML}\n`);
    expect(evidenceOf({ files: [other] }).inputs[0]?.sha256).not.toBe(evidence.inputs[0]?.sha256);
    const again = analyse({ templates: readTemplates(file) }, { configuration, source: 'test' });
    for (const print of [toJson, toText, toMarkdown, toSarif]) expect(print(again)).toBe(print(violated));
  });
});

test('Markdown has every API with its classification, those of no domain first, and every route', () => {
  const apis = {
    templates: [
      {
        stackName: 'S',
        template: {
          Resources: {
            Owned: { Type: 'AWS::Lambda::Url', Properties: { AuthType: 'AWS_IAM', TargetFunctionArn: 'f' } },
            Stray: {
              Type: 'AWS::ElasticLoadBalancing::LoadBalancer',
              Properties: { Scheme: 'internal', Listeners: [] },
            },
          },
        },
      },
    ],
  };
  const domains = { orders: { exposure: 'partner', owner: 'orders-team', resources: ['S/Owned'] } };
  const markdown = toMarkdown(analyse(apis, { configuration: { domains }, source: 'test' }));
  expect(markdown).toContain(
    [
      '| API | kind | domain | exposure | owner | reachable from | authentication |',
      '| --- | --- | --- | --- | --- | --- | --- |',
      '| `S/Stray` | load-balancer | **none** | - | - | network | NONE |',
      '| `S/Owned` | function-url | orders | partner | orders-team | internet | AWS\\_IAM |',
    ].join('\n'),
  );
  expect(markdown).toContain('| `S/Owned` | `ANY /` | AWS\\_IAM | - | - |');
});
