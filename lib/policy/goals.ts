/** The ways in which one principal is allowed something, as choices of Allow statements. */
import type { CompiledPolicies } from './compile';
import type { Side } from './condition';
import type { Choice } from './decide';

/**
 * A request is allowed through the layers, one statement of each; or through a grant that boundary
 * and session do not limit, together with the service control policies.
 */
export function goalsOf(policies: CompiledPolicies, side: Side): readonly (readonly Choice[])[] {
  const through = policies.layers.map((l): Choice => ({ side, of: l.allow }));
  if (policies.unbounded.length === 0) return [through];
  const scp = policies.layers.filter((l) => l.name === 'scp').map((l): Choice => ({ side, of: l.allow }));
  return [through, [{ side, of: policies.unbounded }, ...scp]];
}
