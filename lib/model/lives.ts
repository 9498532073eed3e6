/**
 * Where in its life each domain stands, place by place: in development, where its authors try things, or in production,
 * where they must not reach.
 *
 * A place is what is deployed together: a CDK Stage, or a `cdk.out` beside others. Its life is what the configuration says
 * of its elements, or the mark of the domain in it, or what its name tells (`Prod`, `orders-dev`); of a place that
 * none of them speaks of, it is unknown, and no verdict may rest on it (docs/adr/0081).
 */
import type { Classification } from './classification';
import type { Element } from './elements';
import { LIVES, type Life, type Place, type StageOfLife } from './model';
import type { Stack } from './stack';

export function readStages(
  elements: readonly Element[],
  classified: ReadonlyMap<string, Classification>,
): readonly StageOfLife[] {
  const places = new Map<string, { domain: string; place: string; stacks: Map<string, Lives> }>();
  for (const { origin, stack, mark } of elements) {
    const { domain, life: configured } = classified.get(origin.id) ?? {};
    if (domain === undefined) continue;
    const place = stack.template.rendered.stage ?? '';
    const key = `${place}\u0000${domain}`;
    const known = places.get(key) ?? { domain, place, stacks: new Map<string, Lives>() };
    if (known.stacks.size === 0) places.set(key, known);
    const lives = known.stacks.get(stack.id) ?? new Map<Life, Source>();
    if (lives.size === 0) known.stacks.set(stack.id, lives);
    if (configured !== undefined) lives.set(configured, 'configuration');
    if (mark.life !== undefined && lives.get(mark.life) !== 'configuration') lives.set(mark.life, 'mark');
  }
  return [...places.values()].flatMap(({ stacks, domain, place }): readonly StageOfLife[] => {
    const all = [...stacks.keys()].sort();
    const lives = joined([...stacks.values()]);
    const life = decided(lives) ?? (lives.size === 0 ? lifeOfName(place) : undefined);
    const stage = { domain, place, stacks: all, ...(life === undefined ? {} : { life }) };
    if (life !== undefined || lives.size === 0) return [stage];
    // Stacks of one place that are said to be in different stages are told apart, if each of them is spoken of.
    const byLife = LIVES.map((l) => ({
      ...stage,
      life: l,
      stacks: all.filter((id) => decided(stacks.get(id)!) === l),
    }));
    return byLife.reduce((n, s) => n + s.stacks.length, 0) === all.length ? byLife : [stage];
  });
}

type Lives = Map<Life, Source>;

/** What any of the stacks says; the configuration before marks. */
function joined(all: readonly Lives[]): Lives {
  const lives: Lives = new Map();
  for (const some of all)
    for (const [life, source] of some) if (lives.get(life) !== 'configuration') lives.set(life, source);
  return lives;
}

/** All places, with those where no domain stands: there the name alone can tell. */
export function readPlaces(stacks: readonly Stack[], stages: readonly StageOfLife[]): readonly Place[] {
  const places = new Map<string, string[]>();
  for (const { id, template } of stacks) {
    const place = template.rendered.stage ?? '';
    places.set(place, [...(places.get(place) ?? []), id]);
  }
  return [...places].map(([place, ids]): Place => {
    const lives = new Set(stages.filter((s) => s.place === place).map((s) => s.life));
    const life = lives.size === 0 ? lifeOfName(place) : lives.size === 1 ? [...lives][0] : undefined;
    return { place, stacks: ids, ...(life === undefined ? {} : { life }) };
  });
}

type Source = 'configuration' | 'mark';

/** The configuration speaks last; two lives by one voice are none that could be relied on. */
function decided(lives: ReadonlyMap<Life, Source>): Life | undefined {
  const of = (source: Source): Life[] => [...lives].filter(([, s]) => s === source).map(([life]) => life);
  const configured = of('configuration');
  const said = configured.length > 0 ? configured : of('mark');
  return said.length === 1 ? said[0] : undefined;
}

const DEVELOPMENT =
  /^(dev|develop|development|test|testing|tst|qa|uat|int|integration|stage|staging|stg|sandbox|sbx|preprod|preproduction|preview|nonprod|nonproduction|beta|demo|local)$/;
const PRODUCTION = /^(prod|production|prd|live)$/;

/** Undefined where the name tells nothing, or two things. */
export function lifeOfName(name: string): Life | undefined {
  const words = name
    .replace(/([a-z0-9])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .replace(/\b(pre|non)[^a-z0-9]+(?=prod)/g, '$1')
    .split(/[^a-z]+/);
  const development = words.some((word) => DEVELOPMENT.test(word));
  const production = words.some((word) => PRODUCTION.test(word));
  return development === production ? undefined : development ? 'development' : 'production';
}
