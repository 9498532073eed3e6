/**
 * What runs as a role: resource type, the service that assumes the role, and the properties that
 * name it. `[]` is every element of a list, `*` every member of an object, `**` any depth; a `@` in
 * front marks a property that names an instance profile instead of a role.
 * Source, for every line: the type's page in the CloudFormation template reference; the service
 * principal from the service's page on its roles.
 */

const TABLE = `
AWS::Amplify::App                             amplify             IAMServiceRole ComputeRoleArn
AWS::ApiGateway::Account                      apigateway          CloudWatchRoleArn
AWS::ApiGateway::Authorizer                   apigateway          AuthorizerCredentials
AWS::ApiGateway::Method                       apigateway          Integration.Credentials
AWS::ApiGatewayV2::Api                        apigateway          CredentialsArn
AWS::ApiGatewayV2::Authorizer                 apigateway          AuthorizerCredentialsArn
AWS::ApiGatewayV2::Integration                apigateway          CredentialsArn
AWS::AppConfig::ConfigurationProfile          appconfig           RetrievalRoleArn
AWS::ApplicationAutoScaling::ScalableTarget   application-autoscaling  RoleARN
AWS::AppRunner::Service                       tasks.apprunner     InstanceConfiguration.InstanceRoleArn
AWS::AppRunner::Service                       build.apprunner     SourceConfiguration.AuthenticationConfiguration.AccessRoleArn
AWS::AppSync::DataSource                      appsync             ServiceRoleArn
AWS::AppSync::GraphQLApi                      appsync             LogConfig.CloudWatchLogsRoleArn MergedApiExecutionRoleArn
AWS::AutoScaling::LaunchConfiguration         ec2                 @IamInstanceProfile
AWS::AutoScaling::LifecycleHook               autoscaling         RoleARN
AWS::Backup::BackupSelection                  backup              BackupSelection.IamRoleArn
AWS::Batch::ComputeEnvironment                batch               ServiceRole
AWS::Batch::ComputeEnvironment                spotfleet           ComputeResources.SpotIamFleetRole
AWS::Batch::ComputeEnvironment                ec2                 @ComputeResources.InstanceRole @ComputeResources.ManagedInstancesProvider.InstanceLaunchTemplate.Ec2InstanceProfileArn
AWS::Batch::ComputeEnvironment                ecs                 ComputeResources.ManagedInstancesProvider.InfrastructureRoleArn
AWS::Batch::JobDefinition                     ecs-tasks           ContainerProperties.JobRoleArn ContainerProperties.ExecutionRoleArn EcsProperties.TaskProperties[].TaskRoleArn EcsProperties.TaskProperties[].ExecutionRoleArn NodeProperties.NodeRangeProperties[].Container.JobRoleArn NodeProperties.NodeRangeProperties[].Container.ExecutionRoleArn NodeProperties.NodeRangeProperties[].EcsProperties.TaskProperties[].TaskRoleArn NodeProperties.NodeRangeProperties[].EcsProperties.TaskProperties[].ExecutionRoleArn
AWS::Bedrock::Agent                           bedrock             AgentResourceRoleArn
AWS::Bedrock::Flow                            bedrock             ExecutionRoleArn
AWS::Bedrock::KnowledgeBase                   bedrock             RoleArn
AWS::BedrockAgentCore::BrowserCustom          bedrock-agentcore   ExecutionRoleArn
AWS::BedrockAgentCore::CodeInterpreterCustom  bedrock-agentcore   ExecutionRoleArn
AWS::BedrockAgentCore::Gateway                bedrock-agentcore   RoleArn
AWS::BedrockAgentCore::Runtime                bedrock-agentcore   RoleArn
AWS::Chatbot::SlackChannelConfiguration       chatbot             IamRoleArn
AWS::CloudFormation::HookVersion              hooks.cloudformation  ExecutionRoleArn LoggingConfig.LogRoleArn
AWS::CloudFormation::ResourceVersion          resources.cloudformation  ExecutionRoleArn LoggingConfig.LogRoleArn
AWS::CloudFormation::StackSet                 cloudformation      AdministrationRoleARN ExecutionRoleName
AWS::CloudTrail::Trail                        cloudtrail          CloudWatchLogsRoleArn
AWS::CodeBuild::Project                       codebuild           ServiceRole BuildBatchConfig.ServiceRole ResourceAccessRole
AWS::CodeDeploy::DeploymentGroup              codedeploy          ServiceRoleArn
AWS::Cloud9::EnvironmentEC2                   cloud9              OwnerArn
AWS::CodePipeline::Pipeline                   codepipeline        RoleArn Stages[].Actions[].RoleArn Stages[].BeforeEntry.**.RoleArn Stages[].OnFailure.**.RoleArn Stages[].OnSuccess.**.RoleArn
AWS::CodePipeline::Pipeline                   cloudformation      Stages[].Actions[].Configuration.RoleArn
AWS::Cognito::IdentityPoolRoleAttachment      cognito-identity    Roles.* RoleMappings.**.RoleARN
AWS::Cognito::UserPool                        cognito-idp         SmsConfiguration.SnsCallerArn SmsConfiguration.EumsSms.CallerArn
AWS::Cognito::UserPoolRegionalConfigurationAttachment  cognito-idp  SmsConfiguration.SnsCallerArn SmsConfiguration.EumsSms.CallerArn
AWS::Cognito::UserPoolGroup                   cognito-identity    RoleArn
AWS::Config::ConfigurationAggregator          config              OrganizationAggregationSource.RoleArn
AWS::Config::ConfigurationRecorder            config              RoleARN
AWS::Config::RemediationConfiguration         ssm                 Parameters.AutomationAssumeRole.StaticValue.Values[]
AWS::DataBrew::Job                            databrew            RoleArn
AWS::DataSync::LocationS3                     datasync            S3Config.BucketAccessRoleArn
AWS::DAX::Cluster                             dax                 IAMRoleARN
AWS::DLM::LifecyclePolicy                     dlm                 ExecutionRoleArn
AWS::DMS::Endpoint                            dms                 **.ServiceAccessRoleArn **.SecretsManagerAccessRoleArn **.SecretsManagerOracleAsmAccessRoleArn
AWS::EC2::FlowLog                             vpc-flow-logs       DeliverLogsPermissionArn DeliverCrossAccountRole
AWS::EC2::Instance                            ec2                 @IamInstanceProfile
AWS::EC2::LaunchTemplate                      ec2                 @LaunchTemplateData.IamInstanceProfile.Arn @LaunchTemplateData.IamInstanceProfile.Name
AWS::EC2::SpotFleet                           spotfleet           SpotFleetRequestConfigData.IamFleetRole
AWS::EC2::SpotFleet                           ec2                 @SpotFleetRequestConfigData.LaunchSpecifications[].IamInstanceProfile.Arn
AWS::ECS::Service                             ecs                 Role
AWS::ECS::Service                             ecs                 **.RoleArn
AWS::ECS::TaskDefinition                      ecs-tasks           TaskRoleArn ExecutionRoleArn
AWS::EKS::Addon                               pods.eks            ServiceAccountRoleArn PodIdentityAssociations[].RoleArn
AWS::EKS::Cluster                             eks                 RoleArn
AWS::EKS::Cluster                             ec2                 ComputeConfig.NodeRoleArn
AWS::EKS::FargateProfile                      eks-fargate-pods    PodExecutionRoleArn
AWS::EKS::Nodegroup                           ec2                 NodeRole
AWS::EKS::PodIdentityAssociation              pods.eks            RoleArn TargetRoleArn
AWS::ElasticBeanstalk::Environment            elasticbeanstalk    OperationsRole
AWS::EMR::Cluster                             elasticmapreduce    ServiceRole AutoScalingRole
AWS::EMR::Cluster                             ec2                 @JobFlowRole
AWS::EMR::Studio                              elasticmapreduce    ServiceRole UserRole
AWS::Events::EventBusPolicy                   events              RoleArn
AWS::Events::Rule                             events              RoleArn Targets[].RoleArn
AWS::FIS::ExperimentTemplate                  fis                 RoleArn
AWS::GameLift::Fleet                          gamelift            InstanceRoleARN
AWS::Glue::Crawler                            glue                Role
AWS::Glue::DevEndpoint                        glue                RoleArn
AWS::Glue::Job                                glue                Role
AWS::Glue::MLTransform                        glue                Role
AWS::ImageBuilder::ImagePipeline              imagebuilder        ExecutionRole
AWS::ImageBuilder::InfrastructureConfiguration  ec2               @InstanceProfileName
AWS::IoT::ProvisioningTemplate                iot                 ProvisioningRoleArn
AWS::IoT::RoleAlias                           credentials.iot     RoleArn
AWS::IoT::TopicRule                           iot                 **.RoleArn
AWS::Kendra::DataSource                       kendra              **.RoleArn
AWS::Kendra::Index                            kendra              RoleArn
AWS::KinesisAnalyticsV2::Application          kinesisanalytics    ServiceExecutionRole
AWS::KinesisFirehose::DeliveryStream          firehose            **.RoleARN
AWS::LakeFormation::Resource                  lakeformation       RoleArn
AWS::Lambda::Function                         lambda              Role
AWS::Lex::Bot                                 lexv2               RoleArn
AWS::Logs::Destination                        logs                RoleArn
AWS::Logs::SubscriptionFilter                 logs                RoleArn
AWS::MWAA::Environment                        airflow-env         ExecutionRoleArn
AWS::OpsWorks::Stack                          opsworks            ServiceRoleArn
AWS::OpsWorks::Stack                          ec2                 @DefaultInstanceProfileArn
AWS::Pipes::Pipe                              pipes               RoleArn
AWS::Pipes::Pipe                              ecs-tasks           TargetParameters.EcsTaskParameters.Overrides.TaskRoleArn TargetParameters.EcsTaskParameters.Overrides.ExecutionRoleArn
AWS::RDS::DBCluster                           rds                 AssociatedRoles[].RoleArn DomainIAMRoleName
AWS::RDS::DBCluster                           monitoring.rds      MonitoringRoleArn
AWS::RDS::DBInstance                          rds                 AssociatedRoles[].RoleArn DomainIAMRoleName
AWS::RDS::DBInstance                          ec2                 @CustomIAMInstanceProfile
AWS::RDS::DBInstance                          monitoring.rds      MonitoringRoleArn
AWS::RDS::DBProxy                             rds                 RoleArn
AWS::Redshift::Cluster                        redshift            IamRoles[]
AWS::RolesAnywhere::Profile                   rolesanywhere       RoleArns[]
AWS::S3::Bucket                               s3                  ReplicationConfiguration.Role MetadataConfiguration.AnnotationTableConfiguration.Role
AWS::SageMaker::Domain                        sagemaker           DefaultUserSettings.ExecutionRole DefaultSpaceSettings.ExecutionRole DomainSettings.RStudioServerProDomainSettings.DomainExecutionRoleArn
AWS::SageMaker::FeatureGroup                  sagemaker           RoleArn
AWS::SageMaker::Model                         sagemaker           ExecutionRoleArn
AWS::SageMaker::NotebookInstance              sagemaker           RoleArn
AWS::SageMaker::Pipeline                      sagemaker           RoleArn
AWS::SageMaker::UserProfile                   sagemaker           UserSettings.ExecutionRole UserSettings.JupyterLabAppSettings.EmrSettings.AssumableRoleArns[] UserSettings.JupyterLabAppSettings.EmrSettings.ExecutionRoleArns[]
AWS::Scheduler::Schedule                      scheduler           Target.RoleArn
AWS::Serverless::Function                     lambda              Role
AWS::Serverless::Function                     codedeploy          DeploymentPreference.Role
AWS::Serverless::StateMachine                 states              Role
AWS::ServiceCatalog::LaunchRoleConstraint     servicecatalog      RoleArn LocalRoleName
AWS::SNS::Subscription                        sns                 SubscriptionRoleArn
AWS::SNS::Topic                               sns                 DeliveryStatusLogging[].SuccessFeedbackRoleArn DeliveryStatusLogging[].FailureFeedbackRoleArn
AWS::SSM::Association                         ssm                 Parameters.AutomationAssumeRole[] AssociationDispatchAssumeRole
AWS::SSM::MaintenanceWindowTask               ssm                 ServiceRoleArn TaskInvocationParameters.MaintenanceWindowRunCommandParameters.ServiceRoleArn
AWS::StepFunctions::StateMachine              states              RoleArn
AWS::Synthetics::Canary                       lambda              ExecutionRoleArn
AWS::Transfer::Server                         transfer            LoggingRole IdentityProviderDetails.InvocationRole WorkflowDetails.**.ExecutionRole
AWS::Transfer::User                           transfer            Role
`;

export interface RunsAs {
  /** The service principal, `lambda.amazonaws.com`. */
  readonly service: string;
  /** Property path as a list of steps. */
  readonly path: readonly string[];
  readonly profile: boolean;
}

export const RUNS_AS: ReadonlyMap<string, readonly RunsAs[]> = parse(TABLE);

function parse(table: string): ReadonlyMap<string, readonly RunsAs[]> {
  const rows = new Map<string, RunsAs[]>();
  for (const line of table.trim().split('\n')) {
    const [type = '', service = '', ...paths] = line.split(/ +/);
    const entries = paths.map((path) => ({
      service: `${service}.amazonaws.com`,
      path: path.replace(/^@/, '').replaceAll('[]', '.[]').split('.'),
      profile: path.startsWith('@'),
    }));
    rows.set(type, [...(rows.get(type) ?? []), ...entries]);
  }
  return rows;
}
