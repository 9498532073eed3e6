/**
 * z3 agrees with the engine. A small number of pairs here, with a seed that moves with the day's
 * run when `SEED` is set; `npm run z3` compares 10,000.
 */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

const root = join(__dirname, '..', '..', '..');

/** z3's threads outlive a jest environment, so it runs in a process of its own. */
function run(...args: string[]): { readonly status: number | null; readonly output: string } {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    ['--import', 'tsx', join(__dirname, 'main.ts'), ...args],
    { cwd: root, encoding: 'utf8', timeout: 280_000 },
  );
  return { status, output: stdout + stderr };
}

test('z3 and the engine agree on 1,000 random pairs', () => {
  const { status, output } = run('--pairs', '1000', '--seed', process.env.SEED ?? '1');
  expect(output).toMatch(/1000 pairs in .* 0 disagreements/);
  expect(status).toBe(0);
  const [, sat, unsat] = /z3 sat (\d+), unsat (\d+)/.exec(output) ?? [];
  // Both answers are common: else the agreement would say little.
  expect(Number(sat)).toBeGreaterThan(150);
  expect(Number(unsat)).toBeGreaterThan(150);
}, 300_000);

test('a number that is none is refused', () => {
  expect(run('--pairs', 'many')).toMatchObject({ status: 2, output: expect.stringContaining('whole number') });
});
