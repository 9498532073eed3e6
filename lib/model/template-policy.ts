/**
 * Policy documents as they stand in a template: intrinsics anywhere, conditions on any level.
 * Every statement is read on its own, in each of its variants, and carries the guard of its
 * variant. A statement or document that cannot be read is a reason, never skipped: who carries it
 * is then undecided.
 */
import type { Condition, PolicyDocument, Statement } from '../policy/document';
import { PolicyError, type PolicyKind, parsePolicy } from '../policy/parse';
import { show, type Text } from '../policy/text';
import { ALWAYS, both, type Guard } from './conditions';
import { intrinsicName, isList, isObject } from './json';
import { isResolvedList, isResolvedObject, NO_VALUE, type Resolved, toText } from './resolved';
import type { Resolver } from './resolver';
import type { Stack } from './stack';
import { branchesOf, variantsOf } from './variants';

export interface PolicyReading {
  readonly document: PolicyDocument;
  /** Why the document is not known in full; empty when it is. */
  readonly unknown: readonly string[];
}

/**
 * @param value the document as it stands in the template
 * @param origin where it stands, for messages
 * @param guard when it counts at all: the conditions of the resources that attach it
 */
export function readPolicy(
  r: Resolver,
  stack: Stack,
  value: unknown,
  origin: string,
  kind: PolicyKind,
  guard: Guard = ALWAYS,
): PolicyReading {
  const statements: Statement[] = [];
  const unknown: string[] = [];
  const reader: Reader = { r, stack, origin, kind, statements, unknown, position: 0 };
  readDocument(reader, value, guard);
  const numbered = statements.map((s, index) => ({ ...s, index }));
  return { document: { version: versionOf(numbered), statements: numbered, origin }, unknown };
}

interface Reader {
  readonly r: Resolver;
  readonly stack: Stack;
  readonly origin: string;
  readonly kind: PolicyKind;
  readonly statements: Statement[];
  readonly unknown: string[];
  /** Statements seen so far, for messages. */
  position: number;
}

function versionOf(statements: readonly Statement[]): PolicyDocument['version'] {
  return statements.every((s) => s.version === '2008-10-17') && statements.length > 0 ? '2008-10-17' : '2012-10-17';
}

function readDocument(reader: Reader, value: unknown, guard: Guard): void {
  const { r, stack } = reader;
  for (const whole of branchesOf(r, stack, value, guard)) {
    const document = documentObject(reader, whole.value);
    if (document === undefined) continue;
    const { Statement, ...frame } = document;
    for (const list of branchesOf(r, stack, Statement, whole.guard)) {
      for (const item of listOfStatements(reader, list.value)) {
        for (const one of branchesOf(r, stack, item, list.guard)) readStatement(reader, frame, one.value, one.guard);
      }
    }
  }
}

/** CloudFormation takes a document as an object or as its JSON text. */
function documentObject(reader: Reader, value: unknown): Readonly<Record<string, unknown>> | undefined {
  const whole = isObject(value) && intrinsicName(value) === undefined ? value : reader.r.resolve(reader.stack, value);
  if (whole === NO_VALUE) return undefined;
  if (whole === null) {
    reader.unknown.push(`${reader.origin}: got no policy document, expected one`);
    return undefined;
  }
  if (typeof whole === 'string') {
    try {
      const parsed: unknown = JSON.parse(whole);
      if (isObject(parsed)) return parsed;
    } catch {
      // Falls through: neither an object nor JSON.
    }
  }
  if (isObject(whole) && toText(whole as Resolved) === undefined) return whole;
  const written = toText(whole as Resolved);
  reader.unknown.push(
    `${reader.origin}: the document ${written === undefined ? '' : `\`${show(written)}\` `}is not known before deployment`,
  );
  return undefined;
}

function listOfStatements(reader: Reader, value: unknown): readonly unknown[] {
  if (isList(value)) return value;
  if (isObject(value) && intrinsicName(value) !== undefined) {
    const resolved = reader.r.resolve(reader.stack, value);
    if (resolved === NO_VALUE) return [];
    if (isResolvedList(resolved)) return resolved;
    if (isResolvedObject(resolved)) return [resolved];
    reader.unknown.push(
      `${reader.origin}: the statements \`${show(toText(resolved) as Text)}\` are not known before deployment`,
    );
    return [];
  }
  return value === undefined ? [undefined] : [value];
}

function readStatement(
  reader: Reader,
  frame: Readonly<Record<string, unknown>>,
  statement: unknown,
  guard: Guard,
): void {
  const { r, stack } = reader;
  const variants = variantsOf(r, stack, statement) ?? [{ guard: ALWAYS, value: r.resolve(stack, statement) }];
  const settled = r.resolve(stack, frame);
  reader.position++;
  for (const variant of variants) {
    if (variant.value === NO_VALUE) continue;
    const whole = both(guard, variant.guard);
    if (whole.length === 0) continue;
    const list = variant.value === null ? {} : { Statement: [flatten(variant.value)] };
    try {
      const document = parsePolicy({ ...(isResolvedObject(settled) ? settled : {}), ...list }, reader.origin, {
        kind: reader.kind,
      });
      for (const parsed of document.statements) reader.statements.push(...guarded(parsed, whole));
    } catch (error) {
      if (!(error instanceof PolicyError)) throw error;
      // Parsed alone, every statement is its document's first: put its true position back.
      const name = error.statement === 'statement 1' ? `statement ${reader.position}` : error.statement;
      reader.unknown.push(
        [reader.origin, name, error.field, error.problem].filter((part) => part !== undefined).join(': '),
      );
    }
  }
}

/** Lists within lists come from branches that are lists themselves; the grammar knows one level. */
function flatten(value: Resolved): Resolved {
  if (isResolvedList(value))
    return value.flatMap((v): readonly Resolved[] => {
      const inner = flatten(v);
      return isResolvedList(inner) ? inner : [inner];
    });
  if (!isResolvedObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([k, v]) => [k, flatten(v)]));
}

/** One copy a way for the guard to hold. */
export function guarded(statement: Statement, guard: Guard): readonly Statement[] {
  return guard.map((conditions) => withConditions(statement, conditions));
}

export function guardedDocument(document: PolicyDocument, guard: Guard): PolicyDocument {
  if (guard === ALWAYS) return document;
  const statements = document.statements.flatMap((s) => guarded(s, guard)).map((s, index) => ({ ...s, index }));
  return { ...document, statements };
}

function withConditions(statement: Statement, conditions: readonly Condition[]): Statement {
  return conditions.length === 0 ? statement : { ...statement, conditions: [...statement.conditions, ...conditions] };
}
