/**
 * From a candidate to a witness: a request that is concrete in every part, and its replay.
 *
 * Where policies hold unresolved values or policy variables, the candidate says only that values
 * may exist. Values are then proposed (samples; what the candidate's resource reveals; what its
 * literal parts suggest), put into the statements, and the query solved again with nothing
 * unknown left. A proposal decides nothing: what counts is the replay through `evaluate`.
 */
import { resourceSample } from './beautify';
import type { Catalogue } from './catalogue';
import { type CompiledPolicies, compileStatement } from './compile';
import { equal, keyOfVariable, type Side } from './condition';
import type { Solution } from './decide';
import type { Context, Policies } from './document';
import { isPossible, type Proposal, propose, unknownsOf } from './ground';
import type { Budget } from './language';
import { textOfWord, type Word } from './letter';
import { type Candidate, type Query, solve } from './solve';
import { substitutePolicies, substituteStatement } from './substitute';
import { literal, substitute } from './text';

/** A concrete request, as each side makes it. */
export interface Concrete {
  readonly action: string;
  readonly resource: string;
  readonly contexts: readonly [Context, Context];
  readonly holes: ReadonlyMap<string, string>;
}

/** What the request must do when it is replayed. The policies come with their holes filled. */
export type Replay = (request: Concrete, fill: (policies: Policies) => Policies) => boolean;

/** A replayed request for the solution, or undefined if none of the proposals gives one. */
export function confirmSolution(
  { action, candidate, query }: Solution,
  policies: readonly CompiledPolicies[],
  catalogue: Catalogue,
  budget: Budget,
  replay: Replay,
): Concrete | undefined {
  const uses = [...query.must, ...query.mustNot];
  const unknowns = unknownsOf(policies, uses);
  if (unknowns.holes.size === 0 && unknowns.variables.length === 0) {
    const request = concrete(action, candidate, new Map(), query, catalogue);
    if (request === undefined) return undefined;
    return best(request, query, candidate, (r) => replay(r, (p) => p));
  }
  for (const proposal of propose(unknowns, query, candidate, catalogue, budget)) {
    if (!isPossible(proposal, unknowns.holes)) continue;
    const grounded = ground(query, proposal, catalogue);
    const solved = solve(grounded, catalogue, budget);
    if (typeof solved === 'string') continue;
    const request = concrete(action, solved, proposal.holes, grounded, catalogue);
    const replayed =
      request && best(request, grounded, solved, (r) => replay(r, (p) => substitutePolicies(p, proposal.holes)));
    if (replayed !== undefined) return replayed;
  }
  return undefined;
}

/** The query with the proposal's values in place of holes and variables, which the context is made to have. */
function ground(query: Query, proposal: Proposal, catalogue: Catalogue): Query {
  const put = (side: Side, statement: Query['must'][number]['statement']) => ({
    side,
    statement: compileStatement(
      substituteStatement(statement.source, proposal.holes, proposal.variables[side]),
      catalogue,
    ),
  });
  const given = ([0, 1] as const).flatMap((side) =>
    [...proposal.variables[side]].map(([key, value]) => equal(proposal.spelling.get(key) ?? key, value, side)),
  );
  return {
    ...query,
    must: query.must.map((u) => put(u.side, u.statement)),
    mustNot: query.mustNot.map((u) => put(u.side, u.statement)),
    given: [...(query.given ?? []), ...given],
  };
}

function concrete(
  action: string,
  candidate: Candidate,
  holes: ReadonlyMap<string, string>,
  query: Query,
  catalogue: Catalogue,
): Concrete | undefined {
  const plain = (word: Word): string | undefined => literal(substitute(textOfWord(word), holes));
  const resource = plain(candidate.resource);
  if (resource === undefined) return undefined;
  const contexts: [Record<string, string | string[]>, Record<string, string | string[]>] = [{}, {}];
  const spelling = spellings(query);
  for (const [variable, assignment] of candidate.values) {
    if (assignment === undefined) continue;
    const { key, side } = keyOfVariable(variable);
    const values: string[] = [];
    for (const v of assignment) {
      const value = plain(v);
      if (value === undefined) return undefined;
      values.push(value);
    }
    const shown = spelling.get(key) ?? key;
    const several =
      values.length > 1 ||
      (catalogue.keyFacts(key).multivalued && catalogue.keyFacts(key).scope === 'request' && values.length !== 1);
    for (const s of side === undefined ? ([0, 1] as const) : [side])
      contexts[s][shown] = several ? values : (values[0] as string);
  }
  return { action, resource, contexts, holes };
}

/** Keys as the policies write them. */
function spellings(query: Query): ReadonlyMap<string, string> {
  const out = new Map<string, string>();
  for (const { statement } of [...query.must, ...query.mustNot]) {
    for (const { key } of statement.source.conditions) if (!out.has(key.toLowerCase())) out.set(key.toLowerCase(), key);
  }
  for (const { condition } of query.given ?? [])
    if (!out.has(condition.key.toLowerCase())) out.set(condition.key.toLowerCase(), condition.key);
  return out;
}

/** The request with a resource that reads like a real one, if it replays; else the shortest one. */
function best(
  request: Concrete,
  query: Query,
  candidate: Candidate,
  replays: (request: Concrete) => boolean,
): Concrete | undefined {
  const resource = resourceSample(candidate.resource, query);
  if (resource !== undefined && resource !== request.resource) {
    const nicer = { ...request, resource };
    if (replays(nicer)) return nicer;
  }
  return replays(request) ? request : undefined;
}
