/**
 * The permissions boundary of a role or user. Under a condition, each variant bounds only where it
 * holds, and a variant without a boundary bounds nothing; a boundary that cannot be read bounds
 * nothing either, which allows more than AWS will and so hides no overlap.
 */
import type { Statement } from '../policy/document';
import { text } from '../policy/text';
import { ALWAYS } from './conditions';
import type { ManagedPolicies } from './managed-policies';
import type { Draft } from './principals';
import { NO_VALUE, toText } from './resolved';
import type { Resolver } from './resolver';
import { guarded } from './template-policy';
import { brief } from './text-key';
import { variantsOf } from './variants';

export function boundaryOf(r: Resolver, draft: Draft, value: unknown, managed: ManagedPolicies): void {
  if (value === undefined) return;
  const { stack, origin } = draft;
  const variants = variantsOf(r, stack, value) ?? [{ guard: ALWAYS, value: r.resolve(stack, value) }];
  const readings = variants.map(({ guard, value: chosen }) => {
    const arn = chosen === NO_VALUE ? undefined : toText(chosen);
    return { guard, found: arn === undefined ? 'none' : managed.find(arn, stack.partition), arn };
  });
  const [only] = readings;
  if (readings.length === 1 && only !== undefined && typeof only.found !== 'string' && only.guard === ALWAYS) {
    if (only.found.unknown.length === 0) draft.boundary = only.found.attached;
    else draft.boundaryUnknown = only.found.unknown.join('; ');
    return;
  }
  const known = readings.filter((reading) => typeof reading.found !== 'string' && reading.found.unknown.length === 0);
  if (known.length === 0) {
    if (only?.arn !== undefined)
      draft.boundaryUnknown = `the boundary \`${brief(only.arn)}\` is not known before deployment`;
    return;
  }
  const statements = readings.flatMap(({ guard, found }) =>
    typeof found === 'string' || found.unknown.length > 0
      ? guarded(unbounded(origin.path), guard)
      : found.attached.document.statements.flatMap((s) => guarded(s, guard)),
  );
  draft.boundary = {
    attached: 'managed',
    origin,
    document: {
      version: '2012-10-17',
      origin: `${origin.path} (boundary)`,
      statements: statements.map((s, index) => ({ ...s, index })),
    },
  };
}

function unbounded(origin: string): Statement {
  const all = { not: false, patterns: [text('*')] };
  return { effect: 'Allow', index: 0, origin, version: '2012-10-17', action: all, resource: all, conditions: [] };
}
