/**
 * SOD-5, boundaries: a trust domain that the constructs made has a role for every duty, bounded by its
 * remit, and the remits of roles that must be separate share nothing but the common requests. Then the roles stay separate
 * whatever is attached to them later, outside this app too.
 *
 * Roles that got their duty from the configuration promise no boundary; what they may do is
 * compared by SOD-1 alone.
 */
import { type Domain, DUTIES, type Duty, type Model, type Origin, type Principal } from '../model/model';
import type { Check, CheckContext } from './check';
import { findClashes } from './find-clashes';
import { type Finding, OF_A_SETTING } from './finding';
import { placesOf } from './places';
import { type Cause, type Clash, causesOf, explainClash, grantsOf, nameOfGrant, witnessOf } from './root-cause';
import { nameOf } from './separation';

export const boundariesAreDisjoint: Check = {
  id: 'SOD-5',
  compliant: 'every duty role has its remit as its boundary, and remits share nothing but the common requests',
  run: (model, context) => {
    const roles = markedRoles(model);
    const placeOf = placesOf(model);
    const byDomain = new Map<string | undefined, Principal[]>();
    for (const role of roles) {
      const others = byDomain.get(role.domain);
      if (others === undefined) byDomain.set(role.domain, [role]);
      else others.push(role);
    }
    return [
      ...model.domains.flatMap((domain) =>
        unheld(domain, dutiesOf(domain, model), byDomain.get(domain.name) ?? [], placeOf),
      ),
      ...roles.flatMap(missing),
      ...causesOf(clashes(roles, model, context)).map(overlapping),
    ];
  },
};

/**
 * A trust domain that the constructs declare has a role for every duty. One that is missing was not made
 * away with: it is in the app without its mark, bounded by nothing and compared with nobody.
 */
function unheld(
  { name, declaredAt }: Domain,
  duties: readonly Duty[],
  own: readonly Principal[],
  placeOf: ReturnType<typeof placesOf>,
): Finding[] {
  const places = new Set(declaredAt.map(({ stack }) => placeOf(name, stack)));
  return [...places].flatMap((place): Finding[] => {
    const here = ({ stack }: Origin) => placeOf(name, stack) === place;
    const held = new Set(own.filter(({ origin }) => here(origin)).map(({ duty }) => duty));
    const missing = duties.filter((duty) => !held.has(duty));
    if (missing.length === 0) return [];
    const named = missing.map((duty) => `\`${duty}\``).join(', ');
    const [the, it] = missing.length === 1 ? ['the duty', 'it'] : ['the duties', 'them'];
    const where = place === '' ? '' : ` in \`${place}\``;
    return [
      {
        id: 'SOD-5',
        severity: 'violated',
        message: `no role of the trust domain \`${name}\`${where} carries the mark of ${the} ${named}, so nothing is known of who holds ${it}`,
        ...OF_A_SETTING,
        constructPaths: declaredAt.filter(here).map(({ path }) => path),
        fix: 'leave `Metadata.bulkhead` of the duty roles as the trust domain writes it',
      },
    ];
  });
}

/** A gateway that domains share has no data: nobody reads or writes there but in one of its zones. */
function dutiesOf({ name }: Domain, { apis }: Model): readonly Duty[] {
  const own = apis.filter(({ domain }) => domain === name);
  const isGateway = own.length > 0 && own.every(({ zones }) => zones !== undefined);
  return isGateway ? DUTIES.filter((duty) => duty !== 'read' && duty !== 'write') : DUTIES;
}

/** Duty roles that the constructs made, sorted by id. */
export function markedRoles(model: Model): Principal[] {
  return model.principals
    .filter((principal) => principal.duty !== undefined && principal.dutyFrom === 'mark')
    .sort((a, b) => (a.id < b.id ? -1 : a.id > b.id ? 1 : 0));
}

function missing(principal: Principal): Finding[] {
  if (principal.boundary !== undefined) return [];
  const { boundaryUnknown } = principal;
  const known = { principals: [principal.id], constructPaths: [principal.origin.path], explanation: [], chain: [] };
  return [
    boundaryUnknown === undefined
      ? {
          ...known,
          id: 'SOD-5',
          severity: 'violated',
          message: `${nameOf(principal)} has no permissions boundary, so whatever is attached to it later counts in full`,
          fix: 'set its `PermissionsBoundary` to the remit that the trust domain made for the duty, and remove whatever took it away',
        }
      : {
          ...known,
          id: 'SOD-5',
          severity: 'undecided',
          message: `the permissions boundary of ${nameOf(principal)} cannot be known: ${boundaryUnknown}`,
          fix: 'set its `PermissionsBoundary` to the remit that the trust domain made for the duty, in the same app',
        },
  ];
}

function clashes(roles: readonly Principal[], model: Model, context: CheckContext): Clash[] {
  return findClashes(model, context, {
    subjects: roles.flatMap((principal) => {
      const boundary = principal.policies.permissionsBoundary;
      return boundary === undefined ? [] : [{ principal, policies: context.only(boundary) }];
    }),
    decide: (a, b) => context.boundaryOverlap(a.principal, b.principal, model),
  });
}

function overlapping({ clashes, shared }: Cause): Finding {
  const first = clashes[0]!;
  const { a, b, verdict } = first;
  const principals = [...new Set(clashes.flatMap((clash) => [clash.a.principal, clash.b.principal]))];
  const names = `the boundaries of ${nameOf(a.principal)} and ${nameOf(b.principal)}`;
  const more = clashes.length - 1;
  const others = more === 0 ? '' : `; the same statement makes ${more} more ${more === 1 ? 'pair' : 'pairs'} overlap`;
  const known = {
    principals: principals.map((p) => p.id),
    constructPaths: principals.map((p) => p.origin.path),
    chain: [],
  };
  if (verdict.verdict === 'undecided') {
    return {
      ...known,
      id: 'SOD-5',
      severity: 'undecided',
      message: `it cannot be decided whether ${names} are disjoint: ${verdict.reason}`,
      explanation: [],
      fix: 'leave the boundaries as the trust domain made them',
    };
  }
  const { action, resource } = verdict.witness;
  const grants = shared === undefined ? grantsOf(first).map((grant) => grant.statement) : [shared];
  return {
    ...known,
    id: 'SOD-5',
    severity: 'violated',
    message: `${names} both allow the request \`${action}\` on \`${resource}\`, so attached policies may bring the two together${others}`,
    witness: witnessOf(verdict.witness, a.policies, b.policies),
    explanation: explainClash(first),
    fix: `take the request out of one of the two remits: narrow ${grants.map(nameOfGrant).join(' or ')}`,
  };
}
