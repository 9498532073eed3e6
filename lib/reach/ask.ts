/**
 * May this actor make such a request? The engine decides; this file only asks it as seldom as
 * possible, and keeps three answers apart: no, yes with a witness, and undecided with a reason.
 */
import { ActionIndex, ActionSet } from '../policy/action-set';
import type { Catalogue } from '../policy/catalogue';
import { type CompiledPolicies, type CompiledStatement, compile } from '../policy/compile';
import type { Policies, PolicyDocument, Selection } from '../policy/document';
import { overlap } from '../policy/overlap';
import type { Text } from '../policy/text';
import type { OverlapVerdict, OverlapWitness } from '../policy/verdict';
import type { Actor } from './actor';
import { mightSelect } from './arn-sieve';
import { plainlyAllows } from './granted-by-name';
import { aboutResources, type RequestContext, requests } from './requests';

/** The actor may make the request, or nobody can tell. */
export interface Permit {
  readonly actor: Actor;
  /** The policies that were asked: the actor's, or together with a trust policy. */
  readonly policies: Policies;
  readonly action: string;
  /** The reason, when it is undecided whether the request is allowed. */
  readonly undecided?: string;
  /** The request, in which the actor is side A. Undefined iff undecided. */
  witness(): OverlapWitness | undefined;
  /** True iff some such request is left beside those that an Allow of the document matches. */
  beside(except: PolicyDocument): boolean;
}

export class Oracle {
  private readonly index: ActionIndex;
  private readonly shared = new Map<string, boolean>();
  private readonly ids = new Map<string, number>();
  /** Questions that went to the engine; printed by the benchmark. */
  asked = 0;

  constructor(readonly catalogue: Catalogue) {
    this.index = ActionIndex.of(catalogue);
  }

  /** False only if no request with the action is allowed to the actor, whatever its resource; or if nothing is known of it. */
  mightEver({ compiled }: Actor, action: string): boolean {
    const id = this.idOf(action);
    return compiled.opaque.length === 0 && (id === undefined || compiled.mayAllow.has(id));
  }

  /** True only if every request is allowed to the actor. */
  mayDoEverything({ compiled }: Actor): boolean {
    const all = this.catalogue.actions.length;
    return compiled.mayAllow.isAll(all) && compiled.mustAllow.isAll(all);
  }

  /** The actions with which some of the actors might ever make a request. */
  allowing(actors: readonly Actor[]): ActionSet {
    const allowed: ActionSet[] = [];
    for (const { compiled } of actors) if (compiled.opaque.length === 0) allowed.push(compiled.mayAllow);
    return ActionSet.unionOf(allowed);
  }

  /** Undefined for actions that the catalogue does not know. */
  idOf(action: string): number | undefined {
    let id = this.ids.get(action);
    if (id === undefined) {
      id = this.index.idOf(action) ?? -1;
      this.ids.set(action, id);
    }
    return id < 0 ? undefined : id;
  }

  /** A request with the action, on one of the resources (on any, when undefined), in the context. */
  may(
    actor: Actor,
    action: string,
    resources: Selection | readonly Text[] | undefined,
    context: RequestContext = {},
  ): Permit | undefined {
    const id = this.idOf(action);
    const ask: Ask = (except) => {
      this.asked++;
      return overlap(actor.compiled, requests(action, resources, context), this.catalogue, except && { except });
    };
    // Allowed on every resource in every context: the engine is asked only when somebody wants to see it.
    if (id !== undefined && actor.compiled.mustAllow.has(id)) return lazily(actor, action, ask);
    if (id !== undefined && actor.compiled.opaque.length === 0) {
      if (!actor.compiled.mayAllow.has(id)) return undefined;
      if (resources !== undefined && !('not' in resources)) {
        if (!this.mightBeOn(actor, id, resources)) return undefined;
        const plainly = (r: Text): boolean => plainlyAllows(actor.compiled, id, r, this.catalogue);
        if (Object.keys(context).length === 0 && resources.some(plainly)) return lazily(actor, action, ask);
      }
    }
    return permitOf(actor, actor.policies, action, ask);
  }

  /** False only if in some layer no Allow of the action selects any of the resources. */
  private mightBeOn({ compiled }: Actor, id: number, resources: readonly Text[]): boolean {
    const selects = ({ actions, source }: CompiledStatement): boolean =>
      actions.has(id) && (source.resource === undefined || resources.some((r) => mightSelect(source.resource!, r)));
    return compiled.layers.every((l) => l.allow.some(selects)) || compiled.unbounded.some(selects);
  }

  /** The same for policies that are not all the actor's own: a trust policy's together with its. */
  mayWith(actor: Actor, policies: Policies, action: string, resources: readonly Text[]): Permit | undefined {
    return permitOf(actor, policies, action, (except) => {
      this.asked++;
      return overlap(policies, requests(action, resources), this.catalogue, except && { except });
    });
  }

  /**
   * False only if the resources on which `a` may make requests with `first` and those on which `b` may
   * make requests with `then` have nothing in common, nor anything below one another.
   */
  onOneResource(a: Actor, first: string, b: Actor, then: string): boolean {
    const key = `${a.class}\n${first}\n${b.class}\n${then}`;
    let one = this.shared.get(key);
    if (one === undefined) {
      one = this.decideOnOneResource(a, first, b, then);
      this.shared.set(key, one);
    }
    return one;
  }

  /** True iff some resource type is taken by both actions, so that both can be about one resource. */
  sameKind(first: string, then: string): boolean {
    const [a, b] = [this.idOf(first), this.idOf(then)];
    if (a === undefined || b === undefined) return false;
    const types = new Set(this.catalogue.resourceFormats(a).map((f) => f.id));
    return this.catalogue.resourceFormats(b).some((f) => f.id !== '*' && types.has(f.id));
  }

  private decideOnOneResource(a: Actor, first: string, b: Actor, then: string): boolean {
    const ids = [this.idOf(first), this.idOf(then)] as const;
    if (ids[0] === undefined || ids[1] === undefined) return true;
    if (a.compiled.mustAllow.has(ids[0]) || b.compiled.mustAllow.has(ids[1])) return true;
    const about = (actor: Actor, id: number): CompiledPolicies => {
      const speaks = new Set(
        statementsOf(actor.compiled)
          .filter((s) => s.actions.has(id))
          .map((s) => s.source),
      );
      return compile(
        aboutResources(actor.policies, (s) => speaks.has(s), then),
        this.catalogue,
      );
    };
    this.asked++;
    return overlap(about(a, ids[0]), about(b, ids[1]), this.catalogue).verdict !== 'disjoint';
  }

  /** Values of the key that Allows of the action name, whatever the operator: what is worth trying. */
  valuesOf(actor: Actor, action: string, key: string): readonly Text[] {
    const id = this.idOf(action);
    const allowing = actor.compiled.layers.flatMap((l) => l.allow).filter((s) => id !== undefined && s.actions.has(id));
    const named = allowing
      .flatMap((s) => s.source.conditions)
      .filter((c) => c.key.toLowerCase() === key.toLowerCase() && c.operator !== 'Null');
    return named.flatMap((c) => c.values);
  }

  /** Selections of resources, one of which selects the resource of every allowed request with the action; undefined: any. */
  selections(actor: Actor, action: string): readonly Selection[] | undefined {
    const id = this.idOf(action);
    const { layers, unbounded, opaque } = actor.compiled;
    if (id === undefined || opaque.length > 0) return undefined;
    // Every layer must allow, so the shortest list of any layer suffices.
    let least: readonly Selection[] | undefined;
    for (const { allow } of layers) {
      const granted = resourcesGranted(allow, id);
      if (granted !== undefined && (least === undefined || breadth(granted) < breadth(least))) least = granted;
    }
    const beside = resourcesGranted(unbounded, id);
    return least === undefined || beside === undefined ? undefined : [...least, ...beside];
  }
}

/** What the statements that speak of the action select; undefined where one selects everything by naming nothing. */
function resourcesGranted(statements: readonly CompiledStatement[], action: number): readonly Selection[] | undefined {
  const found: Selection[] = [];
  for (const { actions, source } of statements) {
    if (!actions.has(action)) continue;
    if (source.resource === undefined) return undefined;
    found.push(source.resource);
  }
  return found;
}

type Ask = (except?: PolicyDocument) => OverlapVerdict;

function permitOf(actor: Actor, policies: Policies, action: string, ask: Ask): Permit | undefined {
  const verdict = ask();
  const beside = (except: PolicyDocument): boolean => ask(except).verdict !== 'disjoint';
  switch (verdict.verdict) {
    case 'disjoint':
      return undefined;
    case 'overlap':
      return { actor, policies, action, beside, witness: () => verdict.witness };
    case 'undecided':
      return { actor, policies, action, beside, undecided: verdict.reason, witness: () => undefined };
  }
}

/** A permit that is certain, and looked at only when it is shown. */
function lazily(actor: Actor, action: string, ask: Ask): Permit {
  let witness: OverlapWitness | undefined;
  return {
    actor,
    policies: actor.policies,
    action,
    beside: (except) => ask(except).verdict !== 'disjoint',
    witness: () => {
      if (witness === undefined) {
        const verdict = ask();
        if (verdict.verdict === 'overlap') witness = verdict.witness;
      }
      return witness;
    },
  };
}

function statementsOf(c: CompiledPolicies): readonly CompiledStatement[] {
  return [...c.layers.flatMap((l) => l.allow), ...c.unbounded, ...c.deny];
}

/** A measure of how much a list of selections lets through: patterns that begin with a wildcard count most. */
function breadth(selections: readonly Selection[]): number {
  return selections.reduce((n, s) => n + (s.not || s.patterns.some(beginsWithStar) ? 1000 : s.patterns.length), 0);
}

function beginsWithStar({ parts: [first] }: Text): boolean {
  return typeof first === 'string' && first.startsWith('*');
}
