/** The findings: closed, a line each; open, all that it takes to judge and mend one. */
import type { PageData, PageFinding } from '../page-data';
import { type Child, el, plural, prose, section } from './dom';

/** Findings drawn at once; more follow on demand. */
const BATCH = 60;

export interface Findings {
  readonly element: HTMLElement;
  filter(text: string): void;
  /** Opens the finding and brings it into view. */
  show(index: number): void;
  /** All of them, open: for paper. */
  expand(all: boolean): void;
}

/** @param follow draws a finding's chain in the graph */
export function findingsOf(data: PageData, follow: (finding: number) => void): Findings {
  const items = data.findings.map((finding, index) => ({ finding, index, haystack: haystackOf(finding) }));
  const open = new Set<number>();
  let text = '';
  let kind = '';
  let limit = BATCH;
  const list = el('div');
  const count = el('span', { class: 'count', role: 'status' });

  const draw = (): void => {
    const matching = items.filter(
      ({ finding, haystack }) => (kind === '' || finding.id === kind) && haystack.includes(text),
    );
    const shown = matching.slice(0, limit);
    list.replaceChildren(...shown.map(({ finding, index }) => itemOf(finding, index, open, follow)));
    if (matching.length > shown.length) {
      const more = (): void => {
        limit += BATCH * 5;
        draw();
      };
      list.append(el('button', { class: 'plain', onclick: more }, `Show more (${matching.length - shown.length})`));
    }
    if (matching.length === 0)
      list.append(
        el(
          'p',
          { class: 'empty' },
          data.findings.length === 0 ? 'No finding: all checks hold.' : 'No finding matches.',
        ),
      );
    count.textContent =
      matching.length === items.length
        ? plural(items.length, 'finding')
        : `${matching.length} of ${plural(items.length, 'finding')}`;
  };

  const ids = [...new Set(data.findings.map((f) => f.id))].sort();
  const chips = ['', ...ids].map((id) =>
    el(
      'button',
      {
        class: 'plain',
        'aria-pressed': String(id === ''),
        onclick: () => {
          kind = id;
          for (const [i, chip] of chips.entries()) chip.setAttribute('aria-pressed', String(['', ...ids][i] === id));
          draw();
        },
      },
      id === '' ? 'All' : `${id} · ${data.findings.filter((f) => f.id === id).length}`,
    ),
  );
  const element = section(
    'findings',
    'Findings',
    'Each with a request that was replayed on both sides, who grants it, and the edit that mends it.',
    data.findings.length > 0 &&
      el('div', { class: 'tools', role: 'group', 'aria-label': 'Filter findings by check' }, ...chips, count),
    list,
  );
  draw();
  return {
    element,
    filter: (wanted) => {
      text = wanted;
      limit = BATCH;
      draw();
    },
    show: (index) => {
      open.add(index);
      [text, kind, limit] = ['', '', Math.max(limit, index + 1)];
      draw();
      const item = document.getElementById(`finding-${index}`);
      item?.scrollIntoView({ block: 'start' });
      item?.querySelector('button')?.focus({ preventScroll: true });
    },
    expand: (all) => {
      for (const { index } of all ? items : []) open.add(index);
      limit = all ? items.length : BATCH;
      draw();
    },
  };
}

function haystackOf(finding: PageFinding): string {
  const { id, message, places, request, explanation, chain, fix } = finding;
  return JSON.stringify([id, message, places, request, explanation, chain, fix]).toLowerCase();
}

function itemOf(
  finding: PageFinding,
  index: number,
  open: Set<number>,
  follow: (finding: number) => void,
): HTMLElement {
  const { id, severity, message, excused } = finding;
  const item = el('article', {
    class: `finding ${excused === undefined ? severity : 'excused'}`,
    id: `finding-${index}`,
  });
  const button = el(
    'button',
    { 'aria-expanded': String(open.has(index)), 'aria-controls': `finding-${index}-body`, onclick: () => toggle() },
    el('span', { class: 'id' }, id),
    el('span', {}, ...prose(message), excused !== undefined && el('span', { class: 'tag' }, 'excused')),
    el('span', { class: 'chevron', 'aria-hidden': 'true' }, '›'),
  );
  const fill = (): void => {
    const expanded = open.has(index);
    button.setAttribute('aria-expanded', String(expanded));
    item.querySelector('.body')?.remove();
    if (expanded) item.append(bodyOf(finding, index, follow));
  };
  const toggle = (): void => {
    if (!open.delete(index)) open.add(index);
    fill();
  };
  item.append(el('h3', {}, button));
  fill();
  return item;
}

function bodyOf(finding: PageFinding, index: number, follow: (finding: number) => void): HTMLElement {
  const { places, request, explanation, chain, fix, excused, edges } = finding;
  const rows: (readonly [string, readonly Child[]] | undefined)[] = [
    request && [
      'Request',
      [
        el(
          'div',
          { class: 'request' },
          el('div', {}, el('b', {}, request.action), ' on ', request.resource),
          ...request.context.map(([label, key, value]) => el('div', {}, `${label}: ${key} = ${value}`)),
        ),
      ],
    ],
    explanation.length === 0
      ? undefined
      : ['Granted by', [el('ul', { class: 'lines' }, ...explanation.map((line) => el('li', {}, ...prose(line))))]],
    chain.length === 0
      ? undefined
      : [
          'Chain',
          [
            el(
              'ol',
              { class: 'chain' },
              ...chain.map(({ from, to, by, requests }) =>
                el(
                  'li',
                  {},
                  el('code', {}, from),
                  ' acts as ',
                  el('code', {}, to),
                  `: it ${by}`,
                  el('div', { class: 'quiet small mono' }, requests.join('; ')),
                ),
              ),
            ),
          ],
        ],
    [
      'Constructs',
      [
        el(
          'ul',
          { class: 'lines' },
          ...places.map(({ path, place }) =>
            el(
              'li',
              {},
              el('code', {}, path),
              place !== undefined && el('span', { class: 'quiet small' }, `  ${place}`),
            ),
          ),
        ),
      ],
    ],
    ['Edit', [el('div', { class: 'edit' }, el('span', {}, ...prose(fix)), copyButton(fix))]],
    excused === undefined ? undefined : ['Excused', [excused]],
    edges.length === 0
      ? undefined
      : [
          '',
          [
            el(
              'div',
              { class: 'actions' },
              el('button', { class: 'plain', onclick: () => follow(index) }, 'Follow the chain in the graph'),
            ),
          ],
        ],
  ];
  return el(
    'dl',
    { class: 'body', id: `finding-${index}-body` },
    ...rows.flatMap((row) => (row === undefined ? [] : [el('dt', {}, row[0]), el('dd', {}, ...row[1])])),
  );
}

function copyButton(text: string): HTMLElement {
  const button = el('button', { class: 'plain actions', onclick: () => void copy() }, 'Copy');
  const copy = async (): Promise<void> => {
    try {
      await navigator.clipboard.writeText(text);
      button.textContent = 'Copied';
    } catch {
      // Without the permission, the text can still be selected.
      button.textContent = 'Select it';
    }
  };
  return button;
}
