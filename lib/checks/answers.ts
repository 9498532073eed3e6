/**
 * Answers of which a template may leave some open: what only the deployment knows is neither yes nor no, and settles nothing that
 * something else does not settle.
 */
import { type Resolved, toText } from '../model/resolved';
import { textKey } from '../model/text-key';
import { literal } from '../policy/text';

/** Undefined where nobody can tell. */
export type Answer = boolean | undefined;

/** The value, where it is known. */
export function textOf(value: unknown): string | undefined {
  const text = toText(value as Resolved | undefined);
  return text === undefined ? undefined : literal(text);
}

/** Equal for values that are the same in every deployment. */
export function keyOf(value: unknown): string | undefined {
  const text = toText(value as Resolved | undefined);
  return text === undefined ? undefined : textKey(text);
}

/** Undefined where only the deployment knows. */
export function same(a: unknown, b: unknown): Answer {
  if (typeof a === 'string' && typeof b === 'string') return a === b;
  const [x, y] = [keyOf(a), keyOf(b)];
  if (x === undefined || y === undefined) return false;
  if (x === y) return true;
  return textOf(a) !== undefined && textOf(b) !== undefined ? false : undefined;
}

export function any(answers: readonly Answer[]): Answer {
  return answers.includes(true) ? true : answers.includes(undefined) ? undefined : false;
}

export function all(answers: readonly Answer[]): Answer {
  return answers.includes(false) ? false : answers.includes(undefined) ? undefined : true;
}

export function both(a: Answer, b: Answer): Answer {
  return all([a, b]);
}
