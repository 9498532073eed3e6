/**
 * The states that an automaton has built, and its steps between them. A state is a number. The steps on ASCII
 * stand in a table with one column for each character that some glob names and one for the rest of each class
 * (`alphabet.ts`); most states lie on a stretch of literal text and have one step that leads on.
 */
import { ASCII_CLASSES, CLASS_COUNT, type ClassSet, FOLDED_CLASSES } from './alphabet';
import type { Letter } from './letter';
import { grown, hashOf, type NumberSet } from './number-set';
import { MANY, type Positions } from './positions';

/** What is known of a state. */
export interface State {
  readonly positions: readonly number[];
  readonly accepting: boolean;
  /** No position left: nothing is accepted from here. */
  readonly dead: boolean;
  /** True when every continuation is accepted: a trailing `*` has been reached. */
  readonly total: boolean;
  /** Code points of the characters that some position reads by name. */
  readonly chars: readonly number[];
  /** Letters that some position reads by name. */
  readonly letters: readonly Letter[];
  /** True when some position reads a class of characters. */
  readonly open: boolean;
  /** The classes that positions read. */
  readonly classes: ClassSet;
  /** Bounds on the colons that an accepted continuation holds, and on its length; for automata without letters. */
  readonly leastColons: number;
  readonly mostColons: number;
  readonly leastSymbols: number;
}

/** The number of the dead state. */
export const DEAD = 0;

export class StateTable {
  readonly states: State[] = [NOWHERE];
  /** The column of each ASCII character. */
  private readonly columns: Uint8Array;
  private readonly width: number;
  /** By state and column: the next state and one more, 0 where it is not known. */
  private steps: Int32Array<ArrayBuffer>;
  /** The same for letters and for characters beyond ASCII, by symbol and state. */
  private readonly others = new Map<string, Map<number, number>>();
  /** By position: the state of what is reached from it by reading nothing, and one more. */
  private readonly singles: Int32Array;
  /** States and one more, by the hash of their positions; open addressing. */
  private slots = new Int32Array(32);

  constructor(
    readonly positions: Positions,
    ignoreCase: boolean,
  ) {
    this.singles = new Int32Array(positions.tokens.length + 1);
    this.columns = (ignoreCase ? FOLDED_CLASSES : ASCII_CLASSES).slice();
    let width = CLASS_COUNT;
    for (const token of positions.tokens) {
      if (token.kind !== 'char' || token.char >= '\x80') continue;
      const code = token.char.charCodeAt(0);
      if ((this.columns[code] as number) >= CLASS_COUNT) continue;
      this.columns[code] = width++;
      // Characters are folded, so only the upper case is read like another.
      if (ignoreCase) this.columns[token.char.toUpperCase().charCodeAt(0)] = this.columns[code] as number;
    }
    this.width = width;
    this.steps = new Int32Array(8 * this.width);
  }

  /** The step on a character; negative where it is not known, or not ASCII. */
  step(from: number, code: number): number {
    const column = this.columns[code];
    return column === undefined ? -1 : (this.steps[from * this.width + column] as number) - 1;
  }

  putStep(from: number, code: number, to: number): void {
    this.steps[from * this.width + (this.columns[code] as number)] = to + 1;
  }

  /** The step on a letter, by its id, or on a character beyond ASCII; negative where it is not known. */
  stepBeyond(from: number, symbol: string): number {
    return this.others.get(symbol)?.get(from) ?? -1;
  }

  putStepBeyond(from: number, symbol: string, to: number): void {
    const steps = this.others.get(symbol);
    if (steps === undefined) this.others.set(symbol, new Map([[from, to]]));
    else steps.set(from, to);
  }

  /** The state of the one position and what it reaches by reading nothing; negative where it is not known. */
  ofPosition(position: number): number {
    return (this.singles[position] as number) - 1;
  }

  putOfPosition(position: number, state: number): void {
    this.singles[position] = state + 1;
  }

  /** The state of these positions; negative if there is none. */
  find(set: NumberSet): number {
    const mask = this.slots.length - 1;
    for (let at = hashOf(set.items, set.size) & mask; this.slots[at] !== 0; at = (at + 1) & mask) {
      const id = (this.slots[at] as number) - 1;
      if (set.equals((this.states[id] as State).positions)) return id;
    }
    return -1;
  }

  add(state: State): number {
    const id = this.states.push(state) - 1;
    if (this.states.length * this.width > this.steps.length) this.steps = grown(this.steps, 2 * this.steps.length);
    if (2 * this.states.length > this.slots.length) {
      this.slots = new Int32Array(2 * this.slots.length);
      for (let other = 1; other < id; other++) this.index(other);
    }
    this.index(id);
    return id;
  }

  private index(id: number): void {
    const { positions } = this.states[id] as State;
    const mask = this.slots.length - 1;
    let at = hashOf(positions, positions.length) & mask;
    while (this.slots[at] !== 0) at = (at + 1) & mask;
    this.slots[at] = id + 1;
  }
}

const NOWHERE: State = {
  positions: [],
  accepting: false,
  dead: true,
  total: false,
  chars: [],
  letters: [],
  open: false,
  classes: 0,
  leastColons: MANY,
  mostColons: 0,
  leastSymbols: MANY,
};
