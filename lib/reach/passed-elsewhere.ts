/**
 * Roles passed to services of which the catalogue of paths has no row. Whoever may pass a role to a service that its trust
 * policy admits may have the service act as the role; what can be made of that is then not known, and the step is undecided.
 *
 * Some services take a role only to deliver what they themselves write; whoever passes one of these gains nothing.
 */
import type { EscalationPath } from '../catalog/escalation-paths';
import type { Model } from '../model/model';
import { literal } from '../policy/text';
import { isRole } from './world';

/** Source: the page of each service on its role. */
const DELIVERING: ReadonlySet<string> = new Set([
  'application-autoscaling.amazonaws.com',
  'autoscaling.amazonaws.com',
  'cloudtrail.amazonaws.com',
  'cognito-idp.amazonaws.com',
  'delivery.logs.amazonaws.com',
  'monitoring.rds.amazonaws.com',
  'sns.amazonaws.com',
  'vpc-flow-logs.amazonaws.com',
]);

/** A path for each service that a trust policy of the model admits and no path knows. */
export function passedElsewhere(model: Model, paths: readonly EscalationPath[]): readonly EscalationPath[] {
  const known = new Set(
    paths.flatMap(({ requests }) => requests.flatMap((r) => r.context?.['iam:PassedToService'] ?? [])),
  );
  const others = new Set<string>();
  for (const { trust } of model.principals.filter(isRole)) {
    for (const { effect, principal } of trust?.statements ?? []) {
      if (effect !== 'Allow' || principal === undefined || principal.not) continue;
      for (const { type, value } of principal.entries) {
        const service = type === 'Service' ? literal(value) : undefined;
        if (service !== undefined && !known.has(service) && !DELIVERING.has(service)) others.add(service);
      }
    }
  }
  return [...others].sort().map((service) => ({
    id: `passed-to-${service}`,
    kind: 'new-passrole',
    does: `passes the role to ${service}`,
    requests: [{ action: 'iam:PassRole', target: 'target-role', context: { 'iam:PassedToService': [service] } }],
    reached: { kind: 'passed-role', services: [service] },
    doubt: `what \`${service}\` can be made to do as the role is not known`,
    source: 'https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_passrole.html',
  }));
}
