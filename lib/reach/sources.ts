/**
 * What a running resource takes from elsewhere: the object or image that its code is, the identity pool and the
 * user pool whose users get its role, the integration that calls with it. Whoever writes there acts as its role
 * at the next run, deployment or sign-in, without a request on the resource itself.
 *
 * Pinned sources (a version of an object, a digest of an image, code in the template) cannot be overwritten.
 * Source, for every line: the type's page in the CloudFormation template reference.
 */
import { isList, isObject } from '../model/json';
import type { Resource } from '../model/model';
import { isText, literal, type Text, text } from '../policy/text';

/** The ARN, or `unknown` where there is a source and only the deployment knows which. */
export type Source = Text | 'unknown';

export type ResourceById = (id: string) => Resource | undefined;

type Reader = (resource: Resource, byId: ResourceById) => readonly Source[];

/** By the service that a source belongs to, and the type of what takes it. */
const READERS: Readonly<Record<string, Readonly<Record<string, Reader>>>> = {
  s3: {
    'AWS::Lambda::Function': (resource, byId) => [
      ...located(resource.properties.Code, FROM_BUCKET),
      ...referred(resource, 'AWS::Lambda::LayerVersion', byId).flatMap((l) =>
        located(l.properties.Content, FROM_BUCKET),
      ),
    ],
    'AWS::CodePipeline::Pipeline': ({ properties: { ArtifactStore, ArtifactStores, Stages } }) => [
      ...[ArtifactStore, ...list(ArtifactStores).map((s) => at(s, 'ArtifactStore'))].flatMap(artifacts),
      ...sourceActions(Stages, 'S3').flatMap((c) => located(c, ['S3Bucket', 'S3ObjectKey', ''])),
    ],
    'AWS::Serverless::Function': ({ properties: { CodeUri } }) =>
      isObject(CodeUri) && !isText(CodeUri) ? located(CodeUri, ['Bucket', 'Key', 'Version']) : address(CodeUri),
    'AWS::Glue::Job': ({ properties: { Command } }) => address(at(Command, 'ScriptLocation')),
    'AWS::CodeBuild::Project': ({ properties: { Source, SecondarySources } }) =>
      [Source, ...list(SecondarySources)].flatMap((s) => (at(s, 'Type') === 'S3' ? address(at(s, 'Location')) : [])),
    'AWS::EMR::Cluster': ({ properties: { BootstrapActions } }) =>
      list(BootstrapActions).flatMap((b) => address(at(at(b, 'ScriptBootstrapAction'), 'Path'))),
    'AWS::KinesisAnalyticsV2::Application': ({ properties: { ApplicationConfiguration } }) => {
      const content = at(at(ApplicationConfiguration, 'ApplicationCodeConfiguration'), 'CodeContent');
      return located(at(content, 'S3ContentLocation'), ['BucketARN', 'FileKey', 'ObjectVersion']);
    },
    'AWS::MWAA::Environment': ({ properties: { SourceBucketArn, DagS3Path } }) => {
      const [bucket, path] = [textOf(SourceBucketArn), textOf(DagS3Path)];
      return bucket === undefined || path === undefined ? ['unknown'] : [text(bucket, '/', path, '/', ANY_NAME)];
    },
    'AWS::SageMaker::Model': ({ properties: { PrimaryContainer, Containers } }) =>
      [PrimaryContainer, ...list(Containers)].flatMap((c) => address(at(c, 'ModelDataUrl'))),
    'AWS::StepFunctions::StateMachine': ({ properties: { DefinitionS3Location } }) =>
      located(DefinitionS3Location, ['Bucket', 'Key', 'Version']),
  },
  codecommit: {
    'AWS::CodeBuild::Project': ({ account, properties: { Source, SecondarySources } }) =>
      [Source, ...list(SecondarySources)].flatMap((s) =>
        at(s, 'Type') === 'CODECOMMIT' ? repository(at(s, 'Location'), account) : [],
      ),
    'AWS::CodePipeline::Pipeline': ({ account, properties: { Stages } }) =>
      sourceActions(Stages, 'CodeCommit').flatMap((c) => repository(at(c, 'RepositoryName'), account)),
  },
  ecr: {
    'AWS::Lambda::Function': ({ properties: { Code } }) => image(at(Code, 'ImageUri')),
    'AWS::CodeBuild::Project': ({ properties: { Environment } }) => image(at(Environment, 'Image')),
    'AWS::ECS::TaskDefinition': ({ properties: { ContainerDefinitions } }) =>
      list(ContainerDefinitions).flatMap((c) => image(at(c, 'Image'))),
    'AWS::Batch::JobDefinition': ({ properties: { ContainerProperties } }) => image(at(ContainerProperties, 'Image')),
    'AWS::AppRunner::Service': ({ properties: { SourceConfiguration } }) =>
      image(at(at(SourceConfiguration, 'ImageRepository'), 'ImageIdentifier')),
    'AWS::SageMaker::Model': ({ properties: { PrimaryContainer, Containers } }) =>
      [PrimaryContainer, ...list(Containers)].flatMap((c) => image(at(c, 'Image'))),
  },
  'cognito-identity': {
    'AWS::Cognito::IdentityPoolRoleAttachment': (resource, byId) =>
      arnsOf(referred(resource, 'AWS::Cognito::IdentityPool', byId)),
  },
  'cognito-idp': {
    'AWS::Cognito::IdentityPoolRoleAttachment': (resource, byId) => {
      const pools = referred(resource, 'AWS::Cognito::IdentityPool', byId);
      if (pools.length === 0) return ['unknown'];
      return pools.flatMap((pool) => {
        const users = referred(pool, 'AWS::Cognito::UserPool', byId);
        return users.length > 0 || pool.properties.CognitoIdentityProviders === undefined ? arns(users) : ['unknown'];
      });
    },
    'AWS::Cognito::UserPoolGroup': (resource, byId) => arnsOf(referred(resource, 'AWS::Cognito::UserPool', byId)),
  },
  apigateway: {
    'AWS::ApiGateway::Method': ({ properties: { RestApiId, ResourceId, HttpMethod } }) => {
      const [api, resource, method] = [textOf(RestApiId), textOf(ResourceId), textOf(HttpMethod)];
      if (api === undefined || resource === undefined || method === undefined) return ['unknown'];
      const path = text('/restapis/', api, '/resources/', resource, '/methods/', method, '/integration');
      return [text('arn:', ANY_PARTITION, ':apigateway:', ANY_REGION, '::', path)];
    },
    'AWS::ApiGatewayV2::Integration': ({ arn }) => [arn ?? 'unknown'],
  },
};

const FROM_BUCKET = ['S3Bucket', 'S3Key', 'S3ObjectVersion'] as const;

/** Everything in the bucket of artefacts, which the stages take from one another. */
function artifacts(store: unknown): readonly Source[] {
  if (store === undefined) return [];
  const bucket = textOf(at(store, 'Location'));
  return [bucket === undefined ? 'unknown' : text('arn:', ANY_PARTITION, ':s3:::', bucket, '/', ANY_NAME)];
}

/** What the source actions of a pipeline with that provider are configured with. */
function sourceActions(stages: unknown, provider: string): readonly unknown[] {
  return list(stages)
    .flatMap((stage) => list(at(stage, 'Actions')))
    .filter((action) => at(at(action, 'ActionTypeId'), 'Provider') === provider)
    .map((action) => at(action, 'Configuration'));
}

/** A repository of CodeCommit by its name or its address. */
function repository(value: unknown, account: Text): readonly Source[] {
  if (value === undefined) return [];
  const t = textOf(value);
  const path = t === undefined ? undefined : (cutAt(t, '/v1/repos/')?.[1] ?? (cutAt(t, '://') ? undefined : t));
  return [
    path === undefined ? 'unknown' : text('arn:', ANY_PARTITION, ':codecommit:', ANY_REGION, ':', account, ':', path),
  ];
}

function list(value: unknown): readonly unknown[] {
  return isList(value) ? value : [];
}

/** Not wildcards: those cross colons, and then the key of any object may hold the whole ARN of another. */
const ANY_PARTITION = { hole: 'the partition of a source', type: 'partition', label: 'the partition' } as const;
const ANY_REGION = { hole: 'the region of a source', type: 'region', label: 'the region' } as const;
const ANY_NAME = { hole: 'the name of an object', type: 'any', label: 'the name of an object' } as const;

/** What the resource takes from the service; nothing when nothing. */
export function sourcesOf(resource: Resource, service: string, byId: ResourceById): readonly Source[] {
  return READERS[service]?.[resource.origin.type]?.(resource, byId) ?? [];
}

function arnsOf(resources: readonly Resource[]): readonly Source[] {
  return resources.length === 0 ? ['unknown'] : arns(resources);
}

function arns(resources: readonly Resource[]): readonly Source[] {
  return resources.map(({ arn }) => arn ?? 'unknown');
}

function referred({ references }: Resource, type: string, byId: ResourceById): readonly Resource[] {
  const found = references.flatMap(({ to }) => byId(to) ?? []);
  return [...new Set(found)].filter(({ origin }) => origin.type === type);
}

/** An object by its bucket (or its ARN), key and version. */
function located(value: unknown, [bucket, key, version]: readonly [string, string, string]): readonly Source[] {
  if (value === undefined) return [];
  if (isText(value) || !isObject(value)) return ['unknown'];
  if (value[bucket] === undefined || value[version] !== undefined) return [];
  const [b, k] = [textOf(value[bucket]), textOf(value[key])];
  if (b === undefined || k === undefined) return ['unknown'];
  const [first] = b.parts;
  return [
    typeof first === 'string' && first.startsWith('arn:')
      ? text(b, '/', k)
      : text('arn:', ANY_PARTITION, ':s3:::', b, '/', k),
  ];
}

/** `s3://bucket/key`, `bucket/key` or an ARN. */
function address(value: unknown): readonly Source[] {
  if (value === undefined) return [];
  const t = textOf(value);
  if (t === undefined || t.parts.length === 0) return ['unknown'];
  const [first, ...rest] = t.parts;
  if (typeof first === 'string' && first.startsWith('arn:')) return [t];
  const bare = typeof first === 'string' ? text(first.replace(/^s3:\/\//, ''), ...rest) : t;
  return [text('arn:', ANY_PARTITION, ':s3:::', bare)];
}

const REGISTRY = '.dkr.ecr.';

/** `account.dkr.ecr.region.suffix/repository:tag`; images of other registries are none of the account's. */
function image(value: unknown): readonly Source[] {
  if (value === undefined) return [];
  const t = textOf(value);
  if (t === undefined) return ['unknown'];
  if (t.parts.some((p) => typeof p === 'string' && p.includes('@sha256:'))) return [];
  const cut = cutAt(t, REGISTRY);
  if (cut === undefined) return literal(t) === undefined ? ['unknown'] : [];
  const [account, rest] = cut;
  const [region, path] = [cutAt(rest, '.')?.[0], cutAt(rest, '/')?.[1]];
  if (region === undefined || path === undefined) return ['unknown'];
  return [text('arn:', ANY_PARTITION, ':ecr:', region, ':', account, ':repository/', cutAt(path, ':')?.[0] ?? path)];
}

/** What stands before and after the first such piece of what is written. */
function cutAt({ parts }: Text, piece: string): readonly [Text, Text] | undefined {
  const i = parts.findIndex((p) => typeof p === 'string' && p.includes(piece));
  const part = parts[i];
  if (typeof part !== 'string') return undefined;
  const start = part.indexOf(piece);
  return [
    text(...parts.slice(0, i), part.slice(0, start)),
    text(part.slice(start + piece.length), ...parts.slice(i + 1)),
  ];
}

function at(value: unknown, key: string): unknown {
  return isObject(value) && !isText(value) ? value[key] : undefined;
}

function textOf(value: unknown): Text | undefined {
  return typeof value === 'string' ? text(value) : isText(value) ? value : undefined;
}
