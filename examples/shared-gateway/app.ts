import { App, Stack } from 'aws-cdk-lib';
import { HttpIntegration } from 'aws-cdk-lib/aws-apigateway';
import { Role } from 'aws-cdk-lib/aws-iam';
import {
  ApiGatewayAccount,
  Assumer,
  Attestation,
  Authentication,
  type DutyAssumers,
  Exposure,
  SharedGateway,
  TrustZone,
} from '../../lib';

const env = { account: '111122223333', region: 'eu-central-1' };
const role = (name: string) => `arn:aws:iam::${env.account}:role/${name}`;

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

export const app = new App();
const stackOf = (id: string) => new Stack(app, id, { env });

const account = stackOf('Account');
export const logging = new ApiGatewayAccount(account, 'Logging');

// The gateway belongs to the party that runs it, which has none of its zones.
const edgeStack = stackOf('Edge');
const { read: _, write: __, ...platform } = teamOf('edge');
const edge = new SharedGateway(edgeStack, 'edge', { owner: 'platform-team', assumers: platform });

const suppliersStack = stackOf('Suppliers');
export const suppliers = new TrustZone(suppliersStack, 'suppliers', {
  gateway: edge,
  basePath: '/suppliers',
  exposure: Exposure.PARTNER,
  owner: 'purchasing-team',
  authentication: Authentication.iam(),
  assumers: teamOf('suppliers'),
});
suppliers.addRoute('GET', '/suppliers/offers', new HttpIntegration('https://offers.example.com/offers'));
suppliers.addRoute(
  'POST',
  '/suppliers/offers',
  new HttpIntegration('https://offers.example.com/offers', { httpMethod: 'POST' }),
);
suppliers.grantRead(Role.fromRoleArn(suppliersStack, 'Reporting', role('reporting'), { mutable: false }));

export const shop = new TrustZone(stackOf('Shop'), 'shop', {
  gateway: edge,
  basePath: '/shop',
  exposure: Exposure.PUBLIC,
  owner: 'shop-team',
  authentication: Authentication.cognito({ scopes: { 'orders.read': 'See own orders' } }),
  assumers: teamOf('shop'),
  corsOrigins: ['https://shop.example.com'],
  throttleRate: 50,
});
shop.addRoute('GET', '/shop/orders', new HttpIntegration('https://orders.example.com/orders'), {
  scopes: ['orders.read'],
});

export const claims = new TrustZone(stackOf('Claims'), 'claims', {
  gateway: edge,
  basePath: '/claims',
  exposure: Exposure.PARTNER,
  owner: 'claims-team',
  authentication: Authentication.jwt({
    issuer: 'https://login.example.com/claims',
    audience: ['https://api.example.com/claims'],
    scopes: { 'claims.read': 'See claims' },
  }),
  assumers: teamOf('claims'),
});
claims.addRoute('GET', '/claims/{id}', new HttpIntegration('https://claims.example.com/claims'), {
  scopes: ['claims.read'],
});

// Stages that log cannot be created before API Gateway may write logs.
edgeStack.addStackDependency(account);
