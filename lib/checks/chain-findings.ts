/**
 * All breaches by chains and shared assumers together, gathered by their causes: one cause is one
 * finding of one check, also where it breaks separations of several kinds.
 */
import type { Model } from '../model/model';
import type { Breach } from './breach';
import { findingsOf } from './breach';
import { chainsBetween } from './chain-breach';
import type { CheckContext } from './check';
import type { CheckId, Finding } from './finding';
import { joinedDuties } from './shared-assumer';
import { alsoToNarrow } from './whole-edit';

/** The findings of SOD-2, SOD-3, DOM-1 and DOM-10 that rest on steps, the gravest first. */
export function chainFindings(model: Model, context: CheckContext, id: CheckId): Finding[] {
  const all = context.once(model, 'findings of chains', () => findAll(model, context));
  return all.filter((f) => f.id === id);
}

function findAll(model: Model, context: CheckContext): Finding[] {
  const direct = new Set<Breach>(joinedDuties(model, context).filter((b) => b.direct));
  const idOf = (breaches: readonly Breach[]): CheckId => {
    const ofDuties = breaches.filter((b) => b.reason.kind === 'duties');
    if (ofDuties.length === 0) return breaches.every((b) => b.reason.kind === 'lives') ? 'DOM-10' : 'DOM-1';
    // A shared assumer is the cause of the chains that lead to it, unless somebody with a duty is among its victims.
    return ofDuties.some((b) => direct.has(b)) && ofDuties.every((b) => b.source.duty === undefined)
      ? 'SOD-3'
      : 'SOD-2';
  };
  return findingsOf(breachesOf(model, context), idOf, (worst, statement) =>
    alsoToNarrow(worst, statement, model, context, breachesOf),
  );
}

function breachesOf(model: Model, context: CheckContext): readonly Breach[] {
  return [...chainsBetween(model, context), ...joinedDuties(model, context)];
}
