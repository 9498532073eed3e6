/**
 * SOD-6, two duties in one role: no role or user without a duty of its own may make requests of two
 * principals that must be separate. A separation between duties is worth nothing beside a role that has both.
 *
 * Judged are principals that belong to no duty and no domain, and that somebody other than an AWS service may be:
 * users, and roles whose trust policy names more than services. Code that runs as a role is reached
 * by chains, which SOD-2 follows; the bootstrap roles of CDK are an assumption, which every report prints.
 */
import type { Model, Principal } from '../model/model';
import type { Check, CheckContext } from './check';
import { coverOf } from './find-clashes';
import type { Finding } from './finding';
import { pairsThatMayMeet } from './may-meet';
import { explainClash, type Meeting, witnessOf } from './root-cause';
import { atMost, nameOf, type Subject, separationOf, subjectsOf } from './separation';

export const nobodyHoldsTwoDuties: Check = {
  id: 'SOD-6',
  compliant: 'no role without a duty may make requests of two roles that must be separate',
  run: (model, context) => {
    const duties = subjectsOf(model);
    const others = model.principals.filter(isFree).map((principal) => ({ principal, policies: atMost(principal) }));
    const all = [...others, ...duties];
    const met = new Map<Subject, Subject[]>(others.map((other) => [other, []]));
    for (const [a, b] of pairsThatMayMeet(all.map(coverOf), model.common.statements, ({ action }) =>
      context.actions(action),
    )) {
      if (a < others.length && b >= others.length) met.get(all[a]!)!.push(all[b]!);
    }
    return [...met].flatMap(([other, rivals]) => judge(other, rivals, model, context));
  },
};

function isFree({ kind, duty, domain, trust }: Principal): boolean {
  if (duty !== undefined || domain !== undefined) return false;
  if (kind === 'user') return true;
  const entries = (trust?.statements ?? [])
    .filter(({ effect }) => effect === 'Allow')
    .map(({ principal }) => principal);
  return (
    kind === 'role' &&
    entries.some((entry) => entry === undefined || entry.not || entry.entries.some(({ type }) => type !== 'Service'))
  );
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
