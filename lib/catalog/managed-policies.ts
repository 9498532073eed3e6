/**
 * AWS managed policies: the current version of each, as AWS publishes it. The index is read with
 * the first question about names, the documents with the first question about a document.
 */
import { brotliDecompressSync } from 'node:zlib';
import { readSnapshot, readSnapshotText } from './snapshot';

export interface ManagedPolicy {
  /** In the partition that was asked for; `arn:aws:…` when asked by name. */
  readonly arn: string;
  /** `v12`. */
  readonly version: string;
  /** The policy document, JSON parsed but not yet checked. */
  readonly document: unknown;
}

export interface ManagedPolicyName {
  /** In the partition `aws`. */
  readonly arn: string;
  readonly version: string;
}

interface Index {
  /** In the order of the documents. */
  readonly names: readonly ManagedPolicyName[];
  /** Path and name (`service-role/AWSLambdaRole`) → position. */
  readonly byPath: ReadonlyMap<string, number>;
  /** Name without path → position; AWS uses no name under two paths. */
  readonly byName: ReadonlyMap<string, number>;
}

/** The snapshot holds the documents in blocks of so many. */
export const POLICIES_IN_A_BLOCK = 100;

let index: Index | undefined;
let blocks: readonly Buffer[] | undefined;
const unpacked = new Map<number, readonly string[]>();

/**
 * `arnOrName` is an ARN in any partition (`arn:aws-cn:iam::aws:policy/ReadOnlyAccess`), or a name
 * with or without its path. Undefined for a policy that AWS did not publish when the snapshot was
 * made: what it grants is then not known.
 */
export function managedPolicy(arnOrName: string): ManagedPolicy | undefined {
  index ??= readIndex();
  const arn = /^arn:(aws[a-z-]*):iam::aws:policy\/(.+)$/.exec(arnOrName);
  const position =
    arn !== null ? index.byPath.get(arn[2]!) : (index.byPath.get(arnOrName) ?? index.byName.get(arnOrName));
  if (position === undefined) return undefined;
  const { arn: known, version } = index.names[position]!;
  return { arn: arn === null ? known : arnOrName, version, document: JSON.parse(documentAt(position)) };
}

function documentAt(position: number): string {
  const block = Math.floor(position / POLICIES_IN_A_BLOCK);
  let documents = unpacked.get(block);
  if (documents === undefined) {
    blocks ??= readBlocks();
    documents = brotliDecompressSync(blocks[block]!).toString('utf8').split('\n');
    unpacked.set(block, documents);
  }
  return documents[position % POLICIES_IN_A_BLOCK]!;
}

/** Each after its length: 32 bits, big-endian. */
function readBlocks(): readonly Buffer[] {
  const all = readSnapshot('managed-policies.br');
  const found: Buffer[] = [];
  for (let at = 0; at < all.length; ) {
    const end = at + 4 + all.readUInt32BE(at);
    found.push(all.subarray(at + 4, end));
    at = end;
  }
  return found;
}

/** All of them, without their documents, in the order of their ARNs. */
export function managedPolicies(): readonly ManagedPolicyName[] {
  index ??= readIndex();
  return index.names;
}

function readIndex(): Index {
  const names: ManagedPolicyName[] = [];
  const byPath = new Map<string, number>();
  const byName = new Map<string, number>();
  for (const line of readSnapshotText('managed-policies.txt').split('\n')) {
    const [path, version] = line.split('\t');
    if (path === undefined || version === undefined) continue;
    byPath.set(path, names.length);
    byName.set(path.slice(path.lastIndexOf('/') + 1), names.length);
    names.push({ arn: `arn:aws:iam::aws:policy/${path}`, version });
  }
  return { names, byPath, byName };
}
