/**
 * All trust policies of the model, read once from the other side: which roles may admit a given
 * caller, and who is admitted that no template has. Like arn-index.ts a sieve: what it lets
 * through is decided in trust.ts and by the engine.
 */
import type { Model, Principal } from '../model/model';
import { splitText, textKey } from '../model/text-key';
import type { PrincipalElement } from '../policy/document';
import { literal, type Text } from '../policy/text';
import { ArnIndex } from './arn-index';
import { outsider } from './beyond';
import { closenessOf } from './named';
import { inLowerCase, maySame } from './same-text';
import { isFront, isNobody, keyOf, roleBehind, spelledBy, spellingOf } from './spelling';
import { isRole } from './world';

type Entry = PrincipalElement['entries'][number];

/** Roles that admit every caller of one account; everybody, where there is no account. */
interface General {
  readonly account: Text | undefined;
  readonly roles: Principal[];
}

export class Trusts {
  readonly outsiders: readonly Principal[];
  private readonly byCaller = new Map<string, Set<Principal>>();
  private readonly general = new Map<string, General>();
  /** Of roles that admit whole accounts, so that they can be found by what a caller may assume. */
  private readonly generalIndex: ArnIndex<Principal>;

  constructor(model: Model) {
    const inside = model.principals.filter((p) => isRole(p) || p.kind === 'user');
    const index = new ArnIndex(inside, (p) => inLowerCase(p.arn));
    const outside = new Map<string, Principal>();
    for (const p of model.principals) if (p.kind === 'external') outside.set(keyOf(spellingOf(p)), p);
    const named = new Map<string, readonly Principal[]>();
    for (const role of inside) {
      for (const { effect, principal } of role.trust?.statements ?? []) {
        if (effect !== 'Allow' || principal === undefined) continue;
        if (principal.not) this.admitGeneral(role, undefined);
        for (const entry of principal.not ? [] : principal.entries) this.note(role, entry, index, named, outside);
      }
    }
    this.outsiders = [...outside.values()];
    this.joinSessions();
    this.generalIndex = new ArnIndex([...new Set([...this.general.values()].flatMap((g) => g.roles))], (p) => p.arn);
  }

  /** Roles whose trust policy names the caller. */
  naming(caller: Principal): Iterable<Principal> {
    return this.byCaller.get(caller.id) ?? [];
  }

  /** Roles whose trust policy admits everybody, or everybody of the caller's account. */
  *admittingAll(caller: Principal): Iterable<Principal> {
    for (const { account, roles } of this.general.values()) {
      if (account === undefined || maySame(account, caller.account)) yield* roles;
    }
  }

  /** All roles that admit an account or everybody, as an index by their ARNs. */
  get admittingAllByArn(): ArnIndex<Principal> {
    return this.generalIndex;
  }

  /** Roles whose trust policy admits everybody. */
  get admittingEverybody(): readonly Principal[] {
    return this.general.get('*')?.roles ?? [];
  }

  private note(
    role: Principal,
    entry: Entry,
    index: ArnIndex<Principal>,
    named: Map<string, readonly Principal[]>,
    outside: Map<string, Principal>,
  ): void {
    if (entry.type === 'CanonicalUser' || (entry.type === 'Service' && !isFront(entry.value))) return;
    const spelled = spelledBy(entry, role.account);
    if (spelled.kind === 'anybody') this.admitGeneral(role, undefined);
    else if (spelled.kind === 'account') this.admitGeneral(role, spelled.account);
    else if (entry.type === 'AWS') {
      const key = textKey(entry.value);
      let callers = named.get(key);
      if (callers === undefined) {
        callers = callersNamed(entry, role.account, index);
        named.set(key, callers);
      }
      for (const caller of callers) this.admit(role, caller);
      if (callers.length > 0) return;
    }
    const spelling = keyOf(spelled);
    let stranger = outside.get(spelling);
    if (stranger === undefined) {
      stranger = outsider(entry, role.account);
      outside.set(spelling, stranger);
    }
    this.admit(role, stranger);
  }

  /** A session is admitted where its role is. */
  private joinSessions(): void {
    const roles = new Map(this.outsiders.map((p) => [keyOf(spellingOf(p)), p]));
    for (const p of this.outsiders) {
      const spelling = spellingOf(p);
      const role = spelling.kind === 'session' ? roles.get(keyOf(roleBehind(spelling))) : undefined;
      for (const admitting of (role && this.byCaller.get(role.id)) ?? []) this.admit(admitting, p);
    }
  }

  private admit(role: Principal, caller: Principal): void {
    const roles = this.byCaller.get(caller.id);
    if (roles === undefined) this.byCaller.set(caller.id, new Set([role]));
    else roles.add(role);
  }

  private admitGeneral(role: Principal, account: Text | undefined): void {
    const key = account === undefined ? '*' : textKey(account);
    const general = this.general.get(key);
    if (general === undefined) this.general.set(key, { account, roles: [role] });
    else if (general.roles.at(-1) !== role) general.roles.push(role);
  }
}

/** Principals of the model that the entry may name. */
function callersNamed(entry: Entry, account: Text, index: ArnIndex<Principal>): readonly Principal[] {
  if (isNobody(entry.value)) return [];
  const session = literal(splitText(entry.value, ':')?.[2] ?? entry.value) === 'sts';
  const candidates = session ? index.all : index.candidates({ not: false, patterns: [inLowerCase(entry.value)] });
  return [...new Set(candidates)].filter((p) => closenessOf({ not: false, entries: [entry] }, p, account) !== 'none');
}
