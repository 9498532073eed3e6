import { awsCatalogue } from '../../lib/catalog/catalogue';
import { actionIdOf, takes } from './matcher';

const catalogue = awsCatalogue();
const names = [...catalogue.actions];

test('holds every action of AWS, in the order of the lower-cased names', () => {
  expect(catalogue.actions.length).toBeGreaterThanOrEqual(21_000);
  const lower = names.map((name) => name.toLowerCase());
  expect(lower).toEqual([...lower].sort());
  expect(new Set(lower).size).toBe(lower.length);
  expect(names.filter((name) => !/^[a-z0-9-]+:[A-Za-z0-9-]+$/.test(name))).toEqual([]);
});

test('is one object a process', () => {
  expect(awsCatalogue()).toBe(catalogue);
});

test('finds an action in any case, and no other', () => {
  expect(catalogue.actions.at(actionIdOf('S3:getOBJECT'))).toBe('s3:GetObject');
  expect(catalogue.actionId(names[0]!)).toBe(0);
  expect(catalogue.actionId(names.at(-1)!)).toBe(catalogue.actions.length - 1);
  expect(catalogue.actionId('s3:GetObjec')).toBeUndefined();
});

test('knows the access level of every action', () => {
  const levels = new Set(names.map((_, id) => catalogue.accessLevel(id)));
  expect([...levels].sort()).toEqual(['list', 'permissions-management', 'read', 'tagging', 'write']);
  expect(catalogue.accessLevel(actionIdOf('s3:PutBucketPolicy'))).toBe('permissions-management');
  expect(catalogue.accessLevel(actionIdOf('s3:GetObject'))).toBe('read');
});

test('has well-formed formats with unique ids for every action', () => {
  const seen = new Map<string, string>();
  for (let id = 0; id < catalogue.actions.length; id++) {
    for (const { id: format, parts } of catalogue.resourceFormats(id)) {
      const shape = JSON.stringify(parts);
      expect(seen.get(format) ?? shape).toBe(shape);
      seen.set(format, shape);
    }
  }
  expect(seen.size).toBeGreaterThan(2_000);
  // An ARN, or the one format of requests that name no resource.
  expect([...seen].filter(([, shape]) => !shape.startsWith('["arn:"') && shape !== '["*"]')).toEqual([]);
  expect([...seen].filter(([, shape]) => /[{}~$]/.test(shape.replace(/\{"slot":"\w+"\}/g, '')))).toEqual([]);
});

test('gives the formats of a service, and none for an unknown one', () => {
  expect(catalogue.serviceFormats('sqs').map(({ id }) => id)).toEqual(['sqs:queue']);
  expect(catalogue.serviceFormats('no-such-service')).toEqual([]);
});

// "Actions, resources, and condition keys", column "Resource types": empty means only `*`, an asterisk means required.
test.each([
  ['sts:GetCallerIdentity', ['*'], ['arn:aws:iam::111122223333:role/a']],
  ['sts:AssumeRole', ['arn:aws:iam::111122223333:role/a'], ['*', 'arn:aws:iam::111122223333:user/a']],
  ['iam:PassRole', ['arn:aws:iam::111122223333:role/a/b'], ['*', 'arn:aws:iam::111122223333:policy/b']],
  ['lambda:CreateFunction', ['arn:aws:lambda:eu-west-1:111122223333:function:a'], ['*']],
  ['kms:CreateKey', ['*'], ['arn:aws:kms:eu-west-1:111122223333:key/a']],
  [
    'kms:CreateAlias',
    ['arn:aws:kms:eu-west-1:111122223333:alias/a', 'arn:aws:kms:eu-west-1:111122223333:key/a'],
    ['*'],
  ],
  ['ec2:DescribeInstances', ['*'], ['arn:aws:ec2:eu-west-1:111122223333:instance/i-1']],
  [
    'ec2:RunInstances',
    [
      'arn:aws:ec2:eu-west-1::image/ami-1',
      'arn:aws:ec2:eu-west-1:111122223333:instance/*',
      'arn:aws:ec2:eu-west-1:111122223333:subnet/subnet-1',
    ],
    ['*'],
  ],
  // All types optional: the request may name none.
  ['rds:DescribeDBInstances', ['arn:aws:rds:eu-west-1:111122223333:db:a', '*'], []],
  // … but an object is read from a bucket or through an access point, always.
  [
    's3:GetObject',
    ['arn:aws:s3:::b/k', 'arn:aws:s3:eu-west-1:111122223333:accesspoint/p/object/k'],
    ['*', 'arn:aws:s3:::b'],
  ],
  ['s3:ListAllMyBuckets', ['*', 'arn:aws:s3:::*'], ['arn:aws:s3:::b']],
  // An SMS has no topic: https://docs.aws.amazon.com/sns/latest/dg/sns-sms_publish-to-phone.html
  ['sns:Publish', ['*', 'arn:aws:sns:eu-west-1:111122223333:t'], []],
  // Macros: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/template-macros-overview.html
  ['cloudformation:CreateChangeSet', ['arn:aws:cloudformation:eu-west-1:aws:transform/Serverless-2016-10-31'], ['*']],
  // Two pages of the reference share these names.
  [
    'elasticloadbalancing:AddTags',
    ['arn:aws:elasticloadbalancing:eu-west-1:111122223333:loadbalancer/app/a/0123'],
    ['*'],
  ],
  [
    'apigateway:PATCH',
    ['arn:aws:apigateway:eu-west-1::/apis/a/routes/b', 'arn:aws:apigateway:eu-west-1::/restapis/a/stages/p'],
    ['*'],
  ],
])('%s is authorised on the right resources', (action, yes, no) => {
  expect(yes.filter((arn) => !takes(action, arn) && !(arn === '*' && onlyStar(action)))).toEqual([]);
  expect(no.filter((arn) => takes(action, arn))).toEqual([]);
});

function onlyStar(action: string): boolean {
  return catalogue.resourceFormats(actionIdOf(action)).length === 0;
}
