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

export interface Survey {
  /** It is nested more than `limit` levels deep; of what lies deeper nothing is said. */
  readonly deep: boolean;
  /** Whether `Fn::If` stands in it. */
  readonly branching: boolean;
  /** Whether `Fn::Transform` stands in it. */
  readonly including: boolean;
}

/** @param limit bounds the recursion, so that hostile input cannot exhaust the stack */
export function survey(value: unknown, limit: number): Survey {
  const found = { deep: false, branching: false, including: false };
  const visit = (inner: object, left: number): void => {
    if (left < 0) {
      found.deep = true;
      return;
    }
    if (isList(inner)) {
      for (let i = 0; i < inner.length; i++) {
        const item = inner[i];
        if (typeof item === 'object' && item !== null) visit(item, left - 1);
      }
      return;
    }
    for (const key in inner) {
      if (key === 'Fn::If') found.branching = true;
      else if (key === 'Fn::Transform') found.including = true;
      const member = (inner as JsonObject)[key];
      if (typeof member === 'object' && member !== null) visit(member, left - 1);
    }
  };
  if (typeof value === 'object' && value !== null) visit(value, limit);
  return found;
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
