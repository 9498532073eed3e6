/**
 * What a principal may come to have beyond what the templates give it, and its policies then.
 *
 * Gains only ever add requests: `any` adds an Allow of everything, `groups` add the Allows of
 * groups, `undenied`, `unbounded`, `uncontrolled` and `retagged` take limits away. So a principal with more gains may do all that
 * it may do with fewer, which is what makes a least fixpoint of the rules exist and be found by
 * adding (the argument of docs/reach.md rests on this).
 */
import type { Principal } from '../model/model';
import type { Policies, PolicyDocument, Statement } from '../policy/document';
import { text } from '../policy/text';
import { withAnyTag } from './tags';

export interface Gains {
  /** It has given itself, or was given, every permission that boundary, SCPs and Denies leave. */
  readonly any: boolean;
  /** Its permissions boundary is gone, or says what it likes. */
  readonly unbounded: boolean;
  /** Service control policies hold it no more. */
  readonly uncontrolled: boolean;
  /** Services of whose resources it gives any the tags that its policies demand, sorted. */
  readonly retagged: readonly string[];
  /** Origins of attached documents whose Deny statements are gone, sorted. */
  readonly undenied: readonly string[];
  /** Ids of the groups it has joined, sorted. */
  readonly groups: readonly string[];
}

export const NO_GAINS: Gains = {
  any: false,
  unbounded: false,
  uncontrolled: false,
  retagged: [],
  undenied: [],
  groups: [],
};

export function joinGains(a: Gains, b: Gains): Gains {
  if (b === NO_GAINS) return a;
  return {
    any: a.any || b.any,
    unbounded: a.unbounded || b.unbounded,
    uncontrolled: a.uncontrolled || b.uncontrolled,
    retagged: union(a.retagged, b.retagged),
    undenied: union(a.undenied, b.undenied),
    groups: union(a.groups, b.groups),
  };
}

function union(a: readonly string[], b: readonly string[]): readonly string[] {
  return b.length === 0 ? a : [...new Set([...a, ...b])].sort();
}

/** True iff `a` already holds all of `b`. */
export function coversGains(a: Gains, b: Gains): boolean {
  if (b === NO_GAINS) return true;
  return (
    (a.any || !b.any) &&
    (a.unbounded || !b.unbounded) &&
    (a.uncontrolled || !b.uncontrolled) &&
    b.retagged.every((s) => a.retagged.includes(s)) &&
    b.undenied.every((d) => a.undenied.includes(d)) &&
    b.groups.every((g) => a.groups.includes(g))
  );
}

export function gainsKey(g: Gains): string {
  if (g === NO_GAINS) return '';
  const lists = [
    ...g.retagged.map((s) => `#${s}`),
    ...g.undenied.map((d) => `-${d}`),
    ...g.groups.map((id) => `+${id}`),
  ];
  return `${g.any ? 'a' : ''}${g.unbounded ? 'b' : ''}${g.uncontrolled ? 'c' : ''}${lists.join('|')}`;
}

/** In words, after `as X`: `with any policy`; empty without gains. */
export function showGains(g: Gains): string {
  const words = [
    ...(g.any ? ['any policy'] : []),
    ...g.groups.map((id) => `the policies of \`${id}\``),
    ...(g.unbounded ? ['no boundary'] : []),
    ...(g.uncontrolled ? ['no service control policies'] : []),
    ...g.retagged.map((s) => `\`${s}\` resources tagged as it likes`),
    ...g.undenied.map((d) => `no Deny of ${d}`),
  ];
  return words.length === 0 ? '' : `with ${words.join(' and ')}`;
}

export const ALLOW_ALL: PolicyDocument = {
  version: '2012-10-17',
  origin: 'a policy that it can have by the path above',
  statements: [
    {
      effect: 'Allow',
      index: 0,
      origin: 'a policy that it can have by the path above',
      version: '2012-10-17',
      action: { not: false, patterns: [text('*')] },
      resource: { not: false, patterns: [text('*')] },
      conditions: [],
    },
  ],
};

/** The principal's policies with the gains. `groups` are the principals that the gains name. */
export function policiesWith(principal: Principal, gains: Gains, groups: ReadonlyMap<string, Principal>): Policies {
  const own = principal.policies;
  if (gainsKey(gains) === '') return own;
  const joined = gains.groups.flatMap((id) => groups.get(id)?.policies.identityPolicies ?? []);
  const tagged = (d: PolicyDocument): PolicyDocument => withAnyTag(d, gains.retagged);
  const kept = [...own.identityPolicies, ...joined]
    .map((d) => (gains.undenied.includes(d.origin) ? only(d, 'Allow') : d))
    .map(tagged);
  const { permissionsBoundary, serviceControlPolicies, ...rest } = own;
  return {
    ...rest,
    ...(rest.resourceGrants && { resourceGrants: rest.resourceGrants.map(tagged) }),
    identityPolicies: gains.any
      ? [ALLOW_ALL, ...kept.map((d) => only(d, 'Deny')).filter((d) => d.statements.length > 0)]
      : kept,
    ...(permissionsBoundary === undefined || gains.unbounded
      ? {}
      : { permissionsBoundary: tagged(permissionsBoundary) }),
    ...(serviceControlPolicies === undefined || gains.uncontrolled
      ? {}
      : { serviceControlPolicies: serviceControlPolicies.map(tagged) }),
  };
}

/** Opaque statements may be either, and stay; what they decide is undecided all the same. */
function only(document: PolicyDocument, effect: Statement['effect']): PolicyDocument {
  const statements = document.statements.filter((s) => s.effect === effect || s.opaque !== undefined);
  return statements.length === document.statements.length ? document : { ...document, statements };
}
