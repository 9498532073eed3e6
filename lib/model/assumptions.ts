/**
 * Facts from outside the app that verdicts rest on, beside those of the bootstrap roles. Printed
 * in every report, so that a reader can deny one.
 */

import { literal } from '../policy/text';
import type { Configuration } from './configuration';
import type { Assumption } from './model';
import type { App } from './stack';

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
            text: `the ${open.length} stacks without an environment are deployed into one account and region`,
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
    ...[...new Set(unresolved)].map((what) => ({
      id: 'unresolved-attachment',
      text: `${what}, which only the deployment knows: it is none of the app's own`,
    })),
  ];
}
