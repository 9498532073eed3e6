/**
 * Canaries of what counts and raises: a web ACL's rate, a metric filter and its alarm, a pattern of events, each shown
 * on resources of its own to let pass what it should and to stop or tell what it should.
 */
import { ask, type Endpoint, json, must, ROOT_USER } from './aws';
import type { Canary } from './canaries';
import { ATTACKER, CUSTOMER } from './floods';
import { ACCOUNT } from './place';

export async function monitoringCanaries(endpoint: Endpoint): Promise<readonly Canary[]> {
  return [
    await rateCanary(endpoint),
    await alarmCanary(endpoint),
    await patternCanary(
      endpoint,
      'log-texts',
      '{ $.status = "401" }',
      ['{"status":"401"}'],
      ['{"status":"200"}', '{}'],
    ),
    await patternCanary(
      endpoint,
      'log-wildcards',
      '{ $.arn = "*:role/a/*" }',
      ['{"arn":"x:role/a/b"}'],
      ['{"arn":"x:role/b/a"}'],
    ),
    await eventCanary(endpoint),
  ];
}

const judge = (kind: string, what: string, passed: boolean, because: string): Canary => ({
  kind,
  what,
  passed,
  ...(!passed && { because }),
});

async function call(
  endpoint: Endpoint,
  service: string,
  action: string,
  input: object,
): Promise<Record<string, unknown>> {
  const { body } = await must(endpoint, ROOT_USER, json(service, action, input));
  return body === '' ? {} : (JSON.parse(body) as Record<string, unknown>);
}

/** The emulator must block the eleventh request where ten are let in, and still let in another address. */
async function rateCanary(endpoint: Endpoint): Promise<Canary> {
  const visible = { SampledRequestsEnabled: false, CloudWatchMetricsEnabled: false, MetricName: 'canary' };
  const rule = {
    Name: 'canary-rate',
    Priority: 1,
    Action: { Block: {} },
    Statement: { RateBasedStatement: { Limit: 10, AggregateKeyType: 'IP' } },
    VisibilityConfig: visible,
  };
  const input = {
    Name: 'canary',
    Scope: 'REGIONAL',
    DefaultAction: { Allow: {} },
    Rules: [rule],
    VisibilityConfig: visible,
  };
  const { body } = await must(endpoint, ROOT_USER, json('wafv2', 'CreateWebACL', input));
  const { ARN } = (JSON.parse(body) as { Summary: { ARN: string } }).Summary;
  const blocks = async (sourceIp: string): Promise<boolean> => {
    const asked = JSON.stringify({ webAclArn: ARN, accountId: ACCOUNT, request: { sourceIp } });
    const at = `${endpoint.url}/_fakecloud/wafv2/evaluate`;
    const answer = await ask(endpoint, at, 'POST', { 'content-type': 'application/json' }, asked);
    return (JSON.parse(answer.body) as { blocked: boolean }).blocked;
  };
  const from: boolean[] = [];
  for (let i = 0; i < 11; i++) from.push(await blocks(ATTACKER));
  const other = await blocks(CUSTOMER);
  const passed = from.slice(0, 10).every((b) => !b) && from[10] === true && !other;
  return {
    kind: 'waf-rate',
    what: 'eleven requests of one address where ten are let in; the first of another address',
    passed,
    ...(!passed && { because: `blocked: ${from.join(' ')}; the other: ${other}` }),
  };
}

/** One line that the filter does not count, then two that it does: above one, the alarm is raised. */
async function alarmCanary(endpoint: Endpoint): Promise<Canary> {
  const [name, logGroupName, logStreamName] = ['canary', 'canary', 'canary'];
  const metric = { metricName: name, metricNamespace: 'Canary', metricValue: '1' };
  const filter = {
    logGroupName,
    filterName: name,
    filterPattern: '{ $.status = "401" }',
    metricTransformations: [metric],
  };
  await call(endpoint, 'logs', 'CreateLogGroup', { logGroupName });
  await call(endpoint, 'logs', 'CreateLogStream', { logGroupName, logStreamName });
  await call(endpoint, 'logs', 'PutMetricFilter', filter);
  await call(endpoint, 'monitoring', 'PutMetricAlarm', {
    AlarmName: name,
    Namespace: 'Canary',
    MetricName: name,
    Statistic: 'Sum',
    // A day, so that no period ends meanwhile (unless the day does).
    Period: 86_400,
    EvaluationPeriods: 1,
    Threshold: 1,
    ComparisonOperator: 'GreaterThanThreshold',
    TreatMissingData: 'notBreaching',
  });
  const states: string[] = [];
  for (const statuses of [['200'], ['401', '401']]) {
    const logEvents = statuses.map((status) => ({ timestamp: Date.now(), message: JSON.stringify({ status }) }));
    await call(endpoint, 'logs', 'PutLogEvents', { logGroupName, logStreamName, logEvents });
    const found = await call(endpoint, 'monitoring', 'DescribeAlarms', { AlarmNames: [name] });
    states.push((found.MetricAlarms as readonly { readonly StateValue: string }[])[0]?.StateValue ?? 'none');
  }
  const passed = states[0] === 'OK' && states[1] === 'ALARM';
  return judge(
    'alarm',
    'lines that a metric filter does not count; then lines that it counts',
    passed,
    states.join(', then '),
  );
}

async function patternCanary(
  endpoint: Endpoint,
  kind: string,
  filterPattern: string,
  counted: readonly string[],
  others: readonly string[],
): Promise<Canary> {
  const logEventMessages = [...counted, ...others];
  const { matches } = await call(endpoint, 'logs', 'TestMetricFilter', { filterPattern, logEventMessages });
  const found = (matches as readonly { readonly eventMessage: string }[]).map(({ eventMessage }) => eventMessage);
  const passed = JSON.stringify(found) === JSON.stringify(counted);
  return judge(
    kind,
    `lines that \`${filterPattern}\` does not count, and one that it does`,
    passed,
    `it counts ${found.length}`,
  );
}

/** The operators that the rules of trust domains use. */
async function eventCanary(endpoint: Endpoint): Promise<Canary> {
  const EventPattern = JSON.stringify({
    source: ['canary'],
    $or: [{ code: [{ prefix: 'Access' }] }, { text: [{ wildcard: '*key*' }] }],
  });
  const matches = async (event: object) => {
    const Event = JSON.stringify({ id: '0', source: 'canary', ...event });
    return (await call(endpoint, 'events', 'TestEventPattern', { EventPattern, Event })).Result === true;
  };
  const good = [await matches({ code: 'AccessDenied' }), await matches({ text: 'a key, say' })];
  const bad = [
    await matches({ code: 'NoAccess' }),
    await matches({ text: 'none' }),
    await matches({ source: 'other', code: 'Access' }),
  ];
  const passed = good.every((g) => g) && !bad.some((b) => b);
  return judge('events', 'events that a pattern does not mean, and two that it means', passed, `${good}; ${bad}`);
}
