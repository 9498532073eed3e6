/** What a domain is deployed with: the buckets, the notary, the execution role, and the assembly that names them. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { App, LegacyStackSynthesizer, Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import {
  Code,
  DockerImageCode,
  DockerImageFunction,
  Function as LambdaFunction,
  Runtime,
} from 'aws-cdk-lib/aws-lambda';
import { DomainDeployment, type DomainDeploymentProps, DomainSynthesizer } from '../../lib';
import { NOTARY_CODE } from '../../lib/domain/deployment-notary';
import { ACCOUNT, ENV, inStack } from './a-domain';
import { fourEyes } from './a-four-eyes-app';

const built = fourEyes();
const first = Template.fromStack(Stack.of(built.deployment));
const orders = Template.fromStack(built.stack);
const UPLOADS = `bulkhead-orders-uploads-${ACCOUNT}-eu-central-1`;
const ASSETS = `bulkhead-orders-assets-${ACCOUNT}-eu-central-1`;
const EXECUTION = 'bulkhead-orders-execution-eu-central-1';

interface Statement {
  readonly Sid?: string;
  readonly Effect: string;
  readonly Action?: string | readonly string[];
  readonly Condition?: unknown;
}

function statementsOf(template: Template, type: string, properties: object, at: string): readonly Statement[] {
  const [found] = Object.values(template.findResources(type, { Properties: properties }));
  return found!.Properties[at].Statement;
}

describe('the bucket in which assets are sealed', () => {
  const [id] = Object.keys(first.findResources('AWS::S3::Bucket', { Properties: { BucketName: ASSETS } }));
  const policy = statementsOf(first, 'AWS::S3::BucketPolicy', { Bucket: { Ref: id } }, 'PolicyDocument');
  const denied = (sid: string) => policy.find((s) => s.Sid === sid);

  test('takes no write that could replace something, from nobody but the notary, and no delete', () => {
    expect(denied('WrittenOnce')).toMatchObject({
      Effect: 'Deny',
      Principal: { AWS: '*' },
      Action: 's3:PutObject',
      Condition: { Null: { 's3:if-none-match': 'true' } },
    });
    expect(denied('WrittenByNotary')).toMatchObject({
      Effect: 'Deny',
      Principal: { AWS: '*' },
      Action: 's3:PutObject',
      Condition: { ArnNotEquals: { 'aws:PrincipalArn': { 'Fn::GetAtt': [expect.stringMatching(/Notary/), 'Arn'] } } },
    });
    expect(denied('NothingDeleted')).toMatchObject({
      Effect: 'Deny',
      Principal: { AWS: '*' },
      Action: ['s3:DeleteObject', 's3:DeleteObjectVersion', 's3:PutLifecycleConfiguration'],
    });
    expect(denied('NothingDeleted')).not.toHaveProperty('Condition');
  });

  test('is private, versioned, encrypted, and outlives its stack', () => {
    first.hasResource('AWS::S3::Bucket', {
      Properties: {
        BucketName: ASSETS,
        VersioningConfiguration: { Status: 'Enabled' },
        PublicAccessBlockConfiguration: { BlockPublicPolicy: true, RestrictPublicBuckets: true },
        BucketEncryption: Match.anyValue(),
        LifecycleConfiguration: Match.absent(),
      },
      DeletionPolicy: 'Retain',
      Metadata: { bulkhead: { domain: 'orders', part: 'asset-bucket' } },
    });
  });
});

describe('the notary', () => {
  test('is called by S3 for each upload, and by nobody else', () => {
    first.hasResource('AWS::S3::Bucket', {
      Properties: {
        BucketName: UPLOADS,
        NotificationConfiguration: {
          LambdaConfigurations: [
            { Event: 's3:ObjectCreated:*', Function: { 'Fn::GetAtt': [Match.anyValue(), 'Arn'] } },
          ],
        },
      },
      DependsOn: [Match.stringLikeRegexp('CalledByUploads')],
    });
    first.resourceCountIs('AWS::Lambda::Permission', 1);
    first.hasResourceProperties('AWS::Lambda::Permission', {
      Principal: 's3.amazonaws.com',
      SourceAccount: ACCOUNT,
      SourceArn: { 'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, `:s3:::${UPLOADS}`]] },
    });
  });

  test('may read uploads and seal each key once, and nothing else', () => {
    first.hasResourceProperties('AWS::IAM::Role', {
      RoleName: 'bulkhead-orders-notary-eu-central-1',
      ManagedPolicyArns: Match.absent(),
      Policies: [
        {
          PolicyDocument: {
            Statement: [
              Match.objectLike({ Sid: 'ReadUploads', Action: ['s3:GetObject', 's3:GetObjectVersion'] }),
              Match.objectLike({
                Sid: 'SealOnce',
                Action: 's3:PutObject',
                Condition: { Null: { 's3:if-none-match': 'false' } },
              }),
              Match.objectLike({ Sid: 'WriteOwnLog', Action: ['logs:CreateLogStream', 'logs:PutLogEvents'] }),
            ],
          },
        },
      ],
    });
    first.resourceCountIs('AWS::IAM::Policy', 0);
  });

  describe('as code', () => {
    interface Sent {
      readonly name: string;
      readonly input: Readonly<Record<string, unknown>>;
    }
    /** Runs the code that is deployed, with an SDK that records. */
    async function seal(put: () => void): Promise<readonly Sent[]> {
      const sent: Sent[] = [];
      const command = (name: string) =>
        class {
          readonly name = name;
          constructor(readonly input: Sent['input']) {}
        };
      class S3Client {
        async send(made: Sent): Promise<unknown> {
          sent.push({ name: made.name, input: made.input });
          if (made.name === 'Put') put();
          return { Body: { transformToByteArray: async () => new Uint8Array([1, 2]) }, ContentType: 'application/zip' };
        }
      }
      const sdk = { S3Client, GetObjectCommand: command('Get'), PutObjectCommand: command('Put') };
      const exports: { handler?: (event: unknown) => Promise<void> } = {};
      const log = jest.spyOn(console, 'log').mockImplementation(() => undefined);
      new Function('require', 'exports', 'process', NOTARY_CODE)(() => sdk, exports, { env: { ASSET_BUCKET: ASSETS } });
      const object = { key: 'dir/a+b%2Bc.zip', versionId: 'v1' };
      await exports.handler!({ Records: [{ s3: { bucket: { name: UPLOADS }, object } }] });
      log.mockRestore();
      return sent;
    }

    test('writes the uploaded version under its key, if the key is free', async () => {
      expect(await seal(() => undefined)).toEqual([
        { name: 'Get', input: { Bucket: UPLOADS, Key: 'dir/a b+c.zip', VersionId: 'v1' } },
        {
          name: 'Put',
          input: {
            Bucket: ASSETS,
            Key: 'dir/a b+c.zip',
            Body: new Uint8Array([1, 2]),
            ContentType: 'application/zip',
            ChecksumAlgorithm: 'SHA256',
            IfNoneMatch: '*',
          },
        },
      ]);
    });

    test('leaves a key that is taken, and says any other failure, so that Lambda tries again', async () => {
      const failing = (httpStatusCode: number) => () => {
        throw Object.assign(new Error(`status ${httpStatusCode}`), { $metadata: { httpStatusCode } });
      };
      await expect(seal(failing(412))).resolves.toHaveLength(2);
      await expect(seal(failing(503))).rejects.toThrow('status 503');
      await expect(seal(failing(409))).rejects.toThrow('status 409');
    });
  });
});

describe('the execution role', () => {
  test('is CloudFormation’s alone, and its policy is its boundary', () => {
    const [id] = Object.keys(
      first.findResources('AWS::IAM::ManagedPolicy', { Properties: { ManagedPolicyName: EXECUTION } }),
    );
    first.hasResource('AWS::IAM::Role', {
      Properties: {
        RoleName: EXECUTION,
        AssumeRolePolicyDocument: {
          Statement: [
            { Action: 'sts:AssumeRole', Effect: 'Allow', Principal: { Service: 'cloudformation.amazonaws.com' } },
          ],
        },
        ManagedPolicyArns: [{ Ref: id }],
        PermissionsBoundary: { Ref: id },
      },
      Metadata: { bulkhead: { part: 'execution', executes: 'orders' } },
    });
  });

  const policy = statementsOf(first, 'AWS::IAM::ManagedPolicy', { ManagedPolicyName: EXECUTION }, 'PolicyDocument');
  const resources = (sid: string) =>
    JSON.stringify((policy.find((s) => s.Sid === sid) as { Resource?: unknown })?.Resource);

  test('writes the roles and policies of its domain and stack only', () => {
    expect(resources('WriteOwnRoles')).toMatch(/role\/bulkhead-orders-\*.*role\/Orders-\*/);
    expect(resources('WriteOwnPolicies')).toMatch(/policy\/bulkhead-orders-\*.*policy\/Orders-\*/);
    const actions = policy.filter((s) => s.Effect === 'Allow').flatMap((s) => [s.Action ?? []].flat());
    expect(
      actions.filter((a) =>
        /^(\*|iam:\*|sts:|organizations:|cloudformation:|iam:.*(User|AccessKey|Login|Provider))/.test(a),
      ),
    ).toEqual([]);
    expect(actions).toContain('apigateway:*');
  });

  test('cannot change what makes four eyes hold, and reads assets only where they are sealed', () => {
    expect(policy.find((s) => s.Sid === 'NotWhatMakesFourEyesHold')).toMatchObject({
      Effect: 'Deny',
      NotAction: ['s3:GetBucketLocation', 's3:GetObject', 's3:GetObjectVersion', 's3:ListBucket'],
    });
    for (const part of [
      `role/${EXECUTION}`,
      `policy/${EXECUTION}`,
      'role/bulkhead-orders-notary',
      'function:bulkhead-orders-notary',
      UPLOADS,
      ASSETS,
    ]) {
      expect(resources('NotWhatMakesFourEyesHold')).toContain(part);
    }
    expect(policy.find((s) => s.Sid === 'OnlySealedAssets')).toMatchObject({
      Effect: 'Deny',
      Action: ['s3:GetObject', 's3:GetObjectVersion'],
    });
    expect(resources('OnlySealedAssets')).toContain(`${UPLOADS}/*`);
  });
});

describe('the cloud assembly', () => {
  const read = (file: string) => JSON.parse(readFileSync(join(built.outdir, file), 'utf8'));

  test('deploys the domain as its own roles, without a bootstrap, from the domain’s own buckets', () => {
    const { properties } = read('manifest.json').artifacts.Orders;
    expect(properties).toMatchObject({
      assumeRoleArn: 'arn:${AWS::Partition}:iam::${AWS::AccountId}:role/bulkhead-orders-deploy-eu-central-1',
      cloudFormationExecutionRoleArn: `arn:\${AWS::Partition}:iam::\${AWS::AccountId}:role/${EXECUTION}`,
      stackTemplateAssetObjectUrl: expect.stringMatching(new RegExp(`^s3://${UPLOADS}/[0-9a-f]{64}\\.json$`)),
    });
    expect(properties).not.toHaveProperty('requiresBootstrapStackVersion');
    expect(JSON.stringify(read('manifest.json'))).not.toContain('hnb659fds');
    const { files } = read('Orders.assets.json') as {
      files: Record<string, { destinations: Record<string, { bucketName: string; assumeRoleArn: string }> }>;
    };
    const destinations = Object.values(files).flatMap((file) => Object.values(file.destinations));
    expect(destinations).toHaveLength(2);
    for (const { bucketName, assumeRoleArn } of destinations) {
      expect(bucketName).toBe(UPLOADS);
      expect(assumeRoleArn).toMatch(/role\/bulkhead-orders-deploy-eu-central-1$/);
    }
  });

  test('runs code from where it is sealed', () => {
    orders.hasResourceProperties('AWS::Lambda::Function', {
      Code: { S3Bucket: ASSETS, S3Key: Match.stringLikeRegexp('^[0-9a-f]{64}\\.zip$') },
    });
    orders.hasResourceProperties('AWS::IAM::ManagedPolicy', {
      ManagedPolicyName: 'bulkhead-orders-deploy-eu-central-1',
      PolicyDocument: {
        Statement: Match.arrayWith([
          Match.objectLike({
            Sid: 'PassExecutionRole',
            Action: 'iam:PassRole',
            Condition: { StringEquals: { 'iam:PassedToService': 'cloudformation.amazonaws.com' } },
          }),
          Match.objectLike({ Sid: 'UploadAssets', Action: ['s3:GetObject', 's3:PutObject'] }),
          Match.objectLike({
            Sid: 'FindAssets',
            Action: ['s3:GetBucketLocation', 's3:GetEncryptionConfiguration', 's3:ListBucket'],
          }),
        ]),
      },
    });
  });

  test('leaves account and region open where the stack does', () => {
    const app = new App();
    const stack = new Stack(app, 'Orders', { synthesizer: new DomainSynthesizer({ domainName: 'orders' }) });
    new LambdaFunction(stack, 'F', {
      runtime: Runtime.NODEJS_22_X,
      handler: 'index.handler',
      code: Code.fromAsset(__dirname),
    });
    Template.fromStack(stack).hasResourceProperties('AWS::Lambda::Function', {
      Code: { S3Bucket: { 'Fn::Sub': 'bulkhead-orders-assets-${AWS::AccountId}-${AWS::Region}' } },
    });
  });
});

describe('is refused', () => {
  const stack = (synthesizer: DomainSynthesizer | LegacyStackSynthesizer, id = 'Orders') =>
    new Stack(new App(), id, { env: ENV, synthesizer });
  const deployed = (props: Partial<DomainDeploymentProps>, id = 'OrdersDeployment') =>
    new DomainDeployment(stack(new LegacyStackSynthesizer(), id), 'D', {
      domainName: 'orders',
      stackName: 'Orders',
      ...props,
    });

  test.each<[string, () => unknown, RegExp]>([
    [
      'a domain in the stack of another',
      () => inStack(stack(new DomainSynthesizer({ domainName: 'billing' })), 'orders'),
      /is deployed by the roles of trust domain `billing`/,
    ],
    [
      'an execution role beside the synthesizer’s',
      () => {
        const s = stack(new DomainSynthesizer({ domainName: 'orders' }));
        return inStack(s, 'orders', { executionRole: built.deployment.executionRole });
      },
      /`executionRole` is given, and the stack's `DomainSynthesizer` brings its own/,
    ],
    [
      'one synthesizer for two stacks',
      () => {
        const synthesizer = new DomainSynthesizer({ domainName: 'orders' });
        const app = new App();
        new Stack(app, 'A', { synthesizer });
        return new Stack(app, 'B', { synthesizer });
      },
      /already deploys stack `A`; stack `B` needs another/,
    ],
    [
      'a name too long for a bucket',
      () => stack(new DomainSynthesizer({ domainName: 'a-name-of-twenty-five-char' })),
      /S3 allows 63; shorten the domain's name to 20 characters/,
    ],
    [
      'a deployment in the stack that it deploys',
      () => deployed({}, 'Orders'),
      /would be deployed by the roles that it creates/,
    ],
    [
      'a deployment deployed by itself',
      () =>
        new DomainDeployment(stack(new DomainSynthesizer({ domainName: 'orders' }), 'X'), 'D', {
          domainName: 'orders',
          stackName: 'Orders',
        }),
      /would be deployed by the roles that it creates/,
    ],
    [
      'every service',
      () => deployed({ services: ['*'] }),
      /`\*` in `services` is not a service that a domain is built of/,
    ],
    ['IAM as a service', () => deployed({ services: ['iam'] }), /leave IAM, STS and the organization to the construct/],
    [
      'a container image',
      () =>
        new DockerImageFunction(stack(new DomainSynthesizer({ domainName: 'orders' })), 'F', {
          code: DockerImageCode.fromImageAsset(__dirname, { file: 'deployment.test.ts' }),
        }),
      /builds a container image[\s\S]*name it by digest/,
    ],
  ])('%s', (_, make, message) => {
    expect(make).toThrow(message);
  });

  test('but not services of one’s own choice', () => {
    expect(() => deployed({ services: ['apigateway', 'dynamodb'] })).not.toThrow();
  });
});
