/**
 * Whether a rate-based rule of AWS WAF counts every caller (DOM-8): what it counts by must be in every request, and
 * no caller may get a new count by writing the request in another way.
 *
 * Requests that lack one of a rule's keys are left out, and each new value has a count of its own. A header may be
 * what a caller is known by, or be set by a proxy in front: that is the author's word, and stands among the assumptions of
 * a report. Of the path, the query and cookies nobody could say so.
 * Sources: https://docs.aws.amazon.com/waf/latest/developerguide/waf-rule-statement-type-rate-based-aggregation-options.html,
 * https://docs.aws.amazon.com/waf/latest/APIReference/API_ForwardedIPConfig.html
 */

import { textOf } from './answers';
import { listed, member } from './settings';

export interface Uncounted {
  readonly is: 'violated' | 'undecided';
  readonly why: string;
}

/** What every request has, and no caller chooses freely. */
const OF_EVERY_REQUEST: ReadonlySet<string> = new Set(['IP', 'HTTPMethod', 'ASN', 'Header', 'ForwardedIP']);
const CHOSEN: ReadonlySet<string> = new Set([
  'Cookie',
  'QueryArgument',
  'QueryString',
  'UriPath',
  'JA3Fingerprint',
  'JA4Fingerprint',
]);

/** Why the rule does not count every caller; undefined where it does. */
export function uncountedBy(rate: unknown): Uncounted | undefined {
  const written = member(rate, 'AggregateKeyType');
  // Without one AWS WAF takes no rule.
  const type = written === undefined ? 'IP' : textOf(written);
  switch (type) {
    case 'IP':
    case 'CONSTANT':
      return undefined;
    case 'FORWARDED_IP':
      return withoutAddress(rate);
    case 'CUSTOM_KEYS': {
      const keys = listed(member(rate, 'CustomKeys')).flatMap((key) =>
        typeof key === 'object' && key !== null ? Object.keys(key) : ['?'],
      );
      const chosen = keys.find((key) => CHOSEN.has(key));
      if (chosen !== undefined)
        return {
          is: 'violated',
          why: `its rule counts by \`${chosen}\`, of which a caller may write another each time`,
        };
      if (keys.length === 0 || keys.some((key) => !OF_EVERY_REQUEST.has(key)))
        return { is: 'undecided', why: 'its rule counts requests that have a label, or by what is not known' };
      return keys.includes('ForwardedIP') ? withoutAddress(rate) : undefined;
    }
    default:
      return { is: 'undecided', why: 'only the deployment knows by what its rule counts' };
  }
}

function withoutAddress(rate: unknown): Uncounted | undefined {
  const fallback = textOf(member(rate, 'ForwardedIPConfig', 'FallbackBehavior'));
  if (fallback === 'MATCH') return undefined;
  return fallback === undefined
    ? { is: 'undecided', why: 'only the deployment knows whether its rule counts requests without a valid address' }
    : { is: 'violated', why: 'its rule leaves out requests whose header holds no valid address' };
}
