/** `npm run sabotage [-- --apps N] [--seed N]`: many random apps, each proved, and violated with one sabotage. */
import { parseArgs } from 'node:util';
import { campaign } from './campaign';
import { makeAuthorities } from './random-app';

const { values } = parseArgs({ options: { apps: { type: 'string' }, seed: { type: 'string' } } });
const apps = Number(values.apps ?? 1000);
const seed = Number(values.seed ?? Date.now() % 1_000_000_000);

async function main(): Promise<void> {
  const { used, failures } = campaign(apps, seed, await makeAuthorities());
  const { user, system } = process.cpuUsage();
  for (const failure of failures) console.log(failure);
  for (const [{ name, by }, times] of used)
    console.log(`${String(times).padStart(5)}  ${by.join('|').padEnd(12)}  ${name}`);
  console.log(
    `seed ${seed}: ${apps} apps, ${[...used.values()].reduce((a, b) => a + b, 0)} sabotages of ${used.size} kinds`,
  );
  console.log(`${failures.length} failures, ${((user + system) / 1e6).toFixed(0)} s of processor time`);
  process.exitCode = failures.length === 0 ? 0 : 1;
}

void main();
