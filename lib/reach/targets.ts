/**
 * What the requests of a path are made on, once it is known whom the path reaches: for each kind
 * of target the ARNs, and what the request's context then says for certain.
 */
import type { EscalationRequest } from '../catalog/escalation-paths';
import type { AttachedPolicy, Principal, Resource } from '../model/model';
import { ActionIndex } from '../policy/action-set';
import type { Catalogue } from '../policy/catalogue';
import { overlap } from '../policy/overlap';
import { type Text, text } from '../policy/text';
import { ALLOW_ALL } from './gains';
import { type RequestContext, requests } from './requests';
import { sourcesOf } from './sources';
import type { DemandedTag } from './tags';
import { isRole, type Runner, type World } from './world';

/** Whom or what an instance of a path is about. */
export type Subject =
  | About
  | { readonly kind: 'runner'; readonly runner: Runner }
  /** A role that a service may assume, although nothing in the templates runs as it; `seen` are the ARNs of what does run as somebody. */
  | { readonly kind: 'unseen'; readonly role: Principal; readonly seen: readonly Text[] }
  | { readonly kind: 'resource'; readonly resource: Resource }
  /** A principal yet to be made in the account, with the boundary that it would carry. */
  | { readonly kind: 'account'; readonly account: Text; readonly boundary?: AttachedPolicy; readonly doubt?: string };

export interface About {
  readonly kind: 'principal';
  readonly principal: Principal;
  /** The group that it would join. */
  readonly group?: Principal;
  /** The identity provider that it trusts. */
  readonly provider?: Text;
  /** The tag that a resource is given. */
  readonly tag?: DemandedTag;
  /** Why the requests may still not suffice. */
  readonly doubt?: string;
  /** The attached policy that would be taken away. */
  readonly without?: AttachedPolicy;
}

/** One way to make the request: on this ARN (on any resource when absent), with this context. */
export interface Target {
  readonly arn?: Text;
  /** On any resource but these. */
  readonly except?: readonly Text[];
  readonly context: RequestContext;
  /** Why a request that is allowed may still not suffice. */
  readonly doubt?: string;
}

export const ADMINISTRATOR = text('arn:aws:iam::aws:policy/AdministratorAccess');

/** Requests whose `iam:PermissionsBoundary` is the boundary that the target has. Source: the actions table of IAM in the Service Authorization Reference. */
const ON_BOUNDED = /^iam:(Put|Delete|Attach|Detach)(Role|User)Policy$|^iam:Delete(Role|User)PermissionsBoundary$/i;

export class Targets {
  private readonly fits = new Map<string, boolean>();
  private readonly takes = new Map<string, ReadonlySet<string>>();

  constructor(
    private readonly world: World,
    private readonly catalogue: Catalogue,
  ) {}

  /** Every way to make the request about the subject; none when there is nothing to make it on. */
  of({ action, target, context = {} }: EscalationRequest, subject: Subject): readonly Target[] {
    const onArns = (arns: readonly Text[]): Target[] => arns.map((arn) => ({ arn, context }));
    const principal = principalOf(subject);
    switch (target) {
      case 'any':
      case 'new-compute':
        if (subject.kind === 'principal' && subject.doubt !== undefined) return [{ context, doubt: subject.doubt }];
        return [subject.kind === 'account' ? onNew(subject, context) : { context }];
      case 'existing-compute':
        if (subject.kind === 'unseen') return [{ except: subject.seen, context, doubt: unseen(subject.role) }];
        return subject.kind === 'runner' ? [this.onResource(action, subject.runner.resource, context)] : [];
      case 'tagged-resource':
        return subject.kind === 'principal' && subject.tag !== undefined ? [{ context: subject.tag.context }] : [];
      case 'source-of-compute':
        return subject.kind === 'runner' ? this.onSources(action, subject.runner.resource, context) : [];
      case 'target-resource':
        if (subject.kind === 'principal' && subject.provider !== undefined) return onArns([subject.provider]);
        return subject.kind === 'resource' ? [this.onResource(action, subject.resource, context)] : [{ context }];
      case 'target-group':
        return onArns(groupsOf(subject, this.world).map((g) => g.arn));
      case 'target-instance-profile':
        return principal === undefined ? [] : onArns((this.world.profilesOf.get(principal.id) ?? []).map((p) => p.arn));
      case 'policy-of-self':
      case 'policy-of-target':
        if (subject.kind === 'principal' && subject.without !== undefined)
          return onArns([subject.without.arn ?? []].flat());
        return principal === undefined ? [] : onArns((this.world.policiesOf.get(principal.id) ?? []).map((m) => m.arn));
      case 'boundary-of-self':
        return onArns([principal?.boundary?.arn ?? []].flat());
      case 'self':
      case 'target-role':
      case 'target-user':
        return principal === undefined ? [] : this.onPrincipal(action, principal, subject, context);
    }
  }

  private onPrincipal(
    action: string,
    principal: Principal,
    subject: Subject,
    context: RequestContext,
  ): readonly Target[] {
    const types = this.typesOf(action);
    if (types.has('iam:group') && !/^iam:(AddUserTo|RemoveUserFrom)Group$/i.test(action)) {
      return groupsOf(subject, this.world).flatMap((g) => policyNamed(action, subject, { arn: g.arn, context }));
    }
    if (types.has('iam:group')) return groupsOf(subject, this.world).map((g) => ({ arn: g.arn, context }));
    const wanted = isRole(principal) ? 'iam:role' : principal.kind === 'user' ? 'iam:user' : undefined;
    if (wanted === undefined || (types.size > 0 && !types.has(wanted))) return [];
    const target = { arn: principal.arn, context: { ...context, ...boundaryContext(action, principal) } };
    return policyNamed(action, subject, target).flatMap((t) => bounding(action, principal, t));
  }

  private onSources(action: string, resource: Resource, context: RequestContext): readonly Target[] {
    const service = action.slice(0, action.indexOf(':'));
    return sourcesOf(resource, service, this.world.resourceById).map((source) =>
      source === 'unknown' ? { context, doubt: unknownSource(resource) } : { arn: source, context },
    );
  }

  private onResource(action: string, resource: Resource, context: RequestContext): Target {
    // An instance of a launch template, a task of a service: the template does not name it.
    if (resource.arn === undefined || !this.isTakenBy(action, resource)) return { context };
    return { arn: resource.arn, context };
  }

  /** True iff requests with the action can be made on the resource itself, by the form of its ARN. */
  isTakenBy(action: string, { arn, origin }: Resource): boolean {
    const key = `${action} ${origin.type}`;
    let fits = this.fits.get(key);
    if (fits === undefined) {
      fits =
        overlap({ identityPolicies: [ALLOW_ALL] }, requests(action, arn && [arn]), this.catalogue).verdict !==
        'disjoint';
      this.fits.set(key, fits);
    }
    return fits;
  }

  private typesOf(action: string): ReadonlySet<string> {
    let types = this.takes.get(action);
    if (types === undefined) {
      const id = ActionIndex.of(this.catalogue).idOf(action);
      types = new Set(id === undefined ? [] : this.catalogue.resourceFormats(id).map((f) => f.id));
      this.takes.set(action, types);
    }
    return types;
  }
}

export function principalOf(subject: Subject): Principal | undefined {
  switch (subject.kind) {
    case 'principal':
      return subject.principal;
    case 'runner':
      return subject.runner.role;
    case 'unseen':
      return subject.role;
    case 'resource':
    case 'account':
      return undefined;
  }
}

function groupsOf(subject: Subject, world: World): readonly Principal[] {
  if (subject.kind !== 'principal') return [];
  if (subject.group !== undefined) return [subject.group];
  return (subject.principal.memberOf ?? []).flatMap((id) => world.principals.get(id) ?? []);
}

function boundaryContext(action: string, { boundary }: Principal): RequestContext {
  if (!ON_BOUNDED.test(action)) return {};
  if (boundary === undefined) return { 'iam:PermissionsBoundary': 'absent' };
  return boundary.arn === undefined ? {} : { 'iam:PermissionsBoundary': [boundary.arn] };
}

/** What makes a new principal carries its boundary, or none; so does what gives it a policy. */
function onNew({ boundary, doubt }: Subject & { kind: 'account' }, context: RequestContext): Target {
  const carried: RequestContext =
    'iam:PermissionsBoundary' in context && boundary?.arn !== undefined
      ? { 'iam:PermissionsBoundary': [boundary.arn] }
      : {};
  if (doubt === undefined) return { context: { ...context, ...carried } };
  const { 'iam:PermissionsBoundary': _, ...free } = context;
  return { context: free, doubt };
}

/** Which policy is attached decides what is gained: with AdministratorAccess everything, with another nobody knows here. */
function policyNamed(action: string, subject: Subject, target: Target): readonly Target[] {
  if (
    /^iam:Detach(Role|User|Group)Policy$/i.test(action) &&
    subject.kind === 'principal' &&
    subject.without?.arn !== undefined
  ) {
    return [{ ...target, context: { ...target.context, 'iam:PolicyARN': [subject.without.arn] } }];
  }
  if (!/^iam:Attach(Role|User|Group)Policy$/i.test(action)) return [target];
  return [
    { ...target, context: { ...target.context, 'iam:PolicyARN': [ADMINISTRATOR] } },
    { ...target, doubt: 'what the policies that it may attach allow is not known' },
  ];
}

/** A boundary may be replaced by one that allows everything, or by another than the present one. */
function bounding(action: string, { boundary }: Principal, target: Target): readonly Target[] {
  if (!/^iam:Put(Role|User)PermissionsBoundary$/i.test(action)) return [target];
  const present: RequestContext =
    boundary?.arn === undefined ? {} : { 'iam:PermissionsBoundary': { not: [boundary.arn] } };
  return [
    { ...target, context: { ...target.context, 'iam:PermissionsBoundary': [ADMINISTRATOR] } },
    {
      ...target,
      context: { ...target.context, ...present },
      doubt: 'what the boundaries that it may set allow is not known',
    },
  ];
}

function unknownSource({ origin }: Resource): string {
  return `where \`${origin.path}\` has its code or its users from is not known before deployment`;
}

function unseen(role: Principal): string {
  return `nothing in the templates runs as \`${role.origin.path}\`, so whether something outside them does is not known`;
}
