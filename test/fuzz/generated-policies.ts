/**
 * Random policies over real services, from a small vocabulary, so that statements of two policies
 * meet often and miss narrowly: names, accounts and regions from short lists, wildcards anywhere
 * (across colons too), every operator with values of its key's type.
 */
import type { DocumentJson, PoliciesJson, StatementJson } from './policies-json';
import type { Random } from './random';

const REGIONS = ['eu-west-1', 'us-east-1'];
const ACCOUNTS = ['111111111111', '222222222222'];
const NAMES = ['internal', 'partner', 'internal-orders', 'partner-orders', 'a', 'ab'];

/** Resources of a service: region, account and name are filled in. */
const SERVICES: readonly { readonly actions: readonly string[]; readonly arns: readonly string[] }[] = [
  {
    actions: ['s3:GetObject', 's3:PutObject', 's3:Get*', 's3:*Object', 's3:ListBucket', 's3:*', 's3:GetBucketPolicy'],
    arns: [
      'arn:aws:s3:::NAME',
      'arn:aws:s3:::NAME/*',
      'arn:aws:s3:::NAME/${aws:PrincipalTag/duty}/*',
      'arn:aws:s3:::NAME/NAME',
    ],
  },
  {
    actions: ['lambda:InvokeFunction', 'lambda:Get*', 'lambda:UpdateFunctionCode', 'lambda:*Function', 'lambda:*'],
    arns: [
      'arn:aws:lambda:REGION:ACCOUNT:function:NAME',
      'arn:aws:lambda:REGION:ACCOUNT:function:NAME:NAME',
      'arn:aws:lambda:*:NAME',
    ],
  },
  {
    actions: ['dynamodb:GetItem', 'dynamodb:*Item', 'dynamodb:Query', 'dynamodb:Describe*', 'dynamodb:*'],
    arns: [
      'arn:aws:dynamodb:REGION:ACCOUNT:table/NAME',
      'arn:aws:dynamodb:REGION:ACCOUNT:table/NAME/index/NAME',
      'arn:*:table/NAME',
    ],
  },
  {
    actions: ['kms:Decrypt', 'kms:Encrypt', 'kms:*crypt', 'kms:GenerateDataKey*', 'kms:*'],
    arns: ['arn:aws:kms:REGION:ACCOUNT:key/NAME', 'arn:aws:kms:REGION:*:key/*'],
  },
  {
    actions: ['sqs:SendMessage', 'sqs:ReceiveMessage', 'sqs:*Message', 'sqs:ListQueues', 'sqs:*'],
    arns: ['arn:aws:sqs:REGION:ACCOUNT:NAME', 'arn:aws:sqs:*:NAME'],
  },
  {
    actions: ['iam:PassRole', 'iam:GetRole', 'iam:*Role', 'iam:AttachRolePolicy', 'iam:ListRoles'],
    arns: ['arn:aws:iam::ACCOUNT:role/NAME', 'arn:aws:iam::ACCOUNT:role/NAME/*', 'arn:aws:iam::*:role/NAME'],
  },
];

type KeyKind = 'string' | 'strings' | 'arn' | 'numeric' | 'date' | 'bool' | 'ip';

const KEYS: readonly { readonly key: string; readonly kind: KeyKind; readonly values: readonly string[] }[] = [
  {
    key: 'kms:ViaService',
    kind: 'string',
    values: ['s3.eu-west-1.amazonaws.com', 'sqs.eu-west-1.amazonaws.com', 's3.*', '*.eu-west-1.*'],
  },
  { key: 's3:prefix', kind: 'string', values: ['internal/', 'partner/', 'internal/*', '*', ''] },
  { key: 'aws:ResourceTag/duty', kind: 'string', values: ['read', 'write', 'Read', 'r*', '${aws:PrincipalTag/duty}'] },
  {
    key: 'iam:PassedToService',
    kind: 'string',
    values: ['lambda.amazonaws.com', 'ecs-tasks.amazonaws.com', '*.amazonaws.com'],
  },
  { key: 'aws:RequestedRegion', kind: 'string', values: ['eu-west-1', 'us-east-1', 'eu-*'] },
  { key: 'aws:PrincipalTag/duty', kind: 'string', values: ['read', 'write', 'w*', '?ead'] },
  { key: 'aws:username', kind: 'string', values: ['ada', 'bob', 'b?b'] },
  { key: 'dynamodb:LeadingKeys', kind: 'strings', values: ['ada', 'bob', '${aws:username}', 'a*'] },
  { key: 'aws:TagKeys', kind: 'strings', values: ['duty', 'owner', 'd*'] },
  { key: 'aws:CalledVia', kind: 'strings', values: ['cloudformation.amazonaws.com', 'athena.amazonaws.com'] },
  {
    key: 'aws:SourceArn',
    kind: 'arn',
    values: ['arn:aws:sns:eu-west-1:111111111111:a', 'arn:aws:sns:*:111111111111:*', 'arn:aws:s3:::internal'],
  },
  { key: 'aws:PrincipalArn', kind: 'arn', values: ['arn:aws:iam::111111111111:role/a', 'arn:aws:iam::*:role/*'] },
  { key: 'aws:MultiFactorAuthAge', kind: 'numeric', values: ['0', '300', '3600'] },
  { key: 's3:max-keys', kind: 'numeric', values: ['1', '10', '1000'] },
  {
    key: 'aws:CurrentTime',
    kind: 'date',
    values: ['2026-01-01T00:00:00Z', '2026-06-01T00:00:00Z', '2027-01-01T00:00:00Z'],
  },
  { key: 'aws:SecureTransport', kind: 'bool', values: ['true', 'false'] },
  { key: 'aws:MultiFactorAuthPresent', kind: 'bool', values: ['true', 'false'] },
  {
    key: 'aws:SourceIp',
    kind: 'ip',
    values: ['10.0.0.0/8', '10.1.0.0/16', '192.0.2.0/24', '192.0.2.7', '2001:db8::/32'],
  },
];

const STRING_OPERATORS = [
  'StringEquals',
  'StringNotEquals',
  'StringLike',
  'StringNotLike',
  'StringEqualsIgnoreCase',
  'StringNotEqualsIgnoreCase',
];
const OPERATORS: Readonly<Record<KeyKind, readonly string[]>> = {
  string: STRING_OPERATORS,
  strings: STRING_OPERATORS,
  arn: ['ArnEquals', 'ArnLike', 'ArnNotEquals', 'ArnNotLike', 'StringLike', 'StringEquals'],
  numeric: [
    'NumericEquals',
    'NumericNotEquals',
    'NumericLessThan',
    'NumericLessThanEquals',
    'NumericGreaterThan',
    'NumericGreaterThanEquals',
  ],
  date: [
    'DateEquals',
    'DateNotEquals',
    'DateLessThan',
    'DateLessThanEquals',
    'DateGreaterThan',
    'DateGreaterThanEquals',
  ],
  bool: ['Bool'],
  ip: ['IpAddress', 'NotIpAddress'],
};

export class PolicyGenerator {
  constructor(private readonly random: Random) {}

  /** Two principals whose policies draw on the same one or two services, so that they meet. */
  pair(): [PoliciesJson, PoliciesJson] {
    const services = this.random.some(SERVICES, 2);
    return [this.policies(services), this.policies(services)];
  }

  private policies(services: typeof SERVICES): PoliciesJson {
    const { random } = this;
    return {
      identityPolicies: Array.from({ length: 1 + random.int(2) }, () => this.document(services, 0.75)),
      ...(random.chance(0.3) ? { permissionsBoundary: this.document(services, 0.8) } : {}),
      ...(random.chance(0.2) ? { serviceControlPolicies: [this.wideDocument(services)] } : {}),
    };
  }

  private document(services: typeof SERVICES, allow: number): DocumentJson {
    const { random } = this;
    const statements = Array.from({ length: 1 + random.int(3) }, (_, i) =>
      this.statement(services, i === 0 || random.chance(allow) ? 'Allow' : 'Deny'),
    );
    return { Version: random.chance(0.95) ? '2012-10-17' : '2008-10-17', Statement: statements };
  }

  /** A service control policy as they are written: everything, but for one or two denials. */
  private wideDocument(services: typeof SERVICES): DocumentJson {
    return {
      Version: '2012-10-17',
      Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }, this.statement(services, 'Deny')],
    };
  }

  private statement(services: typeof SERVICES, effect: 'Allow' | 'Deny'): StatementJson {
    const { random } = this;
    const service = random.pick(services);
    const actions = random.chance(0.07) ? '*' : random.some(service.actions, 3);
    const resources = random.chance(0.12)
      ? '*'
      : Array.from({ length: 1 + random.int(2) }, () => this.arn(service.arns));
    const conditions = this.conditions();
    return {
      Effect: effect,
      ...(random.chance(effect === 'Allow' ? 0.06 : 0.15) && actions !== '*'
        ? { NotAction: actions }
        : { Action: actions }),
      ...(random.chance(0.12) && resources !== '*' ? { NotResource: resources } : { Resource: resources }),
      ...(Object.keys(conditions).length > 0 ? { Condition: conditions } : {}),
    };
  }

  arn(templates: readonly string[]): string {
    const { random } = this;
    const filled = random
      .pick(templates)
      .replace('REGION', random.chance(0.3) ? '*' : random.pick(REGIONS))
      .replace('ACCOUNT', random.chance(0.25) ? '*' : random.pick(ACCOUNTS))
      .replace(/NAME/g, () => this.name());
    if (!random.chance(0.05) || filled.includes('${')) return filled;
    // A wildcard over part of the ARN, colons included.
    const from = 8 + random.int(Math.max(1, filled.length - 8));
    return filled.slice(0, from) + random.pick(['*', '?']) + filled.slice(from + random.int(12));
  }

  private name(): string {
    const { random } = this;
    const name = random.pick(NAMES);
    switch (random.int(8)) {
      case 0:
        return `${name}*`;
      case 1:
        return `*${name}`;
      case 2:
        return `${name.slice(0, 1)}*${name.slice(-1)}`;
      case 3:
        return `${name.slice(0, -1)}?`;
      default:
        return name;
    }
  }

  private conditions(): NonNullable<StatementJson['Condition']> {
    const { random } = this;
    const out: Record<string, Record<string, string | readonly string[]>> = {};
    for (let n = random.pick([0, 0, 0, 1, 1, 2]); n > 0; n--) {
      const { key, kind, values } = random.pick(KEYS);
      if (random.chance(0.08)) {
        out.Null = { ...out.Null, [key]: random.pick(['true', 'false']) };
        continue;
      }
      const quantifier = kind === 'strings' ? random.pick(['ForAllValues:', 'ForAnyValue:']) : '';
      const operator = quantifier + random.pick(OPERATORS[kind]) + (random.chance(0.15) ? 'IfExists' : '');
      out[operator] = { ...out[operator], [key]: kind === 'bool' ? random.pick(values) : random.some(values, 2) };
    }
    return out;
  }
}
