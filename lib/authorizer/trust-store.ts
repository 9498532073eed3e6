/**
 * Was this client's certificate issued by an authority of the domain's trust store, and is it valid
 * now? API Gateway has checked that during the handshake; here it is checked again, because one
 * wrong setting there (the default endpoint left on) would otherwise open the API to everybody.
 *
 * Path validation is RFC 5280's, 6.1, for paths within the trust store: names, signatures, times,
 * authority, uses, lengths. Policies and name constraints are not evaluated: a path on which one of
 * them is critical is denied.
 */
import { type Clock, SKEW } from './clock';
import { Denial } from './denial';
import {
  CAN_SIGN,
  CAN_SIGN_CERTIFICATES,
  type Certificate,
  isSignedBy,
  parseCertificate,
  parseCertificates,
} from './x509';

/** API Gateway's longest chain: https://docs.aws.amazon.com/apigateway/latest/developerguide/rest-api-mutual-tls.html */
const LONGEST_PATH = 4;
/** A certificate of this many characters is none that a client needs. */
const LARGEST = 16_384;
const CLIENT_AUTHENTICATION = '1.3.6.1.5.5.7.3.2';

/** From the client's certificate to the authority at which trust begins, which nobody's list revokes. */
export type Path = readonly [Certificate, ...Certificate[]];

export class TrustStore {
  private readonly authorities: ReadonlyMap<string, readonly Certificate[]>;

  constructor(
    pem: string,
    private readonly clock: Clock,
  ) {
    const bySubject = new Map<string, Certificate[]>();
    for (const certificate of parseCertificates(pem)) {
      bySubject.set(certificate.subject, [...(bySubject.get(certificate.subject) ?? []), certificate]);
    }
    if (bySubject.size === 0) throw new Error('the trust store holds no certificate');
    this.authorities = bySubject;
  }

  public pathOf(pem: string): Path {
    const client = read(pem);
    this.checkTime(client, 'client');
    const { keyUsage, extendedKeyUsage, unsupported } = client;
    const wrongUse = keyUsage !== undefined && (keyUsage & CAN_SIGN) === 0;
    if (client.authority || unsupported || wrongUse || extendedKeyUsage?.includes(CLIENT_AUTHENTICATION) === false) {
      throw new Denial('certificate-usage', 'client');
    }
    const path: [Certificate, ...Certificate[]] = [client];
    let last = client;
    while (path.length <= LONGEST_PATH) {
      const authority = this.authorityOf(last, path.length);
      if (authority === undefined) break;
      path.push(authority);
      last = authority;
    }
    // Alone, or longer than any path that API Gateway lets in.
    if (path.length === 1 || path.length > LONGEST_PATH) throw new Denial('certificate-issuer-unknown');
    return path;
  }

  /** Who signed it; `undefined` above the last authority of the store. */
  private authorityOf(certificate: Certificate, position: number): Certificate | undefined {
    const named = this.authorities.get(certificate.issuer) ?? [];
    if (named.length === 0 && position > 1) return undefined;
    if (named.length === 0) throw new Denial('certificate-issuer-unknown');
    // A renewed authority has the name and key of the one before it.
    const signers = named.filter((candidate) => isSignedBy(certificate, candidate));
    const authority = signers.find((candidate) => this.holds(candidate)) ?? signers[0];
    if (authority === undefined) throw new Denial('certificate-signature');
    // The last of the path is an authority that signed itself, and stands no lower for it.
    if (authority.thumbprint === certificate.thumbprint) return undefined;
    const { keyUsage, pathLength = Number.POSITIVE_INFINITY } = authority;
    const wrongUse = keyUsage !== undefined && (keyUsage & CAN_SIGN_CERTIFICATES) === 0;
    if (!authority.authority || authority.unsupported || wrongUse || pathLength < position - 1) {
      throw new Denial('certificate-usage', 'authority');
    }
    this.checkTime(authority, 'authority');
    return authority;
  }

  private holds({ notBefore, notAfter }: Certificate): boolean {
    const now = this.clock();
    return now <= notAfter && now + SKEW >= notBefore;
  }

  private checkTime({ notBefore, notAfter }: Certificate, about: string): void {
    const now = this.clock();
    if (now > notAfter) throw new Denial('certificate-expired', about);
    if (now + SKEW < notBefore) throw new Denial('certificate-not-yet-valid', about);
  }
}

function read(pem: string): Certificate {
  if (pem.length > LARGEST) throw new Denial('credentials-too-large', 'certificate');
  try {
    return parseCertificate(pem);
  } catch {
    throw new Denial('certificate-malformed');
  }
}
