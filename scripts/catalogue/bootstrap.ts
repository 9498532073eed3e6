/**
 * The roles that `cdk bootstrap` creates, read from the template inside the installed CLI and
 * resolved under the CLI's defaults (no trusted accounts, no boundary, no customer key, so that
 * the execution role is administrator). What depends on where it is deployed stays `Fn::Sub`.
 */
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { parse } from 'yaml';

type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };
type Fields = Readonly<Record<string, Json>>;

interface Template {
  readonly Parameters: Readonly<Record<string, { readonly Default?: string }>>;
  readonly Conditions: Readonly<Record<string, Json>>;
  readonly Resources: Readonly<Record<string, { readonly Type: string; readonly Properties: Fields }>>;
}

/** What the CLI passes where the template's own default differs. */
const CLI_DEFAULTS: Readonly<Record<string, string>> = { FileAssetsBucketKmsKeyId: 'AWS_MANAGED_KEY' };
/** Stays variable, beside the pseudo parameters. */
const QUALIFIER = 'Qualifier';

export function renderBootstrap(): string {
  const file = join(dirname(require.resolve('aws-cdk/package.json')), 'lib/api/bootstrap/bootstrap-template.yaml');
  const template = parse(readFileSync(file, 'utf8')) as Template;
  const resolver = new Resolver(template);
  const resources = Object.entries(template.Resources);
  const policies = resources
    .filter(([, { Type }]) => Type === 'AWS::IAM::Policy')
    .map(([, { Properties }]) => resolver.fields(Properties));
  const roles = resources
    .filter(([, { Type }]) => Type === 'AWS::IAM::Role')
    .map(([logicalId, { Properties }]) => {
      const role = resolver.fields(Properties);
      const own = (role.Policies ?? []) as Json[];
      const attached = policies.filter(({ Roles }) => (Roles as Json[]).some((r) => (r as Fields).Ref === logicalId));
      return {
        roleName: subBody(role.RoleName!),
        trust: role.AssumeRolePolicyDocument!,
        policies: [...own, ...attached.map(({ PolicyName, PolicyDocument }) => ({ PolicyName, PolicyDocument }))],
        managedPolicyArns: (role.ManagedPolicyArns ?? []) as Json,
      };
    });
  const version = template.Resources.CdkBootstrapVersion!.Properties.Value;
  return `${JSON.stringify({ version, roles }, null, 1)}\n`;
}

class Resolver {
  constructor(private readonly template: Template) {}

  fields(properties: Fields): Record<string, Json> {
    return this.value(properties) as Record<string, Json>;
  }

  /** The value under the defaults; `undefined` where it is `AWS::NoValue`. */
  private value(json: Json): Json | undefined {
    if (Array.isArray(json)) return json.map((item) => this.value(item)).filter((item) => item !== undefined);
    if (typeof json !== 'object' || json === null) return json;
    const fields = json as Fields;
    const [key] = Object.keys(fields);
    if (key === 'Fn::If') return this.choose(fields[key] as Json[]);
    if (key === 'Fn::Sub') return sub(this.expand(fields[key] as string));
    if (key === 'Ref' && fields.Ref === 'AWS::NoValue') return undefined;
    if (key === 'Ref' && this.parameter(fields.Ref as string) !== undefined)
      return this.parameter(fields.Ref as string);
    const entries = Object.entries(fields).map(([name, item]) => [name, this.value(item)] as const);
    return Object.fromEntries(entries.filter((entry): entry is [string, Json] => entry[1] !== undefined));
  }

  private choose([condition, yes, no]: readonly Json[]): Json | undefined {
    return this.value(this.holds(this.template.Conditions[condition as string]!) ? yes! : no!);
  }

  private holds(condition: Json): boolean {
    const [[operator, operands]] = Object.entries(condition as Fields) as [[string, Json[]]];
    switch (operator) {
      case 'Fn::Not':
        return !this.holds(operands[0]!);
      case 'Fn::And':
        return operands.every((operand) => this.holds(operand));
      case 'Fn::Equals':
        return this.operand(operands[0]!) === this.operand(operands[1]!);
      case 'Condition':
        return this.holds(this.template.Conditions[operands as unknown as string]!);
      default:
        throw new Error(`bootstrap-template.yaml: the condition function \`${operator}\` is not known here; add it`);
    }
  }

  private operand(json: Json): Json | undefined {
    const fields = json as { readonly 'Fn::Join'?: readonly [string, Json] };
    const value = this.value(
      typeof json === 'object' && json !== null && fields['Fn::Join'] ? fields['Fn::Join'][1] : json,
    );
    return value;
  }

  private parameter(name: string): string | undefined {
    return name === QUALIFIER ? undefined : (CLI_DEFAULTS[name] ?? this.template.Parameters[name]?.Default);
  }

  /** References inside `Fn::Sub` → the names that the template gives to its own resources. */
  private expand(body: string): string {
    return body.replace(/\$\{([\w.:]+)\}/g, (reference, name: string) => {
      if (name === QUALIFIER || name.startsWith('AWS::')) return reference;
      const [logicalId, attribute] = name.split('.') as [string, string?];
      const value = this.parameter(logicalId) ?? this.physical(logicalId, attribute);
      if (value === undefined)
        throw new Error(`bootstrap-template.yaml: \`${reference}\` names nothing known here; add its type`);
      return value;
    });
  }

  private physical(logicalId: string, attribute: string | undefined): string | undefined {
    const resource = this.template.Resources[logicalId];
    if (resource === undefined) return undefined;
    const name = (property: string) => subBody(this.fields(resource.Properties)[property]!);
    const arn = (rest: string) => (attribute === 'Arn' ? `arn:\${AWS::Partition}:${rest}` : undefined);
    switch (resource.Type) {
      case 'AWS::S3::Bucket':
        return arn(`s3:::${name('BucketName')}`);
      case 'AWS::ECR::Repository':
        return arn(`ecr:\${AWS::Region}:\${AWS::AccountId}:repository/${name('RepositoryName')}`);
      case 'AWS::IAM::Role':
        return arn(`iam::\${AWS::AccountId}:role/${name('RoleName')}`);
      case 'AWS::SSM::Parameter':
        return attribute === undefined ? name('Name') : undefined;
      default:
        return undefined;
    }
  }
}

function sub(body: string): Json {
  return body.includes('${') ? { 'Fn::Sub': body } : body;
}

function subBody(json: Json): string {
  return typeof json === 'string' ? json : ((json as { readonly 'Fn::Sub': string })['Fn::Sub'] satisfies string);
}
