/** What is done to monitoring, audit trails, secrets and the stages of life: muted alarms, unlocked buckets, written credentials. */
import { type Sabotage, sabotage } from './sabotage';
import type { Json, Resource, Templates } from './templates';

function onPart(
  name: string,
  part: string,
  by: Sabotage['by'][number],
  breaks: readonly string[],
  change: (resource: Resource, app: Templates) => unknown,
  where: (resource: Resource) => boolean = () => true,
): Sabotage {
  return sabotage(name, by, breaks, (app) => {
    const resource = app.any(app.parts(part).filter(where));
    if (resource) change(resource, app);
    return resource;
  });
}

const onAlarm = (name: string, change: (alarm: Resource) => unknown) =>
  onPart(name, 'alarm', 'DOM-13', ['D12', 'S14'], change);

/** A part of an audit vault or of its trail, by type. */
function onVault(name: string, type: string, change: (resource: Resource) => unknown): Sabotage {
  return sabotage(name, 'AUD-1', ['S12'], (app) => {
    const resource = app.any(app.all(type).filter(({ mark }) => mark.vault !== undefined));
    if (resource) change(resource);
    return resource;
  });
}

/** The policy of the vault's bucket loses the statement. */
const withoutWall = (sid: string) =>
  onVault(`the bucket of the vault without ${sid}`, 'AWS::S3::BucketPolicy', (policy) => {
    const document = policy.properties.PolicyDocument as { Statement: Json[] };
    document.Statement = document.Statement.filter(({ Sid }) => Sid !== sid);
  });

/** A role that people assume, in the stack of `of`, may make the requests. */
function operator(of: Resource, Action: string[], mark?: Json): Resource {
  const person = { AWS: { 'Fn::Sub': 'arn:aws:iam::${AWS::AccountId}:user/operator' } };
  const document = (statement: Json): Json => ({
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', ...statement }],
  });
  const properties = {
    AssumeRolePolicyDocument: document({ Principal: person, Action: 'sts:AssumeRole' }),
    Policies: [{ PolicyName: 'operate', PolicyDocument: document({ Action, Resource: '*' }) }],
  };
  return of.template.add('Operator', 'AWS::IAM::Role', properties, mark);
}

export const SABOTAGE_OF_OPERATIONS: readonly Sabotage[] = [
  onAlarm('a muted alarm', ({ properties }) => {
    properties.ActionsEnabled = false;
  }),
  onAlarm('an alarm that tells nobody', ({ properties }) => {
    delete properties.AlarmActions;
  }),
  onAlarm('an alarm that tells somebody else', ({ properties }) => {
    properties.AlarmActions = ['arn:aws:sns:eu-central-1:111122223333:noise'];
  }),
  onAlarm('a removed alarm', (alarm) => alarm.remove()),
  onAlarm('an alarm that is muted at night', (alarm) =>
    alarm.template.add('Night', 'AWS::CloudWatch::AlarmMuteRule', {
      Rule: { Schedule: { Expression: 'cron(0 22 * * *)', Duration: 'PT8H' } },
      MuteTargets: { AlarmNames: [alarm.properties.AlarmName ?? alarm.ref] },
    }),
  ),
  onPart('a filter that counts something else', 'metric-filter', 'DOM-13', ['D12'], ({ properties }) => {
    properties.FilterPattern = '{ $.status = "200" }';
  }),
  onPart('a removed filter', 'metric-filter', 'DOM-13', ['D12'], (filter) => filter.remove()),
  onPart('nothing learns what is usual', 'anomaly-detector', 'DOM-13', ['S14'], (detector) => detector.remove()),
  onPart('denied uses of the key go unseen', 'denied-key-use', 'DOM-13', ['S14'], ({ properties }) => {
    properties.State = 'DISABLED';
  }),
  onPart('a removed dashboard', 'dashboard', 'DOM-13', ['D12'], (dashboard) => dashboard.remove()),
  onPart('an alarm topic that is not encrypted', 'alarm-topic', 'DOM-13', ['D12'], ({ properties }) => {
    delete properties.KmsMasterKeyId;
  }),
  onPart('an alarm topic that keeps CloudWatch out', 'alarm-topic-policy', 'DOM-13', ['D12'], ({ properties }) => {
    const document = properties.PolicyDocument as { Statement: Json[] };
    document.Statement = document.Statement.filter(({ Effect }) => Effect === 'Deny');
  }),
  sabotage('a role that may mute', 'DOM-13', ['S3'], (app) => {
    const alarm = app.any(app.parts('alarm'));
    return alarm && operator(alarm, ['cloudwatch:DisableAlarmActions'], { domain: alarm.domain, part: 'resource' });
  }),

  onVault('a trail that is off', 'AWS::CloudTrail::Trail', ({ properties }) => {
    properties.IsLogging = false;
  }),
  onVault('records that nobody signs', 'AWS::CloudTrail::Trail', ({ properties }) => {
    properties.EnableLogFileValidation = false;
  }),
  onVault('a trail of one region', 'AWS::CloudTrail::Trail', ({ properties }) => {
    properties.IsMultiRegionTrail = false;
  }),
  onVault('an unlocked bucket', 'AWS::S3::Bucket', ({ properties }) => {
    delete properties.ObjectLockConfiguration;
    properties.ObjectLockEnabled = false;
  }),
  onVault('a lock that administrators open', 'AWS::S3::Bucket', ({ properties }) => {
    const { Rule } = properties.ObjectLockConfiguration as { Rule: { DefaultRetention: Json } };
    Rule.DefaultRetention.Mode = 'GOVERNANCE';
  }),
  onVault('a key of the vault that is disabled', 'AWS::KMS::Key', ({ properties }) => {
    properties.Enabled = false;
  }),
  withoutWall('NobodyEndsARecord'),
  withoutWall('CloudTrailAloneWrites'),
  sabotage('a role that stops the trail', 'AUD-1', ['S12'], (app) => {
    const trail = app.any(app.all('AWS::CloudTrail::Trail').filter(({ mark }) => mark.vault !== undefined));
    return trail && operator(trail, ['cloudtrail:StopLogging']);
  }),
  onVault('a key of the vault for the whole account', 'AWS::KMS::Key', (key) => {
    const document = key.properties.KeyPolicy as { Statement: Json[] };
    const Principal = { AWS: { 'Fn::Sub': 'arn:aws:iam::${AWS::AccountId}:root' } };
    document.Statement = [
      ...document.Statement.filter(({ Effect }) => Effect === 'Allow'),
      { Effect: 'Allow', Principal, Action: 'kms:*', Resource: '*' },
    ];
  }),
  sabotage('an operator whom the vault lets read', 'AUD-2', ['S13'], (app) => {
    const policy = app.any(app.all('AWS::S3::BucketPolicy').filter(({ mark }) => mark.vault !== undefined));
    if (policy === undefined) return undefined;
    const document = policy.properties.PolicyDocument as { Statement: Json[] };
    document.Statement = document.Statement.filter(({ Sid }) => Sid !== 'AuditAloneReads');
    return operator(policy, ['s3:GetObject']);
  }),

  onPart('a log under the key of CloudWatch', 'log-group', 'DOM-15', ['D10'], ({ properties }) => {
    delete properties.KmsKeyId;
  }),
  sabotage('a queue under the key of SQS', 'DOM-15', ['D10'], (app) => {
    const queue = app.any(app.all('AWS::SQS::Queue').filter(({ domain }) => domain !== undefined));
    if (queue) Object.assign(queue.properties, { KmsMasterKeyId: 'alias/aws/sqs' });
    return queue;
  }),
  sabotage('a table under the key of DynamoDB', 'DOM-15', ['D10'], (app) => {
    const table = app.any(app.all('AWS::DynamoDB::Table').filter(({ domain }) => domain !== undefined));
    if (table) table.properties.SSESpecification = { SSEEnabled: true };
    return table;
  }),

  sabotage('no switch in the web ACL', 'DOM-14', ['D13'], (app) => {
    const acl = app.any(app.parts('web-acl'));
    const isSwitch = (rule: unknown): boolean => JSON.stringify(rule).includes('"isolation"');
    if (acl) acl.properties.Rules = (acl.properties.Rules as unknown[]).filter((rule) => !isSwitch(rule));
    return acl;
  }),
  onPart(
    'sessions that isolation does not end',
    'boundary',
    'DOM-14',
    ['D13'],
    ({ properties }) => {
      const document = properties.PolicyDocument as { Statement: Json[] };
      document.Statement = document.Statement.filter(({ Sid }) => Sid !== 'RevokedSessions');
    },
    ({ mark }) => mark.duty !== undefined,
  ),

  sabotage('a value of another domain’s stack', 'DOM-12', ['D14'], (app) => {
    // What crosses by declaration may bind the two.
    const declared = app.parts('crossing').map(({ mark }) => mark.crossing as { from: string; to: string });
    const bound = (a: Resource, b: Resource) =>
      declared.some(({ from, to }) => [from, to].includes(a.domain!) && [from, to].includes(b.domain!));
    const [mine, theirs] = app.twoOf('api') ?? [];
    if (mine === undefined || theirs === undefined || bound(mine, theirs)) return undefined;
    const imported = theirs.from(mine, theirs.ref);
    const properties = { Type: 'String', Value: imported };
    return mine.template.add('Remembered', 'AWS::SSM::Parameter', properties, {
      domain: mine.domain,
      part: 'resource',
    });
  }),

  sabotage(
    'a part of the app that nobody can see',
    'APP-1',
    ['S16'],
    (app) => {
      const api = app.anApi();
      if (api) api.template.json.Transform = ['SomebodysMacro'];
      return api;
    },
    'undecided',
  ),

  sabotage('a secret of the domain under the key of the account', 'DOM-11', ['S7'], (app) => {
    const api = app.anApi();
    const mark = api && { domain: api.domain, part: 'resource' };
    return api?.template.add('Password', 'AWS::SecretsManager::Secret', { GenerateSecretString: {} }, mark);
  }),

  sabotage('an issuer for development and production', 'DOM-10', ['S6'], (app) => {
    const believing = app.parts('authorizer').filter(({ mark }) => {
      const { issuers } = (mark.trusts ?? {}) as { issuers?: unknown[] };
      return (issuers ?? []).length > 0;
    });
    const [one] = believing.filter(({ template }) => template.stackName.startsWith('production'));
    const [other] = believing.filter(({ template }) => template.stackName.startsWith('development'));
    if (one === undefined || other === undefined) return undefined;
    (one.mark.trusts as Json).issuers = (other.mark.trusts as Json).issuers;
    return one;
  }),
  sabotage('a role of production that development may assume', 'DOM-10', ['S6'], (app) => {
    const apis = app.parts('api');
    const [one] = apis.filter(({ template }) => template.stackName.startsWith('production'));
    const [other] = apis.filter(
      ({ template, domain }) => template.stackName.startsWith('development') && domain === one?.domain,
    );
    if (one === undefined || other === undefined) return undefined;
    const role = (Principal: Json, Statement: Json) => ({
      AssumeRolePolicyDocument: {
        Version: '2012-10-17',
        Statement: [{ Effect: 'Allow', Principal, Action: 'sts:AssumeRole' }],
      },
      Policies: [{ PolicyName: 'Own', PolicyDocument: { Version: '2012-10-17', Statement } }],
    });
    const mark = { domain: one.domain, part: 'resource' };
    const trusted = { AWS: `arn:aws:iam::${other.template.account}:root` };
    const listing = { Effect: 'Allow', Action: 's3:ListAllMyBuckets', Resource: '*' };
    one.template.add('Released', 'AWS::IAM::Role', { ...role(trusted, listing), RoleName: 'released' }, mark);
    const assuming = { Effect: 'Allow', Action: 'sts:AssumeRole', Resource: 'arn:aws:iam::*:role/released' };
    return other.template.add('Curious', 'AWS::IAM::Role', role({ Service: 'lambda.amazonaws.com' }, assuming), mark);
  }),
  sabotage('a secret for development and production', 'DOM-10', ['S6'], (app) => {
    const apis = app.parts('api');
    const [one] = apis.filter(({ template }) => template.stackName.startsWith('production'));
    const [other] = apis.filter(({ template }) => template.stackName.startsWith('development'));
    if (one === undefined || other === undefined) return undefined;
    const SecretId = 'arn:aws:secretsmanager:eu-central-1:111122223333:secret:orders-Ab3dEf';
    for (const { template, domain } of [one, other]) {
      const properties = { SecretId, TargetId: 'db', TargetType: 'AWS::RDS::DBInstance' };
      template.add('Attached', 'AWS::SecretsManager::SecretTargetAttachment', properties, { domain, part: 'resource' });
    }
    return one;
  }),
];
