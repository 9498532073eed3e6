/**
 * Two versions of an app by the same names: the earlier templates with the logical ids and stack names of the later
 * ones. A resource is the same in both if it has the same physical name, else the same construct path, else the
 * same logical id and type, else the same content and place among the others (diff-structure.ts). What is left over on
 * either side was removed or is new, and shares no name with anything on the other.
 */
import { readElements } from '../model/elements';
import { createResolver } from '../model/intrinsics';
import { canonical, isObject, objectAt } from '../model/json';
import type { RenderedTemplate } from '../model/rendered-template';
import { ACCOUNT_HOLE, buildApp, PARTITION_HOLE, REGION_HOLE } from '../model/stack';
import { textKey } from '../model/text-key';
import type { Hole, Text } from '../policy/text';
import { renameTemplate } from './diff-rename';
import { type Declaration, matchByStructure } from './diff-structure';

/** A resource by everything that it can be recognised by. */
interface Known {
  readonly id: string;
  readonly type: string;
  readonly name?: string;
  readonly path?: string;
}

/** `before` as it would stand if its resources were called as in `after`. */
export function align(
  before: readonly RenderedTemplate[],
  after: readonly RenderedTemplate[],
): readonly RenderedTemplate[] {
  const pairs = pairStacks(before, after);
  const stacks = new Map([...pairs].map(([old, now]) => [old.stackName, now.stackName]));
  const [knownBefore, knownAfter] = [knownResources(before), knownResources(after)];
  const renamings = new Map<RenderedTemplate, ReadonlyMap<string, string>>();
  for (const old of before) {
    const now = pairs.get(old);
    if (now !== undefined)
      renamings.set(old, matchIds(old, now, knownBefore.get(old) ?? [], knownAfter.get(now) ?? []));
  }
  const byName = new Map(before.map((t) => [t.stackName, t]));
  return before.map((old) => {
    const parent = old.nestedIn === undefined ? undefined : byName.get(old.nestedIn.stackName);
    const nested = parent === undefined ? undefined : renamings.get(parent);
    const same = renameTemplate(old, { ids: renamings.get(old) ?? new Map(), stacks }, nested);
    const now = pairs.get(old);
    return now === undefined ? same : apart(same, now);
  });
}

/**
 * What only the deployment decides is one value in both versions as long as it is defined alike. A parameter, a mapping
 * or a condition that is defined otherwise may have another value, and so gets another name.
 */
function apart(old: RenderedTemplate, now: RenderedTemplate): RenderedTemplate {
  const changed = {
    Parameters: new Map<string, string>(),
    Mappings: new Map<string, string>(),
    Conditions: new Map<string, string>(),
  };
  const renaming = { ids: changed.Parameters, stacks: new Map<string, string>(), definitions: changed };
  // A condition that names a changed one has changed itself, so until nothing more follows.
  for (let size = -1, found = 0; found !== size; ) {
    size = found;
    const { template } = renameTemplate(old, renaming);
    for (const section of ['Parameters', 'Mappings', 'Conditions'] as const) {
      const after = objectAt(now.template, section);
      for (const [name, defined] of Object.entries(objectAt(template, section))) {
        if (!Object.hasOwn(after, name) || meaningOf(defined) === meaningOf(after[name])) continue;
        let fresh = `${name}Before`;
        while (Object.hasOwn(after, fresh)) fresh += 'X';
        changed[section].set(name, fresh);
        found++;
      }
    }
  }
  return renameTemplate(old, renaming);
}

function meaningOf(definition: unknown): string {
  if (!isObject(definition)) return canonical(definition);
  const { Description: _, ConstraintDescription: __, NoEcho: ___, ...meaning } = definition;
  return canonical(meaning);
}

function pairStacks(
  before: readonly RenderedTemplate[],
  after: readonly RenderedTemplate[],
): ReadonlyMap<RenderedTemplate, RenderedTemplate> {
  const pairs = new Map<RenderedTemplate, RenderedTemplate>();
  const free = new Set(after);
  const pair = (same: (old: RenderedTemplate, now: RenderedTemplate) => boolean): void => {
    for (const old of before) {
      if (pairs.has(old)) continue;
      const now = [...free].find((candidate) => same(old, candidate));
      if (now === undefined) continue;
      pairs.set(old, now);
      free.delete(now);
    }
  };
  pair((a, b) => a.stackName === b.stackName && a.account === b.account && a.region === b.region);
  pair((a, b) => a.stackName === b.stackName);
  pair((a, b) => a.path !== undefined && a.path === b.path);
  // One file against another, whatever they are called.
  const rest = before.filter((old) => !pairs.has(old) && old.nestedIn === undefined);
  const others = [...free].filter((now) => now.nestedIn === undefined);
  if (rest.length === 1 && others.length === 1) pair((a, b) => a === rest[0] && b === others[0]);
  // What is nested in a pair by the same resource, level by level.
  for (let size = -1; size !== pairs.size; ) {
    size = pairs.size;
    const names = new Map([...pairs].map(([old, now]) => [old.stackName, now.stackName]));
    pair(
      (a, b) =>
        a.nestedIn !== undefined &&
        a.nestedIn.logicalId === b.nestedIn?.logicalId &&
        names.get(a.nestedIn.stackName) === b.nestedIn.stackName,
    );
  }
  return pairs;
}

function matchIds(
  old: RenderedTemplate,
  now: RenderedTemplate,
  left: readonly Known[],
  right: readonly Known[],
): ReadonlyMap<string, string> {
  const ids = new Map<string, string>();
  const taken = new Set<string>();
  const note = (from: string, to: string): void => {
    ids.set(from, to);
    taken.add(to);
  };
  const by = (keyOf: (k: Known) => string | undefined): void => {
    const others = unique(
      right.filter((k) => !taken.has(k.id)),
      keyOf,
    );
    const own = unique(
      left.filter((k) => !ids.has(k.id)),
      keyOf,
    );
    for (const [key, { id }] of own) {
      const other = others.get(key);
      if (other !== undefined) note(id, other.id);
    }
  };
  by(({ type, name }) => (name === undefined ? undefined : `${type} ${name}`));
  by(({ type, path }) => (path === undefined ? undefined : `${type} ${path}`));
  by(({ type, id }) => `${type} ${id}`);
  const [a, b] = [declarationsOf(old), declarationsOf(now)];
  const parameters = new Set(b.filter((d) => d.section === 'Parameters').map((d) => d.id));
  for (const { id, section } of a) if (section === 'Parameters' && parameters.has(id)) note(id, id);
  for (const [from, to] of matchByStructure(a, b, ids)) note(from, to);
  // What was removed must not be taken for something new that has its name.
  const used = new Set(b.map((d) => d.id));
  for (const { id } of a) {
    if (ids.has(id) || !used.has(id)) continue;
    let fresh = `${id}Removed`;
    while (used.has(fresh)) fresh += 'X';
    used.add(fresh);
    ids.set(id, fresh);
  }
  return ids;
}

/** Only keys that one resource has: a name that two share recognises neither. */
function unique(resources: readonly Known[], keyOf: (k: Known) => string | undefined): ReadonlyMap<string, Known> {
  const found = new Map<string, Known | undefined>();
  for (const resource of resources) {
    const key = keyOf(resource);
    if (key !== undefined) found.set(key, found.has(key) ? undefined : resource);
  }
  return new Map([...found].flatMap(([key, resource]) => (resource === undefined ? [] : [[key, resource] as const])));
}

function declarationsOf({ template }: RenderedTemplate): readonly Declaration[] {
  return (['Resources', 'Parameters'] as const).flatMap((section) =>
    Object.entries(objectAt(template, section)).map(([id, declared]) => ({ id, section, declared })),
  );
}

function knownResources(templates: readonly RenderedTemplate[]): ReadonlyMap<RenderedTemplate, readonly Known[]> {
  const found = new Map<RenderedTemplate, Known[]>();
  for (const element of readElements(createResolver(buildApp(templates)))) {
    const { stack, declared, origin, name } = element;
    const fixed = name === undefined ? undefined : fixedKey(name);
    const list = found.get(stack.template.rendered) ?? [];
    found.set(stack.template.rendered, list);
    list.push({
      id: declared.logicalId,
      type: declared.type,
      ...(fixed === undefined ? {} : { name: fixed }),
      ...(origin.path === origin.id ? {} : { path: pathInStack(origin.path, stack.template.rendered) }),
    });
  }
  return found;
}

const ENVIRONMENT: ReadonlySet<string> = new Set([ACCOUNT_HOLE.hole, REGION_HOLE.hole, PARTITION_HOLE.hole]);

function isOfEnvironment({ hole, type }: Hole): boolean {
  return ENVIRONMENT.has(hole) || (type === 'account' && hole.startsWith(`${ACCOUNT_HOLE.hole}@`));
}

/** A name that the template gives; one that CloudFormation makes is known by its logical id already. */
function fixedKey(name: Text): string | undefined {
  return name.parts.every((part) => typeof part === 'string' || isOfEnvironment(part)) ? textKey(name) : undefined;
}

/** Relative to the stack, which may have another name. */
function pathInStack(path: string, { path: stack }: RenderedTemplate): string {
  return stack !== undefined && path.startsWith(`${stack}/`) ? path.slice(stack.length + 1) : path;
}

/** True iff the two say the same, whatever the order of their keys. */
export function sameTemplates(a: readonly RenderedTemplate[], b: readonly RenderedTemplate[]): boolean {
  const keys = (templates: readonly RenderedTemplate[]): string =>
    templates
      .map((t) => `${t.stackName}\0${canonical(t.template)}`)
      .sort()
      .join('\n');
  return keys(a) === keys(b);
}
