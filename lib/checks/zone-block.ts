/**
 * Whether a zone of a shared gateway can be blocked there alone (DOM-14): a rule group or web ACL before the gateway has, in
 * every deployment in which one parameter is anything but its first value, a rule that is asked first and blocks whatever API
 * Gateway may route below the zone's path, and nothing of another zone.
 *
 * It is a parameter of the gateway's stack, and so another than that which revokes the zone's sessions: what stands
 * before the gateway is the gateway's.
 */
import type { Model, When, Zone } from '../model/model';
import { DEPLOYMENT_KEY_PREFIX } from '../policy/catalogue';
import type { Condition } from '../policy/document';
import { letPast } from './let-past';
import { type Guard, type SharedGateway, sharedGateways } from './shared-gateways';
import { type Coverage, coverageOf } from './zone-coverage';
import { type RuleList, ruleListsOf } from './zone-rules';

export interface ZoneBlock {
  /** The parameter's hole, where one blocks the zone. */
  readonly parameter?: string;
  readonly fault?: { readonly what: string; readonly paths: readonly string[]; readonly undecided?: true };
}

export function zoneBlock(
  { api, path }: { readonly api: string; readonly path: string },
  domain: string,
  model: Model,
): ZoneBlock {
  const gateway = sharedGateways(model).find((one) => one.api.id === api);
  if (gateway === undefined) return {};
  const zone = { domain, path };
  const paths = [gateway.api.origin.path, ...gateway.webAcls.map(({ origin }) => origin.path)];
  const open = gateway.guards.find(({ associations }) => associations.length === 0);
  if (open !== undefined)
    return { fault: { what: `does not block it at \`${open.stage.resource.origin.path}\``, paths } };
  const byStage = gateway.guards.map((guard) => triedBefore(guard, zone, gateway, model));
  // The switch of the gateway itself blocks whatever there is, be it one zone alone.
  const alone = (one: Tried) => one.of.domain !== gateway.api.domain && one.blocks === true && one.others.length === 0;
  const found = byStage[0]?.find(
    (one) => alone(one) && byStage.every((each) => each.some((x) => x.parameter === one.parameter && alone(x))),
  );
  if (found !== undefined) return { parameter: found.parameter };
  const own = byStage.flat().filter(({ of }) => of.domain === domain);
  const together = own.find(({ blocks, others }) => blocks === true && others.length > 0);
  if (together !== undefined) {
    const others = together.others.map((other) => `\`${other}\``).join(' and ');
    return { parameter: together.parameter, fault: { what: `blocks ${others} as well`, paths } };
  }
  if (own.some(({ blocks }) => blocks === undefined))
    return { fault: { what: 'only perhaps blocks all its requests', paths, undecided: true } };
  const missed = own.flatMap((one) => one.missed ?? [])[0];
  const which = missed === undefined ? 'all its requests' : `requests such as \`${missed}\``;
  return { fault: { what: `does not block ${which}`, paths } };
}

interface Tried extends Blocked {
  readonly parameter: string;
}

/** A web ACL that is not always there, or is not before the stage in every deployment, blocks perhaps. */
function triedBefore({ associations }: Guard, zone: Zone, gateway: SharedGateway, model: Model): readonly Tried[] {
  return associations.flatMap(({ of: association, webAcls }) =>
    webAcls.flatMap((webAcl) => {
      const isCertain = associations.length === 1 && association.when === undefined && webAcl.when === undefined;
      return ruleListsOf(webAcl, gateway.ruleGroups).flatMap((lists) =>
        parametersOf(lists).map((parameter) => {
          const tried = blocked(lists, parameter, zone, gateway, model);
          const isSure = isCertain && lists.every(({ of }) => of.when === undefined);
          return { parameter, ...tried, ...(tried.blocks === true && !isSure ? { blocks: undefined } : {}) };
        }),
      );
    }),
  );
}

interface Blocked {
  readonly of: RuleList['of'];
  readonly blocks: boolean | undefined;
  /** Domains that are blocked with it. */
  readonly others: readonly string[];
  /** A request of the zone that the rule does not block. */
  readonly missed?: string;
}

function blocked(
  lists: readonly RuleList[],
  parameter: string,
  zone: Zone,
  gateway: SharedGateway,
  model: Model,
): Blocked {
  const answers = lists
    .filter(({ when }) => when === undefined || mayBeIsolated(when, parameter))
    .map((list) => blockedBy(list, zone, gateway, model));
  const wholes = answers.map(({ whole }) => whole);
  const others = (of: 'others' | 'perhaps') => answers.flatMap((answer) => answer[of]);
  const missed = answers.flatMap((answer) => answer.missed ?? [])[0];
  const blocks = wholes.includes(false) ? false : wholes.includes(undefined) ? undefined : wholes.length > 0;
  return {
    of: lists[0]!.of,
    blocks: blocks === true && others('others').length === 0 && others('perhaps').length > 0 ? undefined : blocks,
    others: [...new Set(others('others'))].sort(),
    ...(missed === undefined ? {} : { missed }),
  };
}

/** What the rule blocks that is asked first, where none of the web ACL lets requests past it. */
function blockedBy({ rules, unknown, before }: RuleList, zone: Zone, gateway: SharedGateway, model: Model): Coverage {
  const nothing = { others: [], perhaps: [] };
  if (unknown || rules.some(({ priority }) => typeof priority !== 'number')) return { whole: undefined, ...nothing };
  const first = Math.min(...rules.map(({ priority }) => Number(priority)));
  const rule = rules.find(({ priority, action }) => priority === first && action === 'Block');
  const past = letPast(before, zone, gateway, model);
  if (rule === undefined || past?.is === 'certain') return { whole: false, ...nothing };
  const coverage = coverageOf(rule.statement, zone, gateway, model);
  return past === undefined ? coverage : { ...coverage, whole: coverage.whole === false ? false : undefined };
}

/** The parameters on which it depends what the list is. */
function parametersOf(lists: readonly RuleList[]): readonly string[] {
  const keys = lists.flatMap(({ when = [] }) => when.flat().map(({ key }) => key));
  const holes = keys
    .filter((key) => key.startsWith(DEPLOYMENT_KEY_PREFIX))
    .map((key) => key.slice(DEPLOYMENT_KEY_PREFIX.length).replace(/#\d+$/, ''));
  return [...new Set(holes)];
}

/** False only for the one value of the parameter that stands for *not isolated*. */
export function mayBeIsolated(when: When, parameter: string): boolean {
  const switchedOff = ({ operator, key }: Condition): boolean => operator === 'StringEquals' && isKeyOf(key, parameter);
  return when.some((conjunction) => !conjunction.some(switchedOff));
}

/** Names that differ by case alone are told apart by a number. */
function isKeyOf(key: string, parameter: string): boolean {
  const own = `${DEPLOYMENT_KEY_PREFIX}${parameter}`;
  return key === own || (key.startsWith(`${own}#`) && /^\d+$/.test(key.slice(own.length + 1)));
}
