/**
 * The published paths through something that runs as a role: ids, kinds and requests are those of the
 * public list at pathfinding.cloud (December 2025), as facts; targets, passed services and outcomes are
 * read from AWS's pages.
 */
import type { EscalationPath } from '../escalation-paths';
import {
  any,
  creates,
  drives,
  INSTANCE_ROLE,
  pass,
  passedRole,
  published as path,
  ROLE_OF_INSTANCE,
  roleOf,
} from './rows';

const APPRUNNER = ['tasks.apprunner.amazonaws.com', 'build.apprunner.amazonaws.com'];
const passAppRunner = pass('apprunner.amazonaws.com', ...APPRUNNER);
const AGENTCORE = 'bedrock-agentcore.amazonaws.com';
const CFN = 'cloudformation.amazonaws.com';
const CODEBUILD = 'codebuild.amazonaws.com';
const EC2 = 'ec2.amazonaws.com';
const GLUE = 'glue.amazonaws.com';
const LAMBDA = 'lambda.amazonaws.com';
const SAGEMAKER = 'sagemaker.amazonaws.com';
const TASKS = 'ecs-tasks.amazonaws.com';
const FUNCTION = roleOf('AWS::Lambda::Function', 'AWS::Serverless::Function');

export const PUBLISHED_COMPUTE_PATHS: readonly EscalationPath[] = [
  path(
    'apprunner-001',
    'new-passrole',
    'creates an App Runner service that runs as the role',
    [passAppRunner, creates('apprunner:CreateService')],
    passedRole(...APPRUNNER),
  ),
  path(
    'apprunner-002',
    'existing-passrole',
    'gives an App Runner service other code',
    [drives('apprunner:UpdateService')],
    roleOf('AWS::AppRunner::Service'),
  ),
  path(
    'bedrock-001',
    'new-passrole',
    'creates a code interpreter that runs as the role, and runs code in it',
    [
      pass(AGENTCORE),
      creates('bedrock-agentcore:CreateCodeInterpreter'),
      creates('bedrock-agentcore:StartCodeInterpreterSession'),
      creates('bedrock-agentcore:InvokeCodeInterpreter'),
    ],
    passedRole(AGENTCORE),
  ),
  path(
    'bedrock-002',
    'existing-passrole',
    'runs code in a code interpreter',
    [drives('bedrock-agentcore:StartCodeInterpreterSession'), drives('bedrock-agentcore:InvokeCodeInterpreter')],
    roleOf('AWS::BedrockAgentCore::CodeInterpreterCustom'),
  ),
  path(
    'cloudformation-001',
    'new-passrole',
    'creates a stack whose resources the role creates',
    [pass(CFN), creates('cloudformation:CreateStack')],
    passedRole(CFN),
  ),
  path(
    'cloudformation-002',
    'existing-passrole',
    'updates a stack with the role that it has',
    [drives('cloudformation:UpdateStack')],
    roleOf('AWS::CloudFormation::Stack'),
  ),
  path(
    'cloudformation-003',
    'new-passrole',
    'creates a stack set and its instances with the role',
    [pass(CFN), creates('cloudformation:CreateStackSet'), creates('cloudformation:CreateStackInstances')],
    passedRole(CFN),
  ),
  path(
    'cloudformation-004',
    'new-passrole',
    'updates a stack set, passing the role',
    [pass(CFN), any('cloudformation:UpdateStackSet')],
    passedRole(CFN),
  ),
  path(
    'cloudformation-005',
    'new-passrole',
    'prepares and executes a change set on a stack, with the role that the stack has',
    [drives('cloudformation:CreateChangeSet'), drives('cloudformation:ExecuteChangeSet')],
    roleOf('AWS::CloudFormation::Stack'),
  ),
  path(
    'codebuild-001',
    'new-passrole',
    'creates a build project that runs as the role, and starts a build',
    [pass(CODEBUILD), creates('codebuild:CreateProject'), creates('codebuild:StartBuild')],
    passedRole(CODEBUILD),
  ),
  path(
    'codebuild-002',
    'existing-passrole',
    'starts a build with a build specification of its own',
    [drives('codebuild:StartBuild')],
    roleOf('AWS::CodeBuild::Project'),
  ),
  path(
    'codebuild-003',
    'existing-passrole',
    'starts a batch build with a build specification of its own',
    [drives('codebuild:StartBuildBatch')],
    roleOf('AWS::CodeBuild::Project'),
  ),
  path(
    'codebuild-004',
    'new-passrole',
    'creates a build project that runs as the role, and starts a batch build',
    [pass(CODEBUILD), creates('codebuild:CreateProject'), creates('codebuild:StartBuildBatch')],
    passedRole(CODEBUILD),
  ),
  path(
    'datapipeline-001',
    'new-passrole',
    'creates and activates a pipeline whose instances run as the role',
    [
      pass('datapipeline.amazonaws.com', 'elasticmapreduce.amazonaws.com', EC2),
      creates('datapipeline:CreatePipeline'),
      creates('datapipeline:PutPipelineDefinition'),
      creates('datapipeline:ActivatePipeline'),
    ],
    passedRole('datapipeline.amazonaws.com', 'elasticmapreduce.amazonaws.com', EC2),
  ),
  path(
    'ec2-001',
    'new-passrole',
    'starts an instance that runs as the role',
    [pass(EC2), creates('ec2:RunInstances')],
    INSTANCE_ROLE,
  ),
  path(
    'ec2-002',
    'existing-passrole',
    'changes the user data of an instance, and restarts it',
    [drives('ec2:ModifyInstanceAttribute'), drives('ec2:StopInstances'), drives('ec2:StartInstances')],
    ROLE_OF_INSTANCE,
  ),
  path(
    'ec2-003',
    'new-passrole',
    'requests a spot instance that runs as the role',
    [pass(EC2), creates('ec2:RequestSpotInstances')],
    INSTANCE_ROLE,
  ),
  path(
    'ec2-004',
    'existing-passrole',
    'gives a launch template other user data and makes it the default',
    [drives('ec2:CreateLaunchTemplateVersion'), drives('ec2:ModifyLaunchTemplate')],
    roleOf('AWS::EC2::LaunchTemplate', 'AWS::AutoScaling::AutoScalingGroup'),
  ),
  path(
    'ec2instanceconnect-003',
    'existing-passrole',
    'pushes an SSH key to an instance',
    [drives('ec2-instance-connect:SendSSHPublicKey'), any('ec2:DescribeInstances')],
    ROLE_OF_INSTANCE,
  ),
  path(
    'ecs-001',
    'new-passrole',
    'runs a service in a new cluster whose tasks run as the role',
    [pass(TASKS), creates('ecs:CreateCluster'), creates('ecs:RegisterTaskDefinition'), creates('ecs:CreateService')],
    passedRole(TASKS),
  ),
  path(
    'ecs-002',
    'new-passrole',
    'runs a task in a new cluster as the role',
    [pass(TASKS), creates('ecs:CreateCluster'), creates('ecs:RegisterTaskDefinition'), creates('ecs:RunTask')],
    passedRole(TASKS),
  ),
  path(
    'ecs-003',
    'new-passrole',
    'runs a service whose tasks run as the role',
    [pass(TASKS), creates('ecs:RegisterTaskDefinition'), creates('ecs:CreateService')],
    passedRole(TASKS),
  ),
  path(
    'ecs-004',
    'new-passrole',
    'runs a task as the role',
    [pass(TASKS), creates('ecs:RegisterTaskDefinition'), creates('ecs:RunTask')],
    passedRole(TASKS),
  ),
  path(
    'ecs-005',
    'new-passrole',
    'starts a task as the role on a container instance',
    [pass(TASKS), creates('ecs:RegisterTaskDefinition'), creates('ecs:StartTask')],
    passedRole(TASKS),
  ),
  path(
    'glue-001',
    'new-passrole',
    'creates a development endpoint that runs as the role',
    [pass(GLUE), creates('glue:CreateDevEndpoint')],
    passedRole(GLUE),
  ),
  path(
    'glue-002',
    'existing-passrole',
    'adds an SSH key to a development endpoint',
    [drives('glue:UpdateDevEndpoint')],
    roleOf('AWS::Glue::DevEndpoint'),
  ),
  path(
    'glue-003',
    'new-passrole',
    'creates a job that runs as the role, and runs it',
    [pass(GLUE), creates('glue:CreateJob'), creates('glue:StartJobRun')],
    passedRole(GLUE),
  ),
  path(
    'glue-004',
    'new-passrole',
    'creates a job that runs as the role, and a trigger that runs it',
    [pass(GLUE), creates('glue:CreateJob'), any('glue:CreateTrigger')],
    passedRole(GLUE),
  ),
  path(
    'glue-005',
    'new-passrole',
    'gives a job other code and the role, and runs it',
    [pass(GLUE), any('glue:UpdateJob'), any('glue:StartJobRun')],
    passedRole(GLUE),
  ),
  path(
    'glue-006',
    'new-passrole',
    'gives a job other code and the role, and creates a trigger that runs it',
    [pass(GLUE), any('glue:UpdateJob'), any('glue:CreateTrigger')],
    passedRole(GLUE),
  ),
  path(
    'lambda-001',
    'new-passrole',
    'creates a function that runs as the role, and invokes it',
    [pass(LAMBDA), creates('lambda:CreateFunction'), creates('lambda:InvokeFunction')],
    passedRole(LAMBDA),
  ),
  path(
    'lambda-002',
    'new-passrole',
    'creates a function that runs as the role, and feeds it from an event source',
    [pass(LAMBDA), creates('lambda:CreateFunction'), any('lambda:CreateEventSourceMapping')],
    passedRole(LAMBDA),
  ),
  path(
    'lambda-003',
    'existing-passrole',
    'gives a function other code',
    [drives('lambda:UpdateFunctionCode')],
    FUNCTION,
  ),
  path(
    'lambda-004',
    'existing-passrole',
    'gives a function other code, and invokes it',
    [drives('lambda:UpdateFunctionCode'), drives('lambda:InvokeFunction')],
    FUNCTION,
  ),
  path(
    'lambda-005',
    'existing-passrole',
    'gives a function other code, and lets itself invoke it',
    [drives('lambda:UpdateFunctionCode'), drives('lambda:AddPermission')],
    FUNCTION,
  ),
  path(
    'lambda-006',
    'new-passrole',
    'creates a function that runs as the role, and lets itself invoke it',
    [pass(LAMBDA), creates('lambda:CreateFunction'), creates('lambda:AddPermission')],
    passedRole(LAMBDA),
  ),
  path(
    'sagemaker-001',
    'new-passrole',
    'creates a notebook that runs as the role',
    [pass(SAGEMAKER), creates('sagemaker:CreateNotebookInstance')],
    passedRole(SAGEMAKER),
  ),
  path(
    'sagemaker-002',
    'new-passrole',
    'starts a training job that runs as the role',
    [pass(SAGEMAKER), creates('sagemaker:CreateTrainingJob')],
    passedRole(SAGEMAKER),
  ),
  path(
    'sagemaker-003',
    'new-passrole',
    'starts a processing job that runs as the role',
    [pass(SAGEMAKER), creates('sagemaker:CreateProcessingJob')],
    passedRole(SAGEMAKER),
  ),
  path(
    'sagemaker-004',
    'existing-passrole',
    'opens a notebook',
    [drives('sagemaker:CreatePresignedNotebookInstanceUrl')],
    roleOf('AWS::SageMaker::NotebookInstance'),
  ),
  path(
    'sagemaker-005',
    'existing-passrole',
    'gives a notebook a start script, and restarts it',
    [
      any('sagemaker:CreateNotebookInstanceLifecycleConfig'),
      drives('sagemaker:StopNotebookInstance'),
      drives('sagemaker:UpdateNotebookInstance'),
      drives('sagemaker:StartNotebookInstance'),
    ],
    roleOf('AWS::SageMaker::NotebookInstance'),
  ),
  path('ssm-001', 'existing-passrole', 'opens a shell on an instance', [drives('ssm:StartSession')], ROLE_OF_INSTANCE),
  path('ssm-002', 'existing-passrole', 'runs a command on an instance', [drives('ssm:SendCommand')], ROLE_OF_INSTANCE),
];
