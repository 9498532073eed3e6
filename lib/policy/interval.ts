/**
 * Numbers, dates and IP addresses as intervals, with the finitely many candidates that suffice to
 * decide any Boolean combination of them: each non-empty cell between ends contains one.
 */
import type { Comparison } from './condition-value';

export interface Interval {
  contains(value: string): boolean;
  /** Values that, together over all `intervals`, meet every cell the intervals cut out. */
  candidates(intervals: readonly Interval[]): readonly string[];
}

/** An interval of a linear order, by its one end. */
class Ordered implements Interval {
  constructor(
    readonly end: number,
    private readonly compare: Comparison,
    private readonly read: (value: string) => number | undefined,
    private readonly write: (value: number) => string,
  ) {}

  contains(value: string): boolean {
    const n = this.read(value);
    if (n === undefined) return false;
    switch (this.compare) {
      case '=':
        return n === this.end;
      case '<':
        return n < this.end;
      case '<=':
        return n <= this.end;
      case '>':
        return n > this.end;
      case '>=':
        return n >= this.end;
    }
  }

  candidates(intervals: readonly Interval[]): readonly string[] {
    const higher = intervals.flatMap((i) => (i instanceof Ordered && i.end > this.end ? [i.end] : []));
    const next = Math.min(...higher, this.end + 2);
    const between = this.end + (next - this.end) / 2;
    // Whole numbers where one lies between, for a witness that reads well.
    const whole = Math.floor(between);
    return [this.end, whole > this.end ? whole : between, this.end - 1].map(this.write);
  }
}

const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/;

export function readNumber(value: string): number | undefined {
  return NUMBER.test(value) ? Number(value) : undefined;
}

export function readNumbers(value: string, compare: Comparison): readonly Interval[] {
  const end = readNumber(value);
  return end === undefined ? [] : [new Ordered(end, compare, readNumber, String)];
}

/** Milliseconds since 1970 of an ISO 8601 date or of epoch seconds. */
export function readDate(value: string): number | undefined {
  if (/^-?\d+(\.\d+)?$/.test(value) && !/^\d{4}$/.test(value)) return Number(value) * 1000;
  if (!/^\d{4}(-\d{2}(-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:?\d{2})?)?)?)?$/.test(value)) return undefined;
  const ms = Date.parse(/T/.test(value) && !/(Z|[+-]\d{2}:?\d{2})$/.test(value) ? `${value}Z` : value);
  return Number.isNaN(ms) ? undefined : ms;
}

export function readDates(value: string, compare: Comparison): readonly Interval[] {
  const end = readDate(value);
  return end === undefined ? [] : [new Ordered(end, compare, readDate, writeDate)];
}

function writeDate(ms: number): string {
  const date = new Date(ms);
  return Number.isNaN(date.getTime()) ? String(ms / 1000) : date.toISOString().replace('.000Z', 'Z');
}

interface Address {
  readonly bits: 32 | 128;
  readonly value: bigint;
}

class Block implements Interval {
  private readonly size: bigint;
  private readonly base: bigint;

  constructor(
    private readonly address: Address,
    prefix: number,
  ) {
    this.size = 1n << BigInt(address.bits - prefix);
    this.base = (address.value / this.size) * this.size;
  }

  contains(value: string): boolean {
    const other = readAddress(value);
    return other !== undefined && other.bits === this.address.bits && other.value >= this.base && other.value < this.base + this.size;
  }

  /** Blocks nest or are apart, so every cell contains the first address of a block or the one after a block. */
  candidates(): readonly string[] {
    const { bits } = this.address;
    return [this.base, this.base + this.size, this.base - 1n]
      .filter((v) => v >= 0n && v < 1n << BigInt(bits))
      .map((value) => writeAddress({ bits, value }));
  }
}

export function readIps(value: string): readonly Interval[] {
  const [host, prefix, ...rest] = value.split('/');
  const address = readAddress(host ?? '');
  if (address === undefined || rest.length > 0 || (prefix !== undefined && !/^\d{1,3}$/.test(prefix))) return [];
  const length = prefix === undefined ? address.bits : Number(prefix);
  return length > address.bits ? [] : [new Block(address, length)];
}

export function readAddress(value: string): Address | undefined {
  if (value.includes(':')) return readAddress6(value);
  const parts = value.split('.');
  if (parts.length !== 4 || !parts.every((p) => /^\d{1,3}$/.test(p) && Number(p) < 256)) return undefined;
  return { bits: 32, value: parts.reduce((n, p) => (n << 8n) | BigInt(p), 0n) };
}

function readAddress6(value: string): Address | undefined {
  const halves = value.split('::');
  if (halves.length > 2) return undefined;
  const groups = halves.map((half) => (half === '' ? [] : half.split(':')));
  const given = groups.reduce((n, g) => n + g.length, 0);
  if (halves.length === 1 ? given !== 8 : given > 7) return undefined;
  const [head = [], tail = []] = groups;
  const all = [...head, ...new Array<string>(8 - given).fill('0'), ...tail];
  if (!all.every((g) => /^[0-9a-f]{1,4}$/i.test(g))) return undefined;
  return { bits: 128, value: all.reduce((n, g) => (n << 16n) | BigInt(`0x${g}`), 0n) };
}

function writeAddress({ bits, value }: Address): string {
  const groups = bits === 32 ? 4 : 8;
  const width = BigInt(bits / groups);
  const parts = Array.from({ length: groups }, (_, i) => (value >> (width * BigInt(groups - 1 - i))) & ((1n << width) - 1n));
  return bits === 32 ? parts.join('.') : parts.map((p) => p.toString(16)).join(':');
}
