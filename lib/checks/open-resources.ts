/**
 * Resources that their own policy opens to everyone (`Principal: "*"`, with or without conditions that do
 * not say who). What one duty may do with such a resource by its own policies, every role may do by the
 * resource's, so the two overlap there unless a Deny stops it. A statement for everyone names the session
 * itself, which a boundary does not limit.
 * Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html
 */
import type { Model, Resource } from '../model/model';
import type { Policies } from '../policy/document';
import type { CheckContext } from './check';
import { exceptBetween } from './declared-crossings';
import type { Clash } from './root-cause';
import { type Subject, separationOf } from './separation';

/** For each open resource the first pair that meets there: the resource's statement is the one cause. */
export function clashesInOpenResources(model: Model, subjects: readonly Subject[], context: CheckContext): Clash[] {
  return model.resources.flatMap((resource) => clashIn(resource, model, subjects, context) ?? []);
}

function clashIn(
  { openTo }: Resource,
  model: Model,
  subjects: readonly Subject[],
  context: CheckContext,
): Clash | undefined {
  if (openTo === undefined) return undefined;
  const mustBeSeparate = separationOf(model);
  const everyone: Policies = { identityPolicies: [openTo] };
  for (const a of subjects) {
    if (context.overlap(a.policies, everyone, { except: model.common }).verdict === 'disjoint') continue;
    for (const other of subjects) {
      const reason = mustBeSeparate(a.principal, other.principal);
      if (reason === undefined) continue;
      const unboundedGrants = [...(other.policies.unboundedGrants ?? []), openTo];
      const b: Subject = { ...other, policies: { ...other.policies, unboundedGrants } };
      const except = exceptBetween(model, a.principal.domain, other.principal.domain);
      const verdict = context.overlap(a.policies, b.policies, { except });
      if (verdict.verdict !== 'disjoint') return { a, b, reason, verdict };
    }
  }
  return undefined;
}
