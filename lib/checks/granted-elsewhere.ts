/**
 * What a policy of a domain grants on what no template has, or has under another ARN (a policy for a bucket by its name, what lies in a
 * vault): whose policy it is says whose the resource is.
 */
import type { Model } from '../model/model';
import { text } from '../policy/text';
import type { CheckContext } from './check';
import { exceptFrom } from './declared-crossings';
import type { ForeignGrant } from './foreign-grant';
import { onlyBy } from './only-by';
import type { Subject } from './separation';
import { everythingOn, type Territory } from './territory';

export function grantedElsewhere(
  model: Model,
  context: CheckContext,
  subjects: readonly Subject[],
): readonly ForeignGrant[] {
  // Who may call what of a gateway that domains share is asked zone by zone; its own party has none of its routes.
  const shared = new Set(model.apis.flatMap(({ id, zones }) => (zones === undefined ? [] : [id])));
  const owners = new Map(
    model.resources.flatMap((r) =>
      r.domain === undefined || r.policy === undefined || shared.has(r.id) ? [] : [[r.policy.origin, r] as const],
    ),
  );
  if (owners.size === 0) return [];
  return subjects.flatMap((subject) => {
    const { principal, policies } = subject;
    return [...(policies.resourceGrants ?? []), ...(policies.unboundedGrants ?? [])].flatMap((document) => {
      const owner = owners.get(document.origin);
      if (owner?.domain === undefined || owner.domain === principal.domain) return [];
      const { domain } = owner;
      const except = exceptFrom(model, principal.domain, domain);
      return document.statements.flatMap((statement): readonly ForeignGrant[] => {
        const named = statement.resource?.not === false ? statement.resource.patterns : [text('*')];
        const patterns = named.map(({ parts }) => ({ parts, service: '*', owner }));
        const alone = { ...subject, policies: onlyBy(policies, statement) };
        const verdict = context.overlap(alone.policies, everythingOn(domain, patterns), { except });
        const to: Territory = { domain, resources: [owner], patterns };
        return verdict.verdict === 'disjoint' ? [] : [{ subject: alone, statement, to, verdict }];
      });
    });
  });
}
