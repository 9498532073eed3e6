/**
 * Two principals that must be separate, and meet in what each comes to act as: both act as one third
 * principal, or as two that may make one request. Neither comes to the other's own requests; together they share some.
 *
 * One pair of sources shows a third principal: who else comes there has the same cause, or is found
 * once this one is mended.
 */
import type { Model, Principal } from '../model/model';
import type { OverlapWitness } from '../policy/verdict';
import { type Arrival, type Closure, chainOf } from '../reach/closure';
import type { Breach } from './breach';
import type { CheckContext } from './check';
import { exceptBetween } from './declared-crossings';
import { because, nameOf, type Reason, separationOf } from './separation';

/** Somebody whom a source comes to act as, without a breach. */
export interface Visit {
  readonly source: Principal;
  readonly arrival: Arrival;
  readonly closure: Closure;
}

export function meetingBreaches(visits: readonly Visit[], model: Model, context: CheckContext): readonly Breach[] {
  const reasonFor = separationOf(model);
  const breaches: Breach[] = [];
  const asked = new Set<string>();
  // Principals of two domains that may make one request clash by themselves: that is SOD-1's.
  for (const place of placesOf(visits)) {
    const actors = [...new Map(place.map((v) => [v.arrival.actor.key, v])).values()];
    actors.forEach((first, i) => {
      for (const second of actors.slice(i)) {
        const pair = `${first.arrival.actor.key}\n${second.arrival.actor.key}`;
        if (asked.has(pair)) continue;
        asked.add(pair);
        const meeting = meet(at(place, first), at(place, second), reasonFor);
        if (meeting === undefined) continue;
        const { a, b, reason } = meeting;
        const except = exceptBetween(model, a.source.domain, b.source.domain);
        const verdict = context.overlap(a.arrival.actor.policies, b.arrival.actor.policies, { except });
        if (verdict.verdict === 'disjoint') continue;
        const witness = verdict.verdict === 'overlap' ? verdict.witness : undefined;
        const undecided =
          a.arrival.undecided ?? b.arrival.undecided ?? (verdict.verdict === 'undecided' ? verdict.reason : undefined);
        breaches.push(breachOf(a, b, reason, witness, undecided));
      }
    });
  }
  return breaches;
}

/** Visits of one domain together, with those of no domain, which may meet any other. */
function placesOf(visits: readonly Visit[]): readonly (readonly Visit[])[] {
  const byDomain = new Map<string | undefined, Visit[]>();
  for (const visit of visits) {
    const { domain } = visit.arrival.actor.principal;
    const others = byDomain.get(domain);
    if (others === undefined) byDomain.set(domain, [visit]);
    else others.push(visit);
  }
  const nowhere = byDomain.get(undefined) ?? [];
  byDomain.delete(undefined);
  return byDomain.size === 0 ? [nowhere] : [...byDomain.values()].map((own) => [...own, ...nowhere]);
}

function at(place: readonly Visit[], { arrival }: Visit): readonly Visit[] {
  return place.filter((v) => v.arrival.actor.key === arrival.actor.key);
}

/** The first two visits, one of each list, of sources that must be separate. */
function meet(
  first: readonly Visit[],
  second: readonly Visit[],
  reasonFor: (a: Principal, b: Principal) => Reason | undefined,
): { readonly a: Visit; readonly b: Visit; readonly reason: Reason } | undefined {
  for (const a of first) {
    for (const b of second) {
      const reason = a.source === b.source ? undefined : reasonFor(a.source, b.source);
      if (reason !== undefined) return { a, b, reason };
    }
  }
  return undefined;
}

function breachOf(
  a: Visit,
  b: Visit,
  reason: Reason,
  witness: OverlapWitness | undefined,
  undecided: string | undefined,
): Breach {
  const [x, y] = [a.arrival.actor.principal, b.arrival.actor.principal];
  const what = witness === undefined ? '' : ` (\`${witness.action}\` on \`${witness.resource}\`)`;
  const says =
    x === y
      ? `${nameOf(a.source)} and ${nameOf(b.source)} can both act as ${nameOf(x)}${what}`
      : `${nameOf(a.source)} can act as ${nameOf(x)}, ${nameOf(b.source)} as ${nameOf(y)}, and these may do the same${what}`;
  return {
    source: a.source,
    reason,
    principals: [...new Set([a.source, b.source, x, y])],
    chain: [...new Set([...chainOf(a.closure, a.arrival), ...chainOf(b.closure, b.arrival)])],
    says: `${says}, and ${because(reason)}`,
    ...(witness && { witness: { ...witness } }),
    explanation: [],
    weight: 1,
    ...(undecided === undefined ? {} : { undecided }),
  };
}
