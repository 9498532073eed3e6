/** DOM-12: each domain is deployed without another. */
import { awsCatalogue } from '../../lib/catalog/catalogue';
import { CheckContext } from '../../lib/checks/check';
import { domainsDeployIndependently } from '../../lib/checks/domains-deploy-independently';
import type { RenderedTemplate } from '../../lib/model/rendered-template';
import { allow, att, configured, doc, type Json, ref, stack } from '../model/notation';

const of = (templates: readonly RenderedTemplate[], configuration: Json = {}) =>
  domainsDeployIndependently.run(configured(templates, configuration), new CheckContext(awsCatalogue()));
const messages = (templates: readonly RenderedTemplate[], configuration?: Json) =>
  of(templates, configuration).map(({ message }) => message);

const owned = (domain: string, Type: string, Properties: Json = {}) => ({
  Type,
  Properties,
  Metadata: { bulkhead: { domain, part: 'part' } },
});
const api = (domain: string) => ({ Api: owned(domain, 'AWS::ApiGateway::RestApi') });
const domain = (name: string, more: Json = {}, options: Partial<RenderedTemplate> & { sections?: Json } = {}) =>
  stack({ ...api(name), ...more }, { stackName: name, path: name, ...options });

const BOUND = 'the domain `b` cannot be deployed without `a`, which in turn cannot change what `b` needs';
const exporting = { sections: { Outputs: { Key: { Value: att('Key'), Export: { Name: 'a:Key' } } } } };
const a = domain('a', { Key: owned('a', 'AWS::KMS::Key') }, exporting);
const importing = (Name: unknown) => ({
  Fn: owned('b', 'AWS::Lambda::Function', { KmsKeyArn: { 'Fn::ImportValue': Name } }),
});

test('an import of another domain’s export binds; its own, and a fixed name, do not', () => {
  expect(of([a, domain('b', importing('a:Key'))])).toEqual([
    expect.objectContaining({
      id: 'DOM-12',
      severity: 'violated',
      message: BOUND,
      constructPaths: ['b/Fn'],
      explanation: ['`b/Fn` imports `a:Key`.'],
    }),
  ]);
  expect(messages([a, domain('b', importing('elsewhere:Key'))])).toEqual([]);
  const fixed = {
    Fn: owned('b', 'AWS::Lambda::Function', { KmsKeyArn: 'arn:aws:kms:eu-west-1:111122223333:alias/a' }),
  };
  expect(messages([a, domain('b', fixed)])).toEqual([]);
  const second = stack(
    { Fn: owned('a', 'AWS::Lambda::Function', { KmsKeyArn: { 'Fn::ImportValue': 'a:Key' } }) },
    { stackName: 'a2' },
  );
  expect(messages([a, second])).toEqual([]);
});

test('an order of stacks of two domains binds, once with whatever else binds them', () => {
  const waiting = (more: Json = {}) => domain('b', more, { dependsOn: ['a'] });
  expect(of([a, waiting()])).toMatchObject([{ message: BOUND, explanation: ['`b` is deployed after `a`.'] }]);
  expect(of([a, waiting(importing('a:Key'))])).toMatchObject([
    { message: BOUND, explanation: ['`b/Fn` imports `a:Key`.', '`b` is deployed after `a`.'] },
  ]);
});

test('what no domain owns may be needed by all', () => {
  const network = stack({ Vpc: { Type: 'AWS::EC2::VPC', Properties: {} } }, { stackName: 'Network', path: 'Network' });
  expect(messages([network, domain('b', {}, { dependsOn: ['Network'] }), a])).toEqual([]);
});

test('a declared crossing may bind its two domains, and no others', () => {
  const crossing = {
    from: 'b',
    to: 'a',
    actions: ['kms:Decrypt'],
    resources: ['arn:aws:kms:*:*:key/*'],
    justification: 'orders are billed',
    approvedBy: 'security',
    expires: '2027-01-31',
  };
  const templates = [a, domain('b', importing('a:Key')), domain('c', {}, { dependsOn: ['a'] })];
  expect(messages(templates, { crossings: [crossing] })).toEqual([BOUND.replaceAll('`b`', '`c`')]);
  expect(messages(templates)).toHaveLength(2);
});

describe('a declared crossing binds its two domains by what it needs, and by nothing else', () => {
  const KEY = 'arn:aws:kms:*:*:key/*';
  const crossing = (actions: string[], resources: string[]) => ({
    crossings: [
      {
        from: 'b',
        to: 'a',
        actions,
        resources,
        justification: 'billing',
        approvedBy: 'security',
        expires: '2027-01-31',
      },
    ],
  });
  const decrypting = crossing(['kms:Decrypt'], [KEY]);
  const outputs = (domainName: string, id: string, value: unknown) => ({
    sections: { Outputs: { Out: { Value: value, Export: { Name: `${domainName}:${id}` } } } },
  });
  const worker = (Action: string, Resource: unknown) => ({
    Worker: owned('b', 'AWS::IAM::Role', {
      RoleName: 'worker',
      AssumeRolePolicyDocument: doc({
        Effect: 'Allow',
        Principal: { Service: 'lambda.amazonaws.com' },
        Action: 'sts:AssumeRole',
      }),
      Policies: [{ PolicyName: 'Own', PolicyDocument: doc(allow(Action, Resource)) }],
    }),
  });
  const policy = (AWS: unknown) => ({
    Key: owned('a', 'AWS::KMS::Key', {
      KeyPolicy: doc({ Effect: 'Allow', Principal: { AWS }, Action: 'kms:Decrypt', Resource: '*' }),
    }),
  });

  test('a resource that is called, and no other', () => {
    const b = domain('b', importing('a:Key'));
    expect(messages([a, b], decrypting)).toEqual([]);
    expect(messages([a, b], crossing(['sqs:SendMessage'], ['arn:aws:sqs:*:*:orders']))).toEqual([BOUND]);
    const table = domain('a', { Table: owned('a', 'AWS::DynamoDB::Table') }, outputs('a', 'Key', att('Table')));
    expect(of([table, b], decrypting)).toMatchObject([{ message: BOUND, explanation: ['`b/Fn` imports `a:Key`.'] }]);
  });

  test('a value that is made of that and of more', () => {
    const joined = { 'Fn::Join': ['/', [att('Key'), ref('Table')]] };
    const both = domain(
      'a',
      { Key: owned('a', 'AWS::KMS::Key'), Table: owned('a', 'AWS::DynamoDB::Table') },
      outputs('a', 'Key', joined),
    );
    expect(messages([both, domain('b', importing('a:Key'))], decrypting)).toEqual([BOUND]);
  });

  test('the principal that calls, and no other', () => {
    const BOUND_TOO = 'the domain `a` cannot be deployed without `b`, which in turn cannot change what `a` needs';
    const called = domain('a', policy({ 'Fn::ImportValue': 'b:Worker' }));
    const calling = (Action: string) => domain('b', worker(Action, KEY), outputs('b', 'Worker', att('Worker')));
    // The key's policy makes whom it names a caller.
    expect(messages([called, calling('kms:Decrypt')], decrypting)).toEqual([]);
    expect(
      messages([called, calling('kms:Decrypt')], crossing(['sqs:SendMessage'], ['arn:aws:sqs:*:*:orders'])),
    ).toEqual([BOUND_TOO]);
    const logging = {
      Fn: owned('a', 'AWS::Lambda::Function', { Environment: { Variables: { X: { 'Fn::ImportValue': 'b:Worker' } } } }),
    };
    expect(messages([domain('a', logging), calling('s3:GetObject')], decrypting)).toEqual([BOUND_TOO]);
    expect(messages([domain('a', logging), calling('kms:Decrypt')], decrypting)).toEqual([BOUND_TOO]);
  });

  test('the stage of the API that is called', () => {
    const stage = owned('a', 'AWS::ApiGateway::Stage', { RestApiId: ref('Api'), StageName: 'v1' });
    const exported = (value: unknown) => domain('a', { Stage: stage }, outputs('a', 'Key', value));
    const invoking = (route: string) => crossing(['execute-api:Invoke'], [`arn:aws:execute-api:*:*:*/v1/${route}`]);
    const b = domain('b', importing('a:Key'));
    expect(messages([exported({ 'Fn::Sub': '${Api}/${Stage}' }), b], invoking('GET/orders'))).toEqual([]);
    expect(messages([exported({ 'Fn::Sub': '${Api}/${Stage}' }), b], decrypting)).toEqual([BOUND]);
  });

  test('an order for the sake of such a value, strong or weak, and no other order', () => {
    const weak = { 'Fn::GetStackOutput': { StackName: 'a', OutputName: 'Key' } };
    const reading = { Fn: owned('b', 'AWS::Lambda::Function', { KmsKeyArn: weak }) };
    const after = { dependsOn: ['a'] };
    expect(messages([a, domain('b', importing('a:Key'), after)], decrypting)).toEqual([]);
    expect(messages([a, domain('b', reading, after)], decrypting)).toEqual([]);
    expect(of([a, domain('b', {}, after)], decrypting)).toMatchObject([
      { message: BOUND, explanation: ['`b` is deployed after `a`.'] },
    ]);
    // Without an order a weak reference binds nothing.
    expect(messages([a, domain('b', reading)])).toEqual([]);
  });
});

test('nested stacks: an output of one domain’s that is a parameter of another’s', () => {
  const nested = (name: string, resources: Json, sections: Json): RenderedTemplate =>
    stack(resources, { stackName: `P-${name}`, nestedIn: { stackName: 'P', logicalId: name }, sections });
  const templates = (KeyArn: unknown): RenderedTemplate[] => [
    stack(
      {
        A: { Type: 'AWS::CloudFormation::Stack', Properties: { TemplateURL: 'a.json' } },
        B: { Type: 'AWS::CloudFormation::Stack', Properties: { TemplateURL: 'b.json', Parameters: { KeyArn } } },
      },
      { stackName: 'P' },
    ),
    nested('A', { ...api('a'), Key: owned('a', 'AWS::KMS::Key') }, { Outputs: { Key: { Value: att('Key') } } }),
    nested(
      'B',
      { ...api('b'), Log: owned('b', 'AWS::Logs::LogGroup', { KmsKeyId: ref('KeyArn') }) },
      {
        Parameters: { KeyArn: { Type: 'String' } },
      },
    ),
  ];
  expect(of(templates(att('A', 'Outputs.Key')))).toMatchObject([
    { message: BOUND, constructPaths: ['P/B'], explanation: ['`P/B` takes `Outputs.Key` of `A`.'] },
  ]);
  expect(messages(templates('arn:aws:kms:eu-west-1:111122223333:alias/b'))).toEqual([]);
});

test('two domains with their APIs in one stack are one deployment', () => {
  const both = stack({ ApiA: api('a').Api, ApiB: api('b').Api, Second: api('b').Api }, { stackName: 'Both' });
  expect(of([both])).toMatchObject([
    {
      message: 'the stack `Both` holds APIs of `a` and `b`, which can only be deployed together',
      constructPaths: ['Both/ApiA', 'Both/ApiB', 'Both/Second'],
    },
  ]);
  expect(messages([domain('a'), domain('b')])).toEqual([]);
});
