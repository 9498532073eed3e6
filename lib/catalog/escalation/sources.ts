/**
 * Paths through what a running resource takes from elsewhere, without a request on the resource itself: its code
 * overwritten where it is stored, its users taken over, its integration pointed at something else.
 */
import type { EscalationPath, EscalationRequest } from '../escalation-paths';
import { path, roleOf } from './rows';

function source(action: string, context?: EscalationRequest['context']): EscalationRequest {
  return { action, target: 'source-of-compute', ...(context && { context }) };
}

function feeds(
  id: string,
  does: string,
  request: EscalationRequest,
  types: readonly string[],
  page: string,
): EscalationPath {
  return path(id, 'existing-passrole', does, [request], roleOf(...types), page);
}

/**
 * A put that must not overwrite is none of this: a policy that demands `s3:if-none-match` keeps what is stored. Source:
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes-enforce.html
 */
const OVERWRITE = source('s3:PutObject', { 's3:if-none-match': 'absent' });
const IMAGE = source('ecr:PutImage');
const ATTACHMENT = 'AWS::Cognito::IdentityPoolRoleAttachment';
const GROUP = 'AWS::Cognito::UserPoolGroup';
const USERS = 'cognito-user-identity-pools/latest/APIReference/API_';

export const SOURCE_PATHS: readonly EscalationPath[] = [
  feeds(
    's3-function-code',
    'overwrites the archive from which the function is next deployed',
    OVERWRITE,
    ['AWS::Lambda::Function', 'AWS::Serverless::Function'],
    'lambda/latest/dg/configuration-function-zip.html',
  ),
  feeds(
    's3-job-script',
    'overwrites the script that a job runs',
    OVERWRITE,
    ['AWS::Glue::Job'],
    'glue/latest/dg/add-job.html',
  ),
  feeds(
    's3-build-source',
    'overwrites the source that a project builds',
    OVERWRITE,
    ['AWS::CodeBuild::Project'],
    'codebuild/latest/APIReference/API_ProjectSource.html',
  ),
  feeds(
    's3-workflow-code',
    'writes a workflow that an environment runs',
    OVERWRITE,
    ['AWS::MWAA::Environment'],
    'mwaa/latest/userguide/configuring-dag-folder.html',
  ),
  feeds(
    's3-bootstrap-script',
    'overwrites the script with which instances of a cluster start',
    OVERWRITE,
    ['AWS::EMR::Cluster'],
    'emr/latest/ManagementGuide/emr-plan-bootstrap.html',
  ),
  feeds(
    's3-application-code',
    'overwrites the code from which an application is next deployed',
    OVERWRITE,
    ['AWS::KinesisAnalyticsV2::Application'],
    'managed-flink/latest/apiv2/API_S3ContentLocation.html',
  ),
  feeds(
    's3-model',
    'overwrites the artefact that a model loads',
    OVERWRITE,
    ['AWS::SageMaker::Model'],
    'sagemaker/latest/APIReference/API_ContainerDefinition.html',
  ),
  feeds(
    's3-state-machine',
    'overwrites the definition from which a state machine is next deployed',
    OVERWRITE,
    ['AWS::StepFunctions::StateMachine'],
    'AWSCloudFormation/latest/TemplateReference/aws-resource-stepfunctions-statemachine.html',
  ),
  feeds(
    's3-pipeline-artifact',
    'overwrites what a pipeline takes from its source, or one stage from another',
    OVERWRITE,
    ['AWS::CodePipeline::Pipeline'],
    'codepipeline/latest/userguide/concepts.html',
  ),
  ...['GitPush', 'CreateCommit', 'PutFile'].map((action) =>
    feeds(
      `codecommit-${action.toLowerCase()}`,
      'commits other sources to the repository that is built',
      source(`codecommit:${action}`),
      ['AWS::CodeBuild::Project', 'AWS::CodePipeline::Pipeline'],
      'codecommit/latest/userguide/auth-and-access-control-permissions-reference.html',
    ),
  ),
  feeds(
    'ecr-task-image',
    'pushes another image under the tag that a task runs',
    IMAGE,
    ['AWS::ECS::TaskDefinition', 'AWS::Batch::JobDefinition', 'AWS::AppRunner::Service'],
    'AmazonECR/latest/APIReference/API_PutImage.html',
  ),
  feeds(
    'ecr-function-image',
    'pushes another image under the tag from which the function is next deployed',
    IMAGE,
    ['AWS::Lambda::Function'],
    'lambda/latest/dg/images-create.html',
  ),
  feeds(
    'ecr-build-image',
    'pushes another image under the tag that a project builds in',
    IMAGE,
    ['AWS::CodeBuild::Project', 'AWS::SageMaker::Model'],
    'codebuild/latest/APIReference/API_ProjectEnvironment.html',
  ),

  feeds(
    'cognito-user-password',
    'sets the password of a user, and signs in as that user',
    source('cognito-idp:AdminSetUserPassword'),
    [ATTACHMENT, GROUP],
    `${USERS}AdminSetUserPassword.html`,
  ),
  feeds(
    'cognito-user-created',
    'creates a user, and signs in as that user',
    source('cognito-idp:AdminCreateUser'),
    [ATTACHMENT],
    `${USERS}AdminCreateUser.html`,
  ),
  feeds(
    'cognito-user-in-group',
    'puts its user into a group that has a role',
    source('cognito-idp:AdminAddUserToGroup'),
    [GROUP],
    `${USERS}AdminAddUserToGroup.html`,
  ),
  feeds(
    'cognito-user-linked',
    'links an identity of its own to a user',
    source('cognito-idp:AdminLinkProviderForUser'),
    [ATTACHMENT, GROUP],
    `${USERS}AdminLinkProviderForUser.html`,
  ),
  feeds(
    'cognito-provider-added',
    'adds an identity provider of its own to a user pool',
    source('cognito-idp:CreateIdentityProvider'),
    [ATTACHMENT],
    `${USERS}CreateIdentityProvider.html`,
  ),
  feeds(
    'cognito-provider-changed',
    'makes an identity provider of a user pool its own',
    source('cognito-idp:UpdateIdentityProvider'),
    [ATTACHMENT, GROUP],
    `${USERS}UpdateIdentityProvider.html`,
  ),
  feeds(
    'cognito-developer-identity',
    'vouches for a user of an identity pool as its developer',
    source('cognito-identity:GetOpenIdTokenForDeveloperIdentity'),
    [ATTACHMENT],
    'cognitoidentity/latest/APIReference/API_GetOpenIdTokenForDeveloperIdentity.html',
  ),
  feeds(
    'cognito-identity-pool-provider',
    'makes an identity pool accept a provider of its own',
    source('cognito-identity:UpdateIdentityPool'),
    [ATTACHMENT],
    'cognitoidentity/latest/APIReference/API_UpdateIdentityPool.html',
  ),

  feeds(
    'apigateway-integration-pointed',
    'points the integration of an API at another request, which is made as its role',
    source('apigateway:PATCH'),
    ['AWS::ApiGateway::Method', 'AWS::ApiGatewayV2::Integration'],
    'apigateway/latest/api/API_UpdateIntegration.html',
  ),
];
