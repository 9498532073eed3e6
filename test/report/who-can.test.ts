/** `who-can`: everybody who can make a request, by itself or by a chain, and nobody else. */
import { whoCan } from '../../lib/report/who-can';
import { whoCanToText } from '../../lib/report/who-can-text';
import { ACCOUNT, allow, document, type Json, role, roleArn } from './two-versions';

const key: Json = {
  Type: 'AWS::KMS::Key',
  Properties: { KeyPolicy: document({ ...allow('kms:*'), Principal: { AWS: `arn:aws:iam::${ACCOUNT}:root` } }) },
};
const app = (Resources: Json) => ({
  templates: [{ stackName: 'Shop', template: { Resources }, account: ACCOUNT, region: 'eu-west-1' }],
});
const mfa = { Condition: { Bool: { 'aws:MultiFactorAuthPresent': 'true' } } };
const shop = app({
  Key: key,
  Reader: role({
    name: 'reader',
    can: [allow('kms:Decrypt', { 'Fn::GetAtt': ['Key', 'Arn'] }, mfa)],
    trusts: [roleArn('hop')],
  }),
  Hop: role({
    name: 'hop',
    can: [allow('sts:AssumeRole', roleArn('reader'))],
    trusts: ['arn:aws:iam::999999999999:root'],
  }),
  Other: role({ name: 'other', can: [allow('s3:GetObject')], trusts: ['arn:aws:iam::888888888888:role/x'] }),
});
const ask = (action: string, resource: string) =>
  whoCan(action, resource, shop, { configuration: undefined, source: 'test' });

test('directly, with the conditions; by a chain; and nobody else', () => {
  const { principals } = ask('kms:Decrypt', 'Shop/Key');
  expect(principals.map(({ path, how }) => [path, how])).toEqual([
    ['Shop/Reader', 'direct'],
    ['Shop/Hop', 'chain'],
    ['arn:aws:iam::999999999999:root', 'chain'],
  ]);
  expect(principals[0]).toMatchObject({ context: { 'aws:MultiFactorAuthPresent': 'true' } });
  expect(principals[1]).toMatchObject({
    as: 'Shop/Reader',
    chain: [{ from: 'Shop/Hop', to: 'Shop/Reader', requests: [`sts:AssumeRole on ${roleArn('reader')}`] }],
  });
  expect(principals[2]?.chain).toHaveLength(2);
});

test.each([
  ['kms:Decrypt', '*', ['Shop/Hop', 'Shop/Reader', 'arn:aws:iam::999999999999:root']],
  ['kms:*', 'arn:aws:kms:*:*:key/*', ['Shop/Hop', 'Shop/Reader', 'arn:aws:iam::999999999999:root']],
  ['s3:Get*', '*', ['Shop/Other', 'arn:aws:iam::888888888888:role/x']],
  ['s3:GetObject', 'arn:aws:s3:::orders/*', ['Shop/Other', 'arn:aws:iam::888888888888:role/x']],
  ['sts:AssumeRole', `arn:aws:iam::${ACCOUNT}:role/*`, ['Shop/Hop', 'arn:aws:iam::999999999999:root']],
])('%s on the pattern %s', (action, resource, who) => {
  expect(
    ask(action, resource)
      .principals.map(({ path }) => path)
      .sort(),
  ).toEqual(who);
});

test('whom the policy of a resource lets in', () => {
  const bucket = { Type: 'AWS::S3::Bucket', Properties: { BucketName: 'orders' } };
  const statements = ['*', { AWS: '999999999999' }, { Service: 'cloudtrail.amazonaws.com' }].map((Principal, i) => ({
    ...allow(['s3:GetObject', 's3:PutObject', 's3:DeleteObject'][i], 'arn:aws:s3:::orders/*'),
    Principal,
  }));
  const opened = app({
    B: bucket,
    P: { Type: 'AWS::S3::BucketPolicy', Properties: { Bucket: 'orders', PolicyDocument: document(...statements) } },
  });
  const who = (action: string) =>
    whoCan(action, 'arn:aws:s3:::orders/x', opened, { configuration: undefined, source: 'test' }).principals.map(
      (p) => p.path,
    );
  expect(who('s3:GetObject')).toEqual(['anybody']);
  expect(who('s3:PutObject')).toEqual(['999999999999']);
  expect(who('s3:DeleteObject')).toEqual(['cloudtrail.amazonaws.com']);
  expect(who('s3:ListBucket')).toEqual([]);
});

test('nobody', () => {
  const report = ask('sqs:SendMessage', '*');
  expect(report.principals).toEqual([]);
  expect(whoCanToText(report)).toBe('sqs:SendMessage on *: nobody\n');
  expect(whoCanToText(ask('kms:Decrypt', 'Shop/Key'))).toContain('by a chain\n\n  `Shop/Hop`, as `Shop/Reader`');
});

test.each([
  ['kms:Decrpt', '*', 'the action `kms:Decrpt`: expected an action of AWS; did you mean `kms:Decrypt`?'],
  ['decrypt', '*', 'the action `decrypt`: expected `service:Action`, such as `s3:GetObject`'],
  ['kms:Decrypt', 'Key', /^the resource `Key`: expected an ARN, `\*`, or a resource of the templates/],
])('refuses %s on %s', (action, resource, message) => {
  expect(() => ask(action, resource)).toThrow(message);
  expect(() => ask('kms:Decrypt', '*')).not.toThrow();
});
