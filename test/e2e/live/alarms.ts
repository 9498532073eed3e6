/**
 * Alarms, live: calls that were really refused are written into the access log of the stage, whose metric filters count
 * them into metrics, on which the emulator raises alarms. Only the writing is the run's own, in the format and to the
 * log group of the deployed stage, because the emulator's gateway writes no access log.
 */
import { json, must, ROOT_USER } from './aws';
import type { Site } from './deploy';
import { type NotRun, type Row, row } from './evidence';
import { liveFlood } from './floods';
import { bearer, type Opened } from './gateway';
import { DOMAINS, stackOf } from './place';
import type { World } from './world';

export interface Refused {
  readonly method: string;
  readonly path: string;
  readonly status: number;
}

/** One line of the access log, as the stage's format says. What a refused call has no value for is written `-`. */
export function accessRecord(
  format: string,
  { method, path, status }: Refused,
  more: Readonly<Record<string, string>> = {},
): string {
  const known: Readonly<Record<string, string>> = {
    httpMethod: method,
    resourcePath: path,
    status: String(status),
    'identity.sourceIp': '203.0.113.7',
    ...more,
  };
  return format.replaceAll(/\$context\.([\w.]+)/g, (_, name: string) => known[name] ?? '-');
}

async function call(site: Site, service: string, action: string, input: object): Promise<Record<string, unknown>> {
  const { body } = await must(site.endpoint, ROOT_USER, json(service, action, input));
  return body === '' ? {} : (JSON.parse(body) as Record<string, unknown>);
}

/** Does what API Gateway would have done beside answering: the stage of the domain logs the calls. */
export async function log(
  site: Site,
  world: World,
  stack: string,
  calls: readonly Refused[],
  more = {},
): Promise<void> {
  const { AccessLogSetting } = world.only(stack, 'AWS::ApiGateway::Stage').properties as {
    readonly AccessLogSetting?: { readonly DestinationArn: string; readonly Format: string };
  };
  if (AccessLogSetting === undefined) throw new Error(`the stage of \`${stack}\` has no access log`);
  const logGroupName = AccessLogSetting.DestinationArn.split(':log-group:')[1];
  const logStreamName = `e2e-${Date.now()}-${Math.random()}`;
  await call(site, 'logs', 'CreateLogStream', { logGroupName, logStreamName });
  const logEvents = calls.map((c) => ({
    timestamp: Date.now(),
    message: accessRecord(AccessLogSetting.Format, c, more),
  }));
  await call(site, 'logs', 'PutLogEvents', { logGroupName, logStreamName, logEvents });
}

interface Alarm {
  readonly AlarmName: string;
  readonly StateValue: string;
  readonly AlarmActions?: readonly string[];
  readonly ActionsEnabled: boolean;
}

/** The alarms that are raised now, with whom each tells. */
export async function raised(site: Site): Promise<readonly Alarm[]> {
  const found = (await call(site, 'monitoring', 'DescribeAlarms', { MaxRecords: 100 })) as {
    MetricAlarms?: readonly Alarm[];
  };
  const ofDomains = (found.MetricAlarms ?? []).filter(({ AlarmName }) => AlarmName.startsWith('bulkhead/'));
  return ofDomains.filter(({ StateValue }) => StateValue === 'ALARM');
}

/** A period of the alarms must not end between an event and the look at the alarms: whoever is late tries again. */
export async function within(period: number, attempt: () => Promise<readonly Alarm[]>): Promise<readonly Alarm[]> {
  for (;;) {
    const began = Math.floor(Date.now() / 1000 / period);
    const found = await attempt();
    if (Math.floor(Date.now() / 1000 / period) === began) return found;
  }
}

export const PERIOD = 300;

function told(alarms: readonly Alarm[], before: readonly Alarm[] = []): string {
  const names = alarms.filter((a) => !before.some((b) => b.AlarmName === a.AlarmName));
  return names.length === 0
    ? 'none'
    : names
        .map(({ AlarmName }) => AlarmName)
        .sort()
        .join(', ');
}

/** Whom the raised alarms of a domain tell: its own topic, and they do. */
function toOwnTopic(world: World, domain: string, alarms: readonly Alarm[]): boolean {
  const topic = world.arnOf(world.only(stackOf(domain), 'AWS::SNS::Topic'));
  return alarms.every((a) => a.ActionsEnabled && a.AlarmActions?.length === 1 && a.AlarmActions[0] === topic);
}

/** What alarms stand on; without it the attacks are simulated alone (alarms-on-paper.ts, floods.ts). */
const NEEDED = ['waf-rate', 'alarm', 'log-texts', 'events'];

export const alarmAttacks =
  (live: ReadonlySet<string>, notRun: NotRun[]) =>
  async (opened: Opened): Promise<readonly Row[]> => {
    const missing = NEEDED.filter((kind) => !live.has(kind));
    if (missing.length === 0) return attacks(opened);
    const because = `the canary of ${missing.join(', ')} did not pass; simulated`;
    notRun.push({ controls: ['D9', 'D12', 'S14'], what: 'floods and alarms', because });
    return [];
  };

async function attacks(opened: Opened): Promise<readonly Row[]> {
  const { site, world, gateway, tokens } = opened;
  const forged = (i: number) => tokens.partner.replace(/\.[^.]+$/, `.${String(i).padStart(86, 'A')}`);
  const tryTokens = async (count: number): Promise<Refused[]> => {
    const calls: Refused[] = [];
    for (let i = 0; i < count; i++) {
      const { status } = await gateway.call('partner', 'GET', '/orders', bearer(forged(i)));
      calls.push({ method: 'GET', path: '/orders', status });
    }
    return calls;
  };
  const before = await raised(site);
  const few = await tryTokens(10);
  await log(site, world, stackOf('partner'), few);
  const afterFew = await raised(site);
  const many = await tryTokens(30);
  const guessed = await within(PERIOD, async () => {
    await log(site, world, stackOf('partner'), many);
    return raised(site);
  });
  const flood = await liveFlood(opened);
  const flooded = await within(PERIOD, async () => {
    const calls = flood.answers.map((status) => ({ method: 'GET', path: '/orders', status }));
    await log(site, world, stackOf('public'), calls);
    return raised(site);
  });
  const quiet = {
    what: 'none is raised before, nor by ten',
    holds: told(before) === 'none' && told(afterFew) === 'none',
  };
  return [
    flood.row,
    row('S14, D12', `${many.length} forged tokens are tried at \`partner\`: which alarms are raised`, 'live', {
      expected: 'bulkhead/partner/authentication-failures',
      observed: told(guessed),
      twin: quiet,
    }),
    row('D12, S14', 'whom the alarm of `partner` tells', 'live', {
      expected: 'the topic of `partner` alone',
      observed: toOwnTopic(world, 'partner', guessed) ? 'the topic of `partner` alone' : JSON.stringify(guessed),
      twin: { what: 'an alarm is raised', holds: guessed.length > 0 },
    }),
    row('D12, D9', '`public` is flooded: which alarms are raised beside', 'live', {
      expected: 'bulkhead/public/authentication-failures, bulkhead/public/throttled',
      observed: told(flooded, guessed),
      twin: { what: 'none of them before', holds: !guessed.some(({ AlarmName }) => AlarmName.includes('/public/')) },
    }),
    await deniedKeyUse(opened),
  ];
}

/** A denied use of a key, as CloudTrail tells EventBridge of it, and whose rule counts it. */
async function deniedKeyUse({ site, world }: Opened): Promise<Row> {
  const keyOf = (domain: string) => world.arnOf(world.only(stackOf(domain), 'AWS::KMS::Key'));
  const matches = async (domain: string, event: object): Promise<boolean> => {
    const rule = world.only(stackOf(domain), 'AWS::Events::Rule').properties.EventPattern;
    const input = { EventPattern: JSON.stringify(rule), Event: JSON.stringify(event) };
    return (await call(site, 'events', 'TestEventPattern', input)).Result === true;
  };
  // https://docs.aws.amazon.com/kms/latest/developerguide/ct-decrypt.html: a denied call names its key in the message.
  const event = (error: object) => ({
    id: '0',
    source: 'aws.kms',
    'detail-type': 'AWS API Call via CloudTrail',
    detail: { eventName: 'Decrypt', ...error },
  });
  const because = `User is not authorized to perform: kms:Decrypt on resource: ${keyOf('partner')} because no policy allows it`;
  const denied = event({ errorCode: 'AccessDenied', errorMessage: because });
  const allowed = event({ resources: [{ ARN: keyOf('partner'), type: 'AWS::KMS::Key' }] });
  const counting: string[] = [];
  for (const domain of DOMAINS) if (await matches(domain, denied)) counting.push(domain);
  return row(
    'D12, S14',
    'somebody may not use the key of `partner`, and tried: which domain’s rule counts it',
    'live',
    {
      expected: 'partner',
      observed: counting.join(', '),
      twin: { what: 'a use that is allowed is not counted', holds: !(await matches('partner', allowed)) },
    },
  );
}
