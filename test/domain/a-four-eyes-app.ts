/** A trust domain that its own roles deploy, under four eyes; any condition of it can be taken away. */
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App, type AppProps, LegacyStackSynthesizer, Stack } from 'aws-cdk-lib';
import { LambdaIntegration } from 'aws-cdk-lib/aws-apigateway';
import type { CfnManagedPolicy, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { Code, Function as LambdaFunction, Runtime } from 'aws-cdk-lib/aws-lambda';
import {
  DomainDeployment,
  type DomainDeploymentProps,
  DomainSynthesizer,
  type Duty,
  type TrustDomain,
} from '../../lib';
import { awsCatalogue } from '../../lib/catalog/catalogue';
import { buildModel } from '../../lib/model/build-model';
import { readCloudAssembly } from '../../lib/model/cloud-assembly';
import type { Model } from '../../lib/model/model';
import { type Reach, reachOf } from '../../lib/reach/reach';
import { ENV, inStack } from './a-domain';

export interface FourEyes {
  readonly app: App;
  readonly outdir: string;
  readonly deployment: DomainDeployment;
  readonly orders: TrustDomain;
  readonly stack: Stack;
  readonly code: LambdaFunction;
}

export function fourEyes(props: Partial<DomainDeploymentProps> = {}, appProps: AppProps = {}): FourEyes {
  const outdir = mkdtempSync(join(tmpdir(), 'bulkhead-four-eyes-'));
  const app = new App({ ...appProps, outdir });
  const first = new Stack(app, 'OrdersDeployment', { env: ENV, synthesizer: new LegacyStackSynthesizer() });
  const deployment = new DomainDeployment(first, 'Deployment', { domainName: 'orders', stackName: 'Orders', ...props });
  const stack = new Stack(app, 'Orders', { env: ENV, synthesizer: new DomainSynthesizer({ domainName: 'orders' }) });
  const orders = inStack(stack, 'orders');
  const asset = mkdtempSync(join(tmpdir(), 'bulkhead-code-'));
  writeFileSync(join(asset, 'index.js'), 'exports.handler = async () => ({ statusCode: 200 });');
  const code = new LambdaFunction(stack, 'Orders', {
    runtime: Runtime.NODEJS_22_X,
    handler: 'index.handler',
    code: Code.fromAsset(asset),
  });
  orders.own(code);
  orders.addRoute('GET', '/orders', new LambdaIntegration(code, { allowTestInvoke: false }));
  return { app, outdir, deployment, orders, stack, code };
}

/** Writes requests into the remit of a duty, and takes its denies out: whoever edits a remit edits those too. */
export function alsoMay({ orders }: Pick<FourEyes, 'orders'>, duty: Duty, ...statements: PolicyStatement[]): void {
  orders.dutyRemit(duty).addStatements(...statements);
  const policy = orders.dutyRemit(duty).node.defaultChild as CfnManagedPolicy;
  const document = Stack.of(orders).resolve(policy.policyDocument) as { Statement: { Effect: string }[] };
  policy.policyDocument = { ...document, Statement: document.Statement.filter((s) => s.Effect === 'Allow') };
}

export interface Found {
  readonly id: string;
  readonly severity: string;
  readonly message: string;
  readonly principals: readonly string[];
  readonly constructPaths: readonly string[];
  readonly chain: readonly {
    readonly from: string;
    readonly to: string;
    readonly by: string;
    readonly requests: readonly string[];
  }[];
}

/** The report that the gate writes, whether it let the app pass or not. */
export function judged({ app, outdir }: Pick<FourEyes, 'app' | 'outdir'>): {
  readonly verdict: string;
  readonly findings: readonly Found[];
  readonly assumptions: readonly { readonly id: string; readonly text: string }[];
} {
  try {
    app.synth();
  } catch (error) {
    if (!/Bulkhead: (violated|undecided)/.test(String(error))) throw error;
  }
  return JSON.parse(readFileSync(join(outdir, 'bulkhead-report.json'), 'utf8'));
}

export function reachIn({ app, outdir }: Pick<FourEyes, 'app' | 'outdir'>): {
  readonly model: Model;
  readonly reach: Reach;
} {
  judged({ app, outdir });
  const model = buildModel(readCloudAssembly(outdir).templates);
  return { model, reach: reachOf(model, awsCatalogue()) };
}
