/** What is done to gateways that domains share: what two zones must not have in common, and what each must have to itself. */
import { type Sabotage, sabotage } from './sabotage';
import type { Json, Resource, Templates } from './templates';

interface Zone {
  domain: string;
  path: string;
}
const zonesOf = (gateway: Resource): Zone[] => gateway.mark.zones as Zone[];
const isGateway = ({ mark }: Resource): boolean => mark.part === 'api' && mark.zones !== undefined;
const gatewayOf = (app: Templates): Resource | undefined => app.any(app.shared('api').filter(isGateway));

/** The rate rule and the rule that isolates, of a zone's rule group. */
const rulesOf = (group: Resource): Json[] => group.properties.Rules as Json[];
const rateOf = (group: Resource): Json =>
  (rulesOf(group).find((rule) => rule.Statement !== undefined)!.Statement as Json).RateBasedStatement as Json;
const isolationOf = (group: Resource): Json =>
  (rulesOf(group).find((rule) => rule['Fn::If'] !== undefined)!['Fn::If'] as [string, Json])[1];

function onGroup(name: string, by: 'DOM-8' | 'DOM-14', breaks: string, change: (group: Resource) => void): Sabotage {
  return sabotage(name, by, [breaks], (app) => {
    const group = app.any(app.shared('rule-group'));
    if (group) change(group);
    return group;
  });
}

/** A zone's method that is no preflight request, with the stage of its gateway. */
function aMethod(app: Templates): Resource | undefined {
  return app.any(app.shared('method').filter(({ properties }) => properties.HttpMethod !== 'OPTIONS'));
}

export const SABOTAGE_OF_SHARED_GATEWAYS: readonly Sabotage[] = [
  sabotage('an authorizer of two zones', 'DOM-2', ['D2'], (app) => {
    const method = aMethod(app);
    const authorizer = app.any(
      app
        .shared('authorizer')
        .filter(
          ({ template, domain, type }) =>
            template === method?.template && domain !== method.domain && type === 'AWS::ApiGateway::Authorizer',
        ),
    );
    if (method === undefined || authorizer === undefined) return undefined;
    // Whose methods had it before have it still.
    const { Type } = authorizer.properties;
    method.properties.AuthorizationType = Type === 'COGNITO_USER_POOLS' ? Type : 'CUSTOM';
    method.properties.AuthorizerId = authorizer.ref;
    return method;
  }),
  sabotage('a gateway of one of its zones', 'DOM-2', ['D2'], (app) => {
    const gateway = gatewayOf(app);
    if (gateway) gateway.mark.domain = zonesOf(gateway)[0]!.domain;
    return gateway;
  }),
  sabotage('a method of a zone without a throttle', 'DOM-8', ['D9'], (app) => {
    const stage = app.any(app.shared('stage'));
    const settings = stage?.properties.MethodSettings as Json[] | undefined;
    if (stage && settings) stage.properties.MethodSettings = settings.filter((_, i) => i !== settings.length - 1);
    return stage;
  }),
  sabotage('a throttle of a zone that only the stage has', 'DOM-8', ['D9'], (app) => {
    const stage = app.any(app.shared('stage'));
    if (stage) stage.properties.MethodSettings = (stage.properties.MethodSettings as Json[]).slice(0, 1);
    return stage;
  }),
  onGroup('a rate limit of a zone that counts every zone', 'DOM-8', 'D9', (group) => {
    delete rateOf(group).ScopeDownStatement;
  }),
  onGroup('a rate limit of a zone that another spelling slips', 'DOM-8', 'D9', (group) => {
    const scope = rateOf(group).ScopeDownStatement as { OrStatement: { Statements: Json[] } };
    scope.OrStatement.Statements = scope.OrStatement.Statements.slice(0, 1);
    rateOf(group).ScopeDownStatement = scope.OrStatement.Statements[0];
  }),
  onGroup('a rate limit of a zone that only counts', 'DOM-8', 'D9', (group) => {
    const rule = rulesOf(group).find(({ Statement }) => Statement !== undefined)!;
    rule.Action = { Count: {} };
  }),
  sabotage('rules of a zone that nobody asks', 'DOM-8', ['D9'], (app) => {
    const acl = app.any(app.shared('web-acl'));
    if (acl) {
      const isReference = (rule: Json) =>
        (rule.Statement as Json | undefined)?.RuleGroupReferenceStatement !== undefined;
      acl.properties.Rules = rulesOf(acl).filter((rule) => !isReference(rule));
    }
    return acl;
  }),
  onGroup('a switch that blocks another path', 'DOM-14', 'D13', (group) => {
    const written = JSON.stringify(isolationOf(group).Statement);
    isolationOf(group).Statement = JSON.parse(written.replace(/("SearchString":"\/[^/]+)\//g, '$1/other-'));
  }),
  onGroup('a switch that blocks every zone', 'DOM-14', 'D13', (group) => {
    isolationOf(group).Statement = {
      SizeConstraintStatement: {
        FieldToMatch: { UriPath: {} },
        ComparisonOperator: 'GE',
        Size: 0,
        TextTransformations: [{ Priority: 0, Type: 'NONE' }],
      },
    };
  }),
  sabotage('zones that overlap', 'DOM-3', ['D1'], (app) => {
    const gateway = gatewayOf(app);
    if (gateway) {
      const [first, second] = zonesOf(gateway);
      second!.path = `${first!.path}/items`;
    }
    return gateway;
  }),
  sabotage('a greedy route above the zones', 'DOM-3', ['D1'], (app) => {
    const gateway = gatewayOf(app);
    const path = gateway?.template.add('Everything', 'AWS::ApiGateway::Resource', {
      RestApiId: gateway.ref,
      ParentId: gateway.att('RootResourceId'),
      PathPart: '{proxy+}',
    });
    if (gateway && path)
      gateway.template.add('AnyOfEverything', 'AWS::ApiGateway::Method', {
        RestApiId: gateway.ref,
        ResourceId: path.ref,
        HttpMethod: 'ANY',
        AuthorizationType: 'AWS_IAM',
        Integration: { Type: 'MOCK' },
      });
    return gateway;
  }),
  sabotage('a zone that may change its gateway', ['SOD-1', 'SOD-4', 'DOM-1'], ['S11'], (app) => {
    const gateway = gatewayOf(app);
    const role = app.any(
      app
        .shared('role')
        .filter(({ mark, template }) => mark.duty === 'write' && template.region === gateway?.template.region),
    );
    if (gateway === undefined || role === undefined) return undefined;
    const policy = {
      Version: '2012-10-17',
      Statement: [{ Effect: 'Allow', Action: 'apigateway:PATCH', Resource: '*' }],
    };
    const inline = (role.properties.Policies ?? []) as Json[];
    role.properties.Policies = [...inline, { PolicyName: 'Patch', PolicyDocument: policy }];
    return role;
  }),
  sabotage('a filter of a zone that counts other zones', 'DOM-13', ['D12'], (app) => {
    const filter = app.any(
      app.shared('metric-filter').filter(({ properties }) => String(properties.FilterPattern).includes('$.route')),
    );
    if (filter)
      filter.properties.FilterPattern = String(filter.properties.FilterPattern).replace(
        /\$\.route = "[^"]*"/,
        '$.route = "*"',
      );
    return filter;
  }),
];
