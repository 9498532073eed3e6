/** `diff`, `who-can` and the formats of `check` as a user runs them: exit status, colours, help, what is unusable. */
import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { allow, role } from '../report/two-versions';
import { bulkhead, file } from './command-line';

const [reader, writer] = [allow('s3:GetObject'), allow('s3:PutObject')].map((can) => ({
  Resources: { A: role({ can: [can] }) },
}));
const before = file('before.json', reader);
const after = file('after.json', writer);

describe('diff', () => {
  test('no new access: 0', () => {
    expect(bulkhead(['diff', before, before])).toMatchObject({
      status: 0,
      stdout: 'Bulkhead: no new access\n',
      stderr: '',
    });
  });

  test('new access: 1, in every format', () => {
    const text = bulkhead(['diff', before, after]);
    expect(text).toMatchObject({ status: 1, stderr: '' });
    expect(text.stdout).toContain('may now    s3:PutObject on *');
    expect(text.stdout).not.toContain('\u001b');
    const json = bulkhead(['diff', before, after, '--format', 'json']);
    expect(JSON.parse(json.stdout)).toMatchObject({ verdict: 'new-access', changes: [{ path: 'after/A' }] });
    const output = join(mkdtempSync(join(tmpdir(), 'bulkhead-diff-')), 'comment.md');
    expect(bulkhead(['diff', before, after, '--format', 'markdown', '--output', output])).toMatchObject({
      status: 1,
      stdout: '',
    });
    expect(readFileSync(output, 'utf8')).toMatch(/^### Bulkhead: new access \(1 medium\)/);
  });

  test('one path only is no question: 2', () => {
    expect(bulkhead(['diff', before])).toMatchObject({
      status: 2,
      stderr: "bulkhead: missing required argument 'after'\n",
    });
  });
});

describe('who-can', () => {
  test('answers with 0, whoever can', () => {
    expect(bulkhead(['who-can', 's3:PutObject', '*', after]).stdout).toMatch(
      /`after\/A`[\s\S]*s3:PutObject on \*: \d principals?\n$/,
    );
    const nobody = bulkhead(['who-can', 'sqs:SendMessage', '*', after, '--format', 'json']);
    expect([nobody.status, JSON.parse(nobody.stdout)]).toMatchObject([0, { principals: [] }]);
  });

  test('an action that AWS does not have: 2', () => {
    expect(bulkhead(['who-can', 's3:GetObjekt', '*', after])).toMatchObject({
      status: 2,
      stderr: 'bulkhead: the action `s3:GetObjekt`: expected an action of AWS; did you mean `s3:GetObject`?\n',
    });
  });
});

describe('check', () => {
  test.each([
    ['sarif', /"version": "2\.1\.0"/],
    ['markdown', /^## Bulkhead: proved separate/],
    ['json', /"evidence": /],
    ['text', /Bulkhead: proved separate/],
  ])('--format %s', (format, expected) => {
    const run = bulkhead(['check', before, '--format', format]);
    expect(run).toMatchObject({ status: 0, stderr: '' });
    expect(run.stdout).toMatch(expected);
  });

  test('a format that there is not', () => {
    const run = bulkhead(['check', before, '--format', 'pdf']);
    expect(run.status).toBe(2);
    expect(run.stderr).toMatch(
      /^bulkhead: option '--format <format>' argument 'pdf' is invalid\. Allowed choices are text, json, sarif, markdown/,
    );
  });
});

test.each(['check', 'diff', 'who-can', 'overlap', 'subset', 'simulate'])('%s --help has examples', (command) => {
  const run = bulkhead([command, '--help']);
  expect(run).toMatchObject({ status: 0, stderr: '' });
  expect(run.stdout).toMatch(/Examples?:\n {2}(echo|bulkhead)/);
});

test('an unknown command is answered with the nearest', () => {
  expect(bulkhead(['dif'])).toMatchObject({
    status: 2,
    stderr: "bulkhead: unknown command 'dif' (Did you mean diff?)\n",
  });
});
