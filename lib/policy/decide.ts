/**
 * From policies to queries. A goal asks for a request that is matched by one statement of each
 * choice and by none of the refused ones; `overlap` and `subset` are unions of goals.
 *
 * Known actions are decided one by one, but actions that the same statements select, on the same
 * resource types, have one answer, so each such class is solved once. Unconditional statements with
 * plain resources are united before solving: a request matches one of them iff it matches
 * their union. Actions that AWS adds later are decided by name, service by service.
 */
import { ActionIndex, type ActionSet } from './action-set';
import { Automaton } from './automaton';
import type { Catalogue } from './catalogue';
import { type CompiledStatement, uniteResources } from './compile';
import type { Side } from './condition';
import { futureResourcesOf, type Resources, resourcesOf, servicesOf, usualResourcesOf } from './format';
import type { Budget } from './language';
import { plainOf } from './letter';
import { pinnedCases } from './pinned';
import { type Candidate, type Outcome, type Query, solve, type Use } from './solve';
import { mentionsVariable } from './text';
import { charTokens, type Token } from './token';

export interface Choice {
  readonly side: Side;
  readonly of: readonly CompiledStatement[];
}

export interface Goal {
  readonly choices: readonly Choice[];
  readonly refused: readonly Use[];
  /** Known actions worth asking about. */
  readonly actions: ActionSet;
}

/** A solved query with the action that it is about. */
export interface Solution {
  readonly action: string;
  readonly candidate: Candidate;
  readonly query: Query;
}

export type Decision = Solution | 'none' | 'unknown';

/** What is done with a solution: accept it, or reject it as unconfirmed and go on. */
export type Confirm = (solution: Solution) => boolean;

export function decide(goals: readonly Goal[], catalogue: Catalogue, budget: Budget, confirm: Confirm): Decision {
  let unknown = false;
  for (const ask of [decideKnown, decideFuture]) {
    for (const goal of goals) {
      const decision = ask(goal, catalogue, budget, confirm);
      if (typeof decision !== 'string') return decision;
      if (decision === 'unknown') unknown = true;
    }
  }
  return unknown ? 'unknown' : 'none';
}

function decideKnown(goal: Goal, catalogue: Catalogue, budget: Budget, confirm: Confirm): Decision {
  if (goal.actions.isEmpty) return 'none';
  const choices = goal.choices.map(({ side, of }) => ({ side, of: of.filter((s) => s.actions.meets(goal.actions)) }));
  if (choices.some((c) => c.of.length === 0)) return 'none';
  const refused = goal.refused.filter((u) => u.statement.actions.meets(goal.actions));
  const asked = new Set<string>();
  let unknown = false;
  for (const action of goal.actions) {
    budget.left -= CLASSIFYING;
    const now = choices.map(({ side, of }) => ({ side, of: of.filter((s) => s.actions.has(action)) }));
    if (now.some((c) => c.of.length === 0)) continue;
    const against = refused.filter((u) => u.statement.actions.has(action));
    if (against.some((u) => u.statement.blanket)) continue;
    const resources = resourcesOf(action, catalogue);
    const key = `${resources.map((r) => r.automaton.id).join()}|${now.map((c) => c.of.map((s) => s.id).join()).join(';')}|${against.map((u) => u.statement.id).join()}`;
    if (asked.has(key)) continue;
    asked.add(key);
    const options = now.map(({ side, of }) => unite(of).map((statement): Use => ({ statement, side })));
    const mustNot = uniteUses(against);
    const usual = usualResourcesOf(action, catalogue);
    for (const [{ automaton, aligned }, must] of pairs(resources, () => product(options))) {
      const query: Query = { must, mustNot, resources: automaton, aligned, usual };
      const decision = solveKnown(catalogue.actions.at(action) as string, query, catalogue, budget, confirm);
      if (typeof decision !== 'string') return decision;
      if (decision === 'unknown') unknown = true;
      if (budget.left < 0) return 'unknown';
    }
  }
  return unknown ? 'unknown' : 'none';
}

function solveKnown(action: string, query: Query, catalogue: Catalogue, budget: Budget, confirm: Confirm): Decision {
  const outcome = solve(query, catalogue, budget);
  if (typeof outcome === 'string') return outcome;
  const solution = { action, candidate: outcome, query };
  if (confirm(solution)) return solution;
  return byCases(query, catalogue, budget, (q) => solveKnown(action, q, catalogue, budget, confirm));
}

/** After an unconfirmed solution: the query once more, with the variables that it pins as their values. */
function byCases(query: Query, catalogue: Catalogue, budget: Budget, ask: (query: Query) => Decision): Decision {
  const cases = pinnedCases(query, catalogue);
  if (cases === undefined) return 'unknown';
  let unknown = false;
  for (const one of cases) {
    const decision = ask(one);
    if (typeof decision !== 'string') return decision;
    if (decision === 'unknown') unknown = true;
    if (budget.left < 0) return 'unknown';
  }
  return unknown ? 'unknown' : 'none';
}

function decideFuture(goal: Goal, catalogue: Catalogue, budget: Budget, confirm: Confirm): Decision {
  const choices = goal.choices.map(({ side, of }) => ({ side, of: of.filter((s) => s.future !== undefined) }));
  if (choices.some((c) => c.of.length === 0)) return 'none';
  let services: ReadonlySet<string> | undefined;
  for (const { of } of choices) {
    const named = servicesNamed(of);
    if (named === undefined) continue;
    services = services === undefined ? named : new Set([...services].filter((s) => named.has(s)));
    if (services.size === 0) return 'none';
  }
  const ask = (service: string | undefined, resources: readonly Resources[]): Decision => {
    const now = choices.map(({ side, of }) => ({
      side,
      of: of.filter((s) => service === undefined || mayName(s, service)),
    }));
    if (now.some((c) => c.of.length === 0)) return 'none';
    const mustNot = goal.refused.filter(
      (u) => u.statement.future !== undefined && (service === undefined || mayName(u.statement, service)),
    );
    let unknown = false;
    const options = now.map(({ side, of }) => of.map((statement): Use => ({ statement, side })));
    for (const [{ automaton, aligned }, must] of pairs(resources, () => product(options))) {
      const query: Query = { must, mustNot, resources: automaton, aligned, names: namesOf(service) };
      const decision = solveByName(query, catalogue, budget, confirm);
      if (typeof decision !== 'string') return decision;
      if (decision === 'unknown') unknown = true;
      if (budget.left < 0) return 'unknown';
    }
    return unknown ? 'unknown' : 'none';
  };
  if (services === undefined) {
    // Every service is possible: most goals fail whatever the resource types are.
    if (ask(undefined, [{ automaton: ANYTHING, aligned: false }]) === 'none') return 'none';
  }
  let unknown = false;
  for (const service of services === undefined ? [undefined, ...servicesOf(catalogue)] : services) {
    const decision = ask(service, futureResourcesOf(service, catalogue));
    if (typeof decision !== 'string') return decision;
    if (decision === 'unknown') unknown = true;
  }
  return unknown ? 'unknown' : 'none';
}

/** Solves for a name outside the catalogue: known names that the search offers are ruled out one by one. */
function solveByName(query: Query, catalogue: Catalogue, budget: Budget, confirm: Confirm): Decision {
  const index = ActionIndex.of(catalogue);
  const known: Token[][] = [];
  const KNOWN_NAMES_TRIED = 50;
  while (known.length < KNOWN_NAMES_TRIED) {
    const notThese = known.length === 0 ? [] : [new Automaton(known, 'may', true)];
    const outcome: Outcome = solve({ ...query, notNames: notThese }, catalogue, budget);
    if (typeof outcome === 'string') return outcome;
    const name = outcome.action === undefined ? undefined : plainOf(outcome.action);
    if (name === undefined) return 'unknown';
    if (index.idOf(name) === undefined) {
      const solution = { action: name, candidate: outcome, query };
      if (confirm(solution)) return solution;
      return byCases(query, catalogue, budget, (q) => solveByName(q, catalogue, budget, confirm));
    }
    known.push(charTokens(name.toLowerCase()));
  }
  return 'unknown';
}

/** Work of finding an action's class, in the units of {@link Budget}. */
const CLASSIFYING = 5;

const ANYTHING = new Automaton([[{ kind: 'star', of: 'any' }]], 'may');
const names = new Map<string, Automaton>();

/** Names of actions are compared without regard to case, so lower-case letters, digits and `-` stand for all. */
function namesOf(service: string | undefined): Automaton {
  let automaton = names.get(service ?? '');
  if (automaton === undefined) {
    const prefix: readonly Token[] = service === undefined ? [{ kind: 'plus', of: 'region' }] : charTokens(service);
    automaton = new Automaton([[...prefix, { kind: 'char', char: ':' }, { kind: 'plus', of: 'region' }]], 'may');
    names.set(service ?? '', automaton);
  }
  return automaton;
}

function mayName({ future }: CompiledStatement, service: string): boolean {
  return future !== undefined && (future.services === undefined || future.services.has(service));
}

function servicesNamed(statements: readonly CompiledStatement[]): ReadonlySet<string> | undefined {
  const all = new Set<string>();
  for (const { future } of statements) {
    if (future === undefined) continue;
    if (future.services === undefined) return undefined;
    for (const s of future.services) all.add(s);
  }
  return all;
}

/** The same set of requests with fewer statements: one blanket grant is all of them; plain ones are united. */
function unite(statements: readonly CompiledStatement[]): readonly CompiledStatement[] {
  if (statements.length === 1) return statements;
  const blanket = statements.find((s) => s.blanket);
  if (blanket !== undefined) return [blanket];
  const plain = statements.filter(isPlain);
  if (plain.length < 2) return statements;
  return [uniteResources(plain), ...statements.filter((s) => !isPlain(s))];
}

function uniteUses(uses: readonly Use[]): readonly Use[] {
  if (uses.length < 2) return uses;
  return ([0, 1] as const).flatMap((side) => {
    const own = uses.filter((u) => u.side === side).map((u) => u.statement);
    const plain = own.filter(isPlain);
    const united = plain.length < 2 ? own : [uniteResources(plain), ...own.filter((s) => !isPlain(s))];
    return united.map((statement): Use => ({ statement, side }));
  });
}

function isPlain({ source, resources }: CompiledStatement): boolean {
  return (
    source.conditions.length === 0 &&
    !resources.not &&
    source.resource !== undefined &&
    // What `${` means depends on the version.
    !source.resource.patterns.some(mentionsVariable)
  );
}

function* pairs<A, B>(firsts: readonly A[], seconds: () => Iterable<B>): Generator<readonly [A, B]> {
  for (const first of firsts) for (const second of seconds()) yield [first, second];
}

function* product<T>(options: readonly (readonly T[])[]): Generator<readonly T[]> {
  const [first, ...rest] = options;
  if (first === undefined) {
    yield [];
    return;
  }
  for (const head of first) for (const tail of product(rest)) yield [head, ...tail];
}
