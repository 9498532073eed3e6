/**
 * Every property of CloudFormation that sounds like a policy is tried: with a document that grants a role something, as an
 * object and as text. The grant is found at the role, or the app has a gap; what grants nobody anything is listed with what it is.
 */
import { buildModel } from '../../lib/model/build-model';
import { allow, doc, role, stack } from '../model/notation';
import { propertiesCalled } from './l1-properties';
import { iam } from './world';

const NAMED = /polic(y|ies)(text|document|json|body)?$|document$|statements?$|^content$/i;

const NO_GRANT: Readonly<Record<string, string>> = {
  'AWS::ApiGateway::RestApi SecurityPolicy': 'the name of a set of ciphers',
  'AWS::Athena::PreparedStatement QueryStatement': 'SQL',
  'AWS::BCMDataExports::Export Export.DataQuery.QueryStatement': 'SQL',
  'AWS::BedrockAgentCore::Policy Definition.Cedar.Statement': 'Cedar',
  'AWS::BedrockAgentCore::Policy Definition.Policy.Statement': 'Cedar',
  'AWS::CloudTrail::Dashboard Widgets[].QueryStatement': 'SQL',
  'AWS::EC2::VPCEndpoint PolicyDocument': 'limits what passes through, and grants nothing',
  'AWS::EC2::VerifiedAccessEndpoint PolicyDocument': 'Cedar',
  'AWS::EC2::VerifiedAccessGroup PolicyDocument': 'Cedar',
  'AWS::IoT::Policy PolicyDocument': 'of certificates, which are no principals of IAM',
  'AWS::Logs::AccountPolicy PolicyDocument': 'what is masked, subscribed to or indexed',
  'AWS::NetworkManager::CoreNetwork PolicyDocument': 'segments of a network',
  'AWS::OpenSearchServerless::AccessPolicy Policy': 'needs an identity policy beside it, which is judged',
  'AWS::Serverless::Function AssumeRolePolicyDocument': 'its macro is a gap',
  'AWS::Serverless::Function Events.*.Properties.Auth.ResourcePolicy.CustomStatements[]': 'its macro is a gap',
  'AWS::Serverless::Function Policies[].Statement': 'its macro is a gap',
  'AWS::Serverless::StateMachine Policies[].Statement': 'its macro is a gap',
  'AWS::SSO::PermissionSet InlinePolicy': 'read as a policy of the permission set',
  'AWS::SSO::PermissionSet ManagedPolicies[]': 'read as policies of the permission set',
  'AWS::VerifiedPermissions::Policy Definition.Static.Statement': 'Cedar',
  'AWS::VerifiedPermissions::PolicyTemplate Statement': 'Cedar',
};

const GRANT = doc(allow('sqs:SendMessage', '*', { Principal: { AWS: iam('role/a') } }));

function at([step, ...rest]: readonly string[], value: unknown): unknown {
  if (step === undefined) return value;
  if (step === '[]') return [at(rest, value)];
  return { [step === '*' ? 'Any' : step]: at(rest, value) };
}

function isSeen(type: string, path: string, value: unknown): boolean {
  const properties = at(path.replaceAll('[]', '.[]').split('.'), value);
  const { principals, gaps } = buildModel([
    stack({ R: role([], { RoleName: 'a' }), X: { Type: type, Properties: properties } }),
  ]);
  const grants = principals.flatMap(({ policies: p }) => [...(p.resourceGrants ?? []), ...(p.unboundedGrants ?? [])]);
  return grants.length > 0 || (gaps ?? []).length > 0;
}

const carrying = [...propertiesCalled(NAMED)]
  .filter(([type]) => !type.startsWith('AWS::IAM::'))
  .flatMap(([type, paths]) => paths.map((path) => [type, path] as const));

test('the list is there', () => {
  expect(carrying.length).toBeGreaterThan(200);
  expect(carrying).toContainEqual(['AWS::S3::BucketPolicy', 'PolicyDocument']);
});

test.each([
  ['as an object', GRANT],
  ['as text', JSON.stringify(GRANT)],
  ['as text of Fn::Sub', { 'Fn::Sub': JSON.stringify(GRANT) }],
])('every policy is read %s', (_, value) => {
  const unread = carrying.filter(([type, path]) => !(`${type} ${path}` in NO_GRANT) && !isSeen(type, path, value));
  expect(unread).toEqual([]);
});

test('no exception is for a property that is not there', () => {
  const there = new Set(carrying.map(([type, path]) => `${type} ${path}`));
  expect(Object.keys(NO_GRANT).filter((key) => !there.has(key))).toEqual([]);
});
