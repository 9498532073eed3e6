/** By what AWS WAF tells one caller from another when it counts requests. */
import type { CfnWebACL } from 'aws-cdk-lib/aws-wafv2';
import { TrustDomainError } from './domain-error';

/** What a domain's rate limit counts per. */
export class RateAggregation {
  /** Per source address, as AWS sees it. Right unless a proxy or CDN stands in front. */
  public static ip(): RateAggregation {
    return new RateAggregation({ aggregateKeyType: 'IP' });
  }

  /**
   * Per address in a header that a trusted proxy sets. Requests whose header holds no valid address are counted together; requests
   * without the header are not counted, so nobody may reach the API around the proxy. Every report says that you see to it.
   * @param headerName Defaults to `X-Forwarded-For`.
   */
  public static forwardedIp(headerName: string = 'X-Forwarded-For'): RateAggregation {
    return new RateAggregation({
      aggregateKeyType: 'FORWARDED_IP',
      forwardedIpConfig: { headerName: checkedHeader(headerName), fallbackBehavior: 'MATCH' },
    });
  }

  /**
   * Per value of a header, such as a client's key. Requests without the header are not counted, and each value has a count of its
   * own: add it only where callers must send it and cannot choose it. Every report says that you see to it.
   * @param headerName The header's name.
   */
  public static header(headerName: string): RateAggregation {
    return new RateAggregation({
      aggregateKeyType: 'CUSTOM_KEYS',
      customKeys: [
        { header: { name: checkedHeader(headerName), textTransformations: [{ priority: 0, type: 'NONE' }] } },
      ],
    });
  }

  private constructor(
    private readonly rendered: Omit<CfnWebACL.RateBasedStatementProperty, 'limit' | 'evaluationWindowSec'>,
  ) {}

  /** @internal */
  public _render(): Omit<CfnWebACL.RateBasedStatementProperty, 'limit' | 'evaluationWindowSec'> {
    return this.rendered;
  }
}

function checkedHeader(name: string): string {
  // A field name as in RFC 9110, section 5.1.
  if (!/^[A-Za-z0-9!#$%&'*+.^_`|~-]{1,64}$/.test(name)) {
    throw new TrustDomainError(
      `rate aggregation: \`${name}\` is not the name of a header; name one like \`X-Client-Id\``,
    );
  }
  return name;
}
