/** What an author says about a gateway that trust domains share, and about each zone of it. */
import type { Duration, RemovalPolicy, Size } from 'aws-cdk-lib';
import type { RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { aws_iam, aws_kms, aws_s3 } from 'aws-cdk-lib/interfaces';
import type { Assumer } from './assumer';
import type { Authentication } from './authentication';
import type { Exposure } from './exposure';
import type { Lifecycle } from './lifecycle';
import type { MonitoringProps } from './monitoring-props';
import type { RateAggregation } from './rate-aggregation';
import type { SharedGateway } from './shared-gateway';
import type { DutyAssumers } from './trust-domain-props';

/** Who may take on each duty of a shared gateway. It has no data of its own, so nobody reads or writes. */
export interface GatewayAssumers {
  /** Grants access: administers the policy of the gateway's key. Privileged. */
  readonly provision: Assumer[];

  /** Prepares changes of the gateway, and with it of the way into every zone. Privileged. */
  readonly deploy: Assumer[];

  /** Lets prepared changes run. Privileged. */
  readonly approve: Assumer[];

  /** Watches the gateway. */
  readonly monitor: Assumer[];

  /** Reads the logs of who called what, of all zones. */
  readonly audit: Assumer[];
}

/** Properties of a gateway that trust domains share. */
export interface SharedGatewayProps extends MonitoringProps {
  /** The party that runs the gateway, as tags and reports name it. */
  readonly owner: string;

  /** Who may take on each duty. No default. */
  readonly assumers: GatewayAssumers;

  /**
   * The name of the gateway's own domain, to which no zone belongs: part of every physical name, unique in its account and region.
   * @default - the construct's id
   */
  readonly domainName?: string;

  /**
   * Whom the most exposed of its zones serves. Decides the managed rules. INTERNAL is refused: an internal API shares no gateway with others.
   * @default Exposure.PUBLIC
   */
  readonly exposure?: Exposure;

  /**
   * The gateway's stage of life where it stands.
   * @default - what the configuration says, or the name of the CDK Stage (`Prod`, `dev-eu`); unknown where neither does
   */
  readonly lifecycle?: Lifecycle;

  /**
   * Paths under which custom domains of the author's own lead to the stage, like `/api`; empty for one that leads to it with no path of its own.
   * Zones are told by the whole path.
   * @default - none: the gateway is reached at its stage alone, under `/v1`
   */
  readonly basePaths?: string[];

  /**
   * AWS managed rule groups, by name, in order, for all zones.
   * @default - those of a trust domain of the same exposure
   */
  readonly managedRuleGroups?: string[];

  /**
   * Requests per second that each method lets through in the long run, where its zone says nothing.
   * @default 100
   */
  readonly throttleRate?: number;

  /**
   * Requests that each method lets through at once, where its zone says nothing.
   * @default 200
   */
  readonly throttleBurst?: number;

  /**
   * Name of the API's one stage.
   * @default 'v1'
   */
  readonly stageName?: string;

  /**
   * Responses of at least this size are compressed for callers that ask.
   * @default - no compression
   */
  readonly minCompressionSize?: Size;

  /**
   * How long a session of `monitor` or `audit` may last, 1 to 8 hours. Privileged duties have 1 hour.
   * @default Duration.hours(1)
   */
  readonly maxSessionDuration?: Duration;

  /**
   * How long logs are kept.
   * @default RetentionDays.ONE_YEAR
   */
  readonly logRetention?: RetentionDays;

  /**
   * What happens to the key and the logs when they leave the stack.
   * @default RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE - kept, unless the stack's own creation fails
   */
  readonly removalPolicy?: RemovalPolicy;

  /**
   * A key made elsewhere for this gateway alone, in place of its own.
   * @default - a key of the gateway's own, with a policy for its uses
   */
  readonly encryptionKey?: aws_kms.IKeyRef;

  /**
   * The gateway's own role for CloudFormation to act as.
   * @default - `deploy` passes no role: a change runs as the role that the stack was first deployed with, which the stack's synthesizer names
   */
  readonly executionRole?: aws_iam.IRoleRef;

  /**
   * The bucket that holds the stack's assets.
   * @default - the bucket of `cdk bootstrap`, by the qualifier of the stack's synthesizer
   */
  readonly assetBucket?: aws_s3.IBucketRef;
}

/** Properties of a trust domain that has a part of a shared gateway to itself. */
export interface TrustZoneProps extends MonitoringProps {
  /** The gateway, in another stack of the same account and region. */
  readonly gateway: SharedGateway;

  /** The path below which all its routes lie, and no route of another zone: `/partner`. */
  readonly basePath: string;

  /** Whom the zone serves: PARTNER or PUBLIC. Decides the default rate limit. */
  readonly exposure: Exposure;

  /** The team that answers for the zone, as tags and reports name it. */
  readonly owner: string;

  /** How callers prove who they are: IAM, Cognito or JWT. No default: the choice is the author's, and shared with no other domain. */
  readonly authentication: Authentication;

  /** Who may take on each duty. No default. */
  readonly assumers: DutyAssumers;

  /**
   * The domain's name: part of every physical name, unique in its account and region. Lower-case letters, digits, hyphens.
   * @default - the construct's id
   */
  readonly domainName?: string;

  /**
   * Requests that one caller may make of the zone within `rateWindow` before AWS WAF blocks it there, 10 to 2,000,000,000.
   * @default 1000 for PUBLIC, 5000 for PARTNER
   */
  readonly rateLimit?: number;

  /**
   * The window of `rateLimit`: 1, 2, 5 or 10 minutes.
   * @default Duration.minutes(5)
   */
  readonly rateWindow?: Duration;

  /**
   * What tells one caller from another for `rateLimit`.
   * @default RateAggregation.ip()
   */
  readonly rateAggregation?: RateAggregation;

  /**
   * Requests per second that each method of the zone lets through in the long run, all callers together. API Gateway has no
   * throttle for several methods together, short of the account's.
   * @default 100
   */
  readonly throttleRate?: number;

  /**
   * Requests that each method of the zone lets through at once.
   * @default 200
   */
  readonly throttleBurst?: number;

  /**
   * Exact origins whose scripts may call the zone. `*` is refused.
   * @default - none: no preflight request is answered
   */
  readonly corsOrigins?: string[];

  /**
   * How long a session of `read`, `write`, `monitor` or `audit` may last, 1 to 8 hours. Privileged duties have 1 hour.
   * @default Duration.hours(1)
   */
  readonly maxSessionDuration?: Duration;

  /**
   * How long the zone's own logs are kept.
   * @default RetentionDays.ONE_YEAR
   */
  readonly logRetention?: RetentionDays;

  /**
   * What happens to the key and the logs when they leave the stack.
   * @default RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE - kept, unless the stack's own creation fails
   */
  readonly removalPolicy?: RemovalPolicy;

  /**
   * A key made elsewhere for this zone alone, in place of its own.
   * @default - a key of the zone's own, with a policy for its uses
   */
  readonly encryptionKey?: aws_kms.IKeyRef;

  /**
   * The zone's own role for CloudFormation to act as.
   * @default - `deploy` passes no role: a change runs as the role that the stack was first deployed with, which the stack's synthesizer names
   */
  readonly executionRole?: aws_iam.IRoleRef;

  /**
   * The bucket that holds the stack's assets.
   * @default - the bucket of `cdk bootstrap`, by the qualifier of the stack's synthesizer
   */
  readonly assetBucket?: aws_s3.IBucketRef;
}
