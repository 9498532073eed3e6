/** An app without our constructs: proved as it is, refused with one permission too many, and clean under every other judge. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App } from 'aws-cdk-lib';
import { PolicyStatement, type Role } from 'aws-cdk-lib/aws-iam';
import { AwsSolutionsChecks, NIST80053R5Checks, PCIDSS321Checks } from 'cdk-nag';
import { existingApp } from '../../examples/existing-app/app';
import { inventory, ROOT, reportOf } from './an-example';

const CONTEXT: Readonly<Record<string, unknown>> = JSON.parse(
  readFileSync(join(ROOT, 'examples', 'existing-app', 'cdk.json'), 'utf8'),
).context;

function newApp(context = CONTEXT): App {
  const defaults = { '@aws-cdk/core:validateAgainstDefaultRules': true };
  return new App({ context: { ...defaults, ...context }, outdir: mkdtempSync(join(tmpdir(), 'bulkhead-example-')) });
}

describe('existing-app', () => {
  const app = newApp();
  const stack = existingApp(app);

  test('is proved separate, with the duties and the domain of its configuration', () => {
    expect(reportOf(app)).toMatchObject({
      verdict: 'proved',
      findings: [],
      inventory: [{ domain: 'shop', exposure: 'public', owner: 'shop-team' }],
    });
    const { principals } = reportOf(app) as unknown as { principals: { path: string; duty: string | null }[] };
    const duties = principals.filter(({ duty }) => duty !== null).map(({ path, duty }) => `${path}: ${duty}`);
    expect(duties.sort()).toEqual([
      'Shop/Pipeline/Resource: deploy',
      'Shop/Release/Resource: approve',
      'Shop/Support/Resource: read',
    ]);
  });

  test('has the shape that it had', () => {
    expect(inventory(app)).toMatchSnapshot();
  });

  test('has no finding of cloudformation-validate, its default rules enforced', () => {
    const report = JSON.parse(readFileSync(join(app.synth().directory, 'validation-report.json'), 'utf8'));
    expect(report).toMatchObject({ title: 'Validation Report', pluginReports: [] });
  });

  test('is clean under AwsSolutions, NIST 800-53 R5 and PCI DSS 3.2.1, without an answer', () => {
    const packs = [new AwsSolutionsChecks(app), new NIST80053R5Checks(app), new PCIDSS321Checks(app)];
    expect(packs.flatMap((pack) => pack.validateScope(app).violations.map((v) => v.ruleName))).toEqual([]);
    expect(stack.node.findAll().length).toBeGreaterThan(10);
  });

  (process.env.CFN_LINT ? test : test.skip)('has no finding of cfn-lint', () => {
    const templates = app.synth().stacks.map((artifact) => artifact.templateFullPath);
    expect(execFileSync(process.env.CFN_LINT as string, templates, { encoding: 'utf8' })).toBe('');
  });

  test('is refused when the pipeline may run what it prepared', () => {
    const broken = newApp();
    const role = existingApp(broken).node.findChild('Pipeline') as Role;
    role.addToPolicy(new PolicyStatement({ actions: ['cloudformation:*'], resources: ['*'] }));
    expect(() => broken.synth()).toThrow(
      /SOD-1 violated[\s\S]*`Shop\/Pipeline` \(deploy of `shop`\) and `Shop\/Release` \(approve of `shop`\)/,
    );
  });

  test('is refused when a role of the configuration is gone, because its name was to protect something', () => {
    const { bulkhead } = CONTEXT as { bulkhead: { duties: object } };
    const broken = newApp({ bulkhead: { ...bulkhead, duties: { ...bulkhead.duties, monitor: ['Shop/Watch'] } } });
    existingApp(broken);
    expect(() => broken.synth()).toThrow(
      /cannot judge this app[\s\S]*`duties.monitor\[0\]`: got `Shop\/Watch`, which matches nothing/,
    );
  });

  test('is refused when an API stands outside of every domain', () => {
    const { bulkhead } = CONTEXT as { bulkhead: object };
    const broken = newApp({ bulkhead: { ...bulkhead, domains: {} } });
    existingApp(broken);
    expect(() => broken.synth()).toThrow(/DOM-3 violated[\s\S]*`Shop\/Api\/Resource`/);
  });
});
