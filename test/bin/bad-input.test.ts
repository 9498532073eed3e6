/** What is no app, for every command that reads one: one line that names the file and what was expected, exit status 2. */
import { chmodSync, mkdirSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { bulkhead, file, folder } from './command-line';

const good = file('good-app.json', { Resources: { B: { Type: 'AWS::S3::Bucket' } } });

function path(name: string, make: (path: string) => void): string {
  const made = join(folder, name);
  make(made);
  return made;
}

const BAD: readonly (readonly [string, string, RegExp])[] = [
  ['not there', join(folder, 'nowhere.yaml'), /cannot read `.*nowhere\.yaml`: no such file or folder/],
  ['no template', file('list.json', [1]), /list\.json`: expected a CloudFormation template/],
  ['a resource without type', file('typeless.json', { Resources: { A: {} } }), /typeless\.json`: .*`A`/],
  ['truncated JSON', file('truncated.json', '{"Resources": {"A": {"Type": "AWS::S3'), /truncated\.json`: /],
  ['truncated YAML', file('truncated.yaml', 'Resources:\n  A: {Type: "AWS::S3'), /truncated\.yaml`: /],
  ['an empty file', file('empty.yaml', ' \n'), /empty\.yaml` is empty/],
  ['an empty folder', path('empty', mkdirSync), /no template in the folder/],
  [
    'binary',
    path('binary.json', (p) => writeFileSync(p, Buffer.from([123, 0, 1, 2]))),
    /binary\.json` is a binary file/,
  ],
  [
    '100 MB',
    path('large.json', (p) => {
      writeFileSync(p, '{');
      truncateSync(p, 100 * 1024 * 1024);
    }),
    /large\.json` has 104,857,600 bytes, expected at most/,
  ],
  // Root may read everything but a link to itself.
  [
    'unreadable',
    path('unreadable.json', (p) => {
      if (process.getuid?.() === 0) symlinkSync(p, p);
      else {
        writeFileSync(p, '{}');
        chmodSync(p, 0);
      }
    }),
    /cannot read `.*unreadable\.json`: (permission denied|its links form a loop)/,
  ],
  [
    'cyclic references',
    file('cycle.json', {
      Resources: {
        A: { Type: 'AWS::S3::Bucket', Properties: { BucketName: { Ref: 'B' } } },
        B: { Type: 'AWS::S3::Bucket', Properties: { BucketName: { Ref: 'A' } } },
      },
    }),
    /cycle\.json`: cyclic references `[AB]` → `[AB]`/,
  ],
  [
    'a manifest that is none',
    path('assembly', (p) => {
      mkdirSync(p);
      writeFileSync(join(p, 'manifest.json'), '{');
    }),
    /manifest\.json` of the cloud assembly is not JSON/,
  ],
];

const COMMANDS: readonly (readonly [string, (bad: string) => readonly string[]])[] = [
  ['check', (bad) => ['check', bad]],
  ['diff, before', (bad) => ['diff', bad, good]],
  ['diff, after', (bad) => ['diff', good, bad]],
  ['who-can', (bad) => ['who-can', 's3:GetObject', '*', bad]],
];

describe.each(COMMANDS)('%s', (_, argumentsOf) => {
  test('the good one is usable', () => {
    expect(bulkhead(argumentsOf(good))).toMatchObject({ status: 0, stderr: '' });
  });

  test.each(BAD)('%s', (__, bad, message) => {
    const { status, stdout, stderr } = bulkhead(argumentsOf(bad));
    expect(stderr).toMatch(message);
    expect([status, stdout, stderr.startsWith('bulkhead: '), stderr.trimEnd().split('\n').length]).toEqual([
      2,
      '',
      true,
      1,
    ]);
  });
});

test.each([
  [['check', good, '--formt', 'json'], /^bulkhead: unknown option '--formt' \(Did you mean --format\?\)\n$/],
  [['diff', good, good, '--format', 'sarif'], /^bulkhead: option '--format <format>' argument 'sarif' is invalid\./],
  [
    ['check', good, '--config', join(folder, 'none.json')],
    /^bulkhead: cannot read the configuration `.*none\.json` \(ENOENT\)\n$/,
  ],
  [['check', good, '--output', join(folder, 'no', 'where')], /^bulkhead: cannot write `.*where` \(ENOENT\)\n$/],
  [['who-can', 's3:GetObject', 'Nowhere/Bucket', good], /^bulkhead: the resource `Nowhere\/Bucket`: expected an ARN/],
])('%s', (args, message) => {
  expect(bulkhead(args)).toMatchObject({ status: 2, stdout: '', stderr: expect.stringMatching(message) as string });
});
