/**
 * The edit that a finding suggests, made in the template: the statements that it names are taken out, which is the
 * narrowest that they can be made. For templates in JSON whose construct paths are `STACK/LogicalId`.
 */
import type { RenderedTemplate } from '../../lib/model/rendered-template';

interface Json {
  [key: string]: unknown;
}

/** One way to make the edit: a statement, by its name and where it stands. */
export interface Narrowed {
  readonly sid?: string;
  readonly index?: number;
  readonly origin: string;
}

const STATEMENT =
  /statement (?:"([^"]+)"|(\d+)) of (.+?)(?= so that | or statement | and statement | as well|, or declare |$)/g;

/** The ways to make the edit, each a list of statements: all of one that are to be narrowed, or any that is offered. */
export function waysOf(fix: string): readonly (readonly Narrowed[])[] {
  const named = [...fix.matchAll(STATEMENT)].map(([, sid, position, origin]) => ({
    ...(sid === undefined ? { index: Number(position) - 1 } : { sid }),
    origin: origin!,
  }));
  return fix.includes('; then narrow ') ? [named] : named.map((n) => [n]);
}

/** The templates without the statement. */
export function without(templates: readonly RenderedTemplate[], narrowed: Narrowed): readonly RenderedTemplate[] {
  const [path, where] = narrowed.origin.split(/ \((.*)\)$/);
  const [stack, id] = path!.split('/');
  let found = false;
  const edited = templates.map((t) => {
    if (t.stackName !== stack) return t;
    const template = structuredClone(t.template) as Json;
    const resource = (template.Resources as Json)[id!] as Json | undefined;
    if (resource === undefined) return t;
    const document = documentIn(resource.Properties as Json, where);
    const statements = document.Statement as Json[];
    const at = narrowed.sid === undefined ? narrowed.index! : statements.findIndex((s) => s.Sid === narrowed.sid);
    found = statements[at] !== undefined;
    // In its place, so that a document is never empty: a denial of what nobody has.
    const { Principal } = statements[at]!;
    statements[at] = {
      Effect: 'Deny',
      Action: where === 'trust policy' ? 'sts:AssumeRole' : 'groundstation:DeleteConfig',
      ...(Principal === undefined ? { Resource: '*' } : { Principal: { AWS: 'arn:aws:iam::999999999999:root' } }),
    };
    return { ...t, template };
  });
  if (!found) throw new Error(`no such statement: ${JSON.stringify(narrowed)}`);
  return edited;
}

function documentIn(properties: Json, where: string | undefined): Json {
  if (where === 'trust policy') return properties.AssumeRolePolicyDocument as Json;
  const name = /^inline policy (.*)$/.exec(where ?? '')?.[1];
  if (name !== undefined) {
    const policies = properties.Policies as { PolicyName: string; PolicyDocument: Json }[];
    return policies.find((p) => p.PolicyName === name)!.PolicyDocument;
  }
  const [document] = [properties.PolicyDocument, properties.KeyPolicy, properties.Policy].filter(
    (d) => d !== undefined,
  );
  return document as Json;
}
