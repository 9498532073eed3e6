/** Resources by their type, by their id, and what they refer to: lists that many checks ask for, made once. */
import type { Resource } from '../model/model';

const byType = new WeakMap<readonly Resource[], ReadonlyMap<string, readonly Resource[]>>();

/** The resources of these types, type by type. The list must not be added to any more. */
export function typed(resources: readonly Resource[], ...types: readonly string[]): readonly Resource[] {
  let index = byType.get(resources);
  if (index === undefined) {
    const groups = new Map<string, Resource[]>();
    for (const resource of resources) {
      const group = groups.get(resource.origin.type);
      if (group === undefined) groups.set(resource.origin.type, [resource]);
      else group.push(resource);
    }
    byType.set(resources, groups);
    index = groups;
  }
  const [only] = types;
  return types.length === 1 ? (index.get(only!) ?? []) : types.flatMap((type) => index.get(type) ?? []);
}

const ids = new WeakMap<readonly Resource[], ReadonlyMap<string, Resource>>();

/** The resources by their ids. The list must not be added to any more. */
export function byIdOf(resources: readonly Resource[]): ReadonlyMap<string, Resource> {
  let index = ids.get(resources);
  if (index === undefined) {
    const all = new Map<string, Resource>();
    for (const resource of resources) all.set(resource.id, resource);
    index = all;
    ids.set(resources, index);
  }
  return index;
}

const byTarget = new WeakMap<readonly Resource[], Map<string, ReadonlyMap<string, readonly Resource[]>>>();

/** The resources of the type that refer to a resource at exactly the property, by its id. The list must not be added to any more. */
export function referring(
  resources: readonly Resource[],
  type: string,
  property: string,
): ReadonlyMap<string, readonly Resource[]> {
  let indexes = byTarget.get(resources);
  if (indexes === undefined) {
    indexes = new Map();
    byTarget.set(resources, indexes);
  }
  const key = `${type} ${property}`;
  const known = indexes.get(key);
  if (known !== undefined) return known;
  const index = new Map<string, Resource[]>();
  for (const resource of typed(resources, type)) {
    for (const { to, at } of resource.references) {
      if (at !== property) continue;
      const others = index.get(to);
      if (others === undefined) index.set(to, [resource]);
      else others.push(resource);
    }
  }
  indexes.set(key, index);
  return index;
}

/** Ids of what the property refers to. */
export function referredTo({ references }: Resource, property: string): readonly string[] {
  return references.filter(({ at }) => at === property || at.startsWith(`${property}[`)).map(({ to }) => to);
}

/** The same, without what it refers to under a condition alone. */
export function surelyReferredTo({ references }: Resource, property: string): readonly string[] {
  return references
    .filter(({ at, sometimes }) => sometimes === undefined && (at === property || at.startsWith(`${property}[`)))
    .map(({ to }) => to);
}
