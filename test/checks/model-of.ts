/** Small models for tests of checks: roles by name, duty, domain and statements. */
import type { Api, Duty, Model, Origin, Principal, Resource } from '../../lib/model/model';
import { DUTIES } from '../../lib/model/model';
import type { PolicyDocument } from '../../lib/policy/document';
import { parsePolicy } from '../../lib/policy/parse';
import { text } from '../../lib/policy/text';

export type Json = Readonly<Record<string, unknown>>;

export interface RoleOf {
  readonly duty?: Duty;
  readonly domain?: string;
  readonly marked?: boolean;
  /** Statements of one inline policy. */
  readonly allow?: readonly Json[];
  /** Statements of the boundary; `same` is the attached document itself. */
  readonly boundary?: readonly Json[] | 'same';
  readonly boundaryUnknown?: string;
  readonly unknown?: readonly string[];
}

export function allow(
  actions: string | readonly string[],
  resources: string | readonly string[] = '*',
  more: Json = {},
): Json {
  return { Effect: 'Allow', Action: actions, Resource: resources, ...more };
}

export function document(origin: string, statements: readonly Json[]): PolicyDocument {
  return parsePolicy({ Version: '2012-10-17', Statement: statements }, origin);
}

export function origin(path: string, type: string): Origin {
  const logicalId = path.replace(/\W/g, '');
  return { id: `Stack/${logicalId}`, path, stack: 'Stack', logicalId, type };
}

const ACCOUNT = text('111122223333');

export function role(
  path: string,
  { duty, domain, marked, allow: statements = [], boundary, boundaryUnknown, unknown = [] }: RoleOf,
): Principal {
  const at = origin(path, 'AWS::IAM::Role');
  const attached = document(
    `the policy of ${path}`,
    statements.length > 0 ? statements : [{ Effect: 'Deny', Action: '*', Resource: '*' }],
  );
  const bounds =
    boundary === undefined ? undefined : boundary === 'same' ? attached : document(`the boundary of ${path}`, boundary);
  return {
    kind: 'role',
    id: at.id,
    origin: at,
    arn: text(`arn:aws:iam::111122223333:role/${at.logicalId}`),
    account: ACCOUNT,
    ...(domain && { domain }),
    ...(duty && { duty, dutyFrom: marked ? ('mark' as const) : ('configuration' as const) }),
    attached: [{ document: attached, attached: 'inline', origin: at }],
    ...(bounds && { boundary: { document: bounds, attached: 'managed' as const } }),
    ...(boundaryUnknown && { boundaryUnknown }),
    policies: { identityPolicies: [attached], ...(bounds && { permissionsBoundary: bounds }) },
    unknown,
  };
}

export function resource(
  path: string,
  type: string,
  {
    domain,
    claims,
    uses = [],
  }: { domain?: string; claims?: string[]; uses?: (readonly [path: string, at: string])[] } = {},
): Resource {
  const at = origin(path, type);
  return {
    id: at.id,
    origin: at,
    account: ACCOUNT,
    ...(domain && { domain }),
    ...(claims && { claims }),
    open: [],
    references: uses.map(([to, property]) => ({ to: origin(to, '').id, at: property })),
    properties: {},
  };
}

export function api(path: string, domain?: string): Api {
  const at = origin(path, 'AWS::ApiGateway::RestApi');
  return { id: at.id, origin: at, kind: 'rest', ...(domain && { domain }), routes: [], authentication: ['AWS_IAM'] };
}

export function modelOf(parts: Partial<Model> & { readonly commonStatements?: readonly Json[] }): Model {
  const domains = [...new Set((parts.principals ?? []).flatMap(({ domain }) => domain ?? []))];
  const { commonStatements, ...given } = parts;
  return {
    domains: domains.map((name) => ({ name, declaredAt: [] })),
    principals: [],
    resources: [],
    apis: [],
    assumptions: [],
    conflicts: DUTIES.flatMap((a, i) => DUTIES.slice(i + 1).map((b) => [a, b] as const)),
    common: commonStatements
      ? document('the common requests', commonStatements)
      : { version: '2012-10-17', origin: 'none', statements: [] },
    ...given,
  };
}
