/**
 * Questions to the engine, as policies: the set of requests that a path needs is written as a
 * policy that allows exactly these, and "may the actor make one of them" is whether the two overlap.
 */
import type { Condition, Policies, PolicyDocument, Selection, Statement } from '../policy/document';
import { type Text, text } from '../policy/text';

/** Values that a key of the request has for certain: one of these, none of these, or no value at all. */
export type RequestContext = Readonly<
  Record<string, readonly (string | Text)[] | { readonly not: readonly Text[] } | 'absent'>
>;

const EVERYTHING = text('*');

/** All requests with the action, on one of the resources (any, when undefined; any but these, with `not`), in the context. */
export function requests(
  action: string,
  resources: Selection | readonly Text[] | undefined,
  context: RequestContext = {},
): Policies {
  return { identityPolicies: [documentOf([statementOn(action, resources, context)])] };
}

/** The same as a statement that allows them. */
export function statementOn(
  action: string,
  resources: Selection | readonly Text[] | undefined,
  context: RequestContext = {},
): Statement {
  const resource = resources === undefined || 'not' in resources ? resources : { not: false, patterns: resources };
  return {
    effect: 'Allow',
    index: 0,
    origin: 'the requests in question',
    version: '2008-10-17',
    action: { not: false, patterns: [text(action)] },
    resource: resource ?? { not: false, patterns: [EVERYTHING] },
    conditions: Object.entries(context).map(([key, values]) => conditionOn(key, values)),
  };
}

function conditionOn(key: string, values: RequestContext[string]): Condition {
  if (values === 'absent') return { operator: 'Null', ifExists: false, key, values: [text('true')] };
  if ('not' in values) return { operator: 'StringNotEquals', ifExists: false, key, values: values.not };
  return oneOf(key, values);
}

export function oneOf(key: string, values: readonly (string | Text)[]): Condition {
  const texts = values.map((v) => (typeof v === 'string' ? text(v) : v));
  return { operator: 'StringEquals', ifExists: false, key, values: texts };
}

export function documentOf(statements: readonly Statement[]): PolicyDocument {
  return { version: '2012-10-17', origin: statements[0]?.origin ?? 'the requests in question', statements };
}

/**
 * The policies as far as they decide on which resources the statements that `speaks` picks hold, written as
 * policies about the action `as`, on the same resources *and whatever is below them*. With it, "is
 * there a function that the actor may create and may invoke" is an overlap of two policies about invoking.
 *
 * Two requests have two contexts, so conditions must not meet here: Allows lose them and Denies that
 * have some are left out. Both only widen; each request alone is decided with its conditions.
 */
export function aboutResources(policies: Policies, speaks: (s: Statement) => boolean, as: string): Policies {
  const rewrite = (document: PolicyDocument): PolicyDocument => ({
    ...document,
    statements: document.statements
      .filter((s) => s.opaque === undefined && speaks(s) && (s.effect === 'Allow' || s.conditions.length === 0))
      .map((s) => ({ ...s, conditions: [], action: { not: false, patterns: [text(as)] }, resource: widened(s) })),
  });
  return {
    identityPolicies: policies.identityPolicies.map(rewrite),
    ...(policies.permissionsBoundary && { permissionsBoundary: rewrite(policies.permissionsBoundary) }),
    ...(policies.sessionPolicies && { sessionPolicies: policies.sessionPolicies.map(rewrite) }),
    ...(policies.serviceControlPolicies && { serviceControlPolicies: policies.serviceControlPolicies.map(rewrite) }),
    ...(policies.resourceGrants && { resourceGrants: policies.resourceGrants.map(rewrite) }),
    ...(policies.unboundedGrants && { unboundedGrants: policies.unboundedGrants.map(rewrite) }),
  };
}

/** Versions, aliases, change sets and the like have the ARN of what they belong to before their own. */
function widened({ effect, resource }: Statement): Selection {
  if (resource === undefined) return { not: false, patterns: [EVERYTHING] };
  if (effect === 'Deny' || resource.not) return resource;
  return { not: false, patterns: resource.patterns.flatMap((p) => [p, text(p, ':*'), text(p, '/*')]) };
}
