/** Certificates with real keys, for the TLS of a run: an authority, what it issues, and what it has revoked. */
import 'reflect-metadata';
import { webcrypto } from 'node:crypto';
import {
  AuthorityKeyIdentifierExtension,
  BasicConstraintsExtension,
  cryptoProvider,
  ExtendedKeyUsageExtension,
  KeyUsageFlags,
  KeyUsagesExtension,
  PemConverter,
  SubjectAlternativeNameExtension,
  type X509Certificate,
  X509CertificateGenerator,
  X509CrlGenerator,
} from '@peculiar/x509';

cryptoProvider.set(webcrypto as never);

const EC = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;
const HOUR = 3_600_000;
const SERVER_AUTH = '1.3.6.1.5.5.7.3.1';
const CLIENT_AUTH = '1.3.6.1.5.5.7.3.2';

/** A certificate and its key, PEM. */
export interface Identity {
  readonly certificate: X509Certificate;
  readonly cert: string;
  readonly key: string;
}

export interface Issued {
  readonly subject: string;
  readonly for: 'server' | 'client';
  /** In milliseconds from now. @default an hour ago, in an hour */
  readonly from?: number;
  readonly until?: number;
}

let serial = Date.now();

export class Authority {
  private constructor(
    readonly name: string,
    private readonly keys: webcrypto.CryptoKeyPair,
    readonly certificate: X509Certificate,
  ) {}

  static async named(name: string): Promise<Authority> {
    const keys = await webcrypto.subtle.generateKey(EC, true, ['sign', 'verify']);
    serial += 1;
    const certificate = await X509CertificateGenerator.create({
      serialNumber: serial.toString(16),
      subject: name,
      issuer: name,
      notBefore: new Date(Date.now() - HOUR),
      notAfter: new Date(Date.now() + 24 * HOUR),
      publicKey: keys.publicKey,
      signingKey: keys.privateKey,
      signingAlgorithm: EC,
      extensions: [
        new BasicConstraintsExtension(true, undefined, true),
        new KeyUsagesExtension(KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign, true),
      ],
    });
    return new Authority(name, keys, certificate);
  }

  get pem(): string {
    return this.certificate.toString('pem');
  }

  async issue({ subject, for: purpose, from = -HOUR, until = HOUR }: Issued): Promise<Identity> {
    const keys = await webcrypto.subtle.generateKey(EC, true, ['sign', 'verify']);
    serial += 1;
    const certificate = await X509CertificateGenerator.create({
      serialNumber: serial.toString(16),
      subject,
      issuer: this.name,
      notBefore: new Date(Date.now() + from),
      notAfter: new Date(Date.now() + until),
      publicKey: keys.publicKey,
      signingKey: this.keys.privateKey,
      signingAlgorithm: EC,
      extensions: [
        new BasicConstraintsExtension(false, undefined, true),
        new KeyUsagesExtension(KeyUsageFlags.digitalSignature, true),
        new ExtendedKeyUsageExtension([purpose === 'server' ? SERVER_AUTH : CLIENT_AUTH]),
        ...(purpose === 'server'
          ? [
              new SubjectAlternativeNameExtension([
                { type: 'ip', value: '127.0.0.1' },
                { type: 'dns', value: 'localhost' },
              ]),
            ]
          : []),
      ],
    });
    const pkcs8 = await webcrypto.subtle.exportKey('pkcs8', keys.privateKey);
    return { certificate, cert: certificate.toString('pem'), key: PemConverter.encode(pkcs8, 'PRIVATE KEY') };
  }

  /** The list of what is revoked, DER; it names when the next comes. */
  async revoked(...certificates: readonly X509Certificate[]): Promise<Buffer> {
    const list = await X509CrlGenerator.create({
      issuer: this.name,
      thisUpdate: new Date(Date.now() - HOUR),
      nextUpdate: new Date(Date.now() + 24 * HOUR),
      signingKey: this.keys.privateKey,
      signingAlgorithm: EC,
      entries: certificates.map(({ serialNumber }) => ({ serialNumber, revocationDate: new Date(Date.now() - HOUR) })),
      extensions: [await AuthorityKeyIdentifierExtension.create(this.keys.publicKey)],
    });
    return Buffer.from(list.rawData);
  }
}
