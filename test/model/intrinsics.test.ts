import { SHAPED_TYPES } from '../../lib/model/arn-shapes';
import { buildModel } from '../../lib/model/build-model';
import { createResolver } from '../../lib/model/intrinsics';
import { isResolvedList, NO_VALUE } from '../../lib/model/resolved';
import { buildApp, type Stack } from '../../lib/model/stack';
import { textKey } from '../../lib/model/text-key';
import type { Hole } from '../../lib/policy/text';
import {
  ACCOUNT,
  agnostic,
  att,
  join,
  model,
  principalOf,
  ref,
  resource,
  role,
  shown,
  stack,
  sub,
  textOf,
  when,
} from './notation';

const PSEUDO = 'arn:${AWS::Partition}:iam::${AWS::AccountId}:role';

describe('one ARN, however it is written', () => {
  const spellings = (name: unknown) => [
    att('Read'),
    { 'Fn::GetAtt': 'Read.Arn' },
    sub('${Read.Arn}'),
    sub('${X}', { X: att('Read') }),
    sub(`${PSEUDO}/\${Read}`),
    sub(`${PSEUDO}/\${Name}`, { Name: name }),
    join('arn:', ref('AWS::Partition'), ':iam::', ref('AWS::AccountId'), ':role/', ref('Read')),
    { 'Fn::Join': [':', ['arn', ref('AWS::Partition'), 'iam', '', ref('AWS::AccountId'), join('role/', ref('Read'))]] },
    { 'Fn::Select': [0, [att('Read'), 'other']] },
    { 'Fn::Join': [':', { 'Fn::Split': [':', att('Read')] }] },
  ];

  test.each([
    ['a fixed name, a known environment', stack, { RoleName: 'orders-read' }, 'orders-read'],
    ['a fixed name, an open environment', agnostic, { RoleName: 'orders-read' }, 'orders-read'],
    ['a generated name, a known environment', stack, {}, ref('Read')],
    ['a generated name, an open environment', agnostic, {}, ref('Read')],
    [
      'a name joined from a pseudo-parameter',
      agnostic,
      { RoleName: sub('read-${AWS::Region}') },
      sub('read-${AWS::Region}'),
    ],
  ])('%s', (_, make, properties, name) => {
    const template = make({ Read: role([], properties) });
    const keys = spellings(name).map((s) => textKey(textOf(s, template)!));
    expect(new Set(keys).size).toBe(1);
    expect(textKey(textOf(att('Other'), make({ Read: role(), Other: role() }))!)).not.toBe(keys[0]);
  });

  test('a path stands in the ARN', () => {
    expect(shown(att('Read'), stack({ Read: role([], { Path: '/teams/', RoleName: 'read' }) }))).toBe(
      `arn:aws:iam::${ACCOUNT}:role/teams/read`,
    );
  });

  test.each([
    ['AWS::KMS::Key', {}, sub('arn:${AWS::Partition}:kms:${AWS::Region}:${AWS::AccountId}:key/${X}')],
    ['AWS::S3::Bucket', { BucketName: 'b' }, 'arn:aws:s3:::b'],
    ['AWS::DynamoDB::Table', {}, sub('arn:aws:dynamodb:${AWS::Region}:${AWS::AccountId}:table/${X}')],
    [
      'AWS::Lambda::Function',
      { FunctionName: 'f' },
      sub('arn:aws:lambda:${AWS::Region}:${AWS::AccountId}:function:${X}'),
    ],
    [
      'AWS::SQS::Queue',
      {},
      join('arn:aws:sqs:', ref('AWS::Region'), ':', ref('AWS::AccountId'), ':', att('X', 'QueueName')),
    ],
    ['AWS::StepFunctions::StateMachine', {}, ref('X')],
    ['AWS::Cognito::UserPool', {}, sub('arn:aws:cognito-idp:${AWS::Region}:${AWS::AccountId}:userpool/${X}')],
    ['AWS::Events::Rule', { Name: 'r' }, sub('arn:aws:events:${AWS::Region}:${AWS::AccountId}:rule/r')],
    ['AWS::CodeBuild::Project', {}, sub('arn:aws:codebuild:${AWS::Region}:${AWS::AccountId}:project/${X}')],
    ['AWS::ECR::Repository', {}, sub('arn:aws:ecr:${AWS::Region}:${AWS::AccountId}:repository/${X}')],
  ])('%s', (type, properties, spelling) => {
    const template = stack({ X: resource(type, properties) });
    expect(textKey(textOf(spelling, template)!)).toBe(textKey(textOf(att('X'), template)!));
  });

  test.each([
    ['AWS::SNS::Topic', ref('X'), att('X', 'TopicArn')],
    ['AWS::SecretsManager::Secret', ref('X'), att('X', 'Id')],
    ['AWS::IAM::ManagedPolicy', ref('X'), att('X', 'PolicyArn')],
    ['AWS::ElasticLoadBalancingV2::LoadBalancer', ref('X'), att('X', 'LoadBalancerArn')],
  ])('%s: Ref is the ARN', (type, a, b) => {
    const template = stack({ X: resource(type) });
    expect(shown(a, template)).toMatch(/^arn:aws:/);
    expect(textKey(textOf(a, template)!)).toBe(textKey(textOf(b, template)!));
  });

  test('every type of the table resolves, with and without properties', () => {
    for (const type of SHAPED_TYPES) {
      const m = buildModel([stack({ X: resource(type) })]);
      const [first] = [...m.resources, ...m.principals];
      expect(first?.origin.type).toBe(type);
      expect(shown(ref('X'), stack({ X: resource(type) }))).not.toMatch(/\{~|\{\$/);
    }
    expect(SHAPED_TYPES.length).toBeGreaterThan(90);
  });
});

describe('identity of holes', () => {
  const hole = (expression: unknown, resources: Parameters<typeof stack>[0], sections?: Parameters<typeof model>[1]) =>
    textOf(expression, stack(resources, { sections }))?.parts.find((p): p is Hole => typeof p !== 'string');

  test('generated names of one type differ', () => {
    const a = hole(ref('A'), { A: role(), B: role() });
    const b = hole(ref('B'), { A: role(), B: role() });
    expect(a?.identity).toBe(b?.identity);
    expect(a?.hole).not.toBe(b?.hole);
    expect(a?.type).toBe('segment');
  });

  test('names of two types may coincide', () => {
    const resources = { A: role(), B: resource('AWS::S3::Bucket') };
    expect(hole(ref('A'), resources)?.identity).not.toBe(hole(ref('B'), resources)?.identity);
  });

  test('an attribute that the table does not know may be anything, and equal anything', () => {
    expect(hole(att('X', 'Output'), { X: resource('Custom::Thing') })).toMatchObject({ type: 'any' });
    expect(hole(att('X', 'Output'), { X: resource('Custom::Thing') })?.identity).toBeUndefined();
  });
});

describe('parameters', () => {
  const parameter = (declaration: object) => ({ Parameters: { P: declaration } });
  const holeOf = (declaration: object) =>
    textOf(ref('P'), stack({}, { sections: parameter(declaration) }))?.parts[0] as Hole;

  test('a default does not bind', () => {
    expect(holeOf({ Type: 'String', Default: 'x' })).toMatchObject({ type: 'any' });
    expect(holeOf({ Type: 'String', Default: 'x' }).values).toBeUndefined();
  });

  test('allowed values do', () => {
    expect(holeOf({ Type: 'String', AllowedValues: ['a', 'b'] }).values).toEqual(['a', 'b']);
    expect(holeOf({ Type: 'String', AllowedValues: [1, 2] }).values).toEqual(['1', '2']);
  });

  test('AWS-specific types are ids; a value from SSM may be anything', () => {
    expect(holeOf({ Type: 'AWS::EC2::VPC::Id' }).type).toBe('segment');
    expect(holeOf({ Type: 'AWS::SSM::Parameter::Value<String>' }).type).toBe('any');
    expect(holeOf({ Type: 'CommaDelimitedList' }).type).toBe('any');
  });
});

describe('pseudo-parameters', () => {
  test.each([
    ['eu-west-1', 'aws', 'amazonaws.com'],
    ['cn-north-1', 'aws-cn', 'amazonaws.com.cn'],
    ['us-gov-west-1', 'aws-us-gov', 'amazonaws.com'],
    ['us-iso-east-1', 'aws-iso', 'c2s.ic.gov'],
  ])('%s', (region, partition, suffix) => {
    expect(shown(ref('AWS::Partition'), stack({}, { region }))).toBe(partition);
    expect(shown(ref('AWS::URLSuffix'), stack({}, { region }))).toBe(suffix);
    expect(shown(ref('AWS::Region'), stack({}, { region }))).toBe(region);
  });

  test('stacks without an environment share its holes, and the model says so', () => {
    const templates = [agnostic({ A: role() }, { stackName: 'One' }), agnostic({ B: role() }, { stackName: 'Two' })];
    const m = buildModel(templates);
    const [a, b] = m.principals;
    expect(textKey(a!.account)).toBe(textKey(b!.account));
    expect(m.assumptions.map((x) => x.id)).toContain('one-environment');
    expect(buildModel([stack({ A: role() })]).assumptions).toEqual([]);
  });

  test('the stack name is known in an assembly, unknown in a file', () => {
    expect(shown(ref('AWS::StackName'), stack({}))).toBe('S');
    expect(shown(ref('AWS::StackName'), stack({}, { unnamed: true }))).toBe('${the name of stack S}');
  });

  test('AWS::NoValue takes its place away', () => {
    const app = buildApp([stack({})]);
    const value = createResolver(app).resolve(app.stacks[0] as Stack, [ref('AWS::NoValue'), 'x']);
    expect(value).toEqual(['x']);
    expect(createResolver(app).resolve(app.stacks[0] as Stack, ref('AWS::NoValue'))).toBe(NO_VALUE);
  });
});

describe('functions', () => {
  const sections = {
    Parameters: {
      P: { Type: 'String' },
      Env: { Type: 'String', AllowedValues: ['dev', 'prod'] },
      Any: { Type: 'String' },
    },
    Mappings: { M: { dev: { name: 'd' }, prod: { name: 'p' } } },
    Conditions: { Prod: { 'Fn::Equals': [ref('Env'), 'prod'] } },
  };
  const value = (expression: unknown) => shown(expression, stack({}, { sections }));
  const values = (expression: unknown) =>
    (textOf(expression, stack({}, { sections }))?.parts[0] as Hole | undefined)?.values;

  test.each([
    ['Sub, a literal in it', sub('a-${!aws:username}'), 'a-${aws:username}'],
    ['Sub, a hole in it', sub('x-${P}'), 'x-${parameter P of stack S}'],
    ['Sub, spaces', sub('${ AWS::Region }'), 'eu-west-1'],
    ['Join', { 'Fn::Join': ['/', ['a', 'b', 'c']] }, 'a/b/c'],
    ['Select', { 'Fn::Select': ['1', ['a', 'b']] }, 'b'],
    ['Select of Split', { 'Fn::Select': [1, { 'Fn::Split': ['/', 'a/b'] }] }, 'b'],
    ['FindInMap', { 'Fn::FindInMap': ['M', 'dev', 'name'] }, 'd'],
    ['FindInMap, default', { 'Fn::FindInMap': ['M', 'x', 'name', { DefaultValue: 'z' }] }, 'z'],
    ['Base64', { 'Fn::Base64': 'x' }, 'eA=='],
    ['a dynamic reference', 'x{{resolve:ssm:/a/b}}y', 'x${{{resolve:ssm:/a/b}}}y'],
    ['If, one value either way', when('Prod', 'x', 'x'), 'x'],
    ['a number', 5, '5'],
  ])('%s', (_, expression, expected) => {
    expect(value(expression)).toBe(expected);
  });

  test.each([
    ['If of literals', when('Prod', 'x', 'y'), ['x', 'y']],
    ['If in If', when('Prod', 'x', when('Other', 'y', 'z')), ['x', 'y', 'z']],
    ['FindInMap by a parameter', { 'Fn::FindInMap': ['M', ref('Env'), 'name'] }, ['d', 'p']],
  ])('%s is one of its values', (_, expression, expected) => {
    expect(values(expression)).toEqual(expected);
  });

  test.each([
    ['Split of what may hold the delimiter', { 'Fn::Select': [0, { 'Fn::Split': ['-', ref('Any')] }] }],
    ['GetAZs', { 'Fn::Select': [0, { 'Fn::GetAZs': '' }] }],
    ['Cidr', { 'Fn::Select': [0, { 'Fn::Cidr': ['10.0.0.0/8', 2, 8] }] }],
    ['Transform', { 'Fn::Transform': { Name: 'M', Parameters: {} } }],
    ['ImportValue from outside', { 'Fn::ImportValue': 'nobody' }],
    ['GetStackOutput from outside', { 'Fn::GetStackOutput': { StackName: 'nobody', OutputName: 'x' } }],
    ['Ref to nothing', ref('Nothing')],
    ['a function of tomorrow', { 'Fn::Tomorrow': 1 }],
    ['malformed arguments', { 'Fn::Join': 'x' }],
    ['Select past the end', { 'Fn::Select': [7, ['a']] }],
  ])('%s may be anything', (_, expression) => {
    const t = textOf(expression, stack({}, { sections }));
    expect(t?.parts).toHaveLength(1);
    expect(t?.parts[0]).toMatchObject({ type: 'any' });
  });

  test('Split gives a list', () => {
    const app = buildApp([stack({})]);
    const list = createResolver(app).resolve(app.stacks[0] as Stack, { 'Fn::Split': [',', 'a,b'] });
    expect(isResolvedList(list) && list).toEqual(['a', 'b']);
  });
});

describe('values from other stacks', () => {
  const producer = stack(
    { Read: role([], { RoleName: 'r' }), Key: resource('AWS::KMS::Key') },
    {
      stackName: 'Producer',
      sections: { Outputs: { Arn: { Value: att('Key'), Export: { Name: sub('${AWS::StackName}:Key') } } } },
    },
  );
  const own = textKey(textOf(att('Key'), producer)!);

  test('an import is the exported value', () => {
    const importer = stack({}, { stackName: 'Importer' });
    expect(textKey(textOf({ 'Fn::ImportValue': 'Producer:Key' }, importer, producer)!)).toBe(own);
  });

  test('an import from another account is not', () => {
    const importer = stack({}, { stackName: 'Importer', account: '444455556666' });
    expect(shown({ 'Fn::ImportValue': 'Producer:Key' }, importer, producer)).toContain('Fn::ImportValue');
  });

  test('a weak reference is the output of the stack that it names', () => {
    const weak = { 'Fn::GetStackOutput': { StackName: 'Producer', OutputName: 'Arn' } };
    expect(textKey(textOf(weak, stack({}, { stackName: 'Importer' }), producer)!)).toBe(own);
  });

  test('a weak reference across accounts and regions, with a role', () => {
    const weak = {
      'Fn::GetStackOutput': {
        StackName: 'Producer',
        OutputName: 'Arn',
        Region: 'eu-west-1',
        RoleArn: `arn:aws:iam::${ACCOUNT}:role/publish`,
      },
    };
    const elsewhere = stack(
      {},
      { stackName: 'Producer', region: 'us-east-1', sections: { Outputs: { Arn: { Value: 'other' } } } },
    );
    const importer = stack({}, { stackName: 'Importer', account: '444455556666' });
    expect(shown(weak, importer, elsewhere, producer)).toMatch(
      /^arn:aws:kms:eu-west-1:111122223333:key\/\$\{the id of Key/,
    );
  });

  test('an export whose name is imported is no export, and no endless loop', () => {
    const sections = { Outputs: { X: { Value: 'v', Export: { Name: { 'Fn::ImportValue': 'x' } } } } };
    expect(shown({ 'Fn::ImportValue': 'x' }, stack({}, { sections }))).toContain('Fn::ImportValue x');
  });

  test('nested stacks: parameters down, outputs up', () => {
    const parent = stack({
      Key: resource('AWS::KMS::Key'),
      Nested: resource('AWS::CloudFormation::Stack', { Parameters: { KeyArn: att('Key'), List: 'a,b' } }),
    });
    const nested = stack(
      {},
      {
        stackName: 'S-Nested',
        nestedIn: { stackName: 'S', logicalId: 'Nested' },
        sections: {
          Parameters: {
            KeyArn: { Type: 'String' },
            List: { Type: 'CommaDelimitedList' },
            Defaulted: { Type: 'String', Default: 'd' },
          },
          Outputs: { Back: { Value: ref('KeyArn') } },
        },
      },
    );
    const key = textKey(textOf(att('Key'), parent, nested)!);
    expect(textKey(textOf(ref('KeyArn'), nested, parent)!)).toBe(key);
    expect(textKey(textOf(att('Nested', 'Outputs.Back'), parent, nested)!)).toBe(key);
    expect(shown({ 'Fn::Select': [1, ref('List')] }, nested, parent)).toBe('b');
    // What a parent does not pass has its default: the parent's template is all there is.
    expect(shown(ref('Defaulted'), nested, parent)).toBe('d');
  });

  test('references across regions, by writer and reader', () => {
    const writer = stack(
      {
        Key: resource('AWS::KMS::Key'),
        Writer: resource('Custom::CrossRegionExportWriter', {
          WriterProps: { region: 'us-east-1', exports: { '/cdk/exports/Key': att('Key') } },
        }),
      },
      { stackName: 'W' },
    );
    const reader = stack(
      { Reader: resource('Custom::CrossRegionExportReader') },
      { stackName: 'R', region: 'us-east-1' },
    );
    expect(textKey(textOf(att('Reader', '/cdk/exports/Key'), reader, writer)!)).toBe(
      textKey(textOf(att('Key'), writer)!),
    );
    const other = stack(
      { Reader: resource('Custom::CrossRegionExportReader') },
      { stackName: 'R', region: 'us-west-2' },
    );
    expect(textKey(textOf(att('Reader', '/cdk/exports/Key'), other, writer)!)).not.toBe(
      textKey(textOf(att('Key'), writer)!),
    );
  });
});

describe('bounded work', () => {
  test('names that double with every resource end in a hole', () => {
    const resources: Record<string, unknown> = { R0: resource('AWS::S3::Bucket', { BucketName: 'x'.repeat(40) }) };
    for (let i = 1; i < 200; i++)
      resources[`R${i}`] = resource('AWS::S3::Bucket', { BucketName: join(ref(`R${i - 1}`), ref(`R${i - 1}`)) });
    const m = model(resources);
    expect(m.resources).toHaveLength(200);
  });

  test('a chain of references longer than any template is one error', () => {
    const resources: Record<string, unknown> = { R0: resource('AWS::S3::Bucket', { BucketName: 'x' }) };
    for (let i = 1; i < 2000; i++) resources[`R${i}`] = resource('AWS::S3::Bucket', { BucketName: ref(`R${i - 1}`) });
    // In order every link is known when the next is read; asked from the end, the chain is too long.
    expect(() => shown(ref('R1999'), stack(resources))).toThrow(/references pass through more than 300 resources/);
    expect(model(resources).resources).toHaveLength(2000);
  });

  test.each([
    [
      'two names',
      {
        A: resource('AWS::S3::Bucket', { BucketName: ref('B') }),
        B: resource('AWS::S3::Bucket', { BucketName: ref('A') }),
      },
    ],
    ['a name of itself', { A: role([], { RoleName: sub('x-${A}') }) }],
    [
      'a dependency',
      { A: resource('AWS::SNS::Topic', {}, { DependsOn: 'B' }), B: resource('AWS::SNS::Topic', { Tags: [att('A')] }) },
    ],
  ])('a cycle is one error: %s', (_, resources) => {
    expect(() => model(resources)).toThrow(
      /^stack `S`: cyclic references `A` → .*`A`, expected an order in which they can be created$/,
    );
  });

  test('what looks like a cycle but for a branch is none', () => {
    const resources = {
      A: resource('AWS::SNS::Topic', { DisplayName: when('C', ref('B')) }),
      B: resource('AWS::SQS::Queue', { Tags: [ref('A')] }),
    };
    const m = model(resources, {
      Parameters: { P: { Type: 'String' } },
      Conditions: { C: { 'Fn::Equals': [ref('P'), 'x'] } },
    });
    expect(m.resources).toHaveLength(2);
  });

  test('a condition that refers to itself is one error', () => {
    const sections = { Conditions: { C: { 'Fn::Not': [{ Condition: 'C' }] } } };
    expect(() => model({ A: role([], { RoleName: when('C', 'x', 'y') }) }, sections)).toThrow(
      /cyclic references `condition C`/,
    );
  });

  test('principals keep their resolved names', () => {
    expect(principalOf(model({ A: role([], { RoleName: 'x' }) }), 'A').arn.parts).toEqual([
      `arn:aws:iam::${ACCOUNT}:role/x`,
    ]);
  });
});
