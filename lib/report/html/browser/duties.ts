/** The duty matrix: may roles of two duties make one and the same request? Of one domain, or of all together. */
import type { DutyCell, PageData } from '../page-data';
import { el, section, select } from './dom';

export function dutiesOf(data: PageData, showFinding: (index: number) => void): HTMLElement {
  const panel = el('div', { class: 'panel', tabindex: 0, role: 'group', 'aria-label': 'Duty matrix' });
  const draw = (domain: string): void => panel.replaceChildren(matrixOf(data, domain, showFinding), legend());
  const broken = new Set(data.dutyCells.map((cell) => cell.domain));
  const choices = data.domains.map(({ name }, i) => ({
    value: String(i),
    label: broken.has(i) ? `${name} (found)` : name,
  }));
  draw('');
  return section(
    'duties',
    'Duties',
    'May roles of two duties make one and the same request, beside the common requests that all may make?',
    el('div', { class: 'tools' }, select('Domain', [{ value: '', label: 'all together' }, ...choices], draw)),
    panel,
    data.common.length > 0 &&
      el(
        'details',
        { class: 'small quiet', style: 'margin-top: 12px' },
        el('summary', {}, `Common requests, which every duty may make (${data.common.length})`),
        el('p', { class: 'mono' }, data.common.join(', ')),
      ),
  );
}

function matrixOf(data: PageData, domain: string, showFinding: (index: number) => void): HTMLElement {
  const inDomain = (index: number): boolean => domain === '' || String(index) === domain;
  const holders = data.duties.map((_, duty) => data.roles.filter((r) => r.duty === duty && inDomain(r.domain)).length);
  const cells = data.dutyCells.filter((cell) => inDomain(cell.domain) || cell.domain < 0);
  const conflicting = new Set(data.conflicts.flatMap(([a, b]) => [`${a} ${b}`, `${b} ${a}`]));
  const stateOf = (a: number, b: number): 'clear' | 'may' | 'void' | DutyCell => {
    if (holders[a] === 0 || holders[b] === 0) return 'void';
    if (!conflicting.has(`${a} ${b}`)) return 'may';
    const found = cells.filter((cell) => cell.a === Math.min(a, b) && cell.b === Math.max(a, b));
    return found.find((cell) => cell.state === 'violated') ?? found[0] ?? 'clear';
  };
  const cell = (a: number, b: number): HTMLElement => {
    if (b === a) return el('td', { class: 'self' }, '·');
    if (b > a) return el('td', { class: 'void' });
    const state = stateOf(a, b);
    if (state === 'void') return el('td', { class: 'void' }, el('span', { class: 'sr' }, 'no roles'));
    if (state === 'may') return el('td', {}, 'may');
    if (state === 'clear') return el('td', { class: 'clear' }, 'no');
    const word = state.state === 'violated' ? 'yes' : '?';
    const label = `${word}: ${data.duties[a]} and ${data.duties[b]}, show the finding`;
    return el(
      'td',
      { class: state.state },
      el('button', { 'aria-label': label, onclick: () => showFinding(state.finding) }, word),
    );
  };
  return el(
    'table',
    { class: 'matrix' },
    el('caption', { class: 'sr' }, 'May roles of two duties make one request?'),
    el(
      'thead',
      {},
      el('tr', {}, el('td', { class: 'void' }), ...data.duties.map((duty) => el('th', { scope: 'col' }, duty))),
    ),
    el(
      'tbody',
      {},
      ...data.duties.map((duty, a) =>
        el(
          'tr',
          {},
          el('th', { scope: 'row' }, duty, el('span', { class: 'quiet small' }, `  ${holders[a]}`)),
          ...data.duties.map((_, b) => cell(a, b)),
        ),
      ),
    ),
  );
}

function legend(): HTMLElement {
  const entry = (colour: string, text: string) => el('span', { style: `--c: var(${colour})` }, text);
  return el(
    'div',
    { class: 'legend' },
    entry('--good-soft', 'no request in common'),
    entry('--bad', 'violated'),
    entry('--warn', 'undecided'),
    entry('--sunk', 'need not be separate'),
  );
}
