/**
 * Policy documents as they stand in a template: intrinsics anywhere, conditions on any level.
 * Every statement is read on its own, in each of its variants, and carries the guard of its
 * variant. A statement or document that cannot be read is a reason, never skipped: who carries it
 * is then undecided.
 */
import type { Condition, PolicyDocument, Statement } from '../policy/document';
import { PolicyError, type PolicyKind, parsePolicy } from '../policy/parse';
import { isText } from '../policy/text';
import { ALWAYS, both, type Guard } from './conditions';
import { intrinsicName, isList, isObject } from './json';
import { parseJsonText } from './json-text';
import { isResolvedList, isResolvedObject, NO_VALUE, type Resolved, type ResolvedObject, toText } from './resolved';
import type { Resolver } from './resolver';
import type { Stack } from './stack';
import { brief } from './text-key';
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
  const placed = statements.map((s, index) => ({ ...s, origin, index }));
  return {
    document: { version: versionOf(placed), statements: placed, origin },
    unknown: unknown.length === 0 ? unknown : [...new Set(unknown)],
  };
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
    if (!isObject(whole.value) || intrinsicName(whole.value) !== undefined) {
      readSettled(reader, r.resolve(stack, whole.value), whole.guard);
      continue;
    }
    const { Statement, ...rest } = whole.value;
    const frame = r.resolve(stack, rest);
    for (const list of branchesOf(r, stack, Statement, whole.guard)) {
      if (isObject(list.value) && intrinsicName(list.value) !== undefined) {
        readStatements(reader, frame, r.resolve(stack, list.value), list.guard);
        continue;
      }
      for (const item of isList(list.value) ? list.value : [list.value]) {
        for (const one of branchesOf(r, stack, item, list.guard)) readStatement(reader, frame, one.value, one.guard);
      }
    }
  }
}

/** A document that an intrinsic made, or its JSON text: CloudFormation takes both. */
function readSettled(reader: Reader, whole: Resolved, guard: Guard): void {
  if (whole === NO_VALUE) return;
  const written = toText(whole);
  const document = written === undefined ? whole : (parseJsonText(written) ?? null);
  if (isResolvedObject(document)) {
    const { Statement = null, ...frame } = document;
    readStatements(reader, frame, Statement, guard);
  } else if (written === undefined) {
    reader.unknown.push(`${reader.origin}: got no policy document, expected one`);
  } else {
    reader.unknown.push(`${reader.origin}: the document \`${brief(written)}\` is not known before deployment`);
  }
}

function readStatements(reader: Reader, frame: Resolved, statements: Resolved, guard: Guard): void {
  if (statements === NO_VALUE) return;
  const written = toText(statements);
  if (written !== undefined) {
    reader.unknown.push(`${reader.origin}: the statements \`${brief(written)}\` are not known before deployment`);
    return;
  }
  for (const statement of isResolvedList(statements) ? statements : [statements]) {
    reader.position++;
    parseStatement(reader, frame, statement, guard);
  }
}

function readStatement(reader: Reader, frame: Resolved, statement: unknown, guard: Guard): void {
  const { r, stack } = reader;
  const variants = variantsOf(r, stack, statement) ?? [{ guard: ALWAYS, value: r.resolve(stack, statement) }];
  reader.position++;
  for (const variant of variants) {
    if (variant.value !== NO_VALUE) parseStatement(reader, frame, variant.value, both(guard, variant.guard));
  }
}

function parseStatement(reader: Reader, frame: Resolved, statement: Resolved, guard: Guard): void {
  if (guard.length === 0) return;
  const list: ResolvedObject = statement === null ? {} : { Statement: [flatten(statement)] };
  try {
    const whole = { ...(isResolvedObject(frame) ? frame : {}), ...list };
    for (const parsed of parsedOnce(reader, whole)) {
      if (guard === ALWAYS) reader.statements.push(parsed);
      else reader.statements.push(...guarded(parsed, guard));
    }
  } catch (error) {
    if (!(error instanceof PolicyError)) throw error;
    // Parsed alone, every statement is its document's first: put its true position back.
    const name = error.statement === 'statement 1' ? `statement ${reader.position}` : error.statement;
    const place = [reader.origin, name, error.field, error.problem].filter((part) => part !== undefined);
    reader.unknown.push(place.join(': '));
  }
}

/** By what is written, for each kind of policy. */
const parsed = new WeakMap<Resolver, Map<PolicyKind, Map<string, readonly Statement[]>>>();

/**
 * Constructs write the same statements into many policies: what is written the same is parsed once, and shares its parts.
 * Its origin is that of the first; whoever asks puts in his own.
 */
function parsedOnce({ r, kind, origin }: Reader, whole: ResolvedObject): readonly Statement[] {
  // A trust names its own callers.
  if (kind === 'trust') return parsePolicy(whole, origin, { kind }).statements;
  const kinds = parsed.get(r) ?? new Map<PolicyKind, Map<string, readonly Statement[]>>();
  parsed.set(r, kinds);
  const known = kinds.get(kind) ?? new Map<string, readonly Statement[]>();
  kinds.set(kind, known);
  const written = JSON.stringify(whole);
  let statements = known.get(written);
  if (statements === undefined) {
    statements = parsePolicy(whole, origin, { kind }).statements;
    known.set(written, statements);
  }
  return statements;
}

/** Lists within lists come from branches that are lists themselves; the grammar knows one level. */
function flatten(value: Resolved): Resolved {
  if (isFlat(value)) return value;
  if (isResolvedList(value))
    return value.flatMap((v): readonly Resolved[] => {
      const inner = flatten(v);
      return isResolvedList(inner) ? inner : [inner];
    });
  if (!isResolvedObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([k, v]) => [k, flatten(v)]));
}

function isFlat(value: Resolved): boolean {
  if (typeof value !== 'object' || value === null) return true;
  if (isResolvedList(value)) {
    for (const v of value) if (typeof v === 'object' && (isResolvedList(v) || !isFlat(v))) return false;
  } else if (!isText(value)) {
    for (const key in value) if (typeof value[key] === 'object' && !isFlat(value[key]!)) return false;
  }
  return true;
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
