/**
 * Chains by which a principal with a duty, or of a domain, comes to requests of a role that it must be
 * separate from; or two of them to one place (meeting-breach.ts); or something that stands in development to a role of
 * production (stages.ts). A chain is searched no further than to where it first breaks a separation, because whatever
 * lies beyond has the same cause.
 */
import type { Model, Principal } from '../model/model';
import type { OverlapWitness } from '../policy/verdict';
import { type Arrival, type Closure, chainOf } from '../reach/closure';
import { gainsKey, showGains } from '../reach/gains';
import { blindness } from '../reach/reach';
import type { Breach } from './breach';
import { byBreakingGlass } from './broken-glass';
import type { CheckContext } from './check';
import { exceptBetween, exceptFrom, hasCrossing } from './declared-crossings';
import { meetingBreaches, type Visit } from './meeting-breach';
import { meetingsOf } from './meetings';
import { atMost, because, nameOf, type Reason, type Subject, separationOf, subjectsOf } from './separation';
import { mustNotReach, nameOfStage, Stages } from './stages';

/** Breaches of principals that have a duty or a domain themselves. */
export function chainsBetween(model: Model, context: CheckContext): readonly Breach[] {
  return chainsIn(model, context).breaches;
}

/** Whom principals that have a duty or a domain come to act as without a breach. */
export function visitsIn(model: Model, context: CheckContext): readonly Visit[] {
  return chainsIn(model, context).visits;
}

interface Chains {
  readonly breaches: readonly Breach[];
  readonly visits: readonly Visit[];
}

function chainsIn(model: Model, context: CheckContext): Chains {
  return context.once(model, 'chains between duties', () => findChains(model, context));
}

function findChains(model: Model, context: CheckContext): Chains {
  const separation = new Separation(model, context);
  const breaches: Breach[] = [];
  const visits: Visit[] = [];
  for (const source of separation.sources) {
    const { principal } = source;
    const ends = new Set<string>();
    const closure = context.reach(model).closureUntil(principal, (arrival, so) => {
      const glass = byBreakingGlass(arrival);
      const settled = glass || separation.isSettled(principal, arrival);
      // What a crossing declares is between two domains, and not between two stages of their lives.
      const breach = settled
        ? glass
          ? undefined
          : separation.intoProduction(source, arrival, so)
        : separation.breachBy(source, arrival, so);
      if (breach !== undefined) breaches.push(breach);
      if (settled || breach !== undefined) ends.add(arrival.actor.key);
      return settled || breach !== undefined;
    });
    for (const arrival of closure.members.values()) {
      if (arrival.step !== undefined && !ends.has(arrival.actor.key))
        visits.push({ source: principal, arrival, closure });
    }
  }
  return { breaches: [...breaches, ...meetingBreaches(visits, model, context)], visits };
}

/** Whom a role must be separate from, found without looking at every pair. */
class Separation {
  readonly sources: readonly Subject[];
  private readonly reasonFor: (a: Principal, b: Principal) => Reason | undefined;
  private readonly byDomain = new Map<string, Subject[]>();
  private readonly meetings: (principal: Principal) => ReadonlySet<Principal>;
  private readonly stages: Stages;

  constructor(
    private readonly model: Model,
    private readonly context: CheckContext,
  ) {
    this.meetings = meetingsOf(model, context).of;
    this.stages = Stages.of(model);
    const separate = subjectsOf(model).filter(
      (s) => s.principal.kind !== 'group' && s.principal.kind !== 'bootstrap-role',
    );
    this.sources = [...separate, ...this.undomained(model)];
    this.reasonFor = separationOf(model);
    for (const s of separate) {
      const domain = s.principal.domain ?? '';
      this.byDomain.set(domain, [...(this.byDomain.get(domain) ?? []), s]);
    }
  }

  /** What stands in development without a duty and a domain must not reach production either. */
  private undomained({ principals }: Model): readonly Subject[] {
    if (!this.stages.areApart) return [];
    return principals
      .filter(
        (p) => p.domain === undefined && p.duty === undefined && p.kind !== 'group' && p.kind !== 'instance-profile',
      )
      .filter((p) => this.stages.ofPrincipal(p)?.life === 'development')
      .map((principal) => ({ principal, policies: atMost(principal) }));
  }

  /** How acting as the arrival brings what stands in development into production, if it does. */
  intoProduction(source: Subject, arrival: Arrival, so: Closure): Breach | undefined {
    const { principal: whom } = arrival.actor;
    // Who writes the policy of a resource is granted something on it: grants-into-production.ts.
    if (whom === source.principal || arrival.step?.path.reached.kind === 'resource-any') return undefined;
    const [from, to] = [this.stages.ofPrincipal(source.principal), this.stages.ofPrincipal(whom)];
    const verdict = from && to && mustNotReach(from, to);
    if (verdict === undefined) return undefined;
    const [a, b] = [nameOfStage(from!), nameOfStage(to!)];
    const reason: Reason = { kind: 'lives', a, b };
    const unknown = verdict === 'undecided' ? `whether ${a} and ${b} are in one stage of life is not said` : undefined;
    const undecided = arrival.undecided ?? blindness(arrival.actor) ?? unknown;
    return {
      source: source.principal,
      reason,
      principals: [source.principal, whom],
      chain: chainOf(so, arrival),
      says: `${nameOf(source.principal)} can act as ${nameOf(whom)}, and ${because(reason)}`,
      explanation: [],
      weight: this.weightOf(source.principal, arrival),
      ...(undecided === undefined ? {} : { undecided }),
    };
  }

  /**
   * A crossing declares all requests by which the source comes there: then what the arrival may do is the
   * other domain's matter. Or it comes only to a resource of that domain: that is a grant, and shown as one.
   */
  isSettled(source: Principal, { actor, step }: Arrival): boolean {
    if (step?.path.reached.kind === 'resource-any' && this.reasonFor(source, actor.principal)?.kind === 'domains')
      return true;
    const except = exceptFrom(this.model, source.domain, actor.principal.domain);
    if (
      step === undefined ||
      source.domain === actor.principal.domain ||
      !hasCrossing(this.model, source.domain, actor.principal.domain)
    )
      return false;
    return step.permits.every((p) => !p.beside(except));
  }

  /** How acting as the arrival breaks a separation of the source, if it does. */
  breachBy(source: Subject, arrival: Arrival, so: Closure): Breach | undefined {
    const { principal: whom, gains } = arrival.actor;
    const chain = (): Breach['chain'] => chainOf(so, arrival);
    const doubt = arrival.undecided ?? blindness(arrival.actor);
    const reason = whom === source.principal ? undefined : this.reasonFor(source.principal, whom);
    if (reason !== undefined && !this.overlapsDirectly(source, whom)) {
      return {
        source: source.principal,
        reason,
        principals: [source.principal, whom],
        chain: chain(),
        says: `${nameOf(source.principal)} can act as ${nameOf(whom)}, and ${because(reason)}`,
        explanation: [],
        weight: this.weightOf(source.principal, arrival),
        ...(doubt === undefined ? {} : { undecided: doubt }),
      };
    }
    if (reason !== undefined) return undefined;
    const brought = this.intoProduction(source, arrival, so);
    if (brought !== undefined) return brought;
    for (const other of this.separateFrom(source.principal, arrival)) {
      const because_ = this.reasonFor(source.principal, other.principal)!;
      if (this.overlapsDirectly(source, other.principal)) continue;
      const except = exceptFrom(this.model, source.principal.domain, other.principal.domain);
      const verdict = this.context.overlap(arrival.actor.policies, other.policies, { except });
      if (verdict.verdict === 'disjoint' && blindness(arrival.actor) === undefined) continue;
      const undecided = doubt ?? (verdict.verdict === 'undecided' ? verdict.reason : undefined);
      const witness = verdict.verdict === 'overlap' ? verdict.witness : undefined;
      const as = gainsKey(gains) === '' ? nameOf(whom) : `${nameOf(whom)} ${showGains(gains)}`;
      return {
        source: source.principal,
        reason: because_,
        principals: [source.principal, whom, other.principal],
        chain: chain(),
        says: `${nameOf(source.principal)} can act as ${as}, which may do what ${nameOf(other.principal)} may do${what(witness)}; ${because(because_)}`,
        explanation: [],
        weight: this.weightOf(source.principal, arrival),
        ...(witness && { witness: { ...witness } }),
        ...(undecided === undefined ? {} : { undecided }),
      };
    }
    return undefined;
  }

  /** Roles that the source must be separate from, and that the arrival is not known to be apart from already. */
  private *separateFrom(source: Principal, { actor }: Arrival): Iterable<Subject> {
    const plain = gainsKey(actor.gains) === '';
    const home = source.domain ?? '';
    for (const s of this.byDomain.get(home) ?? []) if (this.asks(source, actor.principal, s, plain)) yield s;
    // Without a domain of its own, or with gains, the arrival may belong anywhere.
    if (plain && actor.principal.domain !== undefined) return;
    for (const [domain, subjects] of this.byDomain) {
      if (domain !== home) for (const s of subjects) if (this.asks(source, actor.principal, s, plain)) yield s;
    }
  }

  private asks(source: Principal, whom: Principal, other: Subject, plain: boolean): boolean {
    if (other.principal === source || other.principal === whom) return false;
    if (this.reasonFor(source, other.principal) === undefined) return false;
    // What the arrival may do by itself beside a role that it must be separate from is SOD-1's.
    return !plain || this.reasonFor(whom, other.principal) === undefined;
  }

  private overlapsDirectly(source: Subject, other: Principal): boolean {
    // Most that must be separate are known to be from SOD-1.
    if (!this.meetings(source.principal).has(other)) return false;
    const policies = this.byDomain.get(other.domain ?? '')?.find((s) => s.principal === other)?.policies;
    if (policies === undefined) return false;
    const except = exceptBetween(this.model, source.principal.domain, other.domain);
    return this.context.overlap(source.policies, policies, { except }).verdict === 'overlap';
  }

  /** An arrival that may do anything weighs most; then one that is in another domain. */
  private weightOf(source: Principal, { actor }: Arrival): number {
    if (actor.gains.any || !actor.compiled.mustAllow.isEmpty) return 100;
    return actor.principal.domain === source.domain ? 1 : 10;
  }
}

function what(witness: OverlapWitness | undefined): string {
  return witness === undefined ? '' : ` (\`${witness.action}\` on \`${witness.resource}\`)`;
}
