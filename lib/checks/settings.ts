/**
 * Settings of resources as the checks read them: a value that only the deployment knows is neither on nor off,
 * and a list that is not one is nothing.
 */
import { isText, literal, type Text, text } from '../policy/text';

/** The value at the path; undefined where there is none. */
export function member(value: unknown, ...keys: readonly string[]): unknown {
  let at = value;
  for (const key of keys) {
    if (typeof at !== 'object' || at === null || isText(at) || !Object.hasOwn(at, key)) return undefined;
    at = (at as Readonly<Record<string, unknown>>)[key];
  }
  return at;
}

/** On, off, or known to the deployment alone; what is not there is off. */
export function flag(value: unknown): boolean | 'unknown' {
  if (value === undefined || value === null) return false;
  const known = isText(value) ? literal(value) : String(value);
  return known === undefined ? 'unknown' : known.toLowerCase() === 'true';
}

/** The number, `unknown` where only the deployment knows it, undefined where there is none. */
export function numberAt(value: unknown): number | 'unknown' | undefined {
  if (value === undefined || value === null) return undefined;
  const known = isText(value) ? literal(value) : String(value);
  if (known === undefined) return 'unknown';
  const number = Number(known);
  return Number.isFinite(number) ? number : 'unknown';
}

export function asText(value: unknown): Text | undefined {
  if (isText(value)) return value;
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
    ? text(String(value))
    : undefined;
}

/** The text at the path, or those of the list there. */
export function textsAt(value: unknown, ...keys: readonly string[]): readonly Text[] | undefined {
  const found = member(value, ...keys);
  if (found === undefined) return undefined;
  return listed(found).flatMap((one) => asText(one) ?? []);
}

/** The list, or the one value in its place. */
export function listed(value: unknown): readonly unknown[] {
  if (value === undefined || value === null) return [];
  return Array.isArray(value) ? (value as readonly unknown[]) : [value];
}

/** The list, and nothing in its place. */
export function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}
