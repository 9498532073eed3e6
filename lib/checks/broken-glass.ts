/**
 * Where a chain goes through declared emergency access it is followed no further: that one person may do alone what
 * lies beyond is what was declared, and every report says so. Only by the way in that was declared, though: whoever
 * comes to the role by editing it has broken something else.
 */
import type { Arrival } from '../reach/closure';
import { ASSUME } from '../reach/step';

export function byBreakingGlass({ actor, step }: Arrival): boolean {
  return actor.principal.breakGlass !== undefined && step?.path.id === ASSUME;
}
