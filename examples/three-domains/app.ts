import { App, Duration, Stack } from 'aws-cdk-lib';
import { HttpIntegration, type JsonSchema, JsonSchemaType } from 'aws-cdk-lib/aws-apigateway';
import { InterfaceVpcEndpoint } from 'aws-cdk-lib/aws-ec2';
import { Role } from 'aws-cdk-lib/aws-iam';
import {
  ApiGatewayAccount,
  Assumer,
  Attestation,
  Authentication,
  type DutyAssumers,
  Exposure,
  RateAggregation,
  Sensitivity,
  TrustDomain,
} from '../../lib';

const env = { account: '111122223333', region: 'eu-central-1' };
const role = (name: string) => `arn:aws:iam::${env.account}:role/${name}`;

/** Every team has its own roles at the identity provider, which sets a session tag after a second factor. */
function teamOf(domain: string): DutyAssumers {
  const mfa = Attestation.sessionTag('mfa', 'true');
  const named = (duty: string) => [Assumer.role(role(`${domain}-${duty}`), mfa)];
  return {
    provision: named('admins'),
    deploy: named('pipeline'),
    approve: named('leads'),
    read: named('support'),
    write: named('operators'),
    monitor: named('on-call'),
    audit: named('security'),
  };
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

export const app = new App();
const account = new Stack(app, 'Account', { env });
export const logging = new ApiGatewayAccount(account, 'Logging');

const ledgerStack = new Stack(app, 'Ledger', { env });
const ledger = new TrustDomain(ledgerStack, 'ledger', {
  exposure: Exposure.INTERNAL,
  owner: 'finance-team',
  authentication: Authentication.iam(),
  assumers: teamOf('ledger'),
  vpcEndpoints: [
    InterfaceVpcEndpoint.fromInterfaceVpcEndpointAttributes(ledgerStack, 'Endpoint', {
      vpcEndpointId: 'vpce-0a1b2c3d4e5f60718',
      port: 443,
    }),
  ],
});
const ledgerBackend = (httpMethod: string) =>
  new HttpIntegration('https://ledger.example.com/payments', { httpMethod });
ledger.addRoute('GET', '/payments', ledgerBackend('GET'));
ledger.addRoute('POST', '/payments', ledgerBackend('POST'), {
  sensitivity: Sensitivity.HIGH,
  requestModel: PAYMENT,
});
ledger.grantRead(Role.fromRoleArn(ledgerStack, 'Reporting', role('reporting'), { mutable: false }));

const partnersStack = new Stack(app, 'Partners', { env });
const partners = new TrustDomain(partnersStack, 'partners', {
  exposure: Exposure.PARTNER,
  owner: 'partner-team',
  authentication: Authentication.cognito({ scopes: { 'stock.read': 'See what is in stock' } }),
  assumers: teamOf('partners'),
  rateLimit: 2000,
  rateWindow: Duration.minutes(1),
  rateAggregation: RateAggregation.forwardedIp(),
});
partners.addRoute('GET', '/stock', new HttpIntegration('https://stock.example.com/stock'), { scopes: ['stock.read'] });

const shopStack = new Stack(app, 'Shop', { env });
const shop = new TrustDomain(shopStack, 'shop', {
  exposure: Exposure.PUBLIC,
  owner: 'shop-team',
  authentication: Authentication.cognito({ scopes: { 'orders.read': 'See own orders' } }),
  assumers: teamOf('shop'),
  corsOrigins: ['https://shop.example.com'],
});
shop.addRoute('GET', '/orders', new HttpIntegration('https://orders.example.com/orders'), { scopes: ['orders.read'] });

// Stages that log cannot be created before API Gateway may write logs.
for (const stack of [ledgerStack, partnersStack, shopStack]) stack.addStackDependency(account);
