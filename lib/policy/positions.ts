/**
 * A set of globs laid out as positions, the raw states of the automaton: each position reads its
 * token and leads to the next one. Globs share what they begin with (the ARN formats of an action
 * differ only behind the account), so that a set of positions stays small while they agree: a `fork`
 * reads nothing and leads to the beginnings of the rests.
 *
 * A run is a stretch of positions without a fork. Shared beginnings end before the first wildcard
 * over all characters and before the first letter, because what the automaton says of a later
 * wildcard, or of a glob that is one letter alone, holds along one run.
 */
import { type Glob, sameToken, type Token } from './token';

export type PositionToken = Token | { readonly kind: 'fork'; readonly to: readonly number[] };

export interface Positions {
  readonly tokens: readonly PositionToken[];
  /** Whether the position is the end of a glob; it then reads nothing. */
  readonly ends: readonly boolean[];
  readonly runOf: readonly number[];
  /** Runs that are a glob of one letter and nothing else. */
  readonly alone: ReadonlySet<number>;
  readonly starts: readonly number[];
  /** Bounds on the colons between the position and the end of its glob, where there are no letters. */
  readonly leastColons: Int32Array;
  readonly mostColons: Int32Array;
  /** How many symbols the rest of its glob reads at least, where there are no letters. */
  readonly leastSymbols: Int32Array;
  /** From which positions every continuation is accepted: a wildcard over all that ends its glob; and the first of them, or -1. */
  readonly totals: readonly boolean[];
  readonly total: number;
}

/** More than any word has. */
export const MANY = 2 ** 30;

/** `globs` match something: none holds a `never`. */
export function layOut(globs: readonly Glob[]): Positions {
  const tokens: PositionToken[] = [];
  const ends: boolean[] = [];
  const runOf: number[] = [];
  const alone = new Set<number>();
  let runs = 0;
  const put = (token: PositionToken, run: number, end = false): number => {
    runOf.push(run);
    ends.push(end);
    return tokens.push(token) - 1;
  };

  /** Lays out the rests of globs behind `from`, which all of them share; returns where each kind of rest begins. */
  const lay = (rests: readonly Glob[], from: number): number[] => {
    const groups: Glob[][] = [];
    for (const rest of rests) {
      const first = rest[from];
      const group =
        first === undefined || !isShared(first)
          ? undefined
          : groups.find(([other]) => other?.[from] !== undefined && sameToken(other[from], first));
      if (group === undefined) groups.push([rest]);
      else group.push(rest);
    }
    return groups.map((group) => {
      const run = runs++;
      const [one] = group as [Glob];
      let at = from;
      let start: number | undefined;
      const next = (token: PositionToken, end = false): void => {
        const position = put(token, run, end);
        start ??= position;
      };
      if (group.length === 1) {
        for (; at < one.length; at++) next(one[at] as Token);
        if (from === 0 && one.length === 1) alone.add(run);
        next({ kind: 'never' }, true);
        return start as unknown as number;
      }
      do next(one[at++] as Token);
      while (
        one[at] !== undefined &&
        isShared(one[at] as Token) &&
        group.every((g) => g[at] !== undefined && sameToken(g[at] as Token, one[at] as Token))
      );
      const to: number[] = [];
      next({ kind: 'fork', to });
      to.push(...lay(group, at));
      return start as unknown as number;
    });
  };
  const starts = lay(globs, 0);

  const leastColons = new Int32Array(tokens.length);
  const mostColons = new Int32Array(tokens.length);
  const leastSymbols = new Int32Array(tokens.length);
  const totals = tokens.map((token, p) => token.kind === 'star' && token.of === 'any' && (ends[p + 1] as boolean));
  for (let p = tokens.length - 1; p >= 0; p--) {
    const token = tokens[p] as PositionToken;
    if (ends[p]) continue;
    if (token.kind === 'fork') {
      leastColons[p] = Math.min(...token.to.map((q) => leastColons[q] as number));
      mostColons[p] = Math.max(...token.to.map((q) => mostColons[q] as number));
      leastSymbols[p] = Math.min(...token.to.map((q) => leastSymbols[q] as number));
    } else {
      leastColons[p] = (leastColons[p + 1] as number) + (token.kind === 'char' && token.char === ':' ? 1 : 0);
      mostColons[p] = Math.min(MANY, (mostColons[p + 1] as number) + mostColonsOf(token));
      leastSymbols[p] = (leastSymbols[p + 1] as number) + (token.kind === 'star' ? 0 : 1);
    }
  }
  return {
    tokens,
    ends,
    runOf,
    alone,
    starts,
    leastColons,
    mostColons,
    leastSymbols,
    totals,
    total: totals.indexOf(true),
  };
}

function isShared(token: Token): boolean {
  return token.kind === 'char' || (token.kind !== 'letter' && token.kind !== 'never' && token.of !== 'any');
}

/** How many colons the token reads at most; only a colon itself reads one for certain. */
function mostColonsOf(token: Token): number {
  switch (token.kind) {
    case 'char':
      return token.char === ':' ? 1 : 0;
    case 'one':
      return token.of === 'any' ? 1 : 0;
    case 'star':
    case 'plus':
      return token.of === 'any' ? MANY : 0;
    case 'letter':
    case 'never':
      return MANY;
  }
}
