/**
 * The closure of one principal: everybody that whoever holds its credentials can act as, with what each can
 * come to have. The least fixpoint of the rules over a set that only grows (see gains.ts), computed
 * round by round, so the chain by which each member was first found is a shortest one.
 *
 * Steps that are certain come first; only when they lead no further are undecided ones taken, and
 * what is found by them is marked. So a member without a mark is reached for certain.
 */
import type { Principal } from '../model/model';
import type { Actor, Actors } from './actor';
import type { Assuming } from './assume';
import { coversGains, gainsKey, joinGains, NO_GAINS } from './gains';
import type { Rules } from './rules';
import { madeBy, type Step } from './step';

/** That somebody became an actor, and how. */
export interface Arrival {
  readonly actor: Actor;
  /** Absent for the principal whose closure it is. */
  readonly step?: Step;
  /** The arrival of the same principal with less, when the step added something to it. */
  readonly before?: Arrival;
  /** Rounds it took. */
  readonly depth: number;
  /** Why it is not certain: of this step or of one before it. */
  readonly undecided?: string;
}

export interface Closure {
  readonly source: Principal;
  /** By principal id: the member with all that it gains. The source is one of them. */
  readonly members: ReadonlyMap<string, Arrival>;
  /** By actor, every arrival on the way. */
  readonly arrivals: ReadonlyMap<string, Arrival>;
}

export interface Engine {
  readonly actors: Actors;
  readonly rules: Rules;
  readonly assuming: Assuming;
}

/**
 * @param until members beyond which nothing is asked: the closure then ends with them
 */
export function closureOf(
  source: Principal,
  engine: Engine,
  until: (arrival: Arrival, so: Closure) => boolean = () => false,
): Closure {
  const growing = new Growing(source, engine, until);
  growing.saturate();
  return growing;
}

class Growing implements Closure {
  readonly members = new Map<string, Arrival>();
  readonly arrivals = new Map<string, Arrival>();
  /** Steps that rest on something undecided, kept until the certain ones are exhausted. */
  private doubtful: Step[] = [];
  /** Classes whose arrivals were taken already. */
  private readonly classes = new Set<string>();
  private readonly editors = new Map<string, Actor>();
  private fresh: Actor[] = [];
  /** Keys of the members at which the closure ends. */
  private readonly ends = new Set<string>();
  private depth = 0;

  constructor(
    readonly source: Principal,
    private readonly engine: Engine,
    private readonly until: (arrival: Arrival, so: Closure) => boolean,
  ) {
    this.enter({ actor: engine.actors.of(source, NO_GAINS), depth: 0 });
  }

  saturate(): void {
    for (;;) {
      while (this.fresh.length > 0) this.round();
      const doubtful = this.doubtful;
      this.doubtful = [];
      for (const step of doubtful) this.take(step, true);
      if (this.fresh.length === 0) return;
    }
  }

  private round(): void {
    const fresh = this.fresh;
    this.fresh = [];
    this.depth++;
    for (const actor of fresh) {
      // It has gained something meanwhile: what it has now may do all that it might.
      if (this.members.get(actor.principal.id)?.actor !== actor) continue;
      if (!this.classes.has(actor.class)) {
        this.classes.add(actor.class);
        for (const step of this.engine.rules.arrivals(actor)) this.take(madeBy(step, actor), false);
      }
      for (const step of this.engine.assuming.steps(actor)) this.take(step, false);
    }
    const current = this.current();
    // One actor speaks for its class.
    const makers = current.length < 2 ? current : [...new Map(current.map((a) => [a.class, a])).values()];
    if (makers.length > 1) {
      for (const step of this.engine.rules.together(makers, fresh, (p) => this.members.has(p.id)))
        this.take(step, false);
    }
    this.edit(fresh);
  }

  /** The members as they are now, but for outsiders, of whom nobody knows what else they may do. */
  private current(): readonly Actor[] {
    const current: Actor[] = [];
    for (const { actor } of this.members.values()) {
      if (actor.principal.kind !== 'external' && !this.ends.has(actor.key)) current.push(actor);
    }
    return current;
  }

  /** New editors may change every member; every editor may change a new member. One actor speaks for its class. */
  private edit(fresh: readonly Actor[]): void {
    const editors = fresh.filter((a) => !this.editors.has(a.class) && this.engine.rules.edits.isEditor(a));
    for (const editor of editors) this.editors.set(editor.class, editor);
    if (this.editors.size === 0) return;
    const all = [...this.editors.values()];
    const subjects = editors.length > 0 ? this.current() : fresh;
    for (const subject of subjects) {
      for (const step of this.engine.rules.edits.of(all, subject)) this.take(step, false);
    }
  }

  private take(step: Step, evenDoubtful: boolean): void {
    const known = this.members.get(step.to.id);
    if (known !== undefined && coversGains(known.actor.gains, step.gains)) return;
    const undecided = step.undecided ?? this.doubtOf(step) ?? known?.undecided;
    if (undecided !== undefined && !evenDoubtful) {
      this.doubtful.push(step);
      return;
    }
    const gains = joinGains(known?.actor.gains ?? NO_GAINS, step.gains);
    this.enter({
      actor: this.engine.actors.of(step.to, gains),
      step,
      ...(known === undefined ? {} : { before: known }),
      depth: this.depth,
      ...(undecided === undefined ? {} : { undecided }),
    });
  }

  private doubtOf(step: Step): string | undefined {
    for (const { actor } of step.permits) {
      const doubt = this.arrivals.get(actor.key)?.undecided;
      if (doubt !== undefined) return doubt;
    }
    return undefined;
  }

  private enter(arrival: Arrival): void {
    const { actor } = arrival;
    this.members.set(actor.principal.id, arrival);
    this.arrivals.set(actor.key, arrival);
    if (arrival.step === undefined || !this.until(arrival, this)) this.fresh.push(actor);
    else this.ends.add(actor.key);
  }
}

/** The steps that lead to the arrival, each after those that it rests on. */
export function chainOf(closure: Closure, arrival: Arrival): readonly Step[] {
  const steps: Step[] = [];
  const seen = new Set<string>();
  const visit = (a: Arrival): void => {
    const key = `${a.actor.principal.id}#${gainsKey(a.actor.gains)}`;
    if (seen.has(key)) return;
    seen.add(key);
    if (a.before !== undefined) visit(a.before);
    for (const { actor } of a.step?.permits ?? []) {
      const maker = closure.arrivals.get(actor.key);
      if (maker !== undefined) visit(maker);
    }
    if (a.step !== undefined) steps.push(a.step);
  };
  visit(arrival);
  return steps;
}
