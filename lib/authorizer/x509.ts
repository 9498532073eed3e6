/**
 * Certificates and revocation lists, read once into what the checks need. Parsing is
 * `@peculiar/asn1-x509`'s, cryptography is Node's; why both: docs/adr/0031.
 * Throws whatever the parsers throw: the callers say whose fault that is.
 */
import { createHash, type KeyObject, verify, X509Certificate } from 'node:crypto';
import { AsnConvert } from '@peculiar/asn1-schema';
import {
  type AlgorithmIdentifier,
  BasicConstraints,
  CertificateList,
  Certificate as CertificateSchema,
  ExtendedKeyUsage,
  type Extension,
  id_ce_authorityKeyIdentifier,
  id_ce_basicConstraints,
  id_ce_cRLNumber,
  id_ce_deltaCRLIndicator,
  id_ce_extKeyUsage,
  id_ce_issuingDistributionPoint,
  id_ce_keyUsage,
  id_ce_subjectAltName,
  KeyUsage,
  KeyUsageFlags,
  type Name,
  SubjectAlternativeName,
} from '@peculiar/asn1-x509';

/** Something that an authority signed. */
interface Signed {
  readonly algorithm: AlgorithmIdentifier;
  readonly data: ArrayBuffer;
  readonly signature: ArrayBuffer;
  /** The authority's name, as encoded: authorities copy their own name into what they issue. */
  readonly issuer: string;
}

export interface Certificate extends Signed {
  readonly subject: string;
  /** As Node prints it: a line for each part, the most general first, special characters escaped as in RFC 4514. */
  readonly subjectLines: string;
  readonly issuerLines: string;
  readonly serial: string;
  readonly notBefore: number;
  readonly notAfter: number;
  readonly key: KeyObject;
  /** RFC 8705, 3.1: `x5t#S256`. */
  readonly thumbprint: string;
  /** `DNS:…`, `URI:…`, `email:…` */
  readonly alternativeNames: readonly string[];
  readonly authority: boolean;
  /** How many authorities may stand below this one; absent: any number. */
  readonly pathLength?: number;
  /** Absent: for any use. */
  readonly keyUsage?: number;
  readonly extendedKeyUsage?: readonly string[];
  /** It has a critical extension that is not checked here, like name constraints (RFC 5280, 4.2). */
  readonly unsupported: boolean;
}

export interface RevocationList extends Signed {
  readonly thisUpdate: number;
  readonly nextUpdate?: number;
  readonly serials: ReadonlySet<string>;
  /** It says something that this reader does not know and that must not be passed over (RFC 5280, 4.2). */
  readonly unsupported: boolean;
}

export const CAN_SIGN_CERTIFICATES = KeyUsageFlags.keyCertSign;
export const CAN_SIGN_LISTS = KeyUsageFlags.cRLSign;
export const CAN_SIGN = KeyUsageFlags.digitalSignature;

const CHECKED = new Set([id_ce_basicConstraints, id_ce_extKeyUsage, id_ce_keyUsage, id_ce_subjectAltName]);

export function parseCertificate(pem: string): Certificate {
  const node = new X509Certificate(pem);
  const parsed = AsnConvert.parse(node.raw, CertificateSchema);
  const { tbsCertificate: body } = parsed;
  const extension = (id: string) => body.extensions?.find(({ extnID }) => extnID === id);
  const keyUsage = read(extension(id_ce_keyUsage), KeyUsage)?.toNumber();
  const extended = read(extension(id_ce_extKeyUsage), ExtendedKeyUsage);
  const constraints = read(extension(id_ce_basicConstraints), BasicConstraints);
  return {
    algorithm: parsed.signatureAlgorithm,
    data: raw(parsed.tbsCertificateRaw),
    signature: parsed.signatureValue,
    issuer: encoded(body.issuer),
    subject: encoded(body.subject),
    subjectLines: node.subject ?? '',
    issuerLines: node.issuer ?? '',
    serial: hexadecimal(body.serialNumber),
    notBefore: seconds(body.validity.notBefore.getTime()),
    notAfter: seconds(body.validity.notAfter.getTime()),
    key: node.publicKey,
    thumbprint: createHash('sha256').update(node.raw).digest('base64url'),
    alternativeNames: [...(read(extension(id_ce_subjectAltName), SubjectAlternativeName) ?? [])].flatMap((name) => [
      ...(name.dNSName === undefined ? [] : [`DNS:${name.dNSName}`]),
      ...(name.uniformResourceIdentifier === undefined ? [] : [`URI:${name.uniformResourceIdentifier}`]),
      ...(name.rfc822Name === undefined ? [] : [`email:${name.rfc822Name}`]),
    ]),
    authority: constraints?.cA === true,
    ...(constraints?.pathLenConstraint === undefined ? {} : { pathLength: constraints.pathLenConstraint }),
    ...(keyUsage === undefined ? {} : { keyUsage }),
    ...(extended === undefined ? {} : { extendedKeyUsage: [...extended] }),
    unsupported: body.extensions?.some(({ critical, extnID }) => critical && !CHECKED.has(extnID)) === true,
  };
}

/** Of a file with one or more certificates. */
export function parseCertificates(pem: string): readonly Certificate[] {
  return (pem.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? []).map(parseCertificate);
}

/** Neither changes what a complete list of one authority says about its certificates. */
const HARMLESS = new Set([id_ce_cRLNumber, id_ce_authorityKeyIdentifier]);
/** A list with one of these is not complete, or its entries may be another authority's (RFC 5280, 5.2.4 and 5.2.5). */
const PARTIAL = new Set([id_ce_deltaCRLIndicator, id_ce_issuingDistributionPoint]);

export function parseRevocationList(bytes: Buffer): RevocationList {
  const parsed = AsnConvert.parse(derOf(bytes), CertificateList);
  const { tbsCertList: body } = parsed;
  const { nextUpdate, revokedCertificates = [], crlExtensions = [] } = body;
  const unknown = ({ critical, extnID }: Extension) => PARTIAL.has(extnID) || (critical && !HARMLESS.has(extnID));
  return {
    algorithm: parsed.signatureAlgorithm,
    data: raw(parsed.tbsCertListRaw),
    signature: parsed.signature,
    issuer: encoded(body.issuer),
    thisUpdate: seconds(body.thisUpdate.getTime()),
    ...(nextUpdate === undefined ? {} : { nextUpdate: seconds(nextUpdate.getTime()) }),
    serials: new Set(revokedCertificates.map(({ userCertificate }) => hexadecimal(userCertificate))),
    unsupported:
      crlExtensions.some(unknown) ||
      revokedCertificates.some(({ crlEntryExtensions = [] }) => crlEntryExtensions.some(unknown)),
  };
}

// RFC 4055, RFC 5758, RFC 8410. MD5 and SHA-1 are left out.
const HASHES: ReadonlyMap<string, string | null> = new Map([
  ['1.2.840.113549.1.1.11', 'sha256'],
  ['1.2.840.113549.1.1.12', 'sha384'],
  ['1.2.840.113549.1.1.13', 'sha512'],
  ['1.2.840.10045.4.3.2', 'sha256'],
  ['1.2.840.10045.4.3.3', 'sha384'],
  ['1.2.840.10045.4.3.4', 'sha512'],
  ['1.3.101.112', null],
]);

export function isSignedBy({ algorithm, data, signature }: Signed, { key }: Certificate): boolean {
  const hash = HASHES.get(algorithm.algorithm);
  if (hash === undefined) return false;
  try {
    return verify(hash, Buffer.from(data), key, Buffer.from(signature));
  } catch {
    // A key of another kind than the signature.
    return false;
  }
}

function read<T>(extension: Extension | undefined, schema: new () => T): T | undefined {
  return extension === undefined ? undefined : AsnConvert.parse(extension.extnValue, schema);
}

/** What is signed is the bytes as they came, not as they would be written again. */
function raw(bytes: ArrayBuffer | undefined): ArrayBuffer {
  if (bytes === undefined) throw new Error('the parser kept no bytes');
  return bytes;
}

function encoded(name: Name): string {
  return Buffer.from(AsnConvert.serialize(name)).toString('base64');
}

function hexadecimal(serial: ArrayBuffer): string {
  return Buffer.from(serial)
    .toString('hex')
    .toUpperCase()
    .replace(/^0+(?=.)/, '');
}

function seconds(date: Date): number {
  return date.getTime() / 1000;
}

/** DER, or the PEM block of the file. */
function derOf(bytes: Buffer): Buffer {
  const found = /-----BEGIN X509 CRL-----([^-]+)-----END X509 CRL-----/.exec(bytes.toString('latin1'));
  return found?.[1] === undefined ? bytes : Buffer.from(found[1], 'base64');
}
