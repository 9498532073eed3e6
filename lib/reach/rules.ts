/**
 * All rules together, asked from the side of the actor: whom can it become, and what can it change
 * about those that it already acts as?
 *
 * Rows that both edit a principal and become it are left out: becoming it is one step and editing it
 * another, so reach finds them as two (test/reach/rules.test.ts holds every such row to that). Rows that
 * need a trust policy to admit the actor are all of `sts:AssumeRole`, and are in assume.ts.
 */
import type { EscalationPath, EscalationRequest } from '../catalog/escalation-paths';
import type { Principal } from '../model/model';
import type { Catalogue } from '../policy/catalogue';
import type { Text } from '../policy/text';
import type { Actor } from './actor';
import type { ArnIndex } from './arn-index';
import type { Oracle } from './ask';
import { administratorOf, holderOf } from './beyond';
import { coversGains, type Gains, NO_GAINS } from './gains';
import { PASS_ROLE, Rule } from './rule';
import { type Step, stepOf } from './step';
import { principalOf, type Subject, Targets } from './targets';
import { servicesAdmitted } from './trust';
import { isRole, type Runner, type World } from './world';

type About = Subject & { readonly kind: 'principal' };

export class Rules {
  private readonly becoming: readonly Rule[];
  private readonly editing: readonly { readonly rule: Rule; readonly gains: Gains; readonly joins: boolean }[];
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
    this.editing = sorted.flatMap((path) => {
      const gains = gainsOf(path);
      return gains === undefined ? [] : [{ rule: ruleOf(path), gains, joins: path.reached.kind === 'group' }];
    });
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

  /** True iff some rule may let the actor change a principal that it acts as. */
  isEditor(actor: Actor): boolean {
    return actor.principal.kind !== 'external' && this.editing.some(({ rule }) => rule.mightFire([actor]));
  }

  /** What the editors together can add to what `subject` may do. */
  *edits(editors: readonly Actor[], subject: Actor): Iterable<Step> {
    if (subject.principal.kind === 'external') return;
    const itself: About = { kind: 'principal', principal: subject.principal };
    for (const { rule, gains, joins } of this.editing) {
      if (coversGains(subject.gains, gains) && !joins) continue;
      if (!wouldMatter(subject, gains) || !rule.mightFire(editors)) continue;
      for (const about of joins ? this.groupsToJoin(subject) : [itself]) {
        const permits = rule.fire(about, editors);
        const group = about.group?.id;
        if (permits !== undefined)
          yield stepOf(
            rule.path,
            permits,
            subject.principal,
            about,
            group === undefined ? gains : { ...NO_GAINS, groups: [group] },
          );
      }
    }
  }

  private groupsToJoin({ principal, gains }: Actor): readonly About[] {
    if (principal.kind !== 'user') return [];
    const member = new Set([...(principal.memberOf ?? []), ...gains.groups]);
    return [...this.world.groups.all]
      .filter((g) => !member.has(g.id))
      .map((group) => ({ kind: 'principal', principal, group }));
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
        return [administratorOf(subject.account, maker.principal)];
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
        yield { kind: 'account', account: makers[0]!.principal.account };
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
function becomes({ reached, requests }: EscalationPath): boolean {
  return (
    reached.kind !== 'principal-any' &&
    gainsOf({ reached } as EscalationPath) === undefined &&
    !(reached.kind === 'principal' && requests.some((r) => r.action === 'sts:AssumeRole'))
  );
}

function gainsOf({ reached }: Pick<EscalationPath, 'reached'>): Gains | undefined {
  switch (reached.kind) {
    case 'self-any':
      return { ...NO_GAINS, any: true };
    case 'self-unbounded':
      return { ...NO_GAINS, unbounded: true };
    case 'self-undenied':
      return { ...NO_GAINS, undenied: true };
    case 'group':
      return NO_GAINS;
    default:
      return undefined;
  }
}

/** A boundary or a Deny can be taken only from who has one. */
function wouldMatter({ principal, policies }: Actor, gains: Gains): boolean {
  if (gains.unbounded) return policies.permissionsBoundary !== undefined;
  if (gains.undenied) return principal.attached.some((a) => a.document.statements.some((s) => s.effect === 'Deny'));
  return isRole(principal) || principal.kind === 'user';
}

function isConcrete({ target }: EscalationRequest): boolean {
  return target !== 'any' && target !== 'new-compute' && target !== 'existing-compute';
}

/** Service principals that run resources of the type: by the name of its service, with the exceptions. */
function servicesRunning(type: string): readonly string[] {
  const [, service = ''] = type.split('::');
  const names: Readonly<Record<string, readonly string[]>> = {
    AppRunner: ['tasks.apprunner'],
    AutoScaling: ['ec2'],
    BedrockAgentCore: ['bedrock-agentcore'],
    ECS: ['ecs-tasks'],
    Serverless: ['lambda'],
    StepFunctions: ['states'],
  };
  return (names[service] ?? [service.toLowerCase()]).map((name) => `${name}.amazonaws.com`);
}
