/** What is done to domains: shared resources, shared authentication, undeclared crossings, APIs of nobody, ways around certificates. */
import { type Sabotage, sabotage } from './sabotage';
import type { Json, Resource, Templates } from './templates';

const allow = (Action: string | string[], Resource: unknown, more: Json = {}): Json => ({
  Effect: 'Allow',
  Action,
  Resource,
  ...more,
});
const document = (...Statement: Json[]): Json => ({ Version: '2012-10-17', Statement });
const SERVICE = (name: string): Json => ({
  Effect: 'Allow',
  Principal: { Service: `${name}.amazonaws.com` },
  Action: 'sts:AssumeRole',
});

/** Something in the stack of one domain uses a resource of another. */
function shares(name: string, part: string, use: (mine: Resource, theirs: Resource) => Resource | undefined): Sabotage {
  return sabotage(name, 'DOM-2', ['D2'], (app) => {
    const pair = app.twoOf(part);
    return pair && use(...pair);
  });
}

/** A resource of the first domain, marked as its own, with one property that is the other's. */
function borrows(type: string, properties: (theirs: unknown) => Json, value: (theirs: Resource) => unknown) {
  return (mine: Resource, theirs: Resource): Resource =>
    mine.template.add('Borrowed', type, properties(theirs.from(mine, value(theirs))), {
      domain: mine.domain,
      part: 'resource',
    });
}

/** Two authorizers believe the same. */
function believes(name: string, what: 'issuers' | 'audiences' | 'authorities'): Sabotage {
  return sabotage(name, 'DOM-4', ['D3'], (app) => {
    const believing = app.parts('authorizer').filter(({ mark }) => {
      const { [what]: words } = (mark.trusts ?? {}) as Json;
      return Array.isArray(words) && words.length > 0;
    });
    const [one, other] = app.random.shuffle(believing);
    if (one === undefined || other === undefined || one.domain === other.domain) return undefined;
    (one.mark.trusts as Json)[what] = structuredClone((other.mark.trusts as Json)[what]);
    return one;
  });
}

/** An API that no domain owns, beside one that does. */
function unclassified(name: string, type: string, properties: Json): Sabotage {
  return sabotage(name, 'DOM-3', ['D1'], (app) => app.anApi()?.template.add('Shadow', type, properties));
}

/** A role of one domain, which its code runs as, is granted something in another. */
function reaches(
  app: Templates,
  action: string,
  part: string,
  of: (theirs: Resource) => unknown,
): Resource | undefined {
  const pair = app.twoOf(part);
  if (pair === undefined) return undefined;
  const [mine, theirs] = pair;
  const Policies = [{ PolicyName: 'reach', PolicyDocument: document(allow(action, theirs.from(mine, of(theirs)))) }];
  const properties = { AssumeRolePolicyDocument: document(SERVICE('lambda')), Policies };
  return mine.template.add('Worker', 'AWS::IAM::Role', properties, { domain: mine.domain, part: 'resource' });
}

export const SABOTAGE_OF_DOMAINS: readonly Sabotage[] = [
  sabotage('code reads the access log of another domain', ['DOM-1', 'SOD-1'], ['D11', 'D15'], (app) =>
    reaches(app, 'logs:FilterLogEvents', 'log-group', (log) => log.att('Arn')),
  ),
  sabotage('code changes the web ACL of another domain', ['DOM-1', 'SOD-1'], ['D11', 'D15'], (app) =>
    reaches(app, 'wafv2:UpdateWebACL', 'web-acl', (acl) => acl.att('Arn')),
  ),
  sabotage('code of one domain may do everything', ['DOM-1', 'SOD-1'], ['D11', 'D15'], (app) => {
    const pair = app.twoOf('api');
    if (pair === undefined) return undefined;
    const properties = {
      AssumeRolePolicyDocument: document(SERVICE('lambda')),
      Policies: [{ PolicyName: 'everything', PolicyDocument: document(allow('*', '*')) }],
    };
    return pair[0].template.add('Worker', 'AWS::IAM::Role', properties, { domain: pair[0].domain, part: 'resource' });
  }),
  sabotage('code takes on a role of another domain', ['DOM-1', 'SOD-1', 'SOD-2'], ['D11', 'D15'], (app) => {
    const [mine, api] = app.twoOf('api') ?? [];
    if (mine === undefined || api === undefined) return undefined;
    const theirs = app.role(api, 'read');
    const Principal = { AWS: { 'Fn::Sub': 'arn:aws:iam::${AWS::AccountId}:role/worker-of-elsewhere' } };
    theirs.statements('AssumeRolePolicyDocument').push({ Effect: 'Allow', Principal, Action: 'sts:AssumeRole' });
    const assume = allow('sts:AssumeRole', theirs.from(mine, theirs.att('Arn')));
    const properties = {
      RoleName: 'worker-of-elsewhere',
      AssumeRolePolicyDocument: document(SERVICE('lambda')),
      Policies: [{ PolicyName: 'reach', PolicyDocument: document(assume) }],
    };
    return mine.template.add('Worker', 'AWS::IAM::Role', properties, { domain: mine.domain, part: 'resource' });
  }),
  sabotage('a crossing that is no longer declared', ['DOM-1', 'SOD-1'], ['D11', 'D15'], (app) => {
    const grant = app.any(app.parts('crossing').filter(({ mark }) => (mark.crossing as Json).actions !== undefined));
    const { actions } = (grant?.mark.crossing ?? {}) as { actions?: string[] };
    // What crosses to something that is not in the app crosses to nobody.
    if (grant === undefined || actions?.[0] !== 'execute-api:Invoke') return undefined;
    delete grant.mark.crossing;
    return grant;
  }),
  sabotage('a crossing that grants more than it declares', ['DOM-1', 'SOD-1'], ['D11', 'D15'], (app) => {
    const grant = app.any(
      app
        .parts('crossing')
        .filter(({ mark }) => (mark.crossing as { actions: string[] }).actions[0] === 'execute-api:Invoke'),
    );
    if (grant === undefined) return undefined;
    const api = app.parts('api').find(({ template }) => template === grant.template);
    const all = { 'Fn::Sub': ['arn:aws:execute-api:${AWS::Region}:${AWS::AccountId}:${id}/*', { id: api!.ref }] };
    grant.statements('PolicyDocument').push(allow('execute-api:Invoke', all));
    return grant;
  }),
  sabotage('a queue that admits everybody', 'DOM-1', ['D11'], (app) => {
    const policy = app.any(app.all('AWS::SQS::QueuePolicy').filter(({ domain }) => domain !== undefined));
    policy?.statements('PolicyDocument').push({ Effect: 'Allow', Principal: '*', Action: 'sqs:*', Resource: '*' });
    return policy;
  }),
  sabotage('a function that everybody may call', 'DOM-1', ['D11'], (app) => {
    const code = app.any(app.all('AWS::Lambda::Function').filter(({ domain }) => domain !== undefined));
    return code?.template.add('Open', 'AWS::Lambda::Permission', {
      Action: 'lambda:InvokeFunction',
      FunctionName: code.att('Arn'),
      Principal: '*',
    });
  }),

  shares(
    'a shared key',
    'key',
    borrows(
      'AWS::SQS::Queue',
      (KmsMasterKeyId) => ({ KmsMasterKeyId }),
      (key) => key.att('Arn'),
    ),
  ),
  shares(
    'a shared table',
    'key',
    borrows(
      'AWS::DynamoDB::Table',
      (KMSMasterKeyId) => ({
        AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
        KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
        BillingMode: 'PAY_PER_REQUEST',
        SSESpecification: { SSEEnabled: true, SSEType: 'KMS', KMSMasterKeyId },
      }),
      (key) => key.att('Arn'),
    ),
  ),
  shares('a shared web ACL', 'web-acl', (mine, theirs) => {
    const association = mine.template.all().find(({ mark }) => mark.part === 'web-acl-association');
    if (association) association.properties.WebACLArn = theirs.from(mine, theirs.att('Arn'));
    return association;
  }),
  shares('a shared access log', 'stage', (mine, theirs) => {
    const log = (theirs.properties.AccessLogSetting as Json).DestinationArn as { 'Fn::GetAtt': [string, string] };
    (mine.properties.AccessLogSetting as Json).DestinationArn = theirs.from(mine, log);
    return mine;
  }),
  shares('a shared user pool', 'user-pool', (mine, theirs) => {
    const authorizer = mine.template.all().find(({ type }) => type === 'AWS::ApiGateway::Authorizer');
    if (authorizer) authorizer.properties.ProviderARNs = [theirs.from(mine, theirs.att('Arn'))];
    return authorizer;
  }),
  shares('a method in the API of another domain', 'api', (mine, theirs) => {
    const path = theirs.template.all().find(({ type }) => type === 'AWS::ApiGateway::Resource');
    return path === undefined
      ? undefined
      : mine.template.add(
          'Guest',
          'AWS::ApiGateway::Method',
          {
            RestApiId: theirs.from(mine, theirs.ref),
            ResourceId: theirs.from(mine, path.ref),
            HttpMethod: 'GET',
            AuthorizationType: 'AWS_IAM',
          },
          { domain: mine.domain, part: 'method' },
        );
  }),
  shares('a function that runs as a role of another domain', 'role', (mine, theirs) =>
    borrows(
      'AWS::Lambda::Function',
      (Role) => ({ Role, Runtime: 'nodejs22.x', Handler: 'index.handler', Code: { ZipFile: 'exports.handler = 0' } }),
      (role) => role.att('Arn'),
    )(mine, theirs),
  ),

  unclassified('a REST API of nobody', 'AWS::ApiGateway::RestApi', { Name: 'shadow' }),
  unclassified('an HTTP API of nobody', 'AWS::ApiGatewayV2::Api', { Name: 'shadow', ProtocolType: 'HTTP' }),
  unclassified('a WebSocket API of nobody', 'AWS::ApiGatewayV2::Api', {
    Name: 'shadow',
    ProtocolType: 'WEBSOCKET',
    RouteSelectionExpression: '$request.body.action',
  }),
  unclassified('a GraphQL API of nobody', 'AWS::AppSync::GraphQLApi', {
    Name: 'shadow',
    AuthenticationType: 'API_KEY',
  }),
  unclassified('a load balancer of nobody', 'AWS::ElasticLoadBalancingV2::LoadBalancer', { Type: 'application' }),
  sabotage('the address of a function', 'DOM-3', ['D1'], (app) =>
    app.anApi()?.template.add('Address', 'AWS::Lambda::Url', {
      AuthType: 'NONE',
      TargetFunctionArn: 'arn:aws:lambda:eu-central-1:111122223333:function:shadow',
    }),
  ),
  sabotage('an API without its mark', 'DOM-3', ['D1'], (app) => {
    const api = app.anApi();
    api?.unmark();
    return api;
  }),

  believes('a foreign issuer', 'issuers'),
  believes('a foreign audience', 'audiences'),
  believes('a foreign authority', 'authorities'),
  sabotage('a user pool of elsewhere for two domains', 'DOM-4', ['D3'], (app) => {
    const pools = app
      .all('AWS::ApiGateway::Authorizer')
      .filter(({ properties }) => properties.ProviderARNs !== undefined);
    const [one, other] = app.random.shuffle(pools);
    if (one === undefined || other === undefined || one.domain === other.domain) return undefined;
    const arn = 'arn:aws:cognito-idp:eu-central-1:111122223333:userpool/eu-central-1_Everyone';
    for (const authorizer of [one, other]) authorizer.properties.ProviderARNs = [arn];
    return one;
  }),

  sabotage('an API that answers without a certificate', 'DOM-5', ['D8'], (app) => {
    const api = app.anApi(({ mark }) => String(mark.authentication).includes('mtls'));
    if (api) api.properties.DisableExecuteApiEndpoint = false;
    return api;
  }),
  sabotage('a trust store that is whatever was put there last', 'DOM-5', ['D8'], (app) => {
    const name = app.any(
      app.all('AWS::ApiGateway::DomainName').filter(({ properties }) => properties.MutualTlsAuthentication),
    );
    if (name) delete (name.properties.MutualTlsAuthentication as Json).TruststoreVersion;
    return name;
  }),
];
