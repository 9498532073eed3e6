/**
 * Emptiness with a witness: is there a word that every requirement accepts and no prohibition
 * accepts? Breadth-first over the lazy product of the deterministic automata, so the word found
 * is a shortest one, and an exhausted search proves that there is none.
 *
 * At each product state only one character of every class that the automata can tell apart there
 * needs to be tried: characters that no automaton reads by name behave alike within a class.
 *
 * ARNs are told apart by their colons, so words without letters are also cut short by counting: once
 * one requirement needs more colons than another can still read, no word leads to acceptance.
 *
 * A requirement is a union of globs, and a union of entangled ones (two dozen ARN formats under nested
 * wildcards) can have exponentially many states where each alone has few. A search that takes long is
 * therefore divided: the requirement with most globs is halved, and a word of the whole is a word
 * of one half.
 */
import { type Automaton, forgetStates, type State } from './automaton';
import type { AlphabetSymbol, Letter, Word } from './letter';

export interface Language {
  /** All must accept. */
  readonly required: readonly Automaton[];
  /** None may accept. */
  readonly forbidden: readonly Automaton[];
}

export type Search = { readonly found: Word } | { readonly found: undefined } | 'exhausted';

/** Work left for one question, counted in automaton positions visited; at 0 the answer is undecided. */
export interface Budget {
  left: number;
}

interface Node {
  readonly states: readonly State[];
  readonly symbol: AlphabetSymbol | undefined;
  readonly parent: Node | undefined;
}

/** Work after which a search is divided, if it can be. */
const UNDIVIDED = 5_000;

/** Finds a shortest word of at least `least` symbols (default 0). */
export function findWord(language: Language, budget: Budget, least = 0, undivided = UNDIVIDED): Search {
  return search(language, budget, {
    least,
    below: Number.POSITIVE_INFINITY,
    undivided,
    tooMany: Number.POSITIVE_INFINITY,
  });
}

interface Bounds {
  /** Symbols of the word: at least `least`, fewer than `below`. */
  readonly least: number;
  readonly below: number;
  readonly undivided: number;
  /** Globs of the union that was too much for an undivided search. */
  readonly tooMany: number;
}

function search(language: Language, budget: Budget, bounds: Bounds): Search {
  const widest = widestOf(language.required);
  if (widest === undefined) return searchProduct(language, budget, bounds);
  const isPair = widest.size === 2;
  // What was too much for a union is mostly too much for its halves; two globs are tried for as long as each would be.
  if (isPair || widest.size * 4 <= bounds.tooMany) {
    const given = Math.min(isPair ? 4 * bounds.undivided : bounds.undivided, budget.left);
    const own: Budget = { left: given };
    const whole = searchProduct(language, own, bounds);
    budget.left -= given - own.left;
    if (whole !== 'exhausted' || budget.left < 0) return whole;
    bounds = { ...bounds, tooMany: widest.size };
  }
  const [first, second] = widest.halves();
  const within = (half: Automaton): Language => ({
    ...language,
    required: language.required.map((a) => (a === widest ? half : a)),
  });
  const one = search(within(first), budget, bounds);
  const shorter = one !== 'exhausted' && one.found !== undefined ? one.found.length : bounds.below;
  const other = search(within(second), budget, { ...bounds, below: shorter });
  // A word is a word, although the half that ran out of budget might have a shorter one.
  const found = [other, one].find((s) => s !== 'exhausted' && s.found !== undefined);
  return found ?? (one === 'exhausted' || other === 'exhausted' ? 'exhausted' : { found: undefined });
}

/** The requirement that is a union of most globs, if one is a union. */
function widestOf(required: readonly Automaton[]): Automaton | undefined {
  let widest: Automaton | undefined;
  for (const automaton of required) if (automaton.size > (widest?.size ?? 1)) widest = automaton;
  return widest;
}

function searchProduct({ required, forbidden }: Language, budget: Budget, { least, below }: Bounds): Search {
  forgetStates();
  const automata = [...required, ...forbidden];
  const needed = required.length;
  const countColons = automata.every((a) => !a.hasLetters);
  const start: Node = { states: automata.map((a) => a.start), symbol: undefined, parent: undefined };
  if (start.states.some((s, i) => i < needed && s.dead)) return { found: undefined };
  const seen = new Set<string | number>([stateKey(start.states)]);
  let layer: Node[] = [start];
  for (let length = 0; layer.length > 0 && length < below; length++) {
    const next: Node[] = [];
    for (const node of layer) {
      if (length >= least && node.states.every((s, i) => s.accepting === i < needed)) return { found: spell(node) };
    }
    for (const node of layer) {
      for (const symbol of symbolsAt(node.states, needed)) {
        const states = advance(automata, node.states, symbol, needed, budget);
        if (budget.left < 0) return 'exhausted';
        if (states === undefined || (countColons && !colonsSuffice(states, needed))) continue;
        const key = length + 1 < least ? `${length}:${stateKey(states)}` : stateKey(states);
        if (seen.has(key)) continue;
        seen.add(key);
        next.push({ states, symbol, parent: node });
      }
    }
    layer = next;
  }
  return { found: undefined };
}

function advance(
  automata: readonly Automaton[],
  from: readonly State[],
  symbol: AlphabetSymbol,
  needed: number,
  budget: Budget,
): State[] | undefined {
  const states: State[] = new Array(from.length);
  budget.left -= from.length;
  for (let i = 0; i < from.length; i++) {
    const automaton = automata[i] as Automaton;
    const before = automaton.work;
    const to = automaton.step(from[i] as State, symbol);
    budget.left -= automaton.work - before;
    if (i < needed ? to.dead : to.total) return undefined;
    states[i] = to;
  }
  return states;
}

/** False when the requirements cannot agree on how many colons are still to come. */
function colonsSuffice(states: readonly State[], needed: number): boolean {
  let least = 0;
  let most = Number.POSITIVE_INFINITY;
  for (let i = 0; i < needed; i++) {
    const state = states[i] as State;
    if (state.leastColons > least) least = state.leastColons;
    if (state.mostColons < most) most = state.mostColons;
  }
  return least <= most;
}

/** One value for each combination of states: a number where the ids fit into one. */
function stateKey(states: readonly State[]): string | number {
  const base = BASES[states.length] ?? 0;
  let number = 0;
  for (const { id } of states) {
    if (id >= base) return states.map((s) => s.id).join();
    number = number * base + id;
  }
  return number;
}

/** By how many ids there are: how many values each may have. */
const BASES = [0, 1, 2, 3, 4, 5, 6].map((ids) => Math.floor(Number.MAX_SAFE_INTEGER ** (1 / ids)));

function spell(node: Node): Word {
  const out: AlphabetSymbol[] = [];
  for (let n: Node | undefined = node; n?.symbol !== undefined; n = n.parent) out.push(n.symbol);
  return out.reverse();
}

/** One representative of each class of characters that no automaton reads by name, pleasant ones first. */
const CLASSES: readonly string[] = [
  'xabcdefghijklmnopqrstuvwyz',
  '1023456789',
  '-',
  'XABCDEFGHIJKLMNOPQRSTUVWYZ_.@=+,~%#!$&();<>[]^{|}` "\'\\*?é',
  '/',
  ':',
];

const NO_LETTERS: ReadonlyMap<string, Letter> = new Map();

function symbolsAt(states: readonly State[], needed: number): readonly AlphabetSymbol[] {
  let letters = NO_LETTERS;
  let closed: State | undefined;
  for (let i = 0; i < states.length; i++) {
    const state = states[i] as State;
    if (state.letters.length > 0)
      letters = new Map([...letters, ...state.letters.map((letter) => [letter.id, letter] as const)]);
    // A requirement that reads only named characters decides which characters are worth trying.
    if (i < needed && !state.open && (closed === undefined || state.chars.length < closed.chars.length)) closed = state;
  }
  if (closed !== undefined) return letters.size === 0 ? closed.chars : [...closed.chars, ...letters.values()];
  const chars = new Set<string>();
  for (const state of states) for (const char of state.chars) chars.add(char);
  const out: AlphabetSymbol[] = [];
  for (const members of CLASSES) {
    for (const char of members) {
      if (!chars.has(char)) {
        out.push(char);
        break;
      }
    }
  }
  return [...out, ...chars, ...letters.values()];
}

/** True iff the word, read as plain characters, is accepted as {@link findWord} would accept it. */
export function accepts({ required, forbidden }: Language, word: string): boolean {
  return required.every((a) => a.accepts(word)) && !forbidden.some((a) => a.accepts(word));
}
