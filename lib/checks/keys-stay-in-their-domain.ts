/**
 * DOM-15, data without a key of its domain: what a trust domain stores is encrypted with a key that no other domain
 * uses. That a key of the app is used and granted in one domain alone is DOM-2's and DOM-1's; here are judged keys from
 * outside the app, which two domains may name, and stores without any.
 *
 * That a store has a key is asked of domains that the constructs made; of any other only that no key is shared. A key
 * that AWS manages (`alias/aws/…`) is the account's, and so everybody's:
 * https://docs.aws.amazon.com/kms/latest/developerguide/concepts.html#aws-managed-cmk. Secrets are DOM-11's. Log groups that an author takes
 * into a domain may lie under CloudWatch's own key: the policy of the domain's key names its log groups one by one.
 */
import type { Model, Resource } from '../model/model';
import { brief, textKey } from '../model/text-key';
import { isText, literal, type Text, text } from '../policy/text';
import { maySame } from '../reach/same-text';
import type { Check } from './check';
import { type Finding, OF_A_SETTING } from './finding';

export const keysStayInTheirDomain: Check = {
  id: 'DOM-15',
  compliant: 'what a trust domain stores is encrypted with a key that no other domain uses',
  run: (model) => {
    const uses = storesOf(model);
    return [...uses.filter(({ key }) => key === undefined).flatMap((use) => withoutKey(use, model)), ...shared(uses)];
  },
};

/** Where a type of store names its key. Source, for every line: the type's page in the CloudFormation template reference. */
const KEY_OF: Readonly<Record<string, string>> = {
  'AWS::Backup::BackupVault': 'EncryptionKeyArn',
  'AWS::DocDB::DBCluster': 'KmsKeyId',
  'AWS::DynamoDB::GlobalTable': 'Replicas.SSESpecification.KMSMasterKeyId',
  'AWS::DynamoDB::Table': 'SSESpecification.KMSMasterKeyId',
  'AWS::EFS::FileSystem': 'KmsKeyId',
  'AWS::ElastiCache::ReplicationGroup': 'KmsKeyId',
  'AWS::Elasticsearch::Domain': 'EncryptionAtRestOptions.KmsKeyId',
  'AWS::Kinesis::Stream': 'StreamEncryption.KeyId',
  'AWS::KinesisFirehose::DeliveryStream': 'DeliveryStreamEncryptionConfigurationInput.KeyARN',
  'AWS::Logs::LogGroup': 'KmsKeyId',
  'AWS::Neptune::DBCluster': 'KmsKeyId',
  'AWS::OpenSearchService::Domain': 'EncryptionAtRestOptions.KmsKeyId',
  'AWS::RDS::DBCluster': 'KmsKeyId',
  'AWS::RDS::DBInstance': 'KmsKeyId',
  'AWS::Redshift::Cluster': 'KmsKeyId',
  'AWS::S3::Bucket': 'BucketEncryption.ServerSideEncryptionConfiguration.ServerSideEncryptionByDefault.KMSMasterKeyID',
  'AWS::SNS::Topic': 'KmsMasterKeyId',
  'AWS::SQS::Queue': 'KmsMasterKeyId',
};

/** Parts of the constructs that hold no data of the domain: certificates that are public, and what is deployed. */
const NO_DATA: ReadonlySet<string> = new Set(['asset-bucket', 'notary-log', 'trust-store', 'upload-bucket']);

/** The part of whatever `TrustDomain.own` marks. */
const TAKEN_IN = 'resource';

/** A store and one key that it names; without one, or with the account's own, `key` is absent. */
interface Use {
  readonly store: Resource;
  readonly domain: string;
  readonly key?: Text;
  /** The template leaves it without one under a condition. */
  readonly conditional?: true;
}

/** Stores whose key the app does not hold. */
function storesOf({ resources }: Model): readonly Use[] {
  const keys = new Set(resources.filter(({ origin }) => origin.type.startsWith('AWS::KMS::')).map(({ id }) => id));
  return resources.flatMap((store): readonly Use[] => {
    const { domain, origin, references, properties } = store;
    const path = KEY_OF[origin.type];
    if (path === undefined || domain === undefined || NO_DATA.has(store.part ?? '')) return [];
    const [property = ''] = path.split('.');
    // DOM-2 says whose it is.
    if (references.some(({ to, at }) => keys.has(to) && at.startsWith(property)))
      return store.alternatives?.[property]?.some(({ value }) => value === undefined)
        ? [{ store, domain, conditional: true as const }]
        : [];
    const named = valuesAt(properties, path.split('.')).filter((key) => !isTheAccounts(key));
    return named.length === 0 ? [{ store, domain }] : named.map((key) => ({ store, domain, key }));
  });
}

function valuesAt(value: unknown, path: readonly string[]): readonly Text[] {
  if (Array.isArray(value)) return value.flatMap((item) => valuesAt(item, path));
  if (isText(value)) return [value];
  if (typeof value === 'string') return path.length === 0 ? [text(value)] : [];
  const [next, ...rest] = path;
  if (next === undefined || typeof value !== 'object' || value === null) return [];
  return valuesAt((value as Readonly<Record<string, unknown>>)[next], rest);
}

function isTheAccounts(key: Text): boolean {
  const known = key.parts.map((part) => (typeof part === 'string' ? part : '')).join('');
  return /(^|:)alias\/aws\//.test(known);
}

function withoutKey({ store, domain, conditional }: Use, { domains }: Model): Finding[] {
  if (store.origin.type === 'AWS::Logs::LogGroup' && store.part === TAKEN_IN) return [];
  if (!domains.some(({ name, declaredAt }) => name === domain && declaredAt.length > 0)) return [];
  const { path, type } = store.origin;
  return [
    {
      ...ABOUT,
      severity: conditional ? 'undecided' : 'violated',
      message: `\`${path}\` (${type}) of the domain \`${domain}\` is encrypted with no key of the domain${conditional ? ' under a condition of the template' : ''}, so the key stops nobody there`,
      constructPaths: [path],
      fix: `name the key of \`${domain}\` in \`${KEY_OF[type]}\``,
    },
  ];
}

/** One finding a key; of keys that only the deployment knows, one for each two domains. */
function shared(uses: readonly Use[]): Finding[] {
  const byKey = new Map<string, { readonly key: Text; readonly uses: Use[] }>();
  for (const use of uses) {
    if (use.key === undefined) continue;
    const name = nameOf(use.key);
    const known = byKey.get(name) ?? { key: use.key, uses: [] };
    known.uses.push(use);
    byKey.set(name, known);
  }
  const keys = [...byKey.values()];
  return [...keys.flatMap(({ key, uses: own }) => one(key, own)), ...perhapsOne(keys)];
}

/** A key is written as its id, its ARN or an alias; ids are unique, and an alias is within an account and region. */
function nameOf(key: Text): string {
  const known = literal(key);
  return known === undefined ? textKey(key) : known.replace(/^arn:.*:key\//, '');
}

function one(key: Text, uses: readonly Use[]): Finding[] {
  const domains = domainsOf(uses);
  if (domains.length < 2) return [];
  return [
    {
      ...ABOUT,
      severity: 'violated',
      message: `the key \`${brief(key)}\` encrypts what ${listed(domains)} store; a key serves one trust domain`,
      constructPaths: uses.map(({ store }) => store.origin.path),
      fix: `give each of ${listed(domains)} a key of its own`,
    },
  ];
}

type Key = { readonly key: Text; readonly uses: readonly Use[] };

function perhapsOne(keys: readonly Key[]): Finding[] {
  const found = new Map<string, Finding>();
  keys.forEach((a, i) => {
    for (const b of keys.slice(i + 1)) {
      if (literal(a.key) !== undefined && literal(b.key) !== undefined) continue;
      const domains = domainsOf([...a.uses, ...b.uses]);
      if (domains.length < 2 || !maySame(a.key, b.key)) continue;
      const pair = domains.join(' ');
      if (found.has(pair)) continue;
      found.set(pair, {
        ...ABOUT,
        severity: 'undecided',
        message: `only the deployment knows whether \`${brief(a.key)}\` and \`${brief(b.key)}\`, which encrypt what ${listed(domains)} store, are one key`,
        constructPaths: [...a.uses, ...b.uses].map(({ store }) => store.origin.path),
        fix: 'name the keys by ARN, or let each domain have a key in the app',
      });
    }
  });
  return [...found.values()];
}

const ABOUT = { ...OF_A_SETTING, id: 'DOM-15' } as const;

function domainsOf(uses: readonly Use[]): readonly string[] {
  return [...new Set(uses.map(({ domain }) => domain))].sort();
}

function listed(names: readonly string[]): string {
  return names.map((name) => `\`${name}\``).join(' and ');
}
