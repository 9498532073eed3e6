/** What the resources of path-case.ts take from elsewhere, and the properties by which they hold a key, type by type. */
import { ACCOUNT } from './notation';

type Json = Record<string, unknown>;

export const REGION = 'eu-west-1';
export const HOLDING_A_KEY: Readonly<Record<string, (secret: Json) => Json>> = {
  'AWS::SecretsManager::Secret': (secret) => ({ SecretString: secret }),
  'AWS::SSM::Parameter': (secret) => ({ Type: 'String', Value: secret }),
  'AWS::Lambda::Function': (secret) => ({ Environment: { Variables: { KEY: secret } } }),
  'AWS::ECS::TaskDefinition': (secret) => ({
    ContainerDefinitions: [{ Environment: [{ Name: 'KEY', Value: secret }] }],
  }),
  'AWS::CodeBuild::Project': (secret) => ({
    Environment: { EnvironmentVariables: [{ Name: 'KEY', Value: secret }] },
  }),
};

const IMAGE = `${ACCOUNT}.dkr.ecr.${REGION}.amazonaws.com/theirs:latest`;
const OBJECT = 's3://theirs/code';

/** For each service, what a resource of a type takes from it, and where that is. */
export const SOURCES: Readonly<
  Record<
    string,
    {
      readonly arn?: string;
      readonly of: Readonly<Record<string, Json>>;
      readonly with?: Readonly<Record<string, Json>>;
    }
  >
> = {
  s3: {
    arn: 'arn:aws:s3:::theirs/code*',
    of: {
      'AWS::Lambda::Function': { Code: { S3Bucket: 'theirs', S3Key: 'code' } },
      'AWS::Glue::Job': { Command: { ScriptLocation: OBJECT } },
      'AWS::CodeBuild::Project': { Source: { Type: 'S3', Location: 'theirs/code' } },
      'AWS::MWAA::Environment': { SourceBucketArn: 'arn:aws:s3:::theirs', DagS3Path: 'code' },
      'AWS::EMR::Cluster': { BootstrapActions: [{ ScriptBootstrapAction: { Path: OBJECT } }] },
      'AWS::KinesisAnalyticsV2::Application': {
        ApplicationConfiguration: {
          ApplicationCodeConfiguration: {
            CodeContent: { S3ContentLocation: { BucketARN: 'arn:aws:s3:::theirs', FileKey: 'code' } },
          },
        },
      },
      'AWS::SageMaker::Model': { PrimaryContainer: { ModelDataUrl: OBJECT } },
      'AWS::CodePipeline::Pipeline': { ArtifactStore: { Type: 'S3', Location: 'theirs' } },
      'AWS::StepFunctions::StateMachine': { DefinitionS3Location: { Bucket: 'theirs', Key: 'code' } },
    },
  },
  ecr: {
    arn: `arn:aws:ecr:${REGION}:${ACCOUNT}:repository/theirs`,
    of: {
      'AWS::Lambda::Function': { Code: { ImageUri: IMAGE } },
      'AWS::CodeBuild::Project': { Environment: { Image: IMAGE } },
      'AWS::ECS::TaskDefinition': { ContainerDefinitions: [{ Image: IMAGE }] },
    },
  },
  codecommit: {
    arn: `arn:aws:codecommit:${REGION}:${ACCOUNT}:theirs`,
    of: {
      'AWS::CodeBuild::Project': {
        Source: { Type: 'CODECOMMIT', Location: `https://git-codecommit.${REGION}.amazonaws.com/v1/repos/theirs` },
      },
    },
  },
  'cognito-idp': {
    of: {
      'AWS::Cognito::IdentityPoolRoleAttachment': { IdentityPoolId: { Ref: 'Identities' } },
      'AWS::Cognito::UserPoolGroup': { UserPoolId: { Ref: 'Users' } },
    },
    with: {
      Users: { Type: 'AWS::Cognito::UserPool', Properties: {} },
      Identities: {
        Type: 'AWS::Cognito::IdentityPool',
        Properties: { CognitoIdentityProviders: [{ ProviderName: { 'Fn::GetAtt': ['Users', 'ProviderName'] } }] },
      },
    },
  },
  'cognito-identity': {
    of: { 'AWS::Cognito::IdentityPoolRoleAttachment': { IdentityPoolId: { Ref: 'Identities' } } },
    with: { Identities: { Type: 'AWS::Cognito::IdentityPool', Properties: {} } },
  },
  apigateway: {
    of: { 'AWS::ApiGateway::Method': { RestApiId: { Ref: 'Api' }, ResourceId: 'root', HttpMethod: 'POST' } },
    with: { Api: { Type: 'AWS::ApiGateway::RestApi', Properties: { Name: 'theirs' } } },
  },
};
