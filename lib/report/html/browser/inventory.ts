/** What there is: every principal with its domain and duty, every API with its routes. */
import type { PageApi, PageData, PageRole } from '../page-data';
import { el, section, select } from './dom';
import { rowsOf } from './rows';

export interface Inventory {
  readonly element: HTMLElement;
  filter(text: string): void;
  print(all: boolean): void;
}

export function inventoryOf(data: PageData): Inventory {
  const nameOf = (domain: number): string => data.domains[domain]?.name ?? '';
  const roles = rowsOf<PageRole>(
    'Principals',
    'principal',
    [
      { title: 'principal', width: 'minmax(0, 3fr)', cell: (r) => el('code', {}, r.path) },
      { title: 'domain', width: 'minmax(0, 1fr)', cell: (r) => nameOf(r.domain) },
      { title: 'duty', width: '110px', cell: (r) => data.duties[r.duty] ?? '' },
      { title: 'kind', width: '130px', cell: (r) => r.kind },
    ],
    data.roles.length,
  );
  const apis = rowsOf<PageApi>(
    'APIs',
    'API',
    [
      { title: 'API', width: 'minmax(0, 2fr)', cell: (a) => el('code', {}, a.path) },
      { title: 'domain', width: 'minmax(0, 1fr)', cell: (a) => nameOf(a.domain) },
      { title: 'exposure', width: '90px', cell: (a) => a.exposure },
      { title: 'owner', width: 'minmax(0, 1fr)', cell: (a) => a.owner },
      { title: 'authentication', width: '120px', cell: (a) => a.authentication },
      { title: 'routes', width: 'minmax(0, 2fr)', cell: (a) => a.routes.join('; ') },
    ],
    data.apis.length,
  );
  let [text, domain, duty] = ['', '', ''];
  const draw = (): void => {
    const inDomain = (index: number): boolean => domain === '' || String(index) === domain;
    roles.show(
      data.roles.filter(
        (r) =>
          inDomain(r.domain) &&
          (duty === '' || String(r.duty) === duty) &&
          `${r.path} ${nameOf(r.domain)} ${data.duties[r.duty] ?? ''}`.toLowerCase().includes(text),
      ),
    );
    apis.show(
      data.apis.filter(
        (a) =>
          inDomain(a.domain) &&
          `${a.path} ${nameOf(a.domain)} ${a.owner} ${a.routes.join(' ')}`.toLowerCase().includes(text),
      ),
    );
  };
  const every = (label: string) => ({ value: '', label });
  const byDomain = select(
    'Domain',
    [every('all'), ...data.domains.map(({ name }, i) => ({ value: String(i), label: name }))],
    (value) => {
      domain = value;
      draw();
    },
  );
  const byDuty = select(
    'Duty',
    [every('all'), ...data.duties.map((name, i) => ({ value: String(i), label: name }))],
    (value) => {
      duty = value;
      draw();
    },
  );
  const element = section(
    'inventory',
    'Inventory',
    'Every principal of the templates, and every API with its routes.',
    el('div', { class: 'tools' }, byDomain, byDuty, roles.count),
    roles.element,
    data.apis.length > 0 && el('div', { class: 'tools', style: 'margin-top: 24px' }, apis.count),
    data.apis.length > 0 && apis.element,
  );
  draw();
  return {
    element,
    filter: (wanted) => {
      text = wanted;
      draw();
    },
    print: (all) => {
      roles.print(all);
      apis.print(all);
    },
  };
}
