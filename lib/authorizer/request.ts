/**
 * The request that API Gateway asks about: an event of a REQUEST authorizer of a REST API, parsed
 * once, with every size bounded before anything is decoded.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-lambda-authorizer-input.html
 */
import { Denial } from './denial';
import { isObject, type Json } from './json';

export interface AuthorizerRequest {
  /** `arn:…:execute-api:REGION:ACCOUNT:API/STAGE/METHOD/PATH`, with the path as it was called. */
  readonly methodArn: string;
  readonly requestId: string;
  readonly method: string;
  /** The route as it was declared: `/orders/{id}`. */
  readonly resource: string;
  /** The path as it was called, the stage included where the URL includes it. */
  readonly path: string;
  /** The name under which the API was called. */
  readonly host: string;
  readonly headers: Headers;
  readonly clientCertificate?: string;
}

/** Names in lower case; every value that was sent. */
type Headers = ReadonlyMap<string, readonly string[]>;

/** API Gateway allows 10,240 bytes for all headers together; a token or proof past this is an attack or a mistake. */
const LONGEST_CREDENTIAL = 8192;

/** Throws an ordinary error when the event is not of such an authorizer: a wrong set-up, and no fault of the caller. */
export function parseRequest(event: unknown): AuthorizerRequest {
  const root = object('the event', event);
  const context = object('requestContext', root.requestContext);
  const identity = isObject(context.identity) ? context.identity : {};
  const certificate = isObject(identity.clientCert) ? identity.clientCert.clientCertPem : undefined;
  return {
    methodArn: text('methodArn', root.methodArn),
    requestId: typeof context.requestId === 'string' ? context.requestId : 'unknown',
    method: text('requestContext.httpMethod', context.httpMethod),
    resource: text('requestContext.resourcePath', context.resourcePath),
    path: text('requestContext.path', context.path),
    host: text('requestContext.domainName', context.domainName).toLowerCase(),
    headers: headersOf(root),
    ...(typeof certificate === 'string' && certificate !== '' ? { clientCertificate: certificate } : {}),
  };
}

/** The one value of a header. Two of them could mean one thing here and another to the backend. */
export function onlyHeader({ headers }: AuthorizerRequest, name: string): string | undefined {
  const [value, ...more] = headers.get(name) ?? [];
  if (more.length > 0) throw new Denial('credentials-ambiguous', name);
  if (value !== undefined && value.length > LONGEST_CREDENTIAL) throw new Denial('credentials-too-large', name);
  return value;
}

/** The token of `Authorization: SCHEME TOKEN` (RFC 9110, 11.4: the scheme is case-insensitive). */
export function credentials(request: AuthorizerRequest, scheme: string): string {
  const header = onlyHeader(request, 'authorization');
  if (header === undefined || header === '') throw new Denial('credentials-missing');
  const [given = '', token, ...more] = header.split(' ');
  if (given.toLowerCase() !== scheme.toLowerCase()) throw new Denial('scheme-wrong');
  if (token === undefined || token === '' || more.length > 0) throw new Denial('token-malformed');
  return token;
}

function headersOf(root: Json): Headers {
  const found = new Map<string, string[]>();
  const many = isObject(root.multiValueHeaders) ? root.multiValueHeaders : undefined;
  const source = many ?? (isObject(root.headers) ? root.headers : {});
  for (const [name, value] of Object.entries(source)) {
    const values = (Array.isArray(value) ? value : [value]).filter((v): v is string => typeof v === 'string');
    const key = name.toLowerCase();
    found.set(key, [...(found.get(key) ?? []), ...values]);
  }
  return found;
}

function object(name: string, value: unknown): Json {
  if (!isObject(value)) throw new TypeError(`${name} is no object: is this authorizer of type REQUEST, on a REST API?`);
  return value;
}

function text(name: string, value: unknown): string {
  if (typeof value !== 'string' || value === '') {
    throw new TypeError(`${name} is no text: is this authorizer of type REQUEST, on a REST API?`);
  }
  return value;
}
