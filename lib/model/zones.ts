/**
 * Gateways that several trust domains share: which part of which API each has to itself, by the path it lies under, and
 * which resources of the gateway are therefore whose.
 *
 * A zone is a path of literal segments, and everything below it. API Gateway matches paths segment by segment and with
 * regard to case (https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-method-settings-method-request.html),
 * so a route lies in a zone iff its first segments are the zone's: a parameter there (`/{tenant}/orders`, `/{proxy+}`) may
 * be any zone's name, and the route lies in none. Methods belong to the zone they lie in, and so does an authorizer that no
 * other zone's methods have; the rest of the gateway belongs to whoever runs it.
 */
import { literal, show, type Text } from '../policy/text';
import { kindOf } from './api-kinds';
import { type Classifiable, type Classification, NameIndex, unmatched } from './classification';
import type { Configuration } from './configuration';
import type { Element, ElementIndex } from './elements';
import type { Zone } from './model';
import { property, toText } from './resolved';
import type { Resolver } from './resolver';
import { textKey } from './text-key';

export interface Zones {
  /** By the id of the API. Sorted by path; absent where one domain has the API to itself. */
  readonly byApi: ReadonlyMap<string, readonly Zone[]>;
  readonly classified: ReadonlyMap<string, Classification>;
}

interface Sources {
  readonly r: Resolver;
  readonly elements: readonly Element[];
  readonly index: ElementIndex;
  readonly configuration: Configuration;
  /** The app is seen in part, so that globs may speak of the rest. */
  readonly partial: boolean;
}

export function readZones(sources: Sources, classified: ReadonlyMap<string, Classification>): Zones {
  const byApi = zonesByApi(sources);
  if (byApi.size === 0) return { byApi, classified };
  return { byApi, classified: assigned(sources, byApi, classified) };
}

/** The zones that a path lies in: one, unless nobody declared it or two do. */
export function zonesAt(zones: readonly Zone[], path: string): readonly Zone[] {
  return zones.filter((zone) => path === zone.path || path.startsWith(`${zone.path}/`));
}

/** Whether some request may be matched by both paths: a parameter takes one segment, a greedy one all that follow. */
export function pathsMeet(a: string, b: string): boolean {
  const [x, y] = [segmentsOf(a), segmentsOf(b)];
  for (let i = 0; ; i++) {
    const [s, t] = [x[i], y[i]];
    if (s === undefined && t === undefined) return true;
    if (isGreedy(s) || isGreedy(t)) return s !== undefined && t !== undefined;
    if (s === undefined || t === undefined) return false;
    if (s !== t && !isOpen(s) && !isOpen(t)) return false;
  }
}

/** Whether a route may answer a request below the path. */
export function answersBelow(route: string, path: string): boolean {
  return pathsMeet(route, path) || pathsMeet(route, `${path}/{below+}`);
}

function segmentsOf(path: string): readonly string[] {
  return path.split('/').filter((segment) => segment !== '');
}

function isOpen(segment: string): boolean {
  return segment.startsWith('{') || segment.includes('?');
}

function isGreedy(segment: string | undefined): boolean {
  return segment?.endsWith('+}') === true || segment === '*';
}

function zonesByApi({ r, elements, configuration, partial }: Sources): ReadonlyMap<string, readonly Zone[]> {
  const byApi = new Map<string, Map<string, Zone>>();
  const add = (api: string, zone: Zone): void => {
    const zones = byApi.get(api) ?? new Map<string, Zone>();
    byApi.set(api, zones.set(`${zone.domain} ${zone.path}`, zone));
  };
  const apis = elements.filter((element) => kindOf(r, element) === 'rest');
  for (const { origin, mark } of apis) for (const zone of mark.zones ?? []) add(origin.id, zone);
  const names = new NameIndex(apis.map(classifiable));
  for (const { name, routes = [] } of configuration.domains) {
    for (const { api, paths } of routes) {
      const found = names.matching(api);
      if (found.length === 0 && !partial)
        unmatched(configuration.source, `domains.${name}.routes`, api, 'a REST API of the app');
      for (const { origin } of found) for (const path of paths) add(origin.id, { domain: name, path });
    }
  }
  return new Map(
    [...byApi].map(([api, zones]) => [api, [...zones.values()].sort((a, b) => (a.path < b.path ? -1 : 1))]),
  );
}

function classifiable(element: Element): Classifiable {
  const { origin, mark } = element;
  return { origin, mark, principal: false, physicalName: () => element.name };
}

const METHOD = 'AWS::ApiGateway::Method';
const AUTHORIZER = 'AWS::ApiGateway::Authorizer';

/** What the gateway's party claims, and lies in one zone, is the zone's; what somebody else claims stays claimed by both. */
function assigned(
  { r, elements, index }: Sources,
  byApi: Zones['byApi'],
  before: ReadonlyMap<string, Classification>,
): ReadonlyMap<string, Classification> {
  const classified = new Map(before);
  const give = (id: string, api: string, domain: string): void => {
    const known = classified.get(id) ?? { claims: [] };
    const party = classified.get(api)?.domain;
    const claims = [...new Set([domain, ...known.claims.filter((claim) => claim !== party)])].sort();
    classified.set(id, { ...known, domain: claims[0], claims });
  };
  const users = new Map<string, Set<string>>();
  for (const element of elements) {
    if (element.declared.type !== METHOD) continue;
    const properties = r.resolve(element.stack, element.declared.properties);
    const api = apiOf(element, r, index);
    const zones = api === undefined ? undefined : byApi.get(api);
    if (api === undefined || zones === undefined) continue;
    const [zone, ...others] = zonesAt(zones, pathOf(r, element, index));
    if (zone !== undefined && others.length === 0) give(element.origin.id, api, zone.domain);
    const named = toText(property(properties, 'AuthorizerId'));
    const authorizer = named && index.find(named, [AUTHORIZER], element.stack.account)?.[0];
    if (authorizer === undefined) continue;
    const domain = classified.get(element.origin.id)?.domain ?? '';
    users.set(authorizer.origin.id, (users.get(authorizer.origin.id) ?? new Set()).add(domain));
  }
  for (const [id, domains] of users) {
    const [domain, ...others] = [...domains];
    const authorizer = index.element(id);
    const api = authorizer && apiOf(authorizer, r, index);
    const zones = (api === undefined ? undefined : byApi.get(api)) ?? [];
    if (api !== undefined && others.length === 0 && zones.some((zone) => zone.domain === domain))
      give(id, api, domain!);
  }
  return classified;
}

function apiOf(element: Element, r: Resolver, index: ElementIndex): string | undefined {
  return apiElement(element, r, index)?.origin.id;
}

function apiElement({ stack, declared }: Element, r: Resolver, index: ElementIndex): Element | undefined {
  const named = toText(r.resolve(stack, declared.properties.RestApiId));
  return named && index.find(named, ['AWS::ApiGateway::RestApi', 'AWS::Serverless::Api'], stack.account)?.[0];
}

function isRoot(id: Text, method: Element, r: Resolver, index: ElementIndex): boolean {
  const api = apiElement(method, r, index);
  if (api === undefined) return false;
  const root = toText(r.resolve(api.stack, { 'Fn::GetAtt': [api.declared.logicalId, 'RootResourceId'] }));
  return root !== undefined && textKey(root) === textKey(id);
}

/** The path of a method: `PathPart` from its resource up to the root; what begins elsewhere begins with `?`. */
export function pathOf(r: Resolver, method: Element, index: ElementIndex): string {
  const { stack, declared } = method;
  const parts: string[] = [];
  let id = toText(r.resolve(stack, declared.properties.ResourceId));
  const seen = new Set<string>();
  while (id !== undefined) {
    const resource = index.find(id, ['AWS::ApiGateway::Resource'], stack.account)?.[0];
    if (resource === undefined && !isRoot(id, method, r, index)) parts.unshift('?');
    if (resource === undefined || seen.has(resource.origin.id)) break;
    seen.add(resource.origin.id);
    const properties = r.resolve(resource.stack, resource.declared.properties);
    const part = toText(property(properties, 'PathPart'));
    parts.unshift(part === undefined ? '?' : (literal(part) ?? show(part)));
    id = toText(property(properties, 'ParentId'));
  }
  return `/${parts.join('/')}`;
}
