/**
 * The report as JSON: the contract of `bulkhead check --format json` and of `bulkhead-report.json`,
 * schema version 1. The same report gives the same bytes: everything is sorted, nothing tells the time.
 */
import type { Finding } from '../checks/finding';
import type { Context } from '../policy/document';
import type { Evidence } from './evidence';
import type { Report } from './report';

export const SCHEMA_VERSION = 1;

/** Ends with a line feed. The schema is `data/report.schema.json` beside this file. */
export function toJson(report: Report, evidence?: Evidence): string {
  const { model, findings, verdict } = report;
  const document = {
    schemaVersion: SCHEMA_VERSION,
    verdict,
    assumptions: sorted(
      model.assumptions.map(({ id, text }) => ({ id, text })),
      (assumption) => assumption.id,
    ),
    inventory: sorted(
      model.apis.map((api) => ({
        domain: api.domain ?? null,
        api: api.origin.path,
        ...(api.zone && { zone: api.zone }),
        ...(api.zones && { zones: api.zones.map(({ domain, path }) => ({ domain, path })) }),
        routes: sorted(
          api.routes.map(({ method, path, authentication, sensitivity }) => ({
            method,
            path,
            authentication,
            ...(sensitivity && { sensitivity }),
          })),
          (route) => `${route.path} ${route.method}`,
        ),
        owner: api.owner ?? null,
        exposure: api.exposure ?? null,
        authentication: [...api.authentication].sort(),
        kind: api.kind,
        ...(api.reachableFrom && { reachableFrom: api.reachableFrom }),
      })),
      (entry) => `${entry.api} ${entry.zone ?? ''}`,
    ),
    principals: sorted(
      model.principals.map(({ id, origin, domain, duty }) => ({
        id,
        path: origin.path,
        domain: domain ?? null,
        duty: duty ?? null,
      })),
      (principal) => principal.id,
    ),
    findings: sorted(findings.map(findingJson), (finding) =>
      [finding.id, ...finding.constructPaths, finding.message].join('\0'),
    ),
    statistics: {
      domains: model.domains.length,
      apis: model.apis.length,
      principals: model.principals.length,
      resources: model.resources.length,
      findings: findings.length,
    },
    ...(evidence && { evidence }),
  };
  return `${JSON.stringify(document, undefined, 2)}\n`;
}

function findingJson(finding: Finding) {
  const { witness } = finding;
  return {
    id: finding.id,
    severity: finding.severity,
    message: finding.message,
    principals: finding.principals,
    constructPaths: finding.constructPaths,
    ...(witness && {
      witness: {
        action: witness.action,
        resource: witness.resource,
        contextA: contextJson(witness.contextA),
        contextB: contextJson(witness.contextB),
        ...(witness.holes && { holes: contextJson(witness.holes) }),
      },
    }),
    explanation: finding.explanation,
    chain: finding.chain.map(({ from, to, by, requests }) => ({ from, to, by, requests })),
    fix: finding.fix,
    ...(finding.also && { also: finding.also.map(({ id, message }) => ({ id, message })) }),
    ...(finding.exception && { exception: finding.exception }),
  };
}

function contextJson(context: Context | undefined): Context {
  return Object.fromEntries(sorted(Object.entries(context ?? {}), ([key]) => key));
}

/** By code units, which no locale changes. */
function sorted<T>(items: readonly T[], key: (item: T) => string): T[] {
  return items
    .map((item) => ({ item, key: key(item) }))
    .sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0))
    .map(({ item }) => item);
}
