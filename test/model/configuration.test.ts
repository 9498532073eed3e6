import { parseConfiguration } from '../../lib/model/configuration';
import { InputError } from '../../lib/model/input-error';
import { DUTIES } from '../../lib/model/model';
import { show } from '../../lib/policy/text';
import {
  allow,
  configure,
  configured,
  type Json,
  principalOf,
  resource,
  role,
  sentence,
  stack,
  TODAY,
} from './notation';

const CROSSING = {
  from: 'orders',
  to: 'billing',
  actions: ['execute-api:Invoke'],
  resources: ['arn:aws:execute-api:eu-west-1:111122223333:abc/prod/GET/invoices'],
  justification: 'invoices of an order',
  approvedBy: 'security',
  expires: '2027-01-31',
};

describe('what is accepted', () => {
  test('everything at once', () => {
    const c = configure({
      domains: { orders: { exposure: 'partner', owner: 'team-a', resources: ['Orders/*'] }, billing: {} },
      duties: { read: ['Orders/Read*'] },
      conflicts: [['deploy', 'approve']],
      common: [{ Effect: 'Allow', Action: 'cloudwatch:ListMetrics', Resource: '*' }],
      assume: {
        bootstrapExecutionPolicies: ['arn:aws:iam::aws:policy/PowerUserAccess'],
        serviceControlPolicies: [
          { Version: '2012-10-17', Statement: [{ Effect: 'Deny', Action: 'iam:*', Resource: '*' }] },
        ],
      },
      crossings: [CROSSING],
    });
    expect(c.domains).toEqual([
      { name: 'orders', exposure: 'partner', owner: 'team-a', resources: ['Orders/*'] },
      { name: 'billing', exposure: undefined, owner: undefined, resources: [] },
    ]);
    expect(c.duties).toEqual([{ duty: 'read', globs: ['Orders/Read*'] }]);
    expect(c.conflicts).toEqual([['deploy', 'approve']]);
    expect(c.common?.statements.map(sentence)).toEqual(['Allow cloudwatch:ListMetrics on *']);
    expect(c.assume.serviceControlPolicies[0]?.statements.map(sentence)).toEqual(['Deny iam:* on *']);
    expect(c.crossings).toEqual([CROSSING]);
  });

  test.each([[undefined], [{}], [{ domains: {}, duties: {}, crossings: [] }]])('nothing: %j', (value) => {
    const c = parseConfiguration(value, 'x');
    expect([c.domains, c.duties, c.crossings, c.assume.serviceControlPolicies]).toEqual([[], [], [], []]);
    expect([c.conflicts, c.common, c.assume.bootstrapExecutionPolicies]).toEqual([undefined, undefined, undefined]);
  });

  test('a crossing holds on its last day', () => {
    expect(configure({ crossings: [{ ...CROSSING, expires: '2026-11-21' }] }).crossings).toHaveLength(1);
  });
});

describe('what is refused, each with one error', () => {
  test.each<[string, unknown, string]>([
    ['not an object', [], 'bulkhead.json: got a list, expected an object with `domains`'],
    ['null', null, 'bulkhead.json: got null'],
    [
      'an unknown key',
      { domians: {} },
      'got the unknown key `domians`, expected `domains`, `duties`, `stages`, `conflicts`, `common`, `assume`, `crossings`; did you mean `domains`?',
    ],
    [
      'an unknown key of a domain',
      { domains: { a: { expsure: 'x' } } },
      '`domains.a`: got the unknown key `expsure`, expected `exposure`, `owner`, `resources`, `routes`; did you mean `exposure`?',
    ],
    [
      'an unknown exposure',
      { domains: { a: { exposure: 'Public' } } },
      '`domains.a.exposure`: got the string `Public`, expected an exposure: internal, partner, public; did you mean `public`?',
    ],
    [
      'an empty owner',
      { domains: { a: { owner: ' ' } } },
      '`domains.a.owner`: got the string ` `, expected a text that is not empty',
    ],
    [
      'an unknown duty',
      { duties: { deployer: ['x'] } },
      '`duties`: got the string `deployer`, expected a duty: provision, deploy, approve, read, write, monitor, audit; did you mean `deploy`?',
    ],
    [
      'globs that are no list',
      { duties: { read: 'x' } },
      '`duties.read`: got the string `x`, expected a list of texts',
    ],
    ['a glob that is no text', { duties: { read: [1] } }, '`duties.read[0]`: got the number 1'],
    ['a conflict of one', { conflicts: [['read']] }, '`conflicts[0]`: got a list, expected a pair of duties'],
    [
      'a conflict with itself',
      { conflicts: [['read', 'read']] },
      '`conflicts[0]`: got `read` twice, expected two different duties',
    ],
    [
      'a conflict with an unknown duty',
      { conflicts: [['read', 'sweep']] },
      '`conflicts[0]`: got the string `sweep`, expected a duty',
    ],
    [
      'common that denies',
      { common: [{ Effect: 'Deny', Action: 's3:*', Resource: '*' }] },
      '`common[0]`: got a statement with `Effect: Deny`',
    ],
    [
      'common that is everything',
      {
        common: [
          { Effect: 'Allow', Action: 's3:ListAllMyBuckets', Resource: '*' },
          { Effect: 'Allow', Action: '*', Resource: '*' },
        ],
      },
      '`common[1]`: got the action `*`, expected the actions of one service',
    ],
    [
      'common that is everything of every service',
      { common: [{ Effect: 'Allow', Action: '*:Get*', Resource: '*' }] },
      '`common[0]`: got the action `*:Get*`',
    ],
    [
      'common that is everything but',
      { common: [{ Effect: 'Allow', NotAction: 's3:*', Resource: '*' }] },
      '`common[0]`: got a statement with `NotAction`',
    ],
    ['common that is no policy', { common: [{ Effect: 'Allow' }] }, '`common`: statement 1: no `Action`'],
    [
      'a policy that is no ARN',
      { assume: { bootstrapExecutionPolicies: ['Admin'] } },
      '`assume.bootstrapExecutionPolicies[0]`: got `Admin`, expected the ARN of a managed policy',
    ],
    [
      'an SCP that is no policy',
      { assume: { serviceControlPolicies: [{}] } },
      '`assume.serviceControlPolicies[0]`: no `Statement`',
    ],
    ['an unknown assumption', { assume: { scps: [] } }, '`assume`: got the unknown key `scps`'],
    [
      'a crossing without approver',
      { crossings: [{ ...CROSSING, approvedBy: undefined }] },
      '`crossings[0].approvedBy`: got nothing, expected a text that is not empty',
    ],
    [
      'a crossing into itself',
      { crossings: [{ ...CROSSING, to: 'orders' }] },
      '`crossings[0].to`: got `orders`, the domain it comes from, expected another domain',
    ],
    [
      'an expired crossing',
      { crossings: [{ ...CROSSING, expires: '2026-11-20' }] },
      '`crossings[0].expires`: got `2026-11-20`, which has passed, expected a later date',
    ],
    [
      'a date that is none',
      { crossings: [{ ...CROSSING, expires: '2027-02-30' }] },
      '`crossings[0].expires`: got `2027-02-30`, expected a date such as `2027-01-31`',
    ],
    ['a date in words', { crossings: [{ ...CROSSING, expires: 'next year' }] }, 'expected a date such as `2027-01-31`'],
    [
      'a crossing of nothing',
      { crossings: [{ ...CROSSING, actions: [] }] },
      '`crossings[0].actions`: got an empty list',
    ],
    [
      'a misspelt action',
      { crossings: [{ ...CROSSING, actions: ['Invoke'] }] },
      '`crossings[0]`: statement 1: Action: got `Invoke`',
    ],
    [
      'a resource that is no ARN',
      { crossings: [{ ...CROSSING, resources: ['invoices'] }] },
      '`crossings[0]`: statement 1: Resource: got `invoices`',
    ],
    [
      'an unknown key of a crossing',
      { crossings: [{ ...CROSSING, expiry: 'x' }] },
      '`crossings[0]`: got the unknown key `expiry`',
    ],
  ])('%s', (_, value, message) => {
    let error: unknown;
    try {
      configure(value);
    } catch (e) {
      error = e;
    }
    expect(error).toBeInstanceOf(InputError);
    expect((error as Error).message).toMatch(/^bulkhead\.json: /);
    expect((error as Error).message).toContain(message);
    expect((error as Error).message).not.toContain('\n');
  });
});

describe('who is named', () => {
  const app = (more: Json = {}) => [
    stack({
      Read: role([], { RoleName: 'orders-read' }, { Metadata: { 'aws:cdk:path': 'Orders/Roles/Read/Resource' } }),
      Write: role([], {}, { Metadata: { 'aws:cdk:path': 'Orders/Roles/Write/Resource' } }),
      Topic: resource('AWS::SNS::Topic', { TopicName: 'orders-topic' }),
      ...more,
    }),
  ];
  const duties = (globs: readonly string[]) =>
    configured(app(), { duties: { read: globs } }).principals.flatMap((p) => (p.duty === 'read' ? [p.id] : []));

  test.each([
    ['its construct path', 'Orders/Roles/Read/Resource', ['S/Read']],
    ['the path of its construct', 'Orders/Roles/Read', ['S/Read']],
    ['a glob over paths', 'Orders/*', ['S/Read', 'S/Write']],
    ['one character', 'Orders/Roles/Rea?', ['S/Read']],
    ['stack and logical id', 'S/Write', ['S/Write']],
    ['its physical name', 'orders-*', ['S/Read']],
  ])('by %s', (_, glob, expected) => {
    expect(duties([glob])).toEqual(expected);
  });

  test.each<[string, Json, string]>([
    [
      'nothing',
      { duties: { read: ['Ordres/*'] } },
      '`duties.read[0]`: got `Ordres/*`, which matches nothing, expected a glob that matches the construct path, `STACK/LogicalId` or physical name of a role, user or group of the app',
    ],
    [
      'something that has no duty',
      { duties: { read: ['orders-topic'] } },
      '`duties.read[0]`: got `orders-topic`, which matches nothing',
    ],
    [
      'no resource',
      { domains: { a: { resources: ['x'] } } },
      '`domains.a.resources[0]`: got `x`, which matches nothing',
    ],
    [
      'one role twice',
      { duties: { read: ['S/Read'], write: ['orders-read'] } },
      'which gives `Orders/Roles/Read/Resource` the duty write beside read; expected one duty',
    ],
  ])('an error: %s', (_, configuration, message) => {
    expect(() => configured(app(), configuration)).toThrow(message);
    expect(() => configured(app(), { duties: { read: ['S/Read'] } })).not.toThrow();
  });

  test('a part of the app need not match', () => {
    expect(
      configured(app(), { duties: { read: ['Elsewhere/*', 'S/Read'] } }, { partial: true }).principals.map(
        (p) => p.duty,
      ),
    ).toEqual(['read', undefined]);
  });

  test('a mark and the configuration may not disagree on the duty, and may both claim the resource', () => {
    const marked = {
      M: role([], {}, { Metadata: { bulkhead: { domain: 'orders', duty: 'audit', part: 'role' } } }),
      T: resource('AWS::SNS::Topic', {}, { Metadata: { bulkhead: { domain: 'orders', part: 'topic' } } }),
    };
    expect(() => configured(app(marked), { duties: { read: ['S/M'] } })).toThrow('the duty read beside audit');
    expect(principalOf(configured(app(marked), { duties: { audit: ['S/M'] } }), 'M').dutyFrom).toBe('mark');
    const claimed = configured(app(marked), { domains: { billing: { resources: ['S/T'] } } }).resources.find(
      (r) => r.id === 'S/T',
    );
    expect(claimed?.claims).toEqual(['billing', 'orders']);
  });

  test('domains and duties of the configuration are the principals’', () => {
    const m = configured(app(), {
      domains: { orders: { exposure: 'internal', owner: 'o', resources: ['Orders/*'] } },
      duties: { read: ['S/Read'] },
    });
    expect(principalOf(m, 'Read')).toMatchObject({ domain: 'orders', duty: 'read', dutyFrom: 'configuration' });
    expect(m.domains).toEqual([{ name: 'orders', exposure: 'internal', owner: 'o', declaredAt: [] }]);
  });
});

describe('what goes into the model', () => {
  const templates = [stack({ A: role([allow('s3:*')]) })];

  test('conflicts: all pairs, or those declared', () => {
    expect(configured(templates, {}).conflicts).toHaveLength((DUTIES.length * (DUTIES.length - 1)) / 2);
    expect(configured(templates, { conflicts: [['deploy', 'approve']] }).conflicts).toEqual([['deploy', 'approve']]);
  });

  test('service control policies bound every principal, and are an assumption', () => {
    const scp = { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: 's3:*', Resource: '*' }] };
    const m = configured(templates, { assume: { serviceControlPolicies: [scp] } });
    expect(principalOf(m, 'A').policies.serviceControlPolicies?.[0]?.statements.map(sentence)).toEqual([
      'Allow s3:* on *',
    ]);
    expect(m.assumptions.map((a) => a.id)).toEqual(['service-control-policies']);
    expect(configured(templates, {}).principals[0]?.policies.serviceControlPolicies).toBeUndefined();
  });

  test('what the configuration takes out of the proof is an assumption', () => {
    const texts = (configuration: Readonly<Record<string, unknown>>) =>
      configured(templates, configuration).assumptions.map((a) => a.text);
    expect(texts({})).toEqual([]);
    const pairs = DUTIES.flatMap((a, i) => DUTIES.slice(i + 1).map((b) => [a, b]));
    expect(texts({ conflicts: pairs })).toEqual([]);
    expect(texts({ conflicts: pairs.slice(1) }).join()).toContain('need not be separate: provision and deploy');
    const common = [{ Effect: 'Allow', Action: 's3:ListAllMyBuckets', Resource: '*' }];
    expect(texts({ common }).join()).toContain('common to all duties: s3:ListAllMyBuckets');
  });

  test('crossings', () => {
    expect(configured(templates, { crossings: [CROSSING] }).crossings).toEqual([CROSSING]);
    expect(TODAY.toISOString().slice(0, 10) < CROSSING.expires).toBe(true);
  });

  describe('common requests', () => {
    const marked = (statements: readonly unknown[]) => [
      stack({
        Key: resource('AWS::KMS::Key'),
        B: resource(
          'AWS::IAM::ManagedPolicy',
          { PolicyDocument: { Version: '2012-10-17', Statement: [] } },
          { Metadata: { bulkhead: { domain: 'd', part: 'boundary', common: statements } } },
        ),
      }),
    ];
    const common = (templates: ReturnType<typeof marked>, configuration: Json = {}) => {
      const m = configured(templates, configuration);
      return { common: m.common.statements.map(sentence), gaps: m.gaps };
    };

    test('a short list by default', () => {
      expect(common(templates).common[0]).toContain('cloudwatch:GetMetricData');
    });

    test('those of the constructs', () => {
      const declared = [{ Effect: 'Allow', Action: 'kms:DescribeKey', Resource: { 'Fn::GetAtt': ['Key', 'Arn'] } }];
      expect(common(marked([...declared, ...declared]))).toEqual({
        common: ['Allow kms:DescribeKey on arn:aws:kms:eu-west-1:111122223333:key/${the id of Key in stack S}'],
        gaps: [],
      });
    });

    test.each([
      ['an action that reads data', { Effect: 'Allow', Action: 's3:GetObject', Resource: '*' }],
      ['a wildcard', { Effect: 'Allow', Action: 'cloudwatch:*', Resource: '*' }],
      ['everything but', { Effect: 'Allow', NotAction: 's3:GetObject', Resource: '*' }],
      ['a deny', { Effect: 'Deny', Action: 'kms:DescribeKey', Resource: '*' }],
      ['what cannot be read', { Effect: 'Allow' }],
    ])('a mark cannot declare %s', (_, statement) => {
      const { common: kept, gaps } = common(marked([statement]));
      expect(kept).toEqual([]);
      expect(gaps).toEqual([{ path: 'S/B', reason: expect.stringMatching(/common requests/) }]);
    });

    test('the configuration can', () => {
      const declared = { common: [{ Effect: 'Allow', Action: 's3:GetObject', Resource: '*' }] };
      expect(common(marked([]), declared).common).toEqual(['Allow s3:GetObject on *']);
      expect(show(configured(templates, declared).common.statements[0]!.action.patterns[0]!)).toBe('s3:GetObject');
    });
  });
});
