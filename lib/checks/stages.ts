/**
 * In which stage of life something stands, and whether one stage must keep from another. A domain in a place has a stage; what
 * belongs to no domain has that of its place.
 *
 * Two places of one life need not be kept apart. Where the life of one is unknown, only of one domain is it asked, and then
 * nobody can tell (docs/adr/0081).
 */
import type { Life, Model, Principal, Resource, StageOfLife } from '../model/model';
import type { Finding } from './finding';

export type Verdict = Finding['severity'];

/** Where somebody or something stands; without a domain, by its place alone. */
export interface Standing {
  readonly place: string;
  readonly domain?: string;
  readonly life?: Life;
}

const known = new WeakMap<Model, Stages>();

export class Stages {
  private readonly byStack = new Map<string, StageOfLife>();
  private readonly placeOf = new Map<string, Standing>();
  private readonly domainOfApi: ReadonlyMap<string, string | undefined>;
  readonly all: readonly StageOfLife[];
  /** False only if no two must be kept apart: then nothing that one of them has or reaches is a fault. */
  readonly areApart: boolean;

  private constructor({ stages = [], places = [], apis }: Model) {
    this.all = stages;
    for (const stage of stages)
      for (const stack of stage.stacks) this.byStack.set(JSON.stringify([stack, stage.domain]), stage);
    for (const { place, life, stacks } of places)
      for (const stack of stacks) this.placeOf.set(stack, { place, ...(life === undefined ? {} : { life }) });
    this.domainOfApi = new Map(apis.map(({ id, domain }) => [id, domain]));
    const lives = new Set([...stages, ...places].map(({ life }) => life));
    this.areApart = (lives.has('development') && lives.has('production')) || stages.some(isElsewhereAsWell(stages));
  }

  static of(model: Model): Stages {
    const found = known.get(model) ?? new Stages(model);
    known.set(model, found);
    return found;
  }

  at(stack: string, domain: string | undefined): StageOfLife | undefined {
    return domain === undefined ? undefined : this.byStack.get(JSON.stringify([stack, domain]));
  }

  /** An authorizer that nobody marked stands where its API does. */
  ofResource({ origin, domain, references }: Resource): StageOfLife | undefined {
    const api = domain === undefined ? references.find(({ to }) => this.domainOfApi.get(to) !== undefined) : undefined;
    return this.at(origin.stack, domain ?? (api && this.domainOfApi.get(api.to)));
  }

  /** The CDK Stage or the assembly that a stack stands in; empty for neither. */
  placeAt(stack: string): string {
    return this.placeOf.get(stack)?.place ?? '';
  }

  /** Of a role or user of the templates; nobody else stands anywhere. */
  ofPrincipal({ kind, origin, domain }: Principal): Standing | undefined {
    if (kind === 'external' || kind === 'bootstrap-role') return undefined;
    return domain === undefined ? this.placeOf.get(origin.stack) : this.at(origin.stack, domain);
  }
}

/** Whether a stage whose life is unknown is one of several of its domain, so that nobody can tell whether they must be apart. */
function isElsewhereAsWell(stages: readonly StageOfLife[]): (stage: StageOfLife) => boolean {
  const places = new Map<string, Set<string>>();
  for (const { domain, place } of stages) places.set(domain, (places.get(domain) ?? new Set()).add(place));
  return ({ domain, life }) => life === undefined && places.get(domain)!.size > 1;
}

/** Whether the two must share nothing; symmetric. */
export function mustNotShare(a: StageOfLife, b: StageOfLife): Verdict | undefined {
  if (a.life !== undefined && b.life !== undefined) return a.life === b.life ? undefined : 'violated';
  return a.domain === b.domain && a.place !== b.place ? 'undecided' : undefined;
}

/** Whether the one must not reach the other: what comes before production must not reach it, and not the other way round. */
export function mustNotReach(from: Standing, to: Standing): Verdict | undefined {
  if (from.life === 'production' || to.life === 'development') return undefined;
  if (from.life !== undefined && to.life !== undefined) return 'violated';
  const oneDomain = from.domain !== undefined && from.domain === to.domain;
  return oneDomain && from.place !== to.place ? 'undecided' : undefined;
}

export function nameOfStage({ domain, place, life }: Standing): string {
  const where = place === '' ? undefined : `\`${place}\``;
  const what =
    domain === undefined ? (where ?? 'the stacks of no Stage') : `\`${domain}\`${where ? ` in ${where}` : ''}`;
  return `${what}${life === undefined ? '' : ` (${life})`}`;
}
