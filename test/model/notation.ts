/**
 * Templates in few words: `model({Read: role(...)})` is the model of one stack `S` in account
 * 111122223333, region eu-west-1, that holds these resources.
 */
import { type BuildOptions, buildModel } from '../../lib/model/build-model';
import { type Configuration, parseConfiguration } from '../../lib/model/configuration';
import { createResolver } from '../../lib/model/intrinsics';
import type { Model, Principal, Resource } from '../../lib/model/model';
import type { RenderedTemplate } from '../../lib/model/rendered-template';
import { toText } from '../../lib/model/resolved';
import { buildApp, type Stack } from '../../lib/model/stack';
import { show, type Text } from '../../lib/policy/text';

export type Json = Readonly<Record<string, unknown>>;

export const ACCOUNT = '111122223333';
export const REGION = 'eu-west-1';
export const TODAY = new Date('2026-11-21T12:00:00Z');

export interface StackOptions extends Partial<Omit<RenderedTemplate, 'template'>> {
  /** Other sections of the template. */
  readonly sections?: Json;
}

/** A stack in the test environment; `agnostic` leaves account and region open. */
export function stack(resources: Json, { sections, ...rest }: StackOptions = {}): RenderedTemplate {
  return { stackName: 'S', account: ACCOUNT, region: REGION, template: { Resources: resources, ...sections }, ...rest };
}

export function agnostic(resources: Json, { sections, ...rest }: StackOptions = {}): RenderedTemplate {
  return { stackName: 'S', template: { Resources: resources, ...sections }, ...rest };
}

export function model(resources: Json, sections?: Json): Model {
  return buildModel([stack(resources, { sections })]);
}

export function configured(templates: readonly RenderedTemplate[], configuration: Json, options?: BuildOptions): Model {
  return buildModel(templates, configure(configuration), options);
}

export function configure(configuration: unknown): Configuration {
  return parseConfiguration(configuration, 'bulkhead.json', TODAY);
}

export const ref = (logicalId: string): Json => ({ Ref: logicalId });
export const att = (logicalId: string, attribute = 'Arn'): Json => ({ 'Fn::GetAtt': [logicalId, attribute] });
export const sub = (format: string, variables?: Json): Json => ({
  'Fn::Sub': variables ? [format, variables] : format,
});
export const join = (...parts: readonly unknown[]): Json => ({ 'Fn::Join': ['', parts] });
export const when = (condition: string, yes: unknown, no: unknown = ref('AWS::NoValue')): Json => ({
  'Fn::If': [condition, yes, no],
});

export function doc(...statements: readonly unknown[]): Json {
  return { Version: '2012-10-17', Statement: statements };
}

export function allow(action: unknown, resource: unknown = '*', more: Json = {}): Json {
  return { Effect: 'Allow', Action: action, Resource: resource, ...more };
}

export function deny(action: unknown, resource: unknown = '*', more: Json = {}): Json {
  return { Effect: 'Deny', Action: action, Resource: resource, ...more };
}

/** A role with these inline statements. */
export function role(statements: readonly unknown[] = [], properties: Json = {}, more: Json = {}): Json {
  return {
    Type: 'AWS::IAM::Role',
    Properties: {
      AssumeRolePolicyDocument: doc({
        Effect: 'Allow',
        Principal: { AWS: `arn:aws:iam::${ACCOUNT}:root` },
        Action: 'sts:AssumeRole',
      }),
      ...(statements.length === 0 ? {} : { Policies: [{ PolicyName: 'Inline', PolicyDocument: doc(...statements) }] }),
      ...properties,
    },
    ...more,
  };
}

export function resource(type: string, properties: Json = {}, more: Json = {}): Json {
  return { Type: type, Properties: properties, ...more };
}

export function principalOf(m: Model, id: string): Principal {
  const found = m.principals.find((p) => p.id === id || p.id === `S/${id}`);
  if (found === undefined) throw new Error(`no principal ${id} among ${m.principals.map((p) => p.id).join(', ')}`);
  return found;
}

export function resourceOf(m: Model, id: string): Resource {
  const found = m.resources.find((r) => r.id === id || r.id === `S/${id}`);
  if (found === undefined) throw new Error(`no resource ${id} among ${m.resources.map((r) => r.id).join(', ')}`);
  return found;
}

/** `Allow s3:GetObject on arn:…` for every statement of the attached policies. */
export function rights(p: Principal): readonly string[] {
  return p.policies.identityPolicies.flatMap((d) => d.statements).map(sentence);
}

export function sentence(s: Principal['policies']['identityPolicies'][number]['statements'][number]): string {
  const selection = (x: { not: boolean; patterns: readonly Text[] } | undefined): string =>
    x === undefined ? '' : `${x.not ? 'not ' : ''}${x.patterns.map(show).join(', ')}`;
  const conditions = s.conditions.map((c) => `${c.operator} ${c.key} ${c.values.map(show).join(', ')}`);
  return `${s.effect} ${selection(s.action)} on ${selection(s.resource)}${conditions.length === 0 ? '' : ` if ${conditions.join(' and ')}`}`;
}

/** The value of one expression in a stack, as text; holes as `${label}`. */
export function shown(expression: unknown, template: RenderedTemplate, ...others: readonly RenderedTemplate[]): string {
  const t = textOf(expression, template, ...others);
  return t === undefined ? 'no text' : show(t);
}

export function textOf(
  expression: unknown,
  template: RenderedTemplate,
  ...others: readonly RenderedTemplate[]
): Text | undefined {
  const app = buildApp([template, ...others]);
  return toText(createResolver(app).resolve(app.stacks[0] as Stack, expression));
}
