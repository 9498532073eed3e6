/**
 * The physical names of a trust domain's resources, and whether AWS accepts them.
 *
 * Names are functions of the domain's name alone (and of the region where AWS's namespace is global
 * to the account: IAM), so that another stack names a role or key without a token, and a key policy
 * names a role without depending on it. A domain's name holds no `/`, so families of names end
 * their prefix with one and no domain's family contains another's.
 */
import { ArnFormat, type Stack, Token } from 'aws-cdk-lib';
import { TrustDomainError } from './domain-error';
import type { Duty } from './duty';

const DOMAIN_NAME = /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/;

// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
const ROLE_NAME_MAX = 64;

// The longest region names today (`ap-southeast-1`, `ap-northeast-1`, `eusc-de-east-1`) have 14 characters.
const LONGEST_REGION = 'ap-southeast-1';

// The longest of the duties decides whether all seven fit.
const LONGEST_DUTY = 'provision';

export class DomainNames {
  public readonly api: string;
  public readonly keyAlias: string;
  public readonly webAcl: string;
  public readonly userPool: string;
  /** The pipeline that runs what was approved. */
  public readonly release: string;
  /** Pipeline, stage and action in which the domain's releases wait for approval. */
  public readonly approval: string;
  public readonly accessLogGroup: string;
  public readonly webAclLogGroup: string;
  public readonly authorizerLogGroup: string;
  public readonly trustStoreLogGroup: string;
  /** Of the table that remembers proofs. */
  public readonly proofTable: string;
  /** Of authorities' certificates and their revocation lists. */
  public readonly trustStoreBucket: string;
  public readonly assetPrefix: string;
  /** Whatever the domain's changes upload, before it is sealed. */
  public readonly uploadBucket: string;
  /** What was uploaded first, and so what a change runs. */
  public readonly assetBucket: string;
  /** Of the role that CloudFormation acts as, and of the policy that is its boundary. */
  public readonly execution: string;
  /** Of the role for emergencies, and of the policy that is its boundary. */
  public readonly breakGlass: string;
  /** Of the function that seals uploads, and of its role. */
  public readonly notary: string;
  /** Of the topic that the domain's alarms tell. */
  public readonly alarmTopic: string;
  /** Dashboards are the account's, not a region's. */
  public readonly dashboard: string;
  /** Of the rule that counts denied uses of the key. */
  public readonly deniedKeyUse: string;

  constructor(
    private readonly stack: Stack,
    public readonly domain: string,
    private readonly account: string = stack.account,
    private readonly region: string = stack.region,
  ) {
    const base = `bulkhead-${domain}`;
    this.api = base;
    this.keyAlias = `alias/${base}`;
    this.webAcl = base;
    this.userPool = base;
    this.release = base;
    this.approval = `${base}/Approve/Approve`;
    this.accessLogGroup = `/bulkhead/${domain}/access`;
    // AWS WAF refuses log groups of any other name:
    // https://docs.aws.amazon.com/waf/latest/developerguide/logging-cw-logs.html
    this.webAclLogGroup = `aws-waf-logs-${base}`;
    this.authorizerLogGroup = `/bulkhead/${domain}/authorizer`;
    this.trustStoreLogGroup = `/bulkhead/${domain}/trust-store`;
    this.proofTable = `${base}-proofs`;
    this.trustStoreBucket = `${base}-trust-${account}-${region}`;
    this.assetPrefix = `bulkhead/${domain}/`;
    this.uploadBucket = `${base}-uploads-${account}-${region}`;
    this.assetBucket = `${base}-assets-${account}-${region}`;
    this.execution = `${base}-execution-${region}`;
    // As long as the longest duty, so that every domain's name leaves room for it.
    this.breakGlass = `${base}-emergency-${region}`;
    this.notary = `${base}-notary-${region}`;
    this.alarmTopic = `${base}-alarms`;
    this.dashboard = `${base}-${region}`;
    this.deniedKeyUse = `${base}-denied-key-use`;
  }

  /** Of the duty's role, and of the managed policy that is its remit and boundary. */
  public role(duty: Duty): string {
    return `bulkhead-${this.domain}-${duty}-${this.region}`;
  }

  public roleArn(duty: Duty): string {
    return this.arn('iam', `role/${this.role(duty)}`, '');
  }

  /** Of a function's role, and of its policy; no longer than that of a duty. */
  public serviceRole(name: 'auth' | 'trust'): string {
    return `bulkhead-${this.domain}-${name}-${this.region}`;
  }

  public serviceRoleArn(name: 'auth' | 'trust'): string {
    return this.arn('iam', `role/${this.serviceRole(name)}`, '');
  }

  /** Of an alarm. */
  public alarm(watched: string): string {
    return `bulkhead/${this.domain}/${watched}`;
  }

  /** Every alarm of the domain, and no other. */
  public get alarmArns(): string {
    return this.arn('cloudwatch', `alarm:${this.alarm('*')}`);
  }

  public boundaryArn(duty: Duty): string {
    return this.arn('iam', `policy/${this.role(duty)}`, '');
  }

  /** `arn:PARTITION:SERVICE:REGION:ACCOUNT:RESOURCE` in the domain's account and region. */
  public arn(service: string, resource: string, region: string = this.region): string {
    return this.stack.formatArn({
      service,
      resource,
      account: this.account,
      region,
      arnFormat: ArnFormat.NO_RESOURCE_NAME,
    });
  }
}

// https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html
const BUCKET_NAME_MAX = 63;
const ACCOUNT_LENGTH = 12;

/** Throws iff S3 would refuse the names of a domain's buckets. */
export function requireBucketNames(name: string, domainRegion: string): void {
  requireDomainName(name, domainRegion);
  const region = Token.isUnresolved(domainRegion) ? LONGEST_REGION : domainRegion;
  const length = `bulkhead-${name}-uploads--${region}`.length + ACCOUNT_LENGTH;
  if (length > BUCKET_NAME_MAX) {
    throw new TrustDomainError(
      `trust domain \`${name}\`: its bucket name \`bulkhead-${name}-uploads-ACCOUNT-${region}\` has ${length} characters and S3 allows ${BUCKET_NAME_MAX}; ` +
        `shorten the domain's name to ${name.length - (length - BUCKET_NAME_MAX)} characters`,
    );
  }
}

/** Throws iff some resource of a domain so named would be refused by AWS. */
export function requireDomainName(name: string, domainRegion: string): void {
  if (Token.isUnresolved(name) || !DOMAIN_NAME.test(name)) {
    throw new TrustDomainError(
      `trust domain \`${Token.isUnresolved(name) ? 'a token' : name}\`: a domain's name is lower-case letters, digits and single hyphens, ` +
        'starting with a letter, because it is part of physical names; give `domainName` one like `orders-public`',
    );
  }
  const region = Token.isUnresolved(domainRegion) ? LONGEST_REGION : domainRegion;
  const longest = `bulkhead-${name}-${LONGEST_DUTY}-${region}`;
  if (longest.length > ROLE_NAME_MAX) {
    throw new TrustDomainError(
      `trust domain \`${name}\`: its role name \`${longest}\` has ${longest.length} characters and IAM allows ${ROLE_NAME_MAX}; ` +
        `shorten the domain's name to ${name.length - (longest.length - ROLE_NAME_MAX)} characters`,
    );
  }
}
