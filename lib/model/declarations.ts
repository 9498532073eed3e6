/**
 * What the constructs declare beyond the resources themselves: crossings, in the mark of the policy that
 * they grant, and security exceptions, in the metadata of the template. A declaration that cannot be
 * read, or has expired, declares nothing and is a gap: it was meant to hold, and does not.
 */
import { show, type Text } from '../policy/text';
import type { Element } from './elements';
import type { Gap } from './gaps';
import { isList, isObject, type JsonObject } from './json';
import type { Assumption, Crossing, SecurityException } from './model';
import { toText } from './resolved';
import type { Resolver } from './resolver';
import type { Stack } from './stack';

export interface Declarations {
  readonly crossings: readonly Crossing[];
  readonly exceptions: readonly SecurityException[];
  readonly refused: readonly Gap[];
}

/** `YYYY-MM-DD`, a day that the calendar has: `2026-99-99` would come after every day of its year. */
export function isDay(value: string): boolean {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(value)) return false;
  const day = new Date(`${value}T00:00:00Z`);
  return !Number.isNaN(day.getTime()) && day.toISOString().slice(0, 10) === value;
}

/** @param today crossings that expired before it declare nothing; exceptions are judged by their check */
export function readDeclarations(r: Resolver, elements: readonly Element[], today: Date): Declarations {
  const crossings: Crossing[] = [];
  const exceptions: SecurityException[] = [];
  const refused: Gap[] = [];
  const day = today.toISOString().slice(0, 10);
  for (const { stack, declared, origin } of elements) {
    const mark = declared.metadata.bulkhead;
    if (!isObject(mark) || mark.crossing === undefined) continue;
    const crossing = readCrossing(r, stack, mark.crossing);
    if (crossing === undefined)
      refused.push({ path: origin.path, reason: 'its `Metadata.bulkhead.crossing` cannot be read' });
    else if (crossing.expires < day) {
      refused.push({
        path: origin.path,
        reason: `the crossing from \`${crossing.from}\` to \`${crossing.to}\` expired on ${crossing.expires}`,
      });
    } else crossings.push({ ...crossing, declaredAt: origin.path });
  }
  for (const stack of r.app.stacks) {
    for (const [declared, path] of exceptionsOf(stack)) {
      const exception = readException(declared);
      if (exception === undefined)
        refused.push({ path, reason: 'the security exception in its metadata cannot be read' });
      else exceptions.push(exception);
    }
  }
  return { crossings, exceptions, refused };
}

/** A crossing takes requests out of the proof, so every report prints it. */
export function assumptionOf({
  from,
  to,
  actions,
  resources,
  justification,
  approvedBy,
  expires,
}: Crossing): Assumption {
  const on = resources.map((resource) => (typeof resource === 'string' ? resource : show(resource)));
  return {
    id: 'crossing',
    text: `\`${from}\` may reach \`${to}\` by ${actions.join(', ')} on ${on.join(', ')}: ${justification} (approved by ${approvedBy}, until ${expires})`,
  };
}

function readCrossing(r: Resolver, stack: Stack, value: unknown): Crossing | undefined {
  if (!isObject(value)) return undefined;
  const words = strings(value, ['from', 'to', 'justification', 'approvedBy', 'expires']);
  const { actions, resources } = value;
  if (words === undefined || !isDay(words.expires) || !isList(actions) || !isList(resources)) return undefined;
  const texts = resources.map((resource) => toText(r.resolve(stack, resource)));
  if (!actions.every((a) => typeof a === 'string') || !texts.every((t): t is Text => t !== undefined)) return undefined;
  return { ...words, actions: actions as string[], resources: texts };
}

function exceptionsOf(stack: Stack): readonly (readonly [unknown, string])[] {
  const { template, path } = stack.template.rendered;
  const metadata = isObject(template) && isObject(template.Metadata) ? template.Metadata.bulkhead : undefined;
  const declared = isObject(metadata) ? metadata.exceptions : undefined;
  return isList(declared) ? declared.map((e) => [e, path ?? stack.id] as const) : [];
}

function readException(value: unknown): SecurityException | undefined {
  if (!isObject(value)) return undefined;
  const words = strings(value, ['finding', 'reason', 'approver', 'expires', 'declaredAt']);
  const { constructPaths, says } = value;
  if (says !== undefined && typeof says !== 'string') return undefined;
  if (words === undefined || !isDay(words.expires) || !isList(constructPaths)) return undefined;
  if (!constructPaths.every((p) => typeof p === 'string')) return undefined;
  return { ...words, constructPaths: constructPaths as string[], ...(says === undefined ? {} : { says }) };
}

function strings<K extends string>(value: JsonObject, keys: readonly K[]): Record<K, string> | undefined {
  if (!keys.every((key) => typeof value[key] === 'string')) return undefined;
  return Object.fromEntries(keys.map((key) => [key, value[key]])) as Record<K, string>;
}
