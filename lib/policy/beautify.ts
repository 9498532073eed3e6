/**
 * A shortest witness names resources such as `arn:a:s3:::x`. Where the policies leave a part free, a
 * reader wants `arn:aws:…:111122223333:…`. This proposes such a resource; whether it is a
 * witness is for the replay to say.
 */
import type { Automaton } from './automaton';
import { plainOf, type Word } from './letter';
import { findOnce, type Query, type Use } from './solve';

export const SAMPLE_ACCOUNT = '111122223333';
export const SAMPLE_REGION = 'us-east-1';

function selects({ statement: { resources } }: Use, name: string): boolean {
  if (resources.not) return !resources.may.accepts(name);
  return resources.universal || resources.must.accepts(name);
}

const REGIONS = [
  SAMPLE_REGION,
  'us-west-2',
  'eu-west-1',
  'eu-central-1',
  'ap-southeast-2',
  'cn-north-1',
  'us-gov-west-1',
];
const PARTITIONS = ['aws', 'aws-cn', 'aws-us-gov'];
const WORK = 50_000;

/** The resource as a reader would expect it: of the usual form, with a real partition, region and account where they are free. */
export function resourceSample(resource: Word, query: Query): string | undefined {
  const shortest = plainOf(resource);
  if (shortest === undefined) return undefined;
  const accepted = (name: string): boolean => {
    if (!query.resources.accepts(name)) return false;
    const selected = query.must.every(({ statement: { resources } }) =>
      resources.not ? !resources.must.accepts(name) : resources.universal || resources.may.accepts(name),
    );
    // Of the refused statements some fail on the resource: they must still.
    return selected && query.mustNot.every((use) => !selects(use, name) || selects(use, shortest));
  };
  const usual =
    query.usual === undefined || query.usual.accepts(shortest) ? undefined : usualResource(query.usual, query);
  let best = (usual !== undefined && accepted(usual) ? usual : shortest).split(':');
  if (best.length < 6 || best[0] !== 'arn') return undefined;
  const improvements: readonly (readonly [number, readonly string[]])[] = [
    [1, PARTITIONS],
    [4, [SAMPLE_ACCOUNT]],
    [3, REGIONS],
  ];
  for (const [at, values] of improvements) {
    const better = values.map((value) => best.map((p, i) => (i === at ? value : p))).find((b) => accepted(b.join(':')));
    if (better !== undefined) best = better;
  }
  return best.join(':');
}

/** A resource of the usual form that all statements select and no unconditional refusal does. */
function usualResource(usual: Automaton, { must, mustNot }: Query): string | undefined {
  const required = [usual];
  const forbidden: Automaton[] = [];
  for (const {
    statement: { resources },
  } of must)
    (resources.not ? forbidden : required).push(resources.not ? resources.must : resources.may);
  for (const {
    statement: { resources, source },
  } of mustNot) {
    if (source.conditions.length === 0)
      (resources.not ? required : forbidden).push(resources.not ? resources.may : resources.must);
  }
  const search = findOnce(required, forbidden, { left: WORK });
  return search === 'exhausted' || search.found === undefined ? undefined : plainOf(search.found);
}
