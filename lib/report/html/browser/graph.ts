/**
 * The reach graph: who is admitted by whose trust policy and what runs as whom, a domain at a time, and the chains of the
 * findings over it.
 */
import type { PageData } from '../page-data';
import { el, plural, section, select } from './dom';
import { drawGraph, fitToPaper, type Scope } from './picture';

/** More cannot be read, and a layout of them takes seconds. */
const MAX_NODES = 220;

export interface Graph {
  readonly element: HTMLElement;
  /** Draws the chain of one finding. */
  follow(finding: number): void;
  print(paper: boolean): void;
}

export function graphOf(data: PageData): Graph {
  const { nodes, edges } = data.graph;
  const frame = el('div', { class: 'panel graph' });
  const about = el('p', { class: 'readout', role: 'status' });
  const chains = data.findings.flatMap((f) => f.edges);
  const choices = [
    ...(chains.length > 0 ? [{ value: 'chains', label: 'the chains of all findings' }] : []),
    ...data.findings.flatMap(({ id, message, edges: own }, i) =>
      own.length === 0 ? [] : [{ value: `finding ${i}`, label: `${id}: ${message.replace(/`/g, '').slice(0, 60)}` }],
    ),
    ...data.domains.map(({ name }, i) => ({ value: `domain ${i}`, label: `domain ${name}` })),
    { value: 'domain -1', label: 'no domain' },
  ];
  /** All edges that a choice is about, those of chains first. */
  const edgesOf = (choice: string): readonly number[] => {
    const [kind, index] = choice.split(' ');
    if (kind === 'chains') return chains;
    if (kind === 'finding') return data.findings[Number(index)]?.edges ?? [];
    const domain = Number(index);
    const own = edges.flatMap(({ from, to }, i) =>
      nodes[to]?.domain === domain || nodes[from]?.domain === domain ? [i] : [],
    );
    return own.sort((a, b) => Number(edges[b]!.kind === 'chain') - Number(edges[a]!.kind === 'chain'));
  };
  const show = (choice: string): void => {
    const wanted = edgesOf(choice);
    const scope = limited(data, [...new Set(wanted)]);
    drawGraph(data, scope, frame);
    const left = new Set(wanted).size - scope.edges.length;
    about.textContent =
      scope.nodes.size === 0
        ? 'Nobody is admitted and nothing runs here.'
        : `${plural(scope.nodes.size, 'node')}, ${plural(scope.edges.length, 'edge')}${left > 0 ? `; ${left} more are left out` : ''}. Solid: may assume. Dotted: runs as. Red: the chain of a finding. Drag to move; with the graph focused, scroll or + and − to zoom.`;
  };
  const picker = select('Show', choices, show);
  const element = section(
    'reach',
    'Reach',
    'Who may act as whom: by trust policies, through what runs as a role, and along the chains that were found.',
    el('div', { class: 'tools' }, picker),
    frame,
    about,
  );
  // The layout takes a tenth of a second; the page is there first.
  requestAnimationFrame(() => setTimeout(() => show(choices[0]!.value)));
  return {
    element,
    print: (paper) => fitToPaper(frame, paper),
    follow: (finding) => {
      const box = picker.querySelector('select');
      if (box !== null) box.value = `finding ${finding}`;
      show(`finding ${finding}`);
      element.scrollIntoView({ block: 'start' });
      frame.querySelector('svg')?.focus({ preventScroll: true });
    },
  };
}

function limited({ graph: { edges } }: PageData, wanted: readonly number[]): Scope {
  const nodes = new Set<number>();
  const kept: number[] = [];
  for (const id of wanted) {
    const { from, to } = edges[id]!;
    const more = [from, to].filter((node) => !nodes.has(node)).length;
    if (nodes.size + more > MAX_NODES) continue;
    nodes.add(from).add(to);
    kept.push(id);
  }
  return { nodes, edges: kept, hot: new Set(kept.filter((id) => edges[id]!.kind === 'chain')) };
}
