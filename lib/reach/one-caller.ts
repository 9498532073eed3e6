/**
 * One caller, two roles: is there one identity that both trust policies admit? Not one request (the two are
 * made one after the other), but one set of the caller's own keys.
 *
 * Asked of the engine as an overlap in which the keys change places: what describes the caller has one
 * value on both sides, and all else (the request, the session it opens, time, network) has one on each.
 */
import type { Principal } from '../model/model';
import type { Catalogue, KeyFacts } from '../policy/catalogue';
import type { Policies, PolicyDocument, Statement } from '../policy/document';
import { overlap } from '../policy/overlap';
import { text } from '../policy/text';
import type { Actor } from './actor';
import { documentOf, requests } from './requests';
import { trustOf } from './trust';

/** Keys of which one identity has one value, however often it calls. Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html and reference_policies_iam-condition-keys.html */
const OF_THE_IDENTITY = /^(aws:(principal|user(id|name)$|federatedprovider$)|saml:|bulkhead:)|:(sub|oaud|email)$/;
const OF_A_TOKEN = /:(sub|oaud|email)$/;

const swapped = new WeakMap<Catalogue, Catalogue>();

function withOneCaller(catalogue: Catalogue): Catalogue {
  let other = swapped.get(catalogue);
  if (other === undefined) {
    other = {
      actions: catalogue.actions,
      resourceFormats: (action) => catalogue.resourceFormats(action),
      keyFacts: (key): KeyFacts => {
        const facts = catalogue.keyFacts(key);
        if (!OF_THE_IDENTITY.test(key.toLowerCase())) return { ...facts, scope: 'caller' };
        // The catalogue does not know the providers' keys; a token has one subject and one address.
        return { ...facts, scope: 'request', multivalued: facts.multivalued && !OF_A_TOKEN.test(key.toLowerCase()) };
      },
    };
    swapped.set(catalogue, other);
  }
  return other;
}

/** False only if no identity can be admitted by both roles, whatever else the two requests say. */
export function mayAssumeBoth(caller: Actor, a: Principal, b: Principal, catalogue: Catalogue): boolean {
  const [forA, forB] = [a, b].map((role) => admissions(caller, role));
  if (forA === undefined || forB === undefined) return true;
  return overlap(forA, forB, withOneCaller(catalogue)).verdict !== 'disjoint';
}

const ASSUMING = /^sts:AssumeRole(WithSAML|WithWebIdentity)?$/i;

/** The role's trust policy about the caller, as if all roles were one; with the caller's own conditions on assuming it. */
function admissions(caller: Actor, role: Principal): Policies | undefined {
  const trust = trustOf(role, caller.principal);
  if (trust === undefined) return undefined;
  const own = ownConditions(caller, role);
  return { identityPolicies: [anyRole(trust.all)], ...(own && { sessionPolicies: [own] }) };
}

function anyRole(document: PolicyDocument): PolicyDocument {
  return documentOf(document.statements.map((s) => ({ ...s, action: ASSUME, resource: EVERY_ROLE })));
}

const ASSUME = { not: false, patterns: [text('sts:AssumeRole')] } as const;
const EVERY_ROLE = { not: false, patterns: [text('*')] } as const;

/** The caller's Allows that select the role, with nothing left of them but their conditions; undefined when one has none. */
function ownConditions(caller: Actor, role: Principal): PolicyDocument | undefined {
  const { catalogue, layers } = caller.compiled;
  const assuming = layers
    .filter((l) => l.name === 'identity')
    .flatMap((l) => l.allow)
    .filter(({ source }) => selects(source, role, catalogue));
  if (assuming.length === 0 || assuming.some(({ source }) => source.conditions.length === 0)) return undefined;
  return documentOf(assuming.map(({ source }): Statement => ({ ...source, action: ASSUME, resource: EVERY_ROLE })));
}

function selects(source: Statement, role: Principal, catalogue: Catalogue): boolean {
  const alone: Policies = { identityPolicies: [documentOf([{ ...source, conditions: [] }])] };
  return overlap(alone, requests('sts:AssumeRole', [role.arn]), catalogue).verdict !== 'disjoint';
}

/**
 * True unless the session tags of the role are given: by an identity provider, that attests them, or by
 * nobody, because its trust policy does not let the caller set any.
 */
export function picksTags(caller: Principal, role: Principal): boolean {
  if (
    caller.kind === 'external' &&
    caller.arn.parts.some((p) => typeof p === 'string' && /:(saml|oidc)-provider\//.test(p))
  )
    return false;
  const trust = trustOf(role, caller);
  return trust?.all.statements.some((s) => s.effect === 'Allow' && mayTag(s)) ?? true;
}

function mayTag({ action }: Statement): boolean {
  if (action.not) return true;
  return action.patterns.some((p) => {
    const [only] = p.parts;
    if (p.parts.length !== 1 || typeof only !== 'string') return true;
    return /^sts:TagSession$/i.test(only) || (/[*?]/.test(only) && !ASSUMING.test(only));
  });
}
