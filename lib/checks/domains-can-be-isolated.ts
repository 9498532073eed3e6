/**
 * DOM-14, no switch: a domain that the constructs made can be isolated by one parameter of its stack, completely, and
 * without another domain noticing.
 *
 * The parameter is the one that says, in a Deny of every duty role, before which moment its sessions are void. While it
 * is set to anything but its first value, a rule of the web ACL before every stage must block all requests, before
 * any other rule is asked; at a gateway that domains share, a parameter of the gateway's stack blocks the zone's path, in
 * whatever spelling, and nobody else's (zone-block.ts). Nothing of another domain may depend on either. That the parameter is set is the
 * deployment's doing (docs/containment.md).
 */
import type { Model, Principal, Resource } from '../model/model';
import { onlyHole } from '../model/text-key';
import { DEPLOYMENT_KEY_PREFIX } from '../policy/catalogue';
import type { PolicyDocument, Statement } from '../policy/document';
import { type Hole, isText, literal, type Text } from '../policy/text';
import { type Answer, all, any, textOf } from './answers';
import { referredTo, typed } from './by-type';
import type { Check } from './check';
import { type Finding, OF_A_SETTING } from './finding';
import { stagesOfApi } from './gateway-stages';
import { type Belongings, madeDomains } from './made-domains';
import { placesOf } from './places';
import { nameOf } from './separation';
import { member } from './settings';
import { mayBeIsolated, type ZoneBlock, zoneBlock } from './zone-block';

export const domainsCanBeIsolated: Check = {
  id: 'DOM-14',
  compliant: 'every trust domain can be isolated by one parameter of its stack, and no other domain notices',
  run: (model) => {
    const placeOf = placesOf(model);
    const key = (domain: string, place: string) => JSON.stringify([domain, place]);
    const roles = new Map<string, Principal[]>();
    for (const principal of model.principals) {
      const { domain, duty, dutyFrom, origin } = principal;
      if (domain === undefined || duty === undefined || dutyFrom !== 'mark') continue;
      const at = key(domain, placeOf(domain, origin.stack));
      roles.set(at, [...(roles.get(at) ?? []), principal]);
    }
    const switches = madeDomains(model).map((own) => ({
      ...switchOf(own, roles.get(key(own.domain, own.place)) ?? []),
      ...(own.zone === undefined ? {} : { block: zoneBlock(own.zone, own.domain, model) }),
    }));
    const parameters = switches.flatMap(({ parameter, block }) => [parameter ?? [], block?.parameter ?? []].flat());
    const dependents = dependentsOf(model, new Set(parameters));
    const acls = new Map(typed(model.resources, WEB_ACL).map((acl) => [acl.id, acl]));
    return switches.flatMap((one) => judge(one, dependents, { model, acls }));
  },
};

interface Switch {
  readonly own: Belongings;
  /** The hole of the parameter that most duty roles have. */
  readonly parameter?: string;
  /** Duty roles whose sessions it does not revoke. */
  readonly kept: readonly Principal[];
  /** Of a domain that shares its gateway: what blocks it there. */
  readonly block?: ZoneBlock;
}

interface Estate {
  readonly model: Model;
  readonly acls: ReadonlyMap<string, Resource>;
}

function switchOf(own: Belongings, roles: readonly Principal[]): Switch {
  const holes = new Map(roles.map((role) => [role, new Set(revokingHoles(role).map(({ hole }) => hole))]));
  const counts = new Map<string, number>();
  for (const each of holes.values()) for (const hole of each) counts.set(hole, (counts.get(hole) ?? 0) + 1);
  const [parameter] = [...counts].sort(([, x], [, y]) => y - x).map(([hole]) => hole);
  if (parameter === undefined) return { own, kept: roles };
  return { own, parameter, kept: roles.filter((role) => !holes.get(role)?.has(parameter)) };
}

function judge({ own, parameter, kept, block }: Switch, dependents: Dependents, estate: Estate): readonly Finding[] {
  const { domain } = own;
  if (parameter === undefined) {
    return [finding('violated', `no parameter revokes the sessions of the domain \`${domain}\``, paths(own), ROLES)];
  }
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
    ...(block === undefined ? stagesOf(own, parameter, estate) : notBlocked(own, block)),
    ...foreign(domain, dependents.get(parameter) ?? []),
    ...(block?.parameter === undefined ? [] : foreign(domain, dependents.get(block.parameter) ?? [])),
  ];
}

function notBlocked(own: Belongings, { parameter, fault }: ZoneBlock): readonly Finding[] {
  if (fault === undefined) return [];
  const fix =
    'leave the rule group of the zone as `TrustZone` writes it, and the rule that refers to it in the web ACL of the gateway';
  const severity = fault.undecided === true ? 'undecided' : 'violated';
  const by = parameter === undefined ? '' : ` (\`${parameter}\`)`;
  return [
    finding(
      severity,
      `isolating the domain \`${own.domain}\` at its gateway${by} ${fault.what}`,
      [...paths(own), ...fault.paths],
      fix,
    ),
  ];
}

const ROLES = 'leave the Deny `RevokedSessions` in the remit of every duty';
const RULE = 'leave the rule `isolation` in the web ACL of the domain, and the web ACL before its stage';

/** What stands in for the moment in a Deny of everything to sessions that began before it. */
function revokingHoles({ policies }: Principal): readonly Hole[] {
  const documents = new Set(policies.identityPolicies);
  if (policies.permissionsBoundary !== undefined) documents.add(policies.permissionsBoundary);
  const holes: Hole[] = [];
  for (const { statements } of documents) {
    for (const statement of statements) {
      const hole = statement.effect === 'Deny' ? revoking(statement) : undefined;
      if (hole !== undefined) holes.push(hole);
    }
  }
  return holes;
}

function revoking({ effect, action, resource, conditions, opaque }: Statement): Hole | undefined {
  const [condition] = conditions;
  if (effect !== 'Deny' || opaque !== undefined || condition === undefined || conditions.length > 1) return undefined;
  const { operator, quantifier, key, values } = condition;
  const [moment] = values;
  if (
    operator !== 'DateLessThan' ||
    quantifier !== undefined ||
    key.toLowerCase() !== 'aws:tokenissuetime' ||
    moment === undefined
  )
    return undefined;
  const everything = [action, resource].every(
    (selection) => selection?.not === false && selection.patterns.some((pattern) => literal(pattern) === '*'),
  );
  return everything ? onlyHole(moment) : undefined;
}

/** Of all stages that lead to the APIs of the domain, whoever they belong to. */
function stagesOf(
  { domain, resources: own }: Belongings,
  parameter: string,
  { model, acls }: Estate,
): readonly Finding[] {
  const blocks = (association: Resource): Answer =>
    all([
      association.when === undefined ? true : undefined,
      any(
        referredTo(association, 'WebACLArn').map((id) => {
          const acl = acls.get(id);
          return acl === undefined ? false : blocksWhen(acl, parameter);
        }),
      ),
    ]);
  const stages = typed(own, 'AWS::ApiGateway::RestApi').flatMap(({ id }) => stagesOfApi(id, model.resources));
  return stages.flatMap(({ resource: stage, associations }) => {
    const blocked = any(associations(model.resources).map(blocks));
    if (blocked === true) return [];
    const [severity, what] =
      blocked === false ? (['violated', 'does not block'] as const) : (['undecided', 'only perhaps blocks'] as const);
    const message = `isolating the domain \`${domain}\` ${what} all requests at \`${stage.origin.path}\``;
    return [
      finding(severity, message, [stage.origin.path, ...typed(own, WEB_ACL).map(({ origin }) => origin.path)], RULE),
    ];
  });
}

const WEB_ACL = 'AWS::WAFv2::WebACL';

/** Whether the web ACL blocks everything in every deployment in which the parameter has another than its first value. */
function blocksWhen({ alternatives, properties, when }: Resource, parameter: string): Answer {
  if (when !== undefined) return undefined;
  const choices = alternatives?.Rules;
  if (choices === undefined) return isText(properties.Rules) ? undefined : blocksAll(properties.Rules);
  return all(
    choices.filter(({ when: chosen }) => mayBeIsolated(chosen, parameter)).map(({ value }) => blocksAll(value)),
  );
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

type Element = Pick<Resource, 'domain' | 'origin'>;

/** By the hole of a parameter: what of any domain depends on it. */
type Dependents = ReadonlyMap<string, readonly Element[]>;

function dependentsOf({ resources, principals }: Model, parameters: ReadonlySet<string>): Dependents {
  const dependents = new Map<string, Element[]>();
  const named = new Set<string>();
  const look = (element: Element, find: (into: Set<string>) => void): void => {
    if (element.domain === undefined) return;
    find(named);
    if (named.size === 0) return;
    for (const parameter of named) {
      const others = dependents.get(parameter);
      if (others === undefined) dependents.set(parameter, [element]);
      else others.push(element);
    }
    named.clear();
  };
  for (const resource of resources)
    look(resource, (into) => {
      // A parameter is in the properties with its own value, and in conditions by its name.
      for (const hole of resource.open) if (parameters.has(hole)) into.add(hole);
      parametersIn(resource.alternatives, parameters, into);
      parametersIn(resource.when, parameters, into);
    });
  for (const principal of principals)
    look(principal, (into) => {
      const { policies, trust } = principal;
      const documents = [policies, { trust }].flatMap((held) => Object.values(held) as (PolicyDocument | undefined)[]);
      // A remit is attached to its role, and bounds it.
      for (const document of new Set(documents.flat()))
        for (const statement of document?.statements ?? []) parametersOf(statement, parameters, into);
    });
  return dependents;
}

/** As {@link parametersIn}, of a statement, which says such things in four places. */
function parametersOf(
  { action, resource, conditions, principal }: Statement,
  parameters: ReadonlySet<string>,
  into: Set<string>,
): void {
  parametersOfTexts(action.patterns, parameters, into);
  if (resource !== undefined) parametersOfTexts(resource.patterns, parameters, into);
  for (const { key, values } of conditions) {
    conditionedOn(key, parameters, into);
    parametersOfTexts(values, parameters, into);
  }
  if (principal !== undefined) for (const { value } of principal.entries) parametersOfTexts([value], parameters, into);
}

/** By positions: an iterator for each of all texts of an app would be most of what this check costs. */
function parametersOfTexts(texts: readonly Text[], parameters: ReadonlySet<string>, into: Set<string>): void {
  for (let i = 0; i < texts.length; i++) {
    const { parts } = texts[i]!;
    for (let j = 0; j < parts.length; j++) {
      const part = parts[j]!;
      if (typeof part !== 'string' && parameters.has(part.hole)) into.add(part.hole);
    }
  }
}

/** The key of a condition may ask what the deployment decides. */
function conditionedOn(key: string, parameters: ReadonlySet<string>, into: Set<string>): void {
  if (!key.startsWith(DEPLOYMENT_KEY_PREFIX)) return;
  const named = key.slice(DEPLOYMENT_KEY_PREFIX.length).replace(/#\d+$/, '');
  if (parameters.has(named)) into.add(named);
}

/** The parameters whose value, or a condition on them, is anywhere in the value. */
function parametersIn(value: unknown, parameters: ReadonlySet<string>, into: Set<string>): void {
  if (typeof value !== 'object' || value === null) return;
  if (isText(value)) {
    parametersOfTexts([value], parameters, into);
    return;
  }
  const { key } = value as { readonly key?: unknown };
  if (typeof key === 'string') conditionedOn(key, parameters, into);
  const members = value as Readonly<Record<string, unknown>>;
  for (const member in members)
    if (typeof members[member] === 'object') parametersIn(members[member], parameters, into);
}

function foreign(domain: string, dependents: readonly Element[]): readonly Finding[] {
  const others = dependents.filter((element) => element.domain !== domain);
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

function paths({ resources, zone }: Belongings): readonly string[] {
  return typed(resources, zone === undefined ? 'AWS::ApiGateway::RestApi' : 'AWS::ApiGateway::Method').map(
    ({ origin }) => origin.path,
  );
}

function finding(
  severity: Finding['severity'],
  message: string,
  constructPaths: readonly string[],
  fix: string,
): Finding {
  return { id: 'DOM-14', severity, message, constructPaths, fix, ...OF_A_SETTING };
}
