/**
 * A finite set of globs as one lazily determinised automaton over characters and letters.
 *
 * States are sets of positions in the globs (the subset construction); each is built when first
 * reached, interned, and its transitions cached, so an automaton that many questions share is
 * paid for once.
 *
 * Letters. Let σ give every hole its value. A concrete string s is *spelled* as a word: if s is
 * the value of a hole that stands alone in a pattern, the word is that hole's letter; otherwise
 * each maximal run without `:` and `/` that is the value of a hole expected at that place becomes
 * that hole's letter, and all else stays characters. Then
 *   (may)  if a pattern matches s under σ, the `may` automaton accepts the word, because a letter
 *          is read by a hole that may have its value, and by characters and wildcards whenever
 *          some value of the hole's type fits (`relate`);
 *   (must) if the `must` automaton accepts the word, the pattern matches s under σ, because a
 *          letter is read only by the same hole and by wildcards that take every value of its type.
 * So every request that exists under some σ has a word that all requirements accept and no
 * prohibition accepts: searching words misses nothing.
 */
import { type CharClass, type Glob, holeGlobs, inClass, type Mode, mayEqual, subclass, type Token } from './glob';
import type { Hole, Text } from './text';

/** A text as a word. */
export function symbolsOf(t: Text): readonly AlphabetSymbol[] {
  return t.parts.flatMap((p): readonly AlphabetSymbol[] => (typeof p === 'string' ? [...p] : [p]));
}

/** A character (one code point) or a hole read as a whole. */
export type AlphabetSymbol = string | Hole;

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
  readonly letters: readonly Hole[];
  /** True when some position reads a class of characters. */
  readonly open: boolean;
}

interface MutableState extends State {
  readonly positions: readonly number[];
  readonly next: Map<string | Hole, MutableState>;
}

let nextId = 0;

export class Automaton {
  readonly start: State;
  /** Unique in the process, for keys of memo tables. */
  readonly id = nextId++;
  /** Positions visited while building, the measure of work. */
  work = 0;
  private readonly tokens: Token[] = [];
  /** For each position, whether it is the end of its glob, and which glob that is. */
  private readonly ends: boolean[] = [];
  private readonly globOf: number[] = [];
  /** Globs that are one letter and nothing else. */
  private readonly alone = new Set<number>();
  private readonly states = new Map<string, MutableState>();

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
    this.start = this.intern(this.close(starts));
  }

  step(state: State, symbol: AlphabetSymbol): State {
    const from = state as MutableState;
    const key = this.ignoreCase && typeof symbol === 'string' ? fold(symbol) : symbol;
    const known = from.next.get(key);
    if (known !== undefined) return known;
    const to = this.intern(
      this.close(typeof key === 'string' ? this.readChar(from.positions, key) : this.readLetter(from.positions, key)),
    );
    from.next.set(key, to);
    return to;
  }

  accepts(word: string | readonly AlphabetSymbol[]): boolean {
    let state = this.start;
    for (let i = 0; i < word.length && !state.total && !state.dead; i++)
      state = this.step(state, word[i] as AlphabetSymbol);
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

  private readLetter(positions: readonly number[], hole: Hole): number[] {
    const named = positions.filter((p) => {
      const token = this.tokens[p] as Token;
      return (
        token.kind === 'letter' && (this.mode === 'may' ? mayEqual(token.hole, hole) : token.hole.hole === hole.hole)
      );
    });
    const through = this.mode === 'may' ? this.relate(positions, hole) : this.absorb(positions, hole);
    return [...named.map((p) => p + 1), ...through];
  }

  /**
   * Positions reachable from `positions` by reading *some* value of the hole, character by
   * character. Letters of the pattern take part only when the value can hold a delimiter: otherwise
   * the value is one whole segment, and a letter that reads it is `named` above.
   */
  private relate(positions: readonly number[], hole: Hole): number[] {
    const reached = new Set<number>();
    const nested = hole.type === 'any';
    for (const value of holeGlobs(hole)) {
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
        if (token.kind === 'letter' && (!nested || this.alone.has(this.globOf[p] as number))) continue;
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

  /** Positions at which *every* value of the hole can be read on the way: wildcards that take all of its type. */
  private absorb(positions: readonly number[], hole: Hole): number[] {
    if (hole.values !== undefined) {
      const ends = hole.values.map((value) => {
        let at = [...positions];
        for (const char of [...value]) at = this.close(this.readChar(at, this.ignoreCase ? fold(char) : char));
        return new Set(at);
      });
      const [first, ...rest] = ends;
      return first === undefined ? [] : [...first].filter((p) => rest.every((s) => s.has(p)));
    }
    const of = classOf(hole);
    const out: number[] = [];
    for (const p of positions) {
      const token = this.tokens[p] as Token;
      if (token.kind === 'star' && subclass(of, token.of)) out.push(p);
      if (token.kind === 'plus' && subclass(of, token.of) && hole.type !== 'any') out.push(p, p + 1);
    }
    return out;
  }

  /**
   * Adds what a star reaches by reading nothing; drops what a later full star of the same glob
   * subsumes: every suffix accepted from an earlier position p is accepted from the star at q,
   * since a run from p must pass q.
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
      out.push(p);
      const token = this.tokens[p] as Token;
      if (token.kind === 'star' && token.of === 'any') subsumed = glob;
    }
    return out.reverse();
  }

  private intern(positions: readonly number[]): MutableState {
    const key = positions.join();
    const known = this.states.get(key);
    if (known !== undefined) return known;
    const chars = new Set<string>();
    const letters = new Map<string, Hole>();
    let open = false;
    let total = false;
    let accepting = false;
    for (const p of positions) {
      const token = this.tokens[p] as Token;
      if (this.ends[p]) accepting = true;
      else if (token.kind === 'char') {
        chars.add(token.char);
        if (this.ignoreCase) chars.add(token.char.toUpperCase());
      } else if (token.kind === 'letter') letters.set(token.hole.hole, token.hole);
      else if (token.kind !== 'never') open = true;
      if (token.kind === 'star' && token.of === 'any' && this.ends[p + 1]) total = true;
    }
    const state: MutableState = {
      id: this.states.size,
      accepting,
      total,
      dead: positions.length === 0,
      chars: [...chars],
      letters: [...letters.values()],
      open,
      positions,
      next: new Map(),
    };
    this.states.set(key, state);
    return state;
  }
}

function classOf(hole: Hole): CharClass {
  switch (hole.type) {
    case 'account':
      return 'digit';
    case 'region':
      return 'region';
    case 'partition':
      return 'partition';
    case 'segment':
      return 'name';
    case 'any':
      return 'any';
  }
}

/** IAM compares actions, and the IgnoreCase operators compare values, by simple case folding. */
export function fold(value: string): string {
  return value.toLowerCase();
}
