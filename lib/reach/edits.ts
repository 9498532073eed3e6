/**
 * What actors can change about a principal that they act as: its policies, its groups, its boundary, the
 * Denies that hold it back. The rows about oneself are read so: whoever of the actors makes the
 * request, on whomever of them it is made.
 */
import type { EscalationPath } from '../catalog/escalation-paths';
import type { AttachedPolicy, Principal } from '../model/model';
import type { Actor } from './actor';
import { isMadeUp } from './beyond';
import { coversGains, type Gains, joinGains, NO_GAINS } from './gains';
import type { RulesByAction } from './rule';
import { type Step, stepOf } from './step';
import { tagsDemanded } from './tags';
import type { About } from './targets';
import { isRole, type World } from './world';

type Kind = 'self-any' | 'group' | 'self-unbounded' | 'self-uncontrolled' | 'self-retagged' | 'self-undenied';

const KINDS: ReadonlySet<string> = new Set<Kind>([
  'self-any',
  'group',
  'self-unbounded',
  'self-uncontrolled',
  'self-retagged',
  'self-undenied',
]);

export function isEdit({ reached }: EscalationPath): boolean {
  return editOf(reached.kind) !== undefined;
}

function editOf(kind: EscalationPath['reached']['kind']): Kind | undefined {
  return KINDS.has(kind) ? (kind as Kind) : undefined;
}

export class Edits {
  constructor(
    private readonly world: World,
    /** Rules of rows for which {@link isEdit} holds. */
    private readonly rules: RulesByAction,
  ) {}

  /** True iff some rule may let the actor change somebody. */
  isEditor(actor: Actor): boolean {
    return actor.principal.kind !== 'external' && this.rules.firing([actor]).length > 0;
  }

  /** What the editors together can add to what `subject` may do. */
  *of(editors: readonly Actor[], subject: Actor): Iterable<Step> {
    if (subject.principal.kind === 'external' || isMadeUp(subject.principal)) return;
    let gained = subject.gains;
    for (const rule of this.rules.firing(editors)) {
      for (const { about, gains } of this.changes(rule.path, subject)) {
        if (coversGains(gained, gains)) continue;
        const permits = rule.fire(about, editors);
        if (permits === undefined) continue;
        const step = stepOf(rule.path, permits, subject.principal, about, gains);
        if (step.undecided === undefined) gained = joinGains(gained, gains);
        yield step;
      }
    }
  }

  /** What the row could change about the subject, and what that would give it. */
  private changes(
    path: EscalationPath,
    { principal, policies, gains }: Actor,
  ): readonly { about: About; gains: Gains }[] {
    const kind = editOf(path.reached.kind);
    const itself: About = { kind: 'principal', principal };
    switch (kind) {
      case 'self-any':
        return isRole(principal) || principal.kind === 'user'
          ? [{ about: itself, gains: { ...NO_GAINS, any: true } }]
          : [];
      case 'self-unbounded':
        return policies.permissionsBoundary === undefined
          ? []
          : [{ about: itself, gains: { ...NO_GAINS, unbounded: true } }];
      case 'self-uncontrolled':
        return policies.serviceControlPolicies === undefined
          ? []
          : [{ about: itself, gains: { ...NO_GAINS, uncontrolled: true } }];
      case 'self-retagged': {
        const { reached } = path;
        const service = reached.kind === 'self-retagged' ? reached.service : '';
        return tagsDemanded(principal, service).map((tag) => ({
          about: { ...itself, tag },
          gains: { ...NO_GAINS, retagged: [service] },
        }));
      }
      case 'self-undenied':
        return denying(principal)
          .filter((a) => !gains.undenied.includes(a.document.origin) && removes(path, a))
          .map((without) => ({
            about: { ...itself, without },
            gains: { ...NO_GAINS, undenied: [without.document.origin] },
          }));
      case 'group':
        return this.groupsToJoin(principal).map((group) => ({
          about: { ...itself, group },
          gains: { ...NO_GAINS, groups: [group.id] },
        }));
      case undefined:
        return [];
    }
  }

  private groupsToJoin(principal: Principal): readonly Principal[] {
    if (principal.kind !== 'user') return [];
    return this.world.groups.filter((g) => !principal.memberOf?.includes(g.id));
  }
}

function denying({ attached }: Principal): readonly AttachedPolicy[] {
  return attached.filter((a) => a.document.statements.some((s) => s.effect === 'Deny'));
}

/** An inline policy is deleted or overwritten, a managed one detached or given another version; leaving a group takes either. */
function removes({ requests }: EscalationPath, { attached, arn }: AttachedPolicy): boolean {
  const [{ action } = { action: '' }] = requests;
  if (/^iam:(Put|Delete)(Role|User|Group)Policy$/i.test(action)) return attached === 'inline';
  if (/^iam:Detach/i.test(action)) return attached !== 'inline';
  if (/PolicyVersion$/i.test(action)) return attached === 'managed' && arn !== undefined;
  return true;
}
