/** DOM-2 and DOM-10 of ARNs that may be a resource's of the app: its account is known to the deployment alone, or the ARN itself. */
import { agnostic, type Json, join, ref, resource, stack, sub } from '../model/notation';
import { arn, HERE, HOME, judgeAll } from '../sceptic/world';

const of = (found: readonly string[]) => found.filter((finding) => finding.startsWith('DOM-2 '));
const QUEUE = arn('sqs', 'orders');
const QUEUES = { BQueue: resource('AWS::SQS::Queue', { QueueName: 'orders' }) };
const reads = (EventSourceArn: unknown): Json => ({
  AReads: resource('AWS::Lambda::EventSourceMapping', { FunctionName: 'a-reader', EventSourceArn }),
});
const open = (resources: Json, sections: Json = {}) => of(judgeAll([agnostic(resources, { sections })]).findings);
const fixed = (resources: Json, sections: Json = {}) => of(judgeAll([stack(resources, { sections })]).findings);
const UNDECIDED = [expect.stringMatching(/^DOM-2 undecided: only the deployment knows whether /)];
const VIOLATED = [expect.stringMatching(/^DOM-2 violated: the resource /)];
const P = (more: Json = {}) => ({ Parameters: { P: { Type: 'String', ...more } } });

test('an ARN that says an account, where the stack has none', () => {
  expect(open({ ...QUEUES, ...reads(QUEUE) })).toEqual([
    `DOM-2 undecided: only the deployment knows whether \`${QUEUE}\`, which \`S/AReads\` uses, is the resource \`S/BQueue\` (AWS::SQS::Queue), which would then serve \`a\` and \`b\``,
  ]);
  expect(fixed({ ...QUEUES, ...reads(QUEUE) })).toEqual(VIOLATED);
  expect(fixed({ ...QUEUES, ...reads(arn('sqs', 'orders').replace(HOME, '999999999999')) })).toEqual([]);
});

describe('spellings', () => {
  test.each([
    ['the region alone is the stack’s', sub('arn:aws:sqs:${AWS::Region}:111122223333:orders')],
    ['the account alone is the stack’s', sub(`arn:aws:sqs:${HERE}:\${AWS::AccountId}:orders`)],
    ['the account is a parameter', sub(`arn:aws:sqs:${HERE}:\${P}:orders`)],
    ['joined', join('arn:', ref('AWS::Partition'), `:sqs:${HERE}:${HOME}:orders`)],
  ])('%s', (_, written) => {
    expect(open({ ...QUEUES, ...reads(written) }, P())).toEqual(UNDECIDED);
  });

  test('the stack’s own account and region are sure', () => {
    expect(open({ ...QUEUES, ...reads(sub('arn:aws:sqs:${AWS::Region}:${AWS::AccountId}:orders')) })).toEqual(VIOLATED);
  });

  test('a parameter that may be the ARN, or has it by default', () => {
    expect(fixed({ ...QUEUES, ...reads(ref('P')) }, P({ Default: QUEUE }))).toEqual(UNDECIDED);
    expect(fixed({ ...QUEUES, ...reads(ref('P')) }, P({ AllowedValues: [arn('sqs', 'x'), QUEUE] }))).toEqual(UNDECIDED);
    expect(fixed({ ...QUEUES, ...reads(sub(arn('sqs', '${P}'))) }, P({ Default: 'orders' }))).toEqual(UNDECIDED);
    expect(fixed({ ...QUEUES, ...reads(ref('P')) }, P({ Default: arn('sqs', 'x') }))).toEqual([]);
  });

  test('two stacks, of which one has an account', () => {
    const own = reads(sub('arn:aws:sqs:${AWS::Region}:${AWS::AccountId}:orders'));
    const of2 = (a: Json, b: Json) => of(judgeAll([agnostic(a, { stackName: 'One' }), stack(b)]).findings);
    expect(of2(own, QUEUES)).toEqual(UNDECIDED);
    expect(of2(QUEUES, own)).toEqual(UNDECIDED);
    expect(of2({}, { ...own, ...QUEUES })).toEqual(VIOLATED);
  });
});

describe('kinds of resources', () => {
  const table = { BTable: resource('AWS::DynamoDB::Table', { TableName: 'orders' }) };
  const run = { BRun: resource('AWS::Lambda::Function', { FunctionName: 'b-run' }) };
  const called = (uri: string): Json => ({
    AApi: resource('AWS::ApiGateway::RestApi', { Name: 'a' }),
    AGet: resource('AWS::ApiGateway::Method', {
      RestApiId: ref('AApi'),
      ResourceId: 'r',
      HttpMethod: 'GET',
      AuthorizationType: 'AWS_IAM',
      Integration: { Type: 'AWS_PROXY', IntegrationHttpMethod: 'POST', Uri: uri },
    }),
  });
  const invocation = (name: string) =>
    `arn:aws:apigateway:${HERE}:lambda:path/2015-03-31/functions/${arn('lambda', `function:${name}`)}/invocations`;
  const byVariable = (run: string): Json => ({
    ...called(`arn:aws:apigateway:${HERE}:lambda:path/2015-03-31/functions/\${stageVariables.run}/invocations`),
    AStage: resource('AWS::ApiGateway::Stage', { RestApiId: ref('AApi'), StageName: 'v1', Variables: { run } }),
  });
  const role = { BRole: resource('AWS::IAM::Role', { RoleName: 'b-role', AssumeRolePolicyDocument: {} }) };
  const runsAs = (Role: string): Json => ({ ARun: resource('AWS::Lambda::Function', { FunctionName: 'a-run', Role }) });
  const alias = { BAlias: resource('AWS::KMS::Alias', { AliasName: 'alias/orders', TargetKeyId: 'k' }) };
  const under = (KmsMasterKeyId: string): Json => ({ AQueue: resource('AWS::SQS::Queue', { KmsMasterKeyId }) });
  const secret = { BSecret: resource('AWS::SecretsManager::Secret', { Name: 'orders', KmsKeyId: 'k' }) };
  const connects = (SecretArn: string): Json => ({ AProxy: resource('AWS::RDS::DBProxy', { Auth: [{ SecretArn }] }) });
  const logs = { BLogs: resource('AWS::S3::Bucket', { BucketName: sub('orders-${AWS::AccountId}-logs') }) };
  const delivers = (BucketARN: string): Json => ({
    AStream: resource('AWS::KinesisFirehose::DeliveryStream', { S3DestinationConfiguration: { BucketARN } }),
  });

  test.each<[string, Json, Json, Json]>([
    ['below a table', table, reads(arn('dynamodb', 'table/orders/stream/1')), reads(arn('dynamodb', 'table/order'))],
    ['a function inside an integration', run, called(invocation('b-run')), called(invocation('b-other'))],
    ['a version of it', run, called(invocation('b-run:3')), called(invocation('b-ru'))],
    [
      'a function by a stage variable',
      run,
      byVariable(arn('lambda', 'function:b-run')),
      byVariable(arn('lambda', 'function:b-other')),
    ],
    ['a role', role, runsAs(`arn:aws:iam::${HOME}:role/b-role`), runsAs(`arn:aws:iam::${HOME}:role/service-role/x`)],
    ['an alias', alias, under(arn('kms', 'alias/orders')), under(arn('kms', 'alias/aws/sqs'))],
    [
      'a secret',
      secret,
      connects(arn('secretsmanager', 'secret:orders-AbCd12')),
      connects(arn('secretsmanager', 'secret:orders-archive-AbCd12')),
    ],
    [
      'a bucket with the account in its name',
      logs,
      delivers(`arn:aws:s3:::orders-${HOME}-logs`),
      delivers('arn:aws:s3:::orders-old-logs'),
    ],
  ])('%s', (_, theirs, hostile, clean) => {
    expect(open({ ...theirs, ...hostile })).toEqual(UNDECIDED);
    expect(open({ ...theirs, ...clean })).toEqual([]);
  });

  test('a secret by its ARN, whose end nobody knows, in a known account as well', () => {
    const named = connects(arn('secretsmanager', 'secret:orders-AbCd12'));
    expect(fixed({ ...secret, ...named })).toEqual(UNDECIDED);
    expect(fixed({ ...secret, ...connects(arn('secretsmanager', 'secret:invoices-AbCd12')) })).toEqual([]);
  });

  test('an alias by its name is the one of the stack’s own account and region', () => {
    expect(fixed({ ...alias, ...under('alias/orders') })).toEqual(VIOLATED);
    expect(open({ ...alias, ...under('alias/orders') })).toEqual(VIOLATED);
    expect(fixed({ ...alias, ...under('alias/aws/sqs') })).toEqual([]);
    const elsewhere = [stack(alias), stack(under('alias/orders'), { stackName: 'T', region: 'us-east-1' })];
    expect(of(judgeAll(elsewhere).findings)).toEqual([]);
  });
});

describe('no alarm', () => {
  test('what others publish, and what is named otherwise', () => {
    const theirs = {
      ...QUEUES,
      BTopic: resource('AWS::SNS::Topic', { TopicName: 'news' }),
      BPolicy: resource('AWS::IAM::ManagedPolicy', { ManagedPolicyName: 'ReadOnlyAccess', PolicyDocument: {} }),
      BLayer: resource('AWS::Lambda::LayerVersion', { LayerName: 'shared' }),
    };
    const mine = {
      AAlarm: resource('AWS::CloudWatch::Alarm', { AlarmActions: [arn('sns', 'orders')] }),
      ARun: resource('AWS::Lambda::Function', {
        FunctionName: 'a-run',
        Layers: [`arn:aws:lambda:${HERE}:580247275435:layer:LambdaInsightsExtension:38`],
      }),
      AGives: resource('Custom::Policy', { PolicyArn: 'arn:aws:iam::aws:policy/ReadOnlyAccess' }),
      ...reads(arn('sqs', 'news')),
    };
    expect(open({ ...theirs, ...mine })).toEqual([]);
    const layers = { Layers: [arn('lambda', 'layer:shared:3')] };
    expect(open({ ...theirs, ARun: resource('AWS::Lambda::Function', layers) })).toEqual(UNDECIDED);
    expect(
      open({
        ...theirs,
        AGives: resource('Custom::Policy', { PolicyArn: `arn:aws:iam::${HOME}:policy/ReadOnlyAccess` }),
      }),
    ).toEqual(UNDECIDED);
  });

  test('a domain that names its own, and nobody’s that one domain uses', () => {
    expect(open({ AQueue: resource('AWS::SQS::Queue', { QueueName: 'orders' }), ...reads(QUEUE) })).toEqual([]);
    const nobodys = { Queue: resource('AWS::SQS::Queue', { QueueName: 'orders' }) };
    expect(open({ ...nobodys, ...reads(QUEUE) })).toEqual([]);
    const b = {
      BReads: resource('AWS::Lambda::EventSourceMapping', { EventSourceArn: { 'Fn::GetAtt': ['Queue', 'Arn'] } }),
    };
    expect(open({ ...nobodys, ...reads(QUEUE), ...b })).toEqual(UNDECIDED);
  });

  test('a name that AWS generates, or that a parameter makes up', () => {
    expect(open({ BQueue: resource('AWS::SQS::Queue'), ...reads(QUEUE) })).toEqual([]);
    expect(open({ BQueue: resource('AWS::SQS::Queue', { QueueName: ref('P') }), ...reads(QUEUE) }, P())).toEqual([]);
  });

  test('a grant is not a use', () => {
    const policy = {
      Version: '2012-10-17',
      Statement: [{ Effect: 'Deny', Principal: '*', Action: 'sqs:*', Resource: QUEUE }],
    };
    expect(
      open({ ...QUEUES, APolicy: resource('AWS::SQS::QueuePolicy', { Queues: ['x'], PolicyDocument: policy }) }),
    ).toEqual([]);
  });
});

test('one finding for one name, however many use it and wherever it stands', () => {
  const more = { AAlso: resource('AWS::Lambda::EventSourceMapping', { EventSourceArn: QUEUE }) };
  expect(open({ ...QUEUES, ...reads(QUEUE), ...more })).toHaveLength(1);
  const role = { ARole: resource('AWS::IAM::Role', { RoleName: 'one', AssumeRolePolicyDocument: {} }) };
  const stage = (name: string) => agnostic({ ...QUEUES, ...role, ...reads(QUEUE) }, { stackName: name, stage: name });
  const found = of(judgeAll([stage('Dev'), stage('Prod')]).findings);
  expect(found).toHaveLength(1);
  expect(found[0]).toContain('or one of 1 more');
});

describe('DOM-10', () => {
  const stages = (dev: Json, prod: Json) =>
    judgeAll([agnostic(dev, { stackName: 'Dev', stage: 'Dev' }), stack(prod, { stackName: 'Prod', stage: 'Prod' })], {
      domains: { a: { exposure: 'internal', owner: 'team', resources: ['*/A*'] } },
      stages: { production: ['Prod/*'], development: ['Dev/*'] },
    }).findings.filter((finding) => finding.startsWith('DOM-10 '));
  const queue = { AQueue: resource('AWS::SQS::Queue', { QueueName: 'orders' }) };

  test('development names what may be production’s', () => {
    expect(stages(reads(QUEUE), queue)).toEqual([
      'DOM-10 violated: `Prod/AQueue` (AWS::SQS::Queue) serves `a` in `Dev` (development) and `a` in `Prod` (production)',
    ]);
    expect(stages(reads(sub('arn:aws:sqs:${AWS::Region}:${AWS::AccountId}:orders')), queue)).toEqual([
      'DOM-10 undecided: `Prod/AQueue` (AWS::SQS::Queue) perhaps serves `a` in `Dev` (development) and `a` in `Prod` (production); whether they are in one account is not said',
    ]);
    expect(stages(reads(sub('arn:aws:sqs:${AWS::Region}:${AWS::AccountId}:others')), queue)).toEqual([]);
  });
});
