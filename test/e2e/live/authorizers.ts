/**
 * The authorizers, live: deployed with the real CLI, their bundled code run in a Node process with the environment
 * that the deployment gave it and a session of its own role, against the emulator's S3 and DynamoDB, behind real TLS.
 * The gateway before them is `local-gateway.ts`. Valid callers come first: without them a denial shows nothing.
 */
import { createServer, request } from 'node:https';
import { join } from 'node:path';
import { calculateJwkThumbprint } from 'jose';
import { hashOf, type Json, pair, signed } from '../../authorizer/an-issuer';
import {
  AUTHORIZERS,
  type AuthorizerDomain,
  audienceOf,
  authorizerApp,
  authorizerStack,
  CLIENT,
  HOST,
  issuerOf,
} from './authorizer-app';
import { ask, must, ROOT_USER } from './aws';
import { cdk } from './cdk';
import type { Site } from './deploy';
import { freePort } from './emulator';
import { type Row, row } from './evidence';
import { LocalFunction } from './local-function';
import { LocalGateway } from './local-gateway';
import { ACCOUNT, REGION, ROOT } from './place';
import { Authority, type Identity } from './tls';
import { fitToEmulator } from './transform';

const BUNDLES: Readonly<Record<AuthorizerDomain, string>> = { bearer: 'jwt', bound: 'dpop', certified: 'mtls' };
const keys = pair('ec');
const KEY_ID = 'e2e-1';
const now = (): number => Math.floor(Date.now() / 1000);

interface Place {
  readonly site: Site;
  /** Of the run: whose certificates servers have. */
  readonly authority: Authority;
  readonly caFile: string;
  readonly folder: string;
}

/** Closes whatever was opened, the last first. */
type Closing = (() => Promise<void> | void)[];

export async function authorizerAttacks(place: Place): Promise<readonly Row[]> {
  const closing: Closing = [];
  try {
    const issuer = await startIssuer(place.authority, closing);
    const partner = await Authority.named('C=DE, O=Partner, CN=Partner CA');
    const assembly = join(place.folder, 'authorizers');
    authorizerApp(issuer, partner.pem, assembly).synth();
    fitToEmulator(assembly);
    const at = place.site.place(assembly);
    for (const domain of AUTHORIZERS) {
      const args = ['deploy', authorizerStack(domain), '--exclusively', '--require-approval', 'never'];
      const { status, output } = await cdk(at, ROOT_USER, ...args);
      if (status !== 0) throw new Error(`cdk ${args.join(' ')}: status ${status}\n${output.slice(-1500)}`);
    }
    return [
      ...(await bearer(place, issuer, closing)),
      ...(await bound(place, issuer, closing)),
      ...(await certified(place, partner, closing)),
    ];
  } finally {
    for (const close of closing.reverse()) await close();
  }
}

/** Publishes one key set for the issuers of all domains. */
async function startIssuer(authority: Authority, closing: Closing): Promise<string> {
  const { cert, key } = await authority.issue({ subject: 'CN=issuer', for: 'server' });
  const jwk = { ...keys.publicKey.export({ format: 'jwk' }), kid: KEY_ID, use: 'sig' };
  const server = createServer({ cert, key }, (_, response) =>
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ keys: [jwk] })),
  );
  const port = await freePort();
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  closing.push(() => new Promise<void>((resolve) => server.close(() => resolve())));
  return `https://127.0.0.1:${port}`;
}

type Adjust = Parameters<typeof LocalFunction.of>[6];

async function start(
  { site, caFile, folder }: Place,
  domain: AuthorizerDomain,
  closing: Closing,
  adjust?: Adjust,
): Promise<LocalFunction> {
  const bundle = join(ROOT, 'lib', 'authorizer', 'bundles', BUNDLES[domain]);
  const role = `bulkhead-${domain}-auth-${REGION}`;
  const at = join(folder, 'functions');
  const run = await LocalFunction.of(site, caFile, at, `bulkhead-${domain}-auth`, role, bundle, adjust);
  closing.push(() => run.stop());
  return run;
}

/**
 * The emulator refuses the function that publishes the trust store, whose role may write only what is new, for it does
 * not know `s3:if-none-match`; and it deploys on. So the run publishes, and says which version.
 */
function published({ site }: Place, bucket: string, authorities: string): Adjust {
  return async (variables) => {
    const configuration = JSON.parse(variables.BULKHEAD_AUTHORIZER ?? '{}') as { mtls: { trustStore: string } };
    const path = `/${bucket}/${configuration.mtls.trustStore}`;
    const { headers } = await must(site.endpoint, ROOT_USER, { service: 's3', method: 'PUT', path, body: authorities });
    const mtls = { ...configuration.mtls, trustStoreVersion: String(headers['x-amz-version-id']) };
    return { ...variables, BULKHEAD_AUTHORIZER: JSON.stringify({ ...configuration, mtls }) };
  };
}

type Headers = Readonly<Record<string, string>>;

async function status(
  { authority }: Place,
  gateway: LocalGateway,
  method: string,
  path: string,
  headers: Headers,
): Promise<number> {
  const url = `${gateway.url}/v1${path}`;
  return (await ask({ url: gateway.url, ca: authority.pem }, url, method, { host: HOST, ...headers })).status;
}

const said = (found: number): string => (found === 401 || found === 403 ? 'denied' : `${found}`);

const tokenOf = (issuer: string, domain: string, more: Json = {}, header: Json = {}, key = keys.privateKey): string =>
  signed(
    { typ: 'at+jwt', alg: 'ES256', kid: KEY_ID, ...header },
    {
      iss: issuerOf(issuer, domain),
      aud: audienceOf(domain),
      sub: 'ann',
      client_id: 'app',
      jti: `token-${Math.random()}`,
      iat: now() - 10,
      exp: now() + 300,
      scope: 'read',
      ...more,
    },
    key,
  );

async function bearer(place: Place, issuer: string, closing: Closing): Promise<readonly Row[]> {
  const gateway = await LocalGateway.before(await start(place, 'bearer', closing), place.authority);
  closing.push(() => gateway.stop());
  const get = (token?: string) =>
    status(place, gateway, 'GET', '/orders', token === undefined ? {} : { authorization: `Bearer ${token}` });
  const token = (more: Json = {}, header: Json = {}, key = keys.privateKey) =>
    tokenOf(issuer, 'bearer', more, header, key);
  const valid = await get(token());
  const twin = { what: 'a valid token', holds: valid === 200 };
  const attacks: readonly (readonly [string, string, () => Promise<number>])[] = [
    ['D4', 'no token', () => get()],
    ['D4', 'a token that another key signed', () => get(token({}, {}, pair('ec').privateKey))],
    ['D4', 'a token under `alg: none`', () => get(token({}, { alg: 'none' }))],
    ['D4', 'an identity token', () => get(token({}, { typ: 'JWT' }))],
    ['D4', 'a token without the scope', () => get(token({ scope: 'write' }))],
    [
      'D4',
      'a route that the token does not open',
      () => status(place, gateway, 'POST', '/orders', { authorization: `Bearer ${token()}` }),
    ],
    [
      'D1',
      'a route that is not listed',
      () => status(place, gateway, 'GET', '/admin', { authorization: `Bearer ${token()}` }),
    ],
    ['S9', 'a token that has expired', () => get(token({ iat: now() - 600, exp: now() - 60 }))],
    ['D3', 'a token for another domain', () => get(tokenOf(issuer, 'bound'))],
    ['S6', 'a token of the development issuer', () => get(token({ iss: `${issuer}/development` }))],
    ['D3', 'a bound token, as if it were none', () => get(token({ cnf: { jkt: hashOf('somebody') } }))],
  ];
  return judged('bearer tokens', twin, attacks);
}

async function bound(place: Place, issuer: string, closing: Closing): Promise<readonly Row[]> {
  const gateway = await LocalGateway.before(await start(place, 'bound', closing), place.authority);
  closing.push(() => gateway.stop());
  const [client, thief] = [pair('ec'), pair('ec')];
  const jwkOf = (by: typeof client) => by.publicKey.export({ format: 'jwk' }) as Json;
  const jkt = await calculateJwkThumbprint(jwkOf(client) as never);
  const mine = (more: Json = {}) => tokenOf(issuer, 'bound', { cnf: { jkt }, ...more });
  let proofs = 0;
  let nonce: string | undefined;
  const proof = (token: string, more: Json = {}, by = client): string => {
    proofs += 1;
    const claims = {
      jti: `proof-${proofs}-${now()}`,
      htm: 'GET',
      htu: `https://${HOST}/v1/orders`,
      iat: now(),
      ath: hashOf(token),
      ...(nonce !== undefined && { nonce }),
      ...more,
    };
    return signed({ typ: 'dpop+jwt', alg: 'ES256', jwk: jwkOf(by) }, claims, by.privateKey);
  };
  const call = (token: string, dpop: string, method = 'GET') =>
    status(place, gateway, method, '/orders', { authorization: `DPoP ${token}`, dpop });
  const first = mine();
  const challenge = await ask({ url: gateway.url, ca: place.authority.pem }, `${gateway.url}/v1/orders`, 'GET', {
    host: HOST,
    authorization: `DPoP ${first}`,
    dpop: proof(first),
  });
  nonce = String(challenge.headers['dpop-nonce'] ?? '');
  const token = mine();
  const used = proof(token);
  const valid = await call(token, used);
  const twin = {
    what: 'a token with a fresh proof of its key',
    holds: valid === 200 && challenge.status === 401 && nonce !== '',
  };
  const attacks: readonly (readonly [string, string, () => Promise<number>])[] = [
    ['D3', 'the same proof again', () => call(token, used)],
    ['D3', 'a stolen token, proved with the thief’s own key', () => call(token, proof(token, {}, thief))],
    [
      'D3',
      'a stolen token as a bearer token',
      () => status(place, gateway, 'GET', '/orders', { authorization: `Bearer ${token}` }),
    ],
    [
      'D3',
      'a stolen token without a proof',
      () => status(place, gateway, 'GET', '/orders', { authorization: `DPoP ${token}` }),
    ],
    ['D4', 'a proof for another method', () => call(token, proof(token, { htm: 'POST' }))],
    ['D4', 'a proof for another host', () => call(token, proof(token, { htu: 'https://evil.example.com/v1/orders' }))],
    ['D4', 'a proof of yesterday', () => call(token, proof(token, { iat: now() - 86_400 }))],
    ['D4', 'a proof without the nonce', () => call(token, proof(token, { nonce: undefined }))],
    ['D4', 'a proof of another token', () => call(token, proof(mine()))],
  ];
  return judged('bound tokens', twin, attacks);
}

async function certified(place: Place, partner: Authority, closing: Closing): Promise<readonly Row[]> {
  const { site, authority } = place;
  const bucket = `bulkhead-certified-trust-${ACCOUNT}-${REGION}`;
  const client = (subject: string, by = partner, more = {}) => by.issue({ subject, for: 'client', ...more });
  const encoded = CLIENT.split(',').reverse().join(', ');
  const [good, revoked, other] = [
    await client(encoded),
    await client(encoded),
    await client('C=DE, O=Partner, CN=other'),
  ];
  const day = 86_400_000;
  const expired = await client(encoded, partner, { from: -2 * day, until: -day });
  const foreign = await client(encoded, await Authority.named('C=DE, O=Partner, CN=Partner CA'));
  const list = await partner.revoked(revoked.certificate);
  const open = async (strict: boolean) => {
    const run = await start(place, 'certified', closing, published(place, bucket, partner.pem));
    const gateway = await LocalGateway.before(run, authority, { ca: partner.pem, strict });
    closing.push(() => gateway.stop());
    return gateway;
  };
  const call = (gateway: LocalGateway, identity?: Identity, path = '/orders') =>
    present(place, gateway, identity, path);
  // A function that found no list looks again after `revocationRefresh`; those that come later see it at once.
  const unlisted = await call(await open(true), good);
  const put = { service: 's3', method: 'PUT', path: `/${bucket}/revocation/1.crl`, body: pemList(list) };
  await must(site.endpoint, ROOT_USER, put);
  const [strict, lax] = [await open(true), await open(false)];
  const valid = await call(strict, good);
  const twin = { what: 'a client that is listed, and not revoked', holds: valid === '200' };
  const denied = (found: string) => (found === '401' || found === '403' || found === 'no handshake' ? 'denied' : found);
  const rows = [
    row('D8', 'client certificates: a valid one, while there is no revocation list', 'live', {
      observed: denied(unlisted),
      twin,
    }),
  ];
  const attacks: readonly (readonly [string, Identity | undefined])[] = [
    ['none', undefined],
    ['one of another authority of the same name', foreign],
    ['one that has expired', expired],
    ['one that was revoked', revoked],
    ['one of a client that is not listed', other],
  ];
  for (const [what, identity] of attacks) {
    rows.push(
      row('D8', `client certificates: ${what}`, 'live', { observed: denied(await call(strict, identity)), twin }),
    );
    const without = denied(await call(lax, identity));
    rows.push(
      row('D8', `client certificates: ${what}, past a gateway that checks none`, 'live', { observed: without, twin }),
    );
  }
  rows.push(
    row('D4', 'client certificates: a route that the client’s scopes do not open', 'live', {
      observed: denied(await call(strict, good, '/admin')),
      twin,
    }),
  );
  return rows;
}

/** A list as text, which S3's interface here carries unharmed. */
function pemList(der: Buffer): string {
  const lines = der.toString('base64').match(/.{1,64}/g) ?? [];
  return ['-----BEGIN X509 CRL-----', ...lines, '-----END X509 CRL-----', ''].join('\n');
}

function present(
  { authority }: Place,
  gateway: LocalGateway,
  identity: Identity | undefined,
  path: string,
): Promise<string> {
  return new Promise((resolve) => {
    const { cert, key } = identity ?? {};
    const options = {
      method: 'GET',
      headers: { host: HOST },
      servername: 'localhost',
      ca: authority.pem,
      cert,
      key,
      agent: false,
      timeout: 20_000,
    };
    const outgoing = request(`${gateway.url}/v1${path}`, options, (answer) => {
      answer.resume();
      answer.on('end', () => resolve(String(answer.statusCode)));
    });
    outgoing.on('error', () => resolve('no handshake'));
    outgoing.on('timeout', () => outgoing.destroy());
    outgoing.end();
  });
}

async function judged(
  kind: string,
  twin: { readonly what: string; readonly holds: boolean },
  attacks: readonly (readonly [string, string, () => Promise<number>])[],
): Promise<readonly Row[]> {
  const rows: Row[] = [];
  for (const [control, what, attempt] of attacks) {
    rows.push(row(control, `${kind}: ${what}`, 'live', { observed: said(await attempt()), twin }));
  }
  return rows;
}
