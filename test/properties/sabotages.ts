/** All sabotages. Those of a check that a version does not have yet wait for it. */
import type { Sabotage } from './sabotage';
import { SABOTAGE_OF_DOMAINS } from './sabotage-domains';
import { SABOTAGE_OF_DUTIES } from './sabotage-duties';

export const SABOTAGES: readonly Sabotage[] = [...SABOTAGE_OF_DUTIES, ...SABOTAGE_OF_DOMAINS];
