/**
 * The numeric operators: integers and decimals, compared in double precision.
 * Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html#Conditions_Numeric
 *
 * A value that is no number compares with nothing: the positive operators are false of it and
 * `NumericNotEquals` is true (AWS is silent; this is "the values do not match").
 */
import type { LiteralOperator } from './operator';

const NUMBER = /^[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?$/;

/** The number that the text writes in decimal; undefined when it is none. */
export function readNumber(text: string): number | undefined {
  return NUMBER.test(text) ? Number(text) : undefined;
}

function compare(negated: boolean, holds: (value: number, operand: number) => boolean): LiteralOperator {
  return {
    reads: 'literal',
    variables: false,
    negated,
    matches: (value, operand) => {
      const left = readNumber(value);
      const right = readNumber(operand);
      return left !== undefined && right !== undefined && holds(left, right);
    },
  };
}

export const NUMERIC_OPERATORS = {
  NumericEquals: compare(false, (value, operand) => value === operand),
  NumericNotEquals: compare(true, (value, operand) => value === operand),
  NumericLessThan: compare(false, (value, operand) => value < operand),
  NumericLessThanEquals: compare(false, (value, operand) => value <= operand),
  NumericGreaterThan: compare(false, (value, operand) => value > operand),
  NumericGreaterThanEquals: compare(false, (value, operand) => value >= operand),
} as const;
