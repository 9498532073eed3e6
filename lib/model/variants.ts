/**
 * The values that a template value may have, each with the guard under which it has it: `Fn::If` is
 * enumerated over the conditions that stand in the value itself. Conditions behind references are
 * not followed; those values are holes already.
 */
import { ALWAYS, both, formulaOf, type Guard, guardOf } from './conditions';
import { intrinsicName, isList, isObject } from './json';
import { isResolvedObject, NO_VALUE, type Resolved } from './resolved';
import type { Choices, Resolver } from './resolver';
import type { Stack } from './stack';
import type { ResourceDeclaration } from './template';

export interface Variant {
  readonly guard: Guard;
  readonly value: Resolved;
}

/** More conditions than this in one statement and it is read with holes instead. */
const MAX_CONDITIONS = 5;

/** Undefined when there are too many conditions to enumerate. Variants without a possible deployment are left out. */
export function variantsOf(r: Resolver, stack: Stack, value: unknown): readonly Variant[] | undefined {
  if (!stack.template.branching) return [{ guard: ALWAYS, value: r.resolve(stack, value) }];
  const names = [...(openConditions(r, stack, value) ?? [])];
  if (names.length === 0) return [{ guard: ALWAYS, value: r.resolve(stack, value) }];
  if (names.length > MAX_CONDITIONS) return undefined;
  return choicesOf(names).flatMap((choices) => {
    const guard = guardOf(r, stack, choices);
    return guard.length === 0 ? [] : [{ guard, value: r.resolve(stack, value, choices) }];
  });
}

/** As `variantsOf`, for values where one more possible value is always safe: with too many conditions, one variant with holes. */
export function anyVariant(r: Resolver, stack: Stack, value: unknown): readonly Resolved[] {
  const variants = variantsOf(r, stack, value);
  const values: readonly Resolved[] = variants?.map((v) => v.value) ?? [r.resolve(stack, value)];
  return values.filter((v) => v !== NO_VALUE);
}

/** Every value that each property of a resource may have. */
export type PropertyVariants = ReadonlyMap<string, readonly Resolved[]>;

export function propertyVariants(
  r: Resolver,
  stack: Stack,
  { properties, uses }: Pick<ResourceDeclaration, 'properties' | 'uses'>,
): PropertyVariants {
  const variants = new Map<string, readonly Resolved[]>();
  const only = uses.branching || intrinsicName(properties) !== undefined ? undefined : r.resolve(stack, properties);
  if (isResolvedObject(only)) {
    for (const key in only) variants.set(key, [only[key]!]);
    return variants;
  }
  for (const key in properties) variants.set(key, anyVariant(r, stack, properties[key]));
  return variants;
}

function choicesOf(names: readonly string[]): readonly Choices[] {
  return names.reduce<readonly Choices[]>(
    (all, name) =>
      all.flatMap((choices) => [new Map([...choices, [name, true]]), new Map([...choices, [name, false]])]),
    [new Map()],
  );
}

/** Conditions of `Fn::If` in the value whose truth only the deployment decides; undefined where there are none, as mostly. */
function openConditions(r: Resolver, stack: Stack, value: unknown, found?: Set<string>): Set<string> | undefined {
  let open = found;
  if (isList(value)) {
    for (const item of value) if (typeof item === 'object') open = openConditions(r, stack, item, open);
  } else if (isObject(value)) {
    for (const key in value) {
      const inner = value[key];
      if (typeof inner !== 'object') continue;
      if (key === 'Fn::If' && isList(inner) && intrinsicName(value) !== undefined) {
        const [name] = inner;
        if (typeof name === 'string' && typeof formulaOf(r, stack, name) !== 'boolean') {
          open ??= new Set();
          open.add(name);
        }
      }
      open = openConditions(r, stack, inner, open);
    }
  }
  return open;
}

export interface Branch {
  readonly value: unknown;
  readonly guard: Guard;
}

/**
 * The branches of a value that is an `Fn::If` itself, unresolved; the value where it is none. Branches that
 * no deployment takes are left out.
 */
export function branchesOf(r: Resolver, stack: Stack, value: unknown, guard: Guard): readonly Branch[] {
  const argument = isObject(value) && intrinsicName(value) === 'Fn::If' ? value['Fn::If'] : undefined;
  const [name, yes, no] = isList(argument) ? argument : [];
  if (typeof name !== 'string') return [{ value, guard }];
  const formula = formulaOf(r, stack, name);
  return [true, false].flatMap((holds) => {
    if (typeof formula === 'boolean' && formula !== holds) return [];
    const narrowed = both(guard, guardOf(r, stack, new Map([[name, holds]])));
    return narrowed.length === 0 ? [] : branchesOf(r, stack, holds ? yes : no, narrowed);
  });
}
