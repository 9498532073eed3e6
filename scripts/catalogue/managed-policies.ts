/**
 * AWS managed policies: an index that a reviewer can read (one line a policy: ARN, version, hash of
 * the document) and the documents themselves, one compressed text, in the order of the index.
 */
import { createHash } from 'node:crypto';
import { brotliCompressSync, constants } from 'node:zlib';
import { inOrder, type SourcePolicy } from './sources';

const PREFIX = 'arn:aws:iam::aws:policy/';

export interface ManagedPolicySnapshot {
  readonly index: string;
  /** The documents, one line of JSON each, compressed by brotli. */
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
  const text = Buffer.from(documents.join('\n'), 'utf8');
  const compressed = brotliCompressSync(text, {
    params: {
      [constants.BROTLI_PARAM_QUALITY]: 9,
      [constants.BROTLI_PARAM_LGWIN]: 22,
      [constants.BROTLI_PARAM_SIZE_HINT]: text.length,
    },
  });
  return { index: index.join(''), documents: compressed };
}
