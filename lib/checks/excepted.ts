/**
 * Statements whose requests do not count, met by others that are written the same: then nothing needs to be decided. Every
 * request that such a statement allows is an excepted one, so what a principal may do beyond them rests on its other statements.
 */
import { sameText, textKey } from '../model/text-key';
import { type ActionIndex, ActionSet } from '../policy/action-set';
import { type CompiledPolicies, layersOf } from '../policy/compile';
import type { PolicyDocument, Selection, Statement } from '../policy/document';
import { mentionsVariable } from '../policy/text';

/** Actions of requests that may be allowed beyond the excepted ones; a superset. */
export interface Beyond {
  readonly known: ActionSet;
  /** Whether actions that AWS adds later may be among them. */
  readonly later: boolean;
}

export function actionsBeyond(
  except: PolicyDocument,
  { source, mayAllow }: CompiledPolicies,
  index: ActionIndex,
): Beyond {
  const excepted = requestsExcepted(except.statements);
  const of = (documents: readonly PolicyDocument[]): Beyond => either(documents.map((d) => excepted.beyond(d, index)));
  const layers = layersOf(source).map(([, documents]) => of(documents));
  const apart = of(source.unboundedGrants ?? []);
  const known = layers.map((layer) => layer.known).reduce((a, b) => a.intersection(b));
  return {
    known: known.union(apart.known).intersection(mayAllow),
    later: layers.every(({ later }) => later) || apart.later,
  };
}

function either(all: readonly Beyond[]): Beyond {
  const [only] = all;
  if (all.length === 1 && only !== undefined) return only;
  return { known: ActionSet.unionOf(all.map(({ known }) => known)), later: all.some(({ later }) => later) };
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
  /** By the first action and the first resource. */
  private readonly statements = new Map<string, Map<string, Statement[]>>();
  /** Principals share documents. */
  private readonly documents = new WeakMap<PolicyDocument, Beyond>();

  constructor(statements: readonly Statement[]) {
    for (const statement of statements) {
      const action = firstOf(statement.action);
      const resource = firstOf(statement.resource);
      const byResource = this.statements.get(action) ?? new Map<string, Statement[]>();
      this.statements.set(action, byResource);
      const others = byResource.get(resource);
      if (others === undefined) byResource.set(resource, [statement]);
      else if (!others.some((other) => isWrittenAs(statement, other))) others.push(statement);
    }
  }

  /** True iff one of them is written the same, as far as the requests tell. */
  has(statement: Statement): boolean {
    const others = this.statements.get(firstOf(statement.action))?.get(firstOf(statement.resource));
    return others?.some((other) => isWrittenAs(statement, other)) === true;
  }

  /** What the Allows of the document select beyond them; a statement that cannot be read is left out. */
  beyond(document: PolicyDocument, index: ActionIndex): Beyond {
    let beyond = this.documents.get(document);
    if (beyond === undefined) {
      const selected = document.statements
        .filter((s) => s.effect === 'Allow' && s.opaque === undefined && !this.has(s))
        .map(({ action }) => index.selected(action));
      beyond = {
        known: ActionSet.unionOf(selected.map(({ known }) => known)),
        later: selected.some(({ future }) => future !== undefined),
      };
      this.documents.set(document, beyond);
    }
    return beyond;
  }
}

function firstOf(selection: Selection | undefined): string {
  const first = selection?.patterns[0];
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

/** True only for two statements that select the same requests because they are written the same. */
function isWrittenAs(a: Statement, b: Statement): boolean {
  return a.version === b.version && selectsAs(a.action, b.action) && selectsAs(a.resource, b.resource);
}

function selectsAs(a: Selection | undefined, b: Selection | undefined): boolean {
  if (a === b) return true;
  if (a === undefined || b === undefined || a.not !== b.not || a.patterns.length !== b.patterns.length) return false;
  return a.patterns.every((pattern, i) => sameText(pattern, b.patterns[i]!));
}
