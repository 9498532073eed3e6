/**
 * Whether the edit that a finding suggests is the whole of it. Where the permissions that are left lead to the
 * same place by another path, the statements that they rest on have to be narrowed as well.
 *
 * Found by asking again, of the principals of the breach alone and without the statements in question. What
 * principals beside them could do instead is not asked: that is another cause.
 */
import type { Model, Principal } from '../model/model';
import type { Policies, PolicyDocument, Statement } from '../policy/document';
import { type Breach, causesOf } from './breach';
import { CheckContext } from './check';

/** All breaches of a model. */
export type FindBreaches = (model: Model, context: CheckContext) => readonly Breach[];

/** More statements than this, and the list helps nobody. */
const STATEMENTS_NAMED = 4;

/** The statements to narrow beside the first; undefined when that does not become clear. */
export function alsoToNarrow(
  breach: Breach,
  first: Statement,
  model: Model,
  context: CheckContext,
  find: FindBreaches,
): readonly Statement[] | undefined {
  const { catalogue } = context.reach(model).oracle;
  const alone = onlyThoseOf(breach, model);
  const narrowed = [first];
  while (narrowed.length <= STATEMENTS_NAMED) {
    const left = find(without(alone, narrowed), new CheckContext(catalogue)).filter((b) =>
      b.principals.some((p) => p.id === breach.source.id),
    );
    if (left.length === 0) return narrowed.slice(1);
    const next = causesOf(left)[0]?.statement;
    if (next === undefined || narrowed.some((s) => isSame(s, next))) return undefined;
    narrowed.push(next);
  }
  return undefined;
}

function onlyThoseOf({ principals, chain }: Breach, model: Model): Model {
  const acting = chain.flatMap((step) => [step.to, ...step.permits.map(({ actor }) => actor.principal)]);
  const ids = new Set([...principals, ...acting].flatMap((p) => [p.id, ...(p.memberOf ?? [])]));
  return { ...model, principals: model.principals.filter((p) => ids.has(p.id) || p.kind === 'instance-profile') };
}

function without(model: Model, narrowed: readonly Statement[]): Model {
  const origins = new Set(narrowed.map(({ origin }) => origin));
  const cut = (document: PolicyDocument): PolicyDocument =>
    document.statements.some((s) => origins.has(s.origin))
      ? { ...document, statements: document.statements.filter((s) => !narrowed.some((n) => isSame(n, s))) }
      : document;
  return { ...model, principals: model.principals.map((p) => cutOf(p, cut)) };
}

/** Boundaries and service control policies allow nothing by themselves, and stay. */
function cutOf(principal: Principal, cut: (document: PolicyDocument) => PolicyDocument): Principal {
  const { policies, attached, trust } = principal;
  const { resourceGrants, unboundedGrants } = policies;
  const left: Policies = {
    ...policies,
    identityPolicies: policies.identityPolicies.map(cut),
    ...(resourceGrants && { resourceGrants: resourceGrants.map(cut) }),
    ...(unboundedGrants && { unboundedGrants: unboundedGrants.map(cut) }),
  };
  return {
    ...principal,
    policies: left,
    attached: attached.map((a) => ({ ...a, document: cut(a.document) })),
    ...(trust && { trust: cut(trust) }),
  };
}

function isSame(a: Statement, b: Statement): boolean {
  return a.origin === b.origin && a.index === b.index;
}
