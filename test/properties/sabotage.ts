/**
 * A sabotage: one change to the templates of a proved app, and what must then be named. It is random in what it hits, and leaves
 * an app alone that has nothing to hit.
 */
import type { CheckId, Finding } from '../../lib/checks/finding';
import type { Resource, Templates } from './templates';

export interface Sabotage {
  /** As one would tell it. */
  readonly name: string;
  /** One of these checks must find it violated: what two roles share is shown by the first that sees it. */
  readonly by: readonly CheckId[];
  /** Controls that the report must then show as broken. */
  readonly breaks: readonly string[];
  /**
   * How it must be found, at the least. Undecided where part of what would be judged stands under a condition of the template, as the rule
   * that isolates a domain does: synthesis fails all the same.
   */
  readonly as: Finding['severity'];
  /** `undefined` where the app has nothing of the kind; else what was hit, for the message of a failure. */
  readonly apply: (app: Templates) => Resource | undefined;
}

export function sabotage(
  name: string,
  by: CheckId | readonly CheckId[],
  breaks: readonly string[],
  apply: (app: Templates) => Resource | undefined,
  as: Finding['severity'] = 'violated',
): Sabotage {
  return { name, by: typeof by === 'string' ? [by] : by, breaks, apply, as };
}
