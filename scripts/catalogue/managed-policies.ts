/**
 * AWS managed policies: an index that a reviewer can read (one line a policy: ARN, version, hash of
 * the document) and the documents themselves in the order of the index, compressed in blocks, so that whoever asks for one
 * need not unpack them all.
 */
import { createHash } from 'node:crypto';
import { brotliCompressSync, constants } from 'node:zlib';
import { POLICIES_IN_A_BLOCK } from '../../lib/catalog/managed-policies';
import { inOrder, type SourcePolicy } from './sources';

const PREFIX = 'arn:aws:iam::aws:policy/';

export interface ManagedPolicySnapshot {
  readonly index: string;
  /** Blocks of documents, one line of JSON each, compressed by brotli, each after its length (32 bits, big-endian). */
  readonly documents: Buffer;
}

export function renderManagedPolicies(policies: readonly SourcePolicy[]): ManagedPolicySnapshot {
  const ordered = [...policies].sort((a, b) => inOrder(a.arn, b.arn));
  const documents = ordered.map(({ document }) => JSON.stringify(document));
  const index = ordered.map(({ arn, version }, i) => {
    if (!arn.startsWith(PREFIX))
      throw new Error(`the AWS managed policy \`${arn}\` has an unexpected ARN; expected ${PREFIX}…`);
    return `${arn.slice(PREFIX.length)}\t${version}\t${createHash('sha256').update(documents[i]!).digest('hex').slice(0, 16)}\n`;
  });
  const blocks: Buffer[] = [];
  for (let from = 0; from < documents.length; from += POLICIES_IN_A_BLOCK)
    blocks.push(compressed(documents.slice(from, from + POLICIES_IN_A_BLOCK)));
  return { index: index.join(''), documents: Buffer.concat(blocks.flatMap((block) => [lengthOf(block), block])) };
}

function compressed(documents: readonly string[]): Buffer {
  const text = Buffer.from(documents.join('\n'), 'utf8');
  return brotliCompressSync(text, {
    params: {
      [constants.BROTLI_PARAM_QUALITY]: 9,
      [constants.BROTLI_PARAM_LGWIN]: 22,
      [constants.BROTLI_PARAM_SIZE_HINT]: text.length,
    },
  });
}

function lengthOf(block: Buffer): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(block.length);
  return length;
}
