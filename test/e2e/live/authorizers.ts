/**
 * The authorizers, live: deployed with the real CLI, their bundled code run in a Node process with the environment
 * that the deployment gave it and a session of its own role, against the emulator's S3 and DynamoDB, behind real TLS.
 * The gateway before them is `local-gateway.ts`. Valid callers come first: without them a denial shows nothing.
 */
import { createServer } from 'node:https';
import { join } from 'node:path';
import { calculateJwkThumbprint } from 'jose';
import { hashOf, type Json, pair, signed } from '../../authorizer/an-issuer';
import { AUTHORIZERS, audienceOf, authorizerApp, authorizerStack, HOST, issuerOf } from './authorizer-app';
import { certified } from './authorizer-certificates';
import { type Closing, type Place, start } from './authorizer-start';
import { ask, ROOT_USER } from './aws';
import { cdk } from './cdk';
import { freePort } from './emulator';
import { type Row, row } from './evidence';
import { LocalGateway } from './local-gateway';
import { Authority } from './tls';
import { fitToEmulator } from './transform';

const keys = pair('ec');
const KEY_ID = 'e2e-1';
const now = (): number => Math.floor(Date.now() / 1000);

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
