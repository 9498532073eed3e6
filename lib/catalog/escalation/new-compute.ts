/**
 * Paths by which a principal has functions, instances and containers run as a role that it passes.
 * The public list names some services; these are the others that AWS documents.
 */
import type { EscalationPath } from '../escalation-paths';
import { any, creates, INSTANCE_ROLE, pass, passedRole, path, repasses, runs } from './rows';

const BATCH = 'batch.amazonaws.com';
const EC2 = 'ec2.amazonaws.com';
const LAMBDA = 'lambda.amazonaws.com';
const TASKS = 'ecs-tasks.amazonaws.com';
const BEANSTALK = 'elasticbeanstalk.amazonaws.com';

/** Starts instances with an instance profile that holds the role. */
function instance(id: string, does: string, actions: readonly string[], page: string): EscalationPath {
  return path(id, 'new-passrole', does, [pass(EC2), ...actions.map(creates)], INSTANCE_ROLE, page);
}

export const NEW_COMPUTE_PATHS: readonly EscalationPath[] = [
  runs(
    'lambda-snapstart',
    'creates a function with SnapStart and publishes a version, whose initialisation runs as the role',
    LAMBDA,
    ['lambda:CreateFunction', 'lambda:PublishVersion'],
    'lambda/latest/dg/snapstart-activate.html',
  ),
  runs(
    'lambda-url',
    'creates a function that runs as the role, and calls it by its URL',
    LAMBDA,
    ['lambda:CreateFunction', 'lambda:CreateFunctionUrlConfig', 'lambda:InvokeFunctionUrl'],
    'lambda/latest/dg/urls-auth.html',
  ),
  repasses(
    'lambda-role',
    'gives a function the role and other code by its configuration',
    LAMBDA,
    ['lambda:UpdateFunctionConfiguration'],
    'lambda/latest/api/API_UpdateFunctionConfiguration.html',
  ),

  path(
    'ec2-profile-filled',
    'new-passrole',
    'puts the role into an instance profile, and starts an instance with it',
    [pass(EC2), any('iam:AddRoleToInstanceProfile'), creates('ec2:RunInstances')],
    passedRole(EC2),
    'IAM/latest/APIReference/API_AddRoleToInstanceProfile.html',
  ),
  path(
    'ec2-profile-filled-associated',
    'new-passrole',
    'puts the role into an instance profile, and gives that to an instance',
    [pass(EC2), any('iam:AddRoleToInstanceProfile'), any('ec2:AssociateIamInstanceProfile')],
    passedRole(EC2),
    'AWSEC2/latest/APIReference/API_AssociateIamInstanceProfile.html',
  ),
  instance(
    'ec2-profile-associated',
    'gives an instance the profile with the role',
    ['ec2:AssociateIamInstanceProfile'],
    'AWSEC2/latest/APIReference/API_AssociateIamInstanceProfile.html',
  ),
  instance(
    'ec2-profile-replaced',
    'replaces the profile of an instance by the one with the role',
    ['ec2:ReplaceIamInstanceProfileAssociation'],
    'AWSEC2/latest/APIReference/API_ReplaceIamInstanceProfileAssociation.html',
  ),
  instance(
    'ec2-spot-fleet',
    'requests a spot fleet whose instances run as the role',
    ['ec2:RequestSpotFleet'],
    'AWSEC2/latest/APIReference/API_RequestSpotFleet.html',
  ),
  instance(
    'autoscaling-configuration',
    'creates an Auto Scaling group from a launch configuration with the role',
    ['autoscaling:CreateLaunchConfiguration', 'autoscaling:CreateAutoScalingGroup'],
    'autoscaling/ec2/userguide/us-iam-role.html',
  ),
  instance(
    'autoscaling-template',
    'creates an Auto Scaling group from a launch template with the role',
    ['ec2:CreateLaunchTemplate', 'autoscaling:CreateAutoScalingGroup'],
    'autoscaling/ec2/userguide/us-iam-role.html',
  ),
  instance(
    'autoscaling-updated',
    'gives an Auto Scaling group a launch template with the role',
    ['ec2:CreateLaunchTemplate', 'autoscaling:UpdateAutoScalingGroup'],
    'autoscaling/ec2/APIReference/API_UpdateAutoScalingGroup.html',
  ),
  instance(
    'imagebuilder-new',
    'builds an image on an instance that runs as the role',
    ['imagebuilder:CreateInfrastructureConfiguration', 'imagebuilder:CreateImage'],
    'imagebuilder/latest/APIReference/API_CreateInfrastructureConfiguration.html',
  ),
  instance(
    'elasticbeanstalk-new',
    'creates an environment whose instances run as the role',
    ['elasticbeanstalk:CreateApplicationVersion', 'elasticbeanstalk:CreateEnvironment'],
    'elasticbeanstalk/latest/dg/iam-instanceprofile.html',
  ),
  runs(
    'elasticbeanstalk-service',
    'creates an environment that is managed as the role',
    BEANSTALK,
    ['elasticbeanstalk:CreateEnvironment'],
    'elasticbeanstalk/latest/dg/iam-servicerole.html',
  ),

  repasses(
    'ecs-service-updated',
    'gives a service a task definition with the role',
    TASKS,
    ['ecs:RegisterTaskDefinition', 'ecs:UpdateService'],
    'AmazonECS/latest/APIReference/API_UpdateService.html',
  ),
  repasses(
    'ecs-task-override',
    'runs a task of an existing definition with another command and the role',
    TASKS,
    ['ecs:RunTask'],
    'AmazonECS/latest/APIReference/API_TaskOverride.html',
  ),
  repasses(
    'ecs-task-started',
    'starts a task of an existing definition with another command and the role',
    TASKS,
    ['ecs:StartTask'],
    'AmazonECS/latest/APIReference/API_TaskOverride.html',
  ),
  runs(
    'ecs-task-set',
    'creates a task set whose tasks run as the role',
    TASKS,
    ['ecs:RegisterTaskDefinition', 'ecs:CreateTaskSet'],
    'AmazonECS/latest/APIReference/API_CreateTaskSet.html',
  ),
  runs(
    'batch-job',
    'submits a job of a definition with the role',
    TASKS,
    ['batch:RegisterJobDefinition', 'batch:SubmitJob'],
    'batch/latest/APIReference/API_RegisterJobDefinition.html',
  ),
  runs(
    'batch-environment',
    'creates a compute environment that is managed as the role',
    BATCH,
    ['batch:CreateComputeEnvironment'],
    'batch/latest/APIReference/API_CreateComputeEnvironment.html',
  ),
  instance(
    'batch-environment-instances',
    'creates a compute environment whose instances run as the role',
    ['batch:CreateComputeEnvironment', 'batch:SubmitJob'],
    'batch/latest/APIReference/API_CreateComputeEnvironment.html',
  ),
  runs(
    'eks-pod-identity',
    'lets pods of a cluster run as the role',
    'pods.eks.amazonaws.com',
    ['eks:CreatePodIdentityAssociation'],
    'eks/latest/APIReference/API_CreatePodIdentityAssociation.html',
  ),
  runs(
    'eks-nodegroup',
    'creates nodes that run as the role',
    EC2,
    ['eks:CreateNodegroup'],
    'eks/latest/APIReference/API_CreateNodegroup.html',
  ),
  runs(
    'eks-fargate',
    'creates a Fargate profile whose pods run as the role',
    'eks-fargate-pods.amazonaws.com',
    ['eks:CreateFargateProfile'],
    'eks/latest/APIReference/API_CreateFargateProfile.html',
  ),
];
