/**
 * The report for a terminal: domains, duties, what was proved of them, what that rests on, and for
 * every finding the constructs, the request, who grants it and the edit that mends it.
 */

import type { Finding } from '../checks/finding';
import type { Sources } from '../model/cloud-assembly';
import { DUTIES, type Duty, type Model } from '../model/model';
import type { Selection } from '../policy/document';
import { show } from '../policy/text';
import type { Report } from './report';
import { contextLine, PLAIN, type Style } from './style';

export interface TextOptions {
  /** Construct path to the place in the user's code that created it. */
  readonly sources?: Sources;
  /** Where the JSON report lies. */
  readonly reportFile?: string;
  /** @default without colours, so that a log reads like the screen */
  readonly style?: Style;
}

/** Ends with a line feed. */
export function toText(report: Report, options: TextOptions = {}): string {
  const { model } = report;
  const blocks = [
    domainsText(model),
    dutiesText(model),
    separationText(report),
    commonText(model),
    list(
      'assumptions, which this verdict rests on',
      model.assumptions.map(({ id, text }) => `${id}: ${text}`),
    ),
    ...report.findings.map((finding, index) => findingText(finding, index, report.findings.length, options)),
    verdictText(report, options),
  ];
  return `${blocks
    .filter((block) => block.length > 0)
    .map((block) => block.join('\n'))
    .join('\n\n')}\n`;
}

/** The findings and the verdict alone: the message of the error with which synthesis fails. */
export function toErrorText(report: Report, options: TextOptions = {}): string {
  const { findings } = report;
  const blocks = [
    ...findings.map((finding, i) => findingText(finding, i, findings.length, options)),
    verdictText(report, options),
  ];
  return blocks.map((block) => block.join('\n')).join('\n\n');
}

function domainsText(model: Model): string[] {
  if (model.domains.length === 0) return ['trust domains: none'];
  return ['trust domains', ...table(domainRows(model))];
}

/** The first row is the heading, here and below. */
export function domainRows(model: Model): readonly (readonly string[])[] {
  const rows = model.domains.map((domain) => {
    const apis = model.apis.filter((api) => api.domain === domain.name);
    const authentication = [...new Set(apis.flatMap((api) => api.authentication))].sort().join(', ');
    const routes = apis.reduce((sum, api) => sum + api.routes.length, 0);
    return [domain.name, domain.exposure ?? '-', domain.owner ?? '-', authentication || '-', String(routes)];
  });
  return [['name', 'exposure', 'owner', 'authentication', 'routes'], ...rows];
}

function dutiesText(model: Model): string[] {
  const rows = dutyRows(model);
  return rows.length < 2 ? [] : ['roles that hold each duty', ...table(rows)];
}

export function dutyRows(model: Model): readonly (readonly string[])[] {
  const held = new Map<string | undefined, Map<Duty, number>>();
  for (const { domain, duty } of model.principals) {
    if (duty === undefined) continue;
    const duties = held.get(domain) ?? new Map<Duty, number>();
    held.set(domain, duties.set(duty, (duties.get(duty) ?? 0) + 1));
  }
  const counts = (domain: string | undefined): readonly string[] =>
    DUTIES.map((duty) => String(held.get(domain)?.get(duty) ?? '-'));
  const rows = model.domains.map(({ name }) => [name, ...counts(name)]);
  const elsewhere = counts(undefined);
  if (elsewhere.some((cell) => cell !== '-')) rows.push(['(no domain)', ...elsewhere]);
  return [['', ...DUTIES], ...rows];
}

function separationText(report: Report): string[] {
  const rows = separationRows(report);
  return rows.length === 0 ? [] : ['may roles of two duties make one and the same request?', ...table(rows)];
}

/** May two roles of these duties make one request? Over all domains; blank where no two roles hold the duties. */
export function separationRows({ model, findings }: Report): readonly (readonly string[])[] {
  const held = DUTIES.filter((duty) => model.principals.some((principal) => principal.duty === duty));
  if (held.length < 2) return [];
  const rows = held.map((a, row) => [
    a,
    ...held.map((b, column) => (column < row ? separationCell(model, findings, a, b) : column === row ? '.' : '')),
  ]);
  return [['', ...held], ...rows];
}

/** The findings in which two roles do share a request. */
const OVERLAPS: ReadonlySet<string> = new Set(['SOD-1', 'SOD-2', 'SOD-3']);

function separationCell(model: Model, findings: readonly Finding[], a: Duty, b: Duty): string {
  if (!model.conflicts.some(([x, y]) => (x === a && y === b) || (x === b && y === a))) return 'may';
  const overlaps = findings.filter((finding) => OVERLAPS.has(finding.id));
  if (overlaps.length === 0) return 'no';
  const duties = new Map(model.principals.map((principal) => [principal.id, principal.duty]));
  const between = overlaps.filter((finding) => {
    const involved = finding.principals.map((id) => duties.get(id));
    return involved.includes(a) && involved.includes(b);
  });
  if (between.some((finding) => finding.severity === 'violated')) return 'YES';
  return between.length > 0 ? '?' : 'no';
}

/** Statements that differ in their resources only are one line: every domain declares its own. */
function commonText(model: Model): string[] {
  const resources = new Map<string, string[]>();
  for (const { effect, action, resource, conditions } of model.common.statements) {
    const under = conditions.length === 0 ? '' : ', under conditions';
    const what = `${effect} ${selection('Action', action)}${under}`;
    const on = resource === undefined ? [] : [selection('Resource', resource)];
    resources.set(what, [...(resources.get(what) ?? []), ...on]);
  }
  const lines = [...resources].map(([what, all]) => {
    const rest = all.length - SHOWN_RESOURCES;
    const shown = all.slice(0, SHOWN_RESOURCES).join(', ');
    return `${what} on ${rest > 0 ? `${shown} and ${rest} more` : shown}`;
  });
  return list('common requests, which every duty may make', lines);
}

const SHOWN_RESOURCES = 3;

function selection(element: 'Action' | 'Resource', { not, patterns }: Selection): string {
  return `${not ? `everything but ` : ''}${patterns.map(show).join(', ')}${not ? ` (Not${element})` : ''}`;
}

function findingText(finding: Finding, index: number, of: number, { sources, style = PLAIN }: TextOptions): string[] {
  const { witness } = finding;
  const paths = finding.constructPaths.map((path) => {
    const source = sources?.get(path);
    return source === undefined ? path : `${path}  ${style.dim(`(created at ${source})`)}`;
  });
  const request = witness && [
    `${witness.action} on ${witness.resource}`,
    ...contextLine('for the first', witness.contextA),
    ...contextLine('for the second', witness.contextB),
    ...contextLine('where', witness.holes),
  ];
  const chain = finding.chain.map(({ from, to, by, requests }) => `${from} -> ${to}, by ${by}: ${requests.join(', ')}`);
  const paint = finding.exception !== undefined ? style.dim : finding.severity === 'violated' ? style.bad : style.warn;
  return [
    `${paint(`${finding.id} ${finding.severity}`)} (${index + 1} of ${of}): ${finding.message}`,
    ...field('constructs', paths),
    ...field('request', request ?? []),
    ...field('granted by', finding.explanation),
    ...field('chain', chain),
    ...field('edit', [finding.fix]),
    ...(finding.exception
      ? field('exception', [
          `${finding.exception.reason} (${finding.exception.approver}, until ${finding.exception.expires})`,
        ])
      : []),
  ];
}

function verdictText(report: Report, { reportFile, style }: TextOptions): string[] {
  return [verdictLine(report, style), ...(reportFile === undefined ? [] : [`report: ${reportFile}`])];
}

export function verdictLine(report: Report, style: Style = PLAIN): string {
  const { model } = report;
  const findings = report.findings.filter((finding) => finding.exception === undefined);
  const excused = report.findings.length - findings.length;
  const roles = model.principals.filter((principal) => principal.duty !== undefined).length;
  const scope = [
    plural(model.domains.length, 'trust domain'),
    plural(roles, 'duty role'),
    ...(excused === 0 ? [] : [`${plural(excused, 'finding')} excused`]),
  ].join(', ');
  switch (report.verdict) {
    case 'proved':
      return `Bulkhead: ${style.good('proved separate')} (${scope})`;
    case 'violated':
      return `Bulkhead: ${style.bad('violated')}, ${plural(findings.length, 'finding')} (${scope})`;
    case 'undecided':
      return `Bulkhead: ${style.warn('undecided')}, which fails like violated; ${plural(findings.length, 'finding')} (${scope})`;
  }
}

function plural(n: number, noun: string): string {
  return `${n} ${noun}${n === 1 ? '' : 's'}`;
}

function list(title: string, items: readonly string[]): string[] {
  return items.length === 0 ? [] : [title, ...items.map((item) => `  - ${item}`)];
}

function field(name: string, lines: readonly string[]): string[] {
  return lines.map((line, index) => `  ${(index === 0 ? name : '').padEnd(11)}${line}`);
}

/** Columns as wide as their widest cell, indented by two. */
function table(rows: readonly (readonly string[])[]): string[] {
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
  return rows.map((row) => `  ${row.map((cell, column) => cell.padEnd(widths[column]!)).join('  ')}`.trimEnd());
}
