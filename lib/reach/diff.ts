/**
 * What any principal may do now that it could not before: the models of two versions of an app, by the same names
 * (diff-align.ts), compared principal by principal.
 *
 * Whoever holds a principal's credentials may make the requests of everybody it can act as (closure.ts). So there is
 * new access iff some principal's own policies allow more (diff-requests.ts), or it comes to act as somebody it could not
 * act as, who may do what it could not do already. Each is shown where it begins: with the principal whose policies changed,
 * or who makes the new step; those who only inherit it through a chain that they had are named beside it.
 */
import type { AwsCatalogue } from '../catalog/catalogue';
import type { Model, Principal } from '../model/model';
import { textKey } from '../model/text-key';
import { subset } from '../policy/subset';
import type { SubsetWitness } from '../policy/verdict';
import type { Actor } from './actor';
import { isMadeUp } from './beyond';
import { type Arrival, type Closure, chainOf } from './closure';
import { byDanger, type Danger, gravest } from './diff-danger';
import { Comparison, type Doubtful, type NewRequests } from './diff-requests';
import { newResourceAccess } from './diff-resources';
import { coversGains, gainsKey } from './gains';
import { type Reach, reachOf } from './reach';
import type { Step } from './step';

/** The principal can act as another, by a chain of which the last step is new. */
export interface NewIdentity {
  readonly kind: 'identity';
  readonly danger: Danger;
  readonly to: Arrival;
  readonly chain: readonly Step[];
  /** A request that it may make so and could not make before. */
  readonly witness?: SubsetWitness;
  readonly undecided?: string;
  /** Further principals that it reaches from there, by steps that were possible before. */
  readonly beyond: readonly Principal[];
}

export type Access = NewRequests | NewIdentity | Doubtful;

export interface NewAccess {
  readonly principal: Principal;
  /** The principal was not there before. */
  readonly isNew: boolean;
  readonly danger: Danger;
  /** The gravest first. */
  readonly access: readonly Access[];
  /** Others who can act as the principal, and could before: they have the same. */
  readonly inheritedBy: readonly Principal[];
}

export interface Difference {
  /** The gravest first. */
  readonly changes: readonly NewAccess[];
  /** Principals that are gone. */
  readonly removed: readonly Principal[];
  readonly assumptions: Reach['assumptions'];
}

export function differenceOf(before: Model, after: Model, catalogue: AwsCatalogue): Difference {
  return new Differ(before, after, catalogue).run();
}

interface Found {
  readonly principal: Principal;
  readonly isNew: boolean;
  readonly access: Access[];
  readonly inheritedBy: Set<Principal>;
}

class Differ {
  private readonly past: Reach;
  private readonly now: Reach;
  private readonly earlier = new Map<string, Principal>();
  private readonly found = new Map<string, Found>();
  private readonly byPrincipal = new WeakMap<Closure, ReadonlyMap<string, readonly Arrival[]>>();

  constructor(
    private readonly before: Model,
    private readonly after: Model,
    private readonly catalogue: AwsCatalogue,
  ) {
    this.past = reachOf(before, catalogue);
    this.now = reachOf(after, catalogue);
    const all = [...before.principals, ...this.past.outsiders];
    for (const p of all) this.earlier.set(textKey(p.arn), p);
    // A name decides; ids only where the names that AWS makes are not known.
    for (const p of all) this.earlier.set(p.id, p);
  }

  run(): Difference {
    const sources = [...this.after.principals, ...this.now.outsiders].filter(
      (p) => p.kind !== 'group' && p.kind !== 'instance-profile',
    );
    for (const principal of sources) {
      if (principal.kind !== 'external' || this.after.principals.includes(principal)) this.compareRequests(principal);
      this.compareIdentities(principal);
    }
    for (const { principal, access } of newResourceAccess(this.before, this.after, this.catalogue))
      this.entryOf(principal).access.push(access);
    this.inherit(sources);
    const changes = [...this.found.values()]
      .filter(({ access }) => access.length > 0)
      .map(({ access, inheritedBy, ...rest }): NewAccess => {
        const ranked = [...access].sort(byDanger);
        return { ...rest, access: ranked, danger: gravest(ranked.map((a) => a.danger)), inheritedBy: [...inheritedBy] };
      });
    const ids = new Set(this.after.principals.map((p) => this.earlierOf(p)?.id));
    return {
      changes: changes.sort((a, b) => byDanger(a, b) || (a.principal.id < b.principal.id ? -1 : 1)),
      removed: this.before.principals.filter((p) => !ids.has(p.id)),
      assumptions: this.now.assumptions,
    };
  }

  private earlierOf({ id, arn }: Principal): Principal | undefined {
    return this.earlier.get(id) ?? this.earlier.get(textKey(arn));
  }

  private entryOf(principal: Principal): Found {
    const known = this.found.get(principal.id);
    if (known !== undefined) return known;
    // Nobody knows since when somebody outside the templates has been there.
    const isNew = principal.kind !== 'external' && this.earlierOf(principal) === undefined;
    const entry: Found = { principal, isNew, access: [], inheritedBy: new Set() };
    this.found.set(principal.id, entry);
    return entry;
  }

  private compareRequests(principal: Principal): void {
    const previous = this.earlierOf(principal);
    const now = plain(this.now, principal);
    const before = previous === undefined ? undefined : plain(this.past, previous);
    const comparison = new Comparison(
      now.policies,
      before?.policies ?? { identityPolicies: [] },
      this.catalogue,
      nameOf(principal),
    );
    const news = principal.unknown.filter((reason) => !previous?.unknown.includes(reason));
    for (const reason of news) {
      this.entryOf(principal).access.push({ kind: 'undecided', danger: 'high', subject: nameOf(principal), reason });
    }
    if (comparison.isSame) return;
    const elsewhere = previous === undefined ? [] : this.othersOf(this.past.closure(previous), previous);
    for (const access of comparison.newRequests(elsewhere.map((a) => a.policies)))
      this.entryOf(principal).access.push(access);
  }

  /** As whom the principal could act for certain, beside itself. */
  private othersOf(closure: Closure, self: Principal): readonly Actor[] {
    return [...closure.arrivals.values()]
      .filter((m) => m.undecided === undefined && m.actor.principal.kind !== 'external')
      .filter((m) => m.actor.principal !== self || gainsKey(m.actor.gains) !== '')
      .map((m) => m.actor);
  }

  private compareIdentities(source: Principal): void {
    const previous = this.earlierOf(source);
    const before = previous === undefined ? undefined : this.past.closure(previous);
    const closure = this.now.closure(source);
    const had = before === undefined ? [] : this.heldBy(before);
    /** Arrivals that are new, by actor, with the entry that shows them or the one that they follow from. */
    const fresh = new Map<string, NewIdentity & { readonly beyond: Principal[] }>();
    for (const arrival of closure.arrivals.values()) {
      const { actor, step } = arrival;
      if (step === undefined || this.covers(before, arrival)) continue;
      const makers = step.permits.map((p) => p.actor);
      const cause = makers.map((m) => fresh.get(m.key)).find((entry) => entry !== undefined);
      if (cause !== undefined) {
        fresh.set(actor.key, cause);
        if (!cause.beyond.includes(actor.principal)) cause.beyond.push(actor.principal);
        continue;
      }
      // The maker shows the step, and whoever could act as it inherits what it gains.
      const inherits =
        makers.every((m) => m.principal !== source) && new Set(makers.map((m) => m.principal)).size === 1;
      if (inherits) continue;
      const gain = this.gainOf(actor, had);
      if (gain === undefined) continue;
      const undecided = arrival.undecided ?? gain.undecided;
      const entry = {
        kind: 'identity' as const,
        danger: this.dangerOf(source, actor),
        to: arrival,
        chain: chainOf(closure, arrival),
        ...(gain.witness && { witness: gain.witness }),
        ...(undecided === undefined ? {} : { undecided }),
        beyond: [] as Principal[],
      };
      fresh.set(actor.key, entry);
      this.entryOf(source).access.push(entry);
    }
  }

  private heldBy(closure: Closure): readonly Actor[] {
    return [...closure.arrivals.values()]
      .filter((m) => m.undecided === undefined && (m.step !== undefined || closure.source.kind !== 'external'))
      .map((m) => m.actor);
  }

  /** The closure of before had the same identity with as much. */
  private covers(before: Closure | undefined, { actor, undecided }: Arrival): boolean {
    if (before === undefined) return false;
    const previous = this.earlierOf(actor.principal)?.id ?? actor.principal.id;
    return (this.arrivalsOf(before).get(previous) ?? []).some(
      (known) =>
        coversGains(known.actor.gains, actor.gains) &&
        (known.undecided === undefined || undecided !== undefined) &&
        this.comparedElsewhere(actor, known.actor),
    );
  }

  /**
   * What the templates give a principal is compared where it stands. What it gains beside, and what a principal may do that
   * is only made on the way, depends on limits that may have changed.
   */
  private comparedElsewhere(now: Actor, before: Actor): boolean {
    if (!isMadeUp(now.principal) && gainsKey(now.gains) === '') return true;
    return new Comparison(now.policies, before.policies, this.catalogue, now.principal.id).isSame;
  }

  /** By principal: what is gained for certain may be less than what is gained perhaps, and came before it. */
  private arrivalsOf(closure: Closure): ReadonlyMap<string, readonly Arrival[]> {
    let found = this.byPrincipal.get(closure);
    if (found === undefined) {
      const index = new Map<string, Arrival[]>();
      for (const arrival of closure.arrivals.values()) {
        const { id } = arrival.actor.principal;
        index.set(id, [...(index.get(id) ?? []), arrival]);
      }
      this.byPrincipal.set(closure, index);
      found = index;
    }
    return found;
  }

  /** What acting as the actor allows that none of those before allowed; undefined when nothing. */
  private gainOf(
    actor: Actor,
    had: readonly Actor[],
  ): { readonly witness?: SubsetWitness; readonly undecided?: string } | undefined {
    let answer: { readonly witness?: SubsetWitness; readonly undecided?: string } = {};
    if (had.length === 0) {
      const verdict = subset(actor.compiled, { identityPolicies: [] }, this.catalogue);
      if (verdict.verdict === 'subset') return undefined;
      return verdict.verdict === 'not-subset' ? { witness: verdict.witness } : { undecided: verdict.reason };
    }
    for (const one of had) {
      if (this.now.oracle.mayDoEverything(one)) return undefined;
      const verdict = subset(actor.compiled, one.compiled, this.catalogue);
      if (verdict.verdict === 'subset') return undefined;
      if (verdict.verdict === 'not-subset' && answer.witness === undefined) answer = { witness: verdict.witness };
      else if (verdict.verdict === 'undecided' && answer.witness === undefined) answer = { undecided: verdict.reason };
    }
    return answer;
  }

  private dangerOf(source: Principal, actor: Actor): Danger {
    if (this.now.oracle.mayDoEverything(actor) || actor.gains.any) return 'critical';
    const { domain, duty } = actor.principal;
    const crosses = source.domain !== undefined && domain !== undefined && source.domain !== domain;
    const joins = source.duty !== undefined && duty !== undefined && source.duty !== duty;
    return crosses || joins ? 'critical' : 'high';
  }

  /** Whoever could act as a principal before and still can has what is new for it. */
  private inherit(sources: readonly Principal[]): void {
    const changed = [...this.found.values()].filter(({ access }) => access.length > 0);
    if (changed.length === 0) return;
    for (const source of sources) {
      const previous = this.earlierOf(source);
      if (previous === undefined) continue;
      const before = this.past.closure(previous);
      if (this.heldBy(before).some((a) => this.now.oracle.mayDoEverything(a))) continue;
      const closure = this.now.closure(source);
      for (const { principal, inheritedBy } of changed) {
        const arrival = principal === source ? undefined : closure.members.get(principal.id);
        if (arrival !== undefined && this.covers(before, arrival)) inheritedBy.add(source);
      }
    }
  }
}

/** The principal with what the templates give it, and nothing that it may gain. */
function plain(reach: Reach, principal: Principal): Actor {
  const arrival = reach.closure(principal).arrivals.get(`${principal.id}#`);
  if (arrival === undefined) throw new Error(`bulkhead: internal error: \`${principal.id}\` is not in its own closure`);
  return arrival.actor;
}

/** By the construct that the author wrote, not the L1 inside it. */
export function nameOf({ origin }: Principal): string {
  return origin.path.replace(/\/(Resource|Default)$/, '');
}
