/**
 * Who may make such requests on audit trails by itself: principals of the app, whatever their duty, but for the roles
 * that deploy it. One statement that grants too much is one finding, however many hold it.
 */
import type { Model, Principal } from '../model/model';
import type { Requests } from './audit-trails';
import type { CheckContext } from './check';
import type { CheckId, Finding } from './finding';
import { explainSide, grantsOf, type Meeting, nameOfGrant, pathsOf, witnessOf } from './root-cause';
import { atMost, nameOf } from './separation';
import { rightOf } from './trail-rights';

export interface Question {
  readonly id: CheckId;
  readonly requests: readonly Requests[];
  /** Who rightly may. */
  readonly except: (principal: Principal) => boolean;
  /** `may mute or end the audit trail`. */
  readonly says: string;
  readonly whose: string;
}

interface Held {
  readonly principal: Principal;
  readonly requests: Requests;
  readonly meeting: Meeting;
}

export function holdersOf(model: Model, context: CheckContext, question: Question): Finding[] {
  const byCause = new Map<string, Held[]>();
  const unknown: Held[] = [];
  for (const principal of model.principals) {
    if (principal.kind === 'bootstrap-role' || principal.kind === 'instance-profile' || question.except(principal))
      continue;
    const held = question.requests.flatMap((requests): Held[] => {
      const meeting = rightOf(principal, principal.policies, requests, context);
      return meeting === undefined ? [] : [{ principal, requests, meeting }];
    });
    for (const one of held) {
      const cause = causeOf(one);
      byCause.set(cause, [...(byCause.get(cause) ?? []), one]);
    }
    if (held.length > 0 || principal.unknown.length === 0) continue;
    const atWorst = atMost(principal);
    for (const requests of question.requests) {
      const meeting = rightOf(principal, atWorst, requests, context);
      if (meeting === undefined) continue;
      unknown.push({ principal, requests, meeting });
      break;
    }
  }
  return [
    ...[...byCause.values()].map((held) => findingOf(held, question)),
    ...(unknown.length === 0 ? [] : [unknownFinding(unknown, question)]),
  ];
}

function causeOf({ principal, requests, meeting }: Held): string {
  const [grant] = grantsOf(meeting).filter(
    (g) => g.principal === principal && g.statement.origin !== requests.document.origin,
  );
  return grant === undefined ? `${principal.id} ${requests.on.id}` : nameOfGrant(grant.statement);
}

function findingOf(held: readonly Held[], { id, says, whose }: Question): Finding {
  const { principal, requests, meeting } = held[0]!;
  const principals = [...new Set(held.map((h) => h.principal))];
  const resources = [...new Set(held.map((h) => h.requests.on.origin.path))];
  const grants = grantsOf(meeting).filter(({ statement }) => statement.origin !== requests.document.origin);
  const [grant] = grants;
  const more = principals.length - 1;
  const others = more === 0 ? '' : `; by the same statement ${more} more ${more === 1 ? 'may' : 'principals may'}`;
  const known = {
    id,
    principals: principals.map((p) => p.id),
    constructPaths: [...new Set([...pathsOf(principals, grants), ...resources])],
    chain: [],
  };
  if (meeting.verdict.verdict === 'undecided') {
    return {
      ...known,
      severity: 'undecided',
      message: `it cannot be decided whether ${nameOf(principal)} ${says} at \`${requests.on.origin.path}\`: ${meeting.verdict.reason}`,
      explanation: [],
      fix: `state what ${nameOf(principal)} may do so that it can be told from what is ${whose}`,
    };
  }
  const { action, resource } = meeting.verdict.witness;
  return {
    ...known,
    severity: 'violated',
    message: `${nameOf(principal)} ${says}: \`${action}\` on \`${resource}\` (\`${requests.on.origin.path}\`)${others}`,
    witness: { ...witnessOf(meeting.verdict.witness, meeting.a.policies), contextB: undefined },
    explanation: explainSide(meeting, 'a'),
    fix:
      grant === undefined
        ? `take the request from ${nameOf(principal)}`
        : `narrow ${nameOfGrant(grant.statement)} so that it no longer allows \`${action}\` on \`${resource}\``,
  };
}

function unknownFinding(held: readonly Held[], { id, says }: Question): Finding {
  const { principal } = held[0]!;
  const more = held.length - 1;
  const others = more === 0 ? '' : `, and so of ${more} more ${more === 1 ? 'principal' : 'principals'}`;
  return {
    id,
    severity: 'undecided',
    message: `it cannot be decided whether ${nameOf(principal)} ${says}, because what is attached to it cannot be known${others}`,
    principals: held.map((h) => h.principal.id),
    constructPaths: held.map((h) => h.principal.origin.path),
    explanation: held.flatMap((h) => h.principal.unknown),
    chain: [],
    fix: 'attach only policies that stand in the app or that AWS manages, or let the policy of the bucket deny it',
  };
}
