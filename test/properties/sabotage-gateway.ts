/** What is done to gateways: open methods, visible internal APIs, lifted limits, open origins, shared networks, back doors. */
import { type Sabotage, sabotage } from './sabotage';
import type { Json, Resource, Templates } from './templates';

/** A method of a domain's own API that is no preflight request. */
function aMethod(app: Templates, where: (method: Resource) => boolean = () => true): Resource | undefined {
  const methods = app.parts('method').filter(({ properties }) => properties.HttpMethod !== 'OPTIONS');
  return app.any(methods.filter(where));
}

function onMethod(name: string, change: (method: Resource) => void, where?: (method: Resource) => boolean): Sabotage {
  return sabotage(name, 'DOM-6', ['D4'], (app) => {
    const method = aMethod(app, where);
    if (method) change(method);
    return method;
  });
}

const isInternal = ({ mark }: Resource): boolean => mark.exposure === 'internal';

/** The rules of a web ACL. */
const rulesOf = (acl: Resource): Json[] => acl.properties.Rules as Json[];
const isRate = (rule: Json): boolean => (rule.Statement as Json | undefined)?.RateBasedStatement !== undefined;

function onRateRule(name: string, change: (rule: Json, rules: Json[]) => void): Sabotage {
  const apply = (app: Templates): Resource | undefined => {
    const acl = app.any(app.parts('web-acl').filter((one) => rulesOf(one).some(isRate)));
    if (acl) change(rulesOf(acl).find(isRate)!, rulesOf(acl));
    return acl;
  };
  return sabotage(name, 'DOM-8', ['D9'], apply);
}

function onStage(name: string, by: 'DOM-8' | 'SOD-10', breaks: string, change: (settings: Json[]) => void): Sabotage {
  return sabotage(name, by, [breaks], (app) => {
    const stage = app.any(app.parts('stage'));
    if (stage) change(stage.properties.MethodSettings as Json[]);
    return stage;
  });
}

/** A function of each of two domains stands in the same network. */
function sameNetwork(name: string, properties: Json): Sabotage {
  return sabotage(name, 'DOM-9', ['D7'], (app) => {
    const pair = app.twoOf('api');
    if (pair === undefined) return undefined;
    const [one] = pair.map((api, i) =>
      api.template.add(
        `InNetwork${i}`,
        'AWS::Lambda::Function',
        {
          Role: 'arn:aws:iam::111122223333:role/of-nobody',
          Runtime: 'nodejs22.x',
          Handler: 'index.handler',
          Code: { ZipFile: 'exports.handler = async () => 0;' },
          VpcConfig: properties,
        },
        { domain: api.domain, part: 'resource' },
      ),
    );
    return one;
  });
}

const allowOrigin = 'method.response.header.Access-Control-Allow-Origin';

export const SABOTAGE_OF_GATEWAYS: readonly Sabotage[] = [
  onMethod('an open method', ({ properties }) => {
    properties.AuthorizationType = 'NONE';
    delete properties.AuthorizerId;
  }),
  onMethod('an authorization that API Gateway does not know', ({ properties }) => {
    properties.AuthorizationType = 'AWS_1AM';
  }),
  onMethod('requests that nobody validates', ({ properties }) => {
    delete properties.RequestValidatorId;
  }),
  onMethod(
    'a token of the pool without a scope',
    ({ properties }) => {
      delete properties.AuthorizationScopes;
    },
    ({ properties }) => properties.AuthorizationType === 'COGNITO_USER_POOLS',
  ),
  onMethod(
    'a high-value route without its model',
    ({ properties }) => {
      delete properties.RequestModels;
    },
    ({ mark, properties }) => mark.sensitivity === 'HIGH' && properties.RequestModels !== undefined,
  ),
  sabotage('a validator that validates nothing', 'DOM-6', ['D4'], (app) => {
    const validator = app.any(app.parts('request-validator'));
    if (validator)
      Object.assign(validator.properties, { ValidateRequestBody: false, ValidateRequestParameters: false });
    return validator;
  }),

  sabotage('an internal API with a public endpoint', 'DOM-7', ['D6'], (app) => {
    const api = app.anApi(isInternal);
    if (api) api.properties.EndpointConfiguration = { Types: ['REGIONAL'] };
    return api;
  }),
  sabotage('an internal API without a policy', 'DOM-7', ['D6'], (app) => {
    const api = app.anApi(isInternal);
    if (api) delete api.properties.Policy;
    return api;
  }),
  sabotage('an internal API that everybody may call', 'DOM-7', ['D6'], (app) => {
    const api = app.anApi(isInternal);
    const open = { Effect: 'Allow', Principal: '*', Action: 'execute-api:Invoke', Resource: 'execute-api:/*' };
    if (api) api.properties.Policy = { Version: '2012-10-17', Statement: [open] };
    return api;
  }),
  sabotage('a public name for an internal API', 'DOM-7', ['D6'], (app) => {
    const api = app.anApi(isInternal);
    const name = api?.template.add('PublicName', 'AWS::ApiGateway::DomainName', {
      DomainName: 'internal.example.com',
      RegionalCertificateArn: 'arn:aws:acm:eu-central-1:111122223333:certificate/1',
      EndpointConfiguration: { Types: ['REGIONAL'] },
    });
    if (api === undefined || name === undefined) return undefined;
    const mapping = { DomainName: name.ref, RestApiId: api.ref };
    return api.template.add('PublicMapping', 'AWS::ApiGateway::BasePathMapping', mapping);
  }),

  onRateRule('a deleted rate rule', (rule, rules) => {
    rules.splice(rules.indexOf(rule), 1);
  }),
  onRateRule('a rate rule that only counts', (rule) => {
    rule.Action = { Count: {} };
  }),
  onRateRule('a rate rule for one country', (rule) => {
    const { RateBasedStatement } = rule.Statement as { RateBasedStatement: Json };
    RateBasedStatement.ScopeDownStatement = { GeoMatchStatement: { CountryCodes: ['DE'] } };
  }),
  onRateRule('friends before the rate rule', (rule, rules) => {
    const Statement = { ByteMatchStatement: { SearchString: 'friend', FieldToMatch: { UriPath: {} } } };
    rules.push({ ...rule, Name: 'friends', Priority: -1, Action: { Allow: {} }, Statement });
    for (const one of rules) one.Priority = Number(one.Priority ?? 0) + 1;
  }),
  sabotage('a stage without a web ACL', 'DOM-8', ['D9'], (app) => {
    const association = app.any(app.parts('web-acl-association'));
    association?.remove();
    return association;
  }),
  sabotage('a web ACL that logs nothing', 'DOM-8', ['D9'], (app) => {
    const logging = app.any(app.parts('web-acl-logging'));
    logging?.remove();
    return logging;
  }),
  onStage('a stage without a throttle', 'DOM-8', 'D9', (settings) => {
    for (const setting of settings) delete setting.ThrottlingRateLimit;
  }),
  onStage('a throttle that is switched off', 'DOM-8', 'D9', (settings) => {
    for (const setting of settings) setting.ThrottlingBurstLimit = -1;
  }),

  sabotage('scripts of every origin', 'DOM-9', ['D7'], (app) => {
    const preflight = app.any(app.parts('method').filter(({ properties }) => properties.HttpMethod === 'OPTIONS'));
    const { IntegrationResponses = [] } = (preflight?.properties.Integration ?? {}) as {
      IntegrationResponses?: Json[];
    };
    for (const { ResponseParameters } of IntegrationResponses) (ResponseParameters as Json)[allowOrigin] = "'*'";
    return preflight;
  }),
  sameNetwork('a security group for two domains', {
    SecurityGroupIds: ['sg-0a1b2c3d4e5f60718'],
    SubnetIds: [{ Ref: 'AWS::NoValue' }],
  }),
  sameNetwork('a subnet for two domains', { SecurityGroupIds: [], SubnetIds: ['subnet-0a1b2c3d4e5f60718'] }),
  sabotage('an endpoint for two domains', 'DOM-9', ['D7'], (app) => {
    const pair = app.two(app.parts('api').filter(isInternal));
    if (pair === undefined) return undefined;
    const endpoint = 'vpce-0a1b2c3d4e5f60718';
    for (const api of pair) (api.properties.EndpointConfiguration as Json).VpcEndpointIds = [endpoint];
    return pair[0];
  }),

  onStage('data trace on', 'SOD-10', 'S15', (settings) => {
    for (const setting of settings) setting.DataTraceEnabled = true;
  }),
  sabotage('a duty that test-invokes', 'SOD-10', ['S15'], (app) => {
    const api = app.anApi();
    const remit = api && app.remit(api, app.random.pick(['read', 'write', 'monitor', 'audit']));
    if (remit === undefined) return undefined;
    const statements = remit.statements('PolicyDocument').filter(({ Effect }) => Effect === 'Allow');
    const post = { Effect: 'Allow', Action: 'apigateway:POST', Resource: '*' };
    (remit.properties.PolicyDocument as Json).Statement = [...statements, post];
    return remit;
  }),
  sabotage('a function that test invocations may call', 'SOD-10', ['S15'], (app) => {
    const calls = app.all('AWS::Lambda::Permission').filter(({ properties, domain }) => {
      return domain !== undefined && JSON.stringify(properties.SourceArn ?? '').includes('/GET/');
    });
    const permission = app.any(calls);
    const api = permission && app.part(permission, 'api');
    if (permission === undefined || api === undefined) return undefined;
    const source = 'arn:${AWS::Partition}:execute-api:${AWS::Region}:${AWS::AccountId}:${Api}/test-invoke-stage/*/*';
    const properties = { ...permission.properties, SourceArn: { 'Fn::Sub': [source, { Api: api.ref }] } };
    return permission.template.add('TestPermission', 'AWS::Lambda::Permission', properties, { ...permission.mark });
  }),
  sabotage('a key alone opens a method', 'SOD-10', ['S15'], (app) => {
    const method = aMethod(app);
    if (method) Object.assign(method.properties, { AuthorizationType: 'NONE', ApiKeyRequired: true });
    return method;
  }),
];
