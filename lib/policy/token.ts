/** Tokens: what one position of a pattern reads. */
import type { Letter } from './letter';

/** Character classes that ARN slots, hole types and wildcards need. */
export type CharClass = 'any' | 'no-colon' | 'name' | 'region' | 'digit' | 'partition';

export type Token =
  | { readonly kind: 'char'; readonly char: string }
  /** Exactly one, zero or more, one or more characters of a class. */
  | { readonly kind: 'one' | 'star' | 'plus'; readonly of: CharClass }
  | { readonly kind: 'letter'; readonly letter: Letter }
  /** Matches nothing: an unknown part read in mode `must`. */
  | { readonly kind: 'never' };

export type Glob = readonly Token[];

/** True iff the two read the same. */
export function sameToken(a: Token, b: Token): boolean {
  switch (a.kind) {
    case 'char':
      return b.kind === 'char' && a.char === b.char;
    case 'one':
    case 'star':
    case 'plus':
      return b.kind === a.kind && a.of === b.of;
    case 'letter':
      return b.kind === 'letter' && a.letter.id === b.letter.id;
    case 'never':
      return b.kind === 'never';
  }
}

export function sameGlob(a: Glob, b: Glob): boolean {
  return a.length === b.length && a.every((token, i) => sameToken(token, b[i] as Token));
}

export function inClass(char: string, of: CharClass): boolean {
  switch (of) {
    case 'any':
      return true;
    case 'no-colon':
      return char !== ':';
    case 'name':
      return char !== ':' && char !== '/';
    case 'region':
      return (char >= 'a' && char <= 'z') || (char >= '0' && char <= '9') || char === '-';
    case 'digit':
      return char >= '0' && char <= '9';
    case 'partition':
      return (char >= 'a' && char <= 'z') || char === '-';
  }
}

/** True iff every character of class `a` is in class `b`. */
export function subclass(a: CharClass, b: CharClass): boolean {
  if (a === b || b === 'any') return true;
  const above: Record<CharClass, readonly CharClass[]> = {
    any: [],
    'no-colon': [],
    name: ['no-colon'],
    region: ['name', 'no-colon'],
    digit: ['region', 'name', 'no-colon'],
    partition: ['region', 'name', 'no-colon'],
  };
  return above[a].includes(b);
}

const ofChar = new Map<string, Token>();
const CHARACTERS_KEPT = 1_000;

/** Equal tokens are mostly one object, since policies hold millions of them. */
export function charToken(char: string): Token {
  let token = ofChar.get(char);
  if (token === undefined) {
    token = { kind: 'char', char };
    if (ofChar.size < CHARACTERS_KEPT) ofChar.set(char, token);
  }
  return token;
}

export function charTokens(value: string): Token[] {
  // Code points, as everywhere in the engine.
  return [...value].map(charToken);
}
