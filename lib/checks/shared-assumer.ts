/**
 * Principals without a duty that reach roles of conflicting duties: people, pipelines and whoever else
 * trust policies name. The ground of SOD-3 (it assumes both itself) and of part of SOD-2 (a chain leads there).
 *
 * For a principal of the templates, roles of two domains must be separate as well: it would be shared by
 * both. For people outside, only conflicting duties in one domain are: someone may serve two domains. A
 * principal of a domain that reaches another is chain-breach.ts's.
 */
import type { Model, Principal } from '../model/model';
import { type Arrival, type Closure, chainOf } from '../reach/closure';
import { mayAssumeBoth, type OneCaller, picksTags } from '../reach/one-caller';
import type { Reach } from '../reach/reach';
import { ASSUME } from '../reach/step';
import type { Breach } from './breach';
import { byBreakingGlass } from './broken-glass';
import { chainsBetween } from './chain-breach';
import type { CheckContext } from './check';
import { type Held, perhapsJoined } from './perhaps-one';
import { because, nameOf, type Reason, separationOf } from './separation';

export interface Joined extends Breach {
  /** The principal assumes both roles itself, without a chain. */
  readonly direct: boolean;
}

/** One breach for each such principal, of the two roles that it reaches first. */
export function joinedDuties(model: Model, context: CheckContext): readonly Joined[] {
  return context.once(model, 'joined duties', () => findAll(model, context));
}

function findAll(model: Model, context: CheckContext): readonly Joined[] {
  const reach = context.reach(model);
  // Whoever comes to act as one of these has what it has; the cause is reported there.
  const broken = new Set(chainsBetween(model, context).map((b) => b.source.id));
  const reasonFor = separationOf(model);
  // A declared break-glass role is meant to hold every duty; the report prints it as an assumption.
  const inside = model.principals.filter(
    (p) => (p.kind === 'role' || p.kind === 'user') && p.duty === undefined && p.breakGlass === undefined,
  );
  const joined: Joined[] = [];
  const apart: Held[] = [];
  for (const source of [...inside, ...reach.outsiders]) {
    const outside = source.kind === 'external';
    const domainsCount = !outside && source.domain === undefined;
    const finder = new Finder(source, reach, broken, (a, b) => {
      const reason = reasonFor(a, b);
      return domainsCount || reason?.kind !== 'domains' ? reason : undefined;
    });
    const found = finder.find();
    if (found !== undefined) joined.push(found);
    else if (outside) apart.push(finder);
  }
  return [...joined, ...perhapsJoined(apart, reach, reasonFor)];
}

interface Pair {
  readonly a: Arrival;
  readonly b: Arrival;
  readonly reason: Reason;
  readonly undecided?: string;
}

class Finder implements Held {
  /** Members with a duty or a domain, in the order in which they were reached. */
  readonly held: Arrival[] = [];
  closure: Closure | undefined;
  private pair: Pair | undefined;

  constructor(
    readonly source: Principal,
    private readonly reach: Reach,
    private readonly broken: ReadonlySet<string>,
    private readonly reasonFor: (a: Principal, b: Principal) => Reason | undefined,
  ) {}

  find(): Joined | undefined {
    const closure = this.reach.closureUntil(this.source, (arrival, so) => this.stops(arrival, so));
    this.closure = closure;
    // Who changes tags may have been reached after the roles that tags keep apart.
    if (this.pair === undefined && this.mayRetag(closure)) {
      for (const [i, arrival] of this.held.entries())
        this.pair ??= this.pairWith(this.held.slice(0, i), arrival, closure);
    }
    const { pair } = this;
    if (pair === undefined) return undefined;
    const { a, b, reason } = pair;
    const chain = [...new Set([...chainOf(closure, a), ...chainOf(closure, b)])];
    const undecided =
      a.undecided ??
      b.undecided ??
      pair.undecided ??
      (isUnknown(this.source) ? `who \`${this.source.id}\` is is not known before deployment` : undefined);
    return {
      source: this.source,
      reason,
      principals: [this.source, a.actor.principal, b.actor.principal],
      chain,
      says: `${nameOf(this.source)} can act as ${nameOf(a.actor.principal)} and as ${nameOf(b.actor.principal)}, and ${because(reason)}`,
      explanation: [],
      direct: chain.every((s) => s.path.id === ASSUME && s.permits[0]!.actor.principal === this.source),
      weight: closure.members.size,
      ...(undecided === undefined ? {} : { undecided }),
    };
  }

  private stops(arrival: Arrival, so: Closure): boolean {
    if (this.pair !== undefined || byBreakingGlass(arrival)) return true;
    const { principal } = arrival.actor;
    if (principal.duty === undefined && principal.domain === undefined) return false;
    this.pair = this.pairWith(this.held, arrival, so);
    if (this.pair !== undefined) return true;
    this.held.push(arrival);
    return this.broken.has(principal.id);
  }

  private pairWith(others: readonly Arrival[], arrival: Arrival, so: Closure): Pair | undefined {
    for (const earlier of others) {
      const reason = this.reasonFor(earlier.actor.principal, arrival.actor.principal);
      const together = reason === undefined ? 'never' : this.together(earlier, arrival, so);
      if (reason === undefined || together === 'never') continue;
      return { a: earlier, b: arrival, reason, ...(together === 'certainly' ? {} : together) };
    }
    return undefined;
  }

  private mayRetag({ members }: Closure): boolean {
    const tagging = ['iam:TagRole', 'iam:UntagRole', 'iam:TagUser', 'iam:UntagUser'];
    const { oracle } = this.reach;
    return (
      this.held.length > 1 &&
      [...members.values()].some(
        ({ actor }) => actor.principal.kind !== 'external' && tagging.some((a) => oracle.mightEver(actor, a)),
      )
    );
  }

  /**
   * `never` only if the two roles are assumed by one principal whose sessions may each assume one of them at most,
   * and nobody on the way to it may choose which session.
   */
  private together(a: Arrival, b: Arrival, so: Closure): OneCaller {
    if (a.step?.path.id !== ASSUME || b.step?.path.id !== ASSUME) return 'certainly';
    const caller = a.step.permits[0]!.actor;
    if (b.step.permits[0]!.actor !== caller) return 'certainly';
    const both = (retagged: boolean): OneCaller =>
      mayAssumeBoth(caller, a.actor.principal, b.actor.principal, this.reach.oracle.catalogue, { retagged });
    let one = both(false);
    if (one !== 'certainly' && this.isRetagged(caller.principal, so)) one = both(true);
    if (one === 'certainly') return one;
    const before = so.arrivals.get(caller.key)?.step;
    const given =
      before === undefined ||
      (before.path.id === ASSUME && !picksTags(before.permits[0]!.actor.principal, caller.principal));
    return given ? one : 'certainly';
  }

  /** True unless nobody whom the source acts as may change the tags of the caller. */
  private isRetagged({ kind, arn }: Principal, so: Closure): boolean {
    if (kind !== 'role' && kind !== 'user') return false;
    const actions = kind === 'role' ? ['iam:TagRole', 'iam:UntagRole'] : ['iam:TagUser', 'iam:UntagUser'];
    return [...so.members.values()].some(
      ({ actor }) =>
        actor.principal.kind !== 'external' &&
        actions.some((a) => this.reach.oracle.may(actor, a, [arn]) !== undefined),
    );
  }
}

function isUnknown(p: Principal): boolean {
  return p.arn.parts.some((part) => typeof part !== 'string' && part.type === 'any' && part.values === undefined);
}
