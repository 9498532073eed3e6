/**
 * Whose the use of a resource is that stands in an OpenAPI document of a gateway that domains share: of the zone whose operation it
 * describes, or of every zone whose operations ask the security scheme that names it.
 * Source: https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-swagger-extensions.html
 */
import type { Zone } from '../model/model';
import { zonesAt } from '../model/zones';
import { listed, member } from './settings';

const OPERATION = '(get|put|post|delete|options|head|patch|trace|x-amazon-apigateway-any-method)';
const AT_OPERATION = new RegExp(`^(?:Body|DefinitionBody)\\.paths\\.(/.*?)\\.${OPERATION}(?:\\.|$)`);
const AT_SCHEME =
  /^(?:Body|DefinitionBody)\.(?:components\.securitySchemes|securityDefinitions)\.(.+?)\.x-amazon-apigateway-/;

/** Domains of the zones that the property path is about; none where it is about the gateway itself. */
export function zonesThatUse(
  at: string,
  properties: Readonly<Record<string, unknown>>,
  zones: readonly Zone[],
): readonly string[] {
  const domainsAt = (path: string) => zonesAt(zones, path).map(({ domain }) => domain);
  const path = AT_OPERATION.exec(at)?.[1];
  if (path !== undefined) return domainsAt(path);
  const scheme = AT_SCHEME.exec(at)?.[1];
  if (scheme === undefined) return [];
  const document = properties.Body ?? properties.DefinitionBody;
  const asks = (security: unknown) => listed(security).some((one) => member(one, scheme) !== undefined);
  const used = Object.entries(objectAt(document, 'paths')).filter(([, item]) =>
    Object.values(objectAt(item)).some((operation) =>
      asks(member(operation, 'security') ?? member(document, 'security')),
    ),
  );
  return [...new Set(used.flatMap(([route]) => domainsAt(route)))].sort();
}

function objectAt(value: unknown, ...keys: readonly string[]): Readonly<Record<string, unknown>> {
  const found = member(value, ...keys);
  return typeof found === 'object' && found !== null ? (found as Readonly<Record<string, unknown>>) : {};
}
