/**
 * A finite set of globs as one lazily determinised automaton over characters and letters.
 *
 * States are sets of positions in the globs (the subset construction); each is built when first
 * reached, interned, and its transitions cached, so an automaton that many questions share is
 * paid for once, until all automata together keep too many and forget theirs.
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
import { layOut, type Positions, type PositionToken } from './positions';
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

/** Most states lie on a stretch of literal text and have one way on, for which a map would be most of their size. */
interface MutableState extends State {
  readonly positions: readonly number[];
  firstSymbol: string | undefined;
  first: MutableState | undefined;
  others: Map<string, MutableState> | undefined;
}

let nextId = 0;

/** States that all automata may keep together; 40,000 take about 40 MB. */
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

export class Automaton {
  /** Unique in the process, for keys of memo tables. */
  readonly id = nextId++;
  /** Positions visited while building, the measure of work. */
  work = 0;
  /** False when every word is plain characters. */
  readonly hasLetters: boolean;
  private readonly globs: readonly Glob[];
  /** Laid out when first needed, and forgotten with the states. */
  private layout: Positions | undefined;
  private parts: readonly [Automaton, Automaton] | undefined;
  private readonly states = new Map<string, MutableState>();
  /** Those that are one position which reads one character, or nothing, by the position. */
  private readonly literals = new Map<number, MutableState>();
  private begin: State | undefined;
  /** A position from which every continuation is accepted, if there is one: it stands for all of them. */
  private total = -1;

  constructor(
    globs: readonly Glob[],
    private readonly mode: Mode,
    private readonly ignoreCase = false,
  ) {
    const satisfiable = globs.filter((glob) => !glob.some((t) => t.kind === 'never'));
    this.globs = ignoreCase ? satisfiable.map(folded) : satisfiable;
    this.hasLetters = this.globs.some((glob) => glob.some((t) => t.kind === 'letter'));
  }

  private get positions(): Positions {
    if (this.layout === undefined) {
      this.layout = layOut(this.globs);
      this.total = this.layout.tokens.findIndex((_, p) => this.isTotal(p));
    }
    return this.layout;
  }

  get start(): State {
    if (this.begin === undefined) {
      keeping.push(this);
      this.begin = this.intern(this.close(this.positions.starts));
    }
    return this.begin;
  }

  /** Drops every state; the next `start` builds anew. */
  forget(): void {
    this.states.clear();
    this.literals.clear();
    this.begin = undefined;
    this.layout = undefined;
  }

  step(state: State, symbol: AlphabetSymbol): State {
    const from = state as MutableState;
    const char = typeof symbol !== 'string' ? undefined : this.ignoreCase ? fold(symbol) : symbol;
    // The id of a letter has more than one character.
    const key = char ?? (symbol as Letter).id;
    const known = from.firstSymbol === key ? from.first : from.others?.get(key);
    if (known !== undefined) return known;
    const { positions } = from;
    const to = this.intern(
      this.close(char === undefined ? this.readLetter(positions, symbol as Letter) : this.readChar(positions, char)),
    );
    if (from.firstSymbol === undefined) {
      from.firstSymbol = key;
      from.first = to;
    } else {
      from.others ??= new Map();
      from.others.set(key, to);
    }
    return to;
  }

  /** How many globs the automaton is the union of. */
  get size(): number {
    return this.globs.length;
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
    let state = this.start;
    for (const symbol of word) {
      if (state.total || state.dead) break;
      state = this.step(state, symbol);
    }
    return state.accepting;
  }

  private tokenAt(p: number): PositionToken {
    return this.positions.tokens[p] as PositionToken;
  }

  private readChar(positions: readonly number[], char: string): number[] {
    const out: number[] = [];
    for (const p of positions) {
      const token = this.tokenAt(p);
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
      const token = this.tokenAt(p);
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
        // Empty reads: a fork or a star in the pattern, a star in the value.
        const here = this.tokenAt(p);
        if (here.kind === 'fork') for (const q of here.to) add(q, v);
        if (value[v]?.kind === 'star') add(p, v + 1);
        if (here.kind === 'star') add(p + 1, v);
      };
      for (const p of positions) add(p, 0);
      for (let item = queue.pop(); item !== undefined; item = queue.pop()) {
        const [p, v] = item;
        this.work++;
        if (v === value.length) reached.add(p);
        const given = value[v];
        const token = this.tokenAt(p);
        if (given === undefined || !this.meet(token, given)) continue;
        if (token.kind === 'letter' && (letter.segment || this.positions.alone.has(this.positions.runOf[p] as number)))
          continue;
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
  private meet(pattern: PositionToken, value: Token): boolean {
    if (pattern.kind === 'fork' || pattern.kind === 'never' || value.kind === 'never' || value.kind === 'letter')
      return false;
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
        let at: readonly number[] = positions;
        for (const char of value) at = this.close(this.readChar(at, this.ignoreCase ? fold(char) : char));
        return new Set(at);
      });
      const [first, ...rest] = ends;
      return first === undefined ? [] : [...first].filter((p) => rest.every((s) => s.has(p)));
    }
    const out: number[] = [];
    for (const p of positions) {
      const token = this.tokenAt(p);
      if (token.kind === 'star' && isWithin(letter, token.of)) out.push(p);
      if (token.kind === 'plus' && isWithin(letter, token.of) && letter.segment) out.push(p, p + 1);
    }
    return out;
  }

  /**
   * Adds what a star reaches by reading nothing; drops what a later full star of the same run
   * subsumes: every suffix accepted from an earlier position p is accepted from the star at q,
   * since a run from p must pass q. Where everything is accepted from now on, one state stands for
   * all of that, whichever globs led there: else a union would keep count of the globs it has matched.
   */
  private close(positions: readonly number[]): readonly number[] {
    const [only] = positions;
    if (positions.length < 2 && (only === undefined || isLiteral(this.tokenAt(only)))) {
      this.work += positions.length;
      return positions;
    }
    const all = new Set(positions);
    for (const p of all) {
      const token = this.tokenAt(p);
      if (token.kind === 'star') all.add(p + 1);
      else if (token.kind === 'fork') {
        for (const q of token.to) all.add(q);
        all.delete(p);
      }
    }
    const sorted = ascending([...all]);
    this.work += sorted.length;
    const out: number[] = [];
    let subsumed = -1;
    for (let i = sorted.length - 1; i >= 0; i--) {
      const p = sorted[i] as number;
      const run = this.positions.runOf[p] as number;
      if (run === subsumed) continue;
      if (this.isTotal(p)) return [this.total, this.total + 1];
      out.push(p);
      const token = this.tokenAt(p);
      if (token.kind === 'star' && token.of === 'any') subsumed = run;
    }
    return out.reverse();
  }

  /** True iff every continuation is accepted from the position: a full star that ends its glob. */
  private isTotal(p: number): boolean {
    const token = this.tokenAt(p);
    return token.kind === 'star' && token.of === 'any' && this.positions.ends[p + 1] === true;
  }

  private intern(positions: readonly number[]): MutableState {
    const [only] = positions;
    if (positions.length === 1 && isLiteral(this.tokenAt(only as number))) return this.internLiteral(only as number);
    const key = positions.join();
    const known = this.states.get(key);
    if (known !== undefined) return known;
    const chars: string[] = [];
    const letters = new Map<string, Letter>();
    let open = false;
    let total = false;
    let accepting = false;
    let leastColons = Number.POSITIVE_INFINITY;
    let mostColons = 0;
    for (const p of positions) {
      const token = this.tokenAt(p);
      leastColons = Math.min(leastColons, this.positions.leastColons[p] as number);
      mostColons = Math.max(mostColons, this.positions.mostColons[p] as number);
      if (this.positions.ends[p]) accepting = true;
      else if (token.kind === 'char') {
        for (const char of this.spellings(token.char)) if (!chars.includes(char)) chars.push(char);
      } else if (token.kind === 'letter') letters.set(token.letter.id, token.letter);
      else if (token.kind !== 'never') open = true;
      if (this.isTotal(p)) total = true;
    }
    const state = this.keep(positions, {
      accepting,
      total,
      chars: chars.length === 1 ? single(chars[0] as string) : chars,
      letters: letters.size === 0 ? NO_LETTERS : [...letters.values()],
      open,
      leastColons,
      mostColons,
    });
    this.states.set(key, state);
    return state;
  }

  /** Most states are one position on a stretch of literal text. */
  private internLiteral(position: number): MutableState {
    const known = this.literals.get(position);
    if (known !== undefined) return known;
    const token = this.tokenAt(position);
    const state = this.keep([position], {
      accepting: this.positions.ends[position] === true,
      total: false,
      chars: token.kind === 'char' ? this.spellings(token.char) : NO_CHARS,
      letters: NO_LETTERS,
      open: false,
      leastColons: this.positions.leastColons[position] as number,
      mostColons: this.positions.mostColons[position] as number,
    });
    this.literals.set(position, state);
    return state;
  }

  /** What reads as the character. */
  private spellings(char: string): readonly string[] {
    return this.ignoreCase ? [char, ...spellingsOf(char)] : single(char);
  }

  private keep(positions: readonly number[], facts: Omit<State, 'id' | 'dead'>): MutableState {
    statesKept++;
    return {
      id: this.states.size + this.literals.size,
      accepting: facts.accepting,
      total: facts.total,
      dead: positions.length === 0,
      chars: facts.chars,
      letters: facts.letters,
      open: facts.open,
      leastColons: facts.leastColons,
      mostColons: facts.mostColons,
      positions,
      firstSymbol: undefined,
      first: undefined,
      others: undefined,
    };
  }
}

/** Mostly they are in order already. */
function ascending(numbers: number[]): readonly number[] {
  for (let i = 1; i < numbers.length; i++) {
    if ((numbers[i] as number) < (numbers[i - 1] as number)) return numbers.sort((a, b) => a - b);
  }
  return numbers;
}

/** Reads one character and nothing less, so that its position is closed as it is. */
function isLiteral({ kind }: PositionToken): boolean {
  return kind === 'char' || kind === 'never';
}

const NO_LETTERS: readonly Letter[] = [];
const NO_CHARS: readonly string[] = [];
const singles = new Map<string, readonly string[]>();

/** One array for all states that read the same one character. */
function single(char: string): readonly string[] {
  let known = singles.get(char);
  if (known === undefined) {
    known = [char];
    singles.set(char, known);
  }
  return known;
}

function folded(glob: Glob): Glob {
  return glob.map((token) => (token.kind === 'char' ? { kind: 'char', char: fold(token.char) } : token));
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
