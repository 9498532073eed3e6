/**
 * The reach graph: who is admitted by whose trust policy and what runs as whom, a domain at a time, and the chains of the
 * findings over it. Laid out by dagre, moved by d3-zoom.
 */
import { graphlib, layout } from '@dagrejs/dagre';
import { select as pick } from 'd3-selection';
import { type ZoomBehavior, zoom, zoomIdentity } from 'd3-zoom';
import type { GraphEdge, PageData } from '../page-data';
import { el, plural, section, select, svg } from './dom';

/** More cannot be read, and a layout of them takes seconds. */
const MAX_NODES = 220;
const CHAINS = 'chains';

export interface Graph {
  readonly element: HTMLElement;
  /** Draws the chain of a finding, alone with what is next to it. */
  follow(finding: number): void;
}

interface Scope {
  readonly nodes: ReadonlySet<number>;
  readonly edges: readonly number[];
  readonly hot: ReadonlySet<number>;
}

export function graphOf(data: PageData): Graph {
  const { nodes, edges } = data.graph;
  const picture = el('div', { class: 'panel graph' });
  const about = el('p', { class: 'readout', role: 'status' });
  const withChains = data.findings.some((f) => f.edges.length > 0);
  const choices = [
    ...(withChains ? [{ value: CHAINS, label: 'the chains of all findings' }] : []),
    ...data.findings.flatMap(({ id, message, edges: own }, i) =>
      own.length === 0 ? [] : [{ value: `finding ${i}`, label: `${id}: ${message.replace(/`/g, '').slice(0, 60)}` }],
    ),
    ...data.domains.map(({ name }, i) => ({ value: `domain ${i}`, label: `domain ${name}` })),
    { value: 'other', label: 'no domain' },
  ];
  const scopeOf = (choice: string): Scope => {
    const [kind, index] = choice.split(' ');
    if (kind === 'domain' || kind === 'other') {
      const domain = kind === 'domain' ? Number(index) : -1;
      const own = edges.flatMap(({ from, to, kind: how }, i) =>
        how !== 'chain' && (nodes[to]?.domain === domain || nodes[from]?.domain === domain) ? [i] : [],
      );
      const hot = edges.flatMap(({ from, to, kind: how }, i) =>
        how === 'chain' && (nodes[to]?.domain === domain || nodes[from]?.domain === domain) ? [i] : [],
      );
      return limited([...hot, ...own], new Set(hot));
    }
    const hot = kind === CHAINS ? data.findings.flatMap((f) => f.edges) : (data.findings[Number(index)]?.edges ?? []);
    return limited(hot, new Set(hot));
  };
  const limited = (all: readonly number[], hot: ReadonlySet<number>): Scope => {
    const kept = new Set<number>();
    const shown: number[] = [];
    for (const i of all) {
      const { from, to } = edges[i]!;
      const more = [from, to].filter((n) => !kept.has(n)).length;
      if (kept.size + more > MAX_NODES) continue;
      kept.add(from).add(to);
      shown.push(i);
    }
    return { nodes: kept, edges: shown, hot };
  };
  const show = (choice: string): void => {
    const scope = scopeOf(choice);
    draw(data, scope, picture);
    const left = scopeSize(choice) - scope.edges.length;
    about.textContent =
      scope.nodes.size === 0
        ? 'Nobody is admitted and nothing runs here.'
        : `${plural(scope.nodes.size, 'principal')}, ${plural(scope.edges.length, 'edge')}${left > 0 ? `; ${left} more are left out` : ''}. Solid: may assume. Dotted: runs as. Red: the chain of a finding. Drag to move, scroll to zoom.`;
  };
  const scopeSize = (choice: string): number => {
    const [kind, index] = choice.split(' ');
    if (kind === CHAINS) return data.findings.flatMap((f) => f.edges).length;
    if (kind === 'finding') return data.findings[Number(index)]?.edges.length ?? 0;
    const domain = kind === 'domain' ? Number(index) : -1;
    return edges.filter(({ from, to }) => nodes[to]?.domain === domain || nodes[from]?.domain === domain).length;
  };
  const picker = select('Show', choices, show);
  const element = section(
    'reach',
    'Reach',
    'Who may act as whom: by trust policies, through what runs as a role, and along the chains that were found.',
    el('div', { class: 'tools' }, picker),
    picture,
    about,
  );
  // The layout costs a tenth of a second; the page is there first.
  const first = choices[0]?.value ?? 'other';
  requestAnimationFrame(() => setTimeout(() => show(first)));
  return {
    element,
    follow: (finding) => {
      const box = picker.querySelector('select');
      if (box !== null) box.value = `finding ${finding}`;
      show(`finding ${finding}`);
      element.scrollIntoView({ block: 'start' });
      picture.querySelector<HTMLElement>('svg')?.focus({ preventScroll: true });
    },
  };
}

const HEIGHT = 38;
const widthOf = (label: string): number => Math.max(90, Math.min(260, 20 + label.length * 6.7));

function draw(data: PageData, scope: Scope, picture: HTMLElement): void {
  const { nodes, edges } = data.graph;
  const plan = new graphlib.Graph({ multigraph: true, compound: true });
  plan.setGraph({ rankdir: 'LR', nodesep: 10, ranksep: 90, marginx: 16, marginy: 16 });
  plan.setDefaultEdgeLabel(() => ({}));
  for (const i of scope.nodes) {
    const { label, domain } = nodes[i]!;
    plan.setNode(String(i), { width: widthOf(short(label)), height: HEIGHT });
    if (domain < 0) continue;
    plan.setNode(`domain ${domain}`, {});
    plan.setParent(String(i), `domain ${domain}`);
  }
  const loops = scope.edges.filter((i) => edges[i]!.from === edges[i]!.to);
  const between = scope.edges.filter((i) => edges[i]!.from !== edges[i]!.to);
  for (const i of between) plan.setEdge(String(edges[i]!.from), String(edges[i]!.to), {}, String(i));
  layout(plan);

  const world = svg('g');
  const ends = new Set(scope.edges.filter((i) => scope.hot.has(i)).flatMap((i) => [edges[i]!.from, edges[i]!.to]));
  for (const id of plan.nodes().filter((n: string) => n.startsWith('domain '))) {
    const { x, y, width, height } = plan.node(id) as Box;
    const name = data.domains[Number(id.slice('domain '.length))]?.name ?? '';
    world.append(
      svg('rect', { class: 'group', x: x - width / 2, y: y - height / 2 - 8, width, height: height + 8, rx: 8 }),
      svg('text', { class: 'group-name', x: x - width / 2 + 8, y: y - height / 2 + 5 }, name),
    );
  }
  for (const i of between) {
    const { points } = plan.edge(String(edges[i]!.from), String(edges[i]!.to), String(i)) as { points: Point[] };
    world.append(edgeOf(edges[i]!, points, scope.hot.has(i)));
  }
  for (const i of loops) world.append(loopOf(edges[i]!, plan.node(String(edges[i]!.to)) as Box));
  for (const i of scope.nodes) {
    const { label, kind, duty } = nodes[i]!;
    const { x, y, width } = plan.node(String(i)) as Box;
    const sub = kind === 'outside' ? 'outside the templates' : (data.duties[duty] ?? kind);
    world.append(
      svg(
        'g',
        {
          class: `node ${kind}${ends.has(i) ? ' hot' : ''}`,
          transform: `translate(${x - width / 2}, ${y - HEIGHT / 2})`,
        },
        svg('title', {}, label),
        svg('rect', { width, height: HEIGHT }),
        svg('text', { x: 10, y: 16 }, short(label)),
        svg('text', { x: 10, y: 30, class: 'sub' }, sub),
      ),
    );
  }
  const { width = 0, height = 0 } = plan.graph() as Partial<Box>;
  const words = scope.edges.slice(0, 30).map((i) => `${nodes[edges[i]!.from]!.label} to ${nodes[edges[i]!.to]!.label}`);
  const image = svg(
    'svg',
    { role: 'img', tabindex: 0, 'aria-label': `Reach graph: ${words.join('; ')}` },
    arrows(),
    world,
  );
  picture.replaceChildren(image, zoomButtons(image, attach(image, world, width, height)));
}

interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}
interface Point {
  readonly x: number;
  readonly y: number;
}

function edgeOf({ kind, label }: GraphEdge, points: readonly Point[], hot: boolean): SVGElement {
  return svg(
    'path',
    { class: `edge ${kind}`, d: curve(points), 'marker-end': `url(#arrow${hot ? '-hot' : ''})` },
    svg('title', {}, label),
  );
}

/** Somebody who comes to act as itself with more. */
function loopOf({ kind, label }: GraphEdge, { x, y, width }: Box): SVGElement {
  const right = x + width / 2;
  const d = `M${right},${y - 8}C${right + 44},${y - 30} ${right + 44},${y + 30} ${right},${y + 8}`;
  return svg('path', { class: `edge ${kind}`, d, 'marker-end': 'url(#arrow-hot)' }, svg('title', {}, label));
}

/** Through the middles of the segments, with the corners rounded. */
function curve(points: readonly Point[]): string {
  const [first, ...rest] = points;
  if (first === undefined) return '';
  const at = ({ x, y }: Point): string => `${x.toFixed(1)},${y.toFixed(1)}`;
  const parts = rest.slice(0, -1).map((corner, i) => {
    const next = rest[i + 1]!;
    const last = i === rest.length - 2;
    return `Q${at(corner)} ${at(last ? next : { x: (corner.x + next.x) / 2, y: (corner.y + next.y) / 2 })}`;
  });
  const end = rest.length === 1 ? `L${at(rest[0]!)}` : '';
  return `M${at(first)}${parts.join('')}${end}`;
}

function arrows(): SVGElement {
  const arrow = (id: string, name: string) =>
    svg(
      'marker',
      { id, class: name, viewBox: '0 0 8 8', refX: 8, refY: 4, markerWidth: 7, markerHeight: 7, orient: 'auto' },
      svg('path', { d: 'M0,0L8,4L0,8z' }),
    );
  return svg('defs', {}, arrow('arrow', ''), arrow('arrow-hot', 'hot'));
}

type Moving = ZoomBehavior<SVGSVGElement, unknown>;

/** Fits the picture, and lets pointer, wheel and keys move it. */
function attach(
  image: SVGSVGElement,
  world: SVGGElement,
  width: number,
  height: number,
): { readonly behaviour: Moving; reset(): void } {
  const behaviour: Moving = zoom<SVGSVGElement, unknown>()
    .scaleExtent([0.05, 3])
    // The wheel scrolls the page unless the picture has the focus, or a modifier asks for zooming.
    .filter(
      (event: Event) =>
        !(event instanceof WheelEvent) || event.ctrlKey || event.metaKey || document.activeElement === image,
    )
    .on('zoom', (event: { readonly transform: { toString(): string } }) =>
      world.setAttribute('transform', event.transform.toString()),
    );
  pick(image).call(behaviour);
  const reset = (): void => {
    const { clientWidth, clientHeight } = image.parentElement ?? { clientWidth: 800, clientHeight: 520 };
    const scale = Math.min(1.15, clientWidth / Math.max(1, width), clientHeight / Math.max(1, height));
    const at = zoomIdentity
      .translate((clientWidth - width * scale) / 2, (clientHeight - height * scale) / 2)
      .scale(scale);
    behaviour.transform(pick(image), at);
  };
  requestAnimationFrame(reset);
  image.addEventListener('keydown', (event) => {
    const by: Readonly<Record<string, readonly [number, number]>> = {
      ArrowLeft: [60, 0],
      ArrowRight: [-60, 0],
      ArrowUp: [0, 60],
      ArrowDown: [0, -60],
    };
    const pan = by[event.key];
    if (pan !== undefined) behaviour.translateBy(pick(image), ...pan);
    else if (event.key === '+' || event.key === '=') behaviour.scaleBy(pick(image), 1.25);
    else if (event.key === '-') behaviour.scaleBy(pick(image), 0.8);
    else if (event.key === '0') reset();
    else return;
    event.preventDefault();
  });
  return { behaviour, reset };
}

function zoomButtons(
  image: SVGSVGElement,
  { behaviour, reset }: { readonly behaviour: Moving; reset(): void },
): HTMLElement {
  const button = (label: string, sign: string, act: () => void) =>
    el('button', { class: 'plain', 'aria-label': label, onclick: act }, sign);
  return el(
    'div',
    { class: 'zoom' },
    button('Zoom in', '+', () => behaviour.scaleBy(pick(image), 1.25)),
    button('Zoom out', '−', () => behaviour.scaleBy(pick(image), 0.8)),
    button('Fit', 'Fit', reset),
  );
}

/** The end of a path tells principals apart; the beginning is the stack. */
function short(label: string): string {
  return label.length <= 36 ? label : `…${label.slice(-35)}`;
}
