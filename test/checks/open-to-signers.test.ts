/** DOM-1 of APIs whose methods ask for a signature: whom `Principal: "*"` admits, after what the policy denies. */
import { doc, type Json, ref, resource, sub } from '../model/notation';
import { HOME, iam, judge } from '../sceptic/world';

const INVOKE = 'execute-api:Invoke';
const trusted = {
  AssumeRolePolicyDocument: doc({
    Effect: 'Allow',
    Principal: { Service: 'lambda.amazonaws.com' },
    Action: 'sts:AssumeRole',
  }),
};
const role = (RoleName: string) => resource('AWS::IAM::Role', { RoleName, ...trusted });
const allow = (Condition?: Json, Resource: unknown = 'execute-api:/*'): Json => ({
  Effect: 'Allow',
  Principal: '*',
  Action: INVOKE,
  Resource,
  ...(Condition && { Condition }),
});
const deny = (more: Json = {}): Json => ({
  Effect: 'Deny',
  Principal: '*',
  Action: INVOKE,
  Resource: 'execute-api:/*',
  ...more,
});
const denyBut = (NotResource: string): Json => ({ Effect: 'Deny', Principal: '*', Action: INVOKE, NotResource });
const unless = (operator: string, key: string, ...values: unknown[]): Json =>
  deny({ Condition: { [operator]: { [key]: values } } });

const app = (statements: readonly Json[], more: Json = {}): Json => ({
  AApi: resource('AWS::ApiGateway::RestApi', { Name: 'a', Policy: doc(...statements) }),
  AStage: resource('AWS::ApiGateway::Stage', { RestApiId: ref('AApi'), StageName: 'v1', DeploymentId: 'd' }),
  AOrders: resource('AWS::ApiGateway::Resource', {
    RestApiId: ref('AApi'),
    ParentId: { 'Fn::GetAtt': ['AApi', 'RootResourceId'] },
    PathPart: 'orders',
  }),
  AGet: resource('AWS::ApiGateway::Method', {
    RestApiId: ref('AApi'),
    ResourceId: ref('AOrders'),
    HttpMethod: 'GET',
    AuthorizationType: 'AWS_IAM',
    Integration: { Type: 'MOCK' },
  }),
  ARole: role('a-role'),
  ...more,
});
const B = { BRole: role('b-role') };
const DOMAIN = { exposure: 'public', owner: 'team' };
const CONFIGURATION = {
  domains: { a: { ...DOMAIN, resources: ['*/A*'] }, b: { ...DOMAIN, resources: ['*/B*'] } },
};
const P = { Parameters: { P: { Type: 'String' } } };
const judged = (statements: readonly Json[], more: Json = B, configuration: Json = CONFIGURATION) =>
  judge(app(statements, more), P, configuration).findings.filter((finding) => finding.startsWith('DOM-1 '));

const WHOEVER = 'admits whoever signs to `GET /orders` of the domain `a`, and so every other domain';
const OPEN = [`DOM-1 violated: the policy of \`S/AApi\` ${WHOEVER}`];
const OPEN_TO_B = [
  'DOM-1 violated: the policy of `S/AApi` admits `S/BRole` (of `b`) to `GET /orders` of the domain `a`',
];
const UNDECIDED = [`DOM-1 undecided: it cannot be decided whether the policy of \`S/AApi\` ${WHOEVER}`];

test('everybody, and nobody', () => {
  expect(judged([allow()])).toEqual(OPEN);
  expect(judged([allow()], {})).toEqual(OPEN);
  expect(judged([allow(undefined, 'execute-api:/v1/GET/others')])).toEqual([]);
});

describe('a Deny that does not concern these calls', () => {
  test.each<[string, Json, Json]>([
    ['of another path', deny({ Resource: 'execute-api:/*/*/admin' }), deny({ Resource: 'execute-api:/*/*/orders' })],
    ['of another method', deny({ Resource: 'execute-api:/*/POST/*' }), deny({ Resource: 'execute-api:/*/GET/*' })],
    ['of another stage', deny({ Resource: 'execute-api:/v2/*' }), deny({ Resource: 'execute-api:/v1/*' })],
    ['of another action', deny({ Action: 'execute-api:InvalidateCache' }), deny({ Action: 'execute-api:*' })],
    ['of all but it', denyBut('execute-api:/*/*/orders'), denyBut('execute-api:/*/*/admin')],
    ['of another principal', deny({ Principal: { AWS: iam('role/other') } }), deny()],
    ['of another account', deny({ Principal: { AWS: '444455556666' } }), deny()],
    ['of a service', deny({ Principal: { Service: 'lambda.amazonaws.com' } }), deny({ Principal: { AWS: '*' } })],
    [
      'without encryption',
      unless('Bool', 'aws:SecureTransport', 'false'),
      unless('Null', 'aws:SecureTransport', 'false'),
    ],
    [
      'of an address',
      unless('IpAddress', 'aws:SourceIp', '203.0.113.0/24'),
      unless('NotIpAddress', 'aws:SourceIp', '203.0.113.0/24'),
    ],
  ])('%s', (_, beside, against) => {
    expect(judged([allow(), beside])).toEqual(OPEN);
    expect(judged([allow(), against])).toEqual([]);
  });
});

describe('a Deny that leaves', () => {
  test('an endpoint, a network, an address: they are the author’s', () => {
    expect(judged([allow(), unless('StringNotEquals', 'aws:SourceVpce', 'vpce-1')])).toEqual([]);
    expect(judged([allow(), unless('StringNotEquals', 'aws:SourceVpc', ref('P'))])).toEqual([]);
    expect(judged([allow(), unless('NotIpAddress', 'aws:SourceIp', '203.0.113.0/24')])).toEqual([]);
    expect(judged([allow(), unless('StringEquals', 'aws:SourceVpce', 'vpce-1')])).toEqual(OPEN);
  });

  test('the domain’s own principals', () => {
    const own = { 'Fn::GetAtt': ['ARole', 'Arn'] };
    expect(judged([allow(), unless('StringNotEquals', 'aws:PrincipalArn', own)])).toEqual([]);
    expect(judged([allow(), unless('ArnNotLike', 'aws:PrincipalArn', iam('role/a-*'))])).toEqual([]);
    expect(judged([allow(), unless('ArnNotLike', 'aws:PrincipalArn', iam('role/*'))])).toEqual(OPEN_TO_B);
    const but = (AWS: unknown): Json => ({
      Effect: 'Deny',
      NotPrincipal: { AWS },
      Action: INVOKE,
      Resource: 'execute-api:/*',
    });
    expect(judged([allow(), but([own, `arn:aws:iam::${HOME}:root`])])).toEqual([
      expect.stringMatching(/^DOM-1 undecided: .*admits `S\/BRole` \(of `b`\)/),
    ]);
    expect(judged([allow(), but(own)])).toEqual([]);
  });

  test('an account or organisation, of which the other domain is', () => {
    const account = unless('StringNotEquals', 'aws:PrincipalAccount', HOME);
    expect(judged([allow(), account])).toEqual(OPEN_TO_B);
    expect(judged([allow(), account], {})).toEqual([]);
    expect(judged([allow(), unless('StringNotEquals', 'aws:PrincipalAccount', '444455556666')])).toEqual([]);
    const perimeter = deny({
      Condition: {
        StringNotEqualsIfExists: { 'aws:PrincipalOrgID': 'o-abcdefghij' },
        BoolIfExists: { 'aws:PrincipalIsAWSService': 'false' },
      },
    });
    expect(judged([allow(), perimeter])).toEqual(OPEN_TO_B);
    expect(judged([allow(), perimeter], {})).toEqual([]);
  });

  test('what only callers know', () => {
    expect(judged([allow(), unless('BoolIfExists', 'aws:MultiFactorAuthPresent', 'false')])).toEqual(UNDECIDED);
    expect(judged([allow(), unless('StringNotEquals', 'aws:PrincipalTag/team', 'orders')])).toEqual(UNDECIDED);
    expect(judged([allow(), deny({ Principal: { AWS: ref('P') } })])).toEqual(UNDECIDED);
  });

  test('what a crossing declares', () => {
    const crossing = {
      from: 'b',
      to: 'a',
      actions: [INVOKE],
      resources: ['arn:aws:execute-api:*:*:*/v1/GET/orders'],
      justification: 'they ask for orders',
      approvedBy: 'security',
      expires: '2099-12-31',
    };
    const left = unless('StringNotEquals', 'aws:PrincipalArn', iam('role/a-role'), iam('role/b-role'));
    expect(judged([allow(), left])).toEqual(OPEN_TO_B);
    expect(judged([allow(), left], B, { ...CONFIGURATION, crossings: [crossing] })).toEqual([]);
  });
});

test('an Allow under conditions that other domains meet', () => {
  expect(judged([allow({ Bool: { 'aws:SecureTransport': 'true' } })])).toEqual(OPEN);
  expect(judged([allow({ StringEquals: { 'aws:PrincipalOrgID': 'o-abcdefghij' } })])).toEqual(OPEN_TO_B);
  expect(judged([allow({ StringEquals: { 'aws:PrincipalAccount': '444455556666' } })])).toEqual([]);
  expect(judged([allow({ StringEquals: { 'aws:PrincipalTag/team': 'orders' } })])).toEqual(UNDECIDED);
  expect(judged([allow({ StringEquals: { 'aws:SourceVpce': 'vpce-1' } })])).toEqual([]);
  expect(judged([allow({ IpAddress: { 'aws:SourceIp': '203.0.113.0/24' } })])).toEqual([]);
  expect(judged([allow({ StringEquals: { 'aws:PrincipalArn': iam('role/a-role') } })])).toEqual([]);
  expect(judged([allow({ Bool: { 'aws:SecureTransport': 'true' } }, sub('execute-api:/v1/GET/others'))])).toEqual([]);
});
