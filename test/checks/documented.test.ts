/** The table of docs/checks.md is the list of checks. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CHECKS } from '../../lib/checks/run-checks';
import { CONTROLS } from '../../lib/report/controls';

const ROOT = join(__dirname, '..', '..');

test('every check has its row, as the code states it', () => {
  const rows = readFileSync(join(ROOT, 'docs', 'checks.md'), 'utf8')
    .split('\n')
    .filter((line) => /^\| [A-Z]+-\d/.test(line))
    .map((line) => line.split('|').map((cell) => cell.trim()));
  const controlsOf = (id: string) => CONTROLS.filter(({ checks }) => checks.some((c) => c === id)).map((c) => c.id);
  expect(rows.map(([, id, compliant, controls]) => [id, compliant, controls])).toEqual(
    CHECKS.map(({ id, compliant }) => [id, compliant, controlsOf(id).join(', ')]),
  );
  for (const [, , , , link = ''] of rows) {
    const [, file = ''] = /\(\.\.\/(.*)\)$/.exec(link) ?? [];
    expect(existsSync(join(ROOT, file))).toBe(true);
    expect(link).toContain('.ts');
  }
});
