/**
 * The audit vault: records of who requested what, locked for a time that nobody can shorten, read by the duty `audit`
 * alone.
 *
 * A bucket with object lock in compliance mode and a key of its own, the role that reads both, and the trail that
 * records the vault's own account, and with it every access to the vault. Trails of other accounts write into it as
 * well (`AuditTrail`). What holds against whom, and how an update is still made in an orderly way: docs/audit.md.
 */
import { CfnResource, Duration, RemovalPolicy, Stack, Tags, Token } from 'aws-cdk-lib';
import { CompositePrincipal, type IRole, ManagedPolicy, PolicyDocument, Role } from 'aws-cdk-lib/aws-iam';
import { type IKey, Key } from 'aws-cdk-lib/aws-kms';
import { BlockPublicAccess, Bucket, BucketEncryption, ObjectLockRetention, ObjectOwnership } from 'aws-cdk-lib/aws-s3';
import { Construct, type IConstruct } from 'constructs';
import { mark, registerGate } from '../enforce/marker';
import { type Assumer, attestationsOf } from './assumer';
import { AuditTrail, admitTrails } from './audit-trail';
import type { AuditSource, AuditVaultAttributes, AuditVaultProps, IAuditVault } from './audit-vault-props';
import { executionRoleArn } from './deployment-identity';
import { TrustDomainError } from './domain-error';
import { Duty } from './duty';
import { policySize, requirePolicySize } from './policy-size';
import { claimVault, outermostStack } from './registry';
import { requireVaultName, VaultNames } from './vault-names';
import { addKeyStatements, auditorRemit, bucketStatements, type VaultUse } from './vault-policies';

// CloudTrail keeps an event history of 90 days by itself; a vault that locks for less adds nothing to it.
const SHORTEST_RETENTION_DAYS = 90;
// https://docs.aws.amazon.com/AmazonS3/latest/API/API_DefaultRetention.html
const LONGEST_RETENTION_DAYS = 36_500;
const LONGEST_SESSION_HOURS = 8;
// https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucket-policies.html
const BUCKET_POLICY_MAX = 20_480;

/** Where audit trails are kept: locked, encrypted, and read by the duty `audit` alone. */
export class AuditVault extends Construct implements IAuditVault {
  /** A vault that another app or stack provisioned: what an `AuditTrail` writes into. */
  public static fromAttributes(scope: Construct, id: string, attributes: AuditVaultAttributes): IAuditVault {
    return new ImportedAuditVault(scope, id, attributes);
  }

  public readonly vaultName: string;
  public readonly bucketName: string;
  public readonly bucketArn: string;
  public readonly auditorRoleArn: string;

  /** The bucket that keeps the records. */
  public readonly bucket: Bucket;

  /** The vault's key. */
  public readonly key: IKey;

  /** The role that reads the vault: it holds the duty `audit`, and belongs to no trust domain. */
  public readonly auditor: IRole;

  /** What the auditor may do, and its permissions boundary. */
  public readonly remit: ManagedPolicy;

  /** Records the vault's own account. */
  public readonly trail: AuditTrail;

  constructor(scope: Construct, id: string, props: AuditVaultProps) {
    super(scope, id);
    const stack = Stack.of(this);
    const vault = props.vaultName ?? id;
    const who = `audit vault \`${vault}\``;
    requireVaultName(vault, stack.region);
    requireReaders(who, props.readers);
    const retention = checkedRetention(who, props.retention ?? Duration.days(365));
    const session = checkedSession(who, props.maxSessionDuration ?? Duration.hours(1));
    claimVault(this);

    const names = new VaultNames(stack, vault);
    this.vaultName = vault;
    this.bucketName = names.bucket;
    this.bucketArn = names.bucketArn;
    this.auditorRoleArn = names.auditorArn;
    const sources = sourcesOf(who, stack, props.sources ?? []);
    const use: VaultUse = {
      names,
      executionRoleArn: props.executionRole?.roleRef.roleArn ?? executionRoleArn(who, outermostStack(this)),
      trailArns: sources.map(({ account, region }) => names.trailArn(account, region)),
      accounts: sources.map(({ account }) => account),
      rootArn: `arn:${stack.partition}:iam::${stack.account}:root`,
    };
    this.key = new VaultKey(this, 'Key', use);
    this.bucket = this.lockedBucket(retention, use);
    this.remit = new ManagedPolicy(this, 'Remit', {
      managedPolicyName: names.auditor,
      description: `Bulkhead: remit and boundary of whoever reads the audit vault ${vault}`,
      statements: checkedRemit(
        who,
        stack,
        this.bucket.bucketArn,
        this.key.keyArn,
        names.trailArn(stack.account, stack.region),
      ),
    });
    this.auditor = this.auditorRole(names, props.readers, session);
    admitTrails(this, use.trailArns);
    this.trail = new AuditTrail(this, 'Trail', {
      vault: this,
      dataEventsOf: props.dataEventsOf,
      logGroup: props.logGroup,
    });
    // CloudTrail tries to write when the trail is made; the name of the bucket alone would not make it wait.
    this.trail.node.addDependency(this.bucket);
    this.markAll();
    registerGate(this);
  }

  public get keyArn(): string {
    return this.key.keyArn;
  }

  private lockedBucket(retention: Duration, use: VaultUse): Bucket {
    const bucket = new Bucket(this, 'Bucket', {
      bucketName: use.names.bucket,
      versioned: true,
      objectLockEnabled: true,
      objectLockDefaultRetention: ObjectLockRetention.compliance(retention),
      encryption: BucketEncryption.KMS,
      encryptionKey: this.key,
      blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
      objectOwnership: ObjectOwnership.BUCKET_OWNER_ENFORCED,
      enforceSSL: true,
      minimumTLSVersion: 1.2,
      removalPolicy: RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
    });
    const statements = bucketStatements(use);
    for (const statement of statements) bucket.addToResourcePolicy(statement);
    const size = policySize(Stack.of(this), statements);
    if (size > BUCKET_POLICY_MAX) {
      throw new TrustDomainError(
        `audit vault \`${this.vaultName}\`: the bucket's policy may have ${size} characters and S3 allows ${BUCKET_POLICY_MAX}; leave some of the ${use.accounts.length} accounts in \`sources\` to a second vault`,
      );
    }
    bucket.policy?.applyRemovalPolicy(RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE);
    return bucket;
  }

  private auditorRole(names: VaultNames, readers: readonly Assumer[], session: Duration): Role {
    const principals = readers.map((reader) => reader._principalFor(Duty.AUDIT, this.vaultName));
    const role = new Role(this, 'Auditor', {
      roleName: names.auditor,
      description: `Bulkhead: reads the audit vault ${this.vaultName}`,
      assumedBy: principals.length === 1 ? principals[0] : new CompositePrincipal(...principals),
      managedPolicies: [this.remit],
      permissionsBoundary: this.remit,
      maxSessionDuration: session,
    });
    const attestations = attestationsOf(readers);
    const attested = attestations.length === 0 ? {} : { attestations };
    const vault = this.vaultName;
    mark(this.remit.node.defaultChild as CfnResource, { duty: Duty.AUDIT, part: 'boundary', vault });
    mark(role.node.defaultChild as CfnResource, { duty: Duty.AUDIT, part: 'auditor', vault, ...attested });
    Tags.of(role).add('bulkhead:duty', Duty.AUDIT);
    return role;
  }

  private markAll(): void {
    const vault = this.vaultName;
    const own = (construct: IConstruct) => construct.node.findAll().filter((node) => CfnResource.isCfnResource(node));
    for (const resource of [...own(this.key), ...own(this.bucket)]) {
      mark(resource, { part: PARTS[resource.cfnResourceType] ?? 'audit-resource', vault });
    }
    Tags.of(this).add('bulkhead:vault', vault);
  }
}

const PARTS: { readonly [type: string]: string } = {
  'AWS::KMS::Alias': 'audit-key-alias',
  'AWS::KMS::Key': 'audit-key',
  'AWS::S3::Bucket': 'audit-bucket',
  'AWS::S3::BucketPolicy': 'audit-bucket-policy',
};

/** The key of a vault: it trusts no identity policy alone, and whoever may end it is nobody. */
class VaultKey extends Key {
  protected override readonly trustAccountIdentities: boolean = false;

  constructor(scope: Construct, id: string, use: VaultUse) {
    const policy = new PolicyDocument();
    addKeyStatements(policy, use);
    super(scope, id, {
      alias: use.names.keyAlias,
      description: `Bulkhead: the key of audit vault ${use.names.vault}`,
      enableKeyRotation: true,
      // Its policy lets nobody delete it, so a failed creation could not either.
      removalPolicy: RemovalPolicy.RETAIN,
      policy,
    });
  }
}

class ImportedAuditVault extends Construct implements IAuditVault {
  public readonly vaultName: string;
  public readonly bucketName: string;
  public readonly bucketArn: string;
  public readonly keyArn: string;
  public readonly auditorRoleArn: string;

  constructor(scope: Construct, id: string, { vaultName, account, region, keyArn }: AuditVaultAttributes) {
    super(scope, id);
    const stack = Stack.of(this);
    requireVaultName(vaultName, region ?? stack.region);
    const names = new VaultNames(stack, vaultName, account, region);
    this.vaultName = vaultName;
    this.bucketName = names.bucket;
    this.bucketArn = names.bucketArn;
    this.keyArn = keyArn ?? names.keyAliasArn;
    this.auditorRoleArn = names.auditorArn;
  }
}

/** The vault's own account first. */
function sourcesOf(who: string, stack: Stack, given: readonly AuditSource[]): Required<AuditSource>[] {
  const all = [{ account: stack.account, region: stack.region }];
  for (const { account, region = stack.region } of given) {
    if (!Token.isUnresolved(account) && !/^\d{12}$/.test(account)) {
      throw new TrustDomainError(`${who}: \`${account}\` in \`sources\` is no account; give its 12 digits`);
    }
    if (all.some((other) => other.account === account)) {
      throw new TrustDomainError(
        `${who}: account \`${account}\` stands twice among \`sources\`; one trail records it in all regions, and that of the vault's own account is there already`,
      );
    }
    all.push({ account, region });
  }
  return all;
}

function requireReaders(who: string, readers: readonly Assumer[] | undefined): void {
  // Untyped callers may leave out what the type requires.
  if (readers === undefined || readers.length === 0) {
    throw new TrustDomainError(
      `${who}: it has no reader; name in \`readers\` who may read it, there is no default: people who run no API`,
    );
  }
  const twice = readers.find(({ arn }, i) => readers.findIndex((other) => other.arn === arn) !== i);
  if (twice !== undefined) throw new TrustDomainError(`${who}: \`${twice.arn}\` stands twice among \`readers\``);
}

function checkedRetention(who: string, retention: Duration): Duration {
  const days = retention.isUnresolved() ? undefined : retention.toDays({ integral: false });
  if (
    days === undefined ||
    !Number.isInteger(days) ||
    days < SHORTEST_RETENTION_DAYS ||
    days > LONGEST_RETENTION_DAYS
  ) {
    throw new TrustDomainError(
      `${who}: the retention \`${days ?? 'a token'}\` days is out of range; \`retention\` is whole days, from ${SHORTEST_RETENTION_DAYS} to ${LONGEST_RETENTION_DAYS}: CloudTrail's own event history has ${SHORTEST_RETENTION_DAYS} already`,
    );
  }
  return retention;
}

function checkedSession(who: string, duration: Duration): Duration {
  const hours = duration.isUnresolved() ? undefined : duration.toHours({ integral: false });
  if (hours === undefined || hours < 1 || hours > LONGEST_SESSION_HOURS) {
    throw new TrustDomainError(
      `${who}: the session length \`${hours ?? 'a token'}\` hours is out of range; \`maxSessionDuration\` is from 1 to ${LONGEST_SESSION_HOURS} hours`,
    );
  }
  return duration;
}

function checkedRemit(who: string, stack: Stack, bucketArn: string, keyArn: string, trailArn: string) {
  const statements = auditorRemit(bucketArn, keyArn, trailArn);
  requirePolicySize(who, stack, statements);
  return statements;
}
