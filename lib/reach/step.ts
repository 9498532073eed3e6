/**
 * A step: by these requests, made by these actors, somebody comes to act as a principal, or a principal
 * comes to have more than it had. Steps are the edges of reach; the rules make them, the fixpoint chains them.
 */
import type { EscalationPath } from '../catalog/escalation-paths';
import type { Principal } from '../model/model';
import { show } from '../policy/text';
import type { Actor } from './actor';
import type { Permit } from './ask';
import { type Gains, NO_GAINS } from './gains';
import type { Subject } from './targets';

export interface Step {
  readonly path: EscalationPath;
  /** One for each request of the path, in its order. */
  readonly permits: readonly Permit[];
  readonly to: Principal;
  /** What `to` has then, beside what it had. */
  readonly gains: Gains;
  /** What the requests are made on, where that is not `to` itself. */
  readonly through?: string;
  /** The reason, when a request of the step is undecided. */
  readonly undecided?: string;
}

/** The row of `sts:AssumeRole`; every catalogue of paths has it. */
export const ASSUME = 'sts-001';

export function stepOf(
  path: EscalationPath,
  permits: readonly Permit[],
  to: Principal,
  subject: Subject,
  gains: Gains = NO_GAINS,
  doubt?: string,
): Step {
  const undecided = doubt ?? permits.find((p) => p.undecided !== undefined)?.undecided;
  const through = throughOf(subject);
  return {
    path,
    permits,
    to,
    gains,
    ...(through === undefined ? {} : { through }),
    ...(undecided === undefined ? {} : { undecided }),
  };
}

function throughOf(subject: Subject): string | undefined {
  switch (subject.kind) {
    case 'runner':
      return subject.runner.resource.origin.path;
    case 'resource':
      return subject.resource.origin.path;
    case 'principal':
      return subject.group?.origin.path ?? subject.without?.document.origin;
    case 'unseen':
    case 'account':
      return undefined;
  }
}

/** The same step made by another actor of the same class. */
export function madeBy(step: Step, actor: Actor): Step {
  return { ...step, permits: step.permits.map((p) => ({ ...p, actor, policies: actor.policies })) };
}

/** The requests with their witnesses: `iam:PassRole on arn:aws:iam::…`. */
export function showRequests(step: Step): readonly string[] {
  return step.permits.map((p) => {
    const witness = p.witness();
    return witness === undefined ? `${p.action}, undecided` : `${p.action} on ${witness.resource}`;
  });
}

export function showPrincipal(p: Principal): string {
  return p.origin.path === '' ? show(p.arn) : p.origin.path;
}
