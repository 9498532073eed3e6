/**
 * The APIs of the app: everything that answers requests from outside its own network boundary, with
 * its routes and how the caller of each is authenticated. `NONE` means that anybody who reaches the
 * endpoint is served.
 */
import { literal, show } from '../policy/text';
import type { Classification } from './classification';
import type { Configuration } from './configuration';
import type { Element, ElementIndex } from './elements';
import type { Api } from './model';
import { openApiRoutes } from './open-api';
import { isResolvedList, literalString, property, type Resolved, toText } from './resolved';
import type { Resolver } from './resolver';

type Route = Api['routes'][number];

export function readApis(
  r: Resolver,
  elements: readonly Element[],
  index: ElementIndex,
  classified: ReadonlyMap<string, Classification>,
  configuration: Configuration,
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
    const [exposure, owner] = [declared?.exposure ?? mark.exposure, declared?.owner ?? mark.owner];
    const authentication =
      mark.authentication === undefined ? routes.map((route) => route.authentication) : [mark.authentication];
    return [
      {
        id: origin.id,
        origin,
        kind,
        ...(domain === undefined ? {} : { domain }),
        ...(exposure === undefined ? {} : { exposure }),
        ...(owner === undefined ? {} : { owner }),
        routes,
        authentication: [...new Set(authentication)].sort(),
      },
    ];
  });
}

function kindOf(r: Resolver, { stack, declared }: Element): Api['kind'] | undefined {
  switch (declared.type) {
    case 'AWS::ApiGateway::RestApi':
    case 'AWS::Serverless::Api':
      return 'rest';
    case 'AWS::Serverless::HttpApi':
      return 'http';
    case 'AWS::ApiGatewayV2::Api':
      return literalString(r.resolve(stack, declared.properties.ProtocolType)) === 'WEBSOCKET' ? 'websocket' : 'http';
    case 'AWS::AppSync::GraphQLApi':
      return 'appsync';
    case 'AWS::Lambda::Url':
      return 'function-url';
    case 'AWS::ElasticLoadBalancingV2::LoadBalancer':
      return literalString(r.resolve(stack, declared.properties.Type)) === 'gateway' ? undefined : 'load-balancer';
    case 'AWS::ElasticLoadBalancing::LoadBalancer':
      return 'load-balancer';
    default:
      return undefined;
  }
}

/** Which API a method, route or listener belongs to. */
const PARENTS: Readonly<Record<string, string>> = {
  'AWS::ApiGateway::Method': 'RestApiId',
  'AWS::ApiGatewayV2::Route': 'ApiId',
  'AWS::ElasticLoadBalancingV2::Listener': 'LoadBalancerArn',
};

function parentApi(r: Resolver, { stack, declared }: Element, index: ElementIndex): string | undefined {
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
      return [...declared, ...openApiRoutes(property(properties, 'Body') ?? property(properties, 'DefinitionBody'))];
    }
    case 'appsync':
      return [{ method: 'POST', path: '/graphql', authentication: graphQlAuthentication(properties) }];
    case 'function-url':
      return [{ method: 'ANY', path: '/', authentication: word(property(properties, 'AuthType')) }];
    case 'load-balancer':
      return children.flatMap((child) => listener(r, child));
  }
}

function method(r: Resolver, element: Element, index: ElementIndex): Route {
  const properties = r.resolve(element.stack, element.declared.properties);
  const type = word(property(properties, 'AuthorizationType'));
  const key = literalString(property(properties, 'ApiKeyRequired')) === 'true';
  return {
    method: word(property(properties, 'HttpMethod'), 'ANY'),
    path: pathOf(r, element, property(properties, 'ResourceId'), index),
    // A key identifies a usage plan, not a caller: it is named, but never counts as more than it is.
    authentication: type === 'NONE' && key ? 'API_KEY' : type,
    ...(element.mark.sensitivity === undefined ? {} : { sensitivity: element.mark.sensitivity }),
  };
}

/** Joins `PathPart` from the resource up to the root. */
function pathOf(r: Resolver, element: Element, resourceId: Resolved | undefined, index: ElementIndex): string {
  const parts: string[] = [];
  let id = toText(resourceId);
  const seen = new Set<string>();
  while (id !== undefined) {
    const resource = index.find(id, ['AWS::ApiGateway::Resource'], element.stack.account)?.[0];
    if (resource === undefined || seen.has(resource.origin.id)) break;
    seen.add(resource.origin.id);
    const properties = r.resolve(resource.stack, resource.declared.properties);
    const part = toText(property(properties, 'PathPart'));
    parts.unshift(part === undefined ? '?' : (literal(part) ?? show(part)));
    id = toText(property(properties, 'ParentId'));
  }
  return `/${parts.join('/')}`;
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
    ...(element.mark.sensitivity === undefined ? {} : { sensitivity: element.mark.sensitivity }),
  };
}

function graphQlAuthentication(properties: Resolved): string {
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

function listener(r: Resolver, element: Element): readonly Route[] {
  const properties = r.resolve(element.stack, element.declared.properties);
  const actions = listed(property(properties, 'DefaultActions')).map((a) => word(property(a, 'Type')));
  const mutual = literalString(property(properties, 'MutualAuthentication', 'Mode')) === 'verify';
  const checked = actions.find((a) => a.startsWith('authenticate-') || a === 'jwt-validation');
  const port = literalString(property(properties, 'Port'));
  return [
    {
      method: 'ANY',
      path: port === undefined ? '/' : `:${port}/`,
      authentication: checked ?? (mutual ? 'MUTUAL_TLS' : 'NONE'),
    },
  ];
}

/** A word that the template writes out; `UNKNOWN` where only the deployment knows it. */
function word(value: Resolved | undefined, absent = 'NONE'): string {
  if (value === undefined) return absent;
  return literalString(value) ?? 'UNKNOWN';
}
