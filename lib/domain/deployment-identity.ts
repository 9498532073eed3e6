/**
 * Who deploys the stack that holds a trust domain, as its synthesizer says: the role that
 * CloudFormation acts as, and the bucket that holds the assets.
 */
import { DefaultStackSynthesizer, type Stack } from 'aws-cdk-lib';
import { TrustDomainError } from './domain-error';

/** Throws when the synthesizer names no role, because CloudFormation would then act as whoever deploys. */
export function executionRoleArn(domain: string, stack: Stack): string {
  const arn = stack.synthesizer.cloudFormationExecutionRole;
  if (arn === undefined) {
    throw new TrustDomainError(
      `trust domain \`${domain}\`: the synthesizer of stack \`${stack.stackName}\` names no role for CloudFormation to act as; pass \`executionRole\``,
    );
  }
  return withTokens(arn, stack);
}

/** ARN of the bucket that `cdk bootstrap` creates for the stack's qualifier. */
export function assetBucketArn(stack: Stack): string {
  const qualifier = stack.synthesizer.bootstrapQualifier ?? DefaultStackSynthesizer.DEFAULT_QUALIFIER;
  const name = DefaultStackSynthesizer.DEFAULT_FILE_ASSETS_BUCKET_NAME.replace('${Qualifier}', qualifier);
  return withTokens(`arn:\${AWS::Partition}:s3:::${name}`, stack);
}

// Synthesizers write CloudFormation's placeholders, for the CLI to fill in; a template needs references.
function withTokens(text: string, stack: Stack): string {
  return text
    .replaceAll('${AWS::Partition}', stack.partition)
    .replaceAll('${AWS::AccountId}', stack.account)
    .replaceAll('${AWS::Region}', stack.region);
}
