/**
 * The physical names of an audit vault, and whether AWS accepts them.
 *
 * They are functions of the vault's name and place alone, so that a trail of another account, and the vault for that
 * trail, name one another without a token. Role names begin in a way that no name of a trust domain does: whoever
 * may write a domain's roles (`bulkhead-DOMAIN-*`) writes none of the vault's.
 */
import { ArnFormat, type Stack, Token } from 'aws-cdk-lib';
import { TrustDomainError } from './domain-error';

const VAULT_NAME = /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/;

// https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html
const BUCKET_NAME_MAX = 63;
const LONGEST_REGION = 'ap-southeast-1';

export class VaultNames {
  public readonly bucket: string;
  public readonly bucketArn: string;
  public readonly keyAlias: string;
  public readonly keyAliasArn: string;
  /** Of every trail that writes into the vault, in whichever account. */
  public readonly trail: string;
  /** Of the role that reads the vault, and of the policy that is its remit and boundary. */
  public readonly auditor: string;
  public readonly auditorArn: string;

  constructor(
    private readonly stack: Stack,
    public readonly vault: string,
    account: string = stack.account,
    region: string = stack.region,
  ) {
    this.bucket = `bulkhead-vault-${vault}-${account}-${region}`;
    this.bucketArn = `arn:${stack.partition}:s3:::${this.bucket}`;
    this.keyAlias = `alias/bulkhead-vault-${vault}`;
    this.keyAliasArn = this.arn('kms', account, region, this.keyAlias);
    this.trail = `bulkhead-vault-${vault}`;
    this.auditor = `bulkhead_vault_${vault}_${region}`;
    this.auditorArn = this.arn('iam', account, '', `role/${this.auditor}`);
  }

  /** Of the trail that records an account, by its home region. */
  public trailArn(account: string, region: string): string {
    return this.arn('cloudtrail', account, region, `trail/${this.trail}`);
  }

  private arn(service: string, account: string, region: string, resource: string): string {
    return this.stack.formatArn({ service, account, region, resource, arnFormat: ArnFormat.NO_RESOURCE_NAME });
  }
}

/** Throws iff some resource of a vault so named would be refused by AWS. */
export function requireVaultName(name: string, vaultRegion: string): void {
  if (Token.isUnresolved(name) || !VAULT_NAME.test(name)) {
    throw new TrustDomainError(
      `audit vault \`${Token.isUnresolved(name) ? 'a token' : name}\`: a vault's name is lower-case letters, digits and single hyphens, ` +
        'starting with a letter, because it is part of physical names; give `vaultName` one like `trail`',
    );
  }
  const region = Token.isUnresolved(vaultRegion) ? LONGEST_REGION : vaultRegion;
  const longest = `bulkhead-vault-${name}-111122223333-${region}`;
  if (longest.length > BUCKET_NAME_MAX) {
    throw new TrustDomainError(
      `audit vault \`${name}\`: its bucket name \`bulkhead-vault-${name}-ACCOUNT-${region}\` has ${longest.length} characters and S3 allows ${BUCKET_NAME_MAX}; ` +
        `shorten the vault's name to ${name.length - (longest.length - BUCKET_NAME_MAX)} characters`,
    );
  }
}
