/**
 * The rules of web ACLs as one list: those written in the web ACL itself, and those of the app's rule groups that it refers to,
 * in the order in which AWS WAF asks them. A condition of the template may leave several lists.
 * Source: https://docs.aws.amazon.com/waf/latest/developerguide/web-acl-processing.html
 */
import type { Alternative, Resource, When } from '../model/model';
import { isText } from '../policy/text';
import { listed, member, numberAt } from './settings';
import { textOf } from './signals';

export interface Rule {
  readonly name: string;
  readonly priority: number | 'unknown' | undefined;
  readonly action: 'Allow' | 'Block' | 'other';
  readonly statement: unknown;
}

/** The rules of one web ACL or rule group, as far as they can be read. */
export function rulesOf(value: unknown): { readonly rules: readonly Rule[]; readonly unknown: boolean } {
  const written = listed(value);
  const readable = written.filter((rule) => member(rule, 'Statement') !== undefined);
  return {
    rules: readable.map((rule) => ({
      name: textOf(member(rule, 'Name')) ?? '?',
      priority: numberAt(member(rule, 'Priority')),
      action:
        member(rule, 'Action', 'Block') !== undefined
          ? 'Block'
          : member(rule, 'Action', 'Allow') !== undefined
            ? 'Allow'
            : 'other',
      statement: member(rule, 'Statement'),
    })),
    unknown: readable.length < written.length,
  };
}

export interface RuleList {
  readonly of: Resource;
  /** When the list is so; absent where it always is. */
  readonly when?: When;
  readonly rules: readonly Rule[];
  readonly unknown: boolean;
  /** A rule that is asked before and lets requests past. */
  readonly passedBefore?: string;
}

/** Each resource whose rules the web ACL asks, with every list that it may have. */
export function ruleListsOf(webAcl: Resource, groups: readonly Resource[]): readonly (readonly RuleList[])[] {
  const own = choicesOf(webAcl);
  const referred = groups.flatMap((group): readonly (readonly RuleList[])[] => {
    const references = own.flatMap(({ value }) =>
      listed(value).flatMap((rule) => (refersTo(rule, group) ? [{ rule, all: rulesOf(value).rules }] : [])),
    );
    const [first] = references;
    // A group whose answers are only counted blocks nothing.
    if (first === undefined || references.some(({ rule }) => member(rule, 'OverrideAction', 'Count') !== undefined))
      return [];
    const at = numberAt(member(first.rule, 'Priority'));
    const passedBefore = first.all.find(
      ({ action, priority }) =>
        action === 'Allow' && (typeof priority !== 'number' || typeof at !== 'number' || priority < at),
    )?.name;
    return [choicesOf(group).map((choice) => listOf(group, choice, passedBefore))];
  });
  return [own.map((choice) => listOf(webAcl, choice)), ...referred];
}

function choicesOf({
  alternatives,
  properties,
}: Resource): readonly (Alternative | { value: unknown; when?: undefined })[] {
  return alternatives?.Rules ?? [{ value: properties.Rules }];
}

function listOf(
  of: Resource,
  { value, when }: { value: unknown; when?: When | undefined },
  passedBefore?: string,
): RuleList {
  return {
    of,
    ...(when === undefined ? {} : { when }),
    ...rulesOf(value),
    ...(isText(value) ? { unknown: true } : {}),
    ...(passedBefore === undefined ? {} : { passedBefore }),
  };
}

/** By the group's ARN, of which AWS generates a part. */
export function refersTo(rule: unknown, group: Resource): boolean {
  const arn = member(rule, 'Statement', 'RuleGroupReferenceStatement', 'Arn');
  return isText(arn) && arn.parts.some((part) => typeof part !== 'string' && part.hole.startsWith(`${group.id}#`));
}
