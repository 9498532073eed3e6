/**
 * Overlap: may two principals both perform one operation?
 *
 * `overlap(A, B)` is `disjoint` only if there is no action, resource and pair of contexts that
 * agree on the keys of the request for which both are allowed, whatever values the unresolved parts
 * have. It is `overlap` only with a witness that `evaluate` allows on both sides. Everything
 * else is `undecided`. The argument is in docs/overlap.md, each step with its test.
 */
import type { Catalogue } from './catalogue';
import { type CompiledPolicies, compile, compileStatement, isCompiled } from './compile';
import { decide, type Goal } from './decide';
import type { Policies, PolicyDocument } from './document';
import { evaluate } from './evaluate';
import { goalsOf } from './goals';
import type { Budget } from './language';
import type { Use } from './solve';
import type { OverlapVerdict, OverlapWitness } from './verdict';
import { type Concrete, confirmSolution } from './witness';

export interface QuestionOptions {
  /** Requests that do not count: those that an Allow statement of this document matches. */
  readonly except?: PolicyDocument;
  /** Work allowed, in automaton positions visited. @default {@link DEFAULT_BUDGET}, about two seconds */
  readonly budget?: number;
}

export const DEFAULT_BUDGET = 1_500_000;

export function overlap(
  a: Policies | CompiledPolicies,
  b: Policies | CompiledPolicies,
  catalogue: Catalogue,
  options: QuestionOptions = {},
): OverlapVerdict {
  const A = isCompiled(a) ? a : compile(a, catalogue);
  const B = isCompiled(b) ? b : compile(b, catalogue);
  const budget: Budget = { left: options.budget ?? DEFAULT_BUDGET };
  const [unreadable] = [...A.opaque, ...B.opaque];
  if (unreadable !== undefined) return { verdict: 'undecided', reason: `${unreadable.origin}: ${unreadable.opaque}` };
  const actions = A.mayAllow.intersection(B.mayAllow);
  // Every goal needs an action, a known one or one that AWS adds later.
  if (actions.isEmpty && !(A.mayAllowLater && B.mayAllowLater)) return { verdict: 'disjoint' };
  const excepted = (options.except?.statements ?? [])
    .filter((s) => s.effect === 'Allow' && s.opaque === undefined)
    .map((s) => compileStatement(s, catalogue));
  const refused: readonly Use[] = [
    ...A.deny.map((statement): Use => ({ statement, side: 0 })),
    ...B.deny.map((statement): Use => ({ statement, side: 1 })),
    ...excepted.map((statement): Use => ({ statement, side: 0 })),
  ];
  const goals = goalsOf(A, 0).flatMap((forA) =>
    goalsOf(B, 1).map((forB): Goal => ({ choices: [...forA, ...forB], refused, actions })),
  );

  let witness: Concrete | undefined;
  let failed: string | undefined;
  const decision = decide(goals, catalogue, budget, (solution) => {
    witness = confirmSolution(solution, [A, B], catalogue, budget, (request, fill) =>
      ([A, B] as const).every(({ source }, side) => isAllowed(fill(source), request, side as 0 | 1)),
    );
    if (witness === undefined) failed = solution.action;
    return witness !== undefined;
  });
  if (witness !== undefined) return { verdict: 'overlap', witness: overlapWitness(witness) };
  if (decision === 'none') return { verdict: 'disjoint' };
  return { verdict: 'undecided', reason: undecidedReason(budget, failed) };
}

export function isAllowed(policies: Policies, { action, resource, contexts }: Concrete, side: 0 | 1): boolean {
  return evaluate({ policies, request: { action, resource, context: contexts[side] } }).decision === 'allowed';
}

export function undecidedReason(budget: Budget, action: string | undefined): string {
  if (budget.left < 0)
    return 'the work limit was reached: the patterns are too entangled to be told apart in bounded time';
  if (action === undefined) return 'conditions of two kinds (text and numbers, dates or addresses) meet on one key';
  return `\`${action}\` may be allowed, depending on values that are not known before deployment or on policy variables`;
}

function overlapWitness({ action, resource, contexts, holes }: Concrete): OverlapWitness {
  return {
    action,
    resource,
    contextA: contexts[0],
    contextB: contexts[1],
    ...(holes.size === 0 ? {} : { holes: Object.fromEntries(holes) }),
  };
}
