/**
 * Conditions as constraints on the request context: which sets of them hold together, and where.
 *
 * A context gives each key no value, one, or several. Constraints on different keys are
 * independent, so the question falls apart into one question a *variable*: a key of the request has
 * one variable that both callers share, a key of the caller one variable for each side. For one
 * variable, every constraint says "no value is allowed / required" (presence), "every value satisfies p" or
 * "some value satisfies p"; a solution needs at most one value for each "some".
 *
 * Two conditions with policy variables are compared as written; beyond that a variable is
 * unknown. That loses precision, never soundness: what is found is replayed.
 */
import type { Catalogue, KeyFacts } from './catalogue';
import { FAMILIES, findValue, isUnknown, matcherOf, type Predicate, satisfies } from './condition-value';
import type { Condition, PolicyVersion } from './document';
import type { Budget } from './language';
import { textOfWord, type Word } from './letter';
import { literal, show } from './text';

/** The caller whose context a condition is about. For one principal's questions there is only side 0. */
export type Side = 0 | 1;

/** A condition of a statement on one side, required to hold or not to. */
export interface Constraint {
  readonly condition: Condition;
  readonly version: PolicyVersion;
  readonly side: Side;
  readonly holds: boolean;
}

/** The value(s) of one variable; `undefined` when the key is absent. */
export type Assignment = readonly Word[] | undefined;

/** `key` in lower case, with `0:` or `1:` before it for a key of the caller. */
export function variableOf(condition: Condition, side: Side, catalogue: Catalogue): string {
  const key = condition.key.toLowerCase();
  return catalogue.keyFacts(key).scope === 'request' ? key : `${side}:${key}`;
}

export function keyOfVariable(variable: string): { readonly key: string; readonly side: Side | undefined } {
  if (variable.startsWith('0:')) return { key: variable.slice(2), side: 0 };
  if (variable.startsWith('1:')) return { key: variable.slice(2), side: 1 };
  return { key: variable, side: undefined };
}

/** True iff a context without the key satisfies the constraint. Source: the operators' page, "...IfExists", "Null", and the set operators' page. */
function satisfiedWhenAbsent({ condition, holds }: Constraint): boolean {
  if (condition.quantifier !== undefined) return (condition.quantifier === 'ForAllValues') === holds;
  if (condition.operator === 'Null') return nullAllows(condition, 'true', holds) === holds;
  return (condition.ifExists || FAMILIES[condition.operator].negated) === holds;
}

/** An unknown value says what the constraint asks of it: `true` where the condition is to hold. */
function nullAllows(condition: Condition, value: 'true' | 'false', unknown: boolean): boolean {
  return condition.values.some((v) => {
    const plain = literal(v);
    return plain === undefined ? unknown : plain.toLowerCase() === value;
  });
}

type Shape = { readonly some: boolean; readonly predicate: Predicate };

/** What the constraint says about a present key; `true`/`false` when it does not depend on the values. */
function shapeOf({ condition, version, holds }: Constraint): Shape | boolean {
  if (condition.operator === 'Null') {
    const { quantifier } = condition;
    return (quantifier === undefined ? nullAllows(condition, 'false', holds) : quantifier === 'ForAllValues') === holds;
  }
  const { negated } = FAMILIES[condition.operator];
  const matcher = matcherOf(condition, version);
  // Without a quantifier: a positive operator needs some value that matches, a negated one none.
  const some = condition.quantifier === 'ForAnyValue' || (condition.quantifier === undefined && !negated);
  return { some: some === holds, predicate: { matcher, holds: negated !== holds } };
}

/** A solution of all constraints on one variable. */
export function solveVariable(
  constraints: readonly Constraint[],
  facts: KeyFacts,
  budget: Budget,
): { readonly value: Assignment } | 'none' | 'unknown' {
  if (contradictory(constraints)) return 'none';
  if (!facts.alwaysPresent && constraints.every(satisfiedWhenAbsent)) return { value: undefined };
  const shapes: Shape[] = [];
  for (const constraint of constraints) {
    const shape = shapeOf(constraint);
    if (shape === false) return 'none';
    if (shape !== true) shapes.push(shape);
  }
  const single = findValue(
    shapes.map((s) => s.predicate),
    facts.type,
    budget,
  );
  if (single !== undefined && single !== 'unknown') return { value: [single] };
  if (!facts.multivalued) return single === 'unknown' ? 'unknown' : 'none';
  const every = shapes.filter((s) => !s.some).map((s) => s.predicate);
  const some = shapes.filter((s) => s.some);
  if (some.length < 2) return single === 'unknown' ? 'unknown' : 'none';
  const values: Word[] = [];
  for (const { predicate } of some) {
    const value = findValue([...every, predicate], facts.type, budget);
    if (value === undefined) return 'none';
    if (value === 'unknown') return 'unknown';
    if (!values.some((v) => show(textOfWord(v)) === show(textOfWord(value)))) values.push(value);
  }
  return { value: values };
}

/** True iff a condition is both required and forbidden, as written: decides conditions with policy variables. */
function contradictory(constraints: readonly Constraint[]): boolean {
  if (constraints.length < 2) return false;
  const seen = new Map<string, boolean>();
  for (const constraint of constraints) {
    const key = writtenForm(constraint);
    const before = seen.get(key);
    if (before !== undefined && before !== constraint.holds) return true;
    seen.set(key, constraint.holds);
  }
  return false;
}

function writtenForm({ condition: c, version, side }: Constraint): string {
  const ownValue = c.values.some((v) => isUnknown(v, version === '2012-10-17'));
  return JSON.stringify([
    ownValue ? side : '',
    version,
    c.operator,
    c.quantifier ?? '',
    c.ifExists,
    c.values.map((v) => v.parts),
  ]);
}

/** True iff the constraint is satisfied by the value, unknown parts read in the satisfying direction. */
export function satisfied(constraint: Constraint, value: Assignment): boolean {
  if (value === undefined) return satisfiedWhenAbsent(constraint);
  const shape = shapeOf(constraint);
  if (typeof shape === 'boolean') return shape;
  return shape.some
    ? value.some((v) => satisfies(v, shape.predicate))
    : value.every((v) => satisfies(v, shape.predicate));
}

/** The constraint that a key has one value. */
export function equal(key: string, value: string, side: Side): Constraint {
  return {
    condition: { operator: 'StringEquals', ifExists: false, key, values: [{ parts: value === '' ? [] : [value] }] },
    version: '2008-10-17',
    side,
    holds: true,
  };
}
