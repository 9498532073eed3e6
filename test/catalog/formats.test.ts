/**
 * The languages of ARN slots against real ARNs with unusual but legal characters. An ARN that is
 * missing from a language would make overlapping roles look disjoint: the worst error there is.
 */
import { awsCatalogue } from '../../lib/catalog/catalogue';
import { actionIdOf, matches, takes } from './matcher';

const A = '111122223333';
const arn = (service: string, resource: string, region = 'eu-west-1', account = A) =>
  `arn:aws:${service}:${region}:${account}:${resource}`;

/** An action, ARNs that AWS authorises it on, and ARNs that it cannot be authorised on. */
const REAL: readonly (readonly [action: string, yes: readonly string[], no: readonly string[]])[] = [
  [
    'lambda:InvokeFunction',
    [
      arn('lambda', 'function:My_fn-1'),
      arn('lambda', 'function:f:live'),
      arn('lambda', 'function:f:$LATEST'),
      arn('lambda', 'function:f:12'),
      arn('lambda', 'function:*', 'us-gov-west-1').replace('arn:aws:', 'arn:aws-us-gov:'),
    ],
    [arn('lambda', 'function:a:b:c'), arn('lambda', 'function:a/b'), arn('lambda', 'layer:f')],
  ],
  ['lambda:GetLayerVersion', [arn('lambda', 'layer:shared:7')], [arn('lambda', 'layer:shared')]],
  ['sqs:SendMessage', [arn('sqs', 'orders.fifo'), arn('sqs', 'a_b-c')], [arn('sqs', 'a:b'), arn('sqs', 'a/b')]],
  [
    'sns:Publish',
    [arn('sns', 'alarms.fifo'), arn('sns', 'endpoint/GCM/app/5e3e9847-3183-3f18-a7e8-671c3a57d4b3')],
    [arn('sns', 'a:b:c')],
  ],
  [
    'dynamodb:GetItem',
    [arn('dynamodb', 'table/orders.2026_a-b')],
    [arn('dynamodb', 'table/orders/index/by-date'), arn('dynamodb', 'orders')],
  ],
  [
    'dynamodb:Query',
    [arn('dynamodb', 'table/orders/index/by-date'), arn('dynamodb', 'table/orders')],
    [arn('dynamodb', 'table/a/b/c')],
  ],
  [
    'dynamodb:GetRecords',
    [arn('dynamodb', 'table/orders/stream/2026-05-11T21:21:33.291')],
    [arn('dynamodb', 'table/orders')],
  ],
  ['dynamodb:ListTables', ['*', arn('dynamodb', 'table/*')], [arn('dynamodb', 'table/orders')]],
  [
    'kms:Decrypt',
    [arn('kms', 'key/1234abcd-12ab-34cd-56ef-1234567890ab'), arn('kms', 'key/mrk-1234abcd12ab34cd56ef1234567890ab')],
    [arn('kms', 'alias/a'), arn('kms', 'key/a:b')],
  ],
  [
    'kms:DeleteAlias',
    [arn('kms', 'alias/aws/s3'), arn('kms', 'alias/team/key_1-a'), arn('kms', 'key/1')],
    [arn('kms', 'grant/1')],
  ],
  [
    'secretsmanager:GetSecretValue',
    [arn('secretsmanager', 'secret:prod/db/user@x+y=z_a.b-AbCdEf')],
    [arn('secretsmanager', 'secret:a:b')],
  ],
  [
    'ssm:GetParameter',
    [
      arn('ssm', 'parameter/prod/db.url_1-a'),
      arn('ssm', 'parameter/a:3'),
      arn('ssm', 'parameter/aws/service/ami', 'eu-west-1', ''),
    ],
    [arn('ssm', 'parameter/a:b:c'), arn('ssm', 'document/a')],
  ],
  ['ssm:GetParametersByPath', [arn('ssm', 'parameter/'), arn('ssm', 'parameter/prod')], []],
  [
    'ssm:StartSession',
    [
      arn('ec2', 'instance/i-0abc'),
      arn('ssm', 'managed-instance/mi-0abc'),
      arn('ssm', 'document/AWS-StartSSHSession'),
      arn('ssm', 'document/AWS-StartSSHSession', 'eu-west-1', ''),
      arn('ecs', 'task/cluster/0123abcd'),
    ],
    [arn('ssm', 'parameter/a')],
  ],
  [
    'logs:PutLogEvents',
    [
      arn('logs', 'log-group:/aws/lambda/f:log-stream:2026/01/01/[$LATEST]0123abcd'),
      arn('logs', 'log-group:/aws/lambda/f:log-stream:'),
    ],
    [arn('logs', 'log-group:/aws/lambda/f'), arn('logs', 'log-group:a:log-stream:b:c')],
  ],
  [
    'logs:DeleteLogGroup',
    [arn('logs', 'log-group:/aws/x#1_a.b'), arn('logs', 'log-group:/aws/x:*'), arn('logs', 'log-group:x:log-stream:')],
    [arn('logs', 'destination:x')],
  ],
  [
    'logs:DescribeLogGroups',
    ['*', arn('logs', 'log-group::log-stream:'), arn('logs', 'log-group:a:log-stream:')],
    [arn('logs', 'log-group:a')],
  ],
  [
    'states:StartExecution',
    [arn('states', 'stateMachine:Order.v2_a-b'), arn('states', 'stateMachine:Orders:live')],
    [arn('states', 'stateMachine:a:b:c')],
  ],
  [
    'states:DescribeExecution',
    [arn('states', 'execution:Orders:2026-01-01_a'), arn('states', 'execution:Orders/map:0123')],
    [arn('states', 'execution:Orders')],
  ],
  [
    'apigateway:GET',
    [
      arn('apigateway', '/restapis', 'eu-west-1', ''),
      arn('apigateway', '/restapis/a1b2c3/resources/x9/methods/GET/integration/responses/200', 'eu-west-1', ''),
      arn('apigateway', '/apis/a1/stages/$default', 'eu-west-1', ''),
      arn('apigateway', '/domainnames/*.example.com', 'eu-west-1', ''),
      arn('apigateway', '/tags/arn%3Aaws%3Aapigateway%3Aeu-west-1%3A%3A%2Frestapis%2Fa', 'eu-west-1', ''),
    ],
    ['*', arn('execute-api', 'a/b/c')],
  ],
  [
    'execute-api:Invoke',
    [
      arn('execute-api', 'a1b2/prod/GET/pets/1'),
      arn('execute-api', 'a1b2/prod/GET/'),
      arn('execute-api', 'a1b2/prod/$connect'),
      arn('execute-api', 'a1b2/$default/POST/jobs/7:cancel'),
    ],
    [arn('execute-api', 'a1b2')],
  ],
  ['execute-api:ManageConnections', [arn('execute-api', 'a1b2/prod/POST/@connections/L0SM9cOFvHcCIhw=')], []],
  [
    'cognito-idp:AdminGetUser',
    [arn('cognito-idp', 'userpool/eu-west-1_Ab12cD34e')],
    [arn('cognito-idp', 'userpool/a:b')],
  ],
  [
    'cognito-identity:DescribeIdentityPool',
    [arn('cognito-identity', 'identitypool/eu-west-1:1234abcd-12ab-34cd-56ef-1234567890ab')],
    [arn('cognito-identity', 'identitypool/a:b:c')],
  ],
  [
    's3:PutObject',
    [
      'arn:aws:s3:::my.bucket-1/a b/c:d*e?/ü',
      'arn:aws:s3:::Old_Bucket/k',
      arn('s3', 'accesspoint/p/object/k:1'),
      `arn:aws:s3::${A}:accesspoint/mfzwi23gnjvgw.mrap/object/k`,
    ],
    ['arn:aws:s3:::bucket', 'arn:aws:s3:::a:b/k', '*'],
  ],
  ['s3:ListBucket', ['arn:aws:s3:::my.bucket-1', arn('s3', 'accesspoint/p')], ['arn:aws:s3:::bucket/k']],
  ['ecr:PutImage', [arn('ecr', 'repository/team/app_1.2-x')], [arn('ecr', 'repository/a:b')]],
  ['ecs:UpdateService', [arn('ecs', 'service/cluster/web'), arn('ecs', 'service/web')], [arn('ecs', 'task/cluster/1')]],
  [
    'ecs:RunTask',
    [arn('ecs', 'task-definition/web:7'), arn('ecs', 'task-definition/web:*')],
    [arn('ecs', 'task-definition/a:b:c')],
  ],
  [
    'events:PutRule',
    [
      arn('events', 'rule/nightly.1'),
      arn('events', 'rule/bus/nightly'),
      arn('events', 'rule/aws.partner/example.com/1/nightly'),
    ],
    [arn('events', 'rule/a:b')],
  ],
  [
    'events:PutEvents',
    [arn('events', 'event-bus/default'), arn('events', 'event-bus/aws.partner/example.com/1')],
    [arn('events', 'rule/a')],
  ],
  [
    'scheduler:CreateSchedule',
    [arn('scheduler', 'schedule/default/nightly.1_a')],
    [arn('scheduler', 'schedule/nightly')],
  ],
  [
    'wafv2:UpdateWebACL',
    [arn('wafv2', 'regional/webacl/acl-1/0123abcd'), arn('wafv2', 'global/webacl/acl/0123', 'us-east-1')],
    [arn('wafv2', 'regional/webacl/a')],
  ],
  [
    'cloudwatch:DeleteAlarms',
    [arn('cloudwatch', 'alarm:High CPU: web / 1 (prod)')],
    [arn('cloudwatch', 'dashboard/a')],
  ],
  [
    'cloudformation:ExecuteChangeSet',
    [arn('cloudformation', 'stack/App-1/0123-abcd'), arn('cloudformation', 'stack/App-1/*')],
    [arn('cloudformation', 'stackset/a:b')],
  ],
  [
    'cloudformation:CreateStackInstances',
    [arn('cloudformation', 'stackset/org:0123-abcd')],
    [arn('cloudformation', 'stack/a/b')],
  ],
  ['cloudtrail:StopLogging', [arn('cloudtrail', 'trail/org_trail.1')], [arn('cloudtrail', 'trail/a:b')]],
  ['cloudtrail:GetChannel', [arn('cloudtrail', 'channel/aws-service-channel/resource-explorer-2/default')], []],
  ['codebuild:BatchGetBuilds', [arn('codebuild', 'project/app_1')], []],
  ['codepipeline:PutApprovalResult', [arn('codepipeline', 'app/Approve.1/manual@1')], [arn('codepipeline', 'app')]],
  [
    'iam:PassRole',
    [
      `arn:aws:iam::${A}:role/app`,
      `arn:aws:iam::${A}:role/a:b/c~!*/app+=,.@-_1`,
      `arn:aws:iam::${A}:role/service-role/app`,
    ],
    [`arn:aws:iam::${A}:role/`, `arn:aws:iam::${A}:role/app:x`],
  ],
  ['iam:AttachRolePolicy', [`arn:aws:iam::${A}:role/a/b`], [`arn:aws:iam::${A}:user/a`]],
  [
    'iam:GetPolicy',
    ['arn:aws:iam::aws:policy/service-role/AWSLambdaRole', `arn:aws:iam::${A}:policy/division/p`],
    [`arn:aws:iam::${A}:role/p`],
  ],
  ['iam:UpdateOpenIDConnectProviderThumbprint', [`arn:aws:iam::${A}:oidc-provider/oidc.example.com:8443/id/1`], []],
  ['sts:AssumeRole', [`arn:aws:iam::${A}:role/p/q/app`], [`arn:aws:iam::${A}:root`]],
  [
    'ec2:TerminateInstances',
    [arn('ec2', 'instance/i-0123456789abcdef0')],
    [arn('ec2', 'volume/vol-1'), arn('ec2', 'instance/i:1')],
  ],
  ['ec2:DeleteKeyPair', [arn('ec2', 'key-pair/my key: prod/1')], []],
  ['ec2:CreateSnapshot', [arn('ec2', 'snapshot/snap-1', 'eu-west-1', ''), arn('ec2', 'volume/vol-1')], []],
  [
    'elasticloadbalancing:DeleteListener',
    [arn('elasticloadbalancing', 'listener/app/my-alb/50dc6c495c0c9188/f2f7dc8efc522ab2')],
    [arn('elasticloadbalancing', 'listener/app/a')],
  ],
  [
    'elasticloadbalancing:DeleteLoadBalancer',
    [arn('elasticloadbalancing', 'loadbalancer/net/a/1'), arn('elasticloadbalancing', 'loadbalancer/classic-1')],
    [],
  ],
  ['kinesis:PutRecord', [arn('kinesis', 'stream/s_1.a-b')], [arn('kinesis', 'stream/a/consumer/b:1')]],
  ['kinesis:SubscribeToShard', [arn('kinesis', 'stream/s/consumer/c:1525898737')], []],
  [
    'glue:GetTable',
    [arn('glue', 'catalog'), arn('glue', 'database/my db: 1'), arn('glue', 'table/db/t:1')],
    [arn('glue', 'job/a')],
  ],
  ['athena:StartQueryExecution', [arn('athena', 'workgroup/primary_1.a-b')], [arn('athena', 'workgroup/a:b')]],
  ['batch:TerminateJob', [arn('batch', 'job/0123abcd:7')], []],
  [
    'batch:SubmitJob',
    [arn('batch', 'job-definition/def_1-a:3'), arn('batch', 'job-queue/q')],
    [arn('batch', 'job-definition/a:b:c')],
  ],
  ['rds:DeleteDBInstance', [arn('rds', 'db:orders-1')], [arn('rds', 'db:a:b')]],
  [
    'rds:DeleteDBSnapshot',
    [arn('rds', 'snapshot:rds:orders-2026-01-01-00-05'), arn('rds', 'snapshot:awsbackup:job-0123')],
    [],
  ],
  ['rds:ModifyOptionGroup', [arn('rds', 'og:default:mysql-8-0')], []],
  ['rds-db:connect', [arn('rds-db', 'dbuser:db-ABCDEFGHIJKL01234/jane_doe')], []],
  ['redshift:DeleteClusterSnapshot', [arn('redshift', 'snapshot:cluster-1/rs:cluster-1-2026-01-01-00-00-00')], []],
  [
    'redshift:GetClusterCredentials',
    [arn('redshift', 'dbuser:cluster-1/admin'), arn('redshift', 'dbname:cluster-1/dev')],
    [],
  ],
  [
    'elasticfilesystem:ClientMount',
    [arn('elasticfilesystem', 'file-system/fs-0123abcd')],
    [arn('elasticfilesystem', 'access-point/fsap-1')],
  ],
  [
    'backup:StartRestoreJob',
    [
      arn('backup', 'recovery-point:0123-abcd'),
      arn('ec2', 'snapshot/snap-1', 'eu-west-1', ''),
      arn('dynamodb', 'table/t/backup/01-a'),
    ],
    [],
  ],
  [
    'backup:DeleteBackupVault',
    [arn('backup', 'backup-vault:aws/efs/automatic-backup-vault'), arn('backup', 'backup-vault:Default')],
    [arn('backup', 'backup-plan:1')],
  ],
  [
    'es:ESHttpGet',
    [arn('es', 'domain/logs/_search'), arn('es', 'domain/logs/idx:1/_doc/1'), arn('es', 'domain/logs')],
    [],
  ],
  [
    'codeartifact:PublishPackageVersion',
    [
      arn('codeartifact', 'package/dom/repo/npm//left-pad'),
      arn('codeartifact', 'package/dom/repo/maven/org.example/lib'),
    ],
    [],
  ],
  [
    'vpc-lattice-svcs:Invoke',
    [arn('vpc-lattice', 'service/svc-0123456789abcdef0/'), arn('vpc-lattice', 'service/svc-0123456789abcdef0/a/b:c')],
    [],
  ],
  [
    'bedrock:InvokeModel',
    [arn('bedrock', 'foundation-model/anthropic.claude-3-sonnet-20240229-v1:0', 'eu-west-1', '')],
    [],
  ],
  [
    'braket:CreateQuantumTask',
    [arn('braket', 'quantum-task/0123'), arn('braket', 'device/quantum-simulator/amazon/sv1', '', '')],
    [],
  ],
  ['iot:Publish', [arn('iot', 'topic/dt/a:b/c')], []],
  ['sagemaker:InvokeEndpoint', [arn('sagemaker', 'endpoint/my-endpoint')], [arn('sagemaker', 'endpoint/a:b')]],
  ['es:DeleteDomain', [arn('es', 'domain/logs')], []],
  [
    'acm:DeleteCertificate',
    [arn('acm', 'certificate/1234abcd-12ab-34cd-56ef-1234567890ab')],
    [arn('acm', 'certificate/a:b')],
  ],
  ['route53:ChangeResourceRecordSets', ['arn:aws:route53:::hostedzone/Z2FDTNDATAQYW2'], []],
  ['cloudfront:UpdateDistribution', [`arn:aws:cloudfront::${A}:distribution/EDFDVBD6EXAMPLE`], []],
  [
    'firehose:PutRecord',
    [arn('firehose', 'deliverystream/aws-waf-logs-a.b_c')],
    [arn('firehose', 'deliverystream/a:b')],
  ],
];

test.each(REAL)('%s takes the ARNs that are real, and no others', (action, yes, no) => {
  const listed = awsCatalogue().resourceFormats(actionIdOf(action)).length === 0;
  expect(yes.filter((resource) => !takes(action, resource) && !(listed && resource === '*'))).toEqual([]);
  expect(no.filter((resource) => takes(action, resource))).toEqual([]);
});

// What the formats are for: a wildcard for the region must not reach over into the name.
test.each([
  ['lambda:InvokeFunction', 'lambda', 'function:'],
  ['sqs:SendMessage', 'sqs', ''],
  ['sns:Publish', 'sns', ''],
  ['dynamodb:GetItem', 'dynamodb', 'table/'],
  ['kms:Decrypt', 'kms', 'key/'],
  ['secretsmanager:GetSecretValue', 'secretsmanager', 'secret:'],
  ['ssm:GetParameter', 'ssm', 'parameter/'],
  ['logs:DeleteLogGroup', 'logs', 'log-group:'],
  ['states:StartExecution', 'states', 'stateMachine:'],
  ['ecr:PutImage', 'ecr', 'repository/'],
  ['cloudformation:UpdateStack', 'cloudformation', 'stack/'],
])('%s: no resource name hides a second ARN', (action, service, before) => {
  const hidden = `arn:aws:${service}:eu-west-1:${A}:${before}partner-a:${A}:${before}internal-a`;
  expect(takes(action, hidden)).toBe(false);
  expect(takes(action, `arn:aws:${service}:eu-west-1:${A}:${before}internal-a`)).toBe(true);
});

test('the partition, the region and the account are what AWS says they are', () => {
  const [format] = awsCatalogue().serviceFormats('sqs');
  const odd = [
    'arn:aws-cn:sqs:cn-north-1:111122223333:q',
    'arn:aws-us-gov:sqs:us-gov-east-1:111122223333:q',
    'arn:aws-iso-b:sqs:us-isob-east-1:111122223333:q',
  ];
  expect(odd.filter((resource) => !matches(format!, resource))).toEqual([]);
  const wrong = [
    'arn:aws:sqs::111122223333:q:r',
    'arn:aws:sqs:eu-west-1:1111:q',
    'arn:azure:sqs:eu-west-1:111122223333:q',
  ];
  expect(wrong.filter((resource) => matches(format!, resource))).toEqual([]);
});
