/**
 * SOD-3, shared assumer: nobody may assume two roles of conflicting duties.
 *
 * The caller's own keys (its tags, its identity) have one value for both roles; time and network
 * have not, since one person may come back tomorrow from elsewhere. So two trust policies that demand
 * different `aws:PrincipalTag/duty` of one principal are apart, and two that demand different hours are not.
 */
import { findingsOf } from './breach';
import type { Check } from './check';
import { joinedDuties } from './shared-assumer';

export const assumersAreNotShared: Check = {
  id: 'SOD-3',
  compliant: 'nobody may assume two roles of conflicting duties',
  run: (model, context) =>
    findingsOf(
      'SOD-3',
      joinedDuties(model, context).filter((b) => b.direct),
    ),
};
