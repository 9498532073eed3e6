/**
 * Which principals could share a request, and which could make one that a statement matches, as far as the names of
 * actions and the beginnings of resources tell: a superset of those that do, found without asking about every pair.
 *
 * Two patterns that differ in a character before their first wildcard match no common string. So the
 * beginnings of all patterns go into one trie (beginnings.ts), and only patterns on one path of it can meet. An unknown
 * value is one symbol of the trie: it equals itself; two of them differ for certain when they name two
 * resources of one deployment and fill a whole segment on both sides; otherwise both branches may meet.
 */
import type { PolicyDocument, Statement } from '../policy/document';
import { type Actions, Beginnings, beginningsOf, type Groups } from './beginnings';
import { requestsExcepted } from './excepted';

export interface Candidate {
  /** Documents whose Allow statements cover all that the principal may do; `undefined` when that is everything. */
  readonly documents: readonly PolicyDocument[] | undefined;
}

/** Which candidates are things, that are done to and do nothing themselves, and whose requests on them are asked about. */
export interface Things {
  readonly users: number;
  readonly first: number;
}

type ActionsOf = (statement: Statement) => Actions;

/** Candidates by the beginnings of the resources of their statements. */
export class CandidateIndex {
  private readonly beginnings = new Beginnings();
  /** Of statements that are written as excepted ones. */
  private readonly ofExcepted = new Beginnings();

  /**
   * @param excepted statements whose requests do not count; a statement that is written the same is left out
   * @param actionsOf the actions that a statement selects, known and future ones
   */
  constructor(
    private readonly candidates: readonly Candidate[],
    excepted: readonly Statement[],
    private readonly actionsOf: ActionsOf,
  ) {
    const left = requestsExcepted(excepted);
    candidates.forEach(({ documents }, candidate) => {
      if (documents === undefined) this.beginnings.add([], candidate, undefined);
      for (const { statements } of documents ?? []) {
        for (const statement of statements) {
          if (statement.opaque !== undefined) this.beginnings.add([], candidate, undefined);
          else if (statement.effect === 'Allow')
            add(left.has(statement) ? this.ofExcepted : this.beginnings, statement, candidate, actionsOf);
        }
      }
    });
  }

  /**
   * @param things candidates from `first` on are compared only with those from `users` to there; none where absent
   * @returns pairs of positions of candidates that may share a request which is not excepted, the smaller first, in order
   */
  public pairs(things: Things = { users: 0, first: this.candidates.length }): (readonly [number, number])[] {
    const { length } = this.candidates;
    const { users, first } = things;
    const met = new Set<number>();
    const meet = (group: readonly number[], rivals: readonly number[]): void => {
      for (const one of group) {
        for (const other of rivals) {
          const [a, b] = one < other ? [one, other] : [other, one];
          if (a !== b && (b < first || (a >= users && a < first))) met.add(a * length + b);
        }
      }
    };
    // Candidates of a group stand in order.
    const mayBeAsked = (group: readonly number[], rivals: readonly number[]): boolean =>
      rivals[0]! < first ? group[0]! < first || rivals.at(-1)! >= users : group[0]! < first && group.at(-1)! >= users;
    this.beginnings.pairs((some, others) => {
      for (const { actions: a, candidates: group } of some) {
        for (const { actions: b, candidates: rivals } of others) {
          if (!mayBeAsked(group, rivals)) continue;
          if (a === undefined || b === undefined || a.meets(b)) meet(group, rivals);
        }
      }
    });
    return [...met].sort((a, b) => a - b).map((pair) => [Math.floor(pair / length), pair % length] as const);
  }

  /** Positions of the candidates that may make a request which one of the statements matches, be it an excepted one. */
  public meeting(statements: readonly Statement[]): ReadonlySet<number> {
    return meeting([this.beginnings, this.ofExcepted], statements, this.actionsOf);
  }
}

/** Statements by the beginnings of their resources, to find those that can meet another one. */
export class StatementIndex {
  private readonly beginnings = new Beginnings();

  constructor(
    private readonly statements: readonly Statement[],
    private readonly actionsOf: ActionsOf,
  ) {
    statements.forEach((statement, position) => {
      add(this.beginnings, statement, position, actionsOf);
    });
  }

  /** In order: the statements that may match a request which one of the others matches. */
  public meeting(others: readonly Statement[]): readonly Statement[] {
    return [...meeting([this.beginnings], others, this.actionsOf)]
      .sort((a, b) => a - b)
      .map((position) => this.statements[position]!);
  }
}

function add(to: Beginnings, statement: Statement, candidate: number, actionsOf: ActionsOf): void {
  const actions = actionsOf(statement);
  for (const beginning of beginningsOf(statement)) to.add(beginning, candidate, actions);
}

function meeting(all: readonly Beginnings[], statements: readonly Statement[], actionsOf: ActionsOf): Set<number> {
  const met = new Set<number>();
  for (const statement of statements) {
    const actions = actionsOf(statement);
    const found = (groups: Groups): void => {
      for (const group of groups) {
        if (group.actions?.meets(actions) === false) continue;
        for (const candidate of group.candidates) met.add(candidate);
      }
    };
    for (const beginning of beginningsOf(statement)) for (const beginnings of all) beginnings.along(beginning, found);
  }
  return met;
}
