/**
 * Text: a string of a rendered template, parts of which may be unknown until deployment.
 *
 * An unknown part is a *hole*: a variable with a type (which strings it may be) and an
 * identity (which other holes it can never equal). Holes are never replaced by invented
 * strings. A policy from plain JSON has no holes; the model makes them from intrinsics.
 */

/** The set of strings that a hole may stand for. */
export type HoleType =
  /** 12 digits. */
  | 'account'
  /** A region code: `[a-z0-9-]+`. */
  | 'region'
  /** `aws`, `aws-cn`, `aws-us-gov`, …: `aws(-[a-z]+)*`. */
  | 'partition'
  /** One or more characters, none of them `:` or `/`, nor a wildcard or `$` (a physical name, an id). */
  | 'segment'
  /**
   * Any string, the empty one included; where wildcards mean something, a pattern. Assumed not to
   * hold a policy variable (`${…}`), which no template passes through a parameter.
   */
  | 'any';

export interface Hole {
  /** Two holes with the same id have the same value, in every policy of one question. */
  readonly hole: string;
  readonly type: HoleType;
  /** When given, the value is one of these literals (AllowedValues of a parameter, a mapping). */
  readonly values?: readonly string[];
  /**
   * Two holes of one identity class but different ids never have the same value: both name
   * resources that the same deployment creates. Absent: the hole may equal any string of its type.
   */
  readonly identity?: string;
  /** As a person would name it: `Ref ReadRole in stack Partner`. */
  readonly label: string;
}

export type Part = string | Hole;

/** Parts in order; no two adjacent strings, no empty string (so `[]` is the empty text). */
export interface Text {
  readonly parts: readonly Part[];
}

export function isText(value: unknown): value is Text {
  return typeof value === 'object' && value !== null && Array.isArray((value as { parts?: unknown }).parts);
}

/** Builds a normal-form text: adjacent strings joined, empty ones dropped. */
export function text(...parts: readonly (Part | Text)[]): Text {
  const only = parts.length === 1 ? parts[0] : undefined;
  // Most texts are one plain string.
  if (typeof only === 'string') return { parts: only === '' ? [] : [only] };
  if (only !== undefined && isText(only)) return only;
  let length = 0;
  for (const part of parts) {
    if (typeof part === 'string' || !isText(part)) length = append(part, length);
    else for (const inner of part.parts) length = append(inner, length);
  }
  return { parts: gathered.slice(0, length) };
}

/** Where parts are gathered and then copied: V8 gives an array that grows room for sixteen parts more. */
const gathered: Part[] = [];

/** @returns how many parts there are now */
function append(part: Part, length: number): number {
  if (part === '') return length;
  const last = length === 0 ? undefined : gathered[length - 1];
  if (typeof part === 'string' && typeof last === 'string') gathered[length - 1] = last + part;
  else gathered[length++] = part;
  return length;
}

/** The string, iff the text has no hole. */
export function literal(t: Text): string | undefined {
  if (t.parts.length === 0) return '';
  return t.parts.length === 1 && typeof t.parts[0] === 'string' ? t.parts[0] : undefined;
}

/** For messages: holes as `${label}`. */
export function show(t: Text): string {
  return t.parts.map((p) => (typeof p === 'string' ? p : `\${${p.label}}`)).join('');
}

/** The text under an assignment of values to holes; a hole without a value stays, and so does a text without holes. */
export function substitute(t: Text, values: ReadonlyMap<string, string>): Text {
  if (t.parts.every((p) => typeof p === 'string' || !values.has(p.hole))) return t;
  return text(...t.parts.map((p) => (typeof p === 'string' ? p : (values.get(p.hole) ?? p))));
}

/** True iff a policy variable or an escaped wildcard may stand in the text, by the version. */
export function mentionsVariable(t: Text): boolean {
  return t.parts.some((p) => typeof p === 'string' && p.includes('${'));
}
