/**
 * What the constructs say about themselves, and how they call the gate.
 *
 * `mark` writes domain, duty and part into the resource's own template metadata, so that the
 * rendered template explains itself wherever it is read: at synthesis, in `cdk.out`, in another
 * language. `registerGate` is all that `lib/domain` knows of the checks.
 */
import type { CfnResource } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';
import { guard } from './gate';

/** The key under a resource's `Metadata` in the template. */
export const METADATA_KEY = 'bulkhead';

/** By whose word a domain lets callers in. Literal values only. */
export interface Trusts {
  readonly issuers?: readonly string[];
  readonly audiences?: readonly string[];
  /** Fingerprints of certificate authorities. */
  readonly authorities?: readonly string[];
  /** Whom a certificate alone lets in, and with which scopes. */
  readonly clients?: readonly { readonly name: string; readonly scopes: readonly string[] }[];
}

/** What one resource is in its trust domain. Written verbatim, so JSON values only; no tokens. */
export interface Mark {
  /** Name of the trust domain that owns the resource. Absent on a role that makes all of a domain, and is owned by whoever administers the account. */
  readonly domain?: string;
  /** On the role that CloudFormation acts as: the domain whose approved changes it runs. */
  readonly executes?: string;
  /** The duty, on a duty role and on its boundary. */
  readonly duty?: string;
  /** What the resource is in the domain: `api`, `key`, `role`, `boundary`, `web-acl`, … */
  readonly part: string;
  /** The audit vault that the resource is a part of, or that it writes into. */
  readonly vault?: string;
  /** On the API: `internal`, `partner` or `public`. */
  readonly exposure?: string;
  /** On the API: who answers for the domain. */
  readonly owner?: string;
  /** On an API that several domains share: what each has to itself. */
  readonly zones?: readonly { readonly domain: string; readonly path: string; readonly authentication: string }[];
  /** On the API: `development` or `production`. */
  readonly life?: string;
  /** On the API and its methods: how callers are authenticated. */
  readonly authentication?: string;
  /** On a method: `HIGH` for a high-value route. */
  readonly sensitivity?: string;
  /** On a role: for each assumer whose second factor IAM cannot see, who vouches for it. Facts from outside the app. */
  readonly attestations?: readonly string[];
  /** On one boundary of a domain: its common requests, as IAM statements in JSON. */
  readonly common?: readonly unknown[];
  /** On a role for emergencies: what it declares. */
  readonly breakGlass?: {
    readonly domain: string;
    readonly reason: string;
    readonly approvedBy: string;
    readonly expires: string;
  };
  /** On a method whose scopes the domain's authorizer compares: the caller needs one of them. */
  readonly scopes?: readonly string[];
  /** On an alarm: properties that nobody may weaken afterwards, as CloudFormation spells them. */
  readonly promised?: { readonly [property: string]: string | number };
  /** On the authorizer. */
  readonly trusts?: Trusts;
  /** On the grant of a crossing: what it declares. ARNs may hold what only the deployment knows. */
  readonly crossing?: {
    readonly from: string;
    readonly to: string;
    readonly actions: readonly string[];
    readonly resources: readonly string[];
    readonly justification: string;
    readonly approvedBy: string;
    readonly expires: string;
  };
}

/** Writes the mark into the resource's metadata; a later call for the same resource adds to the earlier ones. */
export function mark(resource: CfnResource, mark: Mark): void {
  const earlier = resource.getMetadata(METADATA_KEY) as object | undefined;
  resource.addMetadata(METADATA_KEY, { ...earlier, ...mark });
}

/** Puts the app that holds `scope` under the gate. Idempotent per app; may be called at any time before the templates are written. */
export function registerGate(scope: IConstruct): void {
  guard(scope);
}
