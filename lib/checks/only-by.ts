/** The grants of one statement, alone. */
import type { Policies, PolicyDocument, Statement } from '../policy/document';

/** The policies without any other Allow that grants; what limits and denies stays. */
export function onlyBy(policies: Policies, statement: Statement): Policies {
  const keep = (document: PolicyDocument): PolicyDocument => ({
    ...document,
    statements: document.statements.filter((s) => s === statement || (s.effect === 'Deny' && s.opaque === undefined)),
  });
  const { resourceGrants, unboundedGrants } = policies;
  return {
    ...policies,
    identityPolicies: policies.identityPolicies.map(keep),
    ...(resourceGrants && { resourceGrants: resourceGrants.map(keep) }),
    ...(unboundedGrants && { unboundedGrants: unboundedGrants.map(keep) }),
  };
}
