/** The model of what the CDK really writes: references of every kind lead to the resource that they mean. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App, CfnOutput, CfnParameter, NestedStack, Stack, type StackProps, Stage } from 'aws-cdk-lib';
import { AccountRootPrincipal, ManagedPolicy, PolicyStatement, Role } from 'aws-cdk-lib/aws-iam';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { AwsCustomResource, AwsCustomResourcePolicy, PhysicalResourceId } from 'aws-cdk-lib/custom-resources';
import type { Construct } from 'constructs';
import { buildModel } from '../../lib/model/build-model';
import { readCloudAssembly } from '../../lib/model/cloud-assembly';
import type { Model } from '../../lib/model/model';
import { textKey } from '../../lib/model/text-key';
import { literal, show, type Text } from '../../lib/policy/text';

process.env.CDK_VALIDATION = 'false';
const EU: StackProps = { env: { account: '111122223333', region: 'eu-west-1' } };
const US: StackProps = { env: { account: '111122223333', region: 'us-east-1' } };

let outdir: string;
beforeEach(() => {
  outdir = mkdtempSync(join(tmpdir(), 'bulkhead-model-'));
});
afterEach(() => {
  rmSync(outdir, { recursive: true, force: true });
});

function modelOf(define: (app: App) => void, context: Record<string, unknown> = {}): Model {
  const app = new App({ outdir, context });
  define(app);
  const contents = readCloudAssembly(app.synth().directory);
  expect(contents.gaps).toEqual([]);
  return buildModel(contents.templates);
}

const role = (scope: Construct, id = 'Role') => new Role(scope, id, { assumedBy: new AccountRootPrincipal() });
const use = (key: Key) => new PolicyStatement({ actions: ['kms:Decrypt'], resources: [key.keyArn] });

/** The resources that the role at this path may decrypt with, as texts, and the key's own ARN. */
function keysOf(m: Model, path: RegExp): { readonly granted: readonly Text[]; readonly own: Text | undefined } {
  const principal = m.principals.find((p) => path.test(p.origin.path));
  expect(principal?.unknown).toEqual([]);
  const statements = principal?.policies.identityPolicies.flatMap((d) => d.statements) ?? [];
  const granted = statements.filter((s) => s.action.patterns.some((a) => literal(a) === 'kms:Decrypt'));
  const own = m.resources.find((r) => r.origin.type === 'AWS::KMS::Key')?.arn;
  return { granted: granted.flatMap((s) => s.resource?.patterns ?? []), own };
}

function expectOwnKey(m: Model, path = /Role/): void {
  const { granted, own } = keysOf(m, path);
  expect(granted.map(textKey)).toEqual([textKey(own!)]);
}

describe('a role that uses a key of', () => {
  test.each<[string, Record<string, unknown>]>([
    ['strong', {}],
    ['weak', { '@aws-cdk/core:defaultCrossStackReferences': 'weak' }],
    ['both', { '@aws-cdk/core:defaultCrossStackReferences': 'both' }],
  ])('another stack, by a reference that is %s', (_, context) => {
    expectOwnKey(
      modelOf((app) => {
        const key = new Key(new Stack(app, 'Keys', EU), 'Key');
        role(new Stack(app, 'Roles', EU)).addToPolicy(use(key));
      }, context),
    );
  });

  test('another stack, in an open environment', () => {
    expectOwnKey(
      modelOf((app) => {
        const key = new Key(new Stack(app, 'Keys'), 'Key');
        role(new Stack(app, 'Roles')).addToPolicy(use(key));
      }),
    );
  });

  test('another region', () => {
    const m = modelOf((app) => {
      const key = new Key(new Stack(app, 'Keys', { ...EU, crossRegionReferences: true }), 'Key');
      role(new Stack(app, 'Roles', { ...US, crossRegionReferences: true })).addToPolicy(use(key));
    });
    expectOwnKey(m, /^Roles\/Role\//);
  });

  test('the parent of its nested stack, and the other way round', () => {
    expectOwnKey(
      modelOf((app) => {
        const parent = new Stack(app, 'Parent', EU);
        role(new NestedStack(parent, 'Nested')).addToPolicy(use(new Key(parent, 'Key')));
      }),
    );
    outdir = mkdtempSync(join(tmpdir(), 'bulkhead-model-'));
    expectOwnKey(
      modelOf((app) => {
        const parent = new Stack(app, 'Parent', EU);
        role(parent).addToPolicy(use(new Key(new NestedStack(parent, 'Nested'), 'Key')));
      }),
    );
  });

  test('a nested stack beside its own, in a Stage', () => {
    expectOwnKey(
      modelOf((app) => {
        const parent = new Stack(new Stage(app, 'Prod', EU), 'Parent');
        const key = new Key(new NestedStack(parent, 'Keys'), 'Key');
        role(new NestedStack(new NestedStack(parent, 'Outer'), 'Inner')).addToPolicy(use(key));
      }),
    );
  });
});

test('two Stages are two deployments', () => {
  const m = modelOf((app) => {
    for (const [id, env] of [
      ['Test', EU],
      ['Prod', US],
    ] as const) {
      const stack = new Stack(new Stage(app, id, env), 'App');
      role(stack).addToPolicy(use(new Key(stack, 'Key')));
    }
  });
  const roles = m.principals.filter((p) => p.kind === 'role');
  expect(roles.map((p) => p.origin.path)).toEqual(['Test/App/Role/Resource', 'Prod/App/Role/Resource']);
  const arns = m.resources.filter((r) => r.origin.type === 'AWS::KMS::Key').map((r) => show(r.arn!));
  expect(arns.map((a) => a.split(':')[3])).toEqual(['eu-west-1', 'us-east-1']);
});

test('managed policies and boundaries across stacks, bootstrap roles once', () => {
  const m = modelOf((app) => {
    const policies = new Stack(app, 'Policies', EU);
    const boundary = new ManagedPolicy(policies, 'Boundary', {
      statements: [new PolicyStatement({ actions: ['s3:*'], resources: ['*'] })],
    });
    const roles = new Stack(app, 'Roles', EU);
    new Role(roles, 'Role', {
      assumedBy: new AccountRootPrincipal(),
      managedPolicies: [boundary, ManagedPolicy.fromAwsManagedPolicyName('ReadOnlyAccess')],
      permissionsBoundary: boundary,
    });
  });
  const principal = m.principals.find((p) => p.origin.path.startsWith('Roles/Role'));
  expect(principal?.attached.map((a) => a.attached)).toEqual(['managed', 'aws-managed']);
  expect(principal?.boundary?.origin?.path).toMatch(/^Policies\/Boundary/);
  expect(principal?.unknown).toEqual([]);
  expect(
    m.principals
      .filter((p) => p.kind === 'bootstrap-role')
      .map((p) => p.origin.logicalId)
      .sort(),
  ).toEqual(['cfn-exec-role', 'deploy-role', 'file-publishing-role', 'lookup-role']);
});

test('AwsCustomResource: what it calls, and as whom', () => {
  const m = modelOf((app) => {
    const stack = new Stack(app, 'App', EU);
    const topic = new Topic(stack, 'Topic');
    new AwsCustomResource(stack, 'Harmless', {
      onCreate: {
        service: 'SNS',
        action: 'getTopicAttributes',
        parameters: { TopicArn: topic.topicArn },
        physicalResourceId: PhysicalResourceId.of('x'),
      },
      policy: AwsCustomResourcePolicy.fromSdkCalls({ resources: [topic.topicArn] }),
    });
    new AwsCustomResource(stack, 'Powerful', {
      onUpdate: {
        service: 'IAM',
        action: 'putRolePolicy',
        parameters: { RoleName: new CfnParameter(stack, 'Name').valueAsString },
        physicalResourceId: PhysicalResourceId.of('y'),
      },
      policy: AwsCustomResourcePolicy.fromSdkCalls({ resources: ['*'] }),
    });
    new CfnOutput(stack, 'Out', { value: topic.topicArn });
  });
  expect(m.gaps?.map((g) => g.path)).toEqual(['App/Powerful/Resource/Default', 'App/Powerful/Resource/Default']);
  expect(m.gaps?.[0]?.reason).toContain('`iam:PutRolePolicy`');
  const harmless = m.resources.find((r) => r.origin.path === 'App/Harmless/Resource/Default');
  expect(harmless?.runsAs?.map((x) => x.service)).toEqual(['lambda.amazonaws.com']);
});
