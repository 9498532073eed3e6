/**
 * Random questions for the evaluator and the simulator: policies of every kind with conditions,
 * drawn from small vocabularies so that patterns, keys and values meet often.
 */
import * as fc from 'fast-check';
import { BASE_OPERATORS, type BaseOperator } from '../../lib/policy/document';
import type { SimulatorQuestion } from './simulator';

const ACCOUNT = '111122223333';
const OTHER = '444455556666';
const ROLE = `arn:aws:iam::${ACCOUNT}:role/reader`;
const SESSION = `arn:aws:sts::${ACCOUNT}:assumed-role/reader/monday`;
const USER = `arn:aws:iam::${ACCOUNT}:user/staff/alice`;
const FEDERATED = `arn:aws:sts::${ACCOUNT}:federated-user/alice`;

const PRINCIPALS = [ROLE, SESSION, SESSION, USER, USER, FEDERATED, 'events.amazonaws.com', '*'];

/** What goes together, so that most requests reach the conditions. */
const TARGETS = [
  { action: 's3:GetObject', resource: 'arn:aws:s3:::orders/2026/one.json' },
  { action: 's3:PutObject', resource: 'arn:aws:s3:::home/alice/x' },
  { action: 's3:ListBucket', resource: 'arn:aws:s3:::orders' },
  { action: 'sqs:SendMessage', resource: `arn:aws:sqs:eu-west-1:${ACCOUNT}:queue` },
  { action: 'dynamodb:GetItem', resource: `arn:aws:dynamodb:eu-west-1:${OTHER}:table/orders` },
  { action: 'kms:Decrypt', resource: `arn:aws:kms:eu-west-1:${ACCOUNT}:key/1234abcd` },
  { action: 'sts:AssumeRole', resource: `arn:aws:iam::${ACCOUNT}:role/target` },
  { action: 's3:ListAllMyBuckets', resource: '*' },
];

const ACTIONS = [
  '*',
  '*',
  's3:*',
  's3:Get*',
  's3:?etObject',
  's3:*Object',
  'S3:GETOBJECT',
  's3:PutObject',
  'sqs:*',
  'dynamodb:*Item',
  'kms:*',
  'sts:AssumeRole',
];
/** Wildcards in the service and stars across colons are listed deviations: the corpus has them. */
const RESOURCES = [
  '*',
  '*',
  '*',
  'arn:aws:s3:::orders/*',
  'arn:aws:s3:::order?/2026/*.json',
  'arn:aws:s3:::orders',
  'arn:aws:s3:::home/${aws:username}/*',
  "arn:aws:s3:::home/${aws:PrincipalTag/team, 'alice'}/x",
  `arn:aws:sqs:*:${ACCOUNT}:queue`,
  'arn:aws:dynamodb:*:*:table/orders',
  `arn:aws:kms:*:${ACCOUNT}:key/*`,
  'arn:aws:iam::*:role/t*',
];

type Family = 'string' | 'numeric' | 'date' | 'bool' | 'binary' | 'ip' | 'arn' | 'null';

function familyOf(operator: BaseOperator): Family {
  if (operator === 'Null') return 'null';
  if (operator === 'Bool') return 'bool';
  if (operator === 'BinaryEquals') return 'binary';
  if (/Ip/.test(operator)) return 'ip';
  return operator.startsWith('String')
    ? 'string'
    : operator.startsWith('Numeric')
      ? 'numeric'
      : operator.startsWith('Date')
        ? 'date'
        : 'arn';
}

interface Vocabulary {
  readonly keys: readonly string[];
  readonly inPolicies: readonly string[];
  readonly inRequests: readonly string[];
}

const VOCABULARIES: Readonly<Record<Exclude<Family, 'null'>, Vocabulary>> = {
  string: {
    keys: ['aws:PrincipalTag/team', 'aws:ResourceTag/team', 'aws:TagKeys', 's3:prefix'],
    inPolicies: [
      'blue',
      'bl*',
      'b?ue',
      'Blue',
      '*',
      '',
      'red',
      '${aws:PrincipalTag/team}',
      '${*}',
      'a.c',
      "${aws:username, 'blue'}",
    ],
    inRequests: ['blue', 'Blue', 'red', '*', 'a.c', 'abc', 'alice'],
  },
  numeric: {
    keys: ['s3:max-keys', 'aws:MultiFactorAuthAge'],
    inPolicies: ['5', '5.0', '-1', '10', '5.5'],
    inRequests: ['5', '5.0', '4', '6', '-1', '10', '5.5'],
  },
  date: {
    keys: ['aws:CurrentTime', 'aws:TokenIssueTime'],
    inPolicies: ['2026-01-01T00:00:00Z', '2026-01-01', '2026-06-01T12:00:00+02:00', '2026-06'],
    inRequests: ['2026-01-01T00:00:00Z', '2025-12-31T23:59:59Z', '2026-06-01T10:00:00Z', '2027-01-01T00:00:00Z'],
  },
  bool: {
    keys: ['aws:SecureTransport', 'aws:MultiFactorAuthPresent'],
    inPolicies: ['true', 'false', 'True'],
    inRequests: ['true', 'false', 'TRUE'],
  },
  binary: { keys: ['bulkhead:bytes'], inPolicies: ['QQ==', 'Qg=='], inRequests: ['QQ==', 'Qg=='] },
  ip: {
    keys: ['aws:SourceIp', 'aws:VpcSourceIp'],
    inPolicies: ['203.0.113.0/24', '203.0.113.7', '198.51.100.0/25', '2001:db8::/32', '10.0.0.0/8'],
    inRequests: ['203.0.113.7', '203.0.114.0', '198.51.100.127', '198.51.100.128', '2001:db8::1', '10.255.255.255'],
  },
  arn: {
    keys: ['aws:SourceArn', 'aws:PrincipalArn'],
    inPolicies: [
      ROLE,
      'arn:aws:iam::*:role/read*',
      'arn:aws:*:*:*:*',
      `arn:aws:sns:*:${ACCOUNT}:t?pic`,
      `arn:aws:sns:eu-*:*:topic:*`,
    ],
    inRequests: [`arn:aws:sns:eu-west-1:${ACCOUNT}:topic`, `arn:aws:sns:eu-west-1:${OTHER}:topic:sub`, ROLE],
  },
};

const one = <T>(values: readonly T[]): fc.Arbitrary<T> => fc.constantFrom(...values);
const oneOrMore = <T>(values: readonly T[]): fc.Arbitrary<T | T[]> =>
  fc.oneof(
    { weight: 3, arbitrary: one(values) },
    { weight: 1, arbitrary: fc.uniqueArray(one(values), { minLength: 1, maxLength: 3 }) },
  );

const prefix = fc.oneof(
  { weight: 4, arbitrary: fc.constant('') },
  { weight: 1, arbitrary: fc.constantFrom('ForAllValues:', 'ForAnyValue:') },
);
const suffix = fc.oneof({ weight: 3, arbitrary: fc.constant('') }, { weight: 1, arbitrary: fc.constant('IfExists') });

const clause = one(BASE_OPERATORS).chain((operator) => {
  const family = familyOf(operator);
  if (family === 'null') {
    const keys = Object.values(VOCABULARIES).flatMap((vocabulary) => vocabulary.keys);
    return fc
      .tuple(one(keys), fc.constantFrom('true', 'false'))
      .map(([key, value]) => ({ operator: 'Null', key, values: value as string | string[] }));
  }
  const { keys, inPolicies } = VOCABULARIES[family];
  return fc.tuple(prefix, suffix, one(keys), oneOrMore(inPolicies)).map(([before, after, key, values]) => ({
    operator: `${before}${operator}${after}`,
    key,
    values,
  }));
});

const conditions = fc
  .oneof(
    { weight: 2, arbitrary: fc.constant([]) },
    { weight: 3, arbitrary: fc.array(clause, { minLength: 1, maxLength: 2 }) },
  )
  .map((clauses) => {
    const block: Record<string, Record<string, string | string[]>> = {};
    for (const { operator, key, values } of clauses) block[operator] = { ...block[operator], [key]: values };
    return clauses.length === 0 ? {} : { Condition: block };
  });

const mostly = <A, B>(usual: A, rare: B, weight = 5): fc.Arbitrary<A | B> =>
  fc.oneof({ weight, arbitrary: fc.constant(usual) }, { weight: 1, arbitrary: fc.constant(rare) });

const statement = fc
  .tuple(
    mostly('Allow', 'Deny', 3),
    mostly('Action', 'NotAction', 8),
    oneOrMore(ACTIONS),
    mostly('Resource', 'NotResource', 8),
    oneOrMore(RESOURCES),
    conditions,
  )
  .map(([Effect, action, actions, resource, resources, condition]) => ({
    Effect,
    [action]: actions,
    [resource]: resources,
    ...condition,
  }));

const document = fc
  .tuple(mostly('2012-10-17', '2008-10-17', 30), fc.array(statement, { minLength: 1, maxLength: 3 }))
  .map(([Version, Statement]) => ({ Version, Statement }));

const principalElement = fc.oneof(
  fc.constant('*'),
  oneOrMore([ROLE, SESSION, USER, FEDERATED, `arn:aws:iam::${ACCOUNT}:root`, ACCOUNT, OTHER, '*']).map((AWS) => ({
    AWS,
  })),
  oneOrMore(['events.amazonaws.com', 'lambda.amazonaws.com']).map((Service) => ({ Service })),
);

/** `NotPrincipal` is a listed deviation as a whole, so it is left to the corpus. */
const resourcePolicy = fc
  .array(fc.tuple(statement, principalElement), { minLength: 1, maxLength: 2 })
  .map((pairs) => ({ Version: '2012-10-17', Statement: pairs.map(([own, Principal]) => ({ ...own, Principal })) }));

/** A role's trust policy names no resource. */
const trustPolicy = resourcePolicy.map(({ Version, Statement }) => ({
  Version,
  Statement: Statement.map(({ Resource, NotResource, ...rest }: Record<string, unknown>) => rest),
}));

const context = fc
  .tuple(
    ...Object.values(VOCABULARIES).flatMap(({ keys, inRequests }) =>
      keys.map((key) =>
        fc
          .oneof(
            { weight: 2, arbitrary: fc.constant(undefined) },
            { weight: 3, arbitrary: one(inRequests) },
            { weight: 1, arbitrary: fc.array(one(inRequests), { maxLength: 3 }) },
          )
          .map((value) => [key, value] as const),
      ),
    ),
  )
  // A principal's ARN is one value, and it belongs to the principal.
  .map((pairs) =>
    Object.fromEntries(
      pairs.flatMap(([key, value]) =>
        value === undefined || key === 'aws:PrincipalArn' ? [] : [[key, value] as const],
      ),
    ),
  );

const optional = <T>(arbitrary: fc.Arbitrary<T>, weight = 3): fc.Arbitrary<T | undefined> =>
  fc.oneof({ weight, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary });

const FULL = { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }] };

/** A service and an anonymous caller carry no policies. */
const carriesPolicies = (principal: string): boolean => principal.startsWith('arn:');

export const question: fc.Arbitrary<SimulatorQuestion> = fc
  .tuple(one(TARGETS), one(PRINCIPALS))
  .chain(([target, principal]) => {
    const own = carriesPolicies(principal);
    return fc.record({
      target: fc.constant(target),
      principal: fc.constant(principal),
      identityPolicies: fc.array(document, own ? { minLength: 1, maxLength: 2 } : { maxLength: 0 }),
      permissionsBoundary: own ? optional(document) : fc.constant(undefined),
      sessionPolicies: own ? optional(document, 5) : fc.constant(undefined),
      serviceControlPolicies: own
        ? optional(
            document.map((one) => [FULL, one]),
            5,
          )
        : fc.constant(undefined),
      resourceControlPolicies: optional(
        document.map((one) => [asControl(one)]),
        8,
      ),
      resourcePolicy: optional(target.action === 'sts:AssumeRole' ? trustPolicy : resourcePolicy, 1),
      context,
    });
  })
  .map(({ target, context, sessionPolicies, ...rest }) => ({
    ...present(rest),
    ...(sessionPolicies === undefined ? {} : { sessionPolicies: [sessionPolicies] }),
    // S3's ARNs name no account; an anonymous caller and a service have none to fall back on.
    request: { ...target, ...(/:\d{12}:/.test(target.resource) ? {} : { resourceAccount: ACCOUNT }), context },
  }));

/** The statements as a resource control policy's, which only denies. */
function asControl({ Version, Statement }: { Version: string; Statement: readonly object[] }): Record<string, unknown> {
  return { Version, Statement: Statement.map((each) => ({ ...each, Effect: 'Deny', Principal: '*' })) };
}

/** Without the members that are undefined. */
function present<T extends object>(value: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(value).filter(([, one]) => one !== undefined)) as {
    [K in keyof T]: Exclude<T[K], undefined>;
  };
}
