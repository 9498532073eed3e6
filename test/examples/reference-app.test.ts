/** The reference app: what wrong configuration answers, and that the gate stands before it. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { App, Stack } from 'aws-cdk-lib';
import { type CfnManagedPolicy, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { referenceApp } from '../../bin/app';
import { Duty, TrustDomain } from '../../lib';
import { CONTEXT, ROOT } from './an-example';

interface AppContext {
  readonly domains: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  readonly [key: string]: unknown;
}

const GOOD = CONTEXT['bulkhead-app'] as AppContext;
const appWith = (configuration: unknown): App => referenceApp(new App({ context: { 'bulkhead-app': configuration } }));
const partnerWith = (change: Readonly<Record<string, unknown>>): AppContext => ({
  ...GOOD,
  domains: { ...GOOD.domains, partner: { ...GOOD.domains.partner, ...change } },
});

describe('wrong configuration has one clear error', () => {
  test.each<[string, unknown, RegExp]>([
    ['none', undefined, /^context `bulkhead-app` of cdk\.json: `undefined` found, an object expected$/],
    ['a list', [], /`\[\]` found, an object expected$/],
    ['an unknown key', { ...GOOD, acount: '1' }, /unknown key `acount`; expected `account`, `region`/],
    ['no domain', { ...GOOD, domains: {} }, /`domains`: expected at least one trust domain$/],
    ['an unknown key of a domain', partnerWith({ exposed: true }), /domain `partner`: unknown key `exposed`/],
    [
      'unknown exposure',
      partnerWith({ exposure: 'open' }),
      /domain `partner`, `exposure`: `"open"` found, one of `internal`, `partner`, `public` expected$/,
    ],
    [
      'unknown authentication',
      partnerWith({ authentication: 'none' }),
      /`authentication`: `"none"` found, one of `iam`, `cognito` expected$/,
    ],
    ['no owner', partnerWith({ owner: '' }), /`owner`: `""` found, a text expected$/],
    [
      'endpoints that are no list',
      partnerWith({ vpcEndpoints: 'vpce-1' }),
      /`vpcEndpoints`: `"vpce-1"` found, a list of texts expected$/,
    ],
    ['a rate limit that is text', partnerWith({ rateLimit: '100' }), /`rateLimit`: `"100"` found, a number expected$/],
    [
      'one assumer for all',
      { ...GOOD, assumers: 'arn:aws:iam::111122223333:role/admin' },
      /an ARN with `\{domain\}` and `\{duty\}` in it/,
    ],
    [
      'a rate limit that WAF refuses',
      partnerWith({ rateLimit: 1 }),
      /^trust domain `partner`: the rate limit `1` is outside what AWS WAF takes/,
    ],
    [
      'an assumer with a wildcard',
      { ...GOOD, assumers: 'arn:aws:iam::*:role/{domain}-{duty}' },
      /^assumer `arn:aws:iam::\*:role\/internal-provision`: wildcards/,
    ],
    [
      'an endpoint of an API that is not internal',
      partnerWith({ vpcEndpoints: ['vpce-1'] }),
      /`vpcEndpoints` are for `internal` APIs/,
    ],
  ])('%s', (_, configuration, message) => {
    expect(() => appWith(configuration)).toThrow(message);
  });

  test('and right configuration has none', () => {
    expect(() => appWith(GOOD)).not.toThrow();
    expect(() => appWith(partnerWith({ rateLimit: 10 }))).not.toThrow();
  });

  test('on one line, without a stack, with exit status 1', () => {
    const run = spawnSync(process.execPath, [join(ROOT, 'node_modules', 'tsx', 'dist', 'cli.mjs'), 'bin/app.ts'], {
      cwd: ROOT,
      encoding: 'utf8',
      timeout: 60_000,
      env: { ...process.env, CDK_CONTEXT_JSON: JSON.stringify({ 'bulkhead-app': partnerWith({ exposure: 'open' }) }) },
    });
    expect(run.stderr.trim().split('\n')).toEqual([
      expect.stringMatching(/^error: context `bulkhead-app` of cdk\.json, domain `partner`, `exposure`: /),
    ]);
    expect(run.stdout).toBe('');
    expect(run.status).toBe(1);
  });
});

describe('the gate stands before it', () => {
  const domainOf = (app: App, name: string): TrustDomain =>
    app.node.findAll().find((node) => node instanceof TrustDomain && node.domainName === name) as TrustDomain;
  const oneTooMany = (duty: Duty, action: string, resource: (partner: TrustDomain) => string) => {
    const app = appWith(GOOD);
    const partner = domainOf(app, 'partner');
    partner.dutyRemit(duty).addStatements(new PolicyStatement({ actions: [action], resources: [resource(partner)] }));
    // The remit's own denies would stop the request; whoever edits a remit edits those too, but for the one of containment.
    const policy = partner.dutyRemit(duty).node.defaultChild as CfnManagedPolicy;
    const document = Stack.of(partner).resolve(policy.policyDocument) as {
      Statement: { Effect: string; Sid?: string }[];
    };
    policy.policyDocument = {
      ...document,
      Statement: document.Statement.filter((s) => s.Effect === 'Allow' || s.Sid === 'RevokedSessions'),
    };
    return app;
  };

  test.each<[string, Duty, string, (partner: TrustDomain) => string, RegExp]>([
    ['the deployer decrypts data', Duty.DEPLOY, 'kms:Decrypt', (partner) => partner.keyArn, /kms:Decrypt/],
    [
      'the preparer runs the change',
      Duty.DEPLOY,
      'cloudformation:ExecuteChangeSet',
      (partner) => Stack.of(partner).stackId,
      /ExecuteChangeSet/,
    ],
    ['the reader writes', Duty.READ, 'kms:Encrypt', (partner) => partner.keyArn, /kms:Encrypt/],
    [
      'the monitor reads the audit trail',
      Duty.MONITOR,
      'logs:FilterLogEvents',
      (partner) => partner.accessLog.logGroupArn,
      /FilterLogEvents/,
    ],
  ])('when %s', (_, duty, action, resource, witness) => {
    expect(() => oneTooMany(duty, action, resource).synth()).toThrow(witness);
  });

  test('and not when a remit loses its denies but gains nothing', () => {
    expect(() =>
      oneTooMany(Duty.DEPLOY, 'cloudformation:DeleteChangeSet', (partner) => Stack.of(partner).stackId).synth(),
    ).not.toThrow();
  });
});
