/** Grants by attachment and by resource policy: each lets a role of the domain `a` into `b`. */
import { allow, att, doc, type Json, ref, resource, sub, when } from '../model/notation';
import { aRole, type Case, HOUSE } from './cases-intrinsics';
import { arn, HOME, iam } from './world';

const QUEUE = arn('sqs', 'b-queue');
const OWN = arn('sqs', 'a-queue');
const SEND = 'sqs:SendMessage';
const send = (on: unknown = QUEUE): Json => allow(SEND, on);
const plain = aRole(undefined);
const house = (more: Json, role: Json = plain): Json => ({ ...HOUSE, ARole: role, ...more });
const A = iam('role/a-role');
const to = (AWS: unknown, action: string, more: Json = {}): Json => ({
  Effect: 'Allow',
  Principal: { AWS },
  Action: action,
  Resource: '*',
  ...more,
});

/** A policy resource of the app. */
const attached = (type: string, document: unknown, more: Json): Json =>
  resource(`AWS::IAM::${type}`, { PolicyName: 'p', PolicyDocument: document, ...more });

const ATTACHED: readonly Case[] = [
  ...(
    [
      [
        'a policy by Ref',
        attached('Policy', doc(send()), { Roles: [ref('ARole')] }),
        attached('Policy', doc(send(OWN)), { Roles: [ref('ARole')] }),
      ],
      [
        'a policy by name',
        attached('Policy', doc(send()), { Roles: ['a-role'] }),
        attached('Policy', doc(send()), { Roles: ['another'] }),
      ],
      ['a policy by name in another case', attached('Policy', doc(send()), { Roles: ['A-ROLE'] }), undefined],
      ['a policy by one name without a list', attached('Policy', doc(send()), { Roles: 'a-role' }), undefined],
      ['a policy by Sub', attached('Policy', doc(send()), { Roles: [sub('a-${X}', { X: 'role' })] }), undefined],
      ['a policy to a parameter', attached('Policy', doc(send()), { Roles: [when('C', 'a-role', 'x')] }), undefined],
      [
        'a RolePolicy',
        attached('RolePolicy', doc(send()), { RoleName: ref('ARole') }),
        attached('RolePolicy', doc(send(OWN)), { RoleName: ref('ARole') }),
      ],
      [
        'a managed policy that names the role',
        resource('AWS::IAM::ManagedPolicy', { PolicyDocument: doc(send()), Roles: [ref('ARole')] }),
        resource('AWS::IAM::ManagedPolicy', { PolicyDocument: doc(send(OWN)), Roles: [ref('ARole')] }),
      ],
      ['a RolePolicy as text', attached('RolePolicy', JSON.stringify(doc(send())), { RoleName: 'a-role' }), undefined],
    ] as const
  ).map(
    ([name, hostile, clean]): Case => ({
      name,
      resources: house({ AMore: hostile }),
      sections: { Parameters: { P: { Type: 'String' } }, Conditions: { C: { 'Fn::Equals': [ref('P'), 'x'] } } },
      ...(clean && { twin: { resources: house({ AMore: clean }) } }),
    }),
  ),
  {
    name: 'a managed policy by ARN',
    resources: {
      ...HOUSE,
      ARole: aRole(undefined, { ManagedPolicyArns: [ref('AMore')] }),
      AMore: resource('AWS::IAM::ManagedPolicy', { PolicyDocument: doc(send()) }),
    },
  },
  {
    name: 'a managed policy by an ARN written out',
    resources: {
      ...HOUSE,
      ARole: aRole(undefined, { ManagedPolicyArns: [iam('policy/more')] }),
      AMore: resource('AWS::IAM::ManagedPolicy', { ManagedPolicyName: 'more', PolicyDocument: doc(send()) }),
    },
  },
  {
    name: 'a managed policy that nobody has',
    resources: { ...HOUSE, ARole: aRole(undefined, { ManagedPolicyArns: [iam('policy/unknown')] }) },
  },
  {
    name: 'a policy of AWS',
    resources: {
      ...HOUSE,
      ARole: aRole(undefined, { ManagedPolicyArns: ['arn:aws:iam::aws:policy/AmazonSQSFullAccess'] }),
    },
    twin: {
      resources: {
        ...HOUSE,
        ARole: aRole(undefined, { ManagedPolicyArns: ['arn:aws:iam::aws:policy/AmazonPollyReadOnlyAccess'] }),
      },
    },
  },
  {
    name: 'a policy of AWS that is unknown',
    resources: {
      ...HOUSE,
      ARole: aRole(undefined, { ManagedPolicyArns: ['arn:aws:iam::aws:policy/AmazonNewFullAccess'] }),
    },
  },
  {
    name: 'a policy of AWS by Sub',
    resources: {
      ...HOUSE,
      ARole: aRole(undefined, {
        ManagedPolicyArns: [sub('arn:${AWS::Partition}:iam::aws:policy/AdministratorAccess')],
      }),
    },
  },
  {
    name: 'the managed policies by a parameter',
    resources: { ...HOUSE, ARole: aRole(undefined, { ManagedPolicyArns: ref('P') }) },
    sections: { Parameters: { P: { Type: 'CommaDelimitedList', Default: '' } } },
  },
  {
    name: 'a user in a group',
    resources: {
      ...HOUSE,
      AUser: resource('AWS::IAM::User', { Groups: [ref('AGroup')] }),
      AGroup: resource('AWS::IAM::Group', { Policies: [{ PolicyName: 'p', PolicyDocument: doc(send()) }] }),
    },
  },
  {
    name: 'a user put into a group',
    resources: {
      ...HOUSE,
      AUser: resource('AWS::IAM::User', { UserName: 'u' }),
      AGroup: resource('AWS::IAM::Group', { GroupName: 'g' }),
      AJoin: resource('AWS::IAM::UserToGroupAddition', { GroupName: 'g', Users: ['u'] }),
      AMore: attached('GroupPolicy', doc(send()), { GroupName: 'g' }),
    },
  },
  {
    name: 'a UserPolicy',
    resources: {
      ...HOUSE,
      AUser: resource('AWS::IAM::User', { UserName: 'u' }),
      AMore: attached('UserPolicy', doc(send()), { UserName: 'u' }),
    },
  },
  {
    name: 'a group of an unknown name',
    resources: { ...HOUSE, AUser: resource('AWS::IAM::User', { Groups: ['elsewhere'] }) },
  },
  {
    name: 'a permission set',
    resources: {
      ...HOUSE,
      ASet: resource('AWS::SSO::PermissionSet', {
        Name: 'set',
        InstanceArn: 'arn:aws:sso:::instance/ssoins-1',
        InlinePolicy: doc(send()),
      }),
      AGiven: resource('AWS::SSO::Assignment', {
        InstanceArn: 'arn:aws:sso:::instance/ssoins-1',
        PermissionSetArn: att('ASet', 'PermissionSetArn'),
        PrincipalId: 'x',
        PrincipalType: 'GROUP',
        TargetId: HOME,
        TargetType: 'AWS_ACCOUNT',
      }),
    },
  },
  {
    name: 'a permission set as text',
    resources: {
      ...HOUSE,
      ASet: resource('AWS::SSO::PermissionSet', {
        Name: 'set',
        InstanceArn: 'arn:aws:sso:::instance/ssoins-1',
        InlinePolicy: JSON.stringify(doc(send())),
      }),
    },
  },
  {
    name: 'a service role of a custom resource',
    resources: {
      ...HOUSE,
      AThing: resource('Custom::Policy', {
        ServiceToken: arn('lambda', 'function:elsewhere'),
        Role: 'a-role',
        Policy: doc(send()),
      }),
      ARole: aRole([{ PolicyName: 'p', PolicyDocument: doc(send(QUEUE)) }]),
    },
  },
];

/** Resource policies of `b` that name the role. */
const policies: readonly (readonly [name: string, type: string, properties: (p: unknown) => Json, action: string])[] = [
  ['a queue policy', 'AWS::SQS::QueuePolicy', (p) => ({ Queues: [ref('BQueue')], PolicyDocument: p }), SEND],
  [
    'a queue’s inline policy',
    'AWS::SQS::QueueInlinePolicy',
    (p) => ({ Queue: ref('BQueue'), PolicyDocument: p }),
    SEND,
  ],
  ['a topic policy', 'AWS::SNS::TopicPolicy', (p) => ({ Topics: [arn('sns', 'b')], PolicyDocument: p }), 'sns:Publish'],
  ['a key', 'AWS::KMS::Key', (p) => ({ KeyPolicy: p }), 'kms:Decrypt'],
  [
    'a replica key',
    'AWS::KMS::ReplicaKey',
    (p) => ({ KeyPolicy: p, PrimaryKeyArn: arn('kms', 'key/mrk-1') }),
    'kms:Decrypt',
  ],
  ['a bucket policy', 'AWS::S3::BucketPolicy', (p) => ({ Bucket: 'b-bucket', PolicyDocument: p }), 's3:GetObject'],
  ['an access point', 'AWS::S3::AccessPoint', (p) => ({ Bucket: 'b-bucket', Policy: p }), 's3:GetObject'],
  [
    'an access point of object lambda',
    'AWS::S3ObjectLambda::AccessPointPolicy',
    (p) => ({ ObjectLambdaAccessPoint: 'b', PolicyDocument: p }),
    's3-object-lambda:GetObject',
  ],
  [
    'a multi-region access point',
    'AWS::S3::MultiRegionAccessPointPolicy',
    (p) => ({ MrapName: 'b', Policy: p }),
    's3:GetObject',
  ],
  [
    'a directory bucket',
    'AWS::S3Express::BucketPolicy',
    (p) => ({ Bucket: 'b--x-s3', PolicyDocument: p }),
    's3express:CreateSession',
  ],
  [
    'a table bucket',
    'AWS::S3Tables::TableBucketPolicy',
    (p) => ({ TableBucketARN: arn('s3tables', 'bucket/b'), ResourcePolicy: p }),
    's3tables:GetTableData',
  ],
  [
    'a vector bucket',
    'AWS::S3Vectors::VectorBucketPolicy',
    (p) => ({ VectorBucketName: 'b', Policy: p }),
    's3vectors:GetVectors',
  ],
  [
    'a secret',
    'AWS::SecretsManager::ResourcePolicy',
    (p) => ({ SecretId: arn('secretsmanager', 'secret:b-x'), ResourcePolicy: p }),
    'secretsmanager:GetSecretValue',
  ],
  ['a table', 'AWS::DynamoDB::Table', (p) => ({ ResourcePolicy: { PolicyDocument: p } }), 'dynamodb:GetItem'],
  [
    'the stream of a table',
    'AWS::DynamoDB::Table',
    (p) => ({ StreamSpecification: { ResourcePolicy: { PolicyDocument: p } } }),
    'dynamodb:GetRecords',
  ],
  [
    'a replica of a global table',
    'AWS::DynamoDB::GlobalTable',
    (p) => ({ Replicas: [{ Region: 'eu-west-1', ResourcePolicy: { PolicyDocument: p } }] }),
    'dynamodb:GetItem',
  ],
  ['an image repository', 'AWS::ECR::Repository', (p) => ({ RepositoryPolicyText: p }), 'ecr:BatchGetImage'],
  ['an image registry', 'AWS::ECR::RegistryPolicy', (p) => ({ PolicyText: p }), 'ecr:CreateRepository'],
  [
    'a template for repositories, as text',
    'AWS::ECR::RepositoryCreationTemplate',
    (p) => ({ RepositoryPolicy: JSON.stringify(p) }),
    'ecr:BatchGetImage',
  ],
  ['a search domain', 'AWS::OpenSearchService::Domain', (p) => ({ AccessPolicies: p }), 'es:ESHttpGet'],
  ['a file system', 'AWS::EFS::FileSystem', (p) => ({ FileSystemPolicy: p }), 'elasticfilesystem:ClientMount'],
  [
    'a backup vault',
    'AWS::Backup::BackupVault',
    (p) => ({ AccessPolicy: p, BackupVaultName: 'b' }),
    'backup:StartRestoreJob',
  ],
  [
    'an air-gapped vault, as text',
    'AWS::Backup::LogicallyAirGappedBackupVault',
    (p) => ({ AccessPolicy: JSON.stringify(p), BackupVaultName: 'b' }),
    'backup:StartRestoreJob',
  ],
  ['an event bus', 'AWS::Events::EventBus', (p) => ({ Name: 'b', Policy: p }), 'events:PutEvents'],
  [
    'a policy of an event bus',
    'AWS::Events::EventBusPolicy',
    (p) => ({ StatementId: 's', EventBusName: 'b', Statement: (p as { Statement: unknown[] }).Statement[0] }),
    'events:PutEvents',
  ],
  [
    'a stream',
    'AWS::Kinesis::ResourcePolicy',
    (p) => ({ ResourceArn: arn('kinesis', 'stream/b'), ResourcePolicy: p }),
    'kinesis:GetRecords',
  ],
  [
    'a cluster of Kafka',
    'AWS::MSK::ClusterPolicy',
    (p) => ({ ClusterArn: arn('kafka', 'cluster/b/1'), Policy: p }),
    'kafka:CreateVpcConnection',
  ],
  [
    'a container of media',
    'AWS::MediaStore::Container',
    (p) => ({ ContainerName: 'b', Policy: JSON.stringify(p) }),
    'mediastore:GetObject',
  ],
  [
    'logs, as text',
    'AWS::Logs::ResourcePolicy',
    (p) => ({ PolicyName: 'p', PolicyDocument: JSON.stringify(p) }),
    'logs:PutLogEvents',
  ],
  [
    'a destination of logs, as text',
    'AWS::Logs::Destination',
    (p) => ({ DestinationName: 'b', DestinationPolicy: JSON.stringify(p) }),
    'logs:PutSubscriptionFilter',
  ],
  [
    'a distributed database, as text',
    'AWS::DSQL::Cluster',
    (p) => ({ PolicyDocument: JSON.stringify(p) }),
    'dsql:DbConnectAdmin',
  ],
  [
    'a namespace of Redshift',
    'AWS::RedshiftServerless::Namespace',
    (p) => ({ NamespaceName: 'b', NamespaceResourcePolicy: p }),
    'redshift:AuthorizeInboundIntegration',
  ],
  [
    'a package domain',
    'AWS::CodeArtifact::Domain',
    (p) => ({ DomainName: 'b', PermissionsPolicyDocument: p }),
    'codeartifact:GetAuthorizationToken',
  ],
  [
    'a parameter',
    'AWS::SSM::ResourcePolicy',
    (p) => ({ ResourceArn: arn('ssm', 'parameter/b'), Policy: p }),
    'ssm:GetParameter',
  ],
  [
    'a service of the lattice',
    'AWS::VpcLattice::AuthPolicy',
    (p) => ({ ResourceIdentifier: 'svc-1', Policy: p }),
    'vpc-lattice-svcs:Invoke',
  ],
  [
    'a function’s policy',
    'AWS::Lambda::ResourcePolicy',
    (p) => ({ FunctionName: 'b', PolicyDocument: p }),
    'lambda:InvokeFunction',
  ],
  ['a bot', 'AWS::Lex::ResourcePolicy', (p) => ({ ResourceArn: arn('lex', 'bot/B'), Policy: p }), 'lex:RecognizeText'],
  [
    'a metrics workspace, as text',
    'AWS::APS::ResourcePolicy',
    (p) => ({ WorkspaceArn: arn('aps', 'workspace/b'), PolicyDocument: JSON.stringify(p) }),
    'aps:QueryMetrics',
  ],
  [
    'a channel of events',
    'AWS::CloudTrail::ResourcePolicy',
    (p) => ({ ResourceArn: arn('cloudtrail', 'eventdatastore/b'), ResourcePolicy: p }),
    'cloudtrail:StartQuery',
  ],
  [
    'a registry of schemas',
    'AWS::EventSchemas::RegistryPolicy',
    (p) => ({ RegistryName: 'b', Policy: p }),
    'schemas:DescribeSchema',
  ],
  [
    'a group of models',
    'AWS::SageMaker::ModelPackageGroup',
    (p) => ({ ModelPackageGroupName: 'b', ModelPackageGroupPolicy: p }),
    'sagemaker:DescribeModelPackage',
  ],
  ['a sink of observations', 'AWS::Oam::Sink', (p) => ({ Name: 'b', Policy: p }), 'oam:CreateLink'],
  ['a private gateway', 'AWS::ApiGateway::RestApi', (p) => ({ Name: 'b', Policy: p }), 'execute-api:Invoke'],
  [
    'a gateway by its document',
    'AWS::ApiGateway::RestApi',
    (p) => ({ Body: { openapi: '3.0.1', info: {}, paths: {}, 'x-amazon-apigateway-policy': p } }),
    'execute-api:Invoke',
  ],
];

const BY_RESOURCE: readonly Case[] = policies.map(([name, type, properties, action]) => {
  const of = (who: unknown): Json => house({ BThing: resource(type, properties(doc(to(who, action)))) });
  return { name: `by the policy of ${name}`, resources: of(A), twin: { resources: of(iam('role/b-role')) } };
});

const key = (...statements: readonly Json[]): Json =>
  house({ BKey: resource('AWS::KMS::Key', { KeyPolicy: doc(...statements) }) });
const WHO: readonly Case[] = [
  {
    name: 'the role by GetAtt',
    resources: key(to(att('ARole'), 'kms:Decrypt')),
    twin: { resources: key(to(iam('role/b-role'), 'kms:Decrypt')) },
  },
  { name: 'the role by its id', resources: key(to(att('ARole', 'RoleId'), 'kms:Decrypt')) },
  { name: 'a session of the role', resources: key(to(`arn:aws:sts::${HOME}:assumed-role/a-role/me`, 'kms:Decrypt')) },
  { name: 'the role in another case', resources: key(to(iam('role/A-Role'), 'kms:Decrypt')) },
  { name: 'the role in a list', resources: key(to([iam('role/x'), A], 'kms:Decrypt')) },
  {
    name: 'the role as the only principal, without AWS',
    resources: key({
      Effect: 'Allow',
      Principal: '*',
      Action: 'kms:Decrypt',
      Resource: '*',
      Condition: { ArnLike: { 'aws:PrincipalArn': iam('role/a-*') } },
    }),
  },
  { name: 'everybody', resources: key({ Effect: 'Allow', Principal: '*', Action: 'kms:Decrypt', Resource: '*' }) },
  {
    name: 'everybody of AWS',
    resources: key({ Effect: 'Allow', Principal: { AWS: '*' }, Action: 'kms:Decrypt', Resource: '*' }),
  },
  {
    name: 'everybody in a list',
    resources: key({ Effect: 'Allow', Principal: { AWS: [iam('role/x'), '*'] }, Action: 'kms:Decrypt', Resource: '*' }),
  },
  {
    name: 'everybody of the account',
    resources: key({
      Effect: 'Allow',
      Principal: '*',
      Action: 'kms:Decrypt',
      Resource: '*',
      Condition: { StringEquals: { 'aws:PrincipalAccount': HOME } },
    }),
  },
  {
    name: 'everybody of the organisation',
    resources: key({
      Effect: 'Allow',
      Principal: '*',
      Action: 'kms:Decrypt',
      Resource: '*',
      Condition: { StringEquals: { 'aws:PrincipalOrgID': 'o-1234567890' } },
    }),
  },
  {
    name: 'all but one',
    resources: key({ Effect: 'Allow', NotPrincipal: { AWS: iam('role/x') }, Action: 'kms:Decrypt', Resource: '*' }),
  },
  {
    name: 'a principal that a parameter names',
    resources: key(to(ref('P'), 'kms:Decrypt')),
    sections: { Parameters: { P: { Type: 'String', Default: A } } },
  },
  {
    name: 'a principal by an allowed value',
    resources: key(to(ref('P'), 'kms:Decrypt')),
    sections: { Parameters: { P: { Type: 'String', AllowedValues: [iam('role/x'), A] } } },
  },
  {
    name: 'the whole policy by If',
    resources: house({
      BKey: resource('AWS::KMS::Key', {
        KeyPolicy: when('C', doc(to(A, 'kms:Decrypt')), doc(to(iam('role/b-role'), 'kms:Decrypt'))),
      }),
    }),
    sections: { Parameters: { P: { Type: 'String' } }, Conditions: { C: { 'Fn::Equals': [ref('P'), 'x'] } } },
  },
  {
    name: 'the whole policy by a parameter',
    resources: house({ BKey: resource('AWS::KMS::Key', { KeyPolicy: ref('P') }) }),
    sections: { Parameters: { P: { Type: 'String' } } },
  },
  {
    name: 'the policy of a database by a parameter',
    resources: house({ BBase: resource('AWS::DSQL::Cluster', { PolicyDocument: ref('P') }) }),
    sections: { Parameters: { P: { Type: 'String' } } },
  },
  {
    name: 'the account, and the role’s own policy',
    resources: {
      ...HOUSE,
      BKey: resource('AWS::KMS::Key', { KeyPolicy: doc(to(iam('root'), 'kms:*')) }),
      ARole: aRole([{ PolicyName: 'p', PolicyDocument: doc(allow('kms:Decrypt')) }]),
    },
  },
  {
    name: 'a permission of a function',
    resources: house({
      BFunction: resource('AWS::Lambda::Function', { FunctionName: 'b', Role: iam('role/b-run') }),
      BMay: resource('AWS::Lambda::Permission', {
        FunctionName: ref('BFunction'),
        Action: 'lambda:InvokeFunction',
        Principal: A,
      }),
    }),
    twin: {
      resources: house({
        BFunction: resource('AWS::Lambda::Function', { FunctionName: 'b', Role: iam('role/b-run') }),
        BMay: resource('AWS::Lambda::Permission', {
          FunctionName: ref('BFunction'),
          Action: 'lambda:InvokeFunction',
          Principal: 'events.amazonaws.com',
          SourceArn: arn('events', 'rule/b'),
        }),
      }),
    },
  },
  {
    name: 'a layer for everybody',
    resources: house({
      BMay: resource('AWS::Lambda::LayerVersionPermission', {
        LayerVersionArn: arn('lambda', 'layer:b:1'),
        Action: 'lambda:GetLayerVersion',
        Principal: '*',
      }),
    }),
  },
  {
    name: 'a bucket by its access control list',
    resources: house({
      BBucket: resource('AWS::S3::Bucket', {
        AccessControl: 'PublicReadWrite',
        OwnershipControls: { Rules: [{ ObjectOwnership: 'ObjectWriter' }] },
        PublicAccessBlockConfiguration: { BlockPublicAcls: false, IgnorePublicAcls: false },
      }),
    }),
  },
  {
    name: 'a policy of a queue under a condition',
    resources: house({
      BMay: {
        ...resource('AWS::SQS::QueuePolicy', { Queues: [ref('BQueue')], PolicyDocument: doc(to(A, SEND)) }),
        Condition: 'C',
      },
    }),
    sections: { Parameters: { P: { Type: 'String' } }, Conditions: { C: { 'Fn::Equals': [ref('P'), 'x'] } } },
    twin: { sections: { Conditions: { C: { 'Fn::Equals': ['y', 'x'] } } } },
  },
  {
    name: 'a policy that stays when its resource is removed',
    resources: house({
      BMay: {
        ...resource('AWS::SQS::QueuePolicy', { Queues: [ref('BQueue')], PolicyDocument: doc(to(A, SEND)) }),
        DeletionPolicy: 'Retain',
        UpdateReplacePolicy: 'Retain',
      },
    }),
  },
  {
    name: 'a grant of the location of S3',
    resources: {
      ...HOUSE,
      BLoc: resource('AWS::S3::AccessGrantsLocation', { IamRoleArn: att('BRun'), LocationScope: 's3://b' }),
      BRun: resource('AWS::IAM::Role', {
        RoleName: 'b-run',
        AssumeRolePolicyDocument: doc({
          Effect: 'Allow',
          Principal: { Service: 'access-grants.s3.amazonaws.com' },
          Action: ['sts:AssumeRole', 'sts:SetContext'],
        }),
        Policies: [{ PolicyName: 'p', PolicyDocument: doc(allow('s3:GetObject', 'arn:aws:s3:::b/*')) }],
      }),
      BGrant: resource('AWS::S3::AccessGrant', {
        Grantee: { GranteeType: 'IAM', GranteeIdentifier: A },
        Permission: 'READ',
        AccessGrantsLocationId: 'default',
      }),
      ARole: aRole([{ PolicyName: 'p', PolicyDocument: doc(allow('s3:GetDataAccess')) }]),
    },
  },
  {
    name: 'a share of a resource',
    resources: house({
      BShare: resource('AWS::RAM::ResourceShare', { Name: 'b', ResourceArns: [QUEUE], Principals: [A] }),
    }),
  },
  {
    name: 'an access entry of a cluster',
    resources: {
      ...HOUSE,
      ARole: plain,
      BEntry: resource('AWS::EKS::AccessEntry', {
        ClusterName: 'b',
        PrincipalArn: A,
        AccessPolicies: [
          {
            PolicyArn: 'arn:aws:eks::aws:cluster-access-policy/AmazonEKSClusterAdminPolicy',
            AccessScope: { Type: 'cluster' },
          },
        ],
      }),
    },
  },
  {
    name: 'permissions of the lake',
    resources: house({
      BMay: resource('AWS::LakeFormation::PrincipalPermissions', {
        Principal: { DataLakePrincipalIdentifier: A },
        Resource: { Database: { CatalogId: HOME, Name: 'b' } },
        Permissions: ['ALL'],
        PermissionsWithGrantOption: [],
      }),
    }),
  },
  {
    name: 'an authority’s permission',
    resources: house({
      BMay: resource('AWS::ACMPCA::Permission', {
        CertificateAuthorityArn: arn('acm-pca', 'certificate-authority/b'),
        Actions: ['IssueCertificate'],
        Principal: A,
      }),
    }),
  },
  {
    name: 'a signing profile',
    resources: house({
      BMay: resource('AWS::Signer::ProfilePermission', {
        ProfileName: 'b',
        Action: 'signer:StartSigningJob',
        Principal: A,
        StatementId: 's',
      }),
    }),
  },
  {
    name: 'the policy of an entity’s matching',
    resources: house({
      BMay: resource('AWS::EntityResolution::PolicyStatement', {
        Arn: arn('entityresolution', 'matchingworkflow/b'),
        StatementId: 's',
        Action: ['entityresolution:GetMatchId'],
        Effect: 'Allow',
        Principal: [A],
      }),
    }),
  },
  {
    name: 'the permission of an application',
    resources: house({
      BMay: resource('AWS::QBusiness::Permission', {
        ApplicationId: 'b',
        StatementId: 's',
        Actions: ['qbusiness:ChatSync'],
        Principal: A,
      }),
    }),
  },
];

export const GRANTS: readonly Case[] = [...ATTACHED, ...BY_RESOURCE, ...WHO];
