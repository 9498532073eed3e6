/**
 * SOD-1, direct overlap: no two roles of conflicting duties in one domain, and no two roles of
 * different domains, may make the same request, but for the declared common requests.
 *
 * What a role may do is decided from everything that is attached to it, within its boundary. Where the
 * boundaries of two roles are disjoint already, so is all that they bound, and nothing more is asked; but what
 * a resource's own policy opens to everyone is asked about apart.
 */
import type { Model } from '../model/model';
import type { Check, CheckContext } from './check';
import { exceptBetween } from './declared-crossings';
import { findClashes } from './find-clashes';
import type { Finding } from './finding';
import { clashesInOpenResources } from './open-resources';
import {
  type Cause,
  type Clash,
  causesOf,
  explainClash,
  grantsOf,
  nameOfGrant,
  pathsOf,
  witnessOf,
} from './root-cause';
import { because, nameOf, subjectsOf } from './separation';

export const rolesDoNotOverlap: Check = {
  id: 'SOD-1',
  compliant: 'no two roles that must be separate may make the same request',
  run: (model, context) => causesOf(clashesOf(model, context)).map(findingOf),
};

/** Every pair of roles that overlap and must not. */
export function clashesOf(model: Model, context: CheckContext): readonly Clash[] {
  return context.once(model, 'clashes', () => findAll(model, context));
}

function findAll(model: Model, context: CheckContext): Clash[] {
  const subjects = subjectsOf(model);
  const direct = findClashes(model, context, {
    subjects,
    decide: (a, b) =>
      context.boundaryOverlap(a.principal, b.principal, model)?.verdict === 'disjoint'
        ? undefined
        : context.overlap(a.policies, b.policies, {
            except: exceptBetween(model, a.principal.domain, b.principal.domain),
          }),
  });
  return [...direct, ...clashesInOpenResources(model, subjects, context)];
}

function findingOf({ clashes, shared }: Cause): Finding {
  const [first] = clashes;
  const { a, b, reason, verdict } = first!;
  const principals = [...new Set(clashes.flatMap((clash) => [clash.a.principal, clash.b.principal]))];
  const more = clashes.length - 1;
  const others =
    more === 0 ? '' : `; the same statement lets ${more} more ${more === 1 ? 'pair' : 'pairs'} of roles overlap`;
  const names = `${nameOf(a.principal)} and ${nameOf(b.principal)}`;
  const grants = grantsOf(first!);
  const blamed =
    shared === undefined ? grants : grants.filter((grant) => nameOfGrant(grant.statement) === nameOfGrant(shared));
  const known = { principals: principals.map((p) => p.id), constructPaths: pathsOf(principals, blamed), chain: [] };
  const unknown = [a, b].flatMap(({ principal }) => principal.unknown.map((why) => `${nameOf(principal)}: ${why}`));
  if (verdict.verdict === 'undecided') {
    return {
      ...known,
      id: 'SOD-1',
      severity: 'undecided',
      message: `it cannot be decided whether ${names} may make the same request: ${verdict.reason}`,
      explanation: unknown,
      fix: `state the resources of both roles so that they can be told apart, or give both a boundary that keeps them apart`,
    };
  }
  const { action, resource } = verdict.witness;
  return {
    ...known,
    id: 'SOD-1',
    severity: unknown.length > 0 ? 'undecided' : 'violated',
    message: `${names} may both make the request \`${action}\` on \`${resource}\`, and ${because(reason)}${others}`,
    witness: witnessOf(verdict.witness, a.policies, b.policies),
    explanation: [...unknown, ...explainClash(first!)],
    fix:
      shared === undefined
        ? `take the request away from one of the two: narrow ${grants.map((g) => nameOfGrant(g.statement)).join(' or ')}`
        : `narrow ${nameOfGrant(shared)} so that it no longer allows \`${action}\` on \`${resource}\``,
  };
}
