/**
 * The authorizers: how large what is shipped is, what a cold start costs beside an empty Node
 * process, and what a decision costs once the function runs. All in processor time, so that other
 * work on the machine counts little. Lambda's own start-up and the network are not in it.
 */
import { spawnSync } from 'node:child_process';
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { calculateJwkThumbprint } from 'jose';
import { dpop } from '../../lib/authorizer/dpop';
import { type Authenticate, handlerOf } from '../../lib/authorizer/handler';
import { bearer } from '../../lib/authorizer/jwt';
import { mutualTls } from '../../lib/authorizer/mtls';
import { ProofStore } from '../../lib/authorizer/proof-store';
import type { Files } from '../../lib/authorizer/revocation';
import { anEvent, configured, HOST, URL_CALLED } from '../authorizer/a-request';
import { AnIssuer, hashOf, NOW, pair, signed, TOKEN } from '../authorizer/an-issuer';
import { Authority, pem } from '../authorizer/authorities';
import { type Measured, quantile, report } from './target';

const BUNDLES = join(__dirname, '..', '..', 'lib', 'authorizer', 'bundles');
const STARTS = 15;
const DECISIONS = 300;

const DPOP = { hosts: [HOST], algorithms: ['ES256'], maxAge: 60, nonce: false, table: 'proofs' };
const MTLS = {
  bucket: 'trust',
  trustStore: 'authorities.pem',
  trustStoreVersion: '1',
  revocationLists: ['1.crl'],
  refresh: 300,
  clients: [{ name: 'shop', subject: 'CN=shop,O=Partner,C=DE', scopes: ['orders.read'] }],
  boundTokens: false,
};

export async function run(): Promise<boolean> {
  const empty = coldStart('0');
  const started = ['jwt', 'dpop', 'mtls'].flatMap((entry): Measured[] => {
    const file = join(BUNDLES, entry, 'index.js');
    const environment = JSON.stringify({
      domain: 'orders',
      routes: [],
      cached: false,
      token: TOKEN,
      dpop: DPOP,
      mtls: MTLS,
    });
    const ask = `require(${JSON.stringify(file)}).handler(${JSON.stringify(anEvent())}).catch(() => undefined)`;
    return [
      { what: `${entry}: bundle`, value: statSync(file).size / 1024, unit: 'kB', most: 256 },
      { what: `${entry}: bundle, compressed`, value: gzipSync(readFileSync(file)).length / 1024, unit: 'kB' },
      {
        what: `${entry}: start and first denial, more than Node`,
        value: coldStart(ask, environment) - empty,
        unit: 'ms',
      },
    ];
  });
  return report([{ what: 'an empty Node process', value: empty, unit: 'ms' }, ...started, ...(await decisions())]);
}

/** Median processor time of a process of its own, in milliseconds. */
function coldStart(script: string, environment = ''): number {
  const whole = `Promise.resolve(${script}).then(() => { const { user, system } = process.cpuUsage(); process.stderr.write(String((user + system) / 1000)); })`;
  const spent = Float64Array.from({ length: STARTS }, () => {
    const env = {
      PATH: process.env.PATH,
      AWS_REGION: 'eu-central-1',
      NODE_NO_WARNINGS: '1',
      BULKHEAD_AUTHORIZER: environment,
    };
    const { stderr } = spawnSync(process.execPath, ['-e', whole], {
      encoding: 'utf8',
      env,
      cwd: join(__dirname, '..', '..'),
    });
    return Number(stderr.trim().split('\n').at(-1));
  });
  return quantile(spent, 0.5);
}

async function decisions(): Promise<Measured[]> {
  const issuer = new AnIssuer();
  const bearing = anEvent({ headers: { authorization: `Bearer ${issuer.token()}` } });
  const clock = () => NOW;

  const key = pair('ec');
  const jwk = key.publicKey.export({ format: 'jwk' });
  const token = issuer.token({ cnf: { jkt: await calculateJwkThumbprint(jwk as never) } });
  let count = 0;
  const proving = () => {
    const claims = { jti: `${count++}`, htm: 'GET', htu: URL_CALLED, iat: NOW, ath: hashOf(token) };
    const proof = signed({ typ: 'dpop+jwt', alg: 'ES256', jwk }, claims, key.privateKey);
    return anEvent({ headers: { authorization: `DPoP ${token}`, dpop: proof } });
  };
  const proofs = Array.from({ length: DECISIONS + 1 }, proving);
  const store = new ProofStore({ add: async () => true, get: async () => undefined });

  const authority = await Authority.named('C=DE, O=Partner, CN=CA');
  const certificate = await authority.client();
  const withList = async (entries: number): Promise<Authenticate> => {
    const revoked = Array.from({ length: entries }, (_, i) => ({ serialNumber: (0x10_0000 + i).toString(16) }));
    const list = await authority.list({ revoked: revoked as never });
    const files: Files = {
      newest: async () => ({ body: list, tag: 'x' }),
      version: async () => Buffer.from(pem(authority.certificate)),
    };
    return mutualTls(files, MTLS, undefined, clock);
  };
  const shown = anEvent({ certificate: pem(certificate) });
  const [small, large] = [await withList(10), await withList(2500)];
  return [
    await cost('jwt: a decision', bearer(issuer.tokens()), () => bearing),
    await cost('dpop: a decision, without the table', dpop(issuer.tokens(), store, DPOP, clock), (i) => proofs[i]),
    await cost('mtls: first decision, list of 10', small, () => shown, 0),
    await cost('mtls: first decision, list of 2,500', large, () => shown, 0),
    await cost('mtls: a decision, list of 2,500', large, () => shown),
  ];
}

/** Mean processor time of a decision that lets in, after a first one; of the first one alone when `times` is 0. */
async function cost(
  what: string,
  authenticate: Authenticate,
  event: (i: number) => unknown,
  times = DECISIONS,
): Promise<Measured> {
  const handler = handlerOf(configured(), authenticate, () => undefined);
  const spend = async (from: number, to: number) => {
    const before = process.cpuUsage();
    for (let i = from; i < to; i++) await handler(event(i));
    const { user, system } = process.cpuUsage(before);
    return (user + system) / 1000 / (to - from);
  };
  const first = await spend(0, 1);
  return { what, value: times === 0 ? first : await spend(1, times + 1), unit: 'ms' };
}
