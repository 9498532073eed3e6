/**
 * SOD-4, outside the remit: every statement that is attached to a duty role the constructs made allows
 * only requests of the role's remit, which is the document of its boundary.
 *
 * The boundary stops what is outside of it, so this is not yet an overlap; it is the permission too
 * many that becomes one with the next change to the boundary, and somebody meant it to work. Each
 * statement is judged alone and without regard to Deny statements, because a Deny beside it may
 * go as easily as the statement came; statements that the remit has too need no decision.
 */
import type { Model, Principal } from '../model/model';
import type { PolicyDocument, Statement } from '../policy/document';
import { markedRoles } from './boundaries-are-disjoint';
import type { Check, CheckContext } from './check';
import type { Finding } from './finding';
import { type Clash, explainSide, nameOfGrant, pathsOf, witnessOf } from './root-cause';
import { nameOf, separationOf, subjectsOf } from './separation';

export const grantsStayInTheRemit: Check = {
  id: 'SOD-4',
  compliant: 'what is attached to a duty role stays in the remit of the duty',
  run: (model, context) =>
    markedRoles(model).flatMap((principal) => {
      const remit = principal.policies.permissionsBoundary;
      // Without a boundary there is no remit to compare with, and SOD-5 says so.
      return remit === undefined ? [] : judge(principal, remit, model, context);
    }),
};

function judge(principal: Principal, remit: PolicyDocument, model: Model, context: CheckContext): Finding[] {
  const unknown = principal.unknown.map(
    (why): Finding => ({
      ...about(principal),
      severity: 'undecided',
      message: `not everything that is attached to ${nameOf(principal)} can be known, so it may be outside its remit: ${why}`,
      explanation: [],
      fix: 'attach only policies that stand in the app or that AWS manages, or detach this one',
    }),
  );
  const own = new Set(remit.statements);
  const written = new Set<string>();
  const isOwn = (statement: Statement): boolean => {
    // The remit itself is attached as well.
    if (own.has(statement)) return true;
    if (written.size === 0) for (const one of own) written.add(contentOf(one));
    return written.has(contentOf(statement));
  };
  return [
    ...unknown,
    ...[...principal.policies.identityPolicies, ...(principal.policies.resourceGrants ?? [])]
      .flatMap((document) => document.statements)
      .filter((statement) => statement.effect === 'Allow' && !isOwn(statement))
      .flatMap((statement) => judgeStatement(principal, statement, remit, model, context)),
  ];
}

function judgeStatement(
  principal: Principal,
  statement: Statement,
  remit: PolicyDocument,
  model: Model,
  context: CheckContext,
): Finding[] {
  const granted = documentOf(statement);
  const verdict = context.subset(context.only(granted), context.only(remit));
  if (verdict.verdict === 'subset') return [];
  const grant = nameOfGrant(statement);
  const fix = `remove ${grant}, or give the permission to a role whose duty it is`;
  if (verdict.verdict === 'undecided') {
    const message = `it cannot be decided whether ${grant}, attached to ${nameOf(principal)}, stays in its remit: ${verdict.reason}`;
    return [{ ...about(principal), severity: 'undecided', message, explanation: [], fix }];
  }
  const grantedBy = `${nameOf(principal)} is granted it by ${grant}; for now its boundary stops it.`;
  const rival = rivalOf(principal, granted, remit, model, context);
  if (rival === undefined) {
    const { action, resource, context: contextA, holes } = verdict.witness;
    const witness = witnessOf({ action, resource, contextA, contextB: contextA, holes }, context.only(granted));
    return [
      {
        ...about(principal),
        constructPaths: pathsOf([principal], [{ principal, statement }]),
        severity: 'violated',
        message: `${nameOf(principal)} is granted the request \`${action}\` on \`${resource}\`, which is outside its remit`,
        witness: { ...witness, contextB: undefined },
        explanation: [grantedBy],
        fix,
      },
    ];
  }
  const { clash, witness } = rival;
  const { action, resource } = witness;
  const other = clash.b.principal;
  return [
    {
      ...about(principal, other),
      constructPaths: pathsOf([principal, other], [{ principal, statement }]),
      severity: 'violated',
      message: `${nameOf(principal)} is granted the request \`${action}\` on \`${resource}\`, which is outside its remit and which ${nameOf(other)} may make`,
      witness,
      explanation: [grantedBy, ...explainSide(clash, 'b')],
      fix,
    },
  ];
}

/** A role that must be separate and may make one of the requests that the grant has outside the remit. */
function rivalOf(
  principal: Principal,
  granted: PolicyDocument,
  remit: PolicyDocument,
  model: Model,
  context: CheckContext,
): { readonly clash: Clash; readonly witness: ReturnType<typeof witnessOf> } | undefined {
  const mustBeSeparate = separationOf(model);
  const policies = context.only(granted);
  const except = { ...model.common, statements: [...model.common.statements, ...remit.statements] };
  for (const other of subjectsOf(model)) {
    const reason = other.principal === principal ? undefined : mustBeSeparate(principal, other.principal);
    if (reason === undefined) continue;
    const verdict = context.overlap(policies, other.policies, { except });
    if (verdict.verdict !== 'overlap') continue;
    return {
      clash: { a: { principal, policies }, b: other, reason, verdict },
      witness: witnessOf(verdict.witness, policies, other.policies),
    };
  }
  return undefined;
}

function about(...principals: readonly Principal[]) {
  return {
    id: 'SOD-4' as const,
    principals: principals.map((principal) => principal.id),
    constructPaths: principals.map((principal) => principal.origin.path),
    chain: [],
  };
}

const documents = new WeakMap<Statement, PolicyDocument>();

/** The statement alone, as a document. */
function documentOf(statement: Statement): PolicyDocument {
  const known = documents.get(statement);
  if (known !== undefined) return known;
  const document = { version: statement.version, origin: statement.origin, statements: [statement] };
  documents.set(statement, document);
  return document;
}

/** Equal for two statements that mean the same because they are written the same. */
function contentOf({ effect, version, action, resource, principal, conditions, opaque }: Statement): string {
  return JSON.stringify([effect, version, action, resource, principal, conditions, opaque]);
}
