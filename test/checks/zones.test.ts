/** Gateways that domains share, in templates without our constructs: what each check says zone by zone. */
import { awsCatalogue } from '../../lib/catalog/catalogue';
import { apisAreClassified } from '../../lib/checks/apis-are-classified';
import { authenticationIsNotShared } from '../../lib/checks/authentication-is-not-shared';
import { type Check, CheckContext } from '../../lib/checks/check';
import { crossingsAreDeclared } from '../../lib/checks/crossings-are-declared';
import { domainsDeployIndependently } from '../../lib/checks/domains-deploy-independently';
import { internalIsInvisible } from '../../lib/checks/internal-is-invisible';
import { methodsAreGuarded } from '../../lib/checks/methods-are-guarded';
import { noBackdoors } from '../../lib/checks/no-backdoors';
import { resourcesAreNotShared } from '../../lib/checks/resources-are-not-shared';
import { CHECKS } from '../../lib/checks/run-checks';
import { DIVIDED, divided, gateway, method, path, under } from '../model/a-shared-gateway';
import { allow, configured, type Json, join, ref, resource, role, stack } from '../model/notation';

function judged(check: Check, resources: Json = gateway(), configuration: Json = DIVIDED): readonly string[] {
  const model = configured([stack(resources)], configuration);
  return check.run(model, new CheckContext(awsCatalogue())).map(({ severity, message }) => `${severity}: ${message}`);
}

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

describe('DOM-2 of rule groups', () => {
  const rule = (zone: string, Action: Json, more: Json = {}): Json => ({
    Name: zone,
    Priority: 0,
    Action,
    Statement: under(zone),
    ...more,
  });
  const asked = (...Rules: readonly Json[]): readonly string[] => {
    const reference = {
      Name: 'partner',
      Priority: 1,
      OverrideAction: { None: {} },
      Statement: { RuleGroupReferenceStatement: { Arn: { 'Fn::GetAtt': ['PGroup', 'Arn'] } } },
    };
    return judged(
      resourcesAreNotShared,
      {
        ...gateway({ rules: [reference] }),
        PGroup: resource('AWS::WAFv2::RuleGroup', { Scope: 'REGIONAL', Capacity: 100, Rules }),
      },
      divided({
        partner: { exposure: 'partner', owner: 'p', resources: ['S/PGroup'], routes: { 'S/Api': ['/partner'] } },
        edge: { exposure: 'public', owner: 'platform-team', resources: ['S/A*', 'S/Stage', 'S/G*'] },
      }),
    );
  };
  const decides = [
    'violated: the rule group `S/PGroup` of `partner` decides on requests for `public` of the gateway `S/Api`',
  ];

  test.each<[string, Json]>([
    ['blocks', { Block: {} }],
    ['lets past', { Allow: {} }],
    ['asks for a puzzle', { Captcha: {} }],
    ['asks a browser to prove itself', { Challenge: {} }],
  ])('that %s what another zone is asked', (_, action) => {
    expect(asked(rule('/public', action))).toEqual(decides);
    expect(asked(rule('/partner', action))).toEqual([]);
  });

  test('that only counts it decides nothing', () => {
    expect(asked(rule('/public', { Count: {} }))).toEqual([]);
  });

  test('that tells requests apart by something else decides perhaps', () => {
    expect(asked(rule('/public', { Block: {} }, { Statement: { GeoMatchStatement: {} } }))).toEqual([
      'undecided: the rule group `S/PGroup` of `partner` perhaps decides on requests for `public` of the gateway `S/Api`',
    ]);
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

test('SOD-10: a function is called by an API, and not by those of everybody', () => {
  const permitted = (more: Json) =>
    judged(
      noBackdoors,
      {
        ...gateway(),
        POrders: resource('AWS::Lambda::Function', {}),
        PCall: resource('AWS::Lambda::Permission', {
          FunctionName: ref('POrders'),
          Action: 'lambda:InvokeFunction',
          Principal: 'apigateway.amazonaws.com',
          ...more,
        }),
      },
      divided({
        partner: { exposure: 'partner', owner: 'p', resources: ['S/POrders'], routes: { 'S/Api': ['/partner'] } },
        edge: { exposure: 'public', owner: 'platform-team', resources: ['S/Api', 'S/Stage'] },
      }),
    );
  const everybodys = [
    'violated: the permission `S/PCall` lets every API of anybody call a function of the domain `partner`, past what asks who calls',
  ];
  const called = join('arn:aws:execute-api:eu-west-1:111122223333:', ref('Api'), '/*/*/partner/*');
  expect(permitted({})).toEqual(everybodys);
  for (const SourceArn of ['arn:aws:execute-api:*:*:*', 'arn:aws:execute-api:*', '*', 'arn:aws:execute-api:*:1111*:*'])
    expect(permitted({ SourceArn })).toEqual(everybodys);
  expect(permitted({ SourceArn: called })).toEqual([]);
  expect(permitted({ SourceAccount: '111122223333' })).toEqual([]);
  expect(permitted({ Principal: 'sns.amazonaws.com' })).toEqual([]);
});

test('DOM-4: two zones do not ask one function that stands elsewhere', () => {
  const asking = (zone: string, name: string) =>
    resource('AWS::ApiGateway::Authorizer', {
      RestApiId: ref('Api'),
      Name: zone,
      Type: 'TOKEN',
      AuthorizerUri: `arn:aws:apigateway:eu-west-1:lambda:path/2015-03-31/functions/arn:aws:lambda:eu-west-1:111122223333:function:${name}/invocations`,
    });
  const both = (of: string) =>
    judged(authenticationIsNotShared, {
      ...gateway(),
      PartnerAuthorizer: asking('partner', 'asks'),
      PublicAuthorizer: asking('public', of),
    });
  expect(both('asks')).toEqual([
    expect.stringMatching(
      /^violated: the authorizer function `.*:function:asks.*` lets callers into `partner` and `public`/,
    ),
  ]);
  expect(both('asks-others')).toEqual([]);
});
