/**
 * Attacks on what the emulator does not guard, decided by the independent simulator on the policies of the templates.
 * Each is a set of cells of the matrix, and has a twin among them that must be allowed.
 */

import { simulate } from '../../policy/simulator';
import { type Row, row } from './evidence';
import type { Cell } from './matrix';
import { ACCOUNT, dutyRole, REGION, SESSION } from './place';
import type { World } from './world';

type Of = (cell: Cell) => boolean;

interface Attack {
  readonly control: string;
  readonly what: string;
  readonly attack: Of;
  readonly twin: Of;
  readonly twinWhat: string;
}

const own: Of = ({ role, domain }) => role.startsWith(`${domain}/`);
const foreign: Of = (cell) => !own(cell);
const duty =
  (name: string): Of =>
  ({ role }) =>
    role.endsWith(`/${name}`);
const action =
  (...names: readonly string[]): Of =>
  (cell) =>
    names.includes(cell.action);
const note =
  (text: string): Of =>
  (cell) =>
    cell.note === text;
const both =
  (...all: readonly Of[]): Of =>
  (cell) =>
    all.every((of) => of(cell));
/** The seven duties; not what deploys and seals, which docs/four-eyes.md speaks of. */
export const ofADuty: Of = ({ role }) => !/\/(execution|notary)$/.test(role);
const not =
  (of: Of): Of =>
  (cell) =>
    !of(cell);
const shared: Of = action('cloudwatch:GetMetricData', 'cloudwatch:ListMetrics');

const GATEWAY_WRITES = ['PATCH', 'DELETE', 'PUT', 'POST', 'UpdateRestApiPolicy'].map((name) => `apigateway:${name}`);
const LOG_WRITES = ['logs:DeleteLogGroup', 'logs:PutRetentionPolicy'];
const ALARM_WRITES = ['cloudwatch:DeleteAlarms', 'cloudwatch:DisableAlarmActions', 'cloudwatch:SetAlarmState'];

const ATTACKS: readonly Attack[] = [
  {
    control: 'D2',
    what: 'every duty of a domain, on everything of every other',
    attack: both(ofADuty, foreign, not(shared)),
    twin: both(ofADuty, own, action('cloudformation:DescribeStacks')),
    twinWhat: 'each duty describes its own stack',
  },
  {
    control: 'D5',
    what: 'from every principal, every other role is assumed',
    attack: action('sts:AssumeRole'),
    twin: both(duty('audit'), own, action('iam:GetRole')),
    twinWhat: 'each duty does what is its own',
  },
  {
    control: 'D10',
    what: 'any duty of another domain decrypts, or asks for a data key',
    attack: both(ofADuty, foreign, action('kms:Decrypt', 'kms:GenerateDataKey', 'kms:Encrypt')),
    twin: both(duty('read'), own, action('kms:Decrypt')),
    twinWhat: '`read` of the domain decrypts',
  },
  {
    control: 'S2',
    what: '`provision`, `deploy`, `approve`, `monitor`, `audit` of the domain itself decrypt',
    attack: both(ofADuty, own, not(duty('read')), not(duty('write')), action('kms:Decrypt')),
    twin: both(duty('read'), own, action('kms:Decrypt')),
    twinWhat: '`read` decrypts',
  },
  {
    control: 'D11',
    what: 'a caller of one domain calls another, undeclared',
    attack: both(ofADuty, foreign, action('execute-api:Invoke')),
    twin: both(
      duty('read'),
      own,
      action('execute-api:Invoke'),
      note('GET /orders'),
      ({ domain }) => domain === 'internal',
    ),
    twinWhat: 'read of the domain calls it',
  },
  {
    control: 'S1',
    what: '`deploy` executes a change set',
    attack: both(duty('deploy'), action('cloudformation:ExecuteChangeSet', 'cloudformation:UpdateStack')),
    twin: both(duty('approve'), own, action('cloudformation:ExecuteChangeSet')),
    twinWhat: '`approve` executes it',
  },
  {
    control: 'S1',
    what: '`approve` prepares a change set, or uploads',
    attack: both(duty('approve'), action('cloudformation:CreateChangeSet', 's3:PutObject')),
    twin: both(duty('deploy'), own, action('cloudformation:CreateChangeSet'), note('as the domain’s role')),
    twinWhat: '`deploy` prepares it',
  },
  {
    control: 'S1',
    what: '`deploy` prepares a change that runs as itself or as an administrator',
    attack: both(duty('deploy'), action('cloudformation:CreateChangeSet'), not(note('as the domain’s role'))),
    twin: both(duty('deploy'), own, action('cloudformation:CreateChangeSet'), note('as the domain’s role')),
    twinWhat: '`deploy` prepares one that runs as the domain’s role',
  },
  {
    control: 'S1',
    what: 'anybody but `approve` approves a release',
    attack: both(not(duty('approve')), action('codepipeline:PutApprovalResult')),
    twin: both(duty('approve'), own, action('codepipeline:PutApprovalResult')),
    twinWhat: '`approve` approves',
  },
  {
    control: 'S3',
    what: '`deploy` or `approve` mutes an alarm',
    attack: both(ofADuty, not(duty('monitor')), action(...ALARM_WRITES)),
    twin: both(duty('execution'), own, action('cloudwatch:DisableAlarmActions')),
    twinWhat: 'an approved change may',
  },
  {
    control: 'S4',
    what: 'any duty passes a role to a service that runs code as it',
    attack: both(ofADuty, action('iam:PassRole'), ({ note: text = '' }) => text.endsWith('to Lambda')),
    twin: both(duty('deploy'), own, action('iam:PassRole'), note('execution, to CloudFormation')),
    twinWhat: '`deploy` passes the domain’s role to CloudFormation',
  },
  {
    control: 'S4',
    what: 'any duty takes a boundary off a role',
    attack: both(ofADuty, action('iam:DeleteRolePermissionsBoundary')),
    twin: both(duty('execution'), own, action('iam:DeleteRolePermissionsBoundary')),
    twinWhat: 'an approved change may',
  },
  {
    control: 'S8',
    what: '`read` posts, `write` gets',
    attack: both(
      own,
      action('execute-api:Invoke'),
      (c) => (duty('read')(c) && c.note === 'POST /orders') || (duty('write')(c) && c.note === 'GET /orders'),
    ),
    twin: both(
      own,
      action('execute-api:Invoke'),
      duty('write'),
      note('POST /orders'),
      ({ domain }) => domain === 'internal',
    ),
    twinWhat: '`write` posts',
  },
  {
    control: 'S11',
    what: 'any duty changes a stage, a method, an API, its policy',
    attack: both(ofADuty, action(...GATEWAY_WRITES)),
    twin: both(duty('execution'), own, action('apigateway:PATCH')),
    twinWhat: 'an approved change may',
  },
  {
    control: 'S12, S13',
    what: 'any duty deletes an access log or shortens how long it is kept',
    attack: both(ofADuty, action(...LOG_WRITES)),
    twin: both(duty('audit'), own, action('logs:FilterLogEvents'), note('access log')),
    twinWhat: '`audit` reads it',
  },
  {
    control: 'S13',
    what: 'anybody but `audit` reads the access log',
    attack: both(ofADuty, not(duty('audit')), action('logs:FilterLogEvents'), note('access log')),
    twin: both(duty('audit'), own, action('logs:FilterLogEvents'), note('access log')),
    twinWhat: '`audit` reads it',
  },
  {
    control: 'S15',
    what: 'any duty calls a method with test-invoke, past every authorizer',
    attack: both(ofADuty, action('apigateway:POST'), note('test-invoke')),
    twin: both(duty('execution'), own, action('apigateway:POST'), note('test-invoke')),
    twinWhat: 'an approved change may',
  },
];

export function simulatedAttacks(world: World, cells: readonly Cell[]): readonly Row[] {
  return [
    ...ATTACKS.map(({ control, what, attack, twin, twinWhat }) => {
      const attempts = cells.filter(attack);
      const allowed = attempts.filter((c) => c.simulated === 'allowed');
      const twins = cells.filter(twin);
      const named = allowed.map((c) => `${c.role} ${c.action} of ${c.domain}`);
      const observed =
        attempts.length === 0 ? 'never tried' : allowed.length === 0 ? 'denied' : `allowed: ${named.join(', ')}`;
      return row(control, `${what} (${attempts.length} requests)`, 'simulated', {
        observed,
        twin: { what: twinWhat, holds: twins.length > 0 && twins.every((c) => c.simulated === 'allowed') },
      });
    }),
    outsideTheEndpoint(world),
  ];
}

const OUTSIDE: readonly Readonly<Record<string, string>>[] = [{}, { 'aws:SourceVpce': 'vpce-00000000000000000' }];

/** The internal API, called by somebody who may, from anywhere but its endpoint. */
function outsideTheEndpoint(world: World): Row {
  const api = world.only('InternalDomain', 'AWS::ApiGateway::RestApi');
  const resource = `arn:aws:execute-api:${REGION}:${ACCOUNT}:${api.physicalId}/v1/GET/orders`;
  const role = world.roles.find(({ name }) => name === dutyRole('internal', 'read'));
  if (role === undefined) throw new Error('the internal domain has no role for `read`');
  const through = (context: Readonly<Record<string, string>>) =>
    simulate({
      principal: `arn:aws:sts::${ACCOUNT}:assumed-role/${role.name}/${SESSION}`,
      identityPolicies: role.identityPolicies,
      ...(role.permissionsBoundary && { permissionsBoundary: role.permissionsBoundary }),
      resourcePolicy: world.resourcePolicy(resource),
      request: { action: 'execute-api:Invoke', resource, resourceAccount: ACCOUNT, context },
    });
  return row('D6', 'the internal API is called from outside its endpoint, and through a foreign one', 'simulated', {
    observed: OUTSIDE.every((c) => through(c) !== 'allowed') ? 'denied' : 'allowed',
    twin: {
      what: 'through its own endpoint',
      holds: through({ 'aws:SourceVpce': 'vpce-0a1b2c3d4e5f60718' }) === 'allowed',
    },
  });
}
