/**
 * Escalation paths as data: which requests, made together, let a principal act as somebody else
 * or change what itself may do. `lib/reach` turns each row into edges; a row states facts only.
 *
 * The rows of `escalation/published-*.ts` are the 65 paths of the public list; the other files hold
 * what the list misses, each with the page of AWS's documentation that says the path works.
 * The reading of every field is argued in docs/catalogue.md, "Escalation paths".
 */

import { CHANGED_COMPUTE_PATHS } from './escalation/changed-compute';
import { DRIVEN_SERVICE_PATHS } from './escalation/driven-services';
import { IDENTITY_PATHS } from './escalation/identity';
import { KEY_PATHS } from './escalation/keys';
import { NEW_COMPUTE_PATHS } from './escalation/new-compute';
import { NEW_DATA_PATHS } from './escalation/new-data';
import { NEW_WORKFLOW_PATHS } from './escalation/new-workflow';
import { PUBLISHED_COMPUTE_PATHS } from './escalation/published-compute';
import { PUBLISHED_IDENTITY_PATHS } from './escalation/published-identity';
import { RESOURCE_PATHS } from './escalation/resources';
import { SOURCE_PATHS } from './escalation/sources';
import { TAG_PATHS } from './escalation/tags';

export type EscalationKind =
  /** Creates something that runs as a passed role. */
  | 'new-passrole'
  /** Changes or drives something that already runs as a role. */
  | 'existing-passrole'
  /** Becomes another principal. */
  | 'principal-access'
  /** Changes what oneself may do. */
  | 'self-escalation'
  /** Opens a resource by editing who may use it. */
  | 'resource-access';

/** What one request of a path is made on. */
export type EscalationTarget =
  /** The acting principal itself: its role, its user, or a group that its user is in. */
  | 'self'
  /** A customer managed policy attached to the acting principal, or to a group that its user is in. */
  | 'policy-of-self'
  /** The customer managed policy that is the acting principal's permissions boundary. */
  | 'boundary-of-self'
  /** The role that is reached: passed, assumed, or edited. */
  | 'target-role'
  /** The user that is reached. */
  | 'target-user'
  /** A group that gives the acting user (or the reached user) its rights. */
  | 'target-group'
  /** A customer managed policy attached to the principal that is reached. */
  | 'policy-of-target'
  /** An instance profile that holds the role that is reached. */
  | 'target-instance-profile'
  /** Something that the request creates: any resource of the action's types that the policy leaves open. */
  | 'new-compute'
  /** The resource that already runs as the role that is reached. */
  | 'existing-compute'
  /** What the resource that runs as the role takes from elsewhere: its code, its users, its integration. */
  | 'source-of-compute'
  /** The resource whose policy is edited. */
  | 'target-resource'
  /** Whatever lacks the tag by which a permission of the acting principal holds. */
  | 'tagged-resource'
  /** Whatever the policy leaves open; the request only helps the others (a document, a cluster, a trigger). */
  | 'any';

export interface EscalationRequest {
  /** In the catalogue's spelling. */
  readonly action: string;
  readonly target: EscalationTarget;
  /**
   * Keys that the request carries because of what it does, each with the values it may have, or
   * `absent` where it carries none: the policy must allow such a request. Service principals are those of the `aws`
   * partition; in China some carry the suffix `.cn`.
   */
  readonly context?: Readonly<Record<string, readonly string[] | 'absent'>>;
}

export type Reached =
  /** The role of the `iam:PassRole` request, when its trust policy admits one of `services`. */
  | {
      readonly kind: 'passed-role';
      readonly services: readonly string[];
      /** The service takes the role through an instance profile that holds it. */
      readonly instanceProfile?: true;
    }
  /** The role that a resource of one of these CloudFormation types runs as; with `service`, the one that this service takes. */
  | { readonly kind: 'role-of-resource'; readonly types: readonly string[]; readonly service?: string }
  /** The user whose access key a resource of one of these types holds. */
  | { readonly kind: 'user-of-key'; readonly types: readonly string[] }
  /** The role or user itself, with the policies it has. The trust policy must admit the actor where `trust` is set. */
  | { readonly kind: 'principal'; readonly of: 'role' | 'user'; readonly trust?: true }
  /** The role or user, which may do anything that its boundary and SCPs leave, as the path also edits its policies. */
  | { readonly kind: 'principal-any'; readonly of: 'role' | 'user'; readonly trust?: true }
  /** Itself, with anything that its boundary and SCPs leave. */
  | { readonly kind: 'self-any' }
  /** The rights of the group of the `target-group` request. */
  | { readonly kind: 'group' }
  /** Itself, without its permissions boundary. */
  | { readonly kind: 'self-unbounded' }
  /** Itself, without the Deny statements of the policies attached to it. */
  | { readonly kind: 'self-undenied' }
  /** Itself, without service control policies. */
  | { readonly kind: 'self-uncontrolled' }
  /** Itself, with its permissions on tagged resources of the service for all of them. */
  | { readonly kind: 'self-retagged'; readonly service: string }
  /** Every role whose trust policy admits the identity provider that is edited; `eks`: the issuer of a cluster. */
  | { readonly kind: 'federated-roles'; readonly provider: 'saml' | 'oidc' | 'eks' | 'any' }
  /** Everything that the policy of a resource of these types can grant. */
  | { readonly kind: 'resource-any'; readonly types: readonly string[] }
  /** Any principal of the account: treat as administrator. */
  | { readonly kind: 'account-any' };

export interface EscalationPath {
  /** Stable; `iam-001` and the like are the numbers of the public list, ids in words are ours. */
  readonly id: string;
  readonly kind: EscalationKind;
  /** As a sentence without a subject: `creates a function that runs as the role, and invokes it`. */
  readonly does: string;
  /** All of them are needed. */
  readonly requests: readonly EscalationRequest[];
  readonly reached: Reached;
  /** Why the requests may still not suffice: a step by this path is undecided. */
  readonly doubt?: string;
  readonly source: string;
}

/** Every row, the published ones first; ids are unique. */
export const ESCALATION_PATHS: readonly EscalationPath[] = [
  ...PUBLISHED_COMPUTE_PATHS,
  ...PUBLISHED_IDENTITY_PATHS,
  ...IDENTITY_PATHS,
  ...NEW_COMPUTE_PATHS,
  ...NEW_WORKFLOW_PATHS,
  ...NEW_DATA_PATHS,
  ...CHANGED_COMPUTE_PATHS,
  ...DRIVEN_SERVICE_PATHS,
  ...RESOURCE_PATHS,
  ...SOURCE_PATHS,
  ...TAG_PATHS,
  ...KEY_PATHS,
];
