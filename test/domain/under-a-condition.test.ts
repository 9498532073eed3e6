/**
 * What a condition of the template takes away is as good as gone: each property and each resource of a trust domain whose
 * removal is a finding is one as well where only some deployments lack it.
 * Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/intrinsic-function-reference-conditions.html
 */
import type { Stack } from 'aws-cdk-lib';
import { examine } from '../../lib/checks/run-checks';
import { buildModel } from '../../lib/model/build-model';
import { cognito, ENV } from './a-domain';
import { built } from './a-judged-domain';

interface Resource {
  readonly Type: string;
  readonly Properties?: Readonly<Record<string, unknown>>;
  readonly Condition?: string;
}
type Resources = Readonly<Record<string, Resource>>;

const { stack } = built(() => ({ authentication: cognito() }));
const template = rendered(stack);

interface Template {
  readonly Resources: Resources;
  readonly Parameters?: object;
  readonly Conditions?: object;
}

function rendered(of: Stack): Template {
  return of.resolve((of as unknown as { _toCloudFormation(): unknown })._toCloudFormation());
}

const SECTIONS = {
  Parameters: { ...template.Parameters, Zone: { Type: 'String' } },
  Conditions: {
    ...template.Conditions,
    There: { 'Fn::Equals': [{ Ref: 'Zone' }, 'here'] },
    Always: { 'Fn::Equals': ['a', 'a'] },
    Never: { 'Fn::Equals': ['a', 'b'] },
  },
};

function findings(resources: Resources): readonly string[] {
  const model = buildModel([
    {
      stackName: stack.stackName,
      account: ENV.account,
      region: ENV.region,
      template: { ...template, ...SECTIONS, Resources: resources },
    },
  ]);
  return examine(model).findings.map(({ id, severity, message }) => `${id} ${severity}: ${message}`);
}

const instead = (id: string, by: Partial<Resource>): Resources => ({
  ...template.Resources,
  [id]: { ...template.Resources[id]!, ...by },
});

/** Without these CloudFormation makes nothing, and nothing is left to judge. */
const REQUIRED = new Set([
  'AWS::ApiGateway::Method HttpMethod',
  'AWS::ApiGateway::Stage RestApiId',
  'AWS::IAM::Role AssumeRolePolicyDocument',
  'AWS::Logs::MetricFilter LogGroupName',
  'AWS::SNS::TopicPolicy PolicyDocument',
  'AWS::WAFv2::LoggingConfiguration ResourceArn',
  'AWS::WAFv2::WebACLAssociation ResourceArn',
  'AWS::WAFv2::WebACLAssociation WebACLArn',
]);

/** One alarm on a metric and one on a band: the others are written alike. */
const isJudged = ([id, { Type }]: readonly [string, Resource]): boolean =>
  Type === 'AWS::CloudWatch::Alarm' ? /servererrors|unusual/.test(id) : !/^AWS::(IAM|ApiGateway::Resource)/.test(Type);

test('the domain itself has no finding', () => expect(findings(template.Resources)).toEqual([]));

test('a property that is left out', () => {
  const judged = Object.entries(template.Resources)
    .filter(isJudged)
    .flatMap(([id, { Type, Properties = {} }]) =>
      Object.keys(Properties).flatMap((property) => {
        if (REQUIRED.has(`${Type} ${property}`)) return [];
        const { [property]: value, ...others } = Properties;
        if (findings(instead(id, { Properties: others })).length === 0) return [];
        const sometimes = { 'Fn::If': ['There', value, { Ref: 'AWS::NoValue' }] };
        const found = findings(instead(id, { Properties: { ...Properties, [property]: sometimes } }));
        return [{ of: `${Type} ${property}`, found: found.length > 0 }];
      }),
    );
  expect(judged.length).toBeGreaterThan(30);
  expect(judged.filter(({ found }) => !found)).toEqual([]);
});

test('a resource that is left out, of which no other needs to be there', () => {
  const text = JSON.stringify(Object.values(template.Resources));
  const alone = Object.entries(template.Resources).filter(
    ([id]) => !text.includes(`"Ref":"${id}"`) && !text.includes(`"Fn::GetAtt":["${id}"`),
  );
  const judged = alone.flatMap(([id, { Type }]) =>
    findings(instead(id, { Condition: 'Never' })).length === 0
      ? []
      : [{ of: Type, found: findings(instead(id, { Condition: 'There' })).length > 0 }],
  );
  expect(judged.map(({ of }) => of)).toEqual(
    expect.arrayContaining([
      'AWS::CloudWatch::AnomalyDetector',
      'AWS::CloudWatch::Dashboard',
      'AWS::Events::Rule',
      'AWS::Logs::MetricFilter',
      'AWS::WAFv2::LoggingConfiguration',
      'AWS::WAFv2::WebACLAssociation',
    ]),
  );
  expect(judged.filter(({ found, of }) => !found && of !== 'AWS::ApiGateway::Stage')).toEqual([]);
});

describe('a reference that another takes the place of', () => {
  const OTHER = 'arn:aws:other:eu-central-1:111122223333:thing/other';
  type Switch = (value: unknown) => unknown;

  test.each<[string, string, (value: unknown, by: Switch) => unknown]>([
    [
      'AWS::ApiGateway::Stage',
      'AccessLogSetting',
      (v, by) => ({ ...(v as object), DestinationArn: by((v as { DestinationArn: unknown }).DestinationArn) }),
    ],
    ['AWS::CloudWatch::Alarm', 'AlarmActions', (v, by) => [by((v as unknown[])[0])]],
    ['AWS::Logs::MetricFilter', 'LogGroupName', (v, by) => by(v)],
    ['AWS::SNS::Topic', 'KmsMasterKeyId', (v, by) => by(v)],
    ['AWS::WAFv2::LoggingConfiguration', 'ResourceArn', (v, by) => by(v)],
    ['AWS::WAFv2::WebACLAssociation', 'ResourceArn', (v, by) => by(v)],
    ['AWS::WAFv2::WebACLAssociation', 'WebACLArn', (v, by) => by(v)],
  ])('%s %s', (type, property, change) => {
    const [id, { Properties = {} }] = Object.entries(template.Resources).find(([, { Type }]) => Type === type)!;
    const chosenBy = (condition: string) =>
      findings(
        instead(id, {
          Properties: {
            ...Properties,
            [property]: change(Properties[property], (value) => ({ 'Fn::If': [condition, value, OTHER] })),
          },
        }),
      );
    expect(chosenBy('There')).not.toEqual([]);
    expect(chosenBy('Always')).toEqual([]);
  });
});
