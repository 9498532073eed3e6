/**
 * Whether a `Principal` or `NotPrincipal` element speaks of a caller, and how closely: the closer,
 * the fewer other policies limit what an Allow grants.
 * Sources: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_notprincipal.html
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic_policy-eval-denyallow.html
 */
import type { PrincipalElement } from './document';
import { known } from './evaluate-pattern';
import { accountOf, type Caller } from './request-principal';

/**
 * - `direct`: the caller itself (a user, a role session, a federated user session, a service, `*`).
 *   In the same account an Allow is then limited by no implicit deny elsewhere.
 * - `entity`: the role behind a session, the user behind a federated session. An Allow needs no
 *   identity policy, but boundary and session policy limit it.
 * - `account`: the caller's account. An Allow only delegates: identity policies must allow as well.
 */
export type Closeness = 'none' | 'account' | 'entity' | 'direct';

const ORDER: readonly Closeness[] = ['none', 'account', 'entity', 'direct'];

export function closer(a: Closeness, b: Closeness): Closeness {
  return ORDER.indexOf(a) >= ORDER.indexOf(b) ? a : b;
}

/**
 * @param deny whether the statement is a Deny: a `NotPrincipal` there spares only a caller whose
 *   every name is listed
 * @param bounded whether the caller has a permissions boundary
 */
export function closenessOf(element: PrincipalElement, caller: Caller, deny: boolean, bounded: boolean): Closeness {
  if (!element.not) {
    return element.entries.reduce<Closeness>((best, entry) => closer(best, entryCloseness(entry, caller)), 'none');
  }
  // "The NotPrincipal element with a Deny effect will always deny any IAM principal that has a
  // permissions boundary policy attached, regardless of the values specified in it."
  if (deny && bounded) return 'direct';
  if (element.entries.some((entry) => entry.type === 'AWS' && known(entry.value) === '*')) return 'none';
  const listed = (name: Closeness): boolean => element.entries.some((entry) => entryCloseness(entry, caller) === name);
  if (deny) return namesOf(caller).every(listed) ? 'none' : 'direct';
  return namesOf(caller).some(listed) ? 'none' : 'direct';
}

/**
 * The names that must all be listed for a `NotPrincipal` Deny to spare the caller: AWS evaluates
 * account, then role, then session, and denies where one is missing.
 */
function namesOf(caller: Caller): readonly Closeness[] {
  switch (caller.kind) {
    case 'user':
      return ['account', 'direct'];
    case 'role':
      return ['account', 'entity'];
    case 'session':
    case 'federated-user':
      return ['account', 'entity', 'direct'];
    case 'root':
    case 'federated':
    case 'service':
    case 'anonymous':
      return ['direct'];
  }
}

type Entry = PrincipalElement['entries'][number];

function entryCloseness(entry: Entry, caller: Caller): Closeness {
  const value = known(entry.value);
  switch (entry.type) {
    case 'Service':
      return caller.kind === 'service' && (value === '*' || value === caller.service) ? 'direct' : 'none';
    case 'Federated':
      return caller.kind === 'federated' && (value === '*' || value === caller.provider) ? 'direct' : 'none';
    case 'CanonicalUser':
      // A canonical user id stands for an account, and no request tells us which.
      return value === '*' ? 'direct' : 'none';
    case 'AWS':
      return value === '*' ? 'direct' : awsCloseness(value, caller);
  }
}

function awsCloseness(value: string, caller: Caller): Closeness {
  const account = accountOf(caller);
  if (account === undefined) return 'none';
  if (value === account || isRootOf(value, account)) return caller.kind === 'root' ? 'direct' : 'account';
  switch (caller.kind) {
    case 'user':
      return value === caller.arn ? 'direct' : 'none';
    case 'role':
      return value === caller.arn ? 'entity' : 'none';
    case 'session':
      if (value === caller.arn) return 'direct';
      return isNamed(value, 'role', account, caller.role) ? 'entity' : 'none';
    case 'federated-user':
      if (value === caller.arn) return 'direct';
      return isNamed(value, 'user', account, caller.name) ? 'entity' : 'none';
    default:
      return 'none';
  }
}

function isRootOf(arn: string, account: string): boolean {
  return /^arn:[^:]*:iam::[^:]*:root$/.test(arn) && arn.split(':')[4] === account;
}

/** `arn:…:iam::account:type/any/path/name`. */
function isNamed(arn: string, type: string, account: string, name: string): boolean {
  const [prefix, , service, , inAccount, ...rest] = arn.split(':');
  const path = rest.join(':').split('/');
  return (
    prefix === 'arn' && service === 'iam' && inAccount === account && path[0] === type && path[path.length - 1] === name
  );
}
