/** DOM-15: what a trust domain stores is encrypted with a key that no other domain uses. */
import { runChecks } from '../../lib/checks/run-checks';
import type { Resource } from '../../lib/model/model';
import { text } from '../../lib/policy/text';
import { modelOf, origin, resource } from './model-of';

const KEY = 'arn:aws:kms:eu-central-1:111122223333:key/00000000-1111-2222-3333-444444444444';

function findings(resources: readonly Resource[], made: readonly string[] = ['a', 'b']) {
  const domains = ['a', 'b'].map((name) => ({
    name,
    declaredAt: made.includes(name) ? [origin(`App/${name}`, 'AWS::ApiGateway::RestApi')] : [],
  }));
  return runChecks(modelOf({ resources, domains })).filter(({ id }) => id === 'DOM-15');
}

function store(domain: string, type: string, properties: Resource['properties'], part?: string): Resource {
  return { ...resource(`App/${domain}/${type.split('::')[2]}`, type, { domain }), properties, ...(part && { part }) };
}

const ENCRYPTED: readonly (readonly [string, (key: unknown) => Resource['properties']])[] = [
  ['AWS::Logs::LogGroup', (KmsKeyId) => ({ KmsKeyId })],
  ['AWS::SQS::Queue', (KmsMasterKeyId) => ({ KmsMasterKeyId })],
  ['AWS::SNS::Topic', (KmsMasterKeyId) => ({ KmsMasterKeyId })],
  ['AWS::DynamoDB::Table', (KMSMasterKeyId) => ({ SSESpecification: { SSEEnabled: true, KMSMasterKeyId } })],
  ['AWS::DynamoDB::GlobalTable', (KMSMasterKeyId) => ({ Replicas: [{ SSESpecification: { KMSMasterKeyId } }] })],
  [
    'AWS::S3::Bucket',
    (KMSMasterKeyID) => ({
      BucketEncryption: {
        ServerSideEncryptionConfiguration: [
          { ServerSideEncryptionByDefault: { SSEAlgorithm: 'aws:kms', KMSMasterKeyID } },
        ],
      },
    }),
  ],
  ['AWS::RDS::DBInstance', (KmsKeyId) => ({ StorageEncrypted: true, KmsKeyId })],
  ['AWS::Kinesis::Stream', (KeyId) => ({ StreamEncryption: { EncryptionType: 'KMS', KeyId } })],
];

describe.each(ENCRYPTED)('%s', (type, properties) => {
  test('with a key of its own', () => {
    expect(findings([store('a', type, properties(KEY))])).toEqual([]);
  });

  test('without a key, or with the key that AWS manages for the account', () => {
    for (const made of [{}, properties('alias/aws/service'), properties(`${KEY.split('key/')[0]}alias/aws/service`)]) {
      expect(findings([store('a', type, made)])).toMatchObject([
        {
          severity: 'violated',
          message: expect.stringContaining(`(${type}) of the domain \`a\` is encrypted with no key`),
        },
      ]);
    }
  });

  test('of a domain that the configuration declares, without a key', () => {
    expect(findings([store('a', type, {})], [])).toEqual([]);
  });

  test('with a key from outside the app that another domain uses as well', () => {
    const log = store('b', 'AWS::Logs::LogGroup', { KmsKeyId: KEY.split('key/')[1] });
    expect(findings([store('a', type, properties(KEY)), log], [])).toMatchObject([
      { severity: 'violated', message: expect.stringContaining('encrypts what `a` and `b` store') },
    ]);
    const other = store('b', 'AWS::Logs::LogGroup', { KmsKeyId: `${KEY}5` });
    expect(findings([store('a', type, properties(KEY)), other], [])).toEqual([]);
  });
});

test('keys that only the deployment knows may be one', () => {
  const parameter = (name: string) => text({ hole: name, type: 'any', label: name });
  const log = (domain: string, name: string) => store(domain, 'AWS::Logs::LogGroup', { KmsKeyId: parameter(name) });
  expect(findings([log('a', 'KeyA'), log('b', 'KeyB')])).toMatchObject([
    { severity: 'undecided', message: expect.stringContaining('whether `${KeyA}` and `${KeyB}`') },
  ]);
  expect(findings([log('a', 'Key'), log('b', 'Key')])).toMatchObject([{ severity: 'violated' }]);
  expect(findings([log('a', 'KeyA'), log('a', 'KeyB')])).toEqual([]);
});

test('a key of the app is judged by whom it serves', () => {
  const key = resource('App/Key', 'AWS::KMS::Key', { domain: 'a' });
  const log = resource('App/Log', 'AWS::Logs::LogGroup', { domain: 'a', uses: [['App/Key', 'KmsKeyId']] });
  expect(findings([key, { ...log, properties: { KmsKeyId: text('any') } }])).toEqual([]);
});

test('log groups of an author may lie under the key of CloudWatch, those of the constructs not', () => {
  expect(findings([store('a', 'AWS::Logs::LogGroup', {}, 'resource')])).toEqual([]);
  expect(findings([store('a', 'AWS::Logs::LogGroup', {}, 'log-group')])).toHaveLength(1);
});

test('parts that hold no data of the domain', () => {
  expect(findings([store('a', 'AWS::S3::Bucket', {}, 'trust-store')])).toEqual([]);
  expect(findings([store('a', 'AWS::S3::Bucket', {}, 'resource')])).toHaveLength(1);
});
