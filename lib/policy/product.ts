/**
 * Breadth-first search over the lazy product of automata, for a shortest word that all of some accept and none
 * of others. Product states are rows of numbers in the order in which they are met, so a layer is a range
 * of rows; the arrays serve one search after the other.
 *
 * At each product state only one character of every class that the automata can tell apart there needs to
 * be tried: characters that no automaton reads by name behave alike within a class, and classes that no automaton
 * reads apart behave alike too.
 */
import { addUnnamed } from './alphabet';
import type { Automaton } from './automaton';
import type { AlphabetSymbol, Letter, Word } from './letter';
import { grown, hashOf, NumberSet } from './number-set';
import type { State } from './state';

/** Work left for one question, counted in automaton positions visited; at 0 the answer is undecided. */
export interface Budget {
  left: number;
}

export interface Lengths {
  /** Symbols of the word: at least `least`, fewer than `below`. */
  readonly least: number;
  readonly below: number;
}

export type Search = { readonly found: Word } | { readonly found: undefined } | 'exhausted';

/** `automata`: the first `needed` must accept, the others must not. */
export function searchProduct(
  automata: readonly Automaton[],
  needed: number,
  budget: Budget,
  { least, below }: Lengths,
): Search {
  // Only of words without letters is it known what a rest must hold: a letter is read by several positions at once.
  const counts = automata.every((a) => !a.hasLetters);
  const next = Int32Array.of(...automata.map((a) => a.start), 0);
  const search = new Product(automata, needed, counts);
  if (!search.mayEnd(next, below)) return NONE;
  const { rows } = search;
  rows.clear(next.length);
  rows.add(next, -1, -1);
  for (let from = 0, to = 1, length = 0; from < to && length < below; length++) {
    if (length >= least) {
      for (let row = from; row < to; row++) if (search.accepts(row)) return { found: search.spell(row) };
    }
    // Words too short to count are kept apart by their length.
    next[automata.length] = Math.min(length + 1, least);
    for (let row = from; row < to; row++) {
      const symbols = search.symbolsAt(row);
      for (let s = 0; s < symbols; s++) {
        const symbol = search.symbols[s] as number;
        const leads = search.advance(row, symbol, next, budget);
        if (budget.left < 0) return 'exhausted';
        if (leads && search.mayEnd(next, below - length - 1)) rows.add(next, row, symbol);
      }
    }
    from = to;
    to = rows.size;
  }
  return NONE;
}

const NONE: Search = { found: undefined };

/** Letters are numbered from here, after all code points. */
const FIRST_LETTER = 0x110000;

class Product {
  /** What {@link symbolsAt} found: code points, and letters by their numbers. */
  readonly symbols: number[] = [];
  readonly rows = ROWS;
  private readonly states: readonly (readonly State[])[];
  private readonly letters: Letter[] = [];
  private readonly numbers = new Map<string, number>();

  constructor(
    private readonly automata: readonly Automaton[],
    private readonly needed: number,
    private readonly counts: boolean,
  ) {
    this.states = automata.map((a) => a.states);
  }

  private stateAt(row: number, automaton: number): State {
    return (this.states[automaton] as readonly State[])[this.rows.get(row, automaton)] as State;
  }

  accepts(row: number): boolean {
    for (let i = 0; i < this.automata.length; i++) {
      if (this.stateAt(row, i).accepting !== i < this.needed) return false;
    }
    return true;
  }

  /** Writes the states after the symbol; false when nothing can be accepted from there. */
  advance(row: number, symbol: number, next: Int32Array, budget: Budget): boolean {
    const { automata, rows, needed, states } = this;
    budget.left -= automata.length;
    for (let i = 0; i < automata.length; i++) {
      const automaton = automata[i] as Automaton;
      const from = rows.get(row, i);
      let to = automaton.known(from, symbol);
      if (to < 0) {
        const before = automaton.work;
        to = automaton.step(from, this.symbolOf(symbol));
        budget.left -= automaton.work - before;
      }
      const state = (states[i] as readonly State[])[to] as State;
      if (i < needed ? state.dead : state.total) return false;
      next[i] = to;
    }
    return true;
  }

  /**
   * False when the requirements cannot all be met by fewer than so many more symbols, or cannot agree on how many
   * colons are still to come: ARNs are told apart by their colons.
   */
  mayEnd(next: Int32Array, below: number): boolean {
    let least = 0;
    let most = Number.POSITIVE_INFINITY;
    for (let i = 0; i < this.needed; i++) {
      const state = (this.states[i] as readonly State[])[next[i] as number] as State;
      if (state.dead) return false;
      if (!this.counts) continue;
      if (state.leastSymbols >= below) return false;
      if (state.leastColons > least) least = state.leastColons;
      if (state.mostColons < most) most = state.mostColons;
    }
    return least <= most;
  }

  /** Finds the symbols that are worth trying; returns how many. */
  symbolsAt(row: number): number {
    const { symbols } = this;
    symbols.length = 0;
    let closed: State | undefined;
    let classes = 0;
    let letters = false;
    for (let i = 0; i < this.automata.length; i++) {
      const state = this.stateAt(row, i);
      classes |= state.classes;
      if (state.letters.length > 0) letters = true;
      // A requirement that reads only named characters decides which characters are worth trying.
      if (i < this.needed && !state.open && (closed === undefined || state.chars.length < closed.chars.length))
        closed = state;
    }
    if (closed !== undefined) for (const code of closed.chars) symbols.push(code);
    else this.addOpen(row, classes);
    if (letters) this.addLetters(row);
    return symbols.length;
  }

  /** Every character that some automaton names, after one of each class that they tell apart. */
  private addOpen(row: number, classes: number): void {
    NAMED.clear();
    for (let i = 0; i < this.automata.length; i++) for (const code of this.stateAt(row, i).chars) NAMED.add(code);
    addUnnamed(classes, NAMED, this.symbols);
    for (let i = 0; i < NAMED.size; i++) this.symbols.push(NAMED.items[i] as number);
  }

  private addLetters(row: number): void {
    LETTERS.clear();
    for (let i = 0; i < this.automata.length; i++)
      for (const letter of this.stateAt(row, i).letters) LETTERS.add(this.numberOf(letter));
    for (let i = 0; i < LETTERS.size; i++) this.symbols.push(FIRST_LETTER + (LETTERS.items[i] as number));
  }

  private numberOf(letter: Letter): number {
    let number = this.numbers.get(letter.id);
    if (number === undefined) {
      number = this.letters.push(letter) - 1;
      this.numbers.set(letter.id, number);
    }
    return number;
  }

  private symbolOf(symbol: number): AlphabetSymbol {
    return symbol < FIRST_LETTER ? String.fromCodePoint(symbol) : (this.letters[symbol - FIRST_LETTER] as Letter);
  }

  spell(row: number): Word {
    const out: AlphabetSymbol[] = [];
    for (let r = row; r > 0; r = this.rows.parents[r] as number) out.push(this.symbolOf(this.rows.via[r] as number));
    return out.reverse();
  }
}

const NAMED = new NumberSet();
const LETTERS = new NumberSet();

/** The product states that a search has met, each once. */
class Rows {
  size = 0;
  private width = 0;
  private cells = new Int32Array(1 << 12);
  /** From which row it was met first, and by which symbol. */
  parents = new Int32Array(1 << 10);
  via = new Int32Array(1 << 10);
  /** Rows and one more, by their hash; open addressing. */
  private slots = new Int32Array(1 << 11);
  private mask = 0;

  clear(width: number): void {
    if (this.cells.length > LARGEST_KEPT) {
      this.cells = new Int32Array(1 << 12);
      this.parents = new Int32Array(1 << 10);
      this.via = new Int32Array(1 << 10);
      this.slots = new Int32Array(1 << 11);
    }
    this.size = 0;
    this.width = width;
    this.mask = (1 << 8) - 1;
    this.slots.fill(0, 0, this.mask + 1);
  }

  get(row: number, column: number): number {
    return this.cells[row * this.width + column] as number;
  }

  add(cells: Int32Array, parent: number, symbol: number): void {
    const { width, mask } = this;
    let at = hashOf(cells, width) & mask;
    for (; this.slots[at] !== 0; at = (at + 1) & mask) if (this.isAt((this.slots[at] as number) - 1, cells)) return;
    const row = this.size++;
    if (row === this.parents.length) {
      this.parents = grown(this.parents, 2 * row);
      this.via = grown(this.via, 2 * row);
    }
    if ((row + 1) * width > this.cells.length) this.cells = grown(this.cells, 2 * this.cells.length);
    for (let i = 0; i < width; i++) this.cells[row * width + i] = cells[i] as number;
    this.parents[row] = parent;
    this.via[row] = symbol;
    this.slots[at] = row + 1;
    if (2 * this.size > mask) this.widen();
  }

  private isAt(row: number, cells: Int32Array): boolean {
    const start = row * this.width;
    for (let i = 0; i < this.width; i++) if (this.cells[start + i] !== cells[i]) return false;
    return true;
  }

  private widen(): void {
    const size = 2 * (this.mask + 1);
    this.mask = size - 1;
    if (size > this.slots.length) this.slots = new Int32Array(size);
    else this.slots.fill(0, 0, size);
    for (let row = 0; row < this.size; row++) {
      let at = hashOf(this.cells, this.width, row * this.width) & this.mask;
      while (this.slots[at] !== 0) at = (at + 1) & this.mask;
      this.slots[at] = row + 1;
    }
  }
}

/** Cells that are kept for the next search: a search may meet a million product states. */
const LARGEST_KEPT = 1 << 18;
const ROWS = new Rows();
