/**
 * The domain of examples/minimal with one permission too many. It must not synthesize.
 *
 * The last lines look harmless: whoever prepares a change of the orders API may also run it, so that a fix
 * does not have to wait for the leads. With them the deployer approves its own changes. There is no
 * wildcard and no administrator in them, so a linter of policies has nothing to say.
 */
import { App, Stack } from 'aws-cdk-lib';
import { HttpIntegration } from 'aws-cdk-lib/aws-apigateway';
import { ManagedPolicy, PolicyStatement } from 'aws-cdk-lib/aws-iam';
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

const hotfix = new PolicyStatement({
  sid: 'Hotfix',
  actions: ['cloudformation:ExecuteChangeSet'],
  resources: [stack.stackId],
});
orders.dutyRole(Duty.DEPLOY).addManagedPolicy(new ManagedPolicy(stack, 'Hotfixes', { statements: [hotfix] }));
