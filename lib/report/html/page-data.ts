/**
 * What the page shows, as plain data: the page's own contract with the code that fills it. Names are written once and
 * referred to by index, so that an estate of 3,000 roles stays a page of a few megabytes.
 */
export type Severity = 'violated' | 'undecided';

export interface PageData {
  readonly verdict: 'proved' | 'violated' | 'undecided';
  readonly headline: string;
  readonly duties: readonly string[];
  readonly domains: readonly PageDomain[];
  readonly roles: readonly PageRole[];
  readonly findings: readonly PageFinding[];
  /** Of domains: declared and undeclared, from the first to the second. */
  readonly crossings: readonly PageCrossing[];
  /** Pairs of duties that conflict, by index. */
  readonly conflicts: readonly (readonly [number, number])[];
  /** Cells of the duty matrices in which something was found; all others are clear. */
  readonly dutyCells: readonly DutyCell[];
  readonly graph: { readonly nodes: readonly GraphNode[]; readonly edges: readonly GraphEdge[] };
  readonly apis: readonly PageApi[];
  readonly checks: readonly { readonly id: string; readonly compliant: string; readonly open: number }[];
  readonly controls: readonly {
    readonly id: string;
    readonly text: string;
    readonly checks: readonly string[];
    readonly state: 'held' | 'broken' | 'undecided' | 'nothing to judge';
  }[];
  readonly common: readonly string[];
  readonly assumptions: readonly { readonly id: string; readonly text: string }[];
  readonly evidence?: {
    readonly tool: string;
    readonly time?: string;
    readonly inputs: readonly (readonly [path: string, sha256: string])[];
  };
  readonly statistics: { readonly principals: number; readonly resources: number };
}

export interface PageDomain {
  readonly name: string;
  readonly exposure: string;
  readonly owner: string;
  readonly authentication: string;
  readonly routes: number;
}

export interface PageRole {
  readonly path: string;
  readonly kind: string;
  /** Index of the domain, or -1. */
  readonly domain: number;
  /** Index of the duty, or -1. */
  readonly duty: number;
}

export interface PageFinding {
  readonly id: string;
  readonly severity: Severity;
  readonly message: string;
  readonly roles: readonly number[];
  readonly domains: readonly number[];
  readonly places: readonly { readonly path: string; readonly place?: string }[];
  readonly request?: {
    readonly action: string;
    readonly resource: string;
    readonly context: readonly (readonly [label: string, key: string, value: string])[];
  };
  readonly explanation: readonly string[];
  readonly chain: readonly {
    readonly from: string;
    readonly to: string;
    readonly by: string;
    readonly requests: readonly string[];
  }[];
  /** Edges of the graph that are the chain. */
  readonly edges: readonly number[];
  readonly fix: string;
  readonly excused?: string;
}

export interface PageCrossing {
  readonly from: number;
  readonly to: number;
  readonly state: 'declared' | Severity;
  readonly text: string;
  /** Index of the finding that shows it. */
  readonly finding?: number;
}

export interface DutyCell {
  /** Index of the domain, or -1 for roles of several or none. */
  readonly domain: number;
  readonly a: number;
  readonly b: number;
  readonly state: Severity;
  readonly finding: number;
}

export interface GraphNode {
  readonly label: string;
  readonly kind: 'role' | 'outside' | 'resource';
  readonly domain: number;
  readonly duty: number;
}

export interface GraphEdge {
  readonly from: number;
  readonly to: number;
  readonly kind: 'trust' | 'runs' | 'chain';
  readonly label: string;
}

export interface PageApi {
  readonly path: string;
  readonly domain: number;
  readonly owner: string;
  readonly exposure: string;
  readonly authentication: string;
  readonly routes: readonly string[];
}
