/** Domains that share a gateway: what is built, what is refused, that it is proved, and what each check says once it is weakened. */
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App, Aws, type CfnResource, Duration, LegacyStackSynthesizer, Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { CfnMethod, type CfnRestApi, CfnStage, HttpIntegration } from 'aws-cdk-lib/aws-apigateway';
import { CfnAlarm } from 'aws-cdk-lib/aws-cloudwatch';
import { PolicyStatement, Role } from 'aws-cdk-lib/aws-iam';
import { CfnMetricFilter } from 'aws-cdk-lib/aws-logs';
import {
  Authentication,
  DomainDeployment,
  DomainSynthesizer,
  Duty,
  Exposure,
  SharedGateway,
  TrustZone,
} from '../../lib';
import { ACCOUNT, assumers, BACKEND, ENV, REGION } from './a-domain';
import { judged } from './a-four-eyes-app';
import { aGateway, aZone, cognito, jwt, type Shared, scopesOf, threeZones } from './a-shared-gateway';
import { dpop, makeAuthority, mtls } from './with-authorizer';

interface Made extends Shared {
  readonly partner: TrustZone;
  readonly shop: TrustZone;
  readonly claims: TrustZone;
}

function made(): Made {
  const shared = aGateway();
  const [partner, shop, claims] = threeZones(shared);
  return { ...shared, partner, shop, claims };
}

const found = (of: Shared) => judged(of).findings.map(({ id, message }) => `${id} ${message}`);
const methodOf = (zone: TrustZone) =>
  zone.gateway.api.methods.find(({ resource }) => resource.path.startsWith(`${zone.basePath}/`))!.node
    .defaultChild as CfnMethod;
/** The zone's rules as they are written, changed. */
function edit({ ruleGroup: group }: TrustZone, change: (rules: Rule[]) => void): void {
  const template = Stack.of(group).resolve((group as unknown as { _toCloudFormation(): unknown })._toCloudFormation());
  const [{ Properties }] = Object.values(template.Resources) as [{ Properties: { Rules: Rule[] } }];
  change(Properties.Rules);
  // CDK drops an override that is an empty object.
  group.addPropertyOverride('Rules', JSON.parse(JSON.stringify(Properties.Rules).replace(/\{\}/g, '{"All":""}')));
}
/** The first is there under a condition, the second always. */
interface Rule {
  'Fn::If'?: [string, { Statement: object }, unknown];
  Statement?: { RateBasedStatement: { ScopeDownStatement?: { OrStatement: { Statements: unknown[] } } } };
}
const scopeOf = (rules: Rule[]) => rules[1]!.Statement!.RateBasedStatement;
const switchOf = (rules: Rule[]) => rules[0]!['Fn::If']!;
const everything = {
  SizeConstraintStatement: {
    FieldToMatch: { UriPath: {} },
    ComparisonOperator: 'GE',
    Size: 0,
    TextTransformations: [{ Priority: 0, Type: 'NONE' }],
  },
};

/** The mark of the gateway, written by somebody else. */
function marked({ api }: SharedGateway, domain: string, claims: string): void {
  (api.node.defaultChild as CfnRestApi).addMetadata('bulkhead', {
    domain,
    part: 'api',
    exposure: 'public',
    owner: 'x',
    zones: [
      { domain: 'partner', path: '/partner' },
      { domain: 'shop', path: '/shop' },
      { domain: 'claims', path: claims },
    ],
  });
}
/** A method that is written past the constructs. */
function atItsPath({ stack, gateway, shop }: Made): void {
  new CfnMethod(stack, 'AtItsPath', {
    restApiId: gateway.restApiId,
    resourceId: gateway.api.root.getResource('shop')!.resourceId,
    httpMethod: 'GET',
    authorizationType: 'COGNITO_USER_POOLS',
    authorizerId: methodOf(shop).authorizerId,
    authorizationScopes: methodOf(shop).authorizationScopes,
    integration: { type: 'MOCK' },
  });
}
/** The web ACL has a rule of the group of `shop` count only. */
function counted({ webAcl }: SharedGateway, rule: string): void {
  // CDK drops an override that is an empty object.
  webAcl.addPropertyOverride('Rules.7.Statement.RuleGroupReferenceStatement.RuleActionOverrides', [
    { Name: rule, ActionToUse: { Count: HANDLED } },
  ]);
}
function friends({ webAcl }: SharedGateway): void {
  webAcl.addPropertyOverride('Rules.9', {
    Name: 'friends',
    Priority: 0,
    Action: { Allow: HANDLED },
    Statement: { GeoMatchStatement: { CountryCodes: ['DE'] } },
  });
}
const HANDLED = { CustomRequestHandling: { InsertHeaders: [{ Name: 'seen', Value: 'yes' }] } };

describe('what is built', () => {
  const of = made();
  const edge = Template.fromStack(of.stack);

  test('is proved separate', () => {
    expect(found(made())).toEqual([]);
  });

  test('the gateway belongs to none of its zones, which have domain, path and authentication in its mark', () => {
    edge.hasResource('AWS::ApiGateway::RestApi', {
      Metadata: {
        bulkhead: {
          domain: 'edge',
          part: 'api',
          exposure: 'public',
          owner: 'platform-team',
          zones: [
            { domain: 'partner', path: '/partner', authentication: 'iam' },
            { domain: 'shop', path: '/shop', authentication: 'cognito' },
            { domain: 'claims', path: '/claims', authentication: 'jwt' },
          ],
        },
      },
    });
  });

  test("a method is its zone's, with the tags and the authorizer of the zone", () => {
    edge.hasResource('AWS::ApiGateway::Method', {
      Properties: { HttpMethod: 'GET', AuthorizationType: 'CUSTOM' },
      Metadata: { bulkhead: { domain: 'claims', part: 'method', authentication: 'jwt', scopes: ['orders.read'] } },
    });
    edge.resourceCountIs('AWS::ApiGateway::Authorizer', 2);
    expect(edge.findResources('AWS::WAFv2::RuleGroup', { Metadata: { bulkhead: { domain: 'shop' } } })).toMatchObject({
      [of.stack.getLogicalId(of.shop.ruleGroup)]: {
        Properties: {
          Tags: [
            { Key: 'bulkhead:domain', Value: 'shop' },
            { Key: 'bulkhead:owner', Value: 'shop-team' },
          ],
        },
      },
    });
  });

  test('each method has a throttle, and logs as the stage does', () => {
    edge.hasResourceProperties('AWS::ApiGateway::Stage', {
      MethodSettings: Match.arrayWith([
        {
          HttpMethod: 'GET',
          ResourcePath: '/~1shop~1orders',
          ThrottlingRateLimit: 100,
          ThrottlingBurstLimit: 200,
          DataTraceEnabled: false,
          LoggingLevel: 'ERROR',
          MetricsEnabled: true,
        },
      ]),
    });
  });

  test('each zone has a rate limit and a switch of its own, on its path however it is spelt', () => {
    const match = (...types: readonly string[]) => ({
      ByteMatchStatement: {
        FieldToMatch: { UriPath: {} },
        PositionalConstraint: 'STARTS_WITH',
        SearchString: '/v1/shop/',
        TextTransformations: types.map((Type, Priority) => ({ Priority, Type })),
      },
    });
    const below = { OrStatement: { Statements: [match('URL_DECODE'), match('URL_DECODE', 'NORMALIZE_PATH')] } };
    edge.hasResourceProperties('AWS::WAFv2::RuleGroup', {
      Name: 'bulkhead-shop',
      Rules: [
        {
          'Fn::If': [
            Match.anyValue(),
            {
              Name: 'isolation',
              Priority: 0,
              Statement: below,
              Action: { Block: { CustomResponse: { ResponseCode: 503 } } },
              VisibilityConfig: Match.anyValue(),
            },
            { Ref: 'AWS::NoValue' },
          ],
        },
        {
          Name: 'rate-limit',
          Priority: 1,
          Action: { Block: { CustomResponse: { ResponseCode: 429 } } },
          Statement: { RateBasedStatement: { Limit: 1000, AggregateKeyType: 'IP', ScopeDownStatement: below } },
        },
      ],
    });
    expect(Object.keys(edge.findParameters('*IsolatedSince'))).toEqual([]);
    expect(
      ['PartnerIsolatedSince', 'ShopIsolatedSince', 'ClaimsIsolatedSince', 'IsolatedSince'].map((name) =>
        Object.keys(edge.findParameters(name)),
      ),
    ).toEqual([['PartnerIsolatedSince'], ['ShopIsolatedSince'], ['ClaimsIsolatedSince'], ['IsolatedSince']]);
  });

  test('duties of a zone call below its path alone', () => {
    const remit = Template.fromStack(Stack.of(of.partner)).findResources('AWS::IAM::ManagedPolicy', {
      Properties: { ManagedPolicyName: `bulkhead-partner-read-${REGION}` },
    });
    const [{ Properties } = { Properties: undefined }] = Object.values(remit);
    const [first] = Properties.PolicyDocument.Statement;
    expect(first).toMatchObject({ Sid: 'CallReadingMethods', Action: 'execute-api:Invoke' });
    expect(JSON.stringify(first.Resource)).toMatch(/\/v1\/GET\/partner\/\*"/);
  });

  test('the policy lets callers of one zone past to no other', () => {
    const [{ Properties } = { Properties: undefined }] = Object.values(edge.findResources('AWS::ApiGateway::RestApi'));
    const statements: {
      Sid: string;
      Effect: string;
      Resource?: unknown;
      NotResource?: unknown;
      Condition?: unknown;
    }[] = Properties.Policy.Statement;
    expect(statements.map(({ Sid, Effect }) => `${Effect} ${Sid}`)).toEqual([
      'Deny NobodyElse',
      'Deny PartnerAlone',
      'Allow PartnerReaders',
      'Allow PartnerWriters',
      'Allow ShopTokens',
      'Allow ClaimsTokens',
    ]);
    expect(statements[0]?.NotResource).toHaveLength(10);
    expect(JSON.stringify(statements[0]?.Condition)).toContain('role/bulkhead-partner-read-');
  });

  test('without callers that sign with IAM there is no policy', () => {
    const shared = aGateway();
    aZone(shared, 'shop', { authentication: cognito() });
    const [{ Properties } = { Properties: undefined }] = Object.values(
      Template.fromStack(shared.stack).findResources('AWS::ApiGateway::RestApi'),
    );
    expect(Properties.Policy).toBeUndefined();
  });

  test('origins are answered below the path of the zone that names them', () => {
    const shared = aGateway();
    aZone(shared, 'shop', { authentication: cognito(), corsOrigins: ['https://shop.example.com'] });
    aZone(shared, 'partner');
    const preflights = Template.fromStack(shared.stack).findResources('AWS::ApiGateway::Method', {
      Properties: { HttpMethod: 'OPTIONS' },
    });
    expect(Object.values(preflights).map(({ Metadata }) => Metadata.bulkhead.domain)).toEqual(['shop']);
    expect(found(shared)).toEqual([]);
  });

  test('who is granted calls stands in both policies, on the path of the zone', () => {
    const shared = aGateway();
    const partner = aZone(shared, 'partner');
    const other = Role.fromRoleArn(Stack.of(partner), 'Reporting', `arn:aws:iam::${ACCOUNT}:role/reporting`);
    partner.grantRead(other);
    expect(JSON.stringify(Template.fromStack(Stack.of(partner)).findResources('AWS::IAM::Policy'))).toContain(
      '/v1/GET/partner/*',
    );
    expect(JSON.stringify(Template.fromStack(shared.stack).findResources('AWS::ApiGateway::RestApi'))).toContain(
      'role/reporting',
    );
  });

  test('the gateway has no duty of reading or writing', () => {
    expect(of.gateway.dutyRoleArn(Duty.DEPLOY)).toContain('bulkhead-edge-deploy-');
    expect(() => of.gateway.dutyRoleArn(Duty.READ)).toThrow('has no duty `read`');
  });

  test('nested or not, sixty routes fit one stack', () => {
    const shared = aGateway();
    const zones = [aZone(shared, 'partner'), aZone(shared, 'shop', { authentication: cognito() })];
    for (const zone of zones)
      for (let i = 0; i < 30; i++) zone.addRoute('GET', `${zone.basePath}/things-${i}`, BACKEND, scopesOf(zone));
    expect(Object.keys(Template.fromStack(shared.stack).toJSON().Resources).length).toBeLessThan(500);
  });
});

test('gateway and zones that their own roles deploy, under four eyes, are proved', () => {
  const outdir = mkdtempSync(join(tmpdir(), 'bulkhead-shared-'));
  const app = new App({ outdir });
  const deployed = (domainName: string): Stack => {
    const first = new Stack(app, `${domainName}-deployment`, { env: ENV, synthesizer: new LegacyStackSynthesizer() });
    new DomainDeployment(first, 'Deployment', { domainName, stackName: domainName });
    return new Stack(app, domainName, { env: ENV, synthesizer: new DomainSynthesizer({ domainName }) });
  };
  const { read: _, write: __, ...duties } = assumers('edge');
  const gateway = new SharedGateway(deployed('edge'), 'edge', { owner: 'platform-team', assumers: duties });
  for (const [name, authentication] of Object.entries({ partner: Authentication.iam(), claims: jwt() })) {
    const zone = new TrustZone(deployed(name), name, {
      gateway,
      basePath: `/${name}`,
      exposure: Exposure.PARTNER,
      owner: `${name}-team`,
      authentication,
      assumers: assumers(name),
    });
    zone.addRoute('GET', `/${name}/orders`, BACKEND, scopesOf(zone));
  }
  expect(judged({ app, outdir })).toMatchObject({ verdict: 'proved', findings: [] });
});

describe('what is refused', () => {
  beforeAll(makeAuthority);
  const zone = (props: object) => () => aZone(aGateway(), 'partner', props);

  test.each<[string, () => object, string]>([
    ['internal', () => ({ exposure: Exposure.INTERNAL }), 'an `internal` API is invisible from outside'],
    ['an unknown exposure', () => ({ exposure: 'world' }), '`exposure` is one of `partner`, `public`'],
    ['DPoP', () => ({ authentication: dpop() }), 'nonces are handed out by gateway responses'],
    ['mutual TLS', () => ({ authentication: mtls() }), 'certificates are asked for by a custom domain'],
    ['no authentication', () => ({ authentication: undefined }), '`authentication` is missing'],
    ['no path', () => ({ basePath: '/' }), '`basePath` is `/`'],
    ['a parameter', () => ({ basePath: '/{tenant}' }), 'a parameter could be the name of another zone'],
    ['a greedy path', () => ({ basePath: '/{proxy+}' }), 'give one or more literal segments'],
    ['a path that ends in a slash', () => ({ basePath: '/partner/' }), 'give one or more literal segments'],
    ['a token', () => ({ basePath: Aws.REGION }), '`basePath` is `a token`'],
    ['no owner', () => ({ owner: ' ' }), 'must name a team'],
    ['an origin for everybody', () => ({ corsOrigins: ['*'] }), 'is not one exact origin'],
    ['a rate that AWS WAF does not take', () => ({ rateLimit: 1 }), 'is outside what AWS WAF takes'],
    ['a latency', () => ({ alarmAboveLatency: Duration.seconds(1) }), '`alarmAboveLatency` is for gateways'],
    ['no throttle', () => ({ throttleRate: 0 }), 'lets through at least 1 request'],
  ])('a zone with %s', (_, props, message) => {
    expect(zone(props())).toThrow(message);
  });

  test.each([
    ['/partner', '/partner'],
    ['/partner', '/partner/vip'],
    ['/partner/vip', '/partner'],
  ])('zones %s and %s', (first, second) => {
    const shared = aGateway();
    aZone(shared, 'partner', { basePath: first });
    expect(() => aZone(shared, 'vip', { basePath: second })).toThrow('overlaps with');
  });

  test('and zones that only begin alike are not', () => {
    const shared = aGateway();
    aZone(shared, 'partner');
    expect(() => aZone(shared, 'vip', { basePath: '/partnership' })).not.toThrow();
  });

  test.each(['/partnership/orders', '/orders', '/partner', '/partner/', '/Partner/orders'])(
    'a route %s beside its zone',
    (path) => {
      const partner = aZone(aGateway(), 'partner');
      expect(() => partner.addRoute('GET', path, BACKEND)).toThrow("does not lie below the zone's path");
    },
  );

  test("a route that nobody's zone has", () => {
    const shared = aGateway();
    aZone(shared, 'partner');
    shared.gateway.api.root.addResource('other').addMethod('GET', new HttpIntegration('https://example.com'));
    expect(() => shared.app.synth()).toThrow('the route `GET /other` lies in no zone');
  });

  test('a zone in the stack of its gateway, and in another region', () => {
    const { stack, gateway, app } = aGateway();
    const props = {
      gateway,
      basePath: '/p',
      exposure: Exposure.PARTNER,
      owner: 'p',
      authentication: Authentication.iam(),
      assumers: assumers('p'),
    };
    expect(() => new TrustZone(stack, 'p', props)).toThrow('give the zone a stack of its own');
    const far = new Stack(app, 'Far', { env: { ...ENV, region: 'us-east-1' } });
    expect(() => new TrustZone(far, 'p', props)).toThrow('stands in another account or region');
  });

  test('two zones with one authentication', () => {
    const shared = aGateway();
    const one = cognito();
    aZone(shared, 'partner', { authentication: one });
    expect(() => aZone(shared, 'shop', { authentication: one })).toThrow('is already that of trust domain `partner`');
  });

  test.each<[string, object, string]>([
    ['internal', { exposure: Exposure.INTERNAL }, 'an `internal` API is invisible'],
    ['a base path without a slash', { basePaths: ['api'] }, '`api` in `basePaths` is no path'],
    ['no owner', { owner: '' }, 'must name a team'],
    ['nobody who approves', { assumers: { ...assumers('edge'), approve: [] } }, 'duty `approve` has no assumer'],
  ])('a gateway: %s', (_, props, message) => {
    expect(() => aGateway(props)).toThrow(message);
  });
});

describe('what the checks say once it is weakened', () => {
  const weakened = (weaken: (of: Made) => void): readonly string[] => {
    const of = made();
    weaken(of);
    return found(of);
  };
  const stageOf = ({ gateway }: Made) => gateway.api.deploymentStage.node.defaultChild as CfnStage;
  const filters = ({ gateway }: Made, domain: string) =>
    gateway.node
      .findAll()
      .filter(
        (node) => node instanceof CfnMetricFilter && node.node.path.includes(`Zone-${domain}`),
      ) as CfnMetricFilter[];
  const SHOP = 'the zone `/shop` of the domain `shop` at `Edge/edge/Api/Resource/Resource`';

  test.each<[string, (of: Made) => void, string]>([
    [
      'an authorizer of two zones',
      ({ stack, claims, shop }) => {
        const method = methodOf(claims);
        method.addPropertyOverride('AuthorizerId', stack.resolve(methodOf(shop).authorizerId) as object);
      },
      'DOM-2 the resource `Edge/edge/Zone-shop/Authentication/Authorizer/Resource` (AWS::ApiGateway::Authorizer) serves `claims` and `shop`; a resource serves one trust domain',
    ],
    [
      'a gateway that is given to a zone',
      ({ gateway }) => marked(gateway, 'shop', '/claims'),
      'DOM-2 the gateway `Edge/edge/Api/Resource/Resource` belongs to `shop`, and is the way into `claims` and `partner` as well',
    ],
    [
      'a method without a throttle',
      (of) => {
        const stage = stageOf(of);
        stage.methodSettings = (stage.methodSettings as { resourcePath: string }[]).filter(
          (s) => s.resourcePath !== '/~1shop~1orders',
        );
      },
      `DOM-8 ${SHOP} has no throttle of its own at \`GET /shop/orders\`, so it takes from what the stage lets through for all`,
    ],
    [
      'a rate limit for everybody',
      ({ shop }) => edit(shop, (rules) => delete scopeOf(rules).ScopeDownStatement),
      `DOM-8 ${SHOP} has no rate limit of its own: its rule counts \`claims\` and \`partner\` as well, so a flood there stops it`,
    ],
    [
      'a rate limit that another spelling slips',
      ({ shop }) => edit(shop, (rules) => scopeOf(rules).ScopeDownStatement!.OrStatement.Statements.pop()),
      `DOM-8 ${SHOP} has no rate limit of its own: its rule misses requests such as \`/v1//shop/bulkhead-probe\``,
    ],
    [
      'a rule group that is only counted',
      ({ gateway }) => {
        gateway.webAcl.addPropertyDeletionOverride('Rules.7.OverrideAction.None');
        gateway.webAcl.addPropertyOverride('Rules.7.OverrideAction.Count', { Seen: 'yes' });
      },
      `DOM-8 ${SHOP} has no rate limit of its own: no rule counts it`,
    ],
    [
      'a method at the path of the zone itself, which its rate limit does not count',
      (of) => atItsPath(of),
      `DOM-8 ${SHOP} has no rate limit of its own: its rule misses requests such as \`/v1/shop\``,
    ],
    [
      'a method at the path of the zone itself, which its switch does not block',
      (of) => atItsPath(of),
      'DOM-14 isolating the domain `shop` at its gateway does not block requests such as `/v1/shop`',
    ],
    [
      'a rate limit that the web ACL has count',
      ({ gateway }) => counted(gateway, 'rate-limit'),
      `DOM-8 ${SHOP} has no rate limit of its own: no rule counts it`,
    ],
    [
      'a switch that the web ACL has count',
      ({ gateway }) => counted(gateway, 'isolation'),
      'DOM-14 isolating the domain `shop` at its gateway does not block all its requests',
    ],
    [
      'a rule that lets requests past the switch',
      ({ gateway }) => friends(gateway),
      'DOM-14 isolating the domain `shop` at its gateway does not block all its requests',
    ],
    [
      'a second stage before which nothing stands',
      ({ stack, gateway }) => {
        new CfnStage(stack, 'Second', {
          restApiId: gateway.restApiId,
          deploymentId: gateway.api.latestDeployment!.deploymentId,
          stageName: 'v2',
        });
      },
      'DOM-14 isolating the domain `shop` at its gateway does not block it at `Edge/Second`',
    ],
    [
      'a switch that blocks another zone',
      ({ shop, claims }) =>
        edit(shop, (rules) =>
          edit(claims, (others) => {
            switchOf(rules)[1].Statement = switchOf(others)[1].Statement;
          }),
        ),
      'DOM-14 isolating the domain `shop` at its gateway does not block requests such as `/v1/shop/orders`',
    ],
    [
      'a switch that blocks every zone',
      ({ shop }) =>
        edit(shop, (rules) => {
          switchOf(rules)[1].Statement = everything;
        }),
      'DOM-14 isolating the domain `shop` at its gateway (`Edge/ShopIsolatedSince`) blocks `claims` and `partner` as well',
    ],
    [
      'one switch for two zones',
      ({ shop, claims }) =>
        edit(shop, (rules) =>
          edit(claims, (others) => {
            switchOf(rules)[0] = switchOf(others)[0];
          }),
        ),
      'DOM-14 isolating the domain `shop` changes what belongs to `claims`: `Edge/edge/Zone-claims/Rules/Resource` depends on its parameter',
    ],
    [
      'sessions that no switch revokes',
      ({ shop }) => {
        const remit = shop.dutyRemit(Duty.WRITE).node.defaultChild as CfnResource;
        remit.addPropertyOverride('PolicyDocument.Statement', [
          { Effect: 'Allow', Action: 'kms:Encrypt', Resource: '*' },
        ]);
      },
      'DOM-14 isolating the domain `shop` leaves the sessions of `Shop/shop/Roles/write/Role` (write of `shop`) as they are',
    ],
    [
      'a filter that counts other zones',
      (of) => {
        for (const filter of filters(of, 'shop')) filter.filterPattern = filter.filterPattern.replace('/shop/*', '/*');
      },
      'DOM-13 no alarm of the domain `shop` watches: answers with 4xx, answers with 5xx, throttled requests, refused callers, unusual numbers of requests',
    ],
    [
      'no alarm on what the rules block',
      ({ shop }) => shop.alarms.find(({ node }) => node.id === 'blocked')!.node.scope!.node.tryRemoveChild('blocked'),
      'DOM-13 no alarm of the domain `shop` watches: requests that the web ACL blocks',
    ],
    [
      'an alarm that tells nobody',
      ({ shop }) => {
        const alarm = shop.node.findAll().find((n) => n instanceof CfnAlarm) as CfnAlarm;
        alarm.alarmActions = [];
      },
      'DOM-13 the alarm `Shop/shop/Monitoring/client-errors/Resource` of the domain `shop` tells nobody',
    ],
    [
      'an open method',
      ({ shop }) => {
        const method = methodOf(shop);
        method.authorizationType = 'NONE';
        method.authorizerId = undefined;
        method.authorizationScopes = undefined;
      },
      'DOM-6 the method `GET /shop/orders` of the API `Edge/edge/Api/Resource/Resource` of the domain `shop` asks nobody who calls',
    ],
    [
      'a route of nobody',
      ({ gateway }) => {
        const resourceId = gateway.api.root.addResource('{proxy+}').resourceId;
        new CfnMethod(gateway, 'Other', {
          restApiId: gateway.restApiId,
          resourceId,
          httpMethod: 'ANY',
          authorizationType: 'AWS_IAM',
          integration: { type: 'MOCK' },
        });
      },
      'DOM-3 the gateway `Edge/edge/Api/Resource/Resource` has routes that lie in no zone: `ANY /{proxy+}`',
    ],
    [
      'zones that overlap',
      ({ gateway }) => marked(gateway, 'edge', '/shop/orders'),
      'DOM-3 the zones `/shop` of `shop` and `/shop/orders` of `claims` of the gateway `Edge/edge/Api/Resource/Resource` overlap',
    ],
    [
      'a duty of the gateway that is not there',
      ({ gateway }) =>
        (gateway.dutyRole(Duty.APPROVE).node.defaultChild as CfnResource).addMetadata('bulkhead', {
          domain: 'edge',
          part: 'role',
        }),
      'SOD-5 no role of the trust domain `edge` carries the mark of the duty `approve`, so nothing is known of who holds it',
    ],
  ])('%s', (_, weaken, message) => {
    expect(weakened(weaken)).toContain(message);
  });

  test.each<[string, string, (of: Made) => string, RegExp]>([
    [
      'change the gateway',
      'apigateway:PATCH',
      ({ stack, gateway }) =>
        stack.formatArn({ service: 'apigateway', account: '', resource: `/restapis/${gateway.restApiId}` }),
      /^SOD-4 .*`apigateway:PATCH`/,
    ],
    [
      'call another zone',
      'execute-api:Invoke',
      ({ stack, gateway }) =>
        stack.formatArn({ service: 'execute-api', resource: `${gateway.restApiId}/v1/GET/shop/*` }),
      /^SOD-4 .*`execute-api:Invoke`/,
    ],
    [
      'read the log of all zones',
      'logs:FilterLogEvents',
      () => `arn:aws:logs:${REGION}:${ACCOUNT}:log-group:/bulkhead/edge/access:*`,
      /^(SOD-4|SOD-1|DOM-1) .*`logs:FilterLogEvents`/,
    ],
  ])("a zone's duty that may %s", (_, action, resource, expected) => {
    const of = made();
    (of.partner.dutyRole(Duty.WRITE) as Role).addToPolicy(
      new PolicyStatement({ actions: [action], resources: [resource(of)] }),
    );
    expect(found(of)).toContainEqual(expect.stringMatching(expected));
  });
});
