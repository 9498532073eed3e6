/**
 * The common requests: what all duties may share. Declared by the configuration; else by the marks
 * of the app's own constructs; else this file's short list. They are taken out of every overlap, so
 * a mark, which anybody can write into a template, may only declare requests that this file lists.
 */
import type { PolicyDocument, Statement } from '../policy/document';
import { parsePolicy } from '../policy/parse';
import { literal } from '../policy/text';
import type { Configuration } from './configuration';
import type { Mark } from './mark';
import type { Resolver } from './resolver';
import type { Stack } from './stack';
import { readPolicy } from './template-policy';

/**
 * Requests that reveal names, states and counts, no data, and change nothing.
 * Source of what each does: the Service Authorization Reference.
 */
export const HARMLESS: readonly string[] = [
  'cloudformation:DescribeChangeSet',
  'cloudformation:DescribeStackEvents',
  'cloudformation:DescribeStackResource',
  'cloudformation:DescribeStackResources',
  'cloudformation:DescribeStacks',
  'cloudformation:ListChangeSets',
  'cloudformation:ListStackResources',
  'cloudformation:ListStacks',
  'cloudwatch:DescribeAlarms',
  'cloudwatch:GetMetricData',
  'cloudwatch:GetMetricStatistics',
  'cloudwatch:ListMetrics',
  'ec2:DescribeAvailabilityZones',
  'ec2:DescribeRegions',
  'iam:ListAccountAliases',
  'kms:DescribeKey',
  'kms:GetKeyPolicy',
  'kms:GetKeyRotationStatus',
  'kms:ListAliases',
  'kms:ListKeys',
  'logs:DescribeLogGroups',
  'sts:GetCallerIdentity',
];
/**
 * Of one stack of the app, which its constructs made: who prepares a change and who approves it both read the
 * template that it changes. Not for any stack, so not among the requests that are common without a declaration.
 */
const DECLARABLE: readonly string[] = [...HARMLESS, 'cloudformation:GetTemplate'];
const DECLARABLE_IN_LOWER_CASE: ReadonlySet<string> = new Set(DECLARABLE.map((a) => a.toLowerCase()));

export interface MarkedCommon {
  readonly stack: Stack;
  readonly path: string;
  readonly mark: Mark;
}

export interface CommonRequests {
  readonly document: PolicyDocument;
  /** Declarations that were refused, by construct path. */
  readonly refused: readonly { readonly path: string; readonly reason: string }[];
}

export function commonRequests(
  r: Resolver,
  configuration: Configuration,
  marked: readonly MarkedCommon[],
): CommonRequests {
  if (configuration.common !== undefined) return { document: configuration.common, refused: [] };
  const declared = marked.filter((m) => m.mark.common !== undefined);
  if (declared.length === 0) return { document: builtIn(), refused: [] };
  const refused: { path: string; reason: string }[] = [];
  const statements = new Map<string, Statement>();
  const read = new Set<string>();
  for (const { stack, path, mark } of declared) {
    // Domains may declare the same, and each several times.
    const written = `${stack.id} ${JSON.stringify(mark.common)}`;
    if (read.has(written)) continue;
    const before = refused.length;
    const { document, unknown } = readPolicy(
      r,
      stack,
      { Version: '2012-10-17', Statement: mark.common },
      path,
      'identity',
    );
    for (const reason of unknown) refused.push({ path, reason: `its common requests cannot be read: ${reason}` });
    for (const statement of document.statements) {
      const reason = harmful(statement);
      if (reason !== undefined)
        refused.push({
          path,
          reason: `its mark declares common requests that are not harmless: ${reason}; declare them in the configuration`,
        });
      // One copy of what every role of an app declares alike.
      else statements.set(JSON.stringify({ ...statement, index: 0, origin: '' }), statement);
    }
    if (refused.length === before) read.add(written);
  }
  const all = [...statements.values()].map((s, index) => ({ ...s, index }));
  return { document: { version: '2012-10-17', origin: 'the common requests', statements: all }, refused };
}

function harmful(statement: Statement): string | undefined {
  if (statement.effect !== 'Allow') return 'a statement that denies';
  if (statement.action.not) return '`NotAction`';
  const bad = statement.action.patterns
    .map(literal)
    .find((a) => a === undefined || !DECLARABLE_IN_LOWER_CASE.has(a.toLowerCase()));
  return bad === undefined && statement.action.patterns.every((p) => literal(p) !== undefined)
    ? undefined
    : `\`${bad ?? 'an unresolved action'}\``;
}

function builtIn(): PolicyDocument {
  const document = {
    Version: '2012-10-17',
    Statement: [{ Sid: 'Harmless', Effect: 'Allow', Action: HARMLESS, Resource: '*' }],
  };
  return parsePolicy(document, 'the built-in common requests', { kind: 'identity', texts: false });
}
