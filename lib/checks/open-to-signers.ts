/**
 * APIs whose methods ask for a signature, and whose policy admits callers of other domains by `Principal: "*"` (DOM-1): in its own
 * account such a policy is enough, without one of the caller's, and everybody has an account
 * (https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-authorization-flow.html).
 *
 * Allow and Deny are put to the engine together, for two kinds of callers: somebody of another account, and the principals of
 * other domains that the app makes. Both call from nowhere in particular: an endpoint, a network or an address that the policy
 * asks for is the author's, and who is in it is DOM-9's. What callers bring along otherwise (a tag, a second factor) only the
 * deployment knows, and of a Deny for whom nobody can tell: if that alone keeps callers out, it is undecided.
 */
import { parseIamArn } from '../model/directory';
import type { Api, Model, Principal, Resource } from '../model/model';
import { textKey } from '../model/text-key';
import type { BaseOperator, Condition, Policies, Statement } from '../policy/document';
import { nameOfStatement } from '../policy/parse';
import { literal, type Text, text } from '../policy/text';
import { spelledOut } from './admitted-networks';
import type { CheckContext } from './check';
import { exceptFrom } from './declared-crossings';
import type { Finding } from './finding';
import { stagesOfApi } from './gateway-stages';
import { isPlainKey, OF_NETWORKS, OF_SERVICES } from './open-under-conditions';
import { nameOf } from './separation';
import { calls, everythingOn } from './territory';

export function openToSigners(model: Model, context: CheckContext): Finding[] {
  const open = new Map(
    model.resources.flatMap((resource) =>
      resource.openTo !== undefined && resource.origin.type === 'AWS::ApiGateway::RestApi'
        ? [[resource.id, resource] as const]
        : [],
    ),
  );
  return open.size === 0 ? [] : model.apis.flatMap((api) => judge(api, open.get(api.id), model, context));
}

function judge(api: Api, gateway: Resource | undefined, model: Model, context: CheckContext): Finding[] {
  const { domain, routes, origin } = api;
  if (domain === undefined || gateway?.openTo === undefined) return [];
  const signed = routes.filter(
    ({ authentication, preflight }) => authentication === 'AWS_IAM' && preflight === undefined,
  );
  let doubt: Finding | undefined;
  for (const { method, path } of signed) {
    const found = admission(api, { method, path }, gateway, model, context);
    if (found === undefined) continue;
    const { statement, whom, undecided } = found;
    const where = `${nameOfStatement(statement)} of ${statement.origin}`;
    const everybody = whom === undefined;
    const admits = `admits ${everybody ? 'whoever signs' : nameOf(whom)} to \`${method} ${path}\` of the domain \`${domain}\`${everybody ? ', and so every other domain' : ''}`;
    const conditions =
      statement.conditions.length === 0 ? 'no condition' : 'conditions that do not keep other domains out';
    const finding: Finding = {
      id: 'DOM-1',
      severity: undecided ? 'undecided' : 'violated',
      message: undecided
        ? `it cannot be decided whether the policy of \`${origin.path}\` ${admits}`
        : `the policy of \`${origin.path}\` ${admits}`,
      principals: everybody ? [] : [whom.id],
      constructPaths: [origin.path, ...(everybody ? [] : [whom.origin.path])],
      explanation: [
        `${where} has the principal \`*\` and ${conditions}, and the method asks for a signature alone.`,
        ...(found.denied ? ['A Deny of the policy does not stop the call.'] : []),
      ],
      chain: [],
      fix: `name the principals that ${where} is for`,
    };
    if (!undecided) return [finding];
    doubt ??= finding;
  }
  return doubt === undefined ? [] : [doubt];
}

interface Admission {
  readonly statement: Statement;
  /** Of another domain; absent for somebody of another account. */
  readonly whom?: Principal;
  readonly undecided: boolean;
  /** The policy denies something, and not this. */
  readonly denied: boolean;
}

type Route = { readonly method: string; readonly path: string };

function admission(
  api: Api,
  route: Route,
  { id, openTo, policy }: Resource,
  model: Model,
  context: CheckContext,
): Admission | undefined {
  const { domain, invoke } = api;
  if (invoke === undefined) return undefined;
  const stages = stagesOfApi(id, model.resources).map(({ name }) => name);
  const at = stages.length === 0 || stages.includes(undefined) ? [undefined] : (stages as string[]);
  const patterns = at.map((stage) =>
    calls(invoke, patternOf(route.path), {
      ...(route.method === 'ANY' ? {} : { method: route.method }),
      ...(stage === undefined ? {} : { stage }),
    }),
  );
  const asked = everythingOn(domain!, patterns);
  const denies = (policy?.statements ?? []).flatMap((s) => (s.effect === 'Deny' ? [onApi(s, invoke)] : []));
  const plain = (statement: Statement): boolean => denies.length === 0 && statement.conditions.length === 0;
  const allows = openTo!.statements.filter(
    (one) => !asksForNetwork(one) && context.overlap(policiesOf([one], openTo!.origin), asked).verdict !== 'disjoint',
  );
  const [statement] = allows;
  if (statement === undefined) return undefined;
  const obvious = allows.find(plain);
  if (obvious !== undefined) return { statement: obvious, undecided: false, denied: false };
  const may = ({ conditions, from }: Callers, sure: boolean): boolean => {
    const granted = allows.filter((s) => !sure || s.conditions.every((c) => isPlainKey(c.key)));
    const all = [
      ...granted.map((s) => ({ ...s, conditions: [...s.conditions, ...conditions] })),
      ...denies.flatMap((s) => deniedTo(s, sure)),
    ];
    const options = from === undefined ? {} : { except: exceptFrom(model, from, domain) };
    const { verdict } = context.overlap(policiesOf(all, openTo!.origin), asked, options);
    return sure ? verdict === 'overlap' : verdict !== 'disjoint';
  };
  const perhaps = [{ conditions: outsider([...allows, ...denies]) }, ...callersOf(model, domain!)].filter((callers) =>
    may(callers, false),
  );
  const surely = perhaps.find((callers) => may(callers, true));
  const callers = surely ?? perhaps[0];
  if (callers === undefined) return undefined;
  const undecided = surely === undefined;
  const { principals = [] } = callers;
  const whom = principals.find((one) => may(asCallers([one]), !undecided)) ?? principals[0];
  return { statement, ...(whom === undefined ? {} : { whom }), undecided, denied: denies.length > 0 };
}

/** What stands for a parameter may be anything, and so may what is above a path whose parent the template does not show. */
function patternOf(path: string): string {
  return path
    .replace(/\$\{[^}]*\}/g, '*')
    .replace(/\{[^/]*\}/g, '*')
    .replace(/^\/\?/, '*')
    .replace(/\/\?(?=\/|$)/g, '/*');
}

function policiesOf(statements: readonly Statement[], origin: string): Policies {
  return { identityPolicies: [{ version: '2012-10-17', origin, statements }] };
}

/** As a statement about calls of the API; what it says of principals stays. */
function onApi(statement: Statement, invoke: Text): Statement {
  const { resource } = statement;
  if (resource === undefined) return { ...statement, resource: { not: false, patterns: [text('*')] } };
  return { ...statement, resource: { ...resource, patterns: resource.patterns.map((p) => spelledOut(p, invoke)) } };
}

const ADDRESS = 'aws:sourceip';
const IS_POSITIVE = /^(?!.*Not)(?!Null$)/;

/** An Allow that only callers of a network of the author's choice meet. */
function asksForNetwork({ conditions }: Statement): boolean {
  return conditions.some(({ key, operator, ifExists }) => {
    const lower = key.toLowerCase();
    return !ifExists && IS_POSITIVE.test(operator) && (lower === ADDRESS || OF_NETWORKS.test(lower));
  });
}

/**
 * The Deny as far as it is about callers from nowhere in particular. An address that it demands, they do not have.
 * @param sure widened where nobody can tell what callers bring along, so that what is left is sure
 */
function deniedTo(statement: Statement, sure: boolean): readonly Statement[] {
  const { principal, conditions, ...rest } = statement;
  const ofPrincipal = principal === undefined ? [[]] : principalConditions(principal, sure);
  const kept = conditions.filter(({ key, operator }) => {
    if (key.toLowerCase() === ADDRESS) return IS_POSITIVE.test(operator);
    return !sure || isPlainKey(key) || isOfCaller(key);
  });
  return ofPrincipal.map((more) => ({ ...rest, conditions: [...kept, ...more] }));
}

/** What is said of every caller that is asked about. */
function isOfCaller(key: string): boolean {
  return (
    key.toLowerCase() === 'aws:principalarn' ||
    OF_NETWORKS.test(key.toLowerCase()) ||
    OF_SERVICES.test(key.toLowerCase())
  );
}

/** For whom a Deny is, as conditions; an alternative each, and none for nobody who signs. */
function principalConditions(
  { not, entries }: NonNullable<Statement['principal']>,
  sure: boolean,
): readonly (readonly Condition[])[] {
  const accounts: Text[] = [];
  const arns: Text[] = [];
  let unknown = false;
  for (const { type, value } of entries) {
    if (type !== 'AWS') continue;
    const written = literal(value);
    if (written === '*') return not ? [] : [[]];
    const account = /^(?:arn:[^:]+:iam::)?(\d{12})(?::root)?$/.exec(written ?? '')?.[1];
    if (account !== undefined) accounts.push(text(account));
    else if (parseIamArn(value) === undefined) unknown = true;
    else arns.push(value);
  }
  const unless = [
    ...(arns.length === 0 ? [] : [condition('StringNotEquals', ARN, arns)]),
    // Whoever is excepted must be named besides its account: nobody is by the account alone.
    ...(accounts.length === 0 || sure ? [] : [condition('StringNotEquals', ACCOUNT, accounts)]),
  ];
  if (not) return unknown && !sure ? [] : [unless];
  return [
    ...(arns.length === 0 ? [] : [[condition('StringEquals', ARN, arns)]]),
    ...(accounts.length === 0 ? [] : [[condition('StringEquals', ACCOUNT, accounts)]]),
    ...(unknown && sure ? [[]] : []),
  ];
}

const ARN = 'aws:PrincipalArn';
const ACCOUNT = 'aws:PrincipalAccount';

function condition(operator: BaseOperator, key: string, values: readonly Text[]): Condition {
  return { operator, ifExists: false, key, values };
}

const absent = (key: string): Condition => condition('Null', key, [text('true')]);

/** Through no endpoint, from no network, and itself: no service calls for it. */
const FROM_NOWHERE: readonly Condition[] = [
  ...[
    'aws:SourceVpce',
    'aws:SourceVpc',
    'aws:SourceVpcArn',
    'aws:VpcSourceIp',
    'aws:SourceArn',
    'aws:SourceAccount',
  ].map(absent),
  condition('Bool', 'aws:PrincipalIsAWSService', [text('false')]),
  condition('Bool', 'aws:ViaAWSService', [text('false')]),
];

/** Somebody of an account of which the policy says nothing, and of no organisation. */
function outsider(statements: readonly Statement[]): readonly Condition[] {
  const written = JSON.stringify(statements);
  let account = 999_999_999_999;
  while (written.includes(String(account))) account--;
  return [
    ...FROM_NOWHERE,
    condition('StringEquals', ACCOUNT, [text(String(account))]),
    condition('StringEquals', ARN, [text(`arn:aws:iam::${account}:role/anybody`)]),
    ...['aws:PrincipalOrgID', 'aws:PrincipalOrgPaths'].map(absent),
  ];
}

interface Callers {
  readonly conditions: readonly Condition[];
  /** The domain that they are of. */
  readonly from?: string;
  /** Absent for somebody of another account. */
  readonly principals?: readonly Principal[];
}

/** The principals of each other domain and account, asked about together. */
function callersOf({ principals }: Model, domain: string): readonly Callers[] {
  const groups = new Map<string, Principal[]>();
  for (const principal of principals) {
    if (principal.domain === undefined || principal.domain === domain) continue;
    if (principal.kind !== 'role' && principal.kind !== 'user') continue;
    const key = JSON.stringify([principal.domain, textKey(principal.account)]);
    const known = groups.get(key);
    if (known === undefined) groups.set(key, [principal]);
    else known.push(principal);
  }
  return [...groups.values()].map(asCallers);
}

function asCallers(principals: readonly Principal[]): Callers {
  const [{ domain, account }] = principals as readonly [Principal, ...Principal[]];
  const conditions = [
    ...FROM_NOWHERE,
    condition('StringEquals', ACCOUNT, [account]),
    condition(
      'StringEquals',
      ARN,
      principals.map(({ arn }) => arn),
    ),
  ];
  return { conditions, principals, ...(domain === undefined ? {} : { from: domain }) };
}
