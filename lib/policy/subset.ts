/**
 * Subset: is everything that A may do allowed by B? One principal before and after, so there is one
 * context: every key is shared.
 *
 * A request that A is allowed and B is not either matches a Deny of B, or matches no Allow of
 * some layer of B. Each of these is a goal; no solution to any means `subset`.
 */
import { ActionIndex } from './action-set';
import type { Catalogue } from './catalogue';
import { type CompiledPolicies, compile, compileStatement, isCompiled } from './compile';
import { decide, type Goal } from './decide';
import type { Policies } from './document';
import { goalsOf } from './goals';
import type { Budget } from './language';
import { DEFAULT_BUDGET, isAllowed, type QuestionOptions, undecidedReason } from './overlap';
import type { Use } from './solve';
import type { SubsetVerdict } from './verdict';
import { type Concrete, confirmSolution } from './witness';

export function subset(
  a: Policies | CompiledPolicies,
  b: Policies | CompiledPolicies,
  catalogue: Catalogue,
  options: QuestionOptions = {},
): SubsetVerdict {
  const A = isCompiled(a) ? a : compile(a, catalogue);
  const B = isCompiled(b) ? b : compile(b, catalogue);
  const budget: Budget = { left: options.budget ?? DEFAULT_BUDGET };
  const [unreadable] = [...A.opaque, ...B.opaque];
  if (unreadable !== undefined) return { verdict: 'undecided', reason: `${unreadable.origin}: ${unreadable.opaque}` };
  const use = (statement: Use['statement']): Use => ({ statement, side: 0 });
  const excepted = (options.except?.statements ?? [])
    .filter((s) => s.effect === 'Allow' && s.opaque === undefined)
    .map((s) => compileStatement(s, catalogue));
  const denied = [...A.deny.map(use), ...excepted.map(use)];

  // No policy decides whether one may ask who one is: B allows it whatever it says.
  const asked = A.mayAllow.without(
    ActionIndex.of(catalogue).select({ not: false, patterns: [{ parts: ['sts:GetCallerIdentity'] }] }),
  );

  const goals = goalsOf(A, 0).flatMap((choices): Goal[] => [
    ...(B.deny.length === 0
      ? []
      : [{ choices: [...choices, { side: 0 as const, of: B.deny }], refused: denied, actions: asked }]),
    ...B.layers.map((layer): Goal => {
      // What boundary and session do not limit is allowed unless the control policies lack it.
      const grants = layer.name === 'scp' ? layer.allow : [...layer.allow, ...B.unbounded];
      const blanket = grants.filter((s) => s.blanket);
      const actions = blanket.reduce((left, s) => left.without(s.actions), asked);
      return { choices, refused: [...denied, ...grants.map(use)], actions };
    }),
  ]);

  let witness: Concrete | undefined;
  let failed: string | undefined;
  const decision = decide(goals, catalogue, budget, (solution) => {
    witness = confirmSolution(
      solution,
      [A, B],
      catalogue,
      budget,
      (request, fill) => isAllowed(fill(A.source), request, 0) && !isAllowed(fill(B.source), request, 0),
    );
    if (witness === undefined) failed = solution.action;
    return witness !== undefined;
  });
  if (witness !== undefined) {
    const { action, resource, contexts, holes } = witness;
    return {
      verdict: 'not-subset',
      witness: {
        action,
        resource,
        context: contexts[0],
        ...(holes.size === 0 ? {} : { holes: Object.fromEntries(holes) }),
      },
    };
  }
  return decision === 'none'
    ? { verdict: 'subset' }
    : { verdict: 'undecided', reason: undecidedReason(budget, failed) };
}
