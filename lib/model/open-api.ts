/**
 * Routes of an API that is defined by an OpenAPI document in the template. Authentication is the
 * operation's `security` requirement, or the document's; an operation without one is open.
 * Source: https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-swagger-extensions.html
 */
import { literal, show } from '../policy/text';
import type { Api } from './model';
import { describedValidation } from './request-validation';
import { isResolvedList, isResolvedObject, literalString, property, type Resolved, toTexts } from './resolved';

type Route = Api['routes'][number];

const METHODS = ['get', 'put', 'post', 'delete', 'options', 'head', 'patch', 'trace', 'x-amazon-apigateway-any-method'];

export function openApiRoutes(body: Resolved | undefined): readonly Route[] {
  const paths = property(body, 'paths');
  if (!isResolvedObject(paths)) return [];
  return Object.entries(paths).flatMap(([path, item]) =>
    METHODS.flatMap((method): readonly Route[] => {
      const operation = property(item, method);
      if (operation === undefined) return [];
      const requirement = property(operation, 'security') ?? property(body, 'security');
      const scopes = scopesOf(requirement);
      const answers = literalString(property(operation, 'x-amazon-apigateway-integration', 'type'));
      return [
        {
          method: method.startsWith('x-') ? 'ANY' : method.toUpperCase(),
          path,
          authentication: schemes(body, requirement),
          ...(scopes.length === 0 ? {} : { scopes }),
          ...(method === 'options' && answers?.toLowerCase() === 'mock' ? { preflight: true as const } : {}),
          validation: describedValidation(body, operation),
        },
      ];
    }),
  );
}

/** The scopes of all alternatives; none where one of them asks for none, which then opens the route alone. */
function scopesOf(requirement: Resolved | undefined): readonly string[] {
  if (requirement === undefined || !isResolvedList(requirement)) return [];
  const each = requirement.map((alternative) =>
    isResolvedObject(alternative)
      ? Object.values(alternative).flatMap((scopes) => toTexts(scopes).map((s) => literal(s) ?? show(s)))
      : [],
  );
  return each.some((scopes) => scopes.length === 0) ? [] : [...new Set(each.flat())];
}

/** Alternatives joined by `or`; an empty requirement among them leaves the operation open. */
function schemes(body: Resolved | undefined, requirement: Resolved | undefined): string {
  if (requirement === undefined || !isResolvedList(requirement) || requirement.length === 0) return 'NONE';
  const names = requirement.map((r) => (isResolvedObject(r) ? Object.keys(r) : []));
  if (names.some((n) => n.length === 0)) return 'NONE';
  return [...new Set(names.flat().map((name) => schemeType(body, name)))].sort().join(' or ');
}

function schemeType(body: Resolved | undefined, name: string): string {
  const scheme = property(body, 'components', 'securitySchemes', name) ?? property(body, 'securityDefinitions', name);
  const type = literalString(property(scheme, 'x-amazon-apigateway-authtype'));
  switch (type?.toLowerCase()) {
    case 'awssigv4':
      return 'AWS_IAM';
    case 'cognito_user_pools':
      return 'COGNITO_USER_POOLS';
    default:
      if (property(scheme, 'x-amazon-apigateway-authorizer') !== undefined) return 'CUSTOM';
      return literalString(property(scheme, 'type')) === 'apiKey' ? 'API_KEY' : 'UNKNOWN';
  }
}
