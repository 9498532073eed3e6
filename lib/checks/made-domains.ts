/**
 * Domains that the constructs made, place by place: of them it is asked whether they *have* something, and of no other.
 */
import type { Model, Resource } from '../model/model';
import { placesOf } from './places';

/** What belongs to one domain in one place: in each Stage of an app a name stands for another. */
export interface Belongings {
  readonly domain: string;
  /** The CDK Stage; empty for what stands in none. */
  readonly place: string;
  readonly resources: readonly Resource[];
  /** By which it is called: its own, one at least, or the gateway that it shares. */
  readonly apis: readonly [Resource, ...Resource[]];
  /** Of a domain that shares its gateway: which, and the path of its routes there. */
  readonly zone?: { readonly api: string; readonly path: string };
}

const made = new WeakMap<Model, readonly Belongings[]>();

/** Domains that the constructs made: they have a REST API that says so, or a zone of one. */
export function madeDomains(model: Model): readonly Belongings[] {
  const found = made.get(model) ?? findMade(model);
  made.set(model, found);
  return found;
}

function findMade(model: Model): readonly Belongings[] {
  const placeOf = placesOf(model);
  const byPlace = new Map<string, Belongings & { resources: Resource[]; apis: [Resource, ...Resource[]] }>();
  const key = (domain: string, place: string) => JSON.stringify([domain, place]);
  for (const gateway of model.resources) {
    const { id, origin, part, domain } = gateway;
    if (part !== 'api' || origin.type !== 'AWS::ApiGateway::RestApi' || domain === undefined) continue;
    const place = placeOf(domain, origin.stack);
    const known = byPlace.get(key(domain, place));
    if (known === undefined) byPlace.set(key(domain, place), { domain, place, resources: [], apis: [gateway] });
    else known.apis.push(gateway);
    for (const api of model.apis) {
      if (api.id !== id || api.zone === undefined || api.domain === undefined) continue;
      const at = placeOf(api.domain, origin.stack);
      const zone = { api: id, path: api.zone };
      byPlace.set(key(api.domain, at), { domain: api.domain, place: at, resources: [], apis: [gateway], zone });
    }
  }
  for (const resource of model.resources) {
    const { domain, origin } = resource;
    if (domain !== undefined) byPlace.get(key(domain, placeOf(domain, origin.stack)))?.resources.push(resource);
  }
  return [...byPlace].sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)).map(([, own]) => own);
}
