/** The `mtls` authorizer: a client's certificate is let in, each attack on it denied; and tokens bound to certificates. */
import 'reflect-metadata';
import { ExtendedKeyUsage, KeyUsageFlags, type X509Certificate } from '@peculiar/x509';
import type { AccessTokens } from '../../lib/authorizer/access-token';
import type { Client, MtlsConfiguration } from '../../lib/authorizer/configuration';
import { mutualTls } from '../../lib/authorizer/mtls';
import type { Files } from '../../lib/authorizer/revocation';
import { parseCertificate } from '../../lib/authorizer/x509';
import { anEvent, ask, configured, type Outcome, outcome } from './a-request';
import { AnIssuer, NOW } from './an-issuer';
import { Authority, type CertificateOf, extension, type ListOf, pem } from './authorities';

const SHOP: Client = { name: 'shop', subject: 'CN=shop,O=Partner,C=DE', scopes: ['orders.read'] };

const RULES: MtlsConfiguration = {
  bucket: 'trust',
  trustStore: 'authorities.pem',
  trustStoreVersion: 'v1',
  revocationLists: ['partner.crl'],
  refresh: 300,
  clients: [SHOP],
  boundTokens: false,
};

/** A bucket of files, each with the version that was put last. */
class Bucket implements Files {
  public readonly asked: string[] = [];
  public readonly contents = new Map<string, Buffer>();

  public async newest(key: string, knownTag?: string) {
    this.asked.push(key);
    const body = this.contents.get(key);
    const tag = body?.toString('base64');
    if (body === undefined || tag === undefined) return undefined;
    return tag === knownTag ? ('unchanged' as const) : { body, tag };
  }

  public async version(key: string): Promise<Buffer> {
    const body = this.contents.get(key);
    if (body === undefined) throw new Error(`no ${key}`);
    return body;
  }
}

let partner: Authority;
let foreign: Authority;

beforeAll(async () => {
  partner = await Authority.named('C=DE, O=Partner, CN=Partner CA');
  foreign = await Authority.named('C=DE, O=Foreign, CN=Foreign CA');
});

interface Scene {
  readonly certificate?: X509Certificate | string;
  readonly trust?: readonly X509Certificate[];
  readonly lists?: Readonly<Record<string, Buffer>>;
  readonly rules?: Partial<MtlsConfiguration>;
  readonly tokens?: AccessTokens;
  readonly token?: string;
}

async function judge(scene: Scene): Promise<Outcome> {
  const { certificate, trust = [partner.certificate], rules = {}, tokens, token } = scene;
  const bucket = new Bucket();
  bucket.contents.set('authorities.pem', Buffer.from(pem(...trust)));
  for (const [key, body] of Object.entries(scene.lists ?? { 'partner.crl': await partner.list() })) {
    bucket.contents.set(key, body);
  }
  const authenticate = mutualTls(bucket, { ...RULES, ...rules }, tokens, () => NOW);
  const shown = typeof certificate === 'object' ? pem(certificate) : certificate;
  const headers: Record<string, string> = token === undefined ? {} : { authorization: `Bearer ${token}` };
  return await ask(configured(), authenticate, anEvent({ certificate: shown, headers }));
}

describe('a certificate of a listed client', () => {
  test.each<[string, () => Promise<Scene>]>([
    ['as its authority issued it', async () => ({ certificate: await partner.client() })],
    [
      'for client authentication',
      async () => ({ certificate: await partner.client({ usages: [ExtendedKeyUsage.clientAuth] }) }),
    ],
    [
      'known by an alternative name',
      async () => ({
        certificate: await partner.client({
          subject: 'CN=x',
          names: [{ type: 'url', value: 'spiffe://partner/shop' }],
        }),
        rules: { clients: [{ name: 'shop', alternativeName: 'URI:spiffe://partner/shop', scopes: ['orders.read'] }] },
      }),
    ],
    [
      'with a comma in its name',
      async () => ({
        certificate: await partner.client({ subject: 'O="Partner, Inc.", CN=shop' }),
        rules: { clients: [{ ...SHOP, subject: 'CN=shop,O=Partner\\, Inc.' }] },
      }),
    ],
    [
      'while another is revoked',
      async () => ({
        certificate: await partner.client(),
        lists: { 'partner.crl': await partner.list({ revoked: [await partner.client()] }) },
      }),
    ],
    [
      'whose list is a PEM file',
      async () => ({
        certificate: await partner.client(),
        lists: {
          'partner.crl': Buffer.from(
            `-----BEGIN X509 CRL-----\n${(await partner.list()).toString('base64')}\n-----END X509 CRL-----\n`,
          ),
        },
      }),
    ],
    [
      'of an authority that was renewed, the old one still in the trust store',
      async () => ({
        certificate: await partner.client(),
        trust: [await partner.renewed({ until: NOW - 1 }), partner.certificate],
      }),
    ],
    [
      'below an intermediate authority, each with its list',
      async () => {
        const below = await Authority.named('CN=Shops CA', partner, { pathLength: 0 });
        return {
          certificate: await below.client(),
          trust: [below.certificate, partner.certificate],
          rules: { revocationLists: ['partner.crl', 'shops.crl'] },
          lists: { 'partner.crl': await partner.list(), 'shops.crl': await below.list() },
        };
      },
    ],
  ])('%s is let in', async (_, make) => {
    const found = await judge(await make());
    expect(outcome(found)).toBe('allow');
    expect(found).toMatchObject({ answer: { principalId: 'shop', context: { client: 'shop' } } });
  });
});

describe('an attack is denied, with its reason in the log and none for the caller', () => {
  const shown = (of: CertificateOf) => async (): Promise<Scene> => ({ certificate: await partner.client(of) });
  const listed = (of: ListOf) => async (): Promise<Scene> => ({
    certificate: await partner.client(),
    lists: { 'partner.crl': await partner.list(of) },
  });
  const CRITICAL = '1.2.3.4';

  test.each<[string, () => Promise<Scene>, string]>([
    ['no certificate', async () => ({}), 'certificate-missing'],
    ['no certificate at all in the field', async () => ({ certificate: 'CN=shop' }), 'certificate-malformed'],
    ['an oversized certificate', async () => ({ certificate: 'A'.repeat(20_000) }), 'credentials-too-large'],
    ['of a foreign authority', async () => ({ certificate: await foreign.client() }), 'certificate-issuer-unknown'],
    [
      'self-signed',
      async () => ({
        certificate: (
          await Authority.named('C=DE, O=Partner, CN=shop', undefined, {
            authority: false,
            keyUsage: KeyUsageFlags.digitalSignature,
          })
        ).certificate,
      }),
      'certificate-issuer-unknown',
    ],
    [
      'self-signed, in the name of the authority',
      async () => ({
        certificate: (
          await Authority.named(partner.name, undefined, { authority: false, keyUsage: KeyUsageFlags.digitalSignature })
        ).certificate,
      }),
      'certificate-signature',
    ],
    [
      'of a foreign authority in the name of ours',
      shown({
        get signedBy() {
          return foreign.keys.privateKey;
        },
      }),
      'certificate-signature',
    ],
    [
      'issued by another client, which is no authority',
      async () => {
        const posing = await Authority.named('C=DE, O=Partner, CN=shop', partner, { authority: false });
        return {
          certificate: await posing.client({ subject: 'CN=other' }),
          trust: [partner.certificate, posing.certificate],
        };
      },
      'certificate-usage',
    ],
    [
      'issued by an authority that may not sign certificates',
      async () => {
        const signer = await Authority.named('CN=Lists', partner, { keyUsage: KeyUsageFlags.cRLSign });
        return { certificate: await signer.client(), trust: [partner.certificate, signer.certificate] };
      },
      'certificate-usage',
    ],
    [
      'below more authorities than the first allows',
      async () => {
        const top = await Authority.named('CN=Top', undefined, { pathLength: 0 });
        const below = await Authority.named('CN=Below', top);
        return {
          certificate: await below.client(),
          trust: [top.certificate, below.certificate],
        };
      },
      'certificate-usage',
    ],
    [
      'the certificate of the authority itself',
      async () => ({ certificate: partner.certificate }),
      'certificate-usage',
    ],
    ['expired', shown({ until: NOW - 1 }), 'certificate-expired'],
    ['not yet valid', shown({ from: NOW + 60 }), 'certificate-not-yet-valid'],
    [
      'of an expired authority',
      async () => {
        const old = await Authority.named('CN=Old CA', undefined, { until: NOW - 1 });
        return { certificate: await old.client(), trust: [old.certificate] };
      },
      'certificate-expired',
    ],
    ['for servers', shown({ usages: [ExtendedKeyUsage.serverAuth] }), 'certificate-usage'],
    ['for encryption only', shown({ keyUsage: KeyUsageFlags.keyEncipherment }), 'certificate-usage'],
    ['with a rule that nobody knows', shown({ extensions: [extension(CRITICAL, true)] }), 'certificate-usage'],
    [
      'revoked',
      async () => {
        const certificate = await partner.client();
        return { certificate, lists: { 'partner.crl': await partner.list({ revoked: [certificate] }) } };
      },
      'certificate-revoked',
    ],
    [
      'below a revoked authority',
      async () => {
        const below = await Authority.named('CN=Shops CA', partner);
        return {
          certificate: await below.client(),
          trust: [below.certificate, partner.certificate],
          rules: { revocationLists: ['partner.crl', 'shops.crl'] },
          lists: {
            'partner.crl': await partner.list({ revoked: [below.certificate] }),
            'shops.crl': await below.list(),
          },
        };
      },
      'certificate-revoked',
    ],
    ['no list', async () => ({ certificate: await partner.client(), lists: {} }), 'revocation-list-missing'],
    [
      'the list of another authority',
      async () => ({ certificate: await partner.client(), lists: { 'partner.crl': await foreign.list() } }),
      'revocation-list-missing',
    ],
    [
      'a list that another signed',
      listed({
        get signedBy() {
          return foreign.keys.privateKey;
        },
      }),
      'revocation-list-signature',
    ],
    [
      'a list with one bit changed',
      async () => {
        const list = await partner.list();
        list[list.length - 1]! ^= 1;
        return { certificate: await partner.client(), lists: { 'partner.crl': list } };
      },
      'revocation-list-signature',
    ],
    ['an expired list', listed({ nextUpdate: NOW }), 'revocation-list-expired'],
    ['a list without an end', listed({ nextUpdate: 'none' }), 'revocation-list-expired'],
    ['a list of the future', listed({ thisUpdate: NOW + 60 }), 'revocation-list-not-yet-valid'],
    ['a delta list', listed({ extensions: [extension('2.5.29.27', true)] }), 'revocation-list-unsupported'],
    [
      'a list of some certificates',
      listed({ extensions: [extension('2.5.29.28', false)] }),
      'revocation-list-unsupported',
    ],
    [
      'a list with a rule that nobody knows',
      listed({ extensions: [extension(CRITICAL, true)] }),
      'revocation-list-unsupported',
    ],
    [
      'a list that is none',
      async () => ({ certificate: await partner.client(), lists: { 'partner.crl': Buffer.from('nothing') } }),
      'revocation-list-malformed',
    ],
  ])('%s', async (_, make, reason) => {
    const found = await judge(await make());
    expect(outcome(found)).toBe(`${reason}: Unauthorized`);
    expect(found.line).not.toMatch(/CN=|BEGIN|Partner/);
  });

  test.each<[string, CertificateOf, Partial<Client>]>([
    ['another client', { subject: 'C=DE, O=Partner, CN=bakery' }, {}],
    ['a name that contains the client’s', { subject: 'CN=more, C=DE, O=Partner, CN=shop' }, {}],
    ['the name in another field', { subject: 'C=DE, O=Partner, OU=shop' }, {}],
    ['a value that holds a separator', { subject: 'C=DE, CN="shop,O=Partner"' }, {}],
    ['no such alternative name', {}, { alternativeName: 'DNS:shop.example.com' }],
    [
      'an alternative name that holds another',
      { names: [{ type: 'dns', value: 'x, DNS:shop.example.com' }] },
      { alternativeName: 'DNS:shop.example.com' },
    ],
    ['of another issuer', {}, { issuer: 'CN=Other CA' }],
  ])('%s is known, and not listed: 403', async (_, of, more) => {
    const found = await judge({ certificate: await partner.client(of), rules: { clients: [{ ...SHOP, ...more }] } });
    expect(outcome(found)).toBe('client-not-listed: Deny');
  });

  test('the listed client without the scope of the route: 403', async () => {
    const found = await judge({
      certificate: await partner.client(),
      rules: { clients: [{ ...SHOP, scopes: ['orders.write'] }] },
    });
    expect(outcome(found)).toBe('scope-missing: Deny');
  });
});

describe('lists as time goes by', () => {
  const scene = async () => {
    const [bucket, time] = [new Bucket(), { now: NOW }];
    const certificate = await partner.client();
    bucket.contents.set('authorities.pem', Buffer.from(pem(partner.certificate)));
    bucket.contents.set('partner.crl', await partner.list());
    const authenticate = mutualTls(bucket, RULES, undefined, () => time.now);
    const call = async () => outcome(await ask(configured(), authenticate, anEvent({ certificate: pem(certificate) })));
    return { bucket, time, certificate, call };
  };

  test('a newer list counts after five minutes, and not before the bucket is asked again', async () => {
    const { bucket, time, certificate, call } = await scene();
    expect(await call()).toBe('allow');
    bucket.contents.set('partner.crl', await partner.list({ revoked: [certificate], thisUpdate: NOW }));
    time.now += 299;
    expect(await call()).toBe('allow');
    expect(bucket.asked).toHaveLength(1);
    time.now += 1;
    expect(await call()).toBe('certificate-revoked: Unauthorized');
  });

  test('an older list does not bring a revoked certificate back', async () => {
    const { bucket, time, certificate, call } = await scene();
    const before = bucket.contents.get('partner.crl')!;
    bucket.contents.set('partner.crl', await partner.list({ revoked: [certificate], thisUpdate: NOW }));
    expect(await call()).toBe('certificate-revoked: Unauthorized');
    bucket.contents.set('partner.crl', before);
    time.now += 300;
    expect(await call()).toBe('certificate-revoked: Unauthorized');
  });

  test('a list that is taken away, or expires where it lies, lets nobody in', async () => {
    const { bucket, time, call } = await scene();
    expect(await call()).toBe('allow');
    bucket.contents.delete('partner.crl');
    time.now += 300;
    expect(await call()).toBe('revocation-list-missing: Unauthorized');
    bucket.contents.set('partner.crl', await partner.list({ nextUpdate: NOW + 400 }));
    time.now += 300;
    expect(await call()).toBe('revocation-list-expired: Unauthorized');
  });

  test('a bucket that cannot be reached is a fault of ours, 500', async () => {
    const { bucket, call } = await scene();
    bucket.newest = () => Promise.reject(new Error('AccessDenied: trust'));
    expect(await call()).toBe('Error: the authorizer failed');
  });
});

describe('with a token', () => {
  const issuer = new AnIssuer();
  const both = async (cnf: (certificate: X509Certificate) => unknown, bound: boolean) => {
    const certificate = await partner.client();
    const tokens = issuer.tokens();
    const token = issuer.token({ cnf: cnf(certificate) });
    return outcome(await judge({ certificate, tokens, token, rules: { boundTokens: bound } }));
  };
  const own = (certificate: X509Certificate) => ({ 'x5t#S256': parseCertificate(pem(certificate)).thumbprint });

  test('bound to the certificate, it is let in', async () => {
    expect(await both(own, true)).toBe('allow');
    expect(await both(own, false)).toBe('allow');
  });

  test('unbound, it is let in only where binding is not asked for', async () => {
    expect(await both(() => undefined, false)).toBe('allow');
    expect(await both(() => undefined, true)).toBe('token-not-bound: Unauthorized');
  });

  test('bound to another certificate it is denied, asked for or not: a stolen token', async () => {
    const anothers = parseCertificate(pem(await partner.client())).thumbprint;
    for (const bound of [true, false]) {
      expect(await both(() => ({ 'x5t#S256': anothers }), bound)).toBe('token-of-another-certificate: Unauthorized');
    }
    expect(await both(() => ({ 'x5t#S256': 7 }), true)).toBe('token-of-another-certificate: Unauthorized');
    expect(await both(() => ({ jkt: 'x' }), false)).toBe('token-bound-elsewhere: Unauthorized');
  });

  test('the token says who and which scopes, and the certificate alone is not enough', async () => {
    const certificate = await partner.client();
    const tokens = issuer.tokens();
    const found = await judge({ certificate, tokens, token: issuer.token() });
    expect(found).toMatchObject({ answer: { principalId: 'ann', context: { subject: 'ann', tlsClient: 'shop' } } });
    expect(outcome(await judge({ certificate, tokens }))).toBe('credentials-missing: Unauthorized');
    const powerless = await judge({ certificate, tokens, token: issuer.token({ scope: 'profile' }) });
    expect(outcome(powerless)).toBe('scope-missing: Deny');
  });

  test('the thumbprint is that of RFC 8705: SHA-256 over the certificate as it is on the wire', async () => {
    const certificate = await partner.client();
    const hash = await certificate.getThumbprint('SHA-256');
    expect(parseCertificate(pem(certificate)).thumbprint).toBe(Buffer.from(hash).toString('base64url'));
  });
});
