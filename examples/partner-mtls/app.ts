import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { App, Duration, Stack } from 'aws-cdk-lib';
import { HttpIntegration, JsonSchemaType } from 'aws-cdk-lib/aws-apigateway';
import { Certificate } from 'aws-cdk-lib/aws-certificatemanager';
import { Role } from 'aws-cdk-lib/aws-iam';
import { Assumer, Attestation, Authentication, Exposure, Sensitivity, TrustDomain } from '../../lib';

export const app = new App();
const env = { account: '111122223333', region: 'eu-central-1' };
const stack = new Stack(app, 'Settlement', { env });
const role = (name: string) => `arn:aws:iam::${env.account}:role/${name}`;

const mfa = Attestation.byProvider('IAM Identity Center: multi-factor authentication at every sign-in');
const team = (name: string) => [Assumer.role(role(`settlement-${name}`), mfa)];
const [provision, deploy, approve] = [team('admins'), team('pipeline'), team('leads')];
const [read, write, monitor, audit] = [team('support'), team('operators'), team('on-call'), team('security')];

const settlement = new TrustDomain(stack, 'settlement', {
  exposure: Exposure.PARTNER,
  owner: 'settlement-team',
  authentication: Authentication.mutualTls({
    domainName: 'settlement.example.com',
    certificate: Certificate.fromCertificateArn(
      stack,
      'Certificate',
      `arn:aws:acm:${env.region}:${env.account}:certificate/11111111-2222-3333-4444-555555555555`,
    ),
    // The partner's authority: adding another is a change that somebody reviews.
    authorities: readFileSync(join(__dirname, 'authorities.pem'), 'utf8'),
    clients: [
      { name: 'bank', subject: 'CN=settlement,O=Example Bank,C=DE' },
      { name: 'shop', alternativeName: 'URI:spiffe://partner.example.com/shop' },
    ],
    revocationPublisher: Role.fromRoleArn(stack, 'Publisher', role('partner-authority'), { mutable: false }),
    revocationRefresh: Duration.minutes(1),
    // A stolen token is of no use without the certificate that it was issued to.
    token: { issuer: 'https://partners.example.com', audience: ['https://settlement.example.com'] },
    scopes: { 'batches.read': 'See batches', 'batches.write': 'Hand in batches' },
  }),
  assumers: { provision, deploy, approve, read, write, monitor, audit },
});

const backend = (httpMethod: string) => new HttpIntegration('https://batches.example.com', { httpMethod });
settlement.addRoute('GET', '/batches/{id}', backend('GET'), { scopes: ['batches.read'] });
settlement.addRoute('POST', '/batches', backend('POST'), {
  scopes: ['batches.write'],
  sensitivity: Sensitivity.HIGH,
  requestModel: {
    type: JsonSchemaType.OBJECT,
    required: ['total'],
    properties: { total: { type: JsonSchemaType.NUMBER } },
  },
});
