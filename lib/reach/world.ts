/**
 * What the requests of paths are made on: the principals, managed policies, running resources and
 * other resources of the model, each findable by its ARN, and how they hang together (which policy
 * is attached where, what runs as whom).
 *
 * Closed-world reading: what runs as a role of the app is in the app's templates. Roles without
 * anything that runs as them are the exception (see `unseen` in rule.ts), because somebody made
 * them for something.
 */
import type { AttachedPolicy, Model, Principal, Resource } from '../model/model';
import { textKey } from '../model/text-key';
import { literal, type Text } from '../policy/text';
import { ArnIndex } from './arn-index';

/** A customer managed policy, as far as principals of the model have it. */
export interface ManagedPolicy {
  readonly id: string;
  readonly arn: Text;
  readonly account: Text;
  readonly attachedTo: Principal[];
}

/** A resource that runs as a role, or holds the key of a user. */
export interface Runner {
  readonly resource: Resource;
  readonly role: Principal;
  /** The service that takes the role. */
  readonly service?: string;
}

export interface World {
  readonly model: Model;
  readonly principals: ReadonlyMap<string, Principal>;
  readonly roles: ArnIndex<Principal>;
  readonly users: ArnIndex<Principal>;
  readonly groups: readonly Principal[];
  readonly policies: ArnIndex<ManagedPolicy>;
  /** Policies that are somebody's boundary, one of each ARN. */
  readonly boundaries: ArnIndex<AttachedPolicy>;
  readonly runners: readonly Runner[];
  readonly policiesOf: ReadonlyMap<string, readonly ManagedPolicy[]>;
  readonly profilesOf: ReadonlyMap<string, readonly Principal[]>;
  readonly membersOf: ReadonlyMap<string, readonly Principal[]>;
  readonly runnersAs: ReadonlyMap<string, readonly Runner[]>;
  /** Resources that hold the access key of a user, with the user. */
  readonly keyHolders: readonly Runner[];
  principalByArn(arn: Text): Principal | undefined;
  resourceById(id: string): Resource | undefined;
}

export function isRole(p: Principal): boolean {
  return p.kind === 'role' || p.kind === 'bootstrap-role';
}

export function worldOf(model: Model): World {
  const principals = new Map(model.principals.map((p) => [p.id, p]));
  const byArn = new Map(model.principals.map((p) => [textKey(p.arn), p]));
  const principalByArn = (arn: Text): Principal | undefined =>
    byArn.get(textKey(arn)) ?? principals.get(literal(arn) ?? '');
  const of = (...kinds: readonly Principal['kind'][]): Principal[] =>
    model.principals.filter((p) => kinds.includes(p.kind));
  const arnOf = (p: Principal): Text => p.arn;

  const profiles = of('instance-profile');
  const rolesIn = (profile: Principal): Principal[] => (profile.holds ?? []).flatMap((t) => principalByArn(t) ?? []);
  const runners: Runner[] = [];
  for (const resources of [model.resources, model.deployments ?? []]) {
    for (const resource of resources) {
      for (const { role, service } of resource.runsAs ?? []) {
        const found = principalByArn(role);
        const roles = found === undefined ? [] : found.kind === 'instance-profile' ? rolesIn(found) : [found];
        for (const r of roles) runners.push({ resource, role: r, service });
      }
    }
  }
  const policies = managedPolicies(model);
  let byId: ReadonlyMap<string, Resource> | undefined;
  const resourceById = (id: string): Resource | undefined => {
    byId ??= new Map(model.resources.map((r) => [r.id, r]));
    return byId.get(id);
  };
  const users = of('user');
  return {
    model,
    principals,
    principalByArn,
    resourceById,
    keyHolders: keyHolders(model, principals),
    roles: new ArnIndex(model.principals.filter(isRole), arnOf),
    users: new ArnIndex(users, arnOf),
    groups: of('group'),
    policies: new ArnIndex(policies, (p) => p.arn),
    boundaries: new ArnIndex(boundariesOf(model), (b) => b.arn),
    runners,
    policiesOf: relate(policies.flatMap((m) => m.attachedTo.map((p) => [p.id, m] as const))),
    profilesOf: relate(profiles.flatMap((profile) => rolesIn(profile).map((r) => [r.id, profile] as const))),
    membersOf: relate(users.flatMap((u) => (u.memberOf ?? []).map((group) => [group, u] as const))),
    runnersAs: relate(runners.map((r) => [r.role.id, r] as const)),
  };
}

function keyHolders(model: Model, principals: ReadonlyMap<string, Principal>): readonly Runner[] {
  const users = new Map<string, Principal>();
  for (const key of model.resources) {
    if (key.origin.type !== 'AWS::IAM::AccessKey') continue;
    const user = key.references.flatMap(({ to }) => principals.get(to) ?? []).find((p) => p.kind === 'user');
    const named = user ?? model.principals.find((p) => p.kind === 'user' && isNamed(p, key.properties.UserName));
    if (named !== undefined) users.set(key.id, named);
  }
  if (users.size === 0) return [];
  return model.resources.flatMap((resource) => {
    const held = new Set(resource.references.flatMap(({ to }) => users.get(to) ?? []));
    // The key's id alone, which a reference may be to as well, opens nothing.
    const secret = held.size > 0 && JSON.stringify(resource.properties).includes('SecretAccessKey');
    return secret ? [...held].map((role): Runner => ({ resource, role })) : [];
  });
}

function isNamed({ arn }: Principal, name: unknown): boolean {
  return typeof name === 'string' && literal(arn)?.endsWith(`/${name}`) === true;
}

function managedPolicies(model: Model): ManagedPolicy[] {
  const found = new Map<string, ManagedPolicy>();
  const note = (arn: Text, holder: Principal): void => {
    const key = textKey(arn);
    let policy = found.get(key);
    if (policy === undefined) {
      policy = { id: key, arn, account: holder.account, attachedTo: [] };
      found.set(key, policy);
    }
    policy.attachedTo.push(holder);
  };
  for (const p of model.principals) {
    for (const a of p.attached) if (a.attached === 'managed' && a.arn !== undefined) note(a.arn, p);
  }
  return [...found.values()];
}

function boundariesOf(model: Model): readonly AttachedPolicy[] {
  const found = model.principals.flatMap((p) =>
    p.boundary?.arn === undefined ? [] : [[textKey(p.boundary.arn), p.boundary] as const],
  );
  return [...new Map(found).values()];
}

function relate<T>(pairs: readonly (readonly [string, T])[]): ReadonlyMap<string, readonly T[]> {
  const map = new Map<string, T[]>();
  for (const [key, value] of pairs) {
    const list = map.get(key);
    if (list === undefined) map.set(key, [value]);
    else list.push(value);
  }
  return map;
}
