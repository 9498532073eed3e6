/**
 * Who may mute a trust domain: delete, switch off, override or redirect its alarms, their topic, the filters that
 * count for them and the rule that sees denied uses of the key. Nobody may but CloudFormation, which two people run.
 *
 * Judged are principals of the domain, and those of no domain that have a duty or that people may be; a role that only
 * services assume is judged by who can drive it, along chains. What principals of another domain may do here
 * is DOM-1's, whoever has two duties is SOD-6's, and a chain that joins duties is SOD-2's: one cause, one
 * finding. That the administrators of the key could keep the topic from using it is taken on trust.
 */
import type { Model, Principal, Resource } from '../model/model';
import type { Policies, Statement } from '../policy/document';
import { type Text, text } from '../policy/text';
import { chainOf } from '../reach/closure';
import { linkOf, sentenceOf } from './breach';
import { byBreakingGlass } from './broken-glass';
import { referredTo, typed } from './by-type';
import { chainFindings } from './chain-findings';
import type { CheckContext } from './check';
import type { Finding } from './finding';
import { isFree, nobodyHoldsTwoDuties } from './nobody-holds-two-duties';
import { explainSide, grantsOf, type Meeting, nameOfGrant, pathsOf, witnessOf } from './root-cause';
import { atMost, nameOf, type Subject, subjectsOf } from './separation';
import { listOf, member } from './settings';

const ON_ALARMS = [
  'cloudwatch:DeleteAlarms',
  'cloudwatch:DisableAlarmActions',
  'cloudwatch:PutAlarmMuteRule',
  'cloudwatch:PutCompositeAlarm',
  'cloudwatch:PutMetricAlarm',
  'cloudwatch:SetAlarmState',
];
const ON_TOPICS = [
  'sns:AddPermission',
  'sns:DeleteTopic',
  'sns:RemovePermission',
  'sns:SetSubscriptionAttributes',
  'sns:SetTopicAttributes',
  'sns:Unsubscribe',
];
const ON_LOGS = ['logs:DeleteLogGroup', 'logs:DeleteMetricFilter', 'logs:PutMetricFilter'];
const ON_RULES = ['events:DeleteRule', 'events:DisableRule', 'events:PutRule'];
const ON_DETECTORS = ['cloudwatch:DeleteAnomalyDetector', 'cloudwatch:PutAnomalyDetector'];

export function muting(model: Model, context: CheckContext): readonly Finding[] {
  const requests = new Map(
    [...resourcesByDomain(model)].flatMap(([domain, own]) => {
      const policies = mutingOf(own);
      return policies === undefined ? [] : [[domain, policies] as const];
    }),
  );
  if (requests.size === 0) return [];
  const named = new Set(nobodyHoldsTwoDuties.run(model, context).flatMap(({ principals }) => principals[0] ?? []));
  const others = model.principals
    .filter((p) => p.domain === undefined && p.duty === undefined && p.kind !== 'bootstrap-role')
    .map((principal): Subject => ({ principal, policies: atMost(principal) }));
  const judged = [
    ...subjectsOf(model).filter(({ principal }) => principal.kind !== 'bootstrap-role'),
    ...others.filter(({ principal }) => isFree(principal) && !named.has(principal.id)),
  ].filter(({ principal }) => principal.breakGlass === undefined);
  const found = judged.flatMap((subject) => meet(subject, requests, context));
  return [...byCause(found), ...chains(judged, others, requests, model, context)];
}

interface Muting extends Meeting {
  readonly domain: string;
}

/** One domain is enough: one edit ends them all. */
function meet(subject: Subject, requests: ReadonlyMap<string, Policies>, context: CheckContext): readonly Muting[] {
  const { domain } = subject.principal;
  const ofDomain = domain === undefined ? undefined : requests.get(domain);
  const own: Iterable<readonly [string, Policies]> =
    domain === undefined ? requests : ofDomain === undefined ? [] : [[domain, ofDomain]];
  for (const [name, policies] of own) {
    const verdict = context.overlap(subject.policies, policies);
    if (verdict.verdict !== 'disjoint') return [{ a: subject, b: { ...subject, policies }, verdict, domain: name }];
  }
  return [];
}

function resourcesByDomain({ resources }: Model): ReadonlyMap<string, readonly Resource[]> {
  const byDomain = new Map<string, Resource[]>();
  for (const resource of resources) {
    if (resource.domain === undefined) continue;
    const known = byDomain.get(resource.domain);
    if (known === undefined) byDomain.set(resource.domain, [resource]);
    else known.push(resource);
  }
  return byDomain;
}

/** The requests after which the domain's alarms are silent, as a policy that allows exactly these. */
function mutingOf(own: readonly Resource[]): Policies | undefined {
  const alarms = [...typed(own, 'AWS::CloudWatch::Alarm'), ...typed(own, 'AWS::CloudWatch::CompositeAlarm')];
  if (alarms.length === 0) return undefined;
  const told = new Set(alarms.flatMap((alarm) => referredTo(alarm, 'AlarmActions')));
  const counted = new Set(
    typed(own, 'AWS::Logs::MetricFilter').flatMap((filter) => referredTo(filter, 'LogGroupName')),
  );
  const watching = new Set(alarms.flatMap((alarm) => namesOf(alarm)));
  const topics = typed(own, 'AWS::SNS::Topic').filter(({ id }) => told.has(id));
  const logs = typed(own, 'AWS::Logs::LogGroup').filter(({ id }) => counted.has(id));
  const rules = typed(own, 'AWS::Events::Rule').filter(({ properties }) => watching.has(properties.Name));
  const detectors = typed(own, 'AWS::CloudWatch::AnomalyDetector');
  const statements = [
    ...statement(0, ON_ALARMS, arnsOf(alarms)),
    ...statement(
      1,
      ON_TOPICS,
      arnsOf(topics).flatMap((arn) => [arn, text(arn, ':*')]),
    ),
    ...statement(
      2,
      ON_LOGS,
      arnsOf(logs).flatMap((arn) => [arn, text(arn, ':*')]),
    ),
    ...statement(3, ON_RULES, arnsOf(rules)),
    ...statement(4, ON_DETECTORS, detectors.length === 0 ? [] : [text('*')]),
  ];
  return { identityPolicies: [{ version: '2012-10-17', origin: THE_REQUESTS, statements }] };
}

const THE_REQUESTS = 'the requests in question';

function namesOf({ properties }: Resource): readonly unknown[] {
  return listOf(properties.Dimensions).map((one) => member(one, 'Value'));
}

function arnsOf(resources: readonly Resource[]): readonly Text[] {
  return resources.flatMap(({ arn }) => arn ?? []);
}

function statement(index: number, actions: readonly string[], resources: readonly Text[]): readonly Statement[] {
  if (resources.length === 0) return [];
  return [
    {
      effect: 'Allow',
      index,
      origin: THE_REQUESTS,
      version: '2012-10-17',
      action: { not: false, patterns: actions.map((action) => text(action)) },
      resource: { not: false, patterns: resources },
      conditions: [],
    },
  ];
}

/** One statement that lets several mute is one finding. */
function byCause(found: readonly Muting[]): readonly Finding[] {
  const causes = new Map<string, Muting[]>();
  for (const one of found) {
    const [grant] = grantsOf(one).filter(({ statement: by }) => by.origin !== THE_REQUESTS);
    const key = grant === undefined ? one.a.principal.id : nameOfGrant(grant.statement);
    causes.set(key, [...(causes.get(key) ?? []), one]);
  }
  return [...causes.values()].map(findingOf);
}

function findingOf(all: readonly Muting[]): Finding {
  const [first] = all as [Muting, ...Muting[]];
  const { principal } = first.a;
  const grants = grantsOf(first).filter(({ statement: by }) => by.origin !== THE_REQUESTS);
  const principals = all.map(({ a }) => a.principal);
  const known = {
    id: 'DOM-13' as const,
    principals: principals.map(({ id }) => id),
    constructPaths: pathsOf(principals, grants),
    chain: [],
  };
  const [grant] = grants;
  const narrow = grant === undefined ? 'take the permission away' : `narrow ${nameOfGrant(grant.statement)}`;
  const fix = `${narrow}: alarms change by a deployed change alone`;
  if (first.verdict.verdict !== 'overlap' || principal.unknown.length > 0) {
    const reason = first.verdict.verdict === 'undecided' ? first.verdict.reason : principal.unknown[0];
    return {
      ...known,
      severity: 'undecided',
      message: `it cannot be decided whether ${nameOf(principal)} may mute the domain \`${first.domain}\`: ${reason}`,
      explanation: principal.unknown,
      fix,
    };
  }
  const more = all.length === 1 ? '' : `; so may ${all.length - 1} more by the same cause`;
  return {
    ...known,
    severity: 'violated',
    message: `${nameOf(principal)} ${mutes(first)}${more}`,
    witness: { ...witnessOf(first.verdict.witness, first.a.policies), contextB: undefined },
    explanation: explainSide(first, 'a'),
    fix,
  };
}

function mutes({ domain, verdict }: Muting): string {
  const what = verdict.verdict === 'overlap' ? verdict.witness : undefined;
  const how = what === undefined ? '' : `: it may make the request \`${what.action}\` on \`${what.resource}\``;
  return `may mute the domain \`${domain}\`${how}`;
}

/** Whoever can act as a role that may mute, where nobody but services assumes the role and so no finding names it. */
function chains(
  judged: readonly Subject[],
  others: readonly Subject[],
  requests: ReadonlyMap<string, Policies>,
  model: Model,
  context: CheckContext,
): readonly Finding[] {
  const muters = new Map(
    others
      .filter(({ principal }) => principal.kind === 'role' && !isFree(principal))
      .flatMap((subject) => meet(subject, requests, context))
      .filter(({ verdict }) => verdict.verdict === 'overlap')
      .map((one) => [one.a.principal.id, one] as const),
  );
  if (muters.size === 0) return [];
  const joined = new Set(chainFindings(model, context, 'SOD-2').flatMap(({ principals }) => principals[0] ?? []));
  const driven = judged.flatMap(({ principal }) => {
    if (principal.kind === 'group' || joined.has(principal.id)) return [];
    const closure = context
      .reach(model)
      .closureUntil(principal, (arrival) => byBreakingGlass(arrival) || muters.has(arrival.actor.principal.id));
    const arrival = [...closure.members.values()].find(
      ({ actor, step, undecided }) => step !== undefined && undecided === undefined && muters.has(actor.principal.id),
    );
    return arrival === undefined ? [] : [{ principal, closure, arrival }];
  });
  const byMuter = new Map<string, (typeof driven)[number][]>();
  for (const one of driven) {
    const { id } = one.arrival.actor.principal;
    byMuter.set(id, [...(byMuter.get(id) ?? []), one]);
  }
  return [...byMuter].map(([id, all]): Finding => {
    const [{ principal, closure, arrival }] = all as [(typeof driven)[number], ...(typeof driven)[number][]];
    const muter = muters.get(id)!;
    const found = findingOf([muter]);
    const chain = chainOf(closure, arrival);
    const whoElse: readonly Principal[] = all.slice(1).map((one) => one.principal);
    return {
      ...found,
      message: `${nameOf(principal)} can act as ${nameOf(muter.a.principal)}, which ${mutes(muter)}`,
      principals: [principal.id, id, ...whoElse.map((p) => p.id)],
      constructPaths: [principal.origin.path, ...found.constructPaths],
      explanation: [...chain.map(sentenceOf), ...found.explanation],
      chain: chain.map(linkOf),
    };
  });
}
