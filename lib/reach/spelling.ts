/**
 * Principals outside the templates, as trust policies write them. One principal may be written in several ways: with
 * its account open, as a role and as a session of it, as a parameter, through the identity provider of
 * another account. Two ways of writing are two principals only where something tells them apart; where only the
 * deployment could tell, that is said (`perhaps`).
 *
 * Left out of the comparison: the partition (one app is in one), the path and the case of names (an account has
 * one role of a name, whatever its path and case), and the account of an OIDC provider (who somebody is, is said
 * by the issuer). Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html
 * and https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html (names are unique without case).
 */
import type { Principal } from '../model/model';
import { splitText, textKey } from '../model/text-key';
import type { Condition, PrincipalElement } from '../policy/document';
import { isText, literal, show, type Text, text } from '../policy/text';
import { inLowerCase, maySame } from './same-text';

type Entry = PrincipalElement['entries'][number];

/** Services in whose name somebody outside assumes roles of his choice, told apart by what they attest. */
const FRONT_SERVICES: ReadonlySet<string> = new Set(['rolesanywhere.amazonaws.com', 'pods.eks.amazonaws.com']);

export type Spelling =
  | { readonly kind: 'anybody' }
  | { readonly kind: 'account'; readonly account: Text }
  | { readonly kind: 'role' | 'user'; readonly account: Text; readonly name: Text; readonly arn: Text }
  | { readonly kind: 'session'; readonly account: Text; readonly name: Text; readonly session: Text }
  | { readonly kind: 'oidc'; readonly issuer: Text }
  | { readonly kind: 'saml'; readonly account: Text; readonly name: Text }
  /** Whoever comes through the service into the account. */
  | { readonly kind: 'service'; readonly account: Text; readonly service: string }
  /** Wholly or partly unknown. */
  | { readonly kind: 'open'; readonly type: Entry['type']; readonly value: Text }
  | { readonly kind: 'other'; readonly type: Entry['type']; readonly value: Text };

export type Certainty = 'never' | 'perhaps' | 'certainly';

/** @param account where the trust policy stands that has the entry */
export function spelledBy({ type, value }: Entry, account: Text): Spelling {
  switch (type) {
    case 'AWS':
      return aws(value);
    case 'Federated':
      return federated(value);
    case 'Service':
      return isFront(value) ? { kind: 'service', account, service: literal(value)! } : { kind: 'other', type, value };
    case 'CanonicalUser':
      return { kind: 'other', type, value };
  }
}

/** True iff the value is a service in whose name people or pods of somebody's choice assume the role. */
export function isFront(value: Text): boolean {
  return FRONT_SERVICES.has(literal(value) ?? '');
}

const spellings = new WeakMap<Principal, Spelling>();

/** Says how a principal outside the templates is written. */
export function written(principal: Principal, spelling: Spelling): Principal {
  spellings.set(principal, spelling);
  return principal;
}

/** Of a principal outside the templates; those that policies are attached to are written by their ARN. */
export function spellingOf(principal: Principal): Spelling {
  let spelling = spellings.get(principal);
  if (spelling === undefined) {
    spelling = aws(principal.arn);
    spellings.set(principal, spelling);
  }
  return spelling;
}

const readAsAws = new WeakMap<Text, Spelling>();

function aws(value: Text): Spelling {
  let spelling = readAsAws.get(value);
  if (spelling === undefined) {
    spelling = readAws(value);
    readAsAws.set(value, spelling);
  }
  return spelling;
}

function readAws(value: Text): Spelling {
  if (literal(value) === '*') return { kind: 'anybody' };
  const whole = accountNamed(value);
  if (whole !== undefined) return { kind: 'account', account: whole };
  const id = uniqueId(value);
  if (id !== undefined) return { kind: 'open', type: 'AWS', value: id };
  const pieces = splitText(value, ':');
  if (pieces === undefined) return { kind: 'open', type: 'AWS', value };
  const [, , service, , account] = pieces;
  const path = pieces.length === 6 ? splitText(pieces[5]!, '/') : undefined;
  const [kind, name, session] = [literal(path?.[0] ?? text()), path?.at(-1), path?.[2]];
  if (account === undefined || name === undefined || path!.length < 2) {
    return { kind: isNobody(value) ? 'open' : 'other', type: 'AWS', value };
  }
  const from = literal(service!);
  if (from === 'iam' && (kind === 'role' || kind === 'user')) return { kind, account, name, arn: value };
  if (from === 'sts' && kind === 'assumed-role' && session !== undefined)
    return { kind: 'session', account, name: path![1]!, session };
  return { kind: 'other', type: 'AWS', value };
}

/**
 * Written by the id that AWS gave it, which says nothing of its name.
 * Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html#identifiers-unique-ids
 */
function uniqueId(value: Text): Text | undefined {
  const plain = literal(value);
  const [only] = value.parts;
  const generated = value.parts.length === 1 && typeof only === 'object' && only.type === 'segment';
  if (!generated && !/^A(RO|ID)A[A-Z0-9]+$/.test(plain ?? '')) return undefined;
  const label = `the principal with the id ${show(value)}`;
  return text({ hole: label, type: 'any', label });
}

function federated(value: Text): Spelling {
  const first = value.parts.findIndex((p) => typeof p === 'string' && p.includes(':oidc-provider/'));
  const part = value.parts[first];
  if (typeof part === 'string') {
    const issuer = part.slice(part.indexOf(':oidc-provider/') + ':oidc-provider/'.length);
    return { kind: 'oidc', issuer: issuerOf(text(issuer, ...value.parts.slice(first + 1))) };
  }
  const pieces = splitText(value, ':');
  const path = pieces?.length === 6 ? splitText(pieces[5]!, '/') : undefined;
  if (path?.length === 2 && literal(path[0]!) === 'saml-provider')
    return { kind: 'saml', account: pieces![4]!, name: path[1]! };
  // `accounts.google.com` and the like: the issuer itself.
  if (literal(value) !== undefined) return { kind: 'oidc', issuer: issuerOf(value) };
  return { kind: 'open', type: 'Federated', value };
}

/** Without what two addresses of one issuer differ by. */
function issuerOf(t: Text): Text {
  const lower = inLowerCase(t);
  const last = lower.parts.at(-1);
  return typeof last === 'string' ? text(...lower.parts.slice(0, -1), last.replace(/\/$/, '')) : lower;
}

/** Equal for two ways of writing one principal in every deployment. */
export function keyOf(s: Spelling): string {
  switch (s.kind) {
    case 'anybody':
      return '*';
    case 'account':
      return `account ${textKey(s.account)}`;
    case 'role':
    case 'user':
      return `${s.kind} ${textKey(s.account)} ${nameKey(s.name)}`;
    case 'session':
      return `session ${textKey(s.account)} ${nameKey(s.name)} ${textKey(s.session)}`;
    case 'oidc':
      return `oidc ${textKey(s.issuer)}`;
    case 'saml':
      return isIdentityCenter(s.name) ? 'identity center' : `saml ${textKey(s.account)} ${textKey(s.name)}`;
    case 'service':
      return `service ${s.service} ${textKey(s.account)}`;
    case 'open':
    case 'other':
      return `${s.kind} ${s.type} ${textKey(s.value)}`;
  }
}

/** Spellings of two shelves are never one principal, but for those of the open shelf. */
export function shelfOf(s: Spelling): string {
  switch (s.kind) {
    case 'role':
    case 'user':
    case 'session':
      return literal(s.name) === undefined ? OPEN_SHELF : nameKey(s.name);
    case 'oidc':
      return literal(s.issuer) === undefined ? OPEN_SHELF : `oidc ${textKey(s.issuer)}`;
    case 'saml':
      return literal(s.name) === undefined ? OPEN_SHELF : `saml ${textKey(s.name)}`;
    case 'service':
      return `service ${s.service}`;
    case 'open':
      return OPEN_SHELF;
    case 'account':
      // Everybody whose account is open may be in it.
      return OPEN_SHELF;
    case 'anybody':
    case 'other':
      return keyOf(s);
  }
}

export const OPEN_SHELF = '';

/** Whether everybody whom `who` may mean is among those whom `entry` means. */
export function within(who: Spelling, entry: Spelling): Certainty {
  if (entry.kind === 'anybody' || who === entry || keyOf(who) === keyOf(entry)) return 'certainly';
  return sameBut(who, entry);
}

/** Why the two may be one, which only the deployment decides; undefined when they certainly are or never can be. */
export function whyPerhapsOne(a: Principal, b: Principal): string | undefined {
  const [x, y] = [spellingOf(a), spellingOf(b)];
  const certainties = [within(x, y), within(y, x)];
  if (certainties.includes('certainly') || !certainties.includes('perhaps')) return undefined;
  return `whether \`${a.id}\` and \`${b.id}\` are one principal is not known before deployment`;
}

/** Of a session. */
export function roleBehind({ account, name }: Spelling & { readonly kind: 'session' }): Spelling {
  return { kind: 'role', account, name, arn: text('arn:aws:iam::', account, ':role/', name) };
}

function sameBut(who: Spelling, entry: Spelling): Certainty {
  switch (entry.kind) {
    case 'anybody':
      return 'certainly';
    case 'account': {
      const account = accountOf(who);
      return account === undefined ? 'never' : account === 'open' ? 'perhaps' : same(account, entry.account);
    }
    case 'role':
      if (who.kind !== 'role' && who.kind !== 'session') return isOpen(who, entry) ? mayBe(who, entry) : 'never';
      return both(same(who.account, entry.account), sameName(who.name, entry.name));
    case 'user':
      if (who.kind !== 'user') return isOpen(who, entry) ? mayBe(who, entry) : 'never';
      return both(same(who.account, entry.account), sameName(who.name, entry.name));
    case 'session':
      if (who.kind !== 'session') return isOpen(who, entry) ? mayBe(who, entry) : 'never';
      return both(
        both(same(who.account, entry.account), sameName(who.name, entry.name)),
        same(who.session, entry.session),
      );
    case 'oidc':
      if (who.kind !== 'oidc') return isOpen(who, entry) ? 'perhaps' : 'never';
      return same(who.issuer, entry.issuer);
    case 'saml':
      if (who.kind !== 'saml') return isOpen(who, entry) ? mayBe(who, entry) : 'never';
      // A provider's name is its account's; who is behind it is in its metadata, which is not compared.
      return both(same(who.name, entry.name), 'perhaps');
    case 'service':
      if (who.kind !== 'service' || who.service !== entry.service) return 'never';
      // A certificate may be accepted in two accounts; a pod is in one.
      return who.service.startsWith('pods.') ? same(who.account, entry.account) : 'perhaps';
    case 'open':
      return isOpen(entry, who) ? mayBe(entry, who) : 'never';
    case 'other':
      return 'never';
  }
}

/** True iff the first is open, and of the kind of entry that the second is. */
function isOpen(open: Spelling, other: Spelling): open is Spelling & { readonly kind: 'open' } {
  if (open.kind !== 'open') return false;
  switch (other.kind) {
    case 'role':
    case 'user':
    case 'session':
      return open.type === 'AWS';
    case 'oidc':
    case 'saml':
      return open.type === 'Federated';
    case 'open':
      return open.type === other.type;
    case 'anybody':
    case 'account':
    case 'service':
    case 'other':
      return false;
  }
}

/** What of the open one is written may rule the other out. */
function mayBe({ value }: Spelling & { readonly kind: 'open' }, other: Spelling): Certainty {
  if (other.kind === 'role' || other.kind === 'user')
    return maySame(withoutPartition(value), withoutPartition(other.arn)) ? 'perhaps' : 'never';
  if (other.kind === 'open')
    return maySame(withoutPartition(value), withoutPartition(other.value)) ? 'perhaps' : 'never';
  const [own, account] = [accountBefore(value), 'account' in other ? other.account : undefined];
  return own === undefined || account === undefined ? 'perhaps' : both(same(own, account), 'perhaps');
}

function accountOf(s: Spelling): Text | 'open' | undefined {
  switch (s.kind) {
    case 'account':
    case 'role':
    case 'user':
    case 'session':
      return s.account;
    case 'open':
      return s.type === 'AWS' ? (accountBefore(s.value) ?? 'open') : undefined;
    case 'anybody':
    case 'oidc':
    case 'saml':
    case 'service':
    case 'other':
      return undefined;
  }
}

/** The account of an ARN of which the beginning is written: `arn:aws:iam::ACCOUNT:role/${…}`. */
function accountBefore(value: Text): Text | undefined {
  const end = value.parts.findIndex((p) => typeof p !== 'string' && p.type === 'any' && p.values === undefined);
  const pieces = splitText({ parts: end < 0 ? value.parts : value.parts.slice(0, end) }, ':');
  return pieces !== undefined && pieces.length > 5 ? pieces[4] : undefined;
}

/** The account of the principal, as far as it is written; undefined for those that belong to none. */
export function accountWritten(s: Spelling): Text | undefined {
  const account = accountOf(s);
  if (account !== 'open') return account;
  const id = s.kind === 'open' ? show(s.value) : s.kind;
  return text({ hole: `account of ${id}`, type: 'account', label: `account of ${id}` });
}

function same(a: Text, b: Text): Certainty {
  return textKey(a) === textKey(b) ? 'certainly' : maySame(a, b) ? 'perhaps' : 'never';
}

function sameName(a: Text, b: Text): Certainty {
  return same(inLowerCase(a), inLowerCase(b));
}

function nameKey(name: Text): string {
  return textKey(inLowerCase(name));
}

const ORDER: readonly Certainty[] = ['never', 'perhaps', 'certainly'];

function both(a: Certainty, b: Certainty): Certainty {
  return ORDER.indexOf(a) <= ORDER.indexOf(b) ? a : b;
}

/** How much of it only the deployment knows. */
export function unknownParts(s: Spelling): number {
  if (s.kind === 'open') return Number.POSITIVE_INFINITY;
  let unknown = 0;
  for (const value of Object.values(s)) {
    if (isText(value)) for (const part of value.parts) if (typeof part !== 'string') unknown++;
  }
  return unknown;
}

/** Its provider is in every account of the organisation, and is one. Source: https://docs.aws.amazon.com/singlesignon/latest/userguide/permissionsetsconcept.html */
function isIdentityCenter(name: Text): boolean {
  return /^AWSSSO_.*DO_NOT_DELETE$/.test(literal(name) ?? '');
}

function withoutPartition(arn: Text): Text {
  const [first, second, ...rest] = arn.parts;
  if (first === 'arn:' && typeof second === 'object' && second.type === 'partition') return text('arn:aws', ...rest);
  return typeof first === 'string' ? text(first.replace(/^arn:[^:]*:/, 'arn:aws:'), ...arn.parts.slice(1)) : arn;
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

/** What every request of the principal says of its caller. A session's tags are not among it. */
export function knownOfOutsider(principal: Principal): readonly Condition[] {
  const s = spellingOf(principal);
  const is = (operator: Condition['operator'], key: string, ...values: Text[]): Condition => ({
    operator,
    ifExists: false,
    key,
    values,
  });
  switch (s.kind) {
    case 'account':
      return [
        is('StringEquals', 'aws:PrincipalAccount', s.account),
        is('ArnLike', 'aws:PrincipalArn', text('arn:*:*::', s.account, ':*')),
      ];
    case 'user':
    case 'role':
    case 'session':
      return [
        is('StringEquals', 'aws:PrincipalAccount', s.account),
        is('StringEquals', 'aws:PrincipalType', text(s.kind === 'user' ? 'User' : 'AssumedRole')),
        is(
          'ArnLike',
          'aws:PrincipalArn',
          ...['/', '/*/'].map((path) =>
            text('arn:*:iam::', s.account, s.kind === 'user' ? ':user' : ':role', path, s.name),
          ),
        ),
        ...(s.kind === 'session' ? [is('StringLike', 'aws:userid', text('*:', s.session))] : []),
      ];
    case 'anybody':
    case 'oidc':
    case 'saml':
    case 'service':
    case 'open':
    case 'other':
      return [];
  }
}
