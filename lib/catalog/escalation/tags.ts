/**
 * Paths through the tags of resources: whoever can tag what is another's makes it its own, where permissions hold by
 * the tag. One row for each service, because each has a request of its own for it.
 */
import type { EscalationPath } from '../escalation-paths';
import { on, path } from './rows';

/** Service, request, and its page below AWS's documentation. */
const TAGGING: readonly (readonly [action: string, page: string])[] = [
  ['apprunner:TagResource', 'apprunner/latest/api/API_TagResource.html'],
  ['athena:TagResource', 'athena/latest/APIReference/API_TagResource.html'],
  ['autoscaling:CreateOrUpdateTags', 'autoscaling/ec2/APIReference/API_CreateOrUpdateTags.html'],
  ['backup:TagResource', 'aws-backup/latest/devguide/API_TagResource.html'],
  ['batch:TagResource', 'batch/latest/APIReference/API_TagResource.html'],
  ['cloudformation:TagResource', 'service-authorization/latest/reference/list_awscloudformation.html'],
  ['cloudwatch:TagResource', 'AmazonCloudWatch/latest/APIReference/API_TagResource.html'],
  ['codecommit:TagResource', 'codecommit/latest/APIReference/API_TagResource.html'],
  ['codepipeline:TagResource', 'codepipeline/latest/APIReference/API_TagResource.html'],
  ['cognito-idp:TagResource', 'cognito-user-identity-pools/latest/APIReference/API_TagResource.html'],
  ['dynamodb:TagResource', 'amazondynamodb/latest/APIReference/API_TagResource.html'],
  ['ec2:CreateTags', 'AWSEC2/latest/APIReference/API_CreateTags.html'],
  ['ecr:TagResource', 'AmazonECR/latest/APIReference/API_TagResource.html'],
  ['ecs:TagResource', 'AmazonECS/latest/APIReference/API_TagResource.html'],
  ['eks:TagResource', 'eks/latest/APIReference/API_TagResource.html'],
  ['elasticfilesystem:TagResource', 'efs/latest/ug/API_TagResource.html'],
  ['elasticloadbalancing:AddTags', 'elasticloadbalancing/latest/APIReference/API_AddTags.html'],
  ['es:AddTags', 'opensearch-service/latest/APIReference/API_AddTags.html'],
  ['events:TagResource', 'eventbridge/latest/APIReference/API_TagResource.html'],
  ['glue:TagResource', 'glue/latest/webapi/API_TagResource.html'],
  ['iam:TagRole', 'IAM/latest/APIReference/API_TagRole.html'],
  ['kinesis:AddTagsToStream', 'kinesis/latest/APIReference/API_AddTagsToStream.html'],
  ['kms:TagResource', 'kms/latest/APIReference/API_TagResource.html'],
  ['lambda:TagResource', 'lambda/latest/api/API_TagResource.html'],
  ['logs:TagResource', 'AmazonCloudWatchLogs/latest/APIReference/API_TagResource.html'],
  ['rds:AddTagsToResource', 'AmazonRDS/latest/APIReference/API_AddTagsToResource.html'],
  ['s3:PutObjectTagging', 'AmazonS3/latest/API/API_PutObjectTagging.html'],
  ['sagemaker:AddTags', 'sagemaker/latest/APIReference/API_AddTags.html'],
  ['secretsmanager:TagResource', 'secretsmanager/latest/apireference/API_TagResource.html'],
  ['sns:TagResource', 'sns/latest/api/API_TagResource.html'],
  ['sqs:TagQueue', 'AWSSimpleQueueService/latest/APIReference/API_TagQueue.html'],
  ['ssm:AddTagsToResource', 'systems-manager/latest/APIReference/API_AddTagsToResource.html'],
  ['states:TagResource', 'step-functions/latest/apireference/API_TagResource.html'],
];

export const TAG_PATHS: readonly EscalationPath[] = TAGGING.map(([action, page]) => {
  const service = action.slice(0, action.indexOf(':'));
  return path(
    `tags-${service}`,
    'self-escalation',
    'gives a resource the tag by which its permissions hold',
    [on('tagged-resource', action)],
    { kind: 'self-retagged', service },
    page,
  );
});
