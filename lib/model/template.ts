/**
 * One template, parsed: the sections that the model reads, with the shape of each checked once.
 * Whatever CloudFormation itself would refuse is an `InputError` that names the place; whatever is
 * merely unknown (a type, a property) stays and is treated as unknown later.
 * Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/template-anatomy.html
 */
import { InputError } from './input-error';
import { asList, describe, isObject, type JsonObject, survey } from './json';
import { expandLoops } from './loops';
import type { RenderedTemplate } from './rendered-template';
import { type Uses, usesOfProperties } from './uses';

export interface ResourceDeclaration {
  readonly logicalId: string;
  readonly type: string;
  readonly properties: JsonObject;
  /** What the properties use. */
  readonly uses: Uses;
  readonly metadata: JsonObject;
  readonly condition?: string;
  readonly dependsOn: readonly string[];
}

export interface ParameterDeclaration {
  readonly type: string;
  readonly default?: unknown;
  readonly allowedValues?: readonly string[];
}

export interface OutputDeclaration {
  readonly value: unknown;
  readonly exportName?: unknown;
  readonly condition?: string;
}

export interface Template {
  readonly rendered: RenderedTemplate;
  readonly parameters: ReadonlyMap<string, ParameterDeclaration>;
  readonly mappings: JsonObject;
  readonly conditions: ReadonlyMap<string, unknown>;
  readonly resources: ReadonlyMap<string, ResourceDeclaration>;
  readonly outputs: ReadonlyMap<string, OutputDeclaration>;
  /** Names of macros, `AWS::Serverless-2016-10-31` among them. */
  readonly transforms: readonly string[];
  /** Whether `Fn::If` stands anywhere in it. */
  readonly branching: boolean;
  /** Whether `Fn::Transform` stands anywhere in it. */
  readonly including: boolean;
  /** Parts that only a macro could expand: where, and why they are unknown. */
  readonly unexpanded: readonly { readonly logicalId: string; readonly reason: string }[];
}

/** CloudFormation refuses nesting far below this; the bound keeps recursion safe. */
const MAX_DEPTH = 200;

export function parseTemplate(rendered: RenderedTemplate): Template {
  const raw = rendered.template;
  const where = nameOf(rendered);
  const fail = (message: string): never => {
    throw new InputError(`${where}: ${message}`, rendered.file);
  };
  if (!isObject(raw))
    return fail(`expected a CloudFormation template (an object with \`Resources\`), found ${describe(raw)}`);
  const { deep, branching, including } = survey(raw, MAX_DEPTH);
  if (deep) fail(`values are nested more than ${MAX_DEPTH} levels deep, expected a CloudFormation template`);
  // CDK writes a stack without resources as a template without the section.
  if (!isObject(raw.Resources) && !(raw.Resources === undefined && !rendered.unnamed))
    fail(`\`Resources\` is ${describe(raw.Resources)}, expected an object of resources by logical id`);

  const section = (name: string): JsonObject => {
    const value = raw[name] ?? {};
    return isObject(value) ? value : fail(`\`${name}\` is ${describe(value)}, expected an object`);
  };
  const loops = expandLoops(section('Resources'));
  const resources = new Map<string, ResourceDeclaration>();
  for (const [logicalId, value] of Object.entries(loops.entries)) {
    resources.set(logicalId, parseResource(logicalId, value, fail));
  }
  const outputs = new Map<string, OutputDeclaration>();
  for (const [name, value] of Object.entries(expandLoops(section('Outputs')).entries)) {
    if (!isObject(value)) return fail(`output \`${name}\` is ${describe(value)}, expected an object with \`Value\``);
    const exportName = isObject(value.Export) ? value.Export.Name : undefined;
    outputs.set(name, { value: value.Value, exportName, condition: stringOr(value.Condition) });
  }
  const parameters = new Map<string, ParameterDeclaration>();
  for (const [name, value] of Object.entries(section('Parameters'))) {
    if (!isObject(value)) return fail(`parameter \`${name}\` is ${describe(value)}, expected an object with \`Type\``);
    parameters.set(name, {
      type: stringOr(value.Type) ?? 'String',
      default: value.Default,
      allowedValues: Array.isArray(value.AllowedValues) ? value.AllowedValues.map(String) : undefined,
    });
  }
  return {
    rendered,
    parameters,
    mappings: section('Mappings'),
    conditions: new Map(Object.entries(expandLoops(section('Conditions')).entries)),
    resources,
    outputs,
    transforms: asList(raw.Transform).map((t) => (isObject(t) ? String(t.Name ?? 'a macro') : String(t))),
    unexpanded: loops.unexpanded,
    branching,
    including,
  };
}

/** `template app.json` or `stack Payments`: how messages call a template. */
export function nameOf(rendered: RenderedTemplate): string {
  return rendered.file === undefined ? `stack \`${rendered.stackName}\`` : `template \`${rendered.file}\``;
}

function parseResource(logicalId: string, value: unknown, fail: (message: string) => never): ResourceDeclaration {
  if (!isObject(value))
    return fail(`resource \`${logicalId}\` is ${describe(value)}, expected an object with \`Type\``);
  if (typeof value.Type !== 'string') {
    return fail(
      `resource \`${logicalId}\`: \`Type\` is ${describe(value.Type)}, expected a resource type such as \`AWS::IAM::Role\``,
    );
  }
  const properties = value.Properties ?? {};
  if (!isObject(properties))
    return fail(`resource \`${logicalId}\`: \`Properties\` is ${describe(properties)}, expected an object`);
  return {
    logicalId,
    type: value.Type,
    properties,
    uses: usesOfProperties(properties),
    metadata: isObject(value.Metadata) ? value.Metadata : {},
    condition: stringOr(value.Condition),
    dependsOn: asList(value.DependsOn).filter((d): d is string => typeof d === 'string'),
  };
}

function stringOr(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}
