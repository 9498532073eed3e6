/**
 * DOM-2, shared resource: a resource belongs to one trust domain and serves no other.
 *
 * A domain claims a resource by its mark or by the configuration, and uses it where a property of one of its own
 * resources refers to it. Grants in policies are not use: what they allow is compared by SOD-1. A
 * resource that nobody owns may serve several domains only if it isolates nothing, as a VPC or a
 * provider of custom resources does. A gateway that domains share by routes belongs to none of them; what it has once
 * for all its zones they use, and every report says so (shared-gateways.ts).
 */
import type { Model, Origin, Resource } from '../model/model';
import type { Check } from './check';
import { zonesThatUse } from './described-uses';
import type { Finding } from './finding';
import { member } from './settings';
import { isOfSharedGateway, type SharedGateway, sharedGateways } from './shared-gateways';
import { calledByVariable, isNamedByVariable } from './stage-variables';
import { touches } from './zone-coverage';
import { choicesOf, rulesOf } from './zone-rules';

export const resourcesAreNotShared: Check = {
  id: 'DOM-2',
  compliant: 'every resource belongs to one trust domain and serves no other',
  run: (model) => {
    const uses = usesOf(model);
    const gateways = sharedGateways(model);
    const elements = new Map<string, Pick<Resource, 'origin' | 'domain' | 'claims'>>();
    for (const { id, origin, domain } of model.principals) elements.set(id, { origin, domain });
    for (const { id, origin, domain, claims } of model.resources) elements.set(id, { origin, domain, claims });
    return [
      ...[...elements].flatMap(([id, { origin, domain, claims }]) =>
        judge(origin, domain, claims ?? [], uses.get(id) ?? []),
      ),
      ...gateways.flatMap(ownedByZone),
      ...gateways.flatMap((gateway) => gateway.ruleGroups.flatMap((group) => decides(group, gateway, model))),
    ];
  },
};

/** What keeps one domain apart from another, so that two domains with one of these are not apart. */
export const ISOLATING: ReadonlySet<string> = new Set([
  'AWS::ApiGateway::Authorizer',
  'AWS::ApiGateway::DomainName',
  'AWS::ApiGateway::DomainNameV2',
  'AWS::ApiGateway::RestApi',
  'AWS::ApiGateway::Stage',
  'AWS::ApiGateway::VpcLink',
  'AWS::ApiGatewayV2::Api',
  'AWS::ApiGatewayV2::Authorizer',
  'AWS::ApiGatewayV2::DomainName',
  'AWS::ApiGatewayV2::Stage',
  'AWS::ApiGatewayV2::VpcLink',
  'AWS::CloudWatch::Alarm',
  'AWS::Cognito::UserPool',
  'AWS::Cognito::UserPoolClient',
  'AWS::DynamoDB::GlobalTable',
  'AWS::DynamoDB::Table',
  'AWS::EC2::SecurityGroup',
  'AWS::EC2::VPCEndpoint',
  'AWS::IAM::ManagedPolicy',
  'AWS::IAM::Role',
  'AWS::KMS::Alias',
  'AWS::KMS::Key',
  'AWS::Kinesis::Stream',
  'AWS::KinesisFirehose::DeliveryStream',
  'AWS::Lambda::Alias',
  'AWS::Lambda::Function',
  'AWS::Lambda::Version',
  'AWS::Logs::LogGroup',
  'AWS::RDS::DBCluster',
  'AWS::RDS::DBInstance',
  'AWS::S3::Bucket',
  'AWS::SNS::Topic',
  'AWS::SQS::Queue',
  'AWS::SecretsManager::Secret',
  'AWS::SSM::Parameter',
  'AWS::WAFv2::IPSet',
  'AWS::WAFv2::WebACL',
]);

/** Properties that grant, and the token of a custom resource, whose provider serves all of the app. */
const NOT_USE = /^(PolicyDocument|Policies|Policy|AssumeRolePolicyDocument|KeyPolicy|ResourcePolicy|ServiceToken)\b/;

interface Use {
  readonly domain: string;
  readonly by: Origin;
  readonly at: string;
}

/** By the id of what is used. */
function usesOf(model: Model): ReadonlyMap<string, readonly Use[]> {
  const uses = new Map<string, Use[]>();
  const byId = new Map(model.resources.map((resource) => [resource.id, resource]));
  for (const resource of model.resources) {
    const { domain, origin, references } = resource;
    if (domain === undefined) continue;
    const usersAt = usersOf(resource, model);
    const called = calledByVariable(resource, model);
    for (const { to, at } of called.length === 0 ? references : [...references, ...called]) {
      if (NOT_USE.test(at)) continue;
      const used = byId.get(to);
      if (isNamedByVariable(resource, at, used)) continue;
      if (used !== undefined && isOfSharedGateway(model, used, resource)) continue;
      const known = uses.get(to) ?? [];
      uses.set(to, known);
      for (const user of usersAt(at)) known.push({ domain: user, by: origin, at });
    }
  }
  return uses;
}

/** Whose use a reference is: that of the resource's domain, or of a gateway's zones where its document describes theirs. */
function usersOf({ id, domain, properties }: Resource, model: Model): (at: string) => readonly string[] {
  const own = domain === undefined ? [] : [domain];
  const gateways = sharedGateways(model);
  const gateway = gateways.length === 0 ? undefined : gateways.find(({ api }) => api.id === id);
  if (gateway === undefined) return () => own;
  return (at) => {
    const users = zonesThatUse(at, properties, gateway.zones);
    return users.length > 0 ? users : own;
  };
}

function judge(origin: Origin, domain: string | undefined, claims: readonly string[], uses: readonly Use[]): Finding[] {
  if (claims.length < 2 && uses.every((use) => use.domain === domain)) return [];
  const known = { id: 'DOM-2', severity: 'violated', principals: [], chain: [] } as const;
  if (claims.length > 1) {
    return [
      {
        ...known,
        message: `the resource \`${origin.path}\` is claimed by ${listed(claims)}; a resource belongs to one trust domain`,
        constructPaths: [origin.path],
        explanation: [],
        fix: 'leave it to one of them: its mark and the globs of the configuration must name the same domain',
      },
    ];
  }
  if (domain === undefined && !ISOLATING.has(origin.type)) return [];
  const foreign = uses.filter((use) => use.domain !== domain);
  const domains = [...new Set([...(domain === undefined ? [] : [domain]), ...foreign.map((use) => use.domain)])].sort();
  if (domains.length < 2) return [];
  return [
    {
      ...known,
      message: `the resource \`${origin.path}\` (${origin.type}) serves ${listed(domains)}; a resource serves one trust domain`,
      constructPaths: [...new Set([origin.path, ...foreign.map((use) => use.by.path)])],
      explanation: [
        ...(domain === undefined ? [] : [`\`${origin.path}\` belongs to \`${domain}\`.`]),
        ...foreign.map((use) => `\`${use.by.path}\` of \`${use.domain}\` uses it in \`${use.at}\`.`),
      ],
      fix: `give each of ${listed(domains)} a resource of its own`,
    },
  ];
}

/** Whoever has the gateway may change the way into every zone. */
function ownedByZone({ api, zones }: SharedGateway): Finding[] {
  const { origin, domain } = api;
  const others = [...new Set(zones.map((zone) => zone.domain))].filter((zone) => zone !== domain).sort();
  if (domain === undefined || !zones.some((zone) => zone.domain === domain) || others.length === 0) return [];
  return [
    {
      id: 'DOM-2',
      severity: 'violated',
      message: `the gateway \`${origin.path}\` belongs to \`${domain}\`, and is the way into ${listed(others)} as well`,
      principals: [],
      constructPaths: [origin.path],
      explanation: zones.map((zone) => `\`${zone.domain}\` has \`${zone.path}\` of it.`),
      chain: [],
      fix: 'give the gateway to a domain of the party that runs it, which has none of its zones',
    },
  ];
}

/** What a zone's rule group says of requests for another zone: whoever may change the group lets them past, or stops them. */
function decides(group: Resource, gateway: SharedGateway, model: Model): Finding[] {
  const own = gateway.zones.find(({ domain }) => domain === group.domain);
  if (own === undefined) return [];
  const others = gateway.zones.filter(({ domain }) => domain !== group.domain);
  const statements = choicesOf(group).flatMap(({ value }) => {
    const { rules } = rulesOf(value);
    return rules.flatMap(({ action, statement }) => {
      if (action === 'other') return [];
      const rate = member(statement, 'RateBasedStatement');
      if (rate === undefined) return [statement];
      const scope = member(rate, 'ScopeDownStatement');
      // A limit of its own that counts others as well is DOM-8's.
      return scope === undefined || touches(scope, own, gateway, model) !== false ? [] : [scope];
    });
  });
  const asked = others.map((zone) => ({ zone, answers: statements.map((s) => touches(s, zone, gateway, model)) }));
  const stopped = asked.filter(({ answers }) => answers.some((answer) => answer !== false));
  if (stopped.length === 0) return [];
  const certain = stopped.some(({ answers }) => answers.includes(true));
  const domains = listed([...new Set(stopped.map(({ zone }) => zone.domain))].sort());
  const { path } = group.origin;
  return [
    {
      id: 'DOM-2',
      severity: certain ? 'violated' : 'undecided',
      message: `the rule group \`${path}\` of \`${group.domain}\` ${certain ? 'decides' : 'perhaps decides'} on requests for ${domains} of the gateway \`${gateway.api.origin.path}\``,
      principals: [],
      constructPaths: [path, gateway.api.origin.path],
      explanation: [],
      chain: [],
      fix: `scope each of its rules down to \`${own.path}\`, or give it to the party that runs the gateway`,
    },
  ];
}

function listed(names: readonly string[]): string {
  return names.map((name) => `\`${name}\``).join(' and ');
}
