/** Gateways that domains share, in templates without our constructs: what each check says zone by zone. */
import { awsCatalogue } from '../../lib/catalog/catalogue';
import { apisAreClassified } from '../../lib/checks/apis-are-classified';
import { type Check, CheckContext } from '../../lib/checks/check';
import { crossingsAreDeclared } from '../../lib/checks/crossings-are-declared';
import { domainsDeployIndependently } from '../../lib/checks/domains-deploy-independently';
import { internalIsInvisible } from '../../lib/checks/internal-is-invisible';
import { methodsAreGuarded } from '../../lib/checks/methods-are-guarded';
import { noBackdoors } from '../../lib/checks/no-backdoors';
import { ratesAreLimited } from '../../lib/checks/rates-are-limited';
import { resourcesAreNotShared } from '../../lib/checks/resources-are-not-shared';
import { CHECKS } from '../../lib/checks/run-checks';
import { DIVIDED, divided, gateway, method, path, rate, setting, under } from '../model/a-shared-gateway';
import { allow, configured, type Json, join, ref, resource, role, stack } from '../model/notation';

function judged(check: Check, resources: Json = gateway(), configuration: Json = DIVIDED): readonly string[] {
  const model = configured([stack(resources)], configuration);
  return check.run(model, new CheckContext(awsCatalogue())).map(({ severity, message }) => `${severity}: ${message}`);
}

const AT = 'at `S/Api`';
const PARTNER = `the zone \`/partner\` of the domain \`partner\` ${AT}`;
const PUBLIC = `the zone \`/public\` of the domain \`public\` ${AT}`;

test.each(CHECKS.map((check) => [check.id, check] as const))('%s: a gateway that is divided well', (_, check) => {
  expect(judged(check)).toEqual([]);
});

describe('DOM-3', () => {
  test.each<[string, Json, readonly string[]]>([
    [
      'a route of nobody',
      { Other: path('other'), GetOther: method('Other', undefined) },
      ['violated: the gateway `S/Api` has routes that lie in no zone: `GET /other`'],
    ],
    [
      'a greedy route beside the zones',
      { All: path('{proxy+}'), GetAll: method('All', undefined) },
      ['violated: the gateway `S/Api` has routes that lie in no zone: `GET /{proxy+}`'],
    ],
    [
      'a route below what another template made, which may lie anywhere',
      {
        Elsewhere: resource('AWS::ApiGateway::Resource', {
          RestApiId: ref('Api'),
          ParentId: { 'Fn::ImportValue': 'Parent' },
          PathPart: 'partner',
        }),
        GetElsewhere: method('Elsewhere', 'PartnerAuthorizer'),
      },
      ['violated: the gateway `S/Api` has routes that lie in no zone: `GET /?/partner`'],
    ],
    ['a greedy route in a zone', { All: path('{proxy+}', 'Public'), GetAll: method('All', 'PublicAuthorizer') }, []],
    [
      'a preflight request beside the zones',
      {
        All: path('{proxy+}'),
        Preflight: method('All', undefined, {
          HttpMethod: 'OPTIONS',
          AuthorizationType: 'NONE',
          Integration: { Type: 'MOCK' },
        }),
      },
      [],
    ],
  ])('%s', (_, more, expected) => {
    expect(judged(apisAreClassified, { ...gateway(), ...more })).toEqual(expected);
  });

  test('a greedy route says whose requests it answers', () => {
    const model = configured(
      [stack({ ...gateway(), All: path('{proxy+}'), GetAll: method('All', undefined) })],
      DIVIDED,
    );
    const [finding] = apisAreClassified.run(model, new CheckContext(awsCatalogue()));
    expect(finding?.explanation).toEqual([
      'They answer whatever `partner` has no route for below `/partner`.',
      'They answer whatever `public` has no route for below `/public`.',
    ]);
  });

  test('zones that overlap', () => {
    const vip = { exposure: 'partner', owner: 'vip-team', routes: { 'S/Api': ['/partner/orders'] } };
    expect(judged(apisAreClassified, gateway(), divided({ vip }))).toEqual([
      'violated: the zones `/partner` of `partner` and `/partner/orders` of `vip` of the gateway `S/Api` overlap',
    ]);
  });

  test('a gateway of nobody', () => {
    const edge = { resources: ['S/Stage'] };
    expect(judged(apisAreClassified, gateway(), divided({ edge }))).toEqual([
      'violated: the gateway `S/Api`, which `partner` and `public` share, belongs to nobody',
    ]);
  });

  test('a zone without an owner', () => {
    const partner = { exposure: 'partner', routes: { 'S/Api': ['/partner'] } };
    expect(judged(apisAreClassified, gateway(), divided({ partner }))).toEqual([
      'violated: the API `S/Api` of `partner` has no owner',
    ]);
  });
});

describe('DOM-2', () => {
  test('an authorizer of two zones', () => {
    const shared = { ...gateway(), GetPublic: method('PublicOrders', 'PartnerAuthorizer') };
    expect(judged(resourcesAreNotShared, shared)).toEqual([
      'violated: the resource `S/PartnerAuthorizer` (AWS::ApiGateway::Authorizer) serves `edge` and `partner` and `public`; a resource serves one trust domain',
    ]);
  });

  test('a gateway that belongs to one of its zones', () => {
    const partner = { exposure: 'partner', owner: 'p', resources: ['S/*'], routes: { 'S/Api': ['/partner'] } };
    const { edge: _, ...others } = DIVIDED.domains as Record<string, Json>;
    expect(judged(resourcesAreNotShared, gateway(), { domains: { ...others, partner } })).toContain(
      'violated: the gateway `S/Api` belongs to `partner`, and is the way into `public` as well',
    );
  });

  test('a function that two zones call', () => {
    const integration = (name: string) => ({
      Integration: {
        Type: 'AWS_PROXY',
        IntegrationHttpMethod: 'POST',
        Uri: join(
          'arn:aws:apigateway:eu-west-1:lambda:path/2015-03-31/functions/',
          { 'Fn::GetAtt': [name, 'Arn'] },
          '/invocations',
        ),
      },
    });
    const calls = (other: string): Json => ({
      ...gateway(),
      Orders: resource('AWS::Lambda::Function', {}),
      Others: resource('AWS::Lambda::Function', {}),
      GetPartner: method('PartnerOrders', 'PartnerAuthorizer', integration('Orders')),
      GetPublic: method('PublicOrders', 'PublicAuthorizer', integration(other)),
    });
    const edge = { exposure: 'public', owner: 'p', resources: ['S/Api', 'S/Stage', 'S/Acl', 'S/P*', 'S/Deployment'] };
    expect(judged(resourcesAreNotShared, calls('Orders'), divided({ edge }))).toEqual([
      'violated: the resource `S/Orders` (AWS::Lambda::Function) serves `partner` and `public`; a resource serves one trust domain',
    ]);
    expect(judged(resourcesAreNotShared, calls('Others'), divided({ edge }))).toEqual([]);
  });
});

describe('DOM-8', () => {
  const limits = (...rules: readonly Json[]) => judged(ratesAreLimited, gateway({ rules }));
  const [partner, shop] = [rate('partner', 1, under('/partner')), rate('public', 2, under('/public'))];
  const onlyPlain = (zone: string, types = ['NONE'], constraint = 'STARTS_WITH'): Json => ({
    ByteMatchStatement: {
      FieldToMatch: { UriPath: {} },
      PositionalConstraint: constraint,
      SearchString: `/v1${zone}/`,
      TextTransformations: types.map((Type, Priority) => ({ Priority, Type })),
    },
  });

  test('each zone has its own', () => {
    expect(limits(partner, shop)).toEqual([]);
  });

  test.each<[string, Json | undefined, string]>([
    ['none', undefined, 'no rule counts it'],
    ['one for everybody', rate('all', 2), 'its rule counts `partner` as well, so a flood there stops it'],
    [
      'one that reads the path as it is spelt',
      rate('public', 2, onlyPlain('/public')),
      'its rule can be slipped by another spelling of the path',
    ],
    [
      'one that decodes and does not normalise',
      rate('public', 2, onlyPlain('/public', ['URL_DECODE'])),
      'its rule can be slipped by another spelling of the path',
    ],
    ['one for another zone', rate('public', 2, under('/partner')), 'no rule counts it'],
    ['one for a longer path', rate('public', 2, under('/public/orders')), 'no rule counts it'],
    [
      'one that contains another zone as well',
      rate('public', 2, onlyPlain('', ['URL_DECODE'])),
      'its rule counts `partner` as well, so a flood there stops it',
    ],
    ['one that only counts', { ...rate('public', 2, under('/public')), Action: { Count: {} } }, 'no rule counts it'],
  ])('a rate limit: %s', (_, rule, why) => {
    expect(limits(partner, ...(rule === undefined ? [] : [rule]))).toEqual([
      `violated: ${PUBLIC} has no rate limit of its own: ${why}`,
    ]);
  });

  test('a rate limit in a rule group of its own', () => {
    const group = (more: Json = {}): Json => ({
      ...gateway({
        rules: [
          partner,
          {
            Name: 'public',
            Priority: 2,
            OverrideAction: { None: {} },
            Statement: { RuleGroupReferenceStatement: { Arn: { 'Fn::GetAtt': ['Group', 'Arn'] } } },
            ...more,
          },
        ],
      }),
      Group: resource('AWS::WAFv2::RuleGroup', { Scope: 'REGIONAL', Capacity: 100, Rules: [shop] }),
    });
    expect(judged(ratesAreLimited, group())).toEqual([]);
    expect(judged(ratesAreLimited, group({ OverrideAction: { Count: {} } }))).toEqual([
      `violated: ${PUBLIC} has no rate limit of its own: no rule counts it`,
    ]);
  });

  test('a rule that lets requests past before', () => {
    const pass = { Name: 'friends', Priority: 0, Action: { Allow: {} }, Statement: { GeoMatchStatement: {} } };
    expect(limits(pass, partner, shop)).toEqual([
      `violated: the rule \`friends\` of \`S/Acl\` lets requests past the rate limit of ${PARTNER}`,
      `violated: the rule \`friends\` of \`S/Acl\` lets requests past the rate limit of ${PUBLIC}`,
    ]);
  });

  test.each<[string, Json]>([
    ['a statement about something else', { LabelMatchStatement: { Scope: 'LABEL', Key: 'public' } }],
    ['a transformation that is not known', onlyPlain('/public', ['JS_DECODE'])],
  ])('undecided: %s', (_, scope) => {
    expect(limits(partner, rate('public', 2, scope))).toEqual([
      `undecided: it cannot be decided whether the rate of ${PUBLIC} is limited: only the deployment knows the rules of \`S/Acl\``,
    ]);
  });

  test('a custom domain that leads to the stage by another path', () => {
    const mapped = (...paths: readonly string[]) => ({
      ...gateway({
        rules: ['/partner', '/public'].map((zone, i) => {
          const statements = paths.map((entrance) =>
            JSON.parse(JSON.stringify(under(zone)).replace(/\/v1/g, entrance)),
          );
          return rate(zone, i, { OrStatement: { Statements: [under(zone), ...statements] } });
        }),
      }),
      Name: resource('AWS::ApiGateway::BasePathMapping', {
        DomainName: 'api.example.com',
        RestApiId: ref('Api'),
        BasePath: 'api',
      }),
    });
    expect(judged(ratesAreLimited, mapped('/api'))).toEqual([]);
    expect(judged(ratesAreLimited, mapped('/other'))).toEqual([
      `violated: ${PARTNER} has no rate limit of its own: its rule can be slipped by another spelling of the path`,
      `violated: ${PUBLIC} has no rate limit of its own: its rule can be slipped by another spelling of the path`,
    ]);
  });

  test('a stage without a web ACL', () => {
    const { Guard: _, ...open } = gateway();
    expect(judged(ratesAreLimited, open)).toContain(
      `violated: nothing limits what one caller asks of ${PARTNER}: its stage has no web ACL`,
    );
  });

  test.each<[string, readonly Json[], string | undefined]>([
    ['for each method', [setting('/partner/orders'), setting('/public/orders')], undefined],
    [
      'for all methods of the path',
      [setting('/partner/orders'), setting('/public/orders', { HttpMethod: '*' })],
      undefined,
    ],
    ['none', [setting('/partner/orders')], 'violated'],
    ['that of the stage alone', [setting('/partner/orders'), setting('/*', { HttpMethod: '*' })], 'violated'],
    ['of another method', [setting('/partner/orders'), setting('/public/orders', { HttpMethod: 'POST' })], 'violated'],
    [
      'without a limit',
      [setting('/partner/orders'), setting('/public/orders', { ThrottlingRateLimit: -1 })],
      'violated',
    ],
    [
      'that only the deployment knows',
      [setting('/partner/orders'), setting('/public/orders', { ThrottlingRateLimit: ref('P') })],
      'undecided',
    ],
  ])('a throttle: %s', (_, settings, severity) => {
    expect(judged(ratesAreLimited, gateway({ settings }))).toEqual(
      severity === undefined
        ? []
        : [
            severity === 'violated'
              ? `violated: ${PUBLIC} has no throttle of its own at \`GET /public/orders\`, so it takes from what the stage lets through for all`
              : `undecided: it cannot be decided whether ${PUBLIC} is throttled at \`GET /public/orders\`: only the deployment knows its limits`,
          ],
    );
  });
});

describe('DOM-1', () => {
  const partnersRole = (action: string, on: unknown): Json => ({ ...gateway(), Team: role([allow(action, on)]) });
  const withRole = (action: string, on: unknown) =>
    judged(
      crossingsAreDeclared,
      partnersRole(action, on),
      divided({
        edge: { exposure: 'public', owner: 'p', resources: ['S/Api', 'S/Stage'] },
        partner: { exposure: 'partner', owner: 'p', resources: ['S/Team'], routes: { 'S/Api': ['/partner'] } },
      }),
    );
  const call = (path: string) => join('arn:aws:execute-api:eu-west-1:111122223333:', ref('Api'), path);

  test('a zone may call its own routes', () => {
    expect(withRole('execute-api:Invoke', call('/v1/GET/partner/*'))).toEqual([]);
    expect(withRole('execute-api:Invoke', call('/*/*/partner/orders'))).not.toEqual([]);
  });

  test.each([
    ['those of another', '/v1/GET/public/*'],
    ['all of them', '/v1/*'],
    ['whatever begins alike', '/v1/GET/p*'],
  ])('a zone may not call %s', (_, path) => {
    expect(withRole('execute-api:Invoke', call(path))).toEqual([expect.stringContaining('of the domain `public`')]);
  });

  test('nor change the gateway', () => {
    const api = join('arn:aws:apigateway:eu-west-1::/restapis/', ref('Api'));
    expect(withRole('apigateway:PATCH', api)).toEqual([
      expect.stringMatching(/^violated: `S\/Team` .* may make the request `apigateway:PATCH` .* of the domain `edge`/),
    ]);
  });
});

test('DOM-6 names the zone', () => {
  const open = method('PublicOrders', undefined, { AuthorizationType: 'NONE' });
  expect(judged(methodsAreGuarded, { ...gateway(), GetPublic: open })).toEqual([
    'violated: the method `GET /public/orders` of the API `S/Api` of the domain `public` asks nobody who calls',
  ]);
});

test('DOM-7: no zone of a gateway that everybody reaches is internal', () => {
  const partner = { exposure: 'internal', owner: 'p', routes: { 'S/Api': ['/partner'] } };
  expect(judged(internalIsInvisible, gateway(), divided({ partner }))).toEqual([
    'violated: the internal API `S/Api` has the endpoint type that API Gateway takes by default, which is public',
  ]);
});

test('DOM-12: zones are deployed with their gateway, and not with one another', () => {
  const stacks = (imports: string) =>
    judgedStacks([
      stack(gateway(), { sections: { Outputs: { Api: { Value: ref('Api'), Export: { Name: 'api' } } } } }),
      stack(
        { Topic: resource('AWS::SNS::Topic', { DisplayName: { 'Fn::ImportValue': imports } }) },
        { stackName: 'Partner' },
      ),
      stack(
        { Other: resource('AWS::SNS::Topic') },
        { stackName: 'Public', sections: { Outputs: { T: { Value: ref('Other'), Export: { Name: 'topic' } } } } },
      ),
    ]);
  const judgedStacks = (templates: Parameters<typeof configured>[0]) =>
    domainsDeployIndependently
      .run(
        configured(
          templates,
          divided({
            partner: { exposure: 'partner', owner: 'p', resources: ['Partner/*'], routes: { 'S/Api': ['/partner'] } },
            public: { exposure: 'public', owner: 's', resources: ['Public/*'], routes: { 'S/Api': ['/public'] } },
          }),
        ),
        new CheckContext(awsCatalogue()),
      )
      .map(({ message }) => message);
  expect(stacks('api')).toEqual([]);
  expect(stacks('topic')).toEqual([
    'the domain `partner` cannot be deployed without `public`, which in turn cannot change what `partner` needs',
  ]);
});

test('SOD-10: a duty of a zone tests no method of the gateway', () => {
  const tests = role([allow('apigateway:POST', '*')]);
  const config = {
    ...divided({
      partner: { exposure: 'partner', owner: 'p', resources: ['S/Team'], routes: { 'S/Api': ['/partner'] } },
    }),
    duties: { read: ['S/Team'] },
  };
  expect(judged(noBackdoors, { ...gateway(), Team: tests }, config)).toEqual([
    expect.stringContaining('may test-invoke'),
  ]);
});
