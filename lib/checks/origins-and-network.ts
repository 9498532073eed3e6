/**
 * DOM-9, open origins and shared networks: scripts of named origins alone may call an API of a trust domain, and no security
 * group, endpoint or subnet serves two domains.
 *
 * Answering every origin and allowing credentials gives every site what the caller may see, in any domain; APIs that the
 * constructs made name their origins in any case. Networks that the app makes are DOM-2's, but for subnets; here are those
 * that it names: what stands in two domains' properties as one text is one network.
 */
import type { Model, Resource } from '../model/model';
import { textKey } from '../model/text-key';
import { isText, show, type Text } from '../policy/text';
import { answersIn, isEverybody } from './answered-origins';
import type { Check } from './check';
import { type Finding, OF_A_SETTING } from './finding';
import { asText } from './settings';

export const originsAndNetwork: Check = {
  id: 'DOM-9',
  compliant: 'scripts of named origins alone call a domain, and no security group, endpoint or subnet serves two',
  run: (model) => {
    const byId = new Map(model.resources.map((resource) => [resource.id, resource]));
    return [...origins(model, byId), ...networks(model, byId)];
  },
};

type ById = ReadonlyMap<string, Resource>;

const ANSWERING: ReadonlySet<string> = new Set([
  'AWS::ApiGateway::GatewayResponse',
  'AWS::ApiGateway::Method',
  'AWS::ApiGateway::RestApi',
  'AWS::ApiGatewayV2::Api',
  'AWS::Lambda::Url',
  'AWS::Serverless::Api',
  'AWS::Serverless::HttpApi',
]);

/** One finding for each API and fault: its methods mostly answer alike. */
function origins({ resources, apis }: Model, byId: ById): Finding[] {
  const domains = new Map(apis.map(({ id, domain }) => [id, domain]));
  const found = new Map<string, Finding>();
  for (const resource of resources) {
    if (!ANSWERING.has(resource.origin.type)) continue;
    const api = domains.has(resource.id) ? resource.id : resource.references.find(({ to }) => domains.has(to))?.to;
    const domain = api === undefined ? resource.domain : (domains.get(api) ?? resource.domain);
    if (domain === undefined) continue;
    const promised = api !== undefined && byId.get(api)?.part === 'api';
    const path = (api === undefined ? undefined : byId.get(api)?.origin.path) ?? resource.origin.path;
    for (const fault of faults(resource, promised)) {
      const key = `${path} ${fault.what}`;
      const known = found.get(key);
      found.set(key, {
        id: 'DOM-9',
        severity: fault.severity,
        message: `the API \`${path}\` of the domain \`${domain}\` ${fault.what}`,
        ...OF_A_SETTING,
        constructPaths: [...new Set([...(known?.constructPaths ?? []), resource.origin.path, path])],
        fix: 'name each origin exactly, like `https://app.example.com`: of a trust domain, in `corsOrigins`',
      });
    }
  }
  return [...found.values()];
}

interface Fault {
  readonly severity: Finding['severity'];
  readonly what: string;
}

function faults({ properties }: Resource, promised: boolean): readonly Fault[] {
  return answersIn(properties).flatMap(({ origin, credentials }): readonly Fault[] => {
    if (isEverybody(origin)) {
      if (credentials === true)
        return [
          { severity: 'violated', what: 'answers scripts of every origin, with the credentials of whoever visits it' },
        ];
      if (promised) return [{ severity: 'violated', what: 'answers scripts of every origin' }];
      return credentials === 'unknown'
        ? [
            {
              severity: 'undecided',
              what: 'answers scripts of every origin, perhaps with credentials, which only the deployment knows',
            },
          ]
        : [];
    }
    const unknown = origin.startsWith('?') && (promised || credentials !== false);
    return unknown
      ? [{ severity: 'undecided', what: 'answers scripts of origins that cannot be read off its template' }]
      : [];
  });
}

type Kind = 'security group' | 'endpoint' | 'subnet';

const NAMED: ReadonlyMap<string, Kind> = new Map([
  ['AccessAssociationSource', 'endpoint'],
  ['GroupId', 'security group'],
  ['SecurityGroupIds', 'security group'],
  ['SecurityGroups', 'security group'],
  ['SourceSecurityGroupId', 'security group'],
  ['SubnetId', 'subnet'],
  ['SubnetIds', 'subnet'],
  ['Subnets', 'subnet'],
  ['VPCZoneIdentifier', 'subnet'],
  ['VpcEndpointIds', 'endpoint'],
  ['VpcSecurityGroupIds', 'security group'],
]);

interface Network {
  readonly kind: Kind;
  readonly name: Text;
  readonly domains: Set<string>;
  readonly paths: Set<string>;
}

function networks({ resources }: Model, byId: ById): Finding[] {
  const found = new Map<string, Network>();
  for (const resource of resources) {
    const { domain, references, properties, origin } = resource;
    // Policies are half of an app, and are in no network.
    if (domain === undefined || origin.type.startsWith('AWS::IAM::')) continue;
    for (const { kind, name, at } of named(properties, [])) {
      if (references.some((r) => r.at.startsWith(at) && isJudged(byId.get(r.to), name))) continue;
      const key = `${kind} ${textKey(name)}`;
      const known = found.get(key) ?? { kind, name, domains: new Set<string>(), paths: new Set<string>() };
      known.domains.add(domain);
      known.paths.add(origin.path);
      found.set(key, known);
    }
  }
  return together([...found.values()].filter(({ domains }) => domains.size > 1));
}

/** Whether the name is that of a resource of the app that DOM-2 asks whom it serves. */
function isJudged(resource: Resource | undefined, name: Text): boolean {
  if (resource === undefined) return false;
  const { type } = resource.origin;
  const asked =
    type === 'AWS::EC2::SecurityGroup' ||
    type === 'AWS::EC2::VPCEndpoint' ||
    (type === 'AWS::EC2::Subnet' && resource.domain !== undefined);
  return asked && name.parts.some((part) => typeof part !== 'string' && part.hole.startsWith(`${resource.id}#`));
}

interface Naming {
  readonly kind: Kind;
  readonly name: Text;
  /** Names of properties from the resource's inwards, with dots between. */
  readonly at: string;
}

/** @param path where the value stands */
function named(value: unknown, path: string[], kind?: Kind, found: Naming[] = []): readonly Naming[] {
  if (isText(value) || typeof value === 'string') {
    const name = kind === undefined ? undefined : asText(value);
    if (kind !== undefined && name !== undefined) found.push({ kind, name, at: path.join('.') });
  } else if (Array.isArray(value)) {
    for (const one of value) if (kind !== undefined || typeof one === 'object') named(one, path, kind, found);
  } else if (typeof value === 'object' && value !== null) {
    const members = value as Readonly<Record<string, unknown>>;
    for (const key in members) {
      const inner = members[key];
      const of = NAMED.get(key);
      if (of === undefined && (typeof inner !== 'object' || inner === null)) continue;
      path.push(key);
      named(inner, path, of, found);
      path.pop();
    }
  }
  return found;
}

/** Subnets of one network mostly come together: one finding for each set of domains and kind. */
function together(shared: readonly Network[]): Finding[] {
  const groups = new Map<string, Network[]>();
  for (const network of shared) {
    const key = `${network.kind} ${[...network.domains].sort().join(' ')}`;
    groups.set(key, [...(groups.get(key) ?? []), network]);
  }
  return [...groups.values()].map((group) => {
    const [first] = group as [Network];
    const domains = [...first.domains].sort().map((domain) => `\`${domain}\``);
    const ids = group.map(({ name }) => `\`${show(name)}\``).sort();
    const one = ids.length === 1;
    return {
      id: 'DOM-9',
      severity: 'violated',
      message: `the ${first.kind}${one ? '' : 's'} ${ids.join(', ')} ${one ? 'serves' : 'serve'} ${domains.join(' and ')}, which are then one network`,
      ...OF_A_SETTING,
      constructPaths: [...new Set(group.flatMap(({ paths }) => [...paths]))],
      fix: `give each of ${domains.join(' and ')} ${first.kind === 'endpoint' ? 'an' : 'a'} ${first.kind} of its own`,
    };
  });
}
