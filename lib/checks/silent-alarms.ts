/**
 * Alarms that nobody hears, or that are raised too late. Of domains that the constructs made: alarms whose actions are
 * switched off or missing, that do not tell a topic of the domain, or that were weakened after their construct
 * wrote them; topics that are not encrypted with the domain's key, or that CloudWatch cannot publish to. Of every domain:
 * alarms whose actions are switched off, mute rules, and topics under the key of SNS itself, which CloudWatch may not use
 * (https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html#compatibility-with-aws-services).
 */
import type { Model, Resource } from '../model/model';
import type { PolicyDocument } from '../policy/document';
import { literal, text } from '../policy/text';
import { ALARM } from './alarm-metrics';
import { keyOf, textOf } from './answers';
import { referredTo, surelyReferredTo, typed } from './by-type';
import type { CheckContext } from './check';
import { type Finding, OF_A_SETTING } from './finding';
import type { Belongings } from './made-domains';
import { listOf, member } from './settings';
import { keysOf } from './signals';

/** Why an alarm or a topic is silent. One cause is one finding, however many alarms it silences. */
interface Silence {
  readonly domain: string;
  readonly at: Resource;
  readonly why: string;
  readonly fix: string;
  readonly undecided?: true;
}

export function silences(model: Model, made: readonly Belongings[], context: CheckContext): readonly Finding[] {
  const byId = new Map(model.resources.map((resource) => [resource.id, resource]));
  const found = [
    ...model.resources.flatMap((alarm) => switchedOff(alarm)),
    ...model.resources.flatMap((rule) => muteRule(rule, byId)),
    ...made.flatMap((own) => typed(own.resources, ALARM).flatMap((alarm) => ofAlarm(own, alarm, byId))),
    ...alarmTopics(model, byId).flatMap((topic) => underKeyOfSns(topic)),
    ...made.flatMap((own) => ownTopics(own, byId).flatMap((topic) => ofTopic(own, topic, byId, context))),
  ];
  return findingsOf(found);
}

const ALARMS: ReadonlySet<string> = new Set([ALARM, 'AWS::CloudWatch::CompositeAlarm']);

function switchedOff(alarm: Resource): readonly Silence[] {
  const { domain, origin, properties } = alarm;
  if (domain === undefined || !ALARMS.has(origin.type) || properties.ActionsEnabled === undefined) return [];
  const enabled = textOf(properties.ActionsEnabled);
  if (enabled === 'true') return [];
  const fix = 'leave `ActionsEnabled` out';
  return enabled === 'false'
    ? [{ domain, at: alarm, why: 'has its actions switched off', fix }]
    : [
        {
          domain,
          at: alarm,
          why: 'may have its actions switched off: only the deployment knows',
          fix,
          undecided: true,
        },
      ];
}

/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-mute-rules.html */
function muteRule(rule: Resource, byId: ReadonlyMap<string, Resource>): readonly Silence[] {
  if (rule.origin.type !== 'AWS::CloudWatch::AlarmMuteRule') return [];
  const names = listOf(member(rule.properties, 'MuteTargets', 'AlarmNames')).map(keyOf);
  const muted = [...byId.values()].filter(
    ({ id, origin, properties }) =>
      ALARMS.has(origin.type) &&
      (rule.references.some(({ to }) => to === id) ||
        (properties.AlarmName !== undefined && names.includes(keyOf(properties.AlarmName)))),
  );
  const fix = `remove \`${rule.origin.path}\`, and have the alarm's threshold changed by a reviewed change`;
  return muted.flatMap((at) =>
    at.domain === undefined
      ? []
      : [{ domain: at.domain, at, why: `is muted at times by \`${rule.origin.path}\``, fix }],
  );
}

function ofAlarm(own: Belongings, alarm: Resource, byId: ReadonlyMap<string, Resource>): readonly Silence[] {
  const { domain } = own;
  // Alarms that an author brought may be for something else.
  if (alarm.part === undefined || alarm.part === 'resource') return [];
  const actions = alarm.properties.AlarmActions;
  const isTold = (told: readonly string[]): boolean =>
    told.some((id) => byId.get(id)?.domain === domain && byId.get(id)?.origin.type === 'AWS::SNS::Topic');
  const silent =
    !Array.isArray(actions) || actions.length === 0
      ? 'tells nobody'
      : isTold(referredTo(alarm, 'AlarmActions'))
        ? undefined
        : 'does not tell a topic of its domain';
  const fix = `let it tell the alarm topic of \`${domain}\` as its construct does`;
  const sometimes = silent === undefined && !isTold(surelyReferredTo(alarm, 'AlarmActions'));
  return [
    ...(silent === undefined ? [] : [{ domain, at: alarm, why: silent, fix }]),
    ...(sometimes
      ? [
          {
            domain,
            at: alarm,
            why: 'tells a topic of its domain under a condition of the template alone',
            fix,
            undecided: true as const,
          },
        ]
      : []),
    ...(alarm.when === undefined
      ? []
      : [
          {
            domain,
            at: alarm,
            why: 'is there only under a condition of the template',
            fix: 'remove the condition',
            undecided: true as const,
          },
        ]),
    ...weakened(domain, alarm),
  ];
}

/** Lower is stricter, for a threshold as for the periods that must pass before the alarm is raised. */
function weakened(domain: string, alarm: Resource): readonly Silence[] {
  const { promised = {}, properties } = alarm;
  const fix = 'say when it is raised by the props of its construct, which the review sees';
  return Object.entries(promised).flatMap(([property, was]): readonly Silence[] => {
    const is = properties[property];
    const now = Number(textOf(is) ?? Number.NaN);
    if (typeof was !== 'number' || now <= was) return [];
    if (is !== undefined && Number.isNaN(now)) {
      const why = `has a \`${property}\` that only the deployment knows, where its construct wrote ${was}`;
      return [{ domain, at: alarm, why, fix, undecided: true }];
    }
    const why = `has a \`${property}\` of ${is === undefined ? 'nothing' : now}, where its construct wrote ${was}`;
    return [{ domain, at: alarm, why, fix }];
  });
}

/** Topics of a domain that alarms tell. */
function alarmTopics(model: Model, byId: ReadonlyMap<string, Resource>): readonly Resource[] {
  const told = model.resources
    .filter(({ origin, domain }) => ALARMS.has(origin.type) && domain !== undefined)
    .flatMap((alarm) => ACTIONS.flatMap((actions) => referredTo(alarm, actions)));
  return [...new Set(told)]
    .flatMap((id) => byId.get(id) ?? [])
    .filter(({ origin, domain }) => origin.type === 'AWS::SNS::Topic' && domain !== undefined);
}

const ACTIONS = ['AlarmActions', 'InsufficientDataActions', 'OKActions'];

function underKeyOfSns(topic: Resource): readonly Silence[] {
  const key = keyOf(topic.properties.KmsMasterKeyId);
  if (topic.domain === undefined || key === undefined || !/(^|:)alias\/aws\/sns$/.test(key)) return [];
  const why = 'is encrypted with the key of SNS itself, which CloudWatch may not use, so no alarm arrives';
  return [{ domain: topic.domain, at: topic, why, fix: 'encrypt it with the key of its domain' }];
}

function ownTopics(own: Belongings, byId: ReadonlyMap<string, Resource>): readonly Resource[] {
  const told = typed(own.resources, ALARM)
    .filter(({ part }) => part !== undefined && part !== 'resource')
    .flatMap((alarm) => referredTo(alarm, 'AlarmActions'));
  return [...new Set(told)]
    .flatMap((id) => byId.get(id) ?? [])
    .filter(({ origin, domain }) => origin.type === 'AWS::SNS::Topic' && domain === own.domain);
}

function ofTopic(
  own: Belongings,
  topic: Resource,
  byId: ReadonlyMap<string, Resource>,
  context: CheckContext,
): readonly Silence[] {
  const { domain } = own;
  const key = keyOf(topic.properties.KmsMasterKeyId);
  if (key === undefined) {
    return [{ domain, at: topic, why: 'is not encrypted', fix: 'encrypt it with the key of its domain' }];
  }
  const resource = surelyReferredTo(topic, 'KmsMasterKeyId').flatMap((id) => byId.get(id) ?? [])[0];
  if (!keysOf(own).includes(key) && resource?.domain !== domain) {
    const why = 'is encrypted with a key that is not the domain’s';
    return /alias\/aws\/sns$/.test(key)
      ? []
      : [{ domain, at: topic, why, fix: 'encrypt it with the key of its domain' }];
  }
  const admits = (policy: PolicyDocument | undefined, actions: readonly string[]): boolean =>
    policy === undefined || actions.every((action) => admitsCloudWatch(policy, action, context));
  return [
    ...(admits(topic.policy, ['sns:Publish'])
      ? []
      : [{ domain, at: topic, why: 'has a policy that keeps CloudWatch out, so no alarm arrives', fix: OPEN_TOPIC }]),
    ...(admits(resource?.policy, ['kms:Decrypt', 'kms:GenerateDataKey'])
      ? []
      : [{ domain, at: topic, why: 'has a key that CloudWatch may not use, so no alarm arrives', fix: OPEN_KEY }]),
  ];
}

const OPEN_TOPIC = 'let `cloudwatch.amazonaws.com` publish to it, for the alarms of the domain';
const OPEN_KEY = 'let `cloudwatch.amazonaws.com` decrypt and generate data keys, for the alarms of the domain';

/** Whether some Allow speaks of CloudWatch and the action: what its conditions leave is taken on trust. */
function admitsCloudWatch({ statements }: PolicyDocument, action: string, context: CheckContext): boolean {
  const asked = context.actions({ not: false, patterns: [text(action)] });
  return statements.some(
    ({ effect, principal, action: allowed }) =>
      effect === 'Allow' &&
      principal?.not === false &&
      principal.entries.some(({ type, value }) => {
        const named = literal(value);
        return named === '*' || (type === 'Service' && named === 'cloudwatch.amazonaws.com');
      }) &&
      context.actions(allowed).meets(asked),
  );
}

function findingsOf(found: readonly Silence[]): readonly Finding[] {
  const groups = new Map<string, Silence[]>();
  for (const silence of found) {
    const key = `${silence.domain} ${silence.why}`;
    groups.set(key, [...(groups.get(key) ?? []), silence]);
  }
  return [...groups.values()].map((all): Finding => {
    const [{ domain, at, why, fix, undecided }] = all as [Silence, ...Silence[]];
    const others =
      all.length === 1 ? '' : `, and so ${all.length === 2 ? 'does one more' : `do ${all.length - 1} more`}`;
    const what = at.origin.type === 'AWS::SNS::Topic' ? 'alarm topic' : 'alarm';
    return {
      id: 'DOM-13',
      severity: undecided ? 'undecided' : 'violated',
      message: `the ${what} \`${at.origin.path}\` of the domain \`${domain}\` ${why}${others}`,
      ...OF_A_SETTING,
      constructPaths: all.map((silence) => silence.at.origin.path),
      fix,
    };
  });
}
