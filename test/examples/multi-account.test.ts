/** The example of two accounts and a third for audit: proved, clean under every other judge, and what it promises. */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type App, Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { type CfnManagedPolicy, PolicyStatement, Role } from 'aws-cdk-lib/aws-iam';
import type { CfnBucket } from 'aws-cdk-lib/aws-s3';
import { AwsSolutionsChecks, NIST80053R5Checks, PCIDSS321Checks } from 'cdk-nag';
import { type AuditVault, Duty, type TrustDomain } from '../../lib';
import { asByTheCli, type BulkheadReport, ROOT, reportOf } from './an-example';

jest.setTimeout(300_000);

const { app } = asByTheCli(() => require('../../examples/multi-account/app') as { readonly app: App });
const stacks = app.synth().stacksRecursively;
const templateOf = (displayName: string) =>
  Template.fromJSON(stacks.find((stack) => stack.hierarchicalId === displayName)?.template ?? {});

test('is proved, each domain in each account, and the auditors beside them', () => {
  const report = reportOf(app) as BulkheadReport & {
    readonly principals: { domain: string | null; duty: string | null }[];
  };
  expect(report).toMatchObject({ verdict: 'proved', findings: [] });
  expect(report.inventory.map(({ domain, exposure }) => `${domain} ${exposure}`)).toEqual([
    'ledger internal',
    'orders partner',
    'ledger internal',
    'orders partner',
  ]);
  const auditors = report.principals.filter(({ duty }) => duty === 'audit');
  expect(auditors.map(({ domain }) => domain).sort()).toEqual([null, 'ledger', 'ledger', 'orders', 'orders'].sort());
});

test('has the shape that it had', () => {
  const counts = stacks.map(({ hierarchicalId, template }) => [hierarchicalId, Object.keys(template.Resources).length]);
  expect(Object.fromEntries(counts)).toMatchSnapshot();
});

test('stands in three accounts, and only the production account has pipelines', () => {
  const accounts = new Map(stacks.map((stack) => [stack.hierarchicalId, stack.environment.account]));
  expect([...new Set(accounts.values())].sort()).toEqual(['111122223333', '444455556666', '777788889999']);
  expect(accounts.get('Audit')).toBe('777788889999');
  const released = stacks.filter(
    ({ template }) => Object.keys(Template.fromJSON(template).findResources('AWS::CodePipeline::Pipeline')).length > 0,
  );
  expect(released.map(({ hierarchicalId }) => hierarchicalId)).toEqual([
    'Production/LedgerDeployment',
    'Production/OrdersDeployment',
  ]);
});

test('the pipeline prepares the stack of its Stage, as the CLI knows it', () => {
  const projects = templateOf('Production/OrdersDeployment').findResources('AWS::CodeBuild::Project');
  expect(JSON.stringify(projects)).toContain(
    'npx cdk deploy Production/Orders --exclusively --app cdk.out --method=prepare-change-set',
  );
});

test('what happens in both accounts is recorded in the third, and locked', () => {
  for (const stage of ['Development', 'Production']) {
    templateOf(`${stage}/Recorded`).hasResourceProperties('AWS::CloudTrail::Trail', {
      S3BucketName: 'bulkhead-vault-trail-777788889999-eu-central-1',
      EnableLogFileValidation: true,
    });
  }
  templateOf('Audit').hasResourceProperties('AWS::S3::Bucket', {
    ObjectLockConfiguration: { Rule: { DefaultRetention: Match.objectLike({ Mode: 'COMPLIANCE' }) } },
  });
});

test('stacks of domains depend on the logging role, and on no other domain', () => {
  for (const stack of stacks.filter(({ hierarchicalId }) => /\/(Ledger|Orders)$/.test(hierarchicalId))) {
    const others = stack.dependencies.map(({ id }) => id).filter((id) => !/assets/i.test(id));
    expect(others).toHaveLength(1);
    expect(others[0]).toMatch(/Account/);
  }
});

test('has no finding of cloudformation-validate, its default rules enforced', () => {
  const report = JSON.parse(readFileSync(join(app.synth().directory, 'validation-report.json'), 'utf8'));
  expect(report).toMatchObject({ title: 'Validation Report', pluginReports: [] });
});

// W3005: CDK makes every function depend on the role that it names anyway.
(process.env.CFN_LINT ? test : test.skip)('has no finding of cfn-lint', () => {
  const options = ['--ignore-checks', 'W3005', '--template'];
  const templates = stacks.map((stack) => stack.templateFullPath);
  expect(execFileSync(process.env.CFN_LINT as string, [...options, ...templates], { encoding: 'utf8' })).toBe('');
});

/** What cdk-nag asks of this example, by what is the answer to it. */
const ANSWERED: Readonly<Record<string, RegExp>> = {
  'wildcards of one bucket, one domain, one API; metrics, which take no resource; the services a domain is built of, after two people agreed':
    /^AwsSolutions-IAM[45]\b|-IAM(NoInlinePolicy|PolicyNoStatementsWithFullAccess)$/,
  'callers of the ledger sign with IAM, and nothing is cached': /^AwsSolutions-COG4$|-APIGWCacheEnabledAndEncrypted$/,
  'who reads and writes buckets is recorded in the vault, which is locked, and records its own readers':
    /^AwsSolutions-S1$|-S3Bucket(LoggingEnabled|ReplicationEnabled|DefaultLockEnabled)$|-CloudTrailCloudWatchLogsEnabled$/,
  'assets, artifacts and their logs are code and no data, under the keys of S3, CodeBuild and CloudWatch; a source comes through CodePipeline':
    /^AwsSolutions-CB4$|-(S3DefaultEncryptionKMS|S3BucketVersioningEnabled|CloudWatchLogGroupEncrypted|CodeBuildProjectSourceRepoUrl)$/,
  'the notary reaches S3 alone, fails closed, and is tried again by Lambda':
    /^AwsSolutions-L1$|-Lambda(Concurrency|DLQ|InsideVPC)$/,
};

test('cdk-nag asks nothing but what is answered here in five ways, and each answer answers something', () => {
  const packs = [new AwsSolutionsChecks(app), new NIST80053R5Checks(app), new PCIDSS321Checks(app)];
  const rules = [...new Set(packs.flatMap((pack) => pack.validateScope(app).violations.map((v) => v.ruleName)))].sort();
  expect(rules.filter((rule) => !Object.values(ANSWERED).some((answer) => answer.test(rule)))).toEqual([]);
  expect(Object.values(ANSWERED).filter((answer) => !rules.some((rule) => answer.test(rule)))).toEqual([]);
  expect(Object.values(ANSWERED).length).toBeLessThanOrEqual(5);
});

describe('each of the ways in the README is refused', () => {
  const README = readFileSync(join(ROOT, 'examples', 'multi-account', 'README.md'), 'utf8');
  interface Loaded {
    readonly app: App;
    readonly vault: AuditVault;
    readonly stages: readonly [dev: Built, prod: Built];
  }
  interface Built {
    readonly ledger: TrustDomain;
    readonly orders: TrustDomain;
  }
  /** A fresh one, to be broken. CDK's own validation has judged the whole one. */
  const another = (): Loaded => {
    let loaded: Loaded | undefined;
    asByTheCli(() => {
      process.env.CDK_VALIDATION = 'false';
      jest.isolateModules(() => {
        loaded = require('../../examples/multi-account/app') as Loaded;
      });
    });
    return loaded!;
  };

  const WAYS: Readonly<Record<string, readonly [RegExp, (e: Loaded) => void]>> = {
    grantWrite: [
      /(SOD-1|DOM-1) violated/,
      ({ stages: [dev] }) => dev.ledger.grantWrite(Role.fromRoleName(Stack.of(dev.ledger), 'Again', 'orders-worker')),
    ],
    'ObjectLockConfiguration.Rule.DefaultRetention.Mode': [
      /AUD-1 violated/,
      ({ vault }) =>
        (vault.bucket.node.defaultChild as CfnBucket).addPropertyOverride(
          'ObjectLockConfiguration.Rule.DefaultRetention.Mode',
          'GOVERNANCE',
        ),
    ],
    'cloudformation:ExecuteChangeSet': [
      /SOD-1 violated[\s\S]*cloudformation:ExecuteChangeSet/,
      ({ stages: [, prod] }) => {
        const remit = prod.orders.dutyRemit(Duty.DEPLOY);
        const resources = [Stack.of(prod.orders).stackId];
        remit.addStatements(new PolicyStatement({ actions: ['cloudformation:ExecuteChangeSet'], resources }));
        const policy = remit.node.defaultChild as CfnManagedPolicy;
        const document = Stack.of(prod.orders).resolve(policy.policyDocument) as { Statement: { Effect: string }[] };
        policy.policyDocument = { ...document, Statement: document.Statement.filter((s) => s.Effect === 'Allow') };
      },
    ],
  };

  test.each(Object.entries(WAYS))('%s', (name, [expected, breakIt]) => {
    expect(README).toContain(name);
    const broken = another();
    breakIt(broken);
    expect(() => broken.app.synth()).toThrow(expected);
  });
});
