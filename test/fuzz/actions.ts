/** Which of a catalogue's actions a policy's patterns name: sets as bit fields, for the sampler only. */
import type { Catalogue } from '../../lib/policy/catalogue';
import type { StatementReading } from './policies-json';
import type { Random } from './random';

export class ActionIndex {
  readonly lower: readonly string[];
  /** By lower-cased name. */
  readonly ids: ReadonlyMap<string, number>;
  private readonly services = new Map<string, number[]>();
  private readonly cache = new Map<string, Uint32Array>();

  constructor(readonly catalogue: Catalogue) {
    this.lower = Array.from(catalogue.actions, (a) => a.toLowerCase());
    this.ids = new Map(this.lower.map((action, id) => [action, id]));
    this.lower.forEach((action, id) => {
      const service = action.slice(0, action.indexOf(':'));
      const ids = this.services.get(service);
      if (ids) ids.push(id);
      else this.services.set(service, [id]);
    });
  }

  empty(): Uint32Array {
    return new Uint32Array(Math.ceil(this.lower.length / 32));
  }

  /** Ids of the actions that the pattern names. */
  matching(pattern: string): Uint32Array {
    const key = pattern.toLowerCase();
    const known = this.cache.get(key);
    if (known) return known;
    const set = this.empty();
    const regex = new RegExp(
      `^${key
        .replace(/[.+^${}()|[\]\\]/g, '\\$&')
        .replace(/\*/g, '.*')
        .replace(/\?/g, '.')}$`,
    );
    const service = key.slice(0, key.indexOf(':'));
    const candidates =
      /[*?]/.test(service) || !key.includes(':') ? this.lower.keys() : (this.services.get(service) ?? []);
    for (const id of candidates) if (regex.test(this.lower[id] ?? '')) add(set, id);
    if (this.cache.size > 20_000) this.cache.clear();
    this.cache.set(key, set);
    return set;
  }

  ofStatement(statement: StatementReading): Uint32Array {
    const set = this.empty();
    for (const pattern of statement.actions) unite(set, this.matching(pattern));
    if (statement.notActions) for (let i = 0; i < set.length; i++) set[i] = ~(set[i] ?? 0);
    return set;
  }

  random(random: Random, set: Uint32Array): number | undefined {
    const start = random.int(set.length);
    for (let i = 0; i < set.length; i++) {
      const at = (start + i) % set.length;
      const word = set[at] ?? 0;
      if (word === 0) continue;
      const bits = Array.from({ length: 32 }, (_, b) => b).filter((b) => word & (1 << b));
      const id = at * 32 + random.pick(bits);
      if (id < this.lower.length) return id;
    }
    return undefined;
  }
}

export function add(set: Uint32Array, id: number): void {
  set[id >>> 5] = (set[id >>> 5] ?? 0) | (1 << (id & 31));
}

export function has(set: Uint32Array, id: number): boolean {
  return ((set[id >>> 5] ?? 0) & (1 << (id & 31))) !== 0;
}

export function unite(into: Uint32Array, from: Uint32Array): void {
  for (let i = 0; i < into.length; i++) into[i] = (into[i] ?? 0) | (from[i] ?? 0);
}

export function intersection(a: Uint32Array, b: Uint32Array): Uint32Array {
  return a.map((word, i) => word & (b[i] ?? 0));
}
