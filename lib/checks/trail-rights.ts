/**
 * May a principal make such a request on a bucket or key, by its own policies and the resource's together?
 *
 * A Deny of the resource's policy holds against everybody whom it names; a key's policy must allow as well, because
 * of keys it alone says who may use them. Both speak of the caller, so what is known of the caller for certain is said
 * with them. Of a resource in another account, the resource's policy must admit the caller at all.
 * Sources: https://docs.aws.amazon.com/kms/latest/developerguide/key-policies.html,
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic-cross-account.html
 */
import type { Principal, Resource } from '../model/model';
import type { Condition, Policies, PolicyDocument, Statement } from '../policy/document';
import { type Text, text } from '../policy/text';
import { knownOfCaller } from '../reach/actor';
import { admits, certainlyDenied, closenessOf } from '../reach/named';
import { maySame } from '../reach/same-text';
import type { Requests } from './audit-trails';
import type { CheckContext } from './check';
import type { Meeting } from './root-cause';

/** The principal's requests among these, or undefined when it may make none of them. */
export function rightOf(
  principal: Principal,
  policies: Policies,
  requests: Requests,
  context: CheckContext,
): Meeting | undefined {
  const asked = context.only(requests.document);
  const { openTo: open } = requests.on;
  // Nearly always decided by which actions the principal has at all.
  const roughly = open === undefined ? policies : granting(policies, open);
  if (context.overlap(roughly, asked).verdict === 'disjoint') return undefined;
  const held = under(roughly, principal, requests.on, knownOfCaller(principal));
  if (held === undefined) return undefined;
  const verdict = context.overlap(held, asked);
  return verdict.verdict === 'disjoint'
    ? undefined
    : { a: { principal, policies: held }, b: { principal, policies: asked }, verdict };
}

/** With what the resource's policy opens to everybody. */
function granting(policies: Policies, open: PolicyDocument): Policies {
  return { ...policies, unboundedGrants: [...(policies.unboundedGrants ?? []), open] };
}

/** The policies, as far as the resource's own policy lets them act on it; undefined when it lets nothing pass. */
export function under(
  policies: Policies,
  principal: Principal,
  resource: Resource,
  known: readonly Condition[],
  mayBe: (named: Text) => boolean = (named) => maySame(named, principal.arn),
): Policies | undefined {
  const { policy, account, origin } = resource;
  if (!maySame(principal.account, account) && !admits(resource, principal)) return undefined;
  const caller = [...known, NO_SERVICE];
  const statements = (policy?.statements ?? []).flatMap((s) => withoutOthers(s, mayBe));
  const allows =
    policy !== undefined && origin.type.startsWith('AWS::KMS::')
      ? statements.filter(
          (s) =>
            s.effect === 'Allow' &&
            s.principal !== undefined &&
            closenessOf(s.principal, principal, account) !== 'none',
        )
      : [ANYTHING];
  if (allows.length === 0) return undefined;
  const denies = statements.filter(
    (s) =>
      s.effect === 'Deny' &&
      s.opaque === undefined &&
      s.principal !== undefined &&
      certainlyDenied(s.principal, principal, account),
  );
  const layer: PolicyDocument = {
    version: '2012-10-17',
    origin: `what the policy of ${origin.path} leaves`,
    statements: [...allows.map((s) => about(s, caller)), ...denies.map((s) => about(s, []))],
  };
  const { unboundedGrants } = policies;
  return {
    ...policies,
    // A session policy of reach says who the caller is, and so does this one.
    sessionPolicies: [layer],
    ...(unboundedGrants && { unboundedGrants: unboundedGrants.map((d) => withCaller(d, caller)) }),
  };
}

/**
 * The statement as far as it can speak of the caller: an ARN that is somebody else's for certain is left out. Nobody
 * writes down a name that AWS generates, so a role with such a name is no role that a policy names by another.
 */
function withoutOthers(statement: Statement, mayBe: (named: Text) => boolean): readonly Statement[] {
  const conditions: Condition[] = [];
  for (const condition of statement.conditions) {
    const { key, operator, values, ifExists } = condition;
    const names = key.toLowerCase() === 'aws:principalarn' && !ifExists && /^(Arn|String)/.test(operator);
    const left = names ? values.filter((value) => isPattern(value) || mayBe(value)) : values;
    if (left.length > 0) conditions.push({ ...condition, values: left });
    // The caller is none of those: what asks for one does not hold, and what asks for any other does.
    else if (!/Not/.test(operator)) return [];
  }
  return [{ ...statement, conditions }];
}

function isPattern({ parts }: Text): boolean {
  return parts.some((part) => typeof part === 'string' && /[*?]/.test(part));
}

function about({ principal: _, ...statement }: Statement, caller: readonly Condition[]): Statement {
  return { ...statement, conditions: [...statement.conditions, ...caller] };
}

function withCaller(document: PolicyDocument, caller: readonly Condition[]): PolicyDocument {
  return {
    ...document,
    statements: document.statements.map((s) =>
      s.effect === 'Allow' ? { ...s, conditions: [...s.conditions, ...caller] } : s,
    ),
  };
}

/** Only a service has this key: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html */
const NO_SERVICE: Condition = {
  operator: 'Null',
  ifExists: false,
  key: 'aws:PrincipalServiceName',
  values: [text('true')],
};

const ANYTHING: Statement = {
  effect: 'Allow',
  index: 0,
  origin: 'what no policy of the resource denies',
  version: '2012-10-17',
  action: { not: false, patterns: [text('*')] },
  resource: { not: false, patterns: [text('*')] },
  conditions: [],
};
