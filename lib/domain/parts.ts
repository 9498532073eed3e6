/** Marks what a domain owns, by resource type, so that a rendered template says whose each resource is. */
import { CfnResource } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';
import { type Mark, mark } from '../enforce/marker';

const PARTS: { readonly [type: string]: string } = {
  'AWS::ApiGateway::Authorizer': 'authorizer',
  'AWS::ApiGateway::ClientCertificate': 'client-certificate',
  'AWS::ApiGateway::Deployment': 'deployment',
  'AWS::ApiGateway::Method': 'method',
  'AWS::ApiGateway::Model': 'model',
  'AWS::ApiGateway::RequestValidator': 'request-validator',
  'AWS::ApiGateway::Resource': 'path',
  'AWS::ApiGateway::RestApi': 'api',
  'AWS::ApiGateway::Stage': 'stage',
  'AWS::Cognito::UserPool': 'user-pool',
  'AWS::Cognito::UserPoolResourceServer': 'scopes',
  'AWS::IAM::ManagedPolicy': 'boundary',
  'AWS::IAM::Role': 'role',
  'AWS::KMS::Alias': 'key-alias',
  'AWS::KMS::Key': 'key',
  'AWS::Logs::LogGroup': 'log-group',
  'AWS::WAFv2::LoggingConfiguration': 'web-acl-logging',
  'AWS::WAFv2::WebACL': 'web-acl',
  'AWS::WAFv2::WebACLAssociation': 'web-acl-association',
};

/** Marks every resource at and under `scope` as the domain's. */
export function markOwned(scope: IConstruct, domain: string, more: Partial<Mark> = {}): void {
  for (const node of scope.node.findAll()) {
    if (CfnResource.isCfnResource(node)) {
      mark(node, { domain, part: PARTS[node.cfnResourceType] ?? 'resource', ...more });
    }
  }
}
