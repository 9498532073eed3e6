/**
 * Which trust domain and duty each element has: from its mark, from the configuration, or none.
 * A glob that matches nothing is an error, because it is a name that someone mistyped or forgot,
 * and what it was to protect would silently go unprotected.
 */
import { literal, type Text } from '../policy/text';
import type { Configuration } from './configuration';
import { InputError } from './input-error';
import type { Mark } from './mark';
import type { Duty, Life, Origin } from './model';
import { globMatches } from './name-glob';

/** Anything that a glob may name. */
export interface Classifiable {
  readonly origin: Origin;
  readonly mark: Mark;
  readonly principal: boolean;
  readonly physicalName?: () => Text | undefined;
}

export interface Classification {
  readonly domain?: string;
  /** Sorted. */
  readonly claims: readonly string[];
  readonly duty?: Duty;
  readonly dutyFrom?: 'mark' | 'configuration';
  /** As the configuration has it. */
  readonly life?: Life;
}

/**
 * @param partial the app is seen in part (one Stage of it), so that globs may speak of the rest
 */
export function classify(
  elements: readonly Classifiable[],
  configuration: Configuration,
  partial: boolean,
): ReadonlyMap<string, Classification> {
  const domains = new Map<string, Set<string>>();
  const duties = new Map<string, { readonly duty: Duty; readonly glob: string }>();
  const { source } = configuration;
  const index = new NameIndex(elements);
  for (const { name, resources } of configuration.domains) {
    resources.forEach((glob, i) => {
      const found = index.matching(glob);
      if (found.length === 0 && !partial)
        unmatched(source, `domains.${name}.resources[${i}]`, glob, 'a resource of the app');
      for (const element of found) {
        const claims = domains.get(element.origin.id) ?? new Set();
        domains.set(element.origin.id, claims.add(name));
      }
    });
  }
  for (const { duty, globs } of configuration.duties) {
    globs.forEach((glob, i) => {
      const found = index.matching(glob).filter((e) => e.principal);
      if (found.length === 0 && !partial)
        unmatched(source, `duties.${duty}[${i}]`, glob, 'a role, user or group of the app');
      for (const { origin, mark } of found) {
        const other = duties.get(origin.id)?.duty ?? mark.duty;
        if (other !== undefined && other !== duty) {
          throw new InputError(
            `${source}: \`duties.${duty}[${i}]\`: got \`${glob}\`, which gives \`${origin.path}\` the duty ${duty} beside ${other}; expected one duty for each principal`,
          );
        }
        duties.set(origin.id, { duty, glob });
      }
    });
  }
  const lives = livesOf(index, configuration, partial);
  return new Map(
    elements.map(({ origin, mark }) => {
      const life = lives.get(origin.id);
      const classified = combine(mark, domains.get(origin.id), duties.get(origin.id)?.duty);
      return [origin.id, life === undefined ? classified : { ...classified, life }];
    }),
  );
}

function livesOf(index: NameIndex, { source, stages }: Configuration, partial: boolean): ReadonlyMap<string, Life> {
  const lives = new Map<string, Life>();
  for (const { life, globs } of stages) {
    globs.forEach((glob, i) => {
      const found = index.matching(glob);
      if (found.length === 0 && !partial) unmatched(source, `stages.${life}[${i}]`, glob, 'a resource of the app');
      for (const { origin } of found) {
        const other = lives.get(origin.id);
        if (other !== undefined && other !== life)
          throw new InputError(
            `${source}: \`stages.${life}[${i}]\`: got \`${glob}\`, which puts \`${origin.path}\` into ${life} beside ${other}; expected one stage of life for each resource`,
          );
        lives.set(origin.id, life);
      }
    });
  }
  return lives;
}

function combine(mark: Mark, configured: ReadonlySet<string> | undefined, duty: Duty | undefined): Classification {
  const marked = mark.domain === undefined ? [] : [mark.domain];
  const claims = configured === undefined ? marked : [...new Set([...marked, ...configured])].sort();
  const domain = claims[0];
  return {
    domain,
    claims,
    duty: mark.duty ?? duty,
    dutyFrom: mark.duty !== undefined ? 'mark' : duty !== undefined ? 'configuration' : undefined,
  };
}

/** Names in order: a glob is compared with those alone that begin as it does. */
export class NameIndex {
  private sorted: readonly { readonly name: string; readonly element: Classifiable }[] | undefined;

  constructor(private readonly elements: readonly Classifiable[]) {}

  /** Sorted for the first glob: apps that are marked have none. */
  private get names(): readonly { readonly name: string; readonly element: Classifiable }[] {
    this.sorted ??= this.elements
      .flatMap((element) => namesOf(element).map((name) => ({ name, element })))
      .sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
    return this.sorted;
  }

  matching(glob: string): readonly Classifiable[] {
    const prefix = /^[^*?]*/.exec(glob)?.[0] ?? '';
    const found = new Set<Classifiable>();
    const { names } = this;
    for (let i = this.firstFrom(prefix); i < names.length; i++) {
      const entry = names[i];
      if (entry === undefined || !entry.name.startsWith(prefix)) break;
      if (globMatches(glob, entry.name)) found.add(entry.element);
    }
    return [...found];
  }

  private firstFrom(prefix: string): number {
    const { names } = this;
    let [low, high] = [0, names.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((names[middle]?.name ?? '') < prefix) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

/** The construct path of the L1 resource and of the construct that made it, the id, the physical name. */
function namesOf({ origin, physicalName }: Classifiable): readonly string[] {
  const construct = origin.path.replace(/\/(Resource|Default)$/, '');
  const given = physicalName?.();
  const name = given === undefined ? undefined : literal(given);
  return [origin.path, construct, origin.id, ...(name === undefined ? [] : [name])];
}

export function unmatched(source: string, key: string, glob: string, what: string): never {
  throw new InputError(
    `${source}: \`${key}\`: got \`${glob}\`, which matches nothing, expected a glob that matches the construct path, \`STACK/LogicalId\` or physical name of ${what}`,
  );
}
