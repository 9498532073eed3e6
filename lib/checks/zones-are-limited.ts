/**
 * Rates of the zones of a shared gateway (DOM-8): each zone has a rate limit that counts it alone and counts all of it, and
 * each of its methods a throttle of its own, so that a flood of one zone takes nothing from another.
 *
 * AWS WAF counts by zone only where the rule is scoped down to the zone's path, in whatever spelling API Gateway takes it
 * (seen-by-web-acl.ts). API Gateway has no throttle for a path and what lies below, so every method has one
 * (https://docs.aws.amazon.com/apigateway/latest/api/API_MethodSetting.html). Who declares zones says that they are
 * apart: this is judged of constructs' gateways and of those that a configuration divides alike.
 */
import type { Api, Model, Zone } from '../model/model';
import { type Finding, OF_A_SETTING } from './finding';
import { listed, member, numberAt } from './settings';
import { type Coverage, coverageOf, type SharedGateway, sharedGateways } from './shared-gateways';
import { textOf } from './signals';
import { type RuleList, ruleListsOf } from './zone-rules';

export function zonesAreLimited(model: Model): readonly Finding[] {
  return sharedGateways(model).flatMap((gateway) =>
    gateway.zones.flatMap((zone) => {
      const api = model.apis.find(
        (one) => one.id === gateway.api.id && one.zone === zone.path && one.domain === zone.domain,
      );
      if (api === undefined || api.routes.length === 0) return [];
      return [...rateLimit(zone, gateway, model), ...throttles(api, zone, gateway)];
    }),
  );
}

function of({ domain, path }: Zone, { api }: SharedGateway): string {
  return `the zone \`${path}\` of the domain \`${domain}\` at \`${api.origin.path}\``;
}

/** In every deployment: of several lists that a resource may have, each must limit, or another resource's do. */
function rateLimit(zone: Zone, gateway: SharedGateway, model: Model): Finding[] {
  const { api, webAcls, associations, ruleGroups } = gateway;
  const own = ruleGroups.filter((group) => group.domain === zone.domain);
  const paths = [api, ...webAcls, ...own].map(({ origin }) => origin.path);
  const fix = `give it a rate-based rule that blocks, scoped down to its path as \`TrustZone\` writes it: decoded, and once more normalised`;
  const who = of(zone, gateway);
  if (webAcls.length === 0) {
    if (associations.length === 0)
      return [finding(`nothing limits what one caller asks of ${who}: its stage has no web ACL`, paths, fix)];
    return [
      undecided(
        `it cannot be decided whether the rate of ${who} is limited: its web ACL is not in the app`,
        paths,
        fix,
      ),
    ];
  }
  return webAcls.flatMap((webAcl) => {
    const each = ruleListsOf(webAcl, ruleGroups).map((lists) =>
      lists.map((list) => limitIn(list, zone, gateway, model)),
    );
    if (each.some((answers) => answers.every(({ limits }) => limits === true))) return [];
    const all = each.flat();
    const passed = all.find(({ passedBy }) => passedBy !== undefined)?.passedBy;
    if (passed !== undefined) {
      return [
        finding(
          `the rule \`${passed}\` of \`${webAcl.origin.path}\` lets requests past the rate limit of ${who}`,
          paths,
          fix,
        ),
      ];
    }
    if (all.some(({ limits }) => limits === undefined))
      return [
        undecided(
          `it cannot be decided whether the rate of ${who} is limited: only the deployment knows the rules of \`${webAcl.origin.path}\``,
          paths,
          fix,
        ),
      ];
    const together = all.find(({ together }) => together.length > 0)?.together ?? [];
    const why =
      together.length > 0
        ? `its rule counts ${together.map((domain) => `\`${domain}\``).join(' and ')} as well, so a flood there stops it`
        : all.some(({ some }) => some)
          ? 'its rule can be slipped by another spelling of the path'
          : 'no rule counts it';
    return [finding(`${who} has no rate limit of its own: ${why}`, paths, fix)];
  });
}

interface Limit {
  readonly limits: boolean | undefined;
  readonly passedBy?: string;
  /** Other domains that a rule counts together with the zone. */
  readonly together: readonly string[];
  /** A rule counts some of the zone. */
  readonly some: boolean;
}

function limitIn({ rules, unknown, passedBefore }: RuleList, zone: Zone, gateway: SharedGateway, model: Model): Limit {
  const blocking = rules.flatMap((rule) => {
    const rate = member(rule.statement, 'RateBasedStatement');
    if (rate === undefined || rule.action !== 'Block') return [];
    const scope = member(rate, 'ScopeDownStatement');
    const others = [...new Set(gateway.zones.map(({ domain }) => domain))].filter((domain) => domain !== zone.domain);
    const coverage: Coverage = scope === undefined ? { whole: true, others } : coverageOf(scope, zone, gateway, model);
    return [{ rule, coverage, some: scope !== undefined && matchesPlainly(scope, zone, gateway, model) }];
  });
  const own = blocking.filter(({ coverage }) => coverage.whole === true && coverage.others.length === 0);
  const [first] = own;
  if (first === undefined) {
    const open = unknown || blocking.some(({ coverage }) => coverage.whole === undefined);
    return {
      limits: open ? undefined : false,
      together: blocking.filter(({ coverage }) => coverage.whole === true).flatMap(({ coverage }) => coverage.others),
      some: blocking.some(({ some }) => some),
    };
  }
  const at = first.rule.priority;
  const before = rules.find(
    ({ action, priority }) =>
      action === 'Allow' && (typeof priority !== 'number' || typeof at !== 'number' || priority < at),
  );
  const passedBy = passedBefore ?? before?.name;
  return { limits: passedBy === undefined, together: [], some: true, ...(passedBy === undefined ? {} : { passedBy }) };
}

function matchesPlainly(scope: unknown, zone: Zone, gateway: SharedGateway, model: Model): boolean {
  // Asked for another, the zone's own plain requests are among those of others.
  const other: Zone = { domain: '', path: '/' };
  return coverageOf(scope, other, { ...gateway, zones: [zone] }, model).others.length > 0;
}

/** One finding for each zone, whatever the number of its methods. */
function throttles({ routes }: Api, zone: Zone, gateway: SharedGateway): Finding[] {
  const asked = routes.filter(({ preflight }) => preflight === undefined);
  return gateway.stages.flatMap((stage) => {
    const settings = listed(stage.properties.MethodSettings);
    const states = asked.map(({ method, path }) => ({
      name: `\`${method} ${path}\``,
      state: throttled(settings.filter((one) => isFor(one, method, path))),
    }));
    const fix =
      'set `ThrottlingRateLimit` and `ThrottlingBurstLimit` of each of its methods in `MethodSettings` of the stage';
    const [without, unknown] = [false, undefined].map((state) =>
      states
        .filter((one) => one.state === state)
        .map(({ name }) => name)
        .sort(),
    );
    const paths = [stage.origin.path, gateway.api.origin.path];
    const more = (names: readonly string[]) => (names.length > 1 ? ` (and so ${names.length - 1} more)` : '');
    if (without!.length > 0) {
      return [
        finding(
          `${of(zone, gateway)} has no throttle of its own at ${without![0]}${more(without!)}, so it takes from what the stage lets through for all`,
          paths,
          fix,
        ),
      ];
    }
    if (unknown!.length === 0) return [];
    return [
      undecided(
        `it cannot be decided whether ${of(zone, gateway)} is throttled at ${unknown![0]}${more(unknown!)}: only the deployment knows its limits`,
        paths,
        fix,
      ),
    ];
  });
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

function undecided(message: string, constructPaths: readonly string[], fix: string): Finding {
  return { ...finding(message, constructPaths, fix), severity: 'undecided' };
}

function finding(message: string, constructPaths: readonly string[], fix: string): Finding {
  return {
    id: 'DOM-8',
    severity: 'violated',
    message,
    ...OF_A_SETTING,
    constructPaths: [...new Set(constructPaths)],
    fix,
  };
}
