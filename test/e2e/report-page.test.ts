import { existsSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { delimiter, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import axeCore from 'axe-core';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';
import { EventStream } from '../../src/cli/reporting/event-stream.ts';
import { type PageServer, servePage } from '../../src/cli/reporting/page-server.ts';
import type { Report, WaveItem } from '../../src/core/report/report.ts';
import { liveParts, renderLivePage, renderReport } from '../../src/report/index.ts';
import { hostile, madeUpRun, madeUpWave } from '../support/made-up-reports.ts';
import { describeWith } from '../support/programs.ts';

// The page in a real browser: what a reader sees and can do, and that nothing of it asks anybody.
const run = renderReport(madeUpRun(), 'html');
const wave = renderReport(madeUpWave({ items: 300 }), 'html');

const phone = { viewport: { width: 360, height: 740 } } as const;
const desk = { viewport: { width: 1200, height: 900 } } as const;

const shown = hostile.replace('\u202e', '\\u202e');

describeWith(['chromium'], 'the page of a report in a browser', () => {
  let browser: Browser;
  let server: Server;
  let atDesk: Opened;
  let onPhone: Opened;
  const requests: string[] = [];
  const contents = new Map([
    ['/run.html', run],
    ['/wave.html', wave],
    ['/run.xml', renderReport(madeUpRun(), 'xml')],
    ['/wave.xml', renderReport(madeUpWave({ items: 300 }), 'xml')],
  ]);
  const address = (path: string) => `http://127.0.0.1:${(server.address() as AddressInfo).port}${path}`;

  beforeAll(async () => {
    server = createServer(({ url = '' }, response) => {
      requests.push(url);
      const type = url.endsWith('.xml') ? 'text/xml' : 'text/html; charset=utf-8';
      response.writeHead(contents.has(url) ? 200 : 404, { 'content-type': type }).end(contents.get(url) ?? '');
    });
    await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
    const folders = (process.env['PATH'] ?? '').split(delimiter);
    const executablePath = folders.map((folder) => join(folder, 'chromium')).find((file) => existsSync(file));
    // Root, as on a build machine, has no sandbox.
    // Root, as on a build machine, has no sandbox.
    browser = await chromium.launch({
      ...(executablePath === undefined ? {} : { executablePath }),
      chromiumSandbox: false,
      args: ['--disable-gpu', '--disable-extensions', '--no-zygote'],
    });
    [atDesk, onPhone] = await Promise.all([opened('/run.html', desk), opened('/wave.html', phone)]);
  });
  afterAll(async () => {
    await browser.close();
    await new Promise((closed) => server.close(closed));
  });

  interface Opened {
    readonly page: Page;
    /** What the page has told the console. */
    readonly told: string[];
    /** What it has asked for, of anybody. */
    readonly asked: string[];
  }

  async function opened(path: string, options: BrowserContextOptions): Promise<Opened> {
    const page = await (await browser.newContext(options)).newPage();
    const [told, asked]: [string[], string[]] = [[], []];
    page.on('console', (message) => told.push(message.text()));
    page.on('pageerror', (error) => told.push(error.message));
    page.on('request', (request) => asked.push(request.url()));
    await page.goto(path.startsWith('/') ? address(path) : path);
    return { page, told, asked };
  }

  /** The faults that axe-core calls serious or critical. */
  async function seriousFaults(page: Page, rules?: readonly string[]): Promise<readonly string[]> {
    await page.evaluate(axeCore.source);
    return page.evaluate(
      async (only) => {
        const { axe } = globalThis as unknown as {
          axe: {
            run(options: object): Promise<{ violations: { id: string; impact: string; nodes: { html: string }[] }[] }>;
          };
        };
        const { violations } = await axe.run({
          resultTypes: ['violations'],
          ...(only === undefined ? {} : { runOnly: only }),
        });
        return violations
          .filter(({ impact }) => impact === 'serious' || impact === 'critical')
          .map(({ id, nodes }) => `${id}: ${nodes[0]?.html ?? ''}`);
      },
      rules as string[] | undefined,
    );
  }

  /** How far the page reaches beyond the right edge of its window, in pixels. */
  const overhang = (page: Page): Promise<number> =>
    page.evaluate(() => {
      const { document, innerWidth } = globalThis as unknown as {
        document: { documentElement: { scrollWidth: number } };
        innerWidth: number;
      };
      return document.documentElement.scrollWidth - innerWidth;
    });

  const rowsOf = (page: Page, table: string) => page.locator(`${table} tbody tr:visible`);

  test('searches and filters, and says how many rows are left', async () => {
    const { page } = atDesk;
    const rows = rowsOf(page, '#changes-table');
    expect(await rows.count()).toBe(5);
    await page.getByRole('searchbox').fill('SITE.host web');
    expect(await rows.allTextContents()).toEqual([expect.stringContaining('Web Shop/Site.Host')]);
    expect(await page.getByRole('status').textContent()).toBe('1 of 5 rows are shown');
    await page.getByRole('searchbox').fill('');
    await page.getByRole('combobox', { name: 'All kinds' }).selectOption('environment');
    expect(await rows.count()).toBe(2);
    await page.getByRole('combobox', { name: 'All actions' }).selectOption('overwritten');
    expect(await rows.count()).toBe(0);
    await page.getByRole('combobox', { name: 'All kinds' }).selectOption('');
    expect(await rows.allTextContents()).toEqual([expect.stringContaining(shown)]);
    await page.getByRole('combobox', { name: 'All actions' }).selectOption('');
  });

  test('shows hostile names as text, and holds its document', async () => {
    const { page } = atDesk;
    expect(await page.getByRole('heading', { level: 1 }).textContent()).toContain(shown);
    expect(await page.locator('script').count()).toBe(2);
    const document = (await page.locator('#report').textContent()) ?? '';
    expect(JSON.parse(document)).toEqual(JSON.parse(JSON.stringify(madeUpRun())));
  });

  test('has no serious fault for a reader who does not see well, light and dark', async () => {
    const { page } = atDesk;
    expect(await seriousFaults(page)).toEqual([]);
    await page.emulateMedia({ colorScheme: 'dark' });
    expect(await seriousFaults(page)).toEqual([]);
    await page.setViewportSize(phone.viewport);
    expect(await overhang(page)).toBe(0);
    await page.setViewportSize(desk.viewport);
  });

  test('its policy stops a script, a picture and a style that somebody has put into it', async () => {
    const more =
      '<img src="/leak.png" alt=""><script>document.title = "it ran"</script><style>@import "/leak.css";</style></body>';
    contents.set('/forged.html', run.replace('</body>', more));
    const { page, told } = await opened('/forged.html', desk);
    expect(await page.title()).not.toBe('it ran');
    expect(told.length).toBeGreaterThanOrEqual(3);
    expect(requests.filter((url) => url.includes('leak'))).toEqual([]);
  });

  test('is whole without JavaScript: every row, and no control that does nothing', async () => {
    const { page } = await opened('/run.html', { ...desk, javaScriptEnabled: false });
    expect(await rowsOf(page, '#changes-table').count()).toBe(5);
    expect(await page.locator('.tools').isVisible()).toBe(false);
    expect(await page.getByText('migrator job undo octopus:prod:ServerTasks-7').isVisible()).toBe(true);
  });

  test('a wave of 300 projects fits a phone and has no serious fault there, light and dark', async () => {
    const { page } = onPhone;
    expect(await rowsOf(page, '#items-table').count()).toBe(300);
    expect(await overhang(page)).toBe(0);
    expect(await seriousFaults(page)).toEqual([]);
    // In the dark only the colours differ. One row of each state has them all, and the failed ones are the longest.
    await page.getByRole('combobox', { name: 'All states' }).selectOption('failed');
    await page.emulateMedia({ colorScheme: 'dark' });
    expect(await seriousFaults(page, ['color-contrast'])).toEqual([]);
  });

  test('a wave can be filtered by wave and state, and its rows unfold', async () => {
    const { page } = onPhone;
    await page.getByRole('combobox', { name: 'All states' }).selectOption('failed');
    expect(await rowsOf(page, '#items-table').count()).toBe(12);
    await page.getByRole('combobox', { name: 'All waves' }).selectOption('shared');
    expect(await rowsOf(page, '#items-table').count()).toBe(4);
    await page.locator('details:visible summary').first().click();
    expect(await page.getByText('free some space').first().isVisible()).toBe(true);
    expect(await overhang(page)).toBe(0);
  });

  test('is printed black on white, without controls, with what is folded', async () => {
    const { page } = onPhone;
    await page.emulateMedia({ media: 'print', colorScheme: 'dark' });
    const ground = await page.evaluate('getComputedStyle(document.body).backgroundColor');
    expect(ground).toBe('rgb(255, 255, 255)');
    expect(await page.getByRole('searchbox').isVisible()).toBe(false);
    expect(await page.getByRole('status').isVisible()).toBe(true);
    const folded = page.locator('details:not([open])');
    const before = await folded.count();
    expect(before).toBeGreaterThan(200);
    await page.evaluate('dispatchEvent(new Event("beforeprint"))');
    expect(await folded.count()).toBe(0);
    await page.evaluate('dispatchEvent(new Event("afterprint"))');
    expect(await folded.count()).toBe(before);
    const pdf = await atDesk.page.pdf({ format: 'A4' });
    expect(pdf.subarray(0, 5).toString()).toBe('%PDF-');
  });

  test('an XML parser reads the JUnit form', async () => {
    for (const [path, cases] of [
      ['/run.xml', 8],
      ['/wave.xml', 300],
    ] as const) {
      const text = JSON.stringify(contents.get(path));
      const counts = (element: string) =>
        atDesk.page.evaluate(
          `new DOMParser().parseFromString(${text}, 'application/xml').querySelectorAll('${element}').length`,
        );
      expect([await counts('parsererror'), await counts('testcase')]).toEqual([0, cases]);
    }
  });

  describe('that follows a wave', () => {
    const whole = madeUpWave({ items: 40 });
    const all = whole.wave!.items;
    let ended = 0;
    let isOver = false;
    let isRead = false;
    let live: PageServer;

    /** The wave after so many items: one more is at work, and the others wait. */
    function reportNow(): Report {
      if (!isRead) return { ...madeUpRun({ outcome: 'started', warnings: [], next: [] }), run: undefined };
      const items = all.map((item, index): WaveItem => {
        const { id, project, wave: name, from, to, run: facts, startedAt, spans } = item;
        if (index < ended) return item;
        const waiting = { id, project, wave: name, from, to, state: 'waiting', spans: [] } as const;
        return index > ended
          ? waiting
          : { ...waiting, state: 'running', startedAt, spans: spans.slice(0, 1), run: facts };
      });
      return { ...whole, outcome: isOver ? 'partial' : 'started', wave: { name: 'spring-move', items } };
    }

    beforeAll(async () => {
      live = await servePage(0, {
        page: () => {
          const page = renderLivePage(reportNow(), isOver);
          // The page is loaded before the plan is read.
          isRead = true;
          return Promise.resolve(page);
        },
        parts: () => Promise.resolve(liveParts(reportNow(), isOver)),
        onFault: (error) => {
          throw error;
        },
      });
    });
    afterAll(() => live.close());

    test('shows what changes where it stands, and leaves search, scroll and unfolded rows to the reader', async () => {
      const { page, told, asked } = await opened(live.url, desk);
      const row = (index: number) => page.locator(`#items-table tbody tr[data-item="${all[index]!.id}"]`);
      await page.getByText('This page follows the run.').waitFor();
      expect(await page.title()).toBe('Still running: spring-move: 0 of 40 projects moved');
      expect(await row(2).textContent()).toContain('waiting');
      await page.evaluate('globalThis.isTheSame = true');
      await page.getByRole('searchbox').fill('identity');
      ended = 2;
      live.changed();
      await row(2).getByText('running', { exact: true }).waitFor();
      await row(2).locator('summary').click();
      await page.getByRole('combobox', { name: 'All waves' }).selectOption('shared');
      await page.evaluate('scrollTo(0, 150)');
      const rows = await rowsOf(page, '#items-table').count();
      expect(rows).toBe(2);

      ended = 30;
      live.changed();
      await row(2).getByText('done', { exact: true }).waitFor();
      expect(await page.title()).toMatch(/^Still running: spring-move: 2\d of 40/u);
      expect(await page.getByRole('searchbox').inputValue()).toBe('identity');
      expect(await rowsOf(page, '#items-table').count()).toBe(rows);
      expect(await row(2).locator('details').getAttribute('open')).toBe('');
      expect(await page.evaluate(`document.activeElement.closest('tr').dataset.item`)).toBe(all[2]!.id);
      expect(await page.evaluate('scrollY')).toBe(150);
      expect(await page.locator('svg rect').count()).toBeGreaterThan(50);
      expect(await page.locator('.states').textContent()).toContain('1 failed');
      // In the order of the page that is loaded now: what needs eyes comes first.
      const loaded = await (await fetch(live.url)).text();
      const orderIn = (document: string) =>
        page.evaluate(`[...${document}.querySelectorAll('#items-table tbody tr')].map((row) => row.dataset.item)`);
      expect(await orderIn('document')).toEqual(
        await orderIn(`new DOMParser().parseFromString(${JSON.stringify(loaded)}, 'text/html')`),
      );
      // A hostile name came in an event too.
      expect(await page.locator('main').textContent()).toContain(shown);
      expect(await page.locator('main script').count()).toBe(0);

      ended = 40;
      isOver = true;
      await live.close();
      await page.getByText(/The run has ended at .* This is its last state\./u).waitFor();
      expect(await page.title()).toMatch(/^Done in part/u);
      expect(await page.evaluate('isTheSame')).toBe(true);
      expect(told).toEqual([]);
      expect(new Set(asked)).toEqual(new Set([live.url, `${live.url}events`]));
    });
  });

  test('that follows a wave says that it lost the process when the connection breaks without an end', async () => {
    const stream = new EventStream();
    const dying = createServer(({ url }, response) => {
      if (url === '/events') stream.add(response.writeHead(200, { 'content-type': 'text/event-stream' }));
      else response.setHeader('content-type', 'text/html').end(renderLivePage(madeUpWave({ items: 4 }), false));
    });
    await new Promise<void>((listening) => dying.listen(0, '127.0.0.1', listening));
    const { page } = await opened(`http://127.0.0.1:${(dying.address() as AddressInfo).port}/`, desk);
    await page.waitForFunction('source.readyState === 1');
    stream.tell('change', liveParts(madeUpWave({ items: 4 }), false));
    await page.getByText('This page follows the run.').waitFor();
    const closed = new Promise((done) => dying.close(done));
    dying.closeAllConnections();
    await page.getByText('The connection to migrator is lost, and nobody said that the run has ended.').waitFor();
    expect(await rowsOf(page, '#items-table').count()).toBe(4);
    await page.close();
    await closed;
  });

  test('nothing that was done here made a page ask for anything but itself, or complain', () => {
    expect(atDesk).toMatchObject({ told: [], asked: [address('/run.html')] });
    expect(onPhone).toMatchObject({ told: [], asked: [address('/wave.html')] });
    const own = ['/run.html', '/wave.html', '/forged.html', '/run.html'];
    expect(requests.sort()).toEqual(own.sort());
  });
});
