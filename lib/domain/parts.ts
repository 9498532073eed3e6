/** Marks what a domain owns, by resource type, so that a rendered template says whose each resource is. */
import { CfnResource } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';
import { type Mark, METADATA_KEY, mark } from '../enforce/marker';

const PARTS: { readonly [type: string]: string } = {
  'AWS::ApiGateway::Authorizer': 'authorizer',
  'AWS::ApiGateway::BasePathMapping': 'custom-domain-mapping',
  'AWS::ApiGateway::BasePathMappingV2': 'private-domain-mapping',
  'AWS::ApiGateway::ClientCertificate': 'client-certificate',
  'AWS::ApiGateway::Deployment': 'deployment',
  'AWS::ApiGateway::DomainName': 'custom-domain',
  'AWS::ApiGateway::DomainNameAccessAssociation': 'private-domain-access',
  'AWS::ApiGateway::DomainNameV2': 'private-domain',
  'AWS::ApiGateway::GatewayResponse': 'gateway-response',
  'AWS::ApiGateway::Method': 'method',
  'AWS::ApiGateway::Model': 'model',
  'AWS::ApiGateway::RequestValidator': 'request-validator',
  'AWS::ApiGateway::Resource': 'path',
  'AWS::ApiGateway::RestApi': 'api',
  'AWS::ApiGateway::Stage': 'stage',
  'AWS::CloudWatch::Alarm': 'alarm',
  'AWS::CloudWatch::AnomalyDetector': 'anomaly-detector',
  'AWS::CloudWatch::Dashboard': 'dashboard',
  'AWS::Cognito::UserPool': 'user-pool',
  'AWS::Cognito::UserPoolResourceServer': 'scopes',
  'AWS::DynamoDB::Table': 'proof-store',
  'AWS::EC2::SecurityGroup': 'endpoint-security-group',
  'AWS::EC2::SecurityGroupIngress': 'endpoint-callers',
  'AWS::EC2::VPCEndpoint': 'endpoint',
  'AWS::Events::Rule': 'denied-key-use',
  'AWS::IAM::ManagedPolicy': 'boundary',
  'AWS::IAM::Role': 'role',
  'AWS::KMS::Alias': 'key-alias',
  'AWS::KMS::Key': 'key',
  'AWS::Lambda::Function': 'function',
  'AWS::Logs::LogGroup': 'log-group',
  'AWS::Logs::MetricFilter': 'metric-filter',
  'AWS::S3::Bucket': 'trust-store',
  'AWS::SNS::Subscription': 'alarm-subscriber',
  'AWS::SNS::Topic': 'alarm-topic',
  'AWS::SNS::TopicPolicy': 'alarm-topic-policy',
  'AWS::WAFv2::RuleGroup': 'rule-group',
  'AWS::WAFv2::LoggingConfiguration': 'web-acl-logging',
  'AWS::WAFv2::WebACL': 'web-acl',
  'AWS::WAFv2::WebACLAssociation': 'web-acl-association',
};

/** Marks every resource that the domain itself provisioned, at and under `scope`. */
export function markProvisioned(scope: IConstruct, domain: string): void {
  for (const node of resourcesUnder(scope)) mark(node, { domain, part: PARTS[node.cfnResourceType] ?? 'resource' });
}

/** Marks whatever nobody marked before: what a gateway has for all that share it. */
export function markRest(scope: IConstruct, domain: string): void {
  for (const node of resourcesUnder(scope)) {
    if (node.getMetadata(METADATA_KEY) === undefined)
      mark(node, { domain, part: PARTS[node.cfnResourceType] ?? 'resource' });
  }
}

/**
 * Marks what an author made and gave to the domain. Roles and policies among it are plain resources:
 * they have no duty and bound nobody. APIs among it are classified as the domain is.
 */
export function markOwned(scope: IConstruct, domain: string, api: Pick<Mark, 'exposure' | 'owner'>): void {
  for (const node of resourcesUnder(scope)) {
    const isApi =
      node.cfnResourceType === 'AWS::ApiGateway::RestApi' || node.cfnResourceType === 'AWS::ApiGatewayV2::Api';
    mark(node, isApi ? { domain, part: 'api', ...api } : { domain, part: 'resource' });
  }
}

function resourcesUnder(scope: IConstruct): CfnResource[] {
  return scope.node.findAll().filter((node) => CfnResource.isCfnResource(node));
}
