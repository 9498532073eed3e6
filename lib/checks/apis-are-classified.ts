/**
 * DOM-3, unclassified API: every API of the app stands in a trust domain, which gives it an exposure
 * and an owner. An API that nobody classified is one that nobody watches (OWASP API9:2023), and
 * one whose domain has no owner is one that nobody answers for. Of a gateway that domains share every route lies in
 * exactly one zone, zones do not overlap, and the gateway itself belongs to somebody. What counts as an API: lib/model/api-kinds.ts.
 */
import type { Api, Zone } from '../model/model';
import { answersBelow, zonesAt } from '../model/zones';
import type { Check } from './check';
import type { Finding } from './finding';

export const apisAreClassified: Check = {
  id: 'DOM-3',
  compliant: 'every API stands in a trust domain with an exposure and an owner',
  run: ({ apis, domains }) => {
    const byName = new Map(domains.map((domain) => [domain.name, domain]));
    return apis.flatMap((api): Finding[] => {
      if (api.domain === undefined) {
        return api.zones === undefined ? [unclassified(api)] : [nobodys(api, api.zones), ...divided(api, api.zones)];
      }
      const domain = byName.get(api.domain);
      const missing = [
        ...(api.exposure === undefined && domain?.exposure === undefined ? ['exposure'] : []),
        ...(api.owner === undefined && domain?.owner === undefined ? ['owner'] : []),
      ];
      return [
        ...(missing.length === 0 ? [] : [incomplete(api, api.domain, missing)]),
        ...(api.zones === undefined ? [] : divided(api, api.zones)),
      ];
    });
  },
};

/** A gateway that domains share: every route lies in one zone, and no zone in another. */
function divided(api: Api, zones: readonly Zone[]): Finding[] {
  const { origin, routes } = api;
  const overlapping = zones.flatMap((zone, i) =>
    zones
      .slice(i + 1)
      .filter(
        (other) =>
          other.domain !== zone.domain && (answersBelow(other.path, zone.path) || answersBelow(zone.path, other.path)),
      )
      .map((other) =>
        finding(
          origin.path,
          `the zones \`${zone.path}\` of \`${zone.domain}\` and \`${other.path}\` of \`${other.domain}\` of the gateway \`${origin.path}\` overlap`,
          [],
          'give each domain a path of its own, which is not below that of another',
        ),
      ),
  );
  const asked = routes.filter(({ preflight }) => preflight === undefined);
  const alone = asked.filter(({ path }) => zonesAt(zones, path).length === 0);
  if (alone.length === 0) return overlapping;
  const reached = zones.filter(({ path }) => alone.some((route) => answersBelow(route.path, path)));
  const names = alone.map(({ method, path }) => `${method} ${path}`).sort();
  return [
    ...overlapping,
    {
      ...finding(
        origin.path,
        `the gateway \`${origin.path}\` has routes that lie in no zone: ${listed(names)}`,
        reached.map(({ domain, path }) => `They answer whatever \`${domain}\` has no route for below \`${path}\`.`),
        'move them below the path of the domain that they belong to, or declare a zone for them',
      ),
      constructPaths: [...new Set([...alone.flatMap(({ declaredAt }) => declaredAt ?? []), origin.path])],
    },
  ];
}

function nobodys({ origin }: Api, zones: readonly Zone[]): Finding {
  const domains = [...new Set(zones.map(({ domain }) => `\`${domain}\``))].join(' and ');
  return finding(
    origin.path,
    `the gateway \`${origin.path}\`, which ${domains} share, belongs to nobody`,
    [],
    'declare a domain of the party that runs the gateway, and list the API among its `resources`',
  );
}

const KINDS: Readonly<Record<Api['kind'], string>> = {
  rest: 'REST',
  http: 'HTTP',
  websocket: 'WebSocket',
  appsync: 'AppSync',
  'function-url': 'function URL',
  'load-balancer': 'load balancer',
  'app-runner': 'App Runner',
  lattice: 'VPC Lattice',
  distribution: 'CloudFront',
};

function unclassified({ origin, kind, reachableFrom, routes }: Api): Finding {
  const from =
    reachableFrom === undefined || reachableFrom === 'unknown' ? '' : `, reachable from ${place(reachableFrom)}`;
  const open = routes.filter(({ authentication, preflight }) => authentication === 'NONE' && preflight === undefined);
  return finding(
    origin.path,
    `the API \`${origin.path}\` (${KINDS[kind]}, ${origin.type}${from}) is in no trust domain`,
    open.length === 0
      ? []
      : [`It asks nobody who calls: ${listed(open.map(({ method, path }) => `${method} ${path}`))}.`],
    'build it with `TrustDomain`, or list it under `domains` in the configuration, or remove it',
  );
}

function place(from: 'internet' | 'network'): string {
  return from === 'internet' ? 'the internet' : 'its network alone';
}

function incomplete({ origin }: Api, domain: string, missing: readonly string[]): Finding {
  const what = missing.join(' and no ');
  return finding(
    origin.path,
    `the API \`${origin.path}\` of \`${domain}\` has no ${what}`,
    [],
    `give the domain \`${domain}\` ${missing.map((m) => `an \`${m}\``).join(' and ')} in the configuration`,
  );
}

const SHOWN = 5;

function listed(routes: readonly string[]): string {
  const more = routes.length - SHOWN;
  const shown = routes.slice(0, SHOWN).map((route) => `\`${route}\``);
  return `${shown.join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}

function finding(path: string, message: string, explanation: readonly string[], fix: string): Finding {
  return {
    id: 'DOM-3',
    severity: 'violated',
    message,
    principals: [],
    constructPaths: [path],
    explanation,
    chain: [],
    fix,
  };
}
