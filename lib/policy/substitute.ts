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
import { type Part, substitute, type Text, text } from './text';

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
    if (statement.version !== '2012-10-17' || variables.size === 0) return filled;
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

function mapStatement(s: Statement, map: (t: Text) => Text): Statement {
  const selection = (one: Selection | undefined): Selection | undefined =>
    one === undefined ? undefined : { not: one.not, patterns: one.patterns.map(map) };
  return {
    ...s,
    ...(s.resource === undefined ? {} : { resource: selection(s.resource) as Selection }),
    conditions: s.conditions.map((c): Condition => ({ ...c, values: c.values.map(map) })),
  };
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
