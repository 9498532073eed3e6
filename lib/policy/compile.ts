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
  const resources = resourceSetOf(source);
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
  const blanketDeny = unionOf(deny.filter((s) => s.blanket));
  const may = (filter: (s: CompiledStatement) => boolean): ActionSet => {
    const grants = (name: Layer['name']): boolean => name !== 'boundary' && name !== 'session';
    const meet = (sets: readonly ActionSet[]): ActionSet => sets.reduce((a, b) => a.intersection(b));
    const bounded = meet(layers.map((l) => unionOf(l.allow.filter(filter))));
    if (unbounded.length === 0) return bounded;
    const rest = layers
      .filter((l) => grants(l.name) && l.name !== 'identity')
      .map((l) => unionOf(l.allow.filter(filter)));
    return bounded.union(meet([unionOf(unbounded.filter(filter)), ...rest]));
  };
  return {
    catalogue,
    source: policies,
    layers,
    unbounded,
    deny,
    mayAllow: may(() => true).without(blanketDeny),
    mustAllow: opaque.length > 0 ? ActionSet.empty() : may((s) => s.blanket).without(unionOf(deny)),
    opaque,
    holes: new Map(
      [...layers.flatMap((l) => l.allow), ...unbounded, ...deny].flatMap((s) => s.holes).map((h) => [h.hole, h]),
    ),
  };
}

/** The known actions that some of the statements select. */
export function unionOf(statements: readonly CompiledStatement[]): ActionSet {
  return ActionSet.unionOf(statements.map((s) => s.actions));
}

export function isCompiled(policies: Policies | CompiledPolicies): policies is CompiledPolicies {
  return 'layers' in policies;
}
