/** Findings of DOM-8: about settings, each naming every construct once. */
import { type Finding, OF_A_SETTING } from './finding';

export function rateFinding(message: string, constructPaths: readonly string[], fix: string): Finding {
  return {
    id: 'DOM-8',
    severity: 'violated',
    message,
    ...OF_A_SETTING,
    constructPaths: [...new Set(constructPaths)],
    fix,
  };
}

export function undecidedRate(message: string, constructPaths: readonly string[], fix: string): Finding {
  return { ...rateFinding(message, constructPaths, fix), severity: 'undecided' };
}
