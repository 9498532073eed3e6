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
import { textKey } from '../model/text-key';
import type { Selection } from '../policy/document';
import { type Hole, literal, mentionsVariable, type Part, type Text, text } from '../policy/text';

/** What a text is sure to begin with, in the alphabet of characters and letters, and what follows. */
interface Prefix {
  /** Letters are encoded between control characters, as {@link textKey} does. */
  readonly sure: string;
  /** `end`: that is all of it. `open`: anything may follow. */
  readonly rest: 'end' | 'open';
}

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

/** As {@link textKey} encodes holes. */
const LETTER = '\u0000';
const LETTER_END = '\u0001';

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

/** True iff a wildcard stands in the segment that goes on at the position, so that it can read a letter. */
function isCutAfter({ sure, rest }: Prefix, at: number): boolean {
  return rest === 'open' && !/[:/]/.test(sure.slice(at));
}

/** The letter that begins at the position. */
function letterAt(sure: string, at: number): string {
  return sure.slice(at, sure.indexOf(LETTER_END, at) + 1);
}

function addAll<T>(found: T[], more: readonly T[] | undefined): void {
  if (more !== undefined) for (const entry of more) found.push(entry);
}

/** False only if the selection can never select the ARN: the sieve for a single one. */
export function mightSelect(selection: Selection, arn: Text): boolean {
  return selection.not || selection.patterns.some((p) => mightMatch(p, arn));
}

function mightMatch(pattern: Text, arn: Text): boolean {
  if (literal(pattern) === '*') return true;
  const [p, a] = [shapeOf(pattern, true), shapeOf(arn, false)];
  if (p.colons === undefined || a.colons === undefined) return true;
  if (p.colons !== a.colons) return p.colons < a.colons && p.wild;
  if (p.tail === undefined || a.tail === undefined) return true;
  return mayBeginAlike(p.tail, a.tail);
}

function mayBeginAlike(pattern: Prefix, arn: Prefix): boolean {
  const [x, y] = [pattern.sure, arn.sure];
  let same = 0;
  while (same < x.length && same < y.length && x[same] === y[same]) same++;
  if (same === x.length && same === y.length) return true;
  if (same === x.length) return pattern.rest === 'open' || arn.rest === 'open';
  if (same === y.length) return arn.rest === 'open';
  // A letter of the ARN is read by a wildcard; a letter of the pattern is nothing but itself.
  return y[same] === LETTER && x[same] !== LETTER && isCutAfter(pattern, same);
}

/**
 * The same for two patterns, by what both are sure to begin with. Where neither has a wildcard before its fifth
 * colon, what both match has its first five components as they write them, and its rest matches both of their tails.
 */
export function mightMeet(a: Text, b: Text): boolean {
  const [x, y] = [cutAtFifthColon(a), cutAtFifthColon(b)];
  if (x === undefined || y === undefined) return mightBeginAlike(a.parts, b.parts);
  const agree = x.components.every((one, i) => {
    const other = y.components[i];
    return one === undefined || other === undefined || one === other;
  });
  return agree && mightBeginAlike(x.tail, y.tail);
}

interface Cut {
  /** Undefined where a hole stands in it. */
  readonly components: readonly (string | undefined)[];
  readonly tail: readonly Part[];
}

const cuts = new WeakMap<Text, { readonly cut: Cut | undefined }>();

/** Undefined where the components cannot be told: too few colons, or something before the fifth that may read one. */
function cutAtFifthColon(t: Text): Cut | undefined {
  let known = cuts.get(t);
  if (known === undefined) {
    known = { cut: cutOf(t) };
    cuts.set(t, known);
  }
  return known.cut;
}

function cutOf(t: Text): Cut | undefined {
  const components: (string | undefined)[] = [];
  let component: string | undefined = '';
  for (let i = 0; i < t.parts.length; i++) {
    const part = t.parts[i]!;
    if (typeof part !== 'string') {
      if (mayHoldColon(part)) return undefined;
      component = undefined;
      continue;
    }
    const pieces = part.split(':');
    for (let n = 0; n < pieces.length; n++) {
      if (n > 0) {
        components.push(component);
        component = '';
        if (components.length === 5) return { components, tail: [pieces.slice(n).join(':'), ...t.parts.slice(i + 1)] };
      }
      const piece = pieces[n]!;
      if (/[*?]|\$\{/.test(piece)) return undefined;
      if (component !== undefined) component += piece;
    }
  }
  return undefined;
}

function mightBeginAlike(a: readonly Part[], b: readonly Part[]): boolean {
  const [p, q] = [prefixOf(a, true), prefixOf(b, true)];
  const [x, y] = [p.sure, q.sure];
  let same = 0;
  while (same < x.length && same < y.length && x[same] === y[same]) same++;
  if (same === x.length) return p.rest === 'open' || (same === y.length && q.rest === 'end') || q.rest === 'open';
  if (same === y.length) return q.rest === 'open';
  if (x[same] === LETTER) return y[same] !== LETTER && isCutAfter(q, same);
  return y[same] === LETTER && isCutAfter(p, same);
}

/**
 * False only if no string matches both patterns, by what stands between their slashes: up to its first wildcard a pattern has
 * as many slashes as it writes, since no unknown part before it holds one, and so the pieces pair in order.
 */
export function mightMeetBySegments(a: Text, b: Text): boolean {
  const [x, y] = [segmentsOf(a), segmentsOf(b)];
  const both = Math.min(x.whole.length, y.whole.length);
  for (let i = 0; i < both; i++) {
    const [one, other] = [x.whole[i], y.whole[i]];
    if (one !== undefined && other !== undefined && one !== other) return false;
  }
  return x.open || y.open || x.whole.length === y.whole.length;
}

interface Segments {
  /** Those that are whole before anything that may hold a slash; undefined where one has an unknown part. */
  readonly whole: readonly (string | undefined)[];
  readonly open: boolean;
}

const segments = new WeakMap<Text, Segments>();

function segmentsOf(t: Text): Segments {
  let known = segments.get(t);
  if (known === undefined) {
    known = readSegments(t);
    segments.set(t, known);
  }
  return known;
}

function readSegments({ parts }: Text): Segments {
  const whole: (string | undefined)[] = [];
  let segment: string | undefined = '';
  for (const part of parts) {
    if (typeof part !== 'string') {
      if (mayHold('/', part)) return { whole, open: true };
      segment = undefined;
      continue;
    }
    const stop = part.search(/[*?]|\$\{/);
    const pieces = (stop < 0 ? part : part.slice(0, stop)).split('/');
    pieces.forEach((piece, n) => {
      if (n > 0) {
        whole.push(segment);
        segment = '';
      }
      if (segment !== undefined) segment += piece;
    });
    if (stop >= 0) return { whole, open: true };
  }
  return { whole: [...whole, segment], open: false };
}

interface Shape {
  readonly colons: number | undefined;
  readonly tail: Prefix | undefined;
  readonly wild: boolean;
}

const shapes = [new WeakMap<Text, Shape>(), new WeakMap<Text, Shape>()] as const;

function shapeOf(t: Text, pattern: boolean): Shape {
  const known = shapes[pattern ? 0 : 1];
  let shape = known.get(t);
  if (shape === undefined) {
    const read = pattern ? withoutVariables(t) : t;
    const tail = tailOf(read);
    shape = { colons: colonsOf(read), tail: tail && prefixOf(tail, pattern), wild: pattern && isWild(read) };
    known.set(t, shape);
  }
  return shape;
}

/**
 * The pattern with a wildcard for each policy variable: it reads whatever the variable stands for, or is as written in version
 * 2008, and the colons of a variable's name are none of the pattern's.
 */
function withoutVariables(t: Text): Text {
  if (!mentionsVariable(t)) return t;
  const read: Part[] = [];
  let isName = false;
  for (const part of t.parts) {
    if (typeof part !== 'string') {
      if (!isName) read.push(part);
      continue;
    }
    for (let at = 0; at < part.length; ) {
      const [end, next] = isName ? ['}', 1] : ['${', 2];
      const to = part.indexOf(end, at);
      if (!isName) read.push(part.slice(at, to < 0 ? part.length : to));
      if (to < 0) break;
      if (!isName) read.push('*');
      isName = !isName;
      at = to + next;
    }
  }
  // Of what does not end nobody knows what it means.
  return isName ? text('*') : text(...read);
}

function isWild(t: Text): boolean {
  return t.parts.some((p) => typeof p === 'string' && /[*?]|\$\{/.test(p));
}

/** How many colons every value of the text has; undefined when a hole may hold one. */
function colonsOf(t: Text): number | undefined {
  let n = 0;
  for (const part of t.parts) {
    if (typeof part === 'string') {
      for (let i = part.indexOf(':'); i >= 0; i = part.indexOf(':', i + 1)) n++;
    } else if (mayHoldColon(part)) return undefined;
  }
  return n;
}

function mayHoldColon(hole: Hole): boolean {
  return mayHold(':', hole);
}

/** Written out, a value is a pattern where it stands in one, and its wildcards read anything. */
function mayHold(separator: string, { values, type }: Hole): boolean {
  return values?.some((v) => v.includes(separator) || /[*?]|\$\{/.test(v)) ?? type === 'any';
}

/** What stands after the fifth literal colon; undefined where there are fewer. */
function tailOf(t: Text): readonly Part[] | undefined {
  let left = 5;
  for (let i = 0; i < t.parts.length; i++) {
    const part = t.parts[i]!;
    if (typeof part !== 'string') continue;
    for (let at = part.indexOf(':'); at >= 0; at = part.indexOf(':', at + 1)) {
      if (--left === 0)
        return at + 1 < part.length ? [part.slice(at + 1), ...t.parts.slice(i + 1)] : t.parts.slice(i + 1);
    }
  }
  return undefined;
}

/** `pattern`: wildcards and policy variables end what is sure. */
function prefixOf(tail: readonly Part[], pattern: boolean): Prefix {
  let sure = '';
  for (const part of tail) {
    if (typeof part !== 'string') {
      if (!isLetter(part)) return { sure, rest: 'open' };
      sure += textKey({ parts: [part] });
      continue;
    }
    const stop = pattern ? part.search(/[*?]|\$\{/) : -1;
    if (stop >= 0) return { sure: sure + part.slice(0, stop), rest: 'open' };
    sure += part;
  }
  return { sure, rest: 'end' };
}

function isLetter(hole: Hole): boolean {
  return hole.identity !== undefined && hole.type === 'segment' && hole.values === undefined;
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
