/**
 * A finite set of globs as one lazily determinised automaton over characters and letters.
 *
 * States are sets of positions in the globs (the subset construction); each is built when first
 * reached, interned, and its steps kept, so an automaton that many questions share is
 * paid for once, until all automata together keep too many and forget theirs.
 *
 * Letters (`letter.ts`). Let σ give every hole its value. A concrete string s is *spelled* as a
 * word: if s is the value of a letter that stands alone in a pattern, the word is that letter;
 * otherwise each maximal run without `:` and `/` that is the value of a letter expected at that place
 * becomes that letter, and all else stays characters. Then
 *   (may)  if a pattern matches s under σ, the `may` automaton accepts the word, because a letter
 *          is read by letters that may have its value, and by characters and wildcards whenever
 *          some value of its type fits (`relate` in `read-letter.ts`);
 *   (must) if the `must` automaton accepts the word, the pattern matches s under σ, because a
 *          letter is read only by the same letter and by wildcards that take every value of its type.
 * So every request that exists under some σ has a word that all requirements accept and no
 * prohibition accepts: searching words misses nothing.
 */
import { ASCII, bitOf, fold, spellingsOf } from './alphabet';
import { type Ending, endingsOf } from './endings';
import type { Mode } from './glob';
import type { AlphabetSymbol, Letter } from './letter';
import { NumberSet } from './number-set';
import { layOut, MANY, type Positions, type PositionToken } from './positions';
import { type Reader, readLetter } from './read-letter';
import { DEAD, type State, StateTable } from './state';
import { charToken, type Glob, inClass } from './token';

let nextId = 0;

/** States that all automata may keep together. */
const STATES_KEPT = 40_000;
let statesKept = 0;
/** Automata that keep states. */
const keeping: Automaton[] = [];

/** Called between searches, when nobody holds a state: bounds the memory that automata keep. */
export function forgetStates(most = STATES_KEPT): void {
  if (statesKept < most) return;
  for (const automaton of keeping) automaton.forget();
  keeping.length = 0;
  statesKept = 0;
}

export class Automaton implements Reader {
  /** Unique in the process, for keys of memo tables. */
  readonly id = nextId++;
  /** Positions visited while building, the measure of work. */
  work = 0;
  /** False when every word is plain characters. */
  readonly hasLetters: boolean;
  private readonly globs: readonly Glob[];
  private ends: readonly Ending[] | undefined;
  private parts: readonly [Automaton, Automaton] | undefined;
  /** Laid out when first needed, and forgotten with the states. */
  private built: StateTable | undefined;
  private begin: number | undefined;

  constructor(
    globs: readonly Glob[],
    readonly mode: Mode,
    readonly ignoreCase = false,
  ) {
    const satisfiable = globs.filter((glob) => !glob.some((t) => t.kind === 'never'));
    this.globs = ignoreCase ? satisfiable.map(folded) : satisfiable;
    this.hasLetters = this.globs.some((glob) => glob.some((t) => t.kind === 'letter'));
  }

  private get table(): StateTable {
    if (this.built === undefined) {
      keeping.push(this);
      this.built = new StateTable(layOut(this.globs), this.ignoreCase);
    }
    return this.built;
  }

  get layout(): Positions {
    return this.table.positions;
  }

  /** The states built so far, by their numbers. */
  get states(): readonly State[] {
    return this.table.states;
  }

  get start(): number {
    if (this.begin === undefined) {
      made.clear();
      for (const p of this.layout.starts) made.add(p);
      this.begin = this.intern();
    }
    return this.begin;
  }

  /** Drops every state; the next `start` builds anew. */
  forget(): void {
    this.built = undefined;
    this.begin = undefined;
  }

  /** The next state on a character; negative if it is not built, or not kept for such a character. */
  known(from: number, code: number): number {
    return (this.built as StateTable).step(from, code);
  }

  step(from: number, symbol: AlphabetSymbol): number {
    const { table } = this;
    if (typeof symbol !== 'string' || symbol >= '\x80') {
      // The id of a letter has more than one character.
      const key = typeof symbol === 'string' ? symbol : symbol.id;
      const known = table.stepBeyond(from, key);
      if (known >= 0) return known;
      const to = this.read(table, from, symbol);
      table.putStepBeyond(from, key, to);
      return to;
    }
    const code = symbol.charCodeAt(0);
    const known = table.step(from, code);
    if (known >= 0) return known;
    const to = this.read(table, from, symbol);
    table.putStep(from, code, to);
    return to;
  }

  private read(table: StateTable, from: number, symbol: AlphabetSymbol): number {
    const { positions } = table.states[from] as State;
    made.clear();
    if (typeof symbol === 'string') this.readChar(positions, symbol);
    else {
      const reached = readLetter(this, positions, symbol);
      made.clear();
      for (const p of reached) made.add(p);
    }
    return this.intern();
  }

  /** How many globs the automaton is the union of. */
  get size(): number {
    return this.globs.length;
  }

  /** The ways in which its words end. */
  get endings(): readonly Ending[] {
    this.ends ??= endingsOf(this.globs);
    return this.ends;
  }

  /** Two automata whose union this is; made once, so that questions share their states. */
  halves(): readonly [Automaton, Automaton] {
    const middle = this.globs.length >> 1;
    this.parts ??= [
      new Automaton(this.globs.slice(0, middle), this.mode, this.ignoreCase),
      new Automaton(this.globs.slice(middle), this.mode, this.ignoreCase),
    ];
    return this.parts;
  }

  accepts(word: string | readonly AlphabetSymbol[]): boolean {
    let at = this.start;
    const { states } = this;
    for (const symbol of word) {
      const { dead, total } = states[at] as State;
      if (dead || total) break;
      at = this.step(at, symbol);
    }
    return (states[at] as State).accepting;
  }

  /** Adds to {@link made} what is reached by reading the character. */
  private readChar(positions: readonly number[], symbol: string): void {
    const { tokens } = this.layout;
    const char = this.ignoreCase ? fold(symbol) : symbol;
    for (const p of positions) {
      const token = tokens[p] as PositionToken;
      if (token.kind === 'char') {
        if (token.char === char) made.add(p + 1);
      } else if (token.kind === 'one') {
        if (inClass(char, token.of)) made.add(p + 1);
      } else if (token.kind === 'star') {
        if (inClass(char, token.of)) made.add(p);
      } else if (token.kind === 'plus') {
        if (inClass(char, token.of)) {
          made.add(p);
          made.add(p + 1);
        }
      }
    }
  }

  afterChar(positions: readonly number[], char: string): readonly number[] {
    made.clear();
    this.readChar(positions, char);
    this.close();
    return made.toArray();
  }

  /**
   * Adds to {@link made} what a star reaches by reading nothing; drops what a later full star of the same run
   * subsumes: every suffix accepted from an earlier position p is accepted from the star at q,
   * since a run from p must pass q. Where everything is accepted from now on, one state stands for
   * all of that, whichever globs led there: else a union would keep count of the globs it has matched.
   */
  private close(): void {
    const { tokens, runOf, totals, total } = this.layout;
    for (let i = 0; i < made.size; i++) {
      const p = made.items[i] as number;
      const token = tokens[p] as PositionToken;
      if (token.kind === 'star') made.add(p + 1);
      else if (token.kind === 'fork') for (const q of token.to) made.add(q);
    }
    made.sort();
    const { items, size } = made;
    let kept = size;
    let subsumed = -1;
    for (let i = size - 1; i >= 0; i--) {
      const p = items[i] as number;
      const token = tokens[p] as PositionToken;
      if (token.kind === 'fork') continue;
      this.work++;
      if (runOf[p] === subsumed) continue;
      if (totals[p]) {
        made.clear();
        made.add(total);
        made.add(total + 1);
        return;
      }
      items[--kept] = p;
      if (token.kind === 'star' && token.of === 'any') subsumed = runOf[p] as number;
    }
    made.dropFirst(kept);
  }

  /** The state of the positions in {@link made} and of what they reach by reading nothing. */
  private intern(): number {
    if (made.size === 0) return DEAD;
    const { table } = this;
    const only = made.size === 1 ? (made.items[0] as number) : undefined;
    if (only !== undefined) {
      const known = table.ofPosition(only);
      if (known >= 0) {
        this.work++;
        return known;
      }
    }
    this.close();
    const found = table.find(made);
    const state = found >= 0 ? found : table.add(this.describe(made.toArray()));
    if (only !== undefined) table.putOfPosition(only, state);
    return state;
  }

  private describe(positions: readonly number[]): State {
    statesKept++;
    const { tokens, ends, totals, leastColons, mostColons, leastSymbols } = this.layout;
    const state = {
      positions,
      accepting: false,
      dead: false,
      total: false,
      chars: NO_CHARS,
      letters: NO_LETTERS,
      open: false,
      classes: 0,
      leastColons: MANY,
      mostColons: 0,
      leastSymbols: MANY,
    };
    const letters = this.hasLetters ? new Map<string, Letter>() : undefined;
    for (const p of positions) {
      const token = tokens[p] as PositionToken;
      state.leastColons = Math.min(state.leastColons, leastColons[p] as number);
      state.mostColons = Math.max(state.mostColons, mostColons[p] as number);
      state.leastSymbols = Math.min(state.leastSymbols, leastSymbols[p] as number);
      if (ends[p]) state.accepting = true;
      else if (token.kind === 'char') state.chars = union(state.chars, this.spellings(token.char));
      else if (token.kind === 'letter') letters?.set(token.letter.id, token.letter);
      else if (token.kind === 'one' || token.kind === 'star' || token.kind === 'plus') {
        state.open = true;
        state.classes |= bitOf(token.of);
        if (totals[p]) state.total = true;
      }
    }
    if (letters !== undefined && letters.size > 0) state.letters = [...letters.values()];
    return state;
  }

  /** Code points of what reads as the character. */
  private spellings(char: string): readonly number[] {
    return this.ignoreCase ? [char, ...spellingsOf(char)].map(codeOf) : single(codeOf(char));
  }
}

/** What an automaton reads; one state is made at a time. */
const made = new NumberSet();

const NO_LETTERS: readonly Letter[] = [];
const NO_CHARS: readonly number[] = [];
const singles = Array.from({ length: ASCII }, (_, code): readonly number[] => [code]);

/** One array for all states that read the same one character. */
function single(code: number): readonly number[] {
  return singles[code] ?? [code];
}

function codeOf(char: string): number {
  return char.codePointAt(0) as number;
}

function union(some: readonly number[], more: readonly number[]): readonly number[] {
  if (some.length === 0) return more;
  const fresh = more.filter((code) => !some.includes(code));
  return fresh.length === 0 ? some : [...some, ...fresh];
}

function folded(glob: Glob): Glob {
  return glob.map((token) => (token.kind === 'char' ? charToken(fold(token.char)) : token));
}
