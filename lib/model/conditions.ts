/**
 * Conditions of a template, as formulas over what only the deployment decides, and as guards on
 * policy statements.
 *
 * A statement that exists only under a condition is kept with an extra IAM condition over a key of
 * our own (`bulkhead:…`), whose value stands for the deployer's choice. One choice has one value in
 * the whole app, so statements under opposite conditions never count together, and a Deny under a
 * condition denies only there: exact, without enumerating 2^n templates. Every real deployment is
 * one assignment of these keys, so nothing is missed; where a formula grows too large, a fresh key
 * that may take any value stands in for it, which only adds deployments that do not exist.
 */
import { createHash } from 'node:crypto';
import { DEPLOYMENT_KEY_PREFIX } from '../policy/catalogue';
import type { Condition } from '../policy/document';
import { literal, type Text, text } from '../policy/text';
import { asList, canonical, isList, isObject } from './json';
import { NO_VALUE, toText } from './resolved';
import { type Choices, once, type Resolver } from './resolver';
import type { Stack } from './stack';
import { onlyHole, textKey } from './text-key';

export type Formula =
  | boolean
  | { readonly key: string; readonly value: string; readonly negated: boolean }
  | { readonly all: readonly Formula[] }
  | { readonly any: readonly Formula[] };

/** Alternatives, each a conjunction of conditions: `[[]]` always holds, `[]` never. */
export type Guard = readonly (readonly Condition[])[];

export const ALWAYS: Guard = [[]];

const MAX_ALTERNATIVES = 16;

/** The formula of a named condition. */
export function formulaOf(r: Resolver, stack: Stack, name: string): Formula {
  const id = `${stack.id}\u0000${name}`;
  const known = r.formulas.get(id);
  if (known !== undefined) return known;
  let formula: Formula = true;
  // `once` refuses conditions that refer to themselves; the formula itself is kept beside it.
  once(r, stack, 'condition', name, () => {
    const { conditions } = stack.template;
    formula = conditions.has(name) ? parse(r, stack, conditions.get(name)) : choice(r, stack, { Condition: name });
    return NO_VALUE;
  });
  r.formulas.set(id, formula);
  return formula;
}

function parse(r: Resolver, stack: Stack, expression: unknown): Formula {
  if (!isObject(expression)) return choice(r, stack, expression);
  const [name] = Object.keys(expression);
  const argument = name === undefined ? undefined : expression[name];
  switch (name) {
    case 'Condition':
      return typeof argument === 'string' ? formulaOf(r, stack, argument) : choice(r, stack, expression);
    case 'Fn::And':
      return conjunction(asList(argument).map((a) => parse(r, stack, a)));
    case 'Fn::Or':
      return disjunction(asList(argument).map((a) => parse(r, stack, a)));
    case 'Fn::Not':
      return negate(parse(r, stack, asList(argument)[0]));
    case 'Fn::Equals':
      return isList(argument) ? equality(r, stack, argument, expression) : choice(r, stack, expression);
    default:
      return choice(r, stack, expression);
  }
}

function equality(r: Resolver, stack: Stack, sides: readonly unknown[], whole: unknown): Formula {
  const [a, b] = sides.map((side) => toText(r.resolve(stack, side)));
  if (a === undefined || b === undefined) return choice(r, stack, whole);
  if (textKey(a) === textKey(b)) return true;
  const [x, y] = [literal(a), literal(b)];
  if (x !== undefined && y !== undefined) return false;
  const hole = onlyHole(x === undefined ? a : b);
  const value = x ?? y;
  if (hole === undefined || value === undefined) return choice(r, stack, whole);
  if (hole.values !== undefined && !hole.values.includes(value)) return false;
  // In a condition's value `${` would begin a policy variable.
  if (value.includes('${')) return choice(r, stack, whole);
  return { key: deploymentKey(r, hole.hole), value, negated: false };
}

/** A decision of which nothing is known: its own key, true or false. */
function choice(r: Resolver, stack: Stack, expression: unknown): Formula {
  const text = canonical(expression);
  const short = text.length <= 80 ? text : createHash('sha256').update(text).digest('hex').slice(0, 16);
  return { key: deploymentKey(r, `${stack.id}:${short}`), value: 'true', negated: false };
}

/** Condition keys are compared without regard to case, names in a template are not: keep them apart. */
function deploymentKey(r: Resolver, name: string): string {
  const lower = name.toLowerCase();
  const spellings = r.spellings.get(lower) ?? [];
  if (!spellings.includes(name)) spellings.push(name);
  r.spellings.set(lower, spellings);
  const n = spellings.indexOf(name);
  return `${DEPLOYMENT_KEY_PREFIX}${name}${n === 0 ? '' : `#${n + 1}`}`;
}

function conjunction(parts: readonly Formula[]): Formula {
  if (parts.includes(false)) return false;
  const open = parts.filter((p) => p !== true);
  return open.length === 0 ? true : open.length === 1 ? (open[0] as Formula) : { all: open };
}

function disjunction(parts: readonly Formula[]): Formula {
  return negate(conjunction(parts.map(negate)));
}

function negate(f: Formula): Formula {
  if (typeof f === 'boolean') return !f;
  if ('key' in f) return { ...f, negated: !f.negated };
  return 'all' in f ? { any: f.all.map(negate) } : { all: f.any.map(negate) };
}

/** The guard that says: these conditions of the stack take these branches. */
export function guardOf(r: Resolver, stack: Stack, choices: Choices): Guard {
  if (choices.size === 0) return ALWAYS;
  return [...choices].reduce<Guard>((guard, [name, holds]) => {
    const formula = formulaOf(r, stack, name);
    return both(guard, alternatives(holds ? formula : negate(formula)));
  }, ALWAYS);
}

/** The guard of a resource: its `Condition`. */
export function conditionGuard(r: Resolver, stack: Stack, condition: string | undefined): Guard {
  return condition === undefined ? ALWAYS : guardOf(r, stack, new Map([[condition, true]]));
}

export function both(a: Guard, b: Guard): Guard {
  if (a === ALWAYS) return b;
  if (b === ALWAYS) return a;
  const out = new Map<string, readonly Condition[]>();
  for (const left of a) {
    for (const right of b) {
      const joined = new Map([...left, ...right].map((c) => [conditionKey(c), c]));
      if (contradicts(joined)) continue;
      out.set([...joined.keys()].sort().join('\n'), [...joined.values()]);
    }
  }
  return out.size <= MAX_ALTERNATIVES ? [...out.values()] : free([...out.keys()]);
}

function alternatives(f: Formula): Guard {
  if (typeof f === 'boolean') return f ? ALWAYS : [];
  if ('key' in f) return [[condition(f.key, f.value, f.negated)]];
  if ('all' in f) return f.all.reduce<Guard>((guard, part) => both(guard, alternatives(part)), ALWAYS);
  const out = f.any.flatMap(alternatives);
  return out.length <= MAX_ALTERNATIVES ? out : free(out.map((c) => c.map(conditionKey).join('\n')));
}

/** Stands in for a formula that is too large: a key of its own that may take any value. */
function free(alternatives: readonly string[]): Guard {
  const id = createHash('sha256').update(alternatives.join('\n\n')).digest('hex').slice(0, 16);
  return [[condition(`${DEPLOYMENT_KEY_PREFIX}choice/${id}`, 'true', false)]];
}

function condition(key: string, value: string, negated: boolean): Condition {
  const values: readonly Text[] = [text(value)];
  return { operator: negated ? 'StringNotEquals' : 'StringEquals', ifExists: false, key, values };
}

function conditionKey(c: Condition): string {
  return JSON.stringify([c.operator, c.key, c.values.map(textKey)]);
}

/** One key cannot have two values, nor have and not have one. */
function contradicts(conditions: ReadonlyMap<string, Condition>): boolean {
  const equal = new Map<string, string>();
  for (const c of conditions.values()) {
    const value = c.values.map(textKey).join();
    if (c.operator !== 'StringEquals') continue;
    const other = equal.get(c.key);
    if (other !== undefined && other !== value) return true;
    equal.set(c.key, value);
  }
  for (const c of conditions.values()) {
    if (c.operator === 'StringNotEquals' && equal.get(c.key) === c.values.map(textKey).join()) return true;
  }
  return false;
}
