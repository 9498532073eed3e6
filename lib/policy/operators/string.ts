/**
 * The string operators. `StringLike` is case-sensitive; in the others `*` and `?` are themselves.
 * Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html#Conditions_String
 */
import { lowerCased, matchesPattern } from '../evaluate-pattern';
import type { PatternOperator } from './operator';

function exact(negated: boolean): PatternOperator {
  return { reads: 'pattern', wildcards: false, negated, matches: (value, pattern) => matchesPattern(value, pattern) };
}

function ignoringCase(negated: boolean): PatternOperator {
  return {
    reads: 'pattern',
    wildcards: false,
    negated,
    matches: (value, pattern) => matchesPattern(value.toLowerCase(), lowerCased(pattern)),
  };
}

function like(negated: boolean): PatternOperator {
  return { reads: 'pattern', wildcards: true, negated, matches: (value, pattern) => matchesPattern(value, pattern) };
}

export const STRING_OPERATORS = {
  StringEquals: exact(false),
  StringNotEquals: exact(true),
  StringEqualsIgnoreCase: ignoringCase(false),
  StringNotEqualsIgnoreCase: ignoringCase(true),
  StringLike: like(false),
  StringNotLike: like(true),
} as const;
