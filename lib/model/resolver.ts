/**
 * The state of one resolution, shared by everything that resolves: results are kept, so that each
 * resource is resolved once, and what is under way is known, so that a cycle is an error and not a
 * hang. `intrinsics.ts` makes one.
 */
import type { Text } from '../policy/text';
import type { Formula } from './conditions';
import { InputError } from './input-error';
import type { Resolved } from './resolved';
import type { App, Stack } from './stack';
import { nameOf } from './template';

/** Which branch a condition of the stack takes, where the caller enumerates branches. */
export type Choices = ReadonlyMap<string, boolean>;
export const NO_CHOICES: Choices = new Map();

export interface Resolver {
  readonly app: App;
  /** Formulas of conditions by stack and name. */
  readonly formulas: Map<string, Formula>;
  /** Exports by environment and name, found once. */
  readonly exports: Map<string, ReadonlyMap<string, { readonly stack: Stack; readonly output: string }>>;
  /** What is being resolved right now, outermost first. */
  readonly active: Resolving[];
  /** Spellings of the names in condition keys, by their lower case. */
  readonly spellings: Map<string, string[]>;
  resolve(stack: Stack, value: unknown, choices?: Choices): Resolved;
  /** The value in the place of a string; a hole that may be anything when it is something else. */
  text(stack: Stack, value: unknown, choices?: Choices): Text;
}

const MAX_HOPS = 300;

/** What a name of a stack stands for. */
export type What = 'reference' | 'attribute' | 'ARN' | 'name' | 'condition' | 'parameter' | 'output' | 'export';

export interface Resolving {
  readonly stack: Stack;
  readonly what: What;
  readonly name: string;
}

/** Resolves each once; what is met again while it is being resolved is a cycle, which CloudFormation refuses. */
export function once(r: Resolver, stack: Stack, what: What, name: string, compute: () => Resolved): Resolved {
  let known = stack.known.get(what);
  if (known === undefined) {
    known = new Map();
    stack.known.set(what, known);
  }
  const before = known.get(name);
  if (before !== undefined) return before;
  const one: Resolving = { stack, what, name };
  const { rendered } = stack.template;
  const start = r.active.findIndex((a) => a.stack === stack && a.what === what && a.name === name);
  if (start >= 0) {
    const chain = [...r.active.slice(start), one].map((a) => `\`${shown(a)}\``);
    throw new InputError(
      `${nameOf(rendered)}: cyclic references ${chain.join(' → ')}, expected an order in which they can be created`,
      rendered.file,
    );
  }
  if (r.active.length > MAX_HOPS) {
    throw new InputError(
      `${nameOf(rendered)}: references pass through more than ${MAX_HOPS} resources, expected a template that CloudFormation accepts`,
      rendered.file,
    );
  }
  r.active.push(one);
  try {
    const result = compute();
    known.set(name, result);
    return result;
  } finally {
    r.active.pop();
  }
}

function shown({ what, name }: Resolving): string {
  switch (what) {
    case 'reference':
    case 'attribute':
    case 'export':
      return name;
    case 'ARN':
    case 'name':
      return `${name} (its ${what})`;
    case 'condition':
    case 'parameter':
    case 'output':
      return `${what} ${name}`;
  }
}
