/**
 * DOM-7, visible from outside: an API of a domain whose exposure is internal is reached from the domain's own endpoints alone.
 *
 * Its endpoint is private; its policy, and that of its private name, admit no call from elsewhere, which the engine decides;
 * with a private name the default endpoint is off; and no public name, distribution or routing rule leads to it. Of APIs that the constructs
 * made the endpoints are those that they name or own, and those have a policy; of others whatever endpoints and networks the
 * policy itself names. A private name without a policy admits nobody. What calls the API from within is a crossing (DOM-1).
 * Sources: https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-private-apis.html,
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-private-custom-domains.html
 */
import type { Api, Model, Resource } from '../model/model';
import { splitText, textKey } from '../model/text-key';
import { isText, literal, show, type Text, text } from '../policy/text';
import type { SubsetVerdict } from '../policy/verdict';
import { callsFromElsewhere, type Networks, namedNetworks, passesMore } from './admitted-networks';
import { typed } from './by-type';
import type { Check, CheckContext } from './check';
import { type Finding, OF_A_SETTING } from './finding';
import { flag, member, textsAt } from './settings';

export const internalIsInvisible: Check = {
  id: 'DOM-7',
  compliant: 'an internal API is reached through endpoints of its domain alone',
  run: (model, context) => {
    const internal = new Set(model.domains.flatMap(({ name, exposure }) => (exposure === 'internal' ? [name] : [])));
    // An API says for itself whom it serves: in another Stage the same name may serve the public.
    const apis = model.apis.filter(({ exposure, domain = '' }) =>
      exposure === undefined ? internal.has(domain) : exposure === 'internal',
    );
    if (apis.length === 0) return [];
    const byId = new Map(model.resources.map((resource) => [resource.id, resource]));
    return [
      ...apis.flatMap((api) => judge(api, byId.get(api.id), model, byId, context)),
      ...model.resources
        .filter((r) => r.part !== undefined && internal.has(r.domain ?? '') && isGatewayEndpoint(r))
        .flatMap((endpoint) => endpointPolicy(endpoint, model, context)),
    ];
  },
};

type ById = ReadonlyMap<string, Resource>;

function judge(
  api: Api,
  resource: Resource | undefined,
  model: Model,
  byId: ById,
  context: CheckContext,
): readonly Finding[] {
  if (resource === undefined) return [];
  switch (api.kind) {
    case 'rest':
      return restApi(api, resource, model, byId, context);
    case 'http':
    case 'websocket':
      return [visible(api, 'has a public endpoint, as every API of its kind', 'build it as a private REST API')];
    case 'function-url':
      return [visible(api, 'is a public address', 'remove it, and call the function through the private REST API')];
    case 'appsync':
      return judgeWord(api, resource.properties.Visibility, 'PRIVATE', 'GLOBAL', 'Visibility');
    case 'load-balancer':
      return judgeWord(api, resource.properties.Scheme, 'internal', 'internet-facing', 'Scheme');
    case 'app-runner': {
      const fix = 'set `IngressConfiguration.IsPubliclyAccessible` to false';
      if (api.reachableFrom === 'network') return [];
      if (api.reachableFrom === 'internet') return [visible(api, 'is a public address', fix)];
      return [unknown(api.origin.path, `whether \`${api.origin.path}\` is public`, fix)];
    }
    case 'distribution':
      return [visible(api, 'is a public address', 'remove it, and call what stands behind it')];
    // Reached from the networks that are associated with it.
    case 'lattice':
      return [];
  }
}

/** @param absent what AWS takes where nothing is written */
function judgeWord(api: Api, value: unknown, hidden: string, absent: string, property: string): Finding[] {
  const word = value === undefined ? absent : isText(value) ? literal(value) : String(value);
  if (word?.toLowerCase() === hidden.toLowerCase()) return [];
  const fix = `set \`${property}\` to \`${hidden}\``;
  if (word === undefined) return [unknown(api.origin.path, `the \`${property}\` of \`${api.origin.path}\``, fix)];
  return [visible(api, `is \`${word}\`, and so reached from everywhere`, fix)];
}

function restApi(api: Api, resource: Resource, model: Model, byId: ById, context: CheckContext): Finding[] {
  const names = namesOf(resource, model, byId);
  return [
    ...endpointType(api, resource),
    ...policies(api, resource, names, model, context),
    ...(names.length === 0 ? [] : defaultEndpoint(api, resource, names)),
    ...publicWays(api, model, byId),
  ];
}

/** `Types` of the API, `Type` or the word itself of SAM's, or what an import is told. */
function endpointType(api: Api, { properties }: Resource): Finding[] {
  const written = properties.EndpointConfiguration;
  const types =
    textsAt(properties, 'EndpointConfiguration', 'Types') ??
    textsAt(properties, 'EndpointConfiguration', 'Type') ??
    textsAt(properties, 'Parameters', 'endpointConfigurationTypes') ??
    (typeof written === 'string' ? [text(written)] : undefined);
  const fix = 'make `PRIVATE` the only type of its `EndpointConfiguration`';
  if (types === undefined || types.length === 0)
    return [visible(api, 'has the endpoint type that API Gateway takes by default, which is public', fix)];
  const open = types.filter((t) => literal(t) !== 'PRIVATE');
  const [first] = open;
  if (first === undefined) return [];
  const known = literal(first);
  return known === undefined
    ? [unknown(api.origin.path, `the endpoint type of \`${api.origin.path}\``, fix)]
    : [visible(api, `has the endpoint type \`${known}\``, fix)];
}

function policies(
  api: Api,
  resource: Resource,
  names: readonly Resource[],
  model: Model,
  context: CheckContext,
): Finding[] {
  const own = resource.part === 'api' ? ownNetworks(resource, model) : undefined;
  const missing =
    resource.policy === undefined && own !== undefined
      ? [visible(api, 'has no policy that says through which endpoints it is called', 'leave the policy as written')]
      : [];
  return [
    ...missing,
    ...[resource, ...names].flatMap((carrier): Finding[] => {
      const called = carrier === resource ? api.invoke : calledByName(carrier);
      if (carrier.policy === undefined || called === undefined) return [];
      const networks = own ?? namedNetworks(carrier.policy);
      return admits(api, carrier, networks, callsFromElsewhere(carrier.policy, called, networks, context));
    }),
  ];
}

function admits(api: Api, carrier: Resource, { endpoints, vpcs }: Networks, verdict: SubsetVerdict): Finding[] {
  const of = `the policy of \`${carrier.origin.path}\``;
  const named = [...endpoints, ...vpcs].map((t) => `\`${show(t)}\``);
  const fix = `deny in ${of} whatever comes not through ${named.length === 0 ? 'an endpoint of the domain' : named.join(' or ')} (\`aws:SourceVpce\`)`;
  const paths = [...new Set([carrier.origin.path, api.origin.path])];
  switch (verdict.verdict) {
    case 'subset':
      return [];
    case 'undecided':
      return [
        {
          ...unknown(carrier.origin.path, `whether ${of} admits calls from elsewhere`, fix, verdict.reason),
          constructPaths: paths,
        },
      ];
    case 'not-subset': {
      const { action, resource, context, holes } = verdict.witness;
      const from = Object.entries(context).find(([key]) => key.toLowerCase() === 'aws:sourcevpce')?.[1];
      return [
        {
          ...visible(
            api,
            `is called from elsewhere than through endpoints of its domain: ${of} admits ${from === undefined ? 'a call that comes through none' : `a call through \`${from}\``}`,
            fix,
          ),
          constructPaths: paths,
          witness: { action, resource, contextA: context, ...(holes && { holes }) },
        },
      ];
    }
  }
}

/** The endpoints that the API names, and those that the domain owns. */
function ownNetworks({ properties, domain }: Resource, model: Model): Networks {
  const named = textsAt(properties, 'EndpointConfiguration', 'VpcEndpointIds') ?? [];
  const owned = typed(model.resources, 'AWS::EC2::VPCEndpoint')
    .filter((r) => r.domain === domain)
    .flatMap(({ arn }) => (arn === undefined ? [] : (splitText(arn, '/')?.slice(-1) ?? [])));
  const endpoints = new Map([...named, ...owned].map((t) => [textKey(t), t]));
  return { endpoints: [...endpoints.values()], vpcs: [] };
}

const PRIVATE_NAME = 'AWS::ApiGateway::DomainNameV2';

/** The private names that lead to the API, by mappings or routing rules. */
function namesOf({ id }: Resource, { resources }: Model, byId: ById): readonly Resource[] {
  const ways = typed(resources, 'AWS::ApiGateway::BasePathMappingV2', ROUTING_RULE).filter(({ references }) =>
    references.some(({ to }) => to === id),
  );
  const names = ways.flatMap(({ references }) => references.flatMap(({ to }) => byId.get(to) ?? []));
  return [...new Set(names)].filter(({ origin }) => origin.type === PRIVATE_NAME);
}

/** `arn:…:execute-api:REGION:ACCOUNT:/domainnames/NAME+ID`. */
function calledByName({ arn }: Resource): Text | undefined {
  const pieces = arn === undefined ? undefined : splitText(arn, ':');
  if (pieces === undefined || pieces.length < 6) return undefined;
  return text('arn:', pieces[1]!, ':execute-api:', pieces[3]!, ':', pieces[4]!, ':', pieces[5]!);
}

function defaultEndpoint(api: Api, { properties }: Resource, names: readonly Resource[]): Finding[] {
  const off = flag(properties.DisableExecuteApiEndpoint);
  const fix = 'set `DisableExecuteApiEndpoint` to true';
  if (off === true) return [];
  const paths = [api.origin.path, ...names.map(({ origin }) => origin.path)];
  if (off === 'unknown')
    return [
      {
        ...unknown(api.origin.path, `whether the default endpoint of \`${api.origin.path}\` is off`, fix),
        constructPaths: paths,
      },
    ];
  const why = `has the private name \`${names[0]!.origin.path}\`, and its default endpoint goes around the policy of that name`;
  return [{ ...visible(api, why, fix), constructPaths: paths }];
}

const ROUTING_RULE = 'AWS::ApiGatewayV2::RoutingRule';
const DISTRIBUTIONS: ReadonlySet<string> = new Set([
  'AWS::CloudFront::Distribution',
  'AWS::CloudFront::StreamingDistribution',
]);

const WAYS: readonly string[] = [
  'AWS::ApiGateway::BasePathMapping',
  'AWS::ApiGatewayV2::ApiMapping',
  ROUTING_RULE,
  ...DISTRIBUTIONS,
];

function publicWays(api: Api, { resources }: Model, byId: ById): Finding[] {
  return typed(resources, ...WAYS).flatMap((way): Finding[] => {
    const { type, path } = way.origin;
    if (!way.references.some(({ to }) => to === api.id)) return [];
    const leads =
      type === 'AWS::ApiGateway::BasePathMapping' || type === 'AWS::ApiGatewayV2::ApiMapping'
        ? 'the public custom domain mapping'
        : type === ROUTING_RULE && !way.references.some(({ to }) => byId.get(to)?.origin.type === PRIVATE_NAME)
          ? 'the routing rule of a public custom domain'
          : DISTRIBUTIONS.has(type)
            ? 'the CloudFront distribution'
            : undefined;
    if (leads === undefined) return [];
    return [
      {
        ...visible(
          api,
          `is led to by ${leads} \`${path}\``,
          `remove \`${path}\`, or give it an API that is not internal`,
        ),
        constructPaths: [path, api.origin.path],
      },
    ];
  });
}

function isGatewayEndpoint({ origin, properties }: Resource): boolean {
  if (origin.type !== 'AWS::EC2::VPCEndpoint') return false;
  const service = member(properties, 'ServiceName');
  const written = typeof service === 'string' ? service : isText(service) ? show(service) : '';
  return written.endsWith('.execute-api');
}

/** An endpoint without a policy lets everything through, and with it to every other API of the service. */
function endpointPolicy(endpoint: Resource, model: Model, context: CheckContext): Finding[] {
  const { path } = endpoint.origin;
  const fix = `allow in the policy of \`${path}\` nothing but \`execute-api:Invoke\` on the stages and the private name of \`${endpoint.domain}\``;
  const found = (message: string): Finding => ({ ...base(path), message, fix });
  if (endpoint.policy === undefined) {
    return [
      found(
        `the endpoint \`${path}\` of the internal domain \`${endpoint.domain}\` has no policy, so it leads to every API of everybody`,
      ),
    ];
  }
  const verdict = passesMore(endpoint.policy, calledIn(endpoint, model), context);
  switch (verdict.verdict) {
    case 'subset':
      return [];
    case 'undecided':
      return [unknown(path, `whether the endpoint \`${path}\` leads to other APIs`, fix, verdict.reason)];
    case 'not-subset': {
      const { action, resource, context: where } = verdict.witness;
      return [
        {
          ...found(
            `the endpoint \`${path}\` of the internal domain \`${endpoint.domain}\` lets \`${action}\` on \`${resource}\` pass, which is not the domain's`,
          ),
          witness: { action, resource, contextA: where },
        },
      ];
    }
  }
}

/** Stages and private names of the domain: the endpoint comes before the API, so it cannot know the API's id. */
function calledIn({ domain }: Resource, { resources }: Model): readonly Text[] {
  const own = (type: string): readonly Resource[] => typed(resources, type).filter((r) => r.domain === domain);
  const any = 'arn:*:execute-api:*:*:';
  const stages = own('AWS::ApiGateway::Stage')
    .flatMap(({ properties }) => textsAt(properties, 'StageName') ?? [])
    .map((name) => text(any, '*/', name, '/*'));
  const names = own(PRIVATE_NAME)
    .flatMap(({ properties }) => textsAt(properties, 'DomainName') ?? [])
    .map((name) => text(any, '/domainnames/', name, '+*'));
  return [...stages, ...names];
}

function base(path: string): Omit<Finding, 'message' | 'fix'> {
  return { id: 'DOM-7', severity: 'violated', constructPaths: [path], ...OF_A_SETTING };
}

function visible({ origin }: Api, why: string, fix: string): Finding {
  return { ...base(origin.path), message: `the internal API \`${origin.path}\` ${why}`, fix };
}

function unknown(path: string, what: string, fix: string, reason = 'only the deployment knows it'): Finding {
  return { ...base(path), severity: 'undecided', message: `${what} cannot be decided: ${reason}`, fix };
}
