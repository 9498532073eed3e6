/**
 * Characters as automata see them: by code point, and in classes. No token tells characters of one class
 * apart but one that reads a character by name, so of those that nobody names one a class stands for all.
 */
import type { NumberSet } from './number-set';
import { type CharClass, inClass } from './token';

/** Code points below are ASCII: automata keep their steps in tables. */
export const ASCII = 128;

/** The members of each class that a search tries, pleasant ones first. */
const MEMBERS: readonly string[] = [
  'xabcdefghijklmnopqrstuvwyz',
  '1023456789',
  '-',
  'XABCDEFGHIJKLMNOPQRSTUVWYZ_.@=+,~%#!$&();<>[]^{|}` "\'\\*?é',
  '/',
  ':',
];

const CLASSES: readonly (readonly number[])[] = MEMBERS.map((m) => [...m].map((c) => c.codePointAt(0) as number));

/** How many there are. */
export const CLASS_COUNT = CLASSES.length;

/** The class of every character that no other class has: the only one with more members than are listed. */
const OTHERS = 3;

/** Where those are looked for that are left when a policy names all that are listed: characters without case. */
const FIRST_BEYOND = 0x4e00;

/** The class of each ASCII character. */
export const ASCII_CLASSES = Uint8Array.from({ length: ASCII }, (_, code) => {
  const at = CLASSES.findIndex((members) => members.includes(code));
  return at < 0 ? OTHERS : at;
});

/** The class of what each ASCII character folds to. */
export const FOLDED_CLASSES = ASCII_CLASSES.map(
  (_, code) => ASCII_CLASSES[String.fromCharCode(code).toLowerCase().charCodeAt(0)] as number,
);

const CHAR_CLASSES: readonly CharClass[] = ['any', 'no-colon', 'name', 'region', 'digit', 'partition'];

/** A set of classes that tokens read, as bits. */
export type ClassSet = number;

const BIT: Readonly<Record<CharClass, ClassSet>> = {
  any: 0,
  'no-colon': 1,
  name: 2,
  region: 4,
  digit: 8,
  partition: 16,
};

export function bitOf(of: CharClass): ClassSet {
  return BIT[of];
}

/**
 * For a set of classes that tokens read: of each class of characters the first one that all these tokens
 * read alike, so that one character of both is enough.
 */
const alikes: Uint8Array[] = [];

function alike(set: ClassSet): Uint8Array {
  let known = alikes[set];
  if (known === undefined) {
    const told = CHAR_CLASSES.filter((c) => (set & BIT[c]) !== 0);
    const read = MEMBERS.map(([first]) => told.map((c) => inClass(first as string, c)).join());
    known = Uint8Array.from(read, (r) => read.indexOf(r));
    alikes[set] = known;
  }
  return known;
}

/** Adds one character of each class that the tokens tell apart, if it has one that nobody names. */
export function addUnnamed(told: ClassSet, named: NumberSet, into: number[]): void {
  const classes = alike(told);
  let added = 0;
  for (let c = 0; c < CLASSES.length; c++) {
    const bit = 1 << (classes[c] as number);
    if ((added & bit) !== 0) continue;
    for (const code of CLASSES[c] as readonly number[]) {
      if (named.has(code)) continue;
      added |= bit;
      into.push(code);
      break;
    }
  }
  if ((added & (1 << (classes[OTHERS] as number))) !== 0) return;
  let code = FIRST_BEYOND;
  while (named.has(code)) code++;
  into.push(code);
}

/** IAM compares actions, and the IgnoreCase operators compare values, by simple case folding: one character to one. */
export function fold(char: string): string {
  const lower = char.toLowerCase();
  return isOne(lower) ? lower : char;
}

/** Of an ASCII letter no more than one character beyond ASCII is another case. */
const KELVIN = '\u212a';

/** What folds to the character, itself left out. */
export function spellingsOf(folded: string): readonly string[] {
  if (folded >= '\x80') {
    beyond ??= foldedBeyond();
    return beyond.get(folded) ?? [];
  }
  const upper = folded.toUpperCase();
  return [...(upper === folded ? [] : [upper]), ...(folded === fold(KELVIN) ? [KELVIN] : [])];
}

/** By what they fold to: some letters have three cases (`Ǆ`, `ǅ`, `ǆ`), some an upper case of two characters. */
let beyond: ReadonlyMap<string, readonly string[]> | undefined;

/** Of the planes that have letters with cases. */
function foldedBeyond(): ReadonlyMap<string, readonly string[]> {
  const all = new Map<string, string[]>();
  for (let code = ASCII; code < 0x20000; code++) {
    const char = String.fromCodePoint(code);
    const folded = fold(char);
    if (folded === char) continue;
    const others = all.get(folded);
    if (others === undefined) all.set(folded, [char]);
    else others.push(char);
  }
  return all;
}

function isOne(char: string): boolean {
  return char.length === 1 || [...char].length === 1;
}
