/**
 * The issuer's public keys, from the one address that the configuration names. Nothing in a token
 * says where to look: no address in it is followed, and its `kid` is compared, never used as a path.
 *
 * A key that the issuer withdrew must not stay good while the function lives, so the set is fetched
 * again when it is old; an unknown `kid` fetches it early, though not more often than every few
 * seconds, or made-up ids would flood the issuer.
 */
import { type Fetcher, SimpleFetcher } from 'aws-jwt-verify/https';
import { assertIsJwks, type Jwk, type Jwks, type JwksCache, type JwkWithKid } from 'aws-jwt-verify/jwk';
import type { Clock } from './clock';
import { Denial } from './denial';

/** Seconds after which the set is fetched again. */
const FRESH = 600;
/** Seconds for which an old set serves while the issuer cannot be reached. */
const USABLE = 3600;
/** Seconds between two fetches because of an unknown `kid`. */
const PATIENCE = 10;
/** A set of this many characters holds hundreds of keys. */
const LARGEST = 262_144;

export class KeySet implements JwksCache {
  private held?: { readonly jwks: Jwks; readonly at: number };

  constructor(
    private readonly clock: Clock,
    private readonly fetcher: Fetcher = new SimpleFetcher(),
  ) {}

  public async getJwk(jwksUri: string, { header }: { readonly header: { kid?: string; alg?: string } }) {
    const { kid, alg } = header;
    let jwk = find((await this.getJwks(jwksUri)).keys, kid);
    if (jwk === undefined && this.held !== undefined && this.clock() - this.held.at > PATIENCE) {
      jwk = find((await this.fetch(jwksUri)).keys, kid);
    }
    if (jwk === undefined) throw new Denial('token-key-unknown');
    // A key serves its own kind of algorithm: a public key is never taken for the secret of an HMAC.
    if (!familyOf(jwk).test(alg ?? '')) throw new Denial('token-algorithm');
    return jwk;
  }

  public async getJwks(jwksUri: string): Promise<Jwks> {
    const { held } = this;
    if (held === undefined) return await this.fetch(jwksUri);
    const age = this.clock() - held.at;
    if (age <= FRESH) return held.jwks;
    try {
      return await this.fetch(jwksUri);
    } catch (error) {
      if (age > USABLE) throw error;
      return held.jwks;
    }
  }

  /** The library asks for it; nothing here is synchronous. */
  public getCachedJwk(): JwkWithKid {
    throw new Error('keys are fetched, not taken from a cache');
  }

  public addJwks(_uri: string, jwks: Jwks): void {
    this.held = { jwks, at: this.clock() };
  }

  private async fetch(jwksUri: string): Promise<Jwks> {
    const body = await this.fetcher.fetch(jwksUri);
    if (body.byteLength > LARGEST) throw new RangeError('the key set is too large');
    const jwks = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body));
    assertIsJwks(jwks);
    this.addJwks(jwksUri, jwks);
    return jwks;
  }
}

function find(keys: readonly Jwk[], kid: string | undefined): JwkWithKid | undefined {
  return keys.find((key): key is JwkWithKid => typeof key.kid === 'string' && key.kid === kid);
}

function familyOf({ kty, crv }: Jwk): RegExp {
  switch (kty) {
    case 'RSA':
      return /^RS(256|384|512)$/;
    case 'EC':
      // RFC 7518, 3.4: each algorithm has one curve.
      return crv === 'P-256' ? /^ES256$/ : crv === 'P-384' ? /^ES384$/ : crv === 'P-521' ? /^ES512$/ : NONE;
    case 'OKP':
      return /^EdDSA$/;
    default:
      return NONE;
  }
}

/** Matches nothing. */
const NONE = /(?!)/;
