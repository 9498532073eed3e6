/**
 * Values for what is unknown in a query: holes, and the keys behind policy variables. Proposals
 * only: each is tried and replayed (`witness.ts`). They come, in order, from samples of the right type
 * with values of their own, from the candidate's resource read against each pattern, and from one
 * resource found with every unknown part left open.
 */
import { Automaton } from './automaton';
import { SAMPLE_ACCOUNT, SAMPLE_REGION } from './beautify';
import type { CompiledPolicies } from './compile';
import type { Side } from './condition';
import { isUnknown } from './condition-value';
import {
  type Condition,
  type Policies,
  type PolicyDocument,
  type Selection,
  type Statement,
  textsOf,
} from './document';
import { compileGlob, splitVariables } from './glob';
import { type Budget, findWord } from './language';
import { holeGlobs, plainOf, textOfWord } from './letter';
import type { Candidate, Query, Use } from './solve';
import { type Hole, literal, type Part, substitute, type Text, text } from './text';
import { charTokens, type Glob, type Token } from './token';

export interface Proposal {
  readonly holes: ReadonlyMap<string, string>;
  /** For each side, values of the keys that its statements use as variables, by lower-cased key. */
  readonly variables: readonly [ReadonlyMap<string, string>, ReadonlyMap<string, string>];
  /** The keys as the policies write them. */
  readonly spelling: ReadonlyMap<string, string>;
}

export interface Unknowns {
  readonly holes: ReadonlyMap<string, Hole>;
  readonly variables: readonly { readonly side: Side; readonly key: string; readonly written: string }[];
}

/** The holes of the policies in question, and the variables of the statements of the query. */
export function unknownsOf(policies: readonly CompiledPolicies[], uses: readonly Use[]): Unknowns {
  const holes = new Map(policies.flatMap((p) => [...p.holes]));
  const variables = new Map<string, { side: Side; key: string; written: string }>();
  for (const { statement, side } of uses) {
    if (statement.source.version !== '2012-10-17') continue;
    for (const part of textsOf(statement.source).flatMap((t) => t.parts)) {
      for (const piece of typeof part === 'string' ? splitVariables(part) : []) {
        if (typeof piece === 'string' || 'escaped' in piece) continue;
        const key = piece.key.toLowerCase();
        variables.set(`${side}:${key}`, { side, key, written: piece.key });
      }
    }
  }
  return { holes, variables: [...variables.values()] };
}

const PROPOSALS_TRIED = 24;

export function* propose(unknowns: Unknowns, query: Query, candidate: Candidate, budget: Budget): Generator<Proposal> {
  const samples = new Map<string, string>();
  for (const hole of unknowns.holes.values()) samples.set(hole.hole, sampleOf(hole, samples));
  const variables: [Map<string, string>, Map<string, string>] = [new Map(), new Map()];
  for (const { side, key } of unknowns.variables) {
    const assigned = candidate.values.get(key) ?? candidate.values.get(`${side}:${key}`);
    const value =
      assigned?.length === 1 && assigned[0] !== undefined
        ? literal(substitute(textOfWord(assigned[0]), samples))
        : undefined;
    variables[side].set(key, value ?? sampleOfKey(key));
  }
  const spelling = new Map(unknowns.variables.map((v) => [v.key, v.written]));
  const first: Proposal = { holes: samples, variables, spelling };
  yield first;
  const seen = literal(substitute(textOfWord(candidate.resource), samples));
  if (seen !== undefined) yield reading(query, seen, first);
  const open = findWord({ required: [query.resources, ...query.must.flatMap(openResources)], forbidden: [] }, budget);
  const word = open === 'exhausted' || open.found === undefined ? undefined : plainOf(open.found);
  if (word !== undefined) yield reading(query, word, first);
  // One unknown at a time takes a value that the literal parts of the statements suggest.
  let tried = 0;
  for (const hole of unknowns.holes.values()) {
    for (const value of suggestions(query, hole)) {
      if (++tried > PROPOSALS_TRIED) return;
      yield { ...first, holes: new Map(samples).set(hole.hole, value) };
    }
  }
}

/** A value of the hole's type that no other hole has, where its type leaves a choice. */
function sampleOf(hole: Hole, taken: ReadonlyMap<string, string>): string {
  const used = new Set(taken.values());
  if (hole.values !== undefined) return hole.values.find((v) => !used.has(v)) ?? hole.values[0] ?? '';
  const n = [...taken.values()].length;
  switch (hole.type) {
    case 'account':
      return String(Number(SAMPLE_ACCOUNT) + n * 1111);
    case 'region':
      return [SAMPLE_REGION, 'eu-west-1', 'ap-southeast-2'].find((r) => !used.has(r)) ?? `xx-example-${n}`;
    case 'partition':
      return 'aws';
    case 'segment':
    case 'any':
      return `example-${n + 1}`;
  }
}

/** True iff every hole has a value of its type, and holes that never have the same value do not. */
export function isPossible({ holes: values }: Proposal, holes: ReadonlyMap<string, Hole>): boolean {
  const taken = new Map<string, string>();
  for (const [id, hole] of holes) {
    const value = values.get(id);
    if (value === undefined || !new Automaton(holeGlobs(hole), 'may').accepts(value)) return false;
    if (hole.identity === undefined) continue;
    const key = `${hole.identity}\u0000${value}`;
    if (taken.has(key)) return false;
    taken.set(key, id);
  }
  return true;
}

function sampleOfKey(key: string): string {
  if (key.endsWith('account')) return SAMPLE_ACCOUNT;
  return key.endsWith('region') ? SAMPLE_REGION : 'example';
}

function openResources({ statement }: Use): readonly Automaton[] {
  const { resource, version } = statement.source;
  if (resource === undefined || resource.not) return [];
  return [
    new Automaton(
      resource.patterns.map((p) => openGlob(p, version === '2012-10-17')),
      'may',
    ),
  ];
}

/** The pattern with every unknown part as a gap that is not empty, no letters. */
function openGlob(pattern: Text, variables: boolean): Glob {
  return pattern.parts.flatMap((part): readonly Token[] => {
    if (typeof part !== 'string') {
      const globs = holeGlobs(part);
      return globs.length === 1 && globs[0] !== undefined ? globs[0] : [{ kind: 'plus', of: 'any' }];
    }
    return (variables ? splitVariables(part) : [part]).flatMap((piece): readonly Token[] => {
      if (typeof piece === 'string') return patternTokens(piece);
      return 'escaped' in piece ? charTokens(piece.escaped) : [{ kind: 'plus', of: 'any' }];
    });
  });
}

function patternTokens(pattern: string): Glob {
  return compileGlob({ parts: [pattern] }, { mode: 'may', wildcards: 'glob', variables: false });
}

/** The first proposal, changed by what the resource says of holes and variables when it is read against the patterns. */
function reading(query: Query, resource: string, from: Proposal): Proposal {
  const holes = new Map(from.holes);
  const variables: [Map<string, string>, Map<string, string>] = [
    new Map(from.variables[0]),
    new Map(from.variables[1]),
  ];
  for (const { statement, side } of query.must) {
    const { resource: selection, version } = statement.source;
    for (const pattern of selection?.not === false ? selection.patterns : []) {
      if (!isUnknown(pattern, version === '2012-10-17')) continue;
      const read = capture(pattern, resource, version === '2012-10-17');
      if (read === undefined) continue;
      for (const [id, value] of read.holes) holes.set(id, value);
      for (const [key, value] of read.variables) variables[side].set(key, value);
      break;
    }
  }
  return { ...from, holes, variables };
}

const CAPTURE_LIMIT = 400;

/** What holes and variables must be for the pattern to match the resource: one shortest reading, if the pattern is small. */
function capture(
  pattern: Text,
  resource: string,
  variables: boolean,
): { readonly holes: [string, string][]; readonly variables: [string, string][] } | undefined {
  type Piece = { readonly hole: string } | { readonly key: string } | { readonly glob: Glob };
  const pieces = pattern.parts.flatMap((part): readonly Piece[] => {
    if (typeof part !== 'string') return [{ hole: part.hole }];
    return (variables ? splitVariables(part) : [part]).map((piece): Piece => {
      if (typeof piece === 'string') return { glob: patternTokens(piece) };
      return 'escaped' in piece ? { glob: [{ kind: 'char', char: piece.escaped }] } : { key: piece.key.toLowerCase() };
    });
  });
  if (resource.length > CAPTURE_LIMIT || pieces.length > 20) return undefined;
  const dead = new Set<string>();
  const ends: number[] = [];
  const match = (piece: number, at: number): boolean => {
    if (piece === pieces.length) return at === resource.length;
    const key = `${piece},${at}`;
    if (dead.has(key)) return false;
    const wanted = pieces[piece] as Piece;
    const automaton = 'glob' in wanted ? new Automaton([wanted.glob], 'may') : undefined;
    for (let end = at; end <= resource.length; end++) {
      if (automaton !== undefined && !automaton.accepts(resource.slice(at, end))) continue;
      if (automaton === undefined && end === at) continue;
      ends[piece] = end;
      if (match(piece + 1, end)) return true;
    }
    dead.add(key);
    return false;
  };
  if (!match(0, 0)) return undefined;
  const out = { holes: [] as [string, string][], variables: [] as [string, string][] };
  pieces.forEach((piece, i) => {
    const value = resource.slice(i === 0 ? 0 : (ends[i - 1] as number), ends[i]);
    if ('hole' in piece) out.holes.push([piece.hole, value]);
    else if ('key' in piece) out.variables.push([piece.key, value]);
  });
  return out;
}

/** Literal segments, and whole literal values, that stand in the statements and are of the hole's type. */
function suggestions(query: Query, hole: Hole): readonly string[] {
  const type = new Automaton(holeGlobs(hole), 'may');
  const literals = [...query.must, ...query.mustNot].flatMap(({ statement }) =>
    textsOf(statement.source).flatMap((t) => {
      const whole = literal(t);
      const wholes = whole === undefined ? [] : [whole, whole.replace(/[*?]/g, 'x')];
      return [
        ...wholes,
        ...t.parts.flatMap((p) => (typeof p === 'string' ? p.replace(/[*?]/g, 'x').split(/[:/]/) : [])),
      ];
    }),
  );
  return [...new Set([...(hole.values ?? []), ...literals])].filter((v) => v !== '' && type.accepts(v));
}

export function substitutePolicies(policies: Policies, holes: ReadonlyMap<string, string>): Policies {
  return mapPolicies(policies, (s) => mapStatement(s, (t) => substitute(t, holes)));
}

/** Holes and variables replaced; a variable's value stands for itself, wildcards in it included. */
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
          return (variables.get(piece.key.toLowerCase()) ?? piece.fallback ?? '').replace(/[*?$]/g, (c) => `\${${c}}`);
        });
      }),
    );
  };
  return mapStatement(statement, asText);
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
