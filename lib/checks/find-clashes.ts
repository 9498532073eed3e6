/**
 * All pairs of principals that must be separate and are not. Pairs that cannot meet are left out first
 * (`may-meet.ts`), which in a clean app are nearly all; every other pair is decided exactly.
 */
import type { Model } from '../model/model';
import type { OverlapVerdict } from '../policy/verdict';
import type { CheckContext } from './check';
import { meetingsOf } from './meetings';
import type { Clash } from './root-cause';
import { type Subject, separationOf } from './separation';

export interface ClashQuestion {
  /** Sorted; so are the clashes. */
  readonly subjects: readonly Subject[];
  /** `undefined` when the two do not clash. */
  readonly decide: (a: Subject, b: Subject) => OverlapVerdict | undefined;
}

export function findClashes(model: Model, context: CheckContext, { subjects, decide }: ClashQuestion): Clash[] {
  const mustBeSeparate = separationOf(model);
  const { of: meetings } = meetingsOf(model, context);
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
