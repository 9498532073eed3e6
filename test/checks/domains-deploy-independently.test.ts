/** DOM-12: each domain is deployed without another. */
import { awsCatalogue } from '../../lib/catalog/catalogue';
import { CheckContext } from '../../lib/checks/check';
import { domainsDeployIndependently } from '../../lib/checks/domains-deploy-independently';
import type { RenderedTemplate } from '../../lib/model/rendered-template';
import { att, configured, type Json, ref, stack } from '../model/notation';

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
