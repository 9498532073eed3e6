/** What an author says about an audit vault and the trails that write into it. */
import type { Duration } from 'aws-cdk-lib';
import type { aws_iam, aws_logs } from 'aws-cdk-lib/interfaces';
import type { IConstruct } from 'constructs';
import type { Assumer } from './assumer';

/** An audit vault, of this app or another. */
export interface IAuditVault extends IConstruct {
  /** The vault's name, part of every physical name. */
  readonly vaultName: string;

  /** Name of the bucket that keeps the records. */
  readonly bucketName: string;

  /** ARN of the bucket that keeps the records. */
  readonly bucketArn: string;

  /** ARN of the vault's key, or of its alias. */
  readonly keyArn: string;

  /** ARN of the role that reads the vault, by its fixed name. */
  readonly auditorRoleArn: string;
}

/** An account whose trail may write into the vault. */
export interface AuditSource {
  /** The account that the trail records. */
  readonly account: string;

  /**
   * The home region of its trail: that of the stack which holds the `AuditTrail`.
   * @default - the region of the vault
   */
  readonly region?: string;
}

/** Properties of an audit vault. */
export interface AuditVaultProps {
  /** Who may read the vault: the people who hold the duty `audit`, and nobody who runs an API. No default. */
  readonly readers: Assumer[];

  /**
   * The vault's name: part of every physical name, unique in its account and region. Lower-case letters, digits, hyphens.
   * @default - the construct's id
   */
  readonly vaultName?: string;

  /**
   * How long each record is locked, 90 days to 100 years. Nobody can shorten it for a record that is written, AWS's support among them.
   * @default Duration.days(365)
   */
  readonly retention?: Duration;

  /**
   * Other accounts whose trails may write into the vault. That of the vault itself always may.
   * @default - none: the vault records its own account
   */
  readonly sources?: AuditSource[];

  /**
   * How long a session of a reader may last, 1 to 8 hours.
   * @default Duration.hours(1)
   */
  readonly maxSessionDuration?: Duration;

  /**
   * The role that CloudFormation acts as in the vault's stack. It alone changes the settings of the bucket and the key's policy.
   * @default - the role that the stack's synthesizer names
   */
  readonly executionRole?: aws_iam.IRoleRef;

  /**
   * What the trail of the vault's own account records beside management events, by prefixes of ARNs of S3, Lambda and DynamoDB. Access to the vault is recorded in any case.
   * @default - every object, function and table of the account, in all regions
   */
  readonly dataEventsOf?: string[];

  /**
   * A log group that gets the records of the vault's own account as well, for metric filters and alarms. It is not locked.
   * @default - none: the records go into the vault alone
   */
  readonly logGroup?: aws_logs.ILogGroupRef;
}

/** Where an audit vault is. */
export interface AuditVaultAttributes {
  /** Its name. */
  readonly vaultName: string;

  /**
   * The account it is in.
   * @default - the account of the stack that refers to it
   */
  readonly account?: string;

  /**
   * The region it is in.
   * @default - the region of the stack that refers to it
   */
  readonly region?: string;

  /**
   * ARN of its key.
   * @default - that of the key's alias, whose name follows from the vault's
   */
  readonly keyArn?: string;
}

/** Properties of an audit trail. */
export interface AuditTrailProps {
  /** Where the records go. A vault of another account must name this one among its `sources`. */
  readonly vault: IAuditVault;

  /**
   * What is recorded beside management events, by prefixes of ARNs of S3, Lambda and DynamoDB. Access to the vault is recorded in any case.
   * @default - every object, function and table of the account, in all regions
   */
  readonly dataEventsOf?: string[];

  /**
   * A log group that gets the records as well, for metric filters and alarms. It is not locked.
   * @default - none: the records go into the vault alone
   */
  readonly logGroup?: aws_logs.ILogGroupRef;
}
