/** Which requests for a zone a rule of AWS WAF counts, and which of another's, as DOM-8 says it of templates without our constructs. */
import { divided, gateway, method, path, rate, setting, under } from '../model/a-shared-gateway';
import { type Json, resource } from '../model/notation';
import { judged, onlyPlain, PUBLIC } from './zone-rates';

/** What is said of the zone `/public`: that a rule of it counts others as well is said of these too (zones-are-limited.test.ts). */
const ofPublic = (messages: readonly string[]) => messages.filter((message) => message.includes(PUBLIC));
const limits = (...rules: readonly Json[]) => ofPublic(judged(gateway({ rules })));
const partner = rate('partner', 1, under('/partner'));

describe('what a scope-down leaves out', () => {
  const without = (text: string): Json => ({
    AndStatement: {
      Statements: [
        under('/public'),
        {
          NotStatement: {
            Statement: {
              ByteMatchStatement: {
                FieldToMatch: { UriPath: {} },
                PositionalConstraint: 'CONTAINS',
                SearchString: text,
                TextTransformations: [{ Priority: 0, Type: 'NONE' }],
              },
            },
          },
        },
      ],
    },
  });
  const missing = (request: string) => [
    `violated: ${PUBLIC} has no rate limit of its own: its rule misses requests such as \`${request}\``,
  ];
  const open = [
    `undecided: it cannot be decided whether the rate of ${PUBLIC} is limited: only the deployment knows the rules of \`S/Acl\``,
  ];

  test.each<[string, Json, readonly string[]]>([
    ['a route of its own', without('/orders'), missing('/v1/public/orders')],
    ['requests that nobody lists', without('/health'), open],
    ['what lies at another place', { AndStatement: { Statements: [under('/public'), under('/public')] } }, []],
    ['repeated slashes', onlyPlain('/public', ['URL_DECODE'], 'CONTAINS'), missing('/v1//public/bulkhead-probe')],
    [
      'decoded after it is normalised',
      {
        OrStatement: {
          Statements: [onlyPlain('/public', ['URL_DECODE']), onlyPlain('/public', ['NORMALIZE_PATH', 'URL_DECODE'])],
        },
      },
      missing('/bulkhead-probe/%2e%2e/v1/public/bulkhead-probe'),
    ],
    [
      'some spellings',
      {
        OrStatement: {
          Statements: ['/public', '/%70ublic', '/%70%75%62%6c%69%63'].map((zone) => onlyPlain(zone)),
        },
      },
      missing('/v1/p%75blic/bulkhead-probe'),
    ],
  ])('%s', (_, scope, expected) => {
    expect(limits(partner, rate('public', 2, scope))).toEqual(expected);
  });

  test('case, where another zone differs by it alone', () => {
    const lower = (zone: string): Json =>
      JSON.parse(
        JSON.stringify(under(zone).OrStatement).replace(/\]\}\}/g, ',{"Priority":9,"Type":"LOWERCASE"}]}}'),
      ) as Json;
    expect(limits(partner, rate('public', 2, { OrStatement: lower('/public') }))).toEqual([]);
    const twice = {
      ...gateway({
        rules: [partner, rate('public', 2, { OrStatement: lower('/public') }), rate('big', 3, under('/Public'))],
        settings: [setting('/partner/orders'), setting('/public/orders'), setting('/Public/orders')],
      }),
      Big: path('Public'),
      BigOrders: path('orders', 'Big'),
      GetBig: method('BigOrders', undefined),
    };
    const big = { exposure: 'public', owner: 'big-team', routes: { 'S/Api': ['/Public'] } };
    expect(ofPublic(judged(twice, divided({ big })))).toEqual([
      `violated: ${PUBLIC} has no rate limit of its own: its rule counts \`big\` as well, so a flood there stops it`,
    ]);
  });

  test('what of another zone it counts perhaps', () => {
    const more = (statement: Json) => ({ OrStatement: { Statements: [under('/public'), statement] } });
    const geo = { GeoMatchStatement: { CountryCodes: ['DE'] } };
    expect(limits(partner, rate('public', 2, more(geo)))).toEqual(open);
    expect(limits(partner, rate('public', 2, more(onlyPlain('/partner/orders', ['NONE'], 'STARTS_WITH'))))).toEqual(
      open,
    );
    const orders = JSON.parse(JSON.stringify(onlyPlain('/partner/orders')).replace('/orders/', '/orders')) as Json;
    expect(limits(partner, rate('public', 2, more(orders)))).toEqual([
      `violated: ${PUBLIC} has no rate limit of its own: its rule counts \`partner\` as well, so a flood there stops it`,
    ]);
  });
});

describe('a method at the path of the zone itself', () => {
  const at = (zone: string, ...shapes: readonly (readonly [string, string])[]) => ({
    OrStatement: {
      Statements: shapes.flatMap(([constraint, text]) =>
        [['URL_DECODE'], ['URL_DECODE', 'NORMALIZE_PATH']].map((types) => ({
          ByteMatchStatement: {
            ...(onlyPlain(zone, types, constraint).ByteMatchStatement as Json),
            SearchString: `/v1${zone}${text}`,
          },
        })),
      ),
    },
  });
  const withMethod = (scope: Json) => ({
    ...gateway({
      rules: [partner, rate('public', 2, scope)],
      settings: [setting('/partner/orders'), setting('/public/orders'), setting('/public')],
    }),
    GetAll: method('Public', 'PublicAuthorizer'),
  });
  const missing = (request: string) => [
    `violated: ${PUBLIC} has no rate limit of its own: its rule misses requests such as \`${request}\``,
  ];

  test('is a request that a rule for what lies below does not match', () => {
    expect(judged(withMethod(under('/public')))).toEqual(missing('/v1/public'));
    expect(judged(withMethod(at('/public', ['STARTS_WITH', '/'], ['EXACTLY', ''])))).toEqual([]);
  });

  test('is spelt in many ways as well', () => {
    const plainly = { OrStatement: { Statements: [under('/public'), onlyPlain('/public', ['NONE'], 'EXACTLY')] } };
    const exact = JSON.parse(
      JSON.stringify(plainly).replace(/("EXACTLY","SearchString":"\/v1\/public)\//, '$1'),
    ) as Json;
    expect(judged(withMethod(exact))).toEqual(missing('/v1/%70ublic'));
  });

  test('which a rule for all that begins alike matches, if no other zone does', () => {
    expect(judged(withMethod(at('/public', ['STARTS_WITH', ''])))).toEqual([]);
  });

  test('of an OpenAPI document, with a slash at its end', () => {
    const described = (paths: Json) => {
      const { GetPublic: _, ...others } = gateway({
        settings: [setting('/partner/orders'), ...Object.keys(paths).map((p) => setting(p))],
      });
      return {
        ...others,
        Api: resource('AWS::ApiGateway::RestApi', { Name: 'edge', Body: { openapi: '3.0.1', paths } }),
      };
    };
    const get = { get: { security: [{ iam: [] }] } };
    expect(judged(described({ '/public/': get }))).toEqual(missing('/v1/public'));
    expect(judged(described({ '/public/orders': get }))).toEqual([]);
  });
});

test('a path that is the beginning of another', () => {
  const vip = { exposure: 'partner', owner: 'vip-team', routes: { 'S/Api': ['/public-vip'] } };
  const beside = (scope: Json, ...more: readonly Json[]) => ({
    ...gateway({
      rules: [partner, rate('public', 2, scope), rate('vip', 3, under('/public-vip')), ...more],
      settings: [setting('/partner/orders'), setting('/public/orders'), setting('/public-vip/orders')],
    }),
    Vip: path('public-vip'),
    VipOrders: path('orders', 'Vip'),
    GetVip: method('VipOrders', undefined),
  });
  expect(judged(beside(under('/public')), divided({ vip }))).toEqual([]);
  const begins = JSON.parse(JSON.stringify(under('/public')).replace(/\/public\//g, '/public')) as Json;
  expect(judged(beside(begins), divided({ vip }))).toEqual([
    `violated: ${PUBLIC} has no rate limit of its own: its rule counts \`vip\` as well, so a flood there stops it`,
  ]);
  // Another rule is another cause, whatever else is told of the gateway.
  expect(judged(beside(begins, rate('everybody', 4)), divided({ vip }))).toContainEqual(
    expect.stringMatching(/the rule `everybody` of `S\/Acl` counts .* together with the zone `\/partner`/),
  );
});

test.each<[string, Json]>([
  ['a statement about something else', { LabelMatchStatement: { Scope: 'LABEL', Key: 'public' } }],
  ['a transformation that is not known', onlyPlain('/public', ['JS_DECODE'])],
])('undecided: %s', (_, scope) => {
  expect(limits(partner, rate('public', 2, scope))).toEqual([
    `undecided: it cannot be decided whether the rate of ${PUBLIC} is limited: only the deployment knows the rules of \`S/Acl\``,
  ]);
});
