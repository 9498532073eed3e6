/**
 * The role that CloudFormation acts as when it deploys a trust domain, and the policy that is both what it may do
 * and its permissions boundary.
 *
 * Only CloudFormation may assume it, only `deploy` may pass it, only `approve` lets it run. It builds what a domain
 * consists of, reads assets only where they are sealed, and is denied every change to what makes four eyes hold.
 * What it cannot be kept from: it writes the policies of the roles that it makes, so an approved change can do
 * whatever IAM can do in the account (docs/adr/0041-the-execution-role.md). Two people saw it.
 */
import type { CfnResource } from 'aws-cdk-lib';
import { Effect, ManagedPolicy, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import { mark } from '../enforce/marker';
import { TrustDomainError } from './domain-error';
import type { DomainNames } from './names';

/** What a trust domain consists of, and what its functions and alarms commonly need. */
export const DEFAULT_SERVICES: readonly string[] = [
  'apigateway',
  'cloudwatch',
  'cognito-idp',
  'dynamodb',
  'ec2',
  'events',
  'kms',
  'lambda',
  'logs',
  's3',
  'secretsmanager',
  'sns',
  'sqs',
  'ssm',
  'states',
  'wafv2',
];

// Through these an approved change would act as somebody else, or on everybody, at once: nothing that a domain is made of.
const REFUSED_SERVICES: readonly string[] = [
  '*',
  'account',
  'cloudformation',
  'iam',
  'identitystore',
  'organizations',
  'sso',
  'sso-directory',
  'sts',
];

export interface DeploymentExecutionProps {
  readonly names: DomainNames;
  readonly stackName: string;
  readonly services: readonly string[];
  readonly uploadBucketArn: string;
  readonly sealedBucketArn: string;
}

export class DeploymentExecution extends Construct {
  public readonly role: Role;
  public readonly boundary: ManagedPolicy;

  constructor(scope: Construct, id: string, props: DeploymentExecutionProps) {
    super(scope, id);
    const { names } = props;
    const { domain } = names;
    this.boundary = new ManagedPolicy(this, 'Boundary', {
      managedPolicyName: names.execution,
      description: `Bulkhead: what an approved change of trust domain ${domain} may do, and its boundary`,
      statements: statements(props),
    });
    this.role = new Role(this, 'Role', {
      roleName: names.execution,
      description: `Bulkhead: CloudFormation acts as it in trust domain ${domain}`,
      assumedBy: new ServicePrincipal('cloudformation.amazonaws.com'),
      managedPolicies: [this.boundary],
      permissionsBoundary: this.boundary,
    });
    mark(this.boundary.node.defaultChild as CfnResource, { domain, part: 'execution-policy' });
    // No domain: it makes every role of the domain, and is judged by who can drive it.
    mark(this.role.node.defaultChild as CfnResource, { part: 'execution', executes: domain });
  }
}

export function requireServices(domain: string, services: readonly string[]): void {
  for (const service of services) {
    if (REFUSED_SERVICES.includes(service) || !/^[a-z0-9][a-z0-9-]*$/.test(service)) {
      throw new TrustDomainError(
        `deployment of trust domain \`${domain}\`: \`${service}\` in \`services\` is not a service that a domain is built of; give prefixes of IAM actions like \`dynamodb\`, and leave IAM, STS and the organization to the construct`,
      );
    }
  }
}

const WRITE_ROLES = [
  'AttachRolePolicy',
  'CreateRole',
  'DeleteRole',
  'DeleteRolePermissionsBoundary',
  'DeleteRolePolicy',
  'DetachRolePolicy',
  'GetRole',
  'GetRolePolicy',
  'ListAttachedRolePolicies',
  'ListRolePolicies',
  'ListRoleTags',
  'PassRole',
  'PutRolePermissionsBoundary',
  'PutRolePolicy',
  'TagRole',
  'UntagRole',
  'UpdateAssumeRolePolicy',
  'UpdateRole',
  'UpdateRoleDescription',
];

const WRITE_POLICIES = [
  'CreatePolicy',
  'CreatePolicyVersion',
  'DeletePolicy',
  'DeletePolicyVersion',
  'GetPolicy',
  'GetPolicyVersion',
  'ListPolicyVersions',
  'SetDefaultPolicyVersion',
  'TagPolicy',
  'UntagPolicy',
];

function statements({
  names,
  stackName,
  services,
  uploadBucketArn,
  sealedBucketArn,
}: DeploymentExecutionProps): PolicyStatement[] {
  const iam = (resource: string) => names.arn('iam', resource, '');
  const own = (kind: string) => [iam(`${kind}/bulkhead-${names.domain}-*`), iam(`${kind}/${stackName}-*`)];
  const fourEyes = [
    iam(`role/${names.execution}`),
    iam(`policy/${names.execution}`),
    iam(`role/${names.notary}`),
    names.arn('lambda', `function:bulkhead-${names.domain}-notary`),
    uploadBucketArn,
    `${uploadBucketArn}/*`,
    sealedBucketArn,
    `${sealedBucketArn}/*`,
  ];
  return [
    new PolicyStatement({
      sid: 'BuildTheDomain',
      actions: services.map((service) => `${service}:*`),
      resources: ['*'],
    }),
    new PolicyStatement({
      sid: 'WriteOwnRoles',
      actions: WRITE_ROLES.map((action) => `iam:${action}`),
      resources: own('role'),
    }),
    new PolicyStatement({
      sid: 'WriteOwnPolicies',
      actions: WRITE_POLICIES.map((action) => `iam:${action}`),
      resources: own('policy'),
    }),
    // AWS WAF's log delivery, API Gateway's custom domains, DynamoDB's scaling: each has a role of AWS's own.
    new PolicyStatement({
      sid: 'ServiceLinkedRoles',
      actions: ['iam:CreateServiceLinkedRole'],
      resources: [iam('role/aws-service-role/*')],
    }),
    new PolicyStatement({
      sid: 'NotWhatMakesFourEyesHold',
      effect: Effect.DENY,
      notActions: ['s3:GetBucketLocation', 's3:GetObject', 's3:GetObjectVersion', 's3:ListBucket'],
      resources: fourEyes,
    }),
    new PolicyStatement({
      sid: 'OnlySealedAssets',
      effect: Effect.DENY,
      actions: ['s3:GetObject', 's3:GetObjectVersion'],
      resources: [`${uploadBucketArn}/*`],
    }),
  ];
}
