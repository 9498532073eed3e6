/**
 * Reach: what each principal of the model can do, directly or by acting as somebody else, edge by
 * edge. The argument in the order of the files: named.ts and trust.ts (who may assume whom), rule.ts and
 * rules.ts (what one actor, or several together, can become and change), closure.ts (the least fixpoint and the
 * shortest chains). docs/reach.md has it in full, with the test for each step.
 */
import { ESCALATION_PATHS, type EscalationPath } from '../catalog/escalation-paths';
import type { Assumption, Model, Principal } from '../model/model';
import type { Catalogue } from '../policy/catalogue';
import { type CompiledPolicies, compile } from '../policy/compile';
import type { Policies, Selection } from '../policy/document';
import { overlap } from '../policy/overlap';
import { type Text, text } from '../policy/text';
import type { OverlapWitness } from '../policy/verdict';
import { type Actor, Actors } from './actor';
import { Oracle } from './ask';
import { Assuming } from './assume';
import { type Arrival, type Closure, closureOf } from './closure';
import { ALLOW_ALL } from './gains';
import { passedElsewhere } from './passed-elsewhere';
import { requests } from './requests';
import { Rules } from './rules';
import { ASSUME } from './step';
import { Trusts } from './trusts';
import { worldOf } from './world';

export interface Reach {
  readonly model: Model;
  /** Principals that trust policies admit and no template has. */
  readonly outsiders: readonly Principal[];
  readonly oracle: Oracle;
  readonly assuming: Assuming;
  /** Everybody that whoever holds the principal's credentials can act as. Computed when first asked for. */
  closure(principal: Principal): Closure;
  /** The same, but nothing is asked beyond members for which `until` holds. Not kept. */
  closureUntil(principal: Principal, until: (arrival: Arrival, so: Closure) => boolean): Closure;
  /** Every principal that can make the request, by itself or as somebody else. */
  whoCan(action: string, resource: string | Text): readonly Capability[];
  /** What the answers rest on beside the templates. */
  readonly assumptions: readonly Assumption[];
}

/** That a principal can make a request, and as whom. */
export interface Capability {
  readonly principal: Principal;
  readonly closure: Closure;
  readonly as: Arrival;
  readonly witness?: OverlapWitness;
  readonly undecided?: string;
}

export interface ReachOptions {
  /** @default {@link ESCALATION_PATHS} */
  readonly paths?: readonly EscalationPath[];
  /** Compiles policies, where the caller keeps what it has compiled. */
  readonly compile?: (policies: Policies) => CompiledPolicies;
}

export function reachOf(model: Model, catalogue: Catalogue, options: ReachOptions = {}): Reach {
  const { paths = ESCALATION_PATHS, compile: compiling = (p) => compile(p, catalogue) } = options;
  const world = worldOf(model);
  const oracle = new Oracle(catalogue);
  const actors = new Actors(compiling, world.principals);
  const trusts = new Trusts(model);
  const assume = paths.find((p) => p.id === ASSUME);
  if (assume === undefined) throw new Error(`bulkhead: internal error: the escalation paths have no row \`${ASSUME}\``);
  const assuming = new Assuming(trusts, oracle, assume);
  const engine = {
    actors,
    rules: new Rules(world, oracle, catalogue, [...paths, ...passedElsewhere(model, paths)]),
    assuming,
  };
  const closures = new Map<string, Closure>();
  const closure = (principal: Principal): Closure => {
    let found = closures.get(principal.id);
    if (found === undefined) {
      found = closureOf(principal, engine);
      closures.set(principal.id, found);
    }
    return found;
  };
  return {
    model,
    outsiders: trusts.outsiders,
    oracle,
    assuming,
    closure,
    closureUntil: (principal, until) => closureOf(principal, engine, until),
    whoCan: (action, resource) => whoCan(model, trusts.outsiders, oracle, closure, action, resource),
    assumptions: assumptionsOf(model, trusts.outsiders, catalogue),
  };
}

function whoCan(
  model: Model,
  outsiders: readonly Principal[],
  oracle: Oracle,
  closure: (p: Principal) => Closure,
  action: string,
  resource: string | Text,
): readonly Capability[] {
  // A selection, because the resource may be a pattern: as an ARN it would be sieved by what it begins with.
  const resources: Selection = { not: false, patterns: [text(resource)] };
  const asked = new Map<string, ReturnType<Oracle['may']>>();
  const permitOf = (actor: Actor): ReturnType<Oracle['may']> => {
    if (!asked.has(actor.class)) asked.set(actor.class, oracle.may(actor, action, resources));
    return asked.get(actor.class);
  };
  const found: Capability[] = [];
  for (const principal of [...model.principals, ...outsiders]) {
    if (principal.kind === 'group' || principal.kind === 'instance-profile') continue;
    const reached = closure(principal);
    // Members stand in the order in which they were found, so the first that can is nearest.
    let best: Capability | undefined;
    for (const as of reached.members.values()) {
      if (as.actor.principal.kind === 'external' && as.step === undefined) continue;
      const permit = permitOf(as.actor);
      const undecided = as.undecided ?? permit?.undecided ?? blindness(as.actor);
      if (permit === undefined && undecided === undefined) continue;
      if (best !== undefined && (undecided !== undefined || best.undecided === undefined)) continue;
      const witness = permit?.witness();
      best = {
        principal,
        closure: reached,
        as,
        ...(witness && { witness }),
        ...(undecided === undefined ? {} : { undecided }),
      };
      if (undecided === undefined) break;
    }
    if (best !== undefined) found.push(best);
  }
  return found;
}

/** Why what the actor may do cannot be known. */
export function blindness({ principal, compiled }: Actor): string | undefined {
  return principal.unknown[0] ?? compiled.opaque[0]?.opaque;
}

/** False only if the service control policies keep everybody of the organisation from assuming the role. */
function mayBeAssumed({ arn, policies }: Principal, catalogue: Catalogue): boolean {
  const { serviceControlPolicies } = policies;
  if (serviceControlPolicies === undefined) return true;
  const anybody: Policies = { identityPolicies: [ALLOW_ALL], serviceControlPolicies };
  return overlap(anybody, requests('sts:AssumeRole', [arn]), catalogue).verdict !== 'disjoint';
}

/** The report lists all of them with the roles; an assumption that fills a page is not read. */
const NAMED_OUTSIDERS = 8;

function assumptionsOf(model: Model, outsiders: readonly Principal[], catalogue: Catalogue): readonly Assumption[] {
  const assumptions: Assumption[] = [
    {
      id: 'closed-world',
      text: 'what runs as a role of the app is in the templates, and no policy writes down a name that AWS generates',
    },
  ];
  if (model.principals.some((p) => p.origin.type === 'AWS::SSO::PermissionSet')) {
    assumptions.push({
      id: 'permission-sets',
      text: 'permission sets are assigned as the templates say, and nobody is in two groups that hold different ones, but as the templates say',
    });
  }
  if (outsiders.length > 0) {
    const named = outsiders.slice(0, NAMED_OUTSIDERS).map((o) => `\`${o.id}\``);
    const names = [
      ...named,
      ...(outsiders.length > NAMED_OUTSIDERS ? [`${outsiders.length - NAMED_OUTSIDERS} more`] : []),
    ].join(', ');
    assumptions.push({
      id: 'outsiders',
      text: `principals outside the templates come to act in the app only where its trust policies admit them: ${names}; those of different names, accounts or identity providers are different people`,
    });
  }
  if (
    model.principals.some((p) => p.kind === 'bootstrap-role' && p.executes === undefined && mayBeAssumed(p, catalogue))
  ) {
    assumptions.push({
      id: 'bootstrap-assumers',
      text: 'the bootstrap roles admit their whole account; nobody outside the templates assumes them but to deploy, and whoever does can do what CloudFormation can do',
    });
  }
  assumptions.push({
    id: 'grants',
    text: 'whoever may write the policy of a resource is held to what it may do itself; that it grants others only what they should have is its duty, and not proved',
  });
  return assumptions;
}
