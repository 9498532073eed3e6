/** The report as Markdown, for a summary of a pipeline or a comment: the verdict, what it is about, and every finding. */
import type { Finding } from '../checks/finding';
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
