import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { App, Stack } from 'aws-cdk-lib';
import { RestApi } from 'aws-cdk-lib/aws-apigateway';
import { SecurityException, type SecurityExceptionProps, type TrustDomain } from '../../lib';
import { BACKEND, ENV, inStack } from './a-domain';

/** An API beside the domain's, which nobody has classified. */
function unclassified(): { app: App; domain: TrustDomain } {
  const app = new App();
  const stack = new Stack(app, 'Orders', { env: ENV });
  const domain = inStack(stack, 'orders');
  domain.addRoute('GET', '/orders', BACKEND);
  new RestApi(stack, 'Legacy', { cloudWatchRole: false }).root.addMethod('GET', BACKEND);
  return { app, domain };
}

const excuse = (scope: TrustDomain, props: Partial<SecurityExceptionProps> = {}) =>
  new SecurityException(scope, 'Accepted', {
    finding: 'DOM-3',
    constructPaths: ['Orders/Legacy'],
    reason: 'the legacy API is switched off in March',
    approver: 'security-team',
    expires: '2099-12-31',
    ...props,
  });

test('an accepted finding passes, and is in the report with who accepted it', () => {
  expect(() => unclassified().app.synth()).toThrow(/DOM-3 violated \(1 of 1\)/);
  const { app, domain } = unclassified();
  excuse(domain);
  const { directory } = app.synth();
  const report = JSON.parse(readFileSync(join(directory, 'bulkhead-report.json'), 'utf8')) as {
    verdict: string;
    findings: { exception?: unknown }[];
  };
  expect(report.verdict).toBe('proved');
  expect(report.findings).toHaveLength(1);
  expect(report.findings[0]!.exception).toEqual({
    reason: 'the legacy API is switched off in March',
    approver: 'security-team',
    expires: '2099-12-31',
  });
});

test('an exception for less than the finding, or after its last day, excuses nothing', () => {
  const less = unclassified();
  excuse(less.domain, { constructPaths: ['Orders/Legacy', 'Orders/orders'] });
  expect(() => less.app.synth()).toThrow(/EXC-1 violated[\s\S]*matches no finding/);
  const late = unclassified();
  excuse(late.domain, { expires: '2020-01-31' });
  expect(() => late.app.synth()).toThrow(/EXC-1 violated[\s\S]*expired on 2020-01-31/);
});

test.each<[string, Partial<SecurityExceptionProps>, RegExp]>([
  ['no check', { finding: 'all' }, /`all` is no check; give the id that the finding begins with/],
  ['no construct', { constructPaths: [] }, /it names no construct/],
  ['no reason', { constructPaths: ['x'], reason: 'later' }, /`reason` is `later`/],
  ['no approver', { constructPaths: ['x'], approver: '' }, /`approver` is empty/],
  ['no day', { constructPaths: ['x'], expires: '31.12.2099' }, /`expires` is `31.12.2099`/],
])('refuses %s', (_, props, message) => {
  expect(() => excuse(unclassified().domain, props)).toThrow(message);
});
