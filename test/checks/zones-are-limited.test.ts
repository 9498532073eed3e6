/** DOM-8 of gateways that domains share, in templates without our constructs: rate limits and throttles zone by zone. */
import { DIVIDED, gateway, rate, setting, under } from '../model/a-shared-gateway';
import { att, configured, type Json, join, ref, resource, stack, when } from '../model/notation';
import { judged, onlyPlain, PARTNER, PUBLIC, stacks } from './zone-rates';

describe('DOM-8', () => {
  const limits = (...rules: readonly Json[]) => judged(gateway({ rules }));
  const [partner, shop] = [rate('partner', 1, under('/partner')), rate('public', 2, under('/public'))];

  test('each zone has its own', () => {
    expect(limits(partner, shop)).toEqual([]);
  });

  test.each<[string, Json | undefined, string]>([
    ['none', undefined, 'no rule counts it'],
    ['one for everybody', rate('all', 2), 'its rule counts `partner` as well, so a flood there stops it'],
    [
      'one that reads the path as it is spelt',
      rate('public', 2, onlyPlain('/public')),
      'its rule misses requests such as `/v1/%70ublic/bulkhead-probe`',
    ],
    [
      'one that decodes and does not normalise',
      rate('public', 2, onlyPlain('/public', ['URL_DECODE'])),
      'its rule misses requests such as `/v1//public/bulkhead-probe`',
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
    const own = (message: string) => !message.includes('together with');
    expect(limits(partner, ...(rule === undefined ? [] : [rule])).filter(own)).toEqual([
      `violated: ${PUBLIC} has no rate limit of its own: ${why}`,
    ]);
  });

  const TOGETHER = (rule: string) => [
    `violated: the rule \`${rule}\` of \`S/Acl\` counts \`public\` together with ${PARTNER}, so a flood there stops it`,
    `violated: the rule \`${rule}\` of \`S/Acl\` counts \`partner\` together with ${PUBLIC}, so a flood there stops it`,
  ];
  const PERHAPS_TOGETHER = [
    [PARTNER, 'public'],
    [PUBLIC, 'partner'],
  ].map(
    ([zone, other]) =>
      `undecided: it cannot be decided whether the rate of ${zone} is limited: the rule \`all\` of \`S/Acl\` perhaps counts \`${other}\` together with it`,
  );
  const blockless = { Action: { Captcha: {} } };

  test.each<[string, Json, readonly string[]]>([
    ['everybody', rate('all', 3), TOGETHER('all')],
    ['everybody, and is asked first', rate('all', 0), TOGETHER('all')],
    ['everybody, with a puzzle', { ...rate('all', 3), ...blockless }, TOGETHER('all')],
    ['both', rate('all', 3, onlyPlain('', ['URL_DECODE'])), TOGETHER('all')],
    ['some of both, told apart by something else', rate('all', 3, { GeoMatchStatement: {} }), PERHAPS_TOGETHER],
    ['everybody, and only counts', { ...rate('all', 3), Action: { Count: {} } }, []],
    ['one of them once more', rate('all', 3, under('/public')), []],
  ])('a limit beside those of the zones that counts %s', (_, rule, expected) => {
    expect(limits(partner, shop, rule)).toEqual(expected);
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
    expect(judged(group())).toEqual([]);
    expect(judged(group({ OverrideAction: { Count: {} } }))).toEqual([
      `violated: ${PUBLIC} has no rate limit of its own: no rule counts it`,
    ]);
  });

  const LETS_PAST = (rule: string) =>
    [PARTNER, PUBLIC].map(
      (zone) => `violated: the rule \`${rule}\` of \`S/Acl\` lets requests past the rate limit of ${zone}`,
    );
  const MAY_LET_PAST = (rule: string) =>
    [PARTNER, PUBLIC].map(
      (zone) =>
        `undecided: it cannot be decided whether the rate of ${zone} is limited: the rule \`${rule}\` of \`S/Acl\` may let requests past it`,
    );

  test('a rule that lets requests past before', () => {
    const pass = { Name: 'friends', Priority: 0, Action: { Allow: {} }, Statement: { GeoMatchStatement: {} } };
    expect(limits(pass, partner, shop)).toEqual(LETS_PAST('friends'));
    expect(limits({ ...pass, Priority: 3 }, partner, shop)).toEqual([]);
  });

  test('a rule that lets requests of one zone past', () => {
    const health = (zone: string, constraint = 'EXACTLY', types = ['NONE']): Json => ({
      ByteMatchStatement: {
        ...(onlyPlain(zone, types, constraint).ByteMatchStatement as Json),
        SearchString: `/v1${zone}/health`,
      },
    });
    const pass = (Statement: Json) => ({ Name: 'health', Priority: 0, Action: { Allow: {} }, Statement });
    expect(limits(pass(health('/elsewhere')), partner, shop)).toEqual([]);
    expect(limits(pass(under('/public')), partner, shop)).toEqual([
      // `/v1/partner/../public`, if API Gateway takes dots as they are.
      MAY_LET_PAST('health')[0],
      LETS_PAST('health')[1],
    ]);
    const both = (zone: string) => ({ AndStatement: under(zone).OrStatement as Json });
    expect(limits(pass(both('/public')), partner, shop)).toEqual([LETS_PAST('health')[1]]);
  });

  describe('a rule group that is asked before', () => {
    const asked = (inside: Json, reference: Json = {}, Statement: Json = {}) =>
      judged({
        ...gateway({
          rules: [
            {
              Name: 'first',
              Priority: 0,
              OverrideAction: { None: {} },
              Statement: { RuleGroupReferenceStatement: { Arn: att('Group'), ...Statement } },
              ...reference,
            },
            partner,
            shop,
          ],
        }),
        Group: resource('AWS::WAFv2::RuleGroup', { Scope: 'REGIONAL', Capacity: 100, Rules: [inside] }),
      });
    const inside = (action: string) => ({
      Name: 'friends',
      Priority: 0,
      Action: { [action]: {} },
      Statement: { GeoMatchStatement: { CountryCodes: ['DE'] } },
    });
    const acting = (action: string) => ({ RuleActionOverrides: [{ Name: 'friends', ActionToUse: { [action]: {} } }] });

    test.each<[string, readonly string[], () => readonly string[]]>([
      ['lets requests past', LETS_PAST('friends'), () => asked(inside('Allow'))],
      ['blocks', [], () => asked(inside('Block'))],
      ['is made to let past', LETS_PAST('friends'), () => asked(inside('Block'), {}, acting('Allow'))],
      ['is kept from it', [], () => asked(inside('Allow'), {}, acting('Count'))],
      ['only counts', [], () => asked(inside('Allow'), { OverrideAction: { Count: {} } })],
      [
        'of which only the deployment knows',
        MAY_LET_PAST('friends'),
        () => asked({ ...inside('Allow'), Action: ref('AWS::NoValue') }),
      ],
    ])('%s', (_, expected, found) => {
      expect(found()).toEqual(expected);
    });

    test.each<[string, readonly string[], Json]>([
      ['of AWS', [], { VendorName: 'AWS', Name: 'AWSManagedRulesCommonRuleSet' }],
      [
        'of AWS, made to let past',
        LETS_PAST('first'),
        {
          VendorName: 'AWS',
          Name: 'AWSManagedRulesCommonRuleSet',
          RuleActionOverrides: [{ Name: 'NoUserAgent_HEADER', ActionToUse: { Allow: {} } }],
        },
      ],
      ['of somebody else', MAY_LET_PAST('first'), { VendorName: 'F5', Name: 'Rules' }],
    ])('%s', (_, expected, group) => {
      const rule = { Name: 'first', Priority: 0, OverrideAction: { None: {} } };
      expect(limits({ ...rule, Statement: { ManagedRuleGroupStatement: group } }, partner, shop)).toEqual(expected);
    });

    test('that stands elsewhere', () => {
      const Arn = 'arn:aws:wafv2:eu-west-1:111122223333:regional/rulegroup/friends/1';
      const rule = { Name: 'first', Priority: 0, OverrideAction: { None: {} } };
      const statement = (at: string) => ({ RuleGroupReferenceStatement: { Arn: at } });
      expect(limits({ ...rule, Statement: statement(Arn) }, partner, shop)).toEqual(MAY_LET_PAST('first'));
      expect(limits({ ...rule, Priority: 3, Statement: statement(Arn) }, partner, shop)).toEqual([]);
    });
  });

  test('a rate limit whose group the web ACL has count, in part or sometimes', () => {
    const group = (statement: Json, rules = (rule: Json): unknown => [rule, partner]) =>
      stacks([
        stack(
          {
            ...gateway({
              rules: rules({
                Name: 'public',
                Priority: 2,
                OverrideAction: { None: {} },
                Statement: { RuleGroupReferenceStatement: { Arn: att('Group'), ...statement } },
              }) as readonly Json[],
            }),
            Group: resource('AWS::WAFv2::RuleGroup', { Scope: 'REGIONAL', Capacity: 100, Rules: [shop] }),
          },
          {
            sections: {
              Parameters: { P: { Type: 'String' } },
              Conditions: { C: { 'Fn::Equals': [ref('P'), ''] } },
            },
          },
        ),
      ]);
    const none = [`violated: ${PUBLIC} has no rate limit of its own: no rule counts it`];
    expect(group({})).toEqual([]);
    expect(group({ RuleActionOverrides: [{ Name: 'public', ActionToUse: { Count: {} } }] })).toEqual(none);
    expect(group({ ExcludedRules: [{ Name: 'public' }] })).toEqual(none);
    expect(group({ ExcludedRules: [{ Name: 'other' }] })).toEqual([]);
    expect(group({}, (rule) => when('C', [rule, partner], [partner, rule]))).toEqual([]);
    expect(group({}, (rule) => when('C', [rule, partner], [partner]))).toEqual(none);
  });

  const counting = (by: Json): Json => {
    const rule = rate('public', 2, under('/public'));
    const { RateBasedStatement } = rule.Statement as Json;
    return { ...rule, Statement: { RateBasedStatement: { ...(RateBasedStatement as Json), ...by } } };
  };
  const keys = (...CustomKeys: readonly Json[]): Json => ({ AggregateKeyType: 'CUSTOM_KEYS', CustomKeys });
  const header = { Header: { Name: 'X-Client', TextTransformations: [{ Priority: 0, Type: 'NONE' }] } };
  const forwarded = (FallbackBehavior: string): Json => ({
    AggregateKeyType: 'FORWARDED_IP',
    ForwardedIPConfig: { HeaderName: 'X-Forwarded-For', FallbackBehavior },
  });

  test.each<[string, Json, string | undefined]>([
    ['all callers together', { AggregateKeyType: 'CONSTANT' }, undefined],
    ['a header, which is the word of its author', keys(header), undefined],
    ['address and method', keys({ IP: {} }, { HTTPMethod: {} }), undefined],
    ['the address in a header', forwarded('MATCH'), undefined],
    [
      'the address in a header, if it is one',
      forwarded('NO_MATCH'),
      'violated: its rule leaves out requests whose header holds no valid address',
    ],
    [
      'the query',
      keys({ IP: {} }, { QueryString: { TextTransformations: [] } }),
      'violated: its rule counts by `QueryString`, of which a caller may write another each time',
    ],
    [
      'a cookie',
      keys({ Cookie: { Name: 'session' } }),
      'violated: its rule counts by `Cookie`, of which a caller may write another each time',
    ],
    [
      'a label',
      keys({ LabelNamespace: { Namespace: 'n' } }),
      'undecided: its rule counts requests that have a label, or by what is not known',
    ],
    ['a parameter', { AggregateKeyType: ref('P') }, 'undecided: only the deployment knows by what its rule counts'],
  ])('counted by %s', (_, by, expected) => {
    const [severity, why] = expected?.split(': ') ?? [];
    expect(limits(partner, counting(by))).toEqual(
      severity === undefined
        ? []
        : [
            severity === 'violated'
              ? `violated: ${PUBLIC} has no rate limit of its own: ${why}`
              : `undecided: it cannot be decided whether the rate of ${PUBLIC} is limited: ${why}`,
          ],
    );
  });

  test('that a header is told by no caller, every report says', () => {
    const assumed = (by: Json) =>
      configured([stack(gateway({ rules: [partner, counting(by)] }))], DIVIDED).assumptions.flatMap(({ id, text }) =>
        id === 'rate-by-header' ? [text] : [],
      );
    const says = (name: string) =>
      `callers of \`edge\` are told apart by the header \`${name}\` where their rate is limited: that every request has it, and no caller may write another's or a new one, is seen to elsewhere`;
    expect(assumed({})).toEqual([]);
    expect(assumed(keys(header))).toEqual([says('X-Client')]);
    expect(assumed(forwarded('MATCH'))).toEqual([says('X-Forwarded-For')]);
  });

  test.each([
    ['a stage', { Stage: 'v1' }, '/api'],
    ['whatever stage its callers name', {}, '/api/v1'],
    ['no stage in so many words', { Stage: '(none)' }, '/api/v1'],
  ])('a custom domain that leads to %s by another path', (_, stage, by) => {
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
        ...stage,
      }),
    });
    expect(judged(mapped(by))).toEqual([]);
    const missing = [
      `violated: ${PARTNER} has no rate limit of its own: its rule misses requests such as \`${by}/partner/orders\``,
      `violated: ${PUBLIC} has no rate limit of its own: its rule misses requests such as \`${by}/public/orders\``,
    ];
    for (const other of ['/other', by === '/api' ? '/api/v1' : '/api']) expect(judged(mapped(other))).toEqual(missing);
  });

  test.each<[string, Json]>([
    [
      'a mapping of the second version',
      resource('AWS::ApiGatewayV2::ApiMapping', {
        DomainName: 'd',
        ApiId: ref('Api'),
        Stage: 'v1',
        ApiMappingKey: 'api/orders',
      }),
    ],
    [
      'a private name',
      resource('AWS::ApiGateway::BasePathMappingV2', {
        DomainNameArn: 'd',
        RestApiId: ref('Api'),
        Stage: 'v1',
        BasePath: 'api/orders',
      }),
    ],
    [
      'a routing rule',
      resource('AWS::ApiGatewayV2::RoutingRule', {
        Conditions: [{ MatchBasePaths: { AnyOf: ['api/orders'] } }],
        Actions: [{ InvokeApi: { ApiId: ref('Api'), Stage: 'v1', StripBasePath: true } }],
      }),
    ],
  ])('%s that leads to the stage by another path', (_, mapping) => {
    const mapped = (entrance: string) => ({
      ...gateway({
        rules: ['/partner', '/public'].map((zone, i) => {
          const more = JSON.parse(JSON.stringify(under(zone)).replace(/\/v1/g, entrance));
          return rate(zone, i, { OrStatement: { Statements: [under(zone), more] } });
        }),
      }),
      Mapping: mapping,
    });
    expect(judged(mapped('/api/orders'))).toEqual([]);
    expect(judged(mapped('/api'))).toHaveLength(2);
    expect(judged(mapped('/api'))[0]).toMatch(/^violated: .* misses requests such as `.api.orders.partner.orders`/);
  });

  test('a stage without a web ACL', () => {
    const { Guard: _, ...open } = gateway();
    expect(judged(open)).toContain(
      `violated: nothing limits what one caller asks of ${PARTNER}: its stage has no web ACL`,
    );
  });

  test.each<[string, Json]>([
    [
      'a second stage',
      resource('AWS::ApiGateway::Stage', {
        RestApiId: ref('Api'),
        StageName: 'v2',
        MethodSettings: [setting('/partner/orders'), setting('/public/orders')],
      }),
    ],
    [
      'a stage that a deployment makes',
      resource('AWS::ApiGateway::Deployment', {
        RestApiId: ref('Api'),
        StageName: 'v2',
        StageDescription: { MethodSettings: [setting('/partner/orders'), setting('/public/orders')] },
      }),
    ],
  ])('%s without a web ACL', (_, second) => {
    const both = (zone: string) => ({
      OrStatement: { Statements: [under(zone), JSON.parse(JSON.stringify(under(zone)).replace(/\/v1/g, '/v2'))] },
    });
    const two = (guarded: Json) => ({
      ...gateway({ rules: [rate('partner', 1, both('/partner')), rate('public', 2, both('/public'))] }),
      Second: second,
      ...guarded,
    });
    const guard = resource('AWS::WAFv2::WebACLAssociation', {
      WebACLArn: att('Acl'),
      ResourceArn: join('arn:aws:apigateway:eu-west-1::/restapis/', ref('Api'), '/stages/v2'),
    });
    expect(judged(two({}))).toEqual(
      [PARTNER, PUBLIC].map(
        (zone) => `violated: nothing limits what one caller asks of ${zone}: its stage has no web ACL`,
      ),
    );
    expect(judged(two({ SecondGuard: guard }))).toEqual([]);
  });

  test('a web ACL that is there under a condition', () => {
    const sections = { Parameters: { P: { Type: 'String' } }, Conditions: { C: { 'Fn::Equals': [ref('P'), ''] } } };
    const { Guard, ...others } = gateway();
    const guarded = { ...others, Guard: { ...(Guard as Json), Condition: 'C' } };
    expect(stacks([stack(guarded, { sections })])).toEqual(
      [PARTNER, PUBLIC].map(
        (zone) =>
          `undecided: it cannot be decided whether the rate of ${zone} is limited: \`S/Guard\` is there under a condition`,
      ),
    );
    expect(stacks([stack(gateway(), { sections })])).toEqual([]);
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
      'that the method lifts for itself',
      [
        setting('/partner/orders'),
        setting('/public/orders', { HttpMethod: '*' }),
        setting('/public/orders', { ThrottlingRateLimit: -1 }),
      ],
      'violated',
    ],
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
    expect(judged(gateway({ settings }))).toEqual(
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
