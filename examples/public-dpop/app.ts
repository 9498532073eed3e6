import { App, Duration, Stack } from 'aws-cdk-lib';
import { HttpIntegration, JsonSchemaType } from 'aws-cdk-lib/aws-apigateway';
import { Assumer, Attestation, Authentication, Exposure, Sensitivity, TrustDomain } from '../../lib';

export const app = new App();
const stack = new Stack(app, 'Wallet', { env: { account: '111122223333', region: 'eu-central-1' } });

const mfa = Attestation.byProvider('IAM Identity Center: multi-factor authentication at every sign-in');
const team = (name: string) => [Assumer.role(`arn:aws:iam::111122223333:role/wallet-${name}`, mfa)];
const [provision, deploy, approve] = [team('admins'), team('pipeline'), team('leads')];
const [read, write, monitor, audit] = [team('support'), team('operators'), team('on-call'), team('security')];

const wallet = new TrustDomain(stack, 'wallet', {
  exposure: Exposure.PUBLIC,
  owner: 'wallet-team',
  authentication: Authentication.dpop({
    issuer: 'https://login.example.com',
    audience: ['https://wallet.example.com'],
    scopes: { balance: 'See the balance', transfer: 'Send money' },
    proofMaxAge: Duration.seconds(30),
  }),
  corsOrigins: ['https://wallet.example.com'],
  assumers: { provision, deploy, approve, read, write, monitor, audit },
});

wallet.addRoute('GET', '/balance', new HttpIntegration('https://core.example.com/balance'), { scopes: ['balance'] });
wallet.addRoute(
  'POST',
  '/transfers',
  new HttpIntegration('https://core.example.com/transfers', { httpMethod: 'POST' }),
  {
    scopes: ['transfer'],
    sensitivity: Sensitivity.HIGH,
    requestModel: {
      type: JsonSchemaType.OBJECT,
      required: ['to', 'cents'],
      additionalProperties: false,
      properties: {
        to: { type: JsonSchemaType.STRING, pattern: '^[0-9]{10}$' },
        cents: { type: JsonSchemaType.INTEGER, minimum: 1 },
      },
    },
  },
);
