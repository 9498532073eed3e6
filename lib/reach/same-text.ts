/**
 * Whether two texts may be the same string in some deployment, when parts of both are unknown until then.
 *
 * Two texts may be the same unless something tells them apart. A name that AWS generates for one resource is no
 * other resource's, and a name that somebody wrote down is no generated one.
 */
import { splitText, textKey } from '../model/text-key';
import { Automaton } from '../policy/automaton';
import { compileGlob } from '../policy/glob';
import { findWord } from '../policy/language';
import { type Hole, literal, type Part, type Text } from '../policy/text';

const lowered = new WeakMap<Text, Text>();

/** For names of IAM, which are unique without regard to case. */
export function inLowerCase(t: Text): Text {
  let lower = lowered.get(t);
  if (lower === undefined) {
    const plain = t.parts.every((p) => typeof p !== 'string' || p === p.toLowerCase());
    lower = plain ? t : { parts: t.parts.map((p) => (typeof p === 'string' ? p.toLowerCase() : p)) };
    lowered.set(t, lower);
  }
  return lower;
}

/** False only if the two are different strings in every deployment. */
export function maySame(a: Text, b: Text): boolean {
  if (textKey(a) === textKey(b)) return true;
  const [as, bs] = [splitText(a, ':'), splitText(b, ':')];
  if (as === undefined || bs === undefined) return mayMeet(a, b);
  return as.length === bs.length && as.every((piece, i) => mayBeSamePiece(piece, bs[i]!));
}

function mayBeSamePiece(a: Text, b: Text): boolean {
  if (textKey(a) === textKey(b)) return true;
  const [x, y] = [literal(a), literal(b)];
  if (x !== undefined && y !== undefined) return false;
  // From the left and from the right, as far as both are sure.
  return compatible(a.parts, b.parts) && compatible(mirrored(a.parts), mirrored(b.parts));
}

/** Compares part by part until one side is open: a hole that is no generated name. */
function compatible(a: readonly Part[], b: readonly Part[]): boolean {
  let [x, y] = [0, 0];
  let [restX, restY]: [Part | undefined, Part | undefined] = [a[0], b[0]];
  while (restX !== undefined && restY !== undefined) {
    if (typeof restX !== 'string' && typeof restY !== 'string') {
      if (differ(restX, restY)) return false;
      if (restX.hole !== restY.hole) return true;
      restX = a[++x];
      restY = b[++y];
    } else if (typeof restX === 'string' && typeof restY === 'string') {
      const n = Math.min(restX.length, restY.length);
      if (restX.slice(0, n) !== restY.slice(0, n)) return false;
      restX = restX.length > n ? restX.slice(n) : a[++x];
      restY = restY.length > n ? restY.slice(n) : b[++y];
    } else return !isGenerated(typeof restX === 'string' ? (restY as Hole) : restX);
  }
  return typeof (restX ?? restY) !== 'string';
}

/** True only if the holes never have the same value. */
function differ(a: Hole, b: Hole): boolean {
  if (a.hole === b.hole) return false;
  if (a.identity !== undefined && a.identity === b.identity) return true;
  return a.values !== undefined && b.values !== undefined && !a.values.some((v) => b.values!.includes(v));
}

function isGenerated(hole: Hole): boolean {
  return hole.identity !== undefined && hole.type !== 'account' && hole.values === undefined;
}

function mirrored(parts: readonly Part[]): readonly Part[] {
  return [...parts].reverse().map((p) => (typeof p === 'string' ? [...p].reverse().join('') : p));
}

const WORK = 20_000;

/** Of texts with a part that may hold anything: as languages. Also true when that takes too long to tell. */
function mayMeet(a: Text, b: Text): boolean {
  const [one, other] = [a, b].map(
    (t) => new Automaton([compileGlob(t, { mode: 'may', wildcards: 'exact', variables: false })], 'may'),
  );
  const search = findWord({ required: [one!, other!], forbidden: [] }, { left: WORK });
  return search === 'exhausted' || search.found !== undefined;
}
