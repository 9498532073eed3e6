/** An OIDC issuer with real keys, whose key set is fetched without a network, and its clients' own keys. */
import { createHash, createHmac, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { AccessTokens } from '../../lib/authorizer/access-token';
import type { TokenConfiguration } from '../../lib/authorizer/configuration';
import { KeySet } from '../../lib/authorizer/key-set';

export const NOW = 1_790_000_000;
export const ISSUER = 'https://login.example.com/tenant';
export const AUDIENCE = 'https://orders.example.com';

export type Json = Readonly<Record<string, unknown>>;

export const base64 = (value: unknown): string =>
  Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url');

const DIGESTS: Readonly<Record<string, string | null>> = {
  RS256: 'sha256',
  ES256: 'sha256',
  ES384: 'sha384',
  EdDSA: null,
};

/** Any header over any claims: what a library for honest people would refuse to make. */
export function signed(header: Json, claims: unknown, key: KeyObject | Buffer | undefined): string {
  const input = `${base64(header)}.${base64(claims)}`;
  return `${input}.${signatureOf(input, String(header.alg), key)}`;
}

function signatureOf(input: string, algorithm: string, key: KeyObject | Buffer | undefined): string {
  if (key === undefined) return '';
  if (Buffer.isBuffer(key)) return createHmac('sha256', key).update(input).digest('base64url');
  const digest = DIGESTS[algorithm] ?? (key.asymmetricKeyType === 'ed25519' ? null : 'sha256');
  return sign(digest, Buffer.from(input), { key, dsaEncoding: 'ieee-p1363' }).toString('base64url');
}

export const pair = (kind: 'ec' | 'rsa' | 'ed25519' | 'p384') => {
  switch (kind) {
    case 'rsa':
      return generateKeyPairSync('rsa', { modulusLength: 2048 });
    case 'ed25519':
      return generateKeyPairSync('ed25519');
    case 'ec':
      return generateKeyPairSync('ec', { namedCurve: 'P-256' });
    case 'p384':
      return generateKeyPairSync('ec', { namedCurve: 'P-384' });
  }
};

export class AnIssuer {
  public readonly ec = pair('ec');
  public readonly rsa = pair('rsa');
  public fetched: string[] = [];
  /** What the next fetch answers; a function that throws is an issuer that cannot be reached. */
  public answer: () => unknown = () => this.keySet();

  public keySet(): { keys: Json[] } {
    return {
      keys: [
        { ...this.ec.publicKey.export({ format: 'jwk' }), kid: 'ec-1', use: 'sig' },
        { ...this.rsa.publicKey.export({ format: 'jwk' }), kid: 'rsa-1', use: 'sig' },
        { kty: 'oct', k: 'c2VjcmV0', kid: 'oct-1' },
      ],
    };
  }

  public claims(more: Json = {}): Json {
    return {
      iss: ISSUER,
      aud: AUDIENCE,
      sub: 'ann',
      client_id: 'app',
      jti: 'token-1',
      iat: NOW - 10,
      exp: NOW + 300,
      scope: 'orders.read profile',
      ...more,
    };
  }

  public token(more: Json = {}, header: Json = {}): string {
    return signed({ typ: 'at+jwt', alg: 'ES256', kid: 'ec-1', ...header }, this.claims(more), this.ec.privateKey);
  }

  public tokens(more: Partial<TokenConfiguration> = {}, clock: () => number = () => NOW): AccessTokens {
    const fetcher = {
      fetch: async (uri: string) => {
        this.fetched.push(uri);
        const { buffer, byteOffset, byteLength } = Buffer.from(JSON.stringify(this.answer()));
        return buffer.slice(byteOffset, byteOffset + byteLength) as ArrayBuffer;
      },
    };
    const configuration = { ...TOKEN, ...more };
    return new AccessTokens(configuration, new KeySet(clock, fetcher), clock);
  }
}

export const TOKEN: TokenConfiguration = {
  issuer: ISSUER,
  jwksUri: `${ISSUER}/.well-known/jwks.json`,
  audiences: [AUDIENCE],
  algorithms: ['ES256', 'RS256'],
  type: 'rfc9068',
};

export const hashOf = (text: string): string => createHash('sha256').update(text).digest('base64url');
