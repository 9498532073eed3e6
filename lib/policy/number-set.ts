/**
 * A set of small whole numbers, in the order in which they were added, that is cleared and filled again and again:
 * states and the symbols of a search are made one at a time, and leave nothing behind for the collector.
 */
export class NumberSet {
  size = 0;
  /** The members; those from `size` on mean nothing. */
  items = new Int32Array(256);
  /** By the number: the turn in which it was added. */
  private turns = new Int32Array(256);
  private turn = 1;

  clear(): void {
    this.size = 0;
    if (++this.turn < 2 ** 30) return;
    this.turns.fill(0);
    this.turn = 1;
  }

  add(n: number): void {
    if (n >= this.turns.length) this.turns = grown(this.turns, Math.max(n + 1, 2 * this.turns.length));
    if (this.turns[n] === this.turn) return;
    this.turns[n] = this.turn;
    if (this.size === this.items.length) this.items = grown(this.items, 2 * this.size);
    this.items[this.size++] = n;
  }

  has(n: number): boolean {
    return this.turns[n] === this.turn;
  }

  /** In ascending order, which they mostly are already. */
  sort(): void {
    const { items, size } = this;
    for (let i = 1; i < size; i++) {
      if ((items[i] as number) < (items[i - 1] as number)) {
        items.subarray(0, size).sort();
        return;
      }
    }
  }

  /** Leaves the last members alone. */
  dropFirst(dropped: number): void {
    if (dropped === 0) return;
    this.items.copyWithin(0, dropped, this.size);
    this.size -= dropped;
  }

  equals(numbers: readonly number[]): boolean {
    if (numbers.length !== this.size) return false;
    for (let i = 0; i < this.size; i++) if (this.items[i] !== numbers[i]) return false;
    return true;
  }

  toArray(): readonly number[] {
    const out: number[] = [];
    for (let i = 0; i < this.size; i++) out.push(this.items[i] as number);
    return out;
  }
}

/** Of `size` numbers. */
export function hashOf(numbers: ArrayLike<number>, size: number, from = 0): number {
  let hash = size;
  for (let i = from; i < from + size; i++) hash = Math.imul(hash ^ (numbers[i] as number), 0x5bd1e995);
  return (hash ^ (hash >>> 15)) >>> 0;
}

/** A longer array with the same beginning. */
export function grown(array: Int32Array<ArrayBuffer>, length: number): Int32Array<ArrayBuffer> {
  const longer = new Int32Array(length);
  longer.set(array);
  return longer;
}
