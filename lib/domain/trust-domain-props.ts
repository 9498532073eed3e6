/** What an author says about a trust domain. Everything that separates domains must be said; the rest has a secure default. */
import type { Duration, RemovalPolicy, Size } from 'aws-cdk-lib';
import type { RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { aws_ec2, aws_iam, aws_kms, aws_s3 } from 'aws-cdk-lib/interfaces';
import type { Assumer } from './assumer';
import type { Authentication } from './authentication';
import type { Exposure } from './exposure';
import type { Lifecycle } from './lifecycle';
import type { MonitoringProps } from './monitoring-props';
import type { PrivateDomainProps } from './private-domain';
import type { PrivateEndpointProps } from './private-endpoint';
import type { RateAggregation } from './rate-aggregation';

/** Who may take on each duty. Every duty needs at least one assumer, and nobody may have two. */
export interface DutyAssumers {
  /** Grants access: administers the key's policy and the domain's users. Privileged. */
  readonly provision: Assumer[];

  /** Prepares changes. Privileged. */
  readonly deploy: Assumer[];

  /** Lets prepared changes run. Privileged. */
  readonly approve: Assumer[];

  /** Reads the domain's data. */
  readonly read: Assumer[];

  /** Changes the domain's data. */
  readonly write: Assumer[];

  /** Watches production. */
  readonly monitor: Assumer[];

  /** Reads the audit trail. */
  readonly audit: Assumer[];
}

/** Properties of a trust domain. */
export interface TrustDomainProps extends MonitoringProps {
  /** Whom the domain serves. Decides the endpoint type and the default protections. */
  readonly exposure: Exposure;

  /** The team that answers for the domain, as tags and reports name it. */
  readonly owner: string;

  /** How callers prove who they are. No default: the choice is the author's, and shared with no other domain. */
  readonly authentication: Authentication;

  /** Who may take on each duty. No default. */
  readonly assumers: DutyAssumers;

  /**
   * The domain's name: part of every physical name, unique in its account and region. Lower-case letters, digits, hyphens.
   * @default - the construct's id
   */
  readonly domainName?: string;

  /**
   * The domain's stage of life where it stands. Development and production share no issuer, user pool, authority, key or secret.
   * @default - what the configuration says, or the name of the CDK Stage (`Prod`, `dev-eu`); unknown where neither does
   */
  readonly lifecycle?: Lifecycle;

  /**
   * The domain's own interface endpoints for `execute-api`, made elsewhere, through which alone an INTERNAL domain is reached.
   * @default - none; an error for INTERNAL without `privateEndpoint`, and required to stay empty for the others
   */
  readonly vpcEndpoints?: aws_ec2.IVPCEndpointRef[];

  /**
   * Where an INTERNAL domain gets an interface endpoint of its own, with a security group and a policy for its callers alone.
   * @default - none is made; for the others it is an error
   */
  readonly privateEndpoint?: PrivateEndpointProps;

  /**
   * The name under which an INTERNAL domain is reached through its endpoints. The default endpoint is then off.
   * @default - none: callers use the default name; for the others it is an error
   */
  readonly privateDomain?: PrivateDomainProps;

  /**
   * Whether the API's default endpoint is off: for an API that is reached by a custom domain of the author's own.
   * @default false - on, unless callers have client certificates or `privateDomain` names the API
   */
  readonly disableDefaultEndpoint?: boolean;

  /**
   * Requests that one caller may make within `rateWindow` before AWS WAF blocks it, 10 to 2,000,000,000.
   * @default 1000 for PUBLIC, 5000 for PARTNER, 20000 for INTERNAL
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
   * AWS managed rule groups, by name, in order. An empty list leaves the rate limit alone.
   * @default - common rules and known bad inputs; for PARTNER also the reputation list; for PUBLIC also anonymous addresses and SQL injection
   */
  readonly managedRuleGroups?: string[];

  /**
   * Requests per second that the stage lets through in the long run, all callers together.
   * @default 100
   */
  readonly throttleRate?: number;

  /**
   * Requests that the stage lets through at once.
   * @default 200
   */
  readonly throttleBurst?: number;

  /**
   * Name of the API's one stage.
   * @default 'v1'
   */
  readonly stageName?: string;

  /**
   * Exact origins whose scripts may call the API. `*` is refused.
   * @default - none: no preflight request is answered
   */
  readonly corsOrigins?: string[];

  /**
   * Responses of at least this size are compressed for callers that ask.
   * @default - no compression
   */
  readonly minCompressionSize?: Size;

  /**
   * How long a session of `read`, `write`, `monitor` or `audit` may last, 1 to 8 hours. Privileged duties have 1 hour.
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
   * A key made elsewhere for this domain alone, in place of the domain's own. Its policy is its author's: it must let
   * CloudWatch Logs encrypt the domain's log groups. A `kms.Key` of the app gets the statements it lacks.
   * @default - a key of the domain's own, with a policy for the domain's uses
   */
  readonly encryptionKey?: aws_kms.IKeyRef;

  /**
   * The domain's own role for CloudFormation to act as. The duty `deploy` may pass it, and the key lets it administer.
   * @default - `deploy` passes no role: a change runs as the role that the stack was first deployed with, which the stack's synthesizer names
   */
  readonly executionRole?: aws_iam.IRoleRef;

  /**
   * The bucket that holds the stack's assets.
   * @default - the bucket of `cdk bootstrap`, by the qualifier of the stack's synthesizer
   */
  readonly assetBucket?: aws_s3.IBucketRef;
}
