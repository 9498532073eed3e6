/**
 * The rules of AWS WAF about one zone of a shared gateway: its rate limit, and the switch that blocks it alone, in a rule group
 * of the zone's own, which the gateway's web ACL asks.
 *
 * AWS WAF sees the path as it was sent, with the stage before it, and API Gateway matches what it decodes. So the path is
 * matched decoded, and decoded and normalised: however it is spelt, one of the two readings is that of API Gateway, and what
 * only the other reads is counted too often, never too seldom. Case is left alone, because API Gateway minds it.
 * Sources: https://docs.aws.amazon.com/waf/latest/developerguide/waf-rule-statement-transformation.html,
 * https://docs.aws.amazon.com/waf/latest/developerguide/waf-rule-statement-fields-list.html
 */
import { CfnRuleGroup } from 'aws-cdk-lib/aws-wafv2';
import { Construct } from 'constructs';
import { DomainIsolation } from './domain-isolation';
import { type RateLimit, visible } from './domain-web-acl';

/**
 * AWS WAF's units, which cannot be raised later: 34 for each of the two matches, 2 for counting by address, 30 more by a header
 * (https://docs.aws.amazon.com/waf/latest/developerguide/aws-waf-capacity-units.html).
 */
const CAPACITY = 100;

export interface ZoneRulesProps {
  readonly domain: string;
  /** Of the rule group, and of its metrics. */
  readonly name: string;
  readonly path: string;
  /** Under which paths requests reach the gateway: `/v1`. */
  readonly entrances: readonly string[];
  readonly rate: RateLimit;
}

export class ZoneRules extends Construct {
  public readonly ruleGroup: CfnRuleGroup;
  public readonly isolation: DomainIsolation;

  constructor(scope: Construct, id: string, props: ZoneRulesProps) {
    super(scope, id);
    const { domain, name, path, entrances, rate } = props;
    const below = { orStatement: { statements: entrances.flatMap((entrance) => readings(`${entrance}${path}/`)) } };
    this.isolation = new DomainIsolation(this, 'Isolation', domain, {
      parameter: parameterOf(domain),
      effect: `is blocked at its shared gateway since`,
    });
    this.ruleGroup = new CfnRuleGroup(this, 'Resource', {
      name,
      description: `Bulkhead: rate limit and isolation of trust domain ${domain} at its shared gateway`,
      scope: 'REGIONAL',
      capacity: CAPACITY,
      visibilityConfig: visible(`${name}-rules`),
      rules: [
        this.isolation.rule(0, `${name}-isolation`, spelt(below) as object),
        {
          name: 'rate-limit',
          priority: 1,
          // CDK passes on what stands in `block` as it is.
          action: { block: { CustomResponse: { ResponseCode: 429 } } },
          visibilityConfig: visible(`${name}-rate-limit`),
          statement: {
            rateBasedStatement: {
              limit: rate.limit,
              evaluationWindowSec: rate.window.toSeconds(),
              ...rate.aggregation._render(),
              scopeDownStatement: below,
            },
          },
        },
      ],
    });
  }
}

/** The parameter of the gateway's stack that blocks the domain: `PartnerIsolatedSince`. */
function parameterOf(domain: string): string {
  const words = domain.split('-').map((word) => word.charAt(0).toUpperCase() + word.slice(1));
  return `${words.join('')}IsolatedSince`;
}

function readings(prefix: string): CfnRuleGroup.StatementProperty[] {
  return [['URL_DECODE'], ['URL_DECODE', 'NORMALIZE_PATH']].map((types) => ({
    byteMatchStatement: {
      fieldToMatch: { uriPath: {} },
      positionalConstraint: 'STARTS_WITH',
      searchString: prefix,
      textTransformations: types.map((type, priority) => ({ priority, type })),
    },
  }));
}

/** As CloudFormation spells it: CDK does not look into a condition. */
function spelt(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(spelt);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [key.charAt(0).toUpperCase() + key.slice(1), spelt(inner)]),
  );
}
