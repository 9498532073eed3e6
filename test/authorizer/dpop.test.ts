/** The `dpop` authorizer, against RFC 9449's own example, an independent client, and a table of attacks. */
import { calculateJwkThumbprint } from 'jose';
import * as oauth from 'oauth4webapi';
import { dpop } from '../../lib/authorizer/dpop';
import { verifyProof } from '../../lib/authorizer/proof';
import { type Items, ProofStore } from '../../lib/authorizer/proof-store';
import { anEvent, ask, type Called, configured, HOST, outcome, URL_CALLED } from './a-request';
import { AnIssuer, base64, hashOf, type Json, NOW, pair, signed } from './an-issuer';

const RULES = { hosts: [HOST], algorithms: ['ES256', 'EdDSA'], maxAge: 60, nonce: false, table: 'proofs' };
const issuer = new AnIssuer();
const client = pair('ec');
const thief = pair('ec');
const jwkOf = ({ publicKey }: ReturnType<typeof pair>): Json => publicKey.export({ format: 'jwk' }) as Json;

/** A table as DynamoDB would keep it, expired items included, which it deletes days later. */
function inMemory(): Items & { readonly items: Map<string, string> } {
  const items = new Map<string, string>();
  return {
    items,
    add: async (key, value) => !items.has(key) && items.set(key, value) !== undefined,
    get: async (key) => items.get(key),
  };
}

let counter = 0;
const claims = (token: string, more: Json = {}): Json => ({
  jti: `proof-${counter++}`,
  htm: 'GET',
  htu: URL_CALLED,
  iat: NOW,
  ath: hashOf(token),
  ...more,
});

const proof = (token: string, more: Json = {}, header: Json = {}, by = client): string =>
  signed({ typ: 'dpop+jwt', alg: 'ES256', jwk: jwkOf(by), ...header }, claims(token, more), by.privateKey);

let bound = '';
const token = (more: Json = {}): string => issuer.token({ cnf: { jkt: bound }, ...more });
beforeAll(async () => {
  bound = await calculateJwkThumbprint(jwkOf(client) as never);
});

const presenting = (accessToken: string, written: string | readonly string[], more: Called = {}): unknown =>
  anEvent({ headers: { authorization: `DPoP ${accessToken}`, dpop: written }, ...more });

const authorizer = (rules = RULES, items: Items = inMemory(), clock = () => NOW) => {
  const authenticate = dpop(issuer.tokens({}, clock), new ProofStore(items), rules, clock);
  return (event: unknown) => ask(configured(), authenticate, event);
};

describe('RFC 9449', () => {
  // Figures 13 and 14 of section 7.1; the thumbprint is that of figure 9.
  const EXAMPLE =
    'eyJ0eXAiOiJkcG9wK2p3dCIsImFsZyI6IkVTMjU2IiwiandrIjp7Imt0eSI6IkVDIiwieCI6Imw4dEZyaHgtMzR0VjNoUklDUkRZOXpDa0RscEJoRjQyVVFVZldWQVdCRnMiLCJ5IjoiOVZFNGpmX09rX282NHpiVFRsY3VOSmFqSG10NnY5VERWclUwQ2R2R1JEQSIsImNydiI6IlAtMjU2In19.eyJqdGkiOiJlMWozVl9iS2ljOC1MQUVCIiwiaHRtIjoiR0VUIiwiaHR1IjoiaHR0cHM6Ly9yZXNvdXJjZS5leGFtcGxlLm9yZy9wcm90ZWN0ZWRyZXNvdXJjZSIsImlhdCI6MTU2MjI2MjYxOCwiYXRoIjoiZlVIeU8ycjJaM0RaNTNFc05yV0JiMHhXWG9hTnk1OUlpS0NBcWtzbVFFbyJ9.2oW9RP35yRqzhrtNP86L-Ey71EOptxRimPPToA1plemAgR6pxHF8y6-yqyVnmcw6Fy1dqd-jfxSYoMxhAJpLjA';
  const TOKEN = 'Kz~8mXK1EalYznwH-LC-1fBAo.4Ljp~zsPE_NeO.gxU';
  const THUMBPRINT = '0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I';
  const verified = (at: number, accessToken = TOKEN, thumbprint = THUMBPRINT) => {
    const request = {
      methodArn: 'arn',
      requestId: '1',
      method: 'GET',
      resource: '/protectedresource',
      path: '/protectedresource',
      host: 'resource.example.org',
      headers: new Map(),
    };
    const rules = { ...RULES, hosts: ['resource.example.org'] };
    return verifyProof(EXAMPLE, accessToken, thumbprint, request, rules, () => at);
  };

  test('its example is a proof, for its token, its key and its minute alone', async () => {
    expect(await verified(1_562_262_618)).toEqual({
      thumbprint: THUMBPRINT,
      id: 'e1j3V_bKic8-LAEB',
      until: 1_562_262_678,
    });
    await expect(verified(1_562_262_618, `${TOKEN}x`)).rejects.toMatchObject({ reason: 'proof-token-hash' });
    await expect(verified(1_562_262_618, TOKEN, bound)).rejects.toMatchObject({ reason: 'token-of-another-key' });
    await expect(verified(1_562_262_678)).rejects.toMatchObject({ reason: 'proof-too-old' });
  });
});

describe('a proof of the key that the token is bound to', () => {
  test.each<[string, (accessToken: string) => string, Called]>([
    ['of ES256', (t) => proof(t), {}],
    ['for a URL with query and fragment, which are ignored', (t) => proof(t, { htu: `${URL_CALLED}?page=2#top` }), {}],
    [
      'for the same URL, written otherwise',
      (t) => proof(t, { htu: `HTTPS://${HOST.toUpperCase()}:443/v1/%6Frders/7` }),
      {},
    ],
    ['within the skew of two clocks', (t) => proof(t, { iat: NOW + 4 }), {}],
    ['a minute old, almost', (t) => proof(t, { iat: NOW - 59 }), {}],
    ['with a kid that nobody asked for', (t) => proof(t, {}, { kid: '../x' }), {}],
  ])('%s is let in', async (_, make, called) => {
    const accessToken = token();
    expect(outcome(await authorizer()(presenting(accessToken, make(accessToken), called)))).toBe('allow');
  });

  test('of Ed25519 is let in', async () => {
    const key = pair('ed25519');
    const accessToken = token({ cnf: { jkt: await calculateJwkThumbprint(jwkOf(key) as never) } });
    const written = proof(accessToken, {}, { alg: 'EdDSA' }, key);
    expect(outcome(await authorizer()(presenting(accessToken, written)))).toBe('allow');
  });
});

describe('an attack is denied, with its reason in the log and none for the caller', () => {
  const hmac = (t: string) =>
    signed({ typ: 'dpop+jwt', alg: 'HS256', jwk: { kty: 'oct', k: 'c2VjcmV0' } }, claims(t), Buffer.from('secret'));

  test.each<[string, (accessToken: string) => string, string]>([
    ['for another method', (t) => proof(t, { htm: 'POST' }), 'proof-method'],
    ['for the method in lower case', (t) => proof(t, { htm: 'get' }), 'proof-method'],
    ['for another path', (t) => proof(t, { htu: `https://${HOST}/v1/orders/8` }), 'proof-url'],
    ['for a path that begins alike', (t) => proof(t, { htu: `${URL_CALLED}/items` }), 'proof-url'],
    ['for another host', (t) => proof(t, { htu: 'https://evil.example.com/v1/orders/7' }), 'proof-url'],
    ['for another port', (t) => proof(t, { htu: `https://${HOST}:8443/v1/orders/7` }), 'proof-url'],
    ['without encryption', (t) => proof(t, { htu: URL_CALLED.replace('https', 'http') }), 'proof-url'],
    ['with a name in front of the host', (t) => proof(t, { htu: URL_CALLED.replace('//', '//a:b@') }), 'proof-url'],
    ['a slash encoded', (t) => proof(t, { htu: `https://${HOST}/v1/orders%2F7` }), 'proof-url'],
    ['for no URL', (t) => proof(t, { htu: '/v1/orders/7' }), 'proof-url'],
    ['stolen token, own key', (t) => proof(t, {}, {}, thief), 'token-of-another-key'],
    ['own key claimed, signed by another', (t) => proof(t, {}, { jwk: jwkOf(client) }, thief), 'proof-signature'],
    ['without the hash of the token', (t) => proof(t, { ath: undefined }), 'proof-token-hash'],
    ['with the hash of another token', (t) => proof(t, { ath: hashOf(`${t}x`) }), 'proof-token-hash'],
    ['a minute old', (t) => proof(t, { iat: NOW - 60 }), 'proof-too-old'],
    ['of the future', (t) => proof(t, { iat: NOW + 6 }), 'proof-not-yet-valid'],
    ['without a time', (t) => proof(t, { iat: undefined }), 'proof-claims'],
    ['with a time that is text', (t) => proof(t, { iat: String(NOW) }), 'proof-claims'],
    ['without an id', (t) => proof(t, { jti: undefined }), 'proof-claims'],
    ['with a huge id', (t) => proof(t, { jti: 'x'.repeat(513) }), 'proof-claims'],
    ['of another type', (t) => proof(t, {}, { typ: 'JWT' }), 'proof-type'],
    ['of no type', (t) => proof(t, {}, { typ: undefined }), 'proof-type'],
    ['the access token as the proof', (t) => t, 'proof-key'],
    [
      'with the algorithm none',
      (t) => `${base64({ typ: 'dpop+jwt', alg: 'none', jwk: jwkOf(client) })}.${base64(claims(t))}.`,
      'proof-algorithm',
    ],
    ['with a shared secret', hmac, 'proof-algorithm'],
    [
      'of an algorithm that the domain does not allow',
      (t) => proof(t, {}, { alg: 'RS256', jwk: jwkOf(pair('rsa')) }),
      'proof-algorithm',
    ],
    ['without a key', (t) => proof(t, {}, { jwk: undefined }), 'proof-key'],
    ['with a private key', (t) => proof(t, {}, { jwk: client.privateKey.export({ format: 'jwk' }) }), 'proof-key'],
    [
      'with a point that is on no curve',
      (t) => proof(t, {}, { jwk: { ...jwkOf(client), x: jwkOf(client).y } }),
      'proof-key',
    ],
    ['with a key of another curve', (t) => proof(t, {}, { jwk: jwkOf(pair('p384')) }), 'proof-key'],
    ['with something to be understood', (t) => proof(t, {}, { crit: ['exp'], exp: 1 }), 'proof-malformed'],
    ['that is no token', () => 'proof', 'proof-malformed'],
    [
      'whose claims are no object',
      () => signed({ typ: 'dpop+jwt', alg: 'ES256', jwk: jwkOf(client) }, [1], client.privateKey),
      'proof-malformed',
    ],
    ['that is oversized', (t) => proof(t, { padding: 'x'.repeat(9000) }), 'credentials-too-large'],
    ['that is left out', () => '', 'proof-missing'],
  ])('%s', async (_, make, reason) => {
    const accessToken = token();
    const written = make(accessToken);
    const found = await authorizer()(presenting(accessToken, written));
    expect(outcome(found)).toBe(`${reason}: Unauthorized`);
    for (const part of [...written.split('.'), ...accessToken.split('.')]) {
      if (part.length > 8) expect(found.line).not.toContain(part);
    }
  });

  test('two proofs, one of them good', async () => {
    const accessToken = token();
    const event = presenting(accessToken, [proof(accessToken), proof(accessToken)]);
    expect(outcome(await authorizer()(event))).toBe('credentials-ambiguous: Unauthorized');
  });

  test('a token that is bound to no key, or to something else', async () => {
    for (const cnf of [undefined, {}, { 'x5t#S256': 'x' }, { jkt: 7 }]) {
      const accessToken = token({ cnf });
      const found = await authorizer()(presenting(accessToken, proof(accessToken)));
      expect(outcome(found)).toBe('token-not-bound: Unauthorized');
    }
  });

  test('a bound token as a bearer token', async () => {
    const accessToken = token();
    const event = anEvent({ headers: { authorization: `Bearer ${accessToken}`, dpop: proof(accessToken) } });
    expect(outcome(await authorizer()(event))).toBe('scheme-wrong: Unauthorized');
  });

  test('a host that is not the API’s, in request and proof alike', async () => {
    const accessToken = token();
    const written = proof(accessToken, { htu: 'https://evil.example.com/v1/orders/7' });
    const event = presenting(accessToken, written, { host: 'evil.example.com' });
    expect(outcome(await authorizer()(event))).toBe('proof-url: Unauthorized');
  });

  test('an expired token with a fresh proof', async () => {
    const accessToken = token({ exp: NOW - 60 });
    const found = await authorizer()(presenting(accessToken, proof(accessToken)));
    expect(outcome(found)).toBe('token-expired: Unauthorized');
  });
});

describe('a proof is taken once', () => {
  test('the second time it is a replay, by every instance', async () => {
    const items = inMemory();
    const accessToken = token();
    const event = presenting(accessToken, proof(accessToken));
    expect(outcome(await authorizer(RULES, items)(event))).toBe('allow');
    expect(outcome(await authorizer(RULES, items)(event))).toBe('proof-replayed: Unauthorized');
    const another = presenting(accessToken, proof(accessToken));
    expect(outcome(await authorizer(RULES, items)(another))).toBe('allow');
  });

  test('of many at once exactly one is let in', async () => {
    const ask = authorizer();
    const accessToken = token();
    const event = presenting(accessToken, proof(accessToken));
    const outcomes = (await Promise.all(Array.from({ length: 20 }, () => ask(event)))).map(outcome);
    expect(outcomes.filter((one) => one === 'allow')).toHaveLength(1);
    expect(outcomes.filter((one) => one === 'proof-replayed: Unauthorized')).toHaveLength(19);
  });

  test('two clients may choose one id', async () => {
    const items = inMemory();
    const both = [client, thief];
    for (const key of both) {
      const accessToken = token({ cnf: { jkt: await calculateJwkThumbprint(jwkOf(key) as never) } });
      const found = await authorizer(
        RULES,
        items,
      )(presenting(accessToken, proof(accessToken, { jti: 'one' }, {}, key)));
      expect(outcome(found)).toBe('allow');
    }
    expect(items.items.size).toBe(both.length);
  });

  test('a proof that was denied is not remembered, and what is remembered tells nothing of it', async () => {
    const items = inMemory();
    const accessToken = token();
    await authorizer(RULES, items)(presenting(accessToken, proof(accessToken, { htm: 'PUT' })));
    expect(items.items.size).toBe(0);
    await authorizer(RULES, items)(presenting(accessToken, proof(accessToken, { jti: 'readable' })));
    expect([...items.items.keys()]).toEqual([expect.stringMatching(/^proof#[\w-]{43}$/)]);
  });

  test('a table that cannot be reached lets nobody in: the fault is ours, 500', async () => {
    const broken: Items = {
      add: () => Promise.reject(new Error('throttled')),
      get: () => Promise.reject(new Error('throttled')),
    };
    const accessToken = token();
    const found = await authorizer(RULES, broken)(presenting(accessToken, proof(accessToken)));
    expect(outcome(found)).toBe('Error: the authorizer failed');
    expect(found.line).not.toContain('throttled');
  });
});

describe('nonces', () => {
  const WITH = { ...RULES, nonce: true };
  const call = async (items: Items, nonce?: unknown, clock = () => NOW) => {
    const accessToken = token();
    const found = await authorizer(
      WITH,
      items,
      clock,
    )(presenting(accessToken, proof(accessToken, { nonce, iat: clock() })));
    const given = 'answer' in found ? found.answer.context : undefined;
    return { outcome: outcome(found), given };
  };

  test('a proof without one is told the current one, and nothing else', async () => {
    const { outcome, given } = await call(inMemory());
    expect(outcome).toBe('proof-nonce: Deny');
    expect(given).toEqual({ challenge: 'DPoP error="use_dpop_nonce"', nonce: expect.stringMatching(/^[\w-]{32}$/) });
  });

  test('with the current one it is let in; with a wrong, an empty or an old one it is not', async () => {
    const items = inMemory();
    const { given } = await call(items);
    expect((await call(items, given?.nonce)).outcome).toBe('allow');
    for (const wrong of ['', 'x', `${given?.nonce}x`]) {
      expect((await call(items, wrong)).outcome).toBe('proof-nonce: Deny');
    }
    const later = (seconds: number) => () => NOW + seconds;
    const soon = 300 - (NOW % 300);
    expect((await call(items, given?.nonce, later(soon))).outcome).toBe('allow');
  });

  test('it is good for this slot of five minutes and the next', async () => {
    const items = inMemory();
    const start = Math.floor(NOW / 300) * 300;
    const at = async (seconds: number, nonce?: string) => {
      const clock = () => start + seconds;
      const accessToken = token({ exp: start + 5000, iat: start });
      const written = proof(accessToken, { nonce, iat: clock() });
      const authenticate = dpop(issuer.tokens({}, clock), new ProofStore(items), WITH, clock);
      return await ask(configured(), authenticate, presenting(accessToken, written));
    };
    const first = await at(0);
    const nonce = 'answer' in first ? first.answer.context?.nonce : undefined;
    expect(outcome(await at(599, nonce))).toBe('allow');
    expect(outcome(await at(600, nonce))).toBe('proof-nonce: Deny');
  });

  test('all instances hand out one and the same', async () => {
    const items = inMemory();
    const nonces = await Promise.all(Array.from({ length: 5 }, async () => (await call(items)).given?.nonce));
    expect(new Set(nonces).size).toBe(1);
  });

  test('one that is no text is malformed', async () => {
    expect((await call(inMemory(), 7)).outcome).toBe('proof-claims: Unauthorized');
  });
});

test('a client of another make gets through, the nonce included', async () => {
  const keys = await oauth.generateKeyPair('ES256');
  const handle = oauth.DPoP({}, keys);
  const jkt = await handle.calculateThumbprint();
  const real = Math.floor(Date.now() / 1000);
  const clock = () => Date.now() / 1000;
  const accessToken = issuer.token({ cnf: { jkt }, iat: real, exp: real + 60 });
  const authenticate = dpop(issuer.tokens({}, clock), new ProofStore(inMemory()), { ...RULES, nonce: true }, clock);
  const seen: string[] = [];

  /** API Gateway: the answer of the authorizer as a response. */
  const gateway = async (_: string, { headers }: { headers: Headers | Record<string, string> }) => {
    const found = await ask(configured(), authenticate, anEvent({ headers: Object.fromEntries(new Headers(headers)) }));
    seen.push(outcome(found));
    const context = 'answer' in found ? found.answer.context : undefined;
    if (context?.nonce === undefined) return new Response('{}', { status: seen.at(-1) === 'allow' ? 200 : 401 });
    const answered = { 'WWW-Authenticate': context.challenge ?? '', 'DPoP-Nonce': context.nonce };
    return new Response('{}', { status: 401, headers: answered });
  };
  const call = () =>
    oauth.protectedResourceRequest(accessToken, 'GET', new URL(URL_CALLED), undefined, undefined, {
      DPoP: handle,
      [oauth.customFetch]: gateway as never,
    });
  const retried = await call().catch((error: unknown) => {
    if (oauth.isDPoPNonceError(error)) return call();
    throw error;
  });
  expect(retried.status).toBe(200);
  expect(seen).toEqual(['proof-nonce: Deny', 'allow']);
});
