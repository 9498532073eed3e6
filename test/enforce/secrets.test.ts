/** Credentials in what an app deploys: in its template, in the code that it uploads. The gate names the place and not the credential. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { App, SecretValue, Stack } from 'aws-cdk-lib';
import { Code, Function as LambdaFunction, Runtime } from 'aws-cdk-lib/aws-lambda';
import { Asset } from 'aws-cdk-lib/aws-s3-assets';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { readApp } from '../../bin/command/app-input';
import { Bulkhead } from '../../lib';
import { readCloudAssembly } from '../../lib/model/cloud-assembly';
import { analyse } from '../../lib/report/analyse';

process.env.CDK_VALIDATION = 'false';

/** Put together here, so that no scanner of this repository finds it. */
const TOKEN = ['ghp', '16C7e42F292c6912E7710c838347Ae178B4a'].join('_');

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'bulkhead-secrets-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function code(text: string): string {
  const path = join(folder, 'code');
  mkdirSync(path, { recursive: true });
  writeFileSync(join(path, 'index.js'), text);
  return path;
}

function app(environment: Record<string, string>, source: string): App {
  const built = new App();
  const stack = new Stack(built, 'Orders', { env: { account: '111122223333', region: 'eu-central-1' } });
  new LambdaFunction(stack, 'Fn', {
    runtime: Runtime.NODEJS_22_X,
    handler: 'index.handler',
    code: Code.fromAsset(code(source)),
    environment,
  });
  Bulkhead.enforce(built);
  return built;
}

function messageOf(built: App): string {
  try {
    built.synth();
    return '';
  } catch (error) {
    return (error as Error).message;
  }
}

test('an environment and uploaded code without credentials pass, with them they do not, and none is shown', () => {
  const clean = 'exports.handler = async () => process.env.TOKEN_ARN;';
  const arn = 'arn:aws:secretsmanager:eu-central-1:111122223333:secret:orders-AbCdEf';
  expect(messageOf(app({ TOKEN_ARN: arn }, clean))).toBe('');

  const message = messageOf(app({ GITHUB: TOKEN }, `const a = 1;\nexports.handler = () => call('${TOKEN}');`));
  expect(message).toContain(
    'DOM-11 violated (1 of 2): `Orders/Fn/Resource` holds a token of GitHub at `Environment.Variables.GITHUB`',
  );
  expect(message).toMatch(/DOM-11 violated \(2 of 2\): `[^`]+` holds a token of GitHub at `index\.js:2`/);
  expect(message).not.toContain(TOKEN);
}, 60_000);

test('a plain text that is made a secret is found; one that AWS draws is none', () => {
  const of = (make: (stack: Stack) => unknown): string => {
    const built = new App();
    make(new Stack(built, 'Orders'));
    Bulkhead.enforce(built);
    return messageOf(built);
  };
  expect(of((stack) => new Secret(stack, 'Drawn'))).toBe('');
  expect(
    of((stack) => new Secret(stack, 'Plain', { secretStringValue: SecretValue.unsafePlainText('hunter2') })),
  ).toContain('holds a credential written out as `SecretString` at `SecretString`');
}, 60_000);

test('what is uploaded is known from the manifest, templates left out; what was not read is an assumption', () => {
  const built = new App();
  const stack = new Stack(built, 'Orders');
  new Asset(stack, 'Code', { path: code(`call('${TOKEN}')`) });
  const archive = join(folder, 'code.zip');
  writeFileSync(archive, 'PK');
  new Asset(stack, 'Archive', { path: archive });
  const { directory } = built.synth();
  const contents = readCloudAssembly(directory);
  expect(contents.assets).toHaveLength(2);
  // The command line names folders as its user does.
  expect(readCloudAssembly(relative(process.cwd(), directory)).assets).toEqual(contents.assets);
  const report = analyse(contents, { source: 'none' });
  expect(report.findings.map(({ id, message }) => [id, message])).toEqual([
    ['DOM-11', expect.stringMatching(/holds a token of GitHub at `index\.js:1`$/)],
  ]);
  expect(report.model.assumptions.filter(({ id }) => id === 'unsearched-assets')).toEqual([
    { id: 'unsearched-assets', text: expect.stringMatching(/not searched of the asset `[^`]+`: 1 archive$/) },
  ]);
}, 60_000);

test('the assets of each of several assemblies are searched', () => {
  const built = (what: string) => {
    const app = new App();
    new Asset(new Stack(app, 'Orders'), 'Code', { path: code(what) });
    return app.synth().directory;
  };
  const { input } = readApp([built(`call('${TOKEN}')`), built('call()'), built(`answer('${TOKEN}')`)]);
  const found = analyse(input, { source: 'none' }).findings.filter(({ id }) => id === 'DOM-11');
  expect(found).toHaveLength(2);
}, 60_000);
