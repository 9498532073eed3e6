/**
 * All pairs of principals that must be separate and are not. Pairs that cannot meet are left out first
 * (`may-meet.ts`), which in a clean app are nearly all; every other pair is decided exactly.
 */
import type { Model } from '../model/model';
import type { OverlapVerdict } from '../policy/verdict';
import type { CheckContext } from './check';
import { type Candidate, pairsThatMayMeet } from './may-meet';
import type { Clash } from './root-cause';
import { type Subject, separationOf } from './separation';

export interface ClashQuestion {
  /** Sorted; so are the clashes. */
  readonly subjects: readonly Subject[];
  readonly covers: (subject: Subject) => Candidate;
  /** `undefined` when the two do not clash. */
  readonly decide: (a: Subject, b: Subject) => OverlapVerdict | undefined;
}

export function findClashes(model: Model, context: CheckContext, { subjects, covers, decide }: ClashQuestion): Clash[] {
  const mustBeSeparate = separationOf(model);
  const pairs = pairsThatMayMeet(subjects.map(covers), model.common.statements, ({ action }) =>
    context.actions(action),
  );
  return pairs.flatMap(([first, second]): Clash[] => {
    const [a, b] = [subjects[first]!, subjects[second]!];
    const reason = mustBeSeparate(a.principal, b.principal);
    const verdict = reason && decide(a, b);
    if (reason === undefined || verdict === undefined || verdict.verdict === 'disjoint') return [];
    return [{ a, b, reason, verdict }];
  });
}

/** What bounds a principal, where that bounds all that it may do; otherwise all that is attached to it. */
export function coverOf({ principal, policies }: Subject): Candidate {
  const { permissionsBoundary, identityPolicies, resourceGrants = [], unboundedGrants = [] } = policies;
  if (permissionsBoundary !== undefined) return { documents: [permissionsBoundary, ...unboundedGrants] };
  if (principal.unknown.length > 0) return { documents: undefined };
  return { documents: [...identityPolicies, ...resourceGrants, ...unboundedGrants] };
}
