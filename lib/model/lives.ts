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
import type { Life, StageOfLife } from './model';

export function readStages(
  elements: readonly Element[],
  classified: ReadonlyMap<string, Classification>,
): readonly StageOfLife[] {
  const places = new Map<string, { stacks: Set<string>; domain: string; place: string; lives: Map<Life, Source> }>();
  for (const { origin, stack, mark } of elements) {
    const { domain, life: configured } = classified.get(origin.id) ?? {};
    if (domain === undefined) continue;
    const place = stack.template.rendered.stage ?? '';
    const key = JSON.stringify([place, domain]);
    const known = places.get(key) ?? { stacks: new Set(), domain, place, lives: new Map() };
    places.set(key, known);
    known.stacks.add(stack.id);
    if (configured !== undefined) known.lives.set(configured, 'configuration');
    if (mark.life !== undefined && known.lives.get(mark.life) !== 'configuration') known.lives.set(mark.life, 'mark');
  }
  return [...places.values()].map(({ stacks, domain, place, lives }): StageOfLife => {
    const life = decided(lives) ?? (lives.size === 0 ? lifeOfName(place) : undefined);
    return { domain, place, stacks: [...stacks].sort(), ...(life === undefined ? {} : { life }) };
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
