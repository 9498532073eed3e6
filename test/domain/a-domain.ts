/** A trust domain to test with: everything required is given, any of it can be replaced. */
import { App, Stack, type StackProps } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { HttpIntegration } from 'aws-cdk-lib/aws-apigateway';
import { Certificate, type ICertificate } from 'aws-cdk-lib/aws-certificatemanager';
import { InterfaceVpcEndpoint, type IVpc, Vpc } from 'aws-cdk-lib/aws-ec2';
import {
  Assumer,
  Attestation,
  Authentication,
  type DutyAssumers,
  Exposure,
  TrustDomain,
  type TrustDomainProps,
} from '../../lib';

// Other tests judge templates with CDK's own validation; here it would cost seconds a template.
process.env.CDK_VALIDATION = 'false';

export const ACCOUNT = '111122223333';
export const REGION = 'eu-central-1';
export const ENV = { account: ACCOUNT, region: REGION };

const MFA = Attestation.byProvider('IAM Identity Center: multi-factor authentication at every sign-in');

/** One role per duty, named after domain and duty. */
export function assumers(domain: string): DutyAssumers {
  const named = (duty: string) => [Assumer.role(`arn:aws:iam::${ACCOUNT}:role/${domain}-${duty}`, MFA)];
  return {
    provision: named('provision'),
    deploy: named('deploy'),
    approve: named('approve'),
    read: named('read'),
    write: named('write'),
    monitor: named('monitor'),
    audit: named('audit'),
  };
}

export function endpoint(stack: Stack, vpcEndpointId = 'vpce-0a1b2c3d4e5f60718'): InterfaceVpcEndpoint {
  return InterfaceVpcEndpoint.fromInterfaceVpcEndpointAttributes(stack, vpcEndpointId, {
    vpcEndpointId,
    port: 443,
  }) as InterfaceVpcEndpoint;
}

/** Another team's network, with a private and an isolated subnet. */
export function network(stack: Stack): IVpc {
  return Vpc.fromVpcAttributes(stack, 'Vpc', {
    vpcId: 'vpc-0a1b2c3d4e5f60718',
    vpcCidrBlock: '10.20.0.0/16',
    availabilityZones: ['eu-central-1a'],
    privateSubnetIds: ['subnet-0a1b2c3d4e5f60718'],
    privateSubnetRouteTableIds: ['rtb-0a1b2c3d4e5f60718'],
    isolatedSubnetIds: ['subnet-0a1b2c3d4e5f60719'],
    isolatedSubnetRouteTableIds: ['rtb-0a1b2c3d4e5f60719'],
  });
}

export function certificate(stack: Stack): ICertificate {
  return Certificate.fromCertificateArn(stack, 'Certificate', `arn:aws:acm:${REGION}:${ACCOUNT}:certificate/orders`);
}

export function inStack(stack: Stack, name: string, props: Partial<TrustDomainProps> = {}): TrustDomain {
  return new TrustDomain(stack, name, {
    exposure: Exposure.PUBLIC,
    owner: 'shop-team',
    authentication: Authentication.iam(),
    assumers: assumers(name),
    ...props,
  });
}

/** In a stack of its own, with one route, so that API Gateway accepts the API. */
export function aDomain(
  props: Partial<TrustDomainProps> = {},
  stackProps: StackProps = { env: ENV },
  name = 'orders',
): TrustDomain {
  const stack = new Stack(new App(), 'Orders', stackProps);
  const vpcEndpoints = props.exposure === Exposure.INTERNAL ? [endpoint(stack)] : undefined;
  return inStack(stack, name, { vpcEndpoints, ...props });
}

export const BACKEND = new HttpIntegration('https://orders.example.com');

export function templateOf(domain: TrustDomain, withRoute = true): Template {
  if (withRoute) {
    const scopes = domain.userPool === undefined ? undefined : ['read'];
    domain.addRoute('GET', '/probe', BACKEND, { scopes });
  }
  return Template.fromStack(Stack.of(domain));
}

export function cognito(): Authentication {
  return Authentication.cognito({ scopes: { read: 'See orders', write: 'Place orders' } });
}
