/**
 * The orders API, every change of which takes two people. The first stack is deployed once, by whoever administers
 * the account; the second from then on by its own duties. README.md says how, and how to break it.
 */
import { join } from 'node:path';
import { App, LegacyStackSynthesizer, Stack } from 'aws-cdk-lib';
import { type JsonSchema, JsonSchemaType, LambdaIntegration } from 'aws-cdk-lib/aws-apigateway';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { Code, Function as LambdaFunction, Runtime } from 'aws-cdk-lib/aws-lambda';
import { Topic } from 'aws-cdk-lib/aws-sns';
import {
  Assumer,
  Attestation,
  Authentication,
  BreakGlassRole,
  DomainDeployment,
  DomainSynthesizer,
  Exposure,
  Sensitivity,
  TrustDomain,
} from '../../lib';

const account = '111122223333';
const env = { account, region: 'eu-central-1' };
export const app = new App();

// What the domain is deployed with. It holds no asset and names no bootstrap role.
const first = new Stack(app, 'OrdersDeployment', { env, synthesizer: new LegacyStackSynthesizer() });
export const deployment = new DomainDeployment(first, 'Deployment', { domainName: 'orders', stackName: 'Orders' });

// The domain. `cdk deploy` finds its own roles in the cloud assembly.
export const stack = new Stack(app, 'Orders', { env, synthesizer: new DomainSynthesizer({ domainName: 'orders' }) });

const mfa = Attestation.byProvider('IAM Identity Center: multi-factor authentication at every sign-in');
const team = (name: string) => [Assumer.role(`arn:aws:iam::${account}:role/orders-${name}`, mfa)];
const [provision, read, write, monitor, audit] = ['admins', 'support', 'operators', 'on-call', 'security'].map(team);
const release = {
  providerArn: `arn:aws:iam::${account}:oidc-provider/token.actions.githubusercontent.com`,
  repository: 'acme/orders',
  environment: 'production',
};

export const orders = new TrustDomain(stack, 'orders', {
  exposure: Exposure.PARTNER,
  owner: 'orders-team',
  authentication: Authentication.iam(),
  assumers: {
    provision,
    // A job of one repository and one environment prepares; a person with a second factor lets it run.
    deploy: [Assumer.gitHub(release, Attestation.byProvider('GitHub: environment `production` asks two reviewers'))],
    approve: [Assumer.user(`arn:aws:iam::${account}:user/ann`), Assumer.user(`arn:aws:iam::${account}:user/ben`)],
    read,
    write,
    monitor,
    audit,
  },
});

export const backend = new LambdaFunction(stack, 'Backend', {
  runtime: Runtime.NODEJS_22_X,
  handler: 'index.handler',
  code: Code.fromAsset(join(__dirname, 'backend')),
  reservedConcurrentExecutions: 10,
});
orders.own(backend);

const REFUND: JsonSchema = {
  type: JsonSchemaType.OBJECT,
  required: ['order'],
  additionalProperties: false,
  properties: { order: { type: JsonSchemaType.STRING, maxLength: 64 } },
};
const integration = new LambdaIntegration(backend, { allowTestInvoke: false });
orders.addRoute('GET', '/refunds', integration);
orders.addRoute('POST', '/refunds', integration, { sensitivity: Sensitivity.HIGH, requestModel: REFUND });

// For the night on which the one who approves is not to be reached. Every report prints it.
export const glass = new BreakGlassRole(stack, 'BreakGlass', {
  domain: orders,
  assumers: [Assumer.user(`arn:aws:iam::${account}:user/cho`)],
  statements: [
    new PolicyStatement({
      sid: 'RunWhatIsPrepared',
      actions: ['cloudformation:DescribeChangeSet', 'cloudformation:ExecuteChangeSet'],
      resources: [stack.stackId],
    }),
  ],
  alarmTopic: Topic.fromTopicArn(stack, 'OnCall', `arn:aws:sns:${env.region}:${account}:on-call`),
  reason: 'a prepared change must run when nobody who approves can be reached',
  approvedBy: 'head of security',
  expires: '2027-06-30',
});
