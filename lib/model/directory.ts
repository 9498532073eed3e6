/**
 * The app's elements by name and by ARN: how a policy that says `Roles: [X]` finds its role, an ARN
 * its resource. Texts are compared as texts: equal in every deployment, or not found. The partition
 * is left out of the comparison, since one app is in one partition, and so is the account where one
 * side leaves it open. Names are IAM's, which are unique without regard to case:
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
 */
import { literal, type Text } from '../policy/text';
import { iamNameKey, onlyHole, splitText, textKey } from './text-key';

export interface Named<T> {
  readonly entry: T;
  readonly account: Text;
  readonly name: Text;
}

export class Directory<T> {
  private readonly byName = new Map<string, Named<T>[]>();

  constructor(entries: readonly Named<T>[]) {
    for (const entry of entries) {
      const key = iamNameKey(entry.name);
      const others = this.byName.get(key);
      if (others === undefined) this.byName.set(key, [entry]);
      else others.push(entry);
    }
  }

  /**
   * Every entry that may be meant by the name: those in the account (several, where conditions let one of them
   * exist at a time), else those whose account, or the asker's, is open. `sure` only where it is one in the account.
   */
  all(name: Text, account: Text): readonly { readonly entry: T; readonly sure: boolean }[] {
    const found = this.byName.get(iamNameKey(name)) ?? [];
    const exact = found.filter((f) => textKey(f.account) === textKey(account));
    if (exact.length > 0) return exact.map(({ entry }) => ({ entry, sure: exact.length === 1 }));
    return found.filter((f) => mayBeOneAccount(f.account, account)).map(({ entry }) => ({ entry, sure: false }));
  }

  /** The entry of that name in the account; `sure` is false when one of the accounts is open. */
  find(name: Text, account: Text): { readonly entry: T; readonly sure: boolean } | undefined {
    const found = this.byName.get(iamNameKey(name)) ?? [];
    const exact = found.find((f) => textKey(f.account) === textKey(account));
    if (exact !== undefined) return { entry: exact.entry, sure: true };
    const open = found.filter((f) => mayBeOneAccount(f.account, account));
    return open.length === 1 && open[0] !== undefined ? { entry: open[0].entry, sure: false } : undefined;
  }
}

/** False only for two accounts that are both known, or known to be two. */
export function mayBeOneAccount(a: Text, b: Text): boolean {
  const [x, y] = [onlyHole(a), onlyHole(b)];
  if (x?.identity !== undefined && x.identity === y?.identity) return x.hole === y.hole;
  return literal(a) === undefined || literal(b) === undefined || literal(a) === literal(b);
}

export interface IamArn {
  readonly partition: Text;
  readonly account: Text;
  /** `role`, `policy`, `user`, … */
  readonly kind: string;
  /** The name without its path. */
  readonly name: Text;
}

/** Undefined for anything but an IAM ARN whose pieces can be told apart. */
export function parseIamArn(arn: Text): IamArn | undefined {
  const pieces = splitText(arn, ':');
  if (pieces === undefined || pieces.length !== 6) return undefined;
  const [prefix, partition, service, , account, rest] = pieces as [Text, Text, Text, Text, Text, Text];
  if (literal(prefix) !== 'arn' || literal(service) !== 'iam') return undefined;
  const segments = splitText(rest, '/');
  const kind = segments?.[0] === undefined ? undefined : literal(segments[0]);
  const name = segments?.[segments.length - 1];
  if (segments === undefined || segments.length < 2 || kind === undefined || name === undefined) return undefined;
  return { partition, account, kind, name };
}

/** An ARN without its partition, as a key; any other text as its own key. */
export function arnKey(arn: Text): string {
  const [first, second] = arn.parts;
  if (typeof first !== 'string' || !first.startsWith('arn:')) return textKey(arn);
  const end = first.indexOf(':', 'arn:'.length);
  if (end >= 0) {
    const rest = arn.parts.length === 1 ? '' : textKey({ parts: arn.parts.slice(1) });
    return `arn:${first.slice(end)}${rest}`;
  }
  if (first !== 'arn:' || second === undefined || typeof second === 'string' || second.type !== 'partition')
    return textKey(arn);
  return `arn:${textKey({ parts: arn.parts.slice(2) })}`;
}
