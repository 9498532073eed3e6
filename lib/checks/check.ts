/**
 * What a check is: a pure function from the model to findings. The context holds facts about AWS
 * and memo tables, so that a question is put to the engine once.
 */
import type { Model, Principal } from '../model/model';
import { ActionIndex, type ActionSet, type FutureActions, type Selected } from '../policy/action-set';
import type { Catalogue } from '../policy/catalogue';
import { type CompiledPolicies, compile } from '../policy/compile';
import type { Policies, PolicyDocument, Selection } from '../policy/document';
import { overlap, type QuestionOptions } from '../policy/overlap';
import { subset } from '../policy/subset';
import type { OverlapVerdict, SubsetVerdict } from '../policy/verdict';
import { type Reach, reachOf } from '../reach/reach';
import type { Actions } from './beginnings';
import { actionsBeyond, type Beyond } from './excepted';
import type { CheckId, Finding } from './finding';
import { StatementIndex } from './may-meet';

export interface Check {
  /** Stable and literal. */
  readonly id: CheckId;
  /** The state in which there is no finding. */
  readonly compliant: string;
  run(model: Model, context: CheckContext): Finding[];
}

export class CheckContext {
  private readonly compiled = new WeakMap<Policies, CompiledPolicies>();
  private readonly relevant = new WeakMap<
    PolicyDocument,
    { readonly index: StatementIndex; readonly documents: WeakMap<Policies, PolicyDocument> }
  >();
  private readonly selected = new Map<Selected, SelectedActions>();
  private readonly alone = new WeakMap<PolicyDocument, Policies>();
  private readonly boundaryOverlaps = new WeakMap<PolicyDocument, WeakMap<PolicyDocument, OverlapVerdict>>();

  private readonly beyonds = new WeakMap<PolicyDocument, WeakMap<CompiledPolicies, Beyond>>();
  private readonly results = new WeakMap<Model, Map<string, unknown>>();

  constructor(private readonly catalogue: Catalogue) {}

  /** Who can become whom in the model. */
  public reach(model: Model): Reach {
    return this.once(model, 'reach', () =>
      reachOf(model, this.catalogue, { compile: (policies) => this.compile(policies) }),
    );
  }

  /** What several checks need, computed for the first of them. */
  public once<T>(model: Model, what: string, compute: () => T): T {
    const results = this.results.get(model) ?? new Map<string, unknown>();
    this.results.set(model, results);
    if (!results.has(what)) results.set(what, compute());
    return results.get(what) as T;
  }

  public overlap(a: Policies, b: Policies, options: QuestionOptions = {}): OverlapVerdict {
    if (options.except !== undefined && this.shareOnly(options.except, this.compile(a), this.compile(b)))
      return { verdict: 'disjoint' };
    const except = options.except && this.exceptions(options.except, a);
    return overlap(this.compile(a), this.compile(b), this.catalogue, { ...options, ...(except && { except }) });
  }

  /**
   * True only if every request that the two share is an excepted one, as far as what is written tells: each action is allowed
   * to one of them by nothing but statements that are excepted, or not at all.
   */
  private shareOnly(except: PolicyDocument, a: CompiledPolicies, b: CompiledPolicies): boolean {
    if (a.opaque.length > 0 || b.opaque.length > 0) return false;
    const [mine, others] = [this.beyond(except, a), this.beyond(except, b)];
    return !mine.known.meets(others.known) && !(mine.later && others.later);
  }

  private beyond(except: PolicyDocument, policies: CompiledPolicies): Beyond {
    const known = this.beyonds.get(except) ?? new WeakMap<CompiledPolicies, Beyond>();
    this.beyonds.set(except, known);
    const found = known.get(policies) ?? actionsBeyond(except, policies, ActionIndex.of(this.catalogue));
    known.set(policies, found);
    return found;
  }

  /** Of many excepted statements, one or more for each domain, those that can match what these policies allow. */
  private exceptions(except: PolicyDocument, policies: Policies): PolicyDocument {
    const known = this.relevant.get(except) ?? {
      index: new StatementIndex(except.statements, ({ action }) => this.actions(action)),
      documents: new WeakMap<Policies, PolicyDocument>(),
    };
    this.relevant.set(except, known);
    const found = known.documents.get(policies);
    if (found !== undefined) return found;
    const { identityPolicies, resourceGrants = [], unboundedGrants = [] } = policies;
    const granting = [...identityPolicies, ...resourceGrants, ...unboundedGrants].flatMap(
      ({ statements }) => statements,
    );
    const document = { ...except, statements: known.index.meeting(granting.filter((s) => s.effect === 'Allow')) };
    known.documents.set(policies, document);
    return document;
  }

  public subset(a: Policies, b: Policies, options?: QuestionOptions): SubsetVerdict {
    return subset(this.compile(a), this.compile(b), this.catalogue, options);
  }

  /**
   * Do the boundaries of two principals overlap, but for the common requests of the model? `undefined`
   * when one of them has no boundary that bounds all that it may do.
   */
  public boundaryOverlap(a: Principal, b: Principal, { common }: Model): OverlapVerdict | undefined {
    const boundaries = [a, b].map(({ policies }) =>
      (policies.unboundedGrants ?? []).length > 0 ? undefined : policies.permissionsBoundary,
    );
    const [boundaryA, boundaryB] = boundaries;
    if (boundaryA === undefined || boundaryB === undefined) return undefined;
    const known = this.boundaryOverlaps.get(boundaryA)?.get(boundaryB);
    if (known !== undefined) return known;
    const verdict = this.overlap(this.only(boundaryA), this.only(boundaryB), { except: common });
    const row = this.boundaryOverlaps.get(boundaryA) ?? new WeakMap<PolicyDocument, OverlapVerdict>();
    this.boundaryOverlaps.set(boundaryA, row.set(boundaryB, verdict));
    return verdict;
  }

  /** The actions that a selection selects, those that AWS adds later among them. */
  public actions(selection: Selection): SelectedActions {
    // One for all selections that are written the same.
    const selected = ActionIndex.of(this.catalogue).selected(selection);
    let actions = this.selected.get(selected);
    if (actions === undefined) {
      actions = new SelectedActions(selected);
      this.selected.set(selected, actions);
    }
    return actions;
  }

  /** One document as all the policies there are. */
  public only(document: PolicyDocument): Policies {
    const known = this.alone.get(document);
    if (known !== undefined) return known;
    const policies: Policies = { identityPolicies: [document] };
    this.alone.set(document, policies);
    return policies;
  }

  private compile(policies: Policies): CompiledPolicies {
    const known = this.compiled.get(policies);
    if (known !== undefined) return known;
    const compiled = compile(policies, this.catalogue);
    this.compiled.set(policies, compiled);
    return compiled;
  }
}

export class SelectedActions implements Actions {
  private readonly answers = new Map<Actions, boolean>();

  readonly known: ActionSet;
  private readonly future: FutureActions | undefined;

  constructor({ known, future }: Selected) {
    this.known = known;
    this.future = future;
  }

  /** False only if no action is in both. */
  public meets(other: Actions): boolean {
    let answer = this.answers.get(other);
    if (answer === undefined) {
      answer =
        other instanceof SelectedActions ? this.known.meets(other.known) || this.futureMeets(other) : other.meets(this);
      this.answers.set(other, answer);
    }
    return answer;
  }

  /** False only if no action that AWS adds later is in both. */
  public futureMeets({ future }: SelectedActions): boolean {
    if (this.future === undefined || future === undefined) return false;
    const [mine, others] = [this.future.services, future.services];
    return mine === undefined || others === undefined || [...mine].some((service) => others.has(service));
  }
}
