/**
 * DOM-6, unguarded method: every method of an API in a trust domain asks who calls, and only a preflight request that the
 * gateway answers itself does not. Of APIs that the constructs made, methods that take tokens of a pool or an issuer also
 * name scopes, and requests are validated before anything is called, against a model where the route is of sensitivity HIGH.
 *
 * Read off the rendered methods and routes and off OpenAPI documents alike. A key is no authentication, and SOD-10's. Of a
 * WebSocket API the connection alone is authorized. What an authorizer of the author's own compares, and what stands behind
 * a load balancer, is not seen here.
 * Sources: https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-control-access-to-api.html,
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-enable-cognito-user-pool.html
 */
import type { Api } from '../model/model';
import type { Check } from './check';
import type { Finding } from './finding';

type Route = Api['routes'][number];

export const methodsAreGuarded: Check = {
  id: 'DOM-6',
  compliant: 'every method asks who calls, with which scope, and what is sent; preflight requests alone do not',
  run: ({ apis, resources }) => {
    const made = new Set(resources.flatMap(({ id, part }) => (part === 'api' ? [id] : [])));
    return apis.filter(({ domain }) => domain !== undefined).flatMap((api) => judge(api, made.has(api.id)));
  },
};

interface Fault {
  readonly severity: Finding['severity'];
  /** What the API's methods do, after `of the API … of the domain …`. */
  readonly what: string;
  readonly fix: string;
}

/** One finding for each fault of an API, whatever the number of its methods. */
function judge(api: Api, made: boolean): Finding[] {
  const byFault = new Map<string, { readonly fault: Fault; readonly routes: Route[] }>();
  for (const route of asked(api)) {
    for (const fault of [...authorization(api, route), ...(made ? [...scopes(route), ...validation(route)] : [])]) {
      const key = `${fault.severity} ${fault.what}`;
      const known = byFault.get(key);
      if (known === undefined) byFault.set(key, { fault, routes: [route] });
      else known.routes.push(route);
    }
  }
  return [...byFault.values()].map(({ fault, routes }) => finding(api, fault, routes));
}

function asked({ kind, routes }: Api): readonly Route[] {
  switch (kind) {
    case 'websocket':
      return routes.filter(({ path }) => path === '$connect');
    case 'load-balancer':
    case 'app-runner':
    case 'distribution':
      return [];
    case 'lattice':
    case 'rest':
    case 'http':
    case 'appsync':
    case 'function-url':
      return routes.filter(({ preflight }) => preflight === undefined);
  }
}

/** What AWS takes, each alternative of a route. */
const KNOWN: Readonly<Partial<Record<Api['kind'], readonly string[]>>> = {
  rest: ['AWS_IAM', 'COGNITO_USER_POOLS', 'CUSTOM'],
  http: ['AWS_IAM', 'CUSTOM', 'JWT'],
  websocket: ['AWS_IAM', 'CUSTOM'],
  appsync: ['AMAZON_COGNITO_USER_POOLS', 'AWS_IAM', 'AWS_LAMBDA', 'OPENID_CONNECT'],
  'function-url': ['AWS_IAM'],
  lattice: ['AWS_IAM'],
};

function authorization({ kind }: Api, { authentication }: Route): Fault[] {
  const known = KNOWN[kind] ?? [];
  return authentication.split(' or ').flatMap((type): Fault[] => {
    if (known.includes(type) || type === 'API_KEY') return [];
    switch (type) {
      case 'NONE':
        return [
          {
            severity: 'violated',
            what: 'asks nobody who calls',
            fix: 'give it the authorization of its domain; only a preflight request (`OPTIONS`) that a mock integration answers needs none',
          },
        ];
      case 'UNKNOWN':
        return [
          {
            severity: 'undecided',
            what: 'has an authorization that only the deployment knows',
            fix: 'write the authorization into the template',
          },
        ];
      default:
        return [
          {
            severity: 'violated',
            what: `has the authorization \`${type}\`, which API Gateway does not know`,
            fix: `write one of \`${known.join('`, `')}\``,
          },
        ];
    }
  });
}

/** Without scopes a pool's identity tokens are taken as well, and any token of the issuer. */
function scopes({ authentication, scopes: named = [] }: Route): Fault[] {
  const byToken = authentication === 'COGNITO_USER_POOLS' || authentication === 'JWT';
  if (!byToken || named.length > 0) return [];
  return [
    {
      severity: 'violated',
      what: 'takes every token, because it names no scope',
      fix: 'give it `AuthorizationScopes`, or add it with `addRoute` and `scopes`',
    },
  ];
}

const WITH_BODY: readonly string[] = ['ANY', 'PATCH', 'POST', 'PUT'];

function validation({ method, validation: checked, sensitivity }: Route): Fault[] {
  if (checked === undefined) return [];
  const takesBody = WITH_BODY.includes(method);
  const state = takesBody ? checked.body : checked.parameters;
  const what = takesBody ? 'body' : 'parameters';
  const fix = `give it a request validator that checks the ${what}, or add it with \`addRoute\``;
  return [
    ...(state === false ? [{ severity: 'violated', what: `passes on the ${what} unchecked`, fix } as const] : []),
    ...(state === 'unknown'
      ? [
          {
            severity: 'undecided',
            what: `may pass on the ${what} unchecked, which only the deployment knows`,
            fix,
          } as const,
        ]
      : []),
    ...(sensitivity === 'HIGH' && takesBody && !checked.model
      ? [
          {
            severity: 'violated',
            what: 'is of sensitivity HIGH and has no model to check the body against',
            fix: 'give it `RequestModels`, or add it with `addRoute` and `requestModel`',
          } as const,
        ]
      : []),
  ];
}

function finding(api: Api, { severity, what, fix }: Fault, routes: readonly Route[]): Finding {
  const names = routes.map(({ method, path }) => `\`${method} ${path}\``).sort();
  const more = names.length - 1;
  const others = more === 0 ? '' : ` (and so ${more} more)`;
  return {
    id: 'DOM-6',
    severity,
    message: `the method ${names[0]}${others} of the API \`${api.origin.path}\` of the domain \`${api.domain}\` ${what}`,
    principals: [],
    constructPaths: [...new Set([...routes.flatMap(({ declaredAt }) => declaredAt ?? []), api.origin.path])],
    explanation: more === 0 ? [] : [`Methods: ${names.join(', ')}.`],
    chain: [],
    fix,
  };
}
