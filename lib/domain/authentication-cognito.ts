/** A Cognito user pool of the domain's own: several factors for everyone, no self sign-up, threat protection. */
import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import { AuthorizationType, CognitoUserPoolsAuthorizer } from 'aws-cdk-lib/aws-apigateway';
import {
  AccountRecovery,
  FeaturePlan,
  Mfa,
  ResourceServerScope,
  StandardThreatProtectionMode,
  UserPool,
} from 'aws-cdk-lib/aws-cognito';
import type { AuthenticationContext, AuthenticationMethod, BoundAuthentication } from './authentication-method';
import type { CognitoAuthenticationProps } from './authentication-props';
import { TrustDomainError } from './domain-error';

export class CognitoAuthentication implements AuthenticationMethod {
  public readonly kind = 'cognito';

  constructor(private readonly props: CognitoAuthenticationProps) {
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

  public create({ scope, names: { domain }, authorizerScope = scope }: AuthenticationContext): BoundAuthentication {
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
      authorizer: new CognitoUserPoolsAuthorizer(authorizerScope, 'Authorizer', {
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
