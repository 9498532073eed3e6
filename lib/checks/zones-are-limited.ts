/**
 * Rates of the zones of a shared gateway (DOM-8): each zone has a rate limit that counts it alone and counts all of it, no other
 * limit counts it together with a zone of another domain, and each of its methods has a throttle of its own, so that a flood of
 * one zone takes nothing from another.
 *
 * AWS WAF counts by zone only where the rule is scoped down to the zone's path, in whatever spelling API Gateway takes it
 * (seen-by-web-acl.ts). API Gateway has no throttle for a path and what lies below, so every method has one
 * (https://docs.aws.amazon.com/apigateway/latest/api/API_MethodSetting.html). Who declares zones says that they are
 * apart: this is judged of constructs' gateways and of those that a configuration divides alike.
 */
import type { Api, Model, Resource, Zone } from '../model/model';
import { type Answer, textOf } from './answers';
import { type Uncounted, uncountedBy } from './counted-callers';
import type { Finding } from './finding';
import { type LetPast, letPast } from './let-past';
import { rateFinding, undecidedRate } from './rate-finding';
import { member, numberAt } from './settings';
import { type Guard, type SharedGateway, sharedGateways } from './shared-gateways';
import { type Coverage, coverageOf, touches } from './zone-coverage';
import { isAfter, type Rule, type RuleList, ruleListsOf } from './zone-rules';

export function zonesAreLimited(model: Model): readonly Finding[] {
  return sharedGateways(model).flatMap((gateway) =>
    byCause(
      gateway.zones.flatMap((zone): readonly Told[] => {
        const api = model.apis.find(
          (one) => one.id === gateway.api.id && one.zone === zone.path && one.domain === zone.domain,
        );
        if (api === undefined || api.routes.length === 0) return [];
        return [...rateLimit(zone, gateway, model), ...throttles(api, zone, gateway).map((finding) => ({ finding }))];
      }),
    ),
  );
}

function of({ domain, path }: Zone, { api }: SharedGateway): string {
  return `the zone \`${path}\` of the domain \`${domain}\` at \`${api.origin.path}\``;
}

interface Told {
  readonly finding: Finding;
  /** The rule that counts several zones together, with its web ACL. */
  readonly rule?: string | undefined;
  /** The zone's own limit is as it should be: the fault is the rule of another zone. */
  readonly byAnother?: boolean | undefined;
}

/** A zone's rule that counts others too stops each of them; it is told once, where its zone has no limit of its own. */
function byCause(told: readonly Told[]): readonly Finding[] {
  const own = new Set(told.flatMap(({ rule, byAnother }) => (byAnother === false ? (rule ?? []) : [])));
  return told.flatMap(({ finding, rule, byAnother }) =>
    byAnother === true && rule !== undefined && own.has(rule) ? [] : [finding],
  );
}

function rateLimit(zone: Zone, gateway: SharedGateway, model: Model): readonly Told[] {
  if (gateway.guards.length > 0) return gateway.guards.flatMap((guard) => before(guard, zone, gateway, model));
  const message = `it cannot be decided whether the rate of ${of(zone, gateway)} is limited: none of its stages is in the app`;
  return [{ finding: undecidedRate(message, [gateway.api.origin.path], FIX) }];
}

const FIX =
  'give it a rate-based rule that blocks, scoped down to its path as `TrustZone` writes it: decoded, and once more normalised';

/** What the web ACL before a stage says of a zone's rate. */
function before({ stage, associations }: Guard, zone: Zone, gateway: SharedGateway, model: Model): readonly Told[] {
  const { api, ruleGroups } = gateway;
  const own = ruleGroups.filter((group) => group.domain === zone.domain);
  const webAcls = associations.flatMap((one) => one.webAcls);
  const paths = [api, ...webAcls, ...own].map(({ origin }) => origin.path);
  const who = of(zone, gateway);
  const unclear = (why: string): Told => ({
    finding: undecidedRate(`it cannot be decided whether the rate of ${who} is limited: ${why}`, paths, FIX),
  });
  if (associations.length === 0) {
    const stagePath = stage.resource.origin.path;
    const message = `nothing limits what one caller asks of ${who}: its stage has no web ACL`;
    return [{ finding: rateFinding(message, [...paths, stagePath], FIX) }];
  }
  if (associations.some((one) => one.webAcls.length === 0)) return [unclear('its web ACL is not in the app')];
  const perhaps = [...associations.map((one) => one.of), ...webAcls].find(({ when }) => when !== undefined);
  return webAcls.flatMap((webAcl) => {
    const found = limited(webAcl, zone, gateway, model);
    if (found !== true)
      return [
        found.is === 'violated'
          ? { finding: rateFinding(found.message, paths, FIX), rule: found.rule, byAnother: found.byAnother }
          : unclear(found.message),
      ];
    return perhaps === undefined ? [] : [unclear(`\`${perhaps.origin.path}\` is there under a condition`)];
  });
}

/** `byAnother`: true where another limit than the zone's own stops it, false where the zone's counts others as well. */
type Fault = Pick<Told, 'rule' | 'byAnother'> & { readonly is: 'violated' | 'undecided'; readonly message: string };

/** In every deployment: of several lists that a resource may have, each must limit, or another resource's do. */
function limited(webAcl: Resource, zone: Zone, gateway: SharedGateway, model: Model): true | Fault {
  const each = ruleListsOf(webAcl, gateway.ruleGroups).map((lists) =>
    lists.map((list) => limitIn(list, zone, gateway, model)),
  );
  const all = each.flat();
  if (each.some((answers) => answers.every(({ limits }) => limits === true))) return alone(all, webAcl, zone, gateway);
  const { path } = webAcl.origin;
  const passed = all.flatMap(({ past }) => past ?? []);
  const certain = passed.find(({ is }) => is === 'certain');
  if (certain !== undefined) {
    const message = `the rule \`${certain.rule}\` of \`${path}\` lets requests past the rate limit of ${of(zone, gateway)}`;
    return { is: 'violated', message };
  }
  const [first] = passed;
  if (first !== undefined)
    return { is: 'undecided', message: `the rule \`${first.rule}\` of \`${path}\` may let requests past it` };
  const uncounted = all.flatMap((one) => one.uncounted ?? []);
  const [not] = uncounted;
  if (not !== undefined) {
    return not.is === 'violated'
      ? { is: 'violated', message: `${of(zone, gateway)} has no rate limit of its own: ${not.why}` }
      : { is: 'undecided', message: not.why };
  }
  if (all.some(({ limits }) => limits === undefined))
    return { is: 'undecided', message: `only the deployment knows the rules of \`${path}\`` };
  const together = all.find((one) => one.together.length > 0)?.together ?? [];
  const missed = all.flatMap((one) => one.missed ?? [])[0];
  const why =
    together.length > 0
      ? `its rule counts ${together.map((domain) => `\`${domain}\``).join(' and ')} as well, so a flood there stops it`
      : missed === undefined
        ? 'no rule counts it'
        : `its rule misses requests such as \`${missed}\``;
  const same = all.flatMap(({ shared }) => shared).find(({ others }) => others.join() === together.join());
  const counted = together.length > 0 && same !== undefined ? { rule: keyOf(webAcl, same), byAnother: false } : {};
  return { is: 'violated', message: `${of(zone, gateway)} has no rate limit of its own: ${why}`, ...counted };
}

/** A limit of its own is worth nothing to a zone that another limit stops for what others are asked. */
function alone(all: readonly Limit[], webAcl: Resource, zone: Zone, gateway: SharedGateway): true | Fault {
  const shared = all.flatMap((one) => one.shared);
  const worst = shared.find(({ is }) => is === 'violated') ?? shared[0];
  if (worst === undefined) return true;
  const { is, rule } = worst;
  const counts = is === 'violated' ? 'counts' : 'perhaps counts';
  const others = worst.others.map((domain) => `\`${domain}\``).join(' and ');
  const what = `the rule \`${rule}\` of \`${webAcl.origin.path}\` ${counts} ${others} together with`;
  const message = is === 'violated' ? `${what} ${of(zone, gateway)}, so a flood there stops it` : `${what} it`;
  return { is, message, rule: keyOf(webAcl, worst), byAnother: true };
}

function keyOf(webAcl: Resource, { rule }: Shared): string {
  return `${webAcl.id} ${rule}`;
}

interface Limit {
  readonly limits: boolean | undefined;
  readonly past?: LetPast;
  /** Why a rule that would count the zone does not count every caller. */
  readonly uncounted?: Uncounted;
  /** Other domains that a rule counts together with the zone. */
  readonly together: readonly string[];
  /** A request of the zone that a rule misses which counts others of it. */
  readonly missed?: string;
  /** Rules that stop the zone for what others are asked, beside its own. */
  readonly shared: readonly Shared[];
}

interface Shared {
  readonly is: Fault['is'];
  readonly rule: string;
  /** Domains. */
  readonly others: readonly string[];
}

interface Counted {
  readonly rule: Rule;
  readonly rate: unknown;
  readonly coverage: Coverage;
  /** Whether it counts some of the zone's requests. */
  readonly some: Answer;
}

function limitIn(list: RuleList, zone: Zone, gateway: SharedGateway, model: Model): Limit {
  const counted = list.rules.flatMap((rule): readonly Counted[] => {
    const rate = member(rule.statement, 'RateBasedStatement');
    if (rate === undefined || (rule.action !== 'Block' && rule.action !== 'Puzzle')) return [];
    const scope = member(rate, 'ScopeDownStatement');
    const others = [...new Set(gateway.zones.map(({ domain }) => domain))].filter((domain) => domain !== zone.domain);
    const coverage: Coverage =
      scope === undefined ? { whole: true, others, perhaps: [] } : coverageOf(scope, zone, gateway, model);
    return [{ rule, rate, coverage, some: scope === undefined || touches(scope, zone, gateway, model) }];
  });
  const blocking = counted.filter(({ rule }) => rule.action === 'Block');
  return { ...limitAmong(blocking, list, zone, gateway, model), shared: counted.flatMap(sharedBy) };
}

/** What it counts of the zone together with others, as far as can be told. */
function sharedBy({ rule: { name }, coverage: { others, perhaps }, some }: Counted): readonly Shared[] {
  if (some === true && others.length > 0) return [{ is: 'violated', rule: name, others }];
  const open = [...others, ...perhaps];
  return some === false || open.length === 0 ? [] : [{ is: 'undecided', rule: name, others: open }];
}

function limitAmong(
  blocking: readonly Counted[],
  list: RuleList,
  zone: Zone,
  gateway: SharedGateway,
  model: Model,
): Omit<Limit, 'shared'> {
  const { rules, unknown } = list;
  const whole = blocking.filter(({ coverage }) => coverage.whole === true && coverage.others.length === 0);
  const own = whole.filter(({ coverage }) => coverage.perhaps.length === 0);
  const counting = own.find(({ rate }) => uncountedBy(rate) === undefined);
  if (counting === undefined) {
    const some = blocking.filter((one) => one.some === true);
    const missed = some.flatMap(({ coverage }) => coverage.missed ?? [])[0];
    const open = unknown || whole.length > own.length || blocking.some(({ coverage }) => coverage.whole === undefined);
    const uncounted = own.flatMap(({ rate }) => uncountedBy(rate) ?? [])[0];
    return {
      limits: open || uncounted?.is === 'undecided' ? undefined : false,
      ...(uncounted === undefined ? {} : { uncounted }),
      together: some.flatMap(({ coverage }) => coverage.others),
      ...(missed === undefined ? {} : { missed }),
    };
  }
  const at = counting.rule.priority;
  const first = [...list.before, ...rules.filter((rule) => rule !== counting.rule && !isAfter(rule.priority, at))];
  const past = letPast(first, zone, gateway, model);
  if (past !== undefined) return { limits: past.is === 'certain' ? false : undefined, past, together: [] };
  // One that cannot be read may be asked first, and let past.
  return { limits: unknown ? undefined : true, together: [] };
}

/** One finding for each zone, whatever the number of its methods. */
function throttles({ routes }: Api, zone: Zone, gateway: SharedGateway): Finding[] {
  const asked = routes.filter(({ preflight }) => preflight === undefined);
  return gateway.guards.flatMap(({ stage: { resource, methodSettings } }) => {
    const states = asked.map(({ method, path }) => ({
      name: `\`${method} ${path}\``,
      state: throttled(nearest(methodSettings, method, path)),
    }));
    const fix =
      'set `ThrottlingRateLimit` and `ThrottlingBurstLimit` of each of its methods in `MethodSettings` of the stage';
    const [without, unknown] = [false, undefined].map((state) =>
      states
        .filter((one) => one.state === state)
        .map(({ name }) => name)
        .sort(),
    );
    const paths = [resource.origin.path, gateway.api.origin.path];
    const more = (names: readonly string[]) => (names.length > 1 ? ` (and so ${names.length - 1} more)` : '');
    if (without!.length > 0) {
      return [
        rateFinding(
          `${of(zone, gateway)} has no throttle of its own at ${without![0]}${more(without!)}, so it takes from what the stage lets through for all`,
          paths,
          fix,
        ),
      ];
    }
    if (unknown!.length === 0) return [];
    return [
      undecidedRate(
        `it cannot be decided whether ${of(zone, gateway)} is throttled at ${unknown![0]}${more(unknown!)}: only the deployment knows its limits`,
        paths,
        fix,
      ),
    ];
  });
}

/** What is said of the method itself counts alone. */
function nearest(settings: readonly unknown[], method: string, path: string): readonly unknown[] {
  const all = settings.filter((one) => isFor(one, method, path));
  const own = all.filter((one) => textOf(member(one, 'HttpMethod')) === method);
  return own.length > 0 ? own : all;
}

/** `/~1partner~1orders` is the path `/partner/orders`, as CloudFormation writes it. */
function isFor(setting: unknown, method: string, path: string): boolean {
  const [written, verb] = [textOf(member(setting, 'ResourcePath')), textOf(member(setting, 'HttpMethod'))];
  if (written === undefined || written === '/*') return false;
  const plain = written.startsWith('/~1') ? written.slice(1).replace(/~1/g, '/') : written;
  return plain === path && (verb === method || verb === '*');
}

function throttled(settings: readonly unknown[]): boolean | undefined {
  const states = settings.map((one) => {
    const limits = [member(one, 'ThrottlingRateLimit'), member(one, 'ThrottlingBurstLimit')].map(numberAt);
    if (limits.every((limit) => typeof limit === 'number' && limit >= 0)) return true;
    return limits.some((limit) => limit === undefined || (typeof limit === 'number' && limit < 0)) ? false : undefined;
  });
  return states.includes(true) ? true : states.includes(undefined) ? undefined : false;
}
