/**
 * Which resources a resource refers to, and at which property: by intrinsics in its own template,
 * through exports, outputs and parameters from another, or by a fixed name or ARN. Values are
 * followed as texts, so the way a reference is written does not matter.
 */
import { isText, type Text } from '../policy/text';
import type { Element, ElementIndex } from './elements';
import { intrinsicName, isList, isObject } from './json';
import { isResolvedList, isResolvedObject, type Resolved, toText } from './resolved';
import type { Resolver } from './resolver';
import type { Stack } from './stack';
import { anyVariant } from './variants';

export interface Reference {
  readonly to: string;
  readonly at: string;
}

/** One resource may mention many others; more than this says nothing new and costs much. */
const MAX_REFERENCES = 2_000;

export function referencesOf(r: Resolver, element: Element, index: ElementIndex): readonly Reference[] {
  const found = new Map<string, Reference>();
  const { stack, declared, origin } = element;
  const add = (to: string, at: string): void => {
    if (to === origin.id || found.size >= MAX_REFERENCES) return;
    found.set(`${to}\u0000${at}`, { to, at });
  };
  for (const [key, value] of Object.entries(declared.properties)) {
    for (const { logicalId, at } of lexical(value, key)) {
      if (stack.template.resources.has(logicalId)) add(`${stack.id}/${logicalId}`, at);
    }
    for (const variant of anyVariant(r, stack, value)) {
      for (const { text, at } of textsIn(variant, key)) for (const to of index.mentioned(text)) add(to.origin.id, at);
    }
  }
  return [...found.values()];
}

/** Logical ids that the value names with `Ref`, `Fn::GetAtt` or `Fn::Sub`, however they resolve. */
export function* lexical(
  value: unknown,
  at: string,
  inIntrinsic = false,
): Generator<{ readonly logicalId: string; readonly at: string }> {
  if (isList(value)) {
    for (const [i, item] of value.entries()) yield* lexical(item, inIntrinsic ? at : `${at}[${i}]`, inIntrinsic);
    return;
  }
  if (!isObject(value)) return;
  const name = intrinsicName(value);
  const argument = name === undefined ? undefined : value[name];
  if (name === 'Ref' && typeof argument === 'string') yield { logicalId: argument, at };
  if (name === 'Fn::GetAtt') {
    const target = isList(argument) ? argument[0] : typeof argument === 'string' ? argument.split('.')[0] : undefined;
    if (typeof target === 'string') yield { logicalId: target, at };
  }
  if (name === 'Fn::Sub') {
    const format = isList(argument) ? argument[0] : argument;
    const own = isList(argument) && isObject(argument[1]) ? argument[1] : {};
    for (const match of typeof format === 'string' ? format.matchAll(/\$\{([^!{}][^{}]*)\}/g) : []) {
      const logicalId = (match[1] ?? '').trim().split('.')[0] ?? '';
      if (!Object.hasOwn(own, logicalId)) yield { logicalId, at };
    }
  }
  // Within an intrinsic the path stays at the property, where the value will be.
  const inside = inIntrinsic || name !== undefined;
  for (const [key, inner] of Object.entries(value)) yield* lexical(inner, inside ? at : `${at}.${key}`, inside);
}

function* textsIn(value: Resolved, at: string): Generator<{ readonly text: Text; readonly at: string }> {
  if (isText(value) || typeof value === 'string') {
    const text = toText(value);
    if (text !== undefined) yield { text, at };
  } else if (isResolvedList(value)) {
    for (const [i, item] of value.entries()) yield* textsIn(item, `${at}[${i}]`);
  } else if (isResolvedObject(value)) {
    for (const [key, item] of Object.entries(value)) yield* textsIn(item, `${at}.${key}`);
  }
}

/** Refuses templates whose resources need one another before they exist; CloudFormation does too. */
export function dependencyCycle(stack: Stack): readonly string[] | undefined {
  const { resources } = stack.template;
  const edges = new Map<string, readonly string[]>();
  for (const declared of resources.values()) {
    const named = [...lexical(withoutBranches(declared.properties), '')].map((l) => l.logicalId);
    edges.set(
      declared.logicalId,
      [...new Set([...named, ...declared.dependsOn])].filter((id) => resources.has(id)),
    );
  }
  const state = new Map<string, 'open' | 'done'>();
  for (const start of resources.keys()) {
    // Depth first, with its own stack: templates may be as deep as they are long.
    const path: { id: string; next: number }[] = [{ id: start, next: 0 }];
    if (state.has(start)) continue;
    state.set(start, 'open');
    for (let top = path[path.length - 1]; top !== undefined; top = path[path.length - 1]) {
      const to = edges.get(top.id)?.[top.next++];
      if (to === undefined) {
        state.set(top.id, 'done');
        path.pop();
      } else if (state.get(to) === 'open') {
        return [...path.slice(path.findIndex((p) => p.id === to)).map((p) => p.id), to];
      } else if (!state.has(to)) {
        state.set(to, 'open');
        path.push({ id: to, next: 0 });
      }
    }
  }
  return undefined;
}

/** A reference in a branch exists only where the branch does. */
function withoutBranches(value: unknown): unknown {
  if (isList(value)) return value.map(withoutBranches);
  if (!isObject(value)) return value;
  if (intrinsicName(value) === 'Fn::If') return null;
  return Object.fromEntries(Object.entries(value).map(([k, v]) => [k, withoutBranches(v)]));
}
