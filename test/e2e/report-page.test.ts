import { readFile } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { delimiter, join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';
import { renderReport } from '../../src/report/index.ts';
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
    browser = await chromium.launch({
      ...(executablePath === undefined ? {} : { executablePath }),
      chromiumSandbox: false,
    });
  });
  afterAll(async () => {
    await browser.close();
    await new Promise((closed) => server.close(closed));
  });

  /** Opens a page in a window of its own, and says what it told the console and what it asked for. */
  async function opened(path: string, options: BrowserContextOptions, work: (page: Page) => Promise<void>) {
    const context = await browser.newContext(options);
    const page = await context.newPage();
    const told: string[] = [];
    const before = requests.length;
    page.on('console', (message) => told.push(message.text()));
    page.on('pageerror', (error) => told.push(error.message));
    await page.goto(address(path));
    await work(page);
    await context.close();
    return { told, asked: requests.slice(before) };
  }

  /** The faults that axe-core calls serious or critical. */
  async function seriousFaults(page: Page): Promise<readonly string[]> {
    await page.evaluate(await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8'));
    return page.evaluate(async () => {
      const { axe } = globalThis as unknown as {
        axe: {
          run(options: object): Promise<{ violations: { id: string; impact: string; nodes: { html: string }[] }[] }>;
        };
      };
      const { violations } = await axe.run({ resultTypes: ['violations'] });
      return violations
        .filter(({ impact }) => impact === 'serious' || impact === 'critical')
        .map(({ id, nodes }) => `${id}: ${nodes[0]?.html ?? ''}`);
    });
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
    const { told, asked } = await opened('/run.html', desk, async (page) => {
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
    });
    expect({ told, asked }).toEqual({ told: [], asked: ['/run.html'] });
  });

  test('shows hostile names as text, and holds its document', async () => {
    await opened('/run.html', desk, async (page) => {
      expect(await page.getByRole('heading', { level: 1 }).textContent()).toContain(shown);
      expect(await page.locator('script').count()).toBe(2);
      expect(JSON.parse((await page.locator('#report').textContent()) ?? '')).toEqual(
        JSON.parse(JSON.stringify(madeUpRun())),
      );
    });
  });

  test('its policy stops a script and a picture that somebody has put into it', async () => {
    const more =
      '<img src="/leak.png" alt=""><script>document.title = "it ran"</script><style>@import "/leak.css";</style></body>';
    contents.set('/forged.html', run.replace('</body>', more));
    const { told, asked } = await opened('/forged.html', desk, async (page) => {
      expect(await page.title()).not.toBe('it ran');
    });
    expect(asked).toEqual(['/forged.html']);
    expect(told.length).toBeGreaterThanOrEqual(3);
  });

  test('is whole without JavaScript: every row, and no control that does nothing', async () => {
    await opened('/wave.html', { ...desk, javaScriptEnabled: false }, async (page) => {
      expect(await rowsOf(page, '#items-table').count()).toBe(300);
      expect(await page.locator('.tools').isVisible()).toBe(false);
      expect(await page.locator('details').first().isVisible()).toBe(true);
    });
  });

  test('a wave of 300 projects fits a phone, and can be filtered by wave and state', async () => {
    const { told, asked } = await opened('/wave.html', phone, async (page) => {
      expect(await overhang(page)).toBe(0);
      await page.getByRole('combobox', { name: 'All states' }).selectOption('failed');
      expect(await rowsOf(page, '#items-table').count()).toBe(12);
      await page.getByRole('combobox', { name: 'All waves' }).selectOption('shared');
      expect(await rowsOf(page, '#items-table').count()).toBe(4);
      await page.locator('details:visible summary').first().click();
      expect(await page.getByText('free some space').first().isVisible()).toBe(true);
      expect(await overhang(page)).toBe(0);
    });
    expect({ told, asked }).toEqual({ told: [], asked: ['/wave.html'] });
  });

  test.each([
    ['a run on a phone in the dark', '/run.html', { ...phone, colorScheme: 'dark' }],
    ['a run at a desk', '/run.html', { ...desk, colorScheme: 'light' }],
    ['a wave on a phone', '/wave.html', { ...phone, colorScheme: 'light' }],
    ['a wave on a phone in the dark', '/wave.html', { ...phone, colorScheme: 'dark' }],
  ] as const)('%s has no serious fault for a reader who does not see well', async (_, path, options) => {
    await opened(path, options, async (page) => {
      expect(await overhang(page)).toBe(0);
      expect(await seriousFaults(page)).toEqual([]);
    });
  });

  test('is printed black on white, without controls, with what is folded', async () => {
    await opened('/wave.html', { ...desk, colorScheme: 'dark' }, async (page) => {
      await page.emulateMedia({ media: 'print' });
      const color = page.locator('body');
      expect(await color.evaluate((body) => globalThis.getComputedStyle(body as never).backgroundColor)).toBe(
        'rgb(255, 255, 255)',
      );
      expect(await page.getByRole('searchbox').isVisible()).toBe(false);
      await page.evaluate(() => globalThis.dispatchEvent(new Event('beforeprint')));
      expect(await page.locator('details:not([open])').count()).toBe(0);
      await page.evaluate(() => globalThis.dispatchEvent(new Event('afterprint')));
      expect(await page.locator('details[open]').count()).toBe(0);
      const pdf = await page.pdf({ format: 'A4' });
      expect(pdf.subarray(0, 5).toString()).toBe('%PDF-');
      expect(pdf.toString('latin1').match(/\/Type \/Page\b/gu)!.length).toBeGreaterThan(5);
    });
  });

  test.each([
    ['/run.xml', 8],
    ['/wave.xml', 300],
  ])('an XML parser reads %s', async (path, cases) => {
    await opened('/run.html', desk, async (page) => {
      const xml = contents.get(path)!;
      const found = await page.evaluate((text) => {
        const { DOMParser } = globalThis as unknown as {
          DOMParser: new () => { parseFromString(text: string, type: string): Found };
        };
        interface Found {
          querySelectorAll(selector: string): { length: number };
        }
        const parsed = new DOMParser().parseFromString(text, 'application/xml');
        return {
          faults: parsed.querySelectorAll('parsererror').length,
          cases: parsed.querySelectorAll('testcase').length,
        };
      }, xml);
      expect(found).toEqual({ faults: 0, cases });
    });
  });
});
