/** One step of a chain as the reports of `diff` and `who-can` print it. */
import type { Principal } from '../model/model';
import { type Step, showPrincipal, showRequests } from '../reach/step';

export interface ChainEntry {
  /** Who makes the requests. */
  readonly from: string;
  /** Whom they come to act as. */
  readonly to: string;
  /** What they do, as a verb phrase: `gives a function other code`. */
  readonly by: string;
  readonly requests: readonly string[];
}

export function linkEntry(step: Step): ChainEntry {
  const makers = new Map<string, Principal>(step.permits.map(({ actor }) => [actor.principal.id, actor.principal]));
  return {
    from: [...makers.values()].map(shortName).join(' and '),
    to: shortName(step.to),
    by: step.path.does,
    requests: showRequests(step),
  };
}

/** By the construct that the author wrote, not the L1 inside it. */
function shortName(principal: Principal): string {
  return showPrincipal(principal).replace(/\/(Resource|Default)$/, '');
}
