/**
 * Who may meet whom, found for all checks at once (may-meet.ts): the principals of a model with one another, and those
 * of a domain with what belongs to other domains. One index holds them all, because what a principal may do is most of it.
 */
import type { Model, Principal } from '../model/model';
import type { PolicyDocument, Selection, Statement } from '../policy/document';
import { ActionsTaking, ServicesTaken, serviceOf } from './actions-taking';
import type { Actions } from './beginnings';
import type { CheckContext } from './check';
import { type Candidate, CandidateIndex } from './may-meet';
import { atMost, type Subject } from './separation';
import { everythingOn, type Territory, territoriesOf } from './territory';

export interface Meetings {
  /**
   * Those with which a principal may share a request that is not among the common ones; of two principals without a duty
   * and a domain nobody asks.
   */
  readonly of: (principal: Principal) => ReadonlySet<Principal>;
  /** Of every domain. */
  readonly territories: readonly Territory[];
  /** Principals of a domain, each with the places of the territories of others on which it may do something, in order. */
  readonly into: ReadonlyMap<Principal, readonly number[]>;
  /** The principals that may make a request which one of the statements matches, be it a common one. */
  readonly making: (statements: readonly Statement[]) => readonly Principal[];
}

const NOBODY: ReadonlySet<Principal> = new Set();

export function meetingsOf(model: Model, context: CheckContext): Meetings {
  return context.once(model, 'meetings', () => findMeetings(model, context));
}

function findMeetings(model: Model, context: CheckContext): Meetings {
  // Those of no domain first: what they do to what belongs to one is not asked.
  const all = [...model.principals].sort((a, b) => Number(a.domain !== undefined) - Number(b.domain !== undefined));
  const users = all.findIndex(({ domain }) => domain !== undefined);
  const order = new Map(model.principals.map((principal, position) => [principal, position]));
  const covers = all.map((principal) => coverOf({ principal, policies: atMost(principal) }));
  const territories = territoriesOf(model, ({ domain }) => domain);
  const { documents, actionsOf } = everythingIn(territories, model, context);
  const index = new CandidateIndex(
    [...covers, ...documents.map((document) => ({ documents: document }))],
    model.common.statements,
    actionsOf,
  );
  const things = { users: users < 0 ? all.length : users, first: all.length };
  const met = new Map<Principal, Set<Principal>>();
  const into = new Map<Principal, number[]>();
  for (const [first, second] of all.some(isSeparate) ? index.pairs(things) : []) {
    const a = all[first]!;
    const b = all[second];
    if (b === undefined) {
      const to = second - all.length;
      if (a.domain !== territories[to]!.domain) add(into, a, to);
    } else if (isSeparate(a) || isSeparate(b)) {
      meet(met, a, b);
      meet(met, b, a);
    }
  }
  return {
    of: (principal) => met.get(principal) ?? NOBODY,
    territories,
    into,
    making: (statements) =>
      [...index.meeting(statements)]
        .flatMap((position) => all[position] ?? [])
        .sort((a, b) => order.get(a)! - order.get(b)!),
  };
}

/** Of each territory the documents that allow everything on it, met only by actions that are made on such resources. */
export function everythingIn(
  territories: readonly Territory[],
  model: Model,
  context: CheckContext,
): {
  readonly documents: readonly (readonly PolicyDocument[])[];
  readonly actionsOf: (statement: Statement) => Actions;
} {
  const documents = territories.map((t) => everythingOn(t.domain, t.patterns).identityPolicies);
  const own = new Map<Selection, ActionsTaking>();
  if (documents.length > 0) {
    const { catalogue } = context.reach(model).oracle;
    const services = new ServicesTaken(catalogue);
    const taking = new Map<string | undefined, ActionsTaking>();
    for (const { statements } of documents.flat()) {
      for (const s of statements) {
        const service = serviceOf(s);
        const actions = taking.get(service) ?? new ActionsTaking(service, services, catalogue);
        taking.set(service, actions);
        own.set(s.action, actions);
      }
    }
  }
  return { documents, actionsOf: ({ action }) => own.get(action) ?? context.actions(action) };
}

function meet(met: Map<Principal, Set<Principal>>, principal: Principal, other: Principal): void {
  const others = met.get(principal);
  if (others === undefined) met.set(principal, new Set([other]));
  else others.add(other);
}

function add(into: Map<Principal, number[]>, principal: Principal, to: number): void {
  const others = into.get(principal);
  if (others === undefined) into.set(principal, [to]);
  else others.push(to);
}

function isSeparate({ duty, domain }: Principal): boolean {
  return duty !== undefined || domain !== undefined;
}

/** What bounds a principal, where that bounds all that it may do; otherwise all that is attached to it. */
export function coverOf({ principal, policies }: Subject): Candidate {
  const { permissionsBoundary, identityPolicies, resourceGrants = [], unboundedGrants = [] } = policies;
  if (permissionsBoundary !== undefined) return { documents: [permissionsBoundary, ...unboundedGrants] };
  if (principal.unknown.length > 0) return { documents: undefined };
  return { documents: [...identityPolicies, ...resourceGrants, ...unboundedGrants] };
}
