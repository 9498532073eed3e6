/**
 * The wider app (wider-app.ts) judged without the emulator: crossings by the simulator and by the deployed metric
 * filters, the vault by the simulator, with every role there is and an administrator as thieves.
 */
import { simulate } from '../../policy/simulator';
import { raisedBy } from './alarms-on-paper';
import { type Row, row } from './evidence';
import { ACCOUNT, REGION, SESSION } from './place';
import { AUDITOR, BALANCES, BOOKINGS, functionArn, VAULT, WIDER, WORKER } from './wider-app';
import type { Document, Role, World } from './world';

export const ADMINISTRATOR: Pick<Role, 'name' | 'identityPolicies' | 'permissionsBoundary'> = {
  name: 'administrator',
  identityPolicies: [{ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }] }],
};

type Thief = typeof ADMINISTRATOR;

/** Whoever may try: every role of the templates but those that are named, and an administrator. */
export const thieves = (world: World, ...but: readonly string[]): readonly Thief[] => [
  ...world.roles.filter(({ name }) => !but.includes(name)),
  ADMINISTRATOR,
];

const sessionOf = ({ name }: Pick<Role, 'name'>): string => `arn:aws:sts::${ACCOUNT}:assumed-role/${name}/${SESSION}`;

function may(world: World, thief: Thief, action: string, resource: string, key?: Document): boolean {
  const guard = key ?? world.resourcePolicy(resource);
  return (
    simulate({
      principal: sessionOf(thief),
      identityPolicies: thief.identityPolicies,
      ...(thief.permissionsBoundary && { permissionsBoundary: thief.permissionsBoundary }),
      ...(guard && { resourcePolicy: guard }),
      request: { action, resource, resourceAccount: ACCOUNT, context: { 'aws:SecureTransport': 'true' } },
    }) === 'allowed'
  );
}

export function widerOnPaper(world: World): readonly Row[] {
  return [crossed(world), logged(world), ...vault(world)];
}

function crossed(world: World): Row {
  const api = world.only(WIDER.called, 'AWS::ApiGateway::RestApi');
  const route = (path: string) => `arn:aws:execute-api:${REGION}:${ACCOUNT}:${api.physicalId}/v1/${path}`;
  const worker = world.roles.find(({ name }) => name === WORKER);
  if (worker === undefined) throw new Error(`no role \`${WORKER}\``);
  const requests = [
    ['execute-api:Invoke', route('GET/balances/7')],
    ['lambda:InvokeFunction', functionArn(BALANCES)],
  ] as const;
  const beyond = [
    ['execute-api:Invoke', route('POST/payments')],
    ['lambda:InvokeFunction', functionArn(BOOKINGS)],
    ['lambda:UpdateFunctionCode', functionArn(BALANCES)],
  ] as const;
  const others = world.roles.filter(({ name }) => name.startsWith('bulkhead-shipping-'));
  const open = [
    ...beyond
      .filter(([action, arn]) => may(world, worker, action, arn))
      .map(([action, arn]) => `${WORKER} ${action} ${arn}`),
    ...others.flatMap((role) =>
      requests.filter(([action, arn]) => may(world, role, action, arn)).map(([action]) => `${role.name} ${action}`),
    ),
  ];
  const what = `the declared caller goes beyond its crossing, ${others.length} other roles of its domain use it`;
  return row('D11', what, 'simulated', {
    observed: others.length === 0 ? 'never tried' : open.length === 0 ? 'denied' : `allowed: ${open.join(', ')}`,
    twin: {
      what: 'it calls what is declared',
      holds: requests.every(([action, arn]) => may(world, worker, action, arn)),
    },
  });
}

/** A use of the crossing is a line in the access log of the domain that is called, and raises the crossing's alarm. */
function logged(world: World): Row {
  const call = [{ method: 'GET', path: '/balances/{id}', status: 200 }];
  const by = (name: string) => raisedBy(world, WIDER.called, call, { 'identity.userArn': sessionOf({ name }) });
  const found = by(WORKER);
  const expected = 'logged, and the alarm of the crossing is raised, and no other';
  const crossing = found.length === 1 && found[0]?.startsWith('bulkhead/ledger/crossing/shipping/') === true;
  return row('D11, S14', 'the declared call is made', 'simulated', {
    expected,
    observed: crossing ? expected : found.join(', ') || 'no alarm',
    twin: {
      what: 'a call of the domain’s own `read` raises none',
      holds: by(`bulkhead-ledger-read-${REGION}`).length === 0,
    },
  });
}

const RECORD = `arn:aws:s3:::${VAULT}/AWSLogs/${ACCOUNT}/record.json.gz`;
const ENDING = ['s3:DeleteObject', 's3:DeleteObjectVersion', 's3:PutObjectRetention', 's3:BypassGovernanceRetention'];
const TAMPERING = ['s3:PutObject', 's3:PutObjectAcl', 's3:GetObject'];
const OPENING = [
  's3:PutBucketPolicy',
  's3:DeleteBucketPolicy',
  's3:PutLifecycleConfiguration',
  's3:PutBucketObjectLockConfiguration',
  's3:DeleteBucket',
];

function vault(world: World): readonly Row[] {
  const everybody = thieves(world);
  const strangers = thieves(world, AUDITOR);
  const auditor = world.roles.find(({ name }) => name === AUDITOR);
  if (auditor === undefined) throw new Error(`no role \`${AUDITOR}\``);
  const key = world.resources.find((r) => r.stack === WIDER.vault && r.type === 'AWS::KMS::Key');
  if (key === undefined) throw new Error('the vault has no key');
  const tried = (
    control: string,
    what: string,
    by: readonly Thief[],
    requests: readonly (readonly [string, string])[],
  ) => {
    const open = by.flatMap((thief) =>
      requests.filter(([action, arn]) => may(world, thief, action, arn)).map(([action]) => `${thief.name} ${action}`),
    );
    return row(control, `${what} (${by.length * requests.length} requests)`, 'simulated', {
      observed: open.length === 0 ? 'denied' : `allowed: ${open.join(', ')}`,
      twin: { what: 'the auditor reads the record', holds: may(world, auditor, 's3:GetObject', RECORD) },
    });
  };
  const bucket = `arn:aws:s3:::${VAULT}`;
  const keyArn = world.arnOf(key);
  return [
    tried(
      'S12',
      `every role, and an administrator, deletes or unlocks a record of the vault`,
      everybody,
      ENDING.map((a) => [a, RECORD] as const),
    ),
    tried('S12', 'the same open the vault, or end its key', everybody, [
      ...OPENING.map((a) => [a, bucket] as const),
      ...['kms:ScheduleKeyDeletion', 'kms:DisableKey', 'kms:CreateGrant'].map((a) => [a, keyArn] as const),
    ]),
    tried('S13', 'everybody but the auditor reads or overwrites a record, or decrypts it', strangers, [
      ...TAMPERING.map((a) => [a, RECORD] as const),
      ['kms:Decrypt', keyArn] as const,
    ]),
  ];
}
