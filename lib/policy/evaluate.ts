/**
 * Decides one request the way AWS documents it. Small and direct on purpose, and independent of
 * the symbolic procedures: every witness they find is replayed here.
 * Sources: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic_policy-eval-denyallow.html
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic-cross-account.html
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html
 *
 * A Deny anywhere decides. Then every limit that is present must allow (service control policies;
 * a resource control policy's full access is always attached, so only its Denies count). Then a
 * grant: identity policies within boundary and session policies, or a resource policy, whose Allow
 * counts the more the closer it names the caller (`evaluate-principal.ts`).
 *
 * Decided where AWS is silent, or for want of facts:
 * - An empty list of control or session policies is none, as if absent.
 * - The account of a resource whose ARN names none (S3) is the caller's, unless stated.
 * - Control policies count for whatever they are given with (not for callers without an account:
 *   https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps.html).
 * - Without `principal` the question is about the policies alone: no resource policy, KMS or trust.
 */
import type { Policies, PolicyDocument, Request, Statement } from './document';
import type { Closeness } from './evaluate-principal';
import { closer } from './evaluate-principal';
import {
  accountOfResource,
  type Situation,
  situationOf,
  statementApplies,
  statementMatches,
} from './evaluate-statement';
import { nameOfStatement } from './parse';
import { accountOf } from './request-principal';

export interface EvaluateInput {
  /**
   * Who asks: an ARN, an account id, a service principal, an identity provider, or `*` (anonymous).
   * @default - whoever carries the policies
   */
  readonly principal?: string;
  readonly policies: Policies;
  readonly resourceControlPolicies?: readonly PolicyDocument[];
  /** The policy of the resource itself: bucket, key, queue, or the role's trust policy. */
  readonly resourcePolicy?: PolicyDocument;
  /** @default - the account in the resource's ARN, or else the caller's */
  readonly resourceAccount?: string;
  readonly request: Request;
}

/** The part that a policy plays in a decision. */
export type PolicyRole = 'identity' | 'boundary' | 'session' | 'scp' | 'rcp' | 'resource' | 'grant';

export interface MatchedStatement {
  readonly role: PolicyRole;
  readonly statement: Statement;
}

export interface Decision {
  readonly decision: 'allowed' | 'explicitlyDenied' | 'implicitlyDenied';
  /** One sentence. */
  readonly reason: string;
  /** The statements that decided: the Denies, or the Allows of every policy that had to allow. */
  readonly by: readonly MatchedStatement[];
}

/** @throws Error on a document with unresolved parts, or a principal that is none */
export function evaluate(input: EvaluateInput): Decision {
  const { policies, request } = input;
  const situation = situationOf(request, {
    principal: input.principal,
    resourceAccount: input.resourceAccount,
    bounded: policies.permissionsBoundary !== undefined,
  });
  // "No permissions are required", and a Deny has no effect:
  // https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html
  if (situation.action === 'sts:getcalleridentity' && hasIdentity(situation)) {
    return { decision: 'allowed', reason: 'sts:GetCallerIdentity needs no permission', by: [] };
  }
  const denies = matching(input, situation, 'Deny');
  if (denies.length > 0) {
    return { decision: 'explicitlyDenied', reason: `explicit deny by ${denies.map(nameOf).join(', ')}`, by: denies };
  }
  return decideAllow(input, situation);
}

function decideAllow(input: EvaluateInput, situation: Situation): Decision {
  const allows = matching(input, situation, 'Allow');
  const of = (role: PolicyRole): readonly MatchedStatement[] => allows.filter((matched) => matched.role === role);
  const limits = limitsOf(input, situation, of);
  if (limits.scp?.length === 0) return implicitly('no service control policy allows it');

  const resource = resourceGrant(input, situation);
  const sameAccount = isSameAccount(input, situation);
  const scp = limits.scp ?? [];
  if (!hasIdentity(situation)) {
    return resource.closeness === 'direct'
      ? allowed('the resource policy allows this caller', [...resource.by])
      : implicitly('no statement of the resource policy allows this caller, which has no identity policies');
  }
  if (sameAccount && resource.closeness === 'direct') {
    return allowed('the resource policy names the caller itself', [...resource.by, ...scp]);
  }
  const unbounded = sameAccount ? allows.filter(isUnbounded(input.policies)) : [];
  if (unbounded.length > 0) return allowed('a resource policy names the caller itself', [...unbounded, ...scp]);

  const grants = sameAccount ? of('grant') : [];
  const granted = sameAccount && resource.closeness === 'entity' ? resource.by : [...of('identity'), ...grants];
  if (granted.length === 0 && !isRoot(situation))
    return implicitly(nothingGrants(input, resource.closeness, sameAccount));
  if (limits.boundary?.length === 0) return implicitly('the permissions boundary does not allow it');
  if (limits.session?.length === 0) return implicitly('no session policy allows it');
  const needed = grants.length > 0 ? undefined : resourceSide(input, situation, sameAccount, resource.closeness);
  if (needed !== undefined) return implicitly(needed);
  const by = [
    ...granted,
    ...(sameAccount ? [] : resource.by),
    ...(limits.boundary ?? []),
    ...(limits.session ?? []),
    ...scp,
  ];
  return allowed(
    isRoot(situation) && granted.length === 0
      ? 'the account root user may do everything'
      : `allowed by ${granted.map(nameOf).join(', ')}`,
    by,
  );
}

interface Limits {
  /** Undefined when there is no such policy; empty when there is one and it does not allow. */
  readonly scp: readonly MatchedStatement[] | undefined;
  readonly boundary: readonly MatchedStatement[] | undefined;
  readonly session: readonly MatchedStatement[] | undefined;
}

function limitsOf(
  input: EvaluateInput,
  situation: Situation,
  of: (role: PolicyRole) => readonly MatchedStatement[],
): Limits {
  const { policies } = input;
  const identified = hasIdentity(situation);
  const session = (policies.sessionPolicies ?? []).length > 0;
  // "If there is no session policy, [and] the principal is [not] a role session, … implicitly denied."
  const needsSession = situation.caller?.kind === 'federated-user';
  return {
    scp: identified && (policies.serviceControlPolicies ?? []).length > 0 ? of('scp') : undefined,
    boundary: policies.permissionsBoundary !== undefined ? of('boundary') : undefined,
    session: session || needsSession ? of('session') : undefined,
  };
}

/** Whether the caller is one that carries policies at all: not a service, an identity provider's user or nobody. */
function hasIdentity(situation: Situation): boolean {
  return situation.caller === undefined || accountOf(situation.caller) !== undefined;
}

function isRoot(situation: Situation): boolean {
  return situation.caller?.kind === 'root';
}

function isSameAccount(input: EvaluateInput, situation: Situation): boolean {
  const { caller } = situation;
  if (caller === undefined) return true;
  return accountOf(caller) === accountOfResource(input.request, caller, input.resourceAccount);
}

interface Grant {
  readonly closeness: Closeness;
  readonly by: readonly MatchedStatement[];
}

/** The closest Allow of the resource policy, and the statements that make it. */
function resourceGrant(input: EvaluateInput, situation: Situation): Grant {
  const matched = (input.resourcePolicy?.statements ?? [])
    .filter((statement) => statement.effect === 'Allow')
    .map((statement) => ({ statement, closeness: statementMatches(statement, situation) }));
  const closeness = matched.reduce<Closeness>((best, one) => closer(best, one.closeness), 'none');
  const by = closeness === 'none' ? [] : matched.filter((one) => one.closeness === closeness);
  return { closeness, by: by.map(({ statement }) => ({ role: 'resource', statement })) };
}

/**
 * Why the resource's side does not let identity policies decide; undefined when it does. Across
 * accounts the resource policy must allow too. KMS keys and roles ask the same in their own
 * account: there an identity policy counts only if the key policy or trust policy lets it.
 * Sources: https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic_policy-eval-denyallow.html
 */
function resourceSide(
  input: EvaluateInput,
  situation: Situation,
  sameAccount: boolean,
  closeness: Closeness,
): string | undefined {
  if (situation.caller === undefined || closeness !== 'none') return undefined;
  if (!sameAccount) return 'the resource is in another account and its policy does not allow the caller';
  if (situation.action.startsWith('kms:') && /^arn:[^:]*:kms:[^:]*:[^:]*:key\//.test(input.request.resource)) {
    return 'the key policy allows neither the caller nor its account';
  }
  if (situation.action.startsWith('sts:') && /^arn:[^:]*:iam:[^:]*:[^:]*:role\//.test(input.request.resource)) {
    return 'the role trust policy allows neither the caller nor its account';
  }
  return undefined;
}

function nothingGrants(input: EvaluateInput, closeness: Closeness, sameAccount: boolean): string {
  if (!sameAccount && closeness !== 'none')
    return 'the resource policy allows it, but no identity policy of the caller’s account does';
  if (closeness === 'account')
    return 'the resource policy leaves it to the account, where no identity policy allows it';
  return input.resourcePolicy === undefined
    ? 'no identity policy allows it'
    : 'neither an identity policy nor the resource policy allows it';
}

/** Every statement of one effect that applies, with its policy's role. Only policies that the caller can carry count. */
function matching(input: EvaluateInput, situation: Situation, effect: 'Allow' | 'Deny'): readonly MatchedStatement[] {
  const { policies } = input;
  const carried: readonly (readonly [PolicyRole, readonly PolicyDocument[]])[] = hasIdentity(situation)
    ? [
        ['identity', policies.identityPolicies],
        ['grant', policies.resourceGrants ?? []],
        ['grant', policies.unboundedGrants ?? []],
        ['boundary', policies.permissionsBoundary === undefined ? [] : [policies.permissionsBoundary]],
        ['session', policies.sessionPolicies ?? []],
        ['scp', policies.serviceControlPolicies ?? []],
      ]
    : [];
  const applying = (role: PolicyRole, documents: readonly PolicyDocument[]): readonly MatchedStatement[] =>
    documents.flatMap(({ statements }) =>
      statements
        .filter((statement) => statement.effect === effect && statementApplies(statement, situation))
        .map((statement) => ({ role, statement })),
    );
  const own = carried.flatMap(([role, documents]) => applying(role, documents));
  if (effect === 'Allow') return own;
  const ofResource = (input.resourcePolicy?.statements ?? [])
    .filter((statement) => statement.effect === 'Deny' && statementMatches(statement, situation) !== 'none')
    .map((statement): MatchedStatement => ({ role: 'resource', statement }));
  // A resource control policy's principal is always everyone.
  return [...own, ...ofResource, ...applying('rcp', input.resourceControlPolicies ?? [])];
}

function isUnbounded(policies: Policies): (matched: MatchedStatement) => boolean {
  const statements = new Set((policies.unboundedGrants ?? []).flatMap((document) => document.statements));
  return ({ role, statement }) => role === 'grant' && statements.has(statement);
}

const ROLE_NAMES: Readonly<Record<PolicyRole, string>> = {
  identity: 'identity policy',
  boundary: 'permissions boundary',
  session: 'session policy',
  scp: 'service control policy',
  rcp: 'resource control policy',
  resource: 'resource policy',
  grant: 'resource policy',
};

/** `statement "ReadOrders" of identity policy roles/reader.json`. */
export function nameOf({ role, statement }: MatchedStatement): string {
  return `${nameOfStatement(statement)} of ${ROLE_NAMES[role]} ${statement.origin}`;
}

function allowed(reason: string, by: readonly MatchedStatement[]): Decision {
  return { decision: 'allowed', reason, by };
}

function implicitly(reason: string): Decision {
  return { decision: 'implicitlyDenied', reason, by: [] };
}
