/**
 * From a checked caller to the policy that API Gateway enforces, and to the one line in the log.
 *
 * The caching trap: API Gateway keeps an answer under the caller's token alone, whatever route was
 * asked for. An answer for one method would then deny all others, and an answer for `*` would open
 * all others, scopes or not. So without a cache the answer names the one method that was asked for,
 * and with a cache it names every route that the caller's scopes open, and no other
 * (https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-lambda-authorizer-output.html).
 */
import type { Configuration } from './configuration';
import { Denial } from './denial';
import type { AuthorizerRequest } from './request';

/** A caller whose every credential was checked. */
export interface Caller {
  readonly principalId: string;
  readonly scopes: readonly string[];
  /** For the backend (`$context.authorizer.NAME`) and the log. */
  readonly context: Readonly<Record<string, string>>;
}

export interface Answer {
  readonly principalId: string;
  readonly policyDocument: {
    readonly Version: '2012-10-17';
    readonly Statement: readonly {
      readonly Effect: 'Allow' | 'Deny';
      readonly Action: 'execute-api:Invoke';
      readonly Resource: readonly string[];
    }[];
  };
  readonly context?: Readonly<Record<string, string>>;
}

/** Throws a denial unless one of the caller's scopes opens the route. */
export function admit(request: AuthorizerRequest, caller: Caller, { routes, cached }: Configuration): Answer {
  const route = `${request.method} ${request.resource}`;
  const known = routes.find((entry) => entry.routes.includes(route));
  if (known === undefined) throw new Denial('route-unknown');
  const opens = (scopes: readonly string[]) => scopes.some((scope) => caller.scopes.includes(scope));
  if (!opens(known.scopes)) throw new Denial('scope-missing');
  const resources = cached
    ? routes
        .filter((entry) => opens(entry.scopes))
        .flatMap((entry) => entry.routes.map((r) => `${stageOf(request)}/${pattern(r)}`))
    : [request.methodArn];
  return answer('Allow', resources, caller.principalId, caller.context);
}

/** The answer to a caller that is known and may not, or that must ask again with a nonce. */
export function refuse(request: AuthorizerRequest, { challenge }: Denial): Answer {
  const context =
    challenge === undefined ? undefined : { challenge: challenge.wwwAuthenticate, nonce: challenge.nonce };
  return answer('Deny', [request.methodArn], 'denied', context);
}

function answer(
  effect: 'Allow' | 'Deny',
  resources: readonly string[],
  principalId: string,
  context?: Readonly<Record<string, string>>,
): Answer {
  return {
    principalId,
    policyDocument: {
      Version: '2012-10-17',
      Statement: [{ Effect: effect, Action: 'execute-api:Invoke', Resource: resources }],
    },
    ...(context === undefined ? {} : { context }),
  };
}

/** `arn:…:API/STAGE` of the method's ARN: neither part can hold a slash. */
function stageOf({ methodArn }: AuthorizerRequest): string {
  return methodArn.split('/').slice(0, 2).join('/');
}

/** `GET /orders/{id}` as in an ARN: `GET/orders/*`. The construct refuses two routes of one pattern under a cache. */
function pattern(route: string): string {
  const [method, path = ''] = route.split(' ');
  return `${method}${path.replace(/\{[^}]*\}/g, '*')}`;
}
