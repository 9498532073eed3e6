/**
 * Whether a pattern may mean one ARN, or two patterns one: the sieve before single questions, as ArnIndex is before many. False
 * only where no string matches both; the argument is that of arn-index.ts.
 */
import type { Selection } from '../policy/document';
import { literal, type Part, type Text } from '../policy/text';
import {
  colonsOf,
  isCutAfter,
  isWild,
  LETTER,
  mayHold,
  mayHoldColon,
  type Prefix,
  prefixOf,
  tailOf,
  withoutVariables,
} from './arn-beginnings';

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
