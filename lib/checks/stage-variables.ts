/**
 * Functions that a method, an authorizer or an OpenAPI document names by a stage variable: which they are the stages say, each for
 * itself, and a canary's for a part of the requests. Source: https://docs.aws.amazon.com/apigateway/latest/developerguide/aws-api-gateway-stage-variables-reference.html
 */
import { arnKey } from '../model/directory';
import type { Model, Resource } from '../model/model';
import { functionIn } from '../model/references';
import { type Hole, isText, type Text, text } from '../policy/text';
import { typed } from './by-type';
import { stagesOfApi } from './gateway-stages';
import { asText, member } from './settings';

export interface Called {
  readonly to: string;
  /** The property that calls it, written as references are. */
  readonly at: string;
}

/** What the method, the authorizer or the document of an API calls at some stage. */
export interface CalledByVariable {
  /** Functions of the app. */
  readonly own: readonly Called[];
  /** ARNs that none of them has for sure. */
  readonly unsure: readonly { readonly arn: Text; readonly at: string }[];
}

const NOTHING: CalledByVariable = { own: [], unsure: [] };

export function calledByVariable(resource: Resource, { resources }: Model): CalledByVariable {
  const named = urisOf(resource).filter(({ uri }) => uri.parts.some(hasVariable));
  if (named.length === 0) return NOTHING;
  const { id, origin, references } = resource;
  const api = origin.type === 'AWS::ApiGateway::RestApi' ? id : references.find(({ at }) => at === 'RestApiId')?.to;
  if (api === undefined) return NOTHING;
  const stages = StagesAndFunctions.of(resources);
  const called = named.flatMap(({ uri, at }) =>
    stages.variables(api).flatMap((set) => {
      const arn = functionIn(filled(uri, set));
      return arn === undefined ? [] : [{ arn, at, to: stages.functions(arnKey(arn)) }];
    }),
  );
  const own = new Map(called.flatMap(({ to, at }) => to.map((one) => [`${one} ${at}`, { to: one, at }])));
  return { own: [...own.values()], unsure: called.filter(({ to }) => to.length === 0) };
}

/** Found once for all methods that ask: a gateway has hundreds of them, and of functions. */
class StagesAndFunctions {
  private static readonly known = new WeakMap<readonly Resource[], StagesAndFunctions>();
  private readonly byApi = new Map<string, readonly Variables[]>();
  private readonly byArn = new Map<string, string[]>();

  private constructor(private readonly resources: readonly Resource[]) {
    for (const { id, arn } of typed(resources, ...FUNCTIONS)) {
      const key = arn === undefined ? undefined : arnKey(arn);
      if (key !== undefined) this.byArn.set(key, [...(this.byArn.get(key) ?? []), id]);
    }
  }

  static of(resources: readonly Resource[]): StagesAndFunctions {
    const found = StagesAndFunctions.known.get(resources) ?? new StagesAndFunctions(resources);
    StagesAndFunctions.known.set(resources, found);
    return found;
  }

  /** Of every stage of the API. */
  variables(api: string): readonly Variables[] {
    let found = this.byApi.get(api);
    if (found === undefined) {
      found = stagesOfApi(api, this.resources).flatMap((stage) => variablesOf(stage.resource));
      this.byApi.set(api, found);
    }
    return found;
  }

  /** Ids of the functions whose ARN it is, or that of a version or alias of theirs, which stands after their own. */
  functions(key: string): readonly string[] {
    const ids = [...(this.byArn.get(key) ?? [])];
    for (let end = key.indexOf(':'); end >= 0; end = key.indexOf(':', end + 1))
      ids.push(...(this.byArn.get(key.slice(0, end)) ?? []));
    return ids;
  }
}

type Variables = Readonly<Record<string, unknown>>;

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
function variablesOf(stage: Resource): readonly Variables[] {
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

function filled(uri: Text, variables: Variables): Text {
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
