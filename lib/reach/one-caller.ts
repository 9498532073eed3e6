/**
 * One caller, two roles: is there one identity that both trust policies admit? Not one request (the two are
 * made one after the other), but one set of the caller's own keys.
 *
 * Asked of the engine as an overlap in which the keys change places: what describes the caller has one
 * value on both sides, and all else (the request, the session it opens, time, network) has one on each.
 */
import type { Principal } from '../model/model';
import type { Catalogue, KeyFacts } from '../policy/catalogue';
import { type Policies, type PolicyDocument, type Statement, textsOf } from '../policy/document';
import { overlap } from '../policy/overlap';
import { substitutePolicies } from '../policy/substitute';
import { type Hole, text } from '../policy/text';
import type { Actor } from './actor';
import { documentOf, requests } from './requests';
import { spellingOf } from './spelling';
import { trustOf } from './trust';

/** Keys of which one identity has one value, however often it calls. Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html and reference_policies_iam-condition-keys.html */
const OF_THE_IDENTITY =
  /^(aws:(principal|user(id|name)$|federatedprovider$)|saml:(?!aud$|sub_type$)|bulkhead:)|:(sub|oaud|email)$/;
const OF_A_TOKEN = /:(sub|oaud|email)$/;

/**
 * What is attested of whoever comes through a service that assumes roles for others (a certificate's subject and
 * trust anchor, a pod's namespace, service account and cluster): nobody chooses it call by call. Source:
 * https://docs.aws.amazon.com/rolesanywhere/latest/userguide/trust-model.html and
 * https://docs.aws.amazon.com/eks/latest/userguide/pod-id-abac.html
 */
const ATTESTED = /^(aws:(requesttag|principaltag)\/|aws:source(arn|account)$|sts:sourceidentity$)/;

/**
 * What an identity provider states of a session beside who it is for: tags and source identity; with SAML, the name of
 * the session too, which with OIDC the caller chooses. Source:
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/id_session-tags.html ("Passing session tags using
 * AssumeRoleWithSAML", "… WithWebIdentity") and id_roles_providers_create_saml_assertions.html
 */
const STATED = /^(aws:requesttag\/|sts:sourceidentity$)/;

/** What tells callers apart: of those who come through a service or a provider, of those whose tags somebody changes, of all others. */
type Sharing = 'front' | 'saml' | 'oidc' | 'retagged' | 'plain';

const swapped: Readonly<Record<Sharing, WeakMap<Catalogue, Catalogue>>> = {
  front: new WeakMap(),
  saml: new WeakMap(),
  oidc: new WeakMap(),
  retagged: new WeakMap(),
  plain: new WeakMap(),
};

function isShared(key: string, sharing: Sharing): boolean {
  switch (sharing) {
    case 'front':
      return OF_THE_IDENTITY.test(key) || ATTESTED.test(key);
    case 'saml':
      return OF_THE_IDENTITY.test(key) || STATED.test(key) || key === 'sts:rolesessionname';
    case 'oidc':
      return OF_THE_IDENTITY.test(key) || STATED.test(key);
    case 'retagged':
      return OF_THE_IDENTITY.test(key) && !key.startsWith('aws:principaltag/');
    case 'plain':
      return OF_THE_IDENTITY.test(key);
  }
}

function withOneCaller(catalogue: Catalogue, sharing: Sharing): Catalogue {
  const known = swapped[sharing];
  let other = known.get(catalogue);
  if (other === undefined) {
    other = {
      actions: catalogue.actions,
      resourceFormats: (action) => catalogue.resourceFormats(action),
      keyFacts: (key): KeyFacts => {
        const facts = catalogue.keyFacts(key);
        const lower = key.toLowerCase();
        if (!isShared(lower, sharing)) return { ...facts, scope: 'caller' };
        // The catalogue does not know the providers' keys; a token has one subject and one address.
        return { ...facts, scope: 'request', multivalued: facts.multivalued && !OF_A_TOKEN.test(lower) };
      },
    };
    known.set(catalogue, other);
  }
  return other;
}

/** `never` only if no identity can be admitted by both roles, whatever else the two requests say. */
export type OneCaller = 'never' | 'certainly' | { readonly undecided: string };

/**
 * @param other the same caller, as the trust policy of `b` writes it
 * @param retagged somebody changes the caller's tags between the two requests
 */
export function mayAssumeBoth(
  caller: Actor,
  a: Principal,
  b: Principal,
  catalogue: Catalogue,
  { other = caller, retagged = false }: { readonly other?: Actor; readonly retagged?: boolean } = {},
): OneCaller {
  const [forA, forB] = [admissions(caller, a), admissions(other, b)];
  if (forA === undefined || forB === undefined) return 'certainly';
  const facts = withOneCaller(catalogue, sharingOf(caller, retagged));
  const verdict = overlap(forA, forB, facts);
  switch (verdict.verdict) {
    case 'disjoint':
      return 'never';
    case 'undecided':
      return { undecided: verdict.reason };
    case 'overlap': {
      const holes = holesOf(forA, forB);
      if (holes.length === 0) return 'certainly';
      // Values that nobody would give: what then still meets does not meet because of them.
      const values = new Map(holes.flatMap((h, i) => (h.values === undefined ? [[h.hole, strange(h, i)]] : [])));
      const again = overlap(substitutePolicies(forA, values), substitutePolicies(forB, values), facts);
      if (again.verdict === 'overlap' && Object.keys(again.witness.holes ?? {}).length === 0) return 'certainly';
      const named = [...new Set(holes.map((h) => `\`${h.label}\``))].slice(0, 3).join(', ');
      return { undecided: `whether one caller meets both conditions depends on ${named}, not known before deployment` };
    }
  }
}

function sharingOf({ principal }: Actor, retagged: boolean): Sharing {
  const kind = principal.kind === 'external' ? spellingOf(principal).kind : undefined;
  if (kind === 'service') return 'front';
  if (kind === 'saml' || kind === 'oidc') return kind;
  return retagged ? 'retagged' : 'plain';
}

function holesOf(...policies: readonly Policies[]): readonly Hole[] {
  const documents = policies.flatMap((p) => [...p.identityPolicies, ...(p.sessionPolicies ?? [])]);
  const parts = documents.flatMap((d) => d.statements.flatMap(textsOf)).flatMap((t) => t.parts);
  return [...new Map(parts.flatMap((p) => (typeof p === 'string' ? [] : [[p.hole, p] as const]))).values()];
}

function strange({ type }: Hole, i: number): string {
  switch (type) {
    case 'account':
      return String(970_000_000_000 + i);
    case 'region':
      return `zz-nowhere-${i}`;
    case 'partition':
      return 'aws';
    case 'segment':
    case 'any':
      return `unresolved-${i}`;
  }
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
  if (caller.kind === 'external' && ['oidc', 'saml', 'service'].includes(spellingOf(caller).kind)) return false;
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
