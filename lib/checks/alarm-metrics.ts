/**
 * What a CloudWatch alarm looks at: one metric, or that which the alarm's own list returns. What an expression makes of a metric is
 * not read.
 * Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-properties-cloudwatch-alarm-metricdataquery.html
 */
import type { Resource } from '../model/model';
import { type Answer, all, any, same, textOf } from './answers';
import { typed } from './by-type';
import { flag, listOf, member } from './settings';

export const ALARM = 'AWS::CloudWatch::Alarm';

export interface Metric {
  readonly namespace: unknown;
  readonly name: unknown;
  readonly dimensions: ReadonlyMap<string, unknown>;
}

/** A metric, and whether the alarm is raised by its value. */
export interface Watched {
  readonly metric: Metric;
  readonly raises: Answer;
}

export function metricsOf(alarm: Resource): readonly Watched[] {
  const { properties } = alarm;
  const raises = isRaisedAbove(alarm);
  if (properties.MetricName !== undefined) return [{ metric: metricOf(properties), raises }];
  return listOf(properties.Metrics).flatMap((one): readonly Watched[] => {
    const metric = member(one, 'MetricStat', 'Metric');
    if (metric === undefined) return [];
    // What is not returned, an expression may stand for.
    const returned = member(one, 'ReturnData');
    const isReturned = returned === undefined || flag(returned) === true;
    return [{ metric: metricOf(metric), raises: all([raises, isReturned ? true : undefined]) }];
  });
}

/** An alarm that is raised by what is below a threshold is quiet when there is much. */
function isRaisedAbove({ properties: { ComparisonOperator: operator } }: Resource): Answer {
  const written = textOf(operator);
  return written === undefined ? undefined : written.includes('Greater');
}

function metricOf(of: unknown): Metric {
  const dimensions = listOf(member(of, 'Dimensions')).map((one) => [
    String(member(one, 'Name')),
    member(one, 'Value'),
  ]) as [string, unknown][];
  return { namespace: member(of, 'Namespace'), name: member(of, 'MetricName'), dimensions: new Map(dimensions) };
}

/** More than ten standard deviations, and nothing is unusual. */
const WIDEST_BAND = 10;

export function bandOf({ properties }: Resource): Answer {
  const bands = listOf(properties.Metrics)
    .filter((one) => same(member(one, 'Id'), properties.ThresholdMetricId) === true)
    .map((one) => textOf(member(one, 'Expression')));
  return any(
    bands.map((expression): Answer => {
      if (expression === undefined) return undefined;
      const width = /^ANOMALY_DETECTION_BAND\([^,]+,\s*([0-9.]+)\)$/.exec(expression)?.[1];
      return width !== undefined && Number(width) <= WIDEST_BAND;
    }),
  );
}

/** A detector learns what is usual of the metric. */
export function isLearned(metric: Metric, resources: readonly Resource[]): Answer {
  return any(
    typed(resources, 'AWS::CloudWatch::AnomalyDetector').map(({ properties, when }) => {
      const of = metricOf(properties.SingleMetricAnomalyDetector ?? properties);
      const names = new Set([...of.dimensions.keys(), ...metric.dimensions.keys()]);
      return all([
        same(of.namespace, metric.namespace),
        same(of.name, metric.name),
        ...[...names].map((name) => same(of.dimensions.get(name), metric.dimensions.get(name))),
        when === undefined ? true : undefined,
      ]);
    }),
  );
}
