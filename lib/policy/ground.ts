/**
 * Values for what is unknown in a query: holes, and the keys behind policy variables. Proposals
 * only: each is tried and replayed (`witness.ts`). They come, in order, from samples of the right type
 * with values of their own, from the candidate's resource read against each pattern, and from one
 * resource found with every unknown part left open.
 */
import { Automaton } from './automaton';
import { SAMPLE_ACCOUNT, SAMPLE_REGION } from './beautify';
import type { Catalogue } from './catalogue';
import type { CompiledPolicies } from './compile';
import { type Side, variableOf } from './condition';
import { FAMILIES, isUnknown } from './condition-value';
import { textsOf } from './document';
import { compileGlob, splitVariables, type Wildcards } from './glob';
import { type Budget, findWord } from './language';
import { holeGlobs, plainOf, textOfWord, type Word } from './letter';
import type { Candidate, Query, Use } from './solve';
import { variablesOf } from './substitute';
import { type Hole, literal, substitute, type Text } from './text';
import { charTokens, type Glob, type Token } from './token';

type Variables = readonly [ReadonlyMap<string, string>, ReadonlyMap<string, string>];

export interface Proposal {
  readonly holes: ReadonlyMap<string, string>;
  /** For each side, values of the keys that its statements use as variables, by lower-cased key. */
  readonly variables: Variables;
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
    for (const [key, written] of variablesOf(statement.source)) variables.set(`${side}:${key}`, { side, key, written });
  }
  return { holes, variables: [...variables.values()] };
}

const PROPOSALS_TRIED = 24;

export function* propose(
  unknowns: Unknowns,
  query: Query,
  candidate: Candidate,
  catalogue: Catalogue,
  budget: Budget,
): Generator<Proposal> {
  const holes = new Map<string, string>();
  for (const hole of unknowns.holes.values()) holes.set(hole.hole, sampleOf(hole, holes));
  const spelling = new Map(unknowns.variables.map((v) => [v.key, v.written]));
  const plain = (word: Word): string | undefined => literal(substitute(textOfWord(word), holes));
  const isShared = (key: string): boolean => catalogue.keyFacts(key).scope === 'request';
  const withVariables = (choose: (key: string, side: Side) => string): Proposal => {
    const variables: [Map<string, string>, Map<string, string>] = [new Map(), new Map()];
    for (const { side, key } of unknowns.variables) variables[side].set(key, choose(key, side));
    return { holes, variables, spelling };
  };
  const found = (key: string, side: Side): string | undefined => {
    const assigned = candidate.values.get(isShared(key) ? key : `${side}:${key}`);
    return assigned?.length === 1 && assigned[0] !== undefined ? plain(assigned[0]) : undefined;
  };
  const first = withVariables((key, side) => found(key, side) ?? sampleOfKey(key));
  yield first;
  const resource = plain(candidate.resource);
  if (resource !== undefined) yield reading(query, resource, first);
  const open = findWord({ required: [query.resources, ...query.must.flatMap(openResources)], forbidden: [] }, budget);
  const word = open === 'exhausted' || open.found === undefined ? undefined : plainOf(open.found);
  if (word !== undefined) yield reading(query, word, first);
  if (unknowns.variables.length > 0) {
    // Callers alike and callers apart: a tag that must equal one's own, beside one that must not.
    const alike = withVariables((key) => sampleOfKey(key));
    const apart = withVariables((key, side) =>
      side === 0 || isShared(key) ? sampleOfKey(key) : otherSampleOfKey(key),
    );
    for (const from of [first, alike, apart]) {
      const read = readingConditions(query, candidate, plain, from, catalogue);
      yield read;
      if (resource !== undefined) yield reading(query, resource, read);
      if (from !== first) yield from;
    }
  }
  // One unknown at a time takes a value that the literal parts of the statements suggest.
  let tried = 0;
  for (const hole of unknowns.holes.values()) {
    for (const value of suggestions(query, hole)) {
      if (++tried > PROPOSALS_TRIED) return;
      yield { ...first, holes: new Map(holes).set(hole.hole, value) };
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

/** Of the same kind, and another. */
function otherSampleOfKey(key: string): string {
  if (key.endsWith('account')) return '444455556666';
  return key.endsWith('region') ? 'eu-west-1' : 'another';
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

/** A literal part of a pattern. Parts of an ARN's pattern are read as globs, which only widens. */
function patternTokens(pattern: string, wildcards: Wildcards = 'glob'): Glob {
  const read = wildcards === 'exact' ? 'exact' : 'glob';
  return compileGlob({ parts: [pattern] }, { mode: 'may', wildcards: read, variables: false });
}

/** The proposal, changed by what the resource says of holes and variables when it is read against the patterns. */
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
      const read = capture(pattern, resource, 'glob', version === '2012-10-17');
      if (read === undefined) continue;
      for (const [id, value] of read.holes) holes.set(id, value);
      for (const [key, value] of read.variables) variables[side].set(key, value);
      break;
    }
  }
  return { ...from, holes, variables };
}

/** The proposal, changed by what the candidate's values of keys say of variables when they are read against the conditions. */
function readingConditions(
  query: Query,
  candidate: Candidate,
  plain: (word: Word) => string | undefined,
  from: Proposal,
  catalogue: Catalogue,
): Proposal {
  const variables: [Map<string, string>, Map<string, string>] = [
    new Map(from.variables[0]),
    new Map(from.variables[1]),
  ];
  for (const { statement, side } of query.must) {
    if (statement.source.version !== '2012-10-17') continue;
    for (const condition of statement.source.conditions) {
      const { kind, negated, wildcards = 'exact' } = FAMILIES[condition.operator];
      if (kind !== 'string' || negated) continue;
      const words = candidate.values.get(variableOf(condition, side, catalogue)) ?? [];
      const values = words.map(plain).filter((v) => v !== undefined);
      const patterns = condition.values.filter((v) => isUnknown(v, true));
      const read = values
        .flatMap((v) => patterns.map((p) => capture(p, v, wildcards, true)))
        .find((r) => r !== undefined);
      for (const [key, value] of read?.variables ?? []) {
        const sides = catalogue.keyFacts(key).scope === 'request' ? ([0, 1] as const) : [side];
        for (const s of sides) if (from.variables[s].has(key)) variables[s].set(key, value);
      }
    }
  }
  return { ...from, variables };
}

const CAPTURE_LIMIT = 400;

/** What holes and variables must be for the pattern to match the text: one shortest reading, if the pattern is small. */
function capture(
  pattern: Text,
  resource: string,
  wildcards: Wildcards,
  variables: boolean,
): { readonly holes: [string, string][]; readonly variables: [string, string][] } | undefined {
  type Piece = { readonly hole: string } | { readonly key: string } | { readonly glob: Glob };
  const pieces = pattern.parts.flatMap((part): readonly Piece[] => {
    if (typeof part !== 'string') return [{ hole: part.hole }];
    return (variables ? splitVariables(part) : [part]).map((piece): Piece => {
      if (typeof piece === 'string') return { glob: patternTokens(piece, wildcards) };
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
