/**
 * Metrics that filters count in the access log of a stage: a filter is not compared but tried, on the record that the stage writes
 * (log-filter.ts). One counts if it adds to the metric, without dimensions of its own: with them the metric is another, for each value.
 * Source: https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/MonitoringPolicyExamples.html
 */
import type { Resource } from '../model/model';
import type { Metric } from './alarm-metrics';
import { type Answer, all, any, keyOf, same, textOf } from './answers';
import { referredTo, surelyReferredTo, typed } from './by-type';
import { type GatewayStage, settingAt, settingOf } from './gateway-stages';
import { countsRecord } from './log-filter';
import { listOf, member } from './settings';

/** What variables of API Gateway are in a record. */
export type Values = Readonly<Record<string, string>>;

/** Whether one of the filters counts, for the metric, a record of the stage in which variables of API Gateway have these values. */
export function countsWhere(
  values: Values,
  metric: Metric,
  stage: GatewayStage,
  resources: readonly Resource[],
): Answer {
  // What AWS publishes itself, no filter counts.
  if (isOfAws(metric) || metric.dimensions.size > 0) return false;
  let logs: readonly string[] | undefined;
  const answers: Answer[] = [];
  for (const filter of typed(resources, 'AWS::Logs::MetricFilter')) {
    let feeds: Answer = false;
    for (const one of listOf(filter.properties.MetricTransformations)) feeds = any([feeds, isFedBy(metric, one)]);
    if (feeds === false) continue;
    logs ??= referredTo(stage.resource, settingAt(stage, 'AccessLogSetting.DestinationArn'));
    const shared = referredTo(filter, 'LogGroupName').filter((log) => logs!.includes(log));
    if (shared.length === 0) continue;
    const pattern = keyOf(filter.properties.FilterPattern);
    const record = recordOf(stage, values);
    const counts = pattern === undefined || record === undefined ? undefined : countsRecord(pattern, record);
    answers.push(all([feeds, counts, filter.when === undefined ? true : undefined, isAlways(filter, stage, shared)]));
  }
  return any(answers);
}

/** Whether the stage writes into the log of the filter under every condition of the template. */
function isAlways(filter: Resource, stage: GatewayStage, logs: readonly string[]): Answer {
  const written = surelyReferredTo(stage.resource, settingAt(stage, 'AccessLogSetting.DestinationArn'));
  const read = surelyReferredTo(filter, 'LogGroupName');
  return logs.some((log) => written.includes(log) && read.includes(log)) ? true : undefined;
}

function isFedBy(metric: Metric, transformation: unknown): Answer {
  const named = all([
    same(metric.name, member(transformation, 'MetricName')),
    same(metric.namespace, member(transformation, 'MetricNamespace')),
  ]);
  if (named === false || listOf(member(transformation, 'Dimensions')).length > 0) return false;
  return all([named, adds(member(transformation, 'MetricValue'))]);
}

/** What is added for a record: `$.field` is whatever the record has there. */
function adds(value: unknown): Answer {
  const number = Number(textOf(value));
  return Number.isNaN(number) ? undefined : number > 0;
}

/** CloudWatch keeps namespaces that begin so for AWS: https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/publishingMetrics.html */
function isOfAws({ namespace }: Metric): boolean {
  return textOf(namespace)?.startsWith('AWS/') === true;
}

/** What the stage writes where the variables have these values; `-` stands where API Gateway knows nothing. */
function recordOf(stage: GatewayStage, values: Values): Readonly<Record<string, string>> | undefined {
  const format = textOf(settingOf(stage, 'AccessLogSetting', 'Format'));
  const members = format === undefined ? undefined : membersOf(format);
  if (members === undefined) return undefined;
  return Object.fromEntries(members.map(([key, written]) => [key, values[written] ?? '-']));
}

type Members = readonly (readonly [key: string, written: string])[];

/** By format: an app has few, and they are asked of for every signal. */
const formats = new Map<string, Members | undefined>();
const FORMATS_KEPT = 1_000;

function membersOf(format: string): Members | undefined {
  if (!formats.has(format)) {
    if (formats.size >= FORMATS_KEPT) formats.clear();
    formats.set(format, readFormat(format));
  }
  return formats.get(format);
}

function readFormat(format: string): Members | undefined {
  try {
    const members: unknown = JSON.parse(format);
    if (typeof members !== 'object' || members === null) return undefined;
    return Object.entries(members).map(([key, written]) => [key, String(written)]);
  } catch {
    return undefined;
  }
}
