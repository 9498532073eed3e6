/** Attacks with real credentials over HTTP, each with its twin; and the sets of live cells of the matrix. */

import { DUTIES } from '../../../lib/model/model';
import { denied, json, query, send } from './aws';
import type { Site } from './deploy';
import { type Row, row } from './evidence';
import type { Cell } from './matrix';
import { DOMAINS, dutyRole, roleArn, stackOf } from './place';
import { ofADuty } from './simulated-attacks';
import type { World } from './world';

type Of = (cell: Cell) => boolean;

const own: Of = ({ role, domain }) => role.startsWith(`${domain}/`);
const action =
  (...names: readonly string[]): Of =>
  (cell) =>
    names.includes(cell.action);

const ESCALATIONS = [
  'iam:AttachRolePolicy',
  'iam:CreatePolicyVersion',
  'iam:PutRolePermissionsBoundary',
  'iam:PutRolePolicy',
  'iam:SetDefaultPolicyVersion',
  'iam:UpdateAssumeRolePolicy',
  'lambda:AddPermission',
  'lambda:UpdateFunctionCode',
  'lambda:UpdateFunctionConfiguration',
];

export async function liveAttacks(
  site: Site,
  world: World,
  cells: readonly Cell[],
  live: ReadonlySet<string>,
): Promise<readonly Row[]> {
  const observed = cells.filter((c) => c.observed !== undefined);
  const set = (control: string, what: string, attack: Of, twinWhat: string, twin: Of): Row => {
    const attempts = observed.filter(attack);
    const allowed = attempts.filter((c) => c.observed === 'allowed').map((c) => `${c.role} ${c.action} of ${c.domain}`);
    const twins = observed.filter(twin);
    return row(control, `${what} (${attempts.length} requests)`, 'live', {
      observed:
        attempts.length === 0 ? 'never tried' : allowed.length === 0 ? 'denied' : `allowed: ${allowed.join(', ')}`,
      twin: { what: twinWhat, holds: twins.length > 0 && twins.every((c) => c.observed === 'allowed') },
    });
  };
  const rows: Row[] = [];
  if (live.has('kms')) {
    rows.push(
      set(
        'D10',
        'any duty of another domain decrypts, or asks for a data key',
        (c) => ofADuty(c) && !own(c) && action('kms:Decrypt', 'kms:GenerateDataKey', 'kms:Encrypt')(c),
        '`read` of the domain decrypts',
        (c) => own(c) && c.role.endsWith('/read') && action('kms:Decrypt')(c),
      ),
      set(
        'S2',
        '`provision`, `deploy`, `approve`, `monitor`, `audit` of the domain itself decrypt',
        (c) => own(c) && ofADuty(c) && !/\/(read|write)$/.test(c.role) && action('kms:Decrypt')(c),
        '`read` decrypts',
        (c) => own(c) && c.role.endsWith('/read') && action('kms:Decrypt')(c),
      ),
      set(
        'S8',
        '`write` decrypts, `read` encrypts',
        (c) =>
          own(c) &&
          ((c.role.endsWith('/write') && action('kms:Decrypt')(c)) ||
            (c.role.endsWith('/read') && action('kms:Encrypt')(c))),
        '`write` encrypts',
        (c) => own(c) && c.role.endsWith('/write') && action('kms:Encrypt')(c),
      ),
    );
  }
  rows.push(
    set(
      'D2',
      'every duty of a domain, on everything of every other',
      (c) => ofADuty(c) && !own(c),
      '`deploy` uploads to its own bucket',
      (c) => own(c) && c.role.endsWith('/deploy') && c.note === 'uploads' && action('s3:PutObject')(c),
    ),
    set(
      'D5, S5',
      'from every principal, every other role is assumed: the credential of one leads to no other',
      action('sts:AssumeRole'),
      'each duty does what is its own',
      (c) => own(c) && c.role.endsWith('/audit') && action('iam:GetRole')(c),
    ),
    set(
      'S4',
      'every duty escalates: policies, trust, boundaries, versions, functions',
      (c) => ofADuty(c) && action(...ESCALATIONS)(c),
      'an approved change may write the roles of its domain',
      (c) => own(c) && c.role.endsWith('/execution') && action('iam:PutRolePolicy')(c) && c.note === undefined,
    ),
    set(
      'S1',
      'sealed assets are overwritten or deleted, their bucket is opened, by any role but the notary',
      (c) =>
        !c.role.endsWith('/notary') &&
        own(c) &&
        action('s3:DeleteObject', 's3:PutBucketPolicy', 's3:PutLifecycleConfiguration')(c),
      '`approve` reads them',
      (c) => own(c) && c.role.endsWith('/approve') && c.note === 'assets' && action('s3:GetObject')(c),
    ),
  );
  rows.push(await teams(site), await forgedSession(site), await wrongSecret(site, world), ...mutedAlarms(observed));
  return rows;
}

/** Every team asks for every duty; only its own is given. */
async function teams({ endpoint, sessions }: Site): Promise<Row> {
  let tried = 0;
  const given: string[] = [];
  let ownGiven = 0;
  for (const domain of DOMAINS) {
    for (const duty of DUTIES) {
      const team = await sessions.team(domain, duty);
      for (const other of DOMAINS) {
        for (const asked of DUTIES) {
          const call = query('sts', 'AssumeRole', { RoleArn: roleArn(dutyRole(other, asked)), RoleSessionName: 'e2e' });
          const answer = await send(endpoint, team, call);
          const mine = other === domain && asked === duty;
          if (mine && answer.status === 200) ownGiven++;
          if (mine) continue;
          tried++;
          if (!denied(answer)) given.push(`${domain}/${duty} as ${other}/${asked}`);
        }
      }
    }
  }
  return row('S9, S1', `every team takes on every duty but its own (${tried} requests)`, 'live', {
    observed: given.length === 0 ? 'denied' : `allowed: ${given.join(', ')}`,
    twin: { what: 'each takes on its own', holds: ownGiven === DOMAINS.length * DUTIES.length },
  });
}

async function forgedSession({ endpoint, sessions }: Site): Promise<Row> {
  const good = await sessions.duty('partner', 'audit');
  const call = query('iam', 'GetRole', { RoleName: dutyRole('partner', 'deploy') });
  const answer = await send(endpoint, { ...good, accessKeyId: `${good.accessKeyId.slice(0, -4)}ZZZZ` }, call);
  const twin = await send(endpoint, good, call);
  return row('S9', 'a session that nobody issued', 'live', {
    observed: answer.status === 403 ? 'denied' : `${answer.status}`,
    twin: { what: 'the session as it was issued', holds: twin.status === 200 },
  });
}

async function wrongSecret({ endpoint, sessions }: Site, world: World): Promise<Row> {
  const good = await sessions.duty('partner', 'write');
  const key = world.arnOf(world.only(stackOf('partner'), 'AWS::KMS::Key'));
  const call = json('kms', 'Encrypt', { KeyId: key, Plaintext: 'cHJvYmU=' });
  const answer = await send(endpoint, { ...good, secretAccessKey: `${good.secretAccessKey.slice(1)}0` }, call);
  const twin = await send(endpoint, good, call);
  return row('S9', 'an access key with another secret', 'live', {
    observed: answer.status === 403 ? 'denied' : `${answer.status}`,
    twin: { what: 'with its own', holds: twin.status === 200 },
  });
}

/** The topic through which alarms speak, where the domain has one. */
function mutedAlarms(observed: readonly Cell[]): readonly Row[] {
  const attempts = observed.filter((c) => ofADuty(c) && c.action.startsWith('sns:'));
  if (attempts.length === 0) return [];
  const allowed = attempts.filter((c) => c.observed === 'allowed');
  const twins = observed.filter(
    (c) => own(c) && c.role.endsWith('/execution') && c.action === 'sns:SetTopicAttributes',
  );
  return [
    row('S3', `any duty changes the topic of the alarms (${attempts.length} requests)`, 'live', {
      observed: allowed.length === 0 ? 'denied' : `allowed: ${allowed.map((c) => `${c.role} ${c.action}`).join(', ')}`,
      twin: { what: 'an approved change may', holds: twins.length > 0 && twins.every((c) => c.observed === 'allowed') },
    }),
  ];
}
