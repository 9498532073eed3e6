import { App, Stack } from 'aws-cdk-lib';
import { HttpIntegration } from 'aws-cdk-lib/aws-apigateway';
import { Certificate } from 'aws-cdk-lib/aws-certificatemanager';
import { Peer, Vpc } from 'aws-cdk-lib/aws-ec2';
import { Role } from 'aws-cdk-lib/aws-iam';
import { ARecord, PrivateHostedZone, RecordTarget } from 'aws-cdk-lib/aws-route53';
import { InterfaceVpcEndpointTarget } from 'aws-cdk-lib/aws-route53-targets';
import { Assumer, Attestation, Authentication, Exposure, TrustDomain } from '../../lib';

export const app = new App();
const env = { account: '111122223333', region: 'eu-central-1' };
const stack = new Stack(app, 'Payroll', { env });
const role = (name: string) => `arn:aws:iam::${env.account}:role/${name}`;

const mfa = Attestation.byProvider('IAM Identity Center: multi-factor authentication at every sign-in');
const team = (name: string) => [Assumer.role(role(`payroll-${name}`), mfa)];
const [provision, deploy, approve] = [team('admins'), team('pipeline'), team('leads')];
const [read, write, monitor, audit] = [team('support'), team('operators'), team('on-call'), team('security')];

// The network team's VPC and zone; the endpoint and the name in them are payroll's own, and shared with no other API.
const vpc = Vpc.fromVpcAttributes(stack, 'Vpc', {
  vpcId: 'vpc-0a1b2c3d4e5f60718',
  vpcCidrBlock: '10.20.0.0/16',
  availabilityZones: ['eu-central-1a', 'eu-central-1b'],
  isolatedSubnetIds: ['subnet-0a1b2c3d4e5f60718', 'subnet-0a1b2c3d4e5f60719'],
  isolatedSubnetRouteTableIds: ['rtb-0a1b2c3d4e5f60718', 'rtb-0a1b2c3d4e5f60719'],
});
const zone = PrivateHostedZone.fromHostedZoneAttributes(stack, 'Zone', {
  hostedZoneId: 'Z0A1B2C3D4E5F60718293',
  zoneName: 'internal.example.com',
});

const payroll = new TrustDomain(stack, 'payroll', {
  exposure: Exposure.INTERNAL,
  owner: 'payroll-team',
  authentication: Authentication.iam(),
  // By TLS from the subnets of finance alone.
  privateEndpoint: { vpc, subnets: { subnets: vpc.isolatedSubnets }, callers: [Peer.ipv4('10.20.4.0/24')] },
  privateDomain: {
    domainName: 'payroll.internal.example.com',
    certificate: Certificate.fromCertificateArn(
      stack,
      'Certificate',
      `arn:aws:acm:${env.region}:${env.account}:certificate/11111111-2222-3333-4444-555555555555`,
    ),
  },
  assumers: { provision, deploy, approve, read, write, monitor, audit },
});
payroll.addRoute('GET', '/payslips/{id}', new HttpIntegration('https://payroll.example.com/payslips'));
payroll.addRoute(
  'POST',
  '/payslips',
  new HttpIntegration('https://payroll.example.com/payslips', { httpMethod: 'POST' }),
);

// An application of another team may read; the API, and the endpoint on the way to it, deny everybody else.
payroll.grantRead(Role.fromRoleArn(stack, 'Reporting', role('reporting'), { mutable: false }));

if (payroll.endpoint !== undefined) {
  const target = RecordTarget.fromAlias(new InterfaceVpcEndpointTarget(payroll.endpoint));
  payroll.own(new ARecord(stack, 'Name', { zone, recordName: 'payroll', target }));
}
