/**
 * From which networks a resource policy of API Gateway lets calls in: the engine is asked whether it allows a call that comes
 * through none of the given endpoints and from none of the given networks.
 *
 * Who calls is left open: every Allow counts as one for everybody, and a Deny only where it is for everybody, so the answer
 * errs on the side of letting in. A private API sees `aws:SourceVpce` in every call.
 * Source: https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-resource-policies-aws-condition-keys.html
 */
import { textKey } from '../model/text-key';

import type { BaseOperator, Condition, Policies, PolicyDocument, Statement } from '../policy/document';
import { literal, mentionsVariable, type Text, text } from '../policy/text';
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
  const named = namesFor(endpoints);
  const conditions = [
    ...(endpoints.length === 0
      ? []
      : [
          condition(
            'StringNotEquals',
            'aws:SourceVpce',
            endpoints.map((e) => named.get(textKey(e)) ?? e),
          ),
        ]),
    ...(vpcs.length === 0 ? [] : [condition('StringNotEquals', 'aws:SourceVpc', vpcs)]),
  ];
  const admitted = withNames(forEverybody(policy, called), named);
  if (deniesPlainly(admitted, called, conditions)) return { verdict: 'subset' };
  const elsewhere: Policies = {
    identityPolicies: [admitted],
    // The policy is asked about calls of this API alone.
    permissionsBoundary: allowing('calls from elsewhere', [text(called, '/*')], conditions),
  };
  return context.subset(elsewhere, NOTHING);
}

/**
 * As the constructs write it, and most people: all calls of the API are denied on one condition, which calls from elsewhere fulfil
 * because they fulfil one with all of its values. Then nothing is left to decide.
 */
function deniesPlainly({ statements }: PolicyDocument, called: Text, elsewhere: readonly Condition[]): boolean {
  const all = ['*', textKey(text(called, '/*'))];
  return statements.some(({ effect, opaque, action, resource, conditions: [only, ...more] }) => {
    if (effect !== 'Deny' || opaque !== undefined || action.not || resource === undefined || resource.not) return false;
    return (
      action.patterns.some((a) => INVOKING.has(literal(a)?.toLowerCase() ?? '')) &&
      resource.patterns.some((p) => all.includes(textKey(p))) &&
      more.length === 0 &&
      elsewhere.some((c) => only !== undefined && implies(c, only))
    );
  });
}

const INVOKING: ReadonlySet<string> = new Set(['*', 'execute-api:*', 'execute-api:invoke']);

/** Both are fulfilled by a key with none of the values, or by no key at all. */
function implies({ key, values }: Condition, { operator, quantifier, key: other, values: fewer }: Condition): boolean {
  if (operator !== 'StringNotEquals' || quantifier !== undefined || key.toLowerCase() !== other.toLowerCase())
    return false;
  const known = new Set(values.map(textKey));
  return fewer.every((value) => known.has(textKey(value)) && !mentionsVariable(value));
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

/**
 * Endpoints that the app makes have ids that only the deployment knows, each its own: a name stands for each, in the policy and
 * in the question alike, so that one is not taken for another.
 */
function namesFor(endpoints: readonly Text[]): ReadonlyMap<string, Text> {
  const made = endpoints.filter((endpoint) => literal(endpoint) === undefined);
  return new Map(made.map((endpoint, i) => [textKey(endpoint), text(`vpce-made-by-the-app-${i + 1}`)]));
}

function withNames(policy: PolicyDocument, names: ReadonlyMap<string, Text>): PolicyDocument {
  if (names.size === 0) return policy;
  const statements = policy.statements.map((statement) => ({
    ...statement,
    conditions: statement.conditions.map((c) =>
      c.key.toLowerCase() === 'aws:sourcevpce'
        ? { ...c, values: c.values.map((value) => names.get(textKey(value)) ?? value) }
        : c,
    ),
  }));
  return { ...policy, statements };
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

/** What a resource of an API's policy is in full, for `execute-api:/…`. */
export function spelledOut(pattern: Text, called: Text): Text {
  const [first, ...rest] = pattern.parts;
  if (typeof first !== 'string' || !first.startsWith(`${SHORT}/`)) return pattern;
  return text(called, first.slice(SHORT.length), ...rest);
}
