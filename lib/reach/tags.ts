/**
 * Permissions that hold for resources by their tags, and what is left of such conditions when somebody can give a
 * resource the tag. A condition on the tag of a resource separates two principals only as long as
 * neither can tag what is the other's.
 * Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/access_tags.html
 */
import type { Principal } from '../model/model';
import type { Condition, PolicyDocument, Selection, Statement } from '../policy/document';
import { literal, type Text, text } from '../policy/text';
import type { RequestContext } from './requests';

const OF_A_RESOURCE = /^([a-z0-9-]+):(?:resourcetag|existingobjecttag)\//i;

/** A tag that a statement demands of a resource: the request that gives it has this context. */
export interface DemandedTag {
  readonly service: string;
  readonly context: RequestContext;
}

/** The tags that the principal's Allows demand of resources of the service. */
export function tagsDemanded({ policies }: Principal, service: string): readonly DemandedTag[] {
  const documents = [...policies.identityPolicies, ...(policies.resourceGrants ?? [])];
  const allows = documents.flatMap((d) => d.statements).filter((s) => s.effect === 'Allow' && isOf(s.action, service));
  return allows.flatMap((s) => s.conditions.filter((c) => isOnTag(c, service))).map((c) => demanded(c, service));
}

function demanded(c: Condition, service: string): DemandedTag {
  // Tags that come with the making of a resource say nothing of one that is there.
  const made: RequestContext = service === 'ec2' ? { 'ec2:CreateAction': 'absent' } : {};
  const values = c.values.flatMap((v) => (literal(v) === undefined || /[*?]|\$\{/.test(literal(v)!) ? [] : [v]));
  const equal = /^String(Equals|EqualsIgnoreCase|Like)$/.test(c.operator) && values.length === c.values.length;
  if (!equal) return { service, context: made };
  const key = c.key.slice(c.key.indexOf('/') + 1);
  return { service, context: { ...made, [c.key]: { not: values }, [`aws:RequestTag/${key}`]: values } };
}

/** The document for somebody who can give resources of the services any tag. */
export function withAnyTag(document: PolicyDocument, services: readonly string[]): PolicyDocument {
  if (
    services.length === 0 ||
    !document.statements.some((s) => s.conditions.some(({ key }) => OF_A_RESOURCE.test(key)))
  )
    return document;
  return { ...document, statements: document.statements.flatMap((s) => relaxed(s, services)) };
}

/** An Allow loses the condition, for actions of the service; a Deny on tags is avoided by other tags. */
function relaxed(s: Statement, services: readonly string[]): readonly Statement[] {
  const met = services.filter((service) => isOf(s.action, service) && s.conditions.some((c) => isOnTag(c, service)));
  if (met.length === 0 || s.opaque !== undefined) return [s];
  if (s.effect === 'Deny') {
    const [service] = met;
    const others = s.action.not || s.action.patterns.some((p) => serviceOf(p) !== service);
    return others ? [s] : [];
  }
  return [
    s,
    ...met.map((service) => ({
      ...s,
      action: within(s.action, service),
      conditions: s.conditions.filter((c) => !isOnTag(c, service)),
    })),
  ];
}

function isOnTag({ key, values }: Condition, service: string): boolean {
  const of = OF_A_RESOURCE.exec(key)?.[1]?.toLowerCase();
  // With a variable in it, the condition follows the caller's own tag, which may be any.
  const fixed = !values.some((v) => v.parts.some((p) => typeof p === 'string' && p.includes('${')));
  return (of === 'aws' || of === service) && fixed;
}

function isOf({ not, patterns }: Selection, service: string): boolean {
  return not || patterns.some((p) => [service, '*', undefined].includes(serviceOf(p)));
}

/** Undefined where a wildcard or a hole stands in it. */
function serviceOf(pattern: Text): string | undefined {
  const plain = literal(pattern);
  if (plain === '*') return '*';
  const service = plain?.split(':')[0]?.toLowerCase();
  return service === undefined || /[*?]/.test(service) ? undefined : service;
}

function within({ not, patterns }: Selection, service: string): Selection {
  const all = text(`${service}:*`);
  if (not) return { not: false, patterns: [all] };
  const own = patterns.filter((p) => serviceOf(p) === service);
  return {
    not: false,
    patterns: own.length === patterns.length ? patterns : [...own, ...(own.length === 0 ? [all] : [])],
  };
}
