/** Policies with values in place of holes and policy variables, and which variables a statement has. */
import {
  type Condition,
  type Policies,
  type PolicyDocument,
  type Selection,
  type Statement,
  textsOf,
} from './document';
import { splitVariables, type Variable } from './glob';
import { mentionsVariable, type Part, substitute, type Text, text } from './text';

const keysOf = new WeakMap<Statement, ReadonlyMap<string, string>>();

/** The keys that the statement uses as policy variables: in lower case, and as first written. */
export function variablesOf(statement: Statement): ReadonlyMap<string, string> {
  let keys = keysOf.get(statement);
  if (keys === undefined) {
    keys = readVariables(statement);
    keysOf.set(statement, keys);
  }
  return keys;
}

function readVariables(statement: Statement): ReadonlyMap<string, string> {
  const keys = new Map<string, string>();
  if (statement.version !== '2012-10-17') return keys;
  for (const part of textsOf(statement).flatMap((t) => t.parts)) {
    for (const piece of typeof part === 'string' ? splitVariables(part) : []) {
      if (typeof piece === 'string' || 'escaped' in piece) continue;
      const key = piece.key.toLowerCase();
      if (!keys.has(key)) keys.set(key, piece.key);
    }
  }
  return keys;
}

export function substitutePolicies(policies: Policies, holes: ReadonlyMap<string, string>): Policies {
  return mapPolicies(policies, (s) => mapStatement(s, (t) => substitute(t, holes)));
}

/** Holes and given variables replaced; a variable's value stands for itself, wildcards in it included. */
export function substituteStatement(
  statement: Statement,
  holes: ReadonlyMap<string, string>,
  variables: ReadonlyMap<string, string>,
): Statement {
  const asText = (t: Text): Text => {
    const filled = substitute(t, holes);
    if (statement.version !== '2012-10-17' || variables.size === 0 || !mentionsVariable(filled)) return filled;
    return text(
      ...filled.parts.flatMap((part): readonly Part[] => {
        if (typeof part !== 'string') return [part];
        return splitVariables(part).map((piece): Part => {
          if (typeof piece === 'string') return piece;
          if ('escaped' in piece) return `\${${piece.escaped}}`;
          const value = variables.get(piece.key.toLowerCase());
          if (value === undefined) return written(piece);
          return value.replace(/[*?$]/g, (c) => `\${${c}}`);
        });
      }),
    );
  };
  return mapStatement(statement, asText);
}

function written({ key, fallback }: Variable): string {
  return fallback === undefined ? `\${${key}}` : `\${${key}, '${fallback}'}`;
}

/** What no text of changes stays the same object, so that what was compiled of it serves again. */
function mapStatement(s: Statement, map: (t: Text) => Text): Statement {
  const resource = s.resource === undefined ? undefined : mapSelection(s.resource, map);
  const conditions = mapAll(s.conditions, (c): Condition => {
    const values = mapAll(c.values, map);
    return values === c.values ? c : { ...c, values };
  });
  if (resource === s.resource && conditions === s.conditions) return s;
  return { ...s, ...(resource === undefined ? {} : { resource }), conditions };
}

function mapSelection(selection: Selection, map: (t: Text) => Text): Selection {
  const patterns = mapAll(selection.patterns, map);
  return patterns === selection.patterns ? selection : { not: selection.not, patterns };
}

/** The same array when no member changes. */
function mapAll<T>(all: readonly T[], map: (one: T) => T): readonly T[] {
  const mapped = all.map(map);
  return mapped.every((one, i) => one === all[i]) ? all : mapped;
}

function mapPolicies(p: Policies, map: (s: Statement) => Statement): Policies {
  const document = (d: PolicyDocument): PolicyDocument => ({ ...d, statements: d.statements.map(map) });
  const documents = (ds: readonly PolicyDocument[] | undefined): readonly PolicyDocument[] | undefined =>
    ds?.map(document);
  return {
    identityPolicies: p.identityPolicies.map(document),
    ...(p.permissionsBoundary === undefined ? {} : { permissionsBoundary: document(p.permissionsBoundary) }),
    ...(p.sessionPolicies === undefined
      ? {}
      : { sessionPolicies: documents(p.sessionPolicies) as readonly PolicyDocument[] }),
    ...(p.serviceControlPolicies === undefined
      ? {}
      : { serviceControlPolicies: documents(p.serviceControlPolicies) as readonly PolicyDocument[] }),
    ...(p.resourceGrants === undefined
      ? {}
      : { resourceGrants: documents(p.resourceGrants) as readonly PolicyDocument[] }),
    ...(p.unboundedGrants === undefined
      ? {}
      : { unboundedGrants: documents(p.unboundedGrants) as readonly PolicyDocument[] }),
  };
}
