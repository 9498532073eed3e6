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
  readonly patterns: readonly Text[];
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
      const own = shared.has(r.id) ? onAndBelow(r.arn!) : usedUnder(r);
      for (const pattern of own) owners.set(pattern, r);
      return own;
    });
    return { domain, resources, patterns: [...patterns, ...(zones.get(key) ?? [])] };
  });
}

/** Everything that may be done to one resource and what is below it, as policies. */
export function everythingOnResource(resource: Resource): Policies {
  return everythingOn(resource.id, resource.arn === undefined ? [] : usedUnder(resource));
}

const known = new WeakMap<Resource, readonly Text[]>();

/** The patterns of the ARNs under which a resource is administered and called, if it has one. */
function usedUnder(resource: Resource): readonly Text[] {
  let patterns = known.get(resource);
  if (patterns === undefined) {
    patterns = [resource.arn!, ...callable(resource)].flatMap(onAndBelow);
    known.set(resource, patterns);
  }
  return patterns;
}

/** Without the resources that are not kept. */
export function narrowed<T extends Territory>(territory: T, keep: (resource: Resource) => boolean): T {
  const resources = territory.resources.filter(keep);
  if (resources.length === territory.resources.length) return territory;
  return { ...territory, resources, patterns: territory.patterns.filter((pattern) => keep(owners.get(pattern)!)) };
}

/** By pattern: whose ARNs it stands for. */
const owners = new WeakMap<Text, Resource>();

/** @param pattern of a territory */
export function ownerOf(pattern: Text): Resource {
  return owners.get(pattern)!;
}

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

/** Calls of a path, by any method and at any stage. */
export function calls(invoke: Text, path: string): Text {
  const pattern = text(invoke, '/', STAGE, '/', METHOD, path);
  serviceKeys.set(pattern, 'execute-api');
  return pattern;
}

function below(path: Text): Text {
  const pattern = text(path, '/*');
  serviceKeys.set(pattern, 'execute-api');
  return pattern;
}

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
    const path = calls(invoke, zone!);
    const patterns = [path, below(path)];
    for (const pattern of patterns) owners.set(pattern, gateway);
    byKey.set(key, [...(byKey.get(key) ?? []), ...patterns]);
  }
  return byKey;
}
