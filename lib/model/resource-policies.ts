/**
 * Resource policies, wherever the template writes them: on the resource, in a policy resource that
 * names it, or as permissions that are a statement each. All policies of one resource become one
 * document; a policy for a resource that no template creates stays on the resource that declares it.
 */
import type { PolicyDocument, Statement } from '../policy/document';
import { literal } from '../policy/text';
import { conditionGuard } from './conditions';
import type { Element, ElementIndex } from './elements';
import { intrinsicName, isList, isObject, type JsonObject } from './json';
import { parseJsonText } from './json-text';
import { isPrincipalType } from './principals';
import { isResolvedObject, literalString, NO_VALUE, toText } from './resolved';
import type { Resolver } from './resolver';
import { ATTACHED_POLICIES, GRANTING_TYPES, INLINE_POLICIES } from './resource-policy-types';
import { readPolicy } from './template-policy';
import { anyVariant } from './variants';

export interface ResourcePolicies {
  /** By id of the element that the policy protects. */
  readonly byElement: ReadonlyMap<string, PolicyDocument>;
  /** Policies that cannot be read: nothing is known of what they grant. */
  readonly unreadable: readonly { readonly path: string; readonly reason: string }[];
}

export function readResourcePolicies(r: Resolver, elements: readonly Element[], index: ElementIndex): ResourcePolicies {
  const statements = new Map<string, Statement[]>();
  const unreadable: { path: string; reason: string }[] = [];
  const add = (element: Element, value: unknown, by: Element): void => {
    const guard = conditionGuard(r, by.stack, by.declared.condition);
    const { document, unknown } = readPolicy(r, by.stack, value, by.origin.path, 'resource', guard);
    statements.set(element.origin.id, [...(statements.get(element.origin.id) ?? []), ...document.statements]);
    for (const reason of unknown) unreadable.push({ path: by.origin.path, reason });
  };
  for (const element of elements) {
    const { type, properties } = element.declared;
    const inline = INLINE_POLICIES[type];
    const own = inline === undefined ? undefined : at(properties, inline);
    if (own !== undefined) add(element, own, element);
    if (type === 'AWS::ApiGateway::RestApi') {
      const { document, hidden } = definitionOf(r, element);
      if (document !== undefined) add(element, document, element);
      if (hidden !== undefined) unreadable.push({ path: element.origin.path, reason: hidden });
    }
    if (type === 'AWS::S3::Bucket') {
      for (const document of accessControlOf(r, element)) add(element, document, element);
    }
    const attaching = ATTACHED_POLICIES[type];
    if (attaching !== undefined) {
      const targets = targetsOf(r, element, attaching.target, attaching.targetTypes, index);
      for (const target of targets) add(target, properties[attaching.policy], element);
    }
    const granting = GRANTING_TYPES[type];
    if (
      attaching === undefined &&
      granting === undefined &&
      !isPrincipalType(type) &&
      type !== 'AWS::ApiGateway::RestApi'
    ) {
      // Beside the one that the table knows there may be another: that of a table's stream.
      for (const document of policiesIn(properties, own)) {
        if (!OF_ANOTHER_KIND.has(type) && mayName(r, element, document)) add(element, document, element);
      }
    }
    if (granting !== undefined) {
      const targets = targetsOf(r, element, granting.target, granting.targetTypes, index);
      for (const target of targets) add(target, permissionDocument(type, properties), element);
    }
  }
  const byElement = new Map<string, PolicyDocument>();
  for (const element of elements) {
    const own = statements.get(element.origin.id);
    if (own === undefined || own.length === 0) continue;
    const numbered = own.map((s, position) => ({ ...s, index: position }));
    byElement.set(element.origin.id, { version: '2012-10-17', statements: numbered, origin: element.origin.path });
  }
  return { byElement, unreadable };
}

/** What the policy is attached to; the policy resource itself where that is not in the app. */
function targetsOf(
  r: Resolver,
  element: Element,
  property: string,
  types: readonly string[],
  index: ElementIndex,
): readonly Element[] {
  const value = element.declared.properties[property];
  const variants = anyVariant(r, element.stack, value);
  const found = variants
    .flatMap((v) => (Array.isArray(v) ? v : [v]))
    .flatMap((v) => {
      const named = toText(v);
      return named === undefined ? [] : (index.find(named, types, element.stack.account) ?? []);
    });
  return found.length === 0 ? [element] : [...new Set(found)];
}

/**
 * What a canned access control list grants everybody, as a statement. Lists are void where the bucket's owner owns all
 * objects, or the public is blocked, both of which CloudFormation's defaults say.
 * Source: https://docs.aws.amazon.com/AmazonS3/latest/userguide/acl-overview.html ("Canned ACL", "Mapping of ACL permissions")
 */
function accessControlOf(r: Resolver, { stack, declared: { properties: p } }: Element): readonly unknown[] {
  if (p.AccessControl === undefined || p.OwnershipControls === undefined) return [];
  const ignored = r.resolve(stack, at(p, 'PublicAccessBlockConfiguration.IgnorePublicAcls'));
  const blocked =
    ignored === true || literalString(ignored) === 'true' || p.PublicAccessBlockConfiguration === undefined;
  const list = r.resolve(stack, p.AccessControl);
  const named = literalString(list);
  const actions = named === undefined ? EVERYTHING : CANNED.get(named);
  if (blocked || actions === undefined) return [];
  return [{ Version: '2012-10-17', Statement: { Effect: 'Allow', Principal: '*', Action: actions } }];
}

const EVERYTHING: readonly string[] = ['s3:ListBucket', 's3:PutObject', 's3:DeleteObject'];
const CANNED: ReadonlyMap<string, readonly string[]> = new Map([
  ['PublicRead', ['s3:ListBucket']],
  ['AuthenticatedRead', ['s3:ListBucket']],
  ['PublicReadWrite', EVERYTHING],
]);

/** The policy that the OpenAPI definition of an API carries, or where the definition is that nobody here can read. */
function definitionOf(
  r: Resolver,
  { stack, declared: { properties } }: Element,
): { readonly document?: unknown; readonly hidden?: string } {
  const { Body, BodyS3Location } = properties;
  if (BodyS3Location !== undefined)
    return { hidden: 'its definition, which may carry a resource policy, is a file that is not in the template' };
  if (Body === undefined) return {};
  if (isObject(Body) && intrinsicName(Body) === undefined) return { document: Body['x-amazon-apigateway-policy'] };
  const definition = r.resolve(stack, Body);
  const written = toText(definition);
  const whole = written === undefined ? definition : parseJsonText(written);
  return isResolvedObject(whole) && whole['x-amazon-apigateway-policy'] === undefined
    ? {}
    : { hidden: 'its definition, which may carry a resource policy, is not known before deployment' };
}

/**
 * Resource policies in properties that no table holds: a property that is a document whose statements name principals
 * is one, whatever its name, or AWS would not take it. Many types take it as text: there the name of the property
 * has to say that it is a policy, because texts that are code speak of principals as well.
 */
function policiesIn(value: unknown, except: unknown, key = '', found: unknown[] = []): readonly unknown[] {
  if (value === except) return found;
  if (typeof value === 'string') {
    if (mayBePolicy(key) && speaksOfPrincipals(value)) found.push(value);
  } else if (isList(value)) for (const item of value) policiesIn(item, except, key, found);
  else if (isObject(value)) {
    const intrinsic = intrinsicName(value);
    if (value.Statement !== undefined && namesPrincipals(value.Statement)) found.push(value);
    else if (intrinsic === undefined || intrinsic === 'Fn::If') {
      for (const name in value) {
        const inner = value[name];
        if (name === 'AssumeRolePolicyDocument' || (typeof inner !== 'object' && typeof inner !== 'string')) continue;
        const called = intrinsic === undefined ? name : key;
        if (typeof inner === 'object' || mayBePolicy(called)) policiesIn(inner, except, called, found);
      }
    } else if (mayBePolicy(key) && speaksOfPrincipals(JSON.stringify(value))) found.push(value);
    else if (intrinsic !== 'Fn::GetAtt' && IS_POLICY.test(key)) found.push(value);
  }
  return found;
}

/** False where what is written turns out to name nobody. */
function mayName(r: Resolver, { stack }: Element, value: unknown): boolean {
  if (!isObject(value) || intrinsicName(value) === undefined) return true;
  const settled = r.resolve(stack, value);
  if (settled === NO_VALUE) return false;
  const written = toText(settled);
  const plain = written === undefined ? undefined : literal(written);
  return plain === undefined || speaksOfPrincipals(plain);
}

const MAY_BE_POLICY = /polic(y|ies)|document|^content$/i;
/** A template has few names of properties, each many times. */
const policyNames = new Map<string, boolean>();
const MAX_NAMES = 10_000;

function mayBePolicy(name: string): boolean {
  let may = policyNames.get(name);
  if (may === undefined) {
    may = MAY_BE_POLICY.test(name);
    if (policyNames.size < MAX_NAMES) policyNames.set(name, may);
  }
  return may;
}

/** Names under which CloudFormation takes resource policies and little else: what only the deployment knows is one there. */
const IS_POLICY =
  /^(resource|access|destination)?policy(document|text)$|(resource|access|destination|accesspoint)polic(y|ies)$/i;

function speaksOfPrincipals(written: string): boolean {
  return written.includes('Statement') && written.includes('Principal');
}

/** Of these the property of that name is a policy of another kind, which grants no principal of IAM anything. */
const OF_ANOTHER_KIND: ReadonlySet<string> = new Set([
  'AWS::EC2::VPCEndpoint',
  'AWS::EC2::VerifiedAccessEndpoint',
  'AWS::EC2::VerifiedAccessGroup',
  'AWS::IoT::Policy',
  'AWS::Logs::AccountPolicy',
  'AWS::NetworkManager::CoreNetwork',
  'AWS::OpenSearchServerless::AccessPolicy',
]);

/** Statements may stand in branches of `Fn::If`. */
function namesPrincipals(statements: unknown): boolean {
  if (isList(statements)) return statements.some(namesPrincipals);
  if (!isObject(statements)) return false;
  if (intrinsicName(statements) !== undefined) return Object.values(statements).some(namesPrincipals);
  return Object.hasOwn(statements, 'Principal') || Object.hasOwn(statements, 'NotPrincipal');
}

function at(properties: JsonObject, path: string): unknown {
  return path.split('.').reduce<unknown>((value, key) => (isObject(value) ? value[key] : undefined), properties);
}

/** The statement that a permission resource stands for, as a document of the template. */
function permissionDocument(type: string, p: JsonObject): unknown {
  // Without `Resource` a statement speaks of the resource it is attached to.
  const statement = (body: JsonObject): unknown => ({
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', ...body }],
  });
  switch (type) {
    case 'AWS::Lambda::Permission':
      return statement({ Action: p.Action, Principal: lambdaPrincipal(p.Principal), ...conditionsOf(p) });
    case 'AWS::Lambda::LayerVersionPermission':
      return statement({
        Action: p.Action,
        Principal: p.Principal === '*' ? '*' : { AWS: p.Principal },
        ...(p.OrganizationId === undefined
          ? {}
          : { Condition: { StringEquals: { 'aws:PrincipalOrgID': p.OrganizationId } } }),
      });
    case 'AWS::ACMPCA::Permission':
      return statement({ Action: p.Actions, Principal: { Service: p.Principal } });
    case 'AWS::Events::EventBusPolicy':
      if (p.Statement !== undefined) return { Version: '2012-10-17', Statement: p.Statement };
      return statement({
        Action: p.Action,
        Principal: p.Principal === '*' ? '*' : { AWS: p.Principal },
        ...(isObject(p.Condition) && typeof p.Condition.Type === 'string' && typeof p.Condition.Key === 'string'
          ? { Condition: { [p.Condition.Type]: { [p.Condition.Key]: p.Condition.Value } } }
          : {}),
      });
    default:
      return undefined;
  }
}

/** `Principal` of a Lambda permission: a service, an account, an ARN or `*`. */
function lambdaPrincipal(value: unknown): unknown {
  if (value === '*') return '*';
  const service =
    typeof value === 'string' ? /\.amazonaws\.com(\.cn)?$|\.aws\.internal$/.test(value) : mentionsSuffix(value);
  return service ? { Service: value } : { AWS: value };
}

/** `{Fn::Join: ["", ["events.", {Ref: "AWS::URLSuffix"}]]}` is a service too. */
function mentionsSuffix(value: unknown): boolean {
  const text = JSON.stringify(value) ?? '';
  return text.includes('AWS::URLSuffix') || /\.amazonaws\.com/.test(text);
}

/** Source: https://docs.aws.amazon.com/lambda/latest/api/API_AddPermission.html */
function conditionsOf(p: JsonObject): JsonObject {
  const equal = {
    ...(p.SourceAccount === undefined ? {} : { 'aws:SourceAccount': p.SourceAccount }),
    ...(p.PrincipalOrgID === undefined ? {} : { 'aws:PrincipalOrgID': p.PrincipalOrgID }),
    ...(p.FunctionUrlAuthType === undefined ? {} : { 'lambda:FunctionUrlAuthType': p.FunctionUrlAuthType }),
    ...(p.EventSourceToken === undefined ? {} : { 'lambda:EventSourceToken': p.EventSourceToken }),
  };
  const condition = {
    ...(Object.keys(equal).length === 0 ? {} : { StringEquals: equal }),
    ...(p.SourceArn === undefined ? {} : { ArnLike: { 'aws:SourceArn': p.SourceArn } }),
    ...(p.InvokedViaFunctionUrl === undefined
      ? {}
      : { Bool: { 'lambda:InvokedViaFunctionUrl': p.InvokedViaFunctionUrl } }),
  };
  return Object.keys(condition).length === 0 ? {} : { Condition: condition };
}
