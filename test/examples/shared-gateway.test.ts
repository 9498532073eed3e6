/** The example of a gateway that domains share: proved, clean under every other judge, what it promises, and what its README says. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { App } from 'aws-cdk-lib';
import { Match } from 'aws-cdk-lib/assertions';
import { acknowledge } from '../../bin/app';
import type { ApiGatewayAccount, TrustZone } from '../../lib';
import { readCloudAssembly } from '../../lib/model/cloud-assembly';
import { analyse } from '../../lib/report/analyse';
import { toMarkdown } from '../../lib/report/report-markdown';
import { toText } from '../../lib/report/text';
import { asByTheCli, ROOT, reportOf, templateOf } from './an-example';
import { answerForAuthorizers, answerForZones } from './answers';
import { asEveryExample } from './as-every-example';

interface SharedExample {
  readonly app: App;
  readonly logging: ApiGatewayAccount;
  readonly suppliers: TrustZone;
  readonly shop: TrustZone;
}

/** Anew, with modules of its own. */
const load = () =>
  asByTheCli(() => {
    let example: SharedExample | undefined;
    jest.isolateModules(() => {
      example = require('../../examples/shared-gateway/app') as SharedExample;
    });
    return example!;
  });
const { app, logging } = asByTheCli(() => require('../../examples/shared-gateway/app') as SharedExample);

jest.setTimeout(300_000);

const readme = readFileSync(join(ROOT, 'examples', 'shared-gateway', 'README.md'), 'utf8');
const blocks = [...readme.matchAll(/```text\n([\s\S]*?)```/g)].map(([, block]) => block!.trimEnd());

test('is proved separate, zone by zone', () => {
  const report = reportOf(app) as unknown as {
    readonly inventory: readonly { readonly domain: string; readonly zone?: string; readonly owner: string }[];
  };
  expect(report).toMatchObject({ verdict: 'proved', findings: [] });
  expect(report.inventory.map(({ domain, zone, owner }) => [domain, zone, owner])).toEqual([
    ['edge', undefined, 'platform-team'],
    ['claims', '/claims', 'claims-team'],
    ['shop', '/shop', 'shop-team'],
    ['suppliers', '/suppliers', 'purchasing-team'],
  ]);
});

asEveryExample(app, () => {
  acknowledge(app, logging);
  answerForAuthorizers(app);
  answerForZones(app);
});

test('no zone needs another', () => {
  const needs = new Map(
    app.synth().stacks.map((stack) => [
      stack.stackName,
      stack.dependencies
        .map(({ id }) => id)
        .filter((id) => !id.endsWith('.assets'))
        .sort(),
    ]),
  );
  expect(Object.fromEntries(needs)).toEqual({
    Account: [],
    Claims: [],
    Edge: ['Account', 'Claims', 'Shop'],
    Shop: [],
    Suppliers: ['Edge'],
  });
});

test('each zone has rules, throttles and a place in the policy of its own', () => {
  const template = templateOf(app, 'Edge');
  template.resourceCountIs('AWS::WAFv2::RuleGroup', 3);
  template.hasResourceProperties('AWS::ApiGateway::Stage', {
    MethodSettings: Match.arrayWith([
      Match.objectLike({ ResourcePath: '/~1shop~1orders', HttpMethod: 'GET', ThrottlingRateLimit: 50 }),
    ]),
  });
  template.hasResourceProperties('AWS::ApiGateway::RestApi', {
    Policy: {
      Statement: Match.arrayWith([
        Match.objectLike({
          Sid: 'SuppliersReaders',
          Condition: {
            ArnEquals: { 'aws:PrincipalArn': Match.arrayWith(['arn:aws:iam::111122223333:role/reporting']) },
          },
        }),
      ]),
    },
  });
});

describe('README', () => {
  const analysed = (of: App) => analyse(readCloudAssembly(of.synth().directory), { source: 'cdk.json' });

  test('shows what is printed, and what cannot be separated', () => {
    const printed = toText(analysed(load().app)).split('\n');
    for (const line of [blocks[0]!, blocks[1]!].join('\n').split('\n')) expect(printed).toContain(line);
    expect(blocks[1]).toContain('shared-gateway: ');
    expect(toMarkdown(analysed(load().app))).toContain('share the gateway');
  });

  test('shows the refusal, to the letter', () => {
    const { app: broken, shop } = load();
    shop.ruleGroup.addPropertyDeletionOverride('Rules.1.Statement.RateBasedStatement.ScopeDownStatement');
    let message = '';
    try {
      broken.synth();
    } catch (error) {
      message = (error as Error).message;
    }
    expect(message).toContain('DOM-8');
    // Where the code stands, other tests say of other examples.
    const lines = message.split('\n').map((line) => line.replace(/ {2}\(created at .*\)$/, '').trim());
    const wanted = blocks[2]!.split('\n').filter((line) => line !== '');
    expect(wanted.length).toBeGreaterThan(5);
    for (const line of wanted) expect(lines).toContain(line.trim());
  });
});
