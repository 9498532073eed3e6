/**
 * Sets of actions: exact over the catalogue's actions as bitsets, and as languages for the actions
 * that AWS adds later. Action patterns are compared without regard to case.
 */
import { Automaton } from './automaton';
import { type ActionNames, type Catalogue, PerCatalogue } from './catalogue';
import type { Selection } from './document';
import { compileGlob, literalPrefix } from './glob';
import { literal } from './text';
import type { Glob } from './token';

/**
 * A set of action ids, as bits: of the words of 32 actions only those between the first and the last that are not zero.
 * Words have a sign, as what `&` and `|` answer has: V8 keeps such numbers without an object for each.
 */
export class ActionSet {
  private static readonly EMPTY = new ActionSet(new Int32Array(0), 0);
  /** Behind the last word. */
  private readonly to: number;

  private constructor(
    private readonly words: Int32Array,
    /** The place of the first word. */
    private readonly from: number,
  ) {
    this.to = from + words.length;
  }

  /** @param place of the first of the words, before which and behind which all are zero */
  static of(words: Int32Array, place = 0): ActionSet {
    let from = 0;
    let to = words.length;
    while (from < to && words[from] === 0) from++;
    while (to > from && words[to - 1] === 0) to--;
    return from === to ? ActionSet.EMPTY : new ActionSet(words.slice(from, to), place + from);
  }

  static holding(actions: readonly number[]): ActionSet {
    const words = new Int32Array((Math.max(-1, ...actions) >> 5) + 1);
    for (const action of actions) words[action >>> 5] = (words[action >>> 5] as number) | (1 << (action & 31));
    return ActionSet.of(words);
  }

  static empty(): ActionSet {
    return ActionSet.EMPTY;
  }

  /** The actions that some of the sets hold. */
  static unionOf(sets: readonly ActionSet[]): ActionSet {
    let first = ActionSet.EMPTY;
    let [from, to] = [0, 0];
    let different = false;
    for (const set of sets) {
      if (set.isEmpty || set === first) continue;
      different = !first.isEmpty;
      from = different ? Math.min(from, set.from) : set.from;
      to = Math.max(to, set.to);
      if (!different) first = set;
    }
    if (!different) return first;
    const words = new Int32Array(to - from);
    for (const set of sets) set.addTo(words, from);
    return new ActionSet(words, from);
  }

  /** @param from the place of the first of the words */
  addTo(words: Int32Array, from = 0): void {
    const own = this.words;
    const shift = this.from - from;
    for (let i = 0; i < own.length; i++) words[i + shift] = (words[i + shift] as number) | (own[i] as number);
  }

  private word(i: number): number {
    return this.words[i - this.from] ?? 0;
  }

  has(action: number): boolean {
    return ((this.word(action >>> 5) >>> (action & 31)) & 1) === 1;
  }

  get isEmpty(): boolean {
    return this.words.length === 0;
  }

  /** True iff every action below `size` is in the set. */
  isAll(size: number): boolean {
    const rest = size & 31;
    for (let i = 0; i < size >>> 5; i++) if (this.word(i) !== -1) return false;
    return (this.word(size >>> 5) & lowest(rest)) === lowest(rest);
  }

  union(other: ActionSet): ActionSet {
    return ActionSet.unionOf([this, other]);
  }

  intersection(other: ActionSet): ActionSet {
    const first = this.firstCommon(other);
    if (first === undefined) return ActionSet.EMPTY;
    const from = first >>> 5;
    let to = Math.min(this.to, other.to);
    while ((this.word(to - 1) & other.word(to - 1)) === 0) to--;
    const words = this.words.slice(from - this.from, to - this.from);
    const others = other.words;
    const shift = from - other.from;
    for (let i = 0; i < words.length; i++) words[i] = (words[i] as number) & (others[i + shift] as number);
    return new ActionSet(words, from);
  }

  without(other: ActionSet): ActionSet {
    if (!this.meets(other)) return this;
    const words = this.words.slice();
    for (let i = 0; i < words.length; i++) words[i] = (words[i] as number) & ~other.word(i + this.from);
    return ActionSet.of(words, this.from);
  }

  meets(other: ActionSet): boolean {
    return this.firstCommon(other) !== undefined;
  }

  /** The smallest action in both sets. */
  firstCommon(other: ActionSet): number | undefined {
    const [mine, others] = [this.words, other.words];
    const [from, to] = [Math.max(this.from, other.from), Math.min(this.to, other.to)];
    for (let i = from - this.from, j = from - other.from; j < to - other.from; i++, j++) {
      const word = (mine[i] as number) & (others[j] as number);
      if (word !== 0) return (i + this.from) * 32 + (31 - Math.clz32(word & -word));
    }
    return undefined;
  }

  *[Symbol.iterator](): Generator<number> {
    for (let i = this.from; i < this.to; i++) {
      for (let word = this.word(i); word !== 0; word &= word - 1) yield i * 32 + (31 - Math.clz32(word & -word));
    }
  }
}

/** The word of its lowest bits, fewer than 32. */
function lowest(bits: number): number {
  return ~(-1 << bits);
}

/** A catalogue with what the engine derives from it, computed once. */
export class ActionIndex {
  private static readonly indexes = new PerCatalogue((catalogue) => new ActionIndex(catalogue));
  private readonly actions: ActionNames;
  /** Lower-cased names, made when they are asked for: most questions are about a few services. */
  private readonly lower: (string | undefined)[];
  private readonly patterns = new Map<string, ActionSet>();
  /** What was found for selections, by what is written in them: statements by the thousand select the same few. */
  private readonly written = new Map<string, Selected>();
  /** What was asked for by its name. */
  private readonly ids = new Map<string, number>();
  /** Where the actions of a service stand: from, and to before. */
  private readonly ranges = new Map<string, readonly [from: number, to: number]>();
  /** The same by themselves: statements that the model read once share them. */
  private readonly selections = new WeakMap<Selection, Selected>();

  private constructor(catalogue: Catalogue) {
    this.actions = catalogue.actions;
    this.lower = new Array(catalogue.actions.length);
  }

  /** The lower-cased name of an action. */
  private name(id: number): string {
    this.lower[id] ??= (this.actions.at(id) as string).toLowerCase();
    return this.lower[id] as string;
  }

  static of(catalogue: Catalogue): ActionIndex {
    return ActionIndex.indexes.of(catalogue);
  }

  idOf(name: string): number | undefined {
    const wanted = name.toLowerCase();
    let id = this.ids.get(wanted);
    if (id === undefined) {
      const [from, to] = this.rangeOf(wanted);
      const place = this.first(from, to, (name) => name >= wanted);
      id = place < to && this.name(place) === wanted ? place : NO_ACTION;
      if (this.ids.size >= PATTERNS_KEPT) this.ids.clear();
      this.ids.set(wanted, id);
    }
    return id === NO_ACTION ? undefined : id;
  }

  /** The known actions that the selection selects. */
  select(selection: Selection): ActionSet {
    return this.selected(selection).known;
  }

  selected(selection: Selection): Selected {
    let selected = this.selections.get(selection);
    if (selected === undefined) {
      const key = JSON.stringify([selection.not, ...selection.patterns.map(literal)]);
      selected = this.written.get(key);
      if (selected === undefined) {
        selected = { known: this.find(selection), future: findFuture(selection, this) };
        if (this.written.size >= SELECTIONS_KEPT) this.written.clear();
        this.written.set(key, selected);
      }
      this.selections.set(selection, selected);
    }
    return selected;
  }

  private find(selection: Selection): ActionSet {
    const words = new Int32Array(Math.ceil(this.actions.length / 32));
    for (const pattern of selection.patterns) {
      const plain = literal(pattern)?.toLowerCase();
      if (plain === undefined) continue; // the statement is opaque
      const id = this.idOf(plain);
      if (id !== undefined) {
        words[id >>> 5] = (words[id >>> 5] as number) | (1 << (id & 31));
      } else if (/[*?]/.test(plain)) {
        this.matching(plain).addTo(words);
      }
    }
    if (selection.not) {
      for (let i = 0; i < words.length; i++) words[i] = ~(words[i] as number);
      const rest = this.actions.length & 31;
      if (rest !== 0) words[words.length - 1] = (words[words.length - 1] as number) & lowest(rest);
    }
    return ActionSet.of(words);
  }

  private matching(pattern: string): ActionSet {
    const known = this.patterns.get(pattern);
    if (known !== undefined) return known;
    const glob = actionGlob(pattern);
    const words = new Int32Array(Math.ceil(this.actions.length / 32));
    const prefix = literalPrefix(glob);
    const rest = glob.slice(prefix.length);
    const anything = rest.length === 1 && rest[0]?.kind === 'star';
    const automaton = anything ? undefined : new Automaton([glob], 'may');
    const [begin, end] = this.rangeOf(prefix);
    const from = this.first(begin, end, (name) => name >= prefix);
    const to = this.first(from, end, (name) => !name.startsWith(prefix));
    for (let id = from; id < to; id++) {
      if (automaton === undefined || automaton.accepts(this.name(id)))
        words[id >>> 5] = (words[id >>> 5] as number) | (1 << (id & 31));
    }
    const set = ActionSet.of(words);
    if (this.patterns.size >= PATTERNS_KEPT) this.patterns.clear();
    this.patterns.set(pattern, set);
    return set;
  }

  /** Where the actions stand of the service that the name, or the beginning of one, says; all actions where it says none. */
  private rangeOf(name: string): readonly [from: number, to: number] {
    const colon = name.indexOf(':');
    if (colon < 0) return [0, this.actions.length];
    const service = name.slice(0, colon + 1);
    let range = this.ranges.get(service);
    if (range === undefined) {
      const from = this.first(0, this.actions.length, (other) => other >= service);
      range = [from, this.first(from, this.actions.length, (other) => !other.startsWith(service))];
      if (this.ranges.size >= PATTERNS_KEPT) this.ranges.clear();
      this.ranges.set(service, range);
    }
    return range;
  }

  /** The first action from `from` on whose name is so; once a name is, all after it are. `to` when none before it is. */
  private first(from: number, to: number, isSo: (name: string) => boolean): number {
    let low = from;
    let high = to;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (isSo(this.name(middle))) high = middle;
      else low = middle + 1;
    }
    return low;
  }
}

const NO_ACTION = -1;
/** A set of actions takes up to 3 kB. */
const PATTERNS_KEPT = 10_000;
const SELECTIONS_KEPT = 10_000;

function actionGlob(pattern: string): Glob {
  return compileGlob({ parts: [pattern] }, { mode: 'may', wildcards: 'glob', variables: false });
}

/**
 * The actions outside the catalogue that a selection names: its patterns with wildcards, and
 * the names that the catalogue does not know. For `NotAction` that is every action but these.
 */
export interface FutureActions {
  readonly not: boolean;
  readonly automaton: Automaton;
  /** Services that the patterns name literally; `undefined` when a pattern names any service. */
  readonly services: ReadonlySet<string> | undefined;
}

/** What a selection selects. */
export interface Selected {
  readonly known: ActionSet;
  readonly future: FutureActions | undefined;
}

export function futureActions(selection: Selection, index: ActionIndex): FutureActions | undefined {
  return index.selected(selection).future;
}

function findFuture(selection: Selection, index: ActionIndex): FutureActions | undefined {
  const patterns = selection.patterns
    .map((p) => literal(p)?.toLowerCase())
    .filter((p) => p !== undefined)
    .filter((p) => selection.not || index.idOf(p) === undefined);
  return patterns.length === 0 && !selection.not ? undefined : new FuturePatterns(selection.not, patterns);
}

class FuturePatterns implements FutureActions {
  readonly services: ReadonlySet<string> | undefined;
  private made: Automaton | undefined;

  constructor(
    readonly not: boolean,
    private readonly patterns: readonly string[],
  ) {
    const services = patterns.map((p) => /^([^*?:]+):/.exec(p)?.[1]);
    this.services = not || services.includes(undefined) ? undefined : new Set(services as string[]);
  }

  /** Most questions end before they come to it. */
  get automaton(): Automaton {
    this.made ??= new Automaton(this.patterns.map(actionGlob), 'may');
    return this.made;
  }
}
