/**
 * Whether one condition holds for one request: quantifiers, missing keys, several values, `Null`.
 * Sources: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-single-vs-multi-valued-context-keys.html
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-logic-multiple-context-keys-or-values.html
 *
 * Several values in the policy are alternatives; under a negated operator none may match (NOR).
 * A missing key: false, but true for a negated operator, under `IfExists` and under `ForAllValues`.
 * Decided where AWS is silent or says two things:
 * - `ForAnyValue:…IfExists` on a missing key is false. The page on set operators says that
 *   `ForAnyValue` is false then, and a quantifier over no value leaves `IfExists` nothing to say.
 * - An operator without quantifier on a key with several values (which AWS says needs one): a
 *   positive operator holds iff it holds for some value, a negated one iff it holds for all.
 * - `ForAllValues:Null` is always true and `ForAnyValue:Null` always false, as IAM Access Analyzer
 *   documents ("Null with qualifier").
 */
import type { Condition, PolicyVersion } from './document';
import { known, literalOf, type Pattern, patternOf } from './evaluate-pattern';
import type { Operator } from './operators/operator';
import { OPERATORS } from './operators/registry';
import type { RequestContext } from './request-context';

/** True iff the condition is met. */
export function conditionHolds(condition: Condition, version: PolicyVersion, context: RequestContext): boolean {
  const values = context.values(condition.key);
  if (condition.operator === 'Null') return nullHolds(condition, values.length === 0);
  const operator: Operator = OPERATORS[condition.operator];
  const matches = matcher(operator, condition, version, context);
  const holds = (value: string): boolean => matches(value) !== operator.negated;
  switch (condition.quantifier) {
    case 'ForAllValues':
      return values.every(holds);
    case 'ForAnyValue':
      return values.some(holds);
    case undefined:
      if (values.length === 0) return condition.ifExists || operator.negated;
      return operator.negated ? values.every(holds) : values.some(holds);
  }
}

/** `Null: true` asks for the key to be absent, `Null: false` for it to be present. */
function nullHolds(condition: Condition, absent: boolean): boolean {
  switch (condition.quantifier) {
    case 'ForAllValues':
      return true;
    case 'ForAnyValue':
      return false;
    case undefined:
      return condition.values.some((value) => known(value).toLowerCase() === String(absent));
  }
}

/** Whether some value of the policy matches, the negation left out. A variable without value matches nothing. */
function matcher(
  operator: Operator,
  condition: Condition,
  version: PolicyVersion,
  context: RequestContext,
): (value: string) => boolean {
  switch (operator.reads) {
    case 'pattern': {
      const patterns = condition.values
        .map((value) => patternOf(value, version, operator.wildcards, context))
        .filter((pattern): pattern is Pattern => pattern !== undefined);
      return (value) => patterns.some((pattern) => operator.matches(value, pattern));
    }
    case 'literal': {
      const operands = condition.values
        .map((value) => literalOf(value, version, operator.variables, context))
        .filter((operand) => operand !== undefined);
      return (value) => operands.some((operand) => operator.matches(value, operand));
    }
  }
}
