/**
 * From which networks a resource policy of API Gateway lets calls in: the engine is asked whether it allows a call that comes
 * through none of the given endpoints and from none of the given networks.
 *
 * Who calls is left open: every Allow counts as one for everybody, and a Deny only where it is for everybody, so the answer
 * errs on the side of letting in. A private API sees `aws:SourceVpce` in every call.
 * Source: https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-resource-policies-aws-condition-keys.html
 */
import type { BaseOperator, Condition, Policies, PolicyDocument, Statement } from '../policy/document';
import { literal, type Text, text } from '../policy/text';
import type { SubsetVerdict } from '../policy/verdict';
import type { CheckContext } from './check';

export interface Networks {
  readonly endpoints: readonly Text[];
  readonly vpcs: readonly Text[];
}

/** `subset`: no call from elsewhere is allowed; otherwise one that is, or why that cannot be known. */
export function callsFromElsewhere(
  policy: PolicyDocument,
  called: Text,
  { endpoints, vpcs }: Networks,
  context: CheckContext,
): SubsetVerdict {
  const conditions = [
    ...(endpoints.length === 0 ? [] : [condition('StringNotEquals', 'aws:SourceVpce', endpoints)]),
    ...(vpcs.length === 0 ? [] : [condition('StringNotEquals', 'aws:SourceVpc', vpcs)]),
  ];
  const elsewhere: Policies = {
    identityPolicies: [forEverybody(policy, called)],
    permissionsBoundary: allowing('calls from elsewhere', [text('*')], conditions),
  };
  return context.subset(elsewhere, NOTHING);
}

/** Whether an endpoint's policy lets through anything but calls of these resources. */
export function passesMore(policy: PolicyDocument, called: readonly Text[], context: CheckContext): SubsetVerdict {
  const passed: Policies = { identityPolicies: [forEverybody(policy, text('*'))] };
  return context.subset(passed, { identityPolicies: [allowing('calls of the domain', called, [])] });
}

/** The endpoints and networks that conditions of the policy let in by name; patterns name nothing. */
export function namedNetworks({ statements }: PolicyDocument): Networks {
  const named = (key: string): readonly Text[] =>
    statements
      .flatMap(({ conditions }) => conditions.filter((c) => c.key.toLowerCase() === key))
      .flatMap(({ values }) => values)
      .filter((value) => !/[*?]/.test(literal(value) ?? ''));
  return { endpoints: named('aws:sourcevpce'), vpcs: named('aws:sourcevpc') };
}

const NOTHING: Policies = { identityPolicies: [] };

function allowing(origin: string, patterns: readonly Text[], conditions: readonly Condition[]): PolicyDocument {
  const statement: Statement = {
    effect: 'Allow',
    index: 0,
    origin,
    version: '2012-10-17',
    action: { not: false, patterns: [text('execute-api:Invoke')] },
    resource: { not: false, patterns },
    conditions,
  };
  return { version: '2012-10-17', origin, statements: [statement] };
}

function condition(operator: BaseOperator, key: string, values: readonly Text[]): Condition {
  return { operator, ifExists: false, key, values };
}

/** @param called what `execute-api:` in a resource stands for: stage, method and path follow */
function forEverybody(policy: PolicyDocument, called: Text): PolicyDocument {
  return {
    ...policy,
    statements: policy.statements
      .filter(({ effect, principal }) => effect === 'Allow' || principal === undefined || isEverybody(principal))
      .map(({ principal: _, resource, ...rest }) => ({
        ...rest,
        resource:
          resource === undefined
            ? { not: false, patterns: [text('*')] }
            : { ...resource, patterns: resource.patterns.map((p) => spelledOut(p, called)) },
      })),
  };
}

function isEverybody({ not, entries }: NonNullable<Statement['principal']>): boolean {
  return !not && entries.some(({ type, value }) => type === 'AWS' && literal(value) === '*');
}

const SHORT = 'execute-api:';

function spelledOut(pattern: Text, called: Text): Text {
  const [first, ...rest] = pattern.parts;
  if (typeof first !== 'string' || !first.startsWith(`${SHORT}/`)) return pattern;
  return text(called, first.slice(SHORT.length), ...rest);
}
