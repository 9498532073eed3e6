/** The example of four eyes: proved, clean under every other judge, and refused in each of the ways that its README names. */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type App, Stack } from 'aws-cdk-lib';
import { type CfnManagedPolicy, type CfnRole, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { CfnFunction, Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { AwsSolutionsChecks, NIST80053R5Checks, PCIDSS321Checks } from 'cdk-nag';
import { type BreakGlassRole, type DomainDeployment, Duty, type TrustDomain } from '../../lib';
import { asByTheCli, inventory, ROOT, reportOf } from './an-example';

jest.setTimeout(120_000);

interface FourEyes {
  readonly app: App;
  readonly stack: Stack;
  readonly orders: TrustDomain;
  readonly deployment: DomainDeployment;
  readonly backend: LambdaFunction;
  readonly glass: BreakGlassRole;
}

/** A fresh one, to be broken. CDK's own validation has judged the whole one. */
function another(): FourEyes {
  let loaded: FourEyes | undefined;
  asByTheCli(() => {
    process.env.CDK_VALIDATION = 'false';
    jest.isolateModules(() => {
      loaded = require('../../examples/four-eyes/app') as FourEyes;
    });
  });
  return loaded!;
}

const { app } = asByTheCli(() => require('../../examples/four-eyes/app') as FourEyes);

test('is proved, under assumptions that name what two people let run, and who may act alone', () => {
  const report = reportOf(app) as unknown as { assumptions: { id: string; text: string }[] };
  expect(report).toMatchObject({ verdict: 'proved', findings: [] });
  expect(report.assumptions.map(({ id }) => id)).toEqual([
    'alarm-subscribers',
    'approved-changes',
    'audit-trail',
    'break-glass',
    'closed-world',
    'grants',
    'outsiders',
  ]);
});

test('has the shape that it had', () => {
  expect(inventory(app)).toMatchSnapshot();
});

test('has no finding of cloudformation-validate, its default rules enforced', () => {
  const report = JSON.parse(readFileSync(join(app.synth().directory, 'validation-report.json'), 'utf8'));
  expect(report).toMatchObject({ title: 'Validation Report', pluginReports: [] });
});

// W3005: CDK makes every function depend on the role that it names anyway.
(process.env.CFN_LINT ? test : test.skip)('has no finding of cfn-lint', () => {
  const templates = app.synth().stacks.map((artifact) => artifact.templateFullPath);
  const options = ['--ignore-checks', 'W3005', '--template'];
  expect(execFileSync(process.env.CFN_LINT as string, [...options, ...templates], { encoding: 'utf8' })).toBe('');
});

/** What cdk-nag asks of this example, by what is the answer to it. */
const ANSWERED: Readonly<Record<string, RegExp>> = {
  'wildcards of one bucket, one domain, one API; the metrics that take no resource; the services a domain is built of':
    /^AwsSolutions-IAM[45]\[/,
  'CloudFormation creates, changes and deletes what the domain is built of, after two people agreed':
    /^(NIST\.800\.53\.R5|PCI\.DSS\.321)-IAMPolicyNoStatementsWithFullAccess$/,
  'callers sign with IAM, and nothing is cached':
    /^(AwsSolutions-COG4|(NIST\.800\.53\.R5|PCI\.DSS\.321)-APIGWCacheEnabledAndEncrypted)$/,
  'CloudTrail records who wrote and read assets, and Object Lock would not stop what the bucket policy stops':
    /^(AwsSolutions-S1|(NIST\.800\.53\.R5|PCI\.DSS\.321)-S3Bucket(LoggingEnabled|ReplicationEnabled|DefaultLockEnabled))$/,
  'assets are code and no data: the key that S3 manages encrypts them':
    /^(NIST\.800\.53\.R5|PCI\.DSS\.321)-S3DefaultEncryptionKMS$/,
  'the notary and the backend reach AWS alone, fail closed, and are tried again by Lambda':
    /^((NIST\.800\.53\.R5|PCI\.DSS\.321)-Lambda(Concurrency|DLQ|InsideVPC)|AwsSolutions-L1)$/,
  'the log of the notary holds names of assets': /^(NIST\.800\.53\.R5|PCI\.DSS\.321)-CloudWatchLogGroupEncrypted$/,
  'a policy of one role stands in it': /^(NIST\.800\.53\.R5|PCI\.DSS\.321)-IAMNoInlinePolicy$/,
};

test('cdk-nag asks nothing but what is answered here, and each answer answers something', () => {
  const packs = [new AwsSolutionsChecks(app), new NIST80053R5Checks(app), new PCIDSS321Checks(app)];
  const rules = [...new Set(packs.flatMap((pack) => pack.validateScope(app).violations.map((v) => v.ruleName)))].sort();
  expect(rules.filter((rule) => !Object.values(ANSWERED).some((answer) => answer.test(rule)))).toEqual([]);
  expect(Object.values(ANSWERED).filter((answer) => !rules.some((rule) => answer.test(rule)))).toEqual([]);
});

describe('each of the ways in the README is refused', () => {
  const README = readFileSync(join(ROOT, 'examples', 'four-eyes', 'README.md'), 'utf8');
  const may = ({ orders }: FourEyes, duty: Duty, action: string, resource: string) => {
    orders.dutyRemit(duty).addStatements(new PolicyStatement({ actions: [action], resources: [resource] }));
    // Whoever edits a remit edits its denies too.
    const policy = orders.dutyRemit(duty).node.defaultChild as CfnManagedPolicy;
    const document = Stack.of(orders).resolve(policy.policyDocument) as { Statement: { Effect: string }[] };
    policy.policyDocument = { ...document, Statement: document.Statement.filter((s) => s.Effect === 'Allow') };
  };
  const WAYS: Readonly<Record<string, readonly [RegExp, (e: FourEyes) => void]>> = {
    'cloudformation:UpdateStack': [
      /SOD-2 violated[\s\S]*by cloudformation-002/,
      (e) => may(e, Duty.DEPLOY, 'cloudformation:UpdateStack', e.stack.stackId),
    ],
    'cloudformation:ExecuteChangeSet': [
      /SOD-1 violated[\s\S]*cloudformation:ExecuteChangeSet/,
      (e) => may(e, Duty.DEPLOY, 'cloudformation:ExecuteChangeSet', e.stack.stackId),
    ],
    'Code.S3Bucket': [
      /SOD-7 violated[\s\S]*may overwrite/,
      ({ backend, deployment }) =>
        (backend.node.defaultChild as CfnFunction).addPropertyOverride(
          'Code.S3Bucket',
          deployment.uploadBucket.bucketName,
        ),
    ],
    grantWrite: [
      /SOD-8 violated[\s\S]*may read[\s\S]*and change/,
      ({ orders, backend }) => {
        orders.grantRead(backend);
        orders.grantWrite(backend);
      },
    ],
    'Metadata.bulkhead.breakGlass': [
      /Orders\/BreakGlass\/Role/,
      ({ glass, stack }) => {
        glass.remit.addStatements(
          new PolicyStatement({ actions: ['cloudformation:CreateChangeSet'], resources: [stack.stackId] }),
        );
        (glass.role.node.defaultChild as CfnRole).addDeletionOverride('Metadata.bulkhead.breakGlass');
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
