import { buildModel } from '../../lib/model/build-model';
import { RUNS_AS } from '../../lib/model/runs-as-table';
import { show } from '../../lib/policy/text';
import {
  ACCOUNT,
  allow,
  att,
  doc,
  type Json,
  join,
  model,
  ref,
  resource,
  resourceOf,
  role,
  sentence,
  stack,
  sub,
  when,
} from './notation';

describe('what runs as a role', () => {
  const runs = (resources: Json, id = 'X', sections?: Json) =>
    (resourceOf(model({ A: role([], { RoleName: 'a' }), ...resources }, sections), id).runsAs ?? []).map(
      (r) => `${r.service} ${show(r.role)}`,
    );
  const A = `arn:aws:iam::${ACCOUNT}:role/a`;

  test.each<[string, Json, string]>([
    ['AWS::Lambda::Function', { Role: att('A') }, 'lambda'],
    ['AWS::ECS::TaskDefinition', { TaskRoleArn: ref('A') }, 'ecs-tasks'],
    ['AWS::CodeBuild::Project', { ServiceRole: ref('A') }, 'codebuild'],
    ['AWS::StepFunctions::StateMachine', { RoleArn: att('A') }, 'states'],
    ['AWS::Events::Rule', { Targets: [{ Arn: 'x', RoleArn: att('A') }] }, 'events'],
    ['AWS::Scheduler::Schedule', { Target: { RoleArn: att('A') } }, 'scheduler'],
    [
      'AWS::CodePipeline::Pipeline',
      { Stages: [{ Actions: [{ Configuration: { RoleArn: att('A') } }] }] },
      'cloudformation',
    ],
    ['AWS::KinesisFirehose::DeliveryStream', { ExtendedS3DestinationConfiguration: { RoleARN: att('A') } }, 'firehose'],
    ['AWS::Cognito::IdentityPoolRoleAttachment', { Roles: { authenticated: att('A') } }, 'cognito-identity'],
    ['AWS::ApiGateway::Method', { Integration: { Credentials: sub('${A.Arn}') } }, 'apigateway'],
    ['AWS::Glue::Job', { Role: 'a' }, 'glue'],
    ['AWS::Batch::JobDefinition', { ContainerProperties: { JobRoleArn: att('A') } }, 'ecs-tasks'],
    ['AWS::Redshift::Cluster', { IamRoles: [att('A')] }, 'redshift'],
    ['AWS::S3::Bucket', { ReplicationConfiguration: { Role: att('A') } }, 's3'],
  ])('%s', (type, properties, service) => {
    expect(runs({ X: resource(type, properties) })).toEqual([`${service}.amazonaws.com ${A}`]);
    expect(runs({ X: resource(type) })).toEqual([]);
  });

  test('through an instance profile, by name and by ARN', () => {
    const profile = { I: resource('AWS::IAM::InstanceProfile', { Roles: [ref('A')] }) };
    expect(runs({ X: resource('AWS::EC2::Instance', { IamInstanceProfile: ref('I') }), ...profile })).toEqual([
      `ec2.amazonaws.com ${A}`,
    ]);
    const template = { LaunchTemplateData: { IamInstanceProfile: { Arn: att('I') } } };
    expect(runs({ X: resource('AWS::EC2::LaunchTemplate', template), ...profile })).toEqual([`ec2.amazonaws.com ${A}`]);
  });

  test('a type that the table does not hold: every property that names a role', () => {
    const tomorrow = resource('AWS::Tomorrow::Runner', { Deep: [{ JobRoleArn: att('A') }], RoleNote: 'nothing' });
    expect(runs({ X: tomorrow })).toEqual([`tomorrow.amazonaws.com ${A}`]);
  });

  test('a custom resource runs as the role of its provider', () => {
    const custom = {
      F: resource('AWS::Lambda::Function', { Role: att('A') }),
      X: resource('Custom::Thing', { ServiceToken: att('F') }),
    };
    expect(runs(custom)).toEqual([`lambda.amazonaws.com ${A}`]);
  });

  test('either role, where a condition decides', () => {
    const sections = { Parameters: { P: { Type: 'String' } }, Conditions: { C: { 'Fn::Equals': [ref('P'), 'x'] } } };
    const resources = {
      B: role([], { RoleName: 'b' }),
      X: resource('AWS::Lambda::Function', { Role: when('C', att('A'), att('B')) }),
    };
    expect(runs(resources, 'X', sections)).toEqual([
      `lambda.amazonaws.com ${A}`,
      `lambda.amazonaws.com ${A.replace(/a$/, 'b')}`,
    ]);
  });

  test('either role of a profile, where a condition decides', () => {
    const sections = { Parameters: { P: { Type: 'String' } }, Conditions: { C: { 'Fn::Equals': [ref('P'), 'x'] } } };
    const resources = {
      B: role([], { RoleName: 'b' }),
      I: resource('AWS::IAM::InstanceProfile', { Roles: [when('C', ref('A'), ref('B'))] }),
      X: resource('AWS::EC2::Instance', { IamInstanceProfile: ref('I') }),
    };
    expect(runs(resources, 'X', sections)).toHaveLength(2);
  });

  test('the table is well formed', () => {
    for (const [type, rows] of RUNS_AS) {
      expect(type).toMatch(/^AWS::\w+::\w+$/);
      for (const row of rows) {
        expect(row.service).toMatch(/^[a-z0-9.-]+\.amazonaws\.com$/);
        expect(row.path.every((step) => /^(\[\]|\*\*?|\w+)$/.test(step))).toBe(true);
      }
    }
    expect(RUNS_AS.size).toBeGreaterThan(80);
  });
});

describe('references', () => {
  const referencesOf = (resources: Json, id: string) =>
    resourceOf(model(resources), id).references.map((r) => `${r.at} → ${r.to}`);
  const topic = { T: resource('AWS::SNS::Topic', { TopicName: 't' }) };

  test.each<[string, unknown]>([
    ['Ref', ref('T')],
    ['GetAtt', att('T', 'TopicArn')],
    ['Sub', sub('x ${T.TopicName} y')],
    ['Join', join('x', ref('T'))],
    ['a fixed ARN', `arn:aws:sns:eu-west-1:${ACCOUNT}:t`],
    ['a fixed ARN with pseudo-parameters', sub('arn:aws:sns:${AWS::Region}:${AWS::AccountId}:t')],
  ])('by %s', (_, value) => {
    const alarm = resource('AWS::CloudWatch::Alarm', { AlarmActions: [value] });
    expect(referencesOf({ ...topic, X: alarm }, 'X')).toEqual(['AlarmActions[0] → S/T']);
  });

  test('what stands below an ARN speaks of its owner', () => {
    const policy = resource('AWS::IAM::ManagedPolicy', {
      PolicyDocument: doc(allow('dynamodb:Query', join(att('T'), '/index/*'))),
    });
    const resources = { T: resource('AWS::DynamoDB::Table'), X: policy };
    expect(new Set(referencesOf(resources, 'X'))).toEqual(new Set(['PolicyDocument.Statement[0].Resource → S/T']));
  });

  test('a longer name is another resource', () => {
    const alarm = resource('AWS::CloudWatch::Alarm', { AlarmActions: [`arn:aws:sns:eu-west-1:${ACCOUNT}:tt`] });
    expect(referencesOf({ ...topic, X: alarm }, 'X')).toEqual([]);
  });

  test('through an import and a weak reference from another stack', () => {
    const producer = stack(
      { K: resource('AWS::KMS::Key') },
      { sections: { Outputs: { K: { Value: att('K'), Export: { Name: 'k' } } } } },
    );
    const consumer = stack(
      {
        X: resource('AWS::SNS::Topic', { KmsMasterKeyId: { 'Fn::ImportValue': 'k' } }),
        Y: resource('AWS::SNS::Topic', {
          KmsMasterKeyId: { 'Fn::GetStackOutput': { StackName: 'S', OutputName: 'K' } },
        }),
      },
      { stackName: 'T' },
    );
    const m = buildModel([producer, consumer]);
    for (const id of ['T/X', 'T/Y'])
      expect(resourceOf(m, id).references).toEqual([{ to: 'S/K', at: 'KmsMasterKeyId' }]);
  });

  test.each<[string, string, unknown]>([
    ['an attribute that is neither its name nor its ARN', 'AWS::ApiGateway::RestApi', att('P', 'RootResourceId')],
    ['what `Ref` is of a type without a shape', 'AWS::Made::Up', ref('P')],
    ['the ARN of a type without a shape', 'AWS::Made::Up', att('P')],
  ])('through an import: %s', (_, type, value) => {
    const producer = stack(
      { P: resource(type), Q: resource(type) },
      { sections: { Outputs: { P: { Value: value, Export: { Name: 'p' } } } }, stackName: 'a#1' },
    );
    const consumer = stack(
      { X: resource('AWS::ApiGateway::Resource', { ParentId: { 'Fn::ImportValue': 'p' } }) },
      { stackName: 'T' },
    );
    const { references } = resourceOf(buildModel([producer, consumer]), 'T/X');
    expect(references).toEqual([{ to: 'a#1/P', at: 'ParentId' }]);
  });
});

describe('resource policies', () => {
  const statement = (action: string, more: Json = {}): Json => ({
    Effect: 'Allow',
    Principal: { Service: 's3.amazonaws.com' },
    Action: action,
    Resource: '*',
    ...more,
  });
  const policyOf = (resources: Json, id = 'X') =>
    (resourceOf(model(resources), id).policy?.statements ?? []).map(sentence);

  test.each<[string, Json]>([
    ['a key', { X: resource('AWS::KMS::Key', { KeyPolicy: doc(statement('kms:Decrypt')) }) }],
    [
      'a table',
      { X: resource('AWS::DynamoDB::Table', { ResourcePolicy: { PolicyDocument: doc(statement('kms:Decrypt')) } }) },
    ],
    [
      'a bucket',
      {
        X: resource('AWS::S3::Bucket'),
        P: resource('AWS::S3::BucketPolicy', { Bucket: ref('X'), PolicyDocument: doc(statement('kms:Decrypt')) }),
      },
    ],
    [
      'a bucket by its name',
      {
        X: resource('AWS::S3::Bucket', { BucketName: 'b' }),
        P: resource('AWS::S3::BucketPolicy', { Bucket: 'b', PolicyDocument: doc(statement('kms:Decrypt')) }),
      },
    ],
    [
      'a queue',
      {
        X: resource('AWS::SQS::Queue'),
        P: resource('AWS::SQS::QueuePolicy', { Queues: [ref('X')], PolicyDocument: doc(statement('kms:Decrypt')) }),
      },
    ],
    [
      'a topic',
      {
        X: resource('AWS::SNS::Topic'),
        P: resource('AWS::SNS::TopicPolicy', { Topics: [ref('X')], PolicyDocument: doc(statement('kms:Decrypt')) }),
      },
    ],
    [
      'a secret',
      {
        X: resource('AWS::SecretsManager::Secret'),
        P: resource('AWS::SecretsManager::ResourcePolicy', {
          SecretId: ref('X'),
          ResourcePolicy: doc(statement('kms:Decrypt')),
        }),
      },
    ],
    [
      'an API, in its definition',
      {
        X: resource('AWS::ApiGateway::RestApi', {
          Body: { 'x-amazon-apigateway-policy': doc(statement('kms:Decrypt')) },
        }),
      },
    ],
    [
      'a replica',
      {
        X: resource('AWS::DynamoDB::GlobalTable', {
          Replicas: [{ Region: 'eu-west-1', ResourcePolicy: { PolicyDocument: doc(statement('kms:Decrypt')) } }],
        }),
      },
    ],
    [
      'what AWS adds later',
      {
        X: resource('AWS::New::Thing', {
          AccessRules: doc(statement('kms:Decrypt')),
        }),
      },
    ],
    [
      'what is not in the app',
      { X: resource('AWS::S3::BucketPolicy', { Bucket: 'elsewhere', PolicyDocument: doc(statement('kms:Decrypt')) }) },
    ],
  ])('of %s', (_, resources) => {
    expect(policyOf(resources)).toEqual(['Allow kms:Decrypt on *']);
  });

  test('documents that name no principal are no resource policies', () => {
    const identity = doc({ Effect: 'Allow', Action: 'kms:Decrypt', Resource: '*' });
    expect(policyOf({ X: resource('AWS::New::Thing', { Permissions: identity }) })).toEqual([]);
  });

  test.each<[string, Json]>([
    ['in a bucket', { BodyS3Location: { Bucket: 'b', Key: 'k' } }],
    ['in a snippet', { Body: { 'Fn::Transform': { Name: 'AWS::Include' } } }],
  ])('the definition of an API %s is a gap', (_, properties) => {
    const gaps = (given: Json) => model({ X: resource('AWS::ApiGateway::RestApi', given) }).gaps ?? [];
    expect(gaps(properties).map((g) => g.reason)).toEqual([expect.stringContaining('its definition')]);
    expect(gaps({ Body: { openapi: '3.0.1', paths: {} } })).toEqual([]);
  });

  test('several of one resource are one document', () => {
    const policy = (action: string): Json =>
      resource('AWS::SNS::TopicPolicy', { Topics: [ref('X')], PolicyDocument: doc(statement(action)) });
    expect(
      policyOf({ X: resource('AWS::SNS::Topic'), P: policy('sns:Publish'), Q: policy('sns:Subscribe') }),
    ).toHaveLength(2);
  });

  test('Lambda permissions are statements of the function', () => {
    const permission = (properties: Json): Json =>
      resource('AWS::Lambda::Permission', { FunctionName: att('X'), Action: 'lambda:InvokeFunction', ...properties });
    const resources = {
      X: resource('AWS::Lambda::Function'),
      P: permission({
        Principal: 'apigateway.amazonaws.com',
        SourceArn: 'arn:aws:execute-api:x',
        SourceAccount: ACCOUNT,
      }),
      Q: permission({ Principal: ACCOUNT, FunctionName: ref('X') }),
    };
    const policy = resourceOf(model(resources), 'X').policy;
    expect(policy?.statements.map((s) => s.principal?.entries.map((e) => `${e.type} ${show(e.value)}`))).toEqual([
      ['Service apigateway.amazonaws.com'],
      [`AWS ${ACCOUNT}`],
    ]);
    expect(policy?.statements.map(sentence)[0]).toContain(
      `if StringEquals aws:SourceAccount ${ACCOUNT} and ArnLike aws:SourceArn arn:aws:execute-api:x`,
    );
  });

  test('one that cannot be read is a gap', () => {
    const m = model({ X: resource('AWS::KMS::Key', { KeyPolicy: doc({ Effect: 'Allow' }) }) });
    expect(m.gaps).toEqual([{ path: 'S/X', reason: expect.stringContaining('no `Action`') }]);
    expect(model({ X: resource('AWS::KMS::Key', { KeyPolicy: doc(statement('kms:*')) }) }).gaps).toEqual([]);
  });
});

describe('gaps: what the templates do not show', () => {
  test.each<[string, Json, Json | undefined, string]>([
    ['a macro', {}, { Transform: 'AWS::Serverless-2016-10-31' }, 'the macro `AWS::Serverless-2016-10-31`'],
    ['one macro of several', {}, { Transform: ['AWS::LanguageExtensions', 'Mine'] }, 'the macro `Mine`'],
    [
      'a nested template elsewhere',
      { N: resource('AWS::CloudFormation::Stack', { TemplateURL: 'https://x' }) },
      undefined,
      'nested stack',
    ],
    ['a stack set', { N: resource('AWS::CloudFormation::StackSet') }, undefined, 'other accounts'],
    ['a module', { N: resource('My::Own::Thing::MODULE') }, undefined, 'module'],
    ['an included snippet', { 'Fn::Transform': { Name: 'AWS::Include' } }, undefined, 'macro includes parts'],
    [
      'a snippet beside the properties of a role',
      { A: resource('AWS::IAM::Role', { RoleName: 'a', 'Fn::Transform': { Name: 'AWS::Include' } }) },
      undefined,
      'macro includes parts',
    ],
    [
      'a snippet deep in a property',
      { T: resource('AWS::Budgets::Budget', { Budget: { 'Fn::Transform': { Name: 'M' }, BudgetType: 'COST' } }) },
      undefined,
      'macro includes parts',
    ],
    ['a snippet of outputs', {}, { Outputs: { 'Fn::Transform': { Name: 'AWS::Include' } } }, 'macro includes parts'],
    [
      'a loop over a parameter',
      { 'Fn::ForEach::L': ['X', ref('P'), { 'R${X}': resource('AWS::SNS::Topic') }] },
      undefined,
      'collection of the loop',
    ],
    [
      'a mark that nobody wrote',
      { N: resource('AWS::SNS::Topic', {}, { Metadata: { bulkhead: { duty: 'sweep' } } }) },
      undefined,
      '`Metadata.bulkhead.duty` is `sweep`',
    ],
  ])('%s', (_, resources, sections, reason) => {
    expect(model(resources, sections).gaps?.map((g) => g.reason)).toEqual([expect.stringContaining(reason)]);
  });

  test('a snippet as the whole value of a property is a value that nobody knows, and no gap', () => {
    const name = { 'Fn::Transform': { Name: 'M', Parameters: {} } };
    expect(model({ T: resource('AWS::SNS::Topic', { DisplayName: name }) }).gaps).toEqual([]);
  });

  test.each<[string, string, unknown, readonly unknown[]]>([
    [
      'one that changes who may do what',
      'Create',
      { service: 'IAM', action: 'attachRolePolicy', parameters: { RoleName: 'x' } },
      [expect.stringContaining('it calls `iam:AttachRolePolicy`')],
    ],
    [
      'by the name of its command',
      'Update',
      { service: '@aws-sdk/client-kms', action: 'PutKeyPolicyCommand' },
      [expect.stringContaining('`kms:PutKeyPolicy`')],
    ],
    [
      'one that changes an API',
      'Update',
      { service: '@aws-sdk/client-api-gateway', action: 'PutIntegrationCommand' },
      [expect.stringContaining('it calls `apigateway:PutIntegration`')],
    ],
    [
      'one that changes an HTTP API',
      'Update',
      { service: 'ApiGatewayV2', action: 'updateIntegration' },
      [expect.stringContaining('it calls `apigateway:UpdateIntegration`')],
    ],
    ['one that reads an API', 'Create', { service: 'APIGateway', action: 'getRestApi' }, []],
    [
      'one that gives a function other code',
      'Create',
      { service: 'Lambda', action: 'updateFunctionCode' },
      [expect.stringContaining('it calls `lambda:UpdateFunctionCode`')],
    ],
    ['one that invokes a function', 'Create', { service: 'Lambda', action: 'invoke' }, []],
    [
      'of which nothing is known',
      'Create',
      sub('{"service":"IAM","action":"${P}"}'),
      [expect.stringContaining('is not known before deployment')],
    ],
    [
      'one that makes somebody a member',
      'Create',
      { service: 'iam', action: 'addUserToGroup' },
      [expect.stringContaining('`iam:AddUserToGroup`')],
    ],
    [
      'one that deploys',
      'Create',
      { service: '@aws-sdk/client-cloudcontrol', action: 'CreateResourceCommand' },
      [expect.stringContaining('`cloudformation:CreateResource`')],
    ],
    [
      'one of a service that nobody knows',
      'Delete',
      { service: 'nosuch', action: 'doIt' },
      [expect.stringContaining('`nosuch:DoIt`')],
    ],
    ['one that deploys nothing', 'Create', { service: 'iam', action: 'createServiceLinkedRole' }, []],
    ['one that writes data', 'Create', { service: 'S3', action: 'putObject' }, []],
    ['one as a parameter', 'Create', ref('P'), [expect.stringContaining('is not known before deployment')]],
    ['one that reads', 'Create', { service: 'SSM', action: 'getParameter', parameters: { Name: 'x' } }, []],
    ['text that is no call', 'Create', 'never', []],
  ])('a call of a custom resource: %s', (_, event, call, expected) => {
    const written =
      typeof call === 'string' || /^(Fn::Sub|Ref)$/.test(Object.keys(call as Json).join())
        ? call
        : JSON.stringify(call);
    expect(
      model({ X: resource('Custom::AWS', { [event]: written }) }, { Parameters: { P: { Type: 'String' } } }).gaps?.map(
        (g) => g.reason,
      ),
    ).toEqual(expected);
  });

  test('language extensions are none: loops are unrolled', () => {
    const loop = {
      'Fn::ForEach::L': [
        'X',
        ['a', 'b'],
        { 'R${X}': resource('AWS::SNS::Topic', { TopicName: sub('t-${X}'), Tags: [ref('X')] }) },
      ],
    };
    const m = model(loop, { Transform: 'AWS::LanguageExtensions' });
    expect(m.gaps).toEqual([]);
    expect(m.resources.map((r) => show(r.arn!))).toEqual(
      ['a', 'b'].map((x) => `arn:aws:sns:eu-west-1:${ACCOUNT}:t-${x}`),
    );
  });

  test('loops in loops are bounded', () => {
    const many = Array.from({ length: 100 }, (_, i) => `v${i}`);
    const loop = (depth: number): Json =>
      depth === 0 ? {} : { [`Fn::ForEach::L${depth}`]: [`X${depth}`, many, loop(depth - 1)] };
    expect(
      model(loop(6))
        .gaps?.map((g) => g.reason)
        .join(),
    ).toContain('loops make more than');
  });
});

test('a private custom domain is called under an ARN of its own, and its policy speaks of that', () => {
  const policy = doc({ Effect: 'Allow', Principal: '*', Action: 'execute-api:Invoke', Resource: 'execute-api:/*' });
  for (const written of [policy, JSON.stringify(policy)]) {
    const { openTo, arn } = resourceOf(
      model({ N: resource('AWS::ApiGateway::DomainNameV2', { DomainName: 'api.internal', Policy: written }) }),
      'N',
    );
    const id = 'the id of N in stack S';
    expect(show(arn!)).toBe(`arn:aws:apigateway:eu-west-1:${ACCOUNT}:/domainnames/api.internal+\${${id}}`);
    expect(openTo?.statements.flatMap((s) => s.resource!.patterns.map(show))).toEqual([
      `arn:aws:execute-api:eu-west-1:${ACCOUNT}:/domainnames/api.internal+\${${id}}`,
    ]);
  }
});
