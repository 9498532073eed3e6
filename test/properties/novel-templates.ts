/**
 * Many templates for a linter that takes seconds for each: what is written in one of them already, up to the names of domains,
 * accounts, regions and the ids of constructs, is left out of the next, unless something new there refers to it. So every resource is judged
 * once for each way in which it is written, together with all that it refers to, and whatever a template declares and never uses.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

type Json = { [key: string]: unknown };

/** Paths of the templates as far as they are new, written into the folder; one that brings nothing new is left out. */
export function novelTemplates(files: readonly string[], folder: string): string[] {
  const seen = new Set<string>();
  return files.flatMap((file, i) => {
    const template = JSON.parse(readFileSync(file, 'utf8')) as Json;
    const novel = novelPart(template, seen);
    if (novel === undefined) return [];
    const path = join(folder, `${i}.template.json`);
    writeFileSync(path, JSON.stringify(novel));
    return [path];
  });
}

/** The part of the template that is not among what was seen; what it has of its own is seen from now on. */
export function novelPart(template: Json, seen: Set<string>): Json | undefined {
  const resources = (template.Resources ?? {}) as { [id: string]: Json };
  const canonical = canonicalFor(resources);
  const kept = new Set<string>();
  for (const [id, resource] of Object.entries(resources)) {
    const key = canonical(resource);
    if (!seen.has(key)) kept.add(id);
    seen.add(key);
  }
  if (kept.size === 0) return undefined;
  for (const id of kept)
    for (const other of namesIn(resources[id])) if (Object.hasOwn(resources, other)) kept.add(other);
  const outputs = Object.entries((template.Outputs ?? {}) as Json).filter(([, value]) =>
    [...namesIn(value)].every((name) => !Object.hasOwn(resources, name) || kept.has(name)),
  );
  const only = { Resources: pick(resources, (id) => kept.has(id)), Outputs: Object.fromEntries(outputs) };
  const before = usedNames(template, { Resources: resources, Outputs: template.Outputs });
  const left = usedNames(template, only);
  // What nothing uses in the whole template is a fault of the template, and stays.
  const stays = (name: string): boolean => left.has(name) || !before.has(name);
  const sections = Object.fromEntries(
    ['Parameters', 'Conditions', 'Mappings'].flatMap((section) => {
      const own = pick((template[section] ?? {}) as Json, stays);
      return Object.keys(own).length === 0 ? [] : [[section, own]];
    }),
  );
  const { Outputs: _, ...rest } = template;
  for (const section of ['Parameters', 'Conditions', 'Mappings']) delete rest[section];
  return { ...rest, ...sections, Resources: only.Resources, ...(outputs.length > 0 && { Outputs: only.Outputs }) };
}

/** Names that the part uses, directly or by the conditions that it is under. */
function usedNames(template: Json, part: unknown): ReadonlySet<string> {
  const conditions = (template.Conditions ?? {}) as Json;
  const used = new Set(namesIn(part));
  for (const name of used)
    if (Object.hasOwn(conditions, name)) for (const inner of namesIn(conditions[name])) used.add(inner);
  return used;
}

/** Every string that could be the name of a resource, parameter, condition or mapping. */
function namesIn(value: unknown): Set<string> {
  const names = new Set<string>();
  const visit = (inner: unknown): void => {
    if (typeof inner === 'string') {
      for (const [name] of inner.matchAll(/[A-Za-z0-9]+/g)) names.add(name);
    } else if (Array.isArray(inner)) inner.forEach(visit);
    else if (typeof inner === 'object' && inner !== null) Object.values(inner).forEach(visit);
  };
  visit(value);
  return names;
}

function canonicalFor(resources: { [id: string]: Json }): (resource: Json) => string {
  const domains = Object.values(resources).flatMap(({ Metadata }) => {
    const { domain } = ((Metadata as Json | undefined)?.bulkhead ?? {}) as Json;
    return typeof domain === 'string' ? [domain] : [];
  });
  const names = new RegExp(
    `\\b(${[...new Set(domains)].map((d) => d.replace(/\W/g, '\\$&')).join('|') || '(?!)'})\\b`,
    'g',
  );
  return ({ Metadata: _, ...resource }) =>
    JSON.stringify(resource)
      .replace(/[A-Za-z0-9]*[0-9A-F]{8}(?![0-9A-Za-z])/g, 'Id')
      .replace(names, 'domain')
      .replace(/\b\d{12}\b/g, 'account')
      .replace(/\b(eu|us|ap)-[a-z]+-\d\b/g, 'region');
}

function pick<T>(all: { [key: string]: T }, keep: (key: string) => boolean): { [key: string]: T } {
  return Object.fromEntries(Object.entries(all).filter(([key]) => keep(key)));
}
