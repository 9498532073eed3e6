/** All that is judged without the emulator: by the simulator, by evaluators of this folder, by `bulkhead check`. */
import { join } from 'node:path';
import type { Model } from '../../../lib/model/model';
import { alarmsOnPaper } from './alarms-on-paper';
import { checkedAttacks } from './checked-attacks';
import type { Row } from './evidence';
import { floodsOnPaper } from './floods';
import type { Cell } from './matrix';
import { matrixAttacks } from './matrix-attacks';
import { pathAttacks } from './paths';
import { simulatedAttacks } from './simulated-attacks';
import { tokensOnPaper } from './tokens-on-paper';
import { widerApp } from './wider-app';
import { widerOnPaper } from './wider-on-paper';
import { World } from './world';

/** @param backend the address with which the assembly was synthesized */
export async function onPaper(
  model: Model,
  assembly: string,
  backend: string,
  world: World,
  cells: readonly Cell[],
  folder: string,
): Promise<readonly Row[]> {
  const wider = join(folder, 'wider');
  widerApp(backend, wider).synth();
  const checked = checkedAttacks(assembly, backend, folder);
  return [
    ...simulatedAttacks(world, cells),
    ...floodsOnPaper(world),
    ...alarmsOnPaper(world),
    ...tokensOnPaper(world),
    ...widerOnPaper(World.of(wider)),
    ...pathAttacks(world),
    ...(await matrixAttacks(model, cells, World.of(join(folder, 'broken')))),
    ...checked,
  ];
}
