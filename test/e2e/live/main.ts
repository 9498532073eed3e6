/**
 * `npm run e2e`: deploys the reference app to an emulator of AWS with the real CLI, attacks it, and writes down what
 * happened. `--install` builds the emulator first; `--evidence` renews docs/e2e-evidence.md and .json; `--keep` leaves
 * the run's folder. Without an emulator, everything that needs none still runs, and the rest is said not to have run.
 * `--broken` attacks an app that was broken after synthesis (broken.ts), on paper: such a run fails.
 *
 * Status 0: all as expected. 1: something was not. 2: the run itself failed.
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildModel } from '../../../lib/model/build-model';
import { readCloudAssembly } from '../../../lib/model/cloud-assembly';
import { liveApp } from './app';
import { breakIt } from './broken';
import { findFakecloud, installFakecloud } from './emulator';
import { type Evidence, passed, summarize, toMarkdown, toText } from './evidence';
import { attackLive } from './live';
import { matrix } from './matrix';
import { onPaper } from './on-paper';
import { ROOT } from './place';
import { simulatedAttacks } from './simulated-attacks';
import { World } from './world';

const LIMIT = 18 * 60_000;
const BACKEND = 'https://backend.example.com';

async function main(args: readonly string[]): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), 'bulkhead-e2e-'));
  const late = setTimeout(() => {
    console.error(`e2e: not done after ${LIMIT / 60_000} minutes`);
    process.exit(2);
  }, LIMIT);
  try {
    if (args.includes('--install')) installFakecloud();
    const emulator = findFakecloud();
    const evidence = args.includes('--broken')
      ? await onBroken(folder)
      : 'program' in emulator
        ? await attackLive(emulator.program, folder)
        : await withoutEmulator(emulator.missing, folder);
    process.stdout.write(`\n${toText(evidence)}`);
    if (args.includes('--broken')) return passed(evidence) ? 0 : 1;
    write(evidence, join(ROOT, '.cache', 'e2e-evidence'));
    if (args.includes('--evidence')) write(evidence, join(ROOT, 'docs', 'e2e-evidence'));
    return passed(evidence) ? 0 : 1;
  } finally {
    clearTimeout(late);
    if (args.includes('--keep')) console.error(`kept: ${folder}`);
    else rmSync(folder, { recursive: true, force: true });
  }
}

function write(evidence: Evidence, path: string): void {
  mkdirSync(join(path, '..'), { recursive: true });
  writeFileSync(`${path}.json`, `${JSON.stringify(evidence, undefined, 1)}\n`);
  writeFileSync(`${path}.md`, toMarkdown(evidence));
}

async function withoutEmulator(missing: string, folder: string): Promise<Evidence> {
  console.log(`e2e: no live attack is run: ${missing}`);
  const assembly = join(folder, 'assembly');
  liveApp(BACKEND, assembly).synth();
  const world = World.of(assembly);
  const model = buildModel(readCloudAssembly(assembly).templates);
  const cells = await matrix(model, world, async () => undefined);
  return {
    emulator: undefined,
    canaries: [],
    rows: await onPaper(model, assembly, BACKEND, world, cells, folder),
    notRun: [{ controls: ['all'], what: 'every live attack', because: missing }],
    matrix: summarize(cells),
    changes: [],
    deployed: [],
  };
}

/** What the engine says of the app as it was synthesized, against what it then became. */
async function onBroken(folder: string): Promise<Evidence> {
  const [whole, broken] = [join(folder, 'assembly'), join(folder, 'broken')];
  liveApp(BACKEND, whole).synth();
  breakIt(whole, broken);
  const world = World.of(broken);
  const cells = await matrix(buildModel(readCloudAssembly(whole).templates), world, async () => undefined);
  const rows = simulatedAttacks(world, cells);
  return { emulator: undefined, canaries: [], rows, notRun: [], matrix: summarize(cells), changes: [], deployed: [] };
}

main(process.argv.slice(2)).then(
  (status) => process.exit(status),
  (error: unknown) => {
    console.error(error);
    process.exit(2);
  },
);
