/**
 * The IAM policy language, parsed: what every part of the engine reads.
 * Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html
 *
 * `parse.ts` makes these from JSON and refuses everything the grammar refuses. Values are kept
 * as written (case, wildcards, `${variables}`); meaning is given by `evaluate.ts` (one request)
 * and by the symbolic procedures (all requests), independently of one another.
 */
import type { Text } from './text';

export type PolicyVersion = '2008-10-17' | '2012-10-17';

export interface PolicyDocument {
  /** Policy variables are substituted only in `2012-10-17`; a document without a version is 2008. */
  readonly version: PolicyVersion;
  readonly statements: readonly Statement[];
  /** Where the document stands, for messages: a file, a managed policy's ARN, a construct path. */
  readonly origin: string;
}

export interface Statement {
  readonly effect: 'Allow' | 'Deny';
  readonly sid?: string;
  /** Position in the document, from 0. */
  readonly index: number;
  readonly origin: string;
  /** The document's version, which decides whether `${…}` is a variable. */
  readonly version: PolicyVersion;
  readonly action: Selection;
  /** Absent in trust policies, whose resource is the role itself, and in resource policies that speak of their own resource. */
  readonly resource?: Selection;
  /** Present only in resource policies. */
  readonly principal?: PrincipalElement;
  readonly conditions: readonly Condition[];
  /**
   * Set when the statement cannot be read exactly (an unresolved action or effect, say): the
   * reason. Every question that such a statement could influence is undecided.
   */
  readonly opaque?: string;
}

/** The texts in which holes and policy variables may stand. */
export function textsOf(statement: Statement): readonly Text[] {
  return [...(statement.resource?.patterns ?? []), ...statement.conditions.flatMap((c) => c.values)];
}

/** `Action`/`Resource` (`not: false`) or `NotAction`/`NotResource` (`not: true`). */
export interface Selection {
  readonly not: boolean;
  readonly patterns: readonly Text[];
}

export interface PrincipalElement {
  /** `NotPrincipal`. */
  readonly not: boolean;
  /** `Principal: "*"` is one entry of type `AWS` with the value `*`. */
  readonly entries: readonly {
    readonly type: 'AWS' | 'Service' | 'Federated' | 'CanonicalUser';
    readonly value: Text;
  }[];
}

export const BASE_OPERATORS = [
  'StringEquals',
  'StringNotEquals',
  'StringEqualsIgnoreCase',
  'StringNotEqualsIgnoreCase',
  'StringLike',
  'StringNotLike',
  'NumericEquals',
  'NumericNotEquals',
  'NumericLessThan',
  'NumericLessThanEquals',
  'NumericGreaterThan',
  'NumericGreaterThanEquals',
  'DateEquals',
  'DateNotEquals',
  'DateLessThan',
  'DateLessThanEquals',
  'DateGreaterThan',
  'DateGreaterThanEquals',
  'Bool',
  'BinaryEquals',
  'IpAddress',
  'NotIpAddress',
  'ArnEquals',
  'ArnLike',
  'ArnNotEquals',
  'ArnNotLike',
  'Null',
] as const;
export type BaseOperator = (typeof BASE_OPERATORS)[number];

/** One key of one operator of a `Condition` block: true iff the operator holds for the key's value(s). */
export interface Condition {
  /** Canonical spelling (operators are matched without regard to case). */
  readonly operator: BaseOperator;
  readonly quantifier?: 'ForAllValues' | 'ForAnyValue';
  readonly ifExists: boolean;
  /** As written; condition keys are compared without regard to case (tag keys too). */
  readonly key: string;
  /** Alternatives (for negated operators: none may match). */
  readonly values: readonly Text[];
}

/** Everything that bounds what one principal may do, as far as the principal carries it. */
export interface Policies {
  /** A request needs an Allow from one of these … */
  readonly identityPolicies: readonly PolicyDocument[];
  /** … and, when present, from this … */
  readonly permissionsBoundary?: PolicyDocument;
  /** … and, when present, from one of these … */
  readonly sessionPolicies?: readonly PolicyDocument[];
  /** … and, when present, from one of these; and a Deny from none of all. */
  readonly serviceControlPolicies?: readonly PolicyDocument[];
  /**
   * Statements of resource policies that name this principal, as identity statements on that
   * resource. They count like identity policies: the boundary still limits them. Source:
   * https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html
   */
  readonly resourceGrants?: readonly PolicyDocument[];
  /** The same where neither boundary nor session policy limits them (an IAM user or a session named in the resource policy). */
  readonly unboundedGrants?: readonly PolicyDocument[];
}

/** A context value: one string, or the values of a multi-valued key. Keys in lower case or as documented; compared without regard to case. */
export type Context = Readonly<Record<string, string | readonly string[]>>;

/** A witness: one request that the policies in question allow, concrete in every part. */
export interface Request {
  /** `service:Action`. */
  readonly action: string;
  /** An ARN, or `*` for an action without resource types. */
  readonly resource: string;
  readonly context: Context;
}
