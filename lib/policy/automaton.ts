/**
 * A finite set of globs as one lazily determinised automaton over characters and letters.
 *
 * States are sets of positions in the globs (the subset construction); each is built when first
 * reached, interned, and its transitions cached, so an automaton that many questions share is
 * paid for once.
 *
 * Letters (`letter.ts`). Let σ give every hole its value. A concrete string s is *spelled* as a
 * word: if s is the value of a letter that stands alone in a pattern, the word is that letter;
 * otherwise each maximal run without `:` and `/` that is the value of a letter expected at that place
 * becomes that letter, and all else stays characters. Then
 *   (may)  if a pattern matches s under σ, the `may` automaton accepts the word, because a letter
 *          is read by letters that may have its value, and by characters and wildcards whenever
 *          some value of its type fits (`relate`);
 *   (must) if the `must` automaton accepts the word, the pattern matches s under σ, because a
 *          letter is read only by the same letter and by wildcards that take every value of its type.
 * So every request that exists under some σ has a word that all requirements accept and no
 * prohibition accepts: searching words misses nothing.
 */
import type { Mode } from './glob';
import { type AlphabetSymbol, isWithin, type Letter, literalValues, mayEqual } from './letter';
import { type Glob, inClass, type Token } from './token';

export interface State {
  readonly id: number;
  readonly accepting: boolean;
  /** True when every continuation is accepted: a trailing `*` has been reached. */
  readonly total: boolean;
  /** No position left: nothing is accepted from here. */
  readonly dead: boolean;
  /** Characters that some position reads by name. */
  readonly chars: readonly string[];
  /** Letters that some position reads by name. */
  readonly letters: readonly Letter[];
  /** True when some position reads a class of characters. */
  readonly open: boolean;
  /** Bounds on the colons that an accepted continuation holds; for automata without letters. */
  readonly leastColons: number;
  readonly mostColons: number;
}

interface MutableState extends State {
  readonly positions: readonly number[];
  readonly next: Map<string, MutableState>;
}

let nextId = 0;

export class Automaton {
  readonly start: State;
  /** Unique in the process, for keys of memo tables. */
  readonly id = nextId++;
  /** Positions visited while building, the measure of work. */
  work = 0;
  /** False when every word is plain characters. */
  readonly hasLetters: boolean;
  private readonly tokens: Token[] = [];
  /** For each position, bounds on the colons between it and the end of its glob. */
  private readonly leastColons: number[] = [];
  private readonly mostColons: number[] = [];
  /** For each position, whether it is the end of its glob, and which glob that is. */
  private readonly ends: boolean[] = [];
  private readonly globOf: number[] = [];
  /** Globs that are one letter and nothing else. */
  private readonly alone = new Set<number>();
  private readonly states = new Map<string, MutableState>();
  /** A position from which every continuation is accepted, if there is one: it stands for all of them. */
  private readonly total: number;

  constructor(
    globs: readonly Glob[],
    private readonly mode: Mode,
    private readonly ignoreCase = false,
  ) {
    const starts: number[] = [];
    globs.forEach((glob, g) => {
      if (glob.some((t) => t.kind === 'never')) return;
      starts.push(this.tokens.length);
      if (glob.length === 1) this.alone.add(g);
      for (const token of [...glob, { kind: 'never' } as const]) {
        this.tokens.push(ignoreCase && token.kind === 'char' ? { kind: 'char', char: fold(token.char) } : token);
        this.ends.push(token.kind === 'never');
        this.globOf.push(g);
      }
    });
    this.hasLetters = this.tokens.some((t) => t.kind === 'letter');
    for (let p = this.tokens.length - 1; p >= 0; p--) {
      const [least, most] = this.ends[p] ? [0, 0] : colonsOf(this.tokens[p] as Token);
      const rest = this.ends[p] ? [0, 0] : [this.leastColons[p + 1] as number, this.mostColons[p + 1] as number];
      this.leastColons[p] = least + (rest[0] as number);
      this.mostColons[p] = most + (rest[1] as number);
    }
    this.total = this.tokens.findIndex((_, p) => this.isTotal(p));
    this.start = this.intern(this.close(starts));
  }

  step(state: State, symbol: AlphabetSymbol): State {
    const from = state as MutableState;
    const char = typeof symbol !== 'string' ? undefined : this.ignoreCase ? fold(symbol) : symbol;
    // The id of a letter has more than one character.
    const key = char ?? (symbol as Letter).id;
    const known = from.next.get(key);
    if (known !== undefined) return known;
    const { positions } = from;
    const to = this.intern(
      this.close(char === undefined ? this.readLetter(positions, symbol as Letter) : this.readChar(positions, char)),
    );
    from.next.set(key, to);
    return to;
  }

  accepts(word: string | readonly AlphabetSymbol[]): boolean {
    let state = this.start;
    for (const symbol of word) {
      if (state.total || state.dead) break;
      state = this.step(state, symbol);
    }
    return state.accepting;
  }

  private readChar(positions: readonly number[], char: string): number[] {
    const out: number[] = [];
    for (const p of positions) {
      const token = this.tokens[p] as Token;
      if (token.kind === 'char') {
        if (token.char === char) out.push(p + 1);
      } else if (token.kind === 'one') {
        if (inClass(char, token.of)) out.push(p + 1);
      } else if (token.kind === 'star') {
        if (inClass(char, token.of)) out.push(p);
      } else if (token.kind === 'plus') {
        if (inClass(char, token.of)) out.push(p, p + 1);
      }
    }
    return out;
  }

  private readLetter(positions: readonly number[], letter: Letter): number[] {
    const named = positions.filter((p) => {
      const token = this.tokens[p] as Token;
      if (token.kind !== 'letter') return false;
      return this.mode === 'may' ? mayEqual(token.letter, letter) : token.letter.id === letter.id;
    });
    const through = this.mode === 'may' ? this.relate(positions, letter) : this.absorb(positions, letter);
    return [...named.map((p) => p + 1), ...through];
  }

  /**
   * Positions reachable from `positions` by reading *some* value of the letter, character by
   * character. Letters of the pattern take part only when the value can hold a delimiter: otherwise
   * the value is one whole segment, and a letter that reads it is `named` above.
   */
  private relate(positions: readonly number[], letter: Letter): number[] {
    const reached = new Set<number>();
    for (const value of letter.globs) {
      const seen = new Set<number>();
      const queue: [number, number][] = [];
      const add = (p: number, v: number): void => {
        const key = p * (value.length + 1) + v;
        if (seen.has(key)) return;
        seen.add(key);
        queue.push([p, v]);
        // Empty reads: a star in the value, a star in the pattern.
        if (value[v]?.kind === 'star') add(p, v + 1);
        if ((this.tokens[p] as Token).kind === 'star') add(p + 1, v);
      };
      for (const p of positions) add(p, 0);
      for (let item = queue.pop(); item !== undefined; item = queue.pop()) {
        const [p, v] = item;
        this.work++;
        if (v === value.length) reached.add(p);
        const given = value[v];
        const token = this.tokens[p] as Token;
        if (given === undefined || !this.meet(token, given)) continue;
        if (token.kind === 'letter' && (letter.segment || this.alone.has(this.globOf[p] as number))) continue;
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
  private meet(pattern: Token, value: Token): boolean {
    if (pattern.kind === 'never' || value.kind === 'never' || value.kind === 'letter') return false;
    if (pattern.kind === 'letter') return true;
    if (value.kind === 'char') {
      const char = this.ignoreCase ? fold(value.char) : value.char;
      return pattern.kind === 'char' ? pattern.char === char : inClass(value.char, pattern.of);
    }
    if (pattern.kind !== 'char') return true; // all classes but digit and partition meet; reading on there only widens
    return inClass(pattern.char, value.of) || (this.ignoreCase && inClass(pattern.char.toUpperCase(), value.of));
  }

  /** Positions at which *every* value of the letter can be read on the way: wildcards that take all of its type. */
  private absorb(positions: readonly number[], letter: Letter): number[] {
    const values = literalValues(letter);
    if (values !== undefined) {
      const ends = values.map((value) => {
        let at = [...positions];
        for (const char of value) at = this.close(this.readChar(at, this.ignoreCase ? fold(char) : char));
        return new Set(at);
      });
      const [first, ...rest] = ends;
      return first === undefined ? [] : [...first].filter((p) => rest.every((s) => s.has(p)));
    }
    const out: number[] = [];
    for (const p of positions) {
      const token = this.tokens[p] as Token;
      if (token.kind === 'star' && isWithin(letter, token.of)) out.push(p);
      if (token.kind === 'plus' && isWithin(letter, token.of) && letter.segment) out.push(p, p + 1);
    }
    return out;
  }

  /**
   * Adds what a star reaches by reading nothing; drops what a later full star of the same glob
   * subsumes: every suffix accepted from an earlier position p is accepted from the star at q,
   * since a run from p must pass q. Where everything is accepted from now on, one state stands for
   * all of that, whichever globs led there: else a union would keep count of the globs it has matched.
   */
  private close(positions: readonly number[]): number[] {
    const all = new Set(positions);
    for (const p of all) if ((this.tokens[p] as Token).kind === 'star') all.add(p + 1);
    const sorted = [...all].sort((a, b) => b - a);
    this.work += sorted.length;
    const out: number[] = [];
    let subsumed = -1;
    for (const p of sorted) {
      const glob = this.globOf[p] as number;
      if (glob === subsumed) continue;
      if (this.isTotal(p)) return [this.total, this.total + 1];
      out.push(p);
      const token = this.tokens[p] as Token;
      if (token.kind === 'star' && token.of === 'any') subsumed = glob;
    }
    return out.reverse();
  }

  /** True iff every continuation is accepted from the position: a full star that ends its glob. */
  private isTotal(p: number): boolean {
    const token = this.tokens[p] as Token;
    return token.kind === 'star' && token.of === 'any' && this.ends[p + 1] === true;
  }

  private intern(positions: readonly number[]): MutableState {
    const key = positions.join();
    const known = this.states.get(key);
    if (known !== undefined) return known;
    const chars = new Set<string>();
    const letters = new Map<string, Letter>();
    let open = false;
    let total = false;
    let accepting = false;
    let leastColons = Number.POSITIVE_INFINITY;
    let mostColons = 0;
    for (const p of positions) {
      const token = this.tokens[p] as Token;
      leastColons = Math.min(leastColons, this.leastColons[p] as number);
      mostColons = Math.max(mostColons, this.mostColons[p] as number);
      if (this.ends[p]) accepting = true;
      else if (token.kind === 'char') {
        chars.add(token.char);
        if (this.ignoreCase) for (const other of spellingsOf(token.char)) chars.add(other);
      } else if (token.kind === 'letter') letters.set(token.letter.id, token.letter);
      else if (token.kind !== 'never') open = true;
      if (this.isTotal(p)) total = true;
    }
    const state: MutableState = {
      id: this.states.size,
      accepting,
      total,
      dead: positions.length === 0,
      chars: [...chars],
      letters: [...letters.values()],
      open,
      leastColons,
      mostColons,
      positions,
      next: new Map(),
    };
    this.states.set(key, state);
    return state;
  }
}

/** How many colons the token reads, at least and at most. */
function colonsOf(token: Token): readonly [number, number] {
  if (token.kind === 'char') return token.char === ':' ? [1, 1] : [0, 0];
  if (token.kind === 'letter' || token.kind === 'never') return [0, Number.POSITIVE_INFINITY];
  if (token.of !== 'any') return [0, 0];
  return [0, token.kind === 'one' ? 1 : Number.POSITIVE_INFINITY];
}

/** Characters with the same lower case beside the upper case, such as the Kelvin sign. */
const THIRD_CASES = new Map(
  ['k\u212a', 'å\u212b', 'ω\u2126', 'θ\u03f4', 'ß\u1e9e'].map(([low, third]) => [low, third]),
);

/** What folds to the character, itself left out. */
function spellingsOf(folded: string): readonly string[] {
  const third = THIRD_CASES.get(folded);
  const upper = folded.toUpperCase();
  return [...(upper !== folded && [...upper].length === 1 ? [upper] : []), ...(third === undefined ? [] : [third])];
}

/** IAM compares actions, and the IgnoreCase operators compare values, by simple case folding. */
export function fold(value: string): string {
  return value.toLowerCase();
}
