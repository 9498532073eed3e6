/** Paths that the public list misses; see each row's source. */
import type { EscalationPath } from '../escalation-paths';

export const IDENTITY_PATHS: readonly EscalationPath[] = [];
