/**
 * Roles of the templates that a trust domain is deployed with: what two people let run acts as them. Like the
 * roles of `cdk bootstrap` they make all the others, so they are judged by who can drive them, not by what they may.
 *
 * A mark alone makes no role so: it must be one that nobody but CloudFormation can assume.
 */
import type { PolicyDocument } from '../policy/document';
import { literal } from '../policy/text';
import type { Mark } from './mark';
import type { Assumption, Principal } from './model';

const CLOUDFORMATION = 'cloudformation.amazonaws.com';

/** The principal as the role that the domain of its mark is deployed as, if it is one. */
export function asDeploying(principal: Principal, mark: Mark): Principal {
  if (mark.executes === undefined || principal.kind !== 'role' || principal.duty !== undefined) return principal;
  return isOnlyCloudFormations(principal.trust)
    ? { ...principal, kind: 'bootstrap-role', executes: mark.executes }
    : principal;
}

function isOnlyCloudFormations(trust: PolicyDocument | undefined): boolean {
  return (trust?.statements ?? []).every(({ effect, principal }) => {
    if (effect === 'Deny') return true;
    const entries = principal?.not === false ? principal.entries : [];
    return entries.length > 0 && entries.every((e) => e.type === 'Service' && literal(e.value) === CLOUDFORMATION);
  });
}

export function assumptionOfDeploying({ executes, origin }: Principal): Assumption {
  return {
    id: 'approved-changes',
    text: `a change of \`${executes}\` that two people let run acts as \`${origin.path}\`, which writes the policies of the roles that the domain is made of; what such a change does was seen by both, and is not proved`,
  };
}
