/**
 * The model: what the rendered templates of one app say about principals, resources and APIs.
 * Pure data; `build-model.ts` makes it from templates, reach and the checks read it.
 */
import type { Condition, Policies, PolicyDocument } from '../policy/document';
import type { Text } from '../policy/text';

export const DUTIES = ['provision', 'deploy', 'approve', 'read', 'write', 'monitor', 'audit'] as const;
export type Duty = (typeof DUTIES)[number];
/** Stages of life: whatever comes before production is development. */
export const LIVES = ['development', 'production'] as const;
export type Life = (typeof LIVES)[number];
export type Exposure = 'internal' | 'partner' | 'public';

/** Where an element stands; every finding points at these. */
export interface Origin {
  /** `Stack/LogicalId`: unique in a model. */
  readonly id: string;
  /** The construct path (`aws:cdk:path` or the live construct's), or `id` where the template has none. */
  readonly path: string;
  /** Stack name (or template file name) and logical id. */
  readonly stack: string;
  readonly logicalId: string;
  readonly type: string;
  /** File of the template and 1-based line, where known. */
  readonly file?: string;
  readonly line?: number;
}

export interface AttachedPolicy {
  readonly document: PolicyDocument;
  readonly attached: 'inline' | 'managed' | 'aws-managed';
  /** Absent for AWS managed policies. */
  readonly origin?: Origin;
  /** Of a managed policy: reach asks who may change it. */
  readonly arn?: Text;
}

export interface Principal {
  readonly kind: 'role' | 'user' | 'group' | 'instance-profile' | 'bootstrap-role' | 'external';
  readonly id: string;
  readonly origin: Origin;
  readonly arn: Text;
  readonly account: Text;
  readonly domain?: string;
  readonly duty?: Duty;
  /**
   * Who gave the duty: a construct's mark, which promises a remit as the role's boundary, or the
   * configuration, which promises nothing. Present iff `duty` is.
   */
  readonly dutyFrom?: 'mark' | 'configuration';
  /** Of a role that only CloudFormation assumes: the domain that it deploys. Its kind is `bootstrap-role`. */
  readonly executes?: string;
  /** Of a role: the longest session in seconds; absent where the template leaves it to IAM. */
  readonly maxSession?: number | 'unknown';
  /** Of a duty role: who vouches for the second factor of which assumer, as its mark says. */
  readonly attestations?: readonly string[];
  /** Of a role for emergencies, where what it declares holds. */
  readonly breakGlass?: BreakGlass;
  readonly attached: readonly AttachedPolicy[];
  readonly boundary?: AttachedPolicy;
  /** Set when the template names a boundary that cannot be read: it bounds nothing here, whatever it does in AWS. */
  readonly boundaryUnknown?: string;
  readonly trust?: PolicyDocument;
  /** Of a user: ids of the groups it is in, whose policies are among `attached`. */
  readonly memberOf?: readonly string[];
  /** Of an instance profile: the ARNs of its roles. */
  readonly holds?: readonly Text[];
  /** Tags whose key and value the template gives; a deployment may add others. */
  readonly tags?: Readonly<Record<string, string>>;
  /** What the engine decides over: attached documents, boundary, SCPs from the configuration, grants by resource policies. */
  readonly policies: Policies;
  /** Reasons why this principal's policies cannot be known (an unknown managed policy ARN, …): its verdicts are undecided. */
  readonly unknown: readonly string[];
}

/** Whoever holds a token of the issuer, for the audience, or a certificate of the authority, is believed. */
export interface Trusts {
  readonly issuers: readonly string[];
  readonly audiences: readonly string[];
  /** Fingerprints. */
  readonly authorities: readonly string[];
  /** Whom a certificate alone lets in, and with which scopes. */
  readonly clients?: readonly { readonly name: string; readonly scopes: readonly string[] }[];
}

export interface Resource {
  readonly id: string;
  readonly origin: Origin;
  readonly arn?: Text;
  readonly account: Text;
  /** The domain that owns the resource; the first of `claims` by name where several claim it. */
  readonly domain?: string;
  /** Every domain that claims the resource, by mark or configuration, sorted; more than one is a finding. */
  readonly claims?: readonly string[];
  /** What the resource is to the construct that made it, as its mark says: `api`, `key`, `audit-trail`, … */
  readonly part?: string;
  /** The audit vault that it is a part of, or that it writes into. */
  readonly vault?: string;
  readonly policy?: PolicyDocument;
  /**
   * What the policy allows everyone (`Principal: "*"` without a condition that says who), as
   * statements on the resource. Kept here and not with every principal: one root cause.
   */
  readonly openTo?: PolicyDocument;
  /** The role that this resource runs as, by principal id or ARN text. */
  readonly runsAs?: readonly { readonly service: string; readonly role: Text }[];
  /** Of an authorizer: by whose word it lets callers in, as its mark says. */
  readonly trusts?: Trusts;
  /**
   * Ids of resources and principals this one refers to, with the property path of the reference; `sometimes` where a condition of
   * the template decides whether it does.
   */
  readonly references: readonly { readonly to: string; readonly at: string; readonly sometimes?: true }[];
  /**
   * ARNs in its properties, grants aside, that no resource of the templates has for sure; one may have them all the same where
   * account, region or the ARN itself is known to the deployment alone.
   */
  readonly unsure?: readonly { readonly arn: Text; readonly at: string }[];
  /**
   * Ids of the holes in its properties that nobody may tell apart from others: of parameters, of values from elsewhere, of
   * whatever is not the name of a resource that the deployment makes.
   */
  readonly open: readonly string[];
  /** Resolved: strings where they are known, `Text` where they are not; absent values left out. */
  readonly properties: Readonly<Record<string, unknown>>;
  /** Of each property that a condition of the template decides: its values, and when it has them. */
  readonly alternatives?: Readonly<Record<string, readonly Alternative[]>>;
  /** When the resource is there, if a condition of the template decides it. */
  readonly when?: When;
  /** Properties that the construct which made it promises, as its mark says: nobody may weaken them afterwards. */
  readonly promised?: Readonly<Record<string, unknown>>;
}

/** What the deployment must have decided: one of these conjunctions, over keys that begin with `bulkhead:`. */
export type When = readonly (readonly Condition[])[];

export interface Alternative {
  readonly when: When;
  /** Resolved; `undefined` where the property is left out. */
  readonly value: unknown;
}

/** `unknown`: only the deployment knows. */
export interface RequestValidation {
  readonly body: boolean | 'unknown';
  readonly parameters: boolean | 'unknown';
  /** Whether bodies of some content type have a schema to be checked against. */
  readonly model: boolean;
}

export type ApiKind =
  | 'rest'
  | 'http'
  | 'websocket'
  | 'appsync'
  | 'function-url'
  | 'load-balancer'
  | 'app-runner'
  | 'lattice'
  | 'distribution';

/** What a domain has to itself of a gateway that it shares with others. */
export interface Zone {
  readonly domain: string;
  /** Under which all its routes lie: `/partner`. */
  readonly path: string;
  /** How callers are authenticated, as the construct says. */
  readonly authentication?: string;
}

/** An API, or what a domain has to itself of one that it shares: each zone is an entry of its own, as is the gateway. */
export interface Api {
  readonly id: string;
  readonly origin: Origin;
  readonly kind: ApiKind;
  /** Whether its address is the internet's or a network's, as the template has it; who is let in is another question. */
  readonly reachableFrom?: 'internet' | 'network' | 'unknown';
  readonly domain?: string;
  readonly exposure?: Exposure;
  readonly owner?: string;
  /** Of a zone: the path under which its routes lie. */
  readonly zone?: string;
  /** Of a gateway that domains share, whose own routes are those that lie in no zone, or in several: its zones. */
  readonly zones?: readonly Zone[];
  readonly routes: readonly {
    readonly method: string;
    readonly path: string;
    readonly authentication: string;
    readonly sensitivity?: 'HIGH';
    /** Where tokens open the route: it takes one with any of these. */
    readonly scopes?: readonly string[];
    /** Construct path of the method or route; absent where the API's own document describes it. */
    readonly declaredAt?: string;
    /** It answers preflight requests by itself, and calls nothing. */
    readonly preflight?: true;
    /** Of a REST API: what the gateway checks of a request before it calls anything. */
    readonly validation?: RequestValidation;
  }[];
  /** Of a REST API: the ARN by which it is called, without stage, method and path. */
  readonly invoke?: Text;
  readonly authentication: readonly string[];
}

export interface Domain {
  readonly name: string;
  readonly exposure?: Exposure;
  readonly owner?: string;
  /** Where the domain was declared: several places claiming one name are a finding. */
  readonly declaredAt: readonly Origin[];
}

/** A domain in one of the places where it is deployed. */
export interface StageOfLife {
  readonly domain: string;
  /** The CDK Stage, or the path of the `cdk.out` where there are several; empty for what stands in none. */
  readonly place: string;
  /** Ids of the stacks. */
  readonly stacks: readonly string[];
  /** Absent where nobody says. */
  readonly life?: Life;
}

/** What is deployed together, whether a domain stands there or not. */
export interface Place {
  /** As a stage of life names it. */
  readonly place: string;
  /** Ids of the stacks. */
  readonly stacks: readonly string[];
  /** That of all domains there; absent where nobody says, or where they differ. */
  readonly life?: Life;
}

/** Stacks that cannot be deployed or removed without others. */
export interface Coupling {
  /** Ids of the stack and of those nested in it. */
  readonly from: readonly string[];
  readonly to: readonly string[];
  /** Construct path of what binds them. */
  readonly at: string;
  /** What it does: imports an export, is deployed later. */
  readonly what: string;
  /** Of a value: ids of the elements that it is made of. Absent for an order. */
  readonly names?: readonly string[];
  /** It takes a value and binds nothing by itself; an order may be for its sake. */
  readonly weak?: true;
}

/** A declared access from one domain into another. */
export interface Crossing {
  readonly from: string;
  readonly to: string;
  /** Action patterns. */
  readonly actions: readonly string[];
  /** ARN patterns; of constructs, with what only the deployment knows. */
  readonly resources: readonly (string | Text)[];
  /** Construct path of what declares it; absent where the configuration does. */
  readonly declaredAt?: string;
  readonly justification: string;
  readonly approvedBy: string;
  /** `YYYY-MM-DD`; the last day on which the crossing holds. */
  readonly expires: string;
}

/** A declared access that one person may use alone, for a time, reported at each use. */
export interface BreakGlass {
  readonly domain: string;
  readonly reason: string;
  readonly approvedBy: string;
  /** `YYYY-MM-DD`; the last day on which it may be used. */
  readonly expires: string;
}

/** A finding that somebody has accepted for a time. */
export interface SecurityException {
  /** Id of the check. */
  readonly finding: string;
  /** All construct paths that the finding names. */
  readonly constructPaths: readonly string[];
  /** Words of the finding's message, where the check has several on these paths. */
  readonly says?: string;
  readonly reason: string;
  readonly approver: string;
  /** `YYYY-MM-DD`; the last day on which it holds. */
  readonly expires: string;
  /** Construct path of what declares it. */
  readonly declaredAt: string;
}

/** A credential that stands in what is deployed: its place and kind, never itself. */
export interface WrittenSecret {
  /** Construct path of the resource, of the stack, or what the asset belongs to. */
  readonly path: string;
  /** Property path from there, or file and line. */
  readonly at: string;
  /** With its article: `a private key`. */
  readonly what: string;
}

/** A fact from outside the app that a verdict rests on. Printed, never silent. */
export interface Assumption {
  readonly id: string;
  readonly text: string;
}

export interface Model {
  readonly domains: readonly Domain[];
  readonly principals: readonly Principal[];
  readonly resources: readonly Resource[];
  readonly apis: readonly Api[];
  /** The app's own stacks that are deployed with a role, as resources that run as it. */
  readonly deployments?: readonly Resource[];
  readonly assumptions: readonly Assumption[];
  /** Conflicting pairs of duties, from the configuration; all pairs by default. */
  readonly conflicts: readonly (readonly [Duty, Duty])[];
  /** The declared common requests, as Allow statements. */
  readonly common: PolicyDocument;
  /** Parts of the app that no analysis can see (a macro, a nested template elsewhere): nothing is proved with one. */
  readonly gaps?: readonly { readonly path: string; readonly reason: string }[];
  /** Crossings that the configuration and the constructs declare, none of them expired. */
  readonly crossings?: readonly Crossing[];
  readonly exceptions?: readonly SecurityException[];
  readonly couplings?: readonly Coupling[];
  /** By domain and place. */
  readonly stages?: readonly StageOfLife[];
  readonly places?: readonly Place[];
  /** Absent where nobody looked for them. */
  readonly secrets?: readonly WrittenSecret[];
}
