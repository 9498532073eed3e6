/** All sabotages. Those of a check that a version does not have yet wait for it. */
import { CHECKS } from '../../lib/checks/run-checks';
import type { Sabotage } from './sabotage';
import { SABOTAGE_OF_DOMAINS } from './sabotage-domains';
import { SABOTAGE_OF_DUTIES } from './sabotage-duties';
import { SABOTAGE_OF_GATEWAYS } from './sabotage-gateway';
import { SABOTAGE_OF_OPERATIONS } from './sabotage-operations';
import { SABOTAGE_OF_SHARED_GATEWAYS } from './sabotage-shared';

export const SABOTAGES: readonly Sabotage[] = [
  ...SABOTAGE_OF_DUTIES,
  ...SABOTAGE_OF_DOMAINS,
  ...SABOTAGE_OF_GATEWAYS,
  ...SABOTAGE_OF_OPERATIONS,
  ...SABOTAGE_OF_SHARED_GATEWAYS,
];

/** Those whose checks this version has. */
export function presentSabotages(): readonly Sabotage[] {
  const known = new Set(CHECKS.map(({ id }) => id));
  return SABOTAGES.filter(({ by }) => by.every((id) => known.has(id)));
}
