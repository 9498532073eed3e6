/**
 * Functions that a method names by a stage variable: which they are the stages say, each for itself, and a canary's for a part of
 * the requests. Source: https://docs.aws.amazon.com/apigateway/latest/developerguide/aws-api-gateway-stage-variables-reference.html
 */
import type { Model, Resource } from '../model/model';
import { textKey } from '../model/text-key';
import { isText, literal, type Text, text } from '../policy/text';
import { stagesOfApi } from './gateway-stages';
import { asText, member } from './settings';

/** Ids of functions of the app that the method calls at some stage. */
export function calledByVariable(
  { origin, properties, references }: Resource,
  { resources }: Model,
): readonly string[] {
  if (origin.type !== 'AWS::ApiGateway::Method') return [];
  const uri = asText(member(properties.Integration, 'Uri'));
  const api = references.find(({ at }) => at === 'RestApiId')?.to;
  if (uri === undefined || api === undefined || !uri.parts.some(hasVariable)) return [];
  const functions = resources.filter(({ origin: { type }, arn }) => arn !== undefined && FUNCTIONS.has(type));
  const called = stagesOfApi(api, resources).flatMap(({ resource }) =>
    variablesOf(resource).map((set) => filled(uri, set)),
  );
  const keys = called.map((one) => `${textKey(one)}:`);
  return functions
    .filter(({ arn }) => keys.some((key) => NAMES.some((after) => key.includes(`/functions/${textKey(arn!)}${after}`))))
    .map(({ id }) => id);
}

const FUNCTIONS: ReadonlySet<string> = new Set(['AWS::Lambda::Function', 'AWS::Serverless::Function']);
/** What follows a function's own ARN: the end, or a version or alias. */
const NAMES = ['/invocations', ':'];

function hasVariable(part: Text['parts'][number]): boolean {
  return typeof part === 'string' && part.includes('${stageVariables.');
}

/** What the stage has, and what its canary has instead. */
function variablesOf({ properties }: Resource): readonly Readonly<Record<string, unknown>>[] {
  const description = member(properties, 'StageDescription');
  const own = { ...objectOf(properties.Variables), ...objectOf(member(description, 'Variables')) };
  const canaries = [properties.CanarySetting, member(description, 'CanarySetting')].map((canary) =>
    objectOf(member(canary, 'StageVariableOverrides')),
  );
  return [own, ...canaries.filter((canary) => Object.keys(canary).length > 0).map((canary) => ({ ...own, ...canary }))];
}

function objectOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !isText(value)
    ? (value as Readonly<Record<string, unknown>>)
    : {};
}

function filled(uri: Text, variables: Readonly<Record<string, unknown>>): Text {
  return text(
    ...uri.parts.map((part) =>
      typeof part !== 'string'
        ? part
        : part.replace(/\$\{stageVariables\.([^}]+)\}/g, (written, name: string) => {
            const value = asText(variables[name]);
            return (value && literal(value)) ?? written;
          }),
    ),
  );
}
