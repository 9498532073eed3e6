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
import { chainsToTrails } from './trail-chains';
import { alsoToNarrow } from './whole-edit';

/** The findings of these checks that rest on steps, the gravest first. What weighs most stands first, and names the cause. */
const ORDER = ['SOD-2', 'SOD-3', 'DOM-1', 'DOM-10', 'AUD-1', 'AUD-2'] as const;

export function chainFindings(model: Model, context: CheckContext, id: (typeof ORDER)[number]): Finding[] {
  const all = context.once(model, 'findings of chains', () => findAll(model, context));
  return all.filter((f) => f.id === id);
}

function findAll(model: Model, context: CheckContext): Finding[] {
  const direct = new Set<Breach>(joinedDuties(model, context).filter((b) => b.direct));
  const isOfDuties = ({ of, reason }: Breach): boolean => of === undefined && reason.kind === 'duties';
  // Which check a cause belongs to, of those that all breaches of separations together belong to.
  const separationOf = (all: readonly Breach[]): CheckId => {
    const ofDuties = all.filter(isOfDuties);
    if (ofDuties.length === 0)
      return all.every((b) => b.of !== undefined || b.reason.kind === 'lives') ? 'DOM-10' : 'DOM-1';
    // A shared assumer is the cause of the chains that lead to it, unless somebody with a duty is among its victims.
    return ofDuties.some((b) => direct.has(b)) && ofDuties.every((b) => b.source.duty === undefined)
      ? 'SOD-3'
      : 'SOD-2';
  };
  return findingsOf(
    breachesOf(model, context),
    ORDER,
    (breach, all) => breach.of ?? separationOf(all),
    (worst, statement) => alsoToNarrow(worst, statement, model, context, breachesOf),
  );
}

function breachesOf(model: Model, context: CheckContext): readonly Breach[] {
  return [...chainsBetween(model, context), ...joinedDuties(model, context), ...chainsToTrails(model, context)];
}
