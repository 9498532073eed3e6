/**
 * AUD-1, trail that can be muted or changed: what an audit trail records is signed, encrypted and locked in compliance
 * mode, and nobody of the app may stop the trail, end a record, unlock its bucket, or end its key; not by any chain
 * either. What CloudFormation may change, a change of the vault's own stack does.
 *
 * An app without a trail has no finding: the assumption `audit-trail` says so in its report (docs/adr/0072).
 * Judged are the settings (trail-settings.ts), whether the policies of a vault hold against strangers too
 * (trail-walls.ts), who holds a right (trail-holders.ts), and who comes to one (trail-chains.ts).
 */
import { auditTrailsOf, endingRequests } from './audit-trails';
import { chainFindings } from './chain-findings';
import type { Check } from './check';
import { type Finding, OF_A_SETTING } from './finding';
import { witnessOf } from './root-cause';
import { holdersOf } from './trail-holders';
import { type Fault, faultsOf } from './trail-settings';
import { type Breached, breachedWalls } from './trail-walls';

export const auditTrailIsImmutable: Check = {
  id: 'AUD-1',
  compliant: 'what an audit trail records is signed and locked, and nobody may mute the trail or end a record',
  run: (model, context) => {
    const trails = auditTrailsOf(model);
    if (trails.trails.length + trails.buckets.length + trails.keys.length === 0) return [];
    return [
      ...settings(faultsOf(trails, model)),
      ...walls(breachedWalls(trails, context)),
      ...holdersOf(model, context, {
        id: 'AUD-1',
        requests: endingRequests(trails),
        except: () => false,
        says: 'may mute or end the audit trail',
        whose: "CloudFormation's alone",
      }),
      ...chainFindings(model, context, 'AUD-1'),
    ];
  },
};

/** One finding a resource. */
function settings(faults: readonly Fault[]): Finding[] {
  const byResource = new Map<string, Fault[]>();
  for (const fault of faults) {
    const key = `${fault.at.id} ${fault.undecided}`;
    byResource.set(key, [...(byResource.get(key) ?? []), fault]);
  }
  return [...byResource.values()].map((own): Finding => {
    const [{ at, undecided }] = own as [Fault];
    return {
      ...OF_A_SETTING,
      id: 'AUD-1',
      severity: undecided ? 'undecided' : 'violated',
      message: `\`${at.origin.path}\` of the audit trail ${own.map(({ what }) => what).join('; and ')}`,
      constructPaths: [at.origin.path],
      fix: [...new Set(own.map(({ fix }) => fix))].join('; '),
    };
  });
}

/** One finding a wall: its policy is the cause of all. */
function walls(breached: readonly Breached[]): Finding[] {
  const byWall = new Map<string, Breached[]>();
  for (const one of breached) byWall.set(one.wall.id, [...(byWall.get(one.wall.id) ?? []), one]);
  return [...byWall.values()].map((own): Finding => {
    const [{ wall, against, meeting }] = own as [Breached];
    const { verdict } = meeting;
    const policy = `the policy of \`${wall.origin.path}\``;
    const fix = 'leave the policy as the audit vault writes it';
    if (verdict.verdict === 'undecided') {
      return {
        ...OF_A_SETTING,
        id: 'AUD-1',
        severity: 'undecided',
        message: `it cannot be decided whether ${policy} still keeps ${against} from the audit trail: ${verdict.reason}`,
        constructPaths: [wall.origin.path],
        fix,
      };
    }
    const { action, resource } = verdict.witness;
    return {
      ...OF_A_SETTING,
      id: 'AUD-1',
      severity: 'violated',
      message: `${policy} no longer keeps ${against} from \`${action}\` on \`${resource}\``,
      constructPaths: [wall.origin.path],
      witness: { ...witnessOf(verdict.witness, meeting.a.policies), contextB: undefined },
      fix,
    };
  });
}
