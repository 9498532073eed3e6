/**
 * The sensitive requests of a trust domain, each on the domain's own resource: what a thief of some role would try.
 * The list is the matrix's rows; `matrix.ts` makes them as every role.
 *
 * A live request asks for what policies alone refuse, and is otherwise spoilt (an object that is not there, a
 * document that is none) or says what is so already, so that one which is allowed still changes nothing. Where no such request exists, or the
 * emulator asks no policy for the service, there is no `call`, and the cell is simulated.
 */
import { type Call, json, query } from './aws';
import { ACCOUNT, assetBucket, dutyRole, REGION, roleArn, stackOf, uploadBucket } from './place';
import type { World } from './world';

/** A resource of a domain: a name that the template gives, or one that only a deployment gives. */
export type Target =
  | { readonly arn: string }
  | { readonly stack: string; readonly type: string; readonly suffix?: string; readonly of?: 'invoke' | 'deployment' };

export interface Probe {
  readonly action: string;
  /** What kind of thing is asked for, and so which canary must have passed. */
  readonly kind: string;
  readonly on: (domain: string) => Target;
  /** How the row is called where one action has several. */
  readonly note?: string;
  /** Keys of the request; `[]` says that the key has no value. */
  readonly context?: (domain: string) => Readonly<Record<string, readonly string[]>>;
  readonly call?: (arn: string, domain: string, material: Material) => Call;
}

/** What a run prepares for its requests. */
export interface Material {
  /** Of each domain: data encrypted with its key, base64. */
  readonly ciphertext: Readonly<Record<string, string>>;
  /** The policy that the resource has already, by ARN: writing it again is a request like any, and changes nothing. */
  readonly policies: Readonly<Record<string, string>>;
}

const keyOf = (domain: string): Target => ({ stack: stackOf(domain), type: 'AWS::KMS::Key' });
const own = (duty: string) => (domain: string) => ({ arn: roleArn(dutyRole(domain, duty)) });
const remit = (duty: string) => (domain: string) => ({
  arn: `arn:aws:iam::${ACCOUNT}:policy/${dutyRole(domain, duty)}`,
});
const notary = (domain: string) => ({ arn: `arn:aws:lambda:${REGION}:${ACCOUNT}:function:bulkhead-${domain}-notary` });
const topic = (domain: string) => ({ stack: stackOf(domain), type: 'AWS::SNS::Topic' });
const stack = (domain: string): Target => ({ stack: stackOf(domain), type: 'stack', of: 'deployment' });
const api = (suffix: string) => (domain: string) => ({
  stack: stackOf(domain),
  type: 'AWS::ApiGateway::RestApi',
  suffix,
});
// The internal API answers through one endpoint alone; the question is who may, once there.
const VPC_ENDPOINT = { 'aws:SourceVpce': ['vpce-0a1b2c3d4e5f60718'] };
const throughEndpoint = (domain: string): Readonly<Record<string, readonly string[]>> =>
  domain === 'internal' ? VPC_ENDPOINT : {};
const invoke =
  (suffix: string) =>
  (domain: string): Target => ({ ...api(suffix)(domain), of: 'invoke' });
const logGroup = (name: (domain: string) => string) => (domain: string) => ({
  arn: `arn:aws:logs:${REGION}:${ACCOUNT}:log-group:${name(domain)}:*`,
});
const webAcl = (domain: string) => ({ stack: stackOf(domain), type: 'AWS::WAFv2::WebACL' });
const alarm = (domain: string) => ({
  arn: `arn:aws:cloudwatch:${REGION}:${ACCOUNT}:alarm:bulkhead/${domain}/client-errors`,
});
const pool = (domain: string): Target => ({ stack: stackOf(domain), type: 'AWS::Cognito::UserPool' });
const approval = (domain: string) => ({
  arn: `arn:aws:codepipeline:${REGION}:${ACCOUNT}:bulkhead-${domain}/Approve/Approve`,
});

const kms = (action: string, input: (domain: string, material: Material, arn: string) => object): Probe => ({
  action: `kms:${action}`,
  kind: 'kms',
  on: keyOf,
  call: (arn, domain, material) => json('kms', action, { KeyId: arn, ...input(domain, material, arn) }),
});

type Parameters = Readonly<Record<string, string>>;
const iam = (
  action: string,
  on: Probe['on'],
  parameters: Parameters | ((domain: string, material: Material, arn: string) => Parameters),
): Probe => ({
  action: `iam:${action}`,
  kind: 'iam',
  on,
  call: (arn, domain, material) => {
    const named: Readonly<Record<string, string>> = arn.includes(':role/')
      ? { RoleName: arn.split('/').at(-1) ?? '' }
      : { PolicyArn: arn };
    const given = typeof parameters === 'function' ? parameters(domain, material, arn) : parameters;
    return query('iam', action, { ...named, ...given });
  },
});

type Bucket = 'uploads' | 'assets';
const bucketName = (bucket: Bucket, domain: string) =>
  bucket === 'uploads' ? uploadBucket(domain) : assetBucket(domain);
const s3 = (
  action: string,
  bucket: Bucket,
  request: { readonly method: string; readonly key?: string; readonly query?: string; readonly body?: string },
  more: Partial<Probe> & { readonly headers?: Readonly<Record<string, string>> } = {},
): Probe => {
  const { headers = {}, ...rest } = more;
  const { method, key, query: search, body } = request;
  return {
    action: `s3:${action}`,
    kind: 's3',
    note: bucket,
    on: (domain) => ({ arn: `arn:aws:s3:::${bucketName(bucket, domain)}${key === undefined ? '' : `/${key}`}` }),
    call: (_, domain) => ({
      service: 's3',
      method,
      path: `/${bucketName(bucket, domain)}${key === undefined ? '' : `/${key}`}${search === undefined ? '' : `?${search}`}`,
      headers,
      body,
    }),
    ...rest,
  };
};

const putBucketPolicy = (bucket: Bucket): Probe => ({
  ...s3('PutBucketPolicy', bucket, { method: 'PUT', query: 'policy' }),
  call: (arn, domain, { policies }) => ({
    service: 's3',
    method: 'PUT',
    path: `/${bucketName(bucket, domain)}?policy`,
    body: policies[arn],
  }),
});

const lambda = (action: string, method: string, path: string, body?: string): Probe => ({
  action: `lambda:${action}`,
  kind: 'lambda',
  on: notary,
  call: (_, domain) => ({
    service: 'lambda',
    method,
    path: path.replace('{name}', `bulkhead-${domain}-notary`),
    headers: { 'content-type': 'application/json' },
    body,
  }),
});

const simulated = (action: string, on: Probe['on'], more: Partial<Probe> = {}): Probe => ({
  action,
  kind: action.split(':')[0] ?? '',
  on,
  ...more,
});

const MALFORMED = 'no document';
const noRole = { 'cloudformation:RoleArn': [] };
const executionOf = (domain: string) => roleArn(`bulkhead-${domain}-execution-${REGION}`);
const passedTo = (service: string) => () => ({ 'iam:PassedToService': [service] });

export const PROBES: readonly Probe[] = [
  kms('Decrypt', (domain, { ciphertext }) => ({ CiphertextBlob: ciphertext[domain] ?? '' })),
  kms('Encrypt', () => ({ Plaintext: 'cHJvYmU=' })),
  kms('GenerateDataKey', () => ({ KeySpec: 'AES_256' })),
  kms('CreateGrant', () => ({})),
  kms('DescribeKey', () => ({})),
  {
    ...kms('PutKeyPolicy', (_, { policies }, arn) => ({ PolicyName: 'default', Policy: policies[arn] })),
    context: () => ({ 'kms:BypassPolicyLockoutSafetyCheck': ['false'] }),
  },
  kms('ScheduleKeyDeletion', () => ({ PendingWindowInDays: 1 })),
  simulated('kms:DisableKey', keyOf),

  s3(
    'PutObject',
    'uploads',
    { method: 'PUT', key: 'e2e/probe', body: 'probe' },
    { context: () => ({ 's3:if-none-match': [] }) },
  ),
  s3('GetObject', 'uploads', { method: 'GET', key: 'e2e/not-there' }),
  s3('ListBucket', 'uploads', { method: 'GET', query: 'list-type=2' }),
  putBucketPolicy('uploads'),
  s3(
    'PutObject',
    'assets',
    { method: 'PUT', key: 'e2e/probe', body: 'probe' },
    { note: 'assets, overwriting', kind: 's3-once', context: () => ({ 's3:if-none-match': [] }) },
  ),
  s3(
    'PutObject',
    'assets',
    { method: 'PUT', key: 'e2e/sealed', body: 'probe' },
    {
      note: 'assets, once',
      kind: 's3-once',
      headers: { 'if-none-match': '*' },
      context: () => ({ 's3:if-none-match': ['*'] }),
    },
  ),
  s3('GetObject', 'assets', { method: 'GET', key: 'e2e/not-there' }),
  s3('DeleteObject', 'assets', { method: 'DELETE', key: 'e2e/not-there' }),
  s3('PutLifecycleConfiguration', 'assets', { method: 'PUT', query: 'lifecycle', body: MALFORMED }),
  putBucketPolicy('assets'),

  ...['provision', 'deploy', 'approve', 'read', 'write', 'monitor', 'audit', 'execution', 'notary'].map((duty) => ({
    ...iam('AssumeRole', own(duty), {}),
    action: 'sts:AssumeRole',
    kind: 'sts',
    note: duty,
    call: (arn: string) => query('sts', 'AssumeRole', { RoleArn: arn, RoleSessionName: 'e2e' }),
  })),

  iam('PutRolePolicy', own('read'), { PolicyName: 'e2e', PolicyDocument: MALFORMED }),
  iam('AttachRolePolicy', own('read'), (domain) => ({ PolicyArn: remit('read')(domain).arn })),
  iam('UpdateAssumeRolePolicy', own('approve'), (_, { policies }, arn) => ({ PolicyDocument: policies[arn] ?? '' })),
  iam('PutRolePermissionsBoundary', own('deploy'), (domain) => ({ PermissionsBoundary: remit('deploy')(domain).arn })),
  simulated('iam:DeleteRolePermissionsBoundary', own('deploy')),
  iam('CreatePolicyVersion', remit('approve'), { PolicyDocument: MALFORMED }),
  iam('SetDefaultPolicyVersion', remit('approve'), { VersionId: 'v99' }),
  iam('GetRole', own('deploy'), {}),
  iam('GetPolicy', remit('deploy'), {}),
  simulated('iam:PassRole', (domain) => ({ arn: executionOf(domain) }), {
    note: 'execution, to CloudFormation',
    context: passedTo('cloudformation.amazonaws.com'),
  }),
  simulated('iam:PassRole', (domain) => ({ arn: executionOf(domain) }), {
    note: 'execution, to Lambda',
    context: passedTo('lambda.amazonaws.com'),
  }),
  simulated('iam:PassRole', own('read'), { note: 'read, to Lambda', context: passedTo('lambda.amazonaws.com') }),

  lambda('InvokeFunction', 'POST', '/2015-03-31/functions/{name}/invocations', '{"Records":[]}'),
  lambda('UpdateFunctionCode', 'PUT', '/2015-03-31/functions/{name}/code', '{}'),
  lambda('UpdateFunctionConfiguration', 'PUT', '/2015-03-31/functions/{name}/configuration', '{"Timeout":-1}'),
  lambda('AddPermission', 'POST', '/2015-03-31/functions/{name}/policy', '{}'),
  lambda('GetFunction', 'GET', '/2015-03-31/functions/{name}'),

  {
    ...simulated('sns:Subscribe', topic),
    kind: 'sns',
    call: (arn) => query('sns', 'Subscribe', { TopicArn: arn, Protocol: 'none' }),
  },
  {
    ...simulated('sns:SetTopicAttributes', topic),
    kind: 'sns',
    call: (arn) => query('sns', 'SetTopicAttributes', { TopicArn: arn, AttributeName: 'none', AttributeValue: '' }),
  },
  simulated('sns:DeleteTopic', topic),

  simulated('cloudformation:CreateChangeSet', stack, {
    note: 'as the domain’s role',
    context: (domain) => ({ 'cloudformation:RoleArn': [executionOf(domain)] }),
  }),
  simulated('cloudformation:CreateChangeSet', stack, { note: 'as the caller', context: () => noRole }),
  simulated('cloudformation:CreateChangeSet', stack, {
    note: 'as another role',
    context: () => ({ 'cloudformation:RoleArn': [roleArn('admin')] }),
  }),
  simulated('cloudformation:ExecuteChangeSet', stack),
  simulated('cloudformation:DeleteChangeSet', stack),
  simulated('cloudformation:UpdateStack', stack, { context: () => noRole }),
  simulated('cloudformation:DeleteStack', stack, { context: () => noRole }),
  simulated('cloudformation:SetStackPolicy', stack),
  simulated('cloudformation:DescribeStacks', stack),

  simulated('execute-api:Invoke', invoke('/v1/GET/orders'), { note: 'GET /orders', context: throughEndpoint }),
  simulated('execute-api:Invoke', invoke('/v1/POST/orders'), { note: 'POST /orders', context: throughEndpoint }),
  simulated('apigateway:PATCH', api('/stages/v1'), { note: 'stage' }),
  simulated('apigateway:DELETE', api(''), { note: 'API' }),
  simulated('apigateway:PUT', api('/resources/abc123/methods/GET'), { note: 'method' }),
  simulated('apigateway:POST', api('/resources/abc123/methods/GET'), { note: 'test-invoke' }),
  simulated('apigateway:UpdateRestApiPolicy', api('')),

  simulated(
    'logs:FilterLogEvents',
    logGroup((domain) => `/bulkhead/${domain}/access`),
    { note: 'access log' },
  ),
  simulated(
    'logs:DeleteLogGroup',
    logGroup((domain) => `/bulkhead/${domain}/access`),
    { note: 'access log' },
  ),
  simulated(
    'logs:PutRetentionPolicy',
    logGroup((domain) => `/bulkhead/${domain}/access`),
    { note: 'access log' },
  ),
  simulated(
    'logs:FilterLogEvents',
    logGroup((domain) => `aws-waf-logs-bulkhead-${domain}`),
    { note: 'web ACL log' },
  ),

  simulated('wafv2:UpdateWebACL', webAcl),
  simulated('wafv2:GetSampledRequests', webAcl),
  simulated('cloudwatch:DeleteAlarms', alarm),
  simulated('cloudwatch:DisableAlarmActions', alarm),
  simulated('cloudwatch:SetAlarmState', alarm),
  simulated('cognito-idp:AdminCreateUser', pool),
  simulated('cognito-idp:AdminSetUserPassword', pool),
  simulated('cognito-idp:CreateUserPoolClient', pool),
  simulated('codepipeline:PutApprovalResult', approval),
];

/** The resource of the probe in what was deployed; undefined where the domain has none. */
export function physicalArn(world: World, target: Target): string | undefined {
  if ('arn' in target) return target.arn;
  const { stack: name, type, suffix = '', of } = target;
  if (of === 'deployment') return world.stackArn(name);
  const [found] = world.resources.filter((r) => r.stack === name && r.type === type);
  if (found === undefined) return undefined;
  if (of === 'invoke') return `arn:aws:execute-api:${REGION}:${ACCOUNT}:${found.physicalId}${suffix}`;
  if (type === 'AWS::ApiGateway::RestApi')
    return `arn:aws:apigateway:${REGION}::/restapis/${found.physicalId}${suffix}`;
  return `${world.arnOf(found)}${suffix}`;
}
