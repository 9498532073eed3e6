/**
 * Policies prepared for deciding: each statement with its action set, its resource language in both
 * modes and its conditions; statements in layers.
 *
 * A request is allowed iff every layer has an Allow statement that matches and no Deny statement
 * of any layer matches. Layers: identity policies (with grants by resource policies), boundary,
 * session policies, service control policies. Source:
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
 */
import { ActionIndex, ActionSet, type FutureActions, futureActions } from './action-set';
import { Automaton } from './automaton';
import type { Catalogue } from './catalogue';
import { isUnknown } from './condition-value';
import { type Policies, type PolicyDocument, type Selection, type Statement, textsOf } from './document';
import { compileGlob, isUniversal } from './glob';
import type { Hole, Text } from './text';
import { type Glob, sameGlob } from './token';

/** A resource selection as languages; an absent selection is every resource. */
export interface ResourceSet {
  readonly not: boolean;
  /** True when the patterns match every string (`*`), so that with `not` nothing is selected. */
  readonly universal: boolean;
  readonly may: Automaton;
  /** `may` without the strings that a wildcard of region or account matches beyond its component (see `format.ts`). */
  readonly aligned: () => Automaton;
  readonly must: Automaton;
  /** The selection, when it holds unknown parts and can be compared as written (see `variables.ts`). */
  readonly asWritten: Selection | undefined;
}

export interface CompiledStatement {
  readonly source: Statement;
  readonly actions: ActionSet;
  readonly future: FutureActions | undefined;
  readonly resources: ResourceSet;
  /** No condition, and every resource. */
  readonly blanket: boolean;
  readonly holes: readonly Hole[];
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
  /** Statements that cannot be read exactly. */
  readonly opaque: readonly Statement[];
  /** Every hole that stands in a statement, by id. */
  readonly holes: ReadonlyMap<string, Hole>;
}

let nextId = 0;
const compiledStatements = new WeakMap<Statement, { catalogue: Catalogue; compiled: CompiledStatement }>();

export function compileStatement(source: Statement, catalogue: Catalogue): CompiledStatement {
  const known = compiledStatements.get(source);
  if (known !== undefined && known.catalogue === catalogue) return known.compiled;
  const index = ActionIndex.of(catalogue);
  const resources = compileResources(source);
  const compiled: CompiledStatement = {
    source,
    actions: index.select(source.action),
    future: futureActions(source.action, index),
    resources,
    blanket: source.conditions.length === 0 && resources.universal && !resources.not,
    holes: textsOf(source).flatMap((t) => t.parts.filter((p) => typeof p !== 'string')),
    id: nextId++,
  };
  compiledStatements.set(source, { catalogue, compiled });
  return compiled;
}

const EVERYTHING = new Automaton([[{ kind: 'star', of: 'any' }]], 'may');

function compileResources({ resource, version }: Statement): ResourceSet {
  if (resource === undefined)
    return {
      not: false,
      universal: true,
      may: EVERYTHING,
      aligned: () => EVERYTHING,
      must: EVERYTHING,
      asWritten: undefined,
    };
  const variables = version === '2012-10-17';
  const globs = (mode: 'may' | 'must', wildcards: 'glob' | 'aligned' = 'glob', patterns = resource.patterns) =>
    patterns.map((p) => compileGlob(p, { mode, wildcards, variables }));
  const unknown = resource.patterns.some((p) => isUnknown(p, variables));
  // Of most statements nobody asks more than which actions they select, so their languages are read when they are.
  const readMay = once(() => globs('may'));
  const may = once(() => new Automaton(readMay(), 'may'));
  const must = once(() => (unknown ? new Automaton(globs('must'), 'must') : may()));
  const aligned = once(() => {
    const read = globs('may', 'aligned');
    return read.every((glob, i) => sameGlob(glob, readMay()[i] as Glob)) ? may() : new Automaton(read, 'may');
  });
  return {
    not: resource.not,
    universal: globs('must', 'glob', resource.patterns.filter(beginsWithStar)).some(isUniversal),
    get may() {
      return may();
    },
    aligned,
    get must() {
      return must();
    },
    // In version 2008 `${` is text, which the comparison would take for a variable.
    asWritten: unknown && (variables || !resource.patterns.some(mentionsVariable)) ? resource : undefined,
  };
}

function once<T>(compute: () => T): () => T {
  let result: { readonly value: T } | undefined;
  return () => {
    result ??= { value: compute() };
    return result.value;
  };
}

/** Patterns that do not cannot match every string. */
function beginsWithStar({ parts: [first] }: Text): boolean {
  return typeof first === 'string' && first.startsWith('*');
}

/** True iff a policy variable or an escaped wildcard may stand in the text, by the version. */
export function mentionsVariable(t: Text): boolean {
  return t.parts.some((p) => typeof p === 'string' && p.includes('${'));
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
  const resources = compileResources(source);
  const compiled: CompiledStatement = { ...first, source, resources, blanket: resources.universal, id: nextId++ };
  if (united.size >= UNITED_KEPT) united.clear();
  united.set(key, compiled);
  return compiled;
}

export function compile(policies: Policies, catalogue: Catalogue): CompiledPolicies {
  const opaque: Statement[] = [];
  const statements = (documents: readonly PolicyDocument[]): CompiledStatement[] =>
    documents.flatMap((d) =>
      d.statements.flatMap((s) => {
        if (s.opaque === undefined) return [compileStatement(s, catalogue)];
        opaque.push(s);
        return [];
      }),
    );
  const given: [Layer['name'], readonly PolicyDocument[] | undefined][] = [
    ['identity', [...policies.identityPolicies, ...(policies.resourceGrants ?? [])]],
    ['boundary', policies.permissionsBoundary === undefined ? undefined : [policies.permissionsBoundary]],
    ['session', policies.sessionPolicies],
    ['scp', policies.serviceControlPolicies],
  ];
  const layers: Layer[] = [];
  const unboundedStatements = statements(policies.unboundedGrants ?? []);
  const deny: CompiledStatement[] = unboundedStatements.filter((s) => s.source.effect === 'Deny');
  for (const [name, documents] of given) {
    // No session or control policies at all is no limit, as in `evaluate`.
    if (documents === undefined || (documents.length === 0 && name !== 'identity')) continue;
    const all = statements(documents);
    layers.push({ name, allow: all.filter((s) => s.source.effect === 'Allow') });
    deny.push(...all.filter((s) => s.source.effect === 'Deny'));
  }
  const unbounded = unboundedStatements.filter((s) => s.source.effect === 'Allow');
  const blanketDeny = unionOf(
    deny.filter((s) => s.blanket),
    catalogue,
  );
  const anyDeny = unionOf(deny, catalogue);
  const may = (filter: (s: CompiledStatement) => boolean): ActionSet => {
    const grants = (name: Layer['name']): boolean => name !== 'boundary' && name !== 'session';
    const meet = (sets: readonly ActionSet[]): ActionSet => sets.reduce((a, b) => a.intersection(b));
    const bounded = meet(layers.map((l) => unionOf(l.allow.filter(filter), catalogue)));
    if (unbounded.length === 0) return bounded;
    const rest = layers
      .filter((l) => grants(l.name) && l.name !== 'identity')
      .map((l) => unionOf(l.allow.filter(filter), catalogue));
    return bounded.union(meet([unionOf(unbounded.filter(filter), catalogue), ...rest]));
  };
  return {
    catalogue,
    source: policies,
    layers,
    unbounded,
    deny,
    mayAllow: may(() => true).without(blanketDeny),
    mustAllow: opaque.length > 0 ? ActionSet.empty(catalogue.actions.length) : may((s) => s.blanket).without(anyDeny),
    opaque,
    holes: new Map(
      [...layers.flatMap((l) => l.allow), ...unbounded, ...deny].flatMap((s) => s.holes).map((h) => [h.hole, h]),
    ),
  };
}

/** The known actions that some of the statements select. */
export function unionOf(statements: readonly CompiledStatement[], catalogue: Catalogue): ActionSet {
  const words = new Uint32Array(Math.ceil(catalogue.actions.length / 32));
  for (const { actions } of statements) {
    for (let i = actions.from; i < actions.to; i++) words[i] = (words[i] as number) | (actions.words[i] as number);
  }
  return ActionSet.of(words);
}

export function isCompiled(policies: Policies | CompiledPolicies): policies is CompiledPolicies {
  return 'layers' in policies;
}
