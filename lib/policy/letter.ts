/**
 * Letters: unknown parts of a text that are read as one symbol, and words made of them.
 *
 * A letter is a text that fills a whole segment between `:` and `/` (`⟨id⟩`, `logs-⟨id⟩`), holds at
 * least one hole and no wildcard, and whose values hold no delimiter; or one hole that is a whole
 * text. Its type is the set of its values. `automaton.ts` has the argument.
 */

import { type Hole, type Part, type Text, text } from './text';
import { type CharClass, charTokens, type Glob, inClass, subclass, type Token } from './token';

export interface Letter {
  /** Equal ids: equal values. */
  readonly id: string;
  readonly parts: readonly Part[];
  /** True iff no value holds `:` or `/`, and none is empty. */
  readonly segment: boolean;
  /** The values: the union of these. */
  readonly globs: readonly Glob[];
}

/** A character (one code point) or a letter. */
export type AlphabetSymbol = string | Letter;
export type Word = readonly AlphabetSymbol[];

const GLOBS_OF_ONE_LETTER = 64;

/** The parts as one letter; undefined when their values are too many to list. */
export function letterOf(parts: readonly Part[]): Letter | undefined {
  let globs: (readonly Token[])[] = [[]];
  for (const part of parts) {
    const choices = typeof part === 'string' ? [charTokens(part)] : holeGlobs(part);
    globs = globs.flatMap((glob) => choices.map((choice) => [...glob, ...choice]));
    if (globs.length > GLOBS_OF_ONE_LETTER) return undefined;
  }
  return {
    id: parts.map((p) => (typeof p === 'string' ? `'${p}` : `⟨${p.hole}`)).join('\u0000'),
    parts,
    segment: parts.every((p) => (typeof p === 'string' ? !/[:/]/.test(p) : staysInSegment(p))),
    globs,
  };
}

/** The values of a hole, as globs: their union is its type. */
export function holeGlobs(hole: Hole): readonly Glob[] {
  if (hole.values !== undefined) return hole.values.map(charTokens);
  switch (hole.type) {
    case 'account':
      return [Array.from({ length: 12 }, () => ({ kind: 'one', of: 'digit' }) as const)];
    case 'region':
      return [[{ kind: 'plus', of: 'region' }]];
    case 'partition':
      return [[{ kind: 'plus', of: 'partition' }]];
    case 'segment':
      return [[{ kind: 'plus', of: 'name' }]];
    case 'any':
      return [[{ kind: 'star', of: 'any' }]];
  }
}

/** True iff no value of the hole contains `:` or `/`, and none is empty. */
export function staysInSegment(hole: Hole): boolean {
  if (hole.values !== undefined) return hole.values.every((v) => v !== '' && !/[:/]/.test(v));
  return hole.type !== 'any';
}

/** False only if the two letters never have the same value. */
export function mayEqual(a: Letter, b: Letter): boolean {
  if (a.id === b.id) return true;
  const [startA, startB, endA, endB] = [
    a.parts[0],
    b.parts[0],
    a.parts[a.parts.length - 1],
    b.parts[b.parts.length - 1],
  ];
  if (
    typeof startA === 'string' &&
    typeof startB === 'string' &&
    !startA.startsWith(startB) &&
    !startB.startsWith(startA)
  )
    return false;
  if (typeof endA === 'string' && typeof endB === 'string' && !endA.endsWith(endB) && !endB.endsWith(endA))
    return false;
  if (a.parts.length !== b.parts.length) return true;
  // Alike but for one hole, whose two values differ: then so do the texts.
  const different: [Hole, Hole][] = [];
  for (let i = 0; i < a.parts.length; i++) {
    const [x, y] = [a.parts[i] as Part, b.parts[i] as Part];
    if (typeof x === 'string' || typeof y === 'string') {
      if (x !== y) return true;
    } else if (x.hole !== y.hole) different.push([x, y]);
  }
  const [first, ...more] = different;
  return first === undefined || more.length > 0 || holesMayEqual(...first);
}

function holesMayEqual(a: Hole, b: Hole): boolean {
  if (a.identity !== undefined && a.identity === b.identity) return false;
  if (a.values !== undefined && b.values !== undefined) return a.values.some((v) => b.values?.includes(v));
  return true;
}

/** True iff every character of every value is in the class. */
export function isWithin(letter: Letter, of: CharClass): boolean {
  return letter.globs.every((glob) =>
    glob.every((token) => {
      if (token.kind === 'char') return inClass(token.char, of);
      return token.kind !== 'letter' && token.kind !== 'never' && subclass(token.of, of);
    }),
  );
}

/** The values, when they are finitely many literals. */
export function literalValues({ globs }: Letter): readonly string[] | undefined {
  const out: string[] = [];
  for (const glob of globs) {
    let value = '';
    for (const token of glob) {
      if (token.kind !== 'char') return undefined;
      value += token.char;
    }
    out.push(value);
  }
  return out;
}

export function wordOf(plain: string): Word {
  return [...plain];
}

export function textOfWord(word: Word): Text {
  return text(...word.flatMap((symbol): readonly Part[] => (typeof symbol === 'string' ? [symbol] : symbol.parts)));
}

/** The string, iff the word has no letter. */
export function plainOf(word: Word): string | undefined {
  return word.every((symbol) => typeof symbol === 'string') ? word.join('') : undefined;
}
