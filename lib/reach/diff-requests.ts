/**
 * Which requests one set of policies allows and another does not, statement by statement and action by action, so
 * that the answer names what was written and not merely one example.
 *
 * A request is allowed by an Allow statement within the limits (boundary, session, control policies, Denies). So
 * the policies with one Allow alone, and of that one action pattern alone, are asked each: `subset` of the earlier
 * policies or not. Together they are the whole, because a request that some Allow grants is granted by that Allow alone.
 *
 * What cannot be read (an opaque statement) and stands on both sides alike is left out of both. That hides nothing: what an
 * Allow of both grants is granted before too; and a Deny of both that is left out of the later policies makes these
 * wider, while before it could only have refused what it refuses now.
 */
import type { AwsCatalogue } from '../catalog/catalogue';
import { textKey } from '../model/text-key';
import { compile } from '../policy/compile';
import type { Policies, PolicyDocument, Selection, Statement } from '../policy/document';
import { evaluate } from '../policy/evaluate';
import { explain } from '../policy/explain';
import { subset } from '../policy/subset';
import { substitutePolicies } from '../policy/substitute';
import { show } from '../policy/text';
import type { SubsetVerdict, SubsetWitness } from '../policy/verdict';
import { type Danger, dangerOf } from './diff-danger';

/** New requests that one statement allows. */
export interface NewRequests {
  readonly kind: 'requests';
  readonly danger: Danger;
  readonly statement: Statement;
  /** Action patterns as written; `all but` of NotAction is one entry. */
  readonly actions: readonly string[];
  /** Resource patterns as written. */
  readonly resources: readonly string[];
  /** A request that is allowed now and was not before, replayed on both sides. */
  readonly witness: SubsetWitness;
  /** Why it was not allowed before. */
  readonly before: string;
  /** Who grants it now, in sentences. */
  readonly explanation: readonly string[];
}

/** Whether a statement allows something new cannot be decided. */
export interface Doubtful {
  readonly kind: 'undecided';
  readonly danger: Danger;
  readonly subject: string;
  readonly reason: string;
}

/** Work for one question, in the units of the engine's budget: a fifth of what a verdict about an app gets. */
const BUDGET = 300_000;

export class Comparison {
  constructor(
    private readonly now: Policies,
    private readonly before: Policies,
    private readonly catalogue: AwsCatalogue,
    private readonly name: string,
  ) {}

  /** Nothing at all has changed, whatever the order and the documents. */
  get isSame(): boolean {
    return keyOf(this.now) === keyOf(this.before);
  }

  /** @param elsewhere policies of others as whom the principal could act before: what these allowed is not new */
  *newRequests(elsewhere: readonly Policies[] = []): Iterable<NewRequests | Doubtful> {
    if (this.isSame) return;
    const [now, before] = withoutSharedDoubt(this.now, this.before);
    const sameLimits = limitsKey(now) === limitsKey(before);
    const had = new Set(allowsOf(before).map(grantKey));
    const earlier = compile(before, this.catalogue);
    const others = elsewhere.map((policies) => compile(policies, this.catalogue));
    const seen = new Set<string>();
    for (const grant of allowsOf(now)) {
      const { statement, place } = grant;
      const key = grantKey(grant);
      if (seen.has(key) || (sameLimits && had.has(key))) continue;
      seen.add(key);
      const found: { readonly pattern: Selection; readonly witness: SubsetWitness }[] = [];
      const doubts: string[] = [];
      for (const pattern of actionsOf(statement)) {
        const alone = compile(only(now, { ...statement, action: pattern }, place), this.catalogue);
        let verdict: SubsetVerdict = subset(alone, earlier, this.catalogue, { budget: BUDGET });
        if (verdict.verdict === 'subset') continue;
        if (others.some((o) => subset(alone, o, this.catalogue, { budget: BUDGET }).verdict === 'subset')) continue;
        if (statement.opaque !== undefined) verdict = { verdict: 'undecided', reason: statement.opaque };
        if (verdict.verdict === 'undecided') doubts.push(verdict.reason);
        else found.push({ pattern, witness: verdict.witness });
      }
      const danger = dangerOf(
        joined(found.length > 0 ? found.map((f) => f.pattern) : [statement.action]),
        this.catalogue,
      );
      const [first] = found;
      if (first !== undefined) yield this.requestsOf(statement, found, first.witness, danger);
      for (const reason of new Set(doubts)) yield { kind: 'undecided', danger, subject: this.name, reason };
    }
  }

  private requestsOf(
    statement: Statement,
    found: readonly { readonly pattern: Selection }[],
    witness: SubsetWitness,
    danger: Danger,
  ): NewRequests {
    const { action, resource, context, holes = {} } = witness;
    const request = { action, resource, context };
    const filled = (policies: Policies): Policies => substitutePolicies(policies, new Map(Object.entries(holes)));
    return {
      kind: 'requests',
      danger,
      statement,
      actions: found.flatMap(({ pattern }) => written(pattern, 'every action')),
      resources: statement.resource === undefined ? [] : written(statement.resource, 'every resource'),
      witness,
      before: evaluate({ policies: filled(this.before), request }).reason,
      explanation: explain(filled(this.now), request, `\`${this.name}\``),
    };
  }
}

function written({ not, patterns }: Selection, all: string): readonly string[] {
  const shown = patterns.map(show);
  return not ? [`${all} but ${shown.join(', ')}`] : shown;
}

function joined(selections: readonly Selection[]): Selection {
  const [first] = selections;
  if (first?.not) return first;
  return { not: false, patterns: selections.flatMap((s) => s.patterns) };
}

/** One selection for each pattern; what NotAction leaves is one. */
function actionsOf({ action }: Statement): readonly Selection[] {
  return action.not ? [action] : action.patterns.map((pattern) => ({ not: false, patterns: [pattern] }));
}

type Place = 'identityPolicies' | 'resourceGrants' | 'unboundedGrants';
const PLACES: readonly Place[] = ['identityPolicies', 'resourceGrants', 'unboundedGrants'];

interface Grant {
  readonly statement: Statement;
  readonly place: Place;
}

/** What a resource's policy grants within the boundary counts like the principal's own. */
function grantKey({ statement, place }: Grant): string {
  return `${place === 'unboundedGrants' ? 'unbounded' : ''} ${statementKey(statement)}`;
}

function allowsOf(policies: Policies): readonly Grant[] {
  return PLACES.flatMap((place) =>
    (policies[place] ?? []).flatMap(({ statements }) =>
      statements
        .filter((s) => s.effect === 'Allow' || s.opaque !== undefined)
        .map((statement) => ({ statement, place })),
    ),
  );
}

/** The policies with one Allow only; every Deny and every limit stays. */
function only(policies: Policies, allow: Statement, place: Place): Policies {
  const alone: PolicyDocument = { version: allow.version, origin: allow.origin, statements: [allow] };
  const rest = (documents: readonly PolicyDocument[] | undefined): readonly PolicyDocument[] =>
    (documents ?? [])
      .map((d) => ({ ...d, statements: d.statements.filter((s) => s.effect === 'Deny' && s.opaque === undefined) }))
      .filter((d) => d.statements.length > 0);
  const { resourceGrants: _, unboundedGrants: __, ...limits } = policies;
  const denies = PLACES.flatMap((p) => rest(policies[p]));
  return place === 'identityPolicies'
    ? { ...limits, identityPolicies: [alone, ...denies] }
    : { ...limits, identityPolicies: denies, [place]: [alone] };
}

/** Both without the opaque statements that both have. */
function withoutSharedDoubt(now: Policies, before: Policies): readonly [Policies, Policies] {
  const opaque = (p: Policies): readonly Statement[] =>
    documentsOf(p).flatMap((d) => d.statements.filter((s) => s.opaque !== undefined));
  const [left, right] = [now, before].map((p) => new Set(opaque(p).map(statementKey)));
  const shared = new Set([...left!].filter((key) => right!.has(key)));
  if (shared.size === 0) return [now, before];
  const strip = (d: PolicyDocument): PolicyDocument => ({
    ...d,
    statements: d.statements.filter((s) => s.opaque === undefined || !shared.has(statementKey(s))),
  });
  return [mapDocuments(now, strip), mapDocuments(before, strip)];
}

function mapDocuments(policies: Policies, map: (d: PolicyDocument) => PolicyDocument): Policies {
  const {
    identityPolicies,
    permissionsBoundary,
    sessionPolicies,
    serviceControlPolicies,
    resourceGrants,
    unboundedGrants,
  } = policies;
  return {
    identityPolicies: identityPolicies.map(map),
    ...(permissionsBoundary && { permissionsBoundary: map(permissionsBoundary) }),
    ...(sessionPolicies && { sessionPolicies: sessionPolicies.map(map) }),
    ...(serviceControlPolicies && { serviceControlPolicies: serviceControlPolicies.map(map) }),
    ...(resourceGrants && { resourceGrants: resourceGrants.map(map) }),
    ...(unboundedGrants && { unboundedGrants: unboundedGrants.map(map) }),
  };
}

function documentsOf(p: Policies): readonly PolicyDocument[] {
  return [
    ...p.identityPolicies,
    ...(p.resourceGrants ?? []),
    ...(p.unboundedGrants ?? []),
    ...(p.permissionsBoundary === undefined ? [] : [p.permissionsBoundary]),
    ...(p.sessionPolicies ?? []),
    ...(p.serviceControlPolicies ?? []),
  ];
}

/** Two statements with one key say the same, wherever they stand and however they are called. */
export function statementKey(s: Statement): string {
  const selection = (one: Selection | undefined): unknown =>
    one === undefined ? null : [one.not, ...one.patterns.map(textKey).sort()];
  return JSON.stringify([
    s.effect,
    s.version,
    s.opaque ?? null,
    selection(s.action),
    selection(s.resource),
    s.principal === undefined
      ? null
      : [s.principal.not, ...s.principal.entries.map((e) => `${e.type} ${textKey(e.value)}`).sort()],
    s.conditions
      .map((c) => JSON.stringify([c.operator, c.quantifier ?? '', c.ifExists, c.key, ...c.values.map(textKey).sort()]))
      .sort(),
  ]);
}

function statementsKey(documents: readonly PolicyDocument[] | undefined, effect?: Statement['effect']): string {
  if (documents === undefined) return '-';
  const statements = documents.flatMap((d) => d.statements).filter((s) => effect === undefined || s.effect === effect);
  return [...new Set(statements.map(statementKey))].sort().join('\n');
}

/** All but what is allowed: Denies, boundary, session and control policies. */
function limitsKey(p: Policies): string {
  return [
    statementsKey([...p.identityPolicies, ...(p.resourceGrants ?? []), ...(p.unboundedGrants ?? [])], 'Deny'),
    statementsKey(p.permissionsBoundary && [p.permissionsBoundary]),
    statementsKey(p.sessionPolicies),
    statementsKey(p.serviceControlPolicies),
  ].join('\n\n');
}

function keyOf(p: Policies): string {
  return [
    statementsKey(p.identityPolicies),
    statementsKey(p.resourceGrants),
    statementsKey(p.unboundedGrants),
    limitsKey(p),
  ].join('\n\n\n');
}
