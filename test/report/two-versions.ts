/** Two versions of a template in a few lines, for tests of `diff` and `who-can`. */
import { compare, type DifferenceReport } from '../../lib/report/difference';

export type Json = Readonly<Record<string, unknown>>;
export const ACCOUNT = '111122223333';

export const roleArn = (name: string): string => `arn:aws:iam::${ACCOUNT}:role/${name}`;

export interface RoleOptions {
  readonly name?: string;
  readonly can?: readonly Json[];
  /** Principals that its trust policy admits. @default one outsider */
  readonly trusts?: readonly unknown[];
  readonly boundary?: string;
  readonly path?: string;
}

export function allow(Action: unknown, Resource: unknown = '*', more: Json = {}): Json {
  return { Effect: 'Allow', Action, Resource, ...more };
}

export const document = (...Statement: readonly Json[]): Json => ({ Version: '2012-10-17', Statement });

export function role({ name, can = [], trusts = [roleArn('someone')], boundary, path }: RoleOptions = {}): Json {
  return {
    Type: 'AWS::IAM::Role',
    ...(path && { Metadata: { 'aws:cdk:path': path } }),
    Properties: {
      ...(name && { RoleName: name }),
      ...(boundary && { PermissionsBoundary: boundary }),
      AssumeRolePolicyDocument: document(
        ...trusts.map((principal) => ({ Effect: 'Allow', Principal: { AWS: principal }, Action: 'sts:AssumeRole' })),
      ),
      ...(can.length > 0 && { Policies: [{ PolicyName: 'own', PolicyDocument: document(...can) }] }),
    },
  };
}

export function policy(roles: readonly unknown[], ...statements: readonly Json[]): Json {
  return {
    Type: 'AWS::IAM::Policy',
    Properties: { PolicyName: 'extra', Roles: roles, PolicyDocument: document(...statements) },
  };
}

export function difference(
  before: Json,
  after: Json,
  configuration?: unknown,
  sections: Json = {},
  sectionsAfter: Json = sections,
): DifferenceReport {
  const app = (stackName: string, Resources: Json, more: Json) => ({
    templates: [{ stackName, unnamed: true, template: { ...more, Resources }, account: ACCOUNT, region: 'eu-west-1' }],
  });
  return compare(app('before', before, sections), app('after', after, sectionsAfter), {
    configuration,
    source: 'test',
  });
}

/** One line for each new access: `Role: actions on resources` or `Role: acts as Other`. */
export function lines(report: DifferenceReport): readonly string[] {
  return report.changes.flatMap(({ path, access, danger }) =>
    access.map(({ kind, actions = [], resources = [], as, reason }) => {
      const who = `${danger} ${path.replace(/^after\//, '')}`;
      if (kind === 'undecided') return `${who}: undecided, ${reason}`;
      return kind === 'identity'
        ? `${who}: acts as ${as?.replace(/^after\//, '')}`
        : `${who}: ${actions} on ${resources}`;
    }),
  );
}
