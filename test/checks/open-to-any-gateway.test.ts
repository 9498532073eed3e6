/** SOD-10 of functions that API Gateway calls: for an API of the app, and not for whoever has one, as far as anybody can tell. */
import { att, type Json, ref, resource, sub, when } from '../model/notation';
import { HERE, HOME, judge } from '../sceptic/world';

const SECTIONS = {
  Parameters: { P: { Type: 'String' }, Few: { Type: 'String', AllowedValues: [HOME, '999999999999'] } },
  Conditions: { C: { 'Fn::Equals': [ref('P'), 'x'] } },
};
const permitted = (more: Json) =>
  judge(
    {
      AApi: resource('AWS::ApiGateway::RestApi', { Name: 'a', EndpointConfiguration: { Types: ['PRIVATE'] } }),
      ARun: resource('AWS::Lambda::Function', { FunctionName: 'a-run' }),
      ACustom: resource('Custom::Api', { ServiceToken: `arn:aws:lambda:${HERE}:${HOME}:function:x` }),
      AFleet: resource('AWS::GameLift::Fleet', {}),
      ACall: resource('AWS::Lambda::Permission', {
        FunctionName: ref('ARun'),
        Action: 'lambda:InvokeFunction',
        Principal: 'apigateway.amazonaws.com',
        ...more,
      }),
    },
    SECTIONS,
  ).findings.filter((finding) => finding.startsWith('SOD-10 '));

const LETS =
  'the permission `S/ACall` lets every API of anybody call a function of the domain `a`, past what asks who calls';
const VIOLATED = [`SOD-10 violated: ${LETS}`];
const undecided = (why: string) => [`SOD-10 undecided: it cannot be decided whether ${LETS}: ${why}`];
const NONE = ref('AWS::NoValue');
const OWN = sub('arn:${AWS::Partition}:execute-api:${AWS::Region}:${AWS::AccountId}:${AApi}/*/GET/a');

describe('bound, as apps are', () => {
  test.each<[string, Json]>([
    ['to an API of the app', { SourceArn: OWN }],
    ['to an attribute of a resource of the app whose ARN nobody knows', { SourceArn: att('AFleet', 'Whatever') }],
    [
      'to an API of the stack’s account that a parameter names',
      { SourceArn: sub('arn:aws:execute-api:${AWS::Region}:${AWS::AccountId}:${P}/*') },
    ],
    ['to an ARN that is written out', { SourceArn: `arn:aws:execute-api:${HERE}:${HOME}:abcdefghij/*` }],
    ['to the stack’s account', { SourceAccount: ref('AWS::AccountId') }],
    ['to one of a few accounts', { SourceAccount: ref('Few') }],
    ['to an organisation', { PrincipalOrgID: 'o-abcdefghij' }],
    ['to an API or an account, by a condition', { SourceArn: when('C', OWN), SourceAccount: when('C', NONE, HOME) }],
    ['and for another service', { Principal: 'sns.amazonaws.com' }],
  ])('%s', (_, more) => expect(permitted(more)).toEqual([]));
});

describe('open', () => {
  test.each<[string, Json]>([
    ['without a source', {}],
    ['to any source', { SourceArn: '*' }],
    ['to any account', { SourceArn: `arn:aws:execute-api:${HERE}:*:*` }],
    ['to accounts of a beginning', { SourceArn: `arn:aws:execute-api:${HERE}:1111*:*` }],
    ['where a condition leaves the source out', { SourceArn: when('C', OWN) }],
    ['where a condition leaves both out', { SourceArn: when('C', OWN), SourceAccount: when('C', HOME) }],
    ['where a condition has any source', { SourceArn: when('C', OWN, '*') }],
    ['by the partition’s domain', { Principal: sub('apigateway.${AWS::URLSuffix}') }],
    ['where a condition has the service', { Principal: when('C', 'apigateway.amazonaws.com', 'sns.amazonaws.com') }],
  ])('%s', (_, more) => expect(permitted(more)).toEqual(VIOLATED));

  test('but not under the condition that binds it', () => {
    const Principal = when('C', 'apigateway.amazonaws.com', 'sns.amazonaws.com');
    expect(permitted({ Principal, SourceArn: when('C', OWN) })).toEqual([]);
    expect(permitted({ Principal, SourceArn: when('C', NONE, OWN) })).toEqual(VIOLATED);
  });
});

describe('nobody can tell', () => {
  const P = '${parameter P of stack S}';
  test.each<[string, Json, string]>([
    ['a parameter', { SourceArn: ref('P') }, `only the deployment knows \`SourceArn\`, which is \`${P}\``],
    [
      'an import',
      { SourceArn: { 'Fn::ImportValue': 'Api' } },
      'only the deployment knows `SourceArn`, which is `${Fn::ImportValue Api in stack S}`',
    ],
    [
      'the attribute of a custom resource',
      { SourceArn: att('ACustom', 'Arn') },
      'only the deployment knows `SourceArn`, which is `${ACustom.Arn in stack S}`',
    ],
    [
      'the account of the ARN',
      { SourceArn: sub(`arn:aws:execute-api:${HERE}:\${P}:abc/*`) },
      `only the deployment knows \`SourceArn\`, which is \`arn:aws:execute-api:${HERE}:${P}:abc/*\``,
    ],
    ['the account', { SourceAccount: ref('P') }, `only the deployment knows \`SourceAccount\`, which is \`${P}\``],
    [
      'what reads colons',
      { SourceArn: `arn:aws:execute-api:*:${HOME}:abcdefghij/*` },
      'the `*` before the account in `SourceArn` may read colons',
    ],
  ])('%s', (_, more, why) => expect(permitted(more)).toEqual(undecided(why)));

  test('unless something else binds it', () => {
    expect(permitted({ SourceArn: ref('P'), SourceAccount: HOME })).toEqual([]);
    expect(permitted({ SourceArn: OWN, SourceAccount: ref('P') })).toEqual([]);
  });
});
