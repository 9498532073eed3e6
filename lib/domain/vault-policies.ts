/**
 * The three policies of an audit vault: of its bucket, of its key, and the remit of the role that reads it.
 *
 * Denied to everybody, CloudFormation and the root user included: to delete a record, to unlock it, to end the key.
 * Denied to everybody but the role that CloudFormation acts as: to change the bucket. Denied to everybody but the
 * auditor: to read. Denied to everybody but CloudTrail: to write. A Deny in the bucket's policy holds against every
 * policy of the account, also of administrators. Who can still mend a mistake: docs/audit.md.
 */
import {
  AccountRootPrincipal,
  AnyPrincipal,
  Effect,
  type PolicyDocument,
  PolicyStatement,
  ServicePrincipal,
} from 'aws-cdk-lib/aws-iam';
import { byRoles } from './domain-key';
import { DESCRIBE_KEY, READ_WITH_KEY } from './key-actions';
import type { VaultNames } from './vault-names';

export interface VaultUse {
  readonly names: VaultNames;
  readonly executionRoleArn: string;
  /** ARNs of the trails that write into the vault. */
  readonly trailArns: readonly string[];
  readonly accounts: readonly string[];
  /** ARN of the root user of the vault's account. */
  readonly rootArn: string;
}

const CLOUDTRAIL = 'cloudtrail.amazonaws.com';

type Conditions = { [operator: string]: { [key: string]: string | string[] } };

/** Whoever deletes a version, or shortens or lifts its lock; S3 itself refuses in compliance mode, and this before S3 does. */
const END_RECORDS: readonly string[] = [
  's3:BypassGovernanceRetention',
  's3:DeleteBucket',
  's3:DeleteObject',
  's3:DeleteObjectVersion',
  's3:PutObjectLegalHold',
  's3:PutObjectRetention',
  's3:ReplicateDelete',
  's3:UpdateObjectEncryption',
];

/** The settings of the bucket: its policy, its lock, its rules. */
const CHANGE_BUCKET: readonly string[] = [
  's3:DeleteBucketPolicy',
  's3:DeleteBucketWebsite',
  's3:PutAccelerateConfiguration',
  's3:PutBucket*',
  's3:PutEncryptionConfiguration',
  's3:PutInventoryConfiguration',
  's3:PutLifecycleConfiguration',
  's3:PutReplicationConfiguration',
];

const WRITE_RECORDS: readonly string[] = [
  's3:PutObject',
  's3:PutObjectAcl',
  's3:PutObjectVersionAcl',
  's3:ReplicateObject',
  's3:RestoreObject',
];

const READ_RECORDS: readonly string[] = ['s3:GetObject*'];

const LIST_RECORDS: readonly string[] = ['s3:ListBucket', 's3:ListBucketVersions'];

/** Beside the statement for TLS alone, which the bucket brings. */
export function bucketStatements(use: VaultUse): PolicyStatement[] {
  const { bucketArn } = use.names;
  const objects = `${bucketArn}/*`;
  const deny = (sid: string, actions: readonly string[], conditions?: Conditions) =>
    new PolicyStatement({
      sid,
      effect: Effect.DENY,
      principals: [new AnyPrincipal()],
      actions: [...actions],
      resources: [bucketArn, objects],
      conditions,
    });
  // https://docs.aws.amazon.com/awscloudtrail/latest/userguide/create-s3-bucket-policy-for-cloudtrail.html
  const byCloudTrail = (sid: string, action: string, resources: string[], more: { [key: string]: string } = {}) =>
    new PolicyStatement({
      sid,
      principals: [new ServicePrincipal(CLOUDTRAIL)],
      actions: [action],
      resources,
      conditions: { StringEquals: { 'aws:SourceArn': oneOrMany(use.trailArns), ...more } },
    });
  return [
    byCloudTrail('CloudTrailLooks', 's3:GetBucketAcl', [bucketArn]),
    byCloudTrail(
      'CloudTrailWrites',
      's3:PutObject',
      use.accounts.map((account) => `${bucketArn}/AWSLogs/${account}/*`),
      { 's3:x-amz-acl': 'bucket-owner-full-control' },
    ),
    deny('NobodyEndsARecord', END_RECORDS),
    // Absent when the caller is no service, and then not equal:
    // https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-principalservicename
    deny('CloudTrailAloneWrites', WRITE_RECORDS, { StringNotEquals: { 'aws:PrincipalServiceName': CLOUDTRAIL } }),
    deny('AuditAloneReads', READ_RECORDS, { ArnNotEquals: { 'aws:PrincipalArn': use.names.auditorArn } }),
    // CloudFormation looks whether the bucket is there, which S3 counts as listing it.
    deny('AuditAloneLists', LIST_RECORDS, {
      ArnNotEquals: { 'aws:PrincipalArn': [use.names.auditorArn, use.executionRoleArn] },
    }),
    deny('CloudFormationAloneChanges', CHANGE_BUCKET, { ArnNotEquals: { 'aws:PrincipalArn': use.executionRoleArn } }),
  ];
}

// What CloudFormation needs to create and update the key and its alias: not to disable it, nor to delete it.
const EXECUTION_ACTIONS: readonly string[] = [
  'kms:CreateAlias',
  'kms:DeleteAlias',
  'kms:DescribeKey',
  'kms:EnableKey',
  'kms:EnableKeyRotation',
  'kms:GetKeyPolicy',
  'kms:GetKeyRotationStatus',
  'kms:ListResourceTags',
  'kms:PutKeyPolicy',
  'kms:TagResource',
  'kms:UntagResource',
  'kms:UpdateAlias',
  'kms:UpdateKeyDescription',
];

/** Records whose key is gone are gone; and a grant would let somebody read whom the policy does not name. */
const END_KEY: readonly string[] = [
  'kms:CreateGrant',
  'kms:DeleteImportedKeyMaterial',
  'kms:DisableKey',
  'kms:DisableKeyRotation',
  'kms:ReplicateKey',
  'kms:ScheduleKeyDeletion',
];

// https://docs.aws.amazon.com/awscloudtrail/latest/userguide/create-kms-key-policy-for-cloudtrail.html
export function addKeyStatements(document: PolicyDocument, use: VaultUse): void {
  const { names, trailArns } = use;
  const byCloudTrail = (sid: string, action: string, more: Conditions = {}) =>
    new PolicyStatement({
      sid,
      principals: [new ServicePrincipal(CLOUDTRAIL)],
      actions: [action],
      resources: ['*'],
      conditions: { StringEquals: { 'aws:SourceArn': oneOrMany(trailArns) }, ...more },
    });
  const denied = (sid: string, actions: readonly string[], conditions?: Conditions) =>
    new PolicyStatement({
      sid,
      effect: Effect.DENY,
      principals: [new AnyPrincipal()],
      actions: [...actions],
      resources: ['*'],
      conditions,
    });
  document.addStatements(
    byRoles('AdministerByCloudFormation', EXECUTION_ACTIONS, [use.executionRoleArn]),
    // The second administrator, so that the key is never orphaned: nobody's role, and only with a second factor.
    new PolicyStatement({
      sid: 'MendByRootUser',
      principals: [new AccountRootPrincipal()],
      actions: ['kms:DescribeKey', 'kms:GetKeyPolicy', 'kms:PutKeyPolicy'],
      resources: ['*'],
      conditions: {
        ArnEquals: { 'aws:PrincipalArn': use.rootArn },
        Bool: { 'aws:MultiFactorAuthPresent': 'true' },
      },
    }),
    byCloudTrail('CloudTrailEncrypts', 'kms:GenerateDataKey*', {
      StringLike: { 'kms:EncryptionContext:aws:cloudtrail:arn': oneOrMany(trailArns) },
    }),
    byCloudTrail('CloudTrailDescribes', 'kms:DescribeKey'),
    byRoles('DecryptByAudit', [...READ_WITH_KEY, ...DESCRIBE_KEY], [names.auditorArn]),
    denied('NobodyEndsTheKey', END_KEY),
    denied('KeepLockoutCheck', ['kms:PutKeyPolicy'], { Bool: { 'kms:BypassPolicyLockoutSafetyCheck': 'true' } }),
  );
}

/** What the auditor may do: read the records, check their signatures and look at the trail; nothing else, and nowhere else. */
export function auditorRemit(bucketArn: string, keyArn: string, trailArn: string): PolicyStatement[] {
  const objects = `${bucketArn}/*`;
  const records = ['s3:GetObject', 's3:GetObjectRetention', 's3:GetObjectVersion'];
  const bucket = [
    's3:GetBucketLocation',
    's3:GetBucketObjectLockConfiguration',
    's3:GetBucketPolicy',
    's3:GetBucketVersioning',
    's3:GetEncryptionConfiguration',
    's3:GetLifecycleConfiguration',
    's3:ListBucket',
    's3:ListBucketVersions',
  ];
  const key = [...READ_WITH_KEY, ...DESCRIBE_KEY];
  const trail = [
    'cloudtrail:GetEventSelectors',
    'cloudtrail:GetInsightSelectors',
    'cloudtrail:GetTrail',
    'cloudtrail:GetTrailStatus',
    'cloudtrail:ListTags',
  ];
  // These take no resource; the keys are those with which CloudTrail signs its digests.
  const anywhere = ['cloudtrail:DescribeTrails', 'cloudtrail:ListPublicKeys', 'cloudtrail:LookupEvents'];
  const allow = (sid: string, actions: readonly string[], resource: string) =>
    new PolicyStatement({ sid, actions: [...actions], resources: [resource] });
  return [
    allow('ReadRecords', records, objects),
    allow('ListRecords', bucket, bucketArn),
    allow('DecryptRecords', key, keyArn),
    allow('ReviewTrail', trail, trailArn),
    allow('ValidateRecords', anywhere, '*'),
    new PolicyStatement({
      sid: 'NothingElse',
      effect: Effect.DENY,
      notActions: [...records, ...bucket, ...key, ...trail, ...anywhere].sort(),
      resources: ['*'],
    }),
    new PolicyStatement({
      sid: 'NowhereElse',
      effect: Effect.DENY,
      actions: [...records, ...bucket, ...key].sort(),
      notResources: [bucketArn, objects, keyArn],
    }),
  ];
}

function oneOrMany(values: readonly string[]): string | string[] {
  return values.length === 1 ? (values[0] as string) : [...values];
}
