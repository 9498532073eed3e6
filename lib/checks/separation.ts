/**
 * Which principals must be separate, and what each may do at most: the ground that the checks of
 * separation of duties share.
 */
import type { Duty, Model, Principal } from '../model/model';
import type { Policies, PolicyDocument } from '../policy/document';
import { text } from '../policy/text';

/** Why two principals must not be able to make one request. */
export type Reason =
  | { readonly kind: 'duties'; readonly a: Duty; readonly b: Duty }
  | { readonly kind: 'domains'; readonly a: string; readonly b: string }
  /** `a` comes before production, `b` is in it; as messages name them. */
  | { readonly kind: 'lives'; readonly a: string; readonly b: string };

/** A principal that takes part in the separation, with what it may do at most. */
export interface Subject {
  readonly principal: Principal;
  /** Where some policy of the principal cannot be known: everything, within what its boundary allows. */
  readonly policies: Policies;
}

/** Principals with a duty or a domain, sorted by id. Instance profiles hold roles and have no policies of their own. */
export function subjectsOf(model: Model): readonly Subject[] {
  return model.principals
    .filter((p) => p.kind !== 'instance-profile' && (p.duty !== undefined || p.domain !== undefined))
    .sort((a, b) => (a.id < b.id ? -1 : a.id > b.id ? 1 : 0))
    .map((principal) => ({ principal, policies: atMost(principal) }));
}

/** What the principal may do, with everything in place of what cannot be known. */
export function atMost(principal: Principal): Policies {
  if (principal.unknown.length === 0) return principal.policies;
  const { policies } = principal;
  return { ...policies, identityPolicies: [...policies.identityPolicies, EVERYTHING] };
}

export const EVERYTHING: PolicyDocument = {
  version: '2012-10-17',
  origin: 'a policy that cannot be known',
  statements: [
    {
      effect: 'Allow',
      index: 0,
      origin: 'a policy that cannot be known',
      version: '2012-10-17',
      action: { not: false, patterns: [text('*')] },
      resource: { not: false, patterns: [text('*')] },
      conditions: [],
    },
  ],
};

/** Answers for two principals why they must be separate, or `undefined` when they need not be. */
export function separationOf(model: Model): (a: Principal, b: Principal) => Reason | undefined {
  const conflicting = new Set(model.conflicts.flatMap(([a, b]) => [`${a} ${b}`, `${b} ${a}`]));
  return (a, b) => {
    if (a.domain !== undefined && b.domain !== undefined && a.domain !== b.domain) {
      return { kind: 'domains', a: a.domain, b: b.domain };
    }
    if (a.duty === undefined || b.duty === undefined || !conflicting.has(`${a.duty} ${b.duty}`)) return undefined;
    return { kind: 'duties', a: a.duty, b: b.duty };
  };
}

/** `Payments/Deploy` (deploy of `payments`): by the construct that the author wrote, not the L1 inside it. */
export function nameOf(principal: Principal): string {
  const { duty, domain, origin } = principal;
  const path = origin.path.replace(/\/(Resource|Default)$/, '');
  const role = [duty, domain === undefined ? undefined : `of \`${domain}\``].filter((word) => word !== undefined);
  return role.length === 0 ? `\`${path}\`` : `\`${path}\` (${role.join(' ')})`;
}

export function because(reason: Reason): string {
  switch (reason.kind) {
    case 'duties':
      return `\`${reason.a}\` and \`${reason.b}\` are conflicting duties`;
    case 'domains':
      return `\`${reason.a}\` and \`${reason.b}\` are different trust domains`;
    case 'lives':
      return `what stands in ${reason.a} must not reach ${reason.b}`;
  }
}
