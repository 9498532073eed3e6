/**
 * Statements whose requests do not count, met by others that are written the same: then nothing needs to be decided. Every
 * request that such a statement allows is an excepted one, so what a principal may do beyond them rests on its other statements.
 */
import { textKey } from '../model/text-key';
import type { ActionSet } from '../policy/action-set';
import { type CompiledPolicies, type CompiledStatement, unionOf } from '../policy/compile';
import type { PolicyDocument, Statement } from '../policy/document';
import { mentionsVariable } from '../policy/text';

/** Actions of requests that may be allowed beyond the excepted ones; a superset. */
export interface Beyond {
  readonly known: ActionSet;
  /** Whether actions that AWS adds later may be among them. */
  readonly later: boolean;
}

export function actionsBeyond(except: PolicyDocument, policies: CompiledPolicies): Beyond {
  const { layers, unbounded, mayAllow } = policies;
  const excepted = requestsExcepted(except.statements);
  const counts = ({ source }: CompiledStatement): boolean => !excepted.has(source);
  const all = layers.map(({ allow }) => allow.filter(counts));
  const apart = unbounded.filter(counts);
  const allowed = all.map((statements) => unionOf(statements)).reduce((a, b) => a.intersection(b));
  const known = apart.length === 0 ? allowed : allowed.union(unionOf(apart));
  const later = (statements: readonly CompiledStatement[]): boolean => statements.some((s) => s.future !== undefined);
  return { known: known.intersection(mayAllow), later: all.every(later) || later(apart) };
}

const exceptedBy = new WeakMap<readonly Statement[], Excepted>();

export function requestsExcepted(statements: readonly Statement[]): Excepted {
  let requests = exceptedBy.get(statements);
  if (requests === undefined) {
    requests = new Excepted(statements.filter(isPlain));
    exceptedBy.set(statements, requests);
  }
  return requests;
}

/** Statements that do not count. Most statements are not even about the same action as one of them. */
export class Excepted {
  private readonly byAction = new Map<string, Set<string>>();

  constructor(statements: readonly Statement[]) {
    for (const statement of statements) {
      const action = firstAction(statement);
      this.byAction.set(action, (this.byAction.get(action) ?? new Set()).add(requestsOf(statement)));
    }
  }

  /** True iff one of them is written the same, as far as the requests tell. */
  has(statement: Statement): boolean {
    return this.byAction.get(firstAction(statement))?.has(requestsOf(statement)) === true;
  }
}

function firstAction({ action }: Statement): string {
  const [first] = action.patterns;
  return first === undefined ? '' : textKey(first);
}

/** A policy variable has the value of one caller in the exception, and may have that of the other in what is written the same. */
function isPlain({ effect, opaque, conditions, resource }: Statement): boolean {
  return (
    effect === 'Allow' &&
    opaque === undefined &&
    conditions.length === 0 &&
    !(resource?.patterns ?? []).some(mentionsVariable)
  );
}

const written = new WeakMap<Statement, string>();

/** Equal for two statements that allow the same requests because they are written the same. */
function requestsOf(statement: Statement): string {
  let requests = written.get(statement);
  if (requests === undefined) {
    const { version, action, resource } = statement;
    requests = JSON.stringify([version, action, resource]);
    written.set(statement, requests);
  }
  return requests;
}
