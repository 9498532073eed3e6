/**
 * The trust domains of the app: those that marks name and those that the configuration declares.
 * Exposure and owner are the domain's; where two places say different things, every place is kept,
 * and the checks judge.
 */
import type { Configuration } from './configuration';
import type { Element } from './elements';
import type { Domain, Exposure, Origin } from './model';

interface Draft {
  exposure?: Exposure;
  owner?: string;
  readonly declaredAt: Origin[];
}

export function readDomains(elements: readonly Element[], configuration: Configuration): readonly Domain[] {
  const drafts = new Map<string, Draft>();
  const draftOf = (name: string): Draft => {
    const draft = drafts.get(name) ?? { declaredAt: [] };
    drafts.set(name, draft);
    return draft;
  };
  for (const { mark, origin } of elements) {
    for (const { domain } of mark.zones ?? []) draftOf(domain);
    if (mark.domain === undefined) continue;
    const draft = draftOf(mark.domain);
    if (mark.exposure === undefined && mark.owner === undefined) continue;
    draft.exposure ??= mark.exposure;
    draft.owner ??= mark.owner;
    draft.declaredAt.push(origin);
  }
  for (const { name, exposure, owner } of configuration.domains) {
    const draft = draftOf(name);
    draft.exposure = exposure ?? draft.exposure;
    draft.owner = owner ?? draft.owner;
  }
  return [...drafts].map(([name, draft]) => ({ name, ...draft })).sort((a, b) => (a.name < b.name ? -1 : 1));
}
