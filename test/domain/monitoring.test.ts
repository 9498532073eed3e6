/** What a trust domain promises about its monitoring, on the rendered template and before the engine. */
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App, Duration, Stack } from 'aws-cdk-lib';
import { Match, type Template } from 'aws-cdk-lib/assertions';
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import { Duty, type TrustDomainProps } from '../../lib';
import { awsCatalogue } from '../../lib/catalog/catalogue';
import { ALL_DUTIES } from '../../lib/domain/duty';
import { buildModel } from '../../lib/model/build-model';
import { readCloudAssembly } from '../../lib/model/cloud-assembly';
import { reachOf } from '../../lib/reach/reach';
import { ACCOUNT, aDomain, BACKEND, ENV, inStack, REGION, templateOf } from './a-domain';
import { judged } from './a-four-eyes-app';

let rendered: Template | undefined;
const template = (): Template => {
  rendered ??= templateOf(aDomain());
  return rendered;
};

const ofPartition = (rest: string) => ({ 'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, rest]] });
const ALARMS = ofPartition(`:cloudwatch:${REGION}:${ACCOUNT}:alarm:bulkhead/orders/*`);
const FROM_ALARMS = { StringEquals: { 'aws:SourceAccount': ACCOUNT }, ArnLike: { 'aws:SourceArn': ALARMS } };

describe('the alarms', () => {
  test.each<[string, object]>([
    ['client-errors', { Namespace: 'AWS/ApiGateway', MetricName: '4XXError', Statistic: 'Sum', Threshold: 100 }],
    ['server-errors', { Namespace: 'AWS/ApiGateway', MetricName: '5XXError', Statistic: 'Sum', Threshold: 5 }],
    ['latency', { Namespace: 'AWS/ApiGateway', MetricName: 'Latency', ExtendedStatistic: 'p99', Threshold: 5000 }],
    ['throttled', { Namespace: 'Bulkhead', MetricName: 'orders/throttled', Threshold: 50 }],
    ['blocked', { Namespace: 'AWS/WAFV2', MetricName: 'BlockedRequests', Threshold: 100 }],
    ['authentication-failures', { Namespace: 'Bulkhead', MetricName: 'orders/authentication-failures', Threshold: 20 }],
    ['denied-key-use', { Namespace: 'AWS/Events', MetricName: 'MatchedEvents', Threshold: 0 }],
  ])('%s watches what is the domain’s own, every five minutes, and tells its topic', (name, properties) => {
    const [topic] = Object.keys(template().findResources('AWS::SNS::Topic'));
    template().hasResource('AWS::CloudWatch::Alarm', {
      Properties: {
        AlarmName: `bulkhead/orders/${name}`,
        ComparisonOperator: 'GreaterThanThreshold',
        TreatMissingData: 'notBreaching',
        EvaluationPeriods: 1,
        Period: 300,
        AlarmActions: [{ Ref: topic }],
        ActionsEnabled: Match.absent(),
        ...properties,
      },
      Metadata: { bulkhead: { domain: 'orders', part: 'alarm' } },
    });
  });

  test('unusual-requests knows what is usual', () => {
    const dimensions = [
      { Name: 'ApiName', Value: 'bulkhead-orders' },
      { Name: 'Stage', Value: 'v1' },
    ];
    template().hasResourceProperties('AWS::CloudWatch::AnomalyDetector', {
      SingleMetricAnomalyDetector: {
        Namespace: 'AWS/ApiGateway',
        MetricName: 'Count',
        Stat: 'Sum',
        Dimensions: dimensions,
      },
    });
    template().hasResourceProperties('AWS::CloudWatch::Alarm', {
      AlarmName: 'bulkhead/orders/unusual-requests',
      ComparisonOperator: 'LessThanLowerOrGreaterThanUpperThreshold',
      Metrics: Match.arrayWith([Match.objectLike({ Expression: 'ANOMALY_DETECTION_BAND(m0, 3)' })]),
    });
  });

  test('are raised when the author says, and do more if the author wants', () => {
    const own = templateOf(
      aDomain({
        alarmPeriod: Duration.minutes(1),
        alarmAboveServerErrors: 0,
        alarmAboveLatency: Duration.millis(250),
        alarmOutsideDeviations: 2,
        alarmActions: [{ bind: () => ({ alarmActionArn: `arn:aws:sns:${REGION}:${ACCOUNT}:security` }) }],
      }),
    );
    const more = Match.arrayWith([`arn:aws:sns:${REGION}:${ACCOUNT}:security`]);
    own.allResourcesProperties('AWS::CloudWatch::Alarm', { AlarmActions: more });
    own.hasResourceProperties('AWS::CloudWatch::Alarm', { MetricName: '5XXError', Threshold: 0, Period: 60 });
    own.hasResourceProperties('AWS::CloudWatch::Alarm', { MetricName: 'Latency', Threshold: 250, Period: 60 });
    own.hasResourceProperties('AWS::CloudWatch::Alarm', {
      Metrics: Match.arrayWith([Match.objectLike({ Expression: 'ANOMALY_DETECTION_BAND(m0, 2)' })]),
    });
  });

  test('are properties of the domain, with the topic and the dashboard', () => {
    const domain = aDomain();
    expect(domain.alarms).toHaveLength(8);
    expect(Stack.of(domain).resolve(domain.alarmTopic.topicArn)).toEqual({ Ref: expect.any(String) });
    template().hasResourceProperties('AWS::CloudWatch::Dashboard', { DashboardName: `bulkhead-orders-${REGION}` });
  });

  test.each<[string, Partial<TrustDomainProps>, RegExp]>([
    [
      'a negative threshold',
      { alarmAboveBlocked: -1 },
      /`alarmAboveBlocked` is `-1`; an alarm is raised above 0 or more/,
    ],
    ['no number', { alarmAboveThrottled: Number.NaN }, /`alarmAboveThrottled` is `NaN`/],
    ['a band of nothing', { alarmOutsideDeviations: 0 }, /`alarmOutsideDeviations` is `0`/],
    ['a band of everything', { alarmOutsideDeviations: 11 }, /`alarmOutsideDeviations` is `11`; .* at most 10/],
    ['half a minute', { alarmPeriod: Duration.seconds(30) }, /`alarmPeriod` is `30` seconds; give whole minutes/],
    ['two hours', { alarmPeriod: Duration.hours(2) }, /`alarmPeriod` is `7200` seconds/],
  ])('refuse %s', (_, props, message) => {
    expect(() => aDomain(props)).toThrow(message);
  });
});

describe('what is counted', () => {
  test.each([
    ['throttled', '{ $.status = "429" }'],
    ['authentication-failures', '{ $.status = "401" || $.status = "403" }'],
  ])('%s, in the access log', (name, pattern) => {
    const [log] = Object.keys(
      template().findResources('AWS::Logs::LogGroup', { Properties: { LogGroupName: '/bulkhead/orders/access' } }),
    );
    template().hasResourceProperties('AWS::Logs::MetricFilter', {
      FilterPattern: pattern,
      LogGroupName: { Ref: log },
      MetricTransformations: [{ MetricNamespace: 'Bulkhead', MetricName: `orders/${name}`, MetricValue: '1' }],
    });
  });

  test('denied uses of the key, those that read among them, by a rule that tells nobody else', () => {
    template().hasResourceProperties('AWS::Events::Rule', {
      Name: 'bulkhead-orders-denied-key-use',
      State: 'ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS',
      Targets: Match.absent(),
      EventPattern: {
        source: ['aws.kms'],
        detail: {
          errorCode: [{ prefix: 'AccessDenied' }],
          $or: [{ resources: { ARN: [Match.anyValue()] } }, { errorMessage: [{ wildcard: Match.anyValue() }] }],
        },
      },
    });
  });
});

describe('the topic', () => {
  test('is encrypted with the domain’s key, which CloudWatch may use for the domain’s alarms alone', () => {
    const [key] = Object.keys(template().findResources('AWS::KMS::Key'));
    template().hasResourceProperties('AWS::SNS::Topic', {
      TopicName: 'bulkhead-orders-alarms',
      KmsMasterKeyId: { 'Fn::GetAtt': [key, 'Arn'] },
    });
    template().hasResourceProperties('AWS::KMS::Key', {
      KeyPolicy: {
        Statement: Match.arrayWith([
          {
            Sid: 'DeliverAlarms',
            Effect: 'Allow',
            Principal: { Service: 'cloudwatch.amazonaws.com' },
            Action: ['kms:Decrypt', 'kms:GenerateDataKey'],
            Resource: '*',
            Condition: FROM_ALARMS,
          },
        ]),
      },
    });
  });

  test('takes the domain’s alarms alone, by TLS', () => {
    template().hasResourceProperties('AWS::SNS::TopicPolicy', {
      PolicyDocument: {
        Statement: [
          Match.objectLike({ Effect: 'Deny', Condition: { Bool: { 'aws:SecureTransport': 'false' } } }),
          Match.objectLike({
            Effect: 'Allow',
            Action: 'sns:Publish',
            Principal: { Service: 'cloudwatch.amazonaws.com' },
            Condition: FROM_ALARMS,
          }),
        ],
      },
    });
  });

  test('is heard by those whom the author names; that nobody is named, the report says', () => {
    const assumed = (props: Partial<TrustDomainProps>) => {
      const outdir = mkdtempSync(join(tmpdir(), 'bulkhead-heard-'));
      const app = new App({ outdir });
      inStack(new Stack(app, 'Orders', { env: ENV }), 'orders', props).addRoute('GET', '/orders', BACKEND);
      return judged({ app, outdir }).assumptions.filter(({ id }) => id === 'alarm-subscribers');
    };
    expect(assumed({})).toEqual([
      {
        id: 'alarm-subscribers',
        text: 'nobody in the templates hears the alarms of `orders`: that somebody subscribes to them is seen to elsewhere',
      },
    ]);
    expect(assumed({ alarmSubscribers: [new EmailSubscription('on-call@example.com')] })).toEqual([]);
    const domain = aDomain({ alarmSubscribers: [new EmailSubscription('on-call@example.com')] });
    templateOf(domain).hasResource('AWS::SNS::Subscription', {
      Properties: { Protocol: 'email', Endpoint: 'on-call@example.com' },
      Metadata: { bulkhead: { domain: 'orders', part: 'alarm-subscriber' } },
    });
  });
});

describe('who sees and who mutes', () => {
  const outdir = mkdtempSync(join(tmpdir(), 'bulkhead-mutes-'));
  const app = new App({ outdir });
  for (const [id, name] of [
    ['Orders', 'orders'],
    ['Ledger', 'ledger'],
  ] as const) {
    inStack(new Stack(app, id, { env: ENV }), name).addRoute('GET', '/all', BACKEND);
  }
  app.synth();
  const model = buildModel(readCloudAssembly(outdir).templates);
  const reach = reachOf(model, awsCatalogue());
  const alarm = (domain: string) => `arn:aws:cloudwatch:${REGION}:${ACCOUNT}:alarm:bulkhead/${domain}/latency`;
  const topic = `arn:aws:sns:${REGION}:${ACCOUNT}:bulkhead-orders-alarms`;
  const who = (action: string, resource: string) =>
    reach
      .whoCan(action, resource)
      .filter(({ principal }) => principal.kind === 'role')
      .map(({ principal: { domain, duty } }) => `${duty} of ${domain}`);

  test('`monitor` sees its domain’s alarms, dashboard and subscribers, and nobody else does', () => {
    expect(who('cloudwatch:DescribeAlarms', alarm('orders'))).toEqual(['monitor of orders']);
    expect(who('cloudwatch:DescribeAlarms', alarm('ledger'))).toEqual(['monitor of ledger']);
    const dashboard = `arn:aws:cloudwatch::${ACCOUNT}:dashboard/bulkhead-orders-${REGION}`;
    expect(who('cloudwatch:GetDashboard', dashboard)).toEqual(['monitor of orders']);
    expect(who('sns:ListSubscriptionsByTopic', topic)).toEqual(['monitor of orders']);
  });

  test.each([
    ['cloudwatch:DeleteAlarms', alarm('orders')],
    ['cloudwatch:DisableAlarmActions', alarm('orders')],
    ['cloudwatch:PutAlarmMuteRule', alarm('orders')],
    ['cloudwatch:PutMetricAlarm', alarm('orders')],
    ['cloudwatch:SetAlarmState', alarm('orders')],
    ['sns:DeleteTopic', topic],
    ['sns:SetTopicAttributes', topic],
    ['sns:Unsubscribe', topic],
    ['logs:DeleteMetricFilter', `arn:aws:logs:${REGION}:${ACCOUNT}:log-group:/bulkhead/orders/access`],
    ['logs:PutMetricFilter', `arn:aws:logs:${REGION}:${ACCOUNT}:log-group:/bulkhead/orders/access`],
    ['events:DisableRule', `arn:aws:events:${REGION}:${ACCOUNT}:rule/bulkhead-orders-denied-key-use`],
    ['events:RemoveTargets', `arn:aws:events:${REGION}:${ACCOUNT}:rule/bulkhead-orders-denied-key-use`],
  ])('no duty comes to %s, by itself or by any chain', (action, resource) => {
    expect(who(action, resource)).toEqual([]);
  });

  test('every remit says so, so that no boundary has to', () => {
    for (const duty of ALL_DUTIES) {
      template().hasResourceProperties('AWS::IAM::ManagedPolicy', {
        ManagedPolicyName: `bulkhead-orders-${duty}-${REGION}`,
        PolicyDocument: {
          Statement: Match.arrayWith([Match.objectLike({ Sid: 'NoMuting', Effect: 'Deny', Resource: '*' })]),
        },
      });
    }
    expect(ALL_DUTIES).toContain(Duty.DEPLOY);
  });
});

test('a domain of 60 routes fits into a stack', () => {
  const domain = aDomain();
  for (let i = 0; i < 60; i++) domain.addRoute('GET', `/things-${i}/{id}`, BACKEND);
  const { Resources } = templateOf(domain, false).toJSON();
  expect(Object.keys(Resources).length).toBeGreaterThan(180);
  expect(Object.keys(Resources).length).toBeLessThanOrEqual(500);
  expect(JSON.stringify(Resources).length).toBeLessThan(500_000);
});
