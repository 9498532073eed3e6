/** What every example that synthesizes is held to beside the gate: its shape, and the judges of others. */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { App } from 'aws-cdk-lib';
import { AwsSolutionsChecks, NIST80053R5Checks, PCIDSS321Checks } from 'cdk-nag';
import { inventory } from './an-example';

/**
 * Tests of the app, where it is called.
 * @param answer acknowledges what cdk-nag finds; absent where the app does so itself.
 */
export function asEveryExample(app: App, answer: (() => void) | undefined): void {
  test('has the shape that it had', () => {
    expect(inventory(app)).toMatchSnapshot();
  });

  test('has no finding of cloudformation-validate, its default rules enforced', () => {
    const report = JSON.parse(readFileSync(join(app.synth().directory, 'validation-report.json'), 'utf8'));
    expect(report).toMatchObject({ title: 'Validation Report', pluginReports: [] });
  });

  test('is clean under AwsSolutions, NIST 800-53 R5 and PCI DSS 3.2.1, with the answers of the reference app', () => {
    const findings = () =>
      [new AwsSolutionsChecks(app), new NIST80053R5Checks(app), new PCIDSS321Checks(app)].flatMap((pack) =>
        pack.validateScope(app).violations.map((v) => v.ruleName),
      );
    if (answer !== undefined) {
      expect(findings()).toContain('AwsSolutions-IAM5[Resource::*]');
      answer();
    }
    expect(findings()).toEqual([]);
  });

  (process.env.CFN_LINT ? test : test.skip)('has no finding of cfn-lint', () => {
    const templates = app.synth().stacks.map((stack) => stack.templateFullPath);
    expect(execFileSync(process.env.CFN_LINT as string, templates, { encoding: 'utf8' })).toBe('');
  });
}
