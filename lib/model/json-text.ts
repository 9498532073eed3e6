/**
 * JSON written as text in a template, with values that only the deployment knows within its strings
 * (`Fn::Sub` of a policy, the calls of an AwsCustomResource).
 *
 * Where a hole stands is only certain when its value cannot end the string around it: names, ids
 * and the like contain no quotation mark, a hole that may be anything could rewrite the document.
 */
import { type Hole, type Part, type Text, text } from '../policy/text';
import { isList, isObject } from './json';
import { fromText, type Resolved } from './resolved';

/** Two characters that Unicode gives no meaning, for the place of a hole while the text is parsed. */
const [OPEN, CLOSE] = ['\uE000', '\uE001'];

/** @param lenient where a hole may be anything, take it to stay within its string: for reading, never for proving */
export function parseJsonText(t: Text, lenient = false): Resolved | undefined {
  const holes: Hole[] = [];
  const written: string[] = [];
  for (const part of t.parts) {
    if (typeof part === 'string') {
      if (part.includes(OPEN) || part.includes(CLOSE)) return undefined;
      written.push(part);
    } else {
      if (!lenient && !staysInString(part)) return undefined;
      written.push(`${OPEN}${holes.length}${CLOSE}`);
      holes.push(part);
    }
  }
  try {
    return restore(JSON.parse(written.join('')), holes);
  } catch {
    return undefined;
  }
}

function staysInString(hole: Hole): boolean {
  return hole.values === undefined ? hole.type !== 'any' : hole.values.every((v) => !/["\\\n]/.test(v));
}

function restore(value: unknown, holes: readonly Hole[]): Resolved {
  if (typeof value === 'string') return fromText(text(...pieces(value, holes)));
  if (isList(value)) return value.map((v) => restore(v, holes));
  // No policy and no call has a member of that name; a text has.
  if (isObject(value) && isList(value.parts)) return null;
  if (isObject(value)) return Object.fromEntries(Object.entries(value).map(([k, v]) => [k, restore(v, holes)]));
  return typeof value === 'number' || typeof value === 'boolean' ? value : null;
}

function pieces(value: string, holes: readonly Hole[]): readonly Part[] {
  return value.split(/\uE000(\d+)\uE001/).map((piece, i) => (i % 2 === 0 ? piece : (holes[Number(piece)] ?? piece)));
}
