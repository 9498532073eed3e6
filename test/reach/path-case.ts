/**
 * One template for each row of the catalogue of paths, in which exactly that path exists; and the ways to
 * take one precondition away. `P` is who takes the path, `Q` what it leads to.
 *
 * What is expected of a case is stated here, by hand, for each kind of outcome, and not derived
 * from the code under test: the row's requests are granted and nothing else.
 */
import { awsCatalogue } from '../../lib/catalog/catalogue';
import type { EscalationPath, EscalationRequest } from '../../lib/catalog/escalation-paths';
import { shapeOf } from '../../lib/model/arn-shapes';
import { type Configuration, NO_CONFIGURATION } from '../../lib/model/configuration';
import type { RenderedTemplate } from '../../lib/model/rendered-template';
import { RUNS_AS } from '../../lib/model/runs-as-table';
import { parsePolicy } from '../../lib/policy/parse';
import type { Closure } from '../../lib/reach/closure';
import { addActor, addFirst, managedPolicy, trust } from './path-actor';
import { HOLDING_A_KEY, REGION, SOURCES } from './path-sources';

export const ACCOUNT = '111111111111';
export const OUTER = '222222222222';
const NOBODY = 'nobody';

type Json = Record<string, unknown>;
interface Statement {
  Effect: 'Allow' | 'Deny';
  Action?: string | string[];
  NotAction?: string;
  Resource?: unknown;
  Condition?: Json;
}

/** Which precondition is missing; `request` is the index of the request that it concerns. */
export type Missing =
  | {
      readonly what:
        | 'grant'
        | 'allowance: a Deny'
        | 'allowance: the boundary'
        | 'allowance: an SCP'
        | 'condition'
        | 'resource';
      readonly request: number;
    }
  | { readonly what: 'service passed to'; readonly request: number }
  | { readonly what: 'trust' | 'role that it runs as' | 'one name for both' | 'first link' };

export interface Layout {
  readonly missing?: Missing;
  /** `A` assumes `P`, which then takes the path. */
  readonly chained?: boolean;
  /** `Q`, and what it needs, in a stack of its own, known to the other by exports. */
  readonly twoStacks?: boolean;
  /** `A` is in another account. Implies `chained`. */
  readonly twoAccounts?: boolean;
  /** `P` has one duty and what it comes to act as another, or may do what a `Reader` with another may do. */
  readonly duties?: boolean;
}

export interface Case {
  readonly templates: readonly RenderedTemplate[];
  readonly configuration: Configuration;
  /** Id of the principal whose reach is asked for. */
  readonly source: string;
  /** True iff the closure has what the row says is reached, for certain. */
  reached(closure: Closure): boolean;
}

export const iam = (kind: string, name: string, account = ACCOUNT): string => `arn:aws:iam::${account}:${kind}/${name}`;

/** Whether the row is about a user who acts, a user in a group, or a role. */
export function actorOf(path: EscalationPath): 'role' | 'user' {
  const own = path.requests.filter((r) => r.target === 'self' || r.target === 'target-group');
  return own.some((r) => /User|Group/.test(r.action)) ? 'user' : 'role';
}

export function targetOf({ reached }: EscalationPath): 'role' | 'user' {
  if (reached.kind === 'user-of-key') return 'user';
  return (reached.kind === 'principal' || reached.kind === 'principal-any') && reached.of === 'user' ? 'user' : 'role';
}

/** The type of the row for which a template can be written in a line, and whose role the model reads. */
export function typeOf({ reached }: EscalationPath): string | undefined {
  if (reached.kind === 'user-of-key') return reached.types[0];
  if (reached.kind !== 'role-of-resource' && reached.kind !== 'resource-any') return undefined;
  return reached.kind === 'resource-any'
    ? reached.types[0]
    : (reached.types.find((t) => RUNS_AS.has(t)) ?? reached.types[0]);
}

export function caseOf(path: EscalationPath, layout: Layout = {}): Case {
  const { missing, twoStacks = false } = layout;
  const chained = layout.chained === true || layout.twoAccounts === true;
  const acts = actorOf(path);
  const inner: Record<string, Json> = {};
  const outer: Record<string, Json> = {};
  const first: Record<string, Json> = {};
  const q = twoStacks ? outer : inner;

  addTarget(path, q, missing);
  if (layout.duties) inner.Reader = reader(path);
  addActor(path, inner, chained, layout, missing);
  if (chained) addFirst(first, acts, layout, missing);

  const imported = (name: string): Json => ({ 'Fn::ImportValue': name });
  inner.PGrants = {
    Type: 'AWS::IAM::Policy',
    Properties: {
      PolicyName: 'grants',
      [acts === 'role' ? 'Roles' : 'Users']: [{ Ref: 'P' }],
      PolicyDocument: {
        Version: '2012-10-17',
        Statement: grantsOf(path, missing, (name, literal) => (twoStacks ? imported(name) : literal)),
      },
    },
  };
  const template = (name: string, Resources: Json, account: string, more: Json = {}): RenderedTemplate => ({
    stackName: name,
    account,
    region: REGION,
    template: { Resources, ...more },
    ...(typeOf(path) === 'AWS::CloudFormation::Stack' && name === (twoStacks ? 'Theirs' : 'Ours')
      ? {
          deployment: {
            executionRoleArn: missing?.what === 'role that it runs as' ? iam('role', 'other') : iam('role', 'Q'),
          },
        }
      : {}),
  });
  const scp =
    missing?.what === 'allowance: an SCP'
      ? [
          parsePolicy(
            {
              Version: '2012-10-17',
              Statement: [{ Effect: 'Allow', NotAction: actionOf(path, missing), Resource: '*' }],
            },
            'scp',
          ),
        ]
      : path.reached.kind === 'self-uncontrolled'
        ? [parsePolicy({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }] }, 'scp')]
        : [];
  return {
    templates: [
      template('Ours', inner, ACCOUNT),
      ...(twoStacks ? [template('Theirs', outer, ACCOUNT, { Outputs: exportsOf(path) })] : []),
      ...(chained ? [template('First', first, layout.twoAccounts ? OUTER : ACCOUNT)] : []),
    ],
    configuration: {
      ...NO_CONFIGURATION,
      assume: { serviceControlPolicies: scp },
      duties: layout.duties
        ? [
            { duty: 'deploy', globs: ['Ours/P'] },
            { duty: 'read', globs: ['Ours/Reader', ...(becomesQ(path) ? ['Ours/Q'] : [])] },
          ]
        : [],
    },
    source: chained ? 'First/A' : 'Ours/P',
    reached: (closure) => isReached(path, closure, twoStacks ? 'Theirs' : 'Ours'),
  };
}

export function becomesQ({ reached }: EscalationPath): boolean {
  return ['passed-role', 'role-of-resource', 'user-of-key', 'principal', 'principal-any', 'federated-roles'].includes(
    reached.kind,
  );
}

/** May use what nobody else may, and whatever there is of the resource that the row opens but the row's own requests. */
function reader(path: EscalationPath): Json {
  const services =
    path.reached.kind === 'resource-any' ? [...new Set(path.requests.map((r) => `${r.action.split(':')[0]}:*`))] : [];
  const Statement = [
    { Effect: 'Allow', Action: ['dynamodb:GetItem', ...services], Resource: '*' },
    { Effect: 'Deny', Action: path.requests.map((r) => r.action), Resource: '*' },
  ];
  return {
    Type: 'AWS::IAM::Role',
    Properties: {
      RoleName: 'reader',
      AssumeRolePolicyDocument: trust({ AWS: iam('role', 'reader', OUTER) }),
      Policies: [{ PolicyName: 'reads', PolicyDocument: { Version: '2012-10-17', Statement } }],
    },
  };
}

export function actionOf({ requests }: EscalationPath, missing: { readonly request: number }): string {
  return requests[missing.request]!.action;
}

/** What the row says is reached, stated for each kind. */
function isReached({ reached }: EscalationPath, closure: Closure, stack: string): boolean {
  const has = (id: string) => {
    const arrival = closure.members.get(id);
    return arrival?.step !== undefined && arrival.undecided === undefined ? arrival.actor.gains : undefined;
  };
  const own = has('Ours/P');
  switch (reached.kind) {
    case 'passed-role':
    case 'role-of-resource':
    case 'user-of-key':
    case 'principal':
    case 'federated-roles':
      return has(`${stack}/Q`) !== undefined;
    case 'principal-any':
      return has(`${stack}/Q`)?.any === true;
    case 'self-any':
      return own?.any === true;
    case 'self-unbounded':
      return own?.unbounded === true;
    case 'self-uncontrolled':
      return own?.uncontrolled === true;
    case 'self-retagged':
      return own?.retagged.includes(reached.service) === true;
    case 'self-undenied':
      return (own?.undenied.length ?? 0) > 0;
    case 'group':
      return own?.groups.includes(`${stack}/G`) === true;
    case 'resource-any':
      return [...closure.members.keys()].some(
        (id) => id.endsWith(`by the policy of ${stack}/R`) && has(id) !== undefined,
      );
    case 'account-any':
      return has(`a new principal of account ${ACCOUNT}`) !== undefined;
  }
}

/** The grants of `P`: the row's requests, each on what it is about. */
function grantsOf(
  path: EscalationPath,
  missing: Missing | undefined,
  ref: (name: string, literal: string) => unknown,
): Statement[] {
  const statements = path.requests.flatMap((request, i): Statement[] => {
    const here = missing !== undefined && 'request' in missing && missing.request === i ? missing.what : undefined;
    if (here === 'grant') return [];
    const Condition: Json = {};
    if (here === 'condition') Condition.StringEquals = { 'aws:PrincipalArn': iam('role', NOBODY) };
    if (here === 'service passed to') Condition.StringEquals = { 'iam:PassedToService': `${NOBODY}.amazonaws.com` };
    return [
      {
        Effect: 'Allow',
        Action: request.action,
        Resource: here === 'resource' ? otherResource(path, request) : resourceOf(path, request, ref, missing, i),
        ...(Object.keys(Condition).length > 0 && { Condition }),
      },
    ];
  });
  if (path.reached.kind === 'self-retagged') {
    const { service } = path.reached;
    const Condition = { StringEquals: { 'aws:ResourceTag/owner': 'p' } };
    statements.push({ Effect: 'Allow', Action: `${service}:Delete*`, Resource: '*', Condition });
  }
  if (missing?.what === 'allowance: a Deny')
    statements.push({ Effect: 'Deny', Action: actionOf(path, missing), Resource: '*' });
  return statements;
}

function resourceOf(
  path: EscalationPath,
  request: EscalationRequest,
  ref: (name: string, literal: string) => unknown,
  missing: Missing | undefined,
  i: number,
): unknown {
  switch (request.target) {
    case 'target-role':
      return ref('q-arn', iam('role', 'Q'));
    case 'target-user':
      return ref('q-arn', iam('user', 'Q'));
    case 'policy-of-target':
      return ref('q-policy', iam('policy', 'Theirs'));
    case 'policy-of-self':
      return iam('policy', 'Own');
    case 'boundary-of-self':
      return iam('policy', 'Boundary');
    case 'target-group':
      return ref('g-arn', iam('group', 'G'));
    case 'self':
      return /Group/.test(request.action) ? ref('g-arn', iam('group', 'G')) : iam(actorOf(path), 'P');
    case 'source-of-compute':
      return SOURCES[serviceOf(request)]?.arn ?? '*';
    case 'new-compute':
      return missing?.what === 'one name for both' ? namedApart(request.action, i) : '*';
    case 'existing-compute':
    case 'target-resource':
    case 'target-instance-profile':
    case 'tagged-resource':
    case 'any':
      return '*';
  }
}

/** The first ARN format of the action, every slot filled so that it is valid and nobody's. */
export function otherResource(path: EscalationPath, { action, target }: EscalationRequest): string {
  if (target === 'self') return iam(/Group/.test(action) ? 'group' : actorOf(path), NOBODY);
  if (target === 'target-role') return iam('role', NOBODY);
  if (target === 'target-user') return iam('user', NOBODY);
  if (target === 'target-group') return iam('group', NOBODY);
  if (target === 'policy-of-self' || target === 'policy-of-target' || target === 'boundary-of-self')
    return iam('policy', NOBODY);
  return fillFormat(action, NOBODY);
}

function fillFormat(action: string, name: string): string {
  const catalogue = awsCatalogue();
  const [format] = catalogue.resourceFormats(catalogue.actionId(action)!);
  const slots: Record<string, string> = { partition: 'aws', region: REGION, account: ACCOUNT };
  return (format?.parts ?? ['*'])
    .map((part) => (typeof part === 'string' ? part : (slots[part.slot] ?? name)))
    .join('');
}

function namedApart(action: string, i: number): string {
  return fillFormat(action, `name-${i}`);
}

/** `Q` with what makes it reachable by the row, `G`, `R` and whatever runs as `Q`. */
function addTarget(path: EscalationPath, stack: Record<string, Json>, missing: Missing | undefined): void {
  const { reached, requests } = path;
  const type = typeOf(path);
  if (targetOf(path) === 'user') stack.Q = { Type: 'AWS::IAM::User', Properties: { UserName: 'Q' } };
  else {
    stack.Q = {
      Type: 'AWS::IAM::Role',
      Properties: {
        RoleName: 'Q',
        AssumeRolePolicyDocument: trust(trustedBy(path, missing)),
        ...(requests.some((r) => r.target === 'policy-of-target') && { ManagedPolicyArns: [{ Ref: 'TheirPolicy' }] }),
      },
    };
  }
  if (requests.some((r) => r.target === 'policy-of-target')) {
    stack.TheirPolicy = managedPolicy('Theirs', {
      Version: '2012-10-17',
      Statement: [{ Effect: 'Allow', Action: 'sqs:ListQueues', Resource: '*' }],
    });
  }
  if (reached.kind === 'group') stack.G = { Type: 'AWS::IAM::Group', Properties: { GroupName: 'G' } };
  if (reached.kind === 'resource-any') stack.R = { Type: type!, Properties: named(type!, {}) };
  if (reached.kind === 'user-of-key') {
    stack.Key = { Type: 'AWS::IAM::AccessKey', Properties: { UserName: { Ref: 'Q' } } };
    const secret = { 'Fn::GetAtt': ['Key', 'SecretAccessKey'] };
    stack.Runner = { Type: type!, Properties: named(type!, HOLDING_A_KEY[type!]!(secret)) };
  }
  if (reached.kind !== 'role-of-resource' || type === 'AWS::CloudFormation::Stack') return;
  stack.Other = {
    Type: 'AWS::IAM::Role',
    Properties: { RoleName: 'other', AssumeRolePolicyDocument: trust({ Service: `${NOBODY}.amazonaws.com` }) },
  };
  stack.Profile = {
    Type: 'AWS::IAM::InstanceProfile',
    Properties: { Roles: [{ Ref: missing?.what === 'role that it runs as' ? 'Other' : 'Q' }] },
  };
  const role = { 'Fn::GetAtt': [missing?.what === 'role that it runs as' ? 'Other' : 'Q', 'Arn'] };
  const [row] = RUNS_AS.get(type!) ?? [{ path: ['RoleArn'], profile: false }];
  const properties = nested(row!.path, row!.profile ? { 'Fn::GetAtt': ['Profile', 'Arn'] } : role) as Json;
  const source = requests.find((r) => r.target === 'source-of-compute');
  const { of = {}, with: others = {} } = (source && SOURCES[serviceOf(source)]) ?? {};
  Object.assign(stack, others);
  stack.Runner = { Type: type!, Properties: named(type!, { ...properties, ...of[type!] }) };
}

function serviceOf({ action }: EscalationRequest): string {
  return action.split(':')[0]!;
}

/** With a physical name where the type has one, so that another name is another resource for certain. */
function named(type: string, properties: Json): Json {
  const name = shapeOf(type)?.name;
  return name === undefined ? properties : { ...properties, [name]: 'theirs' };
}

function nested(path: readonly string[], value: unknown): unknown {
  const [step, ...rest] = path;
  if (step === undefined) return value;
  if (step === '[]') return [nested(rest, value)];
  return { [step === '*' || step === '**' ? 'any' : step]: nested(rest, value) };
}

function trustedBy(path: EscalationPath, missing: Missing | undefined): Json {
  const { reached, requests } = path;
  const wrong = missing?.what === 'trust';
  if (reached.kind === 'passed-role') return { Service: wrong ? `${NOBODY}.amazonaws.com` : reached.services[0] };
  if (reached.kind === 'federated-roles') {
    if (wrong) return { Service: `${NOBODY}.amazonaws.com` };
    if (reached.provider === 'eks')
      return { Federated: iam('oidc-provider', `oidc.eks.${REGION}.amazonaws.com/id/0123456789ABCDEF`) };
    return {
      Federated: reached.provider === 'saml' ? iam('saml-provider', 'idp') : iam('oidc-provider', 'idp.example.com'),
    };
  }
  // The account is trusted and not `P` by name, so that `P` has to be allowed as well.
  if (requests.some((r) => r.action === 'sts:AssumeRole'))
    return { AWS: `arn:aws:iam::${wrong ? OUTER : ACCOUNT}:root` };
  return { Service: `${NOBODY}.amazonaws.com` };
}

function exportsOf(path: EscalationPath): Json {
  const output = (name: string, Value: unknown): Json => ({ Value, Export: { Name: name } });
  return {
    QArn: output('q-arn', { 'Fn::GetAtt': ['Q', 'Arn'] }),
    ...(path.requests.some((r) => r.target === 'policy-of-target') && {
      QPolicy: output('q-policy', { Ref: 'TheirPolicy' }),
    }),
    ...(path.reached.kind === 'group' && { GArn: output('g-arn', { 'Fn::GetAtt': ['G', 'Arn'] }) }),
  };
}
