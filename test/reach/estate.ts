/**
 * A generated estate: n trust domains of ten roles each, one stack a domain, with no hidden overlap; and
 * hidden overlaps to seed into it, each of one cause. Deterministic, so that a failure can be repeated.
 */
import type { Configuration } from '../../lib/model/configuration';
import { NO_CONFIGURATION } from '../../lib/model/configuration';
import { DUTIES, type Duty } from '../../lib/model/model';
import type { RenderedTemplate } from '../../lib/model/rendered-template';

const ACCOUNT = '111111111111';
const REGION = 'eu-west-1';
const PEOPLE = '222222222222';

type Json = Record<string, unknown>;
interface Statement {
  Sid?: string;
  Effect?: 'Allow' | 'Deny';
  Action: string | string[];
  Resource: unknown;
  Condition?: Json;
}

/** One domain under construction: statements of each role, and what is added to trust policies. */
export interface DomainSpec {
  readonly name: string;
  readonly can: Record<string, Statement[]>;
  readonly trustedBy: Record<string, string[]>;
  /** Roles that have no boundary. */
  readonly unbounded: Set<string>;
}

const arn = (service: string, rest: string): string => `arn:aws:${service}:${REGION}:${ACCOUNT}:${rest}`;
export const roleArn = (name: string): string => `arn:aws:iam::${ACCOUNT}:role/${name}`;
const functionArn = (name: string): string => arn('lambda', `function:${name}`);

export const APPS = ['api', 'worker', 'authorizer'] as const;

function domain(name: string): DomainSpec {
  const stack = arn('cloudformation', `stack/${name}-*`);
  const key = arn('kms', `key/${name}`);
  const allow = (Action: string[], Resource: unknown, Condition?: Json): Statement => ({
    Action,
    Resource,
    ...(Condition && { Condition }),
  });
  return {
    name,
    trustedBy: {},
    unbounded: new Set(),
    can: {
      provision: [
        allow(
          ['iam:PutRolePolicy', 'iam:DeleteRolePolicy', 'iam:AttachRolePolicy', 'iam:DetachRolePolicy'],
          roleArn(`${name}-app-*`),
          {
            ArnEquals: { 'iam:PermissionsBoundary': `arn:aws:iam::${ACCOUNT}:policy/${name}-app` },
          },
        ),
        allow(['kms:EnableKeyRotation', 'kms:TagResource'], key),
      ],
      deploy: [
        allow(['cloudformation:CreateChangeSet', 'cloudformation:DeleteChangeSet'], stack),
        allow(['s3:PutObject'], `arn:aws:s3:::${name}-assets/*`, { Null: { 's3:if-none-match': 'false' } }),
      ],
      approve: [allow(['cloudformation:ExecuteChangeSet'], stack)],
      read: [
        allow(['dynamodb:GetItem', 'dynamodb:Query'], { 'Fn::GetAtt': ['Table', 'Arn'] }),
        allow(['kms:Decrypt'], key, { StringEquals: { 'kms:ViaService': `dynamodb.${REGION}.amazonaws.com` } }),
      ],
      write: [allow(['execute-api:Invoke'], arn('execute-api', `${name}/prod/POST/*`))],
      monitor: [
        allow(['logs:FilterLogEvents', 'logs:GetLogEvents'], arn('logs', `log-group:/${name}/*`)),
        allow(['cloudwatch:PutMetricAlarm'], arn('cloudwatch', `alarm:${name}-*`)),
      ],
      audit: [allow(['s3:GetObject', 's3:GetObjectVersion'], `arn:aws:s3:::${name}-audit/*`)],
      'app-api': [
        allow(['dynamodb:GetItem', 'dynamodb:PutItem'], { 'Fn::GetAtt': ['Table', 'Arn'] }),
        allow(['logs:PutLogEvents'], arn('logs', `log-group:/${name}/api:*`)),
      ],
      'app-worker': [
        allow(['sqs:ReceiveMessage', 'sqs:DeleteMessage'], arn('sqs', `${name}-jobs`)),
        allow(['logs:PutLogEvents'], arn('logs', `log-group:/${name}/worker:*`)),
      ],
      'app-authorizer': [
        allow(['secretsmanager:GetSecretValue'], arn('secretsmanager', `secret:${name}/jwks-*`)),
        allow(['logs:PutLogEvents'], arn('logs', `log-group:/${name}/authorizer:*`)),
      ],
    },
  };
}

/** Hidden overlaps, each of one cause: what it adds to a domain. `other` is the next domain. */
export const SEEDS: Readonly<Record<string, (d: DomainSpec, other: DomainSpec) => void>> = {
  'deploy changes the code of the API, whose role reads the data': (d) =>
    grant(d, 'deploy', ['lambda:UpdateFunctionCode'], functionArn(`${d.name}-api`)),
  'read admits the deployer, who has no boundary': (d) => {
    d.unbounded.add('deploy');
    trust(d, 'read', 'deploy');
  },
  'monitor passes the role of the API to a function of its own': (d) => {
    grant(
      d,
      'monitor',
      ['iam:PassRole', 'lambda:CreateFunction', 'lambda:InvokeFunction'],
      [roleArn(`${d.name}-app-api`), functionArn(`${d.name}-probe`)],
    );
  },
  'provision opens the trust policy of the auditor': (d) =>
    grant(d, 'provision', ['iam:UpdateAssumeRolePolicy'], roleArn(`${d.name}-audit`)),
  'audit writes its own policy and has no boundary': (d) => {
    d.unbounded.add('audit');
    grant(d, 'audit', ['iam:PutRolePolicy'], roleArn(`${d.name}-audit`));
  },
  'approve changes the configuration of the API': (d) =>
    grant(
      d,
      'approve',
      ['lambda:UpdateFunctionConfiguration', 'lambda:UpdateFunctionCode'],
      functionArn(`${d.name}-api`),
    ),
  'the API of one domain admits the worker of another': (d, other) => {
    d.trustedBy['app-api'] = [roleArn(`${other.name}-app-worker`)];
  },
  'write admits the authorizer, whose code the monitor changes': (d) => {
    trust(d, 'write', 'app-authorizer');
    grant(d, 'monitor', ['lambda:UpdateFunctionCode'], functionArn(`${d.name}-authorizer`));
  },
};

function grant(d: DomainSpec, role: string, Action: string[], Resource: unknown): void {
  d.unbounded.add(role);
  d.can[role]!.push({ Sid: 'Seeded', Action, Resource });
}

function trust(d: DomainSpec, role: string, caller: string): void {
  d.trustedBy[role] = [...(d.trustedBy[role] ?? []), roleArn(`${d.name}-${caller}`)];
}

export interface Estate {
  readonly templates: readonly RenderedTemplate[];
  readonly configuration: Configuration;
  /** `domain: seed` of what was seeded. */
  readonly seeded: readonly string[];
}

/** `seeds` hidden overlaps, spread over the domains, the kinds in turn. */
export function estate(domains: number, seeds = 0): Estate {
  const specs = Array.from({ length: domains }, (_, i) => domain(`d${String(i).padStart(4, '0')}`));
  const kinds = Object.entries(SEEDS);
  const seeded: string[] = [];
  for (let i = 0; i < seeds; i++) {
    const at = Math.floor((i * domains) / seeds);
    const [kind, plant] = kinds[i % kinds.length]!;
    plant(specs[at]!, specs[(at + 1) % domains]!);
    seeded.push(`${specs[at]!.name}: ${kind}`);
  }
  return { templates: specs.map(template), configuration: configurationOf(specs), seeded };
}

function configurationOf(specs: readonly DomainSpec[]): Configuration {
  return {
    ...NO_CONFIGURATION,
    domains: specs.map(({ name }) => ({ name, resources: [`${name}/*`] })),
    duties: DUTIES.map((duty: Duty) => ({ duty, globs: [`*/${duty}`] })),
  };
}

function template(spec: DomainSpec): RenderedTemplate {
  const { name } = spec;
  const Resources: Record<string, unknown> = {
    Table: { Type: 'AWS::DynamoDB::Table', Properties: { KeySchema: [] } },
    Assets: { Type: 'AWS::S3::Bucket', Properties: { BucketName: `${name}-assets` } },
    Audit: { Type: 'AWS::S3::Bucket', Properties: { BucketName: `${name}-audit` } },
    Jobs: { Type: 'AWS::SQS::Queue', Properties: { QueueName: `${name}-jobs` } },
  };
  const paths: Record<string, string> = {};
  for (const [role, statements] of Object.entries(spec.can)) {
    const logicalId = `${role.replace(/-(.)/g, (_, c: string) => c.toUpperCase())}Role`;
    const document = { Version: '2012-10-17', Statement: statements.map((s) => ({ Effect: 'Allow', ...s })) };
    const app = role.startsWith('app-');
    paths[logicalId] = `${name}/${role}`;
    Resources[logicalId] = {
      Type: 'AWS::IAM::Role',
      Properties: {
        RoleName: `${name}-${role}`,
        AssumeRolePolicyDocument: trustPolicy(spec, role, app),
        Policies: [{ PolicyName: 'remit', PolicyDocument: document }],
        ...(app || spec.unbounded.has(role) ? {} : { PermissionsBoundary: { Ref: `${logicalId}Boundary` } }),
      },
    };
    if (app) {
      const short = role.slice('app-'.length);
      Resources[`${short}Function`] = {
        Type: 'AWS::Lambda::Function',
        Properties: {
          FunctionName: `${name}-${short}`,
          Role: { 'Fn::GetAtt': [logicalId, 'Arn'] },
          Code: { ZipFile: '' },
        },
      };
    } else if (!spec.unbounded.has(role)) {
      Resources[`${logicalId}Boundary`] = {
        Type: 'AWS::IAM::ManagedPolicy',
        Properties: { ManagedPolicyName: `${name}-${role}`, PolicyDocument: document },
      };
    }
  }
  return { stackName: name, account: ACCOUNT, region: REGION, template: { Resources }, path: name, paths };
}

function trustPolicy(spec: DomainSpec, role: string, app: boolean): Json {
  const callers = [
    ...(app ? [] : [`arn:aws:iam::${PEOPLE}:role/${spec.name}-${role}`]),
    ...(spec.trustedBy[role] ?? []),
  ];
  const Statement: Json[] = callers.map((caller) => ({
    Effect: 'Allow',
    Action: 'sts:AssumeRole',
    Principal: { AWS: caller },
  }));
  if (app)
    Statement.push({ Effect: 'Allow', Action: 'sts:AssumeRole', Principal: { Service: 'lambda.amazonaws.com' } });
  return { Version: '2012-10-17', Statement };
}
