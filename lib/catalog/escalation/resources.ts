/**
 * Paths that open a resource: whoever edits a resource's policy can grant itself, or anybody, what
 * the policy governs. Within one account such a grant needs no identity policy beside it.
 */
import type { EscalationPath } from '../escalation-paths';
import { opens } from './rows';

const BUCKET = ['AWS::S3::Bucket'];
const TOPIC = ['AWS::SNS::Topic'];
const QUEUE = ['AWS::SQS::Queue'];
const KEY = ['AWS::KMS::Key', 'AWS::KMS::ReplicaKey'];
const TABLE = ['AWS::DynamoDB::Table', 'AWS::DynamoDB::GlobalTable', 'AWS::Serverless::SimpleTable'];
const SEARCH = ['AWS::OpenSearchService::Domain', 'AWS::Elasticsearch::Domain'];

export const RESOURCE_PATHS: readonly EscalationPath[] = [
  opens(
    'kms-policy',
    'writes the policy of the key',
    ['kms:PutKeyPolicy'],
    KEY,
    'kms/latest/APIReference/API_PutKeyPolicy.html',
  ),
  opens(
    'kms-grant',
    'grants itself use of the key',
    ['kms:CreateGrant'],
    KEY,
    'kms/latest/APIReference/API_CreateGrant.html',
  ),
  opens(
    's3-policy',
    'writes the policy of the bucket',
    ['s3:PutBucketPolicy'],
    BUCKET,
    'AmazonS3/latest/API/API_PutBucketPolicy.html',
  ),
  opens(
    's3-acl',
    'opens the bucket by its access control list',
    ['s3:PutBucketAcl'],
    BUCKET,
    'AmazonS3/latest/API/API_PutBucketAcl.html',
  ),
  opens(
    'secretsmanager-policy',
    'writes the policy of the secret',
    ['secretsmanager:PutResourcePolicy'],
    ['AWS::SecretsManager::Secret'],
    'secretsmanager/latest/apireference/API_PutResourcePolicy.html',
  ),
  opens(
    'sns-permission',
    'adds a permission to the topic',
    ['sns:AddPermission'],
    TOPIC,
    'sns/latest/api/API_AddPermission.html',
  ),
  opens(
    'sns-policy',
    'writes the policy of the topic',
    ['sns:SetTopicAttributes'],
    TOPIC,
    'sns/latest/api/API_SetTopicAttributes.html',
  ),
  opens(
    'sqs-permission',
    'adds a permission to the queue',
    ['sqs:AddPermission'],
    QUEUE,
    'AWSSimpleQueueService/latest/APIReference/API_AddPermission.html',
  ),
  opens(
    'sqs-policy',
    'writes the policy of the queue',
    ['sqs:SetQueueAttributes'],
    QUEUE,
    'AWSSimpleQueueService/latest/APIReference/API_SetQueueAttributes.html',
  ),
  opens(
    'lambda-permission',
    'lets itself invoke the function',
    ['lambda:AddPermission'],
    ['AWS::Lambda::Function', 'AWS::Serverless::Function'],
    'lambda/latest/api/API_AddPermission.html',
  ),
  opens(
    'ecr-policy',
    'writes the policy of the repository',
    ['ecr:SetRepositoryPolicy'],
    ['AWS::ECR::Repository'],
    'AmazonECR/latest/APIReference/API_SetRepositoryPolicy.html',
  ),
  opens(
    'dynamodb-policy',
    'writes the policy of the table',
    ['dynamodb:PutResourcePolicy'],
    TABLE,
    'amazondynamodb/latest/APIReference/API_PutResourcePolicy.html',
  ),
  opens(
    'kinesis-policy',
    'writes the policy of the stream',
    ['kinesis:PutResourcePolicy'],
    ['AWS::Kinesis::Stream'],
    'kinesis/latest/APIReference/API_PutResourcePolicy.html',
  ),
  opens(
    'events-permission',
    'adds a permission to the event bus',
    ['events:PutPermission'],
    ['AWS::Events::EventBus'],
    'eventbridge/latest/APIReference/API_PutPermission.html',
  ),
  opens(
    'es-policy',
    'writes the access policy of the search domain',
    ['es:UpdateDomainConfig'],
    SEARCH,
    'opensearch-service/latest/APIReference/API_UpdateDomainConfig.html',
  ),
  opens(
    'efs-policy',
    'writes the policy of the file system',
    ['elasticfilesystem:PutFileSystemPolicy'],
    ['AWS::EFS::FileSystem'],
    'efs/latest/ug/API_PutFileSystemPolicy.html',
  ),
  opens(
    'backup-policy',
    'writes the access policy of the vault',
    ['backup:PutBackupVaultAccessPolicy'],
    ['AWS::Backup::BackupVault'],
    'aws-backup/latest/devguide/API_PutBackupVaultAccessPolicy.html',
  ),
  opens(
    'acm-pca-policy',
    'writes the policy of the certificate authority',
    ['acm-pca:PutPolicy'],
    ['AWS::ACMPCA::CertificateAuthority'],
    'privateca/latest/APIReference/API_PutPolicy.html',
  ),
  opens(
    'codeartifact-policy',
    'writes the policy of the package repository',
    ['codeartifact:PutRepositoryPermissionsPolicy'],
    ['AWS::CodeArtifact::Repository'],
    'codeartifact/latest/APIReference/API_PutRepositoryPermissionsPolicy.html',
  ),
];
