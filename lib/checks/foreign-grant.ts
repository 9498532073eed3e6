/**
 * Grants across domains: a principal of one domain may make requests on a resource of another, by its
 * own policies or by the resource's. What two principals of the domains may both do is SOD-1's, and named there.
 *
 * Each domain's resources together are asked about as if somebody might do anything to them; which pairs of
 * principal and domain are worth asking is told by the beginnings of patterns (may-meet.ts) and by
 * the services whose actions take such resources.
 */
import type { Model, Resource } from '../model/model';
import type { Policies, PolicyDocument, Statement } from '../policy/document';
import type { OverlapVerdict } from '../policy/verdict';
import { mightMeet } from '../reach/arn-sieve';
import type { CheckContext } from './check';
import { exceptFrom } from './declared-crossings';
import { grantedElsewhere } from './granted-elsewhere';
import { CandidateIndex } from './may-meet';
import { coverOf, everythingIn, meetingsOf } from './meetings';
import { onlyBy } from './only-by';
import { type Subject, subjectsOf } from './separation';
import { everythingOn, type OwnedPattern, type Territory } from './territory';

export interface ForeignGrant<S extends Subject = Subject, T extends Territory = Territory> {
  /** With the policies as far as the statement is concerned. */
  readonly subject: S;
  readonly statement: Statement;
  readonly to: T;
  readonly verdict: Exclude<OverlapVerdict, { verdict: 'disjoint' }>;
}

export function foreignGrants(model: Model, context: CheckContext): readonly ForeignGrant[] {
  return context.once(model, 'foreign grants', () => findForeign(model, context));
}

function findForeign(model: Model, context: CheckContext): readonly ForeignGrant[] {
  const subjects = subjectsOf(model).filter((s) => s.principal.domain !== undefined);
  const { territories, into } = meetingsOf(model, context);
  const elsewhere = grantedElsewhere(model, context, subjects);
  if (territories.length < 2) return elsewhere;
  const found = grantsInto(context, {
    subjects,
    territories,
    pairs: subjects.flatMap(({ principal }, i) => (into.get(principal) ?? []).map((to) => [i, to] as const)),
    except: ({ principal }, to) => exceptFrom(model, principal.domain, to.domain),
  });
  return [...found, ...elsewhere];
}

/** What is asked: which of the subjects may do something to which of the territories that are foreign to them. */
export interface GrantQuestion<S extends Subject, T extends Territory> {
  readonly subjects: readonly S[];
  readonly territories: readonly T[];
  /** Positions of subjects and of territories that are foreign to them, as far as they may meet ({@link mayMeet}). */
  readonly pairs: Iterable<readonly [subject: number, to: number]>;
  /** Requests that do not count. */
  readonly except: (subject: S, to: T) => PolicyDocument;
  /**
   * What a resource's own policy allows the subject, where a request needs that beside the subject's policies, because they are
   * of two accounts; `nothing` where it allows nothing. @default the subject's policies suffice
   */
  readonly admission?: (subject: S, resource: Resource) => PolicyDocument | 'nothing' | undefined;
}

/** Pairs of positions: subjects, and territories of which a subject may do something on a resource; a superset. */
export function mayMeet(
  subjects: readonly Subject[],
  territories: readonly Territory[],
  model: Model,
  context: CheckContext,
): readonly (readonly [subject: number, to: number])[] {
  const { documents, actionsOf } = everythingIn(territories, model, context);
  const candidates = [...subjects.map(coverOf), ...documents.map((document) => ({ documents: document }))];
  const index = new CandidateIndex(candidates, model.common.statements, actionsOf);
  return index
    .pairs({ users: 0, first: subjects.length })
    .filter(([, second]) => second >= subjects.length)
    .map(([subject, second]) => [subject, second - subjects.length]);
}

export function grantsInto<S extends Subject, T extends Territory>(
  context: CheckContext,
  { subjects, territories, pairs, except, admission = () => undefined }: GrantQuestion<S, T>,
): readonly ForeignGrant<S, T>[] {
  return [...pairs].flatMap(([first, second]) => {
    const [subject, to] = [subjects[first]!, territories[second]!];
    const excepted = except(subject, to);
    const decide: Decide = (policies, patterns) =>
      context.overlap(policies, everythingOn(to.domain, patterns), { except: excepted });
    return grantsOn(subject, to, decide, (resource) => admission(subject, resource));
  });
}

type Decide = (policies: Policies, patterns: readonly OwnedPattern[]) => OverlapVerdict;

/** Statement by statement, each about what it can mean: nobody writes down a name that AWS generates. */
function grantsOn<S extends Subject, T extends Territory>(
  subject: S,
  to: T,
  decide: Decide,
  admission: (resource: Resource) => PolicyDocument | 'nothing' | undefined,
): readonly ForeignGrant<S, T>[] {
  const { policies } = subject;
  const granting = [
    ...policies.identityPolicies,
    ...(policies.resourceGrants ?? []),
    ...(policies.unboundedGrants ?? []),
  ];
  return granting
    .flatMap((d) => d.statements)
    .filter((s) => s.effect === 'Allow' || s.opaque !== undefined)
    .flatMap((statement): readonly ForeignGrant<S, T>[] => {
      const { resource, opaque } = statement;
      const any = resource === undefined || resource.not || opaque !== undefined;
      const meant = any ? to.patterns : to.patterns.filter((q) => resource.patterns.some((p) => mightMeet(p, q)));
      if (meant.length === 0) return [];
      const own = onlyBy(policies, statement);
      const byResource = !policies.identityPolicies.some((d) => d.statements.includes(statement));
      return waysTo(own, byResource ? [[undefined, meant]] : [...byAdmission(meant, admission)])
        .map(([with_, patterns]): ForeignGrant<S, T> | undefined => {
          const verdict = decide(with_, patterns);
          return verdict.verdict === 'disjoint'
            ? undefined
            : { subject: { ...subject, policies: with_ }, statement, to, verdict };
        })
        .filter((grant) => grant !== undefined)
        .slice(0, 1);
    });
}

type Admitted = readonly [by: PolicyDocument | undefined, patterns: readonly OwnedPattern[]];

/** The patterns for which the subject's policies suffice together, and each other one with what its resource allows. */
function byAdmission(
  patterns: readonly OwnedPattern[],
  admission: (resource: Resource) => PolicyDocument | 'nothing' | undefined,
): Iterable<Admitted> {
  const ways = new Map<PolicyDocument | undefined, OwnedPattern[]>();
  const known = new Map<Resource, PolicyDocument | 'nothing' | undefined>();
  for (const pattern of patterns) {
    const resource = pattern.owner;
    if (!known.has(resource)) known.set(resource, admission(resource));
    const by = known.get(resource);
    if (by === 'nothing') continue;
    ways.set(by, [...(ways.get(by) ?? []), pattern]);
  }
  return ways;
}

/** What a resource's policy allows is one more layer, which must allow as well. */
function waysTo(own: Policies, ways: readonly Admitted[]): readonly (readonly [Policies, readonly OwnedPattern[]])[] {
  return ways.map(([by, patterns]) => [
    by === undefined ? own : { ...own, sessionPolicies: [...(own.sessionPolicies ?? []), by] },
    patterns,
  ]);
}
