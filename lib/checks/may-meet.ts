/**
 * Which principals could share a request, as far as the names of actions and the beginnings of resources
 * tell: a superset of the pairs that do, found without asking about every pair.
 *
 * Two patterns that differ in a character before their first wildcard match no common string. So the
 * beginnings of all patterns go into one trie (beginnings.ts), and only patterns on one path of it can meet. An unknown
 * value is one symbol of the trie: it equals itself; two of them differ for certain when they name two
 * resources of one deployment and fill a whole segment on both sides; otherwise both branches may meet.
 */
import type { PolicyDocument, Statement } from '../policy/document';
import { type Actions, Beginnings, beginningsOf } from './beginnings';
import { requestsExcepted } from './excepted';

export interface Candidate {
  /** Documents whose Allow statements cover all that the principal may do; `undefined` when that is everything. */
  readonly documents: readonly PolicyDocument[] | undefined;
}

/**
 * @param excepted statements whose requests do not count; a statement that is written the same is left out
 * @param actionsOf the actions that a statement selects, known and future ones
 * @param across when given, only pairs of a candidate before this position and one from it on
 * @returns pairs of positions in `candidates`, the smaller first, in order
 */
export function pairsThatMayMeet(
  candidates: readonly Candidate[],
  excepted: readonly Statement[],
  actionsOf: (statement: Statement) => Actions,
  across?: number,
): (readonly [number, number])[] {
  const left = requestsExcepted(excepted);
  const beginnings = new Beginnings();
  candidates.forEach(({ documents }, candidate) => {
    if (documents === undefined) beginnings.add([], candidate, undefined);
    for (const { statements } of documents ?? []) {
      for (const statement of statements) {
        if (statement.opaque !== undefined) beginnings.add([], candidate, undefined);
        else if (statement.effect === 'Allow' && !left.has(statement)) {
          const actions = actionsOf(statement);
          for (const beginning of beginningsOf(statement)) beginnings.add(beginning, candidate, actions);
        }
      }
    }
  });
  const met = new Set<number>();
  beginnings.pairs((some, others) => {
    for (const { actions: a, candidates: group } of some) {
      for (const { actions: b, candidates: rivals } of others) {
        if (a === undefined || b === undefined || a.meets(b)) meet(group, rivals);
      }
    }
  });
  function meet(group: readonly number[], rivals: readonly number[]): void {
    for (const a of group) {
      for (const b of rivals) {
        if (a === b || (across !== undefined && a < across === b < across)) continue;
        met.add(Math.min(a, b) * candidates.length + Math.max(a, b));
      }
    }
  }
  return [...met]
    .sort((a, b) => a - b)
    .map((pair) => [Math.floor(pair / candidates.length), pair % candidates.length] as const);
}

/** Statements by the beginnings of their resources, to find those that can meet another one. */
export class StatementIndex {
  private readonly beginnings = new Beginnings();

  constructor(
    private readonly statements: readonly Statement[],
    private readonly actionsOf: (statement: Statement) => Actions,
  ) {
    statements.forEach((statement, position) => {
      const actions = actionsOf(statement);
      for (const beginning of beginningsOf(statement)) this.beginnings.add(beginning, position, actions);
    });
  }

  /** In order: the statements that may match a request which one of the others matches. */
  public meeting(others: readonly Statement[]): readonly Statement[] {
    const met = new Set<number>();
    for (const other of others) {
      const actions = this.actionsOf(other);
      for (const beginning of beginningsOf(other)) {
        this.beginnings.along(beginning, (groups) => {
          for (const group of groups) {
            if (group.actions?.meets(actions)) for (const position of group.candidates) met.add(position);
          }
        });
      }
    }
    return [...met].sort((a, b) => a - b).map((position) => this.statements[position]!);
  }
}
