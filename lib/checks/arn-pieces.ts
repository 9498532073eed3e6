/**
 * An ARN with unknown parts as its six pieces: what stands unknown between two colons is taken for one piece, as whoever writes
 * `arn:aws:sqs:eu-west-1:${Account}:orders` means it.
 * Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html
 */
import { literal, type Part, type Text, text } from '../policy/text';

export interface ArnPieces {
  readonly partition: Text;
  readonly service: Text;
  readonly region: Text;
  readonly account: Text;
  /** After the fifth colon, with all that follow. */
  readonly rest: Text;
}

/** Undefined for what has fewer than five colons, or does not begin with `arn:`. */
export function piecesOf(arn: Text): ArnPieces | undefined {
  const pieces: Part[][] = [[]];
  for (const part of arn.parts) {
    const cut = typeof part === 'string' ? part.split(':') : [part];
    cut.forEach((piece, i) => {
      if (i > 0 && pieces.length < 6) pieces.push([]);
      else if (i > 0) pieces.at(-1)!.push(':');
      pieces.at(-1)!.push(piece);
    });
  }
  const [prefix, partition, service, region, account, rest] = pieces.map((piece) => text(...piece));
  if (rest === undefined || literal(prefix!) !== 'arn') return undefined;
  return { partition: partition!, service: service!, region: region!, account: account!, rest };
}
