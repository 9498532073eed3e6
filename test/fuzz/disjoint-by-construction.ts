/**
 * Pairs of policies that are disjoint because of how they are made: two domains built alike whose
 * statements are kept apart by exactly one device. A reported overlap here is a false alarm.
 */
import type { PoliciesJson, StatementJson } from './policies-json';
import type { Random } from './random';

export const DEVICES = [
  'name',
  'account',
  'region',
  'action',
  'condition',
  'boundary',
  'deny',
  'scp',
  'not-resource',
  'tag',
] as const;
export type Device = (typeof DEVICES)[number];

interface Place {
  readonly region: string;
  readonly account: string;
  readonly name: string;
}

/** What a role of one domain may do: `NAME-*` in its own place, as a remit would be written. */
const KINDS: readonly {
  readonly actions: readonly string[];
  readonly resources: (place: Place) => readonly string[];
}[] = [
  {
    actions: ['lambda:InvokeFunction', 'lambda:GetFunction', 'lambda:Update*'],
    resources: (p) => [`arn:aws:lambda:${p.region}:${p.account}:function:${p.name}-*`],
  },
  {
    actions: ['dynamodb:GetItem', 'dynamodb:Query', 'dynamodb:Put*'],
    resources: (p) => [
      `arn:aws:dynamodb:${p.region}:${p.account}:table/${p.name}-*`,
      `arn:aws:dynamodb:${p.region}:${p.account}:table/${p.name}-*/index/*`,
    ],
  },
  {
    actions: ['sqs:SendMessage', 'sqs:Receive*'],
    resources: (p) => [`arn:aws:sqs:${p.region}:${p.account}:${p.name}-*`],
  },
  {
    actions: ['sns:Publish', 'sns:Subscribe'],
    resources: (p) => [`arn:aws:sns:${p.region}:${p.account}:${p.name}-*`],
  },
  {
    actions: ['secretsmanager:GetSecretValue', 'secretsmanager:Put*'],
    resources: (p) => [`arn:aws:secretsmanager:${p.region}:${p.account}:secret:${p.name}-*`],
  },
  {
    actions: ['states:StartExecution', 'states:Describe*'],
    resources: (p) => [
      `arn:aws:states:${p.region}:${p.account}:stateMachine:${p.name}-*`,
      `arn:aws:states:${p.region}:${p.account}:execution:${p.name}-*:*`,
    ],
  },
];

/** Conditions on keys of the request itself, whose single value both principals share. */
const EXCLUSIVE: readonly (readonly [StatementJson['Condition'], StatementJson['Condition']])[] = [
  [
    { StringEquals: { 'aws:ResourceTag/domain': 'internal' } },
    { StringEquals: { 'aws:ResourceTag/domain': 'partner' } },
  ],
  [
    { StringLike: { 'aws:ResourceTag/domain': 'internal-*' } },
    { StringLike: { 'aws:ResourceTag/domain': 'partner-*' } },
  ],
  [{ StringEquals: { 'aws:ResourceTag/domain': 'internal' } }, { Null: { 'aws:ResourceTag/domain': 'true' } }],
  [
    { StringEquals: { 'aws:ResourceTag/domain': 'internal' } },
    { StringNotEquals: { 'aws:ResourceTag/domain': ['internal', 'a'] } },
  ],
  [
    { StringEqualsIgnoreCase: { 'aws:ResourceTag/domain': 'Internal' } },
    { StringNotEqualsIgnoreCase: { 'aws:ResourceTag/domain': 'INTERNAL' } },
  ],
  [{ StringEquals: { 'aws:RequestedRegion': 'eu-west-1' } }, { StringNotLike: { 'aws:RequestedRegion': 'eu-*' } }],
];

const document = (...Statement: StatementJson[]) => ({ Version: '2012-10-17', Statement });

export function disjointPair(random: Random, device: Device): [PoliciesJson, PoliciesJson] {
  const kinds = random.some(KINDS, 3);
  const regions = random.shuffle(['eu-west-1', 'us-east-1', 'ap-south-1']);
  const accounts = random.shuffle(['111111111111', '222222222222', '333333333333']);
  const names = random.shuffle(['internal', 'partner', 'public', 'orders', 'billing']);
  const at = (region: number, account: number, name: number): Place => ({
    region: device === 'region' ? (regions[region] ?? '') : random.pick(['*', regions[0] ?? '']),
    account: device === 'account' ? (accounts[account] ?? '') : random.pick(['*', accounts[0] ?? '']),
    name: names[name] ?? '',
  });
  const allow = (place: Place, more: Partial<StatementJson> = {}): StatementJson[] =>
    kinds.map((kind) => ({ Effect: 'Allow', Action: kind.actions, Resource: kind.resources(place), ...more }));
  const only = (...statements: StatementJson[]): PoliciesJson => ({ identityPolicies: [document(...statements)] });
  const [mine, same, other] = [at(0, 0, 0), at(0, 0, 0), at(0, 0, 1)];
  const everything: StatementJson = { Effect: 'Allow', Action: '*', Resource: '*' };

  switch (device) {
    case 'name':
      return [only(...allow(mine)), only(...allow(other))];
    case 'account':
      return [only(...allow(at(0, 0, 0))), only(...allow(at(0, 1, 0)))];
    case 'region':
      return [only(...allow(at(0, 0, 0))), only(...allow(at(1, 0, 0)))];
    case 'action': {
      const [first, ...rest] = [...new Set(kinds.flatMap((k) => k.actions))];
      const wide = { Effect: 'Allow', Resource: '*' } as const;
      return [only({ ...wide, Action: first ?? '' }), only({ ...wide, Action: rest.filter((a) => a !== first) })];
    }
    case 'condition':
    case 'tag': {
      const [one, two] = random.pick(device === 'tag' ? EXCLUSIVE.slice(0, 1) : EXCLUSIVE);
      return [only(...allow(mine, { Condition: one })), only(...allow(same, { Condition: two }))];
    }
    case 'boundary':
      return [
        { identityPolicies: [document(everything)], permissionsBoundary: document(...allow(mine)) },
        { identityPolicies: [document(...allow(same), everything)], permissionsBoundary: document(...allow(other)) },
      ];
    case 'deny':
      return [
        only(...allow(mine)),
        only(everything, {
          Effect: 'Deny',
          Action: '*',
          Resource: kinds.flatMap((kind) => kind.resources({ ...mine, region: '*', account: '*' })),
        }),
      ];
    case 'scp':
      return [
        only(...allow(mine)),
        {
          ...only(...allow(same)),
          serviceControlPolicies: [document(everything, { Effect: 'Deny', NotAction: 'iam:*', Resource: '*' })],
        },
      ];
    case 'not-resource':
      return [
        only(...allow(mine)),
        only({
          Effect: 'Allow',
          Action: kinds.flatMap((k) => k.actions),
          NotResource: kinds.flatMap((k) => k.resources({ ...mine, region: '*', account: '*' })),
        }),
      ];
  }
}
