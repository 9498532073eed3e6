/**
 * A request as sentences for a reviewer: which statement of which policy grants it, which limits
 * let it pass and by which statement, which Deny comes near and why it does not apply.
 *
 * For policies without holes, as `evaluate` is: the sentences are read off the same decision that
 * replays a witness, so they cannot say what the replay did not.
 */
import type { Condition, Policies, Request, Statement } from './document';
import { type Decision, evaluate, type MatchedStatement, type PolicyRole } from './evaluate';
import { conditionHolds } from './evaluate-condition';
import { type Situation, situationOf, statementApplies } from './evaluate-statement';
import { nameOfStatement } from './parse';
import { show } from './text';

/** Near misses shown in full; more than a few would bury the answer. */
const NEAR_MISSES = 3;

/**
 * @param name of the principal, as the reader knows it: a construct path, or `A`
 * @returns one sentence a line, the answer first
 */
export function explain(policies: Policies, request: Request, name: string): readonly string[] {
  const situation = situationOf(request, { bounded: policies.permissionsBoundary !== undefined });
  const decision = evaluate({ policies, request });
  const what = `${request.action} on ${request.resource}`;
  switch (decision.decision) {
    case 'allowed':
      return [
        `${name} may call ${what}.`,
        ...grants(decision),
        ...limits(policies, decision),
        ...denies(policies, situation),
      ];
    case 'explicitlyDenied':
    case 'implicitlyDenied':
      return [`${name} may not call ${what}: ${decision.reason}.`];
  }
}

function grants(decision: Decision): readonly string[] {
  return decision.by
    .filter(({ role }) => role === 'identity' || role === 'grant')
    .flatMap(({ role, statement }) => {
      const by = role === 'grant' ? 'Granted by the resource policy' : 'Granted by';
      return [`${by} ${where(statement)}.`, ...conditionsOf(statement)];
    });
}

const LIMITS: readonly {
  readonly role: PolicyRole;
  readonly name: string;
  readonly present: (policies: Policies) => boolean;
}[] = [
  { role: 'boundary', name: 'permissions boundary', present: (p) => p.permissionsBoundary !== undefined },
  { role: 'session', name: 'session policy', present: (p) => (p.sessionPolicies ?? []).length > 0 },
  { role: 'scp', name: 'service control policy', present: (p) => (p.serviceControlPolicies ?? []).length > 0 },
];

function limits(policies: Policies, decision: Decision): readonly string[] {
  const none = LIMITS.filter((limit) => !limit.present(policies)).map((limit) => limit.name);
  const passed = LIMITS.filter((limit) => limit.present(policies)).flatMap(({ role, name }) => {
    const by = decision.by.filter((matched) => matched.role === role);
    if (by.length === 0) return [`The ${name} does not limit this grant: the resource policy names the caller itself.`];
    return [`The ${name} lets it pass by ${listed(by)}.`, ...by.flatMap(({ statement }) => conditionsOf(statement))];
  });
  return none.length === 0 ? passed : [...passed, `No ${none.join(', no ')} limits it.`];
}

function listed(by: readonly MatchedStatement[]): string {
  return by.map(({ statement }) => where(statement)).join(' and ');
}

function denies(policies: Policies, situation: Situation): readonly string[] {
  const documents = [
    ...policies.identityPolicies,
    ...(policies.resourceGrants ?? []),
    ...(policies.unboundedGrants ?? []),
    ...(policies.permissionsBoundary === undefined ? [] : [policies.permissionsBoundary]),
    ...(policies.sessionPolicies ?? []),
    ...(policies.serviceControlPolicies ?? []),
  ];
  const denying = documents.flatMap(({ statements }) => statements.filter(({ effect }) => effect === 'Deny'));
  // A policy that is attached and the boundary as well says a thing once.
  const all = [...new Map(denying.map((statement) => [`${statement.origin}\0${statement.index}`, statement])).values()];
  if (all.length === 0) return ['There is no Deny statement.'];
  const count =
    all.length === 1 ? 'the one Deny statement does not apply' : `none of the ${all.length} Deny statements applies`;
  const near = all.filter((statement) => statementApplies({ ...statement, conditions: [] }, situation));
  return [
    `No Deny stops it: ${count}.`,
    ...near.slice(0, NEAR_MISSES).map((statement) => nearMiss(statement, situation)),
  ];
}

/** A Deny on this action and resource that only its conditions keep from applying. */
function nearMiss(statement: Statement, situation: Situation): string {
  const unmet = statement.conditions.find(
    (condition) => !conditionHolds(condition, statement.version, situation.context),
  );
  const why = unmet === undefined ? 'it does not apply' : `its condition is not met: ${writtenOut(unmet)}`;
  return `Deny ${where(statement)} covers it, but ${why}.`;
}

function conditionsOf(statement: Statement): readonly string[] {
  return statement.conditions.length === 0
    ? []
    : [`Condition met: ${statement.conditions.map(writtenOut).join('; ')}.`];
}

/** `ForAnyValue:StringEqualsIfExists aws:TagKeys "a", "b"`. */
function writtenOut({ operator, quantifier, ifExists, key, values }: Condition): string {
  const prefix = quantifier === undefined ? '' : `${quantifier}:`;
  return `${prefix}${operator}${ifExists ? 'IfExists' : ''} ${key} ${values.map((value) => `"${show(value)}"`).join(', ')}`;
}

function where(statement: Statement): string {
  return `${nameOfStatement(statement)} of ${statement.origin}`;
}
