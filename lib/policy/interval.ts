/**
 * Numbers, dates and IP addresses as intervals, with the finitely many candidates that suffice to
 * decide any Boolean combination of them: each non-empty cell between ends contains one.
 */
import type { Comparison } from './condition-value';
import { readDate } from './operators/date';
import { readBlock } from './operators/ip';
import { readNumber } from './operators/numeric';

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
    // Beyond 2^53 a step of one is lost in rounding.
    const step = Math.max(1, Math.abs(this.end) / 2 ** 50);
    const next = Math.min(...higher, this.end + 2 * step);
    const between = this.end + (next - this.end) / 2;
    // Whole numbers where one lies between, for a witness that reads well.
    const whole = Math.floor(between);
    return [this.end, whole > this.end ? whole : between, this.end - step].map(this.write);
  }
}

export function readNumbers(value: string, compare: Comparison): readonly Interval[] {
  const end = readNumber(value);
  return end === undefined ? [] : [new Ordered(end, compare, readNumber, String)];
}

export function readDates(value: string, compare: Comparison): readonly Interval[] {
  const end = readDate(value);
  return end === undefined ? [] : [new Ordered(end, compare, readDate, writeDate)];
}

const FIRST_YEAR = Date.UTC(1000, 0);
const LAST_YEAR = Date.UTC(10_000, 0);

/** As a calendar date where its form has room for the instant: years of four digits, whole milliseconds. */
function writeDate(ms: number): string {
  const written = Number.isInteger(ms) && ms >= FIRST_YEAR && ms < LAST_YEAR;
  return written ? new Date(ms).toISOString().replace('.000Z', 'Z') : String(ms / 1000);
}

class Block implements Interval {
  private readonly size: bigint;
  private readonly base: bigint;

  constructor(
    private readonly bits: 32 | 128,
    address: bigint,
    prefix: number,
  ) {
    this.size = 1n << BigInt(bits - prefix);
    this.base = (address / this.size) * this.size;
  }

  contains(value: string): boolean {
    const other = value.includes('/') ? undefined : readBlock(value);
    return (
      other !== undefined &&
      other.bits === this.bits &&
      other.address >= this.base &&
      other.address < this.base + this.size
    );
  }

  /** Blocks nest or are apart, so every cell contains the first address of a block or a neighbour of a block. */
  candidates(): readonly string[] {
    return [this.base, this.base + this.size, this.base - 1n]
      .filter((v) => v >= 0n && v < 1n << BigInt(this.bits))
      .map((v) => writeAddress(this.bits, v));
  }
}

export function readIps(value: string): readonly Interval[] {
  const block = readBlock(value);
  return block === undefined ? [] : [new Block(block.bits, block.address, block.prefix)];
}

function writeAddress(bits: 32 | 128, value: bigint): string {
  const groups = bits === 32 ? 4 : 8;
  const width = BigInt(bits / groups);
  const parts = Array.from(
    { length: groups },
    (_, i) => (value >> (width * BigInt(groups - 1 - i))) & ((1n << width) - 1n),
  );
  return bits === 32 ? parts.join('.') : parts.map((p) => p.toString(16)).join(':');
}
