/** Models in a few lines, for tests of single rules; whole templates are in the corpus. */
import type { Model, Principal, Resource } from '../../lib/model/model';
import { parsePolicy } from '../../lib/policy/parse';
import { text } from '../../lib/policy/text';

export const ACCOUNT = '111111111111';
export const OTHER = '222222222222';

/** An IAM statement in JSON; `Effect` is Allow unless given, `Resource` is `*` unless given. */
export type Grant = {
  Effect?: string;
  Action: string | string[];
  Resource?: string | string[];
  Condition?: unknown;
  NotAction?: never;
};

export interface PrincipalOptions {
  can?: readonly Grant[];
  boundary?: readonly Grant[];
  /** Statements of the trust policy; `Action` is sts:AssumeRole unless given. */
  trust?: readonly { Effect?: string; Principal: unknown; Action?: string | string[]; Condition?: unknown }[];
  kind?: Principal['kind'];
  account?: string;
  domain?: string;
  duty?: Principal['duty'];
  memberOf?: readonly Principal[];
  /** Attaches the grants as a customer managed policy of this name instead of inline. */
  managed?: string;
}

function statements(grants: readonly Grant[]): unknown {
  return { Version: '2012-10-17', Statement: grants.map((g) => ({ Effect: 'Allow', Resource: '*', ...g })) };
}

export function principal(name: string, options: PrincipalOptions = {}): Principal {
  const { kind = 'role', account = ACCOUNT, can = [], managed } = options;
  const noun = kind === 'user' ? 'user' : kind === 'group' ? 'group' : 'role';
  const document = parsePolicy(statements(can), `${name} policy`, { kind: 'identity' });
  const boundary =
    options.boundary && parsePolicy(statements(options.boundary), `${name} boundary`, { kind: 'identity' });
  const policyArn = (policy: string) => text(`arn:aws:iam::${account}:policy/${policy}`);
  const own =
    can.length === 0
      ? []
      : [
          {
            document,
            attached: managed === undefined ? ('inline' as const) : ('managed' as const),
            ...(managed && { arn: policyArn(managed) }),
          },
        ];
  const attached = [...own, ...(options.memberOf ?? []).flatMap((g) => g.attached)];
  return {
    kind,
    id: `Test/${name}`,
    origin: { id: `Test/${name}`, path: `Test/${name}`, stack: 'Test', logicalId: name, type: `AWS::IAM::${noun}` },
    arn: text(`arn:aws:iam::${account}:${noun}/${name}`),
    account: text(account),
    ...(options.domain && { domain: options.domain }),
    ...(options.duty && { duty: options.duty }),
    attached,
    ...(boundary && {
      boundary: { document: boundary, attached: 'managed' as const, arn: policyArn(`${name}-boundary`) },
    }),
    ...(options.trust && {
      trust: parsePolicy(
        {
          Version: '2012-10-17',
          Statement: options.trust.map((t) => ({ Effect: 'Allow', Action: 'sts:AssumeRole', ...t })),
        },
        `${name} trust`,
        { kind: 'trust' },
      ),
    }),
    ...(options.memberOf && { memberOf: options.memberOf.map((g) => g.id) }),
    policies: {
      identityPolicies: attached.map((a) => a.document),
      ...(boundary && { permissionsBoundary: boundary }),
    },
    unknown: [],
  };
}

export const arn = (name: string, account = ACCOUNT): string => `arn:aws:iam::${account}:role/${name}`;
export const service = (name: string) => ({ Principal: { Service: `${name}.amazonaws.com` } });
export const trusts = (...arns: string[]) => ({ Principal: { AWS: arns } });
export const root = (account = ACCOUNT) => trusts(`arn:aws:iam::${account}:root`);

export function resource(name: string, type: string, resourceArn: string, runsAs?: Principal): Resource {
  return {
    id: `Test/${name}`,
    origin: { id: `Test/${name}`, path: `Test/${name}`, stack: 'Test', logicalId: name, type },
    arn: text(resourceArn),
    account: text(resourceArn.split(':')[4] || ACCOUNT),
    ...(runsAs && { runsAs: [{ service: 'unused', role: runsAs.arn }] }),
    references: [],
    open: [],
    properties: {},
  };
}

export function modelOf(
  principals: readonly Principal[],
  resources: readonly Resource[] = [],
  more: Partial<Model> = {},
): Model {
  return {
    domains: [],
    principals,
    resources,
    apis: [],
    assumptions: [],
    conflicts: [],
    common: { version: '2012-10-17', origin: 'common', statements: [] },
    ...more,
  } as Model;
}
