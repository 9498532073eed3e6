/**
 * Gateways that domains share, as the checks look at them: which resources a gateway has once for all its zones, and
 * whether a rule of its web ACL is about one zone.
 */
import type { Api, Model, Resource, Zone } from '../model/model';
import { matchesPath, requestsOnlyBelow, spellingsBelow } from './seen-by-web-acl';
import { type Answer, all, any, textOf, typed } from './signals';

export interface SharedGateway {
  /** The gateway itself, which belongs to its party. */
  readonly api: Api;
  readonly zones: readonly Zone[];
  readonly stages: readonly Resource[];
  /** Associations of its stages with web ACLs. */
  readonly associations: readonly Resource[];
  readonly webAcls: readonly Resource[];
  /** Rule groups that its web ACLs refer to. */
  readonly ruleGroups: readonly Resource[];
  readonly accessLogs: ReadonlySet<string>;
}

const known = new WeakMap<Model, readonly SharedGateway[]>();

export function sharedGateways(model: Model): readonly SharedGateway[] {
  const found =
    known.get(model) ??
    model.apis.flatMap((api) => (api.zones === undefined ? [] : [gatewayOf(api, api.zones, model)]));
  known.set(model, found);
  return found;
}

function gatewayOf(api: Api, zones: readonly Zone[], { resources }: Model): SharedGateway {
  const byId = new Map(resources.map((resource) => [resource.id, resource]));
  const named = (of: readonly Resource[], at: RegExp, type: string): readonly Resource[] => {
    const ids = of.flatMap(({ references }) => references.filter((r) => at.test(r.at)).map(({ to }) => to));
    return [...new Set(ids)].flatMap((id) => byId.get(id) ?? []).filter(({ origin }) => origin.type === type);
  };
  const stages = typed(resources, 'AWS::ApiGateway::Stage').filter(({ references }) =>
    references.some(({ to, at }) => to === api.id && at === 'RestApiId'),
  );
  const associations = typed(resources, 'AWS::WAFv2::WebACLAssociation').filter(({ references }) =>
    references.some(({ to, at }) => at === 'ResourceArn' && stages.some(({ id }) => id === to)),
  );
  const webAcls = named(associations, /^WebACLArn$/, 'AWS::WAFv2::WebACL');
  return {
    api,
    zones,
    stages,
    associations,
    webAcls,
    ruleGroups: named(webAcls, /^Rules\b/, 'AWS::WAFv2::RuleGroup'),
    accessLogs: new Set(named(stages, /^AccessLogSetting\b/, 'AWS::Logs::LogGroup').map(({ id }) => id)),
  };
}

/** What a gateway has for all its zones, and they cannot but refer to. */
const OF_THE_GATEWAY: ReadonlySet<string> = new Set([
  'AWS::ApiGateway::Deployment',
  'AWS::ApiGateway::Model',
  'AWS::ApiGateway::RequestValidator',
  'AWS::ApiGateway::Resource',
  'AWS::ApiGateway::RestApi',
  'AWS::ApiGateway::Stage',
]);

/**
 * Whether the use of a resource by another is that of a gateway by one of its zones, or of a zone's rules by its gateway:
 * what no division of routes could separate, and every report prints.
 */
export function isOfSharedGateway(
  model: Model,
  used: Pick<Resource, 'id' | 'origin' | 'domain'>,
  by: Pick<Resource, 'origin' | 'domain'>,
): boolean {
  return sharedGateways(model).some(({ api, zones, webAcls, accessLogs }) => {
    const isZone = (domain: string | undefined): boolean => zones.some((zone) => zone.domain === domain);
    if (isZone(by.domain)) {
      if (used.domain !== api.domain) return false;
      if (used.id === api.id || OF_THE_GATEWAY.has(used.origin.type)) return true;
      return accessLogs.has(used.id) && by.origin.type === 'AWS::Logs::MetricFilter';
    }
    return (
      by.domain === api.domain &&
      isZone(used.domain) &&
      used.origin.type === 'AWS::WAFv2::RuleGroup' &&
      webAcls.some(({ origin }) => origin.id === by.origin.id)
    );
  });
}

/** Under which paths requests reach the gateway: its stages, and names that lead to it. Undefined: only the deployment knows. */
export function entrancesOf({ api, stages }: SharedGateway, { resources }: Model): readonly (string | undefined)[] {
  const mappings = typed(resources, 'AWS::ApiGateway::BasePathMapping').filter(({ references }) =>
    references.some(({ to, at }) => to === api.id && at === 'RestApiId'),
  );
  const ofStages = stages.map(({ properties }) => textOf(properties.StageName)).map((name) => name && `/${name}`);
  const ofNames = mappings.map(({ properties: { BasePath } }) => {
    if (BasePath === undefined) return '';
    const path = textOf(BasePath);
    return path === undefined ? undefined : path === '' || path === '(none)' ? '' : `/${path}`;
  });
  return [...new Set([...ofStages, ...ofNames])];
}

/** What a statement matches: all that a zone is asked, in every spelling; something of what another is asked. */
export interface Coverage {
  readonly whole: Answer;
  /** Domains of which it matches something that nobody could take for the zone's. */
  readonly others: readonly string[];
}

export function coverageOf(statement: unknown, zone: Zone, gateway: SharedGateway, model: Model): Coverage {
  const entrances = entrancesOf(gateway, model);
  const others = gateway.zones.filter(({ domain }) => domain !== zone.domain);
  const elsewhere = others[0]?.path ?? '/elsewhere';
  const at = entrances.flatMap((entrance) => entrance ?? []);
  const open = entrances.length === 0 || at.length < entrances.length;
  const answers = at.flatMap((entrance) =>
    spellingsBelow(entrance + zone.path, entrance + elsewhere).map((path) => matchesPath(statement, path)),
  );
  const touches = (path: string): boolean =>
    any(requestsOnlyBelow(path).map((p) => matchesPath(statement, p))) === true;
  return {
    whole: all([...answers, ...(open ? [undefined] : [])]),
    others: [
      ...new Set(
        others.filter(({ path }) => at.some((entrance) => touches(entrance + path))).map(({ domain }) => domain),
      ),
    ].sort(),
  };
}
