/**
 * Where a part of a domain stands: a name stands for one domain in each CDK Stage, and for another in the next. Whatever asks
 * whether a domain *has* something asks it place by place; what one Stage has is no help to the other.
 */
import type { Model } from '../model/model';

/** The CDK Stage in which a domain's part in a stack stands; empty for what stands in none. */
export function placesOf({ stages = [] }: Model): (domain: string, stack: string) => string {
  const places = new Map(
    stages.flatMap(({ domain, place, stacks }) => stacks.map((stack) => [JSON.stringify([domain, stack]), place])),
  );
  return (domain, stack) => places.get(JSON.stringify([domain, stack])) ?? '';
}
