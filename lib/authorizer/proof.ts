/**
 * Does the caller hold the key that its access token is bound to? RFC 9449, 4.3, check by check, in
 * its order; `jose` parses, imports the embedded key and verifies the signature.
 */
import { createHash } from 'node:crypto';
import { JOSEAlgNotAllowed, JWSSignatureVerificationFailed } from 'jose/errors';
import { EmbeddedJWK } from 'jose/jwk/embedded';
import { calculateJwkThumbprint } from 'jose/jwk/thumbprint';
import { compactVerify } from 'jose/jws/compact/verify';
import { type Clock, SKEW } from './clock';
import type { DpopConfiguration } from './configuration';
import { Denial } from './denial';
import { isObject, type Json } from './json';
import type { AuthorizerRequest } from './request';
import { sameSecret } from './same-secret';

/** What is left to check against what is remembered. */
export interface Proof {
  /** RFC 7638 thumbprint of its key. */
  readonly thumbprint: string;
  readonly id: string;
  readonly nonce?: string;
  /** Seconds since 1970 after which the proof is too old anyway. */
  readonly until: number;
}

type Rules = Pick<DpopConfiguration, 'algorithms' | 'hosts' | 'maxAge'>;

export async function verifyProof(
  proof: string,
  token: string,
  boundTo: string,
  request: AuthorizerRequest,
  rules: Rules,
  clock: Clock,
): Promise<Proof> {
  const { header, claims } = await signed(proof, rules.algorithms);
  if (claims.htm !== request.method) throw new Denial('proof-method');
  if (typeof claims.htu !== 'string' || !isUrlOf(claims.htu, request, rules.hosts)) throw new Denial('proof-url');

  const { iat, jti, ath, nonce } = claims;
  if (typeof iat !== 'number' || !Number.isFinite(iat)) throw new Denial('proof-claims', 'iat');
  const [now, until] = [clock(), iat + rules.maxAge];
  if (iat - SKEW > now) throw new Denial('proof-not-yet-valid');
  if (until <= now) throw new Denial('proof-too-old');
  if (typeof jti !== 'string' || jti === '' || jti.length > 512) throw new Denial('proof-claims', 'jti');
  if (nonce !== undefined && typeof nonce !== 'string') throw new Denial('proof-claims', 'nonce');

  const hash = createHash('sha256').update(token, 'ascii').digest('base64url');
  if (typeof ath !== 'string' || !sameSecret(ath, hash)) throw new Denial('proof-token-hash');
  const thumbprint = await calculateJwkThumbprint(header.jwk as Json, 'sha256');
  if (!sameSecret(thumbprint, boundTo)) throw new Denial('token-of-another-key');
  return { thumbprint, id: jti, until, ...(nonce === undefined ? {} : { nonce }) };
}

interface Signed {
  readonly header: Json;
  readonly claims: Json;
}

async function signed(proof: string, algorithms: readonly string[]): Promise<Signed> {
  const { protectedHeader, payload } = await compactVerify(proof, embeddedKey, { algorithms: [...algorithms] }).catch(
    (error: unknown) => {
      throw denialOf(error);
    },
  );
  const header: Json = { ...protectedHeader };
  if (typeof header.typ !== 'string' || header.typ.toLowerCase() !== 'dpop+jwt') throw new Denial('proof-type');
  return { header, claims: claimsOf(payload) };
}

function claimsOf(payload: Uint8Array): Json {
  try {
    const claims: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(payload));
    if (isObject(claims)) return claims;
  } catch {
    // Said below.
  }
  throw new Denial('proof-malformed');
}

/** The key in the proof's own header, where it belongs; one that is private, symmetric or on no curve is refused. */
const embeddedKey: typeof EmbeddedJWK = async (header, token) => {
  try {
    return await EmbeddedJWK(header, token);
  } catch {
    throw new Denial('proof-key');
  }
};

/** Every error of parsing and verifying is about what the caller sent: nothing else is touched. */
function denialOf(error: unknown): Denial {
  if (error instanceof Denial) return error;
  if (error instanceof JWSSignatureVerificationFailed) return new Denial('proof-signature');
  if (error instanceof JOSEAlgNotAllowed) return new Denial('proof-algorithm');
  return new Denial('proof-malformed');
}

/**
 * The URL of the request without query and fragment, compared after the normalization of RFC 3986,
 * 6.2.2 and 6.2.3, as RFC 9449, 4.3 asks. The host is compared with the configuration, never with
 * what the request says about itself alone.
 */
function isUrlOf(htu: string, { host, path }: AuthorizerRequest, hosts: readonly string[]): boolean {
  if (!hosts.includes(host) || !URL.canParse(htu) || !URL.canParse(`https://${host}${path}`)) return false;
  const [claimed, called] = [new URL(htu), new URL(`https://${host}${path}`)];
  if (claimed.username !== '' || claimed.password !== '') return false;
  return claimed.origin === called.origin && normal(claimed.pathname) === normal(called.pathname);
}

/** Percent-encoded unreserved characters decoded, and hexadecimal digits in upper case. */
function normal(path: string): string {
  return path.replace(/%[0-9A-Fa-f]{2}/g, (code) => {
    const character = String.fromCharCode(Number.parseInt(code.slice(1), 16));
    return /[A-Za-z0-9\-._~]/.test(character) ? character : code.toUpperCase();
  });
}
