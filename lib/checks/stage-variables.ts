/**
 * Functions that a method, an authorizer or an OpenAPI document names by a stage variable: which they are the stages say, each for
 * itself, and a canary's for a part of the requests. Source: https://docs.aws.amazon.com/apigateway/latest/developerguide/aws-api-gateway-stage-variables-reference.html
 */
import { arnKey } from '../model/directory';
import type { Model, Resource } from '../model/model';
import { functionIn } from '../model/references';
import { type Hole, isText, type Text, text } from '../policy/text';
import { stagesOfApi } from './gateway-stages';
import { asText, member } from './settings';
import { typed } from './signals';

export interface Called {
  readonly to: string;
  /** The property that calls it, written as references are. */
  readonly at: string;
}

/** Functions of the app that the method, the authorizer or the document of an API calls at some stage. */
export function calledByVariable(resource: Resource, { resources }: Model): readonly Called[] {
  const named = urisOf(resource).filter(({ uri }) => uri.parts.some(hasVariable));
  if (named.length === 0) return [];
  const { id, origin, references } = resource;
  const api = origin.type === 'AWS::ApiGateway::RestApi' ? id : references.find(({ at }) => at === 'RestApiId')?.to;
  if (api === undefined) return [];
  const sets = stagesOfApi(api, resources).flatMap((stage) => variablesOf(stage.resource));
  return named.flatMap(({ uri, at }) => {
    const called = sets.flatMap((set) => functionIn(filled(uri, set)) ?? []).map(arnKey);
    // A version or alias stands after the function's own ARN.
    const isCalled = (arn: string) => called.some((key) => key === arn || key.startsWith(`${arn}:`));
    return typed(resources, ...FUNCTIONS).flatMap(({ id: to, arn }) =>
      arn !== undefined && isCalled(arnKey(arn)) ? [{ to, at }] : [],
    );
  });
}

const FUNCTIONS = ['AWS::Lambda::Function', 'AWS::Serverless::Function'];

/** Whether a stage names a function there for whoever asks for the variable: by itself it calls nothing. */
export function isNamedByVariable({ origin }: Resource, at: string, used: Resource | undefined): boolean {
  return (
    (origin.type === 'AWS::ApiGateway::Stage' || origin.type === 'AWS::ApiGateway::Deployment') &&
    VARIABLE.test(at) &&
    used !== undefined &&
    FUNCTIONS.includes(used.origin.type)
  );
}

const VARIABLE = /^(StageDescription\.)?(Variables|CanarySetting\.StageVariableOverrides)\./;

/** What API Gateway is told to call. */
function urisOf(resource: Resource): readonly { readonly uri: Text; readonly at: string }[] {
  const one = (value: unknown, at: string) => {
    const uri = asText(value);
    return uri === undefined ? [] : [{ uri, at }];
  };
  switch (resource.origin.type) {
    case 'AWS::ApiGateway::Method':
      return possible(resource, 'Integration').flatMap((value) => one(member(value, 'Uri'), 'Integration.Uri'));
    case 'AWS::ApiGateway::Authorizer':
      return possible(resource, 'AuthorizerUri').flatMap((value) => one(value, 'AuthorizerUri'));
    case 'AWS::ApiGateway::RestApi':
      return possible(resource, 'Body').flatMap((value) => describedIn(value, 'Body'));
    default:
      return [];
  }
}

/** Every value that the property may have, where a condition of the template decides. */
function possible({ properties, alternatives }: Resource, key: string): readonly unknown[] {
  return alternatives?.[key]?.map(({ value }) => value) ?? [properties[key]];
}

/** In an OpenAPI document, of integrations (`uri`) and authorizers (`authorizerUri`). */
function describedIn(value: unknown, at: string): readonly { readonly uri: Text; readonly at: string }[] {
  if (typeof value !== 'object' || value === null || isText(value) || Array.isArray(value)) return [];
  return Object.entries(value).flatMap(([key, inner]) => {
    const here = `${at}.${key}`;
    const uri = key === 'uri' || key === 'authorizerUri' ? asText(inner) : undefined;
    return uri === undefined ? describedIn(inner, here) : [{ uri, at: here }];
  });
}

function hasVariable(part: Text['parts'][number]): boolean {
  return typeof part === 'string' && part.includes(VARIABLES);
}

/** What the stage has, and what its canary has instead. */
function variablesOf(stage: Resource): readonly Readonly<Record<string, unknown>>[] {
  const descriptions = possible(stage, 'StageDescription');
  const described = (key: string) => [...possible(stage, key), ...descriptions.map((one) => member(one, key))];
  const own = described('Variables').map(objectOf);
  const canaries = described('CanarySetting').map((canary) => objectOf(member(canary, 'StageVariableOverrides')));
  return own.flatMap((set) => [set, ...canaries.map((canary) => ({ ...set, ...canary }))]);
}

function objectOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !isText(value)
    ? (value as Readonly<Record<string, unknown>>)
    : {};
}

function filled(uri: Text, variables: Readonly<Record<string, unknown>>): Text {
  const named = (written: string): string | Text => asText(variables[written.slice(VARIABLES.length, -1)]) ?? written;
  return text(
    ...uri.parts.flatMap((part): readonly (string | Hole | Text)[] =>
      typeof part === 'string'
        ? part.split(/(\$\{stageVariables\.[^}]+\})/).map((piece, i) => (i % 2 === 0 ? piece : named(piece)))
        : [part],
    ),
  );
}

const VARIABLES = '${stageVariables.';
