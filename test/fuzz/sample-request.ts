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
  type DocumentJson,
  documentsOf,
  type PoliciesJson,
  type StatementJson,
  type StatementReading,
  statementsOf,
} from './policies-json';
import type { Random } from './random';
import { sampleValue } from './sample-context';
import { formatPatterns, found, globPattern, matches, mutate, type Pattern, randomMember } from './strings';

export interface PairRequest {
  readonly action: string;
  readonly resource: string;
  readonly contextA: Context;
  readonly contextB: Context;
}

export interface Reading {
  readonly reading: StatementReading;
  readonly actions: Uint32Array;
}

/** Policies read for sampling. */
export interface Subject {
  readonly json: PoliciesJson;
  readonly statements: readonly Reading[];
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

/** The policies without the statements that do not name the action (in lower case). */
export function withStatementsAbout(subject: Subject, action: string, index: ActionIndex): PoliciesJson {
  const id = index.ids.get(action) ?? -1;
  // `subject.statements` holds those of all documents, in the order in which they are read here.
  let next = 0;
  const about = (document: DocumentJson): DocumentJson => {
    const statements = (
      Array.isArray(document.Statement) ? document.Statement : [document.Statement]
    ) as StatementJson[];
    return {
      ...document,
      Statement: statements.filter(() => has((subject.statements[next++] as Reading).actions, id)),
    };
  };
  const { json } = subject;
  return {
    identityPolicies: json.identityPolicies.map(about),
    ...(json.permissionsBoundary ? { permissionsBoundary: about(json.permissionsBoundary) } : {}),
    ...(json.serviceControlPolicies ? { serviceControlPolicies: json.serviceControlPolicies.map(about) } : {}),
  };
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

/** Actions and statements of a pair, and which resources no walk can find: computed once a pair. */
export class RequestSampler {
  private readonly common: Uint32Array;
  private readonly applying = new Map<number, readonly [readonly StatementReading[], readonly StatementReading[]]>();
  private readonly empty = new Set<string>();

  constructor(
    private readonly a: Subject,
    private readonly b: Subject,
    private readonly index: ActionIndex,
    private readonly random: Random,
  ) {
    this.common = intersection(a.allowed, b.allowed);
  }

  /** `undefined` when this attempt found no well-formed request. */
  sample(): PairRequest | undefined {
    const { random } = this;
    // Sometimes at the boundary of both, sometimes inside one and at the boundary of the other.
    const aim = random.pick(['both', 'A', 'B'] as const);
    const id = this.action();
    // Everyone may ask who they are; no policy decides it, so it says nothing about policies.
    // https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html
    if (id === undefined || this.index.lower[id] === 'sts:getcalleridentity') return undefined;
    const [ofA, ofB] = this.statementsAbout(id);
    const [allowA, allowB] = [
      aim === 'B' ? undefined : this.allowing(ofA),
      aim === 'A' ? undefined : this.allowing(ofB),
    ];
    const [contextA, contextB] = this.contexts(ofA, ofB, allowA, allowB);
    const resource = this.resource(id, [
      [allowA, contextA],
      [allowB, contextB],
    ]);
    if (resource === undefined) return undefined;
    const action = this.index.catalogue.actions.at(id) ?? '';
    return { action: random.chance(0.02) ? action.toLowerCase() : action, resource, contextA, contextB };
  }

  private action(): number | undefined {
    const common = this.index.random(this.random, this.common);
    if (common !== undefined && this.random.chance(0.97)) return common;
    return this.index.random(this.random, this.random.chance(0.5) ? this.a.allowed : this.b.allowed);
  }

  private statementsAbout(id: number): readonly [readonly StatementReading[], readonly StatementReading[]] {
    let statements = this.applying.get(id);
    if (statements === undefined) {
      const about = (s: Subject) => s.statements.filter(({ actions }) => has(actions, id)).map((s) => s.reading);
      statements = [about(this.a), about(this.b)];
      this.applying.set(id, statements);
    }
    return statements;
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
    const shape = random.int(patternsOf(format).length);
    const wanted = sides.flatMap(([statement, context]) =>
      statement === undefined || statement.notResources || statement.resources.length === 0
        ? []
        : [withVariables(random.pick(statement.resources), context)],
    );
    const text =
      this.member(format, shape, wanted) ??
      this.member(format, shape, wanted.slice(0, 1)) ??
      this.member(format, shape, []);
    if (text === undefined || text === '*') return text;
    const near = random.chance(0.12) ? mutate(random, text) : text;
    // The simulator reads wildcards in a request's resource as a set of resources; ours are concrete.
    if (/[*?]/.test(near)) return undefined;
    return near === text || types.some((t) => patternsOf(t).some((p) => matches(p, near))) ? near : undefined;
  }

  /** A resource of the shape that matches all globs. */
  private member(format: ResourceFormat, shape: number, globs: readonly string[]): string | undefined {
    const key = `${format.id}|${shape}|${globs.join('|')}`;
    if (this.empty.has(key)) return undefined;
    const pattern = patternsOf(format)[shape] as Pattern;
    const walk = randomMember(this.random, [pattern, ...globs.map(globPattern)]);
    if (walk === 'none') this.empty.add(key);
    return found(walk);
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
