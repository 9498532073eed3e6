/** What a user can do wrong: exit status 2 and one line on stderr that says where and what was expected, never a stack. */
import { spawnSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { version } from '../../package.json';
import { bulkhead, file, folder, program, type Run } from './command-line';

const good = { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: 's3:GetObject', Resource: '*' }] };
const statement = (change: object) => ({ ...good, Statement: [{ Sid: 'Read', ...good.Statement[0], ...change }] });

function expectUnusable(run: Run, message: RegExp): void {
  expect(run.stderr).toMatch(message);
  expect(run.stderr.trimEnd().split('\n')).toHaveLength(1);
  expect(run.stderr).not.toMatch(/^\s+at /m);
  expect(run.stdout).toBe('');
  expect(run.status).toBe(2);
}

describe('bad policies', () => {
  test('the good one is usable', () => {
    const path = file('good.json', good);
    expect(bulkhead(['subset', path, path])).toMatchObject({ status: 0, stderr: '' });
  });

  test.each<[string, unknown, RegExp]>([
    ['not JSON', 'Version: 2012-10-17', /bad\.json: line 1, column 1: not JSON at `Version:`$/m],
    [
      'JSON that ends too early',
      '{"Version":"2012-10-17",\n"Statement":[',
      /bad\.json: line 2, column 14: expected `,` or `\]`, found the end of the text$/m,
    ],
    [
      'JSON with a comma too many',
      `{"Version":"2012-10-17",\n ${' '.repeat(60)}"Statement":[{},]}`,
      /bad\.json: line 2, column 78: expected a value, found `\]`$/m,
    ],
    ['an empty file', '', /bad\.json: it is empty, expected JSON$/m],
    ['a list', [good], /bad\.json: got `\[.*`, expected an object$/m],
    [
      'a duplicate key',
      '{"Version":"2012-10-17","Statement":[{"Effect":"Allow",\n"Action":"s3:*","Action":"*","Resource":"*"}]}',
      /bad\.json: line 2, column 17: the key `Action` stands twice in one object, first on line \d+; remove one$/m,
    ],
    ['a duplicate key under an escape', '{"Statement":[],"\\u0053tatement":[]}', /key `Statement` stands twice/],
    [
      'a wrong type',
      statement({ Action: 5 }),
      /bad\.json: statement "Read": Action: got `5`, expected an action as a string$/m,
    ],
    [
      'an unknown operator',
      statement({ Condition: { StringEqual: { a: 'b' } } }),
      /bad\.json: statement "Read": Condition: unknown operator `StringEqual`.*did you mean `StringEquals`\?$/m,
    ],
    [
      'an unknown version',
      { ...good, Version: '2020-01-01' },
      /bad\.json: Version: unknown version `2020-01-01`, expected 2012-10-17 or 2008-10-17/,
    ],
    [
      'a principal in an identity policy',
      statement({ Principal: '*' }),
      /bad\.json: statement "Read": Principal: got `"\*"` in an identity policy/,
    ],
    [
      'an object in place of a string',
      statement({ Resource: { parts: ['*'] } }),
      /bad\.json: statement "Read": Resource: got the object `\{"parts":\["\*"\]\}`, expected a resource as a string$/m,
    ],
    [
      'an unknown member beside policies',
      { identityPolicies: [good], policies: [] },
      /bad\.json: unknown member `policies`, expected identityPolicies, permissionsBoundary, serviceControlPolicies/,
    ],
    [
      'policies that are no list',
      { identityPolicies: good },
      /bad\.json: identityPolicies: got .*, expected an array$/m,
    ],
    [
      'no identity policies',
      { permissionsBoundary: good },
      /bad\.json: identityPolicies: got nothing, expected an array$/m,
    ],
    [
      'a bad boundary',
      { identityPolicies: [good], permissionsBoundary: statement({ Effect: 'Grant' }) },
      /bad\.json: permissionsBoundary: statement "Read": Effect: got `Grant`/,
    ],
    [
      'two megabytes in one policy',
      statement({ Resource: Array.from({ length: 2000 }, (_, n) => `arn:aws:s3:::${n}${'x'.repeat(1000)}`) }),
      /bad\.json: the policy holds more than 1,048,576 characters/,
    ],
    [
      'five megabytes',
      ' '.repeat(5 * 1024 * 1024),
      /bad\.json: larger than 4,194,304 characters, expected at most that; split it$/m,
    ],
  ])('%s', (_, content, message) => {
    expectUnusable(bulkhead(['overlap', file('bad.json', content), file('good.json', good)]), message);
  });

  test('in the second file, and of another command', () => {
    const args = ['subset', file('good.json', good), file('bad.json', statement({ Effect: 'Grant' }))];
    expectUnusable(bulkhead(args), /bad\.json: statement "Read": Effect: got `Grant`/);
  });

  test('a byte order mark is no mistake', () => {
    expect(
      bulkhead(['subset', file('bom.json', `\uFEFF${JSON.stringify(good)}`), file('good.json', good)]).status,
    ).toBe(0);
  });
});

describe('bad arguments', () => {
  mkdirSync(join(folder, 'folder'), { recursive: true });

  test.each<[string, readonly string[], RegExp]>([
    ['no command', [], /^bulkhead: expected a command \(.*overlap, subset, simulate.*\); see --help$/m],
    ['an unknown command', ['overlp'], /^bulkhead: unknown command 'overlp' \(Did you mean overlap\?\)$/m],
    [
      'an unknown option',
      ['overlap', '--bacth', '-'],
      /^bulkhead: unknown option '--bacth' \(Did you mean --batch\?\)$/m,
    ],
    ['no files', ['overlap'], /^bulkhead: expected two files, or --batch FILE; see --help$/m],
    ['one file', ['subset', file('good.json', good)], /expected two files, or --batch FILE/],
    ['three files', ['overlap', 'a.json', 'b.json', 'c.json'], /too many arguments/],
    [
      'a file beside --batch',
      ['overlap', 'a.json', '--batch', '-'],
      /^bulkhead: got `a\.json` beside --batch, expected the one or the other; leave one out$/m,
    ],
    ['--batch without file', ['overlap', '--batch'], /argument missing/],
    ['simulate without --batch', ['simulate'], /required option '--batch <file>' not specified/],
    [
      'a missing file',
      ['overlap', 'missing.json', 'b.json'],
      /^bulkhead: missing\.json: no such file; check the path$/m,
    ],
    [
      'a directory',
      ['overlap', join(folder, 'folder'), 'b.json'],
      /folder: a directory, expected a file; name the file$/m,
    ],
    [
      'a missing batch',
      ['simulate', '--batch', 'missing.jsonl'],
      /^bulkhead: missing\.jsonl: no such file; check the path$/m,
    ],
    ['a directory as batch', ['simulate', '--batch', join(folder, 'folder')], /folder: a directory, expected a file/],
    [
      'empty standard input',
      ['simulate', '--batch', '-'],
      /^bulkhead: standard input: it is empty, expected one JSON object a line$/m,
    ],
    [
      'an empty batch',
      ['overlap', '--batch', file('empty.jsonl', '')],
      /empty\.jsonl: it is empty, expected one JSON object a line$/m,
    ],
  ])('%s', (_, args, message) => {
    expectUnusable(bulkhead(args), message);
  });
});

describe('help', () => {
  test('lists the commands; each has its own with an example', () => {
    const help = bulkhead(['--help']);
    expect(help.status).toBe(0);
    for (const command of ['overlap', 'subset', 'simulate']) {
      expect(help.stdout).toContain(command);
      const own = bulkhead([command, '--help']);
      expect(own.status).toBe(0);
      expect(own.stdout).toMatch(/Examples?:\n/);
    }
  });

  test('the version is the package’s', () => {
    expect(bulkhead(['--version'])).toMatchObject({ status: 0, stdout: `${version}\n` });
  });
});

describe('large batches', () => {
  const line = JSON.stringify({
    id: 1,
    principal: 'arn:aws:iam::111122223333:role/reader',
    identityPolicies: [good],
    request: { action: 's3:GetObject', resource: 'arn:aws:s3:::bucket/key', context: {} },
  });

  test('forty megabytes of lines, and a line of sixteen, in a heap of thirty-two', () => {
    const padded = line.replace('"id":1', `"id":1,"note":"${'x'.repeat(20_000)}"`);
    const input = `${`${padded}\n`.repeat(2000)}{"id":2,"note":"${'x'.repeat(16 * 1024 * 1024)}"}\n${line}`;
    const run = bulkhead(['simulate', '--batch', '-'], input, ['--max-old-space-size=32']);
    expect(run.status).toBe(2);
    expect(run.lines).toHaveLength(2002);
    expect(run.lines[2000]).toEqual({
      id: null,
      error: 'line larger than 4,194,304 characters, expected at most that',
    });
    expect(run.lines[2001]).toMatchObject({ id: 1, decision: 'allowed' });
  });

  test('a reader that has seen enough is no error', () => {
    const path = file('many.jsonl', `${line}\n`.repeat(5000));
    const { status, stdout, stderr } = spawnSync(
      'sh',
      ['-c', `"${process.execPath}" "${program()}" simulate --batch "${path}" | head -n 1`],
      { encoding: 'utf8' },
    );
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(JSON.parse(stdout)).toMatchObject({ id: 1, decision: 'allowed' });
  });
});
