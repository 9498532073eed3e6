/**
 * The ARN operators. `ArnEquals` and `ArnLike` are one: each of the six components is matched on
 * its own, so `*` never crosses one of the first five colons. Case-sensitive.
 * Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html#Conditions_ARN
 *
 * AWS is silent on a value with fewer than six components (`*` alone): it has no components to
 * compare, so it matches nothing.
 */
import { isLiteralColon, matchesPattern, type Pattern } from '../evaluate-pattern';
import type { PatternOperator } from './operator';

const COMPONENTS = 6;

/** The six components of an ARN, the last with whatever colons are left; undefined when there are fewer. */
function componentsOf(value: string): readonly string[] | undefined {
  const pieces = value.split(':');
  if (pieces.length < COMPONENTS) return undefined;
  return [...pieces.slice(0, COMPONENTS - 1), pieces.slice(COMPONENTS - 1).join(':')];
}

function componentsOfPattern(pattern: Pattern): readonly Pattern[] | undefined {
  const components: Pattern[] = [];
  let start = 0;
  for (let at = 0; at < pattern.length && components.length < COMPONENTS - 1; at++) {
    if (!isLiteralColon(pattern, at)) continue;
    components.push(pattern.slice(start, at));
    start = at + 1;
  }
  if (components.length < COMPONENTS - 1) return undefined;
  return [...components, pattern.slice(start)];
}

function matchesArn(value: string, pattern: Pattern): boolean {
  const components = componentsOf(value);
  const patterns = componentsOfPattern(pattern);
  if (components === undefined || patterns === undefined) return false;
  return patterns.every((one, index) => matchesPattern(components[index] ?? '', one));
}

function arn(negated: boolean): PatternOperator {
  return { reads: 'pattern', wildcards: true, negated, matches: matchesArn };
}

export const ARN_OPERATORS = {
  ArnEquals: arn(false),
  ArnLike: arn(false),
  ArnNotEquals: arn(true),
  ArnNotLike: arn(true),
} as const;
