/**
 * What a path can be about: every role that could be passed, every resource that could be driven, and so on, as far as
 * the actors' policies name them. A sieve again: a subject too many costs a question, a subject too
 * few would cost soundness.
 */
import type { EscalationPath, EscalationRequest } from '../catalog/escalation-paths';
import type { Principal, Resource } from '../model/model';
import { RUNS_AS } from '../model/runs-as-table';
import type { Selection } from '../policy/document';
import { show, type Text } from '../policy/text';
import type { Actor } from './actor';
import { ArnIndex } from './arn-index';
import type { Oracle } from './ask';
import { PASS_ROLE } from './rule';
import { type Source, sourcesOf } from './sources';
import type { About, Subject, Targets } from './targets';
import { servicesAdmitted } from './trust';
import type { Runner, World } from './world';

const BOUNDARY = 'iam:PermissionsBoundary';

type Running = Extract<EscalationPath['reached'], { kind: 'role-of-resource' }>;

/** Something that runs, and what it takes from elsewhere. */
interface Fed {
  readonly runner: Runner;
  readonly source: Source;
}

export class Subjects {
  private readonly byServices = new Map<string, ArnIndex<Principal>>();
  private readonly runnersOfType = new Map<string, Runner[]>();
  /** By the types that a path speaks of: most resources have no ARN of their own, and every look-up would go through them. */
  private readonly resources = new Map<readonly string[], ArnIndex<Resource>>();
  private readonly runners = new Map<readonly string[], ArnIndex<Runner>>();
  private readonly keys = new Map<readonly string[], ArnIndex<Runner>>();
  private readonly fed = new Map<readonly string[], ArnIndex<Fed>>();
  private readonly unseen = new Map<readonly string[], readonly Subject[]>();
  private federating: readonly (About & { readonly provider: Text })[] | undefined;

  constructor(
    private readonly world: World,
    private readonly oracle: Oracle,
    private readonly targets: Targets,
  ) {
    for (const r of world.runners) {
      const { type } = r.resource.origin;
      const others = this.runnersOfType.get(type);
      if (others === undefined) this.runnersOfType.set(type, [r]);
      else others.push(r);
    }
  }

  /** Everything that the path can be about when these actors make its requests, and possibly more. */
  *of({ reached, requests }: EscalationPath, makers: readonly Actor[]): Iterable<Subject> {
    switch (reached.kind) {
      case 'passed-role':
        for (const role of this.candidates(this.admitting(reached.services), makers, PASS_ROLE)) {
          yield { kind: 'principal', principal: role };
        }
        return;
      case 'role-of-resource':
        yield* this.runnerSubjects(reached, requests, makers);
        return;
      case 'user-of-key':
        yield* this.holdersOfKeys(reached.types, requests, makers);
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
        // Who may do everything anyhow gains nothing from a policy.
        if (makers.every((m) => this.oracle.mayDoEverything(m))) return;
        for (const resource of this.candidates(this.resourcesOf(reached.types), makers, requests[0]!.action)) {
          yield { kind: 'resource', resource };
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

  /** Roles that one of the services may assume. */
  private admitting(services: readonly string[]): ArnIndex<Principal> {
    const key = services.join();
    let roles = this.byServices.get(key);
    if (roles === undefined) {
      roles = new ArnIndex(
        this.world.roles.all.filter((r) => servicesAdmitted(r, services).length > 0),
        (r) => r.arn,
      );
      this.byServices.set(key, roles);
    }
    return roles;
  }

  private resourcesOf(types: readonly string[]): ArnIndex<Resource> {
    let index = this.resources.get(types);
    if (index === undefined) {
      index = new ArnIndex(
        this.world.model.resources.filter((r) => types.includes(r.origin.type)),
        (r) => r.arn,
      );
      this.resources.set(types, index);
    }
    return index;
  }

  /** Of those that run as several roles, with the one that the service takes. Rows with the same list name the same service. */
  private runnersOf({ types, service }: Running): ArnIndex<Runner> {
    let index = this.runners.get(types);
    if (index === undefined) {
      index = new ArnIndex(
        this.world.runners.filter((r) => types.includes(r.resource.origin.type) && isTakenAs(r, service)),
        (r) => r.resource.arn,
      );
      this.runners.set(types, index);
    }
    return index;
  }

  /** What of the types takes something from the action's service, by the ARN of that. */
  private fedBy(running: Running, action: string): ArnIndex<Fed> {
    const { types } = running;
    let index = this.fed.get(types);
    if (index === undefined) {
      const service = action.slice(0, action.indexOf(':'));
      const fed = [...this.runnersOf(running).all].flatMap((runner) =>
        sourcesOf(runner.resource, service, this.world.resourceById).map((source): Fed => ({ runner, source })),
      );
      index = new ArnIndex(fed, ({ source }) => (source === 'unknown' ? undefined : source));
      this.fed.set(types, index);
    }
    return index;
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
    running: Running,
    requests: readonly EscalationRequest[],
    makers: readonly Actor[],
  ): Iterable<Subject> {
    const { types, service } = running;
    const feeding = requests.find((r) => r.target === 'source-of-compute')?.action;
    if (feeding !== undefined) {
      const feeds = new Set<Runner>();
      for (const { runner } of this.candidates(this.fedBy(running, feeding), makers, feeding)) feeds.add(runner);
      for (const runner of feeds) yield { kind: 'runner', runner };
      return;
    }
    const drive = requests.find((r) => r.target === 'existing-compute')?.action ?? requests[0]!.action;
    const found = new Set(this.candidates(this.runnersOf(running), makers, drive));
    for (const type of types) {
      const runners = this.runnersOfType.get(type) ?? [];
      const some = runners.find((r) => isTakenAs(r, service));
      // All of a type have ARNs of one form. Where the request is not made on such, any of them may be meant.
      if (some !== undefined && !this.targets.isTakenBy(drive, some.resource))
        for (const r of runners) if (isTakenAs(r, service)) found.add(r);
    }
    for (const runner of found) yield { kind: 'runner', runner };
    yield* this.unseenOf(running);
  }

  private *holdersOfKeys(
    types: readonly string[],
    [request]: readonly EscalationRequest[],
    makers: readonly Actor[],
  ): Iterable<Subject> {
    let index = this.keys.get(types);
    if (index === undefined) {
      index = new ArnIndex(
        this.world.keyHolders.filter((h) => types.includes(h.resource.origin.type)),
        (h) => h.resource.arn,
      );
      this.keys.set(types, index);
    }
    const [some] = index.all;
    if (some === undefined) return;
    // As above: where the request is not made on such, any of them may be meant.
    const found = this.targets.isTakenBy(request!.action, some.resource)
      ? this.candidates(index, makers, request!.action)
      : index.all;
    for (const runner of found) yield { kind: 'runner', runner };
  }

  /** Roles that a service of the types may assume, although nothing in the templates runs as them. Rows with the same list name the same service. */
  private unseenOf({ types, service }: Running): readonly Subject[] {
    let unseen = this.unseen.get(types);
    if (unseen === undefined) {
      const services = service !== undefined ? [service] : [...new Set(types.flatMap(servicesRunning))];
      const roles = this.admitting(services).all.filter((r) => r.kind === 'role' && !this.world.runnersAs.has(r.id));
      const seen = types.flatMap((t) => this.runnersOfType.get(t) ?? []).flatMap((r) => r.resource.arn ?? []);
      unseen = roles.map((role) => ({ kind: 'unseen', role, seen }));
      this.unseen.set(types, unseen);
    }
    return unseen;
  }

  private *federated(provider: 'saml' | 'oidc' | 'eks' | 'any'): Iterable<Subject> {
    this.federating ??= this.world.roles.all.flatMap((principal) =>
      providersOf(principal).map((provider) => ({ kind: 'principal', principal, provider }) as const),
    );
    for (const about of this.federating) {
      if (provider === 'eks') {
        yield* ofCluster(about);
        continue;
      }
      const saml = about.provider.parts.some((p) => typeof p === 'string' && p.includes(':saml-provider/'));
      if (provider === 'any' || saml === (provider === 'saml')) yield about;
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

  /** What some maker may make the request on, and possibly more; each once. */
  private candidates<T>(index: ArnIndex<T>, makers: readonly Actor[], action: string): Iterable<T> {
    if (index.all.length === 0) return index.all;
    const found = new Set<T>();
    for (const maker of makers) {
      if (!this.oracle.mightEver(maker, action)) continue;
      for (const selection of this.oracle.selections(maker, action) ?? [EVERYTHING]) {
        const some = index.candidates(selection);
        if (some === index.all) return index.all;
        for (const entry of some) found.add(entry);
      }
    }
    return found;
  }
}

function isTakenAs(runner: Runner, service: string | undefined): boolean {
  return service === undefined || runner.service === undefined || runner.service === service;
}

const EVERYTHING: Selection = { not: true, patterns: [] };

/** The identity providers that the role's trust policy admits. */
function providersOf({ trust }: Principal): readonly Text[] {
  const allows = (trust?.statements ?? []).filter((s) => s.effect === 'Allow' && s.principal?.not === false);
  return allows.flatMap((s) => s.principal!.entries).flatMap((e) => (e.type === 'Federated' ? [e.value] : []));
}

/** `oidc.eks.REGION.amazonaws.com/id/…`; an issuer that only the deployment knows may be one. */
function* ofCluster(about: About & { readonly provider: Text }): Iterable<Subject> {
  const { parts } = about.provider;
  if (parts.some((p) => typeof p === 'string' && p.includes('oidc-provider/oidc.eks.'))) yield about;
  else if (parts.some((p) => typeof p !== 'string' && p.type === 'any' && p.values === undefined))
    yield {
      ...about,
      doubt: `whether \`${show(about.provider)}\` is the issuer of a cluster is not known before deployment`,
    };
}

function isConcrete({ target }: EscalationRequest): boolean {
  return target !== 'any' && target !== 'new-compute' && target !== 'existing-compute';
}

/** Service principals that run resources of the type; by the name of its service, where the model has no row for the type. */
function servicesRunning(type: string): readonly string[] {
  const known = RUNS_AS.get(type)?.map((row) => row.service);
  return known ?? [`${type.split('::')[1]?.toLowerCase()}.amazonaws.com`];
}
