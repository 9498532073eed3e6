/**
 * Grants across domains: a principal of one domain may make requests on a resource of another, by its
 * own policies or by the resource's. What two principals of the domains may both do is SOD-1's, and named there.
 *
 * Each domain's resources together are asked about as if somebody might do anything to them; which pairs of
 * principal and domain are worth asking is told by the beginnings of patterns (may-meet.ts) and by
 * the services whose actions take such resources.
 */
import type { Model, Principal, Resource } from '../model/model';
import { splitText, textKey } from '../model/text-key';
import { ActionIndex, ActionSet, futureActions } from '../policy/action-set';
import type { Catalogue } from '../policy/catalogue';
import type { Policies, PolicyDocument, Selection, Statement } from '../policy/document';
import { type Hole, literal, type Text, text } from '../policy/text';
import type { OverlapVerdict } from '../policy/verdict';
import { mightMeet } from '../reach/arn-index';
import type { Actions } from './beginnings';
import { type CheckContext, SelectedActions } from './check';
import { exceptFrom } from './declared-crossings';
import { coverOf } from './find-clashes';
import { grantedElsewhere } from './granted-elsewhere';
import { pairsThatMayMeet } from './may-meet';
import { type Subject, subjectsOf } from './separation';

export interface ForeignGrant<S extends Subject = Subject, T extends Territory = Territory> {
  /** With the policies as far as the statement is concerned. */
  readonly subject: S;
  readonly statement: Statement;
  readonly to: T;
  readonly verdict: Exclude<OverlapVerdict, { verdict: 'disjoint' }>;
}

/** All that belongs to a domain, with the patterns of the ARNs under which it is used. */
export interface Territory {
  readonly domain: string;
  readonly resources: readonly Resource[];
  readonly patterns: readonly Text[];
}

export function foreignGrants(model: Model, context: CheckContext): readonly ForeignGrant[] {
  return context.once(model, 'foreign grants', () => findForeign(model, context));
}

function findForeign(model: Model, context: CheckContext): readonly ForeignGrant[] {
  const subjects = subjectsOf(model).filter((s) => s.principal.domain !== undefined);
  const territories = territoriesOf(model, ({ domain }) => domain);
  const elsewhere = grantedElsewhere(model, context, subjects);
  if (territories.length < 2) return elsewhere;
  const found = grantsInto(model, context, {
    subjects,
    territories,
    isForeign: ({ principal }, to) => principal.domain !== to.domain,
    except: ({ principal }, to) => exceptFrom(model, principal.domain, to.domain),
  });
  return [...found, ...elsewhere];
}

/** What is asked: which of the subjects may do something to which of the territories that are foreign to them. */
export interface GrantQuestion<S extends Subject, T extends Territory> {
  readonly subjects: readonly S[];
  readonly territories: readonly T[];
  readonly isForeign: (subject: S, to: T) => boolean;
  /** Requests that do not count. */
  readonly except: (subject: S, to: T) => PolicyDocument;
  /**
   * What a resource's own policy allows the subject, where a request needs that beside the subject's policies, because they are
   * of two accounts; `nothing` where it allows nothing. @default the subject's policies suffice
   */
  readonly admission?: (subject: S, resource: Resource) => PolicyDocument | 'nothing' | undefined;
}

export function grantsInto<S extends Subject, T extends Territory>(
  model: Model,
  context: CheckContext,
  question: GrantQuestion<S, T>,
): readonly ForeignGrant<S, T>[] {
  const { subjects, territories, isForeign, except, admission = () => undefined } = question;
  const { catalogue } = context.reach(model).oracle;
  const services = new ServicesTaken(catalogue);
  const taking = new Map<string | undefined, ActionsTaking>();
  const documents = territories.map((t) => everythingOn(t.domain, t.patterns).identityPolicies);
  const own = new Map<Selection, ActionsTaking>();
  for (const s of documents.flat().flatMap((d) => d.statements)) {
    const service = serviceOf(s);
    const actions = taking.get(service) ?? new ActionsTaking(service, services, catalogue);
    taking.set(service, actions);
    own.set(s.action, actions);
  }
  const pairs = pairsThatMayMeet(
    [...subjects.map(coverOf), ...documents.map((d) => ({ documents: d }))],
    model.common.statements,
    ({ action }) => own.get(action) ?? context.actions(action),
    subjects.length,
  );
  return pairs.flatMap(([first, second]): readonly ForeignGrant<S, T>[] => {
    const [subject, to] = [subjects[first], territories[second - subjects.length]];
    if (subject === undefined || to === undefined || !isForeign(subject, to)) return [];
    const excepted = except(subject, to);
    const decide: Decide = (policies, patterns) =>
      context.overlap(policies, everythingOn(to.domain, patterns), { except: excepted });
    return grantsOn(subject, to, decide, (resource) => admission(subject, resource));
  });
}

type Decide = (policies: Policies, patterns: readonly Text[]) => OverlapVerdict;

/** Statement by statement, each about what it can mean: nobody writes down a name that AWS generates. */
function grantsOn<S extends Subject, T extends Territory>(
  subject: S,
  to: T,
  decide: Decide,
  admission: (resource: Resource) => PolicyDocument | 'nothing' | undefined,
): readonly ForeignGrant<S, T>[] {
  const { policies } = subject;
  const granting = [
    ...policies.identityPolicies,
    ...(policies.resourceGrants ?? []),
    ...(policies.unboundedGrants ?? []),
  ];
  return granting
    .flatMap((d) => d.statements)
    .filter((s) => s.effect === 'Allow' || s.opaque !== undefined)
    .flatMap((statement): readonly ForeignGrant<S, T>[] => {
      const { resource, opaque } = statement;
      const any = resource === undefined || resource.not || opaque !== undefined;
      const meant = any ? to.patterns : to.patterns.filter((q) => resource.patterns.some((p) => mightMeet(p, q)));
      if (meant.length === 0) return [];
      const own = onlyBy(policies, statement);
      const byResource = !policies.identityPolicies.some((d) => d.statements.includes(statement));
      return waysTo(own, byResource ? [[undefined, meant]] : [...byAdmission(meant, admission)])
        .map(([with_, patterns]): ForeignGrant<S, T> | undefined => {
          const verdict = decide(with_, patterns);
          return verdict.verdict === 'disjoint'
            ? undefined
            : { subject: { ...subject, policies: with_ }, statement, to, verdict };
        })
        .filter((grant) => grant !== undefined)
        .slice(0, 1);
    });
}

type Admitted = readonly [by: PolicyDocument | undefined, patterns: readonly Text[]];

/** The patterns for which the subject's policies suffice together, and each other one with what its resource allows. */
function byAdmission(
  patterns: readonly Text[],
  admission: (resource: Resource) => PolicyDocument | 'nothing' | undefined,
): Iterable<Admitted> {
  const ways = new Map<PolicyDocument | undefined, Text[]>();
  const known = new Map<Resource, PolicyDocument | 'nothing' | undefined>();
  for (const pattern of patterns) {
    const resource = owners.get(pattern)!;
    if (!known.has(resource)) known.set(resource, admission(resource));
    const by = known.get(resource);
    if (by === 'nothing') continue;
    ways.set(by, [...(ways.get(by) ?? []), pattern]);
  }
  return ways;
}

/** What a resource's policy allows is one more layer, which must allow as well. */
function waysTo(own: Policies, ways: readonly Admitted[]): readonly (readonly [Policies, readonly Text[]])[] {
  return ways.map(([by, patterns]) => [
    by === undefined ? own : { ...own, sessionPolicies: [...(own.sessionPolicies ?? []), by] },
    patterns,
  ]);
}

/** The policies without any other Allow that grants; what limits and denies stays. */
export function onlyBy(policies: Policies, statement: Statement): Policies {
  const keep = (document: PolicyDocument): PolicyDocument => ({
    ...document,
    statements: document.statements.filter((s) => s === statement || (s.effect === 'Deny' && s.opaque === undefined)),
  });
  const { resourceGrants, unboundedGrants } = policies;
  return {
    ...policies,
    identityPolicies: policies.identityPolicies.map(keep),
    ...(resourceGrants && { resourceGrants: resourceGrants.map(keep) }),
    ...(unboundedGrants && { unboundedGrants: unboundedGrants.map(keep) }),
  };
}

/** The element of the territory that the ARN of a request is about. */
export function elementAt({ resources }: Territory, arn: string): Resource | undefined {
  const about = (r: Resource): boolean => {
    const own = r.arn === undefined ? undefined : literal(r.arn);
    return own !== undefined && (arn === own || arn.startsWith(`${own}/`) || arn.startsWith(`${own}:`));
  };
  return resources.find(about) ?? (resources.length === 1 ? resources[0] : undefined);
}

/** @param keyOf what tells territories apart; what has none belongs to none */
export function territoriesOf(
  model: Model,
  keyOf: (element: Pick<Resource, 'domain' | 'origin'>) => string | undefined,
): readonly Territory[] {
  const byKey = new Map<string, { domain: string; resources: Resource[] }>();
  const add = (resource: Resource): void => {
    const key = resource.domain === undefined ? undefined : keyOf(resource);
    if (key === undefined || resource.arn === undefined) return;
    const known = byKey.get(key);
    if (known === undefined) byKey.set(key, { domain: resource.domain!, resources: [resource] });
    else known.resources.push(resource);
  };
  for (const r of model.resources) add(r);
  for (const p of model.principals) if (p.kind !== 'external') add(asResource(p));
  const shared = new Set(model.apis.flatMap(({ id, zones }) => (zones === undefined ? [] : [id])));
  const zones = zonesBy(model, keyOf);
  return [...byKey].map(([key, { domain, resources }]) => {
    const patterns = resources.flatMap((r) => {
      const own = [r.arn!, ...(shared.has(r.id) ? [] : callable(r))].flatMap(onAndBelow);
      for (const pattern of own) owners.set(pattern, r);
      return own;
    });
    return { domain, resources, patterns: [...patterns, ...(zones.get(key) ?? [])] };
  });
}

/** Everything that may be done to one resource and what is below it, as policies. */
export function everythingOnResource(resource: Resource): Policies {
  const { arn } = resource;
  return everythingOn(resource.id, arn === undefined ? [] : [arn, ...callable(resource)].flatMap(onAndBelow));
}

/** Without the resources that are not kept. */
export function narrowed<T extends Territory>(territory: T, keep: (resource: Resource) => boolean): T {
  const resources = territory.resources.filter(keep);
  if (resources.length === territory.resources.length) return territory;
  return { ...territory, resources, patterns: territory.patterns.filter((pattern) => keep(owners.get(pattern)!)) };
}

/** By pattern: whose ARNs it stands for. */
const owners = new WeakMap<Text, Resource>();

/** By pattern: the service that its ARNs name, `*` where that is not known. */
const serviceKeys = new WeakMap<Text, string>();

/** The resource itself and whatever has an ARN that begins with its own; below what is IAM's there is nothing. */
function onAndBelow(arn: Text): readonly Text[] {
  const service = textKey(splitText(arn, ':')?.[2] ?? text('*'));
  const patterns = service === 'iam' ? [text(arn)] : [text(arn), text(arn, '/*'), text(arn, ':*')];
  for (const pattern of patterns) serviceKeys.set(pattern, service);
  return patterns;
}

function asResource({ id, origin, arn, account, domain, trust }: Principal): Resource {
  const known = { ...(domain === undefined ? {} : { domain }), ...(trust === undefined ? {} : { policy: trust }) };
  return { id, origin, arn, account, ...known, references: [], properties: {} };
}

/** One statement a service, so that each can be met by the actions of that service only. */
export function everythingOn(domain: string, all: readonly Text[]): Policies {
  const byService = new Map<string, Text[]>();
  for (const pattern of all) {
    const service = serviceKeys.get(pattern) ?? '*';
    const patterns = byService.get(service);
    if (patterns === undefined) byService.set(service, [pattern]);
    else patterns.push(pattern);
  }
  const origin = `the resources of ${domain}`;
  const statements = [...byService.values()].map(
    (patterns, index): Statement => ({
      effect: 'Allow',
      index,
      origin,
      version: '2008-10-17',
      action: { not: false, patterns: [text('*')] },
      resource: { not: false, patterns },
      conditions: [],
    }),
  );
  const document: PolicyDocument = { version: '2008-10-17', origin, statements };
  return { identityPolicies: [document] };
}

/** An API is administered under one ARN and called under another: `arn:…:execute-api:REGION:ACCOUNT:ID`. */
function callable({ arn, origin, account }: Resource): readonly Text[] {
  if (origin.type === 'AWS::ApiGateway::DomainNameV2') {
    const own = splitText(arn!, ':');
    return own === undefined ? [] : [text('arn:', own[1]!, ':execute-api:', own[3]!, ':', account, ':', own[5]!)];
  }
  if (origin.type !== 'AWS::ApiGateway::RestApi' && origin.type !== 'AWS::ApiGatewayV2::Api') return [];
  const [pieces, id] = [splitText(arn!, ':'), splitText(arn!, '/')?.at(-1)];
  if (pieces === undefined || id === undefined) return [];
  return [text('arn:', pieces[1]!, ':execute-api:', pieces[3]!, ':', account, ':', id)];
}

/** Any stage and any method, and only one of each: a wildcard would take paths along. */
const STAGE: Hole = { hole: 'the stage of a zone that is called', type: 'segment', label: 'the stage' };
const METHOD: Hole = { hole: 'the method of a zone that is called', type: 'segment', label: 'the method' };

/** Of a gateway that domains share each has what lies under its path; no route of it lies elsewhere (DOM-3). */
function zonesBy(
  { apis, resources }: Model,
  keyOf: (element: Pick<Resource, 'domain' | 'origin'>) => string | undefined,
): ReadonlyMap<string, readonly Text[]> {
  const byKey = new Map<string, Text[]>();
  for (const api of apis) {
    const { zone, invoke, origin } = api;
    const key = zone === undefined || api.domain === undefined ? undefined : keyOf(api);
    const gateway = resources.find(({ id }) => id === origin.id);
    if (key === undefined || invoke === undefined || gateway === undefined) continue;
    const path = text(invoke, '/', STAGE, '/', METHOD, zone!);
    const patterns = [path, text(path, '/*')];
    for (const pattern of patterns) {
      serviceKeys.set(pattern, 'execute-api');
      owners.set(pattern, gateway);
    }
    byKey.set(key, [...(byKey.get(key) ?? []), ...patterns]);
  }
  return byKey;
}

function serviceOf({ resource }: Statement): string | undefined {
  const [pattern] = resource?.patterns ?? [];
  const service = pattern === undefined ? undefined : splitText(pattern, ':')?.[2];
  return service === undefined ? undefined : literal(service);
}

/** The actions that are made on resources with ARNs of a service; most are of the service itself, some are not. */
class ActionsTaking implements Actions {
  private readonly future: SelectedActions;

  /** @param service as ARNs name it; absent: any */
  constructor(
    private readonly service: string | undefined,
    private readonly services: ServicesTaken,
    catalogue: Catalogue,
  ) {
    const selection = { not: false, patterns: [text(`${service ?? '*'}:*`)] };
    const later = futureActions(selection, ActionIndex.of(catalogue));
    this.future = new SelectedActions(ActionSet.empty(catalogue.actions.length), later);
  }

  meets(other: Actions): boolean {
    if (!(other instanceof SelectedActions)) return true;
    if (this.future.futureMeets(other)) return true;
    // Of a service that no action is known to take anything may be made.
    if (this.service === undefined || !this.services.areTaken(this.service)) return !other.known.isEmpty;
    for (const action of other.known) if (this.services.of(action).has(this.service)) return true;
    return false;
  }
}

/** The services that ARNs of an action's resources name. */
class ServicesTaken {
  private readonly known = new WeakMap<object, ReadonlySet<string>>();
  private readonly taken = new Map<string, boolean>();

  constructor(private readonly catalogue: Catalogue) {}

  of(action: number): ReadonlySet<string> {
    const formats = this.catalogue.resourceFormats(action);
    let named = this.known.get(formats);
    if (named === undefined) {
      named = new Set(
        formats.flatMap((f) => arnService(f.parts.map((p) => (typeof p === 'string' ? p : '?')).join('')) ?? []),
      );
      this.known.set(formats, named);
    }
    return named;
  }

  /** True iff some action is made on resources of the service. */
  areTaken(service: string): boolean {
    let taken = this.taken.get(service);
    if (taken === undefined) {
      const own = ActionIndex.of(this.catalogue).select({ not: false, patterns: [text(`${service}:*`)] });
      const takes = (action: number): boolean => this.of(action).has(service);
      taken = [...own].some(takes) || Array.from(this.catalogue.actions, (_, action) => action).some(takes);
      this.taken.set(service, taken);
    }
    return taken;
  }
}

function arnService(format: string): string | undefined {
  const service = format.split(':')[2];
  return service === undefined || /[?*]/.test(service) ? undefined : service;
}
