/**
 * The graph that the page draws: who is admitted by which role's trust policy, what runs as which role, and the chains of
 * the findings. A picture of the templates; what can be reached is decided by lib/reach, and shown as chains.
 */
import type { Finding } from '../../checks/finding';
import type { Model, Principal } from '../../model/model';
import { textKey } from '../../model/text-key';
import { show } from '../../policy/text';
import type { GraphEdge, GraphNode } from './page-data';

export interface Indices {
  readonly domain: (name: string | undefined) => number;
  readonly duty: (name: string | undefined) => number;
}

export class PageGraph {
  readonly nodes: GraphNode[] = [];
  readonly edges: GraphEdge[] = [];
  private readonly byKey = new Map<string, number>();
  private readonly known = new Map<string, number>();
  private readonly byArn: ReadonlyMap<string, Principal>;
  private readonly byId: ReadonlyMap<string, Principal>;

  constructor(
    model: Model,
    private readonly indices: Indices,
  ) {
    this.byArn = new Map(model.principals.map((p) => [textKey(p.arn), p]));
    this.byId = new Map(model.principals.map((p) => [p.id, p]));
    for (const principal of model.principals) this.admissions(principal);
    for (const { id, origin, domain, runsAs = [] } of model.resources) {
      for (const { role } of runsAs) {
        const principal = this.byArn.get(textKey(role));
        if (principal === undefined) continue;
        const from = this.node(id, {
          label: short(origin.path),
          kind: 'resource',
          domain: indices.domain(domain),
          duty: -1,
        });
        this.edge(from, this.principal(principal), 'runs', 'runs as');
      }
    }
  }

  /** The edges of a finding's chain; both ends are in the graph afterwards. */
  chainOf({ chain }: Finding): readonly number[] {
    return chain.flatMap(({ from, to, by, requests }) =>
      from
        .split(' and ')
        .map((maker) => this.edge(this.named(maker), this.named(to), 'chain', `${by}: ${requests.join('; ')}`)),
    );
  }

  private admissions(principal: Principal): void {
    for (const { effect, principal: admitted } of principal.trust?.statements ?? []) {
      if (effect !== 'Allow' || admitted === undefined || admitted.not) continue;
      for (const { type, value } of admitted.entries) {
        if (type === 'Service' || type === 'CanonicalUser') continue;
        const caller = this.byArn.get(textKey(value));
        const from = caller === undefined ? this.outside(show(value)) : this.principal(caller);
        this.edge(from, this.principal(principal), 'trust', 'may assume');
      }
    }
  }

  private named(id: string): number {
    const principal = this.byId.get(id);
    return principal === undefined ? this.outside(id) : this.principal(principal);
  }

  private principal({ id, origin, domain, duty }: Principal): number {
    const { indices } = this;
    return this.node(id, {
      label: short(origin.path),
      kind: 'role',
      domain: indices.domain(domain),
      duty: indices.duty(duty),
    });
  }

  private outside(name: string): number {
    return this.node(`outside ${name}`, { label: name, kind: 'outside', domain: -1, duty: -1 });
  }

  private node(key: string, node: GraphNode): number {
    let index = this.byKey.get(key);
    if (index === undefined) {
      index = this.nodes.push(node) - 1;
      this.byKey.set(key, index);
    }
    return index;
  }

  private edge(from: number, to: number, kind: GraphEdge['kind'], label: string): number {
    const key = `${from} ${to} ${kind} ${kind === 'chain' ? label : ''}`;
    let index = this.known.get(key);
    if (index === undefined) {
      index = this.edges.push({ from, to, kind, label }) - 1;
      this.known.set(key, index);
    }
    return index;
  }
}

/** By the construct that the author wrote, not the L1 inside it. */
export function short(path: string): string {
  return path.replace(/\/(Resource|Default)$/, '');
}
