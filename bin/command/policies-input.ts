/**
 * POLICIES of the command line: `{"identityPolicies":[DOC],"permissionsBoundary":DOC?,
 * "serviceControlPolicies":[DOC]?}`. Where a file is named, one policy document alone stands for
 * the identity policies.
 */
import type { Policies, PolicyDocument } from '../../lib/policy/document';
import { type PolicyKind, parsePolicy } from '../../lib/policy/parse';
import { readJsonFile } from './json-text';
import { arrayOf, type JsonObject, objectOf, onlyMembers } from './members';

const POLICIES = ['identityPolicies', 'permissionsBoundary', 'serviceControlPolicies'] as const;

/** @param at where the value stands, and the punctuation before a member: `a`, `.`, or a file and `: ` */
export function readPolicies(value: unknown, at: string, separator: string): Policies {
  const object = objectOf(value, at);
  onlyMembers(object, POLICIES, at);
  return policiesOf(object, `${at}${separator}`);
}

/** The policies of an object that may have other members beside. */
export function policiesOf(object: JsonObject, prefix: string): Policies {
  const boundary = object.permissionsBoundary;
  return {
    identityPolicies: readDocuments(object.identityPolicies, `${prefix}identityPolicies`, 'identity'),
    ...(boundary === undefined
      ? {}
      : { permissionsBoundary: readDocument(boundary, `${prefix}permissionsBoundary`, 'boundary') }),
    ...optional(object, prefix, 'serviceControlPolicies', 'scp'),
    ...optional(object, prefix, 'sessionPolicies', 'session'),
  };
}

function optional<K extends 'serviceControlPolicies' | 'sessionPolicies'>(
  object: JsonObject,
  prefix: string,
  member: K,
  kind: PolicyKind,
): { readonly [P in K]?: readonly PolicyDocument[] } {
  const documents = object[member] === undefined ? [] : readDocuments(object[member], `${prefix}${member}`, kind);
  // An empty list limits nothing, as if it were not there.
  return documents.length === 0 ? {} : ({ [member]: documents } as { readonly [P in K]: readonly PolicyDocument[] });
}

export function readDocuments(value: unknown, at: string, kind: PolicyKind): readonly PolicyDocument[] {
  return arrayOf(value, at).map((document, index) => readDocument(document, `${at}[${index}]`, kind));
}

export function readDocument(value: unknown, at: string, kind: PolicyKind): PolicyDocument {
  return parsePolicy(value, at, { kind, texts: false });
}

/** A file with a policy document or a POLICIES object. */
export function readPoliciesFile(path: string): Policies {
  const object = objectOf(readJsonFile(path), path);
  if (POLICIES.some((member) => member in object)) return readPolicies(object, path, ': ');
  return { identityPolicies: [readDocument(object, path, 'identity')] };
}
