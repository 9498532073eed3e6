/**
 * The monitoring of a trust domain: alarms on its own gateway, web ACL, access log and key, which tell a topic of
 * its own, and a dashboard. Nothing is shared with another domain, so an attack on one raises its alarms alone.
 *
 * The topic is encrypted with the domain's key, and CloudWatch alone may publish to it, for the domain's alarms.
 * EventBridge may not: a key policy cannot tell for which rule EventBridge uses a key
 * (https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html#compatibility-with-aws-services), so
 * the rule that sees denied uses of the key only counts them, and an alarm watches the count. Why each
 * alarm is as it is: docs/monitoring.md.
 */
import { Duration, Stack, Token } from 'aws-cdk-lib';
import {
  Alarm,
  AlarmStatusWidget,
  AnomalyDetectionAlarm,
  type CfnAlarm,
  CfnAnomalyDetector,
  ComparisonOperator,
  Dashboard,
  GraphWidget,
  type IAlarmAction,
  type IMetric,
  Metric,
  TreatMissingData,
} from 'aws-cdk-lib/aws-cloudwatch';
import { CfnRule } from 'aws-cdk-lib/aws-events';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { FilterPattern, type ILogGroup, MetricFilter } from 'aws-cdk-lib/aws-logs';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import { mark } from '../enforce/marker';
import type { MonitoringProps } from './monitoring-props';
import type { DomainNames } from './names';

export const METRIC_NAMESPACE = 'Bulkhead';

export interface DomainMonitoringProps {
  readonly names: DomainNames;
  readonly key: IKey;
  readonly stageName: string;
  readonly accessLog: ILogGroup;
  /** What the author says. */
  readonly said: MonitoringProps;
  /** Of a gateway that the domain shares: what of it is watched. */
  readonly zone?: WatchedZone;
}

/** What is the domain's own at a gateway that it shares, told by the path of each record. */
export interface WatchedZone {
  /** Where filters of the gateway's access log stand. */
  readonly scope: Construct;
  /** `/partner` */
  readonly path: string;
  /** Metric names of the gateway's web ACL and of the domain's rule group in it. */
  readonly webAcl: string;
  readonly ruleGroup: string;
}

/** What an alarm watches, and above which value it is raised. */
interface Watch {
  /** The alarm's name in its domain. */
  readonly name: string;
  readonly description: string;
  readonly metric: IMetric;
  readonly above: number;
}

export class DomainMonitoring extends Construct {
  public readonly topic: Topic;
  public readonly alarms: Alarm[];
  public readonly dashboard: Dashboard;
  private readonly actions: readonly IAlarmAction[];

  constructor(scope: Construct, id: string, props: DomainMonitoringProps) {
    super(scope, id);
    const { names, said } = props;
    this.topic = this.topicOf(props);
    this.actions = [{ bind: () => ({ alarmActionArn: this.topic.topicArn }) }, ...(said.alarmActions ?? [])];
    const requests =
      props.zone === undefined ? gatewayMetric(props, 'Count', 'Sum') : this.counted(props, 'requests', []);
    const watches = this.watches(props);
    this.alarms = [
      ...watches.map((watch) => this.watch(names, watch)),
      this.watchRequests(names, requests, said.alarmOutsideDeviations ?? 3),
    ];
    for (const alarm of this.alarms) promise(alarm, names);
    this.dashboard = new Dashboard(this, 'Dashboard', {
      dashboardName: names.dashboard,
      widgets: [
        [new AlarmStatusWidget({ title: `Alarms of ${names.domain}`, width: 24, alarms: this.alarms })],
        [graph('Requests', requests), ...watches.slice(0, 3).map(({ name, metric }) => graph(name, metric))],
        watches.slice(3).map(({ name, metric }) => graph(name, metric)),
      ],
    });
  }

  private topicOf({ names, key, said }: DomainMonitoringProps): Topic {
    const topic = new Topic(this, 'Topic', {
      topicName: names.alarmTopic,
      displayName: `Bulkhead: alarms of trust domain ${names.domain}`,
      masterKey: key,
      enforceSSL: true,
    });
    topic.addToResourcePolicy(
      new PolicyStatement({
        sid: 'AlarmsOfTheDomain',
        principals: [new ServicePrincipal('cloudwatch.amazonaws.com')],
        actions: ['sns:Publish'],
        resources: [topic.topicArn],
        conditions: fromAlarmsOf(names, Stack.of(this).account),
      }),
    );
    for (const subscriber of said.alarmSubscribers ?? []) topic.addSubscription(subscriber);
    return topic;
  }

  private watches(props: DomainMonitoringProps): readonly Watch[] {
    const { names, said, zone } = props;
    const period = said.alarmPeriod ?? DEFAULT_PERIOD;
    return [
      {
        name: 'client-errors',
        description: 'callers are answered with 4xx',
        metric:
          zone === undefined ? gatewayMetric(props, '4XXError', 'Sum') : this.counted(props, 'client-errors', ['4*']),
        above: said.alarmAboveClientErrors ?? 100,
      },
      {
        name: 'server-errors',
        description: 'callers are answered with 5xx',
        metric:
          zone === undefined ? gatewayMetric(props, '5XXError', 'Sum') : this.counted(props, 'server-errors', ['5*']),
        above: said.alarmAboveServerErrors ?? 5,
      },
      // How long answers take, the access log says as text, which no filter measures: the gateway's alarm tells of all zones.
      ...(zone === undefined
        ? [
            {
              name: 'latency',
              description: 'answers are slow',
              metric: gatewayMetric(props, 'Latency', 'p99'),
              above: (said.alarmAboveLatency ?? Duration.seconds(5)).toMilliseconds(),
            },
          ]
        : []),
      {
        name: 'throttled',
        description: 'callers are turned away because they are too many',
        metric: this.counted(props, 'throttled', ['429']),
        above: said.alarmAboveThrottled ?? 50,
      },
      {
        name: 'blocked',
        description: 'the web ACL blocks requests',
        metric: new Metric({
          namespace: 'AWS/WAFV2',
          metricName: 'BlockedRequests',
          // https://docs.aws.amazon.com/waf/latest/developerguide/waf-metrics.html
          dimensionsMap: {
            WebACL: zone?.webAcl ?? names.webAcl,
            Rule: zone?.ruleGroup ?? 'ALL',
            Region: Stack.of(this).region,
          },
          statistic: 'Sum',
          period,
        }),
        above: said.alarmAboveBlocked ?? 100,
      },
      {
        name: 'authentication-failures',
        description: 'callers are refused',
        metric: this.counted(props, 'authentication-failures', ['401', '403']),
        above: said.alarmAboveAuthenticationFailures ?? 20,
      },
      {
        name: 'denied-key-use',
        description: 'somebody may not use the key, and tried',
        metric: this.deniedKeyUse(props),
        above: said.alarmAboveDeniedKeyUse ?? 0,
      },
    ];
  }

  private watch(names: DomainNames, { name, description, metric, above }: Watch): Alarm {
    const alarm = new Alarm(this, name, {
      alarmName: names.alarm(name),
      alarmDescription: `Bulkhead: trust domain ${names.domain}: ${description}`,
      metric,
      threshold: above,
      comparisonOperator: ComparisonOperator.GREATER_THAN_THRESHOLD,
      evaluationPeriods: 1,
      // No request, no data point.
      treatMissingData: TreatMissingData.NOT_BREACHING,
    });
    alarm.addAlarmAction(...this.actions);
    return alarm;
  }

  private watchRequests(names: DomainNames, requests: Metric, deviations: number): Alarm {
    new CfnAnomalyDetector(this, 'UsualRequests', {
      singleMetricAnomalyDetector: {
        namespace: requests.namespace,
        metricName: requests.metricName,
        stat: requests.statistic,
        dimensions: Object.entries(requests.dimensions ?? {}).map(([name, value]) => ({ name, value })),
      },
    });
    const alarm = new AnomalyDetectionAlarm(this, 'unusual-requests', {
      alarmName: names.alarm('unusual-requests'),
      alarmDescription: `Bulkhead: trust domain ${names.domain}: more requests than usual at this time, or fewer`,
      metric: requests,
      stdDevs: deviations,
      comparisonOperator: ComparisonOperator.LESS_THAN_LOWER_OR_GREATER_THAN_UPPER_THRESHOLD,
      // One odd period is chance.
      evaluationPeriods: 3,
      datapointsToAlarm: 2,
      treatMissingData: TreatMissingData.NOT_BREACHING,
    });
    alarm.addAlarmAction(...this.actions);
    return alarm;
  }

  /** @param statuses with `*` for any digits; none: whatever the status is */
  private counted({ names, accessLog, said, zone }: DomainMonitoringProps, name: string, statuses: string[]): Metric {
    return new MetricFilter(zone?.scope ?? this, `Count-${name}`, {
      logGroup: accessLog,
      filterPattern: FilterPattern.literal(recordsOf(statuses, zone?.path)),
      metricNamespace: METRIC_NAMESPACE,
      metricName: `${names.domain}/${name}`,
    }).metric({ statistic: 'Sum', period: said.alarmPeriod ?? DEFAULT_PERIOD });
  }

  /**
   * KMS's calls reach EventBridge through CloudTrail, and `Decrypt` and the like only if the rule asks for reading
   * events as well (https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-service-event-cloudtrail.html).
   * A denied call may name its key in `resources` or in the message alone. A rule without a target
   * publishes its metric (https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-use-conditions.html).
   */
  private deniedKeyUse({ names, key, said }: DomainMonitoringProps): IMetric {
    new CfnRule(this, 'DeniedKeyUse', {
      name: names.deniedKeyUse,
      description: `Bulkhead: counts denied uses of the key of trust domain ${names.domain}`,
      state: 'ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS',
      eventPattern: {
        source: ['aws.kms'],
        'detail-type': ['AWS API Call via CloudTrail'],
        detail: {
          errorCode: [{ prefix: 'AccessDenied' }],
          $or: [{ resources: { ARN: [key.keyArn] } }, { errorMessage: [{ wildcard: `*${key.keyArn}*` }] }],
        },
      },
    });
    return new Metric({
      namespace: 'AWS/Events',
      metricName: 'MatchedEvents',
      dimensionsMap: { RuleName: names.deniedKeyUse },
      statistic: 'Sum',
      period: said.alarmPeriod ?? DEFAULT_PERIOD,
    });
  }
}

/** When an alarm is raised is the author's to say, here and nowhere else: what is weakened afterwards is a finding. */
export function promise(alarm: Alarm, { domain }: Pick<DomainNames, 'domain'>): void {
  const { threshold, evaluationPeriods, datapointsToAlarm, period } = alarm.node.defaultChild as CfnAlarm;
  const written = {
    Threshold: threshold,
    EvaluationPeriods: evaluationPeriods,
    DatapointsToAlarm: datapointsToAlarm,
    Period: period,
  };
  const promised = Object.entries(written).filter(
    (entry): entry is [string, number] => entry[1] !== undefined && !Token.isUnresolved(entry[1]),
  );
  mark(alarm.node.defaultChild as CfnAlarm, { domain, part: 'alarm', promised: Object.fromEntries(promised) });
}

/** What lets CloudWatch use the key: to publish to the topic, for alarms of the domain. */
export function deliverAlarms(names: DomainNames, account: string): PolicyStatement {
  return new PolicyStatement({
    sid: 'DeliverAlarms',
    principals: [new ServicePrincipal('cloudwatch.amazonaws.com')],
    actions: ['kms:Decrypt', 'kms:GenerateDataKey'],
    resources: ['*'],
    conditions: fromAlarmsOf(names, account),
  });
}

function fromAlarmsOf(names: DomainNames, account: string): { [operator: string]: { [key: string]: string } } {
  return { StringEquals: { 'aws:SourceAccount': account }, ArnLike: { 'aws:SourceArn': names.alarmArns } };
}

const DEFAULT_PERIOD = Duration.minutes(5);

// The access log writes every value as a string, `-` where there is none.
function recordsOf(statuses: readonly string[], path: string | undefined): string {
  const status = statuses.map((s) => `$.status = "${s}"`).join(' || ');
  if (path === undefined) return `{ ${status} }`;
  const below = `$.route = "${path}/*"`;
  return status === '' ? `{ ${below} }` : `{ (${status}) && ${below} }`;
}

// https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-metrics-and-dimensions.html
function gatewayMetric({ names, stageName, said }: DomainMonitoringProps, metricName: string, statistic: string) {
  return new Metric({
    namespace: 'AWS/ApiGateway',
    metricName,
    dimensionsMap: { ApiName: names.api, Stage: stageName },
    statistic,
    period: said.alarmPeriod ?? DEFAULT_PERIOD,
  });
}

function graph(title: string, metric: IMetric): GraphWidget {
  return new GraphWidget({ title, width: 6, left: [metric] });
}
