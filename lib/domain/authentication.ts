/**
 * How callers of a trust domain prove who they are: one way per domain, shared with no other, and
 * never a default.
 *
 * An `Authentication` is bound once, by the domain it is given to, and creates what it needs inside
 * that domain. Binding it again is an error: two domains would share a pool or an authorizer. What
 * each way promises, and which attacks it stops: docs/authentication.md.
 */
import { CognitoAuthentication } from './authentication-cognito';
import { IamAuthentication } from './authentication-iam';
import type {
  AuthenticationContext,
  AuthenticationMethod,
  BoundAuthentication,
  KeyNeeds,
} from './authentication-method';
import { MutualTlsAuthentication } from './authentication-mutual-tls';
import type {
  CognitoAuthenticationProps,
  DpopAuthenticationProps,
  JwtAuthenticationProps,
  MutualTlsAuthenticationProps,
} from './authentication-props';
import { DpopAuthentication, JwtAuthentication } from './authentication-token';
import { TrustDomainError } from './domain-error';
import type { DomainNames } from './names';

/** How the callers of a trust domain authenticate. */
export class Authentication {
  /** AWS Signature Version 4: callers are IAM principals, and the domain's resource policy names them. */
  public static iam(): Authentication {
    return new Authentication(new IamAuthentication());
  }

  /** A Cognito user pool of the domain's own: multi-factor authentication, no self sign-up, access tokens with scopes. */
  public static cognito(props: CognitoAuthenticationProps): Authentication {
    return new Authentication(new CognitoAuthentication(props));
  }

  /** Access tokens of an OpenID Connect issuer, checked by the domain's own authorizer. Whoever has such a token is let in. */
  public static jwt(props: JwtAuthenticationProps): Authentication {
    return new Authentication(new JwtAuthentication(props));
  }

  /** Access tokens that are bound to a key of the caller's, who proves with every request that it holds it (RFC 9449). */
  public static dpop(props: DpopAuthenticationProps): Authentication {
    return new Authentication(new DpopAuthentication(props));
  }

  /** Client certificates of the domain's own authorities, not revoked and listed; with `token` also an access token. */
  public static mutualTls(props: MutualTlsAuthenticationProps): Authentication {
    return new Authentication(new MutualTlsAuthentication(props));
  }

  /** As reports print it. */
  public readonly kind: string;

  private boundTo?: string;

  private constructor(private readonly method: AuthenticationMethod) {
    this.kind = method.kind;
    this.boundTo = undefined;
  }

  /**
   * What the domain's key must allow for it.
   * @internal
   */
  public _keyNeeds(names: DomainNames): KeyNeeds {
    return this.method.keyNeeds?.(names) ?? { logGroups: [], statements: () => [] };
  }

  /**
   * Why a domain that shares its gateway cannot have it; undefined where it can.
   * @internal
   */
  public get _needsOwnGateway(): string | undefined {
    return this.method.needsOwnGateway;
  }

  /**
   * Creates what the domain needs.
   * @internal
   */
  public _bind(context: AuthenticationContext): BoundAuthentication {
    const { domain } = context.names;
    if (this.boundTo !== undefined) {
      throw new TrustDomainError(
        `trust domain \`${domain}\`: its \`authentication\` is already that of trust domain \`${this.boundTo}\`; domains share no callers' identities: create another \`Authentication\``,
      );
    }
    this.boundTo = domain;
    return this.method.create(context);
  }
}
