/**
 * Emptiness with a witness: is there a word that every requirement accepts and no prohibition
 * accepts? The search is breadth-first (`product.ts`), so the word found is a shortest one, and a search
 * that comes to its end proves that there is none.
 *
 * First it is asked how words end (`endings.ts`). A requirement is a union of globs, and a union of entangled ones (two dozen ARN formats under nested
 * wildcards) can have exponentially many states where each alone has few. A search that takes long is
 * therefore divided: the requirement with most globs is halved, and a word of the whole is a word
 * of one half.
 */
import { type Automaton, forgetStates } from './automaton';
import { meet } from './endings';
import { type Budget, type Search, searchProduct } from './product';

export type { Budget, Search } from './product';

export interface Language {
  /** All must accept. */
  readonly required: readonly Automaton[];
  /** None may accept. */
  readonly forbidden: readonly Automaton[];
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
  if (!endsMeet(language.required, budget)) return { found: undefined };
  const widest = widestOf(language.required);
  if (widest === undefined) return searchWhole(language, budget, bounds);
  const isPair = widest.size === 2;
  // What was too much for a union is mostly too much for its halves; two globs are tried for as long as each would be.
  if (isPair || widest.size * 4 <= bounds.tooMany) {
    const given = Math.min(isPair ? 4 * bounds.undivided : bounds.undivided, budget.left);
    const own: Budget = { left: given };
    const whole = searchWhole(language, own, bounds);
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

function searchWhole({ required, forbidden }: Language, budget: Budget, bounds: Bounds): Search {
  forgetStates();
  return searchProduct([...required, ...forbidden], required.length, budget, bounds);
}

/** Pairs of endings beyond which the search itself is cheaper. */
const ENDINGS_COMPARED = 1_000;

/** False only if two requirements have no way to end a word in common. */
function endsMeet(required: readonly Automaton[], budget: Budget): boolean {
  if (required.some((a) => a.hasLetters || a.ignoreCase)) return true;
  return required.every((a, i) =>
    required.slice(0, i).every((b) => {
      if (a.endings.length * b.endings.length > ENDINGS_COMPARED) return true;
      budget.left--;
      return a.endings.some((x) => b.endings.some((y) => meet(x, y)));
    }),
  );
}

/** The requirement that is a union of most globs, if one is a union. */
function widestOf(required: readonly Automaton[]): Automaton | undefined {
  let widest: Automaton | undefined;
  for (const automaton of required) if (automaton.size > (widest?.size ?? 1)) widest = automaton;
  return widest;
}

/** True iff the word, read as plain characters, is accepted as {@link findWord} would accept it. */
export function accepts({ required, forbidden }: Language, word: string): boolean {
  return required.every((a) => a.accepts(word)) && !forbidden.some((a) => a.accepts(word));
}
