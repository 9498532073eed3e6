/** DOM-10: what stands in development does not reach production, by a grant or by a chain. */
import { awsCatalogue } from '../../lib/catalog/catalogue';
import { CheckContext } from '../../lib/checks/check';
import { examine } from '../../lib/checks/run-checks';
import { stagesShareNothing } from '../../lib/checks/stages-share-nothing';
import { buildModel } from '../../lib/model/build-model';
import type { RenderedTemplate } from '../../lib/model/rendered-template';
import { agnostic, allow, configured, doc, type Json, role, stack } from '../model/notation';

const [DEV_ACCOUNT, PROD_ACCOUNT] = ['111111111111', '222222222222'];
const DEV = { stage: 'Dev', stackName: 'Dev-Orders', account: DEV_ACCOUNT };
const PROD = { stage: 'Prod', stackName: 'Prod-Orders', account: PROD_ACCOUNT };
const ONE_ACCOUNT = { ...DEV, account: PROD_ACCOUNT };

const mine = (resource: Json, mark: Json = {}): Json => ({
  ...resource,
  Metadata: { bulkhead: { domain: 'orders', ...mark } },
});
const table = (TableName: string, more: Json = {}) =>
  mine({ Type: 'AWS::DynamoDB::Table', Properties: { TableName, ...more } });
const bucket = (BucketName: string, policy?: Json) => ({
  Bucket: mine({ Type: 'AWS::S3::Bucket', Properties: { BucketName } }),
  ...(policy && {
    Policy: { Type: 'AWS::S3::BucketPolicy', Properties: { Bucket: { Ref: 'Bucket' }, PolicyDocument: doc(policy) } },
  }),
});
const lambda = {
  AssumeRolePolicyDocument: doc({
    Effect: 'Allow',
    Principal: { Service: 'lambda.amazonaws.com' },
    Action: 'sts:AssumeRole',
  }),
};
const worker = (...statements: Json[]) => mine(role(statements, lambda));
const trusting = (AWS: string, ...statements: Json[]) =>
  mine(
    role(statements, {
      RoleName: 'prod-orders',
      AssumeRolePolicyDocument: doc({ Effect: 'Allow', Principal: { AWS }, Action: 'sts:AssumeRole' }),
    }),
  );

const of = (templates: readonly RenderedTemplate[], configuration: Json = {}) =>
  stagesShareNothing.run(configured(templates, configuration), new CheckContext(awsCatalogue()));
/** All findings of the app: one cause must be one finding. */
const all = (templates: readonly RenderedTemplate[]) =>
  examine(buildModel(templates))
    .findings.filter(({ id }) => !/^(DOM-1[345]|DOM-3|DOM-2)$/.test(id))
    .map(({ id, severity }) => `${id} ${severity}`);

const arnOf = (name: string, account = PROD_ACCOUNT) => `arn:aws:dynamodb:eu-west-1:${account}:table/${name}`;

describe('a grant on a resource of production', () => {
  const app = (...statements: Json[]) => [
    stack({ Worker: worker(...statements), Table: table('dev-orders') }, ONE_ACCOUNT),
    stack({ Table: table('prod-orders'), Worker: worker(allow('dynamodb:GetItem', arnOf('*'))) }, PROD),
  ];

  test('is a violation with the request, and one on what stands in development is none', () => {
    const prod = app(allow('dynamodb:GetItem', arnOf('prod-*')));
    expect(of(prod)).toEqual([
      expect.objectContaining({
        id: 'DOM-10',
        severity: 'violated',
        message: `\`Dev-Orders/Worker\` (of \`orders\`) may make the request \`dynamodb:GetItem\` on \`${arnOf('prod-orders')}\` (\`Prod-Orders/Table\`) of \`orders\` in \`Prod\` (production), which what stands in \`orders\` in \`Dev\` (development) must not reach`,
        constructPaths: ['Dev-Orders/Worker', 'Prod-Orders/Table'],
        witness: expect.objectContaining({ action: 'dynamodb:GetItem', resource: arnOf('prod-orders') }),
      }),
    ]);
    expect(all(prod)).toEqual(['DOM-10 violated']);
    expect(of(app(allow('dynamodb:GetItem', arnOf('dev-*'))))).toEqual([]);
  });

  test('a wildcard, unless a denial or a condition keeps it away', () => {
    expect(of(app(allow('dynamodb:*', '*')))).toHaveLength(1);
    expect(of(app(allow('dynamodb:*', '*'), { Effect: 'Deny', Action: '*', Resource: arnOf('prod-*') }))).toEqual([]);
  });

  test('production may reach development', () => {
    // The worker of production may read every table of the account.
    expect(of(app(allow('dynamodb:GetItem', arnOf('dev-orders'))))).toEqual([]);
  });

  test('two places of one life may reach one another; of an unknown one nobody can tell', () => {
    const [dev, prod] = app(allow('dynamodb:GetItem', arnOf('prod-*'))) as [RenderedTemplate, RenderedTemplate];
    expect(of([{ ...dev, stage: 'ProdUs' }, prod])).toEqual([]);
    expect(of([{ ...dev, stage: 'Wave1' }, prod])).toMatchObject([
      { severity: 'undecided', fix: expect.stringContaining('say which stage of life') },
    ]);
  });

  test('stacks of no Stage are told apart by the configuration', () => {
    const bare = app(allow('dynamodb:GetItem', arnOf('prod-*'))).map(({ stage: _, ...rest }) => rest);
    expect(of(bare)).toEqual([]);
    const stages = { development: ['Dev-Orders/*'], production: ['Prod-Orders/*'] };
    expect(of(bare, { stages })).toMatchObject([{ severity: 'violated' }]);
  });

  test('of a role of no domain in the same Stage', () => {
    const [dev, prod] = app(allow('dynamodb:GetItem', arnOf('dev-*'))) as [RenderedTemplate, RenderedTemplate];
    const tool = (pattern: string) =>
      stack(
        { Tool: role([allow('dynamodb:GetItem', arnOf(pattern))], lambda) },
        { ...ONE_ACCOUNT, stackName: 'Dev-Tools' },
      );
    expect(of([dev, prod, tool('prod-*')])).toMatchObject([{ severity: 'violated', principals: ['Dev-Tools/Tool'] }]);
    expect(of([dev, prod, tool('dev-*')])).toEqual([]);
  });

  test('a route of the API of production', () => {
    const api = { Api: mine({ Type: 'AWS::ApiGateway::RestApi', Properties: { Name: 'orders' } }, { part: 'api' }) };
    const calling = (Resource: string) => [
      stack({ Worker: worker(allow('execute-api:Invoke', Resource)), ...api }, ONE_ACCOUNT),
      stack(api, PROD),
    ];
    expect(of(calling(`arn:aws:execute-api:eu-west-1:${PROD_ACCOUNT}:*/prod/GET/orders`))).toMatchObject([
      { severity: 'violated', witness: { action: 'execute-api:Invoke' } },
    ]);
    expect(of(calling(`arn:aws:execute-api:eu-west-1:${DEV_ACCOUNT}:*/prod/GET/orders`))).toEqual([]);
  });
});

describe('in another account', () => {
  const app = (policy?: Json) => [
    stack(
      { Worker: mine(role([allow('s3:*', '*'), allow('dynamodb:*', '*')], { ...lambda, RoleName: 'worker' })) },
      DEV,
    ),
    stack({ ...bucket('prod-orders', policy), Table: table('prod-orders') }, PROD),
  ];
  const admitting = (AWS: string, more: Json = {}) => ({
    Effect: 'Allow',
    Principal: { AWS },
    Action: 's3:GetObject',
    Resource: 'arn:aws:s3:::prod-orders/public/*',
    ...more,
  });

  test('a wildcard reaches nothing that does not admit its account', () => {
    expect(of(app())).toEqual([]);
    expect(of(app(admitting(`arn:aws:iam::${PROD_ACCOUNT}:root`)))).toEqual([]);
  });

  test('and what is admitted, exactly', () => {
    expect(of(app(admitting(`arn:aws:iam::${DEV_ACCOUNT}:root`)))).toMatchObject([
      {
        severity: 'violated',
        witness: { action: 's3:GetObject', resource: expect.stringContaining('arn:aws:s3:::prod-orders/public/') },
      },
    ]);
    const only = (name: string) =>
      admitting(`arn:aws:iam::${DEV_ACCOUNT}:root`, {
        Condition: { StringEquals: { 'aws:PrincipalArn': `arn:aws:iam::${DEV_ACCOUNT}:role/${name}` } },
      });
    expect(of(app(only('worker')))).toHaveLength(1);
    expect(of(app(only('nobody')))).toEqual([]);
  });
});

describe('a chain to a role of production', () => {
  const app = (trusted: string, dev: Json = {}) => [
    stack({ Worker: { ...worker(allow('sts:AssumeRole', `arn:aws:iam::${PROD_ACCOUNT}:role/*`)) }, ...dev }, DEV),
    stack(
      { Role: trusting(trusted, allow('dynamodb:GetItem', arnOf('prod-orders'))), Table: table('prod-orders') },
      PROD,
    ),
  ];

  test('is a violation with the chain, also across accounts; without the trust there is none', () => {
    const reached = app(`arn:aws:iam::${DEV_ACCOUNT}:root`);
    expect(of(reached)).toMatchObject([
      {
        severity: 'violated',
        message:
          '`Dev-Orders/Worker` (of `orders`) can act as `Prod-Orders/Role` (of `orders`), and what stands in `orders` in `Dev` (development) must not reach `orders` in `Prod` (production)',
        chain: [{ from: 'Dev-Orders/Worker', to: 'Prod-Orders/Role' }],
      },
    ]);
    expect(all(reached)).toEqual(['DOM-10 violated']);
    expect(of(app(`arn:aws:iam::${PROD_ACCOUNT}:root`))).toEqual([]);
  });

  test('by a role of nobody', () => {
    const between = (Resource: string) => ({
      Bridge: role([allow('sts:AssumeRole', Resource)], {
        RoleName: 'bridge',
        AssumeRolePolicyDocument: doc({
          Effect: 'Allow',
          Principal: { AWS: `arn:aws:iam::${DEV_ACCOUNT}:root` },
          Action: 'sts:AssumeRole',
        }),
      }),
    });
    const bridged = (Resource: string) => [
      stack({ Worker: worker(allow('sts:AssumeRole', `arn:aws:iam::${DEV_ACCOUNT}:role/bridge`)) }, DEV),
      stack(between(Resource), { stackName: 'Shared', account: DEV_ACCOUNT }),
      stack({ Role: trusting(`arn:aws:iam::${DEV_ACCOUNT}:role/bridge`) }, PROD),
    ];
    const [finding, ...more] = of(bridged(`arn:aws:iam::${PROD_ACCOUNT}:role/prod-orders`));
    expect(more).toEqual([]);
    expect(finding).toMatchObject({
      severity: 'violated',
      chain: [{ to: 'Shared/Bridge' }, { to: 'Prod-Orders/Role' }],
    });
    expect(of(bridged(`arn:aws:iam::${DEV_ACCOUNT}:role/other`))).toEqual([]);
  });

  test('a role of nobody that acts on production', () => {
    const acting = (pattern: string) => [
      stack({ Worker: worker(allow('sts:AssumeRole', `arn:aws:iam::${PROD_ACCOUNT}:role/bridge`)) }, ONE_ACCOUNT),
      stack(
        {
          Bridge: role([allow('dynamodb:GetItem', arnOf(pattern))], {
            RoleName: 'bridge',
            AssumeRolePolicyDocument: doc({
              Effect: 'Allow',
              Principal: { AWS: `arn:aws:iam::${PROD_ACCOUNT}:root` },
              Action: 'sts:AssumeRole',
            }),
          }),
        },
        { stackName: 'Shared', account: PROD_ACCOUNT },
      ),
      stack({ Table: table('prod-orders') }, PROD),
    ];
    expect(of(acting('*'))).toMatchObject([
      {
        severity: 'violated',
        message: expect.stringContaining('can act as `Shared/Bridge`, which may make the request `dynamodb:GetItem`'),
        chain: [{ to: 'Shared/Bridge' }],
      },
    ]);
    expect(of(acting('shared'))).toEqual([]);
  });
});

describe('where no environment is given', () => {
  const place = (stage: string, resources: Json) => agnostic(resources, { stage, stackName: `${stage}-Orders` });
  const wide = allow('dynamodb:*', '*');
  const reader = { Type: 'AWS::IAM::Role', Properties: { RoleName: 'orders-reader', ...lambda } };

  test('places that make roles of one name are in two accounts', () => {
    const named = (RoleName: unknown) => mine({ ...reader, Properties: { ...reader.Properties, RoleName } });
    const app = (dev: unknown, prod: unknown) =>
      Object.entries({ Dev: dev, Prod: prod }).map(([stage, name]) =>
        place(stage, { Worker: worker(wide), Reader: named(name), Table: mine({ Type: 'AWS::DynamoDB::Table' }) }),
      );
    const joined = { 'Fn::Join': ['-', ['orders', 'reader', { Ref: 'AWS::Region' }]] };
    expect(of(app('orders-reader', 'Orders-Reader'))).toEqual([]);
    expect(of(app({ 'Fn::Sub': 'orders-reader-${AWS::Region}' }, joined))).toEqual([]);
    expect(of(app({ 'Fn::Sub': 'orders-reader-${AWS::StackName}' }, joined))).toMatchObject([{ severity: 'violated' }]);
    expect(of(app('dev-reader', 'orders-reader'))).toMatchObject([{ severity: 'violated' }]);
  });

  test('and what admits its own role there admits no other of that name', () => {
    const own = { 'Fn::Sub': 'arn:${AWS::Partition}:iam::${AWS::AccountId}:role/orders-reader' };
    const named = (stage: string) =>
      place(stage, {
        Reader: mine({
          ...reader,
          Properties: {
            ...reader.Properties,
            Policies: [{ PolicyName: 'P', PolicyDocument: doc(allow('s3:*', '*')) }],
          },
        }),
        Bucket: mine({ Type: 'AWS::S3::Bucket' }),
        Policy: {
          Type: 'AWS::S3::BucketPolicy',
          Properties: {
            Bucket: { Ref: 'Bucket' },
            PolicyDocument: doc({
              Effect: 'Allow',
              Principal: { AWS: own },
              Action: 's3:GetObject',
              Resource: { 'Fn::Sub': '${Bucket.Arn}/*' },
            }),
          },
        },
      });
    expect(of([named('Dev'), named('Prod')])).toEqual([]);
  });

  test('one name in both means each place’s own', () => {
    const queue = { Queue: mine({ Type: 'AWS::SQS::Queue', Properties: { QueueName: 'orders' } }) };
    const sending = (name: string) => ({
      ...queue,
      Worker: worker(allow('sqs:SendMessage', { 'Fn::Sub': `arn:aws:sqs:\${AWS::Region}:\${AWS::AccountId}:${name}` })),
      Other: mine({ Type: 'AWS::SQS::Queue', Properties: { QueueName: 'prod-only' } }),
    });
    expect(of([place('Dev', sending('orders')), place('Prod', queue)])).toEqual([]);
    const { Other, ...rest } = sending('prod-only');
    expect(of([place('Dev', rest), place('Prod', { ...queue, Other })])).toMatchObject([{ severity: 'violated' }]);
  });
});
