/** The example that must fail: what a newcomer sees on the screen, to the letter, and the other ways to break it. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type App, Stack } from 'aws-cdk-lib';
import { RestApi } from 'aws-cdk-lib/aws-apigateway';
import { type CfnManagedPolicy, type CfnRole, ManagedPolicy } from 'aws-cdk-lib/aws-iam';
import { AwsSolutionsChecks, NIST80053R5Checks, PCIDSS321Checks } from 'cdk-nag';
import { acknowledge } from '../../bin/app';
import { Duty, type TrustDomain } from '../../lib';
import { asByTheCli, ROOT } from './an-example';

jest.setTimeout(60_000);

const README = readFileSync(join(ROOT, 'examples', 'overlap', 'README.md'), 'utf8');

interface Example {
  readonly app: App;
  readonly orders: TrustDomain;
}

function overlap(): Example {
  let example: Example | undefined;
  asByTheCli(() => {
    jest.isolateModules(() => {
      example = require('../../examples/overlap/app') as Example;
    });
  });
  return example!;
}

test('cdk synth shows what the README promises: both roles and their places, the request, the grants, the edit, and no stack', () => {
  const directory = mkdtempSync(join(tmpdir(), 'bulkhead-overlap-'));
  const bin = join(ROOT, 'node_modules', '.bin');
  const { CDK_OUTDIR: _, NODE_ENV: __, JEST_WORKER_ID: ___, ...inherited } = process.env;
  const { status, stderr } = spawnSync(
    join(bin, 'cdk'),
    ['synth', '--quiet', '--no-notices', '--app', 'tsx examples/overlap/app.ts', '--output', directory],
    { cwd: ROOT, env: { ...inherited, PATH: `${bin}:${process.env.PATH}` }, encoding: 'utf8' },
  );
  const [, promised] = /```text\n([\s\S]*?)```/.exec(README)!;
  expect(stderr.replace(/^report: .*bulkhead-report\.json$/m, 'report: cdk.out/bulkhead-report.json')).toBe(promised);
  expect(status).toBe(1);
  expect(JSON.parse(readFileSync(join(directory, 'bulkhead-report.json'), 'utf8'))).toMatchObject({
    verdict: 'violated',
  });
});

test('cdk-nag has nothing to say about the permission too many', () => {
  const { app } = overlap();
  acknowledge(app);
  const packs = [new AwsSolutionsChecks(app), new NIST80053R5Checks(app), new PCIDSS321Checks(app)];
  expect(packs.flatMap((pack) => pack.validateScope(app).violations.map((v) => v.ruleName))).toEqual([]);
});

describe('each of the other ways in the README is refused', () => {
  const WAYS: Readonly<Record<string, readonly [RegExp, (orders: TrustDomain, stack: Stack) => void]>> = {
    CloudWatchLogsReadOnlyAccess: [
      /SOD-4 violated[\s\S]*`logs:/,
      (orders) =>
        orders
          .dutyRole(Duty.READ)
          .addManagedPolicy(ManagedPolicy.fromAwsManagedPolicyName('CloudWatchLogsReadOnlyAccess')),
    ],
    addPropertyDeletionOverride: [
      /SOD-5 violated[\s\S]*has no permissions boundary/,
      (orders) =>
        (orders.dutyRole(Duty.DEPLOY).node.defaultChild as CfnRole).addPropertyDeletionOverride('PermissionsBoundary'),
    ],
    addPropertyOverride: [
      /SOD-5 violated[\s\S]*the boundaries of/,
      (orders) =>
        (orders.dutyRemit(Duty.DEPLOY).node.defaultChild as CfnManagedPolicy).addPropertyOverride('PolicyDocument', {
          Version: '2012-10-17',
          Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }],
        }),
    ],
    "addDeletionOverride('Metadata.bulkhead')": [
      /SOD-5 violated[\s\S]*no role of the trust domain `orders` carries the mark of the duty `deploy`/,
      (orders) => (orders.dutyRole(Duty.DEPLOY).node.defaultChild as CfnRole).addDeletionOverride('Metadata.bulkhead'),
    ],
    "new RestApi(stack, 'Shadow')": [
      /DOM-3 violated[\s\S]*Orders\/Shadow/,
      (_, stack) => new RestApi(stack, 'Shadow').root.addMethod('GET'),
    ],
  };

  test.each(Object.entries(WAYS))('%s', (name, [expected, breakIt]) => {
    expect(README).toContain(name);
    const { app, orders } = overlap();
    const stack = Stack.of(orders);
    breakIt(orders, stack);
    expect(() => app.synth()).toThrow(expected);
  });
});
