/**
 * What a condition operator is to the evaluator: how one value of the request compares with one
 * value of the policy. Whether all or any values must match, and what a missing key means, is the
 * same for every operator and stands in `evaluate-condition.ts`.
 */
import type { Pattern } from '../evaluate-pattern';

interface Common {
  /** The condition holds for a request value iff *no* policy value matches it. */
  readonly negated: boolean;
}

/** Compares with a text in which policy variables have been substituted. */
export interface PatternOperator extends Common {
  readonly reads: 'pattern';
  /** Whether `*` and `?` in the policy value are wildcards. */
  readonly wildcards: boolean;
  /** True iff `value` matches `pattern`, the negation left out. */
  matches(value: string, pattern: Pattern): boolean;
}

/** Compares with a value taken as it is written. */
export interface LiteralOperator extends Common {
  readonly reads: 'literal';
  /** Whether policy variables are substituted first. */
  readonly variables: boolean;
  /** True iff `value` compares as the operator says with `operand`, the negation left out. */
  matches(value: string, operand: string): boolean;
}

export type Operator = PatternOperator | LiteralOperator;
