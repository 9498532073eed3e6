/**
 * What cdk-nag is right to ask about a domain with an authorizer, with the answers a reviewer gets:
 * four beside the five of the reference app, each for the resources of the domain that it names.
 */
import { type App, Stack, Validations } from 'aws-cdk-lib';
import { CfnTable } from 'aws-cdk-lib/aws-dynamodb';
import { CfnManagedPolicy } from 'aws-cdk-lib/aws-iam';
import { CfnFunction } from 'aws-cdk-lib/aws-lambda';
import { CfnBucket } from 'aws-cdk-lib/aws-s3';
import type { IConstruct } from 'constructs';
import { REASONS } from '../../bin/app';
import { Duty, SharedGateway, TrustDomain, TrustZone } from '../../lib';

export const AUTHORIZER_REASONS = {
  waitedFor:
    'API Gateway and CloudFormation wait for the answer of this function and see its failure: nothing is left for a dead-letter queue. It talks to public keys, S3 and DynamoDB over TLS and listens to nobody, so a network of its own would add a way in and no protection.',
  ownLog:
    "The wildcard stands for the streams of one log group, which is the function's own. Lambda makes up their names, one for each instance.",
  minutes:
    'The table remembers for a minute which proofs were taken. A restored backup would remember proofs that are too old to be taken anyway; point-in-time recovery is on.',
  publicAndSigned:
    'The bucket holds certificates and revocation lists, which are public and prove themselves by their signatures. Every version is kept, writing is recorded by CloudTrail, and API Gateway reads it with the rights of whoever deploys, who holds no right on the key of the domain.',
} as const;

/** One question of two packs. */
const inBothPacks = (...rules: readonly string[]): readonly string[] =>
  ['NIST.800.53.R5', 'PCI.DSS.321'].flatMap((pack) => rules.map((rule) => `${pack}-${rule}`));

export function answerForAuthorizers(app: App): void {
  for (const domain of app.node.findAll().filter((node) => node instanceof TrustDomain || node instanceof TrustZone)) {
    const { account, region } = Stack.of(domain);
    for (const node of domain.node.findAll()) {
      if (node instanceof CfnFunction) {
        answer(node, AUTHORIZER_REASONS.waitedFor, 'NIST.800.53.R5-LambdaDLQ', ...inBothPacks('LambdaInsideVPC'));
      } else if (node instanceof CfnTable) {
        answer(node, AUTHORIZER_REASONS.minutes, 'NIST.800.53.R5-DynamoDBInBackupPlan');
      } else if (node instanceof CfnBucket) {
        const rules = ['S3BucketLoggingEnabled', 'S3BucketReplicationEnabled', 'S3DefaultEncryptionKMS'];
        answer(node, AUTHORIZER_REASONS.publicAndSigned, 'AwsSolutions-S1', ...inBothPacks(...rules));
      } else if (node instanceof CfnManagedPolicy) {
        const logs = ['authorizer', 'trust-store'].map(
          (log) => `arn:aws:logs:${region}:${account}:log-group:/bulkhead/${domain.domainName}/${log}:log-stream:*`,
        );
        answer(node, AUTHORIZER_REASONS.ownLog, ...logs.map((arn) => `AwsSolutions-IAM5[Resource::${arn}]`));
      }
    }
  }
}

/** The reasons of the reference app, for gateways that domains share and for their zones. */
export function answerForZones(app: App): void {
  for (const party of app.node.findAll().filter((n) => n instanceof SharedGateway || n instanceof TrustZone)) {
    const { account, region } = Stack.of(party);
    const { domainName: domain } = party;
    const duties = Object.values(Duty).filter(
      (duty) => party instanceof TrustZone || (duty !== Duty.READ && duty !== Duty.WRITE),
    );
    for (const duty of duties) answer(party.dutyRemit(duty), REASONS.metrics, 'AwsSolutions-IAM5[Resource::*]');
    // As cdk-nag writes what stands in another stack.
    const api = JSON.stringify(Stack.of(party).resolve(party.restApiId));
    const own = [
      `arn:aws:s3:::cdk-hnb659fds-assets-${account}-${region}/bulkhead/${domain}/*`,
      `arn:aws:cloudwatch:${region}:${account}:alarm:bulkhead/${domain}/*`,
      ...(party instanceof TrustZone
        ? ['GET', 'DELETE', 'PATCH', 'POST', 'PUT'].map(
            (method) => `arn:aws:execute-api:${region}:${account}:${api}/v1/${method}${party.basePath}/*`,
          )
        : []),
    ];
    answer(party, REASONS.ownPathsAndAssets, ...own.map((arn) => `AwsSolutions-IAM5[Resource::${arn}]`));
    if (!(party instanceof SharedGateway)) continue;
    answer(party, REASONS.signedCalls, 'AwsSolutions-COG4');
    answer(party, REASONS.noCache, ...inBothPacks('APIGWCacheEnabledAndEncrypted'));
  }
}

function answer(scope: IConstruct, reason: string, ...ids: readonly string[]): void {
  Validations.of(scope).acknowledge(...ids.map((id) => ({ id, reason })));
}
