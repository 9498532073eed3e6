/**
 * All pairs of principals that must be separate and are not. Pairs that cannot meet are left out first
 * (`may-meet.ts`), which in a clean app are nearly all; every other pair is decided exactly.
 */
import type { Model, Principal } from '../model/model';
import type { OverlapVerdict } from '../policy/verdict';
import type { CheckContext } from './check';
import { type Candidate, pairsThatMayMeet } from './may-meet';
import type { Clash } from './root-cause';
import { atMost, type Subject, separationOf } from './separation';

export interface ClashQuestion {
  /** Sorted; so are the clashes. */
  readonly subjects: readonly Subject[];
  /** `undefined` when the two do not clash. */
  readonly decide: (a: Subject, b: Subject) => OverlapVerdict | undefined;
}

export function findClashes(model: Model, context: CheckContext, { subjects, decide }: ClashQuestion): Clash[] {
  const mustBeSeparate = separationOf(model);
  const meetings = meetingsOf(model, context);
  const positions = new Map(subjects.map(({ principal }, position) => [principal, position]));
  return subjects.flatMap((a, position): Clash[] => {
    const rivals = [...meetings(a.principal)]
      .flatMap((rival) => positions.get(rival) ?? [])
      .filter((other) => other > position)
      .sort((x, y) => x - y);
    return rivals.flatMap((other): Clash[] => {
      const b = subjects[other]!;
      const reason = mustBeSeparate(a.principal, b.principal);
      const verdict = reason && decide(a, b);
      if (reason === undefined || verdict === undefined || verdict.verdict === 'disjoint') return [];
      return [{ a, b, reason, verdict }];
    });
  });
}

const NOBODY: ReadonlySet<Principal> = new Set();

/**
 * For each principal those with which it may share a request that is not among the common ones; of two principals without
 * a duty and a domain nobody asks. The checks share what is found, by the most that each principal may do.
 */
export function meetingsOf(model: Model, context: CheckContext): (principal: Principal) => ReadonlySet<Principal> {
  const met = context.once(model, 'principals that may meet', () => findMeetings(model, context));
  return (principal) => met.get(principal) ?? NOBODY;
}

function findMeetings(model: Model, context: CheckContext): ReadonlyMap<Principal, ReadonlySet<Principal>> {
  const met = new Map<Principal, Set<Principal>>();
  if (!model.principals.some(isSeparate)) return met;
  const all = model.principals;
  const covers = all.map((principal) => coverOf({ principal, policies: atMost(principal) }));
  for (const [first, second] of pairsThatMayMeet(covers, model.common.statements, ({ action }) =>
    context.actions(action),
  )) {
    const [a, b] = [all[first]!, all[second]!];
    if (!isSeparate(a) && !isSeparate(b)) continue;
    add(met, a, b);
    add(met, b, a);
  }
  return met;
}

function add(met: Map<Principal, Set<Principal>>, principal: Principal, other: Principal): void {
  const others = met.get(principal);
  if (others === undefined) met.set(principal, new Set([other]));
  else others.add(other);
}

function isSeparate({ duty, domain }: Principal): boolean {
  return duty !== undefined || domain !== undefined;
}

/** What bounds a principal, where that bounds all that it may do; otherwise all that is attached to it. */
export function coverOf({ principal, policies }: Subject): Candidate {
  const { permissionsBoundary, identityPolicies, resourceGrants = [], unboundedGrants = [] } = policies;
  if (permissionsBoundary !== undefined) return { documents: [permissionsBoundary, ...unboundedGrants] };
  if (principal.unknown.length > 0) return { documents: undefined };
  return { documents: [...identityPolicies, ...resourceGrants, ...unboundedGrants] };
}
