/**
 * Requests near the boundary of two policies: an action that both name, a resource that the globs
 * of one statement of each and the ARN format of the action all match (or nearly), and contexts
 * made from the conditions. A and B see one request; the keys of the caller differ between them.
 */
import type { ResourceFormat } from '../../lib/policy/catalogue';
import type { Context } from '../../lib/policy/document';
import { type ActionIndex, has, intersection, unite } from './actions';
import {
  type ConditionReading,
  documentsOf,
  type PoliciesJson,
  type StatementReading,
  statementsOf,
} from './policies-json';
import type { Random } from './random';
import { sampleValue } from './sample-context';
import { formatPatterns, globPattern, matches, mutate, type Pattern, randomMember } from './strings';

export interface PairRequest {
  readonly action: string;
  readonly resource: string;
  readonly contextA: Context;
  readonly contextB: Context;
}

/** Policies read for sampling. */
export interface Subject {
  readonly json: PoliciesJson;
  readonly statements: readonly { readonly reading: StatementReading; readonly actions: Uint32Array }[];
  /** Actions that some identity policy allows. */
  readonly allowed: Uint32Array;
}

export function readSubject(json: PoliciesJson, index: ActionIndex): Subject {
  const read = (reading: StatementReading) => ({ reading, actions: index.ofStatement(reading) });
  const allowed = index.empty();
  for (const statement of json.identityPolicies.flatMap(statementsOf)) {
    if (statement.allow) unite(allowed, index.ofStatement(statement));
  }
  return { json, statements: documentsOf(json).flatMap(statementsOf).map(read), allowed };
}

const formats = new Map<ResourceFormat, readonly Pattern[]>();

function patternsOf(format: ResourceFormat): readonly Pattern[] {
  let known = formats.get(format);
  if (known === undefined) {
    known = formatPatterns(format);
    formats.set(format, known);
  }
  return known;
}

export class RequestSampler {
  constructor(
    private readonly index: ActionIndex,
    private readonly random: Random,
  ) {}

  /** `undefined` when this attempt found no well-formed request. */
  sample(a: Subject, b: Subject): PairRequest | undefined {
    const { random, index } = this;
    const id = this.action(a, b);
    if (id === undefined) return undefined;
    const applying = (s: Subject) =>
      s.statements.filter((statement) => has(statement.actions, id)).map((s) => s.reading);
    const [ofA, ofB] = [applying(a), applying(b)];
    const [allowA, allowB] = [this.allowing(ofA), this.allowing(ofB)];
    const [contextA, contextB] = this.contexts(ofA, ofB, allowA, allowB);
    const resource = this.resource(id, [
      [allowA, contextA],
      [allowB, contextB],
    ]);
    if (resource === undefined) return undefined;
    const action = index.catalogue.actions[id] ?? '';
    return { action: random.chance(0.02) ? action.toLowerCase() : action, resource, contextA, contextB };
  }

  private action(a: Subject, b: Subject): number | undefined {
    const common = this.index.random(this.random, intersection(a.allowed, b.allowed));
    if (common !== undefined && this.random.chance(0.97)) return common;
    return this.index.random(this.random, this.random.chance(0.5) ? a.allowed : b.allowed);
  }

  private allowing(statements: readonly StatementReading[]): StatementReading | undefined {
    const allowing = statements.filter((s) => s.allow);
    return allowing.length === 0 ? undefined : this.random.pick(allowing);
  }

  private resource(
    id: number,
    sides: readonly (readonly [StatementReading | undefined, Context])[],
  ): string | undefined {
    const { random } = this;
    const types = this.index.catalogue.resourceFormats(id);
    if (types.length === 0) return '*';
    const format = random.pick(types);
    const shape = random.pick(patternsOf(format));
    const wanted = sides
      .filter(([statement]) => statement !== undefined && !statement.notResources && statement.resources.length > 0)
      .map(([statement, context]) => globPattern(withVariables(random.pick(statement?.resources ?? []), context)));
    const found =
      randomMember(random, [shape, ...wanted]) ??
      randomMember(random, wanted.length > 0 ? [shape, random.pick(wanted)] : [shape]) ??
      randomMember(random, [shape]);
    if (found === undefined) return undefined;
    const near = random.chance(0.12) ? mutate(random, found) : found;
    // The simulator reads wildcards in a request's resource as a set of resources; ours are concrete.
    if (/[*?]/.test(near)) return undefined;
    return types.some((t) => patternsOf(t).some((p) => matches(p, near))) ? near : undefined;
  }

  private contexts(
    ofA: readonly StatementReading[],
    ofB: readonly StatementReading[],
    allowA: StatementReading | undefined,
    allowB: StatementReading | undefined,
  ): [Context, Context] {
    const { random, index } = this;
    const conditions = (statements: readonly StatementReading[]) => statements.flatMap((s) => s.conditions);
    const [allA, allB] = [conditions(ofA), conditions(ofB)];
    const [wantA, wantB] = [allowA?.conditions ?? [], allowB?.conditions ?? []];
    const about = (key: string, list: readonly ConditionReading[]) => list.filter((c) => c.key === key);
    const keys = new Set([...allA, ...allB].map((c) => c.key));
    for (const variable of variablesOf([...ofA, ...ofB])) keys.add(variable);
    const contextA: Record<string, string | readonly string[]> = {};
    const contextB: Record<string, string | readonly string[]> = {};
    const set = (context: typeof contextA, key: string, value: string | readonly string[] | undefined) => {
      if (value !== undefined) context[key] = value;
    };
    for (const key of keys) {
      const others = [...about(key, allA), ...about(key, allB)];
      const choose = (want: readonly ConditionReading[]) =>
        others.length === 0
          ? random.pick(['a', 'b', 'internal', 'x'])
          : sampleValue(random, key, want, others, index.catalogue);
      if (index.catalogue.keyFacts(key).scope === 'request') {
        const value = choose([...about(key, wantA), ...about(key, wantB)]);
        set(contextA, key, value);
        set(contextB, key, value);
      } else {
        set(contextA, key, choose(about(key, wantA)));
        set(contextB, key, choose(about(key, wantB)));
      }
    }
    return [contextA, contextB];
  }
}

/** Keys of `${…}` in resources and condition values, lower case. */
function variablesOf(statements: readonly StatementReading[]): readonly string[] {
  const texts = statements.flatMap((s) => [...s.resources, ...s.conditions.flatMap((c) => c.values)]);
  return texts.flatMap((t) => [...t.matchAll(/\$\{([^},*?$]+)[^}]*\}/g)].map((m) => (m[1] ?? '').trim().toLowerCase()));
}

function withVariables(pattern: string, context: Context): string {
  return pattern.replace(/\$\{([^}]*)\}/g, (whole, body: string) => {
    if (/^[*?$]$/.test(body)) return 'x';
    const value = context[(body.split(',')[0] ?? '').trim().toLowerCase()];
    return typeof value === 'string' ? value : whole;
  });
}
