/** The page of the report: reads its data, draws its parts, and ties search, theme and printing to them. */
import type { PageData } from '../page-data';
import { el, plural, prose, section } from './dom';
import { domainsOf } from './domains';
import { dutiesOf } from './duties';
import { findingsOf } from './findings';
import { graphOf } from './graph';
import { inventoryOf } from './inventory';

const TITLES = { proved: 'Proved separate', violated: 'Violated', undecided: 'Undecided' } as const;

function main(): void {
  const data = JSON.parse(document.getElementById('data')?.textContent ?? '') as PageData;
  document.title = `Bulkhead: ${data.headline}`;
  const graph = graphOf(data);
  const findings = findingsOf(data, graph.follow);
  const domains = domainsOf(data, findings.show);
  const inventory = inventoryOf(data);
  const search = el('input', {
    class: 'search',
    type: 'search',
    placeholder: 'Search  ( / )',
    'aria-label': 'Search findings, crossings and inventory',
    oninput: () => later(() => filter(search.value)),
  });
  const filter = (text: string): void => {
    const wanted = text.trim().toLowerCase();
    findings.filter(wanted);
    domains.filter(wanted);
    inventory.filter(wanted);
  };
  const sections: readonly (readonly [string, string])[] = [
    ['findings', `Findings${data.findings.length === 0 ? '' : ` ${data.findings.length}`}`],
    ['domains', 'Domains'],
    ['duties', 'Duties'],
    ['reach', 'Reach'],
    ['inventory', 'Inventory'],
    ['controls', 'Controls'],
    ['evidence', 'Evidence'],
  ];
  const nav = el(
    'nav',
    { 'aria-label': 'Parts of the report' },
    ...sections.map(([id, title]) => el('a', { href: `#${id}` }, title)),
  );
  const content = el(
    'main',
    { id: 'content' },
    verdictOf(data),
    findings.element,
    domains.element,
    dutiesOf(data, findings.show),
    graph.element,
    inventory.element,
    controlsOf(data),
    evidenceOf(data),
  );
  const page = document.getElementById('page')!;
  page.append(
    el(
      'header',
      { class: 'bar' },
      el('div', {}, el('span', { class: 'brand' }, 'Bulkhead'), nav, search, themeButton(domains.repaint)),
    ),
    content,
  );
  domains.repaint();

  document.addEventListener('keydown', (event) => {
    if (event.key === 'Escape' && document.activeElement === search) {
      search.value = '';
      filter('');
      search.blur();
    }
    const typing = event.target instanceof HTMLElement && event.target.matches('input, select, textarea');
    if (event.key !== '/' || typing || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    search.focus();
  });
  addEventListener('beforeprint', () => {
    findings.expand(true);
    inventory.print(true);
    graph.print(true);
  });
  addEventListener('afterprint', () => {
    findings.expand(false);
    inventory.print(false);
    graph.print(false);
  });
  markCurrent(nav);
}

function verdictOf(data: PageData): HTMLElement {
  const duty = data.roles.filter((r) => r.duty >= 0).length;
  const figures: readonly (readonly [number, string])[] = [
    [data.domains.length, 'trust domains'],
    [duty, 'duty roles'],
    [data.statistics.principals, 'principals'],
    [data.apis.length, 'APIs'],
    [data.statistics.resources, 'resources'],
    [data.findings.length, 'findings'],
  ];
  return el(
    'div',
    { class: `verdict ${data.verdict}` },
    el('h1', {}, TITLES[data.verdict]),
    el('p', {}, meaningOf(data)),
    el(
      'dl',
      { class: 'figures' },
      ...figures.map(([n, name]) => el('div', {}, el('dt', {}, name), el('dd', {}, n.toLocaleString('en')))),
    ),
    el(
      'div',
      { class: 'assumptions', style: 'margin-top: 28px' },
      el('h2', {}, `This verdict rests on ${plural(data.assumptions.length, 'assumption')}`),
      el(
        'ul',
        {},
        ...data.assumptions.map(({ id, text }) =>
          el('li', {}, el('span', { class: 'mono' }, id), el('span', {}, ...prose(text))),
        ),
      ),
    ),
  );
}

function meaningOf({ verdict, findings, roles }: PageData): string {
  const open = findings.filter((f) => f.excused === undefined).length;
  switch (verdict) {
    case 'proved':
      return roles.every((r) => r.duty < 0 && r.domain < 0)
        ? 'No role here holds a duty or belongs to a trust domain, so there was nothing to keep apart.'
        : 'Beside the common requests and the declared crossings, no request exists that two roles of conflicting duties, or of two trust domains, may both make, under the assumptions below.';
    case 'violated':
      return `${plural(open, 'finding')}. Each violation shows a request that was replayed against both sides, and the edit that mends it.`;
    case 'undecided':
      return `${plural(open, 'question')} could not be decided. Undecided fails like violated: nothing is passed that was not proved.`;
  }
}

function controlsOf(data: PageData): HTMLElement {
  const open = new Map(data.checks.map((check) => [check.id, check.open]));
  const looks = { held: 'good', broken: 'violated', undecided: 'undecided', 'nothing to judge': '' } as const;
  const rows = data.controls.map(({ id, text, checks, state }) => {
    const tag = el('span', { class: `tag ${looks[state]}` }, state === 'broken' ? 'not held' : state);
    const found = checks.map((check) => [check, open.get(check) ?? 0] as const);
    const evidence = found
      .map(([check, n]) => (n === 0 ? check : `${check} (${plural(n, 'open finding')})`))
      .join(', ');
    return el(
      'tr',
      {},
      el('td', {}, el('code', {}, id)),
      el('td', {}, text),
      el('td', {}, tag),
      el('td', { class: 'quiet' }, evidence),
    );
  });
  return section(
    'controls',
    'Controls',
    'What the checks of the templates stand for. Controls that only a running system can show are not judged here.',
    el(
      'table',
      { class: 'plain-table' },
      el(
        'thead',
        {},
        el('tr', {}, ...['control', 'requires', 'state', 'judged by'].map((c) => el('th', { scope: 'col' }, c))),
      ),
      el('tbody', {}, ...rows),
    ),
  );
}

function evidenceOf({ evidence, checks }: PageData): HTMLElement {
  const rows = (evidence?.inputs ?? []).map(([path, hash]) =>
    el('tr', {}, el('td', {}, el('code', {}, path)), el('td', { class: 'mono quiet' }, hash)),
  );
  return section(
    'evidence',
    'Evidence',
    evidence === undefined
      ? 'The inputs of this report were not recorded.'
      : `Made by ${evidence.tool}${evidence.time === undefined ? '' : `, ${evidence.time}`}, from the files below. The same files give the same report, byte for byte.`,
    rows.length > 0 &&
      el(
        'table',
        { class: 'plain-table evidence' },
        el('thead', {}, el('tr', {}, el('th', { scope: 'col' }, 'input'), el('th', { scope: 'col' }, 'SHA-256'))),
        el('tbody', {}, ...rows),
      ),
    el('footer', {}, `Checks: ${checks.map(({ id, compliant }) => `${id} ${compliant}`).join('; ')}.`),
  );
}

/** The system's theme, until somebody chooses. */
function themeButton(repaint: () => void): HTMLElement {
  const system = matchMedia('(prefers-color-scheme: dark)');
  let chosen: boolean | undefined;
  const button = el('button', {
    class: 'plain',
    onclick: () => {
      chosen = !(chosen ?? system.matches);
      apply();
    },
  });
  const apply = (): void => {
    const dark = chosen ?? system.matches;
    document.documentElement.dataset.theme = dark ? 'dark' : 'light';
    button.textContent = dark ? 'Light' : 'Dark';
    button.setAttribute('aria-label', dark ? 'Use light colours' : 'Use dark colours');
    repaint();
  };
  system.addEventListener('change', apply);
  apply();
  return button;
}

function markCurrent(nav: HTMLElement): void {
  const links = new Map([...nav.querySelectorAll('a')].map((a) => [a.getAttribute('href')?.slice(1) ?? '', a]));
  const seen = new IntersectionObserver(
    (entries) => {
      for (const { target, isIntersecting } of entries) {
        if (!isIntersecting) continue;
        for (const [id, link] of links) link.setAttribute('aria-current', String(id === target.id));
      }
    },
    { rootMargin: '-20% 0px -70% 0px' },
  );
  for (const part of document.querySelectorAll('section')) seen.observe(part);
}

let timer: number | undefined;
function later(act: () => void): void {
  clearTimeout(timer);
  timer = setTimeout(act, 80) as unknown as number;
}

main();
