/**
 * Policy variables whose value the statements themselves fix. `aws:PrincipalTag/team` must be `red` for
 * a statement to match, so `${aws:PrincipalTag/team}` is `red` in every statement about that
 * caller: a query splits into one for each value that the key may have, and none is lost.
 *
 * Only keys with one value at most count, and only conditions that do not hold without the key.
 */
import type { Catalogue } from './catalogue';
import { compileStatement } from './compile';
import { equal, type Side } from './condition';
import { isUnknown } from './condition-value';

import type { Condition } from './document';
import type { Query, Use } from './solve';
import { substituteStatement, variablesOf } from './substitute';
import { literal } from './text';

const CASES = 16;

interface Pin {
  readonly key: string;
  readonly values: readonly string[];
}

/** Queries that have the requests of the query between them, fewer variables in each; undefined if nothing is pinned. */
export function pinnedCases(query: Query, catalogue: Catalogue): readonly Query[] | undefined {
  let cases: readonly Query[] | undefined;
  for (const side of [0, 1] as const) {
    for (const { key, values } of pinsOf(query, side, catalogue)) {
      const before: readonly Query[] = cases ?? [query];
      if (before.length * values.length > CASES) continue;
      cases = before.flatMap((q) => values.map((value) => withValue(q, side, key, value, catalogue)));
    }
  }
  return cases;
}

function pinsOf({ must, mustNot }: Query, side: Side, catalogue: Catalogue): readonly Pin[] {
  const used = new Set(
    [...must, ...mustNot].filter((u) => u.side === side).flatMap((u) => [...variablesOf(u.statement.source).keys()]),
  );
  const pins = new Map<string, Pin>();
  if (used.size === 0) return [];
  for (const use of must) {
    for (const condition of use.statement.source.conditions) {
      const key = condition.key.toLowerCase();
      const facts = catalogue.keyFacts(key);
      if (!used.has(key) || facts.multivalued || (use.side !== side && facts.scope !== 'request')) continue;
      const values = valuesOf(condition, use.statement.source.version === '2012-10-17');
      const known = pins.get(key);
      if (values !== undefined && (known === undefined || values.length < known.values.length))
        pins.set(key, { key: condition.key, values });
    }
  }
  return [...pins.values()];
}

/** The only values with which the condition holds. */
function valuesOf(
  { operator, quantifier, ifExists, values }: Condition,
  variables: boolean,
): readonly string[] | undefined {
  if (operator !== 'StringEquals' || quantifier !== undefined || ifExists) return undefined;
  const known = values.map((v) => (isUnknown(v, variables) ? undefined : literal(v)));
  // An escape (`${*}`) stands for another text than its own.
  return known.every((v): v is string => v !== undefined && !v.includes('${')) ? known : undefined;
}

function withValue(query: Query, side: Side, key: string, value: string, catalogue: Catalogue): Query {
  const put = (use: Use): Use => {
    const mentions = use.side === side && variablesOf(use.statement.source).has(key.toLowerCase());
    if (!mentions) return use;
    const source = substituteStatement(use.statement.source, new Map(), new Map([[key.toLowerCase(), value]]));
    return { side, statement: compileStatement(source, catalogue) };
  };
  return {
    ...query,
    must: query.must.map(put),
    mustNot: query.mustNot.map(put),
    given: [...(query.given ?? []), equal(key, value, side)],
  };
}
