/**
 * A shortest witness names resources such as `arn:a:s3:::x`. Where the policies leave a part free, a
 * reader wants `arn:aws:…:111122223333:…`. This proposes such a resource; whether it is a
 * witness is for the replay to say.
 */
import { plainOf, type Word } from './letter';
import type { Query, Use } from './solve';

export const SAMPLE_ACCOUNT = '111122223333';
export const SAMPLE_REGION = 'us-east-1';

function selects({ statement: { resources } }: Use, name: string): boolean {
  if (resources.not) return !resources.may.accepts(name);
  return resources.universal || resources.must.accepts(name);
}

/** The resource with realistic partition, region and account where the shortest one has arbitrary ones. */
export function resourceSample(resource: Word, query: Query): string | undefined {
  const shortest = plainOf(resource);
  const parts = shortest?.split(':');
  if (shortest === undefined || parts === undefined || parts.length < 6 || parts[0] !== 'arn') return undefined;
  const accepted = (candidate: readonly string[]): boolean => {
    const name = candidate.join(':');
    if (!query.resources.accepts(name)) return false;
    const selected = query.must.every(({ statement: { resources } }) =>
      resources.not ? !resources.must.accepts(name) : resources.universal || resources.may.accepts(name),
    );
    // Of the refused statements some fail on the resource: they must still.
    return selected && query.mustNot.every((use) => !selects(use, name) || selects(use, shortest));
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
