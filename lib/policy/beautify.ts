/**
 * A shortest witness names resources such as `arn:a:s3:::x`. Where the policies leave a part free, a
 * reader wants `arn:aws:…:111122223333:…`. This proposes such a resource; whether it is a
 * witness is for the replay to say.
 */
import { plainOf, type Word } from './letter';
import type { Query } from './solve';

export const SAMPLE_ACCOUNT = '111122223333';
export const SAMPLE_REGION = 'us-east-1';

/** The resource with realistic partition, region and account where the shortest one has arbitrary ones. */
export function resourceSample(resource: Word, query: Query): string | undefined {
  const plain = plainOf(resource);
  const parts = plain?.split(':');
  if (parts === undefined || parts.length < 6 || parts[0] !== 'arn') return undefined;
  const accepted = (candidate: readonly string[]): boolean => {
    const name = candidate.join(':');
    if (!query.resources.accepts(name)) return false;
    return query.must.every(({ statement: { resources } }) =>
      resources.not ? !resources.must.accepts(name) : resources.universal || resources.may.accepts(name),
    );
  };
  let best = parts;
  const improvements: readonly [number, string][] = [
    [1, 'aws'],
    [4, SAMPLE_ACCOUNT],
    [3, SAMPLE_REGION],
  ];
  for (const [at, value] of improvements) {
    const next = best.map((p, i) => (i === at ? value : p));
    if (accepted(next)) best = next;
  }
  return best.join(':');
}
