/**
 * The rules of reach: which steps actors can take. A row of the catalogue of paths becomes a rule by
 * finding everything that it can be about (its subjects), and asking for every request whether somebody
 * may make it on that subject.
 *
 * The requests of a path may be made by different actors that one person can act as, with two
 * exceptions that follow from how AWS authorises: `iam:PassRole` is checked on the caller of another request, so
 * one actor makes both; and requests about one new thing are about the same thing.
 */
import type { EscalationPath, EscalationRequest } from '../catalog/escalation-paths';
import type { Principal } from '../model/model';
import { ActionSet } from '../policy/action-set';
import type { Text } from '../policy/text';
import type { Actor } from './actor';
import type { Oracle, Permit } from './ask';
import { admits } from './named';
import { maySame } from './same-text';
import { principalOf, type Subject, type Target, type Targets } from './targets';
import type { Writers } from './writers';

/** A request of a row that an actor may make on the subject. */
interface Option {
  readonly permit: Permit;
  /** The request is about any resource of its kind, and so must agree with the other requests about it. */
  readonly free: boolean;
}

export const PASS_ROLE = 'iam:PassRole';

export class Rule {
  /** The actions of the requests; undefined where the catalogue does not know it, and anybody may be allowed it. */
  readonly ids: readonly (number | undefined)[];

  constructor(
    readonly path: EscalationPath,
    private readonly oracle: Oracle,
    private readonly targets: Targets,
    private readonly writers: Writers,
  ) {
    this.ids = path.requests.map(({ action }) => oracle.idOf(action));
  }

  /** False only if the actor can never make any of the requests. */
  mightMake(maker: Actor): boolean {
    return this.path.requests.some((r) => this.oracle.mightEver(maker, r.action));
  }

  /** The same for all actors whose requests are among these. */
  mightMakeIn(allowed: ActionSet): boolean {
    return this.ids.some((id) => id === undefined || allowed.has(id));
  }

  /** False only if the actors can never make all requests. */
  mightFire(makers: readonly Actor[]): boolean {
    for (const id of this.ids) if (!someMight(makers, id)) return false;
    return true;
  }

  /** How the makers make all requests about the subject: a permit for each, certain ones preferred. */
  fire(subject: Subject, makers: readonly Actor[]): readonly Permit[] | undefined {
    const near = makers.filter((m) => this.mayTouch(m.principal, subject));
    if (near.length === 0) return undefined;
    const options: (readonly Option[])[] = [];
    for (const request of this.path.requests) {
      const found = this.optionsOf(request, subject, near);
      if (found.length === 0) return undefined;
      options.push(found);
    }
    return this.agree(options, []);
  }

  private optionsOf(request: EscalationRequest, subject: Subject, makers: readonly Actor[]): readonly Option[] {
    const targets = this.targets.of(request, subject);
    const found: Option[] = [];
    for (const maker of makers) {
      const permit = firstPermit(targets, (t) => this.permitOn(maker, request.action, t));
      const compute = request.target === 'new-compute' || request.target === 'existing-compute';
      if (permit !== undefined) found.push({ permit, free: compute && targets.every((t) => t.arn === undefined) });
    }
    return found.sort((a, b) => Number(a.permit.undecided !== undefined) - Number(b.permit.undecided !== undefined));
  }

  private permitOn(maker: Actor, action: string, { arn, except, context, doubt }: Target): Permit | undefined {
    const resources = arn !== undefined ? [arn] : except === undefined ? undefined : { not: true, patterns: except };
    const permit = this.oracle.may(maker, action, resources, context);
    const why = doubt ?? this.path.doubt;
    return permit === undefined || why === undefined ? permit : { ...permit, undecided: permit.undecided ?? why };
  }

  /** The first choice of an option for each request in which all agree, by depth-first search. */
  private agree(options: readonly (readonly Option[])[], chosen: readonly Option[]): readonly Permit[] | undefined {
    if (chosen.length === options.length) return passesToOwnRequest(chosen) ? chosen.map((c) => c.permit) : undefined;
    for (const option of options[chosen.length]!) {
      if (!chosen.every((c) => this.onSame(c, option))) continue;
      const all = this.agree(options, [...chosen, option]);
      if (all !== undefined) return all;
    }
    return undefined;
  }

  private onSame(a: Option, b: Option): boolean {
    if (!a.free || !b.free || a.permit.action === b.permit.action) return true;
    if (!this.oracle.sameKind(a.permit.action, b.permit.action)) return true;
    return this.oracle.onOneResource(a.permit.actor, a.permit.action, b.permit.actor, b.permit.action);
  }

  /** Requests about something in another account need that thing's own policy to admit the caller; roles and users have none. */
  private mayTouch(maker: Principal, subject: Subject): boolean {
    const feeding = this.path.requests.find((r) => r.target === 'source-of-compute');
    if (feeding !== undefined && subject.kind === 'runner')
      return this.writers.mayWrite(maker, feeding.action, subject.runner.resource);
    if (maySame(maker.account, accountOf(subject))) return true;
    if (this.path.requests.some((r) => r.action.startsWith('iam:'))) return false;
    const resource =
      subject.kind === 'runner' ? subject.runner.resource : subject.kind === 'resource' ? subject.resource : undefined;
    return resource !== undefined && admits(resource, maker);
  }
}

/** Rules in their order, each found by one action that it needs: most actors can make no request with any of these. */
export class RulesByAction {
  private readonly needed: ActionSet;
  private readonly byAction = new Map<number, number[]>();
  /** Places of the rules that need no action which the catalogue knows. */
  private readonly others: number[] = [];

  constructor(
    private readonly rules: readonly Rule[],
    private readonly oracle: Oracle,
  ) {
    rules.forEach(({ ids }, place) => {
      const id = ids.find((i) => i !== undefined);
      const places = id === undefined ? this.others : (this.byAction.get(id) ?? []);
      if (id !== undefined) this.byAction.set(id, places);
      places.push(place);
    });
    this.needed = ActionSet.holding([...this.byAction.keys()]);
  }

  /** Those for which {@link Rule.mightFire} holds. */
  firing(makers: readonly Actor[]): readonly Rule[] {
    const allowed = this.oracle.allowing(makers);
    if (this.others.length === 0 && !allowed.meets(this.needed)) return [];
    const places = [...this.others];
    for (const action of allowed.intersection(this.needed)) places.push(...this.byAction.get(action)!);
    return places
      .sort((a, b) => a - b)
      .map((place) => this.rules[place]!)
      .filter((rule) => rule.mightFire(makers));
  }
}

/** As {@link Oracle.mightEver} of one of the actors. */
function someMight(makers: readonly Actor[], id: number | undefined): boolean {
  for (const { compiled } of makers)
    if (compiled.opaque.length === 0 && (id === undefined || compiled.mayAllow.has(id))) return true;
  return false;
}

function firstPermit(targets: readonly Target[], ask: (t: Target) => Permit | undefined): Permit | undefined {
  let undecided: Permit | undefined;
  for (const target of targets) {
    const permit = ask(target);
    if (permit !== undefined && permit.undecided === undefined) return permit;
    undecided ??= permit;
  }
  return undecided;
}

/** `iam:PassRole` is no request of its own: it is checked on the caller of the one that passes the role. */
function passesToOwnRequest(chosen: readonly Option[]): boolean {
  const actions = chosen.map((c) => c.permit);
  // A path that knows no other request is undecided as it is.
  if (actions.length === 1) return true;
  return actions.every(
    (p) => p.action !== PASS_ROLE || actions.some((q) => q.action !== PASS_ROLE && q.actor === p.actor),
  );
}

function accountOf(subject: Subject): Text {
  switch (subject.kind) {
    case 'account':
      return subject.account;
    case 'resource':
      return subject.resource.account;
    case 'runner':
    case 'unseen':
    case 'principal':
      return principalOf(subject)!.account;
  }
}
