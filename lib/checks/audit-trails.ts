/**
 * The audit trails of an app and what they are kept in: trails, the buckets that they write into, their keys and log
 * groups; and which requests on these would mute a trail, end its records, or read them.
 *
 * Trails of the constructs are vaults, by their marks. Any other trail of an app with domains or duties is
 * judged as well, by what it says of itself. A bucket is found by its name, because a trail names it so.
 */
import type { Model, Resource } from '../model/model';
import { splitText, textKey } from '../model/text-key';
import type { PolicyDocument, Statement } from '../policy/document';
import { isText, type Text, text } from '../policy/text';

export interface AuditTrails {
  readonly trails: readonly Resource[];
  readonly buckets: readonly Resource[];
  readonly keys: readonly Resource[];
  readonly logGroups: readonly Resource[];
  /** Of a bucket, by its id: the beginnings of what trails write, as patterns. */
  readonly records: ReadonlyMap<string, readonly Text[]>;
}

/** Found once for each model. */
export function auditTrailsOf(model: Model): AuditTrails {
  const found = known.get(model) ?? find(model);
  known.set(model, found);
  return found;
}

const known = new WeakMap<Model, AuditTrails>();

function find(model: Model): AuditTrails {
  const none = { trails: [], buckets: [], keys: [], logGroups: [], records: new Map<string, readonly Text[]>() };
  // Nobody has said who is who: then nothing can be said of who may read what either.
  if (model.domains.length === 0 && !model.principals.some(({ duty }) => duty !== undefined)) return none;
  const byId = new Map(model.resources.map((r) => [r.id, r]));
  const ofType = (type: string): readonly Resource[] => model.resources.filter(({ origin }) => origin.type === type);
  const trails = ofType(TRAIL);
  const buckets = new Map<string, Resource>();
  const records = new Map<string, Text[]>();
  const keys = new Map<string, Resource>();
  const logGroups = new Map<string, Resource>();
  const store = (bucket: Resource, pattern: Text): void => {
    buckets.set(bucket.id, bucket);
    records.set(bucket.id, [...(records.get(bucket.id) ?? []), pattern]);
  };
  // Stacks whose place only the deployment knows may each have a bucket of one name.
  const named = new Map<string, Resource[]>();
  for (const bucket of ofType('AWS::S3::Bucket')) {
    const name = nameOf(bucket);
    if (name === undefined) continue;
    named.set(name, [...(named.get(name) ?? []), bucket]);
    if (bucket.part === 'audit-bucket') store(bucket, text(bucket.arn!, '/*'));
  }
  for (const key of ofType('AWS::KMS::Key')) if (key.part === 'audit-key') keys.set(key.id, key);
  for (const trail of trails) {
    for (const bucket of named.get(keyOfValue(trail.properties.S3BucketName) ?? '') ?? []) {
      if (bucket.part !== 'audit-bucket') store(bucket, recordsIn(bucket, trail));
    }
    for (const used of usedAt(trail, 'KMSKeyId', byId)) {
      const target = used.origin.type === 'AWS::KMS::Alias' ? usedAt(used, 'TargetKeyId', byId) : [used];
      for (const key of target) if (key.origin.type === 'AWS::KMS::Key') keys.set(key.id, key);
    }
    for (const group of usedAt(trail, 'CloudWatchLogsLogGroupArn', byId)) {
      if (group.origin.type === 'AWS::Logs::LogGroup') logGroups.set(group.id, group);
    }
  }
  return {
    trails,
    buckets: [...buckets.values()],
    keys: [...keys.values()],
    logGroups: [...logGroups.values()],
    records,
  };
}

export const TRAIL = 'AWS::CloudTrail::Trail';

/** True iff the constructs made it. */
export function isVaults({ part, vault }: Resource): boolean {
  return vault !== undefined && part?.startsWith('audit-') === true;
}

/** The name of a bucket, which is the last piece of its ARN. */
function nameOf({ arn }: Resource): string | undefined {
  const name = arn === undefined ? undefined : splitText(arn, ':')?.[5];
  return name === undefined ? undefined : textKey(name);
}

function keyOfValue(value: unknown): string | undefined {
  return typeof value === 'string' ? value : isText(value) ? textKey(value) : undefined;
}

/** CloudTrail writes below `PREFIX/AWSLogs`: https://docs.aws.amazon.com/awscloudtrail/latest/userguide/get-and-view-cloudtrail-log-files.html */
function recordsIn({ arn }: Resource, { properties: { S3KeyPrefix: prefix } }: Resource): Text {
  if (typeof prefix === 'string' || isText(prefix)) return text(arn!, '/', prefix, '/AWSLogs/*');
  return text(arn!, prefix === undefined ? '/AWSLogs/*' : '/*');
}

function usedAt({ references }: Resource, at: string, byId: ReadonlyMap<string, Resource>): readonly Resource[] {
  return references.filter((r) => r.at === at).flatMap((r) => byId.get(r.to) ?? []);
}

// Sources: the Service Authorization Reference of each service, by what the request does.
const MUTE: readonly string[] = [
  'cloudtrail:DeleteTrail',
  'cloudtrail:PutEventConfiguration',
  'cloudtrail:PutEventSelectors',
  'cloudtrail:PutInsightSelectors',
  'cloudtrail:StopLogging',
  'cloudtrail:UpdateTrail',
];
const UNLOCK_BUCKET: readonly string[] = [
  's3:DeleteBucket',
  's3:DeleteBucketPolicy',
  's3:PutBucketAcl',
  's3:PutBucketObjectLockConfiguration',
  's3:PutBucketOwnershipControls',
  's3:PutBucketPolicy',
  's3:PutBucketPublicAccessBlock',
  's3:PutBucketVersioning',
  's3:PutEncryptionConfiguration',
  's3:PutLifecycleConfiguration',
  's3:PutReplicationConfiguration',
];
/** Not even CloudFormation may. */
export const END_RECORDS: readonly string[] = [
  's3:BypassGovernanceRetention',
  's3:DeleteObject',
  's3:DeleteObjectVersion',
  's3:PutObjectLegalHold',
  's3:PutObjectRetention',
];
const FORGE_RECORDS: readonly string[] = [
  's3:PutObject',
  's3:PutObjectAcl',
  's3:PutObjectVersionAcl',
  's3:ReplicateDelete',
  's3:ReplicateObject',
  's3:UpdateObjectEncryption',
];
/** Not even CloudFormation may. */
export const END_KEY: readonly string[] = ['kms:DisableKey', 'kms:ScheduleKeyDeletion'];
const LOOSEN_KEY: readonly string[] = [
  'kms:CreateGrant',
  'kms:DeleteImportedKeyMaterial',
  'kms:PutKeyPolicy',
  'kms:ReplicateKey',
];
const READ_RECORDS: readonly string[] = ['s3:GetObject', 's3:GetObjectTorrent', 's3:GetObjectVersion'];
const LIST_RECORDS: readonly string[] = ['s3:ListBucket', 's3:ListBucketVersions'];
const DECRYPT: readonly string[] = ['kms:Decrypt', 'kms:ReEncryptFrom'];
const READ_LOG: readonly string[] = [
  'logs:FilterLogEvents',
  'logs:GetLogEvents',
  'logs:GetLogRecord',
  'logs:StartLiveTail',
  'logs:StartQuery',
];

/** Requests on one resource; the policy allows exactly these. */
export interface Requests {
  readonly on: Resource;
  readonly document: PolicyDocument;
}

/** After one of these a record is not made, is gone, or is another. */
export function endingRequests(of: AuditTrails): readonly Requests[] {
  return once(endings, of, ({ trails, buckets, keys, records }) => [
    ...trails.flatMap((trail) => requestsOn(trail, [[MUTE, own(trail)]])),
    ...buckets.flatMap((bucket) =>
      requestsOn(bucket, [
        [UNLOCK_BUCKET, own(bucket)],
        [[...END_RECORDS, ...FORGE_RECORDS], records.get(bucket.id) ?? []],
      ]),
    ),
    ...keys.flatMap((key) => requestsOn(key, [[[...END_KEY, ...LOOSEN_KEY], own(key)]])),
  ]);
}

/** These show what is recorded. */
export function readingRequests(of: AuditTrails): readonly Requests[] {
  return once(readings, of, ({ buckets, keys, logGroups, records }) => [
    ...buckets.flatMap((bucket) =>
      requestsOn(bucket, [
        [READ_RECORDS, records.get(bucket.id) ?? []],
        [LIST_RECORDS, own(bucket)],
      ]),
    ),
    ...keys.flatMap((key) => requestsOn(key, [[DECRYPT, own(key)]])),
    ...logGroups.flatMap((group) =>
      requestsOn(group, [[READ_LOG, own(group).flatMap((arn) => [arn, text(arn, ':*')])]]),
    ),
  ]);
}

// The same documents for every check, so that what is found out about them is found out once.
const endings = new WeakMap<AuditTrails, readonly Requests[]>();
const readings = new WeakMap<AuditTrails, readonly Requests[]>();

function once(
  table: WeakMap<AuditTrails, readonly Requests[]>,
  of: AuditTrails,
  make: (trails: AuditTrails) => readonly Requests[],
): readonly Requests[] {
  const made = table.get(of) ?? make(of);
  table.set(of, made);
  return made;
}

function own({ arn }: Resource): readonly Text[] {
  return arn === undefined ? [] : [arn];
}

export function requestsOn(
  on: Resource,
  what: readonly (readonly [actions: readonly string[], on: readonly Text[]])[],
  conditions: Statement['conditions'] = [],
): readonly Requests[] {
  const statements = what
    .filter(([, patterns]) => patterns.length > 0)
    .map(
      ([actions, patterns], index): Statement => ({
        effect: 'Allow',
        index,
        origin: IN_QUESTION,
        version: '2012-10-17',
        action: { not: false, patterns: actions.map((action) => text(action)) },
        resource: { not: false, patterns },
        conditions,
      }),
    );
  return statements.length === 0 ? [] : [{ on, document: { version: '2012-10-17', origin: IN_QUESTION, statements } }];
}

export const IN_QUESTION = 'the requests in question';
