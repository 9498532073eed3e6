/**
 * `Bool`: `true` and `false` without regard to case; any other text is neither, so it matches nothing.
 * Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html#Conditions_Boolean
 * That page allows policy variables here; the page on variables does not. The operator's own page wins.
 */
import type { LiteralOperator } from './operator';

export const BOOL_OPERATORS = {
  Bool: {
    reads: 'literal',
    variables: true,
    negated: false,
    matches: (value, operand) => {
      const wanted = operand.toLowerCase();
      return (wanted === 'true' || wanted === 'false') && value.toLowerCase() === wanted;
    },
  } satisfies LiteralOperator,
} as const;
