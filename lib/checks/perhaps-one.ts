/**
 * Principals outside the templates that trust policies write in two ways, and that may be one: together
 * they may come to act as roles of conflicting duties, which each alone does not. Only the deployment
 * knows, so the verdict is undecided, unless what the trust policies demand of a caller tells the two apart.
 */
import type { Principal } from '../model/model';
import { type Arrival, type Closure, chainOf } from '../reach/closure';
import { mayAssumeBoth } from '../reach/one-caller';
import type { Reach } from '../reach/reach';
import { OPEN_SHELF, shelfOf, spellingOf, unknownParts, whyPerhapsOne } from '../reach/spelling';
import { ASSUME } from '../reach/step';
import { because, nameOf, type Reason } from './separation';
import type { Joined } from './shared-assumer';

/** A source with the members of its closure that have a duty or a domain. */
export interface Held {
  readonly source: Principal;
  readonly held: readonly Arrival[];
  readonly closure: Closure | undefined;
}

type ReasonFor = (a: Principal, b: Principal) => Reason | undefined;

/** One breach for each source that may be another, of the first two roles that they reach. */
export function perhapsJoined(sources: readonly Held[], reach: Reach, reasonFor: ReasonFor): readonly Joined[] {
  const shelves = new Map<string, Held[]>();
  // Of two that may be one, the one of which more is known is the one to name.
  const known = new Map(sources.map((s) => [s, unknownParts(spellingOf(s.source))]));
  const ordered = [...sources].sort((a, b) => known.get(a)! - known.get(b)!);
  for (const s of ordered) {
    const shelf = shelfOf(spellingOf(s.source));
    shelves.set(shelf, [...(shelves.get(shelf) ?? []), s]);
  }
  const open = shelves.get(OPEN_SHELF) ?? [];
  const position = new Map(ordered.map((s, i) => [s, i]));
  return ordered.flatMap((first, i) => {
    const shelf = shelfOf(spellingOf(first.source));
    const others = shelf === OPEN_SHELF ? open : [...shelves.get(shelf)!, ...open];
    for (const second of others) {
      const found = position.get(second)! > i ? meet(first, second, reach, reasonFor) : undefined;
      if (found !== undefined) return [found];
    }
    return [];
  });
}

function meet(first: Held, second: Held, reach: Reach, reasonFor: ReasonFor): Joined | undefined {
  for (const a of first.held) {
    for (const b of second.held) {
      const reason = reasonFor(a.actor.principal, b.actor.principal);
      if (reason?.kind !== 'duties') continue;
      const perhaps = whyPerhapsOne(first.source, second.source);
      if (perhaps === undefined) return undefined;
      if (areTwoCallers(first, a, second, b, reach)) continue;
      return {
        source: first.source,
        reason,
        principals: [first.source, a.actor.principal, b.actor.principal],
        chain: [...new Set([...chainOf(first.closure!, a), ...chainOf(second.closure!, b)])],
        says: `${nameOf(first.source)} can act as ${nameOf(a.actor.principal)}, ${nameOf(second.source)} as ${nameOf(b.actor.principal)}, and ${because(reason)}`,
        explanation: [],
        direct: isDirect(a, first.source) && isDirect(b, second.source),
        weight: 1,
        undecided: a.undecided ?? b.undecided ?? perhaps,
      };
    }
  }
  return undefined;
}

/** True only if no identity meets what both trust policies demand of it. */
function areTwoCallers(first: Held, a: Arrival, second: Held, b: Arrival, reach: Reach): boolean {
  if (!isDirect(a, first.source) || !isDirect(b, second.source)) return false;
  const [one, other] = [a, b].map(({ step }) => step!.permits[0]!.actor);
  return mayAssumeBoth(one!, a.actor.principal, b.actor.principal, reach.oracle.catalogue, { other }) === 'never';
}

function isDirect({ step }: Arrival, by: Principal): boolean {
  return step?.path.id === ASSUME && step.permits[0]!.actor.principal === by;
}
