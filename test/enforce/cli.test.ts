/**
 * The gate against the real CDK CLI: what is exit status, what is on the screen, what is left on disk.
 * Each way past a validation is tried with a violating app, and each has a twin that passes.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const ROOT = join(__dirname, '..', '..');
const CDK = join(ROOT, 'node_modules', '.bin', 'cdk');
const TSX = join(ROOT, 'node_modules', 'tsx', 'dist', 'loader.mjs');
const APP = `node --import ${TSX} ${join(__dirname, 'apps', 'app.ts')}`;

jest.setTimeout(120_000);

interface Run {
  readonly status: number | null;
  readonly output: string;
  readonly directory: string;
}

const directories: string[] = [];

function newDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), 'bulkhead-gate-'));
  directories.push(directory);
  return directory;
}

afterAll(() => {
  for (const directory of directories) rmSync(directory, { recursive: true, force: true });
});

interface Options {
  /** CDK's built-in validation: most of a run's time, and part of the runs that could let something pass. @default true */
  readonly builtIn?: boolean;
  readonly flags?: readonly string[];
  readonly register?: 'enforce' | 'aspect';
  readonly directory?: string;
}

function synth(
  scenario: string,
  violating: boolean,
  { flags = [], register = 'enforce', directory = newDirectory(), builtIn = true }: Options = {},
): Run {
  const args = ['synth', '--quiet', '--no-notices', '--no-version-reporting', '--app', APP, ...flags];
  const { CDK_VALIDATION: _, NODE_ENV: __, JEST_WORKER_ID: ___, ...inherited } = process.env;
  const fixture = { SCENARIO: scenario, VIOLATING: violating ? 'yes' : 'no', REGISTER: register };
  const env = { ...inherited, ...fixture, ...(builtIn ? {} : { CDK_VALIDATION: 'false' }) };
  const { status, stdout, stderr } = spawnSync(CDK, args, { cwd: directory, env, encoding: 'utf8' });
  return { status, output: stdout + stderr, directory };
}

function expectRefused({ status, output, directory }: Run): void {
  expect(output).toMatch(/SOD-1 violated \(1 of 1\)[\s\S]*cloudformation:ExecuteChangeSet[\s\S]*Bulkhead: violated/);
  expect(status).toBe(1);
  // Those of Stages too.
  const files = readdirSync(join(directory, 'cdk.out'), { recursive: true, encoding: 'utf8' });
  expect(files.filter((file) => /(^|\/)manifest\.json$/.test(file))).toEqual([]);
  expect(JSON.parse(readFileSync(join(directory, 'cdk.out', 'bulkhead-report.json'), 'utf8'))).toMatchObject({
    verdict: 'violated',
  });
}

function expectPassed({ status, output, directory }: Run): void {
  expect(output).toContain('Bulkhead: proved separate');
  expect(status).toBe(0);
  expect(existsSync(join(directory, 'cdk.out', 'manifest.json'))).toBe(true);
  expect(JSON.parse(readFileSync(join(directory, 'cdk.out', 'bulkhead-report.json'), 'utf8'))).toMatchObject({
    verdict: 'proved',
  });
}

describe('cdk synth', () => {
  test.each([
    ['a stack of the app', {}],
    ['a stack of the app', { register: 'aspect' }],
    ['a stack in a nested Stage', {}],
    ['a stack in a nested Stage', { register: 'aspect' }],
    ["a pipeline's stage", {}],
  ] as const)('%s %j', (scenario, options) => {
    expectRefused(synth(scenario, true, options));
    expectPassed(synth(scenario, false, options));
  });

  const FLAGS = ['--ignore-errors', '--strict', '--no-validation'];

  test.each(FLAGS)('with %s, the stack in a nested Stage', (flag) => {
    expectRefused(synth('a stack in a nested Stage', true, { flags: [flag] }));
  });

  test('with all of these flags, a clean app passes', () => {
    expectPassed(synth('a stack in a nested Stage', false, { flags: FLAGS }));
  });
});

describe('a process of the CDK CLI', () => {
  const builtIn = false;

  test('an error that the app swallows still ends the run with status 1', () => {
    expectRefused(synth('an error that the app swallows', true, { builtIn }));
    expectPassed(synth('an error that the app swallows', false, { builtIn }));
  });

  test('a second App in the process', () => {
    const run = synth('a second App in the process', true, { builtIn });
    expect(run.output).toMatch(/SOD-1 violated/);
    expect(run.status).toBe(1);
    expectPassed(synth('a second App in the process', false, { builtIn }));
  });

  test('templates rewritten after synthesis', () => {
    const { status, output, directory } = synth('templates rewritten after synthesis', true, { builtIn });
    expect(output).toContain('was changed after it had been proved');
    expect(status).toBe(1);
    expect(existsSync(join(directory, 'cdk.out', 'manifest.json'))).toBe(false);
    expectPassed(synth('templates rewritten after synthesis', false, { builtIn }));
  });

  test('an assembly left over from a clean run cannot be deployed after a refused one', () => {
    const { directory } = synth('a stack of the app', false, { builtIn });
    expect(existsSync(join(directory, 'cdk.out', 'manifest.json'))).toBe(true);
    expectRefused(synth('a stack of the app', true, { directory, builtIn }));
  });

  test('an exception inside Bulkhead fails closed, names itself and keeps the stack', () => {
    const { status, output, directory } = synth('an exception inside Bulkhead', true, { builtIn });
    expect(status).toBe(1);
    expect(output).toMatch(
      /bulkhead itself failed while it judged this app, so synthesis fails and nothing is proved: EISDIR/,
    );
    expect(output).toMatch(/at inspect .*gate\.ts:\d+/);
    expect(existsSync(join(directory, 'cdk.out', 'manifest.json'))).toBe(false);
    expectPassed(synth('an exception inside Bulkhead', false, { builtIn }));
  });

  test('a wrong configuration is one clear error without a stack', () => {
    const { status, output } = synth('a configuration that names nothing', true, { builtIn });
    expect(status).toBe(1);
    expect(output).toContain('bulkhead cannot judge this app, so synthesis fails: the context key `bulkhead`');
    expect(output).toContain('`*Deploier*`');
    expect(output).not.toMatch(/^ +at /m);
  });
});
