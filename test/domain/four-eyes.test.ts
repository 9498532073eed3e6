/** Four eyes, proved on the templates: nobody alone, the pair together, and each condition taken away. */
import { Stack } from 'aws-cdk-lib';
import { JsonSchemaType, LambdaIntegration } from 'aws-cdk-lib/aws-apigateway';
import { type CfnRole, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { CfnFunction } from 'aws-cdk-lib/aws-lambda';
import { CfnBucketPolicy as BucketPolicy, type CfnBucketPolicy } from 'aws-cdk-lib/aws-s3';
import { Duty, Sensitivity } from '../../lib';
import { awsCatalogue } from '../../lib/catalog/catalogue';
import { buildModel } from '../../lib/model/build-model';
import { readCloudAssembly } from '../../lib/model/cloud-assembly';
import { chainOf } from '../../lib/reach/closure';
import { reachOf } from '../../lib/reach/reach';
import { analyse } from '../../lib/report/analyse';
import { alsoMay, type FourEyes, fourEyes, judged, reachIn } from './a-four-eyes-app';

jest.setTimeout(120_000);

const HIGH = { sensitivity: Sensitivity.HIGH, requestModel: { type: JsonSchemaType.OBJECT } };
const EXECUTION = 'OrdersDeployment/Deployment/Execution/Role/Resource';
const allow =
  (...actions: string[]) =>
  (resource: string) =>
    new PolicyStatement({ actions, resources: [resource] });
const stackId = ({ stack }: FourEyes) => stack.stackId;
/** Passing the role is what `deploy` alone may; whoever prepares needs it. */
const prepare = (f: FourEyes) => [
  allow('cloudformation:CreateChangeSet')(stackId(f)),
  allow('iam:PassRole')('arn:aws:iam::111122223333:role/bulkhead-orders-execution-eu-central-1'),
];

describe('as built', () => {
  const built = fourEyes();
  const { model, reach } = reachIn(built);
  const execution = model.principals.find((p) => p.origin.path === EXECUTION)!;

  test('is proved, under an assumption that says what approved changes may do', () => {
    const { verdict, findings, assumptions } = judged(built);
    expect({ verdict, findings }).toEqual({ verdict: 'proved', findings: [] });
    expect(assumptions.map(({ id }) => id)).toEqual([
      'alarm-subscribers',
      'approved-changes',
      'audit-trail',
      'closed-world',
      'grants',
      'outsiders',
    ]);
    expect(assumptions[1]!.text).toMatch(/a change of `orders` that two people let run acts as `OrdersDeployment\//);
  });

  test('no principal of the app, and nobody whom a trust policy names, comes to act as the execution role', () => {
    const others = [...model.principals, ...reach.outsiders].filter((p) => p.id !== execution.id);
    expect(others.length).toBeGreaterThan(15);
    const reaching = others.filter((p) =>
      [...reach.closure(p).members.values()].some((m) => m.actor.principal.id === execution.id),
    );
    expect(reaching.map((p) => p.id)).toEqual([]);
  });

  test('nobody but the notary writes where assets are sealed', () => {
    const key = 'arn:aws:s3:::bulkhead-orders-assets-111122223333-eu-central-1/code.zip';
    // An approved change could make a role that may: that two people saw it is the assumption above.
    const can = (action: string) =>
      reach.whoCan(action, key).flatMap(({ principal: p }) => (p.id === execution.id ? [] : [p.origin.path]));
    expect(can('s3:PutObject')).toEqual(['OrdersDeployment/Deployment/Notary/Role/Resource']);
    expect(can('s3:DeleteObject')).toEqual([]);
    expect(can('s3:GetObject')).toEqual([
      'Orders/orders/Roles/approve/Role/Resource',
      'arn:aws:iam::111122223333:role/orders-approve',
    ]);
  });

  test('a domain of 60 routes stays within the 500 resources of a stack', () => {
    const { app, orders, code, stack } = fourEyes();
    for (let i = 0; i < 30; i++) {
      const integration = new LambdaIntegration(code, { allowTestInvoke: false });
      orders.addRoute('GET', `/things-${i}/{id}`, integration);
      orders.addRoute('PUT', `/things-${i}/{id}`, integration, HIGH);
    }
    const { template } = app.synth().getStackArtifact(stack.artifactId);
    const types = Object.values<{ Type: string }>(template.Resources).map(({ Type }) => Type);
    expect(types.filter((type) => type === 'AWS::ApiGateway::Method')).toHaveLength(61);
    expect(types.length).toBeLessThan(500);
  });

  test('the two together do: whoever may take on both duties reaches it, by preparing and executing', () => {
    const templates = readCloudAssembly(built.outdir).templates.map((t) => ({ ...t, template: trusting(t.template) }));
    const pair = reachOf(buildModel(templates), awsCatalogue());
    const both = pair.outsiders.find((p) => p.id === BOTH)!;
    const closure = pair.closure(both);
    const chains = [...closure.arrivals.values()]
      .filter((m) => m.actor.principal.origin.path === EXECUTION)
      .map((m) => chainOf(closure, m).map((step) => step.path.id))
      .sort((a, b) => a.length - b.length);
    expect(chains[0]).toEqual(['sts-001', 'sts-001', 'cloudformation-005']);
    const { findings } = analyse({ templates }, { source: 'the twin' });
    expect(findings.map(({ id, message }) => [id, message.includes(BOTH)])).toEqual([['SOD-3', true]]);
  });
});

const BOTH = 'arn:aws:iam::111122223333:role/both';

/** The template, with one more who may take on `deploy` and `approve`. */
function trusting(template: unknown): unknown {
  const copy = structuredClone(template) as {
    Resources: Record<
      string,
      { Metadata?: { bulkhead?: { duty?: string; part?: string } }; Properties: Record<string, unknown> }
    >;
  };
  for (const { Metadata, Properties } of Object.values(copy.Resources)) {
    const { duty, part } = Metadata?.bulkhead ?? {};
    if (part !== 'role' || (duty !== 'deploy' && duty !== 'approve')) continue;
    const trust = Properties.AssumeRolePolicyDocument as { Statement: unknown[] };
    trust.Statement.push({
      Effect: 'Allow',
      Action: 'sts:AssumeRole',
      Principal: { AWS: BOTH },
      Condition: { StringEquals: { 'aws:PrincipalTag/mfa': 'true' } },
    });
  }
  return copy;
}

describe('without one condition it is refused, with the chain', () => {
  const twins: Readonly<Record<string, readonly [(f: FourEyes) => void, Readonly<Record<string, RegExp>>]>> = {
    'deploy may execute': [
      (f) => alsoMay(f, Duty.DEPLOY, allow('cloudformation:ExecuteChangeSet')(stackId(f))),
      {
        'SOD-1': /(deploy|approve) of `orders`.*(deploy|approve) of `orders`/,
        'SOD-2': /^Orders\/.*deploy\S* -> OrdersDeployment\/.*Execution\S* by cloudformation-005/,
      },
    ],
    'deploy may update the stack without a change set': [
      (f) => alsoMay(f, Duty.DEPLOY, allow('cloudformation:UpdateStack')(stackId(f))),
      { 'SOD-2': /^Orders\/.*deploy\S* -> OrdersDeployment\/.*Execution\S* by cloudformation-002/ },
    ],
    'approve may prepare': [
      (f) => alsoMay(f, Duty.APPROVE, ...prepare(f)),
      {
        'SOD-1': /(deploy|approve) of `orders`.*(deploy|approve) of `orders`/,
        'SOD-2': /^Orders\/.*approve\S* -> OrdersDeployment\/.*Execution\S* by cloudformation-005/,
      },
    ],
    'approve may upload assets': [
      (f) => alsoMay(f, Duty.APPROVE, allow('s3:PutObject')(`${f.deployment.uploadBucket.bucketArn}/*`)),
      { 'SOD-1': /`s3:PutObject`/ },
    ],
    'deploy may write sealed assets, and the bucket lets it': [
      (f) => {
        alsoMay(
          f,
          Duty.DEPLOY,
          allow('s3:PutObject')('arn:aws:s3:::bulkhead-orders-assets-111122223333-eu-central-1/*'),
        );
        openBucket(f);
      },
      { 'SOD-7': /^Orders\/.*deploy\S* -> Orders\/Orders\S* by asset-overwrite/ },
    ],
    'deploy may delete sealed assets, and the bucket lets it': [
      (f) => {
        alsoMay(
          f,
          Duty.DEPLOY,
          allow('s3:DeleteObject')('arn:aws:s3:::bulkhead-orders-assets-111122223333-eu-central-1/*'),
        );
        openBucket(f);
      },
      { 'SOD-7': /^Orders\/.*deploy\S* -> Orders\/Orders\S* by asset-delete/ },
    ],
    'code is run from where it is uploaded': [
      ({ code }) =>
        (code.node.defaultChild as CfnFunction).addPropertyOverride(
          'Code.S3Bucket',
          'bulkhead-orders-uploads-111122223333-eu-central-1',
        ),
      { 'SOD-7': /^Orders\/.*deploy\S* -> Orders\/Orders\S* by asset-overwrite/ },
    ],
    'the notary may overwrite, and the bucket lets it': [
      (f) => {
        const notary = Stack.of(f.deployment)
          .node.findAll()
          .find((n) => n.node.path.endsWith('Notary/Role/Resource'));
        (notary as CfnRole).addPropertyDeletionOverride('Policies.0.PolicyDocument.Statement.1.Condition');
        openBucket(f);
      },
      { 'SOD-7': /Notary\S* -> Orders\/Orders\S* by asset-overwrite/ },
    ],
  };

  test.each(Object.entries(twins))('%s', (_, [change, expected]) => {
    const twin = fourEyes();
    change(twin);
    const { verdict, findings } = judged(twin);
    expect(verdict).toBe('violated');
    for (const [id, pattern] of Object.entries(expected)) {
      const found = findings.filter((f) => f.id === id && f.severity === 'violated');
      const shown = found.flatMap((f) =>
        f.chain.length > 0 ? f.chain.map((l) => `${l.from} -> ${l.to} by ${l.by}`) : [f.message],
      );
      expect({ id, shown: shown.some((line) => pattern.test(line)) || shown }).toEqual({ id, shown: true });
    }
  });
});

function openBucket({ deployment }: FourEyes): void {
  const policies = Stack.of(deployment)
    .node.findAll()
    .filter((n): n is CfnBucketPolicy => n instanceof BucketPolicy);
  expect(policies).toHaveLength(2);
  for (const policy of policies) {
    const document = Stack.of(deployment).resolve(policy.policyDocument) as { Statement: { Sid?: string }[] };
    policy.policyDocument = { ...document, Statement: document.Statement.filter(({ Sid }) => Sid === undefined) };
  }
}
