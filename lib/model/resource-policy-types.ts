/**
 * Which resource types carry a resource policy, and which types attach one to another resource.
 * Source, for every line: the type's page in the CloudFormation template reference.
 */

/** Property path of the policy on the resource itself. */
export const INLINE_POLICIES: Readonly<Record<string, string>> = {
  'AWS::ApiGateway::DomainNameV2': 'Policy',
  'AWS::ApiGateway::RestApi': 'Policy',
  'AWS::Backup::BackupVault': 'AccessPolicy',
  'AWS::CodeArtifact::Domain': 'PermissionsPolicyDocument',
  'AWS::CodeArtifact::Repository': 'PermissionsPolicyDocument',
  'AWS::DynamoDB::Table': 'ResourcePolicy.PolicyDocument',
  'AWS::EC2::VPCEndpoint': 'PolicyDocument',
  'AWS::ECR::RegistryPolicy': 'PolicyText',
  'AWS::ECR::Repository': 'RepositoryPolicyText',
  'AWS::EFS::FileSystem': 'FileSystemPolicy',
  'AWS::Elasticsearch::Domain': 'AccessPolicies',
  'AWS::Events::EventBus': 'Policy',
  'AWS::KMS::Key': 'KeyPolicy',
  'AWS::KMS::ReplicaKey': 'KeyPolicy',
  'AWS::Logs::ResourcePolicy': 'PolicyDocument',
  'AWS::MediaStore::Container': 'Policy',
  'AWS::OpenSearchService::Domain': 'AccessPolicies',
  'AWS::S3::AccessPoint': 'Policy',
  'AWS::XRay::ResourcePolicy': 'PolicyDocument',
};

export interface AttachingType {
  readonly policy: string;
  /** Property that names the target, or targets: by name, ARN, URL or id, whatever its `Ref` returns. */
  readonly target: string;
  readonly targetTypes: readonly string[];
}

/** Types whose resources are nothing but a policy for another resource. */
export const ATTACHED_POLICIES: Readonly<Record<string, AttachingType>> = {
  'AWS::CloudTrail::ResourcePolicy': {
    policy: 'ResourcePolicy',
    target: 'ResourceArn',
    targetTypes: ['AWS::CloudTrail::EventDataStore', 'AWS::CloudTrail::Channel'],
  },
  'AWS::Kinesis::ResourcePolicy': {
    policy: 'ResourcePolicy',
    target: 'ResourceArn',
    targetTypes: ['AWS::Kinesis::Stream'],
  },
  'AWS::MSK::ClusterPolicy': {
    policy: 'Policy',
    target: 'ClusterArn',
    targetTypes: ['AWS::MSK::Cluster', 'AWS::MSK::ServerlessCluster'],
  },
  'AWS::S3::BucketPolicy': { policy: 'PolicyDocument', target: 'Bucket', targetTypes: ['AWS::S3::Bucket'] },
  'AWS::S3::MultiRegionAccessPointPolicy': {
    policy: 'Policy',
    target: 'MrapName',
    targetTypes: ['AWS::S3::MultiRegionAccessPoint'],
  },
  'AWS::S3Express::BucketPolicy': {
    policy: 'PolicyDocument',
    target: 'Bucket',
    targetTypes: ['AWS::S3Express::DirectoryBucket'],
  },
  'AWS::S3ObjectLambda::AccessPointPolicy': {
    policy: 'PolicyDocument',
    target: 'ObjectLambdaAccessPoint',
    targetTypes: ['AWS::S3ObjectLambda::AccessPoint'],
  },
  'AWS::S3Tables::TableBucketPolicy': {
    policy: 'ResourcePolicy',
    target: 'TableBucketARN',
    targetTypes: ['AWS::S3Tables::TableBucket'],
  },
  'AWS::S3Tables::TablePolicy': { policy: 'ResourcePolicy', target: 'TableARN', targetTypes: ['AWS::S3Tables::Table'] },
  'AWS::SecretsManager::ResourcePolicy': {
    policy: 'ResourcePolicy',
    target: 'SecretId',
    targetTypes: ['AWS::SecretsManager::Secret'],
  },
  'AWS::SNS::TopicInlinePolicy': { policy: 'PolicyDocument', target: 'TopicArn', targetTypes: ['AWS::SNS::Topic'] },
  'AWS::SNS::TopicPolicy': { policy: 'PolicyDocument', target: 'Topics', targetTypes: ['AWS::SNS::Topic'] },
  'AWS::SQS::QueueInlinePolicy': { policy: 'PolicyDocument', target: 'Queue', targetTypes: ['AWS::SQS::Queue'] },
  'AWS::SQS::QueuePolicy': { policy: 'PolicyDocument', target: 'Queues', targetTypes: ['AWS::SQS::Queue'] },
  'AWS::SSM::ResourcePolicy': { policy: 'Policy', target: 'ResourceArn', targetTypes: ['AWS::SSM::Parameter'] },
  'AWS::VpcLattice::AuthPolicy': {
    policy: 'Policy',
    target: 'ResourceIdentifier',
    targetTypes: ['AWS::VpcLattice::Service', 'AWS::VpcLattice::ServiceNetwork'],
  },
  'AWS::VpcLattice::ResourcePolicy': {
    policy: 'Policy',
    target: 'ResourceArn',
    targetTypes: ['AWS::VpcLattice::Service', 'AWS::VpcLattice::ServiceNetwork'],
  },
};

/** Types that grant by properties of their own instead of a document; `resource-policies.ts` reads each. */
export const GRANTING_TYPES: Readonly<
  Record<string, { readonly target: string; readonly targetTypes: readonly string[] }>
> = {
  'AWS::ACMPCA::Permission': { target: 'CertificateAuthorityArn', targetTypes: ['AWS::ACMPCA::CertificateAuthority'] },
  'AWS::Events::EventBusPolicy': { target: 'EventBusName', targetTypes: ['AWS::Events::EventBus'] },
  'AWS::Lambda::LayerVersionPermission': { target: 'LayerVersionArn', targetTypes: ['AWS::Lambda::LayerVersion'] },
  'AWS::Lambda::Permission': {
    target: 'FunctionName',
    targetTypes: ['AWS::Lambda::Function', 'AWS::Serverless::Function', 'AWS::Lambda::Alias', 'AWS::Lambda::Version'],
  },
};
