import { App, Stack } from 'aws-cdk-lib';
import { HttpIntegration } from 'aws-cdk-lib/aws-apigateway';
import { Assumer, Attestation, Authentication, Exposure, TrustDomain } from '../../lib';

export const app = new App();
const stack = new Stack(app, 'Orders', { env: { account: '111122223333', region: 'eu-central-1' } });

const mfa = Attestation.byProvider('IAM Identity Center: multi-factor authentication at every sign-in');
const team = (duty: string) => [Assumer.role(`arn:aws:iam::111122223333:role/orders-${duty}`, mfa)];

const orders = new TrustDomain(stack, 'orders', {
  exposure: Exposure.PARTNER,
  owner: 'orders-team',
  authentication: Authentication.cognito({ scopes: { read: 'See orders' } }),
  assumers: {
    provision: team('admins'),
    deploy: team('pipeline'),
    approve: team('leads'),
    read: team('support'),
    write: team('operators'),
    monitor: team('on-call'),
    audit: team('security'),
  },
});

orders.addRoute('GET', '/orders', new HttpIntegration('https://orders.example.com/orders'), { scopes: ['read'] });
