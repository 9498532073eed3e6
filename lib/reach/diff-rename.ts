/**
 * A template in which some logical ids have other names: every declaration and every reference to it is
 * renamed, and nothing else. The model of a renamed template then speaks of its resources by the new names, so that two
 * versions of an app can be compared text by text.
 */
import { isList, isObject, type JsonObject } from '../model/json';
import type { RenderedTemplate } from '../model/rendered-template';

export interface Renaming {
  /** Old logical id of a resource or a parameter to the new one. */
  readonly ids: ReadonlyMap<string, string>;
  /** Old name of a stack to the new one. */
  readonly stacks: ReadonlyMap<string, string>;
  /** Old name of a mapping or a condition to the new one. */
  readonly definitions?: {
    readonly Mappings: ReadonlyMap<string, string>;
    readonly Conditions: ReadonlyMap<string, string>;
  };
}

/** @param nested the logical ids of the stack that nests this one */
export function renameTemplate(
  rendered: RenderedTemplate,
  renaming: Renaming,
  nested: ReadonlyMap<string, string> = new Map(),
): RenderedTemplate {
  const { ids, stacks } = renaming;
  const keyed = <T>(record: Readonly<Record<string, T>>): Readonly<Record<string, T>> =>
    Object.fromEntries(Object.entries(record).map(([id, value]) => [ids.get(id) ?? id, value]));
  const { nestedIn, paths, lines } = rendered;
  return {
    ...rendered,
    stackName: stacks.get(rendered.stackName) ?? rendered.stackName,
    template: renamedValue(rendered.template, renaming),
    ...(paths && { paths: keyed(paths) }),
    ...(lines && { lines: keyed(lines) }),
    ...(nestedIn && {
      nestedIn: {
        stackName: stacks.get(nestedIn.stackName) ?? nestedIn.stackName,
        logicalId: nested.get(nestedIn.logicalId) ?? nestedIn.logicalId,
      },
    }),
  };
}

function renamedValue(template: unknown, renaming: Renaming): unknown {
  if (!isObject(template)) return template;
  return Object.fromEntries(
    Object.entries(template).map(([section, value]) => {
      const referring = mapReferences(value, (id) => renaming.ids.get(id) ?? id, renaming.stacks);
      const renamed = mapDefinitions(referring, section, renaming);
      if ((section !== 'Resources' && section !== 'Parameters') || !isObject(renamed)) return [section, renamed];
      return [
        section,
        Object.fromEntries(Object.entries(renamed).map(([id, declared]) => [renaming.ids.get(id) ?? id, declared])),
      ];
    }),
  );
}

/** Mappings and conditions by their new names, where they stand and where they are used. */
function mapDefinitions(value: unknown, section: string, { definitions }: Renaming): unknown {
  if (definitions === undefined) return value;
  const { Mappings: mappings, Conditions: conditions } = definitions;
  const uses = (inner: unknown): unknown => {
    if (isList(inner)) return inner.map(uses);
    if (!isObject(inner)) return inner;
    return Object.fromEntries(
      Object.entries(inner).map(([key, used]) => {
        if (key === 'Condition' && typeof used === 'string') return [key, conditions.get(used) ?? used];
        if ((key === 'Fn::If' || key === 'Fn::FindInMap') && isList(used) && typeof used[0] === 'string') {
          const [name, ...rest] = used;
          const names = key === 'Fn::If' ? conditions : mappings;
          return [key, [names.get(name) ?? name, ...rest.map(uses)]];
        }
        return [key, uses(used)];
      }),
    );
  };
  const named = section === 'Mappings' ? mappings : section === 'Conditions' ? conditions : undefined;
  const used = uses(value);
  if (named === undefined || !isObject(used)) return used;
  return Object.fromEntries(Object.entries(used).map(([name, definition]) => [named.get(name) ?? name, definition]));
}

/** The value with every reference to a resource or parameter replaced by what `name` makes of it. */
export function mapReferences(
  value: unknown,
  name: (id: string) => string,
  stacks: ReadonlyMap<string, string> = new Map(),
): unknown {
  if (isList(value)) return value.map((inner) => mapReferences(inner, name, stacks));
  if (!isObject(value)) return value;
  const keys = Object.keys(value);
  const [only] = keys;
  if (keys.length === 1 && only !== undefined) {
    const renamed = mapIntrinsic(only, value[only], name, stacks);
    if (renamed !== undefined) return { [only]: renamed };
  }
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => {
      if (key === 'DependsOn' && typeof inner === 'string') return [key, name(inner)];
      if (key === 'DependsOn' && isList(inner))
        return [key, inner.map((id) => (typeof id === 'string' ? name(id) : id))];
      return [key, mapReferences(inner, name, stacks)];
    }),
  );
}

function mapIntrinsic(
  intrinsic: string,
  value: unknown,
  name: (id: string) => string,
  stacks: ReadonlyMap<string, string>,
): unknown {
  switch (intrinsic) {
    case 'Ref':
      return typeof value === 'string' ? name(value) : undefined;
    case 'Fn::GetAtt': {
      if (typeof value === 'string') {
        const dot = value.indexOf('.');
        return dot < 0 ? undefined : `${name(value.slice(0, dot))}${value.slice(dot)}`;
      }
      if (!isList(value) || typeof value[0] !== 'string') return undefined;
      return [name(value[0]), ...value.slice(1).map((inner) => mapReferences(inner, name, stacks))];
    }
    case 'Fn::Sub': {
      if (typeof value === 'string') return mapSub(value, {}, name);
      if (!isList(value) || typeof value[0] !== 'string' || !isObject(value[1])) return undefined;
      return [mapSub(value[0], value[1], name), mapReferences(value[1], name, stacks)];
    }
    case 'Fn::GetStackOutput': {
      if (!isObject(value) || typeof value.StackName !== 'string') return undefined;
      return { ...value, StackName: stacks.get(value.StackName) ?? value.StackName };
    }
    default:
      return undefined;
  }
}

/** `${Id}` and `${Id.Attribute}`, but for `${!literal}` and names that the second argument defines. */
function mapSub(template: string, own: JsonObject, name: (id: string) => string): string {
  return template.replace(/\$\{([A-Za-z0-9]+)((?:\.[A-Za-z0-9.]+)?)\}/g, (whole, id: string, attribute: string) =>
    Object.hasOwn(own, id + attribute) ? whole : `\${${name(id)}${attribute}}`,
  );
}
