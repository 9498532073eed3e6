import { App, Stack } from 'aws-cdk-lib';
import { HttpIntegration } from 'aws-cdk-lib/aws-apigateway';
import { Assumer, Attestation, Authentication, Exposure, TrustDomain } from '../../lib';

export const app = new App();
const stack = new Stack(app, 'Orders', { env: { account: '111122223333', region: 'eu-central-1' } });

const mfa = Attestation.byProvider('IAM Identity Center: multi-factor authentication at every sign-in');
const team = (name: string) => [Assumer.role(`arn:aws:iam::111122223333:role/orders-${name}`, mfa)];
const [provision, deploy, approve] = [team('admins'), team('pipeline'), team('leads')];
const [read, write, monitor, audit] = [team('support'), team('operators'), team('on-call'), team('security')];

const orders = new TrustDomain(stack, 'orders', {
  exposure: Exposure.PARTNER,
  owner: 'orders-team',
  authentication: Authentication.cognito({ scopes: { read: 'See orders' } }),
  assumers: { provision, deploy, approve, read, write, monitor, audit },
});
orders.addRoute('GET', '/orders', new HttpIntegration('https://orders.example.com/orders'), { scopes: ['read'] });
