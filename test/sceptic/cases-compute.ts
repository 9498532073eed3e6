/** Roles of `b` that something runs as, which the role of `a` may drive, be handed, or pass to a service that nobody knows. */
import { allow, att, doc, type Json, ref, resource } from '../model/notation';
import { aRole, type Case } from './cases-intrinsics';
import { iam } from './world';

const trusting = (...services: readonly string[]): Json =>
  doc({
    Effect: 'Allow',
    Principal: { Service: services.map((s) => `${s}.amazonaws.com`) },
    Action: 'sts:AssumeRole',
  });

/** `b` as its role stands in it, and what the role of `a` may do. */
function run(services: readonly string[], thing: Json, actions: readonly string[]): Json {
  return {
    BRun: resource('AWS::IAM::Role', {
      RoleName: 'b-run',
      AssumeRolePolicyDocument: trusting(...services),
      Policies: [{ PolicyName: 'p', PolicyDocument: doc(allow('dynamodb:GetItem')) }],
    }),
    BProfile: resource('AWS::IAM::InstanceProfile', { InstanceProfileName: 'b-profile', Roles: [ref('BRun')] }),
    BThing: thing,
    ARole: aRole([{ PolicyName: 'p', PolicyDocument: doc(allow(actions)) }]),
  };
}

const PROFILE = ref('BProfile');
const ROLE = att('BRun');
const option = (name: string, value: unknown): Json => ({
  OptionSettings: [{ Namespace: 'aws:autoscaling:launchconfiguration', OptionName: name, Value: value }],
});

/** What CloudFormation makes instances with: a command on instances is a command there. */
const instances: readonly (readonly [type: string, properties: Json, other?: Json])[] = [
  ['EC2::Instance', { IamInstanceProfile: PROFILE }],
  ['EC2::LaunchTemplate', { LaunchTemplateData: { IamInstanceProfile: { Arn: att('BProfile') } } }],
  [
    'EC2::SpotFleet',
    { SpotFleetRequestConfigData: { LaunchSpecifications: [{ IamInstanceProfile: { Arn: att('BProfile') } }] } },
    { SpotFleetRequestConfigData: { IamFleetRole: ROLE } },
  ],
  ['AutoScaling::LaunchConfiguration', { IamInstanceProfile: PROFILE }],
  ['EKS::Nodegroup', { NodeRole: ROLE }],
  ['Batch::ComputeEnvironment', { ComputeResources: { InstanceRole: PROFILE } }, { ServiceRole: ROLE }],
  ['EMR::Cluster', { JobFlowRole: PROFILE }, { ServiceRole: ROLE }],
  ['ElasticBeanstalk::Environment', option('IamInstanceProfile', PROFILE), option('ServiceRole', ROLE)],
  ['ElasticBeanstalk::ConfigurationTemplate', option('IamInstanceProfile', 'b-profile')],
  [
    'ECS::CapacityProvider',
    { ManagedInstancesProvider: { InstanceLaunchTemplate: { Ec2InstanceProfileArn: att('BProfile') } } },
    { ManagedInstancesProvider: { InfrastructureRoleArn: ROLE } },
  ],
  ['ImageBuilder::InfrastructureConfiguration', { InstanceProfileName: PROFILE }],
  ['PCS::ComputeNodeGroup', { IamInstanceProfileArn: att('BProfile') }],
];

/** Two services trusted, so that nothing is left open by a role that nothing runs as. */
const ANY = ['ec2', 'elasticmapreduce', 'batch', 'elasticbeanstalk', 'spotfleet', 'ecs'];

const INSTANCES: readonly Case[] = instances.map(([type, properties, other]) => ({
  name: `a command on an instance of ${type}`,
  resources: run(ANY, resource(`AWS::${type}`, properties), ['ssm:SendCommand']),
  twin: {
    resources:
      other === undefined
        ? run(ANY, resource(`AWS::${type}`, properties), ['ssm:ListCommands'])
        : run(['spotfleet', 'batch', 'elasticmapreduce', 'elasticbeanstalk', 'ecs'], resource(`AWS::${type}`, other), [
            'ssm:SendCommand',
          ]),
  },
}));

const driven: readonly (readonly [service: string, type: string, properties: Json, actions: readonly string[]])[] = [
  ['lambda', 'Synthetics::Canary', { Name: 'b', ExecutionRoleArn: ROLE }, ['synthetics:UpdateCanary']],
  ['credentials.deadline', 'Deadline::Queue', { RoleArn: ROLE }, ['deadline:AssumeQueueRoleForUser']],
  ['credentials.deadline', 'Deadline::Fleet', { RoleArn: ROLE }, ['deadline:AssumeFleetRoleForRead']],
  ['appstream', 'AppStream::ImageBuilder', { IamRoleArn: ROLE }, ['appstream:CreateImageBuilderStreamingURL']],
  ['datazone', 'DataZone::Environment', { EnvironmentRoleArn: ROLE }, ['datazone:GetEnvironmentCredentials']],
  ['devicefarm', 'DeviceFarm::Project', { Name: 'b', ExecutionRoleArn: ROLE }, ['devicefarm:ScheduleRun']],
  ['rds', 'RDS::DBCluster', { AssociatedRoles: [{ RoleArn: ROLE }] }, ['rds-data:ExecuteStatement']],
  ['appsync', 'AppSync::DataSource', { ServiceRoleArn: ROLE }, ['appsync:UpdateResolver']],
  ['sagemaker', 'SageMaker::Pipeline', { PipelineName: 'b', RoleArn: ROLE }, ['sagemaker:UpdatePipeline']],
  ['fis', 'FIS::ExperimentTemplate', { RoleArn: ROLE }, ['fis:UpdateExperimentTemplate', 'fis:StartExperiment']],
  ['ecs-tasks', 'ECS::ExpressGatewayService', { TaskRoleArn: ROLE }, ['ecs:UpdateExpressGatewayService']],
  ['ecs-tasks', 'ECS::TaskDefinition', { TaskRoleArn: ROLE }, ['ecs:ExecuteCommand']],
  ['glue', 'Glue::Job', { Name: 'b', Role: ROLE }, ['glue:StartJobRun']],
  [
    'kinesisanalytics',
    'KinesisAnalyticsV2::Application',
    { ServiceExecutionRole: ROLE },
    ['kinesisanalytics:CreateApplicationPresignedUrl'],
  ],
  [
    'credentials.iot',
    'IoT::RoleAlias',
    { RoleArn: ROLE },
    ['greengrass:CreateComponentVersion', 'greengrass:CreateDeployment'],
  ],
  ['cloud9', 'Cloud9::EnvironmentEC2', { OwnerArn: ROLE }, ['cloud9:CreateEnvironmentMembership']],
  [
    'bedrock-agentcore',
    'BedrockAgentCore::Runtime',
    { RoleArn: ROLE },
    ['bedrock-agentcore:InvokeAgentRuntimeCommand'],
  ],
  ['amplify', 'Amplify::Branch', { ComputeRoleArn: ROLE }, ['amplify:CreateDeployment', 'amplify:StartDeployment']],
  ['sagemaker', 'SageMaker::Cluster', { ClusterName: 'b', ClusterRole: ROLE }, ['ssm:StartSession']],
];

const DRIVEN: readonly Case[] = driven.map(([service, type, properties, actions]) => ({
  name: `${actions[0]} of ${type}`,
  resources: run([service], resource(`AWS::${type}`, properties), actions),
  twin: { resources: run([service], resource(`AWS::${type}`, properties), ['s3:ListAllMyBuckets']) },
}));

const pass = (action: string, more: Json = {}): Json => ({
  ...run(['quantum'], resource('AWS::SNS::Topic'), ['s3:ListAllMyBuckets']),
  ARole: aRole([{ PolicyName: 'p', PolicyDocument: doc({ ...allow(action, iam('role/b-run')), ...more }) }]),
});

/** Two duties, so that nothing but the chain joins them. */
const DUTIES: Json = { duties: { deploy: ['*/ARole'], approve: ['*/BRun'] } };

export const COMPUTE: readonly Case[] = [
  ...INSTANCES,
  ...DRIVEN,
  {
    name: 'a role for a service that no path knows',
    resources: pass('iam:PassRole'),
    twin: {
      resources: pass('iam:PassRole', {
        Condition: { StringEquals: { 'iam:PassedToService': 'lambda.amazonaws.com' } },
      }),
    },
  },
].map((c) => ({ ...c, configuration: DUTIES }));
