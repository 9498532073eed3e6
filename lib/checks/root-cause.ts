/**
 * One root cause is one finding. A statement that gives one role too much makes it overlap with many
 * others; each of these overlaps is real, and all end when the one statement is narrowed. So overlaps
 * are gathered under the statement that grants most of them, again and again until none is left.
 */
import type { Principal } from '../model/model';
import type { Policies, Request, Statement } from '../policy/document';
import { evaluate } from '../policy/evaluate';
import { explain } from '../policy/explain';
import { nameOfStatement } from '../policy/parse';
import { substitutePolicies } from '../policy/substitute';
import type { Hole } from '../policy/text';
import type { OverlapVerdict, OverlapWitness } from '../policy/verdict';
import type { FindingWitness } from './finding';
import { nameOf, type Reason, type Subject } from './separation';

/** Two principals that may make one request, or not certainly none. */
export interface Meeting {
  readonly a: Subject;
  readonly b: Subject;
  readonly verdict: Exclude<OverlapVerdict, { verdict: 'disjoint' }>;
}

export interface Grant {
  readonly principal: Principal;
  readonly statement: Statement;
}

/** Two principals that meet and must be separate. */
export interface Clash extends Meeting {
  readonly reason: Reason;
}

/** Clashes of one cause; the first of them shows it. */
export interface Cause {
  readonly clashes: readonly Clash[];
  /** The statement that all of them share; absent when there is one clash only, which has a statement on each side. */
  readonly shared?: Statement;
}

export function causesOf(clashes: readonly Clash[]): readonly Cause[] {
  const open = new Set(clashes);
  const byStatement = new Map<string, { readonly statement: Statement; readonly clashes: Set<Clash> }>();
  const statements = new Map<Clash, readonly string[]>();
  for (const clash of clashes) {
    const grants = grantsOf(clash);
    statements.set(
      clash,
      grants.map((grant) => keyOf(grant.statement)),
    );
    for (const { statement } of grants) {
      const entry = byStatement.get(keyOf(statement)) ?? { statement, clashes: new Set() };
      entry.clashes.add(clash);
      byStatement.set(keyOf(statement), entry);
    }
  }
  const causes: Cause[] = [];
  for (;;) {
    let most: { readonly statement: Statement; readonly clashes: Set<Clash> } | undefined;
    for (const entry of byStatement.values()) if (entry.clashes.size > (most?.clashes.size ?? 1)) most = entry;
    if (most === undefined) break;
    const covered = [...most.clashes];
    causes.push({ clashes: covered, shared: most.statement });
    for (const clash of covered) {
      open.delete(clash);
      for (const key of statements.get(clash) ?? []) byStatement.get(key)?.clashes.delete(clash);
    }
  }
  return [...causes, ...[...open].map((clash) => ({ clashes: [clash] }))];
}

/** The statements that grant the witness, on both sides; none for an undecided clash. */
export function grantsOf(clash: Meeting): readonly Grant[] {
  if (clash.verdict.verdict !== 'overlap') return [];
  const { witness } = clash.verdict;
  return (['a', 'b'] as const).flatMap((side) => {
    const { principal, policies } = clash[side];
    return evaluate({ policies: filled(policies, witness), request: requestOf(witness, side) })
      .by.filter(({ role }) => role === 'identity' || role === 'grant')
      .map(({ statement }) => ({ principal, statement }));
  });
}

/** Who grants the witness to both, in sentences. */
export function explainClash(clash: Meeting): readonly string[] {
  return [...explainSide(clash, 'a'), ...explainSide(clash, 'b')];
}

export function explainSide(clash: Meeting, side: 'a' | 'b'): readonly string[] {
  if (clash.verdict.verdict !== 'overlap') return [];
  const { witness } = clash.verdict;
  const { principal, policies } = clash[side];
  return explain(filled(policies, witness), requestOf(witness, side), nameOf(principal));
}

/** The witness as findings show it, with the values of unknown parts that the request shows, by their labels. */
export function witnessOf(
  { action, resource, contextA, contextB, holes = {} }: OverlapWitness,
  ...policies: readonly Policies[]
): FindingWitness {
  const shown = JSON.stringify([resource, contextA, contextB]);
  const values: Record<string, string> = {};
  for (const hole of policies.flatMap(holesOfPolicies)) {
    const value = holes[hole.hole];
    if (value !== undefined && shown.includes(value)) values[hole.label] = value;
  }
  return { action, resource, contextA, contextB, ...(Object.keys(values).length > 0 && { holes: values }) };
}

function holesOfPolicies(policies: Policies): readonly Hole[] {
  const documents = [
    ...policies.identityPolicies,
    ...(policies.resourceGrants ?? []),
    ...(policies.unboundedGrants ?? []),
  ];
  const limits = [
    policies.permissionsBoundary ?? [],
    policies.sessionPolicies ?? [],
    policies.serviceControlPolicies ?? [],
  ].flat();
  return [...documents, ...limits]
    .flatMap(({ statements }) => statements)
    .flatMap(({ resource, conditions }) => [
      ...(resource?.patterns ?? []),
      ...conditions.flatMap(({ values }) => values),
    ])
    .flatMap(({ parts }) => parts.filter((part) => typeof part !== 'string'));
}

/** Construct paths of the roles, and of the policies that the grants stand in where these are constructs of their own. */
export function pathsOf(principals: readonly Principal[], grants: readonly Grant[]): string[] {
  const policies = grants.flatMap(({ principal, statement }) =>
    principal.attached.filter(({ document }) => document.origin === statement.origin).map(({ origin }) => origin?.path),
  );
  return [...new Set([...principals.map(({ origin }) => origin.path), ...policies])].filter(
    (path) => path !== undefined,
  );
}

/** `` statement `Sid` of ORIGIN ``. */
export function nameOfGrant(statement: Statement): string {
  return `${nameOfStatement(statement)} of ${statement.origin}`;
}

function filled(policies: Policies, { holes }: OverlapWitness): Policies {
  return substitutePolicies(policies, new Map(Object.entries(holes ?? {})));
}

function requestOf({ action, resource, contextA, contextB }: OverlapWitness, side: 'a' | 'b'): Request {
  return { action, resource, context: side === 'a' ? contextA : contextB };
}

function keyOf(statement: Statement): string {
  return `${statement.origin}\0${statement.index}`;
}
