/**
 * How `cdk deploy` deploys the stack of a trust domain: as the domain's own roles, not as those of `cdk bootstrap`.
 *
 * The cloud assembly then names the domain's `deploy` role for the change set and for publishing, and the domain's
 * execution role for CloudFormation to act as. Assets are published to one bucket and run from another, in which
 * each key keeps the content that it got first; what carries one to the other is the notary of `DomainDeployment`.
 * Why so, and what the CLI sends: docs/adr/0040-assets-are-sealed.md.
 */
import {
  AssetManifestBuilder,
  type DockerImageAssetLocation,
  type DockerImageAssetSource,
  type FileAssetLocation,
  type FileAssetSource,
  type ISynthesisSession,
  type Stack,
  StackSynthesizer,
  Token,
} from 'aws-cdk-lib';
import { TrustDomainError } from './domain-error';
import { Duty } from './duty';
import { DomainNames, requireBucketNames } from './names';

/** Properties of a domain synthesizer. */
export interface DomainSynthesizerProps {
  /** Name of the trust domain that the stack holds. Its `DomainDeployment` must have been deployed before. */
  readonly domainName: string;
}

/** Deploys a stack as the roles of the trust domain that it holds. One for each stack. */
export class DomainSynthesizer extends StackSynthesizer {
  /** Name of the trust domain whose roles deploy. */
  public readonly domainName: string;

  private readonly assets = new AssetManifestBuilder();
  private names?: DomainNames;

  constructor(props: DomainSynthesizerProps) {
    super();
    this.domainName = props.domainName;
  }

  /** Of the role that CloudFormation acts as, with placeholders that the CLI fills in. */
  public override get cloudFormationExecutionRole(): string | undefined {
    return this.names && roleArn(this.names.execution);
  }

  public override bind(stack: Stack): void {
    const [account, region] = [
      Token.isUnresolved(stack.account) ? '${AWS::AccountId}' : stack.account,
      Token.isUnresolved(stack.region) ? '${AWS::Region}' : stack.region,
    ];
    requireBucketNames(this.domainName, stack.region);
    if (this.names !== undefined) {
      throw new TrustDomainError(
        `trust domain \`${this.domainName}\`: its \`DomainSynthesizer\` already deploys stack \`${this.boundStack.stackName}\`; stack \`${stack.stackName}\` needs another: whoever may change a stack may change all in it`,
      );
    }
    super.bind(stack);
    this.names = new DomainNames(stack, this.domainName, account, region);
  }

  public addFileAsset(asset: FileAssetSource): FileAssetLocation {
    const { objectKey } = this.upload(asset);
    return this.cloudFormationLocationFromFileAsset({ bucketName: this.bound.assetBucket, objectKey });
  }

  public addDockerImageAsset(_asset: DockerImageAssetSource): DockerImageAssetLocation {
    throw new TrustDomainError(
      `trust domain \`${this.domainName}\`: stack \`${this.boundStack.stackName}\` builds a container image, and publishing one needs requests that two domains would share (\`ecr:GetAuthorizationToken\` names no resource); ` +
        'publish the image elsewhere and name it by digest, like `DockerImageCode.fromEcr(repository, { tagOrDigest: "sha256:…" })`',
    );
  }

  public synthesize(session: ISynthesisSession): void {
    // The change set holds the template from its creation on, so the template is read from where it was uploaded.
    const { bucketName, objectKey } = this.upload(this.synthesizeTemplate(session));
    const manifest = this.assets.emitManifest(this.boundStack, session);
    this.emitArtifact(session, {
      assumeRoleArn: this.deployRoleArn,
      cloudFormationExecutionRoleArn: this.cloudFormationExecutionRole,
      stackTemplateAssetObjectUrl: `s3://${bucketName}/${objectKey}`,
      additionalDependencies: [manifest],
    });
  }

  private upload(asset: FileAssetSource): { readonly bucketName: string; readonly objectKey: string } {
    return this.assets.defaultAddFileAsset(
      this.boundStack,
      asset,
      { bucketName: this.bound.uploadBucket, role: { assumeRoleArn: this.deployRoleArn } },
      { displayName: asset.displayName },
    );
  }

  private get deployRoleArn(): string {
    return roleArn(this.bound.role(Duty.DEPLOY));
  }

  private get bound(): DomainNames {
    if (this.names === undefined) {
      throw new TrustDomainError(
        `trust domain \`${this.domainName}\`: its \`DomainSynthesizer\` deploys no stack yet; pass it as \`synthesizer\` of the stack`,
      );
    }
    return this.names;
  }
}

function roleArn(name: string): string {
  return `arn:\${AWS::Partition}:iam::\${AWS::AccountId}:role/${name}`;
}
