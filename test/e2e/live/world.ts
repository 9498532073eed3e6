/**
 * What is deployed, seen from outside the engine: the templates of the cloud assembly with every reference replaced
 * by what the deployment gave (or, where nothing was deployed, by names like those that AWS gives), and the policies
 * that then bind each role and guard each resource. Independent of lib/model, which it is compared with.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { arnFor, hash, physicalIdFor } from './names-of-aws';
import { ACCOUNT, REGION } from './place';

export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };
export type Document = Readonly<Record<string, unknown>>;

export interface Deployed {
  readonly stack: string;
  readonly logicalId: string;
  readonly type: string;
  readonly physicalId: string;
  readonly properties: Readonly<Record<string, Json>>;
}

export interface Role {
  readonly name: string;
  readonly arn: string;
  /** `PartnerDomain/partnerRolesreadRole…`, as the model names it. */
  readonly id: string;
  readonly identityPolicies: readonly Document[];
  readonly permissionsBoundary?: Document;
  readonly trust: Document;
}

/** Physical ids by stack and logical id; `AWS::StackId` stands for the stack's own. */
export type PhysicalIds = Readonly<Record<string, Readonly<Record<string, string>>>>;

interface TemplateResource {
  readonly Type: string;
  readonly Properties?: Readonly<Record<string, Json>>;
}

interface Template {
  readonly Resources: Readonly<Record<string, TemplateResource>>;
  readonly Parameters?: Readonly<Record<string, { readonly Default?: Json }>>;
  readonly Conditions?: Readonly<Record<string, Json>>;
}

const NO_VALUE = Symbol('AWS::NoValue');

export class World {
  readonly resources: readonly Deployed[];
  readonly roles: readonly Role[];

  constructor(
    private readonly templates: Readonly<Record<string, Template>>,
    private readonly ids: PhysicalIds,
  ) {
    this.resources = Object.entries(templates).flatMap(([stack, { Resources }]) =>
      Object.entries(Resources).map(([logicalId, { Type: type, Properties = {} }]) => ({
        stack,
        logicalId,
        type,
        physicalId: this.physicalId(stack, logicalId),
        properties: this.resolve(stack, Properties) as Deployed['properties'],
      })),
    );
    this.roles = this.resources.filter(({ type }) => type === 'AWS::IAM::Role').map((role) => this.role(role));
  }

  /** @param only these stacks; by default all that were synthesized */
  static of(assembly: string, ids: PhysicalIds = {}, only?: readonly string[]): World {
    const files = readdirSync(assembly)
      .filter((file) => file.endsWith('.template.json'))
      .filter((file) => only?.includes(file.replace('.template.json', '')) ?? true);
    const read = (file: string) => JSON.parse(readFileSync(join(assembly, file), 'utf8')) as Template;
    return new World(Object.fromEntries(files.map((file) => [file.replace('.template.json', ''), read(file)])), ids);
  }

  stackArn(stack: string): string {
    const made = `arn:aws:cloudformation:${REGION}:${ACCOUNT}:stack/${stack}/6f1c5d3e-0000-4000-8000-${hash(stack, 12)}`;
    return this.ids[stack]?.['AWS::StackId'] ?? made;
  }

  /** The one resource of the type in the stack. */
  only(stack: string, type: string, physicalName?: string): Deployed {
    const found = this.resources.filter((r) => r.stack === stack && r.type === type);
    const named = physicalName === undefined ? found : found.filter((r) => r.physicalId === physicalName);
    if (named.length === 1 && named[0] !== undefined) return named[0];
    throw new Error(`${named.length} resources of type \`${type}\` in stack \`${stack}\`, expected one`);
  }

  arnOf({ stack, logicalId }: Deployed): string {
    return this.arn(stack, logicalId);
  }

  /** The policy that guards the resource with the ARN, where one does. */
  resourcePolicy(arn: string): Document | undefined {
    const key = this.resources.find((r) => r.type === 'AWS::KMS::Key' && this.arnOf(r) === arn);
    if (key !== undefined) return key.properties.KeyPolicy as Document;
    if (arn.startsWith('arn:aws:s3:::')) {
      const bucket = arn.slice('arn:aws:s3:::'.length).split('/')[0];
      return this.attached('AWS::S3::BucketPolicy', 'Bucket', (b) => b === bucket);
    }
    if (arn.startsWith('arn:aws:sns:')) {
      return this.attached('AWS::SNS::TopicPolicy', 'Topics', (topics) => (topics as readonly Json[]).includes(arn));
    }
    if (arn.startsWith('arn:aws:execute-api:')) {
      const id = arn.split(':')[5]?.split('/')[0];
      const api = this.resources.find((r) => r.type === 'AWS::ApiGateway::RestApi' && r.physicalId === id);
      const policy = api?.properties.Policy;
      // API Gateway writes the API's own ARN where a policy has the short form.
      const own = `"${arn.split(':').slice(0, 5).join(':')}:${id}/`;
      return policy === undefined
        ? undefined
        : (JSON.parse(JSON.stringify(policy).replaceAll('"execute-api:/', own)) as Document);
    }
    return undefined;
  }

  private attached(type: string, property: string, to: (value: Json) => boolean): Document | undefined {
    const found = this.resources.find((r) => r.type === type && to(r.properties[property] ?? null));
    return found?.properties.PolicyDocument as Document | undefined;
  }

  private role({ stack, logicalId, physicalId, properties }: Deployed): Role {
    const managed = this.resources.filter((r) => r.type === 'AWS::IAM::ManagedPolicy');
    const document = (arn: Json): Document => {
      const policy = managed.find((p) => this.arnOf(p) === arn);
      if (policy === undefined) throw new Error(`role \`${physicalId}\`: no managed policy \`${String(arn)}\``);
      return policy.properties.PolicyDocument as Document;
    };
    const inline = (properties.Policies ?? []) as readonly { readonly PolicyDocument: Document }[];
    const beside = this.resources.filter(
      (r) => r.type === 'AWS::IAM::Policy' && ((r.properties.Roles ?? []) as readonly Json[]).includes(physicalId),
    );
    const { ManagedPolicyArns = [], PermissionsBoundary } = properties;
    const attachedFromTheOtherSide = managed.filter((p) =>
      ((p.properties.Roles ?? []) as readonly Json[]).includes(physicalId),
    );
    return {
      name: physicalId,
      arn: `arn:aws:iam::${ACCOUNT}:role/${physicalId}`,
      id: `${stack}/${logicalId}`,
      identityPolicies: [
        ...(ManagedPolicyArns as readonly Json[]).map(document),
        ...attachedFromTheOtherSide.map((p) => p.properties.PolicyDocument as Document),
        ...inline.map((policy) => policy.PolicyDocument),
        ...beside.map((p) => p.properties.PolicyDocument as Document),
      ],
      ...(PermissionsBoundary !== undefined && { permissionsBoundary: document(PermissionsBoundary) }),
      trust: properties.AssumeRolePolicyDocument as Document,
    };
  }

  private resolve(stack: string, value: Json): Json {
    const resolved = this.resolved(stack, value);
    return resolved === NO_VALUE ? null : resolved;
  }

  private resolved(stack: string, value: Json): Json | typeof NO_VALUE {
    if (typeof value !== 'object' || value === null) return value;
    if (Array.isArray(value)) {
      return value.map((v: Json) => this.resolved(stack, v)).filter((v) => v !== NO_VALUE);
    }
    const [[key, argument] = ['', null], ...more] = Object.entries(value);
    if (more.length === 0 && (key === 'Ref' || key.startsWith('Fn::'))) return this.intrinsic(stack, key, argument);
    const each = Object.entries(value).map(([k, v]) => [k, this.resolved(stack, v)] as const);
    return Object.fromEntries(each.filter((entry): entry is [string, Json] => entry[1] !== NO_VALUE));
  }

  private holds(stack: string, condition: Json): boolean {
    const [[name, argument] = ['', null]] = Object.entries(condition as Readonly<Record<string, Json>>);
    const parts = argument as readonly Json[];
    switch (name) {
      case 'Fn::Equals':
        return this.resolve(stack, parts[0] ?? null) === this.resolve(stack, parts[1] ?? null);
      case 'Fn::Not':
        return !this.holds(stack, parts[0] ?? null);
      case 'Fn::And':
        return parts.every((part) => this.holds(stack, part));
      case 'Fn::Or':
        return parts.some((part) => this.holds(stack, part));
      case 'Condition':
        return this.holds(stack, this.templates[stack]?.Conditions?.[String(argument)] ?? null);
      default:
        throw new Error(`stack \`${stack}\`: \`${name}\` is no condition that is resolved here`);
    }
  }

  private intrinsic(stack: string, name: string, argument: Json): Json | typeof NO_VALUE {
    switch (name) {
      case 'Ref':
        return argument === 'AWS::NoValue' ? NO_VALUE : this.ref(stack, String(argument));
      case 'Fn::If': {
        const [condition, then, otherwise] = argument as readonly [string, Json, Json];
        return this.resolved(stack, this.holds(stack, { Condition: condition }) ? then : otherwise);
      }
      case 'Fn::GetAtt': {
        const [logicalId = '', attribute = ''] = (
          typeof argument === 'string' ? argument.split('.') : argument
        ) as readonly string[];
        return this.attribute(stack, logicalId, attribute);
      }
      case 'Fn::Join': {
        const [separator, parts] = argument as readonly [string, readonly Json[]];
        return parts.map((part) => String(this.resolve(stack, part))).join(separator);
      }
      case 'Fn::Sub':
        return String(argument).replaceAll(/\$\{([^}]+)\}/g, (_, inner: string) =>
          String(inner.includes('.') ? this.intrinsic(stack, 'Fn::GetAtt', inner) : this.ref(stack, inner)),
        );
      case 'Fn::Select': {
        const [index, list] = argument as readonly [number, Json];
        return (this.resolve(stack, list) as readonly Json[])[Number(index)] ?? '';
      }
      case 'Fn::Split': {
        const [separator, text] = argument as readonly [string, Json];
        return String(this.resolve(stack, text)).split(separator);
      }
      case 'Fn::GetStackOutput':
        return `output of ${JSON.stringify(argument)}`;
      default:
        throw new Error(`stack \`${stack}\`: \`${name}\` is not resolved here`);
    }
  }

  private ref(stack: string, name: string): string {
    switch (name) {
      case 'AWS::AccountId':
        return ACCOUNT;
      case 'AWS::Region':
        return REGION;
      case 'AWS::Partition':
        return 'aws';
      case 'AWS::URLSuffix':
        return 'amazonaws.com';
      case 'AWS::StackId':
        return this.stackArn(stack);
      case 'AWS::StackName':
        return stack;
      default: {
        const parameter = this.templates[stack]?.Parameters?.[name];
        if (parameter !== undefined) return String(parameter.Default);
        const { Type: type } = this.template(stack, name);
        return ['AWS::IAM::ManagedPolicy', 'AWS::SNS::Topic'].includes(type)
          ? this.arn(stack, name)
          : this.physicalId(stack, name);
      }
    }
  }

  private attribute(stack: string, logicalId: string, attribute: string): string {
    const { Type: type } = this.template(stack, logicalId);
    if (attribute === 'Arn' || attribute === 'TopicArn' || attribute === 'PolicyArn') {
      return type === 'AWS::Logs::LogGroup' ? `${this.arn(stack, logicalId)}:*` : this.arn(stack, logicalId);
    }
    if (attribute === 'RootResourceId') return hash(`${stack}${logicalId}`, 10);
    return `${this.physicalId(stack, logicalId)}.${attribute}`;
  }

  private template(stack: string, logicalId: string): TemplateResource {
    const found = this.templates[stack]?.Resources[logicalId];
    if (found === undefined) throw new Error(`stack \`${stack}\` has no resource \`${logicalId}\``);
    return found;
  }

  private arn(stack: string, logicalId: string): string {
    const { Type: type } = this.template(stack, logicalId);
    const id = this.physicalId(stack, logicalId);
    return arnFor(type, id);
  }

  private physicalId(stack: string, logicalId: string): string {
    const given = this.ids[stack]?.[logicalId];
    const { Type: type, Properties: properties = {} } = this.template(stack, logicalId);
    const name = (property: string): string | undefined => {
      const value = properties[property];
      return value === undefined ? undefined : String(this.resolve(stack, value));
    };
    return physicalIdFor(type, { stack, logicalId, given, name });
  }
}
