/**
 * What a rate limit rests on that tells callers apart by a header: who writes it. AWS WAF counts no request that lacks the
 * header, and whoever may write what he likes has a new count each time
 * (https://docs.aws.amazon.com/waf/latest/APIReference/API_ForwardedIPConfig.html,
 * https://docs.aws.amazon.com/waf/latest/APIReference/API_RateBasedStatementCustomKey.html).
 */
import { literal } from '../policy/text';
import type { Assumption, Resource } from './model';
import { isResolvedList, property, type Resolved, toText } from './resolved';

export function assumptionsOfRates(resources: readonly Resource[]): readonly Assumption[] {
  const headers = new Map<string, Set<string>>();
  for (const { origin, domain, properties, alternatives } of resources) {
    if (domain === undefined || !/^AWS::WAFv2::(WebACL|RuleGroup)$/.test(origin.type)) continue;
    const lists = alternatives?.Rules?.map(({ value }) => value) ?? [properties.Rules];
    for (const header of lists.flatMap((rules) => listed(rules as Resolved | undefined)).flatMap(headersOf))
      headers.set(header, (headers.get(header) ?? new Set()).add(`\`${domain}\``));
  }
  return [...headers].sort().map(([header, domains]) => ({
    id: 'rate-by-header',
    text: `callers of ${[...domains].sort().join(', ')} are told apart by the header \`${header}\` where their rate is limited: that every request has it, and no caller may write another's or a new one, is seen to elsewhere`,
  }));
}

function headersOf(rule: Resolved): readonly string[] {
  const rate = property(rule, 'Statement', 'RateBasedStatement');
  const keys = listed(property(rate, 'CustomKeys'));
  const addressIsIn = toName(property(rate, 'ForwardedIPConfig', 'HeaderName'));
  const byAddress =
    toName(property(rate, 'AggregateKeyType')) === 'FORWARDED_IP' ||
    keys.some((key) => property(key, 'ForwardedIP') !== undefined);
  const named = keys.map((key) => property(key, 'Header')).filter((header) => header !== undefined);
  return [...(byAddress ? [addressIsIn] : []), ...named.map((header) => toName(property(header, 'Name')))].map(
    (name) => name ?? '?',
  );
}

function toName(value: Resolved | undefined): string | undefined {
  const name = toText(value);
  return name === undefined ? undefined : literal(name);
}

function listed(value: Resolved | undefined): readonly Resolved[] {
  return value !== undefined && isResolvedList(value) ? value : [];
}
