/** SOD-9: what an override makes of a duty role's trust policy is judged, whatever the construct wrote. */
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App, Duration, Stack } from 'aws-cdk-lib';
import { type CfnRole, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Assumer, Attestation, Duty, type TrustDomain } from '../../lib';
import { ACCOUNT, assumers, BACKEND, ENV, inStack } from './a-domain';
import { judged } from './a-four-eyes-app';

const MFA = Attestation.byProvider('IAM Identity Center: multi-factor authentication at every sign-in');
const GITHUB = `arn:aws:iam::${ACCOUNT}:oidc-provider/token.actions.githubusercontent.com`;
const job = Assumer.gitHub({ providerArn: GITHUB, repository: 'acme/orders', environment: 'production' }, MFA);

function found(duty: Duty, change: (role: CfnRole) => void): readonly string[] {
  const outdir = mkdtempSync(join(tmpdir(), 'bulkhead-trust-'));
  const app = new App({ outdir });
  const stack = new Stack(app, 'Orders', { env: ENV });
  const named = new Role(stack, 'Support', {
    roleName: 'support',
    assumedBy: new ServicePrincipal('lambda.amazonaws.com'),
  });
  const orders: TrustDomain = inStack(stack, 'orders', {
    maxSessionDuration: Duration.hours(8),
    assumers: {
      ...assumers('orders'),
      provision: [Assumer.fromRole(named, MFA)],
      deploy: [job],
      approve: [
        Assumer.user(`arn:aws:iam::${ACCOUNT}:user/ann`),
        Assumer.role(`arn:aws:iam::${ACCOUNT}:role/leads`, Attestation.sessionTag('mfa', 'true')),
      ],
    },
  });
  orders.addRoute('GET', '/orders', BACKEND);
  change(orders.dutyRole(duty).node.defaultChild as CfnRole);
  return judged({ app, outdir })
    .findings.filter(({ id }) => id === 'SOD-9')
    .map(({ message }) => message);
}

const TRUST = 'AssumeRolePolicyDocument.Statement.0';

test('users with a second factor, roles and jobs for which somebody vouches, and a session tag pass', () => {
  expect(found(Duty.READ, () => undefined)).toEqual([]);
});

test.each<[string, Duty, (role: CfnRole) => void, RegExp]>([
  [
    'the account',
    Duty.READ,
    (r) => r.addPropertyOverride(`${TRUST}.Principal.AWS`, ACCOUNT),
    /admits `\d{12}`, which stands for principals that nobody named/,
  ],
  [
    'its root',
    Duty.READ,
    (r) => r.addPropertyOverride(`${TRUST}.Principal.AWS`, `arn:aws:iam::${ACCOUNT}:root`),
    /:root`, which stands for/,
  ],
  [
    'everybody',
    Duty.MONITOR,
    (r) => r.addPropertyOverride(`${TRUST}.Principal.AWS`, '*'),
    /admits `\*`, which stands for/,
  ],
  [
    'every job of a provider',
    Duty.DEPLOY,
    (r) => r.addPropertyDeletionOverride(`${TRUST}.Condition`),
    /every identity that `\S+` signs for/,
  ],
  [
    'every repository of an organization',
    Duty.DEPLOY,
    (r) => {
      r.addPropertyDeletionOverride(`${TRUST}.Condition.StringEquals`);
      r.addPropertyOverride(`${TRUST}.Condition.StringLike`, {
        'token.actions.githubusercontent.com:sub': 'repo:acme/*',
      });
    },
    /every identity that `\S+` signs for/,
  ],
  [
    'a user without a second factor',
    Duty.APPROVE,
    (r) => r.addPropertyDeletionOverride(`${TRUST}.Condition`),
    /user\/ann` without a second factor/,
  ],
  [
    'a second factor that is asked for only if it is there',
    Duty.APPROVE,
    (r) => {
      r.addPropertyDeletionOverride(`${TRUST}.Condition.Bool`);
      r.addPropertyOverride(`${TRUST}.Condition.BoolIfExists`, { 'aws:MultiFactorAuthPresent': 'true' });
    },
    /without a second factor/,
  ],
  [
    'a role for which nobody vouches any more',
    Duty.PROVISION,
    (r) => r.addDeletionOverride('Metadata.bulkhead.attestations'),
    /role\/support` without a second factor/,
  ],
  [
    'long sessions of a privileged duty',
    Duty.DEPLOY,
    (r) => r.addPropertyOverride('MaxSessionDuration', 7200),
    /sessions of 7200 seconds; one hour is the longest/,
  ],
  [
    'longer sessions than a day’s work',
    Duty.READ,
    (r) => r.addPropertyOverride('MaxSessionDuration', 43200),
    /sessions of 43200 seconds; 8 hours are the longest/,
  ],
])('%s is a violation', (_, duty, change, message) => {
  expect(found(duty, change).join('\n')).toMatch(message);
});
