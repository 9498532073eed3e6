/**
 * SOD-3, shared assumer: nobody may assume two roles of conflicting duties.
 *
 * The caller's own keys (its tags, its identity) have one value for both roles; time and network
 * have not, since one person may come back tomorrow from elsewhere. So two trust policies that demand
 * different `aws:PrincipalTag/duty` of one principal are apart, and two that demand different hours are not.
 */
import { chainFindings } from './chain-findings';
import type { Check } from './check';

export const assumersAreNotShared: Check = {
  id: 'SOD-3',
  compliant: 'nobody may assume two roles of conflicting duties',
  run: (model, context) => chainFindings(model, context, 'SOD-3'),
};
