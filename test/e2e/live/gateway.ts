/**
 * Attacks through the emulator's gateway: its authorizer of Cognito's tokens, its request validation, its web ACLs.
 * What it does not do (scopes, IAM-signed methods, API policies, stage throttles) is simulated.
 */
import { createHmac } from 'node:crypto';
import { type Answer, ask, json, must, ROOT_USER } from './aws';
import type { Backend } from './backend';
import type { Site } from './deploy';
import { type NotRun, type Row, row } from './evidence';
import { REGION, stackOf } from './place';
import type { World } from './world';

const PASSWORD = 'Correct-horse-battery-1';

let people = 0;

type Reply = Readonly<Record<string, unknown>> & { readonly Session?: string; readonly ChallengeName?: string };

/** What password alone gives; the pools of trust domains ask for a second factor then. */
export interface SignIn {
  readonly challenge?: string;
  readonly token: string;
}

/** Somebody new who signs in at the pool, with a password and, where the pool asks for it, a one-time code. */
export async function signIn({ endpoint }: Site, pool: string): Promise<SignIn> {
  const call = async (action: string, input: object): Promise<Reply> =>
    JSON.parse((await must(endpoint, ROOT_USER, json('cognito-idp', action, input))).body || '{}') as Reply;
  const flows = ['ALLOW_ADMIN_USER_PASSWORD_AUTH', 'ALLOW_REFRESH_TOKEN_AUTH'];
  const client = await call('CreateUserPoolClient', { UserPoolId: pool, ClientName: 'e2e', ExplicitAuthFlows: flows });
  const { ClientId } = client.UserPoolClient as { ClientId: string };
  people += 1;
  const user = { UserPoolId: pool, Username: `person-${people}-${Date.now()}@example.com` };
  await call('AdminCreateUser', { ...user, MessageAction: 'SUPPRESS' });
  await call('AdminSetUserPassword', { ...user, Password: PASSWORD, Permanent: true });
  const first = await call('AdminInitiateAuth', {
    UserPoolId: pool,
    ClientId,
    AuthFlow: 'ADMIN_USER_PASSWORD_AUTH',
    AuthParameters: { USERNAME: user.Username, PASSWORD },
  });
  if (first.ChallengeName === undefined) return { token: tokenIn(first) };
  // The emulator hands out sessions here that it does not know afterwards; the first one stays good.
  const { Session } = first;
  const { SecretCode } = await call('AssociateSoftwareToken', { Session });
  await call('VerifySoftwareToken', { Session, UserCode: oneTimeCode(String(SecretCode)) });
  const last = await call('AdminRespondToAuthChallenge', {
    UserPoolId: pool,
    ClientId,
    ChallengeName: 'MFA_SETUP',
    Session,
    ChallengeResponses: { USERNAME: user.Username },
  });
  return { challenge: first.ChallengeName, token: tokenIn(last) };
}

function tokenIn(reply: Reply): string {
  const result = reply.AuthenticationResult as { readonly AccessToken: string } | undefined;
  if (result === undefined) throw new Error(`no token, but ${JSON.stringify(reply).slice(0, 300)}`);
  return result.AccessToken;
}

/** RFC 6238, of the secret in base32: six digits, for thirty seconds. */
export function oneTimeCode(secret: string, at = Date.now()): string {
  const bits = [...secret.replace(/=+$/, '')].map((c) =>
    'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(c).toString(2).padStart(5, '0'),
  );
  const key = Buffer.from((bits.join('').match(/.{8}/g) ?? []).map((byte) => Number.parseInt(byte, 2)));
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(Math.floor(at / 30_000)));
  const mac = createHmac('sha1', key).update(counter).digest();
  const offset = (mac.at(-1) ?? 0) & 0xf;
  return String((mac.readUInt32BE(offset) & 0x7fffffff) % 1_000_000).padStart(6, '0');
}

export class Gateway {
  constructor(
    private readonly site: Site,
    private readonly world: World,
  ) {}

  call(
    domain: string,
    method: string,
    path: string,
    headers: Readonly<Record<string, string>> = {},
    body?: string,
  ): Promise<Answer> {
    return this.callStack(stackOf(domain), method, path, headers, body);
  }

  /** The one API of the stack. */
  callStack(
    stack: string,
    method: string,
    path: string,
    headers: Readonly<Record<string, string>> = {},
    body?: string,
  ): Promise<Answer> {
    const { physicalId } = this.world.only(stack, 'AWS::ApiGateway::RestApi');
    const host = `${physicalId}.execute-api.${REGION}.amazonaws.com`;
    const typed: Readonly<Record<string, string>> = body === undefined ? {} : { 'content-type': 'application/json' };
    return ask(this.site.endpoint, `${this.site.endpoint.url}/v1${path}`, method, { host, ...typed, ...headers }, body);
  }
}

export const bearer = (token: string) => ({ authorization: `Bearer ${token}` });
const ORDER = '{"item":"book","quantity":1}';

/** What attacks through the gateway start from: it answers valid tokens, and refuses others. */
export interface Opened {
  readonly site: Site;
  readonly world: World;
  readonly gateway: Gateway;
  readonly tokens: Readonly<Record<'partner' | 'public', string>>;
}

/** @param further attacks that begin where these end */
export async function gatewayAttacks(
  site: Site,
  world: World,
  backend: Backend,
  notRun: NotRun[],
  further: readonly ((opened: Opened) => Promise<readonly Row[]>)[],
): Promise<readonly Row[]> {
  const gateway = new Gateway(site, world);
  const pool = (domain: string) => world.only(stackOf(domain), 'AWS::Cognito::UserPool').physicalId;
  const [partner, shop] = [await signIn(site, pool('partner')), await signIn(site, pool('public'))];
  const { body: created } = await must(
    site.endpoint,
    ROOT_USER,
    json('cognito-idp', 'CreateUserPool', { PoolName: 'development' }),
  );
  const development = await signIn(site, (JSON.parse(created) as { UserPool: { Id: string } }).UserPool.Id);

  const good = await gateway.call('partner', 'GET', '/orders', bearer(partner.token));
  const goodAtShop = await gateway.call('public', 'GET', '/orders', bearer(shop.token));
  const forged = partner.token.replace(/\.[^.]+$/, `.${'A'.repeat(86)}`);
  const rejected = await gateway.call('partner', 'GET', '/orders', bearer(forged));
  if (good.status !== 200 || goodAtShop.status !== 200 || rejected.status !== 401) {
    notRun.push({
      controls: ['D1', 'D3', 'D4', 'S6'],
      what: 'tokens at the gateway',
      because: `canary: a valid token is answered ${good.status} and ${goodAtShop.status}, a forged one ${rejected.status} (${good.body.slice(0, 120)})`,
    });
    return [];
  }
  const before = backend.reached.get('partner') ?? 0;
  const at = async (domain: string, headers: Readonly<Record<string, string>>) =>
    refused(await gateway.call(domain, 'GET', '/orders', headers));
  const posts = async (body: string) =>
    refused(await gateway.call('partner', 'POST', '/orders', bearer(partner.token), body));
  const twin = { what: 'a valid token', holds: true };
  const rows = [
    row('S10', 'signing in with the password alone', 'live', {
      observed: [partner, shop].every(({ challenge }) => challenge === 'MFA_SETUP') ? 'denied' : 'allowed',
      twin: { what: 'with a second factor', holds: true },
    }),
    row('D4', 'a call without a token', 'live', { observed: await at('partner', {}), twin }),
    row('D4', 'a call with a forged token', 'live', { observed: await at('partner', bearer(forged)), twin }),
    row('D4', 'a call with an unsigned token', 'live', {
      observed: await at('partner', bearer(unsigned(partner.token))),
      twin,
    }),
    row('D3', 'a token of `public` at `partner`', 'live', { observed: await at('partner', bearer(shop.token)), twin }),
    row('D3', 'a token of `partner` at `public`', 'live', {
      observed: await at('public', bearer(partner.token)),
      twin,
    }),
    row('S6', 'a token of a development pool at production', 'live', {
      observed: await at('partner', bearer(development.token)),
      twin,
    }),
    row('D1', 'a route that is not listed', 'live', {
      observed: refused(await gateway.call('partner', 'GET', '/admin', bearer(partner.token))),
      twin,
    }),
    row('D1', 'a method that is not listed', 'live', {
      observed: refused(await gateway.call('partner', 'DELETE', '/orders', bearer(partner.token))),
      twin,
    }),
    row('D7', 'a foreign origin asks to be let in', 'live', {
      observed: corsOf(
        await gateway.call('partner', 'GET', '/orders', {
          ...bearer(partner.token),
          origin: 'https://evil.example.com',
        }),
      ),
      twin,
    }),
  ];
  const reachedByAttacks = (backend.reached.get('partner') ?? 0) - before - 1;
  const orders = await gateway.call('partner', 'POST', '/orders', bearer(partner.token), ORDER);
  const ordered = { what: 'a well-formed order', holds: orders.status === 200 };
  rows.push(
    row('D4', 'a malformed order: a quantity of 0', 'live', {
      observed: await posts('{"item":"book","quantity":0}'),
      twin: ordered,
    }),
    row('D4', 'a malformed order: a field too many', 'live', {
      observed: await posts('{"item":"book","quantity":1,"price":0}'),
      twin: ordered,
    }),
    row('D4', 'a malformed order: no JSON', 'live', { observed: await posts('item=book'), twin: ordered }),
    row('D4', 'any of the requests that were refused reaches the backend', 'live', {
      expected: '0 reached it',
      observed: `${reachedByAttacks} reached it`,
    }),
  );
  const opened = { site, world, gateway, tokens: { partner: partner.token, public: shop.token } };
  for (const attacks of further) rows.push(...(await attacks(opened)));
  return rows;
}

function refused({ status }: Answer): string {
  return status >= 400 && status < 500 ? 'denied' : `${status}`;
}

function corsOf({ headers }: Answer): string {
  return headers['access-control-allow-origin'] === undefined
    ? 'denied'
    : `allowed: ${headers['access-control-allow-origin']}`;
}

/** The same claims, under `alg: none`. */
function unsigned(token: string): string {
  const [, claims = ''] = token.split('.');
  return `${Buffer.from('{"alg":"none","typ":"JWT"}').toString('base64url')}.${claims}.`;
}
