/** The report as Markdown, for a summary of a pipeline or a comment: the verdict, what it is about, and every finding. */
import type { Finding } from '../checks/finding';
import type { Api, Model } from '../model/model';
import type { Evidence } from './evidence';
import { code, details, html, prose, table } from './markdown';
import type { Report } from './report';
import { contextLine } from './style';
import { domainRows, dutyRows, separationRows, verdictLine } from './text';

export interface MarkdownOptions {
  readonly evidence?: Evidence;
}

/** What a comment or a job summary of the usual hosts holds, with room for more beside it. */
const MAX_FINDINGS = 50;

export function toMarkdown(report: Report, { evidence }: MarkdownOptions = {}): string {
  const { model, findings } = report;
  const shown = findings.slice(0, MAX_FINDINGS);
  const parts: readonly (readonly string[])[] = [
    [`## ${prose(verdictLine(report))}`],
    ...shown.map((finding) => findingPart(finding)),
    findings.length > shown.length
      ? [`${findings.length - shown.length} findings more: \`bulkhead check\` prints all of them.`]
      : [],
    part('Trust domains', cells(domainRows(model))),
    part('APIs', apiRows(model)),
    part('Routes', routeRows(model)),
    part('Roles that hold each duty', cells(dutyRows(model))),
    part('May roles of two duties make one and the same request?', cells(separationRows(report))),
    details(
      `Assumptions, which this verdict rests on (${model.assumptions.length})`,
      model.assumptions.map(({ id, text }) => `- ${code(id)}: ${prose(text)}`),
    ),
    evidence === undefined ? [] : evidencePart(evidence),
  ];
  return `${parts
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join('\n'))
    .join('\n\n')}\n`;
}

function part(title: string, rows: readonly string[]): readonly string[] {
  return rows.length === 0 ? [] : [`### ${title}`, '', ...rows];
}

function cells(rows: readonly (readonly string[])[]): readonly string[] {
  return rows.length < 2 ? [] : table(rows.map((row) => row.map((cell) => prose(cell) || ' ')));
}

/** Everything that answers requests; what stands in no domain comes first. */
function apiRows(model: Model): readonly string[] {
  const rows = inOrder(model).map(({ origin, zone, kind, domain, exposure, owner, reachableFrom, authentication }) => [
    zone === undefined ? code(origin.path) : `${code(origin.path)} under ${code(zone)}`,
    kind,
    domain === undefined ? '**none**' : prose(domain),
    exposure ?? '-',
    prose(owner ?? '-'),
    reachableFrom ?? '-',
    prose(authentication.join(', ') || '-'),
  ]);
  const head = ['API', 'kind', 'domain', 'exposure', 'owner', 'reachable from', 'authentication'];
  return rows.length === 0 ? [] : table([head, ...rows]);
}

/** What a table of a comment holds; the JSON report has all of them. */
const MAX_ROUTES = 200;

function routeRows(model: Model): readonly string[] {
  const rows = inOrder(model).flatMap(({ origin, routes }) =>
    [...routes]
      .sort((a, b) => (`${a.path} ${a.method}` < `${b.path} ${b.method}` ? -1 : 1))
      .map(({ method, path, authentication, scopes = [], sensitivity }) => [
        code(origin.path),
        code(`${method} ${path}`),
        prose(authentication),
        scopes.map(code).join(' or ') || '-',
        sensitivity ?? '-',
      ]),
  );
  if (rows.length === 0) return [];
  const shown = table([['API', 'route', 'authentication', 'scopes', 'sensitivity'], ...rows.slice(0, MAX_ROUTES)]);
  const more = rows.length - MAX_ROUTES;
  return details(
    `${rows.length} routes`,
    more > 0 ? [...shown, '', `${more} more: \`--format json\` has all of them.`] : shown,
  );
}

function inOrder({ apis }: Model): readonly Api[] {
  const key = ({ domain, origin }: Api): string => `${domain ?? ''}\u0000${origin.path}`;
  return [...apis].sort((a, b) => (key(a) < key(b) ? -1 : 1));
}

function findingPart(finding: Finding): readonly string[] {
  const { id, severity, message, witness, constructPaths, explanation, chain, fix, exception } = finding;
  const request =
    witness &&
    [
      `**Request:** ${code(witness.action)} on ${code(witness.resource)}`,
      ...contextLine('for the first', witness.contextA).map(prose),
      ...contextLine('for the second', witness.contextB).map(prose),
      ...contextLine('where', witness.holes).map(prose),
    ].join('; ');
  const evidence = [
    ...constructPaths.map((path) => `- ${code(path)}`),
    ...explanation.map((line) => `- ${prose(line)}`),
    ...chain.map(
      ({ from, to, by, requests }) =>
        `- ${code(from)} → ${code(to)}, by ${prose(by)}: ${requests.map(code).join('; ')}`,
    ),
  ];
  return [
    `### ${id} ${severity}`,
    '',
    prose(message),
    ...(request === undefined ? [] : ['', request]),
    '',
    `**Edit:** ${prose(fix)}`,
    ...(exception === undefined
      ? []
      : ['', `**Excused:** ${prose(exception.reason)} (${prose(exception.approver)}, until ${exception.expires})`]),
    '',
    ...details('Constructs, statements and chain', evidence),
  ];
}

function evidencePart({ tool, inputs, configuration, time }: Evidence): readonly string[] {
  const rows = [
    ...inputs.map(({ path, sha256 }) => [code(path), code(sha256)]),
    ...(configuration === undefined ? [] : [[prose(configuration.source), code(configuration.sha256)]]),
  ];
  const summary = `Evidence: ${tool.name} ${html(tool.version)}, ${inputs.length} files${time === undefined ? '' : `, ${time}`}`;
  return details(summary, table([['input', 'SHA-256'], ...rows]));
}
