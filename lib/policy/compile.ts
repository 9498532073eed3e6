/**
 * Policies prepared for deciding: each statement with its action set, its resource language in both
 * modes and its conditions; statements in layers.
 *
 * A request is allowed iff every layer has an Allow statement that matches and no Deny statement
 * of any layer matches. Layers: identity policies (with grants by resource policies), boundary,
 * session policies, service control policies. Source:
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
 */
import { ActionIndex, ActionSet, type FutureActions } from './action-set';
import type { Catalogue } from './catalogue';
import { type Policies, type PolicyDocument, type Statement, textsOf } from './document';
import { type ResourceSet, resourceSetOf } from './resource-set';
import type { Hole } from './text';

export interface CompiledStatement {
  readonly source: Statement;
  readonly actions: ActionSet;
  readonly future: FutureActions | undefined;
  readonly resources: ResourceSet;
  /** No condition, and every resource. */
  readonly blanket: boolean;
  /** Unique in the process, for keys of memo tables. */
  readonly id: number;
}

/** Statements of which one must allow a request. */
export interface Layer {
  readonly name: 'identity' | 'boundary' | 'session' | 'scp';
  readonly allow: readonly CompiledStatement[];
}

export interface CompiledPolicies {
  readonly catalogue: Catalogue;
  readonly source: Policies;
  readonly layers: readonly Layer[];
  /** Grants that boundary and session layers do not limit. */
  readonly unbounded: readonly CompiledStatement[];
  readonly deny: readonly CompiledStatement[];
  /** Known actions that some request may be allowed for, as far as actions alone tell. */
  readonly mayAllow: ActionSet;
  /** Known actions that are allowed on every resource in every context. */
  readonly mustAllow: ActionSet;
  /** False only if no action that AWS adds later is allowed, as far as actions alone tell. */
  readonly mayAllowLater: boolean;
  /** Statements that cannot be read exactly. */
  readonly opaque: readonly Statement[];
  /** Every hole that stands in a statement, by id. */
  readonly holes: ReadonlyMap<string, Hole>;
}

let nextId = 0;
const compiledStatements = new WeakMap<Statement, { catalogue: Catalogue; compiled: CompiledStatement }>();

export function compileStatement(source: Statement, catalogue: Catalogue): CompiledStatement {
  const before = compiledStatements.get(source);
  if (before !== undefined && before.catalogue === catalogue) return before.compiled;
  const { known: actions, future } = ActionIndex.of(catalogue).selected(source.action);
  const resources = resourceSetOf(source);
  const compiled: CompiledStatement = {
    source,
    actions,
    future,
    resources,
    blanket: isBlanket(source),
    id: nextId++,
  };
  compiledStatements.set(source, { catalogue, compiled });
  return compiled;
}

function isBlanket(statement: Statement): boolean {
  if (statement.conditions.length > 0) return false;
  const { universal, not } = resourceSetOf(statement);
  return universal && !not;
}

const united = new Map<string, CompiledStatement>();
const UNITED_KEPT = 2_000;

/** One statement for several that have no condition and select resources plainly; only its resources mean anything. */
export function uniteResources(statements: readonly CompiledStatement[]): CompiledStatement {
  const key = statements.map((s) => s.id).join();
  const known = united.get(key);
  if (known !== undefined) return known;
  const [first] = statements as [CompiledStatement];
  const patterns = statements.flatMap((s) => s.source.resource?.patterns ?? []);
  // Version 2008 reads `${` as text: the patterns of these statements have no variables either way.
  const source: Statement = { ...first.source, version: '2008-10-17', resource: { not: false, patterns } };
  const resources = resourceSetOf(source);
  const compiled: CompiledStatement = { ...first, source, resources, blanket: resources.universal, id: nextId++ };
  if (united.size >= UNITED_KEPT) united.clear();
  united.set(key, compiled);
  return compiled;
}

export function compile(policies: Policies, catalogue: Catalogue): CompiledPolicies {
  return new Compiled(policies, catalogue);
}

/**
 * A document: which actions it speaks of, and its statements when somebody asks for them, since what most principals may do
 * at all answers most questions. Principals share documents, their boundaries above all.
 */
class CompiledDocument {
  readonly opaque: readonly Statement[];
  /** The known actions of the Allows. */
  readonly allowed: ActionSet;
  /** Those that a Deny denies on every resource in every context. */
  readonly denied: ActionSet;
  private readEverywhere: ActionSet | undefined;
  private readHampered: ActionSet | undefined;
  private readAllow: readonly CompiledStatement[] | undefined;
  private readDeny: readonly CompiledStatement[] | undefined;

  constructor(
    private readonly document: PolicyDocument,
    readonly catalogue: Catalogue,
  ) {
    this.opaque = document.statements.filter((s) => s.opaque !== undefined);
    this.allowed = this.actionsOf('Allow', () => true);
    this.denied = this.actionsOf('Deny', isBlanket);
  }

  /** The known actions that an Allow allows on every resource in every context. */
  get everywhere(): ActionSet {
    this.readEverywhere ??= this.actionsOf('Allow', isBlanket);
    return this.readEverywhere;
  }

  /** The known actions of the Denies. */
  get hampered(): ActionSet {
    this.readHampered ??= this.actionsOf('Deny', () => true);
    return this.readHampered;
  }

  /** True iff an Allow selects actions that AWS adds later. */
  get later(): boolean {
    const index = ActionIndex.of(this.catalogue);
    return this.document.statements.some(
      (s) => s.effect === 'Allow' && s.opaque === undefined && index.selected(s.action).future !== undefined,
    );
  }

  private actionsOf(effect: Statement['effect'], counts: (s: Statement) => boolean): ActionSet {
    const index = ActionIndex.of(this.catalogue);
    const sets: ActionSet[] = [];
    for (const s of this.document.statements)
      if (s.effect === effect && s.opaque === undefined && counts(s)) sets.push(index.select(s.action));
    return ActionSet.unionOf(sets);
  }

  get allow(): readonly CompiledStatement[] {
    this.readAllow ??= this.statements('Allow');
    return this.readAllow;
  }

  get deny(): readonly CompiledStatement[] {
    this.readDeny ??= this.statements('Deny');
    return this.readDeny;
  }

  private statements(effect: Statement['effect']): readonly CompiledStatement[] {
    const compiled: CompiledStatement[] = [];
    for (const s of this.document.statements)
      if (s.effect === effect && s.opaque === undefined) compiled.push(compileStatement(s, this.catalogue));
    return compiled;
  }
}

const compiledDocuments = new WeakMap<PolicyDocument, CompiledDocument>();

function compileDocument(document: PolicyDocument, catalogue: Catalogue): CompiledDocument {
  let compiled = compiledDocuments.get(document);
  if (compiled === undefined || compiled.catalogue !== catalogue) {
    compiled = new CompiledDocument(document, catalogue);
    compiledDocuments.set(document, compiled);
  }
  return compiled;
}

/** Documents of which one must allow a request. */
interface Given {
  readonly name: Layer['name'];
  readonly documents: readonly CompiledDocument[];
}

/** What only some questions need is found when it is asked for. */
class Compiled implements CompiledPolicies {
  readonly opaque: readonly Statement[];
  readonly mayAllow: ActionSet;
  /** Of grants that boundary and session layers do not limit. */
  private readonly beside: readonly CompiledDocument[];
  private readonly given: readonly Given[];
  private readonly all: readonly CompiledDocument[];
  private foundLayers: readonly Layer[] | undefined;
  private foundUnbounded: readonly CompiledStatement[] | undefined;
  private foundDeny: readonly CompiledStatement[] | undefined;
  private foundMustAllow: ActionSet | undefined;
  private foundHoles: ReadonlyMap<string, Hole> | undefined;

  constructor(
    readonly source: Policies,
    readonly catalogue: Catalogue,
  ) {
    const all: CompiledDocument[] = [];
    const read = (documents: readonly PolicyDocument[]): readonly CompiledDocument[] => {
      const compiled = documents.map((d) => compileDocument(d, catalogue));
      // One document may stand in several layers; what it denies, it denies once.
      for (const one of compiled) if (!all.includes(one)) all.push(one);
      return compiled;
    };
    const given: Given[] = [];
    this.beside = read(source.unboundedGrants ?? []);
    for (const [name, documents] of layersOf(source)) given.push({ name, documents: read(documents) });
    this.given = given;
    this.all = all;
    this.opaque = joined(all.map((d) => d.opaque));
    this.mayAllow = this.throughLayers((d) => d.allowed).without(ActionSet.unionOf(all.map((d) => d.denied)));
  }

  get mayAllowLater(): boolean {
    const may = ({ documents }: Pick<Given, 'documents'>): boolean => documents.some((d) => d.later);
    if (this.given.every(may)) return true;
    return may({ documents: this.beside }) && this.given.every((g) => g.name !== 'scp' || may(g));
  }

  get layers(): readonly Layer[] {
    this.foundLayers ??= this.given.map(({ name, documents }) => ({
      name,
      allow: joined(documents.map((d) => d.allow)),
    }));
    return this.foundLayers;
  }

  get unbounded(): readonly CompiledStatement[] {
    this.foundUnbounded ??= joined(this.beside.map((d) => d.allow));
    return this.foundUnbounded;
  }

  get deny(): readonly CompiledStatement[] {
    this.foundDeny ??= joined(this.all.map((d) => d.deny));
    return this.foundDeny;
  }

  get mustAllow(): ActionSet {
    this.foundMustAllow ??=
      this.opaque.length > 0
        ? ActionSet.empty()
        : this.throughLayers((d) => d.everywhere).without(ActionSet.unionOf(this.all.map((d) => d.hampered)));
    return this.foundMustAllow;
  }

  get holes(): ReadonlyMap<string, Hole> {
    this.foundHoles ??= holesOf([...this.layers.flatMap((l) => l.allow), ...this.unbounded, ...this.deny]);
    return this.foundHoles;
  }

  /** The actions that every layer allows; or that a grant does which neither boundary nor session limits. */
  private throughLayers(allowed: (document: CompiledDocument) => ActionSet): ActionSet {
    const of = (documents: readonly CompiledDocument[]): ActionSet => ActionSet.unionOf(documents.map(allowed));
    const bounded = meetOf(this.given.map((g) => of(g.documents)));
    if (this.beside.length === 0) return bounded;
    const controls = this.given.filter((g) => g.name === 'scp').map((g) => of(g.documents));
    return bounded.union(meetOf([of(this.beside), ...controls]));
  }
}

/**
 * The documents of which each layer needs one that allows a request; grants that boundary and session do not limit are not
 * among them. No session or control policies at all is no limit, as in `evaluate`.
 */
export function layersOf(policies: Policies): readonly (readonly [Layer['name'], readonly PolicyDocument[]])[] {
  const { identityPolicies, resourceGrants, permissionsBoundary, sessionPolicies, serviceControlPolicies } = policies;
  const identity = resourceGrants === undefined ? identityPolicies : [...identityPolicies, ...resourceGrants];
  const layers: (readonly [Layer['name'], readonly PolicyDocument[]])[] = [['identity', identity]];
  // A policy that bounds itself bounds nothing: the remit of a duty is attached to its role, and is the role's boundary.
  if (permissionsBoundary !== undefined && (identity.length === 0 || identity.some((d) => d !== permissionsBoundary)))
    layers.push(['boundary', [permissionsBoundary]]);
  if (sessionPolicies !== undefined && sessionPolicies.length > 0) layers.push(['session', sessionPolicies]);
  if (serviceControlPolicies !== undefined && serviceControlPolicies.length > 0)
    layers.push(['scp', serviceControlPolicies]);
  return layers;
}

/** Of one list, that list. */
function joined<T>(lists: readonly (readonly T[])[]): readonly T[] {
  const [only] = lists;
  return lists.length === 1 && only !== undefined ? only : lists.flat();
}

function meetOf(sets: readonly ActionSet[]): ActionSet {
  return sets.reduce((a, b) => a.intersection(b));
}

function holesOf(statements: readonly CompiledStatement[]): ReadonlyMap<string, Hole> {
  const holes = new Map<string, Hole>();
  for (const { source } of statements) {
    for (const { parts } of textsOf(source)) {
      for (const part of parts) if (typeof part !== 'string') holes.set(part.hole, part);
    }
  }
  return holes;
}

/** The known actions that some of the statements select. */
export function unionOf(statements: readonly CompiledStatement[]): ActionSet {
  return ActionSet.unionOf(statements.map((s) => s.actions));
}

export function isCompiled(policies: Policies | CompiledPolicies): policies is CompiledPolicies {
  return 'layers' in policies;
}
