/**
 * The report as SARIF 2.1.0, which code scanning shows beside the lines of a pull request. One rule a check, one result a
 * finding, at the line that made the first construct it names; an excused finding is a suppressed result.
 * Source: https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html, and for what GitHub reads of it
 * https://docs.github.com/en/code-security/code-scanning/integrating-with-code-scanning/sarif-support-for-code-scanning
 */

import { createHash } from 'node:crypto';
import type { Finding } from '../checks/finding';
import { CHECKS } from '../checks/run-checks';
import type { Sources } from '../model/cloud-assembly';
import { type Evidence, toolVersion } from './evidence';
import { type Place, Places } from './places';
import type { Report } from './report';

export interface SarifOptions {
  readonly sources?: Sources;
  readonly evidence?: Evidence;
}

/** Ends with a line feed. */
export function toSarif(report: Report, { sources, evidence }: SarifOptions = {}): string {
  const places = new Places(report.model, sources);
  const rules = rulesOf(report.findings);
  const fallback = evidence?.inputs[0]?.path;
  const log = {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: {
          driver: {
            name: 'Bulkhead',
            semanticVersion: toolVersion(),
            informationUri: 'https://github.com/cdk-bulkhead/cdk-bulkhead',
            rules,
          },
        },
        ...(evidence && {
          artifacts: evidence.inputs.map(({ path, sha256 }) => ({
            location: { uri: uriOf(path) },
            hashes: { 'sha-256': sha256 },
          })),
        }),
        results: report.findings.map((finding) =>
          resultOf(
            finding,
            rules.findIndex((rule) => rule.id === finding.id),
            places,
            fallback,
          ),
        ),
        properties: {
          verdict: report.verdict,
          assumptions: report.model.assumptions.map(({ id, text }) => `${id}: ${text}`),
        },
      },
    ],
  };
  return `${JSON.stringify(log, undefined, 2)}\n`;
}

/** Every check, so that code scanning knows which ones passed; and whatever else reports (security exceptions). */
function rulesOf(findings: readonly Finding[]) {
  const known = new Map<string, string>(CHECKS.map(({ id, compliant }) => [id, compliant]));
  for (const { id } of findings) if (!known.has(id)) known.set(id, 'every security exception excuses a finding');
  return [...known].map(([id, compliant]) => ({
    id,
    shortDescription: { text: `${capital(compliant)}.` },
    helpUri: 'https://github.com/cdk-bulkhead/cdk-bulkhead/blob/main/docs/report.md',
    defaultConfiguration: { level: 'error' as const },
    properties: { tags: ['security'], 'security-severity': '8.5' },
  }));
}

function resultOf(finding: Finding, ruleIndex: number, places: Places, fallback: string | undefined) {
  const { id, severity, message, constructPaths, explanation, fix, exception, chain, witness } = finding;
  const located = constructPaths.map((path) => ({ path, place: places.of(path) }));
  const [first, ...others] = located.filter(({ place }) => place !== undefined);
  const lines = [capital(message), ...explanation, `Edit: ${fix}.`];
  return {
    ruleId: id,
    ruleIndex,
    // GitHub shows errors and warnings; an undecided verdict fails like a violation.
    level: severity === 'violated' ? 'error' : 'warning',
    message: { text: lines.join('\n') },
    locations: [
      {
        physicalLocation: physicalLocation(first?.place ?? { file: fallback ?? 'cdk.json' }),
        logicalLocations: (first === undefined ? located.slice(0, 1) : [first]).map(({ path }) => ({
          fullyQualifiedName: path,
          kind: 'resource',
        })),
      },
    ],
    relatedLocations: others.map(({ path, place }, index) => ({
      id: index + 1,
      message: { text: path },
      physicalLocation: physicalLocation(place!),
    })),
    ...(chain.length > 0 && {
      codeFlows: [
        {
          threadFlows: [
            {
              locations: chain.map(({ from, to, by, requests }) => ({
                location: {
                  message: { text: `${from} acts as ${to} by ${by}: ${requests.join('; ')}` },
                  physicalLocation: physicalLocation(first?.place ?? { file: fallback ?? 'cdk.json' }),
                },
              })),
            },
          ],
        },
      ],
    }),
    // The same finding in the next run, although lines and witnesses have moved.
    partialFingerprints: {
      'bulkhead/v1': createHash('sha256')
        .update([id, ...[...constructPaths].sort()].join('\n'))
        .digest('hex'),
    },
    ...(exception && {
      suppressions: [
        {
          kind: 'external',
          status: 'accepted',
          justification: `${exception.reason} (${exception.approver}, until ${exception.expires})`,
        },
      ],
    }),
    ...(witness && { properties: { witness } }),
  };
}

function physicalLocation({ file, line = 1, column }: Place) {
  return {
    artifactLocation: { uri: uriOf(file), ...(file.startsWith('/') ? {} : { uriBaseId: '%SRCROOT%' }) },
    region: { startLine: line, ...(column === undefined ? {} : { startColumn: column }) },
  };
}

function uriOf(file: string): string {
  return encodeURI(file.startsWith('/') ? `file://${file}` : file).replace(/[?#]/g, encodeURIComponent);
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
