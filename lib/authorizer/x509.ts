/**
 * Certificates and revocation lists, read once into what the checks need. Parsing is
 * `@peculiar/asn1-x509`'s, cryptography is Node's; why both: docs/adr/0031.
 * Throws whatever the parsers throw: the callers say whose fault that is.
 */
import { createHash, type KeyObject, verify, X509Certificate } from 'node:crypto';
import { AsnConvert } from '@peculiar/asn1-schema';
import {
  AlgorithmIdentifier,
  BasicConstraints,
  Certificate as CertificateSchema,
  ExtendedKeyUsage,
  type Extension,
  Extensions,
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
  Name,
  SubjectAlternativeName,
  Time,
} from '@peculiar/asn1-x509';
import { type Element, elements, onlyElement, TAG } from './der';

/** Something that an authority signed. */
interface Signed {
  readonly algorithm: AlgorithmIdentifier;
  readonly data: Uint8Array;
  readonly signature: Uint8Array;
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
  if (body.signature.algorithm !== parsed.signatureAlgorithm.algorithm) throw new Error('two algorithms');
  const extension = (id: string) => body.extensions?.find(({ extnID }) => extnID === id);
  const keyUsage = read(extension(id_ce_keyUsage), KeyUsage)?.toNumber();
  const extended = read(extension(id_ce_extKeyUsage), ExtendedKeyUsage);
  const constraints = read(extension(id_ce_basicConstraints), BasicConstraints);
  return {
    algorithm: parsed.signatureAlgorithm,
    data: raw(parsed.tbsCertificateRaw),
    signature: new Uint8Array(parsed.signatureValue),
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

/** RFC 5280, 5.1. What is said about each certificate is read by `der.ts`, because there may be many thousands. */
export function parseRevocationList(bytes: Buffer): RevocationList {
  const [body, algorithm, signature] = [...elements(onlyElement(derOf(bytes), TAG.sequence).content)];
  if (body?.tag !== TAG.sequence || algorithm === undefined || signature?.tag !== TAG.bits) throw new Error('no list');
  // The first octet counts bits that are not used, and a signature uses all.
  if (signature.content[0] !== 0) throw new Error('a signature of odd bits');
  const fields = [...elements(body.content)];
  // Of the optional fields only the version is an integer, and only the extensions are tagged.
  if (fields[0]?.tag === TAG.integer) fields.shift();
  const [signed, issuer, thisUpdate, ...rest] = fields;
  if (signed === undefined || issuer === undefined || thisUpdate === undefined) throw new Error('a field is missing');
  // RFC 5280, 5.1.1.2: the algorithm that is not signed is the one that is.
  if (!signed.whole.equals(algorithm.whole)) throw new Error('two algorithms');
  const nextUpdate = isTime(rest[0]) ? rest.shift() : undefined;
  const entries = rest[0]?.tag === TAG.sequence ? rest.shift() : undefined;
  const [tagged] = rest;
  if (rest.length > 1 || (tagged !== undefined && tagged.tag !== 0xa0)) throw new Error('a field that is none');

  const serials = new Set<string>();
  let unsupported = tagged !== undefined && AsnConvert.parse(tagged.content, Extensions).some(isPartialOrUnknown);
  for (const entry of elements(entries?.content ?? Buffer.alloc(0))) {
    const [serial, date, more] = elements(entry.content);
    if (serial?.tag !== TAG.integer || !isTime(date)) throw new Error('an entry that is none');
    serials.add(hexadecimal(serial.content));
    // An entry may be another authority's, and says so in a critical extension (RFC 5280, 5.3.3).
    if (more !== undefined && [...elements(more.content)].some(isCritical)) unsupported = true;
  }
  return {
    algorithm: AsnConvert.parse(algorithm.whole, AlgorithmIdentifier),
    data: body.whole,
    signature: signature.content.subarray(1),
    issuer: encoded(AsnConvert.parse(issuer.whole, Name)),
    thisUpdate: seconds(AsnConvert.parse(thisUpdate.whole, Time).getTime()),
    ...(nextUpdate === undefined ? {} : { nextUpdate: seconds(AsnConvert.parse(nextUpdate.whole, Time).getTime()) }),
    serials,
    unsupported,
  };
}

function isTime(element: Element | undefined): boolean {
  return element?.tag === TAG.utcTime || element?.tag === TAG.time;
}

function isPartialOrUnknown({ critical, extnID }: Extension): boolean {
  return PARTIAL.has(extnID) || (critical && !HARMLESS.has(extnID));
}

/** Of an extension: its identifier, whether it is critical, its value. */
function isCritical(extension: Element): boolean {
  const [, critical] = elements(extension.content);
  return critical?.tag === TAG.boolean && critical.content[0] !== 0;
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
    return verify(hash, data, key, signature);
  } catch {
    // A key of another kind than the signature.
    return false;
  }
}

function read<T>(extension: Extension | undefined, schema: new () => T): T | undefined {
  return extension === undefined ? undefined : AsnConvert.parse(extension.extnValue, schema);
}

/** What is signed is the bytes as they came, not as they would be written again. */
function raw(bytes: ArrayBuffer | undefined): Uint8Array {
  if (bytes === undefined) throw new Error('the parser kept no bytes');
  return new Uint8Array(bytes);
}

function encoded(name: Name): string {
  return Buffer.from(AsnConvert.serialize(name)).toString('base64');
}

function hexadecimal(serial: ArrayBuffer | Buffer): string {
  return (Buffer.isBuffer(serial) ? serial : Buffer.from(serial))
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
