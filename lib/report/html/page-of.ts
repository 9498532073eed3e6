/** The report as data of the page: names to indices, findings to the cells of the matrices that they colour. */

import { ESCALATION_PATHS } from '../../catalog/escalation-paths';
import type { ChainLink, Finding } from '../../checks/finding';
import { CHECKS } from '../../checks/run-checks';
import type { Sources } from '../../model/cloud-assembly';
import { DUTIES, type Model } from '../../model/model';
import type { Context } from '../../policy/document';
import { show } from '../../policy/text';
import { judgedControls, stateOf } from '../controls';
import type { Evidence } from '../evidence';
import { Places } from '../places';
import type { Report } from '../report';
import { verdictLine } from '../text';
import type { DutyCell, PageCrossing, PageData, PageFinding } from './page-data';
import { type Indices, PageGraph, short } from './page-graph';

export interface HtmlOptions {
  readonly sources?: Sources;
  readonly evidence?: Evidence;
}

export function pageOf(report: Report, { sources, evidence }: HtmlOptions = {}): PageData {
  const { model, findings, verdict } = report;
  const names = domainNames(model);
  const byName = new Map(names.map((name, i) => [name, i]));
  const indices: Indices = {
    domain: (name) => (name === undefined ? -1 : (byName.get(name) ?? -1)),
    duty: (name) => (name === undefined ? -1 : (DUTIES as readonly string[]).indexOf(name)),
  };
  const graph = new PageGraph(model, indices);
  const roleIndex = new Map(model.principals.map(({ id }, i) => [id, i]));
  const places = new Places(model, sources);
  const pathOfId = new Map(model.principals.map(({ id, origin }) => [id, short(origin.path)]));
  const domainOfPath = new Map<string, number>(
    [...model.resources, ...model.principals, ...model.apis].map(({ origin, domain }) => [
      origin.path,
      indices.domain(domain),
    ]),
  );
  const shown = findings.map((finding): PageFinding => {
    const roles = finding.principals.flatMap((id) => roleIndex.get(id) ?? []);
    const domains = [
      ...roles.map((i) => indices.domain(model.principals[i]?.domain)),
      ...finding.constructPaths.map((path) => domainOfPath.get(path) ?? -1),
    ];
    return {
      ...findingData(finding, places),
      chain: finding.chain.map((link) => linkData(link, pathOfId)),
      roles,
      domains: [...new Set(domains)].filter((i) => i >= 0),
      edges: graph.chainOf(finding),
    };
  });
  const open = (id: string): number => findings.filter((f) => f.id === id && f.exception === undefined).length;
  return {
    verdict,
    headline: verdictLine(report).replace(/^Bulkhead: /, ''),
    duties: DUTIES,
    domains: names.map((name) => domainData(name, model)),
    roles: model.principals.map(({ origin, kind, domain, duty }) => ({
      path: short(origin.path),
      kind,
      domain: indices.domain(domain),
      duty: indices.duty(duty),
    })),
    findings: shown,
    crossings: crossingsOf(model, shown, indices),
    conflicts: model.conflicts.map(([a, b]) => [indices.duty(a), indices.duty(b)] as const),
    dutyCells: shown.flatMap((finding, i) => dutyCellsOf(finding, i, model, indices)),
    graph,
    apis: model.apis.map(({ origin, zone, domain, owner = '', exposure = '', authentication, routes }) => ({
      path: zone === undefined ? short(origin.path) : `${short(origin.path)} under ${zone}`,
      domain: indices.domain(domain),
      owner,
      exposure,
      authentication: [...new Set(authentication)].sort().join(', '),
      routes: routes.map(
        (r) => `${r.method} ${r.path}, ${r.authentication}${r.sensitivity === 'HIGH' ? ', high value' : ''}`,
      ),
    })),
    checks: CHECKS.map(({ id, compliant }) => ({ id, compliant, open: open(id) })),
    controls: judgedControls().map((control) => ({
      id: control.id,
      text: control.text,
      checks: control.checks,
      state: stateOf(control, report),
    })),
    common: commonOf(model),
    assumptions: model.assumptions,
    ...(evidence && {
      evidence: {
        tool: `${evidence.tool.name} ${evidence.tool.version}`,
        ...(evidence.time === undefined ? {} : { time: evidence.time }),
        inputs: [
          ...evidence.inputs.map(({ path, sha256 }) => [path, sha256] as const),
          ...(evidence.configuration ? [[evidence.configuration.source, evidence.configuration.sha256] as const] : []),
        ],
      },
    }),
    statistics: { principals: model.principals.length, resources: model.resources.length },
  };
}

function domainNames(model: Model): readonly string[] {
  const named = [...model.principals, ...model.resources, ...model.apis].flatMap(({ domain }) => domain ?? []);
  return [...new Set([...model.domains.map(({ name }) => name), ...named])];
}

function domainData(name: string, model: Model): PageData['domains'][number] {
  const { exposure = '', owner = '' } = model.domains.find((d) => d.name === name) ?? {};
  const apis = model.apis.filter((api) => api.domain === name);
  return {
    name,
    exposure,
    owner,
    authentication: [...new Set(apis.flatMap((api) => api.authentication))].sort().join(', '),
    routes: apis.reduce((sum, api) => sum + api.routes.length, 0),
  };
}

function findingData(finding: Finding, places: Places): Omit<PageFinding, 'chain' | 'roles' | 'domains' | 'edges'> {
  const { id, severity, message, constructPaths, witness, explanation, fix, exception } = finding;
  const context = (label: string, values: Context | undefined): (readonly [string, string, string])[] =>
    Object.entries(values ?? {})
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, value]) => [label, key, [value].flat().join(', ')]);
  return {
    id,
    severity,
    message,
    places: constructPaths.map((path) => {
      const place = places.of(path);
      return {
        path,
        ...(place && { place: [place.file, place.line, place.column].filter((part) => part !== undefined).join(':') }),
      };
    }),
    ...(witness && {
      request: {
        action: witness.action,
        resource: witness.resource,
        context: [
          ...context('for the first', witness.contextA),
          ...context('for the second', witness.contextB),
          ...context('where', witness.holes),
        ],
      },
    }),
    explanation,
    fix,
    ...(exception && { excused: `${exception.reason} (${exception.approver}, until ${exception.expires})` }),
  };
}

const DOES: ReadonlyMap<string, string> = new Map(ESCALATION_PATHS.map(({ id, does }) => [id, does]));

function linkData(
  { from, to, by, requests }: ChainLink,
  paths: ReadonlyMap<string, string>,
): PageFinding['chain'][number] {
  const named = (ids: string): string =>
    ids
      .split(' and ')
      .map((id) => paths.get(id) ?? id)
      .join(' and ');
  return { from: named(from), to: named(to), by: DOES.get(by) ?? by, requests };
}

function crossingsOf(model: Model, findings: readonly PageFinding[], indices: Indices): readonly PageCrossing[] {
  const declared = (model.crossings ?? []).map((crossing): PageCrossing => {
    const { from, to, actions, resources, justification, approvedBy, expires } = crossing;
    const on = resources.map((r) => (typeof r === 'string' ? r : show(r))).join(', ');
    return {
      from: indices.domain(from),
      to: indices.domain(to),
      state: 'declared',
      text: `${actions.join(', ')} on ${on}: ${justification} (${approvedBy}, until ${expires})`,
    };
  });
  const found = findings.flatMap(({ domains, severity, message, excused }, finding): PageCrossing[] => {
    const [from, ...others] = domains;
    if (from === undefined || excused !== undefined) return [];
    return others.map((to) => ({ from, to, state: severity, text: message, finding }));
  });
  return [...declared, ...found].filter(({ from, to }) => from >= 0 && to >= 0);
}

/** The findings in which roles of two duties come to share requests. */
const OF_DUTIES: ReadonlySet<string> = new Set(['SOD-1', 'SOD-2', 'SOD-3', 'SOD-5']);

function dutyCellsOf(
  { id, roles, severity, excused }: PageFinding,
  finding: number,
  model: Model,
  indices: Indices,
): DutyCell[] {
  if (!OF_DUTIES.has(id) || excused !== undefined) return [];
  const held = roles.flatMap((i) => {
    const { duty, domain } = model.principals[i]!;
    return duty === undefined ? [] : [{ duty: indices.duty(duty), domain: indices.domain(domain) }];
  });
  const cells = held.flatMap((x, i) =>
    held.slice(i + 1).flatMap((y): DutyCell[] => {
      if (x.duty === y.duty) return [];
      const domain = x.domain === y.domain ? x.domain : -1;
      return [{ domain, a: Math.min(x.duty, y.duty), b: Math.max(x.duty, y.duty), state: severity, finding }];
    }),
  );
  return [...new Map(cells.map((cell) => [`${cell.domain} ${cell.a} ${cell.b}`, cell])).values()];
}

function commonOf(model: Model): readonly string[] {
  const actions = model.common.statements.flatMap(({ action }) => action.patterns.map(show));
  return [...new Set(actions)].sort();
}
