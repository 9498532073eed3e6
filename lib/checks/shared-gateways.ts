/**
 * Gateways that domains share, as the checks look at them: which resources a gateway has once for all its zones, and what
 * stands before each of its stages.
 */
import type { Api, Model, Resource, Zone } from '../model/model';
import { type GatewayStage, stagesOfApi } from './gateway-stages';

export interface SharedGateway {
  /** The gateway itself, which belongs to its party. */
  readonly api: Api;
  readonly zones: readonly Zone[];
  readonly stages: readonly Resource[];
  /** Each stage with the web ACLs before it. */
  readonly guards: readonly Guard[];
  readonly webAcls: readonly Resource[];
  /** Rule groups that its web ACLs refer to. */
  readonly ruleGroups: readonly Resource[];
  readonly accessLogs: ReadonlySet<string>;
}

export interface Guard {
  readonly stage: GatewayStage;
  /** Associations of the stage with web ACLs, with those that the app holds. */
  readonly associations: readonly { readonly of: Resource; readonly webAcls: readonly Resource[] }[];
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
  const stages = stagesOfApi(api.id, resources);
  const guards = stages.map((stage) => ({
    stage,
    associations: stage
      .associations(resources)
      .map((of) => ({ of, webAcls: named([of], /^WebACLArn$/, 'AWS::WAFv2::WebACL') })),
  }));
  const webAcls = [...new Set(guards.flatMap(({ associations }) => associations.flatMap((one) => one.webAcls)))];
  return {
    api,
    zones,
    stages: stages.map(({ resource }) => resource),
    guards,
    webAcls,
    ruleGroups: named(webAcls, /^Rules\b/, 'AWS::WAFv2::RuleGroup'),
    accessLogs: new Set(
      named(
        stages.map(({ resource }) => resource),
        /^(StageDescription\.)?AccessLogSetting\b/,
        'AWS::Logs::LogGroup',
      ).map(({ id }) => id),
    ),
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

/** What shapes the gateway for all its zones, and so is its party's, or nobody could keep one zone from the others. */
const SHAPES_THE_GATEWAY: ReadonlySet<string> = new Set([
  'AWS::ApiGateway::BasePathMapping',
  'AWS::ApiGateway::BasePathMappingV2',
  'AWS::ApiGateway::Deployment',
  'AWS::ApiGateway::GatewayResponse',
  'AWS::ApiGateway::Stage',
  'AWS::ApiGateway::UsagePlan',
  'AWS::ApiGatewayV2::ApiMapping',
  'AWS::ApiGatewayV2::RoutingRule',
  'AWS::WAFv2::WebACLAssociation',
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
      if (used.domain !== api.domain || SHAPES_THE_GATEWAY.has(by.origin.type)) return false;
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
