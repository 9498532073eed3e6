/** What is shipped: each bundle loads by itself, asks Lambda's runtime for nothing but the SDK, and decides. */
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { join } from 'node:path';
import { anEvent } from './a-request';
import { AnIssuer, TOKEN } from './an-issuer';

const ROOT = join(__dirname, '..', '..');
const file = (entry: string, name = 'index.js') => join(ROOT, 'lib', 'authorizer', 'bundles', entry, name);

const DPOP = { hosts: ['x.example.com'], algorithms: ['ES256'], maxAge: 60, nonce: true, table: 'proofs' };
const MTLS = {
  bucket: 'b',
  trustStore: 'a.pem',
  trustStoreVersion: 'v',
  revocationLists: ['1.crl'],
  refresh: 300,
  clients: [{ name: 'a', subject: 'CN=a', scopes: ['orders.read'] }],
  boundTokens: false,
};
const PARTS: Readonly<Record<string, object>> = { jwt: {}, dpop: { dpop: DPOP }, mtls: { mtls: MTLS } };

/** Calls the bundle as Lambda would, in a process of its own; the last line is the outcome, those before it its log. */
function call(entry: string, event: unknown, environment: NodeJS.ProcessEnv): readonly string[] {
  const script = `require(${JSON.stringify(file(entry))}).handler(${JSON.stringify(event)}).then(
    (answer) => console.log(JSON.stringify(answer)), (error) => console.log(error.message))`;
  const env = { PATH: process.env.PATH, AWS_REGION: 'eu-central-1', ...environment };
  return execFileSync(process.execPath, ['-e', script], { encoding: 'utf8', cwd: ROOT, env }).trim().split('\n');
}

describe.each(Object.keys(PARTS))('%s', (entry) => {
  const configuration = { domain: 'orders', routes: [], cached: false, token: TOKEN, ...PARTS[entry] };
  const environment = { BULKHEAD_AUTHORIZER: JSON.stringify(configuration) };

  test('denies what carries nothing', () => {
    const [line, outcome] = call(entry, anEvent(), environment);
    expect(JSON.parse(line!)).toMatchObject({ authorizer: 'orders', decision: 'deny', route: '/orders/{id}' });
    expect(outcome).toBe('Unauthorized');
  });

  test('answers nothing without its configuration, or with one that it does not understand', () => {
    expect(call(entry, anEvent(), {})).toEqual(['the environment has no BULKHEAD_AUTHORIZER']);
    expect(() => call(entry, anEvent(), { BULKHEAD_AUTHORIZER: '{}' })).toThrow(/`domain` is not a text/);
  });
});

test('certificates alone need no token: the bundle starts without one', () => {
  const configuration = { domain: 'orders', routes: [], cached: false, mtls: MTLS };
  const [line, outcome] = call('mtls', anEvent(), { BULKHEAD_AUTHORIZER: JSON.stringify(configuration) });
  expect([JSON.parse(line!).reason, outcome]).toEqual(['certificate-missing', 'Unauthorized']);
});

test.each(Object.keys(PARTS))('%s starts one function, its own', (entry) => {
  const source = readFileSync(join(ROOT, 'lib', 'authorizer', `${entry}.ts`), 'utf8');
  const imported = [...source.matchAll(/from '\.\/([\w-]+)'/g)].map(([, name]) => name!);
  expect(imported.filter((name) => name in PARTS)).toEqual([]);
  expect(imported).toContain('handler');
});

test.each([...Object.keys(PARTS), 'publish-trust-store'])('%s requires Node and the SDK alone', (entry) => {
  const required = [...readFileSync(file(entry), 'utf8').matchAll(/\brequire\("([^"]+)"\)/g)].map(([, name]) => name!);
  const others = required.filter((name) => !builtinModules.includes(name.replace(/^node:/, '')));
  expect(others.filter((name) => !name.startsWith('@aws-sdk/client-'))).toEqual([]);
  expect(required.length).toBeGreaterThan(0);
});

test('a bundle brings the licences of what is in it', () => {
  expect(readFileSync(file('dpop', 'LICENSES.txt'), 'utf8')).toMatch(
    /^aws-jwt-verify [\d.]+, Apache-2\.0[\s\S]*\njose [\d.]+, MIT/m,
  );
  expect(existsSync(file('publish-trust-store', 'LICENSES.txt'))).toBe(false);
});

test('the same sources make the same bytes', () => {
  const before = readFileSync(file('mtls'));
  execFileSync(process.execPath, [join(ROOT, 'scripts', 'bundle-authorizers.mjs')]);
  expect(readFileSync(file('mtls')).equals(before)).toBe(true);
});

test('a token is decided by the bundle as by the sources', () => {
  const issuer = new AnIssuer();
  const event = anEvent({ headers: { authorization: `Bearer ${issuer.token({}, { alg: 'none' })}` } });
  const configuration = { domain: 'orders', routes: [], cached: false, token: TOKEN };
  const [line, outcome] = call('jwt', event, { BULKHEAD_AUTHORIZER: JSON.stringify(configuration) });
  expect([JSON.parse(line!).reason, outcome]).toEqual(['token-algorithm', 'Unauthorized']);
});
