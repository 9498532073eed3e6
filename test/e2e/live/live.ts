/** The run against the emulator, from its start to its end: deploy, canaries, matrix, attacks, faults. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { buildModel } from '../../../lib/model/build-model';
import { readCloudAssembly } from '../../../lib/model/cloud-assembly';
import { alarmAttacks } from './alarms';
import { liveApp } from './app';
import { stacksIn } from './assembly';
import { authorizerAttacks } from './authorizers';
import { Backend } from './backend';
import { canaries } from './canaries';
import { deployAll, physicalIds, type Site } from './deploy';
import { Emulator, FAKECLOUD_VERSION } from './emulator';
import { type Evidence, type NotRun, type Row, row, summarize } from './evidence';
import { faults } from './faults';
import { fourEyesExample } from './four-eyes-example';
import { Front } from './front';
import { gatewayAttacks } from './gateway';
import { packInlineCode } from './inline-code';
import { liveAttacks } from './live-attacks';
import { matrix } from './matrix';
import { monitoringCanaries } from './monitoring-canaries';
import { notaryAttacks } from './notary';
import { observer, prepareMaterial } from './observe';
import { onPaper } from './on-paper';
import { Sessions } from './sessions';
import { expiredTokens, signedCalls } from './stolen-tokens';
import { Authority } from './tls';
import { type Change, fitToEmulator } from './transform';
import { deployWider, originAttacks, widerAttacks } from './wider-live';
import { World } from './world';

const begun = Date.now();
const say = (what: string): void =>
  console.log(`e2e ${((Date.now() - begun) / 1000).toFixed(0).padStart(4)}s  ${what}`);

export async function attackLive(program: string, folder: string): Promise<Evidence> {
  const authority = await Authority.named('CN=e2e');
  const caFile = join(folder, 'authority.pem');
  writeFileSync(caFile, authority.pem);
  const emulator = await Emulator.at(program, join(folder, 'emulator'));
  const backend = await Backend.start();
  const front = await Front.before(emulator.endpoint, authority);
  try {
    emulator.functionsUse(front.endpoint, caFile);
    say('starting the emulator');
    await emulator.start();
    const endpoint = { url: front.endpoint, ca: authority.pem };
    const sessions = new Sessions(endpoint);
    const home = join(folder, 'home');
    mkdirSync(home);
    const site: Site = {
      endpoint,
      sessions,
      place: (assembly) => ({ endpoint: front.endpoint, caFile, home, assembly }),
    };
    return await attack({ site, emulator, authority, caFile, backend, folder });
  } finally {
    await front.stop();
    await emulator.stop();
    await backend.stop();
  }
}

interface Run {
  readonly site: Site;
  readonly emulator: Emulator;
  readonly authority: Authority;
  readonly caFile: string;
  readonly backend: Backend;
  readonly folder: string;
}

async function attack(run: Run): Promise<Evidence> {
  const { site, authority, caFile, backend, folder } = run;
  const [synthesized, deployed] = [join(folder, 'synthesized'), join(folder, 'deployed')];
  say('synthesizing');
  for (const outdir of [synthesized, deployed]) liveApp(backend.address, outdir).synth();
  const changes = [...fitToEmulator(deployed)];
  say('deploying with the real CLI');
  await deployAll(site, deployed);
  const stacks = stacksIn(synthesized);
  const world = World.of(synthesized, await physicalIds(site, stacks));
  const packed = await packInlineCode(site, world);
  if (packed.length > 0) {
    changes.push({
      what: `the code of ${packed.map((name) => `\`${name}\``).join(', ')} was handed over as an archive`,
      because: 'CloudFormation packs code that stands in a template, the emulator does not',
      stacks: [],
    });
  }
  say('canaries');
  const found = [...(await canaries(site.endpoint, site.sessions)), ...(await monitoringCanaries(site.endpoint))];
  const live = new Set(found.filter(({ passed }) => passed).map(({ kind }) => kind));
  say(`live: ${[...live].join(', ')}`);
  say('the matrix');
  const material = await prepareMaterial(site.endpoint, world);
  const model = buildModel(readCloudAssembly(synthesized).templates);
  const cells = await matrix(model, world, observer(site, live, material));
  const notRun: NotRun[] = [];
  const rows: Row[] = [...(await onPaper(model, synthesized, backend.address, world, cells, folder))];
  say('attacks');
  rows.push(...(await liveAttacks(site, world, cells, live)), await signedCalls(site, world));
  rows.push(...(await attempted('the notary', () => notaryAttacks({ site, world, caFile, folder }, changes))));
  say('the wider app');
  let wider: World | undefined;
  rows.push(
    ...(await attempted('the wider app', async () => {
      wider = await deployWider(site, backend.address, folder, changes);
      return widerAttacks(site, wider);
    })),
  );
  say('examples/four-eyes');
  rows.push(...(await attempted('examples/four-eyes', () => fourEyesExample(site, caFile, folder, changes))));
  say('attacks through the gateway');
  await run.emulator.stop();
  await run.emulator.start(false);
  const origins = async () => (wider === undefined ? [] : originAttacks(site, wider));
  rows.push(
    ...(await attempted('attacks through the gateway', () =>
      gatewayAttacks(site, world, backend, notRun, [expiredTokens(run.emulator), alarmAttacks(live, notRun), origins]),
    )),
  );
  await run.emulator.stop();
  await run.emulator.start();
  say('authorizers');
  rows.push(...(await attempted('authorizers', () => authorizerAttacks({ site, authority, caFile, folder }))));
  say('faults');
  rows.push(
    ...(await faults({ site, model, world, emulator: run.emulator, assembly: deployed, folder, live, notRun })),
  );
  const recorded = run.emulator.recorded();
  return {
    emulator: `fakecloud ${FAKECLOUD_VERSION}, policies and signatures enforced`,
    canaries: found,
    rows,
    notRun,
    matrix: summarize(cells),
    changes: merged(changes),
    deployed: [world, ...(wider === undefined ? [] : [wider])].flatMap((of) => deployedIn(of, recorded)),
  };
}

/** Each change once, with all the stacks in which it was made. */
function merged(changes: readonly Change[]): readonly Change[] {
  const whats = [...new Set(changes.map(({ what }) => what))];
  return whats.flatMap((what) => {
    const same = changes.filter((change) => change.what === what);
    return same.slice(0, 1).map((first) => ({ ...first, stacks: same.flatMap(({ stacks }) => stacks) }));
  });
}

function deployedIn({ resources }: World, recorded: ReadonlySet<string>): Evidence['deployed'] {
  return [...new Set(resources.map(({ stack }) => stack))].map((stack) => {
    const types = resources.filter((r) => r.stack === stack).map(({ type }) => type);
    const notProvisioned = [...new Set(types)].filter((type) => recorded.has(type)).sort();
    return { stack, resources: types.length, notProvisioned };
  });
}

/** Rows; or one that says how they could not be had, which is not as expected. */
async function attempted(what: string, make: () => Promise<readonly Row[]>): Promise<readonly Row[]> {
  try {
    return await make();
  } catch (error) {
    return [row('all', what, 'live', { expected: 'to run', observed: String(error).slice(0, 600) })];
  }
}
