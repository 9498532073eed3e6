/** The `jwt` authorizer: a valid token is let in, and each attack on it is denied for its own reason, which only the log learns. */
import type { Configuration } from '../../lib/authorizer/configuration';
import { bearer } from '../../lib/authorizer/jwt';
import { API, anEvent, ask, type Called, configured, outcome } from './a-request';
import { AnIssuer, AUDIENCE, base64, ISSUER, type Json, NOW, pair, signed, TOKEN } from './an-issuer';

const issuer = new AnIssuer();
const other = new AnIssuer();
const bearing = (token: string, more: Called = {}): unknown =>
  anEvent({ ...more, headers: { Authorization: `Bearer ${token}`, ...more.headers } });

const judge = async (event: unknown, tokens = issuer.tokens(), configuration: Configuration = configured()) =>
  await ask(configuration, bearer(tokens), event);

describe('a valid token', () => {
  test('is let in, to the one method that was asked for', async () => {
    const found = await judge(bearing(issuer.token()));
    expect(found).toMatchObject({
      answer: {
        principalId: 'ann',
        context: { subject: 'ann', client: 'app', scope: 'orders.read profile' },
        policyDocument: {
          Statement: [{ Effect: 'Allow', Action: 'execute-api:Invoke', Resource: [`${API}/GET/orders/7`] }],
        },
      },
      log: {
        authorizer: 'orders',
        decision: 'allow',
        requestId: 'c0ffee',
        method: 'GET',
        route: '/orders/{id}',
        principal: 'ann',
      },
    });
  });

  test.each<[string, () => string]>([
    [
      'signed with RSA',
      () => signed({ typ: 'at+jwt', alg: 'RS256', kid: 'rsa-1' }, issuer.claims(), issuer.rsa.privateKey),
    ],
    ['for several audiences', () => issuer.token({ aud: ['https://elsewhere.example.com', AUDIENCE] })],
    ['with the long form of its type', () => issuer.token({}, { typ: 'application/AT+JWT' })],
    ['within the skew of two clocks', () => issuer.token({ exp: NOW - 3, iat: NOW - 300 })],
    ['with scopes as a list', () => issuer.token({ scope: undefined, scp: ['orders.read'] })],
  ])('%s is let in', async (_, token) => {
    expect(outcome(await judge(bearing(token())))).toBe('allow');
  });

  test('is kept for every route that its scopes open, and no other, when answers are cached', async () => {
    const cached = configured({ cached: true });
    const resources = async (scope: string) => {
      const found = await judge(
        bearing(issuer.token({ scope }), scope === 'orders.write' ? POST : {}),
        undefined,
        cached,
      );
      return 'answer' in found ? found.answer.policyDocument.Statement[0]?.Resource : found.thrown;
    };
    expect(await resources('orders.read')).toEqual([`${API}/GET/orders/*`, `${API}/GET/orders`]);
    expect(await resources('orders.write')).toEqual([`${API}/POST/orders`]);
    expect(await resources('orders.read orders.write')).toHaveLength(3);
  });
});

const POST: Called = { method: 'POST', resource: '/orders', path: '/v1/orders' };

describe('an attack is denied, with its reason in the log and none for the caller', () => {
  const pem = issuer.ec.publicKey.export({ type: 'spki', format: 'pem' }) as string;
  const header: Json = { typ: 'at+jwt', alg: 'ES256', kid: 'ec-1' };
  const foreign = pair('ec');
  const jwk = foreign.publicKey.export({ format: 'jwk' });

  test.each<[string, () => string, string]>([
    [
      'algorithm confusion: the public key as the secret of an HMAC',
      () => signed({ ...header, alg: 'HS256' }, issuer.claims(), Buffer.from(pem)),
      'token-algorithm',
    ],
    [
      'the secret of a symmetric key in the set',
      () => signed({ ...header, alg: 'ES256', kid: 'oct-1' }, issuer.claims(), Buffer.from('secret')),
      'token-algorithm',
    ],
    ['no signature', () => `${base64({ ...header, alg: 'none' })}.${base64(issuer.claims())}.`, 'token-malformed'],
    [
      'the algorithm none',
      () => `${base64({ ...header, alg: 'none' })}.${base64(issuer.claims())}.AA`,
      'token-algorithm',
    ],
    ['None, by another spelling', () => issuer.token({}, { alg: 'nOnE' }), 'token-algorithm'],
    [
      'an algorithm that the domain does not allow',
      () => signed({ ...header, alg: 'ES384' }, issuer.claims(), pair('p384').privateKey),
      'token-algorithm',
    ],
    ['a key of another kind than the algorithm', () => issuer.token({}, { kid: 'rsa-1' }), 'token-algorithm'],
    ['another key under a known id', () => signed(header, issuer.claims(), foreign.privateKey), 'token-signature'],
    ['a changed claim', () => swapped(issuer.token(), { scope: 'orders.read orders.write' }), 'token-signature'],
    ['another issuer', () => issuer.token({ iss: `${ISSUER}/` }), 'token-issuer'],
    ['another issuer of the same keys', () => issuer.token({ iss: 'https://evil.example.com' }), 'token-issuer'],
    ['the keys of another issuer', () => other.token(), 'token-signature'],
    ['another audience', () => issuer.token({ aud: 'https://billing.example.com' }), 'token-audience'],
    ['no audience', () => issuer.token({ aud: undefined }), 'token-audience'],
    ['the beginning of the audience', () => issuer.token({ aud: AUDIENCE.slice(0, -1) }), 'token-audience'],
    ['expired', () => issuer.token({ exp: NOW - 6 }), 'token-expired'],
    ['never expires', () => issuer.token({ exp: undefined }), 'token-claims'],
    ['not yet valid', () => issuer.token({ nbf: NOW + 6 }), 'token-not-yet-valid'],
    ['of the future', () => issuer.token({ iat: NOW + 60 }), 'token-not-yet-valid'],
    ['kid: a path', () => issuer.token({}, { kid: '../../../../dev/null' }), 'token-key-unknown'],
    ['kid: a query', () => issuer.token({}, { kid: "x' UNION SELECT 'secret" }), 'token-header-forbidden'],
    ['kid: a name of every object', () => issuer.token({}, { kid: '__proto__' }), 'token-key-unknown'],
    ['kid: too long', () => issuer.token({}, { kid: 'k'.repeat(257) }), 'token-header-forbidden'],
    ['kid: none', () => issuer.token({}, { kid: undefined }), 'token-header-forbidden'],
    ['kid: no text', () => issuer.token({}, { kid: 7 }), 'token-malformed'],
    [
      'jku: keys of the attacker',
      () => issuer.token({}, { jku: 'https://evil.example.com/jwks.json' }),
      'token-header-forbidden',
    ],
    [
      'x5u: a certificate of the attacker',
      () => issuer.token({}, { x5u: 'https://evil.example.com/c' }),
      'token-header-forbidden',
    ],
    [
      'jwk: the key itself',
      () => signed({ ...header, jwk }, issuer.claims(), foreign.privateKey),
      'token-header-forbidden',
    ],
    ['x5c: the certificate itself', () => issuer.token({}, { x5c: ['MII'] }), 'token-header-forbidden'],
    ['crit: something to be understood', () => issuer.token({}, { crit: ['exp'] }), 'token-header-forbidden'],
    ['an identity token', () => issuer.token({}, { typ: 'JWT' }), 'token-type'],
    ['a proof in place of a token', () => issuer.token({}, { typ: 'dpop+jwt' }), 'token-type'],
    ['no client', () => issuer.token({ client_id: undefined }), 'token-claims'],
    ['oversized', () => issuer.token({ padding: 'x'.repeat(9000) }), 'credentials-too-large'],
    ['nested deeper than a stack', () => `${base64(header)}.${base64('['.repeat(5000))}.AA`, 'token-malformed'],
    ['no JSON', () => `${base64('{"alg":')}.${base64(issuer.claims())}.AA`, 'token-malformed'],
    ['two parts', () => 'a.b', 'token-malformed'],
    ['five parts', () => 'a.b.c.d.e', 'token-malformed'],
    ['bound to a key, its proof left out', () => issuer.token({ cnf: { jkt: 'x' } }), 'token-bound-elsewhere'],
  ])('%s', async (_, make, reason) => {
    const token = make();
    const found = await judge(bearing(token));
    expect(outcome(found)).toBe(`${reason}: Unauthorized`);
    leaksNothing(found.line, token);
  });

  test.each<[string, Called, string]>([
    ['no header', { headers: {} }, 'credentials-missing'],
    ['an empty header', { headers: { authorization: '' } }, 'credentials-missing'],
    ['another scheme', { headers: { authorization: `Basic ${base64('ann:secret')}` } }, 'scheme-wrong'],
    ['no token', { headers: { authorization: 'Bearer ' } }, 'token-malformed'],
    ['two tokens in one header', { headers: { authorization: `Bearer ${issuer.token()} x` } }, 'token-malformed'],
    [
      'two headers',
      { headers: { authorization: [`Bearer ${issuer.token()}`, `Bearer ${issuer.token()}`] } },
      'credentials-ambiguous',
    ],
    [
      'two spellings of one header',
      { headers: { authorization: `Bearer ${issuer.token()}`, Authorization: 'Bearer x' } },
      'credentials-ambiguous',
    ],
  ])('%s', async (_, called, reason) => {
    expect(outcome(await judge(anEvent(called)))).toBe(`${reason}: Unauthorized`);
  });

  test.each<[string, string, Called, string]>([
    ['a scope of another route', 'orders.write', {}, 'scope-missing'],
    ['a scope that begins alike', 'orders.readers', {}, 'scope-missing'],
    ['no scope', '', {}, 'scope-missing'],
    ['a route that nobody declared', 'orders.read', { resource: '/admin', path: '/v1/admin' }, 'route-unknown'],
    ['another method of a declared route', 'orders.read', { method: 'DELETE' }, 'route-unknown'],
  ])('%s: known, and may not: 403', async (_, scope, called, reason) => {
    const found = await judge(bearing(issuer.token({ scope }), called));
    expect(outcome(found)).toBe(`${reason}: Deny`);
    expect('answer' in found && found.answer.context).toBeUndefined();
  });
});

describe('kinds of tokens', () => {
  test('of Cognito: access tokens, not identity tokens', async () => {
    const tokens = issuer.tokens({ type: 'cognito' });
    const token = (use: string) => bearing(issuer.token({ token_use: use }, { typ: undefined }));
    expect(outcome(await judge(token('access'), tokens))).toBe('allow');
    expect(outcome(await judge(token('id'), tokens))).toBe('token-type: Unauthorized');
  });

  test('of an issuer that marks none: by audience', async () => {
    const tokens = issuer.tokens({ type: 'audience' });
    const plain = (more: Json) =>
      bearing(issuer.token({ client_id: undefined, jti: undefined, ...more }, { typ: 'JWT' }));
    expect(outcome(await judge(plain({}), tokens))).toBe('allow');
    expect(outcome(await judge(plain({ aud: 'app' }), tokens))).toBe('token-audience: Unauthorized');
  });
});

describe('the keys', () => {
  const counted = () => {
    const fresh = new AnIssuer();
    const time = { now: NOW };
    const tokens = fresh.tokens({}, () => time.now);
    const call = async (header: Json = {}) =>
      outcome(await judge(bearing(fresh.token({ exp: NOW + 9000 }, header)), tokens));
    return { fresh, time, call };
  };

  test('are fetched from the configured address alone, and kept', async () => {
    const { fresh, call } = counted();
    expect([await call(), await call()]).toEqual(['allow', 'allow']);
    expect(fresh.fetched).toEqual([TOKEN.jwksUri]);
  });

  test('are fetched again for an unknown id, but not for each of many', async () => {
    const { fresh, time, call } = counted();
    await call();
    time.now += 11;
    for (const id of ['a', 'b', 'c']) expect(await call({ kid: id })).toBe('token-key-unknown: Unauthorized');
    expect(fresh.fetched).toHaveLength(2);
  });

  test('are forgotten when the issuer withdraws them', async () => {
    const { fresh, time, call } = counted();
    expect(await call()).toBe('allow');
    fresh.answer = () => ({ keys: fresh.keySet().keys.filter(({ kid }) => kid !== 'ec-1') });
    expect(await call()).toBe('allow');
    time.now += 601;
    expect(await call()).toBe('token-key-unknown: Unauthorized');
  });

  test('serve for an hour while the issuer cannot be reached, and no longer: then the fault is ours, 500', async () => {
    const { fresh, time, call } = counted();
    expect(await call()).toBe('allow');
    fresh.answer = () => {
      throw new Error(`unreachable: ${ISSUER}`);
    };
    time.now += 1800;
    expect(await call()).toBe('allow');
    time.now += 1801;
    expect(await call()).toBe('Error: the authorizer failed');
  });

  test.each<[string, unknown]>([
    ['no keys', {}],
    ['a list', []],
    ['keys that are none', { keys: [7] }],
    ['far too many', { keys: [], padding: 'x'.repeat(300_000) }],
  ])('a set with %s lets nobody in', async (_, set) => {
    const { fresh, call } = counted();
    fresh.answer = () => set;
    expect(await call()).toMatch(/: the authorizer failed$/);
  });
});

test('an event of another kind of authorizer is a fault of ours, and lets nobody in', async () => {
  for (const event of [
    undefined,
    {},
    { type: 'TOKEN', authorizationToken: `Bearer ${issuer.token()}`, methodArn: API },
  ]) {
    expect(outcome(await judge(event))).toBe('TypeError: the authorizer failed');
  }
});

function swapped(token: string, more: Json): string {
  const [header, , signature] = token.split('.');
  return `${header}.${base64(issuer.claims(more))}.${signature}`;
}

/** No part of a credential that is long enough to be one. */
function leaksNothing(line: string, token: string): void {
  for (const part of token.split('.')) if (part.length > 8) expect(line).not.toContain(part);
  expect(line).not.toContain('evil');
}
