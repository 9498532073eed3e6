/**
 * DOM-10, shared stages: what is made in development opens nothing in production. A domain has issuers, user pools, trust
 * stores, keys and secrets of its own in each stage of its life (S6).
 *
 * Shared is what lets callers into both (as DOM-4 reads it), a resource of one stage that the other refers to, and a thing
 * outside the app that both name. An audience says whom a token is for and not who wrote it, so one name for it in
 * both is no sharing. Which stage a place is in may be unknown: then what it shares with another place of the same domain is
 * undecided. Between domains, sharing is DOM-2's and DOM-4's as well. Why it is decided so: docs/adr/0081.
 *
 * And nothing that stands in development reaches production: by a chain (chain-breach.ts), or by a grant
 * (grants-into-production.ts). Why that is judged in one direction: docs/adr/0105.
 */
import type { Model, Resource, StageOfLife } from '../model/model';
import { textKey } from '../model/text-key';
import { whatIsBelieved } from './authentication-is-not-shared';
import { chainFindings } from './chain-findings';
import type { Check, CheckContext } from './check';
import type { Finding } from './finding';
import { grantsIntoProduction } from './grants-into-production';
import { namedOutside } from './named-outside';
import { perhapsNamed } from './perhaps-named';
import { ISOLATING } from './resources-are-not-shared';
import { mustNotShare, nameOfStage, Stages, type Verdict } from './stages';

export const stagesShareNothing: Check = {
  id: 'DOM-10',
  compliant:
    'no issuer, user pool, trust store, key or secret serves development and production, and nothing of development reaches production',
  run: (model, context) => {
    const stages = Stages.of(model);
    return stages.areApart
      ? [
          ...beliefs(model, context, stages),
          ...uses(model, stages),
          ...names(model, stages),
          ...chainFindings(model, context, 'DOM-10'),
          ...grantsIntoProduction(model, context),
        ]
      : [];
  },
};

interface Sharer {
  readonly resource: Pick<Resource, 'origin'>;
  readonly stage: StageOfLife;
}

/** The worst of all pairs. */
function judge(sharers: readonly Sharer[]): Verdict | undefined {
  let worst: Verdict | undefined;
  const distinct = [...new Set(sharers.map(({ stage }) => stage))];
  for (const [i, a] of distinct.entries())
    for (const b of distinct.slice(i + 1)) {
      const verdict = mustNotShare(a, b);
      if (verdict === 'violated') return verdict;
      worst ??= verdict;
    }
  return worst;
}

function beliefs(model: Model, context: CheckContext, stages: Stages): Finding[] {
  return whatIsBelieved(model, context).flatMap(({ kind, shown, by }) => {
    if (kind === 'audience') return [];
    const sharers = by.flatMap(({ resource, domain }): Sharer[] => {
      const stage = stages.at(resource.origin.stack, domain);
      return stage === undefined ? [] : [{ resource, stage }];
    });
    const verdict = judge(sharers);
    return verdict === undefined
      ? []
      : [shared(verdict, `the ${kind} \`${shown}\` lets callers in`, sharers, `${kind}`)];
  });
}

interface Target extends Pick<Resource, 'origin' | 'arn'> {
  /** Absent for what stands in no domain: it serves whoever uses it. */
  readonly stage?: StageOfLife;
}

function uses(model: Model, stages: Stages): Finding[] {
  const { resources, principals } = model;
  const targets = new Map<string, Target>();
  for (const resource of resources) targets.set(resource.id, { ...resource, stage: stages.ofResource(resource) });
  for (const { id, origin, arn, domain } of principals)
    targets.set(id, { origin, arn, stage: stages.at(origin.stack, domain) });
  const byArn = new Map<string, Target[]>();
  for (const target of targets.values())
    if (target.arn !== undefined) {
      const known = byArn.get(textKey(target.arn));
      if (known === undefined) byArn.set(textKey(target.arn), [target]);
      else known.push(target);
    }
  // Where no environment is given, one name stands in every place, and each place means its own.
  const isOwn = (target: Target, { place }: StageOfLife): boolean => {
    const same = (target.arn && byArn.get(textKey(target.arn))) ?? [target];
    return same.length > 1 && same.some(({ stage }) => stage === undefined || stage.place === place);
  };
  return [...usersIn(model)].flatMap(([id, { sure, perhaps }]) => {
    const target = targets.get(id);
    if (target === undefined || !ISOLATING.has(target.origin.type)) return [];
    const owner: Sharer[] = target.stage === undefined ? [] : [{ resource: target, stage: target.stage }];
    const sharers = (users: readonly Resource[]): Sharer[] =>
      users.flatMap((resource) => {
        const stage = stages.ofResource(resource);
        return stage === undefined || isOwn(target, stage) ? [] : [{ resource, stage }];
      });
    const using = [...owner, ...sharers(sure)];
    const { path, type } = target.origin;
    const what = `\`${path}\` (${type})`;
    const verdict = judge(using);
    if (verdict !== undefined) return [shared(verdict, `${what} serves`, using, 'resource')];
    const possible = perhaps.length === 0 ? [] : [...using, ...sharers(perhaps)];
    return judge(possible) === undefined ? [] : [shared('undecided', `${what} perhaps serves`, possible, 'resource')];
  });
}

interface Users {
  readonly sure: Resource[];
  /** By an ARN that may be that of what is used. */
  readonly perhaps: Resource[];
}

function usersIn(model: Model): ReadonlyMap<string, Users> {
  const found = new Map<string, Users>();
  const of = (id: string): Users => {
    const known = found.get(id) ?? { sure: [], perhaps: [] };
    found.set(id, known);
    return known;
  };
  for (const resource of model.resources) {
    for (const to of new Set(resource.references.filter(({ at }) => at !== 'ServiceToken').map(({ to }) => to)))
      of(to).sure.push(resource);
    for (const { arn, at } of resource.unsure ?? [])
      if (at !== 'ServiceToken') for (const { id } of perhapsNamed(arn, model)) of(id).perhaps.push(resource);
  }
  return found;
}

/** Things outside the app, by what names them in every deployment. */
function names({ resources }: Model, stages: Stages): Finding[] {
  const byName = new Map<string, { kind: string; shown: string; sharers: Sharer[]; sure: boolean }>();
  for (const resource of resources) {
    const stage = stages.ofResource(resource);
    if (stage === undefined) continue;
    for (const { kind, name, environment } of namedOutside(resource.properties)) {
      const key = JSON.stringify([kind, name, environment]);
      // Where account or region are open, nobody knows whether the name means one thing in both places.
      const sure = environment === undefined || !environment.includes('AWS::');
      const known = byName.get(key) ?? { kind, shown: name, sharers: [], sure };
      byName.set(key, known);
      known.sharers.push({ resource, stage });
    }
  }
  return [...byName.values()].flatMap(({ kind, shown, sharers, sure }) => {
    const verdict = judge(sharers);
    if (verdict === undefined) return [];
    return [shared(sure ? verdict : 'undecided', `the ${kind} \`${shown}\` serves`, sharers, kind)];
  });
}

function shared(severity: Verdict, what: string, sharers: readonly Sharer[], kind: string): Finding {
  const distinct = [...new Set(sharers.map(({ stage }) => stage))];
  const places = [...new Set(distinct.map(nameOfStage))].sort().join(' and ');
  const unknown = severity === 'undecided' && distinct.some(({ life }) => life === undefined);
  const doubt = unknown
    ? '; whether both are in production is not said'
    : severity === 'undecided'
      ? '; whether they are in one account is not said'
      : '';
  return {
    id: 'DOM-10',
    severity,
    message: `${what} ${places}${doubt}`,
    principals: [],
    constructPaths: [...new Set(sharers.map(({ resource }) => resource.origin.path))],
    explanation: sharers.map(({ resource, stage }) => `\`${resource.origin.path}\` stands in ${nameOfStage(stage)}.`),
    chain: [],
    fix: unknown
      ? `say which stage of life each is in (\`lifecycle\` of the domain, or \`stages\` in the configuration), or give each ${article(kind)} of its own`
      : severity === 'undecided'
        ? `give the stages their accounts, or give each ${article(kind)} of its own`
        : `give development and production each ${article(kind)} of its own`,
  };
}

function article(kind: string): string {
  return `${/^[aeio]/.test(kind) ? 'an' : 'a'} ${kind}`;
}
