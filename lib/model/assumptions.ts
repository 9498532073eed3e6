/**
 * Facts from outside the app that verdicts rest on, beside those of the bootstrap roles. Printed
 * in every report, so that a reader can deny one.
 */

import { literal, show } from '../policy/text';
import type { Configuration } from './configuration';
import { type Assumption, DUTIES } from './model';
import type { App } from './stack';
import { onlyHole } from './text-key';

export function assumptionsOf(
  app: App,
  configuration: Configuration,
  unresolved: readonly string[],
): readonly Assumption[] {
  const open = app.stacks.filter((s) => literal(s.account) === undefined || literal(s.region) === undefined);
  const policies = configuration.assume.serviceControlPolicies.length;
  return [
    ...(open.length < 2
      ? []
      : [
          {
            id: 'one-environment',
            text: `the ${open.length} stacks without an environment are deployed into one account and region${exceptApart(app)}`,
          },
        ]),
    ...(policies === 0
      ? []
      : [
          {
            id: 'service-control-policies',
            text: `the ${policies} service control policies of ${configuration.source} are in force in every account of the app`,
          },
        ]),
    ...leniencies(configuration),
    ...[...new Set(unresolved)].map((what) => ({
      id: 'unresolved-attachment',
      text: `${what}, which only the deployment knows: it is none of the app's own`,
    })),
  ];
}

/** Stages that make principals of one name can only be in accounts of their own. */
function exceptApart({ stacks }: App): string {
  const apart = stacks.filter(({ account }) => onlyHole(account)?.identity !== undefined);
  const names = [...new Set(apart.map(({ template }) => template.rendered.stage ?? ''))].map((name) =>
    name === '' ? 'those of no Stage' : `those of \`${name}\``,
  );
  return names.length === 0 ? '' : `; ${names.join(', ')} into an account each, since they make principals of one name`;
}

/** What the configuration takes out of the proof: duties that need not be separate, requests that need not be. */
function leniencies({ conflicts, common, source }: Configuration): readonly Assumption[] {
  const pairs = DUTIES.flatMap((a, i) => DUTIES.slice(i + 1).map((b) => [a, b] as const));
  const kept = new Set((conflicts ?? pairs).flatMap(([a, b]) => [`${a} ${b}`, `${b} ${a}`]));
  const left = pairs.filter(([a, b]) => !kept.has(`${a} ${b}`)).map(([a, b]) => `${a} and ${b}`);
  const requests = (common?.statements ?? []).map(
    (s) => `${s.action.not ? 'all but ' : ''}${s.action.patterns.map(show).join(', ')}`,
  );
  return [
    ...(left.length === 0
      ? []
      : [{ id: 'conflicts', text: `${source} declares that these duties need not be separate: ${left.join('; ')}` }]),
    ...(requests.length === 0
      ? []
      : [
          {
            id: 'common-requests',
            text: `${source} declares these requests common to all duties: ${requests.join('; ')}`,
          },
        ]),
  ];
}
