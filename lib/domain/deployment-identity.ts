/**
 * Who deploys the stack that holds a trust domain, as its synthesizer says: the role that
 * CloudFormation acts as, and the buckets that hold the assets.
 *
 * Under a `DomainSynthesizer` both are the domain's own. Under any other the bucket is that of
 * `cdk bootstrap`, and the role too unless the author names one.
 */
import { DefaultStackSynthesizer, type Stack } from 'aws-cdk-lib';
import { TrustDomainError } from './domain-error';
import { DomainSynthesizer } from './domain-synthesizer';
import type { DomainNames } from './names';
import type { RemitResources } from './remit';
import type { TrustDomainProps } from './trust-domain-props';

export interface DeploymentIdentity {
  /** The role that CloudFormation acts as. */
  readonly executionRoleArn: string;
  /** What of it is among the resources of a remit: the role, if `deploy` passes it, is absent where the stack keeps the one that it has. */
  readonly resources: Pick<RemitResources, 'stackId' | 'executionRoleArn' | 'assets'>;
}

export function deploymentOf(
  names: DomainNames,
  stack: Stack,
  { executionRole, assetBucket }: Pick<TrustDomainProps, 'executionRole' | 'assetBucket'>,
): DeploymentIdentity {
  const { synthesizer } = stack;
  if (synthesizer instanceof DomainSynthesizer) {
    const who = `trust domain \`${names.domain}\``;
    if (synthesizer.domainName !== names.domain) {
      throw new TrustDomainError(
        `${who}: its stack \`${stack.stackName}\` is deployed by the roles of trust domain \`${synthesizer.domainName}\`; give \`new DomainSynthesizer\` the \`domainName\` \`${names.domain}\``,
      );
    }
    for (const [name, value] of Object.entries({ executionRole, assetBucket })) {
      if (value !== undefined) {
        throw new TrustDomainError(
          `${who}: \`${name}\` is given, and the stack's \`DomainSynthesizer\` brings its own; leave out one of the two`,
        );
      }
    }
    const own = names.arn('iam', `role/${names.execution}`, '');
    const assets = {
      kind: 'sealed',
      uploadBucketArn: bucketArn(stack, names.uploadBucket),
      sealedBucketArn: bucketArn(stack, names.assetBucket),
    } as const;
    return { executionRoleArn: own, resources: { stackId: stack.stackId, executionRoleArn: own, assets } };
  }
  const passedRoleArn = executionRole?.roleRef.roleArn;
  return {
    executionRoleArn: passedRoleArn ?? executionRoleArn(`trust domain \`${names.domain}\``, stack),
    resources: {
      stackId: stack.stackId,
      executionRoleArn: passedRoleArn,
      assets: { kind: 'written-once', bucketArn: assetBucket?.bucketRef.bucketArn ?? bootstrapBucketArn(stack) },
    },
  };
}

/** Throws when the synthesizer names no role, because CloudFormation would then act as whoever deploys. */
export function executionRoleArn(who: string, stack: Stack): string {
  const arn = stack.synthesizer.cloudFormationExecutionRole;
  if (arn === undefined) {
    throw new TrustDomainError(
      `${who}: the synthesizer of stack \`${stack.stackName}\` names no role for CloudFormation to act as; pass \`executionRole\``,
    );
  }
  return withTokens(arn, stack);
}

/** ARN of the bucket that `cdk bootstrap` creates for the stack's qualifier. */
function bootstrapBucketArn(stack: Stack): string {
  const qualifier = stack.synthesizer.bootstrapQualifier ?? DefaultStackSynthesizer.DEFAULT_QUALIFIER;
  const name = DefaultStackSynthesizer.DEFAULT_FILE_ASSETS_BUCKET_NAME.replace('${Qualifier}', qualifier);
  return withTokens(`arn:\${AWS::Partition}:s3:::${name}`, stack);
}

function bucketArn(stack: Stack, name: string): string {
  return `arn:${stack.partition}:s3:::${name}`;
}

// Synthesizers write CloudFormation's placeholders, for the CLI to fill in; a template needs references.
function withTokens(text: string, stack: Stack): string {
  return text
    .replaceAll('${AWS::Partition}', stack.partition)
    .replaceAll('${AWS::AccountId}', stack.account)
    .replaceAll('${AWS::Region}', stack.region);
}
