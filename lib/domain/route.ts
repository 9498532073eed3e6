/** What a route of a trust domain is, and which routes are refused before API Gateway sees them. */
import type { JsonSchema, MethodResponse } from 'aws-cdk-lib/aws-apigateway';
import { TrustDomainError } from './domain-error';

/** How much harm a route can do. */
export enum Sensitivity {
  /** An ordinary route. */
  NORMAL = 'NORMAL',

  /** A high-value route: money, permissions, personal data. */
  HIGH = 'HIGH',
}

/** Options of a route. */
export interface RouteOptions {
  /**
   * The scopes of which a caller's token must hold at least one.
   * @default - none; an error where callers authenticate with tokens
   */
  readonly scopes?: string[];

  /**
   * The JSON schema that a request's body must match.
   * @default - the body is not checked; an error on a route of sensitivity HIGH that takes a body
   */
  readonly requestModel?: JsonSchema;

  /**
   * Request parameters and whether each is required: `method.request.querystring.page`.
   * @default - no parameter is passed on or required
   */
  readonly requestParameters?: { readonly [name: string]: boolean };

  /**
   * Responses that the method may give.
   * @default - whatever the integration gives
   */
  readonly methodResponses?: MethodResponse[];

  /**
   * How much harm the route can do.
   * @default Sensitivity.NORMAL
   */
  readonly sensitivity?: Sensitivity;
}

/** Methods that read: granted by `grantRead` and to the duty `read`. */
export const READING_METHODS: readonly string[] = ['GET'];
/** Methods that change: granted by `grantWrite` and to the duty `write`. */
export const WRITING_METHODS: readonly string[] = ['DELETE', 'PATCH', 'POST', 'PUT'];

const WITH_BODY: readonly string[] = ['PATCH', 'POST', 'PUT'];

/** Throws for a route that could not be separated into reading and writing, or would be unchecked. */
export function requireRoute(domain: string, method: string, path: string, options: RouteOptions): void {
  const who = `trust domain \`${domain}\`, route \`${method} ${path}\``;
  const methods = [...READING_METHODS, ...WRITING_METHODS];
  if (!methods.includes(method)) {
    throw new TrustDomainError(
      `${who}: \`${method}\` is not one of \`${methods.join('`, `')}\`; a method that both reads and writes, like \`ANY\`, cannot be separated: add one route per method`,
    );
  }
  if (!path.startsWith('/') || /\/\/|\s|[*?]/.test(path)) {
    throw new TrustDomainError(
      `${who}: the path must start with \`/\` and hold no empty segment, space or wildcard, like \`/orders/{id}\``,
    );
  }
  if (options.sensitivity === Sensitivity.HIGH && WITH_BODY.includes(method) && options.requestModel === undefined) {
    throw new TrustDomainError(
      `${who}: a route of sensitivity \`HIGH\` that takes a body needs a \`requestModel\` to check it against`,
    );
  }
}
