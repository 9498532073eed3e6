/**
 * All rules together, asked from the side of the actor: whom can it become? What it can change about
 * those that it already acts as is in edits.ts.
 *
 * Rows that both edit a principal and become it are left out: becoming it is one step and editing it
 * another, so reach finds them as two (test/reach/rules.test.ts holds every such row to that). Rows that
 * need a trust policy to admit the actor are all of `sts:AssumeRole`, and are in assume.ts.
 */
import type { EscalationPath, EscalationRequest } from '../catalog/escalation-paths';
import type { Principal } from '../model/model';
import { RUNS_AS } from '../model/runs-as-table';
import type { Catalogue } from '../policy/catalogue';
import { show, type Text } from '../policy/text';
import type { Actor } from './actor';
import type { ArnIndex } from './arn-index';
import type { Oracle } from './ask';
import { ASSUME_ROLE } from './assume';
import { holderOf, newcomerOf } from './beyond';
import { Edits, isEdit } from './edits';
import { PASS_ROLE, Rule } from './rule';
import { type Step, stepOf } from './step';
import { principalOf, type Subject, Targets } from './targets';
import { servicesAdmitted } from './trust';
import type { Runner, World } from './world';

const BOUNDARY = 'iam:PermissionsBoundary';

export class Rules {
  private readonly becoming: readonly Rule[];
  readonly edits: Edits;
  private readonly targets: Targets;
  private readonly byClass = new Map<string, readonly Step[]>();
  private readonly runnersOfType = new Map<string, readonly Runner[]>();

  constructor(
    private readonly world: World,
    private readonly oracle: Oracle,
    catalogue: Catalogue,
    paths: readonly EscalationPath[],
  ) {
    this.targets = new Targets(world, catalogue);
    const ruleOf = (path: EscalationPath): Rule => new Rule(path, oracle, this.targets);
    // Few requests first: the simplest way to reach somebody is the one that is shown.
    const sorted = [...paths].sort((a, b) => a.requests.length - b.requests.length);
    this.becoming = sorted.filter((p) => becomes(p)).map(ruleOf);
    this.edits = new Edits(world, sorted.filter(isEdit).map(ruleOf));
    for (const r of world.runners.all) {
      const type = r.resource.origin.type;
      this.runnersOfType.set(type, [...(this.runnersOfType.get(type) ?? []), r]);
    }
  }

  /** Whom the actor can become by itself, other than by assuming a role. The same for all actors of its class. */
  arrivals(actor: Actor): readonly Step[] {
    let steps = this.byClass.get(actor.class);
    if (steps === undefined) {
      steps = actor.principal.kind === 'external' ? [] : [...this.stepsOf(this.becoming, [actor], () => false)];
      this.byClass.set(actor.class, steps);
    }
    return steps;
  }

  /** Whom the actors can become together, each making some of the requests. `reached` are left out. */
  *together(actors: readonly Actor[], reached: (p: Principal) => boolean): Iterable<Step> {
    for (const rule of this.becoming) {
      if (rule.path.requests.length < 2 || !rule.mightFire(actors)) continue;
      const makers = actors.filter((a) => rule.path.requests.some((r) => this.oracle.mightEver(a, r.action)));
      if (makers.length > 1) yield* this.stepsOf([rule], makers, reached);
    }
  }

  private *stepsOf(
    rules: readonly Rule[],
    makers: readonly Actor[],
    reached: (p: Principal) => boolean,
  ): Iterable<Step> {
    const sure = new Set<string>();
    for (const rule of rules) {
      if (!rule.mightFire(makers)) continue;
      for (const subject of this.subjects(rule.path, makers)) {
        const whom = this.reachedBy(rule.path, subject, makers[0]!).filter((p) => !sure.has(p.id) && !reached(p));
        const permits = whom.length === 0 ? undefined : rule.fire(subject, makers);
        if (permits === undefined) continue;
        for (const to of whom) {
          const step = stepOf(rule.path, permits, to, subject);
          if (step.undecided === undefined) sure.add(to.id);
          yield step;
        }
      }
    }
  }

  private reachedBy({ reached }: EscalationPath, subject: Subject, maker: Actor): readonly Principal[] {
    switch (subject.kind) {
      case 'account':
        return [newcomerOf(subject.account, maker.principal, subject.boundary)];
      case 'resource':
        return [holderOf(subject.resource) ?? []].flat();
      case 'principal':
      case 'runner':
      case 'unseen':
        return reached.kind === 'principal' && reached.of !== (principalOf(subject)!.kind === 'user' ? 'user' : 'role')
          ? []
          : [principalOf(subject)!];
    }
  }

  /** Everything that the path can be about when these actors make its requests, and possibly more. */
  private *subjects({ reached, requests }: EscalationPath, makers: readonly Actor[]): Iterable<Subject> {
    switch (reached.kind) {
      case 'passed-role':
        for (const role of this.candidates(this.world.roles, makers, PASS_ROLE)) {
          if (servicesAdmitted(role, reached.services).length > 0) yield { kind: 'principal', principal: role };
        }
        return;
      case 'role-of-resource':
        yield* this.runnerSubjects(reached.types, requests, makers);
        return;
      case 'principal':
        for (const principal of this.principalsOf(
          requests.find((r) => isConcrete(r)),
          makers,
        ))
          yield { kind: 'principal', principal };
        return;
      case 'federated-roles':
        yield* this.federated(reached.provider);
        return;
      case 'resource-any':
        for (const resource of this.candidates(this.world.resources, makers, requests[0]!.action)) {
          if (reached.types.includes(resource.origin.type)) yield { kind: 'resource', resource };
        }
        return;
      case 'account-any':
        yield* this.newcomers(requests, makers);
        return;
      case 'principal-any':
      case 'self-any':
      case 'group':
      case 'self-unbounded':
      case 'self-undenied':
        return;
    }
  }

  private *principalsOf(request: EscalationRequest | undefined, makers: readonly Actor[]): Iterable<Principal> {
    if (request?.target === 'target-role') yield* this.candidates(this.world.roles, makers, request.action);
    else if (request?.target === 'target-user') yield* this.candidates(this.world.users, makers, request.action);
    else if (request?.target === 'policy-of-target') {
      for (const policy of this.candidates(this.world.policies, makers, request.action)) yield* policy.attachedTo;
    } else if (request?.target === 'target-instance-profile') {
      for (const role of this.world.roles.all) if (this.world.profilesOf.has(role.id)) yield role;
    }
  }

  private *runnerSubjects(
    types: readonly string[],
    requests: readonly EscalationRequest[],
    makers: readonly Actor[],
  ): Iterable<Subject> {
    const drive = requests.find((r) => r.target === 'existing-compute')?.action ?? requests[0]!.action;
    const found = new Set<Runner>();
    for (const r of this.candidates(this.world.runners, makers, drive))
      if (types.includes(r.resource.origin.type)) found.add(r);
    const ofTypes = types.flatMap((t) => this.runnersOfType.get(t) ?? []);
    for (const r of ofTypes) if (!this.targets.isTakenBy(drive, r.resource)) found.add(r);
    for (const runner of found) yield { kind: 'runner', runner };
    const seen: Text[] = ofTypes.flatMap((r) => r.resource.arn ?? []);
    for (const role of this.unseen(types)) yield { kind: 'unseen', role, seen };
  }

  /** Roles that a service of the types may assume, although nothing in the templates runs as them. */
  private unseen(types: readonly string[]): readonly Principal[] {
    const services = [...new Set(types.flatMap(servicesRunning))];
    return [...this.world.roles.all].filter(
      (r) => r.kind === 'role' && !this.world.runnersAs.has(r.id) && servicesAdmitted(r, services).length > 0,
    );
  }

  private *federated(provider: 'saml' | 'oidc' | 'any'): Iterable<Subject> {
    for (const role of this.world.roles.all) {
      for (const s of role.trust?.statements ?? []) {
        for (const { type, value } of s.effect === 'Allow' ? (s.principal?.entries ?? []) : []) {
          const saml = value.parts.some((p) => typeof p === 'string' && p.includes(':saml-provider/'));
          if (type !== 'Federated' || (provider !== 'any' && saml !== (provider === 'saml'))) continue;
          yield { kind: 'principal', principal: role, provider: value };
        }
      }
    }
  }

  /** With no boundary; and, where the requests speak of boundaries, with each that the makers' policies name. */
  private *newcomers(requests: readonly EscalationRequest[], makers: readonly Actor[]): Iterable<Subject> {
    const { account } = makers[0]!.principal;
    yield { kind: 'account', account };
    const [first] = requests.filter((r) => r.context?.[BOUNDARY] !== undefined);
    if (first === undefined) return;
    for (const pattern of makers.flatMap((m) => this.oracle.valuesOf(m, first.action, BOUNDARY))) {
      const known = [...this.world.boundaries.candidates({ not: false, patterns: [pattern] })];
      for (const boundary of known) yield { kind: 'account', account, boundary };
      if (known.length === 0)
        yield { kind: 'account', account, doubt: `what the boundary \`${show(pattern)}\` allows is not known` };
    }
  }

  private *candidates<T>(index: ArnIndex<T>, makers: readonly Actor[], action: string): Iterable<T> {
    for (const maker of makers) {
      if (!this.oracle.mightEver(maker, action)) continue;
      const selections = this.oracle.selections(maker, action);
      if (selections === undefined) {
        yield* index.all;
        return;
      }
      for (const selection of selections) yield* index.candidates(selection);
    }
  }
}

/** True iff a rule of its own finds what the row reaches. */
function becomes(path: EscalationPath): boolean {
  const { reached, requests } = path;
  if (isEdit(path) || reached.kind === 'principal-any') return false;
  return !(reached.kind === 'principal' && requests.some((r) => r.action === ASSUME_ROLE));
}

function isConcrete({ target }: EscalationRequest): boolean {
  return target !== 'any' && target !== 'new-compute' && target !== 'existing-compute';
}

/** Service principals that run resources of the type; by the name of its service, where the model has no row for the type. */
function servicesRunning(type: string): readonly string[] {
  const known = RUNS_AS.get(type)?.map((row) => row.service);
  return known ?? [`${type.split('::')[1]?.toLowerCase()}.amazonaws.com`];
}
