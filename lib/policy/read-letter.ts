/**
 * What an automaton reads when it reads a letter: a symbol that stands for a value that is not known.
 * The argument is the lemmas of `automaton.ts`: in mode `may` whatever *some* value of the letter's type could
 * read, in mode `must` only what *every* value reads.
 */
import { fold } from './alphabet';
import type { Mode } from './glob';
import { isWithin, type Letter, literalValues, mayEqual } from './letter';
import type { Positions, PositionToken } from './positions';
import { inClass, type Token } from './token';

/** The automaton that reads. */
export interface Reader {
  readonly layout: Positions;
  readonly mode: Mode;
  readonly ignoreCase: boolean;
  /** Positions visited so far. */
  work: number;
  /** What is reached from the positions by reading the character. */
  afterChar(positions: readonly number[], char: string): readonly number[];
}

/** Positions after the letter, what they reach by reading nothing left out. */
export function readLetter(reader: Reader, positions: readonly number[], letter: Letter): readonly number[] {
  const { layout, mode } = reader;
  const named = positions.filter((p) => {
    const token = tokenAt(layout, p);
    if (token.kind !== 'letter') return false;
    return mode === 'may' ? mayEqual(token.letter, letter) : token.letter.id === letter.id;
  });
  const through = mode === 'may' ? relate(reader, positions, letter) : absorb(reader, positions, letter);
  return [...named.map((p) => p + 1), ...through];
}

function tokenAt({ tokens }: Positions, p: number): PositionToken {
  return tokens[p] as PositionToken;
}

/**
 * Positions reachable from `positions` by reading *some* value of the letter, character by
 * character. Letters of the pattern take part only when the value can hold a delimiter: otherwise
 * the value is one whole segment, and a letter that reads it is named by {@link readLetter}.
 */
function relate(reader: Reader, positions: readonly number[], letter: Letter): readonly number[] {
  const { layout, ignoreCase } = reader;
  const reached = new Set<number>();
  for (const value of letter.globs) {
    const seen = new Set<number>();
    const queue: [number, number][] = [];
    const add = (p: number, v: number): void => {
      const key = p * (value.length + 1) + v;
      if (seen.has(key)) return;
      seen.add(key);
      queue.push([p, v]);
      // Empty reads: a fork or a star in the pattern, a star in the value.
      const here = tokenAt(layout, p);
      if (here.kind === 'fork') for (const q of here.to) add(q, v);
      if (value[v]?.kind === 'star') add(p, v + 1);
      if (here.kind === 'star') add(p + 1, v);
    };
    for (const p of positions) add(p, 0);
    for (let item = queue.pop(); item !== undefined; item = queue.pop()) {
      const [p, v] = item;
      reader.work++;
      if (v === value.length) reached.add(p);
      const given = value[v];
      const token = tokenAt(layout, p);
      if (given === undefined || !meet(token, given, ignoreCase)) continue;
      if (token.kind === 'letter' && (letter.segment || layout.alone.has(layout.runOf[p] as number))) continue;
      const stays = token.kind === 'star' || token.kind === 'plus' || token.kind === 'letter';
      const repeats = given.kind === 'star' || given.kind === 'plus';
      if (token.kind !== 'star') add(p + 1, v + 1);
      if (stays) add(p, v + 1);
      if (repeats && token.kind !== 'star') add(p + 1, v);
      if (stays && repeats) add(p, v);
    }
  }
  return [...reached];
}

/** True unless no character can be read by both tokens. */
function meet(pattern: PositionToken, value: Token, ignoreCase: boolean): boolean {
  if (pattern.kind === 'fork' || pattern.kind === 'never' || value.kind === 'never' || value.kind === 'letter')
    return false;
  if (pattern.kind === 'letter') return true;
  if (value.kind === 'char') {
    const char = ignoreCase ? fold(value.char) : value.char;
    return pattern.kind === 'char' ? pattern.char === char : inClass(value.char, pattern.of);
  }
  if (pattern.kind !== 'char') return true; // all classes but digit and partition meet; reading on there only widens
  return inClass(pattern.char, value.of) || (ignoreCase && inClass(pattern.char.toUpperCase(), value.of));
}

/** Positions at which *every* value of the letter can be read on the way: wildcards that take all of its type. */
function absorb(reader: Reader, positions: readonly number[], letter: Letter): readonly number[] {
  const values = literalValues(letter);
  if (values !== undefined) {
    const ends = values.map((value) => {
      let at = positions;
      for (const char of value) at = reader.afterChar(at, char);
      return new Set(at);
    });
    const [first, ...rest] = ends;
    return first === undefined ? [] : [...first].filter((p) => rest.every((s) => s.has(p)));
  }
  const out: number[] = [];
  for (const p of positions) {
    const token = tokenAt(reader.layout, p);
    if (token.kind === 'star' && isWithin(letter, token.of)) out.push(p);
    if (token.kind === 'plus' && isWithin(letter, token.of) && letter.segment) out.push(p, p + 1);
  }
  return out;
}
