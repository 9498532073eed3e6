/**
 * Values for condition keys, chosen from what the conditions themselves compare with, and next to
 * it. A value is always one that the key may have by its facts: present where AWS documents the key
 * as always present, one value where it is single-valued, well formed for its type.
 */
import type { Catalogue, KeyFacts } from '../../lib/policy/catalogue';
import type { ConditionReading } from './policies-json';
import type { Random } from './random';
import { found, globPattern, mutate, type Pattern, randomMember } from './strings';

export type Value = string | readonly string[] | undefined;

/** One value that satisfies the condition, or comes near: the sampler does not need to be right. */
function valueFor(random: Random, condition: ConditionReading, facts: KeyFacts): string | undefined {
  const written = random.pick(condition.values.length === 0 ? ['x'] : condition.values);
  const near = random.chance(0.25);
  const { operator } = condition;
  if (operator.startsWith('numeric')) {
    const n = Number(written);
    const step = operator.includes('less') ? -1 : operator.includes('greater') ? 1 : 0;
    return String(n + (near ? random.pick([-1, 0, 1]) : step));
  }
  if (operator.startsWith('date')) {
    const time = /^\d+$/.test(written) ? Number(written) * 1000 : Date.parse(written);
    const step = operator.includes('less') ? -1000 : operator.includes('greater') ? 1000 : 0;
    const value = time + (near ? random.pick([-1000, 0, 1000]) : step);
    return Number.isFinite(value) ? new Date(value).toISOString().replace('.000Z', 'Z') : undefined;
  }
  if (operator === 'bool') return near ? random.pick(['true', 'false']) : written.toLowerCase();
  if (operator.includes('ipaddress')) return near ? outside(random, written) : inside(random, written);
  if (operator === 'null') return facts.type === 'bool' ? 'true' : undefined;
  const negated = operator.includes('not');
  const instance = operator.includes('like') || operator.startsWith('arn') ? instantiate(random, written) : written;
  if (facts.type === 'bool') return random.pick(['true', 'false']);
  if (facts.type !== 'string' && facts.type !== 'arn') return instance;
  const changed = negated || near ? mutateWithin(random, instance, facts) : instance;
  return operator.includes('ignorecase') && random.chance(0.3) ? changed.toUpperCase() : changed;
}

function mutateWithin(random: Random, value: string, facts: KeyFacts): string {
  if (facts.type !== 'arn') return mutate(random, value);
  const parts = value.split(':');
  if (parts.length < 6) return value;
  const i = 3 + random.int(3);
  parts[i] = mutate(random, parts[i] ?? '').replaceAll(':', '');
  return parts.join(':');
}

function instantiate(random: Random, glob: string): string {
  return found(randomMember(random, [globPattern(glob)])) ?? glob;
}

function inside(random: Random, cidr: string): string {
  const [address = '', bits] = cidr.split('/');
  if (address.includes(':')) return address;
  const free = 32 - Number(bits ?? 32);
  const base = toNumber(address);
  const size = 2 ** free;
  const start = Math.floor(base / size) * size;
  return toAddress(start + random.pick([0, size - 1, random.int(size)]));
}

function outside(random: Random, cidr: string): string {
  const [address = '', bits] = cidr.split('/');
  if (address.includes(':')) return random.pick(['2001:db8::1', '10.0.0.1']);
  const size = 2 ** (32 - Number(bits ?? 32));
  const start = Math.floor(toNumber(address) / size) * size;
  return toAddress(random.chance(0.5) ? start - 1 : start + size);
}

const toNumber = (address: string): number => address.split('.').reduce((n, octet) => n * 256 + Number(octet), 0);
const toAddress = (n: number): string =>
  [24, 16, 8, 0].map((shift) => Math.floor((((n % 2 ** 32) + 2 ** 32) % 2 ** 32) / 2 ** shift) % 256).join('.');

/** A whole value for the key: absent, one string, or several. */
export function sampleValue(
  random: Random,
  key: string,
  wanted: readonly ConditionReading[],
  others: readonly ConditionReading[],
  catalogue: Catalogue,
): Value {
  const facts = catalogue.keyFacts(key);
  const pool = wanted.length > 0 && random.chance(0.85) ? wanted : [...wanted, ...others];
  const presence = wanted.find((c) => c.operator === 'null');
  if (!facts.alwaysPresent) {
    if (presence && random.chance(0.9)) {
      if (presence.values.some((v) => v.toLowerCase() === 'true')) return undefined;
    } else if (random.chance(wanted.every((c) => c.ifExists || c.operator.includes('not')) ? 0.35 : 0.05))
      return undefined;
  }
  const one = (): string | undefined => both(random, pool) ?? valueFor(random, random.pick(pool), facts);
  const first = one();
  if (!facts.multivalued || random.chance(0.3)) return first ?? fallback(facts);
  const count = random.int(3);
  const values = [first, ...Array.from({ length: count }, one)].filter((v) => v !== undefined);
  if (random.chance(0.05)) return [];
  return values.length > 0 ? [...new Set(values)] : fallback(facts);
}

/** For two positive string conditions on one key: a string that matches both. */
function both(random: Random, conditions: readonly ConditionReading[]): string | undefined {
  const positive = conditions.filter((c) => /^string(equals|like)$/.test(c.operator));
  if (positive.length < 2 || random.chance(0.5)) return undefined;
  const patterns = positive.map((c): Pattern => globPattern(random.pick(c.values.length === 0 ? ['*'] : c.values)));
  return found(randomMember(random, patterns));
}

function fallback(facts: KeyFacts): Value {
  switch (facts.type) {
    case 'string':
      return 'x';
    case 'arn':
      return 'arn:aws:sns:eu-west-1:111111111111:x';
    case 'numeric':
      return '0';
    case 'date':
      return '2026-01-01T00:00:00Z';
    case 'bool':
      return 'true';
    case 'ip':
      return '192.0.2.1';
    case 'binary':
      return 'eA==';
  }
}
