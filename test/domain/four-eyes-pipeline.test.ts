/** The second form of four eyes: two pipelines, of which neither does both; and one that does, refused. */
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App, LegacyStackSynthesizer, Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { Artifact } from 'aws-cdk-lib/aws-codepipeline';
import { CodeStarConnectionsSourceAction } from 'aws-cdk-lib/aws-codepipeline-actions';
import { PolicyStatement, type Role } from 'aws-cdk-lib/aws-iam';
import { DomainDeployment, DomainSynthesizer, Duty, FourEyesPipeline, type TrustDomain } from '../../lib';
import { ACCOUNT, assumers, BACKEND, ENV, inStack } from './a-domain';
import { alsoMay, judged, reachIn } from './a-four-eyes-app';

jest.setTimeout(120_000);

interface Made {
  readonly app: App;
  readonly outdir: string;
  readonly first: Stack;
  readonly pipeline: FourEyesPipeline;
  readonly orders: TrustDomain;
}

function made(): Made {
  const outdir = mkdtempSync(join(tmpdir(), 'bulkhead-pipeline-'));
  const app = new App({ outdir });
  const first = new Stack(app, 'OrdersDeployment', { env: ENV, synthesizer: new LegacyStackSynthesizer() });
  new DomainDeployment(first, 'Deployment', { domainName: 'orders', stackName: 'Orders' });
  const sourceOutput = new Artifact();
  const pipeline = new FourEyesPipeline(first, 'Pipeline', {
    domainName: 'orders',
    stackName: 'Orders',
    source: new CodeStarConnectionsSourceAction({
      actionName: 'Source',
      owner: 'acme',
      repo: 'orders',
      output: sourceOutput,
      connectionArn: `arn:aws:codeconnections:eu-central-1:${ACCOUNT}:connection/5d7f`,
    }),
    sourceOutput,
  });
  const stack = new Stack(app, 'Orders', { env: ENV, synthesizer: new DomainSynthesizer({ domainName: 'orders' }) });
  const people = assumers('orders');
  const orders = inStack(stack, 'orders', {
    assumers: { ...people, deploy: [pipeline.preparer], approve: [...people.approve, pipeline.executor] },
  });
  orders.addRoute('GET', '/orders', BACKEND);
  return { app, outdir, first, pipeline, orders };
}

const EXECUTION = 'OrdersDeployment/Deployment/Execution/Role/Resource';

describe('as built', () => {
  const m = made();
  const { model, reach } = reachIn(m);
  const reached = (path: string) => {
    const principal = model.principals.find((p) => p.origin.path === path)!;
    return [...reach.closure(principal).members.values()].map((member) => member.actor.principal.origin.path);
  };

  test('is proved', () => {
    expect(judged(m)).toMatchObject({ verdict: 'proved', findings: [] });
  });

  test('the first pipeline comes to deploy, the second to approve, nobody to the execution role', () => {
    const [deploy, approve] = ['deploy', 'approve'].map((duty) => `Orders/orders/Roles/${duty}/Role/Resource`);
    const first = reached('OrdersDeployment/Pipeline/Preparation/Role/Resource');
    const second = reached('OrdersDeployment/Pipeline/Release/Role/Resource');
    expect(first).toContain(deploy);
    expect(first).not.toContain(approve);
    expect(second).toContain(approve);
    expect(second).not.toContain(deploy);
    const reaching = model.principals.filter(
      (p) => p.origin.path !== EXECUTION && reached(p.origin.path).includes(EXECUTION),
    );
    expect(reaching.map((p) => p.origin.path)).toEqual([]);
  });

  const template = Template.fromStack(m.first);

  test('waits for an approval of the name that the duty may give, before it executes', () => {
    template.hasResourceProperties('AWS::CodePipeline::Pipeline', {
      Name: 'bulkhead-orders',
      PipelineType: 'V2',
      Stages: [
        Match.objectLike({ Name: 'Source' }),
        {
          Name: 'Approve',
          Actions: [
            Match.objectLike({
              Name: 'Approve',
              ActionTypeId: Match.objectLike({ Category: 'Approval', Provider: 'Manual' }),
            }),
          ],
        },
        Match.objectLike({ Name: 'Execute' }),
      ],
    });
    Template.fromStack(Stack.of(m.orders)).hasResourceProperties('AWS::IAM::ManagedPolicy', {
      ManagedPolicyName: 'bulkhead-orders-approve-eu-central-1',
      PolicyDocument: {
        Statement: Match.arrayWith([
          Match.objectLike({
            Sid: 'ApproveRelease',
            Resource: {
              'Fn::Join': [
                '',
                Match.arrayWith([Match.stringLikeRegexp('codepipeline.*bulkhead-orders/Approve/Approve$')]),
              ],
            },
          }),
        ]),
      },
    });
  });

  test('executes by ARN, as the duty, what the approved execution holds', () => {
    const projects = JSON.stringify(template.findResources('AWS::CodeBuild::Project'));
    expect(projects).toMatch(/execute-change-set --change-set-name [\\]+"\$CHANGE_SET/);
    expect(projects).toMatch(/--method=prepare-change-set/);
    expect(JSON.stringify(template.findResources('AWS::CodePipeline::Pipeline'))).toMatch(
      /CHANGE_SET[^}]*#\{variables\.changeSet\}/,
    );
    expect(projects).not.toMatch(/--method=execute-change-set|--method=direct/);
  });
});

describe('is refused', () => {
  test('when one pipeline may run the builds of both', () => {
    const m = made();
    (m.pipeline.preparation.role as Role).addToPolicy(
      new PolicyStatement({
        actions: ['codebuild:StartBuild'],
        resources: [`arn:aws:codebuild:eu-central-1:${ACCOUNT}:project/bulkhead-orders-execute`],
      }),
    );
    const { verdict, findings } = judged(m);
    expect(verdict).toBe('violated');
    expect(findings.map(({ message }) => message).join()).toMatch(
      /Pipeline\/Preparation\/Role` can act as .*(deploy|approve) of.* and as .*(deploy|approve) of/,
    );
  });

  test('when whoever prepares may approve', () => {
    const m = made();
    alsoMay(
      m,
      Duty.DEPLOY,
      new PolicyStatement({
        actions: ['codepipeline:PutApprovalResult'],
        resources: [`arn:aws:codepipeline:eu-central-1:${ACCOUNT}:bulkhead-orders/*`],
      }),
    );
    expect(judged(m).findings.map(({ id }) => id)).toContain('SOD-1');
  });

  test('when the stack is not one name', () => {
    const stack = new Stack(new App(), 'S', { env: ENV });
    const sourceOutput = new Artifact();
    const source = new CodeStarConnectionsSourceAction({
      actionName: 'S',
      owner: 'a',
      repo: 'b',
      output: sourceOutput,
      connectionArn: 'arn:aws:x',
    });
    expect(
      () => new FourEyesPipeline(stack, 'P', { domainName: 'orders', stackName: '*; rm', source, sourceOutput }),
    ).toThrow(/`stackName` is `\*; rm`/);
  });
});
