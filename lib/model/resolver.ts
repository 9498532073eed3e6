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
  readonly active: string[];
  /** Spellings of the names in condition keys, by their lower case. */
  readonly spellings: Map<string, string[]>;
  resolve(stack: Stack, value: unknown, choices?: Choices): Resolved;
  /** The value in the place of a string; a hole that may be anything when it is something else. */
  text(stack: Stack, value: unknown, choices?: Choices): Text;
}

const MAX_HOPS = 300;

/** Resolves once per key; a key met again while it is being resolved is a cycle, which CloudFormation refuses. */
export function once(r: Resolver, stack: Stack, key: string, compute: () => Resolved): Resolved {
  const known = stack.known.get(key);
  if (known !== undefined) return known;
  const id = `${stack.id}\u0000${key}`;
  const { rendered } = stack.template;
  const start = r.active.indexOf(id);
  if (start >= 0) {
    const chain = [...r.active.slice(start), id].map((a) => `\`${a.split('\u0000')[1]}\``);
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
  r.active.push(id);
  try {
    const result = compute();
    stack.known.set(key, result);
    return result;
  } finally {
    r.active.pop();
  }
}
