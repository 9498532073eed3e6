/**
 * Keys and small operations on texts. Two texts with one key are the same string in every
 * deployment; texts with different keys may still be (a hole may take the other's value).
 */
import { type Hole, type Part, show, type Text, text } from '../policy/text';

/** Holes count by their id alone: everything else about a hole follows from it. */
export function textKey(t: Text): string {
  if (t.parts.length === 1 && typeof t.parts[0] === 'string') return t.parts[0];
  return t.parts.map((p) => (typeof p === 'string' ? p : `\u0000${p.hole}\u0001`)).join('');
}

/** Of the name of a role, user, group or managed policy: IAM has one of a name in an account, whatever its case. */
export function iamNameKey(name: Text): string {
  return textKey({ parts: name.parts.map((p) => (typeof p === 'string' ? p.toLowerCase() : p)) });
}

export function sameText(a: Text, b: Text): boolean {
  return textKey(a) === textKey(b);
}

/** For messages: on one line, and not too long for one. */
export function brief(t: Text): string {
  const line = show(t).replace(/\s+/g, ' ');
  return line.length <= 120 ? line : `${line.slice(0, 117)}...`;
}

/** The only part, iff it is a hole. */
export function onlyHole(t: Text): Hole | undefined {
  const [part] = t.parts;
  return t.parts.length === 1 && part !== undefined && typeof part !== 'string' ? part : undefined;
}

export function joinTexts(items: readonly Text[], delimiter: string): Text {
  return text(...items.flatMap((item, i): (Part | Text)[] => (i === 0 ? [item] : [delimiter, item])));
}

/**
 * Splits at every delimiter in the literal parts; undefined when a hole could hold a delimiter
 * itself, because then nobody knows how many pieces there are.
 */
export function splitText(t: Text, delimiter: string): readonly Text[] | undefined {
  const pieces: Text[] = [];
  // An array that grows takes room for many more; most pieces are of one part.
  let current: readonly Part[] = NOTHING;
  for (const part of t.parts) {
    if (typeof part !== 'string') {
      if (mayContain(part, delimiter)) return undefined;
      current = followed(current, part);
      continue;
    }
    let from = 0;
    for (let to = part.indexOf(delimiter); to >= 0; to = part.indexOf(delimiter, from)) {
      if (to > from) current = followed(current, part.slice(from, to));
      pieces.push({ parts: current });
      current = NOTHING;
      from = to + delimiter.length;
    }
    if (from < part.length) current = followed(current, from === 0 ? part : part.slice(from));
  }
  pieces.push({ parts: current });
  return pieces;
}

const NOTHING: readonly Part[] = [];

function followed(parts: readonly Part[], part: Part): readonly Part[] {
  return parts.length === 0 ? [part] : [...parts, part];
}

/** Longer delimiters could straddle a hole and its neighbour; only single characters are decided. */
function mayContain(hole: Hole, delimiter: string): boolean {
  if (delimiter.length !== 1) return true;
  if (hole.values !== undefined) return hole.values.some((v) => v.includes(delimiter));
  switch (hole.type) {
    case 'account':
      return /[0-9]/.test(delimiter);
    case 'region':
    case 'partition':
      return /[a-z0-9-]/.test(delimiter);
    case 'segment':
      return delimiter !== ':' && delimiter !== '/';
    case 'any':
      return true;
  }
}
