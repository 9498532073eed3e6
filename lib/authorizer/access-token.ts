/**
 * Is this an access token of the configured issuer, for this API, now?
 *
 * `aws-jwt-verify` checks signature, issuer and audience. What it leaves open is closed here: which
 * algorithms, which kind of token, that it expires at all, that its header carries no instruction
 * where to find a key (RFC 8725, 3.1 to 3.12), and the time, by the clock that is handed in.
 */
import {
  JwtInvalidAudienceError,
  JwtInvalidIssuerError,
  JwtInvalidSignatureError,
  JwtParseError,
} from 'aws-jwt-verify/error';
import { decomposeUnverifiedJwt } from 'aws-jwt-verify/jwt';
import { JwtVerifier } from 'aws-jwt-verify/jwt-verifier';
import { type Clock, SKEW } from './clock';
import type { TokenConfiguration } from './configuration';
import { Denial } from './denial';
import { isObject, type Json } from './json';
import type { KeySet } from './key-set';

export interface AccessToken {
  readonly subject: string;
  readonly client?: string;
  readonly scopes: readonly string[];
  /** `cnf`: to which key or certificate the token is bound (RFC 7800). */
  readonly confirmation: Json;
}

export class AccessTokens {
  private readonly verifier;

  constructor(
    private readonly configuration: TokenConfiguration,
    keys: KeySet,
    private readonly clock: Clock,
  ) {
    const { issuer, jwksUri, audiences } = configuration;
    this.verifier = JwtVerifier.create(
      // The time is checked below: the library has its own clock.
      { issuer, jwksUri, audience: [...audiences], graceSeconds: Number.POSITIVE_INFINITY },
      { jwksCache: keys },
    );
  }

  public async verify(token: string): Promise<AccessToken> {
    this.checkHeader(token);
    const claims: Json = await this.verifier.verify(token).catch((error: unknown) => {
      throw denialOf(error);
    });
    this.checkType(claims);
    this.checkTime(claims);
    const subject = claims.sub ?? claims.client_id;
    if (typeof subject !== 'string' || subject === '') throw new Denial('token-claims', 'sub');
    const client = claims.client_id ?? claims.azp ?? claims.cid;
    if (claims.cnf !== undefined && !isObject(claims.cnf)) throw new Denial('token-claims', 'cnf');
    return {
      subject,
      ...(typeof client === 'string' ? { client } : {}),
      scopes: scopesOf(claims),
      confirmation: claims.cnf ?? {},
    };
  }

  private checkHeader(token: string): void {
    const header: Json = decompose(token);
    for (const name of ['jku', 'x5u', 'jwk', 'x5c', 'crit', 'b64', 'zip', 'enc']) {
      if (Object.hasOwn(header, name)) throw new Denial('token-header-forbidden', name);
    }
    if (typeof header.alg !== 'string' || !this.configuration.algorithms.includes(header.alg)) {
      throw new Denial('token-algorithm');
    }
    if (typeof header.kid !== 'string' || !/^[\x21-\x7E]{1,256}$/.test(header.kid)) {
      throw new Denial('token-header-forbidden', 'kid');
    }
    // RFC 9068, 2.1 and 4: `application/` may be left out, and case does not matter.
    const type = typeof header.typ === 'string' ? header.typ.toLowerCase().replace(/^application\//, '') : undefined;
    if (this.configuration.type === 'rfc9068' && type !== 'at+jwt') throw new Denial('token-type');
    if (type === 'dpop+jwt') throw new Denial('token-type');
  }

  /** An identity token of the same issuer is no access token. */
  private checkType(claims: Json): void {
    switch (this.configuration.type) {
      case 'rfc9068':
        // RFC 9068, 2.2: what every access token has.
        for (const name of ['sub', 'client_id', 'jti']) {
          if (typeof claims[name] !== 'string') throw new Denial('token-claims', name);
        }
        if (typeof claims.iat !== 'number') throw new Denial('token-claims', 'iat');
        return;
      case 'cognito':
        if (claims.token_use !== 'access') throw new Denial('token-type');
        return;
      case 'audience':
        return;
    }
  }

  private checkTime({ exp, nbf, iat }: Json): void {
    const now = this.clock();
    if (typeof exp !== 'number') throw new Denial('token-claims', 'exp');
    if (exp + SKEW <= now) throw new Denial('token-expired');
    if (typeof nbf === 'number' && nbf - SKEW > now) throw new Denial('token-not-yet-valid', 'nbf');
    if (typeof iat === 'number' && iat - SKEW > now) throw new Denial('token-not-yet-valid', 'iat');
  }
}

function decompose(token: string): Json {
  try {
    return decomposeUnverifiedJwt(token).header;
  } catch (error) {
    throw denialOf(error);
  }
}

/** `scope` as RFC 9068 has it, `scp` as two widespread issuers do. */
function scopesOf({ scope, scp }: Json): readonly string[] {
  const given = scope ?? scp;
  if (typeof given === 'string') return given.split(' ').filter((name) => name !== '');
  return Array.isArray(given) ? given.filter((name): name is string => typeof name === 'string') : [];
}

/** A denial for what is the caller's fault; the error itself for what is ours, like an issuer that cannot be reached. */
function denialOf(error: unknown): unknown {
  if (error instanceof JwtParseError) return new Denial('token-malformed');
  if (error instanceof JwtInvalidSignatureError) return new Denial('token-signature');
  if (error instanceof JwtInvalidIssuerError) return new Denial('token-issuer');
  if (error instanceof JwtInvalidAudienceError) return new Denial('token-audience');
  return error;
}
