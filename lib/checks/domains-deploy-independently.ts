/**
 * DOM-12, bound domains: each domain is deployed, changed and removed without another (D14). An export cannot change while it is
 * imported, and what is deployed after a stack waits for it: whoever breaks one domain would hold up the others.
 *
 * A domain's stacks are those with its APIs, and those of its elements where no API is. A crossing that is declared may bind its
 * two domains by what it needs itself, and by nothing else (needed-by-a-crossing.ts); what no domain owns (a network, an account's settings) may be needed by all. Two domains with
 * their APIs in one stack are one deployment. A zone and the gateway that it shares are bound, and every report says so. What binds stacks: lib/model/couplings.ts.
 */
import type { Coupling, Model } from '../model/model';
import type { Check, CheckContext } from './check';
import type { Finding } from './finding';
import { neededByCrossings } from './needed-by-a-crossing';

export const domainsDeployIndependently: Check = {
  id: 'DOM-12',
  compliant: 'every trust domain is deployed without another',
  run: (model, context) => {
    const stacks = domainsOfStacks(model);
    return [...together(model), ...bound(model, context, stacks)];
  },
};

type Stacks = ReadonlyMap<string, ReadonlySet<string>>;

function domainsOfStacks({ apis, resources, principals }: Model): Stacks {
  const withApis = grouped(apis.filter(({ zone }) => zone === undefined));
  return new Map([...grouped([...resources, ...principals]), ...withApis]);
}

function grouped(
  elements: readonly { readonly origin: { readonly stack: string }; readonly domain?: string }[],
): Stacks {
  const stacks = new Map<string, Set<string>>();
  for (const { origin, domain } of elements) {
    if (domain === undefined) continue;
    const known = stacks.get(origin.stack);
    if (known === undefined) stacks.set(origin.stack, new Set([domain]));
    else known.add(domain);
  }
  return stacks;
}

function together({ apis: all }: Model): Finding[] {
  // That zones are deployed with their gateway, every report says.
  const apis = all.filter(({ zone }) => zone === undefined);
  return [...grouped(apis)].flatMap(([stack, domains]) => {
    if (domains.size < 2) return [];
    const names = [...domains].sort();
    const here = apis.filter(({ origin, domain }) => origin.stack === stack && domain !== undefined);
    return [
      finding(
        `the stack \`${stack}\` holds APIs of ${listed(names)}, which can only be deployed together`,
        [...new Set(here.map(({ origin }) => origin.path))],
        here.map(({ origin, domain }) => `\`${origin.path}\` is of \`${domain}\`.`),
        `give each of ${listed(names)} a stack of its own`,
      ),
    ];
  });
}

interface Bond {
  readonly consumer: string;
  readonly producer: string;
  readonly by: Coupling[];
}

/** One finding for two domains, whatever binds them. */
function bound(model: Model, context: CheckContext, stacks: Stacks): Finding[] {
  const bonds = new Map<string, Bond>();
  const of = (ids: readonly string[]): ReadonlySet<string> => new Set(ids.flatMap((id) => [...(stacks.get(id) ?? [])]));
  const isNeeded = neededByCrossings(model, context);
  for (const coupling of model.couplings ?? []) {
    if (coupling.weak) continue;
    const [consumers, producers] = [of(coupling.from), of(coupling.to)];
    for (const consumer of consumers)
      for (const producer of producers) {
        if (
          consumers.has(producer) ||
          isNeeded(coupling, consumer, producer) ||
          haveOneGateway(model, consumer, producer)
        )
          continue;
        const key = JSON.stringify([consumer, producer]);
        const known = bonds.get(key);
        if (known === undefined) bonds.set(key, { consumer, producer, by: [coupling] });
        else known.by.push(coupling);
      }
  }
  return [...bonds.values()].map(({ consumer, producer, by }) =>
    finding(
      `the domain \`${consumer}\` cannot be deployed without \`${producer}\`, which in turn cannot change what \`${consumer}\` needs`,
      [...new Set(by.map(({ at }) => at))],
      by.map(({ at, what }) => `\`${at}\` ${what}.`),
      `name what \`${consumer}\` needs by a fixed name and leave out the dependency, or declare a crossing that needs it`,
    ),
  );
}

/** A zone needs its gateway, and the gateway what it calls for the zone; two zones need nothing of one another. */
function haveOneGateway(model: Model, a: string, b: string): boolean {
  return model.apis.some(
    ({ domain, zones = [] }) =>
      zones.some((zone) => zone.domain === a || zone.domain === b) && (domain === a || domain === b),
  );
}

function finding(message: string, constructPaths: string[], explanation: string[], fix: string): Finding {
  return { id: 'DOM-12', severity: 'violated', message, principals: [], constructPaths, explanation, chain: [], fix };
}

function listed(names: readonly string[]): string {
  return names.map((name) => `\`${name}\``).join(' and ');
}
