/**
 * How callers of a trust domain prove who they are: one way per domain, shared with no other, and
 * never a default.
 *
 * An `Authentication` is bound once, by the domain it is given to, and creates what it needs inside
 * that domain. Binding it again is an error: two domains would share a pool.
 */
import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import { AuthorizationType, CognitoUserPoolsAuthorizer, type IAuthorizer } from 'aws-cdk-lib/aws-apigateway';
import {
  AccountRecovery,
  FeaturePlan,
  Mfa,
  ResourceServerScope,
  StandardThreatProtectionMode,
  UserPool,
} from 'aws-cdk-lib/aws-cognito';
import type { Construct } from 'constructs';
import { TrustDomainError } from './domain-error';

/** How the callers of a Cognito domain are known. */
export interface CognitoAuthenticationProps {
  /**
   * The scopes that routes may require: name and what it permits, for the reader.
   *
   * On the wire a scope is `<domain>/<name>`.
   */
  readonly scopes: { readonly [name: string]: string };

  /**
   * What happens to the pool, and so to every user in it, when it leaves the stack.
   * @default RemovalPolicy.RETAIN
   */
  readonly removalPolicy?: RemovalPolicy;
}

/** What a domain's methods carry, and what was created for it. */
export interface BoundAuthentication {
  readonly kind: string;
  /** Callers are IAM principals: policies can name them. */
  readonly byIam: boolean;
  readonly authorizationType: AuthorizationType;
  readonly authorizer?: IAuthorizer;
  readonly userPool?: UserPool;
  /** The scope as it stands in a token; throws for scopes that the domain does not have. */
  readonly scopes: (route: string, names: readonly string[]) => string[] | undefined;
}

/** How the callers of a trust domain authenticate. */
export abstract class Authentication {
  /** AWS Signature Version 4: callers are IAM principals, and the domain's resource policy names them. */
  public static iam(): Authentication {
    return new IamAuthentication();
  }

  /** A Cognito user pool of the domain's own: multi-factor authentication, no self sign-up, access tokens with scopes. */
  public static cognito(props: CognitoAuthenticationProps): Authentication {
    return new CognitoAuthentication(props);
  }

  /** As reports print it. */
  public abstract readonly kind: string;

  private boundTo?: string;

  protected constructor() {
    this.boundTo = undefined;
  }

  /**
   * Creates what the domain needs.
   * @internal
   */
  public _bind(scope: Construct, domain: string): BoundAuthentication {
    if (this.boundTo !== undefined) {
      throw new TrustDomainError(
        `trust domain \`${domain}\`: its \`authentication\` is already that of trust domain \`${this.boundTo}\`; domains share no callers' identities: create another \`Authentication\``,
      );
    }
    this.boundTo = domain;
    return this._create(scope, domain);
  }

  /** @internal */
  protected abstract _create(scope: Construct, domain: string): BoundAuthentication;
}

class IamAuthentication extends Authentication {
  public readonly kind = 'iam';

  /** @internal */
  protected _create(_scope: Construct, domain: string): BoundAuthentication {
    return {
      kind: this.kind,
      byIam: true,
      authorizationType: AuthorizationType.IAM,
      scopes: (route, names) => {
        if (names.length > 0) {
          throw new TrustDomainError(
            `trust domain \`${domain}\`, route \`${route}\`: scopes \`${names.join(', ')}\` need tokens, and this domain's callers sign with IAM; grant the route to IAM principals with \`grantRead\` and \`grantWrite\``,
          );
        }
        return undefined;
      },
    };
  }
}

class CognitoAuthentication extends Authentication {
  public readonly kind = 'cognito';

  constructor(private readonly props: CognitoAuthenticationProps) {
    super();
    const names = Object.keys(props.scopes ?? {});
    if (names.length === 0) {
      throw new TrustDomainError(
        'cognito authentication: `scopes` is empty, and a token without a scope opens no route; declare at least one',
      );
    }
    for (const name of names) {
      // Scope names as in https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_ResourceServerScopeType.html, less `/`.
      if (!/^[\x21\x23-\x2E\x30-\x5B\x5D-\x7E]{1,256}$/.test(name)) {
        throw new TrustDomainError(
          `cognito authentication: the scope \`${name}\` must be printable characters without spaces, quotes, \`/\` and \`\\\``,
        );
      }
    }
  }

  /** @internal */
  protected _create(scope: Construct, domain: string): BoundAuthentication {
    const userPool = new UserPool(scope, 'UserPool', {
      userPoolName: `bulkhead-${domain}`,
      selfSignUpEnabled: false,
      signInAliases: { email: true },
      signInCaseSensitive: false,
      autoVerify: { email: true },
      keepOriginal: { email: true },
      mfa: Mfa.REQUIRED,
      mfaSecondFactor: { otp: true, sms: false },
      passwordPolicy: {
        minLength: 14,
        requireDigits: true,
        requireLowercase: true,
        requireSymbols: true,
        requireUppercase: true,
        tempPasswordValidity: Duration.days(1),
      },
      accountRecovery: AccountRecovery.EMAIL_ONLY,
      featurePlan: FeaturePlan.PLUS,
      standardThreatProtectionMode: StandardThreatProtectionMode.FULL_FUNCTION,
      deletionProtection: true,
      removalPolicy: this.props.removalPolicy ?? RemovalPolicy.RETAIN,
    });
    userPool.addResourceServer('Scopes', {
      identifier: domain,
      scopes: Object.entries(this.props.scopes).map(
        ([scopeName, scopeDescription]) => new ResourceServerScope({ scopeName, scopeDescription }),
      ),
    });
    return {
      kind: this.kind,
      byIam: false,
      authorizationType: AuthorizationType.COGNITO,
      authorizer: new CognitoUserPoolsAuthorizer(scope, 'Authorizer', {
        cognitoUserPools: [userPool],
        // A cached decision outlives the user's sign-out.
        resultsCacheTtl: Duration.seconds(0),
      }),
      userPool,
      scopes: (route, names) => this.scopesOf(domain, route, names),
    };
  }

  private scopesOf(domain: string, route: string, names: readonly string[]): string[] {
    const declared = Object.keys(this.props.scopes);
    if (names.length === 0) {
      // Without scopes API Gateway accepts any identity token of the pool:
      // https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-enable-cognito-user-pool.html
      throw new TrustDomainError(
        `trust domain \`${domain}\`, route \`${route}\`: no scope, so any token of the pool would open it; give \`scopes\` one or more of \`${declared.join('`, `')}\``,
      );
    }
    for (const name of names) {
      if (!declared.includes(name)) {
        throw new TrustDomainError(
          `trust domain \`${domain}\`, route \`${route}\`: scope \`${name}\` is not declared; declare it in \`Authentication.cognito\`, or use one of \`${declared.join('`, `')}\``,
        );
      }
    }
    return names.map((name) => `${domain}/${name}`);
  }
}
