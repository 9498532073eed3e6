/** A gateway of two domains as a template without our constructs, and the configuration that divides it. */
import { att, type Json, join, ref, resource } from './notation';

/** A path under the root, or under another. */
export function path(part: string, parent?: string): Json {
  const parentId = parent === undefined ? att('Api', 'RootResourceId') : ref(parent);
  return resource('AWS::ApiGateway::Resource', { RestApiId: ref('Api'), ParentId: parentId, PathPart: part });
}

export function method(at: string, authorizer: string | undefined, more: Json = {}): Json {
  return resource('AWS::ApiGateway::Method', {
    RestApiId: ref('Api'),
    ResourceId: at === '' ? att('Api', 'RootResourceId') : ref(at),
    HttpMethod: 'GET',
    ...(authorizer === undefined
      ? { AuthorizationType: 'AWS_IAM' }
      : { AuthorizationType: 'CUSTOM', AuthorizerId: ref(authorizer) }),
    Integration: { Type: 'HTTP_PROXY', Uri: 'https://orders.example.com', IntegrationHttpMethod: 'GET' },
    ...more,
  });
}

export function authorizer(name: string): Json {
  return resource('AWS::ApiGateway::Authorizer', { RestApiId: ref('Api'), Name: name, Type: 'TOKEN' });
}

const TRANSFORMED = [
  [{ Priority: 0, Type: 'URL_DECODE' }],
  [
    { Priority: 0, Type: 'URL_DECODE' },
    { Priority: 1, Type: 'NORMALIZE_PATH' },
  ],
];

/** What AWS WAF sees of a path under the stage `v1`, however it is spelt. */
export function under(zone: string): Json {
  const statements = TRANSFORMED.flatMap((TextTransformations) =>
    [['STARTS_WITH', `/v1${zone}/`]].map(([PositionalConstraint, SearchString]) => ({
      ByteMatchStatement: { FieldToMatch: { UriPath: {} }, PositionalConstraint, SearchString, TextTransformations },
    })),
  );
  return { OrStatement: { Statements: statements } };
}

export function rate(name: string, priority: number, scopeDown?: Json): Json {
  return {
    Name: name,
    Priority: priority,
    Action: { Block: {} },
    Statement: {
      RateBasedStatement: {
        Limit: 1000,
        AggregateKeyType: 'IP',
        ...(scopeDown === undefined ? {} : { ScopeDownStatement: scopeDown }),
      },
    },
  };
}

export function setting(at: string, more: Json = {}): Json {
  const ResourcePath = at === '/*' ? at : `/${at.replace(/\//g, '~1')}`;
  return { ResourcePath, HttpMethod: 'GET', ThrottlingRateLimit: 100, ThrottlingBurstLimit: 200, ...more };
}

export interface Parts {
  readonly settings?: readonly Json[];
  readonly rules?: readonly Json[];
}

export function gateway({
  settings = [setting('/partner/orders'), setting('/public/orders')],
  rules = [rate('partner', 1, under('/partner')), rate('public', 2, under('/public'))],
}: Parts = {}): Json {
  return {
    Api: resource('AWS::ApiGateway::RestApi', { Name: 'edge' }),
    Partner: path('partner'),
    PartnerOrders: path('orders', 'Partner'),
    Public: path('public'),
    PublicOrders: path('orders', 'Public'),
    PartnerAuthorizer: authorizer('partner'),
    PublicAuthorizer: authorizer('public'),
    GetPartner: method('PartnerOrders', 'PartnerAuthorizer'),
    GetPublic: method('PublicOrders', 'PublicAuthorizer'),
    Deployment: resource('AWS::ApiGateway::Deployment', { RestApiId: ref('Api') }),
    Stage: resource('AWS::ApiGateway::Stage', {
      RestApiId: ref('Api'),
      DeploymentId: ref('Deployment'),
      StageName: 'v1',
      MethodSettings: settings,
    }),
    Acl: resource('AWS::WAFv2::WebACL', { Name: 'edge', Scope: 'REGIONAL', Rules: rules }),
    Guard: resource('AWS::WAFv2::WebACLAssociation', {
      WebACLArn: att('Acl'),
      ResourceArn: join('arn:aws:apigateway:eu-west-1::/restapis/', ref('Api'), '/stages/', ref('Stage')),
    }),
    Log: resource('AWS::WAFv2::LoggingConfiguration', {
      ResourceArn: att('Acl'),
      LogDestinationConfigs: ['arn:aws:logs:eu-west-1:111122223333:log-group:aws-waf-logs-edge'],
    }),
  };
}

export const DIVIDED: Json = {
  domains: {
    edge: { exposure: 'public', owner: 'platform-team', resources: ['S/*'] },
    partner: { exposure: 'partner', owner: 'partner-team', routes: { 'S/Api': ['/partner'] } },
    public: { exposure: 'public', owner: 'shop-team', routes: { 'S/Api': ['/public'] } },
  },
};

/** The configuration with something else for some of its domains; undefined takes one out. */
export function divided(domains: Json): Json {
  return { domains: { ...(DIVIDED.domains as Json), ...domains } };
}
