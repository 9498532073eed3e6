/**
 * A gateway that `a` and `b` share, by the paths `/a` and `/b`, and that `edge` runs: each case lets one into the other's part, or
 * into what is the gateway's. What belongs to `edge` has a logical id that begins with `E`.
 */
import { allow, att, deny, doc, type Json, join, ref, resource, when } from '../model/notation';
import type { Case } from './cases-intrinsics';
import { arn, iam } from './world';

const path = (part: string, parent?: string): Json =>
  resource('AWS::ApiGateway::Resource', {
    RestApiId: ref('EApi'),
    ParentId: parent === undefined ? att('EApi', 'RootResourceId') : ref(parent),
    PathPart: part,
  });

const method = (at: string, authorizer: string, more: Json = {}): Json =>
  resource('AWS::ApiGateway::Method', {
    RestApiId: ref('EApi'),
    ResourceId: ref(at),
    HttpMethod: 'GET',
    AuthorizationType: 'CUSTOM',
    AuthorizerId: ref(authorizer),
    Integration: { Type: 'HTTP_PROXY', Uri: 'https://orders.example.com', IntegrationHttpMethod: 'GET' },
    ...more,
  });
const SIGNED: Json = { AuthorizationType: 'AWS_IAM', AuthorizerId: undefined };

const calling = (target: unknown): unknown =>
  join('arn:aws:apigateway:eu-west-1:lambda:path/2015-03-31/functions/', target, '/invocations');
const authorizer = (name: string, more: Json): Json =>
  resource('AWS::ApiGateway::Authorizer', { RestApiId: ref('EApi'), Name: name, Type: 'TOKEN', ...more });
const lambda = (name: string): Json =>
  resource('AWS::Lambda::Function', { FunctionName: name, Role: iam(`role/${name}`), Code: { ZipFile: 'x' } });

const begins = (zone: string, types: readonly string[]): Json => ({
  ByteMatchStatement: {
    FieldToMatch: { UriPath: {} },
    PositionalConstraint: 'STARTS_WITH',
    SearchString: `/v1/${zone}/`,
    TextTransformations: types.map((Type, Priority) => ({ Priority, Type })),
  },
});
const under = (zone: string): Json => ({
  OrStatement: { Statements: [begins(zone, ['URL_DECODE']), begins(zone, ['URL_DECODE', 'NORMALIZE_PATH'])] },
});
const rate = (zone: string, Priority: number): Json => ({
  Name: zone,
  Priority,
  Action: { Block: {} },
  Statement: { RateBasedStatement: { Limit: 100, AggregateKeyType: 'IP', ScopeDownStatement: under(zone) } },
});
const setting = (zone: string): Json => ({
  ResourcePath: `/~1${zone}~1orders`,
  HttpMethod: 'GET',
  ThrottlingRateLimit: 10,
  ThrottlingBurstLimit: 10,
});
const stage = (more: Json): Json =>
  resource('AWS::ApiGateway::Stage', {
    RestApiId: ref('EApi'),
    DeploymentId: ref('EDeployment'),
    MethodSettings: [setting('a'), setting('b')],
    ...more,
  });
const acl = (...first: readonly Json[]): Json =>
  resource('AWS::WAFv2::WebACL', { Name: 'edge', Scope: 'REGIONAL', Rules: [...first, rate('a', 1), rate('b', 2)] });
const aRole = (...statements: readonly Json[]): Json =>
  resource('AWS::IAM::Role', {
    RoleName: 'a-role',
    AssumeRolePolicyDocument: doc({
      Effect: 'Allow',
      Principal: { AWS: iam('role/somebody-of-a') },
      Action: 'sts:AssumeRole',
    }),
    ...(statements.length === 0 ? {} : { Policies: [{ PolicyName: 'p', PolicyDocument: doc(...statements) }] }),
  });

const GATEWAY: Json = {
  EApi: resource('AWS::ApiGateway::RestApi', { Name: 'edge' }),
  EPathA: path('a'),
  EOrdersA: path('orders', 'EPathA'),
  EPathB: path('b'),
  EOrdersB: path('orders', 'EPathB'),
  AAuth: lambda('a-auth'),
  BAuth: lambda('b-auth'),
  BOrders: lambda('b-orders'),
  EAuthA: authorizer('a', { AuthorizerUri: calling(att('AAuth')) }),
  EAuthB: authorizer('b', { AuthorizerUri: calling(att('BAuth')) }),
  EGetA: method('EOrdersA', 'EAuthA'),
  EGetB: method('EOrdersB', 'EAuthB'),
  EDeployment: resource('AWS::ApiGateway::Deployment', { RestApiId: ref('EApi') }),
  ELog: resource('AWS::Logs::LogGroup', { LogGroupName: 'edge-access' }),
  EStage: stage({
    StageName: 'v1',
    AccessLogSetting: { DestinationArn: att('ELog'), Format: '{"status":"$context.status"}' },
  }),
  EAcl: acl(),
  EGuard: resource('AWS::WAFv2::WebACLAssociation', {
    WebACLArn: att('EAcl'),
    ResourceArn: join('arn:aws:apigateway:eu-west-1::/restapis/', ref('EApi'), '/stages/', ref('EStage')),
  }),
};

const CONFIGURATION: Json = {
  domains: {
    edge: { exposure: 'public', owner: 'platform', resources: ['*/E*'] },
    a: { exposure: 'partner', owner: 'a', resources: ['*/A*'], routes: { 'S/EApi': ['/a'] } },
    b: { exposure: 'partner', owner: 'b', resources: ['*/B*'], routes: { 'S/EApi': ['/b'] } },
  },
};

const shared = (more: Json = {}): Json => ({ ...GATEWAY, ...more });
const called = (at: string): unknown => join('arn:aws:execute-api:eu-west-1:111122223333:', ref('EApi'), at);
const api = (at = ''): unknown => join('arn:aws:apigateway:eu-west-1::/restapis/', ref('EApi'), at);
const INVOKE = 'execute-api:Invoke';

/** A case of what is added to the gateway; the twin adds something else, or nothing. */
const adds = (name: string, hostile: Json, clean: Json = {}): Case => ({
  name,
  resources: shared(hostile),
  configuration: CONFIGURATION,
  twin: { resources: shared(clean) },
});
/** A case of what a role of `a` may do. */
const may = (name: string, hostile: Json, clean?: Json, more: Json = {}): Case =>
  adds(name, { ...more, ARole: aRole(hostile) }, { ...more, ARole: clean === undefined ? aRole() : aRole(clean) });

const own = allow(INVOKE, called('/v1/GET/a/*'));
const CALLS: readonly Case[] = [
  may('a call of another zone', allow(INVOKE, called('/v1/GET/b/orders')), own),
  may('a call at any stage, where the star takes paths along', allow(INVOKE, called('/*/GET/a/*')), own),
  may('a call by any method, where the star takes paths along', allow(INVOKE, called('/v1/*/a/*')), own),
  may('a call by one character', allow(INVOKE, called('/v1/GET/?/orders')), allow(INVOKE, called('/v1/GET/a/orders'))),
  may('a call of any API', allow(INVOKE, arn('execute-api', '*/v1/GET/b/orders')), own),
  may('a call of all but its own', { Effect: 'Allow', Action: INVOKE, NotResource: called('/v1/GET/a/*') }, own),
  may('its cache', allow('execute-api:InvalidateCache', called('/v1/GET/b/*')), own),
  adds(
    'a call of all, of which a Deny takes another spelling',
    { ARole: aRole(allow(INVOKE, called('/*')), deny(INVOKE, called('/*/*/B/*'))) },
    { ARole: aRole(own, deny(INVOKE, called('/*/*/B/*'))) },
  ),
];

const admits = (principal: unknown, at: string, more: Json = {}): Json =>
  resource('AWS::ApiGateway::RestApi', {
    Name: 'edge',
    Policy: doc({ Effect: 'Allow', Principal: principal, Action: INVOKE, Resource: `execute-api:${at}`, ...more }),
  });
const A = { AWS: iam('role/a-role') };
const POLICIES: readonly Case[] = [
  adds(
    'a policy of the gateway that admits a role into another zone',
    { ARole: aRole(), EApi: admits(A, '/v1/GET/b/*') },
    { ARole: aRole(), EApi: admits(A, '/v1/GET/a/*') },
  ),
  adds(
    'a policy of the gateway that admits a role everywhere',
    { ARole: aRole(), EApi: admits(A, '/*') },
    { ARole: aRole(), EApi: admits(A, '/v1/GET/a/*') },
  ),
  adds(
    'a policy of the gateway that admits whoever signs',
    {
      EApi: admits('*', '/*'),
      EGetA: method('EOrdersA', 'EAuthA', SIGNED),
      AAuth: lambda('a-other'),
      EAuthA: path('c'),
    },
    { EApi: admits('*', '/v1/GET/b/*'), EGetA: method('EOrdersA', 'EAuthA', SIGNED), EAuthA: path('c') },
  ),
];

const CHANGES: readonly Case[] = [
  ...(
    [
      ['methods', 'apigateway:PUT', api('/resources/*/methods/*')],
      ['paths', 'apigateway:PATCH', api('/resources/*')],
      ['deployments', 'apigateway:POST', api('/deployments')],
      ['the stage', 'apigateway:PATCH', api('/stages/v1')],
      ['authorizers', 'apigateway:DELETE', api('/authorizers/*')],
      ['the policy', 'apigateway:UpdateRestApiPolicy', api()],
      ['answers', 'apigateway:PUT', api('/gatewayresponses/*')],
      ['models', 'apigateway:PATCH', api('/models/*')],
      ['validators', 'apigateway:PATCH', api('/requestvalidators/*')],
      ['the cache of authorizers', 'apigateway:DELETE', api('/stages/v1/cache/authorizers')],
      ['what guards the stage', 'apigateway:SetWebACL', api('/stages/*')],
      ['the web ACL before it', 'wafv2:DisassociateWebACL', api('/stages/v1')],
      ['the rules of the web ACL', 'wafv2:UpdateWebACL', att('EAcl')],
      ['the log of the web ACL', 'wafv2:PutLoggingConfiguration', att('EAcl')],
      ['the access log', 'logs:DeleteLogGroup', arn('logs', 'log-group:edge-access')],
      ['who reads the access log', 'logs:GetLogEvents', arn('logs', 'log-group:edge-access:*')],
      ['the authorizer of another zone', 'lambda:UpdateFunctionCode', att('BAuth')],
    ] as const
  ).map(([what, action, on]) => may(`a role of a zone that changes ${what}`, allow(action, on), own)),
  may(
    'a role of a zone that changes the rules of another',
    allow('wafv2:UpdateRuleGroup', arn('wafv2', 'regional/rulegroup/b-*/*')),
    allow('wafv2:UpdateRuleGroup', arn('wafv2', 'regional/rulegroup/a-*/*')),
    { BRules: resource('AWS::WAFv2::RuleGroup', { Name: 'b-rules', Scope: 'REGIONAL', Capacity: 1, Rules: [] }) },
  ),
  may(
    'a role of a zone that changes usage plans',
    allow('apigateway:PATCH', 'arn:aws:apigateway:eu-west-1::/usageplans/*'),
    own,
    { EPlan: resource('AWS::ApiGateway::UsagePlan', { ApiStages: [{ ApiId: ref('EApi'), Stage: ref('EStage') }] }) },
  ),
  may(
    'a role of a zone that leads names elsewhere',
    allow('apigateway:POST', 'arn:aws:apigateway:eu-west-1::/domainnames/*/basepathmappings'),
    own,
    { EName: resource('AWS::ApiGateway::DomainName', { DomainName: 'api.example.com' }) },
  ),
];

const ofGateway = (type: string, properties: Json): Json => resource(type, { RestApiId: ref('EApi'), ...properties });
/** What is of `a` by its logical id, or else of the gateway. */
const asOf = (name: string, type: string, properties: Json): Case =>
  adds(`${name} of a zone`, { AMore: ofGateway(type, properties) }, { EMore: ofGateway(type, properties) });
const SHAPES: readonly Case[] = [
  asOf('a deployment', 'AWS::ApiGateway::Deployment', {}),
  asOf('an answer', 'AWS::ApiGateway::GatewayResponse', { ResponseType: 'UNAUTHORIZED', StatusCode: '200' }),
  asOf('a name', 'AWS::ApiGateway::BasePathMapping', {
    DomainName: 'api.example.com',
    Stage: ref('EStage'),
    BasePath: 'v1',
  }),
  asOf('a usage plan', 'AWS::ApiGateway::UsagePlan', { ApiStages: [{ ApiId: ref('EApi'), Stage: ref('EStage') }] }),
  adds('a stage of a zone', { AStage: stage({ StageName: 'v2' }) }, { EMore: stage({ StageName: 'v2' }) }),
  adds(
    'a web ACL of a zone before all of them',
    {
      AAcl: acl(),
      EGuard: resource('AWS::WAFv2::WebACLAssociation', {
        WebACLArn: att('AAcl'),
        ResourceArn: join('arn:aws:apigateway:eu-west-1::/restapis/', ref('EApi'), '/stages/v1'),
      }),
    },
    {
      EGuard: resource('AWS::WAFv2::WebACLAssociation', {
        WebACLArn: att('EAcl'),
        ResourceArn: join('arn:aws:apigateway:eu-west-1::/restapis/', ref('EApi'), '/stages/v1'),
      }),
    },
  ),
  ...(['Block', 'Allow'] as const).map((action) => {
    const group = (zone: string): Json => ({
      EAcl: acl({
        Name: 'first',
        Priority: 0,
        OverrideAction: { None: {} },
        Statement: { RuleGroupReferenceStatement: { Arn: att('ARules') } },
      }),
      ARules: resource('AWS::WAFv2::RuleGroup', {
        Name: 'a-rules',
        Scope: 'REGIONAL',
        Capacity: 100,
        Rules: [{ Name: 'r', Priority: 0, Action: { [action]: {} }, Statement: under(zone) }],
      }),
    });
    return adds(`a rule of a zone that says ${action} to another`, group('b'), group('a'));
  }),
];

const invokes = (target: unknown): Json => ({
  Integration: { Type: 'AWS_PROXY', IntegrationHttpMethod: 'POST', Uri: target },
});
const LITERAL = (name: string) =>
  `arn:aws:apigateway:eu-west-1:lambda:path/2015-03-31/functions/${arn('lambda', `function:${name}`)}/invocations`;
const BY_VARIABLE = (variable: string): unknown =>
  join('arn:aws:lambda:', ref('AWS::Region'), ':', ref('AWS::AccountId'), `:function:\${stageVariables.${variable}}`);
const described = (route: string, called: unknown = att('BOrders')): Json =>
  resource('AWS::ApiGateway::RestApi', {
    Name: 'edge',
    Body: {
      openapi: '3.0.1',
      paths: {
        [route]: {
          get: {
            security: [{ tokens: [] }],
            'x-amazon-apigateway-integration': {
              type: 'aws_proxy',
              httpMethod: 'POST',
              uri: calling(called),
            },
          },
        },
      },
      components: {
        securitySchemes: {
          tokens: {
            type: 'apiKey',
            name: 'Authorization',
            in: 'header',
            'x-amazon-apigateway-authtype': 'custom',
            'x-amazon-apigateway-authorizer': { type: 'token', authorizerUri: calling(att('BAuth')) },
          },
        },
      },
    },
  });
const USES: readonly Case[] = [
  adds('an authorizer of another zone', { EGetA: method('EOrdersA', 'EAuthB') }),
  adds('a function of another zone', { EGetA: method('EOrdersA', 'EAuthA', invokes(calling(att('BOrders')))) }),
  adds(
    'a function of another zone, by its ARN',
    { EGetA: method('EOrdersA', 'EAuthA', invokes(LITERAL('b-orders'))) },
    { EGetB: method('EOrdersB', 'EAuthB', invokes(LITERAL('b-orders'))) },
  ),
  adds(
    'a version of a function of another zone, by an ARN with the region of the stack',
    {
      EGetA: method(
        'EOrdersA',
        'EAuthA',
        invokes(calling(join('arn:aws:lambda:', ref('AWS::Region'), ':111122223333:function:b-orders:live'))),
      ),
    },
    {
      EGetB: method(
        'EOrdersB',
        'EAuthB',
        invokes(calling(join('arn:aws:lambda:', ref('AWS::Region'), ':111122223333:function:b-orders:live'))),
      ),
    },
  ),
  adds(
    'the function of the authorizer of another zone, by its ARN',
    { EAuthA: authorizer('a', { AuthorizerUri: LITERAL('b-auth') }) },
    { EAuthA: authorizer('a', { AuthorizerUri: LITERAL('a-auth') }) },
  ),
  adds(
    'a role of another zone, by its ARN',
    {
      BRuns: resource('AWS::IAM::Role', {
        RoleName: 'b-runs',
        AssumeRolePolicyDocument: doc({
          Effect: 'Allow',
          Principal: { Service: 'apigateway.amazonaws.com' },
          Action: 'sts:AssumeRole',
        }),
      }),
      EAuthA: authorizer('a', { AuthorizerUri: calling(att('AAuth')), AuthorizerCredentials: iam('role/b-runs') }),
    },
    {},
  ),
  adds(
    'a link into the network of another zone',
    {
      ALink: resource('AWS::ApiGateway::VpcLink', { Name: 'a', TargetArns: [] }),
      EGetB: method('EOrdersB', 'EAuthB', {
        Integration: { Type: 'HTTP_PROXY', ConnectionType: 'VPC_LINK', ConnectionId: ref('ALink'), Uri: 'https://o' },
      }),
    },
    {},
  ),
  ...[
    { Variables: { orders: 'b-orders' } },
    { Variables: { orders: 'a-orders' }, CanarySetting: { StageVariableOverrides: { orders: 'b-orders:live' } } },
  ].map((variables, i) => {
    const at = (zone: 'A' | 'B'): Json => ({
      EStage: stage({ StageName: 'v1', ...variables }),
      [`EGet${zone}`]: method(`EOrders${zone}`, `EAuth${zone}`, invokes(LITERAL('${stageVariables.orders}'))),
    });
    return adds(
      `a function of another zone, by a variable of ${i === 0 ? 'the stage' : 'its canary'}`,
      at('A'),
      at('B'),
    );
  }),
  ...[
    { Variables: { orders: ref('BMade') } },
    { Variables: { orders: ref('AMade') }, CanarySetting: { StageVariableOverrides: { orders: ref('BMade') } } },
  ].map((variables, i) => {
    const made = { AMade: resource('AWS::Lambda::Function', {}), BMade: resource('AWS::Lambda::Function', {}) };
    const at = (zone: 'A' | 'B'): Json => ({
      ...made,
      EStage: stage({
        StageName: 'v1',
        ...(zone === 'A' || i === 0 ? variables : { Variables: { orders: ref('BMade') } }),
      }),
      [`EGet${zone}`]: method(`EOrders${zone}`, `EAuth${zone}`, invokes(calling(BY_VARIABLE('orders')))),
    });
    return adds(
      `a function of another zone that the deployment names, by a variable of ${i === 0 ? 'the stage' : 'its canary'}`,
      at('A'),
      at('B'),
    );
  }),
  ...(['A', 'B'] as const).map((zone) => {
    const sections = {
      Parameters: { P: { Type: 'String' } },
      Conditions: { C: { 'Fn::Equals': [ref('P'), 'x'] } },
    };
    const both = (called: Json, variables: unknown): Json => ({
      EStage: stage({ StageName: 'v1', Variables: variables }),
      EGetA: method('EOrdersA', 'EAuthA', called),
    });
    const hostile =
      zone === 'A'
        ? both(invokes(when('C', LITERAL('${stageVariables.orders}'), 'https://example.com')), { orders: 'b-orders' })
        : both(invokes(LITERAL('${stageVariables.orders}')), { orders: when('C', 'a-orders', 'b-orders') });
    const clean = both(invokes(LITERAL('${stageVariables.orders}')), { orders: when('C', 'a-orders', 'a-others') });
    const name = `a function of another zone, by a variable of the stage under a condition of ${zone === 'A' ? 'the method' : 'the stage'}`;
    return { ...adds(name, hostile, clean), sections };
  }),
  adds(
    'the function of the authorizer of another zone, by a variable of the stage',
    {
      EStage: stage({ StageName: 'v1', Variables: { auth: 'b-auth' } }),
      EAuthA: authorizer('a', { AuthorizerUri: LITERAL('${stageVariables.auth}') }),
    },
    {
      EStage: stage({ StageName: 'v1', Variables: { auth: 'a-auth' } }),
      EAuthA: authorizer('a', { AuthorizerUri: LITERAL('${stageVariables.auth}') }),
    },
  ),
  adds(
    'a function of another zone, in an OpenAPI document',
    { EApi: described('/a/more') },
    { EApi: described('/b/more') },
  ),
  adds(
    'a function of another zone, in an OpenAPI document by a variable of the stage',
    {
      EStage: stage({ StageName: 'v1', Variables: { orders: ref('BOrders') } }),
      EApi: described('/a/more', BY_VARIABLE('orders')),
    },
    {
      EStage: stage({ StageName: 'v1', Variables: { orders: ref('BOrders') } }),
      EApi: described('/b/more', BY_VARIABLE('orders')),
    },
  ),
];

export const GATEWAYS: readonly Case[] = [...CALLS, ...POLICIES, ...CHANGES, ...SHAPES, ...USES];
