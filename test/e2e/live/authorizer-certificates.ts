/**
 * Client certificates, live: valid callers and the attack table, behind a gateway that checks certificates as API
 * Gateway does, behind one that checks none, and by the default endpoint, which knows no certificates.
 */
import { request } from 'node:https';
import { authorizerStack, CLIENT, HOST } from './authorizer-app';
import { type Adjust, type Closing, type Place, start } from './authorizer-start';
import { ask, must, ROOT_USER } from './aws';
import { physicalIds } from './deploy';
import { type Row, row } from './evidence';
import { LocalGateway } from './local-gateway';
import { ACCOUNT, REGION } from './place';
import { Authority, type Identity } from './tls';

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

export async function certified(place: Place, partner: Authority, closing: Closing): Promise<readonly Row[]> {
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
    await pastTheCertificates(place),
  );
  return rows;
}

/** The endpoint that every API has by default, through the emulator's gateway: it asks for no certificate. */
async function pastTheCertificates({ site }: Place): Promise<Row> {
  const call = async (domain: 'bearer' | 'certified') => {
    const stack = authorizerStack(domain);
    const ids = (await physicalIds(site, [stack]))[stack] ?? {};
    const api = Object.entries(ids).find(([logicalId]) => /^\w+Api[0-9A-F]{8}$/.test(logicalId))?.[1];
    if (api === undefined) throw new Error(`\`${stack}\` has no API`);
    const host = `${api}.execute-api.${REGION}.amazonaws.com`;
    return ask(site.endpoint, `${site.endpoint.url}/v1/orders`, 'GET', { host });
  };
  const [off, on] = [await call('certified'), await call('bearer')];
  return row('D6, D8', 'the default endpoint of a domain with client certificates is called', 'live', {
    observed:
      off.status === 403 && off.body.includes('endpoint is disabled')
        ? 'denied'
        : `${off.status}: ${off.body.slice(0, 80)}`,
    twin: { what: 'where it is on, it asks for a token', holds: on.status === 401 },
  });
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
