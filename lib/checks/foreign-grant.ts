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
import { pairsThatMayMeet } from './may-meet';
import { type Subject, subjectsOf } from './separation';

export interface ForeignGrant {
  /** With the policies as far as the statement is concerned. */
  readonly subject: Subject;
  readonly statement: Statement;
  readonly to: Territory;
  readonly verdict: Exclude<OverlapVerdict, { verdict: 'disjoint' }>;
}

/** All that belongs to a domain, with the patterns of the ARNs under which it is used. */
export interface Territory {
  readonly domain: string;
  readonly resources: readonly Resource[];
  readonly patterns: readonly Text[];
}

export function foreignGrants(model: Model, context: CheckContext): readonly ForeignGrant[] {
  const subjects = subjectsOf(model).filter((s) => s.principal.domain !== undefined);
  const territories = territoriesOf(model);
  if (territories.length < 2) return [];
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
  return pairs.flatMap(([first, second]): readonly ForeignGrant[] => {
    const [subject, to] = [subjects[first], territories[second - subjects.length]];
    if (subject === undefined || to === undefined || subject.principal.domain === to.domain) return [];
    const except = exceptFrom(model, subject.principal.domain, to.domain);
    return grantsOn(subject, to, (policies, patterns) =>
      context.overlap(policies, everythingOn(to.domain, patterns), { except }),
    );
  });
}

/** Statement by statement, each about what it can mean: nobody writes down a name that AWS generates. */
function grantsOn(
  subject: Subject,
  to: Territory,
  decide: (policies: Policies, patterns: readonly Text[]) => OverlapVerdict,
): readonly ForeignGrant[] {
  const { policies } = subject;
  const granting = [
    ...policies.identityPolicies,
    ...(policies.resourceGrants ?? []),
    ...(policies.unboundedGrants ?? []),
  ];
  return granting
    .flatMap((d) => d.statements)
    .filter((s) => s.effect === 'Allow' || s.opaque !== undefined)
    .flatMap((statement): readonly ForeignGrant[] => {
      const { resource, opaque } = statement;
      const any = resource === undefined || resource.not || opaque !== undefined;
      const meant = any ? to.patterns : to.patterns.filter((q) => resource.patterns.some((p) => mightMeet(p, q)));
      if (meant.length === 0) return [];
      const alone = { ...subject, policies: onlyBy(policies, statement) };
      const verdict = decide(alone.policies, meant);
      return verdict.verdict === 'disjoint' ? [] : [{ subject: alone, statement, to, verdict }];
    });
}

/** The policies without any other Allow that grants; what limits and denies stays. */
function onlyBy(policies: Policies, statement: Statement): Policies {
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

function territoriesOf(model: Model): readonly Territory[] {
  const byDomain = new Map<string, Resource[]>();
  const add = (domain: string | undefined, resource: Resource): void => {
    if (domain === undefined || resource.arn === undefined) return;
    const others = byDomain.get(domain);
    if (others === undefined) byDomain.set(domain, [resource]);
    else others.push(resource);
  };
  for (const r of model.resources) add(r.domain, r);
  for (const p of model.principals) if (p.kind !== 'external') add(p.domain, asResource(p));
  const shared = new Set(model.apis.flatMap(({ id, zones }) => (zones === undefined ? [] : [id])));
  return [...byDomain].map(([domain, resources]) => ({
    domain,
    resources,
    patterns: [
      ...resources.flatMap((r) => [r.arn!, ...(shared.has(r.id) ? [] : callable(r))]).flatMap(onAndBelow),
      ...callableZones(model, domain),
    ],
  }));
}

/** By pattern: the service that its ARNs name, `*` where that is not known. */
const serviceKeys = new WeakMap<Text, string>();

/** The resource itself and whatever has an ARN that begins with its own. */
function onAndBelow(arn: Text): readonly Text[] {
  const service = textKey(splitText(arn, ':')?.[2] ?? text('*'));
  const patterns = [arn, text(arn, '/*'), text(arn, ':*')];
  for (const pattern of patterns) serviceKeys.set(pattern, service);
  return patterns;
}

function asResource({ id, origin, arn, account }: Principal): Resource {
  return { id, origin, arn, account, references: [], properties: {} };
}

/** One statement a service, so that each can be met by the actions of that service only. */
function everythingOn(domain: string, all: readonly Text[]): Policies {
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
function callableZones({ apis }: Model, domain: string): readonly Text[] {
  return apis
    .filter((api) => api.zone !== undefined && api.domain === domain)
    .flatMap(({ invoke, zone = '' }) => {
      if (invoke === undefined) return [];
      const path = text(invoke, '/', STAGE, '/', METHOD, zone);
      const patterns = [path, text(path, '/*')];
      for (const pattern of patterns) serviceKeys.set(pattern, 'execute-api');
      return patterns;
    });
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
