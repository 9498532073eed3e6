/**
 * `examples/four-eyes`, deployed as its README says: the administrator creates both stacks; then a job of one repository
 * prepares a change of its code, the notary seals what was uploaded, and a person with a second factor lets it run.
 */
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { contextOf } from './app';
import { editTemplate } from './assembly';
import { type Credentials, denied, json, must, query, ROOT_USER, send } from './aws';
import { type CdkPlace, cdk } from './cdk';
import { physicalIds, type Site, statusOf } from './deploy';
import { type Row, row } from './evidence';
import { type NotaryPlace, type Notify, openedFor, withNotary } from './notary';
import { Person } from './person';
import { ACCOUNT, dutyRole, ROOT, roleArn, SESSION, uploadBucket } from './place';
import { readCredentials } from './sessions';
import { type Change, fitToEmulator } from './transform';
import { World } from './world';

const [FIRST, SECOND, DOMAIN] = ['OrdersDeployment', 'Orders', 'orders'] as const;
const LOG = '/bulkhead/orders/access';

/** @param changes to which it is added what was changed for the emulator */
export async function fourEyesExample(
  site: Site,
  caFile: string,
  folder: string,
  changes: Change[],
): Promise<readonly Row[]> {
  const assembly = synthesized(join(folder, 'four-eyes'));
  changes.push(...fitToEmulator(assembly), openedFor(FIRST));
  const { status, output } = await cdk(
    site.place(assembly),
    ROOT_USER,
    'deploy',
    FIRST,
    '--exclusively',
    '--require-approval',
    'never',
  );
  if (status !== 0) throw new Error(`cdk deploy ${FIRST}: ${output.slice(-1500)}`);
  const world = World.of(assembly, await physicalIds(site, [FIRST]), [FIRST]);
  const place: NotaryPlace = { site, world, caFile, folder };
  return withNotary(place, DOMAIN, FIRST, async (notify) => {
    const created = await prepared(site, assembly, ROOT_USER, 'create', notify);
    await must(site.endpoint, ROOT_USER, query('cloudformation', 'ExecuteChangeSet', { ChangeSetName: created }));
    const state = await statusOf(site, SECOND);
    if (state !== 'CREATE_COMPLETE') throw new Error(`\`${SECOND}\` is created: ${state}`);
    return change(site, assembly, folder, notify);
  });
}

/** As the CLI runs the app: with its context, into a folder. What is deployed is a copy, for it is changed. */
function synthesized(outdir: string): string {
  const app = join(ROOT, 'examples', 'four-eyes', 'app.ts');
  const context = JSON.stringify(contextOf('https://backend.example.com'));
  const { status, stderr } = spawnSync(
    join(ROOT, 'node_modules', '.bin', 'tsx'),
    ['-e', `require(${JSON.stringify(app)}).app.synth()`],
    { cwd: ROOT, encoding: 'utf8', env: { ...process.env, CDK_OUTDIR: outdir, CDK_CONTEXT_JSON: context } },
  );
  if (status !== 0) throw new Error(`examples/four-eyes: status ${status}: ${stderr.slice(-1500)}`);
  const copy = `${outdir}-deployed`;
  cpSync(outdir, copy, { recursive: true });
  return copy;
}

/** AWS asks no policy for `GetCallerIdentity`, the emulator does; so the CLI is told whose credentials they are. */
function introduce({ accessKeyId }: Credentials, { home }: CdkPlace): void {
  const cache = join(home, 'cache');
  mkdirSync(cache, { recursive: true });
  const known = JSON.stringify({ [accessKeyId]: { accountId: ACCOUNT, partition: 'aws' } });
  writeFileSync(join(cache, 'accounts_partitions.json'), known);
}

/** The versions of uploads that the notary knows of. */
const told = new Set<string>();

/** A change set, made with the real CLI, its uploads sealed: the ARN. */
async function prepared(site: Site, assembly: string, as: Credentials, name: string, notify: Notify): Promise<string> {
  const args = [
    'deploy',
    SECOND,
    '--exclusively',
    '--method=prepare-change-set',
    '--change-set-name',
    name,
    '--require-approval',
    'never',
  ];
  const { status, output } = await cdk(site.place(assembly), as, ...args);
  const arn = /arn:aws:cloudformation:\S+:changeSet\/[^\s/]+\/[\w-]+/.exec(output)?.[0];
  if (status !== 0 || arn === undefined) throw new Error(`cdk ${args.join(' ')}: ${status}\n${output.slice(-1500)}`);
  const bucket = uploadBucket(DOMAIN);
  const listed = await must(site.endpoint, ROOT_USER, { service: 's3', method: 'GET', path: `/${bucket}?list-type=2` });
  for (const [, key = ''] of listed.body.matchAll(/<Key>([^<]+)<\/Key>/g)) {
    const head = await must(site.endpoint, ROOT_USER, { service: 's3', method: 'HEAD', path: `/${bucket}/${key}` });
    const version = String(head.headers['x-amz-version-id']);
    // S3 tells of an upload once.
    if (!told.has(version)) await notify(key, version);
    told.add(version);
  }
  return arn;
}

const ISSUER = 'https://token.actions.githubusercontent.com';
const AUDIENCE = 'sts.amazonaws.com';

/** What GitHub says of a job. The emulator does not ask GitHub whether it did. */
const tokenOf = (repository: string, environment: string): string => {
  const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const now = Math.floor(Date.now() / 1000);
  const sub = `repo:${repository}:environment:${environment}`;
  const claims = {
    iss: ISSUER,
    aud: AUDIENCE,
    sub,
    iat: now,
    exp: now + 300,
  };
  return `${encode({ alg: 'RS256', typ: 'JWT' })}.${encode(claims)}.${encode({})}`;
};

async function change(site: Site, assembly: string, folder: string, notify: Notify): Promise<readonly Row[]> {
  const { endpoint } = site;
  const job = (repository: string, environment: string) =>
    send(
      endpoint,
      ROOT_USER,
      query('sts', 'AssumeRoleWithWebIdentity', {
        RoleArn: roleArn(dutyRole(DOMAIN, 'deploy')),
        RoleSessionName: SESSION,
        WebIdentityToken: tokenOf(repository, environment),
      }),
    );
  await must(
    endpoint,
    ROOT_USER,
    query('iam', 'CreateOpenIDConnectProvider', { Url: ISSUER, 'ClientIDList.member.1': AUDIENCE }),
  );
  const own = await job('acme/orders', 'production');
  const others = [await job('mallory/orders', 'production'), await job('acme/orders', 'staging')];
  const approver = await Person.called('ann', site);
  const alone = await approver.take(dutyRole(DOMAIN, 'approve'));
  const taken = await approver.take(dutyRole(DOMAIN, 'approve'), approver.code());
  const rows = [
    row(
      'S9',
      'a job of another repository, and of another environment, takes on `deploy` of examples/four-eyes',
      'live',
      {
        observed: others.every(denied) ? 'denied' : others.map(({ status }) => status).join(', '),
        twin: { what: 'the job that is named takes it on', holds: own.status === 200 },
      },
    ),
    row('S10', 'a person takes on `approve` of examples/four-eyes with an access key alone', 'live', {
      observed: denied(alone) ? 'denied' : `${alone.status}`,
      twin: { what: 'with a second factor', holds: taken.status === 200 },
    }),
  ];
  const copy = join(folder, 'four-eyes-changed');
  cpSync(assembly, copy, { recursive: true });
  editTemplate(copy, SECOND, ({ Resources }) => {
    const log = Object.values(Resources).find((r) => r.Properties?.LogGroupName === LOG);
    if (log?.Properties === undefined) throw new Error(`no log group \`${LOG}\``);
    log.Properties.RetentionInDays = 400;
  });
  const before = await retention(site);
  const jobs = readCredentials(own.body);
  introduce(jobs, site.place(copy));
  const changeSet = await prepared(site, copy, jobs, 'change', notify);
  const between = await retention(site);
  const executed = await send(
    endpoint,
    readCredentials(taken.body),
    query('cloudformation', 'ExecuteChangeSet', { ChangeSetName: changeSet }),
  );
  const state = await statusOf(site, SECOND);
  const after = await retention(site);
  const expected = 'prepared by a job: nothing changes; let run by a person: changed';
  const held = between === before && executed.status === 200 && state === 'UPDATE_COMPLETE' && after === '400';
  rows.push(
    row('S1', 'a change of examples/four-eyes, its code sealed by the notary', 'live', {
      expected,
      observed: held ? expected : `${before} → ${between} → ${after}, executed ${executed.status}, ${state}`,
    }),
  );
  return rows;
}

async function retention({ endpoint }: Site): Promise<string | undefined> {
  const { body } = await must(endpoint, ROOT_USER, json('logs', 'DescribeLogGroups', { logGroupNamePrefix: LOG }));
  return /"retentionInDays":\s*(\d+)/.exec(body)?.[1];
}
