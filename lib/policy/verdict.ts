/** The answers of the decision procedures. Undecided is a value, never an exception, and never a pass. */
import type { Context } from './document';

export interface OverlapWitness {
  readonly action: string;
  readonly resource: string;
  /** The context in which A may make the request, and B; keys of the request itself have one value in both. */
  readonly contextA: Context;
  readonly contextB: Context;
  /** Values chosen for unresolved template values, by hole id; absent when there are none. */
  readonly holes?: Readonly<Record<string, string>>;
}

export type OverlapVerdict =
  | { readonly verdict: 'disjoint' }
  | { readonly verdict: 'overlap'; readonly witness: OverlapWitness }
  | { readonly verdict: 'undecided'; readonly reason: string };

export interface SubsetWitness {
  readonly action: string;
  readonly resource: string;
  readonly context: Context;
  readonly holes?: Readonly<Record<string, string>>;
}

export type SubsetVerdict =
  | { readonly verdict: 'subset' }
  | { readonly verdict: 'not-subset'; readonly witness: SubsetWitness }
  | { readonly verdict: 'undecided'; readonly reason: string };
