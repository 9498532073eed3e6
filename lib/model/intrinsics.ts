/**
 * CloudFormation's intrinsic functions, resolved to text with typed holes: what is known before
 * deployment becomes literal, what is not becomes a hole that says which strings it may be. One
 * expression has one value in a stack, so however an ARN is written, equal ARNs give equal texts.
 *
 * Soundness: a hole is never narrower than what CloudFormation may put in its place. Work is
 * bounded: each resource is resolved once, texts have a longest length, chains a greatest depth.
 * Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference.html
 */
import { isText, type Text, text } from '../policy/text';
import { formulaOf } from './conditions';
import { attributeOf, parameterOf, pseudoParameter, referenceTo } from './identifiers';
import { intrinsicName, isList, isObject, type JsonObject } from './json';
import { findInMap, importedValue, stackOutput } from './lookups';
import {
  fromText,
  isResolvedList,
  literalString,
  NO_VALUE,
  type Resolved,
  type ResolvedObject,
  toText,
  unknownHole,
} from './resolved';
import { type Choices, NO_CHOICES, type Resolver } from './resolver';
import { type App, environmentName, type Stack } from './stack';
import { joinTexts, onlyHole, splitText, textKey } from './text-key';

export function createResolver(app: App): Resolver {
  const r: Resolver = {
    app,
    formulas: new Map(),
    exports: new Map(),
    active: [],
    spellings: new Map(),
    resolve: (stack, value, choices = NO_CHOICES) => resolve(r, stack, value, choices),
    text: (stack, value, choices = NO_CHOICES) =>
      toText(resolve(r, stack, value, choices)) ?? text(unknownHole(stack.id, value, 'a value')),
  };
  return r;
}

/** CloudFormation's own limit on a template is 1 MB; no name or ARN comes near this. */
const MAX_TEXT = 65_536;

function resolve(r: Resolver, stack: Stack, value: unknown, choices: Choices): Resolved {
  if (typeof value === 'string') return isPlain(value) ? value : fromText(dynamicReferences(stack, value));
  if (value === null || value === undefined) return null;
  if (typeof value === 'number' || typeof value === 'boolean') return value;
  if (isList(value)) return resolveList(r, stack, value, choices);
  if (!isObject(value)) return null;
  if (choices.size > 0) return resolveObject(r, stack, value, choices);
  // Policies are read as policies and again as properties: once is enough, and one result is shared.
  const known = stack.resolved.get(value);
  if (known !== undefined) return known;
  const result = resolveObject(r, stack, value, choices);
  stack.resolved.set(value, result);
  return result;
}

/** Most of a template is strings that stand for themselves. */
function isPlain(value: unknown): boolean {
  return typeof value === 'string' && !value.includes('{{resolve:');
}

/** The list itself where nothing in it is resolved: most of a template is plain. */
function resolveList(r: Resolver, stack: Stack, value: readonly unknown[], choices: Choices): Resolved {
  let result: Resolved[] | undefined;
  for (let i = 0; i < value.length; i++) {
    if (isPlain(value[i])) {
      result?.push(value[i] as Resolved);
      continue;
    }
    const inner = resolve(r, stack, value[i], choices);
    if (result === undefined && inner !== value[i]) result = value.slice(0, i) as Resolved[];
    if (inner !== NO_VALUE) result?.push(inner);
  }
  return result ?? (value as readonly Resolved[]);
}

function resolveObject(r: Resolver, stack: Stack, value: JsonObject, choices: Choices): Resolved {
  const name = intrinsicName(value);
  if (name !== undefined) return intrinsic(r, stack, name, value[name], value, choices);
  const result: Record<string, Resolved> = {};
  let same = true;
  for (const key in value) {
    const written = value[key];
    const inner = isPlain(written) ? (written as string) : resolve(r, stack, written, choices);
    if (inner !== written) same = false;
    if (inner === NO_VALUE) continue;
    // Assigned, this key would set the prototype.
    if (key === '__proto__') Object.defineProperty(result, key, { value: inner, enumerable: true });
    else result[key] = inner;
  }
  // Where nothing in it is resolved, the object itself: a copy would be one more for the collector to keep.
  if (same && !isText(value)) return value as ResolvedObject;
  // An object that looks like a text would be taken for one; templates have no such values.
  return isText(result) ? text(unknownHole(stack.id, value, 'an object')) : result;
}

function intrinsic(
  r: Resolver,
  stack: Stack,
  name: string,
  argument: unknown,
  whole: JsonObject,
  choices: Choices,
): Resolved {
  const unknown = (): Resolved => text(unknownHole(stack.id, whole, name));
  switch (name) {
    case 'Ref':
      return typeof argument === 'string' ? resolveReference(r, stack, argument) : unknown();
    case 'Fn::GetAtt':
      return getAtt(r, stack, argument, unknown, choices);
    case 'Fn::Sub':
      return substitution(r, stack, argument, unknown, choices);
    case 'Fn::Join':
      return join(r, stack, argument, unknown, choices);
    case 'Fn::Split':
      return split(r, stack, argument, unknown, choices);
    case 'Fn::Select':
      return select(r, stack, argument, unknown, choices);
    case 'Fn::If':
      return branch(r, stack, argument, whole, choices);
    case 'Fn::FindInMap':
      return findInMap(r, stack, argument, unknown);
    case 'Fn::ImportValue':
      return importedValue(r, stack, argument, whole);
    case 'Fn::GetStackOutput':
      return stackOutput(r, stack, argument, whole);
    case 'Fn::Base64': {
      const plain = literalString(resolve(r, stack, argument, choices));
      return plain === undefined ? unknown() : Buffer.from(plain).toString('base64');
    }
    default:
      // Fn::GetAZs, Fn::Cidr, Fn::Transform, Fn::Length, Fn::ToJsonString and what AWS adds later.
      return unknown();
  }
}

/** A name after `Ref`, or within `${}` of `Fn::Sub`: pseudo-parameter, parameter or resource. */
function resolveReference(r: Resolver, stack: Stack, name: string): Resolved {
  if (name.startsWith('AWS::')) return pseudoParameter(stack, name);
  if (stack.template.parameters.has(name)) return parameterOf(r, stack, name);
  return referenceTo(r, stack, name);
}

function getAtt(r: Resolver, stack: Stack, argument: unknown, unknown: () => Resolved, choices: Choices): Resolved {
  const [logicalId, attribute] = typeof argument === 'string' ? cut(argument, '.') : isList(argument) ? argument : [];
  if (typeof logicalId !== 'string' || attribute === undefined) return unknown();
  // The attribute's name may itself be a Ref to a parameter.
  const name = literalString(resolve(r, stack, attribute, choices));
  return name === undefined ? unknown() : attributeOf(r, stack, logicalId, name);
}

function substitution(
  r: Resolver,
  stack: Stack,
  argument: unknown,
  unknown: () => Resolved,
  choices: Choices,
): Resolved {
  const [format, variables] = isList(argument) ? argument : [argument, {}];
  if (typeof format !== 'string') return unknown();
  const own = isObject(variables) ? variables : {};
  // The string is split at `${…}`, so odd pieces are names; `${!x}` stands for a literal `${x}`.
  const pieces = format.split(/\$\{([^{}]*)\}/).map((piece, i): Text | undefined => {
    if (i % 2 === 0) return dynamicReferences(stack, piece);
    if (piece.startsWith('!')) return text(`\${${piece.slice(1)}}`);
    const name = piece.trim();
    if (Object.hasOwn(own, name)) return toText(resolve(r, stack, own[name], choices));
    const [logicalId, attribute] = cut(name, '.');
    return toText(
      attribute === undefined ? resolveReference(r, stack, logicalId) : attributeOf(r, stack, logicalId, attribute),
    );
  });
  if (!pieces.every((p) => p !== undefined)) return unknown();
  return bounded(text(...pieces), unknown);
}

function join(r: Resolver, stack: Stack, argument: unknown, unknown: () => Resolved, choices: Choices): Resolved {
  const [delimiter, items] = isList(argument) ? argument : [];
  if (typeof delimiter !== 'string') return unknown();
  const resolved = resolve(r, stack, items, choices);
  if (!isResolvedList(resolved)) return unknown();
  const texts = resolved.map(toText);
  // An element that stands for a list of unknown length is a lone hole; the joined text is then unknown.
  if (!texts.every((t) => t !== undefined)) return unknown();
  return bounded(joinTexts(texts, delimiter), unknown);
}

function split(r: Resolver, stack: Stack, argument: unknown, unknown: () => Resolved, choices: Choices): Resolved {
  const [delimiter, source] = isList(argument) ? argument : [];
  const whole = toText(resolve(r, stack, source, choices));
  if (typeof delimiter !== 'string' || delimiter === '' || whole === undefined) return unknown();
  return splitText(whole, delimiter)?.map(fromText) ?? unknown();
}

function select(r: Resolver, stack: Stack, argument: unknown, unknown: () => Resolved, choices: Choices): Resolved {
  const [index, items] = isList(argument) ? argument : [];
  const n = Number(literalString(resolve(r, stack, index, choices)));
  const list = resolve(r, stack, items, choices);
  if (!isResolvedList(list) || !Number.isInteger(n)) return unknown();
  return list[n] ?? unknown();
}

/**
 * A branch that the caller has chosen, or that is the same either way; otherwise a hole that may be
 * any of the literals, and if those are not known, anything.
 */
function branch(r: Resolver, stack: Stack, argument: unknown, whole: JsonObject, choices: Choices): Resolved {
  const [condition, yes, no] = isList(argument) ? argument : [];
  if (typeof condition !== 'string') return text(unknownHole(stack.id, whole, 'Fn::If'));
  const formula = formulaOf(r, stack, condition);
  const chosen = choices.get(condition) ?? (typeof formula === 'boolean' ? formula : undefined);
  if (chosen !== undefined) return resolve(r, stack, chosen ? yes : no, choices);
  const a = resolve(r, stack, yes, choices);
  const b = resolve(r, stack, no, choices);
  const [ta, tb] = [toText(a), toText(b)];
  if (ta !== undefined && tb !== undefined) {
    if (textKey(ta) === textKey(tb)) return a;
    const values = [...literals(ta), ...literals(tb)];
    if (literals(ta).length > 0 && literals(tb).length > 0) {
      return text({ ...unknownHole(stack.id, whole, `Fn::If ${condition}`), values: [...new Set(values)] });
    }
  }
  return text(unknownHole(stack.id, whole, `Fn::If ${condition}`));
}

/** The literal strings that a text may be, where they can be listed. */
function literals(t: Text): readonly string[] {
  const plain = literalString(t);
  return plain !== undefined ? [plain] : (onlyHole(t)?.values ?? []);
}

/** `{{resolve:ssm:name}}`: the same reference in the same account and region has the same value in one deployment. */
function dynamicReferences(stack: Stack, value: string): Text {
  if (!value.includes('{{resolve:')) return text(value);
  return text(
    ...value.split(/(\{\{resolve:[^{}]*\}\})/).map((piece, i) => {
      if (i % 2 === 0) return piece;
      return { hole: `${environmentName(stack)}:${piece}`, type: 'any' as const, label: piece };
    }),
  );
}

function bounded(t: Text, unknown: () => Resolved): Resolved {
  const size = t.parts.reduce((n, p) => n + (typeof p === 'string' ? p.length : 16), 0);
  return size > MAX_TEXT ? unknown() : fromText(t);
}

function cut(value: string, at: string): readonly [string, string | undefined] {
  const i = value.indexOf(at);
  return i < 0 ? [value, undefined] : [value.slice(0, i), value.slice(i + at.length)];
}
