/**
 * What belongs to a domain, as the patterns of the ARNs under which it is used: each resource, whatever lies below it, the
 * ARN under which an API is called, and of a gateway that domains share what lies under the domain's path.
 */
import type { Model, Principal, Resource } from '../model/model';
import { splitText, textKey } from '../model/text-key';
import type { Policies, PolicyDocument, Statement } from '../policy/document';
import { type Hole, literal, type Text, text } from '../policy/text';

/** All that belongs to a domain, with the patterns of the ARNs under which it is used. */
export interface Territory {
  readonly domain: string;
  readonly resources: readonly Resource[];
  readonly patterns: readonly OwnedPattern[];
}

/** A pattern of ARNs, with the service that they name; `*` where that is not known. */
interface ServicePattern extends Text {
  readonly service: string;
}

export interface OwnedPattern extends ServicePattern {
  /** Whose ARNs it stands for. */
  readonly owner: Resource;
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
    const patterns: OwnedPattern[] = [];
    for (const owner of resources) {
      const own = shared.has(owner.id) ? onAndBelow(owner.arn!) : usedUnder(owner);
      for (const { parts, service } of own) patterns.push({ parts, service, owner });
    }
    for (const pattern of zones.get(key) ?? []) patterns.push(pattern);
    return { domain, resources, patterns };
  });
}

/** Everything that may be done to one resource and what is below it, as policies. */
export function everythingOnResource(resource: Resource): Policies {
  return everythingOn(resource.id, resource.arn === undefined ? [] : usedUnder(resource));
}

/** The patterns of the ARNs under which a resource is administered and called. */
function usedUnder(resource: Resource): readonly ServicePattern[] {
  const own = onAndBelow(resource.arn!);
  const called = callable(resource);
  return called === undefined ? own : [...own, ...onAndBelow(called)];
}

/** Without the resources that are not kept. */
export function narrowed<T extends Territory>(territory: T, keep: (resource: Resource) => boolean): T {
  const resources = territory.resources.filter(keep);
  if (resources.length === territory.resources.length) return territory;
  return { ...territory, resources, patterns: territory.patterns.filter(({ owner }) => keep(owner)) };
}

/** The resource itself and whatever has an ARN that begins with its own; below what is IAM's there is nothing. */
function onAndBelow(arn: Text): readonly ServicePattern[] {
  const service = serviceIn(arn);
  if (service === 'iam') return [{ parts: arn.parts, service }];
  return [arn, text(arn, '/*'), text(arn, ':*')].map(({ parts }) => ({ parts, service }));
}

/** `arn:aws:SERVICE:…`, as most ARNs of templates begin; others are split. */
const SERVICE = /^arn:[^:]*:([^:]*):/;

function serviceIn(arn: Text): string {
  const [first] = arn.parts;
  const plain = typeof first === 'string' ? SERVICE.exec(first)?.[1] : undefined;
  return plain ?? textKey(splitText(arn, ':')?.[2] ?? text('*'));
}

function asResource({ id, origin, arn, account, domain, trust }: Principal): Resource {
  const known = { ...(domain === undefined ? {} : { domain }), ...(trust === undefined ? {} : { policy: trust }) };
  return { id, origin, arn, account, ...known, references: [], open: [], properties: {} };
}

/** One statement a service, so that each can be met by the actions of that service only. */
export function everythingOn(domain: string, all: readonly ServicePattern[]): Policies {
  const byService = new Map<string, Text[]>();
  for (const pattern of all) {
    const patterns = byService.get(pattern.service);
    if (patterns === undefined) byService.set(pattern.service, [pattern]);
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
function callable({ arn, origin, account }: Resource): Text | undefined {
  if (origin.type === 'AWS::ApiGateway::DomainNameV2') {
    const own = splitText(arn!, ':');
    return own && text('arn:', own[1]!, ':execute-api:', own[3]!, ':', account, ':', own[5]!);
  }
  if (origin.type !== 'AWS::ApiGateway::RestApi' && origin.type !== 'AWS::ApiGatewayV2::Api') return undefined;
  const [pieces, id] = [splitText(arn!, ':'), splitText(arn!, '/')?.at(-1)];
  if (pieces === undefined || id === undefined) return undefined;
  return text('arn:', pieces[1]!, ':execute-api:', pieces[3]!, ':', account, ':', id);
}

/** Any stage and any method, and only one of each: a wildcard would take paths along. */
const STAGE: Hole = { hole: 'the stage of a zone that is called', type: 'segment', label: 'the stage' };
const METHOD: Hole = { hole: 'the method of a zone that is called', type: 'segment', label: 'the method' };

/** Calls of a path; by any method and at any stage where none is given. */
export function calls(
  invoke: Text,
  path: string,
  { method = METHOD, stage = STAGE }: { readonly method?: string | Hole; readonly stage?: string | Hole } = {},
): ServicePattern {
  return { ...text(invoke, '/', stage, '/', method, path), service: 'execute-api' };
}

/** Of a gateway that domains share each has what lies under its path; no route of it lies elsewhere (DOM-3). */
function zonesBy(
  { apis, resources }: Model,
  keyOf: (element: Pick<Resource, 'domain' | 'origin'>) => string | undefined,
): ReadonlyMap<string, readonly OwnedPattern[]> {
  const byKey = new Map<string, OwnedPattern[]>();
  for (const api of apis) {
    const { zone, invoke, origin } = api;
    const key = zone === undefined || api.domain === undefined ? undefined : keyOf(api);
    if (key === undefined || invoke === undefined) continue;
    const gateway = resources.find(({ id }) => id === origin.id);
    if (gateway === undefined) continue;
    const path = calls(invoke, zone!);
    const patterns = [path, { ...path, ...text(path, '/*') }].map((pattern) => ({ ...pattern, owner: gateway }));
    byKey.set(key, [...(byKey.get(key) ?? []), ...patterns]);
  }
  return byKey;
}
