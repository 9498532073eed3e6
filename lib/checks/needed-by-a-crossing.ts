/**
 * Of DOM-12: what a declared crossing itself needs of the stacks of its two domains. To grant it, the one side must name what is
 * called, and the other who calls; both may be known to the deployment alone.
 *
 * A value is needed iff everything that it is made of is: a resource of the called domain on which some request of the
 * crossing is made, or an element of its API; or a principal of the calling domain that may make such a request. Both are decided by the
 * engine. An order of stacks is needed iff the stack that is deployed later takes something by such a value, for CDK writes one for
 * each of them. Why it is decided so: docs/adr/0106.
 */
import type { Coupling, Crossing, Model, Principal, Resource } from '../model/model';
import type { CheckContext } from './check';
import { requestsOfCrossing } from './declared-crossings';
import { atMost } from './separation';
import { everythingOnResource } from './territory';

type Needed = (coupling: Coupling, consumer: string, producer: string) => boolean;

export function neededByCrossings(model: Model, context: CheckContext): Needed {
  const { crossings = [], couplings = [] } = model;
  if (crossings.length === 0) return () => false;
  const resources = new Map(model.resources.map((r) => [r.id, r]));
  const principals = new Map(model.principals.map((p) => [p.id, p]));
  const byPath = new Map(model.resources.map((r) => [r.origin.path, r]));
  const answers = new Map<string, boolean>();
  const isNamed = (crossing: Crossing, id: string): boolean => {
    const key = `${crossings.indexOf(crossing)} ${id}`;
    const known = answers.get(key) ?? isPartOf(crossing, resources.get(id) ?? principals.get(id), resources, context);
    answers.set(key, known);
    return known;
  };
  const isNeeded = ({ names, at }: Value, consumer: string, producer: string): boolean =>
    names.length > 0 &&
    crossings.some(({ from, to, declaredAt }, i) => {
      const calls = from === consumer && to === producer;
      const called = from === producer && to === consumer && admits(byPath.get(at), at, declaredAt);
      return (calls || called) && names.every((id) => isNamed(crossings[i]!, id));
    });
  const valuesBetween = (from: ReadonlySet<string>, to: ReadonlySet<string>): readonly Value[] => {
    const written = couplings.flatMap(({ names, at, ...c }) =>
      names !== undefined && c.from.some((id) => from.has(id)) && c.to.some((id) => to.has(id)) ? [{ names, at }] : [],
    );
    const followed = model.resources
      .filter(({ origin }) => from.has(origin.stack))
      .flatMap(({ origin, references }) => references.map((r) => ({ names: [r.to], at: origin.path })))
      .filter(({ names: [id = ''] }) => to.has((resources.get(id) ?? principals.get(id))?.origin.stack ?? ''));
    return [...written, ...followed];
  };
  return ({ names, at, ...coupling }, consumer, producer) =>
    names !== undefined
      ? isNeeded({ names, at }, consumer, producer)
      : valuesBetween(new Set(coupling.from), new Set(coupling.to)).some((v) => isNeeded(v, consumer, producer));
}

/** What is taken, and where. */
interface Value {
  readonly names: readonly string[];
  readonly at: string;
}

/** The called domain names a caller to admit it, or where the crossing is declared; and for nothing else. */
function admits(element: Resource | undefined, at: string, declaredAt: string | undefined): boolean {
  if (declaredAt !== undefined && at.startsWith(`${declaredAt}/`)) return true;
  return element?.policy !== undefined || /(Policy|Permission)$/.test(element?.origin.type ?? '');
}

function isPartOf(
  crossing: Crossing,
  element: Resource | Principal | undefined,
  resources: ReadonlyMap<string, Resource>,
  context: CheckContext,
): boolean {
  if (element === undefined) return false;
  if ('attached' in element) {
    if (element.domain !== crossing.from) return false;
    return context.overlap(atMost(element), requestsOfCrossing(crossing)).verdict !== 'disjoint';
  }
  if (element.domain !== crossing.to) return false;
  const isCalled = (r: Resource): boolean =>
    context.overlap(everythingOnResource(r), requestsOfCrossing(crossing)).verdict !== 'disjoint';
  if (isCalled(element)) return true;
  // A route is called by the id of its API and the name of its stage.
  return (
    /^AWS::ApiGateway(V2)?::Stage$/.test(element.origin.type) &&
    element.references.some(({ to }) => {
      const api = resources.get(to);
      return api !== undefined && api.domain === crossing.to && isCalled(api);
    })
  );
}
