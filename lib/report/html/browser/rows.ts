/** A table of any length: only the rows in sight are in the page. On paper, all of them. */
import { type Child, el, plural } from './dom';

const HEIGHT = 38;
const SPARE = 8;

export interface Column<T> {
  readonly title: string;
  /** As of CSS grids. */
  readonly width: string;
  readonly cell: (row: T) => Child;
}

export interface Rows<T> {
  readonly element: HTMLElement;
  readonly count: HTMLElement;
  show(rows: readonly T[]): void;
  print(all: boolean): void;
}

export function rowsOf<T>(label: string, noun: string, columns: readonly Column<T>[], total: number): Rows<T> {
  const style = `grid-template-columns: ${columns.map((c) => c.width).join(' ')}`;
  const run = el('div', { class: 'run', role: 'presentation' });
  const pane = el('div', { class: 'window', tabindex: 0, role: 'rowgroup' }, run);
  const count = el('span', { class: 'count', role: 'status' });
  let rows: readonly T[] = [];
  let all = false;

  const draw = (): void => {
    const first = all ? 0 : Math.max(0, Math.floor(pane.scrollTop / HEIGHT) - SPARE);
    const last = all
      ? rows.length
      : Math.min(rows.length, Math.ceil((pane.scrollTop + (pane.clientHeight || 456)) / HEIGHT) + SPARE);
    run.replaceChildren(
      ...rows.slice(first, last).map((row, i) =>
        el(
          'div',
          {
            class: 'row',
            role: 'row',
            'aria-rowindex': first + i + 2,
            style: `${style}; top: ${(first + i) * HEIGHT}px`,
          },
          ...columns.map(({ cell }) => {
            const child = cell(row);
            return el(
              'div',
              {
                role: 'cell',
                title: typeof child === 'string' ? child : ((child || undefined)?.textContent ?? undefined),
              },
              child,
            );
          }),
        ),
      ),
    );
  };
  let waiting = false;
  pane.addEventListener(
    'scroll',
    () => {
      if (waiting) return;
      waiting = true;
      requestAnimationFrame(() => {
        waiting = false;
        draw();
      });
    },
    { passive: true },
  );
  const head = el(
    'div',
    { class: 'row head', role: 'row', 'aria-rowindex': 1, style },
    ...columns.map(({ title }) => el('div', { role: 'columnheader' }, title)),
  );
  const element = el(
    'div',
    { class: 'grid', role: 'table', 'aria-label': label, 'aria-rowcount': total + 1 },
    el('div', { role: 'rowgroup' }, head),
    pane,
  );
  return {
    element,
    count,
    show: (wanted) => {
      rows = wanted;
      run.style.height = `${rows.length * HEIGHT}px`;
      element.setAttribute('aria-rowcount', String(rows.length + 1));
      count.textContent =
        rows.length === total ? plural(total, noun) : `${rows.length.toLocaleString('en')} of ${plural(total, noun)}`;
      pane.scrollTop = 0;
      draw();
    },
    print: (wanted) => {
      all = wanted;
      draw();
    },
  };
}
