/**
 * Two domains in development and in production, each of these in an account of its own; what happens in either is recorded
 * in a third, which neither can reach. In production CodePipeline prepares each change and runs it once it is approved.
 */
import { App, LegacyStackSynthesizer, Stack, Stage, type StageProps } from 'aws-cdk-lib';
import { HttpIntegration, type JsonSchema, JsonSchemaType } from 'aws-cdk-lib/aws-apigateway';
import { Artifact } from 'aws-cdk-lib/aws-codepipeline';
import { CodeStarConnectionsSourceAction } from 'aws-cdk-lib/aws-codepipeline-actions';
import { InterfaceVpcEndpoint } from 'aws-cdk-lib/aws-ec2';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import {
  ApiGatewayAccount,
  Assumer,
  Attestation,
  AuditTrail,
  AuditVault,
  Authentication,
  DomainCrossing,
  DomainDeployment,
  DomainSynthesizer,
  type DutyAssumers,
  Exposure,
  FourEyesPipeline,
  Lifecycle,
  Sensitivity,
  TrustDomain,
} from '../../lib';

const region = 'eu-central-1';
const [development, production, security] = ['444455556666', '111122223333', '777788889999'];

export const app = new App();

// The records of both accounts, locked for a year, read by people who run neither.
const mfa = Attestation.byProvider('IAM Identity Center: multi-factor authentication at every sign-in');
const vaultStack = new Stack(app, 'Audit', { env: { account: security, region } });
export const vault = new AuditVault(vaultStack, 'trail', {
  readers: [Assumer.role(`arn:aws:iam::${security}:role/auditors`, mfa)],
  sources: [{ account: development }, { account: production }],
});

interface ShopProps extends StageProps {
  readonly lifecycle: Lifecycle;
  readonly vpcEndpointId: string;
}

/** The shop in one account. */
class Shop extends Stage {
  readonly logging: ApiGatewayAccount;
  readonly ledger: TrustDomain;
  readonly orders: TrustDomain;

  constructor(scope: App, id: string, props: ShopProps) {
    super(scope, id, props);
    const account = new Stack(this, 'Account');
    this.logging = new ApiGatewayAccount(account, 'Logging');
    new AuditTrail(new Stack(this, 'Recorded'), 'Trail', { vault });
    this.ledger = this.addLedger(props, account);
    this.orders = this.addOrders(props, account);
    this.cross();
  }

  /** Payments: internal, signed by IAM. */
  private addLedger({ lifecycle, vpcEndpointId }: ShopProps, account: Stack): TrustDomain {
    const { stack, assumers } = this.place('ledger', lifecycle, account);
    const endpoint = InterfaceVpcEndpoint.fromInterfaceVpcEndpointAttributes(stack, 'Endpoint', {
      vpcEndpointId,
      port: 443,
    });
    const ledger = new TrustDomain(stack, 'ledger', {
      exposure: Exposure.INTERNAL,
      owner: 'finance-team',
      authentication: Authentication.iam(),
      vpcEndpoints: [endpoint],
      assumers,
      lifecycle,
    });
    const backend = (httpMethod: string) => new HttpIntegration('https://ledger.example.com/payments', { httpMethod });
    ledger.addRoute('GET', '/balances/{id}', backend('GET'));
    ledger.addRoute('POST', '/payments', backend('POST'), { sensitivity: Sensitivity.HIGH, requestModel: PAYMENT });
    return ledger;
  }

  /** What partners order: each account has users of its own. */
  private addOrders({ lifecycle }: ShopProps, account: Stack): TrustDomain {
    const { stack, assumers } = this.place('orders', lifecycle, account);
    const orders = new TrustDomain(stack, 'orders', {
      exposure: Exposure.PARTNER,
      owner: 'orders-team',
      authentication: Authentication.cognito({ scopes: { 'orders.read': 'See orders' } }),
      assumers,
      lifecycle,
    });
    orders.addRoute('GET', '/orders', new HttpIntegration('https://orders.example.com/orders'), {
      scopes: ['orders.read'],
    });
    return orders;
  }

  /** A worker of orders asks the ledger for balances, and nothing else crosses. */
  private cross(): void {
    const [from, to] = [Stack.of(this.orders), Stack.of(this.ledger)];
    const worker = new Role(from, 'Worker', {
      roleName: 'orders-worker',
      assumedBy: new ServicePrincipal('lambda.amazonaws.com'),
    });
    this.orders.own(worker);
    new DomainCrossing(to, 'FromOrders', {
      from: this.orders,
      to: this.ledger,
      // By its name: the stacks stay independent of one another.
      caller: Role.fromRoleName(to, 'OrdersWorker', 'orders-worker'),
      routes: ['GET /balances/{id}'],
      justification: 'an order is accepted if the balance of its customer covers it',
      approvedBy: 'finance-team',
      expires: '2027-09-30',
    });
  }

  /** The stack of a domain, and who takes on its duties: in development people, in production pipelines too. */
  private place(
    name: string,
    lifecycle: Lifecycle,
    account: Stack,
  ): { readonly stack: Stack; readonly assumers: DutyAssumers } {
    const team = (who: string) => [Assumer.role(`arn:aws:iam::${this.account}:role/${name}-${who}`, mfa)];
    const [provision, deploy, approve] = ['admins', 'developers', 'leads'].map(team);
    const [read, write, monitor, audit] = ['support', 'operators', 'on-call', 'security'].map(team);
    const people = { provision, deploy, approve, read, write, monitor, audit };
    const id = `${name[0]?.toUpperCase()}${name.slice(1)}`;
    const released = lifecycle === Lifecycle.PRODUCTION ? this.releasedBy(name, id) : undefined;
    const stack = new Stack(this, id, released && { synthesizer: new DomainSynthesizer({ domainName: name }) });
    // Stages that log cannot be created before API Gateway may write logs.
    stack.addStackDependency(account);
    if (released === undefined) return { stack, assumers: people };
    return { stack, assumers: { ...people, deploy: [released.preparer], approve: [...approve, released.executor] } };
  }

  /** Deployed once, by whoever administers the account: what the domain is deployed with from then on. */
  private releasedBy(domainName: string, id: string): FourEyesPipeline {
    const first = new Stack(this, `${id}Deployment`, { synthesizer: new LegacyStackSynthesizer() });
    new DomainDeployment(first, 'Deployment', { domainName, stackName: `${this.stageName}-${id}` });
    const sourceOutput = new Artifact('Source');
    return new FourEyesPipeline(first, 'Pipeline', {
      domainName,
      stackName: `${this.stageName}/${id}`,
      source: new CodeStarConnectionsSourceAction({
        actionName: 'Source',
        owner: 'acme',
        repo: 'shop',
        output: sourceOutput,
        connectionArn: `arn:aws:codeconnections:${region}:${this.account}:connection/5d7f0a1b-0a1b-4c2d-8e3f-60718293a4b5`,
      }),
      sourceOutput,
    });
  }
}

const PAYMENT: JsonSchema = {
  type: JsonSchemaType.OBJECT,
  required: ['from', 'to', 'cents'],
  additionalProperties: false,
  properties: {
    from: { type: JsonSchemaType.STRING, pattern: '^[0-9]{10}$' },
    to: { type: JsonSchemaType.STRING, pattern: '^[0-9]{10}$' },
    cents: { type: JsonSchemaType.INTEGER, minimum: 1 },
  },
};

export const stages = [
  new Shop(app, 'Development', {
    env: { account: development, region },
    lifecycle: Lifecycle.DEVELOPMENT,
    vpcEndpointId: 'vpce-0a1b2c3d4e5f60718',
  }),
  new Shop(app, 'Production', {
    env: { account: production, region },
    lifecycle: Lifecycle.PRODUCTION,
    vpcEndpointId: 'vpce-0a1b2c3d4e5f60719',
  }),
];
