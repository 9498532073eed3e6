/**
 * What intrinsics resolve to: template JSON in which every string that is not wholly known has
 * become a `Text` with holes. Everything that reads policies and properties reads these.
 */
import { type Hole, isText, literal, type Text, text } from '../policy/text';
import { canonical } from './json';

/** `AWS::NoValue`: the property or element is not there. */
export const NO_VALUE: unique symbol = Symbol('AWS::NoValue');

export type Resolved =
  | string
  | number
  | boolean
  | null
  | Text
  | typeof NO_VALUE
  | readonly Resolved[]
  | { readonly [key: string]: Resolved };

export type ResolvedObject = { readonly [key: string]: Resolved };

export function isResolvedList(value: Resolved): value is readonly Resolved[] {
  return Array.isArray(value);
}

export function isResolvedObject(value: Resolved | undefined): value is ResolvedObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !isText(value);
}

/** A value in the place of a string. Undefined for lists, objects and what is not there. */
export function toText(value: Resolved | undefined): Text | undefined {
  if (value === undefined || value === null || value === NO_VALUE) return undefined;
  if (isText(value)) return value;
  switch (typeof value) {
    case 'string':
      return text(value);
    case 'number':
    case 'boolean':
      return text(String(value));
    default:
      return undefined;
  }
}

/** A text without holes is the plain string, so that resolved JSON looks as if written by hand. */
export function fromText(t: Text): Resolved {
  return literal(t) ?? t;
}

export function literalString(value: Resolved | undefined): string | undefined {
  if (typeof value === 'string') return value;
  const t = toText(value);
  return t === undefined ? undefined : literal(t);
}

/** Text or list, as outputs have them; undefined for anything else. */
export function resolvedText(value: Resolved): Resolved | undefined {
  return toText(value) !== undefined || isResolvedList(value) ? value : undefined;
}

/** The value in the place of a list of strings; lists and objects within are left out. */
export function toTexts(value: Resolved | undefined): readonly Text[] {
  if (value === undefined) return [];
  const items: readonly Resolved[] = isResolvedList(value) ? value : [value];
  return items.flatMap((item) => toText(item) ?? []);
}

export function property(value: Resolved | undefined, ...keys: readonly string[]): Resolved | undefined {
  let current = value;
  for (const key of keys) {
    if (!isResolvedObject(current) || !Object.hasOwn(current, key)) return undefined;
    current = current[key];
  }
  return current;
}

/** A hole that may be anything; the expression identifies it, so that one expression has one value in its stack. */
export function unknownHole(stackId: string, expression: unknown, label: string): Hole {
  return { hole: `${stackId}:${canonical(expression)}`, type: 'any', label: `${label} in stack ${stackId}` };
}
