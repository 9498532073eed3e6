/**
 * Random apps, each proved as it is and violated with one sabotage. Sabotages are drawn from a shuffled deck, so that all of them
 * are used before one is used again; one that finds nothing to hit in an app waits for the next.
 */
import { readCloudAssembly } from '../../lib/model/cloud-assembly';
import { type AnalysisInput, analyse } from '../../lib/report/analyse';
import { CONTROLS, stateOf } from '../../lib/report/controls';
import { Random } from '../fuzz/random';
import { type RandomApp, randomApp } from './random-app';
import type { Sabotage } from './sabotage';
import { presentSabotages } from './sabotages';
import { Templates } from './templates';

export interface Outcome {
  readonly apps: number;
  /** How often each sabotage was used. */
  readonly used: ReadonlyMap<Sabotage, number>;
  /** Apps that were not proved, and sabotages that were not named, each with what repeats it. */
  readonly failures: readonly string[];
  /** Directories of the apps' templates. */
  readonly outdirs: readonly string[];
}

export function campaign(apps: number, seed: number, authorities: readonly string[], each = 1): Outcome {
  const random = new Random(seed);
  const used = new Map(presentSabotages().map((sabotage) => [sabotage, 0]));
  const failures: string[] = [];
  const outdirs: string[] = [];
  let deck: Sabotage[] = [];
  for (let i = 0; i < apps; i += 1) {
    const own = seed + i;
    const made = randomApp(own, authorities);
    outdirs.push(made.outdir);
    const whole = proved(made);
    if (typeof whole === 'string') {
      failures.push(`app ${own} (${made.shape}) is not proved: ${whole}`);
      continue;
    }
    for (let n = 0; n < each; n += 1) {
      if (deck.length < used.size / 2) deck = [...deck, ...random.shuffle([...used.keys()])];
      const drawn = deck.find((sabotage) => isUsable(sabotage, whole, own));
      if (drawn === undefined) continue;
      deck.splice(deck.indexOf(drawn), 1);
      used.set(drawn, used.get(drawn)! + 1);
      const failure = missed(drawn, whole, own);
      if (failure !== undefined) failures.push(`app ${own} (${made.shape}), sabotage \`${drawn.name}\`: ${failure}`);
    }
  }
  return { apps, used, failures, outdirs };
}

/** Its templates; or why it is not. */
export function proved({ app, outdir }: RandomApp): AnalysisInput | string {
  try {
    app.synth();
    return readCloudAssembly(outdir);
  } catch (error) {
    return String(error);
  }
}

function isUsable({ apply }: Sabotage, input: AnalysisInput, seed: number): boolean {
  return apply(new Templates(input, new Random(seed))) !== undefined;
}

/** Why the sabotage is not found as it must be; `undefined` where it is. */
export function missed({ apply, by, breaks, as }: Sabotage, input: AnalysisInput, seed: number): string | undefined {
  const templates = new Templates(input, new Random(seed));
  const hit = apply(templates);
  const report = analyse(templates.edited(), { source: 'a random app' });
  const all = report.findings.flatMap(({ id, severity, also = [] }) =>
    [id, ...also.map((one) => one.id)].map((each) => ({ id: each, severity })),
  );
  const found = [...new Set(all.map(({ id, severity }) => `${id} ${severity}`))].join(', ');
  const where = `\`${hit?.template.stackName}/${hit?.id}\``;
  if (!all.some(({ id, severity }) => by.includes(id) && (severity === as || severity === 'violated'))) {
    return `${where}: expected ${by.join(' or ')} ${as}, found ${found || 'nothing'}`;
  }
  const states = new Map(CONTROLS.map((control) => [control.id, stateOf(control, report)]));
  const state = as === 'violated' ? 'broken' : 'undecided';
  const whole = breaks.filter((id) => states.get(id) !== state && states.get(id) !== 'broken');
  if (whole.length > 0 || report.verdict === 'proved') {
    return `${where}: expected ${whole.join(', ')} ${state}, found ${whole.map((id) => states.get(id)).join(', ')} (${found})`;
  }
  return undefined;
}
