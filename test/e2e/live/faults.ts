/**
 * What happens when something breaks: the state afterwards is as docs/four-eyes.md and docs/domain.md say. Each fault
 * is brought about on the deployed domains, by four eyes and with the real CLI, and undone or left as the next expects.
 */
import { cpSync } from 'node:fs';
import { join } from 'node:path';
import type { Model } from '../../../lib/model/model';
import { editTemplate, readTemplate } from './assembly';
import { denied, json, must, ROOT_USER, send } from './aws';
import { BROKEN, breakIt } from './broken';
import { execute, prepare, type Site, statusOf } from './deploy';
import type { Emulator } from './emulator';
import { type NotRun, type Row, row } from './evidence';
import { Gateway, signIn } from './gateway';
import { predict } from './matrix';
import { stackOf } from './place';
import { PROBES } from './probes';
import type { World } from './world';

export interface Faults {
  readonly site: Site;
  /** Of the app as it was synthesized: by which the matrix was predicted. */
  readonly model: Model;
  readonly world: World;
  readonly emulator: Emulator;
  /** The assembly that is deployed. */
  readonly assembly: string;
  readonly folder: string;
  readonly live: ReadonlySet<string>;
  readonly notRun: NotRun[];
}

export async function faults(run: Faults): Promise<readonly Row[]> {
  const rows: Row[] = [];
  for (const [controls, fault] of [
    [['S1'], fourEyes],
    [['S1'], stale],
    [['S1'], killed],
    [['D14'], halfWay],
    [['S2'], broken],
    [['D13'], isolated],
  ] as const) {
    try {
      rows.push(...(await fault(run)));
    } catch (error) {
      const what = `fault \`${fault.name}\``;
      rows.push(
        row(controls[0], what, 'live', {
          expected: 'a state that is documented',
          observed: String(error).slice(-900),
        }),
      );
    }
  }
  return rows;
}

/** A copy of the assembly in which the access log of the domain is kept for so many days: a harmless change. */
function changed({ assembly, folder }: Faults, domain: string, name: string, days: number): string {
  const copy = join(folder, `${name}-${domain}`);
  cpSync(assembly, copy, { recursive: true });
  editTemplate(copy, stackOf(domain), ({ Resources }) => {
    const log = Object.values(Resources).find((r) => r.Properties?.LogGroupName === `/bulkhead/${domain}/access`);
    if (log?.Properties === undefined) throw new Error(`no access log in \`${stackOf(domain)}\``);
    log.Properties.RetentionInDays = days;
  });
  return copy;
}

async function retention({ site }: Faults, domain: string): Promise<number | undefined> {
  const name = `/bulkhead/${domain}/access`;
  const { body } = await must(
    site.endpoint,
    ROOT_USER,
    json('logs', 'DescribeLogGroups', { logGroupNamePrefix: name }),
  );
  return (JSON.parse(body) as { logGroups: { retentionInDays?: number }[] }).logGroups[0]?.retentionInDays;
}

/** The positive case: prepared by one, nothing changed; let run by the other, changed. */
async function fourEyes(run: Faults): Promise<readonly Row[]> {
  const assembly = changed(run, 'partner', 'release', 400);
  const before = await retention(run, 'partner');
  const changeSet = await prepare(run.site, assembly, 'partner', 'release-1');
  const between = await retention(run, 'partner');
  const { status } = await execute(run.site, 'partner', changeSet);
  const state = await statusOf(run.site, stackOf('partner'));
  const after = await retention(run, 'partner');
  const expected = 'prepared by `deploy`: nothing changes; let run by `approve`: changed';
  return [
    row('S1', 'a change under four eyes, with the real CLI', 'live', {
      expected,
      observed:
        between === before && status === 200 && state === 'UPDATE_COMPLETE' && after === 400
          ? expected
          : `${before} → ${between} → ${after}, executed ${status}, ${state}`,
    }),
  ];
}

/** Two changes prepared on one state; one is let run; the other is of a state that is gone. */
async function stale(run: Faults): Promise<readonly Row[]> {
  const first = await prepare(run.site, changed(run, 'partner', 'first', 545), 'partner', 'first');
  const second = await prepare(run.site, changed(run, 'partner', 'second', 731), 'partner', 'second');
  const let1 = await execute(run.site, 'partner', second);
  await statusOf(run.site, stackOf('partner'));
  const let2 = await execute(run.site, 'partner', first);
  await statusOf(run.site, stackOf('partner'));
  const after = await retention(run, 'partner');
  return [
    row('S1', 'a change set is let run that was prepared on a state since replaced', 'live', {
      expected: 'refused; the newer change stays',
      observed: let2.status >= 400 && after === 731 ? 'refused; the newer change stays' : `${let2.status}, ${after}`,
      twin: { what: 'the change set of the present state runs', holds: let1.status === 200 },
    }),
  ];
}

/** The emulator dies, as a region might, after the change was approved and before it runs. */
async function killed(run: Faults): Promise<readonly Row[]> {
  const { site, emulator } = run;
  const before = await retention(run, 'public');
  const changeSet = await prepare(site, changed(run, 'public', 'killed', 400), 'public', 'killed');
  await site.sessions.duty('public', 'approve');
  await emulator.kill();
  const gone = await execute(site, 'public', changeSet).then(
    ({ status }) => status,
    () => 'no answer' as const,
  );
  await emulator.start();
  const between = await retention(run, 'public');
  const { status } = await execute(site, 'public', changeSet);
  const state = await statusOf(site, stackOf('public'));
  const after = await retention(run, 'public');
  const expected = 'nothing has changed; the same change set runs afterwards';
  return [
    row('S1', 'killed between approval and execution', 'live', {
      expected,
      observed:
        gone === 'no answer' && between === before && status === 200 && state === 'UPDATE_COMPLETE' && after === 400
          ? expected
          : `during: ${gone}; ${before} → ${between} → ${after}; executed ${status}; ${state}`,
    }),
  ];
}

/** A change that fails: its only resource points at a key that is not there. */
async function halfWay(run: Faults): Promise<readonly Row[]> {
  const { site, world, assembly, folder } = run;
  const copy = join(folder, 'half-way');
  cpSync(assembly, copy, { recursive: true });
  editTemplate(copy, stackOf('internal'), ({ Resources }) => {
    const alias = { AliasName: 'alias/e2e-half-way', TargetKeyId: 'ffffffff-0000-4000-8000-ffffffffffff' };
    Resources.Broken = { Type: 'AWS::KMS::Alias', Properties: alias };
  });
  const changeSet = await prepare(site, copy, 'internal', 'half-way');
  await execute(site, 'internal', changeSet);
  const state = await statusOf(site, stackOf('internal'));
  const meanwhile = await execute(
    site,
    'partner',
    await prepare(site, changed(run, 'partner', 'meanwhile', 1096), 'partner', 'meanwhile'),
  );
  const partner = await statusOf(site, stackOf('partner'));
  const key = world.arnOf(world.only(stackOf('internal'), 'AWS::KMS::Key'));
  const write = await site.sessions.duty('internal', 'write');
  const encrypts = await send(site.endpoint, write, json('kms', 'Encrypt', { KeyId: key, Plaintext: 'cHJvYmU=' }));
  const again = await execute(
    site,
    'internal',
    await prepare(site, changed(run, 'internal', 'repaired', 400), 'internal', 'repaired'),
  );
  const repaired = await statusOf(site, stackOf('internal'));
  const expected = 'rolled back; the domain serves and is repaired; another deploys meanwhile';
  const asExpected =
    state === 'UPDATE_ROLLBACK_COMPLETE' &&
    encrypts.status === 200 &&
    meanwhile.status === 200 &&
    partner === 'UPDATE_COMPLETE' &&
    again.status === 200 &&
    repaired === 'UPDATE_COMPLETE';
  const states = `${state}, write ${encrypts.status}; partner ${meanwhile.status} ${partner}; again ${again.status} ${repaired}`;
  return [
    row('D14', 'a deployment of `internal` that fails half-way', 'live', {
      expected,
      observed: asExpected ? expected : states,
    }),
  ];
}

/** The switch that cuts one domain off, thrown by four eyes. */
async function isolated(run: Faults): Promise<readonly Row[]> {
  const { site, world, emulator, assembly, notRun, live } = run;
  if (readTemplate(assembly, stackOf('partner')).Parameters?.IsolatedSince === undefined) {
    notRun.push({
      controls: ['D13'],
      what: 'a domain isolated while others serve',
      because: 'the templates have no parameter `IsolatedSince`',
    });
    return [];
  }
  await emulator.stop();
  await emulator.start(false);
  const gateway = new Gateway(site, world);
  const pool = (domain: string) => world.only(stackOf(domain), 'AWS::Cognito::UserPool').physicalId;
  const tokens = { partner: await signIn(site, pool('partner')), public: await signIn(site, pool('public')) };
  const calls = async (domain: 'partner' | 'public') =>
    (await gateway.call(domain, 'GET', '/orders', { authorization: `Bearer ${tokens[domain].token}` })).status;
  const decrypts = async (domain: string) => {
    const key = world.arnOf(world.only(stackOf(domain), 'AWS::KMS::Key'));
    const call = json('kms', 'Encrypt', { KeyId: key, Plaintext: 'cHJvYmU=' });
    return send(site.endpoint, await site.sessions.duty(domain, 'write'), call);
  };
  const before = [await calls('partner'), await calls('public'), (await decrypts('partner')).status];
  const since = `${new Date(Date.now() + 1000).toISOString().slice(0, 19)}Z`;
  // The assembly that is deployed has been changed since; the switch is thrown on the state of now.
  const now = changed(run, 'partner', 'isolation', 1096);
  const changeSet = await prepare(site, now, 'partner', 'isolation', { IsolatedSince: since });
  await execute(site, 'partner', changeSet);
  const state = await statusOf(site, stackOf('partner'));
  const [partner, shop] = [await calls('partner'), await calls('public')];
  const rows = [
    row('D13', '`partner` is isolated: its API is called with a valid token', 'live', {
      observed: partner >= 400 ? 'denied' : `${partner} (${state})`,
      twin: {
        what: 'before it answered, and `public` still serves',
        holds: before[0] === 200 && before[1] === 200 && shop === 200,
      },
    }),
  ];
  if (live.has('kms')) {
    const old = await decrypts('partner');
    const elsewhere = await decrypts('public');
    rows.push(
      row('D13', 'a session of `partner` that began before', 'live', {
        observed: denied(old) ? 'denied' : `${old.status}`,
        twin: {
          what: 'it worked before, and one of `public` still does',
          holds: before[2] === 200 && elsewhere.status === 200,
        },
      }),
    );
  }
  return rows;
}

/** The app that somebody broke (broken.ts), deployed: the attack succeeds. */
async function broken({ site, model, world, assembly, folder, live, notRun }: Faults): Promise<readonly Row[]> {
  if (!live.has('kms')) {
    notRun.push({
      controls: ['S2'],
      what: 'the attack on the broken app',
      because: 'the canary of KMS did not pass; simulated',
    });
    return [];
  }
  const copy = join(folder, 'broken-live');
  breakIt(assembly, copy);
  const key = world.arnOf(world.only(stackOf(BROKEN), 'AWS::KMS::Key'));
  const { body } = await must(site.endpoint, ROOT_USER, json('kms', 'Encrypt', { KeyId: key, Plaintext: 'c2VjcmV0' }));
  const { CiphertextBlob } = JSON.parse(body) as { CiphertextBlob: string };
  const decrypt = async () =>
    send(
      site.endpoint,
      await site.sessions.duty(BROKEN, 'deploy'),
      json('kms', 'Decrypt', { CiphertextBlob, KeyId: key }),
    );
  const before = await decrypt();
  const changeSet = await prepare(site, copy, BROKEN, 'broken');
  await execute(site, BROKEN, changeSet);
  const state = await statusOf(site, stackOf(BROKEN));
  const after = await decrypt();
  return [
    row('S2', `\`deploy\` of \`${BROKEN}\` decrypts, in the app that was broken past the gate`, 'live', {
      expected: 'allowed',
      observed: after.status === 200 && after.body.includes('c2VjcmV0') ? 'allowed' : `${after.status} (${state})`,
      twin: { what: 'before the edit it is denied', holds: denied(before) },
    }),
    row('S16', 'what is observed in the broken app is compared with the matrix', 'live', {
      expected: 'differs',
      observed: predicted(model) === 'denied' && after.status === 200 ? 'differs' : 'agrees',
      twin: { what: 'before the edit it agrees', holds: predicted(model) === 'denied' && denied(before) },
    }),
  ];
}

/** What the engine said of the request that the broken app allows. */
function predicted(model: Model): string {
  const decrypt = PROBES.find(({ action }) => action === 'kms:Decrypt');
  const deploy = model.principals.find(({ domain, duty }) => domain === BROKEN && duty === 'deploy');
  if (decrypt === undefined || deploy === undefined) throw new Error(`no \`deploy\` of \`${BROKEN}\` that decrypts`);
  return predict(model, deploy, decrypt, BROKEN);
}
