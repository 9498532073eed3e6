/** DOM-13: a domain as its construct makes it is heard; whatever takes away, silences, weakens or mutes is named. */
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App, CfnCondition, CfnParameter, CfnResource, Fn, Stack } from 'aws-cdk-lib';
import {
  CfnDeployment,
  type CfnDeploymentProps,
  CfnStage,
  type CfnStageProps,
  RestApi,
} from 'aws-cdk-lib/aws-apigateway';
import { Alarm, CfnAlarmMuteRule } from 'aws-cdk-lib/aws-cloudwatch';
import { ArnPrincipal, type CfnRole, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Code, Function as LambdaFunction, Runtime } from 'aws-cdk-lib/aws-lambda';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { CfnWebACL, CfnWebACLAssociation } from 'aws-cdk-lib/aws-wafv2';
import { DomainCrossing, Duty, type TrustDomain, type TrustDomainProps } from '../../lib';
import { ACCOUNT, BACKEND, cognito, ENV, inStack, REGION } from './a-domain';
import { judged } from './a-four-eyes-app';

interface Made {
  readonly app: App;
  readonly outdir: string;
  readonly stack: Stack;
  readonly orders: TrustDomain;
}

function made(props: Partial<TrustDomainProps> = {}): Made {
  const outdir = mkdtempSync(join(tmpdir(), 'bulkhead-monitoring-'));
  const app = new App({ outdir });
  const stack = new Stack(app, 'Orders', { env: ENV });
  const orders = inStack(stack, 'orders', props);
  orders.addRoute('GET', '/orders', BACKEND, orders.userPool === undefined ? {} : { scopes: ['read'] });
  return { app, outdir, stack, orders };
}

const found = (of: Made) => judged(of).findings.filter(({ id }) => id === 'DOM-13');
const messages = (of: Made) => found(of).map(({ severity, message }) => `${severity}: ${message}`);

/** A resource of the domain, by its path within it. */
function part({ orders }: Made, path: string): CfnResource {
  const all = orders.node.findAll().filter((node) => CfnResource.isCfnResource(node)) as CfnResource[];
  const own = all.find(({ node }) => [path, `${path}/Resource`].includes(node.path.slice('Orders/orders/'.length)));
  if (own === undefined) throw new Error(`\`${path}\` is none of ${all.map(({ node }) => node.path).join(', ')}`);
  return own;
}

const ALARM = (name: string) => `Orders/orders/Monitoring/${name}/Resource`;
const TOPIC = 'Orders/orders/Monitoring/Topic/Resource';

test('a domain as it is made has no finding, by IAM or by tokens', () => {
  expect(judged(made())).toMatchObject({ verdict: 'proved', findings: [] });
  expect(judged(made({ authentication: cognito() }))).toMatchObject({ verdict: 'proved', findings: [] });
});

describe('a signal is not watched', () => {
  const unwatched = (signal: string) => [`violated: no alarm of the domain \`orders\` watches: ${signal}`];

  test.each<[string, string, (of: Made) => unknown]>([
    [
      'an alarm is removed',
      'latency',
      ({ orders }) => orders.node.findChild('Monitoring').node.tryRemoveChild('latency'),
    ],
    [
      'an alarm watches another API',
      'answers with 5xx',
      (of) => part(of, 'Monitoring/server-errors').addPropertyOverride('Dimensions.0.Value', 'bulkhead-other'),
    ],
    [
      'an alarm watches another metric',
      'requests that the web ACL blocks',
      (of) => part(of, 'Monitoring/blocked').addPropertyOverride('MetricName', 'AllowedRequests'),
    ],
    [
      'a filter counts something else',
      'throttled requests',
      (of) => part(of, 'Monitoring/Count-throttled').addPropertyOverride('FilterPattern', '{ $.status = "200" }'),
    ],
    [
      'a filter counts half of it',
      'refused callers',
      (of) =>
        part(of, 'Monitoring/Count-authentication-failures').addPropertyOverride(
          'FilterPattern',
          '{ $.status = "401" }',
        ),
    ],
    [
      'a filter counts in another log',
      'throttled requests',
      (of) =>
        part(of, 'Monitoring/Count-throttled').addPropertyOverride('LogGroupName', of.orders.webAclLog.logGroupName),
    ],
    [
      'the log no longer says the status',
      'throttled requests, refused callers',
      ({ orders }) =>
        (orders.api.deploymentStage.node.defaultChild as CfnResource).addPropertyOverride(
          'AccessLogSetting.Format',
          '{"requestId":"$context.requestId"}',
        ),
    ],
    [
      'the rule does not see calls that read',
      'denied uses of the key',
      (of) => part(of, 'Monitoring/DeniedKeyUse').addPropertyOverride('State', 'ENABLED'),
    ],
    [
      'the rule sees other errors',
      'denied uses of the key',
      (of) => part(of, 'Monitoring/DeniedKeyUse').addPropertyOverride('EventPattern.detail.errorCode', ['Throttling']),
    ],
    [
      'the band is so wide that nothing is unusual',
      'unusual numbers of requests',
      (of) =>
        part(of, 'Monitoring/unusual-requests').addPropertyOverride(
          'Metrics.0.Expression',
          'ANOMALY_DETECTION_BAND(m0, 99)',
        ),
    ],
    [
      'an alarm watches another stage',
      'answers with 5xx',
      (of) => part(of, 'Monitoring/server-errors').addPropertyOverride('Dimensions.1.Value', 'another'),
    ],
    [
      'an alarm watches one method alone',
      'answers with 5xx',
      (of) =>
        part(of, 'Monitoring/server-errors').addPropertyOverride('Dimensions', [
          { Name: 'ApiName', Value: 'bulkhead-orders' },
          { Name: 'Stage', Value: 'v1' },
          { Name: 'Method', Value: 'GET' },
          { Name: 'Resource', Value: '/unused' },
        ]),
    ],
    [
      'an alarm watches another region’s web ACL',
      'requests that the web ACL blocks',
      (of) => part(of, 'Monitoring/blocked').addPropertyOverride('Dimensions.0.Value', 'us-east-1'),
    ],
    [
      'an alarm is raised when there is little',
      'answers with 4xx',
      (of) => part(of, 'Monitoring/client-errors').addPropertyOverride('ComparisonOperator', 'LessThanThreshold'),
    ],
    [
      'a filter adds nothing',
      'throttled requests',
      (of) => part(of, 'Monitoring/Count-throttled').addPropertyOverride('MetricTransformations.0.MetricValue', '0'),
    ],
    [
      'a filter counts callers one by one',
      'throttled requests',
      (of) =>
        part(of, 'Monitoring/Count-throttled').addPropertyOverride('MetricTransformations.0.Dimensions', [
          { Key: 'Caller', Value: '$.callerArn' },
        ]),
    ],
    [
      'the metric of a filter has dimensions that the filter does not give it',
      'throttled requests',
      (of) => part(of, 'Monitoring/throttled').addPropertyOverride('Dimensions', [{ Name: 'Stage', Value: 'v1' }]),
    ],
    [
      'nothing learns what is usual',
      'unusual numbers of requests',
      ({ orders }) => orders.node.findChild('Monitoring').node.tryRemoveChild('UsualRequests'),
    ],
  ])('because %s', (_, signal, sabotage) => {
    const of = made();
    sabotage(of);
    expect(messages(of)).toEqual(unwatched(signal));
  });

  test('perhaps, because only the deployment knows what the filter counts', () => {
    const of = made();
    const pattern = new CfnParameter(of.stack, 'Pattern').valueAsString;
    part(of, 'Monitoring/Count-throttled').addPropertyOverride('FilterPattern', pattern);
    expect(messages(of)).toEqual([
      'undecided: it cannot be decided whether an alarm of the domain `orders` watches: throttled requests',
    ]);
  });

  test('perhaps, because an expression stands for the metric, or a filter under a condition', () => {
    const unclear = (signal: string) => [
      `undecided: it cannot be decided whether an alarm of the domain \`orders\` watches: ${signal}`,
    ];
    const nothing = made();
    const metric = {
      Namespace: 'AWS/ApiGateway',
      MetricName: '5XXError',
      Dimensions: [{ Name: 'ApiName', Value: 'bulkhead-orders' }],
    };
    const alarm = part(nothing, 'Monitoring/server-errors');
    for (const key of ['Namespace', 'MetricName', 'Dimensions', 'Period', 'Statistic'])
      alarm.addPropertyDeletionOverride(key);
    alarm.addPropertyOverride('Metrics', [
      { Id: 'm0', MetricStat: { Metric: metric, Period: 300, Stat: 'Sum' }, ReturnData: false },
      { Id: 'e0', Expression: 'm0 * 0' },
    ]);
    expect(messages(nothing)).toEqual([
      ...unclear('answers with 5xx'),
      expect.stringContaining('has a `Period` of nothing'),
    ]);

    const conditional = made();
    const parameter = new CfnParameter(conditional.stack, 'Count', { type: 'String' });
    const condition = new CfnCondition(conditional.stack, 'Counts', {
      expression: Fn.conditionEquals(parameter, 'yes'),
    });
    part(conditional, 'Monitoring/Count-throttled').cfnOptions.condition = condition;
    expect(messages(conditional)).toEqual(unclear('throttled requests'));
  });

  test('unless another alarm of the domain watches it', () => {
    const of = made();
    const [first] = of.orders.alarms;
    of.orders.node.findChild('Monitoring').node.tryRemoveChild('client-errors');
    const own = new Alarm(of.stack, 'Own', { metric: first!.metric, threshold: 1, evaluationPeriods: 1 });
    of.orders.own(own);
    // The dashboard still names the removed one.
    (of.orders.dashboard.node.defaultChild as CfnResource).addPropertyOverride('DashboardBody', '{"widgets":[]}');
    expect(messages(of)).toEqual([]);
  });

  test('the uses of a crossing, by the role that is called by its generated name as well', () => {
    const crossed = (roleName?: string): Made & { readonly crossing: DomainCrossing } => {
      const of = made();
      const ledger = inStack(new Stack(of.app, 'Ledger', { env: ENV }), 'ledger');
      ledger.addRoute('GET', '/all', BACKEND);
      const caller =
        roleName === undefined
          ? new Role(of.stack, 'Caller', { assumedBy: new ServicePrincipal('lambda.amazonaws.com') })
          : Role.fromRoleName(of.stack, 'Caller', roleName);
      if (roleName === undefined)
        (caller.node.defaultChild as CfnResource).addMetadata('bulkhead', { domain: 'ledger' });
      const crossing = new DomainCrossing(of.orders, 'FromLedger', {
        from: ledger,
        to: of.orders,
        caller,
        routes: ['GET /orders'],
        justification: 'the ledger reads what was ordered',
        approvedBy: 'orders-team',
        expires: '2099-12-31',
      });
      return { ...of, crossing };
    };
    for (const name of [undefined, 'ledger-worker']) {
      expect(messages(crossed(name))).toEqual([]);
      const silent = crossed(name);
      silent.crossing.node.tryRemoveChild('Alarm');
      expect(messages(silent)).toEqual(unwatched('calls of `ledger`'));
    }
  });

  describe('at a stage that no construct made', () => {
    const second = (of: Made, more: Partial<CfnStageProps> = {}) =>
      new CfnStage(of.stack, 'Second', {
        restApiId: of.orders.api.restApiId,
        deploymentId: of.orders.api.latestDeployment!.deploymentId,
        stageName: 'second',
        ...more,
      });
    const logged = ({ orders }: Made) => {
      const { accessLogSetting } = orders.api.deploymentStage.node.defaultChild as CfnStage;
      return { accessLogSetting };
    };
    const GATEWAY = 'answers with 4xx, answers with 5xx, latency';
    const LOG = 'throttled requests, refused callers';
    const at = (stage: string, signals: string) => [
      `violated: no alarm of the domain \`orders\` watches at the stage \`${stage}\`: ${signals}`,
    ];
    /** The alarms on what API Gateway publishes, of the API and not of one stage. */
    const ofTheApi = (of: Made) => {
      const dimensions = [{ Name: 'ApiName', Value: 'bulkhead-orders' }];
      for (const name of ['client-errors', 'server-errors', 'latency'])
        part(of, `Monitoring/${name}`).addPropertyOverride('Dimensions', dimensions);
      part(of, 'Monitoring/unusual-requests').addPropertyOverride('Metrics.1.MetricStat.Metric.Dimensions', dimensions);
      part(of, 'Monitoring/UsualRequests').addPropertyOverride('SingleMetricAnomalyDetector.Dimensions', dimensions);
    };

    test('that writes no log', () => {
      const [of, watched] = [made(), made()];
      second(of);
      expect(messages(of)).toEqual(at('Orders/Second', `${GATEWAY}, ${LOG}, unusual numbers of requests`));
      second(watched);
      ofTheApi(watched);
      expect(messages(watched)).toEqual(at('Orders/Second', LOG));
    });

    test('that writes into the log of the domain’s own', () => {
      const [of, watched] = [made(), made()];
      second(of, logged(of));
      expect(messages(of)).toEqual(at('Orders/Second', `${GATEWAY}, unusual numbers of requests`));
      second(watched, logged(watched));
      ofTheApi(watched);
      expect(messages(watched)).toEqual([]);
    });

    test('that has a web ACL of its own', () => {
      const of = made();
      const stage = second(of, logged(of));
      ofTheApi(of);
      const visibilityConfig = { cloudWatchMetricsEnabled: true, metricName: 'second', sampledRequestsEnabled: false };
      const acl = new CfnWebACL(of.stack, 'Acl', {
        name: 'second',
        defaultAction: { allow: {} },
        scope: 'REGIONAL',
        visibilityConfig,
      });
      const resourceArn = of.stack.formatArn({
        service: 'apigateway',
        account: '',
        resource: '/restapis',
        resourceName: `${of.orders.api.restApiId}/stages/${stage.ref}`,
      });
      new CfnWebACLAssociation(of.stack, 'Guards', { webAclArn: acl.attrArn, resourceArn });
      expect(messages(of)).toEqual(at('Orders/Second', 'requests that the web ACL blocks'));
    });

    test('of another API that the domain is given', () => {
      const given = (deploy: boolean) => {
        const of = made();
        const api = new RestApi(of.stack, 'Api', deploy ? { deployOptions: { stageName: 'given' } } : { deploy });
        api.root.addMethod('GET', BACKEND);
        of.orders.own(api);
        return messages(of);
      };
      expect(given(true)).toEqual(
        at('Orders/Api/DeploymentStage.given/Resource', `${GATEWAY}, ${LOG}, unusual numbers of requests`),
      );
      expect(given(false)).toEqual([]);
    });

    test('but that a deployment makes', () => {
      const deployed = (more: (of: Made) => Partial<CfnDeploymentProps> = () => ({})) => {
        const of = made();
        ofTheApi(of);
        const restApiId = of.orders.api.restApiId;
        new CfnDeployment(of.stack, 'Deployment', { restApiId, stageName: 'third', ...more(of) });
        return messages(of);
      };
      expect(deployed()).toEqual(at('Orders/Deployment', LOG));
      expect(deployed((of) => ({ stageDescription: logged(of) }))).toEqual([]);
    });
  });

  test('nor is there a dashboard', () => {
    const of = made();
    of.orders.node.findChild('Monitoring').node.tryRemoveChild('Dashboard');
    expect(messages(of)).toEqual(['violated: the domain `orders` has no dashboard']);
  });
});

describe('an alarm is silent', () => {
  test.each<[string, string, (of: Made) => unknown]>([
    [
      'its actions are switched off',
      `violated: the alarm \`${ALARM('latency')}\` of the domain \`orders\` has its actions switched off`,
      (of) => part(of, 'Monitoring/latency').addPropertyOverride('ActionsEnabled', false),
    ],
    [
      'it tells nobody',
      `violated: the alarm \`${ALARM('latency')}\` of the domain \`orders\` tells nobody`,
      (of) => part(of, 'Monitoring/latency').addPropertyDeletionOverride('AlarmActions'),
    ],
    [
      'it tells a topic elsewhere',
      `violated: the alarm \`${ALARM('latency')}\` of the domain \`orders\` does not tell a topic of its domain`,
      (of) =>
        part(of, 'Monitoring/latency').addPropertyOverride('AlarmActions', [`arn:aws:sns:${REGION}:${ACCOUNT}:noise`]),
    ],
    [
      'it is raised later than was said',
      `violated: the alarm \`${ALARM('latency')}\` of the domain \`orders\` has a \`Threshold\` of 999999, where its construct wrote 5000`,
      (of) => part(of, 'Monitoring/latency').addPropertyOverride('Threshold', 999999),
    ],
    [
      'the deployment says when it is raised',
      `undecided: the alarm \`${ALARM('latency')}\` of the domain \`orders\` has a \`Threshold\` that only the deployment knows, where its construct wrote 5000`,
      (of) =>
        part(of, 'Monitoring/latency').addPropertyOverride(
          'Threshold',
          new CfnParameter(of.stack, 'T', { type: 'Number' }).valueAsNumber,
        ),
    ],
    [
      'the deployment says whether it acts',
      `undecided: the alarm \`${ALARM('latency')}\` of the domain \`orders\` may have its actions switched off: only the deployment knows`,
      (of) =>
        part(of, 'Monitoring/latency').addPropertyOverride(
          'ActionsEnabled',
          new CfnParameter(of.stack, 'A').valueAsString,
        ),
    ],
    [
      'the deployment says whether it is there',
      `undecided: the alarm \`${ALARM('latency')}\` of the domain \`orders\` is there only under a condition of the template`,
      (of) => {
        const expression = Fn.conditionEquals(new CfnParameter(of.stack, 'Loud').valueAsString, 'yes');
        part(of, 'Monitoring/latency').cfnOptions.condition = new CfnCondition(of.stack, 'IsLoud', { expression });
      },
    ],
    [
      'it is muted at night',
      `violated: the alarm \`${ALARM('latency')}\` of the domain \`orders\` is muted at times by \`Orders/Night\``,
      (of) =>
        new CfnAlarmMuteRule(of.stack, 'Night', {
          rule: { schedule: { expression: 'cron(0 22 * * *)', duration: 'PT8H' } },
          muteTargets: { alarmNames: ['bulkhead/orders/latency'] },
        }),
    ],
    [
      'the topic is not encrypted',
      `violated: the alarm topic \`${TOPIC}\` of the domain \`orders\` is not encrypted`,
      (of) => part(of, 'Monitoring/Topic').addPropertyDeletionOverride('KmsMasterKeyId'),
    ],
    [
      'the topic has the key of SNS',
      `violated: the alarm topic \`${TOPIC}\` of the domain \`orders\` is encrypted with the key of SNS itself, which CloudWatch may not use, so no alarm arrives`,
      (of) => part(of, 'Monitoring/Topic').addPropertyOverride('KmsMasterKeyId', 'alias/aws/sns'),
    ],
    [
      'the topic has another key',
      `violated: the alarm topic \`${TOPIC}\` of the domain \`orders\` is encrypted with a key that is not the domain’s`,
      (of) =>
        part(of, 'Monitoring/Topic').addPropertyOverride('KmsMasterKeyId', `arn:aws:kms:${REGION}:${ACCOUNT}:key/1`),
    ],
    [
      'the topic keeps CloudWatch out',
      `violated: the alarm topic \`${TOPIC}\` of the domain \`orders\` has a policy that keeps CloudWatch out, so no alarm arrives`,
      (of) => part(of, 'Monitoring/Topic/Policy').addPropertyDeletionOverride('PolicyDocument.Statement.1'),
    ],
    [
      'the key keeps CloudWatch out',
      `violated: the alarm topic \`${TOPIC}\` of the domain \`orders\` has a key that CloudWatch may not use, so no alarm arrives`,
      (of) => {
        const key = part(of, 'Key');
        const { Statement } = of.stack.resolve((key as never as { keyPolicy: unknown }).keyPolicy);
        const at = Statement.findIndex(({ Sid }: { Sid: string }) => Sid === 'DeliverAlarms');
        key.addPropertyDeletionOverride(`KeyPolicy.Statement.${at}`);
      },
    ],
  ])('because %s', (_, message, sabotage) => {
    const of = made();
    sabotage(of);
    expect(messages(of)).toEqual([message]);
  });

  test('and many of one cause are one finding', () => {
    const of = made();
    for (const alarm of of.orders.alarms) {
      (alarm.node.defaultChild as CfnResource).addPropertyOverride('ActionsEnabled', false);
    }
    expect(found(of)).toHaveLength(1);
    expect(found(of)[0]?.constructPaths).toHaveLength(8);
  });

  test('but a lower threshold, more actions and a subscriber are nothing to object to', () => {
    const of = made();
    part(of, 'Monitoring/latency').addPropertyOverride('Threshold', 10);
    const security = Topic.fromTopicArn(of.stack, 'Security', `arn:aws:sns:${REGION}:${ACCOUNT}:security`);
    for (const alarm of of.orders.alarms) alarm.addAlarmAction({ bind: () => ({ alarmActionArn: security.topicArn }) });
    expect(messages(of)).toEqual([]);
  });
});

describe('nobody mutes', () => {
  const disable = () =>
    new PolicyStatement({ sid: 'Quiet', actions: ['cloudwatch:DisableAlarmActions'], resources: ['*'] });
  const people = () => new ArnPrincipal(`arn:aws:iam::${ACCOUNT}:role/orders-nights`);

  test('a role of the domain, with the request and the statement that grants it', () => {
    const of = made();
    const worker = new Role(of.stack, 'Worker', { assumedBy: new ServicePrincipal('lambda.amazonaws.com') });
    worker.addToPolicy(disable());
    of.orders.own(worker);
    const [finding, ...more] = found(of);
    expect(more).toEqual([]);
    expect(finding).toMatchObject({
      severity: 'violated',
      message: expect.stringMatching(
        /^`Orders\/Worker` \(of `orders`\) may mute the domain `orders`: it may make the request `cloudwatch:DisableAlarmActions` on `arn:aws:cloudwatch:eu-central-1:111122223333:alarm:bulkhead\/orders\/[a-z-]+`$/,
      ),
      witness: { action: 'cloudwatch:DisableAlarmActions' },
      fix: expect.stringMatching(/^narrow statement "Quiet" of Orders\/Worker/),
    });
  });

  test('a role of no domain that people assume', () => {
    const of = made();
    new Role(of.stack, 'Nights', { assumedBy: people() }).addToPolicy(disable());
    expect(messages(of)).toEqual([expect.stringContaining('`Orders/Nights` may mute the domain `orders`')]);
  });

  test.each([
    'cloudwatch:DeleteAlarms',
    'cloudwatch:PutAlarmMuteRule',
    'cloudwatch:PutMetricAlarm',
    'cloudwatch:SetAlarmState',
    'cloudwatch:DeleteAnomalyDetector',
    'events:DisableRule',
    'logs:DeleteMetricFilter',
    'logs:PutMetricFilter',
    'sns:DeleteTopic',
    'sns:SetTopicAttributes',
    'sns:Unsubscribe',
  ])('by %s', (action) => {
    const of = made();
    const role = new Role(of.stack, 'Nights', { assumedBy: people() });
    role.addToPolicy(new PolicyStatement({ actions: [action], resources: ['*'] }));
    expect(messages(of)).toEqual([expect.stringContaining(`the request \`${action}\``)]);
  });

  test('not even a duty without its boundary, because each remit says so', () => {
    const of = made();
    for (const duty of Object.values(Duty)) {
      const role = of.orders.dutyRole(duty).node.defaultChild as CfnRole;
      role.addPropertyDeletionOverride('PermissionsBoundary');
      role.addPropertyOverride('Policies', [
        { PolicyName: 'Quiet', PolicyDocument: { Version: '2012-10-17', Statement: [disable().toStatementJson()] } },
      ]);
    }
    expect(found(of)).toEqual([]);
    expect(judged(of).findings.map(({ id }) => id)).toContain('SOD-5');
  });

  test('a duty without its remit', () => {
    const of = made();
    const role = of.orders.dutyRole(Duty.DEPLOY).node.defaultChild as CfnRole;
    role.addPropertyDeletionOverride('PermissionsBoundary');
    role.addPropertyDeletionOverride('ManagedPolicyArns');
    role.addPropertyOverride('Policies', [
      { PolicyName: 'Quiet', PolicyDocument: { Version: '2012-10-17', Statement: [disable().toStatementJson()] } },
    ]);
    expect(messages(of)).toEqual([
      expect.stringContaining('`Orders/orders/Roles/deploy/Role` (deploy of `orders`) may mute the domain `orders`'),
    ]);
  });

  test('by a chain: whoever changes the code of what may', () => {
    const driver = (action: string): Made => {
      const of = made();
      const role = new Role(of.stack, 'Janitor', { assumedBy: new ServicePrincipal('lambda.amazonaws.com') });
      role.addToPolicy(disable());
      const janitor = new LambdaFunction(of.stack, 'Tidy', {
        runtime: Runtime.NODEJS_22_X,
        handler: 'index.handler',
        code: Code.fromInline('exports.handler = async () => {}'),
        role,
      });
      const worker = new Role(of.stack, 'Worker', { assumedBy: new ServicePrincipal('lambda.amazonaws.com') });
      worker.addToPolicy(new PolicyStatement({ actions: [action], resources: [janitor.functionArn] }));
      of.orders.own(worker);
      return of;
    };
    const [finding, ...more] = found(driver('lambda:UpdateFunctionCode'));
    expect(more).toEqual([]);
    expect(finding?.message).toMatch(
      /^`Orders\/Worker` \(of `orders`\) can act as `Orders\/Janitor`, which may mute the domain `orders`: /,
    );
    expect(finding?.chain).toMatchObject([{ to: expect.stringContaining('Janitor') }]);
    expect(found(driver('lambda:GetFunctionConfiguration'))).toEqual([]);
  });

  test('and whoever may look is no finding', () => {
    const of = made();
    const role = new Role(of.stack, 'Watchers', { assumedBy: people() });
    role.addToPolicy(
      new PolicyStatement({ actions: ['cloudwatch:DescribeAlarms', 'sns:ListTopics'], resources: ['*'] }),
    );
    expect(found(of)).toEqual([]);
  });
});
