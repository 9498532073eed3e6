/**
 * The web ACL of a trust domain: its own rate limit, the AWS managed rule groups that fit its
 * exposure, and a log that holds no credentials.
 *
 * AWS WAF counts approximately and with a delay of seconds
 * (https://docs.aws.amazon.com/waf/latest/developerguide/waf-rule-statement-type-rate-based-caveats.html):
 * the limit stops floods, the stage throttle stops bursts.
 */
import { Duration, type IResolvable, Token } from 'aws-cdk-lib';
import type { ILogGroup } from 'aws-cdk-lib/aws-logs';
import { CfnLoggingConfiguration, CfnWebACL, CfnWebACLAssociation } from 'aws-cdk-lib/aws-wafv2';
import { Construct } from 'constructs';
import { TrustDomainError } from './domain-error';
import type { DomainIsolation } from './domain-isolation';
import { Exposure } from './exposure';
import { RateAggregation } from './rate-aggregation';
import type { TrustDomainProps } from './trust-domain-props';

// https://docs.aws.amazon.com/waf/latest/APIReference/API_RateBasedStatement.html
const LIMIT_MIN = 10;
const LIMIT_MAX = 2_000_000_000;
const WINDOWS = [60, 120, 300, 600];

/** How often one caller may ask. */
export interface RateLimit {
  readonly limit: number;
  readonly window: Duration;
  readonly aggregation: RateAggregation;
}

export interface DomainWebAclProps {
  readonly domain: string;
  readonly name: string;
  /** Absent where each domain behind it has a rate limit of its own. */
  readonly rate?: RateLimit;
  readonly managedRuleGroups: readonly string[];
  readonly stageArn: string;
  readonly logGroup: ILogGroup;
  /** ARN of the log group without `:*`, as AWS WAF takes it. */
  readonly logGroupArn: string;
  readonly isolation: DomainIsolation;
}

export class DomainWebAcl extends Construct {
  public readonly webAcl: CfnWebACL;
  private readonly rules: (CfnWebACL.RuleProperty | IResolvable)[];
  private groups = 0;

  constructor(scope: Construct, id: string, props: DomainWebAclProps) {
    super(scope, id);
    const { rate } = props;
    // Between them the rule groups of domains that share what stands behind.
    const managedFrom = rate === undefined ? 1 + MAX_GROUPS : 2;
    this.rules = [
      ...(rate === undefined
        ? []
        : [
            {
              name: 'rate-limit',
              priority: 1,
              action: { block: { customResponse: { responseCode: 429 } } },
              visibilityConfig: visible(`${props.name}-rate-limit`),
              statement: {
                rateBasedStatement: {
                  limit: rate.limit,
                  evaluationWindowSec: rate.window.toSeconds(),
                  ...rate.aggregation._render(),
                },
              },
            },
          ]),
      ...props.managedRuleGroups.map((group, index) => ({
        name: group,
        priority: index + managedFrom,
        overrideAction: { none: {} },
        visibilityConfig: visible(`${props.name}-${group}`),
        statement: { managedRuleGroupStatement: { vendorName: 'AWS', name: group } },
      })),
      // By its priority before every other, so that none lets past what it blocks.
      props.isolation.rule(0, `${props.name}-isolation`),
    ];
    this.webAcl = new CfnWebACL(this, 'Resource', {
      name: props.name,
      description: `Bulkhead: rate limit${rate === undefined ? 's of its zones' : ''} and managed rules of trust domain ${props.domain}`,
      scope: 'REGIONAL',
      defaultAction: { allow: {} },
      visibilityConfig: visible(props.name),
      rules: this.rules,
    });
    new CfnWebACLAssociation(this, 'Association', { webAclArn: this.webAcl.attrArn, resourceArn: props.stageArn });
    const logging = new CfnLoggingConfiguration(this, 'Logging', {
      resourceArn: this.webAcl.attrArn,
      logDestinationConfigs: [props.logGroupArn],
      // Tokens and session cookies would make the audit trail a store of credentials.
      redactedFields: [{ singleHeader: { Name: 'authorization' } }, { singleHeader: { Name: 'cookie' } }],
    });
    logging.node.addDependency(props.logGroup);
  }

  /** Asks the rules of a group before the managed ones. Counted under the name of the group. */
  public addRuleGroup(name: string, arn: string): void {
    this.groups += 1;
    this.rules.push({
      name,
      priority: this.groups,
      overrideAction: { none: {} },
      visibilityConfig: visible(name),
      statement: { ruleGroupReferenceStatement: { arn } },
    });
  }
}

/** As many as an API has authorizers, and room. */
const MAX_GROUPS = 50;

/** AWS managed groups by exposure; the sum of their capacities stays under AWS WAF's 1,500 units. */
export function defaultRuleGroups(exposure: Exposure): string[] {
  const everywhere = ['AWSManagedRulesCommonRuleSet', 'AWSManagedRulesKnownBadInputsRuleSet'];
  switch (exposure) {
    case Exposure.INTERNAL:
      return everywhere;
    case Exposure.PARTNER:
      return [...everywhere, 'AWSManagedRulesAmazonIpReputationList'];
    case Exposure.PUBLIC:
      return [
        ...everywhere,
        'AWSManagedRulesAmazonIpReputationList',
        'AWSManagedRulesAnonymousIpList',
        'AWSManagedRulesSQLiRuleSet',
      ];
  }
}

/** What the author said of it, or the defaults. */
export function rateLimitOf(
  { rateLimit, rateWindow, rateAggregation }: Pick<TrustDomainProps, 'rateLimit' | 'rateWindow' | 'rateAggregation'>,
  exposure: Exposure,
): RateLimit {
  return {
    limit: rateLimit ?? defaultRateLimit(exposure),
    window: rateWindow ?? Duration.minutes(5),
    aggregation: rateAggregation ?? RateAggregation.ip(),
  };
}

/** Requests per window and caller: the more callers are known, the more each may ask. */
function defaultRateLimit(exposure: Exposure): number {
  switch (exposure) {
    case Exposure.INTERNAL:
      return 20_000;
    case Exposure.PARTNER:
      return 5_000;
    case Exposure.PUBLIC:
      return 1_000;
  }
}

export function requireRateLimit(domain: string, limit: number | undefined, window: Duration | undefined): void {
  if (
    limit !== undefined &&
    !Token.isUnresolved(limit) &&
    !(Number.isInteger(limit) && limit >= LIMIT_MIN && limit <= LIMIT_MAX)
  ) {
    throw new TrustDomainError(
      `trust domain \`${domain}\`: the rate limit \`${limit}\` is outside what AWS WAF takes; \`rateLimit\` is a whole number of requests from ${LIMIT_MIN} to ${LIMIT_MAX} per window`,
    );
  }
  const seconds = window === undefined || window.isUnresolved() ? undefined : window.toSeconds({ integral: false });
  if (seconds !== undefined && !WINDOWS.includes(seconds)) {
    throw new TrustDomainError(
      `trust domain \`${domain}\`: the rate window \`${seconds}\` seconds is not one that AWS WAF has; \`rateWindow\` is one of ${WINDOWS.join(', ')} seconds`,
    );
  }
}

export function visible(metricName: string): CfnWebACL.VisibilityConfigProperty {
  return { cloudWatchMetricsEnabled: true, metricName, sampledRequestsEnabled: true };
}
