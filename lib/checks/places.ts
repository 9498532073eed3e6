/**
 * Where a part of a domain stands: a name stands for one domain in each CDK Stage, and for another in the next. Whatever asks
 * whether a domain *has* something asks it place by place; what one Stage has is no help to the other.
 */
import type { Model } from '../model/model';

type PlaceOf = (domain: string, stack: string) => string;

const known = new WeakMap<Model, PlaceOf>();

/** The CDK Stage in which a domain's part in a stack stands; empty for what stands in none. */
export function placesOf(model: Model): PlaceOf {
  const found = known.get(model);
  if (found !== undefined) return found;
  const places = new Map(
    (model.stages ?? []).flatMap(({ domain, place, stacks }) =>
      stacks.map((stack) => [JSON.stringify([domain, stack]), place]),
    ),
  );
  const placeOf: PlaceOf = (domain, stack) => places.get(JSON.stringify([domain, stack])) ?? '';
  known.set(model, placeOf);
  return placeOf;
}
