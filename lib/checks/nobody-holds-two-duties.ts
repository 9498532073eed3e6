/**
 * SOD-6, two duties in one role: no role or user without a duty of its own may make requests of two
 * principals that must be separate. A separation between duties is worth nothing beside a role that has both.
 *
 * Judged are principals without a duty, in a domain or in none, that somebody other than an AWS service may be:
 * users, groups whose members the app does not name, and roles whose trust policy names more than services
 * or cannot be read. Code that runs as a role is reached by chains, which SOD-2 follows; the bootstrap roles of
 * CDK, and declared emergency access that ends by itself, are assumptions, which every report prints. What a role
 * of one domain may do in another is SOD-1's.
 */
import type { Model, Principal } from '../model/model';
import type { PrincipalElement } from '../policy/document';
import { literal } from '../policy/text';
import type { Check, CheckContext } from './check';
import type { Finding } from './finding';
import { meetingsOf } from './meetings';
import { explainClash, type Meeting, witnessOf } from './root-cause';
import { atMost, nameOf, type Subject, separationOf, subjectsOf } from './separation';

export const nobodyHoldsTwoDuties: Check = {
  id: 'SOD-6',
  compliant: 'no role without a duty may make requests of two roles that must be separate',
  run: (model, context) => context.once(model, 'SOD-6', () => judgeAll(model, context)),
};

function judgeAll(model: Model, context: CheckContext): Finding[] {
  const duties = subjectsOf(model);
  const mustBeSeparate = separationOf(model);
  const peopled = new Set(model.principals.flatMap(({ memberOf }) => memberOf ?? []));
  const others = model.principals
    .filter((principal) => isFree(principal) && !peopled.has(principal.id))
    .map((principal) => ({ principal, policies: atMost(principal) }));
  const { of: meetings } = meetingsOf(model, context);
  return others.flatMap((other) => {
    const met = meetings(other.principal);
    const rivals = met.size === 0 ? [] : duties.filter(({ principal }) => met.has(principal));
    return judge(
      other,
      rivals.filter((rival) => mustBeSeparate(other.principal, rival.principal) === undefined),
      model,
      context,
    );
  });
}

/** Whether somebody other than an AWS service may be the principal, which has no duty. */
export function isFree({ kind, duty, breakGlass, trust, unknown }: Principal): boolean {
  if (duty !== undefined || breakGlass !== undefined) return false;
  if (kind === 'user' || kind === 'group') return true;
  if (kind !== 'role') return false;
  const statements = trust?.statements ?? [];
  if (statements.length === 0) return unknown.length > 0;
  return statements
    .filter(({ effect }) => effect === 'Allow')
    .some(({ principal }) => principal === undefined || principal.not || principal.entries.some(isNoService));
}

/**
 * Through IAM Roles Anywhere the role is assumed by whoever holds a certificate, in the name of the service:
 * https://docs.aws.amazon.com/rolesanywhere/latest/userguide/trust-model.html
 */
function isNoService({ type, value }: PrincipalElement['entries'][number]): boolean {
  return type !== 'Service' || literal(value) === 'rolesanywhere.amazonaws.com';
}

function judge(other: Subject, rivals: readonly Subject[], model: Model, context: CheckContext): Finding[] {
  const mustBeSeparate = separationOf(model);
  const clashes: Meeting[] = [];
  for (const rival of rivals) {
    const verdict = context.overlap(other.policies, rival.policies, { except: model.common });
    if (verdict.verdict === 'disjoint') continue;
    const clash = { a: other, b: rival, verdict };
    const first = clashes.find((earlier) => mustBeSeparate(earlier.b.principal, rival.principal) !== undefined);
    // Two are enough: one edit ends them all.
    if (first !== undefined) return [findingOf(other.principal, first, clash)];
    clashes.push(clash);
  }
  return [];
}

function findingOf(principal: Principal, first: Meeting, second: Meeting): Finding {
  const decided =
    [first, second].every(({ verdict }) => verdict.verdict === 'overlap') && principal.unknown.length === 0;
  const requests = [first, second].map(({ b, verdict }) =>
    verdict.verdict === 'overlap'
      ? `\`${verdict.witness.action}\` on \`${verdict.witness.resource}\` like ${nameOf(b.principal)}`
      : `requests of ${nameOf(b.principal)} (${verdict.reason})`,
  );
  const shown = [first, second].find(({ verdict }) => verdict.verdict === 'overlap');
  const principals = [principal, first.b.principal, second.b.principal];
  return {
    id: 'SOD-6',
    severity: decided ? 'violated' : 'undecided',
    message: `${nameOf(principal)} has no duty and may make ${requests.join(', and ')}`,
    principals: principals.map(({ id }) => id),
    constructPaths: principals.map(({ origin }) => origin.path),
    ...(shown?.verdict.verdict === 'overlap' && {
      witness: witnessOf(shown.verdict.witness, shown.a.policies, shown.b.policies),
    }),
    explanation: [...principal.unknown, ...new Set([...explainClash(first), ...explainClash(second)])],
    chain: [],
    fix: `give ${nameOf(principal)} one duty and the permissions of that duty only, or remove it`,
  };
}
