/**
 * The configuration (`bulkhead.json`, or the context key `bulkhead` of `cdk.json`), parsed: domains
 * and duties for apps that use none of the constructs, and the facts from outside the app that
 * verdicts may rest on. `parseConfiguration` refuses everything it does not know, with one error
 * that names the key; matching of globs against the app is in `classification.ts`, because only
 * there is it known whether a glob matches anything.
 */
import type { PolicyDocument } from '../policy/document';
import type { Duty, Exposure } from './model';

export interface Configuration {
  /** Where it was read from, for messages. */
  readonly source: string;
  readonly domains: readonly ConfiguredDomain[];
  readonly duties: readonly { readonly duty: Duty; readonly globs: readonly string[] }[];
  /** Absent: all pairs of duties conflict. */
  readonly conflicts?: readonly (readonly [Duty, Duty])[];
  /** Absent: what the constructs declare, or the built-in list. */
  readonly common?: PolicyDocument;
  readonly assume: {
    /** Policies that the bootstrap execution role is declared to have instead of administrator access. */
    readonly bootstrapExecutionPolicies?: readonly string[];
    readonly serviceControlPolicies: readonly PolicyDocument[];
  };
  readonly crossings: readonly ConfiguredCrossing[];
}

export interface ConfiguredDomain {
  readonly name: string;
  readonly exposure?: Exposure;
  readonly owner?: string;
  /** Globs over construct paths, `STACK/LogicalId` and physical names. */
  readonly resources: readonly string[];
}

export interface ConfiguredCrossing {
  readonly from: string;
  readonly to: string;
  readonly actions: readonly string[];
  readonly resources: readonly string[];
  readonly justification: string;
  readonly approvedBy: string;
  /** `YYYY-MM-DD`; the last day on which the crossing holds. */
  readonly expires: string;
}

export const NO_CONFIGURATION: Configuration = {
  source: 'no configuration',
  domains: [],
  duties: [],
  assume: { serviceControlPolicies: [] },
  crossings: [],
};
