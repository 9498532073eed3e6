/**
 * Paths by which a principal changes or drives something that already runs as a role, without
 * passing one: other code, another configuration, a shell, a query.
 */
import type { EscalationPath } from '../escalation-paths';
import { drives, drivesRole, onInstances } from './rows';

const FUNCTION = ['AWS::Lambda::Function', 'AWS::Serverless::Function'];
const NOTEBOOK = ['AWS::SageMaker::NotebookInstance'];
const SSM = 'systems-manager/latest/APIReference/API_';
const STATE_MACHINE = ['AWS::StepFunctions::StateMachine', 'AWS::Serverless::StateMachine'];
const TASK = ['AWS::ECS::Service', 'AWS::ECS::TaskDefinition', 'AWS::ECS::TaskSet'];

export const CHANGED_COMPUTE_PATHS: readonly EscalationPath[] = [
  drivesRole(
    'lambda-configuration',
    'gives a function another layer, handler or environment',
    ['lambda:UpdateFunctionConfiguration'],
    FUNCTION,
    'lambda/latest/api/API_UpdateFunctionConfiguration.html',
  ),
  drivesRole(
    'ecs-execute-command',
    'opens a shell in a container',
    ['ecs:ExecuteCommand'],
    TASK,
    'AmazonECS/latest/APIReference/API_ExecuteCommand.html',
  ),
  onInstances(
    'ssm-association',
    'associates a document with an instance, which runs it',
    [drives('ssm:CreateAssociation')],
    `${SSM}CreateAssociation.html`,
  ),
  onInstances(
    'ssm-association-batch',
    'associates a document with instances, which run it',
    [drives('ssm:CreateAssociationBatch')],
    `${SSM}CreateAssociationBatch.html`,
  ),
  onInstances(
    'ssm-association-updated',
    'makes an association run other commands on its instances',
    [drives('ssm:UpdateAssociation')],
    `${SSM}UpdateAssociation.html`,
  ),
  onInstances(
    'ssm-document',
    'changes the document that instances run',
    [drives('ssm:UpdateDocument'), drives('ssm:UpdateDocumentDefaultVersion')],
    `${SSM}UpdateDocument.html`,
  ),
  onInstances(
    'ssm-session-resumed',
    'resumes a shell on an instance',
    [drives('ssm:ResumeSession')],
    `${SSM}ResumeSession.html`,
  ),
  onInstances(
    'codedeploy-instances',
    'deploys scripts of its own to instances',
    [drives('codedeploy:RegisterApplicationRevision'), drives('codedeploy:CreateDeployment')],
    'codedeploy/latest/APIReference/API_CreateDeployment.html',
  ),
  drivesRole(
    'codebuild-project',
    'gives a build project another source or build specification',
    ['codebuild:UpdateProject'],
    ['AWS::CodeBuild::Project'],
    'codebuild/latest/APIReference/API_UpdateProject.html',
  ),
  drivesRole(
    'codebuild-sandbox',
    'opens a sandbox of a build project',
    ['codebuild:StartSandbox'],
    ['AWS::CodeBuild::Project'],
    'codebuild/latest/APIReference/API_StartSandbox.html',
  ),
  drivesRole(
    'states-definition',
    'gives a state machine another definition',
    ['states:UpdateStateMachine'],
    STATE_MACHINE,
    'step-functions/latest/apireference/API_UpdateStateMachine.html',
  ),
  drivesRole(
    'cloudformation-stack-set',
    'changes the template of a stack set',
    ['cloudformation:UpdateStackSet'],
    ['AWS::CloudFormation::StackSet'],
    'AWSCloudFormation/latest/APIReference/API_UpdateStackSet.html',
  ),
  drivesRole(
    'servicecatalog-version',
    'provisions a version of its own of a product, with the launch role',
    ['servicecatalog:CreateProvisioningArtifact', 'servicecatalog:ProvisionProduct'],
    ['AWS::ServiceCatalog::LaunchRoleConstraint'],
    'servicecatalog/latest/adminguide/constraints-launch.html',
  ),
  drivesRole(
    'amplify-app',
    'gives an app another build specification, and starts a build',
    ['amplify:UpdateApp', 'amplify:StartJob'],
    ['AWS::Amplify::App'],
    'amplify/latest/APIReference/API_UpdateApp.html',
  ),
  drivesRole(
    'elasticbeanstalk-version',
    'deploys a version of its own to an environment',
    ['elasticbeanstalk:CreateApplicationVersion', 'elasticbeanstalk:UpdateEnvironment'],
    ['AWS::ElasticBeanstalk::Environment', 'AWS::ElasticBeanstalk::ConfigurationTemplate'],
    'elasticbeanstalk/latest/api/API_UpdateEnvironment.html',
  ),
  drivesRole(
    'batch-submit',
    'submits a job with another command',
    ['batch:SubmitJob'],
    ['AWS::Batch::JobDefinition'],
    'batch/latest/APIReference/API_SubmitJob.html',
  ),
  drivesRole(
    'emr-steps',
    'adds steps to a cluster',
    ['elasticmapreduce:AddJobFlowSteps'],
    ['AWS::EMR::Cluster'],
    'emr/latest/APIReference/API_AddJobFlowSteps.html',
  ),
  drivesRole(
    'glue-statement',
    'runs a statement in a session',
    ['glue:RunStatement'],
    ['AWS::Glue::DevEndpoint'],
    'glue/latest/webapi/API_RunStatement.html',
  ),
  drivesRole(
    'kinesisanalytics-code',
    'gives an application other code',
    ['kinesisanalytics:UpdateApplication'],
    ['AWS::KinesisAnalyticsV2::Application', 'AWS::KinesisAnalytics::Application'],
    'managed-flink/latest/apiv2/API_UpdateApplication.html',
  ),
  drivesRole(
    'airflow-web',
    'opens the web interface of an environment',
    ['airflow:CreateWebLoginToken'],
    ['AWS::MWAA::Environment'],
    'mwaa/latest/API/API_CreateWebLoginToken.html',
  ),
  drivesRole(
    'airflow-cli',
    'runs commands in an environment',
    ['airflow:CreateCliToken'],
    ['AWS::MWAA::Environment'],
    'mwaa/latest/API/API_CreateCliToken.html',
  ),
  drivesRole(
    'athena-calculation',
    'runs calculations in a work group',
    ['athena:StartSession', 'athena:StartCalculationExecution'],
    ['AWS::Athena::WorkGroup'],
    'athena/latest/APIReference/API_StartCalculationExecution.html',
  ),
  drivesRole(
    'sagemaker-lifecycle',
    'changes the start script of a notebook',
    ['sagemaker:UpdateNotebookInstanceLifecycleConfig'],
    NOTEBOOK,
    'sagemaker/latest/APIReference/API_UpdateNotebookInstanceLifecycleConfig.html',
  ),
  drivesRole(
    'sagemaker-studio',
    'opens a Studio profile',
    ['sagemaker:CreatePresignedDomainUrl'],
    ['AWS::SageMaker::Domain', 'AWS::SageMaker::UserProfile'],
    'sagemaker/latest/APIReference/API_CreatePresignedDomainUrl.html',
  ),
  drivesRole(
    'sagemaker-session',
    'opens a shell in a Studio space',
    ['sagemaker:StartSession'],
    ['AWS::SageMaker::Space', 'AWS::SageMaker::UserProfile', 'AWS::SageMaker::Domain'],
    'sagemaker/latest/APIReference/API_StartSession.html',
  ),
  drivesRole(
    'eks-access',
    'lets itself into a cluster, whose nodes and pods run as roles',
    ['eks:CreateAccessEntry', 'eks:AssociateAccessPolicy'],
    ['AWS::EKS::Nodegroup', 'AWS::EKS::FargateProfile', 'AWS::EKS::PodIdentityAssociation'],
    'eks/latest/APIReference/API_AssociateAccessPolicy.html',
  ),
  drivesRole(
    'gamelift-access',
    'opens a shell on an instance of a fleet',
    ['gamelift:GetComputeAccess'],
    ['AWS::GameLift::Fleet'],
    'gamelift/latest/apireference/API_GetComputeAccess.html',
  ),
  drivesRole(
    'iot-certificate',
    'takes the role of a role alias with a certificate of its own',
    ['iot:CreateKeysAndCertificate', 'iot:CreatePolicy', 'iot:AttachPolicy'],
    ['AWS::IoT::RoleAlias'],
    'iot/latest/developerguide/authorizing-direct-aws.html',
  ),
  drivesRole(
    'imagebuilder-component',
    'builds an image with a component of its own',
    ['imagebuilder:CreateComponent', 'imagebuilder:CreateImage'],
    ['AWS::ImageBuilder::InfrastructureConfiguration'],
    'imagebuilder/latest/APIReference/API_CreateImage.html',
  ),
  drivesRole(
    'transfer-key',
    'adds an SSH key to a user of a file transfer server',
    ['transfer:ImportSshPublicKey'],
    ['AWS::Transfer::User'],
    'transfer/latest/APIReference/API_ImportSshPublicKey.html',
  ),
  drivesRole(
    'redshift-statement',
    'runs a statement that uses a role of the warehouse',
    ['redshift-data:ExecuteStatement'],
    ['AWS::Redshift::Cluster', 'AWS::RedshiftServerless::Namespace'],
    'redshift-data/latest/APIReference/API_ExecuteStatement.html',
  ),
  drivesRole(
    's3-data-access',
    'takes credentials of a location by an access grant',
    ['s3:CreateAccessGrant', 's3:GetDataAccess'],
    ['AWS::S3::AccessGrantsLocation'],
    'AmazonS3/latest/API/API_control_GetDataAccess.html',
  ),
];
