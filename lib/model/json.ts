/**
 * JSON as it comes from outside, narrowed step by step. Template values stay `unknown` until one of
 * these says what they are; nothing in the model casts.
 */

export type JsonObject = Readonly<Record<string, unknown>>;

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function isList(value: unknown): value is readonly unknown[] {
  return Array.isArray(value);
}

/** The value as a list: itself, or the one element that a shorthand stands for; absent is empty. */
export function asList(value: unknown): readonly unknown[] {
  if (value === undefined || value === null) return [];
  return isList(value) ? value : [value];
}

export function objectAt(value: unknown, key: string): JsonObject {
  const inner = isObject(value) ? value[key] : undefined;
  return isObject(inner) ? inner : {};
}

/** What a value is, for messages: `a list`, `the number 3`, `nothing`. */
export function describe(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (value === null) return 'null';
  if (isList(value)) return 'a list';
  switch (typeof value) {
    case 'object':
      return 'an object';
    case 'string':
      return `the string \`${value.length > 60 ? `${value.slice(0, 57)}...` : value}\``;
    case 'number':
      return `the number ${value}`;
    case 'boolean':
      return `\`${value}\``;
    default:
      return `a ${typeof value}`;
  }
}

/** Canonical JSON (keys sorted): equal exactly for equal values. */
export function canonical(value: unknown): string {
  if (isList(value)) return `[${value.map(canonical).join(',')}]`;
  if (isObject(value)) {
    const keys = Object.keys(value).sort();
    return `{${keys.map((k) => `${JSON.stringify(k)}:${canonical(value[k])}`).join(',')}}`;
  }
  return JSON.stringify(value) ?? 'null';
}

/**
 * Whether the value is nested at most `limit` levels deep, and which keys of `wanted` stand in it. Without recursion,
 * so that hostile input cannot exhaust the stack.
 */
export function survey(
  value: unknown,
  limit: number,
  wanted: ReadonlySet<string>,
): { readonly deep: boolean; readonly has: ReadonlySet<string> } {
  const has = new Set<string>();
  let level: unknown[] = [value];
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > limit) return { deep: true, has };
    const next: unknown[] = [];
    for (const v of level) {
      if (typeof v !== 'object' || v === null) continue;
      if (isList(v)) {
        for (const inner of v) if (typeof inner === 'object' && inner !== null) next.push(inner);
        continue;
      }
      const inside = v as Readonly<Record<string, unknown>>;
      for (const key in inside) {
        const inner = inside[key];
        if (wanted.has(key)) has.add(key);
        if (typeof inner === 'object' && inner !== null) next.push(inner);
      }
    }
    level = next;
  }
  return { deep: false, has };
}

/** `Ref` or `Fn::…` as the only key makes an object an intrinsic. */
export function intrinsicName(value: JsonObject): string | undefined {
  let only: string | undefined;
  // Asked of every object of every template: no list of its keys is made for it.
  for (const key in value) {
    if (only !== undefined) return undefined;
    only = key;
  }
  return only === 'Ref' || only?.startsWith('Fn::') ? only : undefined;
}
