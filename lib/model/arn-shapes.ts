/**
 * What `Ref` and `Fn::GetAtt` return, and what the ARN looks like, for each resource type that
 * policies name. As data: a line a type.
 *
 * Formats are literal text with slots: `{partition}`, `{region}`, `{account}`, `{suffix}` of the
 * stack; `{name}` the physical name, given or generated; `{id}` an identifier that AWS generates;
 * `{path}` the IAM path; `{arn}` the line's own ARN; `{~x}` a generated part that identifies
 * nothing; `{$Property}` a property's value; others are computed in `identifiers.ts`.
 * Source, for every line: the resource's page in the CloudFormation template reference ("Return
 * values") and its ARN format in the Service Authorization Reference. For the types that are not here the catalogue has
 * what can be derived from AWS's schemas (`lib/catalog/shapes.ts`).
 */
import { typeShape } from '../catalog/shapes';

export interface Shape {
  readonly arn?: string;
  /** Property with the physical name; `{name}` is a generated name where it is absent. */
  readonly name?: string;
  readonly ref: string;
  readonly attributes: Readonly<Record<string, string>>;
}

type Row = readonly [
  name: string | undefined,
  arn: string | undefined,
  ref: string,
  attributes?: Readonly<Record<string, string>>,
];

const P = 'arn:{partition}:';
const R = ':{region}:{account}:';
const ARN = { Arn: '{arn}' } as const;
const apigateway = `${P}apigateway:{region}::`;

// biome-ignore format: a line a type
const ROWS: Readonly<Record<string, Row>> = {
  // Identity
  'AWS::IAM::Role': ['RoleName', `${P}iam::{account}:role{path}{name}`, '{name}', { ...ARN, RoleId: '{id}' }],
  'AWS::IAM::User': ['UserName', `${P}iam::{account}:user{path}{name}`, '{name}', ARN],
  'AWS::IAM::Group': ['GroupName', `${P}iam::{account}:group{path}{name}`, '{name}', ARN],
  'AWS::IAM::ManagedPolicy': ['ManagedPolicyName', `${P}iam::{account}:policy{path}{name}`, '{arn}', { PolicyArn: '{arn}', PolicyId: '{id}' }],
  'AWS::IAM::InstanceProfile': ['InstanceProfileName', `${P}iam::{account}:instance-profile{path}{name}`, '{name}', ARN],
  'AWS::IAM::OIDCProvider': [undefined, `${P}iam::{account}:oidc-provider/{issuer}`, '{arn}', ARN],
  'AWS::IAM::SAMLProvider': ['Name', `${P}iam::{account}:saml-provider/{name}`, '{arn}', ARN],
  'AWS::SSO::PermissionSet': [undefined, `${P}sso:::permissionSet/{~instance}/{id}`, '{arn}', { PermissionSetArn: '{arn}' }],
  'AWS::IdentityStore::Group': [undefined, undefined, '{~ref}', { GroupId: '{id}' }],
  'AWS::IAM::AccessKey': [undefined, undefined, '{id}'],
  'AWS::RolesAnywhere::TrustAnchor': [undefined, `${P}rolesanywhere${R}trust-anchor/{id}`, '{id}', { TrustAnchorArn: '{arn}', TrustAnchorId: '{id}' }],
  'AWS::RolesAnywhere::Profile': [undefined, `${P}rolesanywhere${R}profile/{id}`, '{id}', { ProfileArn: '{arn}', ProfileId: '{id}' }],
  'AWS::Cognito::UserPool': [undefined, `${P}cognito-idp${R}userpool/{id}`, '{id}', {
    ...ARN, UserPoolId: '{id}', ProviderName: 'cognito-idp.{region}.{suffix}/{id}', ProviderURL: 'https://cognito-idp.{region}.{suffix}/{id}',
  }],
  'AWS::Cognito::UserPoolClient': [undefined, undefined, '{id}', { ClientId: '{id}' }],
  'AWS::Cognito::IdentityPool': [undefined, `${P}cognito-identity${R}identitypool/{~pool}`, '{~pool}', { Id: '{~pool}' }],
  // Keys, secrets, parameters
  'AWS::KMS::Key': [undefined, `${P}kms${R}key/{id}`, '{id}', { ...ARN, KeyId: '{id}' }],
  'AWS::KMS::ReplicaKey': [undefined, `${P}kms${R}key/{id}`, '{id}', { ...ARN, KeyId: '{id}' }],
  'AWS::KMS::Alias': ['AliasName', `${P}kms${R}{name}`, '{name}'],
  'AWS::SecretsManager::Secret': ['Name', `${P}secretsmanager${R}secret:{name}-{~suffix}`, '{arn}', { Id: '{arn}' }],
  'AWS::SSM::Parameter': ['Name', `${P}ssm${R}parameter{/name}`, '{name}'],
  'AWS::SSM::Document': ['Name', `${P}ssm${R}document/{name}`, '{name}'],
  'AWS::CertificateManager::Certificate': [undefined, `${P}acm${R}certificate/{id}`, '{arn}', { CertificateArn: '{arn}' }],
  'AWS::ACMPCA::CertificateAuthority': [undefined, `${P}acm-pca${R}certificate-authority/{id}`, '{arn}', ARN],
  // Storage and data
  'AWS::S3::Bucket': ['BucketName', `${P}s3:::{name}`, '{name}', {
    ...ARN, DomainName: '{name}.s3.{suffix}', RegionalDomainName: '{name}.s3.{region}.{suffix}', DualStackDomainName: '{name}.s3.dualstack.{region}.{suffix}',
  }],
  'AWS::S3::AccessPoint': ['Name', `${P}s3${R}accesspoint/{name}`, '{name}', { ...ARN, Name: '{name}' }],
  'AWS::DynamoDB::Table': ['TableName', `${P}dynamodb${R}table/{name}`, '{name}', { ...ARN, StreamArn: '{arn}/stream/{~stream}' }],
  'AWS::DynamoDB::GlobalTable': ['TableName', `${P}dynamodb${R}table/{name}`, '{name}', { ...ARN, StreamArn: '{arn}/stream/{~stream}', TableId: '{id}' }],
  'AWS::EFS::FileSystem': [undefined, `${P}elasticfilesystem${R}file-system/{id}`, '{id}', { ...ARN, FileSystemId: '{id}' }],
  'AWS::EFS::AccessPoint': [undefined, `${P}elasticfilesystem${R}access-point/{id}`, '{id}', { ...ARN, AccessPointId: '{id}' }],
  'AWS::RDS::DBInstance': ['DBInstanceIdentifier', `${P}rds${R}db:{name}`, '{name}', { DBInstanceArn: '{arn}', DbiResourceId: '{id}' }],
  'AWS::RDS::DBCluster': ['DBClusterIdentifier', `${P}rds${R}cluster:{name}`, '{name}', { DBClusterArn: '{arn}', DBClusterResourceId: '{id}' }],
  'AWS::RDS::DBProxy': ['DBProxyName', `${P}rds${R}db-proxy:{~proxy}`, '{name}', { DBProxyArn: '{arn}' }],
  'AWS::OpenSearchService::Domain': ['DomainName', `${P}es${R}domain/{name}`, '{name}', { ...ARN, DomainArn: '{arn}' }],
  'AWS::Elasticsearch::Domain': ['DomainName', `${P}es${R}domain/{name}`, '{name}', { ...ARN, DomainArn: '{arn}' }],
  'AWS::Kinesis::Stream': ['Name', `${P}kinesis${R}stream/{name}`, '{name}', ARN],
  'AWS::KinesisFirehose::DeliveryStream': ['DeliveryStreamName', `${P}firehose${R}deliverystream/{name}`, '{name}', ARN],
  'AWS::Backup::BackupVault': ['BackupVaultName', `${P}backup${R}backup-vault:{name}`, '{name}', { BackupVaultArn: '{arn}', BackupVaultName: '{name}' }],
  'AWS::Glue::Job': ['Name', `${P}glue${R}job/{name}`, '{name}'],
  'AWS::Glue::Crawler': ['Name', `${P}glue${R}crawler/{name}`, '{name}'],
  'AWS::Athena::WorkGroup': ['Name', `${P}athena${R}workgroup/{name}`, '{name}'],
  'AWS::Redshift::Cluster': ['ClusterIdentifier', `${P}redshift${R}cluster:{name}`, '{name}'],
  // Compute
  'AWS::Lambda::Function': ['FunctionName', `${P}lambda${R}function:{name}`, '{name}', ARN],
  'AWS::Serverless::Function': ['FunctionName', `${P}lambda${R}function:{name}`, '{name}', ARN],
  'AWS::Lambda::Version': [undefined, '{functionArn}:{~version}', '{arn}', { FunctionArn: '{arn}', Version: '{~version}' }],
  'AWS::Lambda::Alias': ['Name', '{functionArn}:{name}', '{arn}', { AliasArn: '{arn}' }],
  'AWS::Lambda::Url': [undefined, undefined, '{functionArn}', { FunctionArn: '{functionArn}', FunctionUrl: 'https://{id}.lambda-url.{region}.on.aws/' }],
  'AWS::Lambda::LayerVersion': ['LayerName', `${P}lambda${R}layer:{name}:{~version}`, '{arn}', { LayerVersionArn: '{arn}' }],
  'AWS::Lambda::EventSourceMapping': [undefined, `${P}lambda${R}event-source-mapping:{id}`, '{id}', { Id: '{id}', EventSourceMappingArn: '{arn}' }],
  'AWS::Lambda::CodeSigningConfig': [undefined, `${P}lambda${R}code-signing-config:{id}`, '{arn}', { CodeSigningConfigArn: '{arn}' }],
  'AWS::ECS::Cluster': ['ClusterName', `${P}ecs${R}cluster/{name}`, '{name}', ARN],
  'AWS::ECS::Service': ['ServiceName', `${P}ecs${R}service/{cluster}/{name}`, '{arn}', { ServiceArn: '{arn}', Name: '{name}' }],
  'AWS::ECS::TaskDefinition': ['Family', `${P}ecs${R}task-definition/{name}:{~revision}`, '{arn}', { TaskDefinitionArn: '{arn}' }],
  'AWS::ECR::Repository': ['RepositoryName', `${P}ecr${R}repository/{name}`, '{name}', { ...ARN, RepositoryUri: '{account}.dkr.ecr.{region}.{suffix}/{name}' }],
  'AWS::EKS::Cluster': ['Name', `${P}eks${R}cluster/{name}`, '{name}', ARN],
  'AWS::EC2::Instance': [undefined, `${P}ec2${R}instance/{id}`, '{id}', { InstanceId: '{id}' }],
  'AWS::EC2::LaunchTemplate': [undefined, `${P}ec2${R}launch-template/{id}`, '{id}', { LaunchTemplateId: '{id}' }],
  'AWS::AutoScaling::AutoScalingGroup': ['AutoScalingGroupName', `${P}autoscaling${R}autoScalingGroup:{~group}:autoScalingGroupName/{name}`, '{name}', { AutoScalingGroupARN: '{arn}' }],
  'AWS::Batch::JobDefinition': ['JobDefinitionName', `${P}batch${R}job-definition/{name}:{~revision}`, '{arn}', { JobDefinitionArn: '{arn}' }],
  'AWS::Batch::JobQueue': ['JobQueueName', `${P}batch${R}job-queue/{name}`, '{arn}', { JobQueueArn: '{arn}' }],
  'AWS::Batch::ComputeEnvironment': ['ComputeEnvironmentName', `${P}batch${R}compute-environment/{name}`, '{arn}', { ComputeEnvironmentArn: '{arn}' }],
  'AWS::AppRunner::Service': ['ServiceName', `${P}apprunner${R}service/{name}/{id}`, '{arn}', { ServiceArn: '{arn}', ServiceId: '{id}' }],
  'AWS::StepFunctions::StateMachine': ['StateMachineName', `${P}states${R}stateMachine:{name}`, '{arn}', { ...ARN, Name: '{name}' }],
  'AWS::Serverless::StateMachine': ['Name', `${P}states${R}stateMachine:{name}`, '{arn}', { ...ARN, Name: '{name}' }],
  'AWS::StepFunctions::Activity': ['Name', `${P}states${R}activity:{name}`, '{arn}', { ...ARN, Name: '{name}' }],
  'AWS::SageMaker::NotebookInstance': ['NotebookInstanceName', `${P}sagemaker${R}notebook-instance/{name}`, '{arn}', { NotebookInstanceName: '{name}' }],
  'AWS::SageMaker::Model': ['ModelName', `${P}sagemaker${R}model/{name}`, '{arn}', { ModelName: '{name}' }],
  'AWS::SageMaker::Endpoint': ['EndpointName', `${P}sagemaker${R}endpoint/{name}`, '{arn}', { EndpointName: '{name}' }],
  'AWS::Bedrock::Agent': [undefined, `${P}bedrock${R}agent/{id}`, '{id}', { AgentArn: '{arn}', AgentId: '{id}' }],
  'AWS::CloudFormation::Stack': ['StackName', `${P}cloudformation${R}stack/{name}/{~uuid}`, '{arn}', { StackId: '{arn}' }],
  // Messages and events
  'AWS::SQS::Queue': ['QueueName', `${P}sqs${R}{name}`, '{queueUrl}', { ...ARN, QueueName: '{name}', QueueUrl: '{queueUrl}' }],
  'AWS::SNS::Topic': ['TopicName', `${P}sns${R}{name}`, '{arn}', { TopicArn: '{arn}', TopicName: '{name}' }],
  'AWS::Events::Rule': ['Name', `${P}events${R}rule/{bus/}{name}`, '{name}', ARN],
  'AWS::Events::EventBus': ['Name', `${P}events${R}event-bus/{name}`, '{name}', { ...ARN, Name: '{name}' }],
  'AWS::Events::Connection': ['Name', `${P}events${R}connection/{name}/{~uuid}`, '{name}', ARN],
  'AWS::Events::ApiDestination': ['Name', `${P}events${R}api-destination/{name}/{~uuid}`, '{name}', ARN],
  'AWS::Events::Archive': ['ArchiveName', `${P}events${R}archive/{name}`, '{name}', ARN],
  'AWS::Scheduler::Schedule': ['Name', `${P}scheduler${R}schedule/{group}/{name}`, '{name}', ARN],
  'AWS::Scheduler::ScheduleGroup': ['Name', `${P}scheduler${R}schedule-group/{name}`, '{name}', ARN],
  'AWS::Pipes::Pipe': ['Name', `${P}pipes${R}pipe/{name}`, '{name}', ARN],
  'AWS::IoT::TopicRule': ['RuleName', `${P}iot${R}rule/{name}`, '{name}', ARN],
  // APIs and what stands before them
  'AWS::ApiGateway::RestApi': [undefined, `${apigateway}/restapis/{id}`, '{id}', { RestApiId: '{id}', RootResourceId: '{~root}' }],
  'AWS::Serverless::Api': [undefined, `${apigateway}/restapis/{id}`, '{id}', { RootResourceId: '{~root}' }],
  'AWS::ApiGateway::Stage': ['StageName', `${apigateway}/restapis/{$RestApiId}/stages/{name}`, '{name}'],
  'AWS::ApiGateway::Resource': [undefined, `${apigateway}/restapis/{$RestApiId}/resources/{id}`, '{id}', { ResourceId: '{id}' }],
  'AWS::ApiGateway::Deployment': [undefined, `${apigateway}/restapis/{$RestApiId}/deployments/{id}`, '{id}', { DeploymentId: '{id}' }],
  'AWS::ApiGateway::Authorizer': [undefined, `${apigateway}/restapis/{$RestApiId}/authorizers/{id}`, '{id}', { AuthorizerId: '{id}' }],
  'AWS::ApiGateway::RequestValidator': [undefined, `${apigateway}/restapis/{$RestApiId}/requestvalidators/{id}`, '{id}', { RequestValidatorId: '{id}' }],
  'AWS::ApiGateway::ApiKey': [undefined, `${apigateway}/apikeys/{id}`, '{id}', { APIKeyId: '{id}' }],
  'AWS::ApiGateway::UsagePlan': [undefined, `${apigateway}/usageplans/{id}`, '{id}', { Id: '{id}' }],
  'AWS::ApiGateway::VpcLink': [undefined, `${apigateway}/vpclinks/{id}`, '{id}', { VpcLinkId: '{id}' }],
  'AWS::ApiGateway::DomainNameV2': [undefined, `${P}apigateway${R}/domainnames/{$DomainName}+{id}`, '{arn}', { DomainNameArn: '{arn}', DomainNameId: '{id}' }],
  'AWS::ApiGateway::DomainName': ['DomainName', `${apigateway}/domainnames/{name}`, '{name}'],
  'AWS::ApiGatewayV2::Api': [undefined, `${apigateway}/apis/{id}`, '{id}', { ApiId: '{id}', ApiEndpoint: 'https://{id}.execute-api.{region}.{suffix}' }],
  'AWS::Serverless::HttpApi': [undefined, `${apigateway}/apis/{id}`, '{id}'],
  'AWS::ApiGatewayV2::Stage': ['StageName', `${apigateway}/apis/{$ApiId}/stages/{name}`, '{name}'],
  'AWS::ApiGatewayV2::Authorizer': [undefined, `${apigateway}/apis/{$ApiId}/authorizers/{id}`, '{id}', { AuthorizerId: '{id}' }],
  'AWS::ApiGatewayV2::Route': [undefined, `${apigateway}/apis/{$ApiId}/routes/{id}`, '{id}', { RouteId: '{id}' }],
  'AWS::ApiGatewayV2::Integration': [undefined, `${apigateway}/apis/{$ApiId}/integrations/{id}`, '{id}', { IntegrationId: '{id}' }],
  'AWS::ApiGatewayV2::DomainName': ['DomainName', `${apigateway}/domainnames/{name}`, '{name}'],
  'AWS::AppSync::GraphQLApi': [undefined, `${P}appsync${R}apis/{id}`, '{arn}', { ...ARN, ApiId: '{id}' }],
  'AWS::WAFv2::WebACL': ['Name', `${P}wafv2${R}{scope}/webacl/{name}/{id}`, '{name}|{id}|{$Scope}', { ...ARN, Id: '{id}' }],
  'AWS::WAFv2::IPSet': ['Name', `${P}wafv2${R}{scope}/ipset/{name}/{id}`, '{name}|{id}|{$Scope}', { ...ARN, Id: '{id}' }],
  'AWS::WAFv2::RuleGroup': ['Name', `${P}wafv2${R}{scope}/rulegroup/{name}/{id}`, '{name}|{id}|{$Scope}', { ...ARN, Id: '{id}' }],
  'AWS::WAFv2::RegexPatternSet': ['Name', `${P}wafv2${R}{scope}/regexpatternset/{name}/{id}`, '{name}|{id}|{$Scope}', { ...ARN, Id: '{id}' }],
  'AWS::ElasticLoadBalancingV2::LoadBalancer': ['Name', `${P}elasticloadbalancing${R}loadbalancer/{kind}/{name}/{id}`, '{arn}', { LoadBalancerArn: '{arn}', LoadBalancerName: '{name}' }],
  'AWS::ElasticLoadBalancingV2::TargetGroup': ['Name', `${P}elasticloadbalancing${R}targetgroup/{name}/{id}`, '{arn}', { TargetGroupArn: '{arn}', TargetGroupName: '{name}' }],
  'AWS::CloudFront::Distribution': [undefined, `${P}cloudfront::{account}:distribution/{id}`, '{id}', { Id: '{id}' }],
  'AWS::Route53::HostedZone': [undefined, `${P}route53:::hostedzone/{id}`, '{id}', { Id: '{id}' }],
  // Network
  'AWS::EC2::VPC': [undefined, `${P}ec2${R}vpc/{id}`, '{id}', { VpcId: '{id}' }],
  'AWS::EC2::Subnet': [undefined, `${P}ec2${R}subnet/{id}`, '{id}', { SubnetId: '{id}' }],
  'AWS::EC2::SecurityGroup': [undefined, `${P}ec2${R}security-group/{id}`, '{id}', { GroupId: '{id}', Id: '{id}' }],
  'AWS::EC2::VPCEndpoint': [undefined, `${P}ec2${R}vpc-endpoint/{id}`, '{id}', { Id: '{id}' }],
  // Observation
  'AWS::Logs::LogGroup': ['LogGroupName', `${P}logs${R}log-group:{name}`, '{name}', { Arn: '{arn}:*' }],
  'AWS::CloudWatch::Alarm': ['AlarmName', `${P}cloudwatch${R}alarm:{name}`, '{name}', ARN],
  'AWS::CloudWatch::CompositeAlarm': ['AlarmName', `${P}cloudwatch${R}alarm:{name}`, '{name}', ARN],
  'AWS::CloudWatch::Dashboard': ['DashboardName', `${P}cloudwatch::{account}:dashboard/{name}`, '{name}'],
  'AWS::CloudTrail::Trail': ['TrailName', `${P}cloudtrail${R}trail/{name}`, '{name}', ARN],
  'AWS::CloudTrail::EventDataStore': [undefined, `${P}cloudtrail${R}eventdatastore/{id}`, '{arn}', { EventDataStoreArn: '{arn}' }],
  // Delivery
  'AWS::CodeBuild::Project': ['Name', `${P}codebuild${R}project/{name}`, '{name}', ARN],
  'AWS::CodePipeline::Pipeline': ['Name', `${P}codepipeline${R}{name}`, '{name}'],
  'AWS::CodeCommit::Repository': ['RepositoryName', `${P}codecommit${R}{name}`, '{id}', { ...ARN, Name: '{name}' }],
  'AWS::CodeDeploy::Application': ['ApplicationName', `${P}codedeploy${R}application:{name}`, '{name}'],
};

const SHAPES: ReadonlyMap<string, Shape> = new Map(
  Object.entries(ROWS).map(([type, [name, arn, ref, attributes]]) => [
    type,
    { name, arn, ref, attributes: attributes ?? {} },
  ]),
);

/** Undefined for a type that policies do not name: its identifiers are then unknown. */
export function shapeOf(type: string): Shape | undefined {
  return SHAPES.get(type) ?? typeShape(type);
}

/** The types of the table above; for documentation and tests. */
export const SHAPED_TYPES: readonly string[] = [...SHAPES.keys()];
