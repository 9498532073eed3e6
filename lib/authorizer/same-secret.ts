/** Equality of what an attacker might guess byte by byte: the time taken tells nothing of where they differ. */
import { createHash, timingSafeEqual } from 'node:crypto';

export function sameSecret(a: string, b: string): boolean {
  // Hashes have one length, which `timingSafeEqual` demands, and which would tell the length otherwise.
  return timingSafeEqual(digest(a), digest(b));
}

function digest(value: string): Buffer {
  return createHash('sha256').update(value).digest();
}
