/** Certificate authorities, their clients and their revocation lists, with real keys. */
import 'reflect-metadata';
import { webcrypto } from 'node:crypto';
import {
  AuthorityKeyIdentifierExtension,
  BasicConstraintsExtension,
  cryptoProvider,
  type ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  Extension,
  KeyUsageFlags,
  KeyUsagesExtension,
  SubjectAlternativeNameExtension,
  type X509Certificate,
  X509CertificateGenerator,
  X509CrlGenerator,
} from '@peculiar/x509';
import { NOW } from './an-issuer';

const { subtle } = webcrypto;
cryptoProvider.set(webcrypto as never);

type Key = webcrypto.CryptoKey;
type KeyPair = webcrypto.CryptoKeyPair;

const EC = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;
const DAY = 86_400;
const at = (seconds: number) => new Date(seconds * 1000);

let serial = 0x1000;

export interface CertificateOf {
  /** In the order in which it is encoded, the most general first. */
  readonly subject?: string;
  readonly from?: number;
  readonly until?: number;
  readonly names?: readonly { readonly type: 'dns' | 'url' | 'email'; readonly value: string }[];
  readonly usages?: readonly ExtendedKeyUsage[];
  readonly keyUsage?: KeyUsageFlags;
  readonly authority?: boolean;
  readonly pathLength?: number;
  readonly extensions?: readonly Extension[];
  /** Signed with another key than the authority's. */
  readonly signedBy?: Key;
}

export interface ListOf {
  readonly revoked?: readonly X509Certificate[];
  readonly thisUpdate?: number;
  readonly nextUpdate?: number | 'none';
  readonly extensions?: readonly Extension[];
  /** Signed with another key than the authority's. */
  readonly signedBy?: Key;
}

export class Authority {
  private constructor(
    public readonly name: string,
    public readonly keys: KeyPair,
    public readonly certificate: X509Certificate,
  ) {}

  /** One that signed itself, or that `parent` signed. */
  public static async named(name: string, parent?: Authority, more: CertificateOf = {}): Promise<Authority> {
    const keys = await subtle.generateKey(EC, true, ['sign', 'verify']);
    const authority = { authority: true, keyUsage: KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign, ...more };
    const certificate = await issue(keys, parent?.keys ?? keys, parent?.name ?? name, { subject: name, ...authority });
    return new Authority(name, keys, certificate);
  }

  /** Another certificate of the same name and key. */
  public renewed(more: CertificateOf = {}): Promise<X509Certificate> {
    const keyUsage = KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign;
    return issue(this.keys, this.keys, this.name, { subject: this.name, authority: true, keyUsage, ...more });
  }

  public async client(more: CertificateOf = {}): Promise<X509Certificate> {
    const keys = await subtle.generateKey(EC, true, ['sign', 'verify']);
    return await issue(keys, this.keys, this.name, more);
  }

  public async list(more: ListOf = {}): Promise<Buffer> {
    const { revoked = [], thisUpdate = NOW - DAY, nextUpdate = NOW + DAY, extensions = [], signedBy } = more;
    const list = await X509CrlGenerator.create({
      issuer: this.name,
      thisUpdate: at(thisUpdate),
      ...(nextUpdate === 'none' ? {} : { nextUpdate: at(nextUpdate) }),
      signingKey: signedBy ?? this.keys.privateKey,
      signingAlgorithm: EC,
      entries: revoked.map(({ serialNumber }) => ({ serialNumber, revocationDate: at(NOW - DAY) })),
      extensions: [await AuthorityKeyIdentifierExtension.create(this.keys.publicKey), ...extensions],
    });
    return Buffer.from(list.rawData);
  }
}

async function issue(keys: KeyPair, by: KeyPair, issuer: string, of: CertificateOf): Promise<X509Certificate> {
  const { subject = 'C=DE, O=Partner, CN=shop', from = NOW - DAY, until = NOW + DAY, names = [], usages } = of;
  const { keyUsage = KeyUsageFlags.digitalSignature, authority = false, pathLength, extensions = [] } = of;
  serial += 1;
  return await X509CertificateGenerator.create({
    serialNumber: serial.toString(16),
    subject,
    issuer,
    notBefore: at(from),
    notAfter: at(until),
    publicKey: keys.publicKey,
    signingKey: of.signedBy ?? by.privateKey,
    signingAlgorithm: EC,
    extensions: [
      new BasicConstraintsExtension(authority, pathLength, true),
      new KeyUsagesExtension(keyUsage, true),
      ...(usages === undefined ? [] : [new ExtendedKeyUsageExtension([...usages])]),
      ...(names.length === 0 ? [] : [new SubjectAlternativeNameExtension([...names])]),
      ...extensions,
    ],
  });
}

export const pem = (...certificates: readonly X509Certificate[]): string =>
  certificates.map((certificate) => certificate.toString('pem')).join('\n');

/** An extension that nobody knows, or one that this test need not fill in rightly. */
export const extension = (id: string, critical: boolean): Extension =>
  new Extension(id, critical, Uint8Array.from([0x30, 0x00]));
