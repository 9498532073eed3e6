/** A finding: one verdict about the app that is not a pass. Produced by pure functions from model and reach. */
import type { Context } from '../policy/document';

export type CheckId =
  | 'SOD-1'
  | 'SOD-2'
  | 'SOD-3'
  | 'SOD-4'
  | 'SOD-5'
  | 'DOM-1'
  | 'DOM-2'
  | 'DOM-3'
  | (string & { readonly control?: never });

export interface FindingWitness {
  readonly action: string;
  readonly resource: string;
  readonly contextA?: Context;
  readonly contextB?: Context;
  /** Values chosen for unresolved template values, by their label. */
  readonly holes?: Readonly<Record<string, string>>;
}

/** One edge of a chain: `from` acts as `to` by making `requests`. */
export interface ChainLink {
  readonly from: string;
  readonly to: string;
  /** The name of the path, from the catalogue of escalation paths. */
  readonly by: string;
  readonly requests: readonly string[];
}

export interface Finding {
  /** Stable and literal: the check's id. */
  readonly id: CheckId;
  readonly severity: 'violated' | 'undecided';
  readonly message: string;
  /** Principal ids. */
  readonly principals: readonly string[];
  readonly constructPaths: readonly string[];
  readonly witness?: FindingWitness;
  /** Who grants what, in sentences, a line each (from `explain`). */
  readonly explanation: readonly string[];
  readonly chain: readonly ChainLink[];
  /** The smallest edit that mends it, in one sentence. */
  readonly fix: string;
  /** What the same cause breaks of other checks, which have no finding of their own for it. */
  readonly also?: readonly { readonly id: CheckId; readonly message: string }[];
  readonly exception?: { readonly reason: string; readonly approver: string; readonly expires: string };
}

/** What a finding about a setting has of a finding about requests: nothing. */
export const OF_A_SETTING = { principals: [], explanation: [], chain: [] } as const;
