/**
 * The APIs of the app: everything that answers requests from outside its own network boundary, with
 * its routes and how the caller of each is authenticated. `NONE` means that anybody who reaches the
 * endpoint is served. A gateway that domains share is one entry for each zone, and after them one for itself.
 */
import { literal, show, type Text, text } from '../policy/text';
import { kindOf, reachableFrom } from './api-kinds';
import type { Classification } from './classification';
import type { Configuration } from './configuration';
import type { Element, ElementIndex } from './elements';
import type { Api, Domain, Zone } from './model';
import { openApiRoutes } from './open-api';
import { validationOf } from './request-validation';
import { isResolvedList, literalString, property, type Resolved, toText } from './resolved';
import type { Resolver } from './resolver';
import { pathOf, zonesAt } from './zones';

type Route = Api['routes'][number];

export function readApis(
  r: Resolver,
  elements: readonly Element[],
  index: ElementIndex,
  classified: ReadonlyMap<string, Classification>,
  configuration: Configuration,
  shared: { readonly zones: ReadonlyMap<string, readonly Zone[]>; readonly domains: readonly Domain[] },
): readonly Api[] {
  const configured = new Map(configuration.domains.map((d) => [d.name, d]));
  const children = new Map<string, Element[]>();
  for (const element of elements) {
    const parent = parentApi(r, element, index);
    const known = parent === undefined ? undefined : children.get(parent);
    if (known !== undefined) known.push(element);
    else if (parent !== undefined) children.set(parent, [element]);
  }
  return elements.flatMap((element) => {
    const kind = kindOf(r, element);
    if (kind === undefined) return [];
    const routes = routesOf(r, element, kind, children.get(element.origin.id) ?? [], index);
    const { mark, origin } = element;
    const domain = classified.get(origin.id)?.domain;
    const declared = domain === undefined ? undefined : configured.get(domain);
    const zones = shared.zones.get(origin.id);
    const own = zones === undefined ? routes : routes.filter(({ path }) => zonesAt(zones, path).length !== 1);
    const known = {
      id: origin.id,
      origin,
      kind,
      reachableFrom: reachableFrom(r, element, kind),
      ...(element.declared.type === 'AWS::ApiGateway::RestApi' ? { invoke: invokeArn(r, element) } : {}),
    };
    return [
      ...(zones ?? []).map((zone) => zoneOf(known, zone, zones ?? [], routes, shared.domains)),
      {
        ...known,
        ...owned(domain, declared?.exposure ?? mark.exposure, declared?.owner ?? mark.owner),
        ...(zones === undefined ? {} : { zones }),
        routes: own,
        authentication: authenticationOf(zones === undefined ? mark.authentication : undefined, own),
      },
    ];
  });
}

/** What a domain has to itself of the API. */
function zoneOf(
  api: Pick<Api, 'id' | 'origin' | 'kind' | 'reachableFrom' | 'invoke'>,
  { domain, path: zone, authentication }: Zone,
  zones: readonly Zone[],
  all: readonly Route[],
  domains: readonly Domain[],
): Api {
  const { exposure, owner } = domains.find(({ name }) => name === domain) ?? {};
  const routes = all.filter(({ path }) => {
    const [one, ...others] = zonesAt(zones, path);
    return one?.domain === domain && one.path === zone && others.length === 0;
  });
  return {
    ...api,
    ...owned(domain, exposure, owner),
    zone,
    routes,
    authentication: authenticationOf(authentication, routes),
  };
}

function owned(
  domain: string | undefined,
  exposure: Api['exposure'],
  owner: string | undefined,
): Pick<Api, 'domain' | 'exposure' | 'owner'> {
  return {
    ...(domain === undefined ? {} : { domain }),
    ...(exposure === undefined ? {} : { exposure }),
    ...(owner === undefined ? {} : { owner }),
  };
}

function authenticationOf(said: string | undefined, routes: readonly Route[]): readonly string[] {
  return said === undefined ? [...new Set(routes.map(({ authentication }) => authentication))].sort() : [said];
}

/** Stage, method and path follow. Source: https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-control-access-using-iam-policies-to-invoke-api.html */
function invokeArn(r: Resolver, { stack, declared }: Element): Text {
  const { partition, region, account } = stack;
  return text(
    'arn:',
    partition,
    ':execute-api:',
    region,
    ':',
    account,
    ':',
    r.text(stack, { Ref: declared.logicalId }),
  );
}

/** Which API a method, route or listener belongs to. */
const PARENTS: Readonly<Record<string, string>> = {
  'AWS::ApiGateway::Method': 'RestApiId',
  'AWS::ApiGatewayV2::Route': 'ApiId',
  'AWS::ElasticLoadBalancingV2::Listener': 'LoadBalancerArn',
};

function parentApi(r: Resolver, { stack, declared }: Element, index: ElementIndex): string | undefined {
  if (declared.type === 'AWS::ElasticLoadBalancingV2::ListenerRule') {
    const named = toText(r.resolve(stack, declared.properties.ListenerArn));
    const [owner] = (named && index.find(named, ['AWS::ElasticLoadBalancingV2::Listener'], stack.account)) ?? [];
    return owner === undefined ? undefined : parentApi(r, owner, index);
  }
  const key = PARENTS[declared.type];
  const named = key === undefined ? undefined : toText(r.resolve(stack, declared.properties[key]));
  const types = [
    'AWS::ApiGateway::RestApi',
    'AWS::Serverless::Api',
    'AWS::ApiGatewayV2::Api',
    'AWS::Serverless::HttpApi',
    'AWS::ElasticLoadBalancingV2::LoadBalancer',
  ];
  return named === undefined ? undefined : index.find(named, types, stack.account)?.[0]?.origin.id;
}

function routesOf(
  r: Resolver,
  api: Element,
  kind: Api['kind'],
  children: readonly Element[],
  index: ElementIndex,
): readonly Route[] {
  const properties = r.resolve(api.stack, api.declared.properties);
  switch (kind) {
    case 'rest':
    case 'http':
    case 'websocket': {
      const declared = children.map((child) =>
        child.declared.type === 'AWS::ApiGateway::Method' ? method(r, child, index) : route(r, child),
      );
      return [...declared, ...quickRoute(properties), ...describedRoutes(properties)];
    }
    case 'appsync':
      return [
        {
          method: 'POST',
          path: api.declared.type === 'AWS::AppSync::Api' ? '/event' : '/graphql',
          authentication: graphQlAuthentication(properties),
        },
      ];
    case 'function-url':
    case 'lattice':
      return [{ method: 'ANY', path: '/', authentication: word(property(properties, 'AuthType')) }];
    // What stands behind them asks who is calling, if anything does.
    case 'app-runner':
    case 'distribution':
      return [{ method: 'ANY', path: '/', authentication: 'NONE' }];
    case 'load-balancer':
      if (api.declared.type === 'AWS::ElasticLoadBalancing::LoadBalancer')
        return [{ method: 'ANY', path: '/', authentication: 'NONE' }];
      return children.map((child) => (child.declared.type.endsWith('Rule') ? rule(r, child) : listener(r, child)));
  }
}

/** Routes of an OpenAPI document; one route of which nothing is known where the document lies elsewhere. */
function describedRoutes(properties: Resolved): readonly Route[] {
  const body = property(properties, 'Body') ?? property(properties, 'DefinitionBody');
  const elsewhere = property(properties, 'BodyS3Location') ?? property(properties, 'DefinitionUri');
  const routes = openApiRoutes(body);
  if (routes.length > 0 || (body === undefined && elsewhere === undefined)) return routes;
  return [{ method: 'ANY', path: '/*', authentication: 'UNKNOWN' }];
}

/** An HTTP API with a `Target` has one route, which nobody authenticates. */
function quickRoute(properties: Resolved): readonly Route[] {
  if (property(properties, 'Target') === undefined) return [];
  const [method = 'ANY', path = '$default'] = (literalString(property(properties, 'RouteKey')) ?? 'ANY').split(' ');
  return [{ method, path, authentication: 'NONE' }];
}

function method(r: Resolver, element: Element, index: ElementIndex): Route {
  const properties = r.resolve(element.stack, element.declared.properties);
  const type = word(property(properties, 'AuthorizationType'));
  const key = literalString(property(properties, 'ApiKeyRequired')) === 'true';
  const verb = word(property(properties, 'HttpMethod'), 'ANY');
  const preflight = verb === 'OPTIONS' && literalString(property(properties, 'Integration', 'Type')) === 'MOCK';
  return {
    method: verb,
    path: pathOf(r, element, index),
    // A key identifies a usage plan, not a caller: it is named, but never counts as more than it is.
    authentication: type === 'NONE' && key ? 'API_KEY' : type,
    // API Gateway compares the scopes of user pools alone; those of another authorizer stand in the mark.
    ...scopesOf(property(properties, 'AuthorizationScopes') ?? element.mark.scopes),
    ...(element.mark.sensitivity === undefined ? {} : { sensitivity: element.mark.sensitivity }),
    declaredAt: element.origin.path,
    ...(preflight ? { preflight } : {}),
    validation: validationOf(r, element, properties, index),
  };
}

function scopesOf(written: Resolved | undefined): Pick<Route, 'scopes'> {
  const scopes = listed(written).map((scope) => toText(scope));
  return scopes.length === 0 ? {} : { scopes: scopes.map((s) => (s === undefined ? '?' : (literal(s) ?? show(s)))) };
}

function route(r: Resolver, element: Element): Route {
  const properties = r.resolve(element.stack, element.declared.properties);
  const key = toText(property(properties, 'RouteKey'));
  const written = key === undefined ? '$default' : (literal(key) ?? show(key));
  const [first = 'ANY', path] = written.split(' ');
  const type = word(property(properties, 'AuthorizationType'));
  return {
    method: path === undefined ? 'ANY' : first,
    path: path ?? written,
    authentication:
      type === 'NONE' && literalString(property(properties, 'ApiKeyRequired')) === 'true' ? 'API_KEY' : type,
    ...scopesOf(property(properties, 'AuthorizationScopes')),
    declaredAt: element.origin.path,
    ...(element.mark.sensitivity === undefined ? {} : { sensitivity: element.mark.sensitivity }),
  };
}

function graphQlAuthentication(properties: Resolved): string {
  const ofEvents = listed(property(properties, 'EventConfig', 'AuthProviders'));
  if (ofEvents.length > 0) return [...new Set(ofEvents.map((p) => word(property(p, 'AuthType'))))].sort().join(' or ');
  const more = property(properties, 'AdditionalAuthenticationProviders');
  const types = [
    word(property(properties, 'AuthenticationType')),
    ...listed(more).map((m) => word(property(m, 'AuthenticationType'))),
  ];
  return [...new Set(types)].sort().join(' or ');
}

function listed(value: Resolved | undefined): readonly Resolved[] {
  return value !== undefined && isResolvedList(value) ? value : [];
}

/** A rule's actions stand in the place of its listener's. */
function rule(r: Resolver, element: Element): Route {
  const properties = r.resolve(element.stack, element.declared.properties);
  const priority = literalString(property(properties, 'Priority')) ?? '?';
  return {
    method: 'ANY',
    path: `rule ${priority}`,
    authentication: checkedBy(property(properties, 'Actions')) ?? 'NONE',
  };
}

function checkedBy(actions: Resolved | undefined): string | undefined {
  const types = listed(actions).map((a) => word(property(a, 'Type')));
  return types.find((a) => a.startsWith('authenticate-') || a === 'jwt-validation');
}

function listener(r: Resolver, element: Element): Route {
  const properties = r.resolve(element.stack, element.declared.properties);
  const mutual = literalString(property(properties, 'MutualAuthentication', 'Mode')) === 'verify';
  const port = literalString(property(properties, 'Port'));
  const authentication = checkedBy(property(properties, 'DefaultActions')) ?? (mutual ? 'MUTUAL_TLS' : 'NONE');
  return { method: 'ANY', path: port === undefined ? '/' : `:${port}/`, authentication };
}

/** A word that the template writes out; `UNKNOWN` where only the deployment knows it. */
function word(value: Resolved | undefined, absent = 'NONE'): string {
  if (value === undefined) return absent;
  return literalString(value) ?? 'UNKNOWN';
}
