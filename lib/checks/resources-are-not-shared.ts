/**
 * DOM-2, shared resource: a resource belongs to one trust domain and serves no other.
 *
 * A domain claims a resource by its mark or by the configuration, and uses it where a property of one of its own
 * resources refers to it. Grants in policies are not use: what they allow is compared by SOD-1. A
 * resource that nobody owns may serve several domains only if it isolates nothing, as a VPC or a
 * provider of custom resources does. An ARN that may be a resource's, once its account is known, is perhaps a use
 * (perhaps-named.ts). A gateway that domains share by routes belongs to none of them; what it has once
 * for all its zones they use, and every report says so (shared-gateways.ts).
 */
import type { Model, Origin, Resource } from '../model/model';
import { brief, textKey } from '../model/text-key';
import type { Text } from '../policy/text';
import { byIdOf } from './by-type';
import type { Check } from './check';
import { zonesThatUse } from './described-uses';
import type { Finding } from './finding';
import { perhapsNamed } from './perhaps-named';
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
    const unclear: Unclear[] = [];
    const found = [...elements].flatMap(([id, { origin, domain, claims }]) => {
      const known = uses.known.get(id) ?? [];
      const shared = judge(origin, domain, claims ?? [], known);
      const possible = shared.length > 0 ? undefined : uses.perhaps.get(id);
      if (possible !== undefined) unclear.push({ origin, domain, known, possible });
      return shared;
    });
    return [
      ...found,
      ...perhapsShared(unclear),
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

interface PossibleUse extends Use {
  readonly arn: Text;
}

/** By the id of what is used. */
interface Uses {
  readonly known: ReadonlyMap<string, readonly Use[]>;
  /** By an ARN that may be its own: only the deployment knows. */
  readonly perhaps: ReadonlyMap<string, readonly PossibleUse[]>;
}

function usesOf(model: Model): Uses {
  const known = new Map<string, Use[]>();
  const perhaps = new Map<string, PossibleUse[]>();
  const byId = byIdOf(model.resources);
  for (const resource of model.resources) {
    const { domain, origin, references, unsure = NOTHING } = resource;
    if (domain === undefined) continue;
    const usersAt = usersOf(resource, model);
    const called = calledByVariable(resource, model);
    const isUse = (to: string, at: string): boolean => {
      const used = byId.get(to);
      return (
        !isNamedByVariable(resource, at, used) && !(used !== undefined && isOfSharedGateway(model, used, resource))
      );
    };
    for (const { to, at } of called.own.length === 0 ? references : [...references, ...called.own]) {
      if (NOT_USE.test(at) || !isUse(to, at)) continue;
      const users = known.get(to) ?? [];
      known.set(to, users);
      for (const user of usersAt(at)) users.push({ domain: user, by: origin, at });
    }
    for (const { arn, at } of called.unsure.length === 0 ? unsure : [...unsure, ...called.unsure]) {
      if (NOT_USE.test(at)) continue;
      for (const { id } of perhapsNamed(arn, model)) {
        if (id === resource.id || !isUse(id, at)) continue;
        const users = perhaps.get(id) ?? [];
        perhaps.set(id, users);
        for (const user of usersAt(at)) users.push({ domain: user, by: origin, at, arn });
      }
    }
  }
  return { known, perhaps };
}

const NOTHING: NonNullable<Resource['unsure']> = [];

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

/** A resource that serves one domain for sure, and perhaps others. */
interface Unclear {
  readonly origin: Origin;
  readonly domain: string | undefined;
  readonly known: readonly Use[];
  readonly possible: readonly PossibleUse[];
}

/** One finding for what is named alike, in however many places it stands. */
function perhapsShared(all: readonly Unclear[]): Finding[] {
  const byName = new Map<string, Unclear[]>();
  for (const one of all) {
    if (one.domain === undefined && !ISOLATING.has(one.origin.type)) continue;
    if (domainsOf(one).length < 2) continue;
    const name = [...new Set(one.possible.map(({ arn }) => textKey(arn)))].sort().join(' ');
    byName.set(name, [...(byName.get(name) ?? []), one]);
  }
  return [...byName.values()].map((alike): Finding => {
    const [{ origin, possible }] = alike as [Unclear, ...Unclear[]];
    const more = alike.length - 1;
    const uses = [...new Map(possible.map((use) => [`${use.by.id} ${use.at}`, use])).values()];
    const domains = listed([...new Set(alike.flatMap(domainsOf))].sort());
    return {
      id: 'DOM-2',
      severity: 'undecided',
      message: `only the deployment knows whether \`${brief(possible[0]!.arn)}\`, which \`${possible[0]!.by.path}\` uses, is the resource \`${origin.path}\` (${origin.type})${more === 0 ? '' : ` or one of ${more} more`}, which would then serve ${domains}`,
      principals: [],
      constructPaths: [...new Set([...alike.map((one) => one.origin.path), ...uses.map(({ by }) => by.path)])],
      explanation: [
        ...alike.flatMap((one) =>
          one.domain === undefined ? [] : [`\`${one.origin.path}\` belongs to \`${one.domain}\`.`],
        ),
        ...[...alike.flatMap(({ known }) => known), ...uses].map(
          ({ by, domain, at }) => `\`${by.path}\` of \`${domain}\` uses it in \`${at}\`.`,
        ),
      ],
      chain: [],
      fix: `say which account and region the stack of \`${origin.path}\` is deployed into and write out the ARN, or give each of ${domains} a resource of its own`,
    };
  });
}

function domainsOf({ domain, known, possible }: Unclear): readonly string[] {
  return [...new Set([...(domain === undefined ? [] : [domain]), ...[...known, ...possible].map((use) => use.domain)])];
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
