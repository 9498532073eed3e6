/**
 * Where the nodes of a graph stand. Parts that hang together are laid out by dagre, each alone, and set on shelves, so that
 * twenty short chains are a page of chains and not one long column.
 */
import { graphlib, layout } from '@dagrejs/dagre';

export interface Point {
  readonly x: number;
  readonly y: number;
}

export interface Box extends Point {
  readonly width: number;
  readonly height: number;
}

export interface Plan {
  readonly width: number;
  readonly height: number;
  /** Centres, by node. */
  readonly nodes: ReadonlyMap<number, Box>;
  /** Bends, by edge; an edge from a node to itself has none. */
  readonly edges: ReadonlyMap<number, readonly Point[]>;
  readonly groups: readonly { readonly group: number; readonly box: Box }[];
}

export interface Sketch {
  readonly nodes: ReadonlySet<number>;
  readonly edges: readonly { readonly id: number; readonly from: number; readonly to: number }[];
  sizeOf(node: number): { readonly width: number; readonly height: number };
  /** Nodes of one group stand together; -1 is no group. */
  groupOf(node: number): number;
}

/** Between parts, and wide enough for the loop of a node that comes back to itself. */
const GAP = 44;
/** Width to height, of the frame that the plan is shown in. */
const ASPECT = 2.1;

export function planOf(sketch: Sketch): Plan {
  const parts = partsOf(sketch).map((nodes) => layOut(sketch, nodes));
  const area = parts.reduce((sum, { width, height }) => sum + (width + GAP) * (height + GAP), 0);
  const wide = Math.max(...parts.map((p) => p.width), Math.sqrt(area * ASPECT), 1);
  const nodes = new Map<number, Box>();
  const edges = new Map<number, readonly Point[]>();
  const groups: { group: number; box: Box }[] = [];
  let [x, y, shelf, width] = [0, 0, 0, 0];
  for (const part of [...parts].sort((a, b) => b.height - a.height)) {
    if (x > 0 && x + part.width > wide) [x, y, shelf] = [0, y + shelf + GAP, 0];
    const moved = <T extends Point>(point: T): T => ({ ...point, x: point.x + x, y: point.y + y });
    for (const [node, box] of part.nodes) nodes.set(node, moved(box));
    for (const [edge, points] of part.edges) edges.set(edge, points.map(moved));
    for (const { group, box } of part.groups) groups.push({ group, box: moved(box) });
    width = Math.max(width, x + part.width);
    shelf = Math.max(shelf, part.height);
    x += part.width + GAP;
  }
  return { width, height: y + shelf, nodes, edges, groups };
}

/** What is joined by edges, or stands in one group. */
function partsOf({ nodes, edges, groupOf }: Sketch): readonly (readonly number[])[] {
  const parent = new Map<number, number>();
  const find = (n: number): number => {
    let root = n;
    for (let above = parent.get(root); above !== undefined; above = parent.get(root)) root = above;
    if (root !== n) parent.set(n, root);
    return root;
  };
  const join = (a: number, b: number): void => {
    const [x, y] = [find(a), find(b)];
    if (x !== y) parent.set(x, y);
  };
  const first = new Map<number, number>();
  for (const node of nodes) {
    const group = groupOf(node);
    if (group < 0) continue;
    join(node, first.get(group) ?? node);
    first.set(group, first.get(group) ?? node);
  }
  for (const { from, to } of edges) join(from, to);
  const parts = new Map<number, number[]>();
  for (const node of nodes) parts.set(find(node), [...(parts.get(find(node)) ?? []), node]);
  return [...parts.values()];
}

function layOut(sketch: Sketch, nodes: readonly number[]): Plan {
  const own = new Set(nodes);
  const graph = new graphlib.Graph({ multigraph: true, compound: true });
  graph.setGraph({ rankdir: 'LR', nodesep: 10, ranksep: 90, marginx: 8, marginy: 14 });
  graph.setDefaultEdgeLabel(() => ({}));
  const groups = new Set<number>();
  for (const node of nodes) {
    graph.setNode(String(node), sketch.sizeOf(node));
    const group = sketch.groupOf(node);
    if (group < 0) continue;
    groups.add(group);
    graph.setNode(`group ${group}`, {});
    graph.setParent(String(node), `group ${group}`);
  }
  const edges = sketch.edges.filter(({ from, to }) => own.has(from) && from !== to);
  for (const { id, from, to } of edges) graph.setEdge(String(from), String(to), {}, String(id));
  layout(graph);
  const box = (name: string): Box => {
    const { x, y, width, height } = graph.node(name) as Box;
    return { x, y, width, height };
  };
  const { width = 0, height = 0 } = graph.graph() as Partial<Box>;
  return {
    width,
    height,
    nodes: new Map(nodes.map((node) => [node, box(String(node))])),
    edges: new Map(
      edges.map(({ id, from, to }) => [
        id,
        (graph.edge(String(from), String(to), String(id)) as { points: Point[] }).points,
      ]),
    ),
    groups: [...groups].map((group) => ({ group, box: box(`group ${group}`) })),
  };
}
