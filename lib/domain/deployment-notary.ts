/**
 * The notary of a domain's assets: whatever is uploaded it writes into the asset bucket, under the same key, unless
 * that key is taken. So each key keeps the content that it got first.
 *
 * The CLI uploads without `If-None-Match`, so writing once cannot be asked of it; and S3 copies an object under
 * that condition by no request of its own
 * (https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes-enforce.html), so a function reads and
 * writes. Its code stands in the template, for it is what makes assets safe and cannot be one.
 */
import { type CfnResource, Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { type IRole, PolicyDocument, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { CfnPermission, Code, Function as LambdaFunction, Runtime } from 'aws-cdk-lib/aws-lambda';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { mark } from '../enforce/marker';
import type { DomainNames } from './names';

/** Runs in Lambda, where the SDK is at hand. A key that is taken is no error: it is why the notary is there. */
export const NOTARY_CODE = `const { GetObjectCommand, PutObjectCommand, S3Client } = require('@aws-sdk/client-s3');
const s3 = new S3Client({});
exports.handler = async ({ Records }) => {
  for (const { s3: { bucket, object } } of Records) {
    const Key = decodeURIComponent(object.key.replace(/\\+/g, ' '));
    const uploaded = await s3.send(new GetObjectCommand({ Bucket: bucket.name, Key, VersionId: object.versionId }));
    const Body = await uploaded.Body.transformToByteArray();
    const { ContentType } = uploaded;
    try {
      await s3.send(new PutObjectCommand({ Bucket: process.env.ASSET_BUCKET, Key, Body, ContentType, ChecksumAlgorithm: 'SHA256', IfNoneMatch: '*' }));
      console.log(JSON.stringify({ sealed: Key, uploadedVersion: object.versionId }));
    } catch (error) {
      if (error.$metadata?.httpStatusCode !== 412) throw error;
      console.log(JSON.stringify({ refused: Key, uploadedVersion: object.versionId, because: 'the key is sealed already' }));
    }
  }
};
`;

export interface DeploymentNotaryProps {
  readonly names: DomainNames;
  readonly uploadBucketArn: string;
  readonly sealedBucketArn: string;
}

export class DeploymentNotary extends Construct {
  public readonly role: IRole;
  public readonly function: LambdaFunction;
  /** That S3 may call the notary; must stand before S3 is told to. */
  public readonly permission: CfnPermission;

  constructor(scope: Construct, id: string, { names, uploadBucketArn, sealedBucketArn }: DeploymentNotaryProps) {
    super(scope, id);
    const { domain } = names;
    const logGroup = new LogGroup(this, 'Log', {
      logGroupName: `/bulkhead/${domain}/notary`,
      retention: RetentionDays.ONE_YEAR,
      removalPolicy: RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
    });
    const role = new Role(this, 'Role', {
      roleName: names.notary,
      description: `Bulkhead: seals the assets of trust domain ${domain}`,
      assumedBy: new ServicePrincipal('lambda.amazonaws.com'),
      inlinePolicies: {
        Seal: new PolicyDocument({
          statements: [
            new PolicyStatement({
              sid: 'ReadUploads',
              actions: ['s3:GetObject', 's3:GetObjectVersion'],
              resources: [`${uploadBucketArn}/*`],
            }),
            new PolicyStatement({
              sid: 'SealOnce',
              actions: ['s3:PutObject'],
              resources: [`${sealedBucketArn}/*`],
              conditions: { Null: { 's3:if-none-match': 'false' } },
            }),
            new PolicyStatement({
              sid: 'WriteOwnLog',
              actions: ['logs:CreateLogStream', 'logs:PutLogEvents'],
              resources: [logGroup.logGroupArn],
            }),
          ],
        }),
      },
    });
    this.role = role;
    this.function = new LambdaFunction(this, 'Function', {
      functionName: `bulkhead-${domain}-notary`,
      description: `Bulkhead: seals the assets of trust domain ${domain}`,
      runtime: Runtime.NODEJS_22_X,
      handler: 'index.handler',
      code: Code.fromInline(NOTARY_CODE),
      // The role's own policy is all that it needs; CDK would add one that opens every log group.
      role: role.withoutPolicyUpdates(),
      logGroup,
      environment: { ASSET_BUCKET: names.assetBucket },
      // A function's code has 250 MB at most; larger assets fail here, and with them the change that needs them.
      memorySize: 1024,
      timeout: Duration.minutes(2),
    });
    // Written out, because the bucket that calls and the function that is called would each wait for the other.
    this.permission = new CfnPermission(this, 'CalledByUploads', {
      action: 'lambda:InvokeFunction',
      functionName: this.function.functionArn,
      principal: 's3.amazonaws.com',
      sourceArn: uploadBucketArn,
      sourceAccount: Stack.of(this).account,
    });
    const parts = { role, function: this.function, log: logGroup };
    for (const [part, construct] of Object.entries(parts)) {
      mark(construct.node.defaultChild as CfnResource, { domain, part: `notary-${part}` });
    }
    mark(this.permission, { domain, part: 'notary-permission' });
  }
}
