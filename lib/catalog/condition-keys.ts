/**
 * What is known of each condition key: its type, whether it has several values, and whether two
 * principals that make the same request share its value. An unknown key has the facts that are
 * sound for every key. The argument for each class stands in docs/catalogue.md.
 */
import type { KeyFacts } from '../policy/catalogue';

const UNKNOWN: KeyFacts = { scope: 'caller', multivalued: true, type: 'string', alwaysPresent: false };

/** `key` in any case. */
export function keyFacts(_key: string): KeyFacts {
  return UNKNOWN;
}
