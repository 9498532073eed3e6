/**
 * DOM-5, way around mutual TLS: where an API asks for client certificates, no other way leads to it.
 *
 * API Gateway asks for a certificate at the custom domain alone: the API's default endpoint serves
 * everybody unless it is off, and a trust store without a version is whatever was put there last
 * (https://docs.aws.amazon.com/apigateway/latest/developerguide/rest-api-mutual-tls.html).
 */
import type { Model, Resource } from '../model/model';
import type { Check } from './check';
import { type Finding, OF_A_SETTING } from './finding';

export const mutualTlsIsComplete: Check = {
  id: 'DOM-5',
  compliant: 'an API that asks for client certificates is reached in no other way',
  run: (model) => {
    const byId = new Map(model.resources.map((resource) => [resource.id, resource]));
    return model.resources
      .filter(({ origin, properties }) => DOMAIN_NAMES.has(origin.type) && isThere(properties.MutualTlsAuthentication))
      .flatMap((name) => [...unversioned(name), ...mappedTo(name, model, byId).flatMap((api) => open(name, api))]);
  },
};

const DOMAIN_NAMES: ReadonlySet<string> = new Set(['AWS::ApiGateway::DomainName', 'AWS::ApiGatewayV2::DomainName']);
const MAPPINGS: ReadonlySet<string> = new Set(['AWS::ApiGateway::BasePathMapping', 'AWS::ApiGatewayV2::ApiMapping']);
const APIS: ReadonlySet<string> = new Set(['AWS::ApiGateway::RestApi', 'AWS::ApiGatewayV2::Api']);

function isThere(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && 'TruststoreUri' in value;
}

function mappedTo(name: Resource, { resources }: Model, byId: ReadonlyMap<string, Resource>): Resource[] {
  const mappings = resources.filter(
    ({ origin, references, properties }) =>
      MAPPINGS.has(origin.type) &&
      (references.some(({ to, at }) => at === 'DomainName' && to === name.id) ||
        (typeof properties.DomainName === 'string' && properties.DomainName === name.properties.DomainName)),
  );
  const apis = mappings.flatMap(({ references }) => references.flatMap(({ to }) => byId.get(to) ?? []));
  return [...new Set(apis)].filter(({ origin }) => APIS.has(origin.type));
}

function unversioned(name: Resource): Finding[] {
  const settings = name.properties.MutualTlsAuthentication as Readonly<Record<string, unknown>>;
  if (settings.TruststoreVersion !== undefined) return [];
  return [
    finding(
      `the custom domain \`${name.origin.path}\` takes whatever trust store was put last, because it names no version`,
      [name.origin.path],
      'give `TruststoreVersion`, so that a change of the trust store is a change of the stack',
    ),
  ];
}

function open(name: Resource, api: Resource): Finding[] {
  const off = api.properties.DisableExecuteApiEndpoint;
  if (off === true || off === 'true') return [];
  return [
    finding(
      `the API \`${api.origin.path}\` asks for client certificates at \`${name.origin.path}\`, and its default endpoint serves whoever has none`,
      [api.origin.path, name.origin.path],
      'set `DisableExecuteApiEndpoint` to true',
    ),
  ];
}

function finding(message: string, constructPaths: readonly string[], fix: string): Finding {
  return {
    id: 'DOM-5',
    severity: 'violated',
    message,
    ...OF_A_SETTING,
    constructPaths,
    fix,
  };
}
