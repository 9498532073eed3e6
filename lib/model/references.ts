/**
 * Which resources a resource refers to, and at which property: by intrinsics in its own template,
 * through exports, outputs and parameters from another, or by a fixed name or ARN. Values are
 * followed as texts, so the way a reference is written does not matter.
 */
import { isText, type Text, text } from '../policy/text';
import type { Element, ElementIndex } from './elements';
import { intrinsicName, isList, isObject } from './json';
import { isResolvedList, isResolvedObject, type Resolved } from './resolved';
import type { Stack } from './stack';
import type { PropertyVariants } from './variants';

export interface Reference {
  readonly to: string;
  readonly at: string;
}

/** One resource may mention many others; more than this says nothing new and costs much. */
const MAX_REFERENCES = 2_000;

export function referencesOf(element: Element, variants: PropertyVariants, index: ElementIndex): readonly Reference[] {
  const found = new Map<string, Reference>();
  const { stack, declared, origin } = element;
  const add = (to: string, path: Path): void => {
    if (to === origin.id || found.size >= MAX_REFERENCES) return;
    const at = written(path);
    found.set(`${to}\u0000${at}`, { to, at });
  };
  for (const [key, value] of Object.entries(declared.properties)) {
    const named = (logicalId: string, path: Path): void => {
      if (stack.template.resources.has(logicalId)) add(`${stack.id}/${logicalId}`, path);
    };
    walkNames(value, [key], true, named);
    for (const variant of variants.get(key) ?? []) {
      walkTexts(variant, [key], (t, path) => {
        for (const to of index.mentioned(t)) add(to.origin.id, path);
        const invoked = functionIn(t);
        for (const to of invoked === undefined ? [] : index.mentioned(invoked)) add(to.origin.id, path);
      });
    }
  }
  return [...found.values()];
}

/** Property names and positions in lists, from the resource's properties inwards. */
type Path = (string | number)[];

function written(path: Path): string {
  return path.reduce<string>((at, step) => {
    if (typeof step === 'number') return `${at}[${step}]`;
    return at === '' ? step : `${at}.${step}`;
  }, '');
}

/**
 * Logical ids that the value names with `Ref`, `Fn::GetAtt` or `Fn::Sub`, however they resolve. Within an intrinsic
 * the path stays at the property, where the value will be.
 *
 * @param branches whether to enter `Fn::If`: a reference in a branch exists only where the branch does
 */
function walkNames(
  value: unknown,
  path: Path,
  branches: boolean,
  found: (logicalId: string, path: Path) => void,
): void {
  if (isList(value)) {
    for (let i = 0; i < value.length; i++) {
      path.push(i);
      walkNames(value[i], path, branches, found);
      path.pop();
    }
    return;
  }
  if (!isObject(value)) return;
  const name = intrinsicName(value);
  if (name === undefined) {
    for (const key in value) {
      path.push(key);
      walkNames(value[key], path, branches, found);
      path.pop();
    }
    return;
  }
  if (name === 'Fn::If' && !branches) return;
  const argument = value[name];
  if (name === 'Ref' && typeof argument === 'string') found(argument, path);
  if (name === 'Fn::GetAtt') {
    const target = isList(argument) ? argument[0] : typeof argument === 'string' ? argument.split('.')[0] : undefined;
    if (typeof target === 'string') found(target, path);
  }
  if (name === 'Fn::Sub') {
    const format = isList(argument) ? argument[0] : argument;
    const own = isList(argument) && isObject(argument[1]) ? argument[1] : {};
    for (const match of typeof format === 'string' ? format.matchAll(/\$\{([^!{}][^{}]*)\}/g) : []) {
      const logicalId = (match[1] ?? '').trim().split('.')[0] ?? '';
      if (!Object.hasOwn(own, logicalId)) found(logicalId, path);
    }
  }
  if (typeof argument !== 'object') return;
  const outer = [...path];
  walkNames(argument, [], branches, (logicalId) => found(logicalId, outer));
}

/** Ids of the stack's own resources that the value names. */
export function namedIn(stack: Stack, value: unknown): readonly string[] {
  const found = new Set<string>();
  walkNames(value, [], true, (logicalId) => {
    if (stack.template.resources.has(logicalId)) found.add(`${stack.id}/${logicalId}`);
  });
  return [...found];
}

/** Texts that may speak of a resource: those with holes, and ARNs. */
function walkTexts(value: Resolved, path: Path, found: (t: Text, path: Path) => void): void {
  if (typeof value === 'string') {
    if (value.startsWith('arn:')) found(text(value), path);
  } else if (isText(value)) found(value, path);
  else if (isResolvedList(value)) {
    for (let i = 0; i < value.length; i++) {
      path.push(i);
      walkTexts(value[i]!, path, found);
      path.pop();
    }
  } else if (isResolvedObject(value)) {
    for (const key in value) {
      path.push(key);
      walkTexts(value[key]!, path, found);
      path.pop();
    }
  }
}

/**
 * The ARN in `arn:…:apigateway:REGION:lambda:path/2015-03-31/functions/ARN/invocations`, by which API Gateway is told what to call
 * (https://docs.aws.amazon.com/apigateway/latest/api/API_Integration.html#apigw-Type-Integration-uri).
 */
function functionIn(t: Text): Text | undefined {
  const at = t.parts.findIndex((part) => typeof part === 'string' && part.includes(FUNCTIONS));
  if (at < 0) return undefined;
  const [first, ...rest] = t.parts.slice(at) as [string, ...Text['parts']];
  const last = rest.at(-1);
  const arn = first.slice(first.indexOf(FUNCTIONS) + FUNCTIONS.length);
  if (last === undefined) return text(uncalled(arn));
  return text(arn, ...rest.slice(0, -1), typeof last === 'string' ? uncalled(last) : last);
}

const FUNCTIONS = ':lambda:path/2015-03-31/functions/';

function uncalled(end: string): string {
  return end.replace(/\/invocations$/, '');
}

/** Refuses templates whose resources need one another before they exist; CloudFormation does too. */
export function dependencyCycle(stack: Stack): readonly string[] | undefined {
  const { resources } = stack.template;
  const edges = new Map<string, readonly string[]>();
  for (const declared of resources.values()) {
    const to = new Set(declared.dependsOn);
    walkNames(declared.properties, [], false, (logicalId) => to.add(logicalId));
    edges.set(
      declared.logicalId,
      [...to].filter((id) => resources.has(id)),
    );
  }
  const state = new Map<string, 'open' | 'done'>();
  for (const start of resources.keys()) {
    if (state.has(start)) continue;
    // Depth first, with its own stack: templates may be as deep as they are long.
    const path: { id: string; next: number }[] = [{ id: start, next: 0 }];
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
