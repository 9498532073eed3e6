/**
 * Canaries: before anything that the emulator says counts as live, it must deny a request of that kind that is known
 * to be bad and allow its twin that is known to be good. They are made on resources of their own, with policies of
 * the forms that the trust domains use, so that they show what the emulator enforces and nothing about Bulkhead.
 */
import {
  type Answer,
  type Call,
  type Credentials,
  denied,
  type Endpoint,
  element,
  json,
  must,
  query,
  ROOT_USER,
  send,
} from './aws';
import { ACCOUNT, REGION } from './place';
import { documentWith, type Sessions } from './sessions';

export interface Canary {
  readonly kind: string;
  readonly what: string;
  readonly passed: boolean;
  /** What happened, where it did not pass. */
  readonly because?: string;
}

interface Attempt {
  readonly what: string;
  readonly as: Credentials;
  readonly call: Call;
}

interface Pair {
  readonly kind: string;
  readonly what: string;
  readonly bad: readonly Attempt[];
  readonly good: readonly Attempt[];
}

/** Of services that the emulator may leave unguarded: one harmless request of somebody who may do nothing. */
const UNGUARDED: readonly (readonly [string, Call])[] = [
  ['cloudformation', query('cloudformation', 'DescribeStacks')],
  ['apigateway', { service: 'apigateway', method: 'GET', path: '/restapis' }],
  ['logs', json('logs', 'DescribeLogGroups', {})],
  ['wafv2', json('wafv2', 'ListWebACLs', { Scope: 'REGIONAL' })],
  ['cognito-idp', json('cognito-idp', 'ListUserPools', { MaxResults: 10 })],
  ['cloudwatch', { ...query('monitoring', 'DescribeAlarms', { Version: '2010-08-01' }) }],
  ['codepipeline', { service: 'codepipeline', headers: target('CodePipeline_20150709.ListPipelines'), body: '{}' }],
];

function target(name: string): Readonly<Record<string, string>> {
  return { 'content-type': 'application/x-amz-json-1.1', 'x-amz-target': name };
}

export async function canaries(endpoint: Endpoint, sessions: Sessions): Promise<readonly Canary[]> {
  const people = await createPeople(endpoint, sessions);
  const pairs = [
    await signature(people),
    await kms(endpoint, people),
    ...(await s3(endpoint, people)),
    iam(people),
    await sts(endpoint, sessions, people),
    await lambda(endpoint, people),
    await sns(endpoint, people),
  ];
  const found: Canary[] = [];
  for (const pair of pairs) found.push(await judge(endpoint, pair));
  for (const [kind, call] of UNGUARDED) {
    const answer = await send(endpoint, people.nobody, call);
    found.push({
      kind,
      what: 'somebody without any policy asks what there is',
      passed: denied(answer),
      ...(!denied(answer) && { because: `the emulator answers ${answer.status}: it asks no policy for this service` }),
    });
  }
  return found;
}

interface People {
  readonly good: Credentials;
  /** Has policies that allow everything, and a boundary that allows nothing of it. */
  readonly bounded: Credentials;
  /** Has policies that allow everything; the resources' policies know them not. */
  readonly foreign: Credentials;
  readonly nobody: Credentials;
}

const userArn = (name: string): string => `arn:aws:iam::${ACCOUNT}:user/${name}`;
const GOOD = 'canary-good';

async function createPeople(endpoint: Endpoint, sessions: Sessions): Promise<People> {
  const boundary = await must(
    endpoint,
    ROOT_USER,
    query('iam', 'CreatePolicy', {
      PolicyName: 'canary-boundary',
      PolicyDocument: documentWith({ Effect: 'Allow', Action: 'sts:GetCallerIdentity', Resource: '*' }),
    }),
  );
  const create = async (name: string, more: Readonly<Record<string, string>> = {}): Promise<Credentials> => {
    await must(endpoint, ROOT_USER, query('iam', 'CreateUser', { UserName: name, ...more }));
    const everything = documentWith({ Effect: 'Allow', Action: '*', Resource: '*' });
    const policy = { UserName: name, PolicyName: 'everything', PolicyDocument: everything };
    await must(endpoint, ROOT_USER, query('iam', 'PutUserPolicy', policy));
    return sessions.keyOf(name);
  };
  return {
    good: await create(GOOD),
    bounded: await create('canary-bounded', { PermissionsBoundary: element(boundary.body, 'Arn') ?? '' }),
    foreign: await create('canary-foreign'),
    nobody: await sessions.keyOf('nobody'),
  };
}

async function signature({ good }: People): Promise<Pair> {
  const call = query('iam', 'ListUsers');
  return {
    kind: 'signature',
    what: 'a known access key with another secret; the same with its own',
    bad: [
      { what: 'another secret', as: { ...good, secretAccessKey: `${good.secretAccessKey.slice(0, -4)}0000` }, call },
    ],
    good: [{ what: 'its own secret', as: good, call }],
  };
}

async function kms(endpoint: Endpoint, { good, bounded, foreign, nobody }: People): Promise<Pair> {
  // The form of a domain's key: the account as principal, narrowed by who asks.
  const policy = documentWith({
    Effect: 'Allow',
    Principal: { AWS: `arn:aws:iam::${ACCOUNT}:root` },
    Action: 'kms:*',
    Resource: '*',
    Condition: { ArnEquals: { 'aws:PrincipalArn': [userArn(GOOD), userArn('canary-bounded'), userArn('nobody')] } },
  });
  const { body } = await must(endpoint, ROOT_USER, json('kms', 'CreateKey', { Policy: policy }));
  const { Arn } = (JSON.parse(body) as { KeyMetadata: { Arn: string } }).KeyMetadata;
  const call = json('kms', 'Encrypt', { KeyId: Arn, Plaintext: 'Y2FuYXJ5' });
  return {
    kind: 'kms',
    what: 'encrypting with a key: who has no policy, who has a boundary, whom the key’s policy does not know; whom both let',
    bad: [
      { what: 'no policy', as: nobody, call },
      { what: 'boundary', as: bounded, call },
      { what: 'not in the key’s policy', as: foreign, call },
    ],
    good: [{ what: 'both policies', as: good, call }],
  };
}

async function s3(endpoint: Endpoint, { good, bounded, foreign, nobody }: People): Promise<readonly Pair[]> {
  const bucket = `canary-${ACCOUNT}`;
  const place = `<CreateBucketConfiguration><LocationConstraint>${REGION}</LocationConstraint></CreateBucketConfiguration>`;
  await must(endpoint, ROOT_USER, { service: 's3', method: 'PUT', path: `/${bucket}`, body: place });
  const onObjects = { Effect: 'Deny', Principal: '*', Resource: `arn:aws:s3:::${bucket}/*` };
  const policy = JSON.stringify({
    Version: '2012-10-17',
    Statement: [
      { ...onObjects, Action: 's3:PutObject', Condition: { Null: { 's3:if-none-match': 'true' } } },
      {
        ...onObjects,
        Action: 's3:GetObject',
        Condition: {
          ArnNotEquals: { 'aws:PrincipalArn': [userArn(GOOD), userArn('canary-bounded'), userArn('nobody')] },
        },
      },
    ],
  });
  const put = (key: string, headers = {}): Call => ({
    service: 's3',
    method: 'PUT',
    path: `/${bucket}/${key}`,
    headers,
    body: 'x',
  });
  await must(endpoint, ROOT_USER, put('there'));
  await must(endpoint, ROOT_USER, { service: 's3', method: 'PUT', path: `/${bucket}?policy`, body: policy });
  const get: Call = { service: 's3', method: 'GET', path: `/${bucket}/there` };
  return [
    {
      kind: 's3',
      what: 'reading an object: who has no policy, who has a boundary, whom the bucket’s policy denies; whom both let',
      bad: [
        { what: 'no policy', as: nobody, call: get },
        { what: 'boundary', as: bounded, call: get },
        { what: 'denied by the bucket’s policy', as: foreign, call: get },
      ],
      good: [{ what: 'both policies', as: good, call: get }],
    },
    {
      kind: 's3-once',
      what: 'writing an object where every write must be of something new: without that condition; with it',
      bad: [{ what: 'without `If-None-Match`', as: good, call: put('there') }],
      good: [{ what: 'with `If-None-Match`', as: good, call: put('new', { 'if-none-match': '*' }) }],
    },
  ];
}

function iam({ good, bounded, nobody }: People): Pair {
  const call = query('iam', 'GetUser', { UserName: GOOD });
  return {
    kind: 'iam',
    what: 'reading a user: who has no policy, who has a boundary; who may',
    bad: [
      { what: 'no policy', as: nobody, call },
      { what: 'boundary', as: bounded, call },
    ],
    good: [{ what: 'policy', as: good, call }],
  };
}

async function sts(endpoint: Endpoint, sessions: Sessions, { good, foreign }: People): Promise<Pair> {
  const trust = documentWith({ Effect: 'Allow', Principal: { AWS: userArn(GOOD) }, Action: 'sts:AssumeRole' });
  await must(endpoint, ROOT_USER, query('iam', 'CreateRole', { RoleName: 'canary', AssumeRolePolicyDocument: trust }));
  const call = query('sts', 'AssumeRole', {
    RoleArn: `arn:aws:iam::${ACCOUNT}:role/canary`,
    RoleSessionName: 'canary',
  });
  const session = await sessions.assume(good, `arn:aws:iam::${ACCOUNT}:role/canary`);
  const forged = { ...(session ?? good), sessionToken: 'forged' };
  return {
    kind: 'sts',
    what: 'assuming a role: whom its trust policy does not know, though a policy allows it to ask; whom it knows',
    bad: [
      { what: 'not in the trust policy', as: foreign, call },
      { what: 'a session without a policy asks for more', as: session ?? forged, call },
    ],
    good: [{ what: 'in the trust policy', as: good, call }],
  };
}

// `exports.handler = async () => ({})`, as a zip archive that stores it.
const ARCHIVE =
  'UEsDBBQAAAAAAAAAIVyGZ4n3JAAAACQAAAAIAAAAaW5kZXguanNleHBvcnRzLmhhbmRsZXIgPSBhc3luYyAoKSA9PiAoe30pOwpQSwECFAMUAAAAAAAAACFchmeJ9yQAAAAkAAAACAAAAAAAAAAAAAAAgAEAAAAAaW5kZXguanNQSwUGAAAAAAEAAQA2AAAASgAAAAAA';

async function lambda(endpoint: Endpoint, { good, bounded, nobody }: People): Promise<Pair> {
  const trust = documentWith({
    Effect: 'Allow',
    Principal: { Service: 'lambda.amazonaws.com' },
    Action: 'sts:AssumeRole',
  });
  const role = { RoleName: 'canary-function', AssumeRolePolicyDocument: trust };
  await must(endpoint, ROOT_USER, query('iam', 'CreateRole', role));
  const body = JSON.stringify({
    FunctionName: 'canary',
    Runtime: 'nodejs22.x',
    Handler: 'index.handler',
    Role: `arn:aws:iam::${ACCOUNT}:role/canary-function`,
    Code: { ZipFile: ARCHIVE },
  });
  await must(endpoint, ROOT_USER, { service: 'lambda', path: '/2015-03-31/functions', body });
  const call: Call = { service: 'lambda', method: 'GET', path: '/2015-03-31/functions/canary' };
  return {
    kind: 'lambda',
    what: 'reading a function: who has no policy, who has a boundary; who may',
    bad: [
      { what: 'no policy', as: nobody, call },
      { what: 'boundary', as: bounded, call },
    ],
    good: [{ what: 'policy', as: good, call }],
  };
}

async function sns(endpoint: Endpoint, { good, bounded, nobody }: People): Promise<Pair> {
  const { body } = await must(endpoint, ROOT_USER, query('sns', 'CreateTopic', { Name: 'canary' }));
  const call = query('sns', 'GetTopicAttributes', { TopicArn: element(body, 'TopicArn') ?? '' });
  return {
    kind: 'sns',
    what: 'reading a topic: who has no policy, who has a boundary; who may',
    bad: [
      { what: 'no policy', as: nobody, call },
      { what: 'boundary', as: bounded, call },
    ],
    good: [{ what: 'policy', as: good, call }],
  };
}

async function judge(endpoint: Endpoint, { kind, what, bad, good }: Pair): Promise<Canary> {
  const wrong: string[] = [];
  const say = (attempt: Attempt, { status, code }: Answer) => `${attempt.what}: ${status}${code ? ` ${code}` : ''}`;
  for (const attempt of bad) {
    const answer = await send(endpoint, attempt.as, attempt.call);
    const refused = kind === 'signature' ? answer.status === 403 : denied(answer);
    if (!refused) wrong.push(say(attempt, answer));
  }
  for (const attempt of good) {
    const answer = await send(endpoint, attempt.as, attempt.call);
    if (answer.status >= 300) wrong.push(say(attempt, answer));
  }
  return { kind, what, passed: wrong.length === 0, ...(wrong.length > 0 && { because: wrong.join('; ') }) };
}
