/**
 * The name under which an internal API is reached from its own endpoints, and from nowhere else.
 *
 * A private custom domain has a resource policy of its own, beside the API's, and answers to an endpoint only once the two
 * are associated; without a policy it denies everybody. Its TLS is 1.2 and not to be chosen.
 * Source: https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-private-custom-domains.html
 */
import { Token } from 'aws-cdk-lib';
import {
  CfnBasePathMappingV2,
  CfnDomainNameAccessAssociation,
  CfnDomainNameV2,
  EndpointType,
  type RestApi,
} from 'aws-cdk-lib/aws-apigateway';
import type { aws_certificatemanager } from 'aws-cdk-lib/interfaces';
import { Construct } from 'constructs';
import { throughOwnEndpoints } from './api-policy';
import { TrustDomainError } from './domain-error';

/** The private name of an INTERNAL domain. */
export interface PrivateDomainProps {
  /** The name, in lower case, like `payroll.internal.example.com`. Callers resolve it in a private hosted zone, to the endpoint. */
  readonly domainName: string;

  /** The server's certificate for that name, in AWS Certificate Manager, in the region of the domain. */
  readonly certificate: aws_certificatemanager.ICertificateRef;
}

export interface PrivateDomainOptions extends PrivateDomainProps {
  readonly api: RestApi;
  /** The domain's own endpoints. */
  readonly vpcEndpointIds: readonly string[];
}

export class PrivateDomain extends Construct {
  public readonly resource: CfnDomainNameV2;

  constructor(scope: Construct, id: string, props: PrivateDomainOptions) {
    super(scope, id);
    this.resource = new CfnDomainNameV2(this, 'Resource', {
      domainName: props.domainName,
      certificateArn: props.certificate.certificateRef.certificateArn,
      endpointConfiguration: { types: [EndpointType.PRIVATE] },
      securityPolicy: 'TLS_1_2',
      policy: throughOwnEndpoints(props.vpcEndpointIds),
    });
    new CfnBasePathMappingV2(this, 'Mapping', {
      domainNameArn: this.resource.attrDomainNameArn,
      restApiId: props.api.restApiId,
      stage: props.api.deploymentStage.stageName,
    });
    props.vpcEndpointIds.forEach((endpoint, i) => {
      new CfnDomainNameAccessAssociation(this, `Access${i + 1}`, {
        domainNameArn: this.resource.attrDomainNameArn,
        accessAssociationSource: endpoint,
        accessAssociationSourceType: 'VPCE',
      });
    });
  }
}

export function requirePrivateDomain(who: string, { domainName, certificate }: PrivateDomainProps): void {
  // Wildcard names are not supported.
  if (Token.isUnresolved(domainName) || !/^[a-z0-9-]+(\.[a-z0-9-]+)+$/.test(domainName)) {
    throw new TrustDomainError(
      `${who}: the private name \`${Token.isUnresolved(domainName) ? 'a token' : domainName}\` must be one name in lower case, like \`payroll.internal.example.com\``,
    );
  }
  if (certificate === undefined) {
    throw new TrustDomainError(
      `${who}: the private name \`${domainName}\` has no \`certificate\`; give one of AWS Certificate Manager in the domain's region`,
    );
  }
}
