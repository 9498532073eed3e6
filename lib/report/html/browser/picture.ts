/** The reach graph as SVG: groups behind, edges over them, nodes on top; chains of findings stand out. Moved by d3-zoom. */
import { select as pick } from 'd3-selection';
import { type ZoomBehavior, zoom, zoomIdentity } from 'd3-zoom';
import type { GraphEdge, PageData } from '../page-data';
import { el, svg } from './dom';
import { type Box, type Point, planOf } from './plan';

/** The part of the graph that is drawn, and the edges that stand out in it. */
export interface Scope {
  readonly nodes: ReadonlySet<number>;
  readonly edges: readonly number[];
  readonly hot: ReadonlySet<number>;
}

const HEIGHT = 38;
const widthOf = (label: string): number => Math.max(90, Math.min(280, 22 + label.length * 6.8));

export function drawGraph(data: PageData, scope: Scope, frame: HTMLElement): void {
  const { nodes, edges } = data.graph;
  const plan = planOf({
    nodes: scope.nodes,
    edges: scope.edges.map((id) => ({ id, from: edges[id]!.from, to: edges[id]!.to })),
    sizeOf: (node) => ({ width: widthOf(short(nodes[node]!.label)), height: HEIGHT }),
    groupOf: (node) => nodes[node]!.domain,
  });
  const world = svg('g');
  for (const { group, box } of plan.groups) {
    const { x, y, width, height } = box;
    world.append(
      svg('rect', { class: 'group', x: x - width / 2, y: y - height / 2 - 12, width, height: height + 12, rx: 8 }),
      svg(
        'text',
        { class: 'group-name', x: x - width / 2 + 9, y: y - height / 2 + 3 },
        data.domains[group]?.name ?? '',
      ),
    );
  }
  for (const id of scope.edges) {
    const edge = edges[id]!;
    const points = plan.edges.get(id);
    world.append(
      points === undefined ? loopOf(edge, plan.nodes.get(edge.to)!) : edgeOf(edge, points, scope.hot.has(id)),
    );
  }
  const ends = new Set(scope.edges.filter((id) => scope.hot.has(id)).flatMap((id) => [edges[id]!.from, edges[id]!.to]));
  for (const [node, { x, y, width }] of plan.nodes) {
    const { label, kind, duty } = nodes[node]!;
    const sub = kind === 'outside' ? 'outside the templates' : (data.duties[duty] ?? kind);
    world.append(
      svg(
        'g',
        {
          class: `node ${kind}${ends.has(node) ? ' hot' : ''}`,
          transform: `translate(${x - width / 2}, ${y - HEIGHT / 2})`,
        },
        svg('title', {}, label),
        svg('rect', { width, height: HEIGHT }),
        svg('text', { x: 10, y: 16 }, short(label)),
        svg('text', { x: 10, y: 30, class: 'sub' }, sub),
      ),
    );
  }
  const words = scope.edges
    .slice(0, 30)
    .map((id) => `${nodes[edges[id]!.from]!.label} to ${nodes[edges[id]!.to]!.label}`);
  const image = svg(
    'svg',
    { role: 'img', tabindex: 0, 'aria-label': `Reach graph: ${words.join('; ')}` },
    arrows(),
    world,
  );
  const moving = attach(image, world, plan);
  frame.dataset.size = `${plan.width} ${plan.height}`;
  frame.replaceChildren(image, buttons(image, moving));
}

/** On paper the whole graph is scaled into its frame, wherever it was moved to on the screen. */
export function fitToPaper(frame: HTMLElement, paper: boolean): void {
  const image = frame.querySelector('svg');
  const world = image?.querySelector(':scope > g');
  const [width = 0, height = 0] = (frame.dataset.size ?? '').split(' ').map(Number);
  if (image === null || image === undefined || !world) return;
  if (paper) {
    frame.dataset.moved = world.getAttribute('transform') ?? '';
    world.removeAttribute('transform');
    image.setAttribute('viewBox', `-16 -24 ${width + 32} ${height + 40}`);
  } else {
    image.removeAttribute('viewBox');
    world.setAttribute('transform', frame.dataset.moved ?? '');
  }
}

function edgeOf({ kind, label }: GraphEdge, points: readonly Point[], hot: boolean): SVGElement {
  const marker = `url(#arrow${hot ? '-hot' : ''})`;
  return svg('path', { class: `edge ${kind}`, d: curve(points), 'marker-end': marker }, svg('title', {}, label));
}

/** Somebody who comes to act as itself with more. */
function loopOf({ kind, label }: GraphEdge, { x, y, width }: Box): SVGElement {
  const right = x + width / 2;
  const d = `M${right},${y - 8}C${right + 40},${y - 26} ${right + 40},${y + 26} ${right},${y + 8}`;
  return svg('path', { class: `edge ${kind}`, d, 'marker-end': 'url(#arrow-hot)' }, svg('title', {}, label));
}

/** Through the middles of the segments, with the corners rounded. */
function curve(points: readonly Point[]): string {
  const [first, ...rest] = points;
  if (first === undefined) return '';
  const at = ({ x, y }: Point): string => `${x.toFixed(1)},${y.toFixed(1)}`;
  if (rest.length === 1) return `M${at(first)}L${at(rest[0]!)}`;
  const parts = rest.slice(0, -1).map((corner, i) => {
    const next = rest[i + 1]!;
    const last = i === rest.length - 2;
    return `Q${at(corner)} ${at(last ? next : { x: (corner.x + next.x) / 2, y: (corner.y + next.y) / 2 })}`;
  });
  return `M${at(first)}${parts.join('')}`;
}

function arrows(): SVGElement {
  const size = { viewBox: '0 0 8 8', refX: 8, refY: 4, markerWidth: 8, markerHeight: 8, markerUnits: 'userSpaceOnUse' };
  const arrow = (id: string, name: string) =>
    svg('marker', { id, class: name, orient: 'auto', ...size }, svg('path', { d: 'M0,0L8,4L0,8z' }));
  return svg('defs', {}, arrow('arrow', ''), arrow('arrow-hot', 'hot'));
}

interface Moving {
  readonly behaviour: ZoomBehavior<SVGSVGElement, unknown>;
  reset(): void;
}

/** Fits the picture as far as it stays legible, and lets pointer, wheel and keys move it. */
function attach(
  image: SVGSVGElement,
  world: SVGGElement,
  { width, height }: { readonly width: number; readonly height: number },
): Moving {
  const behaviour = zoom<SVGSVGElement, unknown>()
    .scaleExtent([0.1, 3])
    // The wheel scrolls the page unless the picture has the focus, or a modifier asks for zooming.
    .filter(
      (event: Event) =>
        !(event instanceof WheelEvent) || event.ctrlKey || event.metaKey || document.activeElement === image,
    )
    .on('zoom', (event: { readonly transform: { toString(): string } }) => {
      world.setAttribute('transform', event.transform.toString());
    });
  pick(image).call(behaviour);
  const reset = (): void => {
    const { clientWidth = 800, clientHeight = 520 } = image.parentElement ?? {};
    const pad = 24;
    const scale = Math.max(
      0.3,
      Math.min(1.15, (clientWidth - pad * 2) / Math.max(1, width), (clientHeight - pad * 2) / Math.max(1, height)),
    );
    const centred = (room: number, size: number): number => Math.max(pad, (room - size * scale) / 2);
    behaviour.transform(
      pick(image),
      zoomIdentity.translate(centred(clientWidth, width), centred(clientHeight, height)).scale(scale),
    );
  };
  requestAnimationFrame(reset);
  image.addEventListener('keydown', (event) => {
    const pans: Readonly<Record<string, readonly [number, number]>> = {
      ArrowLeft: [60, 0],
      ArrowRight: [-60, 0],
      ArrowUp: [0, 60],
      ArrowDown: [0, -60],
    };
    const pan = pans[event.key];
    if (pan !== undefined) behaviour.translateBy(pick(image), ...pan);
    else if (event.key === '+' || event.key === '=') behaviour.scaleBy(pick(image), 1.25);
    else if (event.key === '-') behaviour.scaleBy(pick(image), 0.8);
    else if (event.key === '0') reset();
    else return;
    event.preventDefault();
  });
  return { behaviour, reset };
}

function buttons(image: SVGSVGElement, { behaviour, reset }: Moving): HTMLElement {
  const button = (label: string, sign: string, act: () => void) =>
    el('button', { class: 'plain', 'aria-label': label, onclick: act }, sign);
  return el(
    'div',
    { class: 'zoom' },
    button('Zoom in', '+', () => behaviour.scaleBy(pick(image), 1.25)),
    button('Zoom out', '−', () => behaviour.scaleBy(pick(image), 0.8)),
    button('Fit the graph', 'Fit', reset),
  );
}

const LONGEST = 36;

/** The end of a path or an ARN tells principals apart: as many of its last parts as there is room for. */
function short(label: string): string {
  if (label.length <= LONGEST) return label;
  const parts = label.split(/(?=[/:])/);
  let end = parts.pop() ?? '';
  for (let part = parts.pop(); part !== undefined && end.length + part.length < LONGEST; part = parts.pop())
    end = part + end;
  return `…${end.slice(-LONGEST)}`;
}
