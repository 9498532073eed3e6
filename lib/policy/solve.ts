/**
 * The core: is there a request that matches all of some statements and none of others?
 *
 * `overlap` and `subset` reduce to this. A statement that must match contributes its resource
 * language and its conditions. A statement that must not match is a clause: its action, its resource
 * or one of its conditions has to fail. The search keeps a candidate (a shortest resource and values
 * for the context), looks for a clause that the candidate violates, and branches on the ways to
 * satisfy that clause; each branch settles one clause for good, so it ends. No candidate in any
 * branch means that there is no request: each step only split the set of requests without loss.
 */
import { Automaton } from './automaton';
import type { Catalogue } from './catalogue';
import type { CompiledStatement } from './compile';
import {
  type Assignment,
  type Constraint,
  keyOfVariable,
  type Side,
  satisfied,
  solveVariable,
  variableOf,
} from './condition';
import { compileGlob } from './glob';
import { type Budget, findWord, type Search } from './language';
import type { Word } from './letter';
import { mentionsVariable } from './text';
import { covers } from './variables';

/** A statement, about the request as made by the caller of that side. */
export interface Use {
  readonly statement: CompiledStatement;
  readonly side: Side;
}

export interface Query {
  readonly must: readonly Use[];
  readonly mustNot: readonly Use[];
  /** The strings that can be resources of the action. */
  readonly resources: Automaton;
  /** The resources are asked about under patterns read `aligned` (see `format.ts`). */
  readonly aligned?: boolean;
  /** Those of them that a reader would expect to see in a witness. */
  readonly usual?: Automaton;
  /** For actions outside the catalogue: their names; the actions of the statements are then decided as languages. */
  readonly names?: Automaton;
  /** Names to be left out. */
  readonly notNames?: readonly Automaton[];
  /** Constraints beside the statements' own. */
  readonly given?: readonly Constraint[];
}

export interface Candidate {
  readonly resource: Word;
  /** For a query with `names`. */
  readonly action: Word | undefined;
  readonly values: ReadonlyMap<string, Assignment>;
}

export type Outcome = Candidate | 'none' | 'unknown';

interface Branch {
  readonly required: readonly Automaton[];
  readonly forbidden: readonly Automaton[];
  readonly actionRequired: readonly Automaton[];
  readonly actionForbidden: readonly Automaton[];
  readonly constraints: ReadonlyMap<string, readonly Constraint[]>;
  /** Variables whose constraints changed since `values` was computed. */
  readonly changed: ReadonlySet<string>;
  readonly values: ReadonlyMap<string, Assignment>;
}

/** Work of one step of the search beside that of the automata, in the units of {@link Budget}. */
const BRANCHING = 60;

export function solve(query: Query, catalogue: Catalogue, budget: Budget): Outcome {
  let branch: Branch = {
    required: [query.resources],
    forbidden: [],
    actionRequired: query.names === undefined ? [] : [query.names],
    actionForbidden: query.notNames ?? [],
    constraints: new Map(),
    changed: new Set(),
    values: new Map(),
  };
  for (const constraint of query.given ?? []) branch = constrain(branch, constraint, catalogue);
  for (const use of query.must) branch = requireAction(branch, use, query.names !== undefined);
  // A clause about names may hold by the name alone: it takes resources away only where it is about all names in question.
  const certain = query.mustNot.filter((n) => query.names === undefined || selectsAll(branch, n, budget));
  for (const use of query.must) {
    branch = requireResource(branch, use, certain, query.aligned === true);
    for (const condition of use.statement.source.conditions) {
      branch = constrain(
        branch,
        { condition, version: use.statement.source.version, side: use.side, holds: true },
        catalogue,
      );
    }
  }
  // Clauses with one way out are settled first.
  const open: Use[] = [];
  for (const use of query.mustNot) {
    if (query.names === undefined && use.statement.source.conditions.length === 0) {
      if (use.statement.blanket) return 'none';
      branch = refuseResource(branch, use);
    } else open.push(use);
  }
  return search(branch, open, query, catalogue, budget);
}

function search(before: Branch, open: readonly Use[], query: Query, catalogue: Catalogue, budget: Budget): Outcome {
  budget.left -= BRANCHING;
  if (budget.left < 0) return 'unknown';
  const values = new Map(before.values);
  let unknown = false;
  for (const variable of before.changed) {
    const solved = solveVariable(
      before.constraints.get(variable) ?? [],
      catalogue.keyFacts(keyOfVariable(variable).key),
      budget,
    );
    if (solved === 'none') return 'none';
    if (solved === 'unknown') unknown = true;
    else values.set(variable, solved.value);
  }
  const resource = findOnce(before.required, before.forbidden, budget);
  if (resource !== 'exhausted' && resource.found === undefined) return 'none';
  const action =
    before.actionRequired.length === 0 ? undefined : findOnce(before.actionRequired, before.actionForbidden, budget);
  if (action !== undefined && action !== 'exhausted' && action.found === undefined) return 'none';
  if (unknown || resource === 'exhausted' || resource.found === undefined || action === 'exhausted') return 'unknown';
  const candidate: Candidate = { resource: resource.found, action: action?.found, values };
  const branch: Branch = { ...before, values, changed: new Set() };

  const violated = open.find((use) => matches(use, candidate, catalogue));
  if (violated === undefined) return withDefaults(candidate, open, catalogue);
  const rest = open.filter((use) => use !== violated);
  let outcome: Outcome = 'none';
  for (const way of waysOut(branch, violated, query, catalogue)) {
    const found = search(way, rest, query, catalogue, budget);
    if (typeof found !== 'string') return found;
    if (found === 'unknown') outcome = 'unknown';
  }
  return outcome;
}

/** True iff the statement matches the candidate for certain, so that its clause is violated. */
function matches({ statement, side }: Use, candidate: Candidate, catalogue: Catalogue): boolean {
  if (candidate.action !== undefined) {
    const { future } = statement;
    if (future === undefined || future.automaton.accepts(candidate.action) === future.not) return false;
  }
  const { resources, source } = statement;
  const selected = resources.not
    ? !resources.may.accepts(candidate.resource)
    : resources.universal || resources.must.accepts(candidate.resource);
  if (!selected) return false;
  return !source.conditions.some((condition) => {
    const variable = variableOf(condition, side, catalogue);
    const value = candidate.values.has(variable) ? candidate.values.get(variable) : defaultValue(variable, catalogue);
    return satisfied({ condition, version: source.version, side, holds: false }, value);
  });
}

/** The candidate with the values that {@link matches} assumed of keys that are always present. */
function withDefaults(candidate: Candidate, open: readonly Use[], catalogue: Catalogue): Candidate {
  const values = new Map(candidate.values);
  for (const { statement, side } of open) {
    for (const condition of statement.source.conditions) {
      const variable = variableOf(condition, side, catalogue);
      const value = values.has(variable) ? undefined : defaultValue(variable, catalogue);
      if (value !== undefined) values.set(variable, value);
    }
  }
  return { ...candidate, values };
}

/** A key that nothing constrains so far: absent where it may be. */
function defaultValue(variable: string, catalogue: Catalogue): Assignment {
  const solved = solveVariable([], catalogue.keyFacts(keyOfVariable(variable).key), { left: 1000 });
  return typeof solved === 'string' ? undefined : solved.value;
}

function* waysOut(branch: Branch, use: Use, query: Query, catalogue: Catalogue): Generator<Branch> {
  const { statement, side } = use;
  for (const condition of statement.source.conditions) {
    yield constrain(branch, { condition, version: statement.source.version, side, holds: false }, catalogue);
  }
  if (!statement.resources.universal || statement.resources.not) yield refuseResource(branch, use, query.must);
  if (query.names !== undefined && statement.future !== undefined) {
    const { not, automaton } = statement.future;
    yield not
      ? { ...branch, actionRequired: [...branch.actionRequired, automaton] }
      : { ...branch, actionForbidden: [...branch.actionForbidden, automaton] };
  }
}

function constrain(branch: Branch, constraint: Constraint, catalogue: Catalogue): Branch {
  const variable = variableOf(constraint.condition, constraint.side, catalogue);
  const constraints = new Map(branch.constraints);
  constraints.set(variable, [...(constraints.get(variable) ?? []), constraint]);
  return { ...branch, constraints, changed: new Set([...branch.changed, variable]) };
}

function requireAction(branch: Branch, { statement }: Use, byName: boolean): Branch {
  if (!byName || statement.future === undefined) return branch;
  const { not, automaton } = statement.future;
  return not
    ? { ...branch, actionForbidden: [...branch.actionForbidden, automaton] }
    : { ...branch, actionRequired: [...branch.actionRequired, automaton] };
}

/** True only if the statement selects every name that the branch allows. */
function selectsAll({ actionRequired, actionForbidden }: Branch, { statement }: Use, budget: Budget): boolean {
  const { future, resources } = statement;
  if (future === undefined || resources.asWritten === undefined) return false;
  const search = future.not
    ? findOnce([...actionRequired, future.automaton], actionForbidden, budget)
    : findOnce(actionRequired, [...actionForbidden, future.automaton], budget);
  return search !== 'exhausted' && search.found === undefined;
}

function requireResource(branch: Branch, use: Use, mustNot: readonly Use[], aligned: boolean): Branch {
  const { resources } = use.statement;
  if (resources.not) return { ...branch, forbidden: [...branch.forbidden, resources.must] };
  if (resources.universal) return branch;
  const refused = mustNot.filter((n) => n.statement.source.conditions.length === 0);
  const required = [...branch.required, withoutCovered(use, refused)];
  return { ...branch, required: aligned ? [...required, resources.aligned] : required };
}

function refuseResource(branch: Branch, use: Use, must: readonly Use[] = []): Branch {
  const { resources } = use.statement;
  if (resources.not) return { ...branch, required: [...branch.required, resources.may] };
  const narrowed = must
    .filter((m) => !m.statement.resources.not && !m.statement.resources.universal)
    .map((m) => ({ whole: m.statement.resources.may, left: withoutCovered(m, [use]) }))
    .flatMap(({ whole, left }) => (whole === left ? [] : [left]));
  return { ...branch, required: [...branch.required, ...narrowed], forbidden: [...branch.forbidden, resources.must] };
}

/** What {@link withoutCovered} found, by the statements asked about. */
const lefts = new Map<string, Automaton>();
const LEFTS_KEPT = 1_000;

/**
 * The resources of a statement less those of its patterns that a refused statement covers as
 * written, whatever the unknown parts are. A policy variable has one value on one side; a hole has
 * one value everywhere.
 */
function withoutCovered(use: Use, refused: readonly Use[]): Automaton {
  const { asWritten, may } = use.statement.resources;
  if (asWritten === undefined) return may;
  const against = refused.filter((r) => !r.statement.resources.not && r.statement.resources.asWritten !== undefined);
  if (against.length === 0) return may;
  const key = [use, ...against].map((u) => `${u.statement.id}${u.side === use.side ? '' : '!'}`).join();
  const known = lefts.get(key);
  if (known !== undefined) return known;
  const patterns = against.flatMap((r) => {
    const all = r.statement.resources.asWritten?.patterns ?? [];
    return r.side === use.side ? all : all.filter((p) => !mentionsVariable(p));
  });
  const left = asWritten.patterns.filter((p) => !covers(patterns, p));
  const automaton =
    left.length === asWritten.patterns.length
      ? may
      : new Automaton(
          left.map((p) =>
            compileGlob(p, {
              mode: 'may',
              wildcards: 'glob',
              variables: use.statement.source.version === '2012-10-17',
            }),
          ),
          'may',
        );
  if (lefts.size >= LEFTS_KEPT) lefts.clear();
  lefts.set(key, automaton);
  return automaton;
}

/** Answers of {@link findWord} by the automata asked about: estates repeat the same few resource questions. */
const answers = new Map<string, Search>();
const ANSWERS_KEPT = 20_000;

export function findOnce(
  givenRequired: readonly Automaton[],
  givenForbidden: readonly Automaton[],
  budget: Budget,
): Search {
  const required = [...new Set(givenRequired)];
  const forbidden = [...new Set(givenForbidden)];
  const key = `${required.map((a) => a.id).join()}|${forbidden.map((a) => a.id).join()}`;
  const known = answers.get(key);
  if (known !== undefined) return known;
  const answer = findWord({ required, forbidden }, budget);
  if (answer === 'exhausted') return answer;
  if (answers.size >= ANSWERS_KEPT) answers.clear();
  answers.set(key, answer);
  return answer;
}
