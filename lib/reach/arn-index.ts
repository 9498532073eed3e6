/**
 * Which ARNs a resource pattern can mean, without asking the engine about each: the sieve before
 * every decision of reach. It may let too many through, never too few: the engine decides over
 * what is left, so a candidate too many costs time and a candidate too few would cost soundness.
 *
 * The argument. An indexed ARN has a fixed number c of colons. A pattern with c literal colons (those in the name of a policy
 * variable are none) that matches it pairs its colons with the ARN's in order, so what stands after the fifth matches
 * what stands after the ARN's fifth (the tail). A pattern with fewer needs a wildcard that reads
 * a colon, and gets everything; one with more matches nothing. Tails are compared by what both
 * are sure to begin with. A hole in a tail is one *letter* when it is a name that AWS generates
 * for a resource of the templates: such a name is no other resource's, and nobody writes it down, so
 * that only a wildcard may mean it. Any other hole may be anything, and ends what is sure.
 */
import type { Selection } from '../policy/document';
import { literal, type Text } from '../policy/text';
import {
  colonsOf,
  isCutAfter,
  isWild,
  LETTER,
  LETTER_END,
  type Prefix,
  prefixOf,
  tailOf,
  withoutVariables,
} from './arn-beginnings';

/** Entries whose tails begin alike up to their first hole. */
interface Bucket<T> {
  readonly prefix: string;
  readonly all: T[];
  /** By that hole, where it is a letter. */
  readonly byLetter: Map<string, T[]>;
  /** Where it is not. */
  readonly open: T[];
}

interface Group<T> {
  readonly all: T[];
  readonly whole: Map<string, T[]>;
  /** Sorted by prefix when `sorted`. */
  readonly literals: { readonly tail: string; readonly entry: T }[];
  readonly buckets: Map<string, Bucket<T>>;
  /** The buckets by prefix, sorted, and the lengths that prefixes have: two ways into them. */
  readonly ordered: { readonly tail: string; readonly entry: Bucket<T> }[];
  readonly lengths: Set<number>;
}

/** Sorted out when it is first asked: of many kinds of entries nobody asks. */
export class ArnIndex<T> {
  private readonly groups = new Map<number, Group<T>>();
  /** Without an ARN, or with one whose colons cannot be counted. */
  private readonly loose: T[] = [];
  private sorted = false;

  constructor(
    readonly all: readonly T[],
    private readonly arnOf: (entry: T) => Text | undefined,
  ) {}

  private sort(): void {
    this.sorted = true;
    for (const entry of this.all) this.add(entry, this.arnOf(entry));
    const byTail = (a: { tail: string }, b: { tail: string }): number =>
      a.tail < b.tail ? -1 : a.tail > b.tail ? 1 : 0;
    for (const group of this.groups.values()) {
      group.literals.sort(byTail);
      group.ordered.sort(byTail);
    }
  }

  /** Every entry whose ARN the selection may select, and possibly more. */
  candidates(selection: Selection | undefined): Iterable<T> {
    if (selection === undefined || selection.not) return this.all;
    const [only] = selection.patterns;
    if (selection.patterns.length === 1 && only !== undefined) return this.matching(only);
    const found = new Set<T>();
    for (const pattern of selection.patterns) {
      const some = this.matching(pattern);
      if (some === this.all) return this.all;
      for (const entry of some) found.add(entry);
    }
    return found;
  }

  private add(entry: T, arn: Text | undefined): void {
    const colons = arn === undefined ? undefined : colonsOf(arn);
    const tail = arn === undefined || colons === undefined ? undefined : tailOf(arn);
    if (colons === undefined || tail === undefined) {
      this.loose.push(entry);
      return;
    }
    let group = this.groups.get(colons);
    if (group === undefined) {
      group = { all: [], whole: new Map(), literals: [], buckets: new Map(), ordered: [], lengths: new Set() };
      this.groups.set(colons, group);
    }
    group.all.push(entry);
    const { sure, rest } = prefixOf(tail, false);
    const letter = sure.indexOf(LETTER);
    if (letter < 0 && rest === 'end') {
      push(group.whole, sure, entry);
      group.literals.push({ tail: sure, entry });
      return;
    }
    const prefix = letter < 0 ? sure : sure.slice(0, letter);
    let bucket = group.buckets.get(prefix);
    if (bucket === undefined) {
      bucket = { prefix, all: [], byLetter: new Map(), open: [] };
      group.buckets.set(prefix, bucket);
      group.ordered.push({ tail: prefix, entry: bucket });
      group.lengths.add(prefix.length);
    }
    bucket.all.push(entry);
    if (letter >= 0) push(bucket.byLetter, letterAt(sure, letter), entry);
    else bucket.open.push(entry);
  }

  private matching(written: Text): Iterable<T> {
    const pattern = withoutVariables(written);
    if (literal(pattern) === '*') return this.all;
    const colons = colonsOf(pattern);
    if (colons === undefined) return this.all;
    const wild = isWild(pattern);
    const tail = tailOf(pattern);
    if (!this.sorted) this.sort();
    const found: T[] = [...this.loose];
    for (const [count, group] of this.groups) {
      if (count === colons && tail !== undefined) collect(group, prefixOf(tail, true), found);
      else if (count >= colons && wild) for (const entry of group.all) found.push(entry);
    }
    return found;
  }
}

function collect<T>(group: Group<T>, { sure, rest }: Prefix, found: T[]): void {
  const letter = sure.indexOf(LETTER);
  const written = letter < 0 ? sure : sure.slice(0, letter);
  if (letter < 0) {
    if (rest === 'end') addAll(found, group.whole.get(sure));
    else for (const { entry } of startingWith(group.literals, sure)) found.push(entry);
  }
  // Where the tail of an entry has a hole, the pattern may have the same one, or characters that it takes.
  for (const length of group.lengths) {
    const bucket = length <= written.length ? group.buckets.get(sure.slice(0, length)) : undefined;
    if (bucket === undefined) continue;
    if (length < written.length || letter < 0) {
      if (isCutAfter({ sure: written, rest: letter < 0 ? rest : 'end' }, length)) addAll(found, bucket.all);
    } else addAll(found, bucket.byLetter.get(letterAt(sure, letter)));
    addAll(found, bucket.open);
  }
  if (rest === 'end' || letter >= 0) return;
  for (const { tail, entry } of startingWith(group.ordered, sure)) if (tail !== sure) addAll(found, entry.all);
}

/** The letter that begins at the position. */
function letterAt(sure: string, at: number): string {
  return sure.slice(at, sure.indexOf(LETTER_END, at) + 1);
}

function addAll<T>(found: T[], more: readonly T[] | undefined): void {
  if (more !== undefined) for (const entry of more) found.push(entry);
}

function push<T>(map: Map<string, T[]>, key: string, entry: T): void {
  const list = map.get(key);
  if (list === undefined) map.set(key, [entry]);
  else list.push(entry);
}

function* startingWith<E extends { readonly tail: string }>(sorted: readonly E[], prefix: string): Iterable<E> {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sorted[middle]!.tail < prefix) low = middle + 1;
    else high = middle;
  }
  for (let i = low; sorted[i]?.tail.startsWith(prefix); i++) yield sorted[i]!;
}
