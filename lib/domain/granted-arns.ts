/** By which ARNs policies know a grantee; services, accounts and everyone are no grantees of a trust domain. */
import { Resource, Stack } from 'aws-cdk-lib';
import type { IGrantable, IPrincipal } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import { TrustDomainError } from './domain-error';

/** Throws unless every principal of the grantee is one role or user. */
export function grantedArns(domain: string, stack: Stack, grantee: IGrantable): string[] {
  const principal = grantee.grantPrincipal;
  const json = principal.policyFragment.principalJson;
  const arns = json.AWS ?? [];
  const who = `grant on trust domain \`${domain}\``;
  if (arns.length === 0 || Object.keys(json).length > 1) {
    throw new TrustDomainError(
      `${who}: \`${shown(principal)}\` is no IAM principal and signs no request; grant to a role or user`,
    );
  }
  // Resolved, because CDK writes an account's ARN as a token.
  if (arns.some((arn) => /[*?]|^"\d{12}"$|:root"/.test(JSON.stringify(stack.resolve(arn))))) {
    throw new TrustDomainError(
      `${who}: \`${shown(principal)}\` stands for principals that nobody named; grant to each role or user that needs it`,
    );
  }
  // The grantee's policy names the domain's key and API, and their policies name the grantee.
  if (Construct.isConstruct(principal) && Resource.isOwnedResource(principal) && Stack.of(principal) !== stack) {
    throw new TrustDomainError(
      `${who}: \`${principal.node.path}\` stands in another stack, and each stack would have to be deployed before the other; put it into stack \`${stack.stackName}\`, or give it a name and grant to \`Role.fromRoleName(…)\``,
    );
  }
  return arns;
}

function shown(principal: IPrincipal): string {
  return principal.principalAccount === undefined
    ? principal.constructor.name
    : `a principal of account ${principal.principalAccount}`;
}
