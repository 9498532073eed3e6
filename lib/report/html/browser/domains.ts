/**
 * The domain matrix: from each domain (row) into each other (column). A table while it can be read as one, a canvas
 * beyond that; beside it always the list of what is not clear, which says the same in words.
 */
import type { PageCrossing, PageData } from '../page-data';
import { el, plural, prose, section } from './dom';

/** Past this, a table of buttons is neither read nor fast. */
const TABLE = 16;
const LISTED = 200;

export interface Domains {
  readonly element: HTMLElement;
  filter(text: string): void;
  /** After the colours have changed. */
  repaint(): void;
}

export function domainsOf(data: PageData, showFinding: (index: number) => void): Domains {
  const cells = new Map<string, PageCrossing[]>();
  for (const crossing of data.crossings) {
    const key = `${crossing.from} ${crossing.to}`;
    cells.set(key, [...(cells.get(key) ?? []), crossing]);
  }
  const at = (from: number, to: number): PageCrossing | undefined => gravest(cells.get(`${from} ${to}`) ?? []);
  const list = el('ul', { class: 'list' });
  const name = (i: number): string => data.domains[i]?.name ?? '';
  const fill = (text: string): void => {
    const all = data.crossings.filter((c) => `${name(c.from)} ${name(c.to)} ${c.text}`.toLowerCase().includes(text));
    list.replaceChildren(...all.slice(0, LISTED).map((crossing) => itemOf(crossing, name, showFinding)));
    if (all.length > LISTED)
      list.append(el('li', { class: 'quiet' }, `and ${all.length - LISTED} more; search to find one`));
    if (all.length === 0)
      list.append(
        el(
          'li',
          { class: 'quiet' },
          data.crossings.length === 0 ? 'Nothing crosses from one domain into another.' : 'Nothing matches.',
        ),
      );
  };
  fill('');
  const large = data.domains.length > TABLE;
  const canvas = large ? canvasOf(data, at, showFinding) : undefined;
  const n = data.domains.length;
  const element = section(
    'domains',
    'Domains',
    `${plural(n * (n - 1), 'ordered pair')} judged. From the domain of the row into that of the column.`,
    n === 0
      ? el('p', { class: 'empty' }, 'No trust domain.')
      : el(
          'div',
          { class: 'split' },
          el(
            'div',
            { class: 'panel', ...(large ? {} : { tabindex: 0, role: 'group', 'aria-label': 'Domain matrix' }) },
            canvas?.element ?? tableOf(data, at, showFinding),
            legend(),
          ),
          el('div', {}, el('h3', { class: 'small quiet' }, 'Crossings'), list),
        ),
    n > 0 && !large && domainTable(data),
  );
  return { element, filter: fill, repaint: () => canvas?.repaint() };
}

function gravest(crossings: readonly PageCrossing[]): PageCrossing | undefined {
  return ['violated', 'undecided', 'declared']
    .map((state) => crossings.find((c) => c.state === state))
    .find((c) => c !== undefined);
}

function itemOf(
  { from, to, state, text, finding }: PageCrossing,
  name: (i: number) => string,
  showFinding: (index: number) => void,
): HTMLElement {
  const title = `${name(from)} → ${name(to)}`;
  return el(
    'li',
    {},
    el('span', { class: `tag ${state}` }, state === 'violated' ? 'undeclared' : state),
    finding === undefined
      ? el('b', {}, title)
      : el('button', { class: 'link', onclick: () => showFinding(finding) }, title),
    el('div', { class: 'quiet small' }, ...prose(text)),
  );
}

function tableOf(
  data: PageData,
  at: (from: number, to: number) => PageCrossing | undefined,
  showFinding: (index: number) => void,
): HTMLElement {
  const cell = (from: number, to: number): HTMLElement => {
    if (from === to) return el('td', { class: 'self' }, '·');
    const crossing = at(from, to);
    if (crossing === undefined) return el('td', { class: 'clear' }, 'none');
    const { state, finding } = crossing;
    const word = state === 'violated' ? 'crosses' : state === 'undecided' ? '?' : 'declared';
    if (finding === undefined) return el('td', { class: state }, word);
    const label = `${word}: ${data.domains[from]?.name} into ${data.domains[to]?.name}, show the finding`;
    return el('td', { class: state }, el('button', { 'aria-label': label, onclick: () => showFinding(finding) }, word));
  };
  return el(
    'table',
    { class: 'matrix' },
    el('caption', { class: 'sr' }, 'What crosses from the domain of the row into that of the column'),
    el(
      'thead',
      {},
      el('tr', {}, el('td', { class: 'void' }), ...data.domains.map(({ name }) => el('th', { scope: 'col' }, name))),
    ),
    el(
      'tbody',
      {},
      ...data.domains.map(({ name }, from) =>
        el('tr', {}, el('th', { scope: 'row' }, name), ...data.domains.map((_, to) => cell(from, to))),
      ),
    ),
  );
}

function domainTable(data: PageData): HTMLElement {
  const columns = ['name', 'exposure', 'owner', 'authentication', 'routes'] as const;
  return el(
    'table',
    { class: 'plain-table', style: 'margin-top: 24px' },
    el('thead', {}, el('tr', {}, ...columns.map((c) => el('th', { scope: 'col' }, c)))),
    el(
      'tbody',
      {},
      ...data.domains.map((domain) => el('tr', {}, ...columns.map((c) => el('td', {}, String(domain[c]))))),
    ),
  );
}

/** The same as pixels: the whole matrix at once, with a readout under the pointer or the arrow keys. */
function canvasOf(
  data: PageData,
  at: (from: number, to: number) => PageCrossing | undefined,
  showFinding: (index: number) => void,
): { readonly element: HTMLElement; repaint(): void } {
  const n = data.domains.length;
  const cell = Math.max(2, Math.min(14, Math.floor(600 / n)));
  const size = n * cell;
  const ratio = Math.max(1, Math.round(devicePixelRatio));
  const canvas = el('canvas', {
    width: size * ratio,
    height: size * ratio,
    style: `width: ${size}px; height: ${size}px`,
    tabindex: 0,
    role: 'img',
    'aria-label': `Matrix of ${n} domains. Arrow keys move, Enter shows the finding. The list beside it says the same in words.`,
  });
  const readout = el('p', { class: 'readout', role: 'status' }, 'Point at a cell, or move with the arrow keys.');
  let cursor: readonly [number, number] | undefined;
  const colour = (variable: string): string => getComputedStyle(document.documentElement).getPropertyValue(variable);
  const repaint = (): void => {
    const context = canvas.getContext('2d');
    if (context === null) return;
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    context.fillStyle = colour('--good-soft');
    context.fillRect(0, 0, size, size);
    context.fillStyle = colour('--line-2');
    for (let i = 0; i < n; i++) context.fillRect(i * cell, i * cell, cell, cell);
    const paint = { violated: colour('--bad'), undecided: colour('--warn'), declared: colour('--accent') };
    for (const state of ['declared', 'undecided', 'violated'] as const) {
      context.fillStyle = paint[state];
      for (const c of data.crossings) {
        // One cell of three hundred is a dot: it is drawn large enough to be seen.
        const grow = state === 'declared' ? 0 : Math.max(0, 4 - cell);
        if (c.state === state)
          context.fillRect(c.to * cell - grow / 2, c.from * cell - grow / 2, cell + grow, cell + grow);
      }
    }
    if (cursor !== undefined) {
      context.strokeStyle = colour('--ink');
      context.lineWidth = 1.5;
      context.strokeRect(cursor[1] * cell - 1, cursor[0] * cell - 1, cell + 2, cell + 2);
    }
  };
  const move = (from: number, to: number): void => {
    cursor = [Math.max(0, Math.min(n - 1, from)), Math.max(0, Math.min(n - 1, to))];
    const crossing = at(...cursor);
    const [a, b] = cursor.map((i) => data.domains[i]?.name);
    readout.textContent =
      a === b ? `${a}` : `${a} → ${b}: ${crossing === undefined ? 'none' : `${crossing.state}, ${crossing.text}`}`;
    repaint();
  };
  const cellAt = (event: MouseEvent): readonly [number, number] => [
    Math.floor(event.offsetY / cell),
    Math.floor(event.offsetX / cell),
  ];
  const enter = (): void => {
    const finding = cursor === undefined ? undefined : at(...cursor)?.finding;
    if (finding !== undefined) showFinding(finding);
  };
  canvas.addEventListener('pointermove', (event) => move(...cellAt(event)));
  canvas.addEventListener('click', enter);
  canvas.addEventListener('keydown', (event) => {
    const [from, to] = cursor ?? [0, 0];
    const moves: Readonly<Record<string, readonly [number, number]>> = {
      ArrowUp: [from - 1, to],
      ArrowDown: [from + 1, to],
      ArrowLeft: [from, to - 1],
      ArrowRight: [from, to + 1],
    };
    const next = moves[event.key];
    if (next !== undefined) move(...next);
    else if (event.key === 'Enter') enter();
    else return;
    event.preventDefault();
  });
  repaint();
  return { element: el('div', {}, canvas, readout), repaint };
}

function legend(): HTMLElement {
  const entry = (colour: string, text: string) => el('span', { style: `--c: var(${colour})` }, text);
  return el(
    'div',
    { class: 'legend' },
    entry('--good-soft', 'nothing crosses'),
    entry('--accent', 'declared'),
    entry('--bad', 'undeclared'),
    entry('--warn', 'undecided'),
  );
}
