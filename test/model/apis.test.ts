import type { Api } from '../../lib/model/model';
import { att, type Json, model, ref, resource } from './notation';

const only = (resources: Json): Api => {
  const { apis } = model(resources);
  expect(apis).toHaveLength(1);
  return apis[0] as Api;
};
const routes = (resources: Json) =>
  only(resources).routes.map((r) => `${r.method} ${r.path} ${r.authentication}${r.sensitivity ? ' HIGH' : ''}`);

const API = { Api: resource('AWS::ApiGateway::RestApi') };

describe('REST', () => {
  const orders = resource('AWS::ApiGateway::Resource', {
    RestApiId: ref('Api'),
    ParentId: att('Api', 'RootResourceId'),
    PathPart: 'orders',
  });
  const one = resource('AWS::ApiGateway::Resource', {
    RestApiId: ref('Api'),
    ParentId: ref('Orders'),
    PathPart: '{id}',
  });
  const method = (properties: Json, more?: Json): Json =>
    resource(
      'AWS::ApiGateway::Method',
      { RestApiId: ref('Api'), ResourceId: att('Api', 'RootResourceId'), HttpMethod: 'GET', ...properties },
      more,
    );

  test('paths from the resources', () => {
    const resources = {
      ...API,
      Orders: orders,
      One: one,
      M: method({ ResourceId: ref('One') }),
      N: method({ HttpMethod: 'POST' }),
    };
    expect(routes(resources)).toEqual(['GET /orders/{id} NONE', 'POST / NONE']);
  });

  test.each<[string, Json, string]>([
    ['IAM', { AuthorizationType: 'AWS_IAM' }, 'AWS_IAM'],
    ['a user pool', { AuthorizationType: 'COGNITO_USER_POOLS' }, 'COGNITO_USER_POOLS'],
    ['a key is named, and no more than a key', { AuthorizationType: 'NONE', ApiKeyRequired: true }, 'API_KEY'],
    ['what only the deployment knows', { AuthorizationType: ref('P') }, 'UNKNOWN'],
    ['nothing', {}, 'NONE'],
  ])('authentication: %s', (_, properties, expected) => {
    expect(only({ ...API, M: method(properties) }).authentication).toEqual([expected]);
  });

  test('a high-value route says so', () => {
    const high = method({}, { Metadata: { bulkhead: { domain: 'd', part: 'method', sensitivity: 'HIGH' } } });
    expect(routes({ ...API, M: high })).toEqual(['GET / NONE HIGH']);
  });

  test('an OpenAPI body', () => {
    const body = {
      paths: {
        '/a': { get: {}, post: { security: [{ pool: [] }] } },
        '/b': { 'x-amazon-apigateway-any-method': { security: [{ iam: [] }] } },
      },
      components: {
        securitySchemes: {
          pool: { 'x-amazon-apigateway-authtype': 'cognito_user_pools' },
          iam: { 'x-amazon-apigateway-authtype': 'awsSigv4' },
        },
      },
    };
    expect(routes({ Api: resource('AWS::ApiGateway::RestApi', { Body: body }) })).toEqual([
      'GET /a NONE',
      'POST /a COGNITO_USER_POOLS',
      'ANY /b AWS_IAM',
    ]);
  });
});

describe('what the gateway checks of a request', () => {
  const validator = (properties: Json) => resource('AWS::ApiGateway::RequestValidator', properties);
  const one = (properties: Json, more: Json = {}) =>
    only({
      ...API,
      M: resource('AWS::ApiGateway::Method', { RestApiId: ref('Api'), HttpMethod: 'POST', ...properties }),
      ...more,
    }).routes[0];

  test.each<[string, Json, Json, unknown]>([
    ['no validator', {}, {}, { body: false, parameters: false, model: false }],
    [
      'a validator of the app, and a model',
      { RequestValidatorId: ref('V'), RequestModels: { 'application/json': 'Order' } },
      { V: validator({ ValidateRequestBody: true, ValidateRequestParameters: 'false' }) },
      { body: true, parameters: false, model: true },
    ],
    [
      'what only the deployment knows',
      { RequestValidatorId: ref('V') },
      { V: validator({ ValidateRequestBody: ref('P') }) },
      { body: 'unknown', parameters: false, model: false },
    ],
    [
      'a validator elsewhere',
      { RequestValidatorId: 'abc' },
      {},
      { body: 'unknown', parameters: 'unknown', model: false },
    ],
  ])('%s', (_, properties, more, expected) => {
    expect(one(properties, more)?.validation).toEqual(expected);
  });

  test('a preflight request that the gateway answers itself', () => {
    const mock = { HttpMethod: 'OPTIONS', Integration: { Type: 'MOCK' } };
    expect(one(mock)).toMatchObject({ preflight: true, declaredAt: 'S/M' });
    expect(one({ ...mock, Integration: { Type: 'HTTP' } })?.preflight).toBeUndefined();
    expect(one({ ...mock, HttpMethod: 'GET' })?.preflight).toBeUndefined();
  });

  test('in an OpenAPI body: validators, schemas, scopes, preflight requests', () => {
    const body = {
      'x-amazon-apigateway-request-validator': 'all',
      'x-amazon-apigateway-request-validators': {
        all: { validateRequestBody: true, validateRequestParameters: true },
        none: {},
      },
      paths: {
        '/a': {
          post: {
            security: [{ pool: ['write', 'admin'] }],
            requestBody: { content: { 'application/json': { schema: {} } } },
          },
          put: { security: [{ pool: ['write'] }, { pool: [] }], 'x-amazon-apigateway-request-validator': 'none' },
          patch: { parameters: [{ in: 'body', schema: {} }], 'x-amazon-apigateway-request-validator': 'missing' },
          options: { 'x-amazon-apigateway-integration': { type: 'mock' } },
        },
      },
    };
    const found = only({ Api: resource('AWS::ApiGateway::RestApi', { Body: body }) }).routes;
    expect(found).toMatchObject([
      { method: 'PUT', validation: { body: false, parameters: false, model: false } },
      { method: 'POST', scopes: ['write', 'admin'], validation: { body: true, parameters: true, model: true } },
      { method: 'OPTIONS', preflight: true },
      { method: 'PATCH', validation: { body: 'unknown', parameters: 'unknown', model: true } },
    ]);
    expect(found[0]?.scopes).toBeUndefined();
  });
});

test('HTTP and WebSocket', () => {
  const api = (ProtocolType: string): Json => ({
    Api: resource('AWS::ApiGatewayV2::Api', { ProtocolType }),
    R: resource('AWS::ApiGatewayV2::Route', {
      ApiId: ref('Api'),
      RouteKey: ProtocolType === 'HTTP' ? 'GET /x' : '$connect',
      AuthorizationType: 'JWT',
    }),
  });
  expect(routes(api('HTTP'))).toEqual(['GET /x JWT']);
  expect(routes(api('WEBSOCKET'))).toEqual(['ANY $connect JWT']);
  expect([only(api('HTTP')).kind, only(api('WEBSOCKET')).kind]).toEqual(['http', 'websocket']);
});

test.each<[string, Json, string]>([
  [
    'appsync',
    resource('AWS::AppSync::GraphQLApi', {
      AuthenticationType: 'API_KEY',
      AdditionalAuthenticationProviders: [{ AuthenticationType: 'AWS_IAM' }],
    }),
    'POST /graphql API_KEY or AWS_IAM',
  ],
  ['function-url', resource('AWS::Lambda::Url', { AuthType: 'NONE' }), 'ANY / NONE'],
])('%s', (kind, api, expected) => {
  expect(routes({ Api: api })).toEqual([expected]);
  expect(only({ Api: api }).kind).toBe(kind);
});

test('load balancers, by their listeners', () => {
  const listener = (properties: Json): Json => ({
    Api: resource('AWS::ElasticLoadBalancingV2::LoadBalancer'),
    L: resource('AWS::ElasticLoadBalancingV2::Listener', { LoadBalancerArn: ref('Api'), Port: 443, ...properties }),
  });
  expect(routes(listener({ DefaultActions: [{ Type: 'forward' }] }))).toEqual(['ANY :443/ NONE']);
  expect(routes(listener({ DefaultActions: [{ Type: 'authenticate-oidc' }, { Type: 'forward' }] }))).toEqual([
    'ANY :443/ authenticate-oidc',
  ]);
  expect(routes(listener({ MutualAuthentication: { Mode: 'verify' } }))).toEqual(['ANY :443/ MUTUAL_TLS']);
  expect(model({ X: resource('AWS::ElasticLoadBalancingV2::LoadBalancer', { Type: 'gateway' }) }).apis).toEqual([]);
});

test('a rule of a listener is a route of its own', () => {
  const resources = {
    Api: resource('AWS::ElasticLoadBalancingV2::LoadBalancer'),
    L: resource('AWS::ElasticLoadBalancingV2::Listener', {
      LoadBalancerArn: ref('Api'),
      DefaultActions: [{ Type: 'authenticate-oidc' }],
    }),
    R: resource('AWS::ElasticLoadBalancingV2::ListenerRule', {
      ListenerArn: ref('L'),
      Priority: 5,
      Actions: [{ Type: 'forward' }],
    }),
  };
  expect(routes(resources)).toEqual(['ANY / authenticate-oidc', 'ANY rule 5 NONE']);
});

test.each<[string, Json, string]>([
  [
    'a document that lies elsewhere',
    resource('AWS::ApiGateway::RestApi', { BodyS3Location: { Bucket: 'b' } }),
    'ANY /* UNKNOWN',
  ],
  [
    'a document that only a macro knows',
    resource('AWS::ApiGateway::RestApi', { Body: { 'Fn::Transform': { Name: 'AWS::Include' } } }),
    'ANY /* UNKNOWN',
  ],
  [
    'a target without routes',
    resource('AWS::ApiGatewayV2::Api', { ProtocolType: 'HTTP', Target: 'arn:aws:lambda:x' }),
    'ANY $default NONE',
  ],
  ['a classic load balancer', resource('AWS::ElasticLoadBalancing::LoadBalancer'), 'ANY / NONE'],
])('%s', (_, api, expected) => {
  expect(routes({ Api: api })).toEqual([expected]);
});

test('exposure, owner and authentication of the mark are the API’s and its domain’s', () => {
  const mark = { domain: 'orders', part: 'api', exposure: 'partner', owner: 'team-a', authentication: 'IAM' };
  const resources = { Api: resource('AWS::ApiGateway::RestApi', {}, { Metadata: { bulkhead: mark } }) };
  expect(only(resources)).toMatchObject({
    domain: 'orders',
    exposure: 'partner',
    owner: 'team-a',
    authentication: ['IAM'],
  });
  expect(model(resources).domains).toMatchObject([
    { name: 'orders', exposure: 'partner', owner: 'team-a', declaredAt: [{ id: 'S/Api' }] },
  ]);
  expect(only(API).domain).toBeUndefined();
});

describe('what is an API, and where it is reached from', () => {
  const of = (api: Json) => model({ Api: api }).apis.map(({ kind, reachableFrom }) => `${kind} ${reachableFrom}`);
  const distribution = (...Origins: Json[]) =>
    resource('AWS::CloudFront::Distribution', { DistributionConfig: { Enabled: true, Origins } });
  const PRIVATE = { Types: ['PRIVATE'] };

  test.each<[string, Json, string[]]>([
    ['REST', resource('AWS::ApiGateway::RestApi'), ['rest internet']],
    ['private REST', resource('AWS::ApiGateway::RestApi', { EndpointConfiguration: PRIVATE }), ['rest network']],
    ['REST of SAM', resource('AWS::Serverless::Api', { EndpointConfiguration: { Type: 'PRIVATE' } }), ['rest network']],
    ['HTTP', resource('AWS::ApiGatewayV2::Api', { ProtocolType: 'HTTP' }), ['http internet']],
    ['WebSocket', resource('AWS::ApiGatewayV2::Api', { ProtocolType: 'WEBSOCKET' }), ['websocket internet']],
    ['AppSync', resource('AWS::AppSync::GraphQLApi'), ['appsync internet']],
    ['private AppSync', resource('AWS::AppSync::GraphQLApi', { Visibility: 'PRIVATE' }), ['appsync network']],
    ['events', resource('AWS::AppSync::Api'), ['appsync internet']],
    ['a function', resource('AWS::Lambda::Url', { AuthType: 'AWS_IAM' }), ['function-url internet']],
    ['a load balancer', resource('AWS::ElasticLoadBalancingV2::LoadBalancer'), ['load-balancer internet']],
    [
      'an internal one',
      resource('AWS::ElasticLoadBalancingV2::LoadBalancer', { Scheme: 'internal' }),
      ['load-balancer network'],
    ],
    [
      'one of which only the deployment knows',
      resource('AWS::ElasticLoadBalancingV2::LoadBalancer', { Scheme: { 'Fn::ImportValue': 'scheme' } }),
      ['load-balancer unknown'],
    ],
    [
      'a classic one',
      resource('AWS::ElasticLoadBalancing::LoadBalancer', { Scheme: 'internal' }),
      ['load-balancer network'],
    ],
    ['App Runner', resource('AWS::AppRunner::Service'), ['app-runner internet']],
    [
      'private App Runner',
      resource('AWS::AppRunner::Service', {
        NetworkConfiguration: { IngressConfiguration: { IsPubliclyAccessible: false } },
      }),
      ['app-runner network'],
    ],
    ['VPC Lattice', resource('AWS::VpcLattice::Service', { AuthType: 'AWS_IAM' }), ['lattice network']],
    [
      'a distribution before a server',
      distribution({ DomainName: 'api.example.com', CustomOriginConfig: { OriginProtocolPolicy: 'https-only' } }),
      ['distribution internet'],
    ],
    [
      'a distribution before a bucket',
      distribution({ DomainName: 'files.s3.eu-west-1.amazonaws.com', S3OriginConfig: {} }),
      [],
    ],
    [
      'a distribution before the website of a bucket',
      distribution({ DomainName: 'files.s3-website.eu-west-1.amazonaws.com', CustomOriginConfig: {} }),
      [],
    ],
    ['a custom domain', resource('AWS::ApiGateway::DomainName', { DomainName: 'api.example.com' }), []],
    ['a queue', resource('AWS::SQS::Queue'), []],
  ])('%s', (_, api, expected) => {
    expect(of(api)).toEqual(expected);
  });
});
