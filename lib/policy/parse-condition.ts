/**
 * Reads a `Condition` block: operators (without regard to case) with quantifier and `IfExists`,
 * keys (unique without regard to case), values (numbers and booleans as their text, as AWS does).
 * Sources: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-single-vs-multi-valued-context-keys.html
 *
 * An empty list of values is accepted, as IAM accepts it: no value of the request matches it.
 */
import { BASE_OPERATORS, type BaseOperator, type Condition, type PolicyVersion } from './document';
import { describe, isObject, listOf, type Place, readText, suggestion } from './parse-value';
import { checkVariables } from './parse-variable';
import { isText, type Text, text } from './text';

interface OperatorName {
  readonly operator: BaseOperator;
  readonly quantifier?: 'ForAllValues' | 'ForAnyValue';
  readonly ifExists: boolean;
}

const BY_LOWER_CASE: ReadonlyMap<string, BaseOperator> = new Map(
  BASE_OPERATORS.map((name) => [name.toLowerCase(), name]),
);
const QUANTIFIERS = ['ForAllValues', 'ForAnyValue'] as const;
/** Policy variables are for string and ARN operators: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html */
const TAKES_VARIABLES = /^(String|Arn|Bool)/;

export function parseConditions(value: unknown, place: Place, version: PolicyVersion): readonly Condition[] {
  if (value === undefined) return [];
  if (!isObject(value) || isText(value))
    return place.fail(`got ${describe(value)}, expected an object from operators to keys`);
  const seen = new Map<string, string>();
  return Object.entries(value).flatMap(([written, keys]) => {
    place.spend(written.length);
    refuseTwin(written, seen, place, 'operator');
    return parseKeys(readOperator(written, place), keys, place.at(written), version);
  });
}

function parseKeys(name: OperatorName, keys: unknown, place: Place, version: PolicyVersion): readonly Condition[] {
  if (!isObject(keys) || isText(keys))
    return place.fail(`got ${describe(keys)}, expected an object from condition keys to values`);
  const seen = new Map<string, string>();
  return Object.entries(keys).map(([key, values]) => {
    place.spend(key.length);
    if (key.trim() === '') return place.fail('got an empty condition key, expected one such as `aws:PrincipalArn`');
    refuseTwin(key, seen, place, 'condition key');
    const at = place.at(key);
    const read = listOf(values).map((one) => readValue(one, name, at, version));
    const { operator, quantifier, ifExists } = name;
    return quantifier === undefined
      ? { operator, ifExists, key, values: read }
      : { operator, quantifier, ifExists, key, values: read };
  });
}

/** AWS compares both without regard to case, so the second of two would shadow or double the first. */
function refuseTwin(name: string, seen: Map<string, string>, place: Place, what: string): void {
  const twin = seen.get(name.toLowerCase());
  if (twin !== undefined)
    place.fail(`${what} \`${name}\` stands beside \`${twin}\`, which differs only in case; merge the two`);
  seen.set(name.toLowerCase(), name);
}

function readOperator(written: string, place: Place): OperatorName {
  const colon = written.indexOf(':');
  const prefix = colon === -1 ? undefined : written.slice(0, colon);
  const quantifier = QUANTIFIERS.find((name) => name.toLowerCase() === prefix?.toLowerCase());
  if (prefix !== undefined && quantifier === undefined) {
    return place.fail(
      `unknown set operator \`${prefix}\` in \`${written}\`, expected ForAllValues or ForAnyValue; ${suggestion(prefix, QUANTIFIERS, 'write one of them')}`,
    );
  }
  const rest = written.slice(colon + 1);
  const ifExists = /ifexists$/i.test(rest);
  const base = ifExists ? rest.slice(0, -'IfExists'.length) : rest;
  const operator = BY_LOWER_CASE.get(base.toLowerCase());
  if (operator === undefined) {
    return place.fail(
      `unknown operator \`${written}\`, expected one such as \`StringEquals\`; ${suggestion(base, BASE_OPERATORS, 'use one that AWS documents')}`,
    );
  }
  if (operator === 'Null' && ifExists) {
    return place.fail('got `NullIfExists`, but `Null` itself asks whether the key exists; write `Null`');
  }
  return { operator, ...(quantifier === undefined ? {} : { quantifier }), ifExists };
}

function readValue(value: unknown, name: OperatorName, place: Place, version: PolicyVersion): Text {
  if (typeof value === 'boolean') return text(String(value));
  if (typeof value === 'number') return text(numberText(value, place));
  if (value === null || (typeof value !== 'string' && !isText(value))) {
    return place.fail(`got ${describe(value)}, expected a string, a number, a boolean or an array of them`);
  }
  const read = readText(value, place, 'a value');
  if (TAKES_VARIABLES.test(name.operator)) checkVariables(read, version, place);
  return read;
}

/** JSON numbers past 2^53 have lost digits by the time we see them. */
function numberText(value: number, place: Place): string {
  if (Number.isInteger(value) && !Number.isSafeInteger(value)) {
    return place.fail(`got the number \`${value}\`, which JSON cannot carry exactly; write it as a string`);
  }
  return String(value);
}
