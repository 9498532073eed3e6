/**
 * What ARNs and patterns are sure to be, read from the left: how many colons they have, what stands after the fifth, and what
 * that begins with up to a wildcard or a hole that may be anything. Why that is enough is told in arn-index.ts.
 */
import { textKey } from '../model/text-key';
import { type Hole, mentionsVariable, type Part, type Text, text } from '../policy/text';

/** What a text is sure to begin with, in the alphabet of characters and letters, and what follows. */
export interface Prefix {
  /** Letters are encoded between control characters, as {@link textKey} does. */
  readonly sure: string;
  /** `end`: that is all of it. `open`: anything may follow. */
  readonly rest: 'end' | 'open';
}

/** As {@link textKey} encodes holes. */
export const LETTER = '\u0000';
export const LETTER_END = '\u0001';

/** True iff a wildcard stands in the segment that goes on at the position, so that it can read a letter. */
export function isCutAfter({ sure, rest }: Prefix, at: number): boolean {
  return rest === 'open' && !/[:/]/.test(sure.slice(at));
}

/**
 * The pattern with a wildcard for each policy variable: it reads whatever the variable stands for, or is as written in version
 * 2008, and the colons of a variable's name are none of the pattern's.
 */
export function withoutVariables(t: Text): Text {
  if (!mentionsVariable(t)) return t;
  const read: Part[] = [];
  let isName = false;
  for (const part of t.parts) {
    if (typeof part !== 'string') {
      if (!isName) read.push(part);
      continue;
    }
    for (let at = 0; at < part.length; ) {
      const [end, next] = isName ? ['}', 1] : ['${', 2];
      const to = part.indexOf(end, at);
      if (!isName) read.push(part.slice(at, to < 0 ? part.length : to));
      if (to < 0) break;
      if (!isName) read.push('*');
      isName = !isName;
      at = to + next;
    }
  }
  // Of what does not end nobody knows what it means.
  return isName ? text('*') : text(...read);
}

export function isWild(t: Text): boolean {
  return t.parts.some((p) => typeof p === 'string' && /[*?]|\$\{/.test(p));
}

/** How many colons every value of the text has; undefined when a hole may hold one. */
export function colonsOf(t: Text): number | undefined {
  let n = 0;
  for (const part of t.parts) {
    if (typeof part === 'string') {
      for (let i = part.indexOf(':'); i >= 0; i = part.indexOf(':', i + 1)) n++;
    } else if (mayHoldColon(part)) return undefined;
  }
  return n;
}

export function mayHoldColon(hole: Hole): boolean {
  return mayHold(':', hole);
}

/** Written out, a value is a pattern where it stands in one, and its wildcards read anything. */
export function mayHold(separator: string, { values, type }: Hole): boolean {
  return values?.some((v) => v.includes(separator) || /[*?]|\$\{/.test(v)) ?? type === 'any';
}

/** What stands after the fifth literal colon; undefined where there are fewer. */
export function tailOf(t: Text): readonly Part[] | undefined {
  let left = 5;
  for (let i = 0; i < t.parts.length; i++) {
    const part = t.parts[i]!;
    if (typeof part !== 'string') continue;
    for (let at = part.indexOf(':'); at >= 0; at = part.indexOf(':', at + 1)) {
      if (--left === 0)
        return at + 1 < part.length ? [part.slice(at + 1), ...t.parts.slice(i + 1)] : t.parts.slice(i + 1);
    }
  }
  return undefined;
}

/** `pattern`: wildcards and policy variables end what is sure. */
export function prefixOf(tail: readonly Part[], pattern: boolean): Prefix {
  let sure = '';
  for (const part of tail) {
    if (typeof part !== 'string') {
      if (!isLetter(part)) return { sure, rest: 'open' };
      sure += textKey({ parts: [part] });
      continue;
    }
    const stop = pattern ? part.search(/[*?]|\$\{/) : -1;
    if (stop >= 0) return { sure: sure + part.slice(0, stop), rest: 'open' };
    sure += part;
  }
  return { sure, rest: 'end' };
}

function isLetter(hole: Hole): boolean {
  return hole.identity !== undefined && hole.type === 'segment' && hole.values === undefined;
}
