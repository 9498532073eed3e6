/**
 * Paths through services that the public list leaves out: what brings code or commands of its own to something that runs as a
 * role there, or is handed the role's credentials outright, without passing a role.
 */
import type { EscalationPath } from '../escalation-paths';
import { any, drives, drivesRole, onInstances, path, roleOf, runs } from './rows';

const DEADLINE = 'deadline-cloud/latest/APIReference/API_';
const SSM = 'systems-manager/latest/APIReference/API_';

/** One row an action: any of them suffices. */
function each(
  prefix: string,
  does: string,
  actions: readonly string[],
  types: readonly string[],
  page: (action: string) => string,
): readonly EscalationPath[] {
  return actions.map((action) =>
    drivesRole(
      `${prefix}-${action.slice(action.indexOf(':') + 1).toLowerCase()}`,
      does,
      [action],
      types,
      page(action.slice(action.indexOf(':') + 1)),
    ),
  );
}

export const DRIVEN_SERVICE_PATHS: readonly EscalationPath[] = [
  drivesRole(
    'synthetics-code',
    'gives a canary other code, which runs as its role',
    ['synthetics:UpdateCanary'],
    ['AWS::Synthetics::Canary'],
    'AmazonSynthetics/latest/APIReference/API_UpdateCanary.html',
  ),
  runs(
    'synthetics-new',
    'creates a canary that runs as the role',
    'lambda.amazonaws.com',
    ['synthetics:CreateCanary'],
    'AmazonSynthetics/latest/APIReference/API_CreateCanary.html',
  ),
  ...each(
    'deadline-queue',
    'takes the credentials of the queue, or has its workers run a job',
    ['deadline:AssumeQueueRoleForUser', 'deadline:AssumeQueueRoleForRead', 'deadline:CreateJob'],
    ['AWS::Deadline::Queue'],
    (action) => `${DEADLINE}${action}.html`,
  ),
  ...each(
    'deadline-fleet',
    'takes the credentials of the fleet',
    ['deadline:AssumeFleetRoleForRead', 'deadline:AssumeFleetRoleForWorker'],
    ['AWS::Deadline::Fleet'],
    (action) => `${DEADLINE}${action}.html`,
  ),
  runs(
    'deadline-new',
    'creates a queue with the role, and takes its credentials',
    'credentials.deadline.amazonaws.com',
    ['deadline:CreateQueue', 'deadline:AssumeQueueRoleForUser'],
    `${DEADLINE}AssumeQueueRoleForUser.html`,
  ),
  ...(
    [
      ['appstream:CreateImageBuilderStreamingURL', 'AWS::AppStream::ImageBuilder'],
      ['appstream:CreateAppBlockBuilderStreamingURL', 'AWS::AppStream::AppBlockBuilder'],
      ['appstream:CreateStreamingURL', 'AWS::AppStream::Fleet'],
    ] as const
  ).flatMap(([action, type]) =>
    each(
      'appstream',
      'opens a desktop on an instance that has the role',
      [action],
      [type],
      (name) => `appstream2/latest/APIReference/API_${name}.html`,
    ),
  ),
  runs(
    'appstream-new',
    'starts an image builder with the role, and opens its desktop',
    'appstream.amazonaws.com',
    ['appstream:CreateImageBuilder', 'appstream:CreateImageBuilderStreamingURL'],
    'appstream2/latest/developerguide/using-iam-roles-to-grant-permissions-to-applications-scripts-streaming-instances.html',
  ),
  drivesRole(
    'datazone-credentials',
    'takes the credentials of the environment',
    ['datazone:GetEnvironmentCredentials'],
    ['AWS::DataZone::Environment'],
    'datazone/latest/APIReference/API_GetEnvironmentCredentials.html',
  ),
  drivesRole(
    'devicefarm-run',
    'runs tests of its own on the test host, which has the role',
    ['devicefarm:ScheduleRun'],
    ['AWS::DeviceFarm::Project'],
    'devicefarm/latest/developerguide/custom-test-environments-iam-roles.html',
  ),
  ...each(
    'rds-statement',
    'runs SQL that imports, exports or invokes as the role of the cluster',
    ['rds-data:ExecuteStatement', 'rds-data:BatchExecuteStatement'],
    ['AWS::RDS::DBCluster'],
    () => 'AmazonRDS/latest/AuroraUserGuide/AuroraMySQL.Integrating.Authorizing.html',
  ).map((row) => ({ ...row, reached: { ...roleOf('AWS::RDS::DBCluster'), service: 'rds.amazonaws.com' } })),
  ...each(
    'redshift',
    'runs SQL that loads, unloads or invokes as the role of the cluster',
    ['redshift-data:BatchExecuteStatement'],
    ['AWS::Redshift::Cluster', 'AWS::RedshiftServerless::Namespace'],
    (action) => `redshift-data/latest/APIReference/API_${action}.html`,
  ),
  ...each(
    'athena',
    'opens a notebook that runs as the role of the workgroup',
    ['athena:CreatePresignedNotebookUrl'],
    ['AWS::Athena::WorkGroup'],
    (action) => `athena/latest/APIReference/API_${action}.html`,
  ),
  ...each(
    'appsync',
    'writes a resolver or a function, whose requests the data source makes as its role',
    ['appsync:CreateResolver', 'appsync:UpdateResolver', 'appsync:CreateFunction', 'appsync:UpdateFunction'],
    ['AWS::AppSync::DataSource'],
    (action) => `appsync/latest/APIReference/API_${action}.html`,
  ),
  ...each(
    'sagemaker-definition',
    'writes other steps into a pipeline, which makes them as its role',
    ['sagemaker:UpdatePipeline'],
    ['AWS::SageMaker::Pipeline'],
    (action) => `sagemaker/latest/APIReference/API_${action}.html`,
  ),
  drivesRole(
    'sagemaker-cluster-shell',
    'opens a shell on a node of a cluster',
    ['ssm:StartSession'],
    ['AWS::SageMaker::Cluster'],
    'sagemaker/latest/dg/sagemaker-hyperpod-run-jobs-slurm-access-nodes.html',
  ),
  drivesRole(
    'sagemaker-user-lifecycle',
    'has a script of its own run when a user opens the studio',
    ['sagemaker:CreateStudioLifecycleConfig', 'sagemaker:UpdateUserProfile'],
    ['AWS::SageMaker::UserProfile'],
    'sagemaker/latest/dg/studio-lifecycle-configurations.html',
  ),
  drivesRole(
    'sagemaker-domain-lifecycle',
    'has a script of its own run when anybody opens the studio',
    ['sagemaker:CreateStudioLifecycleConfig', 'sagemaker:UpdateDomain'],
    ['AWS::SageMaker::Domain'],
    'sagemaker/latest/dg/studio-lifecycle-configurations.html',
  ),
  drivesRole(
    'fis-actions',
    'writes other actions into an experiment, which makes them as its role',
    ['fis:UpdateExperimentTemplate', 'fis:StartExperiment'],
    ['AWS::FIS::ExperimentTemplate'],
    'fis/latest/APIReference/API_UpdateExperimentTemplate.html',
  ),
  drivesRole(
    'ecs-express-image',
    'gives an express service another image',
    ['ecs:UpdateExpressGatewayService'],
    ['AWS::ECS::ExpressGatewayService'],
    'AmazonECS/latest/APIReference/API_UpdateExpressGatewayService.html',
  ),
  runs(
    'ecs-express-new',
    'starts an express service whose containers run as the role',
    'ecs-tasks.amazonaws.com',
    ['ecs:CreateExpressGatewayService'],
    'AmazonECS/latest/APIReference/API_CreateExpressGatewayService.html',
  ),
  drivesRole(
    'kinesisanalytics-notebook',
    'opens the notebook of an application, which runs as its role',
    ['kinesisanalytics:CreateApplicationPresignedUrl'],
    ['AWS::KinesisAnalyticsV2::Application'],
    'managed-flink/latest/apiv2/API_CreateApplicationPresignedUrl.html',
  ),
  drivesRole(
    'glue-arguments',
    'starts a job with modules or a script of its own, which its arguments name',
    ['glue:StartJobRun'],
    ['AWS::Glue::Job'],
    'glue/latest/dg/aws-glue-programming-etl-glue-arguments.html',
  ),
  drivesRole(
    'emr-containers-endpoint',
    'takes the credentials of an endpoint, and runs code on it',
    ['emr-containers:GetManagedEndpointSessionCredentials'],
    ['AWS::EMRContainers::Endpoint'],
    'emr-on-eks/latest/APIReference/API_GetManagedEndpointSessionCredentials.html',
  ),
  path(
    'emr-containers-job',
    'new-passrole',
    'runs a job on the cluster as any role that trusts its issuer: no role is passed',
    [any('emr-containers:StartJobRun')],
    { kind: 'federated-roles', provider: 'eks' },
    'emr-on-eks/latest/EMR-on-EKS-DevelopmentGuide/iam-execution-role.html',
  ),
  drivesRole(
    'greengrass-component',
    'deploys a component of its own to devices, which have credentials of the role',
    ['greengrass:CreateComponentVersion', 'greengrass:CreateDeployment'],
    ['AWS::IoT::RoleAlias'],
    'greengrass/v2/developerguide/device-service-role.html',
  ),
  drivesRole(
    'cloud9-member',
    'joins an environment, whose managed credentials are those of its owner',
    ['cloud9:CreateEnvironmentMembership'],
    ['AWS::Cloud9::EnvironmentEC2'],
    'cloud9/latest/user-guide/how-cloud9-with-iam.html',
  ),
  drivesRole(
    'amplify-deployment',
    'deploys code of its own, which is rendered as the role',
    ['amplify:CreateDeployment', 'amplify:StartDeployment'],
    ['AWS::Amplify::App', 'AWS::Amplify::Branch'],
    'amplify/latest/APIReference/API_StartDeployment.html',
  ),
  path(
    'imagebuilder-recipe',
    'existing-passrole',
    'gives a pipeline a recipe of its own, which its instance runs',
    [
      any('imagebuilder:CreateComponent'),
      any('imagebuilder:CreateImageRecipe'),
      any('imagebuilder:UpdateImagePipeline'),
    ],
    roleOf('AWS::ImageBuilder::InfrastructureConfiguration'),
    'imagebuilder/latest/APIReference/API_UpdateImagePipeline.html',
  ),
  drivesRole(
    'agentcore-command',
    'runs commands in the container of an agent',
    ['bedrock-agentcore:InvokeAgentRuntimeCommand'],
    ['AWS::BedrockAgentCore::Runtime'],
    'bedrock-agentcore/latest/APIReference/API_InvokeAgentRuntimeCommand.html',
  ),
  onInstances(
    'ec2-root-volume',
    'replaces the root volume of an instance by one of its own',
    [drives('ec2:CreateReplaceRootVolumeTask')],
    'AWSEC2/latest/APIReference/API_CreateReplaceRootVolumeTask.html',
  ),
  onInstances(
    'ec2-serial-console',
    'logs in by the serial console',
    [drives('ec2-instance-connect:SendSerialConsoleSSHPublicKey')],
    'ec2-instance-connect/latest/APIReference/API_SendSerialConsoleSSHPublicKey.html',
  ),
  // Without a service role the tasks of a maintenance window run as the service's own.
  onInstances(
    'ssm-maintenance-command',
    'has a maintenance window run commands on instances',
    [any('ssm:RegisterTaskWithMaintenanceWindow')],
    `${SSM}RegisterTaskWithMaintenanceWindow.html`,
  ),
  onInstances(
    'ssm-maintenance-command-changed',
    'changes the commands that a maintenance window runs on instances',
    [any('ssm:UpdateMaintenanceWindowTask')],
    `${SSM}UpdateMaintenanceWindowTask.html`,
  ),
  runs(
    'budgets-action',
    'has a budget attach policies as the role',
    'budgets.amazonaws.com',
    ['budgets:CreateBudgetAction'],
    'cost-management/latest/userguide/budgets-controls.html',
  ),
];
