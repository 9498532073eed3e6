/**
 * APIs whose methods ask for a signature, and whose policy admits whoever signs (DOM-1): in its own account such a policy is
 * enough, without one of the caller's, and everybody has an account
 * (https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-authorization-flow.html).
 *
 * Only a statement for everybody without conditions is taken for this, in a policy that denies nothing: what a Deny leaves
 * (an endpoint, a network) is the author's.
 */
import type { Api, Model, Resource } from '../model/model';
import { nameOfStatement } from '../policy/parse';
import type { CheckContext } from './check';
import type { Finding } from './finding';
import { calls, everythingOn } from './territory';

export function openToSigners(model: Model, context: CheckContext): Finding[] {
  const open = new Map(
    model.resources.flatMap((resource) => (isOpen(resource) ? [[resource.id, resource] as const] : [])),
  );
  return open.size === 0 ? [] : model.apis.flatMap((api) => judge(api, open.get(api.id), context));
}

function isOpen({ origin, openTo, policy }: Resource): boolean {
  return (
    origin.type === 'AWS::ApiGateway::RestApi' &&
    openTo !== undefined &&
    policy?.statements.every(({ effect }) => effect === 'Allow') !== false
  );
}

function judge({ domain, invoke, routes, origin }: Api, open: Resource | undefined, context: CheckContext): Finding[] {
  if (domain === undefined || invoke === undefined || open?.openTo === undefined) return [];
  const signed = routes.filter(
    ({ authentication, preflight }) => authentication === 'AWS_IAM' && preflight === undefined,
  );
  for (const { method, path } of signed) {
    const asked = everythingOn(domain, [calls(invoke, path.replace(/\{[^/]*\}/g, '*'))]);
    const statement = open.openTo.statements.find(
      (one) =>
        one.conditions.length === 0 &&
        context.overlap({ identityPolicies: [{ ...open.openTo!, statements: [one] }] }, asked).verdict !== 'disjoint',
    );
    if (statement === undefined) continue;
    const where = `${nameOfStatement(statement)} of ${statement.origin}`;
    return [
      {
        id: 'DOM-1',
        severity: 'violated',
        message: `the policy of \`${origin.path}\` admits whoever signs to \`${method} ${path}\` of the domain \`${domain}\`, and so every other domain`,
        principals: [],
        constructPaths: [origin.path],
        explanation: [`${where} has the principal \`*\` and no condition, and the method asks for a signature alone.`],
        chain: [],
        fix: `name the principals that ${where} is for`,
      },
    ];
  }
  return [];
}
