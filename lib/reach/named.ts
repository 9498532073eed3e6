/**
 * Whether a `Principal` element of a trust policy names a principal of the model, and how closely,
 * when parts of both are unknown until deployment.
 *
 * Two texts may be the same string unless something tells them apart. A name that AWS generates
 * for one resource is no other resource's, and a name that somebody wrote down is no generated
 * one. A text that is wholly unknown (a parameter, an import without producer) is nobody in
 * particular: who it may be is asked once, as an outsider, and not once for every principal.
 */
import type { Principal } from '../model/model';
import { splitText, textKey } from '../model/text-key';
import type { PrincipalElement } from '../policy/document';
import { type Hole, literal, type Part, type Text } from '../policy/text';

/**
 * As lib/policy/evaluate-principal.ts has it: `direct` names the caller itself, `entity` the role
 * behind a session, `account` the account, which then has to allow as well.
 */
export type Closeness = 'none' | 'account' | 'entity' | 'direct';
const ORDER: readonly Closeness[] = ['none', 'account', 'entity', 'direct'];

type Entry = PrincipalElement['entries'][number];

/** How closely an Allow may name the principal, at most. */
export function closenessOf(element: PrincipalElement, principal: Principal): Closeness {
  if (element.not)
    return element.entries.some((e) => entryNames(e, principal, 'certainly') !== 'none') ? 'none' : 'direct';
  return element.entries
    .map((e) => entryNames(e, principal, 'possibly'))
    .reduce((a, b) => (ORDER.indexOf(a) >= ORDER.indexOf(b) ? a : b), 'none');
}

/** True only if a Deny is certain to hit the principal. `NotPrincipal` is left out: it denies less than that, never more. */
export function certainlyDenied(element: PrincipalElement, principal: Principal): boolean {
  return !element.not && element.entries.some((e) => entryNames(e, principal, 'certainly') !== 'none');
}

function entryNames({ type, value }: Entry, principal: Principal, how: 'possibly' | 'certainly'): Closeness {
  if (type === 'Federated' || type === 'Service') {
    return principal.kind === 'external' && textKey(principal.arn) === textKey(value) ? 'direct' : 'none';
  }
  if (type !== 'AWS') return 'none';
  if (literal(value) === '*') return 'direct';
  const same = (a: Text, b: Text): boolean => (how === 'certainly' ? textKey(a) === textKey(b) : maySame(a, b));
  const account = accountNamed(value);
  if (account !== undefined) return same(account, principal.account) ? 'account' : 'none';
  if (principal.kind === 'external') return textKey(principal.arn) === textKey(value) ? 'direct' : 'none';
  if (isNobody(value)) return 'none';
  const named = roleOfSession(value);
  if (named === undefined) {
    if (!same(value, principal.arn)) return 'none';
    return principal.kind === 'user' ? 'direct' : 'entity';
  }
  const own = nameOf(principal.arn);
  const sameRole =
    own !== undefined && principal.kind !== 'user' && same(named.account, principal.account) && same(named.name, own);
  return sameRole && how === 'possibly' ? 'direct' : 'none';
}

/** The account, when the value stands for a whole account: its id, or its root. */
export function accountNamed(value: Text): Text | undefined {
  const plain = literal(value);
  if (plain !== undefined && /^\d{12}$/.test(plain)) return value;
  const [only] = value.parts;
  if (value.parts.length === 1 && typeof only === 'object' && only.type === 'account') return value;
  const pieces = splitText(value, ':');
  return pieces?.length === 6 && literal(pieces[5]!) === 'root' ? pieces[4] : undefined;
}

/** Wholly unknown: not even that it is an ARN is known. */
export function isNobody(value: Text): boolean {
  return value.parts.some((p) => typeof p !== 'string' && p.type === 'any' && p.values === undefined);
}

/** `arn:…:sts::account:assumed-role/name/session`. */
function roleOfSession(value: Text): { readonly account: Text; readonly name: Text } | undefined {
  const pieces = splitText(value, ':');
  if (pieces?.length !== 6 || literal(pieces[2]!) !== 'sts') return undefined;
  const path = splitText(pieces[5]!, '/');
  return path?.length === 3 && literal(path[0]!) === 'assumed-role'
    ? { account: pieces[4]!, name: path[1]! }
    : undefined;
}

/** The last segment of a principal's ARN. */
function nameOf(arn: Text): Text | undefined {
  return splitText(arn, '/')?.at(-1);
}

/** False only if the two are different strings in every deployment. */
export function maySame(a: Text, b: Text): boolean {
  if (textKey(a) === textKey(b)) return true;
  const [as, bs] = [splitText(a, ':'), splitText(b, ':')];
  if (as === undefined || bs === undefined) return true;
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
  return hole.identity !== undefined && hole.values === undefined;
}

function mirrored(parts: readonly Part[]): readonly Part[] {
  return [...parts].reverse().map((p) => (typeof p === 'string' ? [...p].reverse().join('') : p));
}
