/** AWS Signature Version 4: callers are IAM principals, and policies name them. */
import { AuthorizationType } from 'aws-cdk-lib/aws-apigateway';
import type { AuthenticationContext, AuthenticationMethod, BoundAuthentication } from './authentication-method';
import { TrustDomainError } from './domain-error';

export class IamAuthentication implements AuthenticationMethod {
  public readonly kind = 'iam';

  public create({ names: { domain } }: AuthenticationContext): BoundAuthentication {
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
