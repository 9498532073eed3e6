/**
 * The interface endpoint of an internal domain: in subnets that the caller names, behind a security group that lets in named
 * ranges by TLS, with a policy that lets the domain's callers through to the domain's API, and nothing else.
 *
 * The API names the endpoint, so the endpoint's policy cannot name the API's id; of the two it knows the stage and, where
 * there is one, the private name, through which alone it then lets requests pass. Where callers sign with IAM it names them;
 * requests with tokens are anonymous to it.
 * Source: https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-vpc-endpoint-policies.html
 */
import { Lazy, Token } from 'aws-cdk-lib';
import {
  InterfaceVpcEndpoint,
  InterfaceVpcEndpointAwsService,
  type IPeer,
  type IVpc,
  Port,
  SecurityGroup,
  type SubnetSelection,
} from 'aws-cdk-lib/aws-ec2';
import { AnyPrincipal, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import { TrustDomainError } from './domain-error';
import type { DomainNames } from './names';

/** Where an INTERNAL domain is reached from. */
export interface PrivateEndpointProps {
  /** The network. It may be another team's; the endpoint and its security group are the domain's own. */
  readonly vpc: IVpc;

  /** Whose packets reach the endpoint, on the port of TLS: ranges or security groups. Everywhere is refused. */
  readonly callers: IPeer[];

  /**
   * The subnets in which the endpoint stands, one for each availability zone.
   * @default - the private subnets of the network
   */
  readonly subnets?: SubnetSelection;

  /**
   * Whether the network resolves every default name of API Gateway to this endpoint. A network has one endpoint that
   * does, so only for a network that the domain has to itself.
   * @default false
   */
  readonly privateDns?: boolean;
}

export interface PrivateEndpointOptions extends PrivateEndpointProps {
  readonly names: DomainNames;
  readonly stageName: string;
  /** The private name, where there is one. */
  readonly domainName?: string;
  /** Callers that sign with IAM; absent where they carry tokens. Asked for when the template is written. */
  readonly callerArns?: () => readonly string[];
  /** Browsers send preflight requests, which carry no identity. */
  readonly preflight: boolean;
}

export class PrivateEndpoint extends Construct {
  public readonly endpoint: InterfaceVpcEndpoint;
  public readonly securityGroup: SecurityGroup;

  constructor(scope: Construct, id: string, props: PrivateEndpointOptions) {
    super(scope, id);
    const { domain } = props.names;
    this.securityGroup = new SecurityGroup(this, 'SecurityGroup', {
      vpc: props.vpc,
      description: `Bulkhead: callers of trust domain ${domain}, by TLS`,
      allowAllOutbound: false,
    });
    for (const peer of props.callers) {
      this.securityGroup.addIngressRule(peer, Port.tcp(443), `TLS from callers of trust domain ${domain}`);
    }
    this.endpoint = new InterfaceVpcEndpoint(this, 'Resource', {
      vpc: props.vpc,
      service: InterfaceVpcEndpointAwsService.APIGATEWAY,
      subnets: props.subnets,
      securityGroups: [this.securityGroup],
      open: false,
      privateDnsEnabled: props.privateDns ?? false,
    });
    for (const statement of statements(props)) this.endpoint.addToPolicy(statement);
  }
}

function statements({
  names,
  stageName,
  domainName,
  callerArns,
  preflight,
}: PrivateEndpointOptions): PolicyStatement[] {
  const named = domainName === undefined ? undefined : names.arn('execute-api', `/domainnames/${domainName}+*`);
  const via = named === undefined ? {} : { ArnLike: { 'execute-api:viaDomainArn': named } };
  const who =
    callerArns === undefined
      ? {}
      : { ArnEquals: { 'aws:PrincipalArn': Lazy.list({ produce: () => [...callerArns()] }) } };
  const pass = (sid: string, resource: string, conditions: object): PolicyStatement =>
    new PolicyStatement({
      sid,
      principals: [new AnyPrincipal()],
      actions: ['execute-api:Invoke'],
      resources: [resource],
      conditions: conditions as { [operator: string]: { [key: string]: unknown } },
    });
  return [
    // The name is asked for first, whoever calls; its own policy says from where.
    ...(named === undefined ? [] : [pass('OwnName', named, {})]),
    pass('OwnCallers', names.arn('execute-api', `*/${stageName}/*`), { ...via, ...who }),
    ...(preflight && callerArns !== undefined
      ? [pass('Preflight', names.arn('execute-api', `*/${stageName}/OPTIONS/*`), via)]
      : []),
  ];
}

export function requirePrivateEndpoint(who: string, { callers }: PrivateEndpointProps): void {
  if (callers.length === 0) {
    throw new TrustDomainError(
      `${who}: \`callers\` of the private endpoint is empty, so nothing reaches it; name a range or a security group, like \`Peer.ipv4('10.20.4.0/24')\``,
    );
  }
  for (const { uniqueId } of callers) {
    if (!Token.isUnresolved(uniqueId) && /^(0\.0\.0\.0|::)\/0$/.test(uniqueId)) {
      throw new TrustDomainError(
        `${who}: \`callers\` of the private endpoint holds \`${uniqueId}\`, which is everywhere; name the ranges that call`,
      );
    }
  }
}
