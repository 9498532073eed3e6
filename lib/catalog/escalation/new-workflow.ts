/**
 * Paths by which a principal has a workflow, a deployment, a build or a job run as a role that it
 * passes. The public list names some services; these are the others that AWS documents.
 */
import type { EscalationPath } from '../escalation-paths';
import { repasses, runs } from './rows';

const CFN = 'cloudformation.amazonaws.com';
const CODEBUILD = 'codebuild.amazonaws.com';
const EC2 = 'ec2.amazonaws.com';
const EMR = 'elasticmapreduce.amazonaws.com';
const GLUE = 'glue.amazonaws.com';
const IOT = 'credentials.iot.amazonaws.com';
const SAGEMAKER = 'sagemaker.amazonaws.com';
const SSM = 'ssm.amazonaws.com';
const STATES = 'states.amazonaws.com';
const SM = 'sagemaker/latest/APIReference/API_';

export const NEW_WORKFLOW_PATHS: readonly EscalationPath[] = [
  runs(
    'states-new',
    'creates a state machine that makes its requests as the role, and starts it',
    STATES,
    ['states:CreateStateMachine', 'states:StartExecution'],
    'step-functions/latest/apireference/API_CreateStateMachine.html',
  ),
  runs(
    'states-new-express',
    'creates a state machine that makes its requests as the role, and runs it',
    STATES,
    ['states:CreateStateMachine', 'states:StartSyncExecution'],
    'step-functions/latest/apireference/API_StartSyncExecution.html',
  ),
  runs(
    'states-test',
    'tests a state that makes its request as the role',
    STATES,
    ['states:TestState'],
    'step-functions/latest/apireference/API_TestState.html',
  ),
  repasses(
    'states-role',
    'gives a state machine another definition and the role',
    STATES,
    ['states:UpdateStateMachine'],
    'step-functions/latest/apireference/API_UpdateStateMachine.html',
  ),
  runs(
    'scheduler-new',
    'schedules a request of any service as the role',
    'scheduler.amazonaws.com',
    ['scheduler:CreateSchedule'],
    'scheduler/latest/APIReference/API_CreateSchedule.html',
  ),
  repasses(
    'scheduler-updated',
    'makes a schedule send another request as the role',
    'scheduler.amazonaws.com',
    ['scheduler:UpdateSchedule'],
    'scheduler/latest/APIReference/API_UpdateSchedule.html',
  ),
  repasses(
    'events-target',
    'makes a rule invoke a target as the role',
    'events.amazonaws.com',
    ['events:PutTargets'],
    'eventbridge/latest/APIReference/API_PutTargets.html',
  ),
  runs(
    'pipes-new',
    'creates a pipe that invokes its target as the role',
    'pipes.amazonaws.com',
    ['pipes:CreatePipe'],
    'eventbridge/latest/pipes-reference/API_CreatePipe.html',
  ),
  runs(
    'ssm-automation',
    'runs an automation as the role',
    SSM,
    ['ssm:StartAutomationExecution'],
    'systems-manager/latest/userguide/automation-setup-iam.html',
  ),
  runs(
    'ssm-change-request',
    'runs a change request as the role',
    SSM,
    ['ssm:StartChangeRequestExecution'],
    'systems-manager/latest/APIReference/API_StartChangeRequestExecution.html',
  ),
  repasses(
    'ssm-maintenance-task',
    'adds a task that runs as the role to a maintenance window',
    SSM,
    ['ssm:RegisterTaskWithMaintenanceWindow'],
    'systems-manager/latest/APIReference/API_RegisterTaskWithMaintenanceWindow.html',
  ),
  repasses(
    'config-remediation',
    'runs a remediation as the role',
    SSM,
    ['config:PutRemediationConfigurations'],
    'config/latest/APIReference/API_PutRemediationConfigurations.html',
  ),
  runs(
    'fis-experiment',
    'runs an experiment as the role',
    'fis.amazonaws.com',
    ['fis:CreateExperimentTemplate', 'fis:StartExperiment'],
    'fis/latest/APIReference/API_CreateExperimentTemplate.html',
  ),

  runs(
    'cloudformation-new-change-set',
    'creates a stack by a change set whose resources the role creates',
    CFN,
    ['cloudformation:CreateChangeSet', 'cloudformation:ExecuteChangeSet'],
    'AWSCloudFormation/latest/APIReference/API_CreateChangeSet.html',
  ),
  repasses(
    'cloudformation-role',
    'updates a stack with the role',
    CFN,
    ['cloudformation:UpdateStack'],
    'AWSCloudFormation/latest/APIReference/API_UpdateStack.html',
  ),
  runs(
    'cloudcontrol-create',
    'creates a resource as the role',
    CFN,
    ['cloudformation:CreateResource'],
    'cloudcontrolapi/latest/APIReference/API_CreateResource.html',
  ),
  repasses(
    'cloudcontrol-update',
    'changes a resource as the role',
    CFN,
    ['cloudformation:UpdateResource'],
    'cloudcontrolapi/latest/APIReference/API_UpdateResource.html',
  ),
  runs(
    'cloudformation-type',
    'registers an extension whose code runs as the role',
    ['resources.cloudformation.amazonaws.com', 'hooks.cloudformation.amazonaws.com'],
    ['cloudformation:RegisterType'],
    'AWSCloudFormation/latest/APIReference/API_RegisterType.html',
  ),
  runs(
    'servicecatalog-new',
    'provisions a product of its own that the role launches',
    'servicecatalog.amazonaws.com',
    ['servicecatalog:CreateProduct', 'servicecatalog:CreateConstraint', 'servicecatalog:ProvisionProduct'],
    'servicecatalog/latest/adminguide/constraints-launch.html',
  ),
  runs(
    'codepipeline-new',
    'creates a pipeline whose actions run as the role',
    'codepipeline.amazonaws.com',
    ['codepipeline:CreatePipeline'],
    'codepipeline/latest/APIReference/API_CreatePipeline.html',
  ),
  repasses(
    'codepipeline-updated',
    'gives a pipeline other actions that run as the role',
    'codepipeline.amazonaws.com',
    ['codepipeline:UpdatePipeline'],
    'codepipeline/latest/APIReference/API_UpdatePipeline.html',
  ),
  repasses(
    'codebuild-role',
    'gives a build project the role, and starts a build',
    CODEBUILD,
    ['codebuild:UpdateProject', 'codebuild:StartBuild'],
    'codebuild/latest/APIReference/API_UpdateProject.html',
  ),
  runs(
    'amplify-new',
    'creates an app whose builds run as the role',
    'amplify.amazonaws.com',
    ['amplify:CreateApp', 'amplify:CreateBranch', 'amplify:StartJob'],
    'amplify/latest/APIReference/API_CreateApp.html',
  ),

  runs(
    'glue-session',
    'opens a session that runs statements as the role',
    GLUE,
    ['glue:CreateSession', 'glue:RunStatement'],
    'glue/latest/webapi/API_CreateSession.html',
  ),
  runs(
    'glue-blueprint',
    'runs a blueprint as the role',
    GLUE,
    ['glue:StartBlueprintRun'],
    'glue/latest/webapi/API_StartBlueprintRun.html',
  ),
  runs(
    'emr-cluster',
    'starts a cluster that runs its steps as the role',
    [EMR, EC2],
    ['elasticmapreduce:RunJobFlow'],
    'emr/latest/APIReference/API_RunJobFlow.html',
  ),
  runs(
    'emr-serverless-job',
    'runs a job as the role',
    'emr-serverless.amazonaws.com',
    ['emr-serverless:StartJobRun'],
    'emr-serverless/latest/APIReference/API_StartJobRun.html',
  ),
  runs(
    'kinesisanalytics-new',
    'runs an application as the role',
    'kinesisanalytics.amazonaws.com',
    ['kinesisanalytics:CreateApplication', 'kinesisanalytics:StartApplication'],
    'managed-flink/latest/apiv2/API_CreateApplication.html',
  ),
  runs(
    'airflow-new',
    'creates an environment whose workflows run as the role',
    ['airflow.amazonaws.com', 'airflow-env.amazonaws.com'],
    ['airflow:CreateEnvironment'],
    'mwaa/latest/API/API_CreateEnvironment.html',
  ),
  runs(
    'athena-spark',
    'runs calculations as the role',
    'athena.amazonaws.com',
    ['athena:CreateWorkGroup', 'athena:StartSession', 'athena:StartCalculationExecution'],
    'athena/latest/APIReference/API_StartCalculationExecution.html',
  ),
  runs(
    'sagemaker-endpoint',
    'serves a model whose container runs as the role',
    SAGEMAKER,
    ['sagemaker:CreateModel', 'sagemaker:CreateEndpointConfig', 'sagemaker:CreateEndpoint'],
    `${SM}CreateModel.html`,
  ),
  runs(
    'sagemaker-transform',
    'runs a transform job of a model whose container runs as the role',
    SAGEMAKER,
    ['sagemaker:CreateModel', 'sagemaker:CreateTransformJob'],
    `${SM}CreateTransformJob.html`,
  ),
  runs(
    'sagemaker-tuning',
    'runs a tuning job as the role',
    SAGEMAKER,
    ['sagemaker:CreateHyperParameterTuningJob'],
    `${SM}CreateHyperParameterTuningJob.html`,
  ),
  runs(
    'sagemaker-pipeline',
    'runs a pipeline as the role',
    SAGEMAKER,
    ['sagemaker:CreatePipeline', 'sagemaker:StartPipelineExecution'],
    `${SM}CreatePipeline.html`,
  ),
  repasses(
    'sagemaker-profile',
    'opens a Studio profile whose apps run as the role',
    SAGEMAKER,
    ['sagemaker:CreateUserProfile', 'sagemaker:CreatePresignedDomainUrl'],
    `${SM}CreateUserProfile.html`,
  ),
  runs(
    'sagemaker-monitoring',
    'schedules a monitoring job that runs as the role',
    SAGEMAKER,
    ['sagemaker:CreateMonitoringSchedule'],
    `${SM}CreateMonitoringSchedule.html`,
  ),
  runs(
    'sagemaker-cluster',
    'creates a cluster whose instances run as the role',
    SAGEMAKER,
    ['sagemaker:CreateCluster'],
    `${SM}CreateCluster.html`,
  ),
  runs(
    'bedrock-agentcore-runtime',
    'runs an agent of its own as the role',
    'bedrock-agentcore.amazonaws.com',
    ['bedrock-agentcore:CreateAgentRuntime', 'bedrock-agentcore:InvokeAgentRuntime'],
    'bedrock-agentcore-control/latest/APIReference/API_CreateAgentRuntime.html',
  ),
  runs(
    'gamelift-fleet',
    'runs a build of its own on a fleet with the role',
    ['gamelift.amazonaws.com', EC2],
    ['gamelift:CreateBuild', 'gamelift:CreateFleet'],
    'gamelift/latest/apireference/API_CreateFleet.html',
  ),
  runs(
    'braket-job',
    'runs a hybrid job as the role',
    'braket.amazonaws.com',
    ['braket:CreateJob'],
    'braket/latest/APIReference/API_CreateJob.html',
  ),
  runs(
    'omics-run',
    'runs a workflow of its own as the role',
    'omics.amazonaws.com',
    ['omics:CreateWorkflow', 'omics:StartRun'],
    'omics/latest/api/API_StartRun.html',
  ),
  runs(
    'iot-role-alias',
    'takes the role by a role alias and a certificate of its own',
    IOT,
    ['iot:CreateRoleAlias', 'iot:CreateKeysAndCertificate', 'iot:CreatePolicy', 'iot:AttachPolicy'],
    'iot/latest/developerguide/authorizing-direct-aws.html',
  ),
  runs(
    'chatbot-channel',
    'lets a chat channel run commands as the role',
    'chatbot.amazonaws.com',
    ['chatbot:CreateSlackChannelConfiguration'],
    'chatbot/latest/adminguide/understanding-permissions.html',
  ),
];
