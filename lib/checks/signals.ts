/**
 * What must be watched of a trust domain, and by which alarms it is: errors, latency, throttling, blocked requests,
 * refused callers, denied uses of the key, unusual traffic.
 *
 * Judged by what the template says, not by what its constructs say: an alarm watches a signal if its metric is the
 * one that AWS publishes about this domain's API, web ACL or rule, or the one that a metric filter counts
 * in the log to which the domain's stage writes. Filters and rules are tried on the record or event that
 * they are there for (log-filter.ts, event-pattern.ts).
 */
import type { Model, Resource } from '../model/model';
import { type Resolved, toText } from '../model/resolved';
import { textKey } from '../model/text-key';
import { literal } from '../policy/text';
import { seesEvent } from './event-pattern';
import { countsRecord } from './log-filter';
import { placesOf } from './places';

export type Answer = boolean | undefined;

/** What belongs to one domain in one place: in each Stage of an app a name stands for another. */
export interface Belongings {
  readonly domain: string;
  /** The CDK Stage; empty for what stands in none. */
  readonly place: string;
  readonly resources: readonly Resource[];
  /** Of a domain that shares its gateway: which, and the path of its routes there. */
  readonly zone?: { readonly api: string; readonly path: string };
}

export const ALARM = 'AWS::CloudWatch::Alarm';

const made = new WeakMap<Model, readonly Belongings[]>();

/** Domains that the constructs made: they have a REST API that says so, or a zone of one. */
export function madeDomains(model: Model): readonly Belongings[] {
  const found = made.get(model) ?? findMade(model);
  made.set(model, found);
  return found;
}

function findMade(model: Model): readonly Belongings[] {
  const placeOf = placesOf(model);
  const byPlace = new Map<
    string,
    { domain: string; place: string; resources: Resource[]; zone?: Belongings['zone'] }
  >();
  const key = (domain: string, place: string) => JSON.stringify([domain, place]);
  for (const { id, origin, part, domain } of model.resources) {
    if (part !== 'api' || origin.type !== 'AWS::ApiGateway::RestApi' || domain === undefined) continue;
    const place = placeOf(domain, origin.stack);
    byPlace.set(key(domain, place), { domain, place, resources: [] });
    for (const api of model.apis) {
      if (api.id !== id || api.zone === undefined || api.domain === undefined) continue;
      const at = placeOf(api.domain, origin.stack);
      const zone = { api: id, path: api.zone };
      byPlace.set(key(api.domain, at), { domain: api.domain, place: at, resources: [], zone });
    }
  }
  for (const resource of model.resources) {
    const { domain, origin } = resource;
    if (domain !== undefined) byPlace.get(key(domain, placeOf(domain, origin.stack)))?.resources.push(resource);
  }
  return [...byPlace].sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)).map(([, own]) => own);
}

export interface Metric {
  readonly namespace: unknown;
  readonly name: unknown;
  readonly dimensions: ReadonlyMap<string, unknown>;
}

export interface Signal {
  readonly name: string;
  /** Whether an alarm on the metric watches the signal. */
  readonly isIn: (metric: Metric, own: Belongings) => Answer;
  /** It is told from what is usual, not by a fixed number. */
  readonly unusual?: true;
}

export const SIGNALS: readonly Signal[] = [
  { name: 'answers with 4xx', isIn: ofGateway('4XXError') },
  { name: 'answers with 5xx', isIn: ofGateway('5XXError') },
  { name: 'latency', isIn: ofGateway('Latency') },
  { name: 'throttled requests', isIn: counted('429') },
  { name: 'requests that the web ACL blocks', isIn: ofWebAcl },
  { name: 'refused callers', isIn: (metric, own) => both(counted('401')(metric, own), counted('403')(metric, own)) },
  { name: 'denied uses of the key', isIn: ofRule },
  { name: 'unusual numbers of requests', isIn: ofGateway('Count'), unusual: true },
];

/** The signals that no alarm of the domain watches, and those of which that cannot be told. */
export function unwatched(
  own: Belongings,
  model: Model,
  signals: readonly Signal[],
): {
  readonly missing: readonly string[];
  readonly unclear: readonly string[];
} {
  const alarms = typed(own.resources, ALARM).map((alarm) => ({ alarm, metrics: metricsOf(alarm) }));
  const answers = [...signals, ...crossingSignals(own, model)].map(({ name, isIn, unusual }) => {
    const of = ({ alarm, metrics }: (typeof alarms)[number]): Answer =>
      any(
        metrics.map((metric) => {
          const about = isIn(metric, own);
          if (unusual === undefined || about === false) return about;
          return both(about, both(bandOf(alarm), learned(metric, own)));
        }),
      );
    return { name, watched: any(alarms.map(of)) };
  });
  return {
    missing: answers.filter(({ watched }) => watched === false).map(({ name }) => name),
    unclear: answers.filter(({ watched }) => watched === undefined).map(({ name }) => name),
  };
}

function metricsOf({ properties }: Resource): readonly Metric[] {
  const single = properties.MetricName === undefined ? [] : [metricOf(properties)];
  const listed = listOf(properties.Metrics).flatMap((one) => {
    const metric = member(one, 'MetricStat', 'Metric');
    return metric === undefined ? [] : [metricOf(metric)];
  });
  return [...single, ...listed];
}

function metricOf(of: unknown): Metric {
  const dimensions = listOf(member(of, 'Dimensions')).map((one) => [
    String(member(one, 'Name')),
    member(one, 'Value'),
  ]) as [string, unknown][];
  return { namespace: member(of, 'Namespace'), name: member(of, 'MetricName'), dimensions: new Map(dimensions) };
}

// https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-metrics-and-dimensions.html
function ofGateway(name: string): Signal['isIn'] {
  return (metric, { resources }) => {
    const published = both(same(metric.namespace, 'AWS/ApiGateway'), same(metric.name, name));
    if (published === false) return false;
    return both(
      published,
      any(
        typed(resources, 'AWS::ApiGateway::RestApi').map(({ properties }) =>
          same(metric.dimensions.get('ApiName'), properties.Name),
        ),
      ),
    );
  };
}

// https://docs.aws.amazon.com/waf/latest/developerguide/waf-metrics.html
function ofWebAcl(metric: Metric, { resources }: Belongings): Answer {
  const published = both(same(metric.namespace, 'AWS/WAFV2'), same(metric.name, 'BlockedRequests'));
  if (published === false) return false;
  return all([
    published,
    same(metric.dimensions.get('Rule'), 'ALL'),
    any(
      typed(resources, 'AWS::WAFv2::WebACL').map(({ properties }) =>
        same(metric.dimensions.get('WebACL'), properties.Name),
      ),
    ),
  ]);
}

/** The metric of a filter that counts an answer of this status. */
function counted(status: string): Signal['isIn'] {
  return countsWhere({ '$context.status': status });
}

/** What variables of API Gateway are in a record. */
export type Values = Readonly<Record<string, string>>;

/**
 * The metric of a filter that counts a record in which variables of API Gateway have these values, in the access log of a stage.
 * @param stages by default those of the domain
 */
export function countsWhere(values: Values, stages?: readonly Resource[]): Signal['isIn'] {
  return (metric, { resources }) => {
    // What AWS publishes itself, no filter counts.
    if (isOfAws(metric)) return false;
    return any(
      typed(resources, 'AWS::Logs::MetricFilter').flatMap((filter): readonly Answer[] => {
        const feeds = any(
          listOf(filter.properties.MetricTransformations).map((one) =>
            both(same(metric.namespace, member(one, 'MetricNamespace')), same(metric.name, member(one, 'MetricName'))),
          ),
        );
        if (feeds === false) return [];
        const to = referredTo(filter, 'LogGroupName');
        const pattern = keyOf(filter.properties.FilterPattern);
        return (stages ?? typed(resources, 'AWS::ApiGateway::Stage'))
          .filter((stage) => referredTo(stage, 'AccessLogSetting.DestinationArn').some((log) => to.includes(log)))
          .map((stage) => {
            const record = recordOf(stage, values);
            return both(
              feeds,
              pattern === undefined || record === undefined ? undefined : countsRecord(pattern, record),
            );
          });
      }),
    );
  };
}

/** CloudWatch keeps namespaces that begin so for AWS: https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/publishingMetrics.html */
function isOfAws({ namespace }: Metric): boolean {
  return textOf(namespace)?.startsWith('AWS/') === true;
}

/** What the stage writes where the variables have these values; `-` stands where API Gateway knows nothing. */
function recordOf(stage: Resource, values: Values): Readonly<Record<string, string>> | undefined {
  const format = textOf(member(stage.properties, 'AccessLogSetting', 'Format'));
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
          isIn: countsWhere({
            '$context.identity.userArn': `arn:aws:sts::111122223333:assumed-role/${role}/session`,
          }),
        })),
    );
}

const CALL = 'execute-api:Invoke';

/** https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-monitoring.html */
export function ofRule(metric: Metric, own: Belongings): Answer {
  const published = same(metric.namespace, 'AWS/Events');
  if (published === false) return false;
  return all([
    published,
    any(['MatchedEvents', 'TriggeredRules'].map((name) => same(metric.name, name))),
    any(
      typed(own.resources, 'AWS::Events::Rule').map((rule) =>
        all([
          same(metric.dimensions.get('RuleName'), rule.properties.Name),
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

/** More than ten standard deviations, and nothing is unusual. */
const WIDEST_BAND = 10;

function bandOf({ properties }: Resource): Answer {
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

/** A detector of the domain learns what is usual of the metric. */
function learned(metric: Metric, { resources }: Belongings): Answer {
  return any(
    typed(resources, 'AWS::CloudWatch::AnomalyDetector').map(({ properties }) => {
      const of = metricOf(properties.SingleMetricAnomalyDetector ?? properties);
      const names = new Set([...of.dimensions.keys(), ...metric.dimensions.keys()]);
      return all([
        same(of.namespace, metric.namespace),
        same(of.name, metric.name),
        ...[...names].map((name) => same(of.dimensions.get(name), metric.dimensions.get(name))),
      ]);
    }),
  );
}

const byType = new WeakMap<readonly Resource[], ReadonlyMap<string, readonly Resource[]>>();

/** The resources of these types, type by type. The list must not be added to any more. */
export function typed(resources: readonly Resource[], ...types: readonly string[]): readonly Resource[] {
  let index = byType.get(resources);
  if (index === undefined) {
    const groups = new Map<string, Resource[]>();
    for (const resource of resources) {
      const group = groups.get(resource.origin.type);
      if (group === undefined) groups.set(resource.origin.type, [resource]);
      else group.push(resource);
    }
    byType.set(resources, groups);
    index = groups;
  }
  const [only] = types;
  return types.length === 1 ? (index.get(only!) ?? []) : types.flatMap((type) => index.get(type) ?? []);
}

const byTarget = new WeakMap<readonly Resource[], Map<string, ReadonlyMap<string, readonly Resource[]>>>();

/** The resources of the type that refer to a resource at exactly the property, by its id. The list must not be added to any more. */
export function referring(
  resources: readonly Resource[],
  type: string,
  property: string,
): ReadonlyMap<string, readonly Resource[]> {
  let indexes = byTarget.get(resources);
  if (indexes === undefined) {
    indexes = new Map();
    byTarget.set(resources, indexes);
  }
  const key = `${type} ${property}`;
  const known = indexes.get(key);
  if (known !== undefined) return known;
  const index = new Map<string, Resource[]>();
  for (const resource of typed(resources, type)) {
    for (const { to, at } of resource.references) {
      if (at !== property) continue;
      const others = index.get(to);
      if (others === undefined) index.set(to, [resource]);
      else others.push(resource);
    }
  }
  indexes.set(key, index);
  return index;
}

/** Ids of what the property refers to. */
export function referredTo({ references }: Resource, property: string): readonly string[] {
  return references.filter(({ at }) => at === property || at.startsWith(`${property}[`)).map(({ to }) => to);
}

export function member(value: unknown, ...keys: readonly string[]): unknown {
  return keys.reduce<unknown>(
    (at, key) => (typeof at === 'object' && at !== null && Object.hasOwn(at, key) ? at[key as never] : undefined),
    value,
  );
}

export function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/** The value, where it is known. */
export function textOf(value: unknown): string | undefined {
  const text = toText(value as Resolved | undefined);
  return text === undefined ? undefined : literal(text);
}

/** Equal for values that are the same in every deployment. */
export function keyOf(value: unknown): string | undefined {
  const text = toText(value as Resolved | undefined);
  return text === undefined ? undefined : textKey(text);
}

/** Undefined where only the deployment knows. */
export function same(a: unknown, b: unknown): Answer {
  if (typeof a === 'string' && typeof b === 'string') return a === b;
  const [x, y] = [keyOf(a), keyOf(b)];
  if (x === undefined || y === undefined) return false;
  if (x === y) return true;
  return textOf(a) !== undefined && textOf(b) !== undefined ? false : undefined;
}

export function any(answers: readonly Answer[]): Answer {
  return answers.includes(true) ? true : answers.includes(undefined) ? undefined : false;
}

export function all(answers: readonly Answer[]): Answer {
  return answers.includes(false) ? false : answers.includes(undefined) ? undefined : true;
}

function both(a: Answer, b: Answer): Answer {
  return all([a, b]);
}
