/**
 * Whether a zone of a shared gateway can be blocked there alone (DOM-14): a rule group or web ACL before the gateway has, in
 * every deployment in which one parameter is anything but its first value, a rule that is asked first and blocks whatever API
 * Gateway may route below the zone's path, and nothing of another zone.
 *
 * It is a parameter of the gateway's stack, and so another than that which revokes the zone's sessions: what stands
 * before the gateway is the gateway's.
 */
import type { Model, When } from '../model/model';
import { DEPLOYMENT_KEY_PREFIX } from '../policy/catalogue';
import type { Condition } from '../policy/document';
import { coverageOf, type SharedGateway, sharedGateways } from './shared-gateways';
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
  const tried = gateway.webAcls.flatMap((webAcl) =>
    ruleListsOf(webAcl, gateway.ruleGroups).flatMap((lists) =>
      parametersOf(lists).map((parameter) => ({
        parameter,
        ...blocked(lists, parameter, { domain, path }, gateway, model),
      })),
    ),
  );
  // The switch of the gateway itself blocks whatever there is, be it one zone alone.
  const alone = tried.find(
    ({ of, blocks, others }) => of.domain !== gateway.api.domain && blocks === true && others.length === 0,
  );
  if (alone !== undefined) return { parameter: alone.parameter };
  const paths = [gateway.api.origin.path, ...gateway.webAcls.map(({ origin }) => origin.path)];
  const own = tried.filter(({ of }) => of.domain === domain);
  const [together] = own.filter(({ blocks }) => blocks === true);
  if (together !== undefined) {
    const others = together.others.map((other) => `\`${other}\``).join(' and ');
    return { parameter: together.parameter, fault: { what: `blocks ${others} as well`, paths } };
  }
  if (own.some(({ blocks }) => blocks === undefined))
    return { fault: { what: 'only perhaps blocks all its requests', paths, undecided: true } };
  return { fault: { what: 'does not block all its requests', paths } };
}

interface Blocked {
  readonly of: RuleList['of'];
  readonly blocks: boolean | undefined;
  /** Domains that are blocked with it. */
  readonly others: readonly string[];
}

function blocked(
  lists: readonly RuleList[],
  parameter: string,
  { domain, path }: { readonly domain: string; readonly path: string },
  gateway: SharedGateway,
  model: Model,
): Blocked {
  const answers = lists
    .filter(({ when }) => when === undefined || mayBeIsolated(when, parameter))
    .map(({ rules, unknown, passedBefore }) => {
      if (unknown || rules.some(({ priority }) => typeof priority !== 'number'))
        return { whole: undefined, others: [] };
      const first = Math.min(...rules.map(({ priority }) => Number(priority)));
      const rule = rules.find(({ priority, action }) => priority === first && action === 'Block');
      if (rule === undefined || passedBefore !== undefined) return { whole: false, others: [] };
      return coverageOf(rule.statement, { domain, path }, gateway, model);
    });
  const wholes = answers.map(({ whole }) => whole);
  return {
    of: lists[0]!.of,
    blocks: wholes.includes(false) ? false : wholes.includes(undefined) ? undefined : wholes.length > 0,
    others: [...new Set(answers.flatMap(({ others }) => others))].sort(),
  };
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
