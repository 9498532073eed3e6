/** How AWS names what it makes: ARNs and physical ids of the resource types that trust domains are made of. */
import { ACCOUNT, REGION } from './place';

/** The ARN of a resource of the type with the physical id. */
export function arnFor(type: string, id: string): string {
  if (id.startsWith('arn:')) return id;
  const regional = (service: string, resource: string) => `arn:aws:${service}:${REGION}:${ACCOUNT}:${resource}`;
  switch (type) {
    case 'AWS::KMS::Key':
      return regional('kms', `key/${id}`);
    case 'AWS::IAM::Role':
      return `arn:aws:iam::${ACCOUNT}:role/${id}`;
    case 'AWS::IAM::ManagedPolicy':
      return `arn:aws:iam::${ACCOUNT}:policy/${id}`;
    case 'AWS::S3::Bucket':
      return `arn:aws:s3:::${id}`;
    case 'AWS::Lambda::Function':
      return regional('lambda', `function:${id}`);
    case 'AWS::Logs::LogGroup':
      return regional('logs', `log-group:${id}`);
    case 'AWS::SNS::Topic':
      return regional('sns', id);
    case 'AWS::Cognito::UserPool':
      return regional('cognito-idp', `userpool/${id}`);
    case 'AWS::WAFv2::WebACL':
      return regional('wafv2', `regional/webacl/${id.split('|')[0]}/${id.split('|')[1]}`);
    case 'AWS::CloudWatch::Alarm':
      return regional('cloudwatch', `alarm:${id}`);
    case 'AWS::Events::Rule':
      return regional('events', `rule/${id}`);
    case 'AWS::DynamoDB::Table':
      return regional('dynamodb', `table/${id}`);
    default:
      return regional(type.split('::')[1]?.toLowerCase() ?? '', id);
  }
}

export interface Naming {
  readonly stack: string;
  readonly logicalId: string;
  /** What the deployment gave. */
  readonly given?: string;
  /** The name that the template gives by the property. */
  readonly name: (property: string) => string | undefined;
}

/** The physical id of a resource of the type: the name that the template gives, what the deployment gave, or one like it. */
export function physicalIdFor(type: string, { stack, logicalId, given, name }: Naming): string {
  const id = (length: number) => hash(`${stack}/${logicalId}`, length);
  switch (type) {
    case 'AWS::IAM::Role':
      // The emulator's id of a role without a name of its own is its ARN.
      return name('RoleName') ?? given?.split('/').at(-1) ?? `${stack}-${logicalId}-${id(12)}`;
    case 'AWS::IAM::ManagedPolicy':
      return name('ManagedPolicyName') ?? given ?? `${stack}-${logicalId}-${id(12)}`;
    case 'AWS::S3::Bucket':
      return name('BucketName') ?? given ?? id(20);
    case 'AWS::Lambda::Function':
      return name('FunctionName') ?? given ?? id(20);
    case 'AWS::Logs::LogGroup':
      return name('LogGroupName') ?? given ?? id(20);
    case 'AWS::SNS::Topic':
      return name('TopicName') ?? given ?? id(20);
    case 'AWS::CloudWatch::Alarm':
      return name('AlarmName') ?? given ?? id(20);
    case 'AWS::Events::Rule':
      return name('Name') ?? given ?? id(20);
    case 'AWS::KMS::Key':
      return given ?? `${id(8)}-${id(4)}-4000-8000-${id(12)}`;
    case 'AWS::Cognito::UserPool':
      return given ?? `${REGION}_${id(9)}`;
    case 'AWS::WAFv2::WebACL':
      return given ?? `${name('Name')}|${id(8)}-0000-4000-8000-${id(12)}|REGIONAL`;
    default:
      return given ?? id(10);
  }
}

/** A name as AWS might make it: lower case and digits, the same at every run. */
export function hash(text: string, length: number): string {
  let h = 2166136261;
  let out = '';
  for (let i = 0; out.length < length; i++) {
    for (const c of `${text}${i}`) h = Math.imul(h ^ c.charCodeAt(0), 16777619) >>> 0;
    out += h.toString(16).padStart(8, '0');
  }
  return out.slice(0, length);
}
