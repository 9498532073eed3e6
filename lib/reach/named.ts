/**
 * Whether a `Principal` element of a trust policy names a principal of the model, and how closely,
 * when parts of both are unknown until deployment.
 *
 * A text that is wholly unknown (a parameter, an import without producer) is nobody in
 * particular: who it may be is asked once, as an outsider, and not once for every principal.
 */
import type { Principal, Resource } from '../model/model';
import { splitText, textKey } from '../model/text-key';
import type { PrincipalElement } from '../policy/document';
import { literal, type Text } from '../policy/text';
import { inLowerCase, maySame } from './same-text';
import { accountNamed, isNobody, spelledBy, spellingOf, within } from './spelling';

/**
 * As lib/policy/evaluate-principal.ts has it: `direct` names the caller itself, `entity` the role
 * behind a session, `account` the account, which then has to allow as well.
 */
export type Closeness = 'none' | 'account' | 'entity' | 'direct';
const ORDER: readonly Closeness[] = ['none', 'account', 'entity', 'direct'];

type Entry = PrincipalElement['entries'][number];

/**
 * How closely an Allow may name the principal, at most; one outside the templates, only as far as that is certain.
 *
 * @param account where the policy stands
 */
export function closenessOf(element: PrincipalElement, principal: Principal, account: Text): Closeness {
  if (element.not)
    return element.entries.some((e) => entryNames(e, principal, account, 'certainly') !== 'none') ? 'none' : 'direct';
  return element.entries
    .map((e) => entryNames(e, principal, account, 'possibly'))
    .reduce((a, b) => (ORDER.indexOf(a) >= ORDER.indexOf(b) ? a : b), 'none');
}

/** True only if a Deny is certain to hit the principal. `NotPrincipal` is left out: it denies less than that, never more. */
export function certainlyDenied(element: PrincipalElement, principal: Principal, account: Text): boolean {
  return !element.not && element.entries.some((e) => entryNames(e, principal, account, 'certainly') !== 'none');
}

function entryNames(entry: Entry, principal: Principal, where: Text, how: 'possibly' | 'certainly'): Closeness {
  const { type, value } = entry;
  if (principal.kind === 'external') {
    const spelling = spelledBy(entry, where);
    if (within(spellingOf(principal), spelling) !== 'certainly') return 'none';
    return spelling.kind === 'account' ? 'account' : 'direct';
  }
  if (type !== 'AWS') return 'none';
  if (literal(value) === '*') return 'direct';
  const same = (a: Text, b: Text): boolean => (how === 'certainly' ? textKey(a) === textKey(b) : maySame(a, b));
  const account = accountNamed(value);
  if (account !== undefined) return same(account, principal.account) ? 'account' : 'none';
  if (isNobody(value)) return 'none';
  const named = roleOfSession(value);
  if (named === undefined) {
    if (!same(inLowerCase(value), inLowerCase(principal.arn))) return 'none';
    return principal.kind === 'user' ? 'direct' : 'entity';
  }
  const own = nameOf(principal.arn);
  const sameRole =
    own !== undefined &&
    principal.kind !== 'user' &&
    same(named.account, principal.account) &&
    same(inLowerCase(named.name), inLowerCase(own));
  return sameRole && how === 'possibly' ? 'direct' : 'none';
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

/** True if the resource's policy may allow the principal anything. */
export function admits({ policy, account }: Resource, principal: Principal): boolean {
  return (
    policy?.statements.some(
      (s) =>
        s.effect === 'Allow' && s.principal !== undefined && closenessOf(s.principal, principal, account) !== 'none',
    ) ?? false
  );
}
