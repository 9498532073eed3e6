/**
 * Which roles an actor can assume, as steps. Candidates come from the trust policies that name it,
 * and from those that admit its whole account, met with what it may assume on its own side.
 *
 * The roles of `cdk bootstrap` admit their whole account. Principals of the templates are asked whether they may
 * assume them like any role; that no outsider does but to deploy is an assumption, printed with every report.
 */
import type { EscalationPath } from '../catalog/escalation-paths';
import type { Principal } from '../model/model';
import type { Policies, PolicyDocument } from '../policy/document';
import { literal } from '../policy/text';
import type { OverlapWitness } from '../policy/verdict';
import type { Actor } from './actor';
import type { Oracle, Permit } from './ask';
import { certainlyDenied, closenessOf } from './named';
import { type Step, stepOf } from './step';
import { assumingPolicies, conditionsOn, trustOf } from './trust';
import type { Trusts } from './trusts';

export const ASSUME_ROLE = 'sts:AssumeRole';

/** Outsiders of an identity provider assume roles with its assertion, and nobody asks their own policies. */
const FEDERATED = ['sts:AssumeRoleWithSAML', 'sts:AssumeRoleWithWebIdentity'];
const OUTSIDERS_ASK = [ASSUME_ROLE, ...FEDERATED];

export class Assuming {
  private readonly known = new Map<string, readonly Step[]>();

  constructor(
    private readonly trusts: Trusts,
    private readonly oracle: Oracle,
    private readonly path: EscalationPath,
  ) {}

  steps(actor: Actor): readonly Step[] {
    let steps = this.known.get(actor.key);
    if (steps === undefined) {
      steps = this.find(actor);
      this.known.set(actor.key, steps);
    }
    return steps;
  }

  /** How the actor may assume the role, if it may. */
  permit(actor: Actor, role: Principal): Permit | undefined {
    const { principal } = actor;
    const plain = principal.kind === 'external' ? plainlyAdmits(role, principal) : undefined;
    if (plain !== undefined) return new Plain(actor, plain, () => this.decide(actor, role));
    return this.decide(actor, role);
  }

  private decide(actor: Actor, role: Principal): Permit | undefined {
    const trust = trustOf(role, actor.principal);
    if (trust === undefined) return undefined;
    let undecided: Permit | undefined;
    for (const policies of assumingPolicies(actor.policies, actor.principal.account, role, trust)) {
      for (const action of actor.principal.kind === 'external' ? OUTSIDERS_ASK : [ASSUME_ROLE]) {
        const permit = this.oracle.mayWith(actor, policies, action, [role.arn]);
        if (permit !== undefined && permit.undecided === undefined) return permit;
        undecided ??= permit;
      }
    }
    return undecided;
  }

  private find(actor: Actor): readonly Step[] {
    const steps: Step[] = [];
    for (const role of this.candidates(actor)) {
      if (role.id === actor.principal.id) continue;
      if (actor.principal.kind === 'external' && role.kind === 'bootstrap-role') continue;
      const permit = this.permit(actor, role);
      if (permit !== undefined) steps.push(stepOf(this.path, [permit], role, { kind: 'principal', principal: role }));
    }
    return steps;
  }

  private candidates(actor: Actor): Iterable<Principal> {
    const found = new Set(this.trusts.naming(actor.principal));
    const add = (roles: Iterable<Principal>): void => {
      for (const role of roles) found.add(role);
    };
    // A trust policy that admits everybody needs nothing on the side of a caller in its account.
    if (!this.oracle.mightEver(actor, ASSUME_ROLE)) add(this.trusts.admittingEverybody);
    else {
      const selections = actor.principal.kind === 'external' ? undefined : this.oracle.selections(actor, ASSUME_ROLE);
      if (selections === undefined) add(this.trusts.admittingAll(actor.principal));
      else {
        for (const selection of selections) add(this.trusts.admittingAllByArn.candidates(selection));
        add(this.trusts.admittingEverybody);
      }
    }
    return found;
  }
}

/** The action by which the role's trust policy lets an outsider in without further condition; nothing else needs to be asked then. */
function plainlyAdmits(role: Principal, outsider: Principal): string | undefined {
  let found: string | undefined;
  for (const statement of role.trust?.statements ?? []) {
    const { effect, action, opaque, principal } = statement;
    if (principal === undefined) continue;
    if (effect === 'Deny') {
      if (certainlyDenied(principal, outsider, role.account)) return undefined;
    } else if (found === undefined && opaque === undefined && !action.not) {
      const named = OUTSIDERS_ASK.find((a) =>
        action.patterns.some((p) => literal(p)?.toLowerCase() === a.toLowerCase()),
      );
      if (named === undefined || conditionsOn(statement, role, outsider).length > 0) continue;
      if (closenessOf(principal, outsider, role.account) !== 'none') found = named;
    }
  }
  return found;
}

/** A permit that is certain, and looked at only when it is shown. */
class Plain implements Permit {
  private shown: Permit | undefined;

  constructor(
    readonly actor: Actor,
    readonly action: string,
    private readonly decide: () => Permit | undefined,
  ) {}

  get policies(): Policies {
    return this.decided?.policies ?? this.actor.policies;
  }

  witness(): OverlapWitness | undefined {
    return this.decided?.witness();
  }

  beside(except: PolicyDocument): boolean {
    return this.decided?.beside(except) ?? false;
  }

  private get decided(): Permit | undefined {
    this.shown ??= this.decide();
    return this.shown;
  }
}
