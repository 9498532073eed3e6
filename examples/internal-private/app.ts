import { App, Stack } from 'aws-cdk-lib';
import { HttpIntegration } from 'aws-cdk-lib/aws-apigateway';
import {
  InterfaceVpcEndpoint,
  InterfaceVpcEndpointAwsService,
  Peer,
  Port,
  SecurityGroup,
  Vpc,
} from 'aws-cdk-lib/aws-ec2';
import { AnyPrincipal, PolicyStatement, Role } from 'aws-cdk-lib/aws-iam';
import { Assumer, Attestation, Authentication, Duty, Exposure, TrustDomain } from '../../lib';

export const app = new App();
const env = { account: '111122223333', region: 'eu-central-1' };
const stack = new Stack(app, 'Payroll', { env });
const role = (name: string) => `arn:aws:iam::${env.account}:role/${name}`;

const mfa = Attestation.byProvider('IAM Identity Center: multi-factor authentication at every sign-in');
const team = (name: string) => [Assumer.role(role(`payroll-${name}`), mfa)];
const [provision, deploy, approve] = [team('admins'), team('pipeline'), team('leads')];
const [read, write, monitor, audit] = [team('support'), team('operators'), team('on-call'), team('security')];

// The network team's VPC; the endpoint in it is payroll's own, and shared with no other API.
const vpc = Vpc.fromVpcAttributes(stack, 'Vpc', {
  vpcId: 'vpc-0a1b2c3d4e5f60718',
  vpcCidrBlock: '10.20.0.0/16',
  availabilityZones: ['eu-central-1a', 'eu-central-1b'],
  isolatedSubnetIds: ['subnet-0a1b2c3d4e5f60718', 'subnet-0a1b2c3d4e5f60719'],
  isolatedSubnetRouteTableIds: ['rtb-0a1b2c3d4e5f60718', 'rtb-0a1b2c3d4e5f60719'],
});
const securityGroup = new SecurityGroup(stack, 'Callers', {
  vpc,
  description: 'Callers of payroll, by TLS from the subnets of finance alone',
  allowAllOutbound: false,
});
securityGroup.addIngressRule(Peer.ipv4('10.20.4.0/24'), Port.tcp(443), 'TLS from finance');
const endpoint = new InterfaceVpcEndpoint(stack, 'Endpoint', {
  vpc,
  service: InterfaceVpcEndpointAwsService.APIGATEWAY,
  securityGroups: [securityGroup],
  open: false,
});

const payroll = new TrustDomain(stack, 'payroll', {
  exposure: Exposure.INTERNAL,
  owner: 'payroll-team',
  authentication: Authentication.iam(),
  vpcEndpoints: [endpoint],
  assumers: { provision, deploy, approve, read, write, monitor, audit },
});
payroll.own(endpoint);
payroll.own(securityGroup);
payroll.addRoute('GET', '/payslips/{id}', new HttpIntegration('https://payroll.example.com/payslips'));
payroll.addRoute(
  'POST',
  '/payslips',
  new HttpIntegration('https://payroll.example.com/payslips', { httpMethod: 'POST' }),
);

// An application of another team may read, and everybody else is denied: by the API, and by the endpoint on the way to
// it. The endpoint names the API by its stage: the API names the endpoint, and of two ids one must come first.
const reporting = role('reporting');
payroll.grantRead(Role.fromRoleArn(stack, 'Reporting', reporting, { mutable: false }));
endpoint.addToPolicy(
  new PolicyStatement({
    sid: 'CallersOfPayroll',
    principals: [new AnyPrincipal()],
    actions: ['execute-api:Invoke'],
    resources: [`arn:aws:execute-api:${env.region}:${env.account}:*/${payroll.stageName}/*`],
    conditions: {
      ArnEquals: { 'aws:PrincipalArn': [payroll.dutyRoleArn(Duty.READ), payroll.dutyRoleArn(Duty.WRITE), reporting] },
    },
  }),
);
