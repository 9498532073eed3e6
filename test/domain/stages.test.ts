/** A domain in two CDK Stages: what they share is found by the gate, across the Stages of one app and across assemblies. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App, Stack, Stage } from 'aws-cdk-lib';
import { AccountPrincipal, PolicyStatement, Role } from 'aws-cdk-lib/aws-iam';
import { readApp } from '../../bin/command/app-input';
import { Assumer, Attestation, type DutyAssumers, Lifecycle, SecurityException } from '../../lib';
import { readCloudAssembly } from '../../lib/model/cloud-assembly';
import { analyse } from '../../lib/report/analyse';
import { assumers, BACKEND, ENV, inStack, REGION } from './a-domain';
import { jwt } from './with-authorizer';

const ACCOUNTS = { Dev: '111111111111', Prod: '222222222222', Wave: '222222222222' };

function people(account: string): DutyAssumers {
  const mfa = Attestation.byProvider('IAM Identity Center: multi-factor authentication at every sign-in');
  const named = (duty: string) => [Assumer.role(`arn:aws:iam::${account}:role/orders-${duty}`, mfa)];
  const duties = Object.keys(assumers('orders')).map((duty) => [duty, named(duty)]);
  return Object.fromEntries(duties) as unknown as DutyAssumers;
}

function inStage(app: App, name: keyof typeof ACCOUNTS, issuer: string, lifecycle?: Lifecycle): void {
  const env = { ...ENV, account: ACCOUNTS[name] };
  const stack = new Stack(new Stage(app, name, { env }), 'Orders');
  const authentication = jwt({ issuer });
  const domain = inStack(stack, 'orders', {
    authentication,
    assumers: people(ACCOUNTS[name]),
    ...(lifecycle && { lifecycle }),
  });
  domain.addRoute('GET', '/orders', BACKEND, { scopes: ['orders.read'] });
}

function messageOf(app: App): string {
  try {
    app.synth();
    return '';
  } catch (error) {
    return (error as Error).message;
  }
}

test('one issuer for Dev and Prod fails synthesis, one for each passes', () => {
  const shared = new App();
  inStage(shared, 'Dev', 'https://login.example.com/');
  inStage(shared, 'Prod', 'https://login.example.com/');
  expect(messageOf(shared)).toContain(
    'DOM-10 violated (1 of 1): the issuer `https://login.example.com/` lets callers in `orders` in `Dev` (development) and `orders` in `Prod` (production)',
  );
  const own = new App();
  inStage(own, 'Dev', 'https://dev.example.com/');
  inStage(own, 'Prod', 'https://login.example.com/');
  expect(messageOf(own)).toBe('');
}, 60_000);

test('the author says which life a Stage is in, where its name does not', () => {
  const app = (lifecycle?: Lifecycle): App => {
    const both = new App();
    inStage(both, 'Dev', 'https://login.example.com/');
    inStage(both, 'Wave', 'https://login.example.com/', lifecycle);
    return both;
  };
  expect(messageOf(app())).toContain('DOM-10 undecided');
  expect(messageOf(app(Lifecycle.PRODUCTION))).toContain('DOM-10 violated');
  expect(messageOf(app(Lifecycle.DEVELOPMENT))).toBe('');
  expect(() => app('live' as Lifecycle)).toThrow('the lifecycle `live` is unknown');
}, 120_000);

describe('a role of development that may act in production', () => {
  /** Nobody says where it is deployed. */
  const shop = (reading: string) => {
    const app = new App();
    const [dev, prod] = ['Dev', 'Prod'].map((name) => {
      const stack = new Stack(new Stage(app, name), 'Orders');
      const domain = inStack(stack, 'orders', { authentication: jwt({ issuer: `https://${name}.example.com/` }) });
      domain.addRoute('GET', '/orders', BACKEND, { scopes: ['orders.read'] });
      const worker = new Role(stack, 'Worker', {
        assumedBy: new AccountPrincipal(ACCOUNTS.Dev),
        ...(name === 'Prod' && { roleName: 'released' }),
      });
      domain.own(worker);
      return { domain, worker };
    });
    dev!.worker.addToPrincipalPolicy(new PolicyStatement({ actions: ['sts:AssumeRole'], resources: [reading] }));
    return { app, dev: dev!, prod: prod! };
  };

  test('is found where no environment is given, and domains of one name there are no finding', () => {
    expect(messageOf(shop('arn:aws:iam::*:role/released').app)).toContain(
      'DOM-10 violated (1 of 1): `Dev/Orders/Worker` (of `orders`) can act as `Prod/Orders/Worker` (of `orders`), and what stands in `orders` in `Dev` (development) must not reach `orders` in `Prod` (production)',
    );
    expect(messageOf(shop('arn:aws:iam::*:role/other').app)).toBe('');
  }, 120_000);

  test('is accepted by an exception that names both', () => {
    const { app, prod } = shop('arn:aws:iam::*:role/released');
    new SecurityException(prod.domain, 'Trial', {
      finding: 'DOM-10',
      constructPaths: ['Dev/Orders/Worker', 'Prod/Orders/Worker'],
      reason: 'the trial of the new client ends in March',
      approver: 'security-team',
      expires: '2099-12-31',
    });
    expect(messageOf(app)).toBe('');
  }, 120_000);
});

test('an assembly tells the Stage of each stack', () => {
  const app = new App();
  inStage(app, 'Dev', 'https://dev.example.com/');
  new Stack(app, 'Alone', { env: { account: '111122223333', region: REGION } });
  const { templates } = readCloudAssembly(app.synth().directory);
  expect(templates.map(({ path, stage }) => [path, stage])).toEqual([
    ['Dev/Orders', 'Dev'],
    ['Alone', undefined],
  ]);
  expect(analyse({ templates }, { source: 'none' }).model.stages).toEqual([
    { domain: 'orders', place: 'Dev', stacks: [expect.any(String)], life: 'development' },
  ]);
}, 60_000);

test('several assemblies are several places', () => {
  const folder = mkdtempSync(join(tmpdir(), 'bulkhead-stages-'));
  const assembly = (name: string, issuer: string): string => {
    const app = new App({ outdir: join(folder, name) });
    const env = { ...ENV, account: name === 'dev' ? ACCOUNTS.Dev : ACCOUNTS.Prod };
    inStack(new Stack(app, 'Orders', { env }), 'orders', {
      authentication: jwt({ issuer }),
      assumers: people(env.account),
    }).addRoute('GET', '/orders', BACKEND, { scopes: ['orders.read'] });
    return app.synth().directory;
  };
  try {
    const judge = (...paths: string[]) =>
      analyse(readApp(paths).input, { source: 'none' }).findings.map(({ id }) => id);
    const dev = assembly('dev', 'https://login.example.com/');
    expect(judge(dev, assembly('prod', 'https://login.example.com/'))).toEqual(['DOM-10']);
    expect(judge(dev, assembly('production', 'https://own.example.com/'))).toEqual([]);
    expect(judge(dev)).toEqual([]);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}, 120_000);
