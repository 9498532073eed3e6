/** One template with a resource of every type that the model, reach or a check reads by its properties, two domains of it; and clean. */
import { allow, att, deny, doc, type Json, join, ref, resource, sub, when } from '../model/notation';
import { arn, HOME, iam } from './world';

const trust = (who: Json, more: Json = {}): Json =>
  doc({ Effect: 'Allow', Principal: who, Action: 'sts:AssumeRole', ...more });
const service = (name: string): Json => trust({ Service: `${name}.amazonaws.com` });

function domain(d: string): Json {
  const own: Json = {
    Role: resource(
      'AWS::IAM::Role',
      {
        RoleName: `${d}-role`,
        Path: '/team/',
        MaxSessionDuration: 3600,
        AssumeRolePolicyDocument: trust(
          { AWS: iam(`role/outside-${d}`) },
          { Condition: { StringEquals: { 'sts:ExternalId': d }, Bool: { 'aws:MultiFactorAuthPresent': 'true' } } },
        ),
        Policies: [
          {
            PolicyName: 'p',
            PolicyDocument: doc(
              allow(['sqs:SendMessage'], att(`${d}Queue`)),
              deny('iam:*', '*', { Condition: { ArnNotLike: { 'aws:PrincipalArn': iam(`role/${d}-*`) } } }),
            ),
          },
        ],
        PermissionsBoundary: ref(`${d}Boundary`),
        Tags: [{ Key: 'domain', Value: d }],
      },
      { Metadata: { 'aws:cdk:path': `${d}/Role` } },
    ),
    Boundary: resource('AWS::IAM::ManagedPolicy', {
      ManagedPolicyName: `${d}-boundary`,
      PolicyDocument: doc(
        allow('sqs:*', sub('arn:${AWS::Partition}:sqs:${AWS::Region}:${AWS::AccountId}:${N}-*', { N: d })),
      ),
    }),
    More: resource('AWS::IAM::Policy', {
      PolicyName: 'more',
      Roles: [ref(`${d}Role`)],
      PolicyDocument: doc(when('Prod', allow('sqs:ReceiveMessage', join('arn:aws:sqs:*:*:', d, '-queue')))),
    }),
    User: resource('AWS::IAM::User', { UserName: `${d}-user`, Groups: [ref(`${d}Group`)] }),
    Group: resource('AWS::IAM::Group', { GroupName: `${d}-group` }),
    Join: resource('AWS::IAM::UserToGroupAddition', { GroupName: ref(`${d}Group`), Users: [ref(`${d}User`)] }),
    Run: resource('AWS::IAM::Role', { RoleName: `${d}-run`, AssumeRolePolicyDocument: service('lambda') }),
    Hosts: resource('AWS::IAM::Role', { RoleName: `${d}-hosts`, AssumeRolePolicyDocument: service('ec2') }),
    Profile: resource('AWS::IAM::InstanceProfile', { Roles: [ref(`${d}Hosts`)] }),
    Host: resource('AWS::EC2::Instance', { IamInstanceProfile: ref(`${d}Profile`), ImageId: 'ami-1' }),
    Queue: resource('AWS::SQS::Queue', { QueueName: `${d}-queue`, KmsMasterKeyId: ref(`${d}Key`) }),
    QueuePolicy: resource('AWS::SQS::QueuePolicy', {
      Queues: [ref(`${d}Queue`)],
      PolicyDocument: doc(
        allow('sqs:SendMessage', att(`${d}Queue`), {
          Principal: { Service: 'sns.amazonaws.com' },
          Condition: { ArnEquals: { 'aws:SourceArn': ref(`${d}Topic`) } },
        }),
      ),
    }),
    Topic: resource('AWS::SNS::Topic', { TopicName: `${d}-topic`, KmsMasterKeyId: ref(`${d}Key`) }),
    Key: resource('AWS::KMS::Key', {
      EnableKeyRotation: true,
      KeyPolicy: doc(allow('kms:Decrypt', '*', { Principal: { AWS: att(`${d}Run`) } })),
    }),
    Bucket: resource('AWS::S3::Bucket', {
      BucketName: `${d}-bucket`,
      BucketEncryption: {
        ServerSideEncryptionConfiguration: [
          { ServerSideEncryptionByDefault: { SSEAlgorithm: 'aws:kms', KMSMasterKeyID: att(`${d}Key`) } },
        ],
      },
    }),
    BucketPolicy: resource('AWS::S3::BucketPolicy', {
      Bucket: ref(`${d}Bucket`),
      PolicyDocument: doc(
        deny('s3:*', '*', { Principal: '*', Condition: { Bool: { 'aws:SecureTransport': 'false' } } }),
        allow('s3:GetObject', join(att(`${d}Bucket`), '/*'), { Principal: { AWS: att(`${d}Run`) } }),
      ),
    }),
    Secret: resource('AWS::SecretsManager::Secret', {
      Name: `${d}-secret`,
      KmsKeyId: ref(`${d}Key`),
      GenerateSecretString: {},
    }),
    Function: resource('AWS::Lambda::Function', {
      FunctionName: `${d}-function`,
      Role: att(`${d}Run`),
      Code: { S3Bucket: ref(`${d}Bucket`), S3Key: 'code.zip' },
      Environment: { Variables: { QUEUE: ref(`${d}Queue`) } },
      KmsKeyArn: att(`${d}Key`),
    }),
    Permission: resource('AWS::Lambda::Permission', {
      FunctionName: ref(`${d}Function`),
      Action: 'lambda:InvokeFunction',
      Principal: 'apigateway.amazonaws.com',
      SourceArn: sub(`arn:aws:execute-api:\${AWS::Region}:\${AWS::AccountId}:\${${d}Api}/*`),
    }),
    Api: resource('AWS::ApiGateway::RestApi', { Name: `${d}-api`, EndpointConfiguration: { Types: ['REGIONAL'] } }),
    Method: resource('AWS::ApiGateway::Method', {
      RestApiId: ref(`${d}Api`),
      ResourceId: att(`${d}Api`, 'RootResourceId'),
      HttpMethod: 'GET',
      AuthorizationType: 'AWS_IAM',
      RequestValidatorId: ref(`${d}Validator`),
      Integration: {
        Type: 'AWS_PROXY',
        IntegrationHttpMethod: 'POST',
        Uri: sub(
          `arn:aws:apigateway:\${AWS::Region}:lambda:path/2015-03-31/functions/\${${d}Function.Arn}/invocations`,
        ),
      },
    }),
    Validator: resource('AWS::ApiGateway::RequestValidator', {
      RestApiId: ref(`${d}Api`),
      ValidateRequestBody: true,
      ValidateRequestParameters: true,
    }),
    Stage: resource('AWS::ApiGateway::Stage', {
      RestApiId: ref(`${d}Api`),
      DeploymentId: ref(`${d}Deployment`),
      StageName: 'live',
      AccessLogSetting: { DestinationArn: att(`${d}Log`), Format: '$context.requestId' },
      MethodSettings: [{ HttpMethod: '*', ResourcePath: '/*', ThrottlingRateLimit: 10, ThrottlingBurstLimit: 5 }],
    }),
    Deployment: {
      ...resource('AWS::ApiGateway::Deployment', { RestApiId: ref(`${d}Api`) }),
      DependsOn: [`${d}Method`],
    },
    Acl: resource('AWS::WAFv2::WebACL', {
      Name: `${d}-acl`,
      Scope: 'REGIONAL',
      DefaultAction: { Allow: {} },
      VisibilityConfig: { SampledRequestsEnabled: true, CloudWatchMetricsEnabled: true, MetricName: d },
      Rules: [
        {
          Name: 'rate',
          Priority: 0,
          Action: { Block: {} },
          Statement: { RateBasedStatement: { Limit: 100, AggregateKeyType: 'IP' } },
          VisibilityConfig: { SampledRequestsEnabled: true, CloudWatchMetricsEnabled: true, MetricName: 'rate' },
        },
      ],
    }),
    Guard: resource('AWS::WAFv2::WebACLAssociation', {
      ResourceArn: sub(`arn:aws:apigateway:\${AWS::Region}::/restapis/\${${d}Api}/stages/\${${d}Stage}`),
      WebACLArn: att(`${d}Acl`),
    }),
    AclLog: resource('AWS::WAFv2::LoggingConfiguration', {
      ResourceArn: att(`${d}Acl`),
      LogDestinationConfigs: [att(`${d}WafLog`)],
    }),
    WafLog: resource('AWS::Logs::LogGroup', { LogGroupName: `aws-waf-logs-${d}`, KmsKeyId: att(`${d}Key`) }),
    Log: resource('AWS::Logs::LogGroup', { LogGroupName: `/${d}/api`, KmsKeyId: att(`${d}Key`) }),
    Alarm: resource('AWS::CloudWatch::Alarm', {
      AlarmName: `${d}-alarm`,
      Namespace: 'AWS/ApiGateway',
      MetricName: '5XXError',
      Dimensions: [{ Name: 'ApiName', Value: `${d}-api` }],
      AlarmActions: [ref(`${d}Topic`)],
      ComparisonOperator: 'GreaterThanThreshold',
      Threshold: 1,
      EvaluationPeriods: 1,
      Period: 60,
      Statistic: 'Sum',
    }),
    Pool: resource('AWS::Cognito::UserPool', { UserPoolName: `${d}-pool` }),
    Machine: resource('AWS::StepFunctions::StateMachine', {
      StateMachineName: `${d}-machine`,
      RoleArn: iam(`role/${d}-states`),
      DefinitionString: sub(
        `{"StartAt":"A","States":{"A":{"Type":"Task","Resource":"\${${d}Function.Arn}","End":true}}}`,
      ),
    }),
    Canary: resource('AWS::Synthetics::Canary', { Name: `${d}-canary`, ExecutionRoleArn: iam(`role/${d}-canary`) }),
  };
  return Object.fromEntries(Object.entries(own).map(([id, value]) => [`${d}${id}`, value]));
}

export const EVERYTHING: Json = {
  Parameters: { Env: { Type: 'String', AllowedValues: ['prod', 'test'] } },
  Mappings: { M: { x: { y: 'z' } } },
  Conditions: { Prod: { 'Fn::Equals': [ref('Env'), 'prod'] } },
  Resources: { ...domain('A'), ...domain('B') },
  Outputs: { Role: { Value: att('ARole'), Export: { Name: `${HOME}-role` } } },
};

/** A role of `A` may send to the queue of `B`. */
export const CROSSED: Json = {
  ...EVERYTHING,
  Resources: {
    ...(EVERYTHING.Resources as Json),
    ACross: resource('AWS::IAM::Policy', {
      PolicyName: 'cross',
      Roles: [ref('ARun')],
      PolicyDocument: doc(allow('sqs:SendMessage', arn('sqs', 'B-queue'))),
    }),
  },
};
