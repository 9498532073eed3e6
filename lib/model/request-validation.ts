/**
 * What API Gateway checks of a request before it calls anything: the request validator of a method and
 * the models of its bodies. A validator without a model checks that a body is there where one is required,
 * and nothing of it; one that is told to check neither body nor parameters checks nothing.
 * Source: https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-method-request-validation.html
 */
import type { Element, ElementIndex } from './elements';
import type { RequestValidation } from './model';
import { isResolvedList, isResolvedObject, literalString, property, type Resolved, toText } from './resolved';
import type { Resolver } from './resolver';

/** Of a method resource, whose properties are given. */
export function validationOf(
  r: Resolver,
  { stack }: Element,
  properties: Resolved,
  index: ElementIndex,
): RequestValidation {
  const models = property(properties, 'RequestModels');
  const model = isResolvedObject(models) && Object.keys(models).length > 0;
  const written = property(properties, 'RequestValidatorId');
  if (written === undefined) return { body: false, parameters: false, model };
  const named = toText(written);
  const validator = named && index.find(named, ['AWS::ApiGateway::RequestValidator'], stack.account)?.[0];
  if (validator === undefined) return { body: 'unknown', parameters: 'unknown', model };
  const told = r.resolve(validator.stack, validator.declared.properties);
  return {
    body: flag(property(told, 'ValidateRequestBody')),
    parameters: flag(property(told, 'ValidateRequestParameters')),
    model,
  };
}

/** Of an operation of an OpenAPI document: its own validator or the document's, by name. */
export function describedValidation(body: Resolved | undefined, operation: Resolved): RequestValidation {
  const model = hasSchema(operation);
  const named = property(operation, VALIDATOR) ?? property(body, VALIDATOR);
  if (named === undefined) return { body: false, parameters: false, model };
  const name = literalString(named);
  const told = name === undefined ? undefined : property(body, `${VALIDATOR}s`, name);
  if (told === undefined) return { body: 'unknown', parameters: 'unknown', model };
  return {
    body: flag(property(told, 'validateRequestBody')),
    parameters: flag(property(told, 'validateRequestParameters')),
    model,
  };
}

const VALIDATOR = 'x-amazon-apigateway-request-validator';

/** OpenAPI 3 has `requestBody`, OpenAPI 2 a parameter in the body. */
function hasSchema(operation: Resolved): boolean {
  const content = property(operation, 'requestBody', 'content');
  if (isResolvedObject(content) && Object.values(content).some((c) => property(c, 'schema') !== undefined)) return true;
  const parameters = property(operation, 'parameters');
  return (
    parameters !== undefined &&
    isResolvedList(parameters) &&
    parameters.some((p) => literalString(property(p, 'in')) === 'body' && property(p, 'schema') !== undefined)
  );
}

function flag(value: Resolved | undefined): boolean | 'unknown' {
  if (value === undefined) return false;
  const known = literalString(value);
  return known === undefined ? 'unknown' : known === 'true';
}
