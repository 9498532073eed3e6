/**
 * The domain of examples/minimal with one permission too many. It must not synthesize.
 *
 * The line at the end looks harmless: whoever prepares a change of the orders API may also run it, so that a
 * release does not have to wait. With it the deployer approves its own changes, and four eyes are two.
 */
import { App, Stack } from 'aws-cdk-lib';
import { HttpIntegration } from 'aws-cdk-lib/aws-apigateway';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { Assumer, Attestation, Authentication, Duty, Exposure, TrustDomain } from '../../lib';

export const app = new App();
const stack = new Stack(app, 'Orders', { env: { account: '111122223333', region: 'eu-central-1' } });

const mfa = Attestation.byProvider('IAM Identity Center: multi-factor authentication at every sign-in');
const team = (duty: string) => [Assumer.role(`arn:aws:iam::111122223333:role/orders-${duty}`, mfa)];

export const orders = new TrustDomain(stack, 'orders', {
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

orders
  .dutyRole(Duty.DEPLOY)
  .addToPrincipalPolicy(
    new PolicyStatement({ sid: 'Hotfix', actions: ['cloudformation:*ChangeSet'], resources: ['*'] }),
  );
