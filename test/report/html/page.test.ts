/** The HTML report in a real browser: read, filtered, opened, followed, printed, in the dark, by keyboard, and at full size. */
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { analyse } from '../../../lib/report/analyse';
import { toHtml } from '../../../lib/report/html/to-html';
import type { Report } from '../../../lib/report/report';
import { allow, role, roleArn } from '../two-versions';
import { CHROMIUM, launch } from './chromium';
import { estateReport } from './estate-report';

const AXE = readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');
const EVIL = '</script><script>window.broken = 1</script><img src=x onerror="window.broken = 1">';
const folder = mkdtempSync(join(tmpdir(), 'bulkhead-page-'));

// A browser on a busy machine.
jest.setTimeout(60_000);

function evilReport(): Report {
  const Resources = {
    Deploy: role({ name: 'a', can: [allow('cloudformation:*')], path: `App/${EVIL}` }),
    Approve: role({
      name: 'b',
      can: [{ ...allow('cloudformation:ExecuteChangeSet'), Sid: 'x' }],
      trusts: [roleArn(EVIL)],
    }),
  };
  const configuration = {
    domains: { [EVIL]: { owner: EVIL, resources: ['App/*'] } },
    duties: { deploy: ['App/Deploy'], approve: ['App/Approve'] },
  };
  return analyse({ templates: [{ stackName: 'App', template: { Resources } }] }, { configuration, source: 'test' });
}

describe('the file', () => {
  const report = estateReport(3, 3);
  const html = toHtml(report);

  test('asks nothing of any network, and forbids it', () => {
    expect(html.match(/http-equiv="Content-Security-Policy" content="default-src 'none';/)).toHaveLength(1);
    // Not the page itself in a message of a hundred thousand characters.
    const outward = html.match(/\b(?:src|href)\s*=\s*["']?(?:https?:)?\/\/.{20}|@import.{20}|url\((?!#).{20}/gi);
    expect(outward).toBeNull();
  });

  test('is the same for the same input', () => {
    expect(toHtml(estateReport(3, 3)) === html).toBe(true);
  });

  test('holds what templates say as data only', () => {
    const evil = toHtml(evilReport());
    const tags = (text: string): number => text.split(/<\/script/i).length;
    expect(tags(evil)).toBe(tags(html));
    expect([evil.includes('\\u003c/script>'), evil.includes('<img')]).toEqual([true, false]);
  });
});

(CHROMIUM === undefined ? describe.skip : describe)('in Chromium', () => {
  let browser: Browser;
  const errors: string[] = [];
  const requests: string[] = [];
  beforeAll(async () => {
    browser = await launch();
  });
  afterAll(() => browser.close());

  async function open(report: Report, options: { readonly colorScheme?: 'dark' | 'light' } = {}): Promise<Page> {
    const file = join(folder, `${Math.random().toString(36).slice(2)}.html`);
    writeFileSync(file, toHtml(report));
    const page = await browser.newPage({ viewport: { width: 1280, height: 860 }, ...options });
    page.on('pageerror', (error) => errors.push(error.message));
    page.on('request', (request) => requests.push(request.url()));
    await page.goto(`file://${file}`);
    await page.waitForSelector('#reach svg .node, #reach .readout:not(:empty)', { state: 'attached' });
    return page;
  }
  const opened = (page: Page): Promise<number> => page.locator('.finding .body').count();

  describe('an estate of seven domains with seven hidden overlaps', () => {
    const report = estateReport(7, 7);
    let page: Page;
    beforeEach(async () => {
      page = await open(report);
    });
    afterEach(() => page.close());

    test('verdict and assumptions stand on top; nothing was requested, nothing failed', async () => {
      expect(await page.title()).toMatch(/^Bulkhead: violated, 7 findings/);
      expect(await page.locator('h1').textContent()).toBe('Violated');
      expect(await page.locator('.assumptions li').count()).toBe(report.model.assumptions.length);
      expect(errors).toEqual([]);
      expect(requests.filter((url) => !url.startsWith('file://'))).toEqual([]);
    });

    test('a finding opens, with request, statements, chain and edit', async () => {
      expect(await opened(page)).toBe(0);
      await page.locator('.finding button').first().click();
      const body = page.locator('.finding .body').first();
      const { witness, fix } = report.findings[0]!;
      expect(await body.locator('.request').textContent()).toContain(`${witness?.action} on ${witness?.resource}`);
      expect((await body.locator('.edit').textContent())?.replace(/Copy$/, '')).toBe(fix.replace(/`/g, ''));
      expect(await body.locator('.chain li').count()).toBe(report.findings[0]!.chain.length);
      await page.locator('.finding button').first().click();
      expect(await opened(page)).toBe(0);
    });

    test('chips and search filter, and Escape ends it', async () => {
      const findings = page.locator('.finding');
      await page.getByRole('button', { name: 'DOM-1 · 1' }).click();
      expect(await findings.count()).toBe(1);
      await page.getByRole('button', { name: 'All', exact: true }).click();
      await page.keyboard.press('/');
      await page.keyboard.type('d0003');
      await page.getByText('10 of 70 principals').waitFor();
      expect(await findings.count()).toBe(report.findings.filter((f) => JSON.stringify(f).includes('d0003')).length);
      await page.keyboard.press('Escape');
      expect(await findings.count()).toBe(7);
    });

    test('the matrix shows what crosses, and leads to the finding', async () => {
      const matrix = page.locator('#domains .matrix');
      expect(await matrix.locator('td.declared').count()).toBe(1);
      expect(await matrix.locator('td.violated').count()).toBe(1);
      expect(await matrix.locator('td.clear').count()).toBe(7 * 6 - 2);
      await matrix.locator('td.violated button').click();
      expect(await page.locator('.finding [aria-expanded="true"] .id').textContent()).toBe('DOM-1');
    });

    test('the duty matrix is of one domain or of all', async () => {
      const red = page.locator('#duties td.violated');
      expect(await red.count()).toBeGreaterThan(2);
      await page.locator('#duties select').selectOption({ label: 'd0001 (found)' });
      expect(await red.count()).toBe(1);
      await red.locator('button').click();
      expect(await page.locator('.finding [aria-expanded="true"]').textContent()).toContain('d0001/deploy');
    });

    test('a chain is followed in the graph', async () => {
      await page.locator('.finding button').first().click();
      await page.getByRole('button', { name: 'Follow the chain in the graph' }).click();
      const { chain } = report.findings[0]!;
      expect(await page.locator('#reach .edge.chain').count()).toBe(chain.length);
      expect(await page.locator('#reach .node').count()).toBe(
        new Set(chain.flatMap(({ from, to }) => [from, to])).size,
      );
      expect(await page.evaluate('document.activeElement?.tagName')).toBe('svg');
      const before = await page.locator('#reach svg > g').getAttribute('transform');
      await page.keyboard.press('+');
      expect(await page.locator('#reach svg > g').getAttribute('transform')).not.toBe(before);
    });

    test('by keyboard alone', async () => {
      await page.keyboard.press('Tab');
      expect(await page.evaluate('document.activeElement?.textContent')).toBe('Skip to the report');
      await page.locator('.finding button').first().focus();
      await page.keyboard.press('Enter');
      expect(await opened(page)).toBe(1);
    });

    test('on paper everything is open, and afterwards as before', async () => {
      const rows = page.locator('#inventory [aria-label="Principals"] .run .row');
      expect(await rows.count()).toBeLessThan(40);
      await page.evaluate("dispatchEvent(new Event('beforeprint'))");
      await page.emulateMedia({ media: 'print' });
      expect([await opened(page), await rows.count()]).toEqual([7, 70]);
      expect(await page.locator('#reach svg').getAttribute('viewBox')).toMatch(/^-16 -24 \d/);
      expect(await page.locator('.bar').isVisible()).toBe(false);
      await page.emulateMedia({ media: 'screen' });
      await page.evaluate("dispatchEvent(new Event('afterprint'))");
      expect(await rows.count()).toBeLessThan(40);
      expect((await page.pdf({ format: 'A4' })).length).toBeGreaterThan(50_000);
    });
  });

  test('on a narrow screen the page does not scroll sideways', async () => {
    const page = await open(estateReport(7, 7));
    await page.setViewportSize({ width: 390, height: 800 });
    await page.locator('.finding button').first().click();
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(390);
    await page.close();
  });

  test('dark by the system, and by choice', async () => {
    const page = await open(estateReport(2, 1), { colorScheme: 'dark' });
    const ground = (): Promise<unknown> => page.evaluate('getComputedStyle(document.body).backgroundColor');
    expect(await ground()).toBe('rgb(19, 20, 22)');
    await page.getByRole('button', { name: 'Use light colours' }).click();
    expect(await ground()).toBe('rgb(251, 251, 250)');
    await page.close();
  });

  test.each(['light', 'dark'] as const)('axe finds nothing serious, %s', async (colorScheme) => {
    const page = await open(estateReport(7, 7), { colorScheme });
    await page.locator('.finding button').first().click();
    await page.evaluate(AXE);
    const found = await page.evaluate(
      'axe.run().then(({ violations }) => violations.map(({ id, impact, nodes }) => [id, impact, nodes[0]?.html]))',
    );
    expect(found).toEqual([]);
    await page.close();
  });

  test('a name that would be markup is text', async () => {
    const page = await open(evilReport());
    expect(await page.evaluate('window.broken')).toBeUndefined();
    expect(await page.locator('img').count()).toBe(0);
    expect(await page.locator('#domains').textContent()).toContain(EVIL);
    await page.close();
  });

  describe('300 domains, 3,000 roles', () => {
    const report = estateReport(300, 20);

    test('is drawn within two seconds of work, and scrolls without a long frame', async () => {
      const page = await browser.newPage({ viewport: { width: 1280, height: 860 } });
      const file = join(folder, 'large.html');
      writeFileSync(file, toHtml(report));
      const session = await page.context().newCDPSession(page);
      // Time of the page's own thread: what else the machine does does not count.
      await session.send('Performance.enable', { timeDomain: 'threadTicks' });
      const work = async (): Promise<number> => {
        const { metrics } = await session.send('Performance.getMetrics');
        return metrics.find(({ name }) => name === 'TaskDuration')?.value ?? Number.NaN;
      };
      await page.goto(`file://${file}`);
      await page.waitForSelector('#reach svg .node', { state: 'attached' });
      const drawn = await work();
      expect(drawn).toBeGreaterThan(0);
      expect(drawn).toBeLessThan(2);

      const pane = page.locator('#inventory .window').first();
      expect(await pane.locator('.row').count()).toBeLessThan(60);
      const frames = 60;
      await page.evaluate(`(async () => {
        const pane = document.querySelector('#inventory .window');
        for (let i = 0; i < ${frames}; i++) {
          pane.scrollTop += 1900;
          await new Promise(requestAnimationFrame);
        }
      })()`);
      expect(((await work()) - drawn) / frames).toBeLessThan(0.016);
      expect(await pane.locator('.row').last().getAttribute('aria-rowindex')).toBe('3001');
      await page.close();
    });

    test('the canvas is walked by arrow keys', async () => {
      const page = await open(report);
      const canvas = page.locator('#domains canvas');
      await canvas.focus();
      await page.keyboard.press('ArrowDown');
      await page.keyboard.press('ArrowRight');
      await page.keyboard.press('ArrowRight');
      expect(await page.locator('#domains .readout').textContent()).toMatch(/^d0001 → d0002: declared, /);
      await page.close();
    });
  });
});
