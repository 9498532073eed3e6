/**
 * Alarms without an emulator: records that the deployed format would write of refused calls, counted by the deployed
 * metric filters (filter-pattern.ts) into the metrics that the deployed alarms watch. Knows nothing of Bulkhead.
 */
import { accessRecord, type Refused } from './alarms';
import { type Row, row } from './evidence';
import { counts } from './filter-pattern';
import { stackOf } from './place';
import type { Json, World } from './world';

type Properties = Readonly<Record<string, Json>>;

interface Transformation {
  readonly MetricName: string;
  readonly MetricNamespace: string;
  readonly MetricValue: string;
}

/** The names of the alarms that the calls raise, made within one period at the API of the stack. */
export function raisedBy(
  world: World,
  stack: string,
  calls: readonly Refused[],
  more: Readonly<Record<string, string>> = {},
): readonly string[] {
  const stage = world.only(stack, 'AWS::ApiGateway::Stage').properties.AccessLogSetting as unknown as {
    readonly DestinationArn: string;
    readonly Format: string;
  };
  const sums = new Map<string, number>();
  for (const filter of of(world, 'AWS::Logs::MetricFilter')) {
    if (!stage.DestinationArn.endsWith(`:log-group:${String(filter.LogGroupName)}`)) continue;
    const counted = calls.filter((call) =>
      counts(String(filter.FilterPattern), accessRecord(stage.Format, call, more)),
    );
    for (const {
      MetricNamespace,
      MetricName,
      MetricValue,
    } of filter.MetricTransformations as unknown as readonly Transformation[]) {
      const metric = `${MetricNamespace} ${MetricName}`;
      sums.set(metric, (sums.get(metric) ?? 0) + counted.length * Number(MetricValue));
    }
  }
  return of(world, 'AWS::CloudWatch::Alarm')
    .filter((alarm) => (sums.get(`${alarm.Namespace} ${alarm.MetricName}`) ?? 0) > Number(alarm.Threshold))
    .map((alarm) => {
      if (alarm.Statistic !== 'Sum' || alarm.ComparisonOperator !== 'GreaterThanThreshold') {
        throw new Error(`alarm \`${String(alarm.AlarmName)}\` is of a kind that is not evaluated here`);
      }
      return String(alarm.AlarmName);
    })
    .sort();
}

function of(world: World, type: string): readonly Properties[] {
  return world.resources.filter((r) => r.type === type).map(({ properties }) => properties);
}

export function alarmsOnPaper(world: World): readonly Row[] {
  const refused = (count: number, status: number): readonly Refused[] =>
    Array.from({ length: count }, () => ({ method: 'GET', path: '/orders', status }));
  const at = (calls: readonly Refused[], stack = stackOf('partner')) => raisedBy(world, stack, calls).join(', ');
  const twin = {
    what: 'ten raise none, nor do answered ones',
    holds: at(refused(10, 401)) === '' && at(refused(500, 200)) === '',
  };
  return [
    row('S14, D12', 'thirty refused calls at `partner`: which alarms are raised', 'simulated', {
      expected: 'bulkhead/partner/authentication-failures',
      observed: at(refused(30, 401)),
      twin,
    }),
    row('D12, D9', 'two hundred calls that `public` turns away as too many: which alarms are raised', 'simulated', {
      expected: 'bulkhead/public/throttled',
      observed: at(refused(200, 429), stackOf('public')),
      twin,
    }),
  ];
}
