/**
 * The trust store of a domain with client certificates: a bucket that keeps every version, the
 * authorities' certificates in it, and their revocation lists.
 *
 * The certificates stand in the template, so that a change set shows which authority is added, and
 * a function writes them at deployment; API Gateway and the authorizer then name the version that
 * was written. Lists are put by their publisher and prove themselves by their signature. The bucket
 * is encrypted by S3, not by the domain's key: everything in it is public, API Gateway must read it
 * with the rights of whoever deploys, and integrity is what matters. Why: docs/adr/0032.
 */
import { createHash, X509Certificate } from 'node:crypto';
import { CustomResource, Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { ArnPrincipal, Effect, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { RetentionDays } from 'aws-cdk-lib/aws-logs';
import { BlockPublicAccess, Bucket, BucketEncryption, ObjectOwnership } from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import { DomainFunction } from './authorizer-function';
import { TrustDomainError } from './domain-error';
import { type DomainNames, requireBucketNames } from './names';

/** API Gateway's limits: https://docs.aws.amazon.com/apigateway/latest/developerguide/rest-api-mutual-tls.html */
const CERTIFICATES_MAX = 1000;
/** The certificates travel in a template, which holds a megabyte altogether. */
const CHARACTERS_MAX = 200_000;

export interface TrustStoreProps {
  readonly names: DomainNames;
  readonly key: IKey;
  readonly logRetention: RetentionDays;
  readonly removalPolicy: RemovalPolicy;
  readonly authorities: string;
  readonly publisherArn?: string;
  readonly revocationLists: readonly string[];
}

export class TrustStore extends Construct {
  public readonly bucket: Bucket;
  /** Named after its content: another trust store is another file, and none is ever overwritten. */
  public readonly file: string;
  public readonly version: string;

  constructor(scope: Construct, id: string, props: TrustStoreProps) {
    super(scope, id);
    const { names } = props;
    requireBucketNames(names.domain, Stack.of(this).region);
    this.file = `authorities/${createHash('sha256').update(props.authorities).digest('hex')}.pem`;
    this.bucket = new Bucket(this, 'Bucket', {
      // By name, so that nobody who may write a bucket of unknown name may write this one.
      bucketName: names.trustStoreBucket,
      versioned: true,
      encryption: BucketEncryption.S3_MANAGED,
      blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
      objectOwnership: ObjectOwnership.BUCKET_OWNER_ENFORCED,
      enforceSSL: true,
      minimumTLSVersion: 1.2,
      removalPolicy: RemovalPolicy.RETAIN,
    });
    if (props.publisherArn !== undefined) {
      this.bucket.addToResourcePolicy(
        new PolicyStatement({
          sid: 'PublishRevocationLists',
          effect: Effect.ALLOW,
          principals: [new ArnPrincipal(props.publisherArn)],
          actions: ['s3:PutObject'],
          resources: props.revocationLists.map((key) => this.bucket.arnForObjects(key)),
        }),
      );
    }
    const publish = new DomainFunction(this, 'Publish', {
      names,
      bundle: 'publish-trust-store',
      name: 'trust',
      description: `Bulkhead: writes the trust store of trust domain ${names.domain} when it is deployed`,
      key: props.key,
      logGroupName: names.trustStoreLogGroup,
      logRetention: props.logRetention,
      removalPolicy: props.removalPolicy,
      timeout: Duration.minutes(1),
      memorySize: 256,
      reservedConcurrency: 1,
      statements: [
        new PolicyStatement({
          sid: 'WriteTrustStoreOnce',
          actions: ['s3:PutObject'],
          resources: [this.bucket.arnForObjects(this.file)],
          conditions: { Null: { 's3:if-none-match': 'false' } },
        }),
        new PolicyStatement({
          sid: 'CompareTrustStore',
          actions: ['s3:GetObject'],
          resources: [this.bucket.arnForObjects(this.file)],
        }),
      ],
    });
    const written = new CustomResource(this, 'Authorities', {
      serviceToken: publish.handler.functionArn,
      serviceTimeout: Duration.minutes(5),
      resourceType: 'Custom::BulkheadTrustStore',
      properties: { Bucket: this.bucket.bucketName, Key: this.file, Certificates: props.authorities },
    });
    this.version = written.getAttString('Version');
  }
}

/** The fingerprints of the authorities, in their order; throws for what API Gateway or the authorizer would refuse. */
export function requireAuthorities(pem: string): string[] {
  const who = 'mutual TLS authentication: `authorities`';
  const blocks = pem.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [];
  if (blocks.length === 0) {
    throw new TrustDomainError(
      `${who} holds no certificate; give the text of a PEM file, with one \`-----BEGIN CERTIFICATE-----\` for each authority`,
    );
  }
  if (blocks.length > CERTIFICATES_MAX || pem.length > CHARACTERS_MAX) {
    throw new TrustDomainError(
      `${who} holds ${blocks.length} certificates in ${pem.length} characters; ${CERTIFICATES_MAX} certificates in ${CHARACTERS_MAX} characters are possible`,
    );
  }
  return blocks.map((block, i) => fingerprint(`${who}, certificate ${i + 1}`, block));
}

function fingerprint(who: string, pem: string): string {
  let certificate: X509Certificate;
  try {
    certificate = new X509Certificate(pem);
  } catch {
    throw new TrustDomainError(`${who}, cannot be read; give it as the authority issued it`);
  }
  if (!certificate.ca) {
    throw new TrustDomainError(
      `${who}, of \`${certificate.subject.replaceAll('\n', ', ')}\`, is no authority's; name the authorities that issue the clients' certificates, and the clients in \`clients\``,
    );
  }
  return certificate.fingerprint256;
}
