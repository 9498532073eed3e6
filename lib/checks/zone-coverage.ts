/**
 * Whether a statement of AWS WAF is about one zone of a shared gateway: it matches all that API Gateway may take for the zone,
 * in every spelling and under every path by which the gateway is reached, and nothing of another zone.
 *
 * A zone is what lies below its path, and the path itself where a route answers there.
 */
import type { Model, Zone } from '../model/model';
import { literal } from '../policy/text';
import { type Answer, all, any, textOf } from './answers';
import { requestFor, requestsOnlyBelow, spellingsBelow, spellingsOf } from './request-spellings';
import { matchesEvery, matchesPath, type Requests } from './seen-by-web-acl';
import { asText, listed, member } from './settings';
import type { SharedGateway } from './shared-gateways';

/** Under which paths requests reach the gateway: its stages, and names that lead to it. Undefined: only the deployment knows. */
export function entrancesOf({ api, guards }: SharedGateway, { resources }: Model): readonly (string | undefined)[] {
  const ofStages = guards.map(({ stage: { name } }) => name && `/${name}`);
  const ofNames = resources.flatMap((resource): readonly (string | undefined)[] => {
    const { origin, references, properties } = resource;
    const leadsHere = (...at: readonly string[]) => references.some((one) => one.to === api.id && at.includes(one.at));
    switch (origin.type) {
      case 'AWS::ApiGateway::BasePathMapping':
      case 'AWS::ApiGateway::BasePathMappingV2':
        return leadsHere('RestApiId') ? mapped(properties, ofStages) : [];
      // Of several segments: https://docs.aws.amazon.com/apigateway/latest/developerguide/rest-api-mappings.html
      case 'AWS::ApiGatewayV2::ApiMapping':
        return leadsHere('ApiId') ? [basePath(properties.ApiMappingKey)] : [];
      case 'AWS::ApiGatewayV2::RoutingRule':
        return references.some(({ to, at }) => to === api.id && at.startsWith('Actions')) ? routed(properties) : [];
      case 'AWS::Serverless::Api':
        return resource.id === api.id && properties.Domain !== undefined ? [undefined] : [];
      default:
        return [];
    }
  });
  return [...new Set([...ofStages, ...ofNames])];
}

/**
 * A mapping without a stage, or of `(none)`, leaves it to the caller to name one after the base path
 * (https://docs.aws.amazon.com/apigateway/latest/api/API_CreateBasePathMapping.html).
 */
function mapped(
  { BasePath, Stage }: Readonly<Record<string, unknown>>,
  stages: readonly (string | undefined)[],
): readonly (string | undefined)[] {
  const path = basePath(BasePath);
  if (Stage !== undefined && textOf(Stage) !== '(none)') return [path];
  return stages.map((stage) => (path === undefined || stage === undefined ? undefined : path + stage));
}

function basePath(written: unknown): string | undefined {
  if (written === undefined) return '';
  const path = textOf(written);
  return path === undefined ? undefined : path === '' || path === '(none)' ? '' : `/${path}`;
}

/** A rule takes the base paths of its conditions off, or passes on the whole path: https://docs.aws.amazon.com/apigateway/latest/developerguide/rest-api-routing-rules.html */
function routed(rule: Readonly<Record<string, unknown>>): readonly (string | undefined)[] {
  const paths = listed(rule.Conditions).flatMap((one) => listed(member(one, 'MatchBasePaths', 'AnyOf')));
  const strips = listed(rule.Actions).map((action) => {
    const written = asText(member(action, 'InvokeApi', 'StripBasePath'));
    return written === undefined ? 'false' : literal(written);
  });
  if (strips.includes(undefined) || asText(rule.Conditions) !== undefined) return [undefined];
  if (!strips.includes('true')) return [''];
  return paths.length === 0 ? [''] : paths.map((path) => basePath(path));
}

/** What a statement matches: all that a zone is asked, in every spelling; something of what another is asked. */
export interface Coverage {
  readonly whole: Answer;
  /** A request of the zone that it does not match. */
  readonly missed?: string;
  /** Domains of which it matches something that nobody could take for the zone's. */
  readonly others: readonly string[];
  /** Domains of which it cannot be told. */
  readonly perhaps: readonly string[];
}

export function coverageOf(statement: unknown, zone: Zone, gateway: SharedGateway, model: Model): Coverage {
  const others = gateway.zones.filter(({ domain }) => domain !== zone.domain);
  const elsewhere = others[0]?.path ?? '/elsewhere';
  const { at, open } = reached(gateway, model);
  const routes = routesOf(zone, gateway, model);
  const isRoute = answersAt(zone, routes);
  const whole = at.map((entrance): { readonly is: Answer; readonly missed?: string } => {
    const path = entrance + zone.path;
    const proved = all(everyReading(path, isRoute).map((requests) => matchesEvery(statement, requests)));
    if (proved === true) return { is: true };
    const missed = [
      ...routes.map((route) => entrance + requestFor(route)),
      ...(isRoute ? spellingsOf(path) : []),
      ...spellingsBelow(path, entrance + elsewhere),
    ].find((request) => matchesPath(statement, request) === false);
    return missed === undefined ? { is: undefined } : { is: false, missed };
  });
  const missed = whole.flatMap((one) => one.missed ?? [])[0];
  const touched = others.map((other) => ({ other: other.domain, is: touches(statement, other, gateway, model) }));
  const domainsOf = (answer: Answer) =>
    [...new Set(touched.filter(({ is }) => is === answer).map(({ other }) => other))].sort();
  return {
    whole: all([...whole.map(({ is }) => is), ...(open ? [undefined] : [])]),
    ...(missed === undefined ? {} : { missed }),
    others: domainsOf(true),
    perhaps: domainsOf(undefined),
  };
}

/** Whether it matches some of the zone's requests as everybody writes them; false iff it is proved to match none. */
export function touches(statement: unknown, zone: Zone, gateway: SharedGateway, model: Model): Answer {
  const { at } = reached(gateway, model);
  const routes = routesOf(zone, gateway, model);
  const isRoute = answersAt(zone, routes);
  return any(
    at.map((entrance): Answer => {
      const path = entrance + zone.path;
      const written = ARE.filter((are) => are === 'below' || isRoute);
      if (written.every((are) => matchesEvery(statement, { path, are, read: 'plain' }) === false)) return false;
      const tried = [...routes.map((route) => entrance + requestFor(route)), ...requestsOnlyBelow(path)];
      return tried.some((request) => matchesPath(statement, request) === true) ? true : undefined;
    }),
  );
}

/** Whether it matches no request that API Gateway may take for the zone, however it is spelt. */
export function missesAll(statement: unknown, zone: Zone, gateway: SharedGateway, model: Model): boolean {
  const { at, open } = reached(gateway, model);
  return (
    !open &&
    at.every((entrance) =>
      everyReading(entrance + zone.path, true).every((requests) => matchesEvery(statement, requests) === false),
    )
  );
}

const ARE = ['it', 'below'] as const;

function everyReading(path: string, isRoute: boolean): readonly Requests[] {
  return ARE.filter((are) => are === 'below' || isRoute).flatMap((are) =>
    (['decoded', 'normalised'] as const).map((read) => ({ path, are, read })),
  );
}

function reached(gateway: SharedGateway, model: Model): { readonly at: readonly string[]; readonly open: boolean } {
  const entrances = entrancesOf(gateway, model);
  const at = entrances.flatMap((entrance) => entrance ?? []);
  return { at, open: entrances.length === 0 || at.length < entrances.length };
}

function routesOf(zone: Zone, { api }: SharedGateway, { apis }: Model): readonly string[] {
  const own = apis.filter((one) => one.id === api.id && one.zone === zone.path && one.domain === zone.domain);
  return own.flatMap(({ routes }) => routes.map(({ path }) => path));
}

/** A request for `/partner/` is one for `/partner`. */
function answersAt({ path }: Zone, routes: readonly string[]): boolean {
  return routes.some((route) => route === path || route === `${path}/`);
}
