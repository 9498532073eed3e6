/**
 * What a trust domain is deployed with: its own execution role for CloudFormation, and buckets for its assets in
 * which nothing that was sealed is overwritten.
 *
 * It stands in a stack of its own, deployed first and by whoever administers the account, because the roles that
 * deploy a stack cannot stand in it. After that the domain's `deploy` prepares changes and its `approve` lets them
 * run; neither can change what stands here, and an approved change cannot either. docs/four-eyes.md has the order.
 */
import { type CfnResource, Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { AnyPrincipal, Effect, type IRole, type ManagedPolicy, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { BlockPublicAccess, Bucket, BucketEncryption, type CfnBucket, type IBucket } from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import { mark, registerGate } from '../enforce/marker';
import { DEFAULT_SERVICES, DeploymentExecution, requireServices } from './deployment-execution';
import { DeploymentNotary } from './deployment-notary';
import { TrustDomainError } from './domain-error';
import { DomainSynthesizer } from './domain-synthesizer';
import { DomainNames, requireBucketNames } from './names';

/** What a domain is deployed with. */
export interface DomainDeploymentProps {
  /** Name of the trust domain. */
  readonly domainName: string;

  /** Name of the stack that holds the domain. CloudFormation names roles after it, and may write only those. */
  readonly stackName: string;

  /**
   * Services that the domain is built of, as prefixes of IAM actions. IAM itself is limited to the domain's own roles and policies.
   * @default - those of a trust domain, and what its functions, tables, queues and alarms need
   */
  readonly services?: string[];
}

/** The domain's own execution role and asset buckets. */
export class DomainDeployment extends Construct {
  /** Name of the trust domain. */
  public readonly domainName: string;

  /** The role that CloudFormation acts as. */
  public readonly executionRole: IRole;

  /** What the execution role may do, and its permissions boundary. */
  public readonly executionBoundary: ManagedPolicy;

  /** Where `deploy` uploads. */
  public readonly uploadBucket: IBucket;

  /** Where what was uploaded first is kept, and from where it runs. */
  public readonly assetBucket: IBucket;

  constructor(scope: Construct, id: string, props: DomainDeploymentProps) {
    super(scope, id);
    const { domainName, stackName, services = [...DEFAULT_SERVICES] } = props;
    const stack = Stack.of(this);
    const who = `deployment of trust domain \`${domainName}\``;
    requireBucketNames(domainName, stack.region);
    requireServices(domainName, services);
    if (stack.synthesizer instanceof DomainSynthesizer || stack.stackName === stackName) {
      throw new TrustDomainError(
        `${who}: stack \`${stack.stackName}\` would be deployed by the roles that it creates; put the deployment into a stack of its own, like \`new Stack(app, '${stackName}Deployment', { synthesizer: new LegacyStackSynthesizer() })\``,
      );
    }
    this.domainName = domainName;
    const names = new DomainNames(stack, domainName);
    const [uploadBucketArn, sealedBucketArn] = [names.uploadBucket, names.assetBucket].map(
      (name) => `arn:${stack.partition}:s3:::${name}`,
    );
    const notary = new DeploymentNotary(this, 'Notary', { names, uploadBucketArn, sealedBucketArn });
    this.assetBucket = this.sealedBucket(names, notary.role.roleArn);
    notary.function.node.addDependency(this.assetBucket);
    this.uploadBucket = this.uploads(names, notary);
    const execution = new DeploymentExecution(this, 'Execution', {
      names,
      stackName,
      services,
      uploadBucketArn,
      sealedBucketArn,
    });
    this.executionRole = execution.role;
    this.executionBoundary = execution.boundary;
    registerGate(this);
  }

  /** Whatever is put under a key stays there: no write without `If-None-Match`, by nobody but the notary, and no delete. */
  private sealedBucket({ domain, assetBucket }: DomainNames, notaryArn: string): Bucket {
    const bucket = new Bucket(this, 'Assets', {
      bucketName: assetBucket,
      encryption: BucketEncryption.S3_MANAGED,
      blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
      enforceSSL: true,
      versioned: true,
      removalPolicy: RemovalPolicy.RETAIN,
    });
    const deny = (sid: string, actions: string[], conditions?: { [operator: string]: { [key: string]: string } }) =>
      bucket.addToResourcePolicy(
        new PolicyStatement({
          sid,
          effect: Effect.DENY,
          principals: [new AnyPrincipal()],
          actions,
          resources: [bucket.bucketArn, bucket.arnForObjects('*')],
          conditions,
        }),
      );
    deny('WrittenOnce', ['s3:PutObject'], { Null: { 's3:if-none-match': 'true' } });
    deny('WrittenByNotary', ['s3:PutObject'], { ArnNotEquals: { 'aws:PrincipalArn': notaryArn } });
    // A deleted key would be free for other content; a lifecycle rule deletes as well.
    deny('NothingDeleted', ['s3:DeleteObject', 's3:DeleteObjectVersion', 's3:PutLifecycleConfiguration']);
    this.markBucket(bucket, domain, 'asset-bucket');
    return bucket;
  }

  private uploads({ domain, uploadBucket }: DomainNames, notary: DeploymentNotary): Bucket {
    const bucket = new Bucket(this, 'Uploads', {
      bucketName: uploadBucket,
      encryption: BucketEncryption.S3_MANAGED,
      blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
      enforceSSL: true,
      versioned: true,
      lifecycleRules: [
        {
          id: 'sealed-long-ago',
          expiration: Duration.days(90),
          noncurrentVersionExpiration: Duration.days(30),
          abortIncompleteMultipartUploadAfter: Duration.days(1),
        },
      ],
      removalPolicy: RemovalPolicy.RETAIN,
    });
    const cfnBucket = bucket.node.defaultChild as CfnBucket;
    cfnBucket.notificationConfiguration = {
      lambdaConfigurations: [{ event: 's3:ObjectCreated:*', function: notary.function.functionArn }],
    };
    cfnBucket.addResourceDependency(notary.permission);
    this.markBucket(bucket, domain, 'upload-bucket');
    return bucket;
  }

  private markBucket(bucket: Bucket, domain: string, part: string): void {
    mark(bucket.node.defaultChild as CfnResource, { domain, part });
    mark(bucket.policy?.node.defaultChild as CfnResource, { domain, part: `${part}-policy` });
  }
}
