/**
 * What must be watched of a trust domain, and by which alarms it is: errors, latency, throttling, blocked requests,
 * refused callers, denied uses of the key, unusual traffic. At each stage of its API, be it one that no construct made: what is
 * counted of one stage says nothing of another.
 *
 * Judged by what the template says, not by what its constructs say: an alarm watches a signal if its metric is the
 * one that AWS publishes about this domain's API, web ACL or rule, or the one that a metric filter counts
 * in the log to which the stage writes (log-metrics.ts). Filters and rules are tried on the record or event that
 * they are there for (log-filter.ts, event-pattern.ts).
 */
import type { Model, Resource } from '../model/model';
import { textKey } from '../model/text-key';
import { ALARM, bandOf, isLearned, type Metric, metricsOf } from './alarm-metrics';
import { type Answer, all, any, both, keyOf, same } from './answers';
import { piecesOf } from './arn-pieces';
import { byIdOf, referredTo, typed } from './by-type';
import { seesEvent } from './event-pattern';
import { type GatewayStage, stagesOfApi } from './gateway-stages';
import { countsWhere, type Values } from './log-metrics';
import type { Belongings } from './made-domains';
import { placesOf } from './places';
import { listOf } from './settings';

/** A stage at which the domain is called. */
export interface At {
  readonly own: Belongings;
  readonly api: Resource;
  /** Absent where the API has none. */
  readonly stage?: GatewayStage;
  /** What stands before the stage. */
  readonly webAcls: readonly Resource[];
}

export interface Signal {
  readonly name: string;
  /** Whether an alarm on the metric watches the signal. */
  readonly isIn: (metric: Metric, at: At) => Answer;
  /** It is told from what is usual, not by a fixed number. */
  readonly unusual?: true;
}

export const SIGNALS: readonly Signal[] = [
  { name: 'answers with 4xx', isIn: ofGateway('4XXError') },
  { name: 'answers with 5xx', isIn: ofGateway('5XXError') },
  { name: 'latency', isIn: ofGateway('Latency') },
  { name: 'throttled requests', isIn: counted('429') },
  { name: 'requests that the web ACL blocks', isIn: ofWebAcl },
  { name: 'refused callers', isIn: (metric, at) => both(counted('401')(metric, at), counted('403')(metric, at)) },
  { name: 'denied uses of the key', isIn: ofRule },
  { name: 'unusual numbers of requests', isIn: ofGateway('Count'), unusual: true },
];

/** The signals that no alarm of the domain watches, and those of which that cannot be told. */
export interface Unwatched {
  /** The stage where it is so; absent for what is so at every stage. */
  readonly stage?: Resource;
  readonly missing: readonly string[];
  readonly unclear: readonly string[];
}

export function unwatched(own: Belongings, model: Model, signals: readonly Signal[]): readonly Unwatched[] {
  const asked = [...signals, ...crossingSignals(own, model)];
  const alarms = typed(own.resources, ALARM).map((alarm) => ({ alarm, metrics: metricsOf(alarm) }));
  const stages = stagesOf(own, model).map((at): Unwatched => {
    const answers = asked.map((signal) => ({ name: signal.name, watched: isWatched(signal, at, alarms) }));
    const named = (is: Answer) => answers.filter(({ watched }) => watched === is).map(({ name }) => name);
    return {
      ...(at.stage === undefined ? {} : { stage: at.stage.resource }),
      missing: named(false),
      unclear: named(undefined),
    };
  });
  const isEverywhere = (name: string, key: 'missing' | 'unclear') => stages.every((one) => one[key].includes(name));
  const everywhere = {
    missing: asked.map(({ name }) => name).filter((name) => isEverywhere(name, 'missing')),
    unclear: asked.map(({ name }) => name).filter((name) => isEverywhere(name, 'unclear')),
  };
  const here = stages.map((one) => ({
    ...one,
    missing: one.missing.filter((name) => !everywhere.missing.includes(name)),
    unclear: one.unclear.filter((name) => !everywhere.unclear.includes(name)),
  }));
  return [everywhere, ...here].filter(({ missing, unclear }) => missing.length + unclear.length > 0);
}

type Alarm = { readonly alarm: Resource; readonly metrics: ReturnType<typeof metricsOf> };

function isWatched({ isIn, unusual }: Signal, at: At, alarms: readonly Alarm[]): Answer {
  return any(
    alarms.flatMap(({ alarm, metrics }) =>
      metrics.map(({ metric, raises }) => {
        const is = isIn(metric, at);
        if (is === false) return false;
        if (unusual === undefined) return all([is, raises, isThere(alarm)]);
        return all([is, raises, isThere(alarm), bandOf(alarm), isLearned(metric, at.own.resources)]);
      }),
    ),
  );
}

/** Of an alarm of the constructs that is there under a condition alone, silent-alarms.ts tells. */
function isThere({ when, part }: Resource): Answer {
  return when === undefined || (part !== undefined && part !== 'resource') ? true : undefined;
}

/** Every stage of the domain's own APIs, or of the gateway that it shares. */
function stagesOf(own: Belongings, { resources }: Model): readonly At[] {
  const webAcls = typed(own.resources, WEB_ACL);
  const byId = byIdOf(resources);
  const stages = own.apis.flatMap((api) =>
    stagesOfApi(api.id, resources).map((stage): At => {
      const before = stage.associations(resources).flatMap((association) => referredTo(association, 'WebACLArn'));
      const named = before.flatMap((id) => byId.get(id) ?? []).filter(({ origin }) => origin.type === WEB_ACL);
      // That a stage has none, or one from elsewhere, is DOM-8's.
      return { own, api, stage, webAcls: named.length > 0 ? named : webAcls };
    }),
  );
  return stages.length > 0 ? stages : [{ own, api: own.apis[0], webAcls }];
}

const WEB_ACL = 'AWS::WAFv2::WebACL';

// https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-metrics-and-dimensions.html
function ofGateway(name: string): Signal['isIn'] {
  return ({ namespace, name: metric, dimensions }, { api, stage }) => {
    const published = both(same(metric, name), same(namespace, 'AWS/ApiGateway'));
    if (published === false) return false;
    const ofStage = dimensions.get('Stage');
    return all([
      published,
      same(dimensions.get('ApiName'), api.properties.Name),
      ofStage === undefined || stage === undefined ? true : same(ofStage, stage.resource.properties.StageName),
      // With a method and a path, the metric is that of one method.
      [...dimensions.keys()].every((key) => key === 'ApiName' || key === 'Stage'),
    ]);
  };
}

// https://docs.aws.amazon.com/waf/latest/developerguide/waf-metrics.html
function ofWebAcl({ namespace, name, dimensions }: Metric, { webAcls }: At): Answer {
  const published = both(same(name, 'BlockedRequests'), same(namespace, 'AWS/WAFV2'));
  if (published === false) return false;
  return all([
    published,
    same(dimensions.get('Rule'), 'ALL'),
    any(webAcls.map((webAcl) => isOfWebAcl(dimensions, webAcl))),
  ]);
}

/** The metric of what one of its rules does, where the web ACL stands. */
export function isOfWebAcl(dimensions: Metric['dimensions'], { arn, properties }: Resource): Answer {
  return all([
    same(dimensions.get('WebACL'), properties.Name),
    same(dimensions.get('Region'), arn && piecesOf(arn)?.region),
    dimensions.size === 3,
  ]);
}

/** The metric of a filter that counts an answer of this status. */
function counted(status: string): Signal['isIn'] {
  return countsIn({ '$context.status': status });
}

/** The metric of a filter that counts a record with these values in the log of the stage. */
export function countsIn(values: Values): Signal['isIn'] {
  return (metric, { own, stage }) => (stage === undefined ? false : countsWhere(values, metric, stage, own.resources));
}

/** Calls by which a declared crossing is used, where the API sees them: of the role that its grant is attached to. */
function crossingSignals({ domain, place }: Belongings, model: Model): readonly Signal[] {
  const { crossings = [], resources } = model;
  const placeOf = placesOf(model);
  return crossings
    .filter(({ to, actions, declaredAt }) => to === domain && declaredAt !== undefined && actions.includes(CALL))
    .flatMap(({ from, declaredAt }) =>
      resources
        // The grant stands beside the API that is called, and not beside its namesake of another Stage.
        .filter(({ origin }) => origin.path === declaredAt && placeOf(domain, origin.stack) === place)
        .flatMap(({ properties }) => listOf(properties.Roles).flatMap((role) => keyOf(role) ?? []))
        .map((role) => ({
          name: `calls of \`${from}\``,
          isIn: countsIn({
            '$context.identity.userArn': `arn:aws:sts::111122223333:assumed-role/${role}/session`,
          }),
        })),
    );
}

const CALL = 'execute-api:Invoke';

/** https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-monitoring.html */
export function ofRule(metric: Metric, { own }: At): Answer {
  const published = same(metric.namespace, 'AWS/Events');
  if (published === false) return false;
  return all([
    published,
    any(['MatchedEvents', 'TriggeredRules'].map((name) => same(metric.name, name))),
    any(
      typed(own.resources, 'AWS::Events::Rule').map((rule) =>
        all([
          same(metric.dimensions.get('RuleName'), rule.properties.Name),
          metric.dimensions.size === 1,
          // Only in this state a rule sees calls that read, and `Decrypt` is one.
          same(rule.properties.State, 'ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS'),
          rule.when === undefined ? true : undefined,
          any(keysOf(own).flatMap((key) => deniedUsesOf(key).map((e) => seesEvent(rule.properties.EventPattern, e)))),
        ]),
      ),
    ),
  ]);
}

/** A denied call names its key in `resources` or in its message. */
function deniedUsesOf(key: string) {
  const event = (detail: { readonly [member: string]: string | readonly { readonly ARN: string }[] }) => ({
    source: 'aws.kms',
    'detail-type': 'AWS API Call via CloudTrail',
    detail: { eventSource: 'kms.amazonaws.com', eventName: 'Decrypt', errorCode: 'AccessDenied', ...detail },
  });
  return [
    event({ resources: [{ ARN: key }], errorMessage: '-' }),
    event({ errorMessage: `is not authorized to perform: kms:Decrypt on resource: ${key} because` }),
  ];
}

/** Keys of texts: the domain's own keys, and the one from elsewhere that its logs are encrypted with. */
export function keysOf({ resources }: Belongings): readonly string[] {
  const own = typed(resources, 'AWS::KMS::Key').flatMap(({ arn }) => (arn === undefined ? [] : [textKey(arn)]));
  const used = typed(resources, 'AWS::Logs::LogGroup').flatMap(({ properties }) => keyOf(properties.KmsKeyId) ?? []);
  return [...new Set([...own, ...used])];
}
