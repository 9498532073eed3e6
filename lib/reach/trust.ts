/**
 * Who may assume a role: the role's trust policy and the caller's own policies together.
 *
 * In the account of the role, a trust policy that names the caller suffices; one that names the
 * account, or a caller from another account, needs an Allow on the caller's side as well. A Deny on either
 * side holds. Both sides judge one request of one caller, so their conditions must hold
 * together: external id, source identity, session tags, organisation, network and time alike.
 * Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic-cross-account.html
 * and https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic_policy-eval-denyallow.html
 */
import type { Principal } from '../model/model';
import type { Condition, Policies, PolicyDocument, Statement } from '../policy/document';
import { literal, type Text } from '../policy/text';
import { knownOfCaller, speaksOfCaller } from './actor';
import { type Closeness, certainlyDenied, closenessOf } from './named';
import { documentOf } from './requests';
import { maySame } from './same-text';

/** What a trust policy says about one caller, as statements without a principal on the role. */
export interface TrustOf {
  /** Every Allow that may mean the caller, and every Deny that does. */
  readonly all: PolicyDocument;
  /** The Allows that name the role behind the caller's sessions. */
  readonly entity: readonly Statement[];
  /** The Allows that name the caller itself. */
  readonly direct: readonly Statement[];
  readonly denies: readonly Statement[];
}

/** Undefined iff no statement can admit the caller. */
export function trustOf(role: Principal, caller: Principal): TrustOf | undefined {
  if (role.trust === undefined) return undefined;
  const allows: { statement: Statement; closeness: Closeness }[] = [];
  const denies: Statement[] = [];
  for (const s of role.trust.statements) {
    if (s.principal === undefined) continue;
    if (s.effect === 'Allow') {
      const closeness = closenessOf(s.principal, caller, role.account);
      if (closeness !== 'none') allows.push({ statement: onRole(s, role, caller), closeness });
    } else if (certainlyDenied(s.principal, caller, role.account)) denies.push(onRole(s, role, caller));
  }
  if (allows.length === 0) return undefined;
  return {
    all: documentOf([...allows.map((a) => a.statement), ...denies]),
    entity: allows.filter((a) => a.closeness === 'entity').map((a) => a.statement),
    direct: allows.filter((a) => a.closeness === 'direct').map((a) => a.statement),
    denies,
  };
}

function onRole(s: Statement, role: Principal, caller: Principal): Statement {
  const { principal: _, ...rest } = s;
  return { ...rest, resource: { not: false, patterns: [role.arn] }, conditions: conditionsOn(s, role, caller) };
}

/** Those of the statement, and what is known of the caller where the trust policy speaks of that. */
export function conditionsOn(s: Statement, role: Principal, caller: Principal): readonly Condition[] {
  const known = s.effect === 'Allow' && role.trust?.statements.some(speaksOfCaller) ? knownOfCaller(caller) : [];
  return known.length === 0 ? s.conditions : [...s.conditions, ...known];
}

/**
 * Policies whose requests `sts:AssumeRole` on the role are those that both sides allow; one for each way in
 * which the two sides combine.
 */
export function assumingPolicies(
  caller: Policies,
  account: Text,
  role: Principal,
  trust: TrustOf,
): readonly Policies[] {
  const { sessionPolicies, ...own } = caller;
  const session = sessionPolicies === undefined ? trust.all : conjoin(sessionPolicies, trust.all);
  const bothSides: Policies = { ...own, sessionPolicies: [session] };
  if (trust.entity.length + trust.direct.length === 0 || !maySame(account, role.account)) return [bothSides];
  // The trust policy alone, as a grant by resource policy; the Denies of both sides still hold.
  const trustAlone: Policies = {
    ...own,
    identityPolicies: own.identityPolicies.map(deniesOf),
    resourceGrants: [documentOf([...trust.entity, ...trust.denies])],
    unboundedGrants: [documentOf(trust.direct)],
    ...(sessionPolicies && { sessionPolicies }),
  };
  return [bothSides, trustAlone];
}

function deniesOf(document: PolicyDocument): PolicyDocument {
  return { ...document, statements: document.statements.filter((s) => s.effect === 'Deny' || s.opaque !== undefined) };
}

/** A session policy that states the caller's context (see actor.ts) is one Allow of everything under conditions: they join the trust's. */
function conjoin(context: readonly PolicyDocument[], trust: PolicyDocument): PolicyDocument {
  const conditions = context.flatMap((d) => d.statements).flatMap((s) => s.conditions);
  return documentOf(
    trust.statements.map((s) => (s.effect === 'Deny' ? s : { ...s, conditions: [...s.conditions, ...conditions] })),
  );
}

/**
 * Which of the services the trust policy may let assume the role. Conditions on services speak of where the
 * call comes from, which whoever uses the service chooses.
 */
export function servicesAdmitted(role: Principal, services: readonly string[]): readonly string[] {
  const { allowed, denied, any } = serviceSideOf(role);
  if (!any && allowed.length === 0) return [];
  return services.filter(
    (service) => (any || allowed.some((v) => mayBeService(v, service))) && !denied.includes(service),
  );
}

interface ServiceSide {
  readonly allowed: readonly Text[];
  /** Named in a Deny without conditions. */
  readonly denied: readonly string[];
  /** Some Allow is for all but a few principals. */
  readonly any: boolean;
}

const serviceSides = new WeakMap<Principal, ServiceSide>();

function serviceSideOf(role: Principal): ServiceSide {
  let side = serviceSides.get(role);
  if (side === undefined) {
    const of = (effect: Statement['effect']): readonly Statement[] =>
      (role.trust?.statements ?? []).filter((s) => s.effect === effect && s.principal !== undefined);
    const named = (statements: readonly Statement[]): readonly Text[] =>
      statements
        .flatMap((s) => (s.principal!.not ? [] : s.principal!.entries))
        .flatMap((e) => (e.type === 'Service' ? [e.value] : []));
    side = {
      allowed: named(of('Allow')),
      denied: named(of('Deny').filter((s) => s.conditions.length === 0)).flatMap((v) => literal(v) ?? []),
      any: of('Allow').some((s) => s.principal!.not),
    };
    serviceSides.set(role, side);
  }
  return side;
}

/** `lambda.amazonaws.com`, also with a region in it or the suffix of another partition. */
function mayBeService(value: Text, service: string): boolean {
  const written = literal(value);
  if (written === service || written === '*') return true;
  const name = service.slice(0, service.indexOf('.amazonaws.com'));
  const [first] = value.parts;
  if (written === undefined) return typeof first !== 'string' || first.startsWith(name) || name.startsWith(first);
  return (
    written.startsWith(`${name}.`) && (written.endsWith('.amazonaws.com') || written.endsWith('.amazonaws.com.cn'))
  );
}
