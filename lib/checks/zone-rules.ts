/**
 * The rules of web ACLs as one list: those written in the web ACL itself, and those of the app's rule groups that it refers to,
 * in the order in which AWS WAF asks them. A condition of the template may leave several lists.
 *
 * A rule group acts as the web ACL that refers to it says: overrides of its rules' actions count, and one of the whole group
 * makes it count only. Of groups that the app does not hold, AWS's own let no request past; of others nobody here knows.
 * Sources: https://docs.aws.amazon.com/waf/latest/developerguide/web-acl-processing.html,
 * https://docs.aws.amazon.com/waf/latest/developerguide/web-acl-rule-group-override-options.html
 */
import type { Alternative, Resource, When } from '../model/model';
import { isText } from '../policy/text';
import { textOf } from './answers';
import { listed, member, numberAt } from './settings';

export interface Rule {
  readonly name: string;
  readonly priority: number | 'unknown' | undefined;
  /**
   * `Puzzle` stops who cannot solve it, or is no browser, and lets nobody past the rules that follow; `other` stops and lets
   * past nobody. `unknown`: only the deployment knows, or somebody elsewhere.
   */
  readonly action: 'Allow' | 'Block' | 'Puzzle' | 'other' | 'unknown';
  readonly statement: unknown;
}

interface Rules {
  readonly rules: readonly Rule[];
  readonly unknown: boolean;
}

/** The rules of one web ACL or rule group, as far as they can be read. What a rule group that it refers to lets past stands in its place. */
export function rulesOf(value: unknown, groups: readonly Resource[] = []): Rules {
  const written = listed(value);
  const readable = written.filter((rule) => member(rule, 'Statement') !== undefined);
  return { rules: readable.flatMap((rule) => read(rule, groups)), unknown: readable.length < written.length };
}

function read(rule: unknown, groups: readonly Resource[]): readonly Rule[] {
  const name = textOf(member(rule, 'Name')) ?? '?';
  const priority = numberAt(member(rule, 'Priority'));
  const statement = member(rule, 'Statement');
  const managed = member(statement, 'ManagedRuleGroupStatement');
  const reference = member(statement, 'RuleGroupReferenceStatement');
  if (managed === undefined && reference === undefined)
    return [{ name, priority, action: actionIn(member(rule, 'Action')), statement }];
  // A rule that asks a group has no action; AWS WAF refuses one that has both, and so nobody can say what it does.
  const stray = member(rule, 'Action') === undefined ? 'other' : actionIn(member(rule, 'Action'));
  const asked: Rule = { name, priority, action: mayLetPast(stray) ? stray : 'other', statement };
  const lets = (action: Rule['action'], what?: unknown): Rule => ({ name, priority, action, statement: what });
  const counts = countsOnly(rule);
  if (counts === true) return [asked];
  if (counts === undefined) return [asked, lets('unknown')];
  if (managed !== undefined) {
    const actions = [...(overridesOf(managed)?.values() ?? ['unknown' as const])];
    if (textOf(member(managed, 'VendorName')) !== 'AWS') actions.push('unknown');
    return [asked, ...passing(actions).map((action) => lets(action, member(managed, 'ScopeDownStatement')))];
  }
  const group = groups.find((one) => refersTo(rule, one));
  const choices = group === undefined ? [] : choicesOf(group).map((choice) => groupRules(choice.value, rule));
  const inside = choices.flatMap(({ rules }) => rules).filter(({ action }) => mayLetPast(action));
  const isKnown = choices.length > 0 && choices.every(({ unknown }) => !unknown);
  return [asked, ...inside.map((one) => ({ ...one, priority })), ...(isKnown ? [] : [lets('unknown')])];
}

function passing(actions: readonly Rule['action'][]): readonly Rule['action'][] {
  return [...new Set(actions)].filter(mayLetPast);
}

function mayLetPast(action: Rule['action']): boolean {
  return action === 'Allow' || action === 'unknown';
}

/** The first that lets past ends the evaluation; what counts, or asks for a puzzle that is solved, does not. */
function actionIn(action: unknown): Rule['action'] {
  if (member(action, 'Block') !== undefined) return 'Block';
  if (member(action, 'Allow') !== undefined) return 'Allow';
  if (['Captcha', 'Challenge'].some((kind) => member(action, kind) !== undefined)) return 'Puzzle';
  return member(action, 'Count') === undefined ? 'unknown' : 'other';
}

/** Whether the answers of a rule group are only counted; undefined where only the deployment knows. */
function countsOnly(rule: unknown): boolean | undefined {
  const override = member(rule, 'OverrideAction');
  if (override === undefined || member(override, 'None') !== undefined) return false;
  return member(override, 'Count') !== undefined ? true : undefined;
}

/** By the name of the rule, what its action is instead; undefined where only the deployment knows. */
function overridesOf(reference: unknown): ReadonlyMap<string, Rule['action']> | undefined {
  const excluded = listed(member(reference, 'ExcludedRules')).map((one) => [nameOf(one), 'other'] as const);
  const changed = listed(member(reference, 'RuleActionOverrides')).map(
    (one) => [nameOf(one), actionIn(member(one, 'ActionToUse'))] as const,
  );
  const all = [...excluded, ...changed];
  const known = all.flatMap(([name, action]) => (name === undefined ? [] : [[name, action] as const]));
  return known.length < all.length ? undefined : new Map(known);
}

function nameOf(override: unknown): string | undefined {
  return textOf(member(override, 'Name'));
}

/** The rules of a group as the rule that refers to it has them act. */
function groupRules(value: unknown, reference: unknown): Rules {
  const { rules, unknown } = rulesOf(value);
  const overrides = overridesOf(member(reference, 'Statement', 'RuleGroupReferenceStatement'));
  if (overrides === undefined || isText(value)) return { rules, unknown: true };
  return { rules: rules.map((rule) => ({ ...rule, action: overrides.get(rule.name) ?? rule.action })), unknown };
}

export interface RuleList extends Rules {
  readonly of: Resource;
  /** When the list is so; absent where it always is. */
  readonly when?: When;
  /** Rules of the web ACL that are asked before and may let requests past. */
  readonly before: readonly Rule[];
}

/** Each resource whose rules the web ACL asks, with every list that it may have. */
export function ruleListsOf(webAcl: Resource, groups: readonly Resource[]): readonly (readonly RuleList[])[] {
  const own = choicesOf(webAcl);
  const lists = own.map(({ value, when }) => ({
    of: webAcl,
    ...rulesOf(value, groups),
    ...(isText(value) ? { unknown: true } : {}),
    ...(when === undefined ? {} : { when }),
    before: [],
  }));
  const referred = groups.flatMap((group): readonly (readonly RuleList[])[] => {
    if (!own.some(({ value }) => listed(value).some((rule) => refersTo(rule, group)))) return [];
    return [own.flatMap((choice) => asAsked(group, choice, groups))];
  });
  return [lists, ...referred];
}

type Choice = Alternative | { readonly value: unknown; readonly when?: undefined };

/** What the rules of a web ACL or group may be, where a condition of the template decides. */
export function choicesOf({ alternatives, properties }: Resource): readonly Choice[] {
  return alternatives?.Rules ?? [{ value: properties.Rules }];
}

/** The lists of a group where the web ACL's own rules are these; one without rules where they do not refer to it, or have it count. */
function asAsked(group: Resource, { value, when }: Choice, groups: readonly Resource[]): readonly RuleList[] {
  const reference = listed(value).find((rule) => refersTo(rule, group));
  const counts = countsOnly(reference);
  if (reference === undefined || counts === true)
    return [{ of: group, rules: [], unknown: isText(value), ...(when === undefined ? {} : { when }), before: [] }];
  const at = numberAt(member(reference, 'Priority'));
  const before = rulesOf(value, groups).rules.filter(
    ({ action, priority }) => mayLetPast(action) && !isAfter(priority, at) && !(priority === at && at !== 'unknown'),
  );
  return choicesOf(group).map((choice) => {
    const both = conjunction(when, choice.when);
    const rules = groupRules(choice.value, reference);
    return {
      of: group,
      ...rules,
      unknown: rules.unknown || counts === undefined,
      ...(both === undefined ? {} : { when: both }),
      before,
    };
  });
}

/** Whether the one is certainly asked after the other. */
export function isAfter(one: Rule['priority'], other: Rule['priority']): boolean {
  return typeof one === 'number' && typeof other === 'number' && one > other;
}

function conjunction(a: When | undefined, b: When | undefined): When | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  return a.flatMap((one) => b.map((other) => [...one, ...other]));
}

/** By the group's ARN, of which AWS generates a part. */
export function refersTo(rule: unknown, group: Resource): boolean {
  const arn = member(rule, 'Statement', 'RuleGroupReferenceStatement', 'Arn');
  return isText(arn) && arn.parts.some((part) => typeof part !== 'string' && part.hole.startsWith(`${group.id}#`));
}
