/**
 * What is remembered of proofs: the ids of those that were taken, so that none is taken twice, and
 * the nonces of the last minutes, which all instances of the authorizer share.
 *
 * An id is kept with the key that signed it (RFC 9449, 11.1), as a hash, until the proof is too old
 * anyway. Of two requests with one proof exactly one finds the item absent: the put is conditional.
 */
import { createHash, randomBytes } from 'node:crypto';
import type { Proof } from './proof';

/** The table, as far as it is needed: one text key, one text value, removed some time after `until`. */
export interface Items {
  /** False iff there was an item of this key. */
  add(key: string, value: string, until: number): Promise<boolean>;
  get(key: string): Promise<string | undefined>;
}

export class ProofStore {
  private readonly nonces = new Map<number, string>();

  constructor(private readonly items: Items) {}

  /** False iff the proof was taken before. */
  public take({ thumbprint, id, until }: Proof): Promise<boolean> {
    const hash = createHash('sha256').update(`${thumbprint}.${id}`).digest('base64url');
    // A minute longer than the proof lives: clocks differ.
    return this.items.add(`proof#${hash}`, '', Math.ceil(until) + 60);
  }

  /** The nonce of one slot of time: random, made by whoever needs it first. */
  public async nonce(slot: number, until: number): Promise<string> {
    const known = this.nonces.get(slot) ?? (await this.stored(slot, until));
    for (const old of this.nonces.keys()) if (old < slot - 1) this.nonces.delete(old);
    this.nonces.set(slot, known);
    return known;
  }

  private async stored(slot: number, until: number): Promise<string> {
    const key = `nonce#${slot}`;
    const found = await this.items.get(key);
    if (found !== undefined) return found;
    const made = randomBytes(24).toString('base64url');
    if (await this.items.add(key, made, until)) return made;
    const others = await this.items.get(key);
    if (others === undefined) throw new Error('the table holds a nonce and does not hand it out');
    return others;
  }
}
