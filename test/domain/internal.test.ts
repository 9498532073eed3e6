/** An internal domain: its own endpoint, its private name, and everything else off. */
import { App, Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import type { ICertificate } from 'aws-cdk-lib/aws-certificatemanager';
import { type IVpc, Peer, SubnetType } from 'aws-cdk-lib/aws-ec2';
import { Role } from 'aws-cdk-lib/aws-iam';
import { Exposure, type TrustDomain, type TrustDomainProps } from '../../lib';
import {
  ACCOUNT,
  BACKEND,
  certificate,
  cognito,
  ENV,
  endpoint,
  inStack,
  network,
  REGION,
  templateOf,
} from './a-domain';
import { dpop } from './with-authorizer';

const NAME = 'orders.internal.example.com';

const callers = [Peer.ipv4('10.20.4.0/24')];

interface Place {
  readonly stack: Stack;
  readonly vpc: IVpc;
  readonly cert: ICertificate;
}

/** With its own endpoint; `named` also with its private name. */
function internal(props: (place: Place) => Partial<TrustDomainProps> = () => ({}), named = true): TrustDomain {
  const stack = new Stack(new App(), 'Orders', { env: ENV });
  const [vpc, cert] = [network(stack), certificate(stack)];
  return inStack(stack, 'orders', {
    exposure: Exposure.INTERNAL,
    privateEndpoint: { vpc, callers },
    ...(named ? { privateDomain: { domainName: NAME, certificate: cert } } : {}),
    ...props({ stack, vpc, cert }),
  });
}

const roleArn = (duty: string) => ({
  'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, `:iam::${ACCOUNT}:role/bulkhead-orders-${duty}-${REGION}`]],
});
const executeApi = (resource: string) => ({
  'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, `:execute-api:${REGION}:${ACCOUNT}:${resource}`]],
});
const refTo = (template: Template, type: string) => ({ Ref: Object.keys(template.findResources(type))[0] });

describe('its own endpoint', () => {
  test('lets the callers of the domain through to its private name, and nothing else', () => {
    const template = templateOf(internal());
    const name = executeApi(`/domainnames/${NAME}+*`);
    template.hasResource('AWS::EC2::VPCEndpoint', {
      Properties: {
        VpcEndpointType: 'Interface',
        PrivateDnsEnabled: false,
        SubnetIds: ['subnet-0a1b2c3d4e5f60718'],
        PolicyDocument: {
          Statement: [
            { Sid: 'OwnName', Effect: 'Allow', Principal: { AWS: '*' }, Action: 'execute-api:Invoke', Resource: name },
            {
              Sid: 'OwnCallers',
              Effect: 'Allow',
              Principal: { AWS: '*' },
              Action: 'execute-api:Invoke',
              Resource: executeApi('*/v1/*'),
              Condition: {
                ArnLike: { 'execute-api:viaDomainArn': name },
                ArnEquals: { 'aws:PrincipalArn': [roleArn('read'), roleArn('write')] },
              },
            },
          ],
        },
      },
      Metadata: { bulkhead: { domain: 'orders', part: 'endpoint' } },
    });
  });

  test('lets in by TLS from the named ranges alone, and out nowhere', () => {
    templateOf(internal()).hasResourceProperties('AWS::EC2::SecurityGroup', {
      SecurityGroupIngress: [{ CidrIp: '10.20.4.0/24', FromPort: 443, ToPort: 443, IpProtocol: 'tcp' }],
      SecurityGroupEgress: [Match.objectLike({ CidrIp: '255.255.255.255/32' })],
    });
  });

  test('takes callers that are granted later, in the subnets and with the names that the author wants', () => {
    const domain = internal(({ vpc }) => ({
      privateEndpoint: {
        vpc,
        callers,
        subnets: { subnetType: SubnetType.PRIVATE_ISOLATED },
        privateDns: true,
      },
    }));
    domain.grantRead(
      Role.fromRoleArn(domain, 'Reporting', `arn:aws:iam::${ACCOUNT}:role/reporting`, { mutable: false }),
    );
    templateOf(domain).hasResourceProperties('AWS::EC2::VPCEndpoint', {
      PrivateDnsEnabled: true,
      SubnetIds: ['subnet-0a1b2c3d4e5f60719'],
      PolicyDocument: {
        Statement: Match.arrayWith([
          Match.objectLike({
            Condition: {
              ArnEquals: { 'aws:PrincipalArn': Match.arrayWith([`arn:aws:iam::${ACCOUNT}:role/reporting`]) },
              ArnLike: Match.anyValue(),
            },
          }),
        ]),
      },
    });
  });

  test('names no callers where they carry tokens, and no name where there is none', () => {
    templateOf(internal(() => ({ authentication: cognito() }), false)).hasResourceProperties('AWS::EC2::VPCEndpoint', {
      PolicyDocument: {
        Statement: [Match.objectLike({ Sid: 'OwnCallers', Resource: executeApi('*/v1/*'), Condition: Match.absent() })],
      },
    });
  });

  test('lets preflight requests through, which nobody signs', () => {
    const template = templateOf(internal(() => ({ corsOrigins: ['https://app.example.com'] })));
    template.hasResourceProperties('AWS::EC2::VPCEndpoint', {
      PolicyDocument: {
        Statement: Match.arrayWith([Match.objectLike({ Sid: 'Preflight', Resource: executeApi('*/v1/OPTIONS/*') })]),
      },
    });
  });

  test('stands beside others of the domain, and the API admits them all', () => {
    const template = templateOf(internal(({ stack }) => ({ vpcEndpoints: [endpoint(stack)] })));
    const own = refTo(template, 'AWS::EC2::VPCEndpoint');
    template.hasResourceProperties('AWS::ApiGateway::RestApi', {
      EndpointConfiguration: { Types: ['PRIVATE'], VpcEndpointIds: ['vpce-0a1b2c3d4e5f60718', own] },
      Policy: {
        Statement: Match.arrayWith([
          Match.objectLike({
            Effect: 'Deny',
            Condition: { StringNotEquals: { 'aws:SourceVpce': ['vpce-0a1b2c3d4e5f60718', own] } },
          }),
        ]),
      },
    });
    template.resourceCountIs('AWS::ApiGateway::DomainNameAccessAssociation', 2);
  });
});

describe('its private name', () => {
  test('is a private custom domain that only its own endpoints use, and the default endpoint is off', () => {
    const domain = internal();
    const template = templateOf(domain);
    const own = refTo(template, 'AWS::EC2::VPCEndpoint');
    const arn = { 'Fn::GetAtt': [refTo(template, 'AWS::ApiGateway::DomainNameV2').Ref, 'DomainNameArn'] };
    template.hasResource('AWS::ApiGateway::DomainNameV2', {
      Properties: {
        DomainName: NAME,
        CertificateArn: `arn:aws:acm:${REGION}:${ACCOUNT}:certificate/orders`,
        EndpointConfiguration: { Types: ['PRIVATE'] },
        SecurityPolicy: 'TLS_1_2',
        Policy: {
          Statement: [
            Match.objectLike({
              Effect: 'Deny',
              Resource: 'execute-api:/*',
              Condition: { StringNotEquals: { 'aws:SourceVpce': [own] } },
            }),
            Match.objectLike({
              Effect: 'Allow',
              Principal: { AWS: '*' },
              Condition: { StringEquals: { 'aws:SourceVpce': [own] } },
            }),
          ],
        },
        Tags: Match.arrayWith([{ Key: 'bulkhead:domain', Value: 'orders' }]),
      },
      Metadata: { bulkhead: { domain: 'orders', part: 'private-domain' } },
    });
    template.hasResourceProperties('AWS::ApiGateway::BasePathMappingV2', {
      DomainNameArn: arn,
      RestApiId: refTo(template, 'AWS::ApiGateway::RestApi'),
      Stage: refTo(template, 'AWS::ApiGateway::Stage'),
      BasePath: Match.absent(),
    });
    template.hasResourceProperties('AWS::ApiGateway::DomainNameAccessAssociation', {
      DomainNameArn: arn,
      AccessAssociationSource: own,
      AccessAssociationSourceType: 'VPCE',
    });
    template.hasResourceProperties('AWS::ApiGateway::RestApi', { DisableExecuteApiEndpoint: true });
    expect(domain.privateDomain?.domainName).toBe(NAME);
    expect(domain.endpoint).toBeDefined();
  });

  test('without one the default endpoint is on, unless the author turns it off', () => {
    templateOf(internal(undefined, false)).hasResourceProperties('AWS::ApiGateway::RestApi', {
      DisableExecuteApiEndpoint: Match.absent(),
    });
    templateOf(internal(() => ({ disableDefaultEndpoint: true }), false)).hasResourceProperties(
      'AWS::ApiGateway::RestApi',
      { DisableExecuteApiEndpoint: true },
    );
  });

  test('is what proofs name, where callers prove possession of a key', () => {
    const domain = internal(() => ({ authentication: dpop() }));
    domain.addRoute('GET', '/orders', BACKEND, { scopes: ['orders.read'] });
    const functions = Template.fromStack(Stack.of(domain)).findResources('AWS::Lambda::Function');
    expect(JSON.stringify(functions)).toContain(`\\"hosts\\":[\\"${NAME}\\"]`);
  });
});

describe('is refused', () => {
  const refused: readonly [string, () => unknown, string][] = [
    [
      'without an endpoint',
      () => internal(() => ({ privateEndpoint: undefined }), false),
      'an `internal` API is reached only through endpoints of its own; say where one is made in `privateEndpoint`, or name yours in `vpcEndpoints`',
    ],
    [
      'with an endpoint that nobody reaches',
      () => internal(({ vpc }) => ({ privateEndpoint: { vpc, callers: [] } })),
      '`callers` of the private endpoint is empty',
    ],
    [
      'with an endpoint that is open to everywhere',
      () => internal(({ vpc }) => ({ privateEndpoint: { vpc, callers: [Peer.anyIpv4()] } })),
      '`callers` of the private endpoint holds `0.0.0.0/0`, which is everywhere',
    ],
    [
      'with a wildcard name',
      () => internal(({ cert }) => ({ privateDomain: { domainName: '*.example.com', certificate: cert } })),
      'the private name `*.example.com` must be one name in lower case',
    ],
    [
      'for another exposure',
      () => internal(() => ({ exposure: Exposure.PARTNER })),
      '`privateEndpoint`, `privateDomain` are for `internal` APIs, and this one is `partner`; leave them out',
    ],
  ];

  test.each(refused)('%s', (_, build, message) => {
    expect(build).toThrow(message);
  });
});
