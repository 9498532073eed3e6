/** The bar: on a terminal, after a second, gone at the end; silent in a pipe and in CI. */
import { progressOn } from '../../bin/command/progress';

function steps(isTTY: boolean, millisecondsAStep: number): string {
  let [written, clock] = ['', 0];
  const stream = { isTTY, write: (text: string) => (written += text) } as unknown as NodeJS.WriteStream;
  const progress = progressOn(stream, () => clock);
  for (const done of [0, 1, 2]) {
    clock += millisecondsAStep;
    progress.step(`SOD-${done}`, done, 2);
  }
  progress.end();
  return written;
}

const { CI } = process.env;
beforeEach(() => delete process.env.CI);
afterAll(() => {
  if (CI !== undefined) process.env.CI = CI;
});

test('slow work on a terminal shows where it is, and leaves no trace', () => {
  const written = steps(true, 600);
  expect(written).not.toContain('SOD-0');
  expect(written).toContain(`[${'#'.repeat(12)}${'.'.repeat(12)}] SOD-1`);
  expect(written).toContain(`[${'#'.repeat(24)}] SOD-2`);
  expect(written.endsWith('\r\u001b[K')).toBe(true);
});

test('fast work, a pipe and CI see nothing', () => {
  expect(steps(true, 100)).toBe('');
  expect(steps(false, 600)).toBe('');
  process.env.CI = 'true';
  expect(steps(true, 600)).toBe('');
});
