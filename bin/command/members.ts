/**
 * Members of JSON objects from users, read into types. A misspelt member must not be skipped: a
 * boundary that is left out changes the answer.
 */
import { editDistance } from '../../lib/policy/parse-value';
import { InputError } from './input-error';

export type JsonObject = Readonly<Record<string, unknown>>;

export function objectOf(value: unknown, at: string): JsonObject {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new InputError(`${at}: got ${shown(value)}, expected an object`);
  }
  return value as JsonObject;
}

export function arrayOf(value: unknown, at: string): readonly unknown[] {
  if (!Array.isArray(value)) throw new InputError(`${at}: got ${shown(value)}, expected an array`);
  return value;
}

export function stringOf(value: unknown, at: string, what: string): string {
  if (typeof value !== 'string' || value === '') throw new InputError(`${at}: got ${shown(value)}, expected ${what}`);
  return value;
}

/** Refuses every member outside `known`. */
export function onlyMembers(object: JsonObject, known: readonly string[], at: string): void {
  for (const name of Object.keys(object)) if (!known.includes(name)) throw unknownMember(name, known, at);
}

/** Lets a line carry members of its own, but refuses one that looks like a misspelling of ours. */
export function noMisspelling(object: JsonObject, known: readonly string[], at: string): void {
  for (const name of Object.keys(object)) {
    if (!known.includes(name) && nearest(name, known) !== undefined) throw unknownMember(name, known, at);
  }
}

function unknownMember(name: string, known: readonly string[], at: string): InputError {
  const near = nearest(name, known);
  const fix = near === undefined ? 'remove it' : `did you mean \`${near}\`?`;
  return new InputError(`${at}: unknown member \`${name.slice(0, 80)}\`, expected ${known.join(', ')}; ${fix}`);
}

/** The known name within a third of its length; one-letter names have no neighbours. */
function nearest(name: string, known: readonly string[]): string | undefined {
  return known.find((one) => editDistance(name.slice(0, 80).toLowerCase(), one.toLowerCase()) <= one.length / 3);
}

export function shown(value: unknown): string {
  if (value === undefined) return 'nothing';
  const json = JSON.stringify(value);
  return `\`${json.length > 80 ? `${json.slice(0, 77)}...` : json}\``;
}
