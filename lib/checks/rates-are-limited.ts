/**
 * DOM-8, unlimited rate: every stage of an API that the constructs made has one web ACL, whose first word is a rate limit that
 * blocks, with a log that AWS WAF takes, and a throttle of its own. No stage of any domain has two web ACLs, and no web ACL
 * from elsewhere serves two domains; one of the app that does is DOM-2's.
 *
 * Of a gateway that domains share, every zone has a rate limit and throttles of its own (zones-are-limited.ts).
 * A rate limit counts if it blocks, sees every request (no scope-down) and every caller (counted-callers.ts), and no rule
 * before it lets requests past, be it one of a rule group (zone-rules.ts). AWS WAF guards stages of REST APIs only: of HTTP
 * and WebSocket APIs the throttle alone is judged.
 * Sources: https://docs.aws.amazon.com/waf/latest/developerguide/waf-rule-statement-type-rate-based.html,
 * https://docs.aws.amazon.com/waf/latest/developerguide/logging-cw-logs.html,
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-request-throttling.html
 */
import type { Model, Resource } from '../model/model';
import { splitText, textKey } from '../model/text-key';
import { literal, show, type Text } from '../policy/text';
import { referring } from './by-type';
import type { Check } from './check';
import { uncountedBy } from './counted-callers';
import type { Finding } from './finding';
import { type GatewayStage, stageOf } from './gateway-stages';
import { rateFinding, undecidedRate } from './rate-finding';
import { asText, listed, member, numberAt, textsAt } from './settings';
import { sharedGateways } from './shared-gateways';
import { rulesOf } from './zone-rules';
import { zonesAreLimited } from './zones-are-limited';

export const ratesAreLimited: Check = {
  id: 'DOM-8',
  compliant: 'every stage has one web ACL that blocks floods, logged, and a throttle; no domain shares them',
  run: (model) => {
    const byId = new Map(model.resources.map((resource) => [resource.id, resource]));
    const stages = stagesOf(model, byId);
    return [
      ...stages.flatMap((stage) => judge(stage, byId, model)),
      ...model.resources.flatMap((r) => destinations(r, byId)),
      ...sharedElsewhere(stages),
      ...zonesAreLimited(model),
    ];
  },
};

type ById = ReadonlyMap<string, Resource>;

interface Stage {
  readonly resource: Resource;
  /** Of a REST API. */
  readonly rest?: GatewayStage;
  readonly domain: string;
  /** The constructs made its API, and promise. */
  readonly promised: boolean;
  readonly associations: readonly Resource[];
}

const STAGES: ReadonlySet<string> = new Set([
  'AWS::ApiGateway::Stage',
  'AWS::ApiGateway::Deployment',
  'AWS::ApiGatewayV2::Stage',
]);
const WEB_ACL = 'AWS::WAFv2::WebACL';

function stagesOf({ resources, apis }: Model, byId: ById): readonly Stage[] {
  const domains = new Map(apis.map(({ id, domain }) => [id, domain]));
  return resources.flatMap((resource): readonly Stage[] => {
    if (!STAGES.has(resource.origin.type)) return [];
    const api = resource.references.find(({ to, at }) => domains.has(to) && /^(RestApiId|ApiId)$/.test(at))?.to;
    const domain = resource.domain ?? (api === undefined ? undefined : domains.get(api));
    if (domain === undefined) return [];
    const rest = resource.origin.type === 'AWS::ApiGatewayV2::Stage' ? undefined : stageOf(resource, api ?? '');
    if (rest === undefined && resource.origin.type !== 'AWS::ApiGatewayV2::Stage') return [];
    return [
      {
        resource,
        ...(rest === undefined ? {} : { rest }),
        domain,
        promised: api !== undefined && byId.get(api)?.part === 'api',
        associations: rest?.associations(resources) ?? [],
      },
    ];
  });
}

function judge(stage: Stage, byId: ById, model: Model): Finding[] {
  const { associations, resource, promised, rest, domain } = stage;
  const { path } = resource.origin;
  const of = `the stage \`${path}\` of the domain \`${domain}\``;
  const two =
    associations.length < 2
      ? []
      : [
          rateFinding(
            `${of} has ${associations.length} web ACLs, and AWS WAF keeps whichever is associated last`,
            [...associations.map(({ origin }) => origin.path), path],
            'leave one association',
          ),
        ];
  if (!promised) return two;
  const [association] = associations;
  return [
    ...two,
    ...throttle(stage, of),
    ...(rest === undefined
      ? []
      : association === undefined
        ? [
            rateFinding(
              `${of} has no web ACL, so nothing limits what one caller asks`,
              [path],
              'leave the association of its web ACL as the trust domain writes it',
            ),
          ]
        : associations.flatMap((one) => webAcl(one, of, byId, model))),
  ];
}

function webAcl(association: Resource, of: string, byId: ById, model: Model): Finding[] {
  const acl = association.references
    .filter(({ at, sometimes }) => at === 'WebACLArn' && sometimes === undefined)
    .map(({ to }) => byId.get(to))
    .find((one) => one?.origin.type === WEB_ACL);
  const paths = [association.origin.path];
  if (acl === undefined) {
    const sometimes = association.references.some(({ at }) => at === 'WebACLArn');
    const message = `it cannot be decided whether the web ACL of ${of} limits rates: ${sometimes ? 'a condition of the template decides which it is' : 'it is not in the app'}`;
    return [undecidedRate(message, paths, 'leave the web ACL that the trust domain makes')];
  }
  const { path } = acl.origin;
  if (association.references.every(({ at, sometimes }) => at !== 'ResourceArn' || sometimes)) {
    const message = `it cannot be decided whether ${of} has a web ACL: it is associated under a condition of the template alone`;
    return [undecidedRate(message, paths, 'name the stage in every branch of `ResourceArn`')];
  }
  const logging = referring(model.resources, LOGGING, 'ResourceArn').get(acl.id) ?? [];
  const logged = logging.some(
    ({ when, references }) =>
      when === undefined &&
      references.some(({ to, at, sometimes }) => to === acl.id && at === 'ResourceArn' && !sometimes),
  );
  // Of a shared gateway each zone has a limit of its own, and one for all of them would let one zone's flood stop another.
  const isShared = sharedGateways(model).some(({ webAcls }) => webAcls.includes(acl));
  return [
    ...(isShared ? [] : rateLimit(acl, groupsOf(acl, byId))),
    ...(logged
      ? []
      : [
          logging.length > 0
            ? undecidedRate(
                `what the web ACL \`${path}\` decides is logged under a condition of the template alone`,
                [path, ...logging.map(({ origin }) => origin.path)],
                'remove the condition of its `AWS::WAFv2::LoggingConfiguration`',
              )
            : rateFinding(
                `what the web ACL \`${path}\` decides is logged nowhere`,
                [path],
                'leave its `AWS::WAFv2::LoggingConfiguration` in place',
              ),
        ]),
  ];
}

/** Rule groups of the app that the web ACL refers to. */
function groupsOf({ references }: Resource, byId: ById): readonly Resource[] {
  return [...new Set(references.filter(({ at }) => /^Rules\b/.test(at)).map(({ to }) => to))].flatMap((id) => {
    const found = byId.get(id);
    return found?.origin.type === 'AWS::WAFv2::RuleGroup' ? [found] : [];
  });
}

/** In every deployment: a condition of the template may leave several sets of rules. */
function rateLimit({ origin, properties, alternatives }: Resource, groups: readonly Resource[]): Finding[] {
  const each = (alternatives?.Rules ?? [{ value: properties.Rules }]).map(({ value: rules }) =>
    rateLimitAmong(rules, origin.path, groups),
  );
  return (
    each.find((found) => found.some(({ severity }) => severity === 'violated')) ?? each.find((f) => f.length > 0) ?? []
  );
}

function rateLimitAmong(written: unknown, path: string, groups: readonly Resource[]): Finding[] {
  const { rules, unknown } = rulesOf(written, groups);
  const limits = rules.filter((rule) => member(rule.statement, 'RateBasedStatement') !== undefined);
  const fix = 'leave its rate-based rule with the action `Block`, first and without scope-down';
  const undecided = (message: string): Finding => undecidedRate(message, [path], fix);
  const blocking = limits.filter(({ action }) => action === 'Block');
  const whole = blocking.filter(
    (rule) => member(rule.statement, 'RateBasedStatement', 'ScopeDownStatement') === undefined,
  );
  if (whole.length === 0) {
    const what =
      limits.length === 0
        ? 'has no rate-based rule'
        : blocking.length === 0
          ? `counts floods by its rule \`${limits[0]!.name}\` and lets them past`
          : `limits the rate of some requests only, by its rule \`${blocking[0]!.name}\``;
    if (!unknown) return [rateFinding(`the web ACL \`${path}\` ${what}`, [path], fix)];
    return [
      undecided(`the web ACL \`${path}\` ${what}, unless one of those that only the deployment knows limits rates`),
    ];
  }
  const uncounted = whole.map((rule) => uncountedBy(member(rule.statement, 'RateBasedStatement')));
  const counting = whole.filter((_, i) => uncounted[i] === undefined);
  if (counting.length === 0) {
    const not = uncounted.find((one) => one?.is === 'violated') ?? uncounted[0]!;
    if (not.is === 'violated') return [rateFinding(`the web ACL \`${path}\` limits no rate: ${not.why}`, [path], fix)];
    return [undecided(`it cannot be decided whether the web ACL \`${path}\` limits rates: ${not.why}`)];
  }
  const first = Math.min(
    ...counting.map(({ priority }) => (typeof priority === 'number' ? priority : Number.POSITIVE_INFINITY)),
  );
  const before = rules.filter(({ priority }) => typeof priority !== 'number' || priority < first);
  const passed = before
    .filter(({ action }) => action === 'Allow')
    .map(({ name }) =>
      rateFinding(`the rule \`${name}\` of the web ACL \`${path}\` lets requests past its rate limit`, [path], fix),
    );
  if (passed.length > 0) return passed;
  const perhaps = before.find(({ action }) => action === 'unknown');
  if (perhaps === undefined) return [];
  return [undecided(`the rule \`${perhaps.name}\` of the web ACL \`${path}\` may let requests past its rate limit`)];
}

const LOGGING = 'AWS::WAFv2::LoggingConfiguration';

/** Of every domain: AWS WAF refuses what is not named so. */
function destinations(logging: Resource, byId: ById): Finding[] {
  if (logging.origin.type !== LOGGING) return [];
  const acl = logging.references.map(({ to }) => byId.get(to)).find((one) => one?.origin.type === WEB_ACL);
  const domain = logging.domain ?? acl?.domain;
  if (domain === undefined) return [];
  const { path } = logging.origin;
  return (textsAt(logging.properties, 'LogDestinationConfigs') ?? []).flatMap((arn): Finding[] => {
    const name = nameIn(arn);
    const [start] = name?.parts ?? [];
    if (typeof start === 'string' && start.startsWith('aws-waf-logs-')) return [];
    const known = name === undefined ? undefined : literal(name);
    const fix = 'name the log group, stream or bucket `aws-waf-logs-…`';
    if (known === undefined) {
      const message = `it cannot be decided whether AWS WAF takes \`${show(arn)}\` as the log of the domain \`${domain}\`: only the deployment knows its name`;
      return [undecidedRate(message, [path], fix)];
    }
    return [
      rateFinding(
        `AWS WAF refuses \`${known}\` as the log of the domain \`${domain}\`, whose name has to begin with \`aws-waf-logs-\``,
        [path],
        fix,
      ),
    ];
  });
}

/** `…:log-group:NAME`, `…:deliverystream/NAME`, `arn:aws:s3:::NAME`. */
function nameIn(arn: Text): Text | undefined {
  const pieces = splitText(arn, ':');
  const kind = pieces?.[5] === undefined ? undefined : literal(pieces[5]);
  if (kind === 'log-group') return pieces?.[6];
  const last = pieces?.[5];
  return last === undefined ? undefined : splitText(last, '/')?.at(-1);
}

function throttle({ resource: { properties, origin }, rest }: Stage, of: string): Finding[] {
  const all =
    rest === undefined
      ? listed(properties.DefaultRouteSettings)
      : rest.methodSettings.filter(
          (one) => nameOf(member(one, 'HttpMethod')) === '*' && nameOf(member(one, 'ResourcePath')) === '/*',
        );
  const fix = 'set `ThrottlingRateLimit` and `ThrottlingBurstLimit` for all its methods';
  const limits = all.map((one) => [
    numberAt(member(one, 'ThrottlingRateLimit')),
    numberAt(member(one, 'ThrottlingBurstLimit')),
  ]);
  if (limits.some((pair) => pair.every((limit) => typeof limit === 'number' && limit >= 0))) return [];
  if (limits.some((pair) => pair.every((limit) => limit === 'unknown' || (typeof limit === 'number' && limit >= 0)))) {
    const message = `it cannot be decided whether ${of} is throttled: only the deployment knows its limits`;
    return [undecidedRate(message, [origin.path], fix)];
  }
  return [
    rateFinding(
      `${of} has no throttle of its own, so it takes from what the account lets through in all domains`,
      [origin.path],
      fix,
    ),
  ];
}

/** One that the app does not hold, by its ARN. */
function sharedElsewhere(stages: readonly Stage[]): Finding[] {
  const byArn = new Map<string, { readonly arn: Text; readonly domains: Set<string>; readonly paths: Set<string> }>();
  for (const { domain, associations } of stages) {
    for (const { references, properties, origin } of associations) {
      const arn = asText(properties.WebACLArn);
      if (arn === undefined || references.some(({ at }) => at === 'WebACLArn')) continue;
      const known = byArn.get(textKey(arn)) ?? { arn, domains: new Set(), paths: new Set() };
      known.domains.add(domain);
      known.paths.add(origin.path);
      byArn.set(textKey(arn), known);
    }
  }
  return [...byArn.values()]
    .filter(({ domains }) => domains.size > 1)
    .map(({ arn, domains, paths }) => {
      const names = [...domains].sort().map((name) => `\`${name}\``);
      return rateFinding(
        `the web ACL \`${show(arn)}\` counts for ${names.join(' and ')} together, so a flood of one stops the other`,
        [...paths],
        `give each of ${names.join(' and ')} a web ACL of its own`,
      );
    });
}

function nameOf(value: unknown): string {
  const name = asText(value);
  return name === undefined ? '?' : show(name);
}
