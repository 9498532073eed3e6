/**
 * A breach: a chain of steps by which one principal comes to act on both sides of a separation. Breaches
 * that one edit would end are one finding: each step rests on statements, and the statement on which most
 * chains rest is the cause of all of these, again and again until none is left.
 */
import type { Principal } from '../model/model';
import type { Statement } from '../policy/document';
import { evaluate } from '../policy/evaluate';
import { nameOfStatement } from '../policy/parse';
import { substitutePolicies } from '../policy/substitute';
import { CONTEXT_OF } from '../reach/actor';
import type { Permit } from '../reach/ask';
import { ALLOW_ALL, showGains } from '../reach/gains';
import { type Step, showRequests } from '../reach/step';
import type { ChainLink, CheckId, Finding, FindingWitness } from './finding';
import { nameOf, type Reason } from './separation';

export interface Breach {
  readonly source: Principal;
  /** Why the two ends must be separate. */
  readonly reason: Reason;
  /** The principals that the finding is about: the source, and those that it must be separate from or reaches. */
  readonly principals: readonly Principal[];
  /** Each step after those that it rests on. Not empty. */
  readonly chain: readonly Step[];
  /** One sentence: who comes to do what, and why that must not be. */
  readonly says: string;
  readonly witness?: FindingWitness;
  readonly explanation: readonly string[];
  /** How much is given away; findings are ranked by it. */
  readonly weight: number;
  readonly undecided?: string;
  /** The check that it breaks, where the reason does not say: an audit trail is reached. */
  readonly of?: 'AUD-1' | 'AUD-2';
}

/** One cause with everything that it breaches, the gravest breach first. */
interface Cause {
  readonly breaches: readonly Breach[];
  readonly statement: Statement | undefined;
}

/** Findings whose edit is tried; of more, nobody reads the last ones before the first are mended. */
const EDITS_TRIED = 20;

/**
 * @param idOf the check that a breach belongs to, among all that have its cause; that of a cause is the first of these in `order`
 * @param order the checks, the one that says most first
 * @param alsoToNarrow the statements that have to be narrowed beside that of the cause; undefined when nobody can tell
 */
export function findingsOf(
  breaches: readonly Breach[],
  order: readonly CheckId[],
  idOf: (breach: Breach, all: readonly Breach[]) => CheckId,
  alsoToNarrow: (worst: Breach, statement: Statement) => readonly Statement[] | undefined,
): Finding[] {
  return causesOf(breaches)
    .map((cause) => ({ cause, weight: cause.breaches.reduce((n, b) => n + b.weight, 0) }))
    .sort((a, b) => b.weight - a.weight)
    .map(({ cause: { statement, breaches: all } }, i) => {
      const byId = new Map<CheckId, Breach[]>();
      for (const breach of all) {
        const id = idOf(breach, all);
        byId.set(id, [...(byId.get(id) ?? []), breach]);
      }
      const [first, ...more] = order.flatMap((id) => {
        const own = byId.get(id);
        return own === undefined ? [] : [{ id, own }];
      });
      const { id, own } = first!;
      const tried = statement !== undefined && i < EDITS_TRIED;
      const finding = findingOf(id, { breaches: own, statement }, tried ? alsoToNarrow(own[0]!, statement) : []);
      return more.length === 0 ? finding : withMore(finding, more);
    });
}

/** One cause is one finding, whatever it breaks: what is broken beside is told with it. */
function withMore(
  finding: Finding,
  more: readonly { readonly id: CheckId; readonly own: readonly Breach[] }[],
): Finding {
  const also = more.map(({ id, own }) => ({ id, message: messageOf(own) }));
  const told = also.map(({ id, message }) => `By the same cause ${id} is broken: ${message}.`);
  return { ...finding, also, explanation: [...finding.explanation, ...told] };
}

/** The statements on which breaches rest, the one on which most do first. */
export function causesOf(breaches: readonly Breach[]): readonly Cause[] {
  // Certain breaches and undecided ones are different verdicts, and no cause has both.
  return [breaches.filter((b) => b.undecided === undefined), breaches.filter((b) => b.undecided !== undefined)].flatMap(
    gather,
  );
}

function gather(breaches: readonly Breach[]): readonly Cause[] {
  const open = new Set(breaches);
  const resting = new Map<string, { readonly statement: Statement | undefined; readonly breaches: Set<Breach> }>();
  const keys = new Map<Breach, readonly string[]>();
  for (const breach of breaches) {
    const grounds = groundsOf(breach);
    keys.set(
      breach,
      grounds.map((g) => g.key),
    );
    for (const { key, statement } of grounds) {
      const entry = resting.get(key) ?? { statement, breaches: new Set() };
      entry.breaches.add(breach);
      resting.set(key, entry);
    }
  }
  const causes: Cause[] = [];
  while (open.size > 0) {
    const most = [...resting.values()].reduce((a, b) => (b.breaches.size > a.breaches.size ? b : a));
    const covered = [...most.breaches].sort((a, b) => rank(b) - rank(a) || b.weight - a.weight);
    causes.push({ breaches: covered, statement: most.statement });
    for (const breach of covered) {
      open.delete(breach);
      for (const key of keys.get(breach) ?? []) resting.get(key)?.breaches.delete(breach);
    }
  }
  return causes;
}

/** Roles that hold a duty are shown before who comes to act as them. */
function rank({ source }: Breach): number {
  return source.duty !== undefined ? 2 : source.kind === 'external' ? 0 : 1;
}

/** What the chain rests on, the source's own end first, so that it is named where all weigh the same. */
function groundsOf({ chain }: Breach): readonly Ground[] {
  return chain.flatMap((step): readonly Ground[] => {
    const statements = statementsOf(step);
    if (statements.length > 0) return statements.map((s) => ({ key: `${s.origin}\0${s.index}`, statement: s }));
    return [{ key: `${step.path.id}\0${step.to.id}`, statement: undefined }];
  });
}

interface Ground {
  readonly key: string;
  readonly statement: Statement | undefined;
}

/** The statements that allow the requests of the step, those of trust policies among them. */
export function statementsOf(step: Step): readonly Statement[] {
  return step.permits.flatMap((permit) => allowing(permit));
}

function allowing(permit: Permit): readonly Statement[] {
  const witness = permit.witness();
  if (witness === undefined) return [];
  const { action, resource, contextA: context, holes } = witness;
  const policies = substitutePolicies(permit.policies, new Map(Object.entries(holes ?? {})));
  const own = permit.actor.principal.kind !== 'external';
  return evaluate({ policies, request: { action, resource, context } })
    .by.filter(({ role }) => role === 'grant' || role === 'session' || (role === 'identity' && own))
    .map(({ statement }) => statement)
    .filter(({ origin }) => origin !== ALLOW_ALL.origin && !isContext(origin));
}

/** In place of a session policy stands a trust policy, whose statements count, or the caller's context, which nobody granted. */
function isContext(origin: string): boolean {
  return origin.startsWith(CONTEXT_OF);
}

function findingOf(id: CheckId, { breaches, statement }: Cause, also: readonly Statement[] | undefined): Finding {
  const [worst] = breaches;
  const { source, chain, witness, explanation, undecided } = worst!;
  const principals = [...new Map(breaches.flatMap((b) => b.principals).map((p) => [p.id, p])).values()];
  return {
    id,
    severity: undecided === undefined ? 'violated' : 'undecided',
    message: messageOf(breaches),
    principals: principals.map((p) => p.id),
    constructPaths: [...new Set(principals.filter((p) => p.origin.logicalId !== '').map((p) => p.origin.path))],
    ...(witness && { witness }),
    explanation: [...chain.map((step) => sentenceOf(step)), ...explanation],
    chain: chain.map((step) => linkOf(step)),
    fix: `${fixOf(statement, chain, source)}${and(also)}`,
  };
}

function messageOf([worst, ...others]: readonly Breach[]): string {
  const { says, undecided } = worst!;
  const more =
    others.length === 0
      ? ''
      : `; by the same cause ${others.length} more such ${others.length === 1 ? 'chain' : 'chains'}`;
  return `${says}${more}${undecided === undefined ? '' : `; undecided, because ${undecided}`}`;
}

export function linkOf(step: Step): ChainLink {
  return {
    from: makersOf(step)
      .map((p) => p.id)
      .join(' and '),
    to: step.to.id,
    by: step.path.id,
    requests: showRequests(step),
  };
}

/** `` `A` gives a function other code, and so acts as `B`: lambda:UpdateFunctionCode on arn:…. `` */
export function sentenceOf(step: Step): string {
  const who = makersOf(step).map(nameOf).join(' and ');
  const on = step.through === undefined ? '' : ` (\`${step.through}\`)`;
  const gained = showGains(step.gains);
  const whom = gained === '' ? `so acts as ${nameOf(step.to)}` : `so ${nameOf(step.to)} goes on ${gained}`;
  return `${who} ${step.path.does}${on}, and ${whom}: ${showRequests(step).join('; ')}.`;
}

function makersOf(step: Step): readonly Principal[] {
  return [...new Map(step.permits.map((p) => [p.actor.principal.id, p.actor.principal])).values()];
}

/** What else the edit takes, so that no other path leads to the same place. */
function and(also: readonly Statement[] | undefined): string {
  if (also === undefined) return '; other permissions may still lead there, so check again';
  if (also.length === 0) return '';
  const named = also.map((s) => `${nameOfStatement(s)} of ${s.origin}`);
  return `; then narrow ${named.join(' and ')} as well, by which it would still come there`;
}

/** The smallest edit: the one statement on which most chains rest. */
function fixOf(statement: Statement | undefined, chain: readonly Step[], source: Principal): string {
  const [first] = chain;
  if (statement === undefined) {
    return `state what ${nameOf(source)} may do so that it can be told, or give it a boundary without ${first!.permits.map((p) => `\`${p.action}\``).join(', ')}`;
  }
  const resting =
    chain.find((step) =>
      statementsOf(step).some((s) => s.origin === statement.origin && s.index === statement.index),
    ) ?? first!;
  const what = resting.permits.map((p) => `\`${p.action}\``);
  return `narrow ${nameOfStatement(statement)} of ${statement.origin} so that it no longer lets ${makersOf(resting).map(nameOf).join(' and ')} reach ${nameOf(resting.to)} by ${[...new Set(what)].join(' and ')}`;
}
