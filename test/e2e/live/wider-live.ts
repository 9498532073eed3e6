/**
 * The wider app (wider-app.ts), deployed and attacked: the crossing by requests that the emulator guards, the vault by
 * every role and an administrator, the second factor that a person shows to IAM, origins through the gateway.
 */
import { join } from 'node:path';
import { type Call, type Credentials, denied, must, query, ROOT_USER, send } from './aws';
import { cdk } from './cdk';
import { physicalIds, type Site } from './deploy';
import { type Row, row } from './evidence';
import { Gateway } from './gateway';
import { packInlineCode } from './inline-code';
import { Person } from './person';
import { ACCOUNT, dutyRole } from './place';
import { documentWith } from './sessions';
import { type Change, fitToEmulator } from './transform';
import { APPROVER, AUDITOR, BALANCES, BOOKINGS, ORIGINS, VAULT, WIDER, WORKER, widerApp } from './wider-app';
import { ADMINISTRATOR } from './wider-on-paper';
import { World } from './world';

/**
 * @param folder of the run, in which the wider app was synthesized as `wider`
 * @param changes to which it is added what was changed for the emulator
 */
export async function deployWider(site: Site, backend: string, folder: string, changes: Change[]): Promise<World> {
  const assembly = join(folder, 'wider-deployed');
  widerApp(backend, assembly).synth();
  changes.push(...fitToEmulator(assembly));
  for (const stack of Object.values(WIDER)) {
    const args = ['deploy', stack, '--exclusively', '--require-approval', 'never'];
    const { status, output } = await cdk(site.place(assembly), ROOT_USER, ...args);
    if (status !== 0) throw new Error(`cdk ${args.join(' ')}: status ${status}\n${output.slice(-1500)}`);
  }
  const world = World.of(join(folder, 'wider'), await physicalIds(site, Object.values(WIDER)));
  await packInlineCode(site, world);
  await handOverPreflight(site, world);
  await handOverLock(site, world);
  changes.push({
    what: 'how `shipping` answers preflight requests, and the lock of the vault, were handed over as the templates say',
    because: 'the emulator’s CloudFormation leaves out both',
    stacks: [WIDER.caller, WIDER.vault],
  });
  return world;
}

/** The emulator's CloudFormation leaves out the lock of a bucket, too. */
async function handOverLock({ endpoint }: Site, world: World): Promise<void> {
  const { ObjectLockConfiguration: lock } = world.only(WIDER.vault, 'AWS::S3::Bucket').properties as unknown as {
    readonly ObjectLockConfiguration: { readonly Rule: { readonly DefaultRetention: { Mode: string; Days: number } } };
  };
  const { Mode, Days } = lock.Rule.DefaultRetention;
  const rule = `<Rule><DefaultRetention><Mode>${Mode}</Mode><Days>${Days}</Days></DefaultRetention></Rule>`;
  const body = `<ObjectLockConfiguration><ObjectLockEnabled>Enabled</ObjectLockEnabled>${rule}</ObjectLockConfiguration>`;
  await must(endpoint, ROOT_USER, s3('PUT', '?object-lock', body));
}

/** The emulator's CloudFormation leaves out how a method answers by itself, so the run says it, as the template does. */
async function handOverPreflight({ endpoint }: Site, world: World): Promise<void> {
  const api = world.only(WIDER.caller, 'AWS::ApiGateway::RestApi').physicalId;
  const resource = world.only(WIDER.caller, 'AWS::ApiGateway::Resource');
  const method = world.resources.find(
    ({ type, properties }) =>
      type === 'AWS::ApiGateway::Method' &&
      properties.HttpMethod === 'OPTIONS' &&
      properties.ResourceId === resource.physicalId,
  );
  if (method === undefined) throw new Error('`shipping` answers no preflight requests');
  const { IntegrationResponses } = method.properties.Integration as {
    readonly IntegrationResponses: readonly { readonly StatusCode: string; readonly ResponseParameters: object }[];
  };
  for (const { StatusCode, ResponseParameters } of IntegrationResponses) {
    const path = `/restapis/${api}/resources/${resource.physicalId}/methods/OPTIONS/integration/responses/${StatusCode}`;
    const body = JSON.stringify({ responseParameters: ResponseParameters });
    await must(endpoint, ROOT_USER, { service: 'apigateway', method: 'PUT', path, body });
  }
}

export async function widerAttacks(site: Site, world: World): Promise<readonly Row[]> {
  return [await crossing(site, world), ...(await vault(site, world)), ...(await secondFactor(site))];
}

const lambda = (method: string, path: string, body?: string): Call => ({
  service: 'lambda',
  method,
  path: `/2015-03-31/functions/${path}`,
  headers: { 'content-type': 'application/json' },
  body,
});

async function crossing({ endpoint, sessions }: Site, world: World): Promise<Row> {
  const invoke = (name: string) => lambda('POST', `${name}/invocations`, '{}');
  const worker = await sessions.stolen(WORKER);
  const declared = await send(endpoint, worker, invoke(BALANCES));
  const tried: [string, Credentials, Call][] = [
    [`${WORKER} invokes ${BOOKINGS}`, worker, invoke(BOOKINGS)],
    [`${WORKER} changes ${BALANCES}`, worker, lambda('PUT', `${BALANCES}/code`, '{}')],
  ];
  for (const { name } of world.roles.filter((role) => role.name.startsWith('bulkhead-shipping-'))) {
    tried.push([`${name} invokes ${BALANCES}`, await sessions.stolen(name), invoke(BALANCES)]);
  }
  const open: string[] = [];
  for (const [what, as, call] of tried) {
    const answer = await send(endpoint, as, call);
    if (!denied(answer)) open.push(`${what}: ${answer.status}`);
  }
  const what = 'the declared caller goes beyond its crossing, the other roles of its domain use it';
  return row('D11', `${what} (${tried.length} requests)`, 'live', {
    observed: open.length === 0 ? 'denied' : open.join(', '),
    twin: {
      what: 'it calls what is declared',
      holds: declared.status === 200 && declared.body.includes('"balance":7'),
    },
  });
}

const KEY = `AWSLogs/${ACCOUNT}/CloudTrail/record.json`;
const s3 = (method: string, path: string, body?: string, headers = {}): Call => ({
  service: 's3',
  method,
  path: `/${VAULT}${path}`,
  headers,
  body,
});

/** Nobody but CloudTrail writes there, which the emulator has not; the record is the run's own, as root. */
async function vault(site: Site, world: World): Promise<readonly Row[]> {
  const { endpoint, sessions } = site;
  const { headers } = await must(endpoint, ROOT_USER, s3('PUT', `/${KEY}`, '{"Records":[]}'));
  const version = String(headers['x-amz-version-id']);
  const policy = (await must(endpoint, ROOT_USER, s3('GET', '?policy'))).body;
  const until = '<Retention><Mode>GOVERNANCE</Mode><RetainUntilDate>2030-01-01T00:00:00Z</RetainUntilDate></Retention>';
  const ending: readonly Call[] = [
    s3('DELETE', `/${KEY}`),
    s3('DELETE', `/${KEY}?versionId=${version}`),
    s3('DELETE', `/${KEY}?versionId=${version}`, undefined, { 'x-amz-bypass-governance-retention': 'true' }),
    s3('PUT', `/${KEY}?retention`, until),
    s3('PUT', '?policy', policy),
    s3('DELETE', '?policy'),
  ];
  const tampering: readonly Call[] = [s3('PUT', `/${KEY}`, 'x'), s3('GET', `/${KEY}`), s3('GET', '?list-type=2')];
  const thieves = new Map<string, Credentials>([[ADMINISTRATOR.name, await administrator(site)]]);
  for (const { name } of world.roles) thieves.set(name, await sessions.stolen(name));
  const auditor = await sessions.stolen(AUDITOR);
  const reads = await send(endpoint, auditor, s3('GET', `/${KEY}`));
  const twin = { what: 'the auditor reads the record', holds: reads.status === 200 && reads.body === '{"Records":[]}' };
  const tried = async (control: string, what: string, by: ReadonlyMap<string, Credentials>, calls: readonly Call[]) => {
    const open: string[] = [];
    for (const [name, as] of by) {
      for (const call of calls) {
        const answer = await send(endpoint, as, call);
        if (!denied(answer)) open.push(`${name} ${call.method} ${call.path}: ${answer.status}`);
      }
    }
    return row(control, `${what} (${by.size * calls.length} requests)`, 'live', {
      observed: open.length === 0 ? 'denied' : open.join(', '),
      twin,
    });
  };
  const strangers = new Map([...thieves].filter(([name]) => name !== AUDITOR));
  const rows = [
    await tried('S12', 'every role, and an administrator, ends a record of the vault, or opens it', thieves, ending),
    await tried('S13', 'everybody but the auditor reads, lists or overwrites records', strangers, tampering),
  ];
  // Whom no policy binds here; then the lock alone is left.
  const unlocked = await send(endpoint, ROOT_USER, s3('DELETE', `/${KEY}?versionId=${version}`));
  const still = await send(endpoint, auditor, s3('GET', `/${KEY}`));
  rows.push(
    row('S12', 'the root user deletes a version that is locked, past every policy', 'live', {
      observed: denied(unlocked) && still.status === 200 ? 'denied' : `${unlocked.status}, then ${still.status}`,
      twin,
    }),
  );
  return rows;
}

/** A user of the account who may do everything. */
async function administrator({ endpoint, sessions }: Site): Promise<Credentials> {
  const UserName = ADMINISTRATOR.name;
  await must(endpoint, ROOT_USER, query('iam', 'CreateUser', { UserName }));
  const PolicyDocument = documentWith({ Effect: 'Allow', Action: '*', Resource: '*' });
  await must(
    endpoint,
    ROOT_USER,
    query('iam', 'PutUserPolicy', { UserName, PolicyName: 'everything', PolicyDocument }),
  );
  return sessions.keyOf(UserName);
}

/** A person takes on a privileged duty: with the access key alone, with a wrong code, with the right one. */
async function secondFactor(site: Site): Promise<readonly Row[]> {
  const person = await Person.called(APPROVER, site);
  const take = (code?: string) => person.take(dutyRole('shipping', 'approve'), code);
  const [without, wrongly] = [await take(), await take(person.wrongCode())];
  const rightly = await take(person.code());
  const twin = { what: 'with the code of now', holds: rightly.status === 200 };
  return [
    row('S10', 'a person takes on `approve` with an access key alone', 'live', {
      observed: denied(without) ? 'denied' : `${without.status}`,
      twin,
    }),
    row('S10', 'a person takes on `approve` with a wrong code', 'live', {
      observed: denied(wrongly) ? 'denied' : `${wrongly.status}`,
      twin,
    }),
  ];
}

/** Preflight requests through the gateway; a browser calls on iff its own origin comes back. */
export async function originAttacks(site: Site, world: World): Promise<readonly Row[]> {
  const gateway = new Gateway(site, world);
  const preflight = async (origin: string): Promise<string> => {
    const asked = { origin, 'access-control-request-method': 'GET', 'access-control-request-headers': 'authorization' };
    const { status, headers } = await gateway.callStack(WIDER.caller, 'OPTIONS', '/parcels', asked);
    const allowed = headers['access-control-allow-origin'];
    return `${status < 300 && allowed !== undefined ? allowed : status}`;
  };
  const own: string[] = [];
  for (const origin of ORIGINS) if ((await preflight(origin)) !== origin) own.push(String(await preflight(origin)));
  const tried = ['https://evil.example.com', 'https://shop.example.com.evil.example.com', 'null'];
  const open: string[] = [];
  for (const origin of tried) {
    const allowed = await preflight(origin);
    if (allowed === origin || allowed === '*') open.push(`${origin}: ${allowed}`);
  }
  return [
    row('D7', `scripts of foreign origins ask to be let in (${tried.length} origins)`, 'live', {
      observed: open.length === 0 ? 'denied' : `allowed: ${open.join(', ')}`,
      twin: { what: ['those of the domain’s own origin are let in', ...own].join('; '), holds: own.length === 0 },
    }),
  ];
}
