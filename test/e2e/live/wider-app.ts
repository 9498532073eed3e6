/**
 * What the reference app has not: a declared crossing, by routes and by actions; origins that may call; people who
 * show their second factor to IAM themselves; and an audit vault. Two domains and the vault, in one account.
 */
import { App, Stack } from 'aws-cdk-lib';
import { HttpIntegration, type JsonSchema, JsonSchemaType } from 'aws-cdk-lib/aws-apigateway';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Code, Function as LambdaFunction, Runtime } from 'aws-cdk-lib/aws-lambda';
import {
  Assumer,
  Attestation,
  AuditVault,
  Authentication,
  DomainCrossing,
  type DutyAssumers,
  Exposure,
  TrustDomain,
} from '../../../lib';
import { contextOf } from './app';
import { ACCOUNT, REGION, roleArn } from './place';

export const WIDER = { caller: 'ShippingDomain', called: 'LedgerDomain', vault: 'Audit' } as const;
export const WORKER = 'shipping-worker';
/** The function that tells balances, and one beside it. */
export const BALANCES = 'ledger-balances';
export const BOOKINGS = 'ledger-bookings';
export const VAULT = `bulkhead-vault-trail-${ACCOUNT}-${REGION}`;
export const AUDITOR = `bulkhead_vault_trail_${REGION}`;
export const ORIGINS = ['https://shop.example.com'];
/** The user who approves changes of `shipping`. */
export const APPROVER = 'finn';

const MFA = Attestation.byProvider('IAM Identity Center: multi-factor authentication at every sign-in');
export const functionArn = (name: string): string => `arn:aws:lambda:${REGION}:${ACCOUNT}:function:${name}`;
const env = { account: ACCOUNT, region: REGION };

const PAYMENT: JsonSchema = {
  type: JsonSchemaType.OBJECT,
  required: ['amount'],
  additionalProperties: false,
  properties: { amount: { type: JsonSchemaType.INTEGER, minimum: 1 } },
};

export function widerApp(backend: string, outdir: string): App {
  const app = new App({ outdir, context: contextOf(backend) });
  const to = (path: string, httpMethod: string) => new HttpIntegration(`${backend}/${path}`, { httpMethod });

  const from = new Stack(app, WIDER.caller, { env });
  const shipping = new TrustDomain(from, 'shipping', {
    exposure: Exposure.PUBLIC,
    owner: 'shipping-team',
    authentication: Authentication.cognito({ scopes: { read: 'See parcels' } }),
    assumers: { ...assumersOf('shipping'), approve: [Assumer.user(`arn:aws:iam::${ACCOUNT}:user/${APPROVER}`)] },
    corsOrigins: ORIGINS,
  });
  shipping.addRoute('GET', '/parcels', to('shipping', 'GET'), { scopes: ['read'] });
  const worker = new Role(from, 'Worker', {
    roleName: WORKER,
    assumedBy: new ServicePrincipal('lambda.amazonaws.com'),
  });
  shipping.own(worker);

  const called = new Stack(app, WIDER.called, { env });
  const ledger = new TrustDomain(called, 'ledger', {
    exposure: Exposure.PARTNER,
    owner: 'ledger-team',
    authentication: Authentication.iam(),
    assumers: assumersOf('ledger'),
  });
  ledger.addRoute('GET', '/balances/{id}', to('ledger', 'GET'));
  ledger.addRoute('POST', '/payments', to('ledger', 'POST'), { requestModel: PAYMENT });
  // Without a policy: CDK would add one that opens every log group.
  const bookkeeper = new Role(called, 'Bookkeeper', { assumedBy: new ServicePrincipal('lambda.amazonaws.com') });
  ledger.own(bookkeeper);
  for (const functionName of [BALANCES, BOOKINGS]) {
    ledger.own(
      new LambdaFunction(called, functionName, {
        functionName,
        runtime: Runtime.NODEJS_22_X,
        handler: 'index.handler',
        role: bookkeeper.withoutPolicyUpdates(),
        code: Code.fromInline('exports.handler = async () => ({ balance: 7 });'),
      }),
    );
  }

  const declared = {
    from: shipping,
    to: ledger,
    caller: Role.fromRoleName(called, 'ShippingWorker', WORKER),
    justification: 'a parcel leaves when the balance of its customer covers it',
    approvedBy: 'ledger-team',
    expires: '2099-12-31',
  };
  new DomainCrossing(called, 'ByRoute', { ...declared, routes: ['GET /balances/{id}'] });
  new DomainCrossing(called, 'ByAction', {
    ...declared,
    actions: ['lambda:InvokeFunction'],
    resources: [functionArn(BALANCES)],
  });

  const audit = new Stack(app, WIDER.vault, { env });
  new AuditVault(audit, 'trail', { readers: [Assumer.role(roleArn('auditors'), MFA)] });
  return app;
}

function assumersOf(domain: string): DutyAssumers {
  const team = (name: string) => [Assumer.role(roleArn(`${domain}-${name}`), MFA)];
  const [provision, deploy, approve] = [team('provision'), team('deploy'), team('approve')];
  const [read, write, monitor, audit] = [team('read'), team('write'), team('monitor'), team('audit')];
  return { provision, deploy, approve, read, write, monitor, audit };
}
