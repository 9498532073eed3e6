/** DOM-10: what is made in development opens nothing in production. */
import { awsCatalogue } from '../../lib/catalog/catalogue';
import { CheckContext } from '../../lib/checks/check';
import { stagesShareNothing } from '../../lib/checks/stages-share-nothing';
import { lifeOfName } from '../../lib/model/lives';
import type { RenderedTemplate } from '../../lib/model/rendered-template';
import { agnostic, att, configured, type Json, ref, stack } from '../model/notation';

const DEV = { stage: 'Dev', stackName: 'Orders', account: '111111111111' };
const PROD = { stage: 'Prod', stackName: 'Orders', account: '222222222222' };

const of = (templates: readonly RenderedTemplate[], configuration: Json = {}) =>
  stagesShareNothing.run(configured(templates, configuration), new CheckContext(awsCatalogue()));
const verdicts = (templates: readonly RenderedTemplate[], configuration?: Json) =>
  of(templates, configuration).map(({ severity, message }) => `${severity}: ${message}`);

const owned = (Type: string, Properties: Json = {}, mark: Json = {}, domain = 'orders') => ({
  Type,
  Properties,
  Metadata: { bulkhead: { domain, part: 'part', ...mark } },
});
const authorizer = (issuer: string, mark: Json = {}) => ({
  Authorizer: owned(
    'AWS::ApiGatewayV2::Authorizer',
    {
      JwtConfiguration: { Issuer: issuer, Audience: ['orders'] },
    },
    mark,
  ),
});
const fn = (Variables: Json, Properties: Json = {}) => ({
  Fn: owned('AWS::Lambda::Function', { Environment: { Variables }, ...Properties }),
});

describe('what lets callers in', () => {
  const app = (dev: string, prod: string) => [stack(authorizer(dev), DEV), stack(authorizer(prod), PROD)];

  test('one issuer for both is a violation, one for each is none', () => {
    expect(of(app('https://login.example.com', 'https://LOGIN.example.com'))).toEqual([
      expect.objectContaining({
        id: 'DOM-10',
        severity: 'violated',
        message:
          'the issuer `https://LOGIN.example.com` lets callers in `orders` in `Dev` (development) and `orders` in `Prod` (production)',
      }),
    ]);
    expect(of(app('https://dev.example.com', 'https://login.example.com'))).toEqual([]);
  });

  test('two places of one life may share', () => {
    const same = 'https://login.example.com';
    const places = [
      stack(authorizer(same), { ...PROD, stage: 'ProdEu' }),
      stack(authorizer(same), { ...DEV, stage: 'ProdUs' }),
    ];
    expect(of(places)).toEqual([]);
  });

  test('of a place that nobody speaks of, it is undecided, until somebody does', () => {
    const same = 'https://login.example.com';
    const places = (mark: Json = {}) => [
      stack(authorizer(same), DEV),
      stack(authorizer(same, mark), { ...PROD, stage: 'Wave2' }),
    ];
    expect(of(places())).toMatchObject([
      { severity: 'undecided', fix: expect.stringContaining('say which stage of life') },
    ]);
    expect(of(places({ life: 'development' }))).toEqual([]);
    expect(of(places({ life: 'production' }))).toMatchObject([{ severity: 'violated' }]);
    expect(of(places(), { stages: { development: ['Orders/*', 'Orders@222222222222-eu-west-1/*'] } })).toEqual([]);
  });

  test('the configuration speaks last', () => {
    const same = 'https://login.example.com';
    const templates = [
      stack(authorizer(same, { life: 'development' }), DEV),
      stack(authorizer(same, { life: 'development' }), PROD),
    ];
    expect(of(templates)).toEqual([]);
    expect(of(templates, { stages: { production: ['Orders@*'] } })).toMatchObject([{ severity: 'violated' }]);
  });
});

describe('a resource of one stage that the other uses', () => {
  const key = { Key: owned('AWS::KMS::Key', { KeyPolicy: {} }) };
  const log = (KmsKeyId: unknown) => ({ Log: owned('AWS::Logs::LogGroup', { KmsKeyId }) });

  test('is a violation', () => {
    const prod = stack(
      { ...key },
      { ...PROD, sections: { Outputs: { Key: { Value: att('Key'), Export: { Name: 'prod-key' } } } } },
    );
    const dev = (KmsKeyId: unknown, more: Json = {}) =>
      stack({ ...log(KmsKeyId), ...more }, { ...DEV, account: PROD.account });
    expect(verdicts([prod, dev({ 'Fn::ImportValue': 'prod-key' })])).toEqual([
      'violated: `Orders/Key` (AWS::KMS::Key) serves `orders` in `Dev` (development) and `orders` in `Prod` (production)',
    ]);
    expect(verdicts([prod, dev(att('Key'), key)])).toEqual([]);
  });

  test('and one of neither, too', () => {
    const shared = stack(
      { Pool: { Type: 'AWS::Cognito::UserPool', Properties: {} } },
      { stackName: 'Shared', sections: { Outputs: { Pool: { Value: att('Pool'), Export: { Name: 'pool' } } } } },
    );
    const using = {
      Authorizer: owned('AWS::ApiGateway::Authorizer', { ProviderARNs: [{ 'Fn::ImportValue': 'pool' }] }),
    };
    const accounts = { account: '111122223333' };
    expect(verdicts([shared, stack(using, { ...DEV, ...accounts }), stack(using, { ...PROD, ...accounts })])).toEqual([
      expect.stringContaining('violated: `Shared/Pool` (AWS::Cognito::UserPool) serves'),
    ]);
  });

  test('where no environment is given, equal names are each place’s own', () => {
    const queue = {
      Queue: owned('AWS::SQS::Queue', { QueueName: 'orders' }),
      ...fn({ QUEUE: { 'Fn::Sub': 'arn:aws:sqs:${AWS::Region}:${AWS::AccountId}:orders' } }),
    };
    expect(
      of([
        agnostic(queue, { stage: 'Dev', stackName: 'Orders' }),
        agnostic(queue, { stage: 'Prod', stackName: 'Orders' }),
      ]),
    ).toEqual([]);
  });
});

describe('things outside the app', () => {
  const SECRET = 'arn:aws:secretsmanager:eu-west-1:222222222222:secret:orders-db-AbCdEf';
  const KEY = 'arn:aws:kms:eu-west-1:222222222222:key/0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0';
  const both = (dev: Json, prod: Json, more: Json = {}) => [
    stack(dev, { ...DEV, ...more }),
    stack(prod, { ...PROD, ...more }),
  ];

  test.each([
    ['secret', SECRET],
    ['key', KEY],
    ['user pool', 'arn:aws:cognito-idp:eu-west-1:222222222222:userpool/eu-west-1_AbCdEf'],
    ['parameter', 'arn:aws:ssm:eu-west-1:222222222222:parameter/orders/token'],
  ])('one %s by its ARN is a violation, one for each is none', (kind, arn) => {
    expect(verdicts(both(fn({ X: arn }), fn({ X: arn })))).toEqual([
      `violated: the ${kind} \`${arn}\` serves \`orders\` in \`Dev\` (development) and \`orders\` in \`Prod\` (production)`,
    ]);
    expect(verdicts(both(fn({ X: `${arn}x` }), fn({ X: arn })))).toEqual([]);
  });

  test('a name means one secret in one account, two in two, and nobody knows in an open one', () => {
    const named = fn({}, { Password: '{{resolve:secretsmanager:orders/db:SecretString:password}}' });
    expect(verdicts(both(named, named))).toEqual([]);
    expect(verdicts(both(named, named, { account: '111122223333' }))).toEqual([
      'violated: the secret `orders/db` serves `orders` in `Dev` (development) and `orders` in `Prod` (production)',
    ]);
    const open = ['Dev', 'Prod'].map((stage) => agnostic(named, { stage, stackName: 'Orders' }));
    expect(of(open)).toMatchObject([{ severity: 'undecided', fix: expect.stringContaining('accounts') }]);
  });

  test('a grant names it, a denial keeps it away', () => {
    const policy = (Effect: string) => ({
      Policy: owned('AWS::SNS::TopicPolicy', {
        Topics: ['t'],
        PolicyDocument: {
          Version: '2012-10-17',
          Statement: [{ Effect, Principal: '*', Action: 'sns:Publish', Resource: KEY }],
        },
      }),
    });
    expect(verdicts(both(policy('Allow'), fn({ X: KEY })))).toHaveLength(1);
    expect(verdicts(both(policy('Deny'), fn({ X: KEY })))).toEqual([]);
  });

  test('between domains of two lives it is a violation as well', () => {
    const other = { Fn: owned('AWS::Lambda::Function', { Environment: { Variables: { X: SECRET } } }, {}, 'billing') };
    expect(of(both(other, fn({ X: SECRET })))).toMatchObject([{ severity: 'violated' }]);
  });

  test('of nobody’s resources nothing is asked', () => {
    const nobody = {
      Fn: {
        Type: 'AWS::Lambda::Function',
        Properties: { Environment: { Variables: { X: SECRET, Y: ref('AWS::Region') } } },
      },
    };
    expect(of(both(nobody, nobody))).toEqual([]);
  });
});

test.each([
  ['Prod', 'production'],
  ['orders-production-eu', 'production'],
  ['ProdEu', 'production'],
  ['build/cdk.out/Live', 'production'],
  ['Dev', 'development'],
  ['staging-2', 'development'],
  ['pre-prod', 'development'],
  ['PreProd', 'development'],
  ['non_production', 'development'],
  ['product-catalogue', undefined],
  ['Wave1', undefined],
  ['dev-and-prod', undefined],
  ['', undefined],
])('the name `%s` tells %s', (name, life) => {
  expect(lifeOfName(name)).toBe(life);
});
