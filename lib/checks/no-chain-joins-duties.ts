/**
 * SOD-2, hidden overlap: no chain of steps brings a principal to requests of a role that it must be
 * separate from. Roles that look separate on paper meet when one can act as the other, or as somebody
 * who may do what the other may do (chain-breach.ts); or when somebody without a duty comes by a chain to act as
 * both (shared-assumer.ts). What two roles may both do without any chain is SOD-1's.
 */
import { chainFindings } from './chain-findings';
import type { Check } from './check';

export const noChainJoinsDuties: Check = {
  id: 'SOD-2',
  compliant: 'no chain leads a principal to requests of a role that it must be separate from',
  run: (model, context) => chainFindings(model, context, 'SOD-2'),
};
