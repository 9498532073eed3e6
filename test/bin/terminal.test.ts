/** What a terminal sees, and a pipe does not: colours, unless NO_COLOR asks for none. Python makes the terminal. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bulkhead, program } from './command-line';

const folder = mkdtempSync(join(tmpdir(), 'bulkhead-terminal-'));
const template = join(folder, 'app.json');
writeFileSync(template, JSON.stringify({ Resources: {} }));
afterAll(() => rmSync(folder, { recursive: true }));

const COLOUR = `${String.fromCharCode(27)}[32m`;
const ON_TERMINAL = 'import os, pty, sys; sys.exit(os.waitstatus_to_exitcode(pty.spawn(sys.argv[1:])))';

function onTerminal(environment: Readonly<Record<string, string>>): string {
  const { CI: _, NO_COLOR: __, FORCE_COLOR: ___, ...rest } = process.env;
  const { status, stdout, stderr } = spawnSync(
    'python3',
    ['-c', ON_TERMINAL, process.execPath, program(), 'check', template],
    { encoding: 'utf8', input: '', env: { ...rest, TERM: 'xterm-256color', ...environment } },
  );
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  expect(stdout).toContain('proved separate');
  return stdout;
}

const onPython = spawnSync('python3', ['--version']).status === 0 ? test : test.skip;

onPython('a terminal gets colours', () => {
  expect(onTerminal({})).toContain(COLOUR);
});

onPython('with NO_COLOR it gets none', () => {
  expect(onTerminal({ NO_COLOR: '1' })).not.toContain(COLOUR);
});

test('a pipe gets none', () => {
  const { stdout } = bulkhead(['check', template]);
  expect(stdout).toContain('Bulkhead: proved');
  expect(stdout).not.toContain(COLOUR);
});
