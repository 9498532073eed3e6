/**
 * DOM-14, no switch: a domain that the constructs made can be isolated by one parameter of its stack, completely, and
 * without another domain noticing.
 *
 * The parameter is the one that says, in a Deny of every duty role, before which moment its sessions are void. While it
 * is set to anything but its first value, a rule of the web ACL before every stage must block all requests, before
 * any other rule is asked. Nothing of another domain may depend on it. That the parameter is set is the
 * deployment's doing (docs/containment.md).
 */
import type { Alternative, Model, Principal, Resource } from '../model/model';
import { onlyHole } from '../model/text-key';
import { DEPLOYMENT_KEY_PREFIX } from '../policy/catalogue';
import type { Condition, Statement } from '../policy/document';
import { type Hole, isText, literal } from '../policy/text';
import type { Check } from './check';
import type { Finding } from './finding';
import { placesOf } from './places';
import { nameOf } from './separation';
import { type Answer, all, any, type Belongings, madeDomains, member, referredTo, textOf, typed } from './signals';

export const domainsCanBeIsolated: Check = {
  id: 'DOM-14',
  compliant: 'every trust domain can be isolated by one parameter of its stack, and no other domain notices',
  run: (model) => madeDomains(model).flatMap((own) => judge(own, model)),
};

function judge(own: Belongings, model: Model): readonly Finding[] {
  const { domain, place } = own;
  const placeOf = placesOf(model);
  const roles = model.principals.filter(
    (principal) =>
      principal.domain === domain &&
      placeOf(domain, principal.origin.stack) === place &&
      principal.duty !== undefined &&
      principal.dutyFrom === 'mark',
  );
  const switches = new Map(roles.map((role) => [role, revokingHoles(role)]));
  const counts = new Map<string, number>();
  for (const holes of switches.values()) for (const { hole } of holes) counts.set(hole, (counts.get(hole) ?? 0) + 1);
  const [parameter] = [...counts].sort(([, a], [, b]) => b - a).map(([hole]) => hole);
  if (parameter === undefined) {
    return [finding('violated', `no parameter revokes the sessions of the domain \`${domain}\``, paths(own), ROLES)];
  }
  const kept = roles.filter((role) => !switches.get(role)?.some(({ hole }) => hole === parameter));
  return [
    ...(kept.length === 0
      ? []
      : [
          finding(
            'violated',
            `isolating the domain \`${domain}\` leaves the sessions of ${kept.map(nameOf).join(', ')} as they are`,
            kept.map(({ origin }) => origin.path),
            ROLES,
          ),
        ]),
    ...stagesOf(own, parameter),
    ...foreign(domain, parameter, model),
  ];
}

const ROLES = 'leave the Deny `RevokedSessions` in the remit of every duty';
const RULE = 'leave the rule `isolation` in the web ACL of the domain, and the web ACL before its stage';

/** What stands in for the moment in a Deny of everything to sessions that began before it. */
function revokingHoles({ policies }: Principal): readonly Hole[] {
  const documents = [
    ...policies.identityPolicies,
    ...(policies.permissionsBoundary ? [policies.permissionsBoundary] : []),
  ];
  return documents.flatMap(({ statements }) => statements).flatMap((statement) => revoking(statement) ?? []);
}

function revoking({ effect, action, resource, conditions, opaque }: Statement): Hole | undefined {
  const everything = [action, resource].every(
    (selection) => selection?.not === false && selection.patterns.some((pattern) => literal(pattern) === '*'),
  );
  const [condition, ...more] = conditions;
  if (effect !== 'Deny' || opaque !== undefined || !everything || condition === undefined || more.length > 0)
    return undefined;
  const { operator, quantifier, key, values } = condition;
  const [moment] = values;
  return operator === 'DateLessThan' &&
    quantifier === undefined &&
    key.toLowerCase() === 'aws:tokenissuetime' &&
    moment !== undefined
    ? onlyHole(moment)
    : undefined;
}

function stagesOf(own: Belongings, parameter: string): readonly Finding[] {
  const { domain, resources } = own;
  const acls = new Map(typed(resources, 'AWS::WAFv2::WebACL').map((acl) => [acl.id, blocksWhen(acl, parameter)]));
  const associations = typed(resources, 'AWS::WAFv2::WebACLAssociation').map((association) => ({
    stages: referredTo(association, 'ResourceArn'),
    blocks: all([
      association.when === undefined ? true : undefined,
      any(referredTo(association, 'WebACLArn').map((id) => (acls.has(id) ? acls.get(id) : false))),
    ]),
  }));
  return typed(resources, 'AWS::ApiGateway::Stage').flatMap((stage) => {
    const blocked = any(associations.filter(({ stages }) => stages.includes(stage.id)).map(({ blocks }) => blocks));
    if (blocked === true) return [];
    const [severity, what] =
      blocked === false ? (['violated', 'does not block'] as const) : (['undecided', 'only perhaps blocks'] as const);
    const message = `isolating the domain \`${domain}\` ${what} all requests at \`${stage.origin.path}\``;
    return [
      finding(
        severity,
        message,
        [stage.origin.path, ...typed(resources, 'AWS::WAFv2::WebACL').map(({ origin }) => origin.path)],
        RULE,
      ),
    ];
  });
}

/** Whether the web ACL blocks everything in every deployment in which the parameter has another than its first value. */
function blocksWhen({ alternatives, properties, when }: Resource, parameter: string): Answer {
  if (when !== undefined) return undefined;
  const choices = alternatives?.Rules;
  if (choices === undefined) return isText(properties.Rules) ? undefined : blocksAll(properties.Rules);
  return all(choices.filter((choice) => mayBeIsolated(choice, parameter)).map(({ value }) => blocksAll(value)));
}

/** False only for the one value of the parameter that stands for *not isolated*. */
function mayBeIsolated({ when }: Alternative, parameter: string): boolean {
  const switchedOff = ({ operator, key }: Condition): boolean => operator === 'StringEquals' && isKeyOf(key, parameter);
  return when.some((conjunction) => !conjunction.some(switchedOff));
}

/** Names that differ by case alone are told apart by a number. */
function isKeyOf(key: string, parameter: string): boolean {
  const own = `${DEPLOYMENT_KEY_PREFIX}${parameter}`;
  return key === own || (key.startsWith(`${own}#`) && /^\d+$/.test(key.slice(own.length + 1)));
}

/** A rule that blocks what any request has, and that is asked first. */
function blocksAll(rules: unknown): Answer {
  if (!Array.isArray(rules) || rules.some(isText)) return Array.isArray(rules) ? undefined : false;
  const numbered = rules.map((rule) => ({ rule, priority: Number(textOf(member(rule, 'Priority')) ?? Number.NaN) }));
  if (numbered.some(({ priority }) => Number.isNaN(priority))) return undefined;
  const first = Math.min(...numbered.map(({ priority }) => priority));
  return any(
    numbered
      .filter(({ priority }) => priority === first)
      .map(({ rule }) => {
        const constraint = member(rule, 'Statement', 'SizeConstraintStatement');
        const whole =
          textOf(member(constraint, 'ComparisonOperator')) === 'GE' &&
          textOf(member(constraint, 'Size')) === '0' &&
          member(constraint, 'FieldToMatch', 'UriPath') !== undefined;
        return whole && member(rule, 'Action', 'Block') !== undefined;
      }),
  );
}

/** What of other domains depends on the parameter. */
function foreign(domain: string, parameter: string, model: Model): readonly Finding[] {
  const others = [
    ...model.resources
      .filter((resource) => resource.domain !== undefined && resource.domain !== domain)
      .filter((resource) =>
        [resource.properties, resource.alternatives, resource.when].some((value) => speaksOf(value, parameter)),
      ),
    ...model.principals
      .filter((principal) => principal.domain !== undefined && principal.domain !== domain)
      .filter(({ policies, trust }) => [policies, trust].some((value) => speaksOf(value, parameter))),
  ];
  if (others.length === 0) return [];
  const domains = [...new Set(others.map((other) => `\`${other.domain}\``))].join(' and ');
  return [
    finding(
      'violated',
      `isolating the domain \`${domain}\` changes what belongs to ${domains}: \`${others[0]!.origin.path}\` depends on its parameter`,
      others.map(({ origin }) => origin.path),
      'give each domain a parameter of its own',
    ),
  ];
}

/** Whether the parameter's value, or a condition on it, is anywhere in the value. */
function speaksOf(value: unknown, parameter: string): boolean {
  if (typeof value !== 'object' || value === null) return false;
  if (isText(value)) return value.parts.some((part) => typeof part !== 'string' && part.hole === parameter);
  const { key } = value as { readonly key?: unknown };
  if (typeof key === 'string' && isKeyOf(key, parameter)) return true;
  return Object.values(value).some((inner) => speaksOf(inner, parameter));
}

function paths({ resources }: Belongings): readonly string[] {
  return typed(resources, 'AWS::ApiGateway::RestApi').map(({ origin }) => origin.path);
}

function finding(
  severity: Finding['severity'],
  message: string,
  constructPaths: readonly string[],
  fix: string,
): Finding {
  return { id: 'DOM-14', severity, message, principals: [], constructPaths, explanation: [], chain: [], fix };
}
