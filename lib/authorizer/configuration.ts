/**
 * What the construct told the authorizer, as one JSON text in its environment. The construct writes
 * it (lib/domain/authorizer-function.ts) and nothing of the request reaches it. A configuration that
 * is not understood ends the function before it answers anything, which API Gateway takes for a denial.
 */
import { isObject, type Json } from './json';

export const CONFIGURATION_VARIABLE = 'BULKHEAD_AUTHORIZER';

export interface Configuration {
  readonly domain: string;
  /** Which scopes open which routes; a route that is not listed opens to nobody. */
  readonly routes: readonly RouteScopes[];
  /** API Gateway keeps the answer for other requests with the same token. */
  readonly cached: boolean;
  readonly token?: TokenConfiguration;
  readonly dpop?: DpopConfiguration;
  readonly mtls?: MtlsConfiguration;
}

export interface RouteScopes {
  /** A caller needs one of them. */
  readonly scopes: readonly string[];
  /** `GET /orders/{id}` */
  readonly routes: readonly string[];
}

export type TokenType = 'rfc9068' | 'cognito' | 'audience';

export interface TokenConfiguration {
  readonly issuer: string;
  readonly jwksUri: string;
  readonly audiences: readonly string[];
  readonly algorithms: readonly string[];
  readonly type: TokenType;
}

export interface DpopConfiguration {
  readonly hosts: readonly string[];
  readonly algorithms: readonly string[];
  /** Seconds after its `iat` for which a proof is taken. */
  readonly maxAge: number;
  readonly nonce: boolean;
  readonly table: string;
}

export interface MtlsConfiguration {
  readonly bucket: string;
  /** The certificates of the authorities, as a PEM file, and its version. */
  readonly trustStore: string;
  readonly trustStoreVersion: string;
  /** The authorities' revocation lists, DER or PEM. */
  readonly revocationLists: readonly string[];
  /** Seconds after which a list is asked for again. */
  readonly refresh: number;
  readonly clients: readonly Client[];
  /** The access token must be bound to the certificate (RFC 8705, 3). */
  readonly boundTokens: boolean;
}

/** A certificate is this client's iff it has everything that is given here. */
export interface Client {
  readonly name: string;
  /** Distinguished name in RFC 4514 form, most specific first. */
  readonly subject?: string;
  readonly issuer?: string;
  /** `DNS:…`, `URI:…` or `email:…` */
  readonly alternativeName?: string;
  readonly scopes: readonly string[];
}

export function readConfiguration(value: string): Configuration {
  const root = object('', JSON.parse(value));
  return {
    domain: text('domain', root.domain),
    routes: list('routes', root.routes).map((entry, i) => {
      const { scopes, routes } = object(`routes[${i}]`, entry);
      return { scopes: texts(`routes[${i}].scopes`, scopes), routes: texts(`routes[${i}].routes`, routes) };
    }),
    cached: flag('cached', root.cached),
    ...(root.token === undefined ? {} : { token: readToken(object('token', root.token)) }),
    ...(root.dpop === undefined ? {} : { dpop: readDpop(object('dpop', root.dpop)) }),
    ...(root.mtls === undefined ? {} : { mtls: readMtls(object('mtls', root.mtls)) }),
  };
}

/** The part that an entry point cannot do without. */
export function demanded<T>(name: string, part: T | undefined): T {
  if (part === undefined) throw new Error(`${CONFIGURATION_VARIABLE} has no \`${name}\``);
  return part;
}

const TOKEN_TYPES: readonly TokenType[] = ['rfc9068', 'cognito', 'audience'];

function readToken(raw: Json): TokenConfiguration {
  const type = TOKEN_TYPES.find((t) => t === raw.type);
  if (type === undefined) throw expected('token.type', TOKEN_TYPES.join(', '));
  const jwksUri = text('token.jwksUri', raw.jwksUri);
  if (!jwksUri.startsWith('https://')) throw expected('token.jwksUri', 'an https address');
  return {
    issuer: text('token.issuer', raw.issuer),
    jwksUri,
    audiences: some('token.audiences', raw.audiences),
    algorithms: some('token.algorithms', raw.algorithms),
    type,
  };
}

function readDpop(raw: Json): DpopConfiguration {
  return {
    hosts: some('dpop.hosts', raw.hosts),
    algorithms: some('dpop.algorithms', raw.algorithms),
    maxAge: seconds('dpop.maxAge', raw.maxAge),
    nonce: flag('dpop.nonce', raw.nonce),
    table: text('dpop.table', raw.table),
  };
}

function readMtls(raw: Json): MtlsConfiguration {
  return {
    bucket: text('mtls.bucket', raw.bucket),
    trustStore: text('mtls.trustStore', raw.trustStore),
    trustStoreVersion: text('mtls.trustStoreVersion', raw.trustStoreVersion),
    revocationLists: some('mtls.revocationLists', raw.revocationLists),
    refresh: seconds('mtls.refresh', raw.refresh),
    clients: list('mtls.clients', raw.clients).map((entry, i) => readClient(`mtls.clients[${i}]`, entry)),
    boundTokens: flag('mtls.boundTokens', raw.boundTokens),
  };
}

function readClient(at: string, entry: unknown): Client {
  const raw = object(at, entry);
  const optional = (key: string) => (raw[key] === undefined ? undefined : text(`${at}.${key}`, raw[key]));
  const [subject, issuer, alternativeName] = ['subject', 'issuer', 'alternativeName'].map(optional);
  // A client without a criterion would be everybody.
  if (subject === undefined && alternativeName === undefined) throw expected(at, 'a subject or an alternative name');
  return {
    name: text(`${at}.name`, raw.name),
    scopes: texts(`${at}.scopes`, raw.scopes),
    ...(subject === undefined ? {} : { subject }),
    ...(issuer === undefined ? {} : { issuer }),
    ...(alternativeName === undefined ? {} : { alternativeName }),
  };
}

function object(at: string, value: unknown): Json {
  if (!isObject(value)) throw expected(at, 'an object');
  return value;
}

function list(at: string, value: unknown): readonly unknown[] {
  if (!Array.isArray(value)) throw expected(at, 'a list');
  return value;
}

function texts(at: string, value: unknown): readonly string[] {
  return list(at, value).map((element, i) => text(`${at}[${i}]`, element));
}

function some(at: string, value: unknown): readonly string[] {
  const found = texts(at, value);
  if (found.length === 0) throw expected(at, 'at least one text');
  return found;
}

function text(at: string, value: unknown): string {
  if (typeof value !== 'string' || value === '') throw expected(at, 'a text');
  return value;
}

function flag(at: string, value: unknown): boolean {
  if (typeof value !== 'boolean') throw expected(at, 'true or false');
  return value;
}

function seconds(at: string, value: unknown): number {
  if (typeof value !== 'number' || !(value > 0)) throw expected(at, 'a number of seconds');
  return value;
}

function expected(at: string, what: string): Error {
  return new Error(`${CONFIGURATION_VARIABLE}: \`${at}\` is not ${what}`);
}
