/**
 * Chains by which a principal with a duty, or of a domain, comes to mute an audit trail or to read it: by acting as
 * the auditor, as the role that deploys the vault, or as itself with more than it had. What a principal may do without
 * any chain is not here. Where the same cause breaks a separation, that is the finding (chain-findings.ts).
 */
import type { Model, Principal } from '../model/model';
import type { Actor } from '../reach/actor';
import { chainOf } from '../reach/closure';
import { gainsKey, showGains } from '../reach/gains';
import { auditTrailsOf, endingRequests, type Requests, readingRequests } from './audit-trails';
import type { Breach } from './breach';
import { byBreakingGlass } from './broken-glass';
import type { CheckContext } from './check';
import { type Meeting, witnessOf } from './root-cause';
import { nameOf, subjectsOf } from './separation';
import { rightOf } from './trail-rights';

/** What somebody may do to a trail. */
interface Right {
  readonly id: 'AUD-1' | 'AUD-2';
  readonly requests: Requests;
  readonly meeting: Meeting;
}

export function chainsToTrails(model: Model, context: CheckContext): readonly Breach[] {
  return context.once(model, 'chains to audit trails', () => findChains(model, context));
}

function findChains(model: Model, context: CheckContext): readonly Breach[] {
  const trails = auditTrailsOf(model);
  const [ending, reading] = [endingRequests(trails), readingRequests(trails)];
  if (ending.length + reading.length === 0) return [];
  const rights = new Map<string, readonly Right[]>();
  const rightsOf = (actor: Actor): readonly Right[] => {
    const first = (id: Right['id'], all: readonly Requests[]): readonly Right[] => {
      for (const requests of all) {
        const meeting = rightOf(actor.principal, actor.policies, requests, context);
        if (meeting !== undefined) return [{ id, requests, meeting }];
      }
      return [];
    };
    const found = rights.get(actor.key) ?? [...first('AUD-1', ending), ...first('AUD-2', reading)];
    rights.set(actor.key, found);
    return found;
  };
  const sources = subjectsOf(model).filter(({ principal: { kind } }) => kind !== 'group' && kind !== 'bootstrap-role');
  return sources.flatMap(({ principal: source }) => {
    const breaches: Breach[] = [];
    context.reach(model).closureUntil(source, (arrival, so) => {
      if (byBreakingGlass(arrival)) return true;
      const { actor, undecided } = arrival;
      // Whoever has the right without any chain is a finding, and the cause, already.
      if (gainsKey(actor.gains) === '' && actor.principal !== source && !isTrusted(actor.principal)) return false;
      const wrong = rightsOf(actor).filter(({ id }) => id === 'AUD-1' || source.duty !== 'audit');
      if (wrong.length === 0) return false;
      const chain = chainOf(so, arrival);
      breaches.push(...wrong.map((right) => ({ ...breachOf(source, actor, right, undecided), chain })));
      return true;
    });
    return breaches;
  });
}

/** Those who rightly hold a right: the auditors, and what CloudFormation acts as. */
function isTrusted({ duty, kind }: Principal): boolean {
  return duty === 'audit' || kind === 'bootstrap-role';
}

function breachOf(
  source: Principal,
  { principal: whom, gains, policies }: Actor,
  { id, requests, meeting: { verdict } }: Right,
  doubt: string | undefined,
): Omit<Breach, 'chain'> {
  const as = gainsKey(gains) === '' ? nameOf(whom) : `${nameOf(whom)} ${showGains(gains)}`;
  const witness = verdict.verdict === 'overlap' ? witnessOf(verdict.witness, policies) : undefined;
  const what = witness === undefined ? '' : ` (\`${witness.action}\` on \`${witness.resource}\`)`;
  const does = id === 'AUD-1' ? 'mute or end the audit trail' : 'read the audit trail';
  const undecided = doubt ?? (verdict.verdict === 'undecided' ? verdict.reason : undefined);
  return {
    of: id,
    source,
    reason: { kind: 'duties', a: source.duty ?? 'read', b: 'audit' },
    principals: whom === source ? [source] : [source, whom],
    says: `${nameOf(source)} can act as ${as}, who may ${does} at \`${requests.on.origin.path}\`${what}`,
    explanation: [],
    weight: id === 'AUD-1' ? 2 : 1,
    ...(witness && { witness: { ...witness, contextB: undefined } }),
    ...(undecided === undefined ? {} : { undecided }),
  };
}
