/** `bulkhead check` as a user runs it: exit status, report on stdout or in a file, one line on stderr for what is unusable. */
import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bulkhead, file } from './command-line';

const role = (action: string, more: object = {}): object => ({
  Type: 'AWS::IAM::Role',
  Properties: {
    AssumeRolePolicyDocument: {
      Version: '2012-10-17',
      Statement: [
        {
          Effect: 'Allow',
          Principal: { AWS: `arn:aws:iam::111122223333:role/${action.replace(/\W/g, '')}` },
          Action: 'sts:AssumeRole',
        },
      ],
    },
    Policies: [
      {
        PolicyName: 'p',
        PolicyDocument: { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: action, Resource: '*' }] },
      },
    ],
  },
  ...more,
});

const separate = {
  Resources: { Deploy: role('cloudformation:CreateChangeSet'), Approve: role('cloudformation:ExecuteChangeSet') },
};
const overlapping = {
  Resources: { Deploy: role('cloudformation:*'), Approve: role('cloudformation:ExecuteChangeSet') },
};
const configuration = (name: string) =>
  file(`${name}.config.json`, {
    domains: { orders: { exposure: 'internal', owner: 'team', resources: [`${name}/*`] } },
    duties: { deploy: [`${name}/Deploy`], approve: [`${name}/Approve`] },
  });

describe('the verdict is the exit status', () => {
  test('proved: 0', () => {
    const run = bulkhead(['check', file('separate.json', separate), '--config', configuration('separate')]);
    expect(run).toMatchObject({ status: 0, stderr: '' });
    expect(run.stdout).toContain('Bulkhead: proved');
  });

  test('violated: 1, with the request that both may make and the file', () => {
    const path = file('overlapping.json', overlapping);
    const run = bulkhead(['check', path, '--config', configuration('overlapping')]);
    expect(run).toMatchObject({ status: 1, stderr: '' });
    expect(run.stdout).toMatch(/SOD-1/);
    expect(run.stdout).toContain('cloudformation:ExecuteChangeSet');
    expect(run.stdout).toContain('overlapping/Deploy');
  });

  test('undecided: 1', () => {
    const run = bulkhead(['check', file('macro.json', { Transform: 'Mine', Resources: {} })]);
    expect(run.status).toBe(1);
    expect(run.stdout).toContain('undecided');
  });
});

describe('what is checked', () => {
  const verdict = (args: readonly string[]): unknown => {
    const run = bulkhead(['check', ...args, '--format', 'json']);
    return (JSON.parse(run.stdout) as { verdict: unknown }).verdict;
  };

  test('YAML with short forms', () => {
    const yaml = `
AWSTemplateFormatVersion: "2010-09-09"
Resources:
  Deploy:
    Type: AWS::IAM::Role
    Properties: {RoleName: !Sub "\${AWS::Region}-deploy", AssumeRolePolicyDocument: {Version: 2012-10-17, Statement: []}}
`;
    expect(verdict([file('app.yaml', yaml)])).toBe('proved');
  });

  test('a folder, whose templates are one app', () => {
    const folder = mkdtempSync(join(tmpdir(), 'bulkhead-check-'));
    writeFileSync(
      join(folder, 'roles.json'),
      JSON.stringify({
        Resources: { Deploy: role('s3:ListBucket'), Approve: role('cloudformation:ExecuteChangeSet') },
      }),
    );
    mkdirSync(join(folder, 'more'));
    const policy = {
      Version: '2012-10-17',
      Statement: [{ Effect: 'Allow', Action: 'cloudformation:*', Resource: '*' }],
    };
    const attach = (roles: unknown) =>
      JSON.stringify({
        Resources: {
          P: { Type: 'AWS::IAM::Policy', Properties: { PolicyName: 'p', Roles: roles, PolicyDocument: policy } },
        },
      });
    writeFileSync(join(folder, 'more', 'policy.json'), attach(['elsewhere']));
    const config = configuration('roles');
    expect(verdict([folder, '--config', config])).not.toBe('violated');
    writeFileSync(
      join(folder, 'roles.json'),
      JSON.stringify({
        Resources: {
          Deploy: {
            ...role('s3:ListBucket'),
            Properties: { ...(role('s3:ListBucket') as { Properties: object }).Properties, RoleName: 'elsewhere' },
          },
          Approve: role('cloudformation:ExecuteChangeSet'),
        },
      }),
    );
    expect(verdict([folder, '--config', config])).toBe('violated');
  });

  test('a cdk.out', () => {
    const out = mkdtempSync(join(tmpdir(), 'bulkhead-out-'));
    const artifact = {
      type: 'aws:cloudformation:stack',
      environment: 'aws://111122223333/eu-west-1',
      properties: { templateFile: 'S.template.json' },
      displayName: 'S',
    };
    writeFileSync(join(out, 'manifest.json'), JSON.stringify({ version: '55.0.0', artifacts: { S: artifact } }));
    writeFileSync(join(out, 'S.template.json'), JSON.stringify(overlapping));
    expect(verdict([out, '--config', configuration('S')])).toBe('violated');
    writeFileSync(join(out, 'S.template.json'), JSON.stringify(separate));
    expect(verdict([out, '--config', configuration('S')])).toBe('proved');
  });

  test('several paths are one app', () => {
    const [a, b] = [
      file('one.json', { Resources: { Deploy: role('cloudformation:*') } }),
      file('two.json', { Resources: { Approve: role('cloudformation:*') } }),
    ];
    const config = file('both.config.json', {
      duties: { deploy: ['one/Deploy'], approve: ['two/Approve'] },
      domains: { orders: { resources: ['one/*', 'two/*'] } },
    });
    expect(verdict([a, b, '--config', config])).toBe('violated');
  });
});

test('--output writes the report and nothing else', () => {
  const out = join(mkdtempSync(join(tmpdir(), 'bulkhead-report-')), 'report.json');
  const run = bulkhead(['check', file('separate.json', separate), '--format', 'json', '--output', out]);
  expect(run).toMatchObject({ status: 0, stdout: '', stderr: '' });
  expect(JSON.parse(readFileSync(out, 'utf8'))).toMatchObject({ schemaVersion: 1, verdict: 'proved' });
});

describe('unusable: status 2, one line', () => {
  test.each<[string, readonly string[], RegExp]>([
    ['no path', [], /missing required argument 'path'/],
    [
      'no such file',
      ['/nowhere/at-all.json'],
      /^bulkhead: cannot read `\/nowhere\/at-all\.json`: no such file or folder$/,
    ],
    [
      'a truncated template',
      [file('cut.json', '{"Resources": {')],
      /cut\.json`: line 1, column 16: expected `,` or `}`, found the end of the text$/,
    ],
    [
      'an unknown format',
      [file('separate.json', separate), '--format', 'pdf'],
      /--format <format>.*'pdf' is invalid.*text, json/,
    ],
    [
      'no such configuration',
      [file('separate.json', separate), '--config', '/nowhere.json'],
      /cannot read the configuration `\/nowhere\.json` \(ENOENT\)/,
    ],
    [
      'a configuration that is not JSON',
      [file('separate.json', separate), '--config', file('bad.config.json', '{')],
      /bad\.config\.json` is not JSON/,
    ],
    [
      'a misspelt key',
      [file('separate.json', separate), '--config', file('typo.config.json', { dutys: {} })],
      /typo\.config\.json: got the unknown key `dutys`.*did you mean `duties`\?/,
    ],
    [
      'a glob that matches nothing',
      [file('separate.json', separate), '--config', file('glob.config.json', { duties: { read: ['Nobody/*'] } })],
      /`duties\.read\[0\]`: got `Nobody\/\*`, which matches nothing/,
    ],
    [
      'an output that cannot be written',
      [file('separate.json', separate), '--output', '/nowhere/at/all'],
      /cannot write `\/nowhere\/at\/all`/,
    ],
  ])('%s', (_, args, message) => {
    const run = bulkhead(['check', ...args]);
    expect(run.stderr.trimEnd()).toMatch(message);
    expect(run.stderr.trimEnd()).not.toContain('\n');
    expect(run.stderr).toMatch(/^bulkhead: /);
    expect(run).toMatchObject({ status: 2, stdout: '' });
  });
});
