import { createHash } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { renderHtml } from '../../../../src/report/html/page.ts';
import { hostile, madeUpRun, madeUpWave } from '../../../support/made-up-reports.ts';

/** The text of a page as a reader sees it, without tags and data. */
const textOf = (page: string): string =>
  page
    .replace(/<(style|script)[^>]*>[^]*?<\/\1>/gu, '')
    .replace(/<[^>]*>/gu, '\n')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&#39;', "'")
    .replaceAll('&amp;', '&');

const pages = [
  ['a run', renderHtml(madeUpRun())],
  ['a wave', renderHtml(madeUpWave({ items: 30 }))],
] as const;

describe.each(pages)('the page of %s', (_, page) => {
  test('has the script and the style of its own alone, by their hashes', () => {
    const hash = (text: string) => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
    const [, policy = ''] = /http-equiv="Content-Security-Policy" content="([^"]*)"/u.exec(page)!;
    const plain = policy.replaceAll('&#39;', "'");
    expect(plain).toContain("default-src 'none'");
    const styles = [...page.matchAll(/<style>([^]*?)<\/style>/gu)].map(([, text = '']) => hash(text));
    const scripts = [...page.matchAll(/<script>([^]*?)<\/script>/gu)].map(([, text = '']) => hash(text));
    expect([styles.length, scripts.length]).toEqual([1, 1]);
    expect(plain).toContain(`style-src ${styles[0]!};`);
    expect(plain).toContain(`script-src ${scripts[0]!};`);
  });

  test('names no address that a browser fetches', () => {
    const [, style = ''] = /<style>([^]*?)<\/style>/u.exec(page)!;
    expect(style).not.toMatch(/url\(|@import|https?:/u);
    expect(page).not.toMatch(/<(link|img|iframe|object|embed|form|base|audio|video|use)\b/u);
    const addresses = [...page.matchAll(/\s(?:href|src|srcset|action|xlink:href|style|on\w+)="([^"]*)"/gu)].map(
      ([, value]) => value,
    );
    expect(addresses.length).toBeGreaterThan(1);
    expect(addresses.filter((value) => !value!.startsWith('#'))).toEqual([]);
  });

  test('shows a hostile name as text, without what would turn its letters around', () => {
    expect(page.match(/<script/gu)).toHaveLength(2);
    expect(page.includes('\u202e')).toBe(false);
    expect(textOf(page).includes(hostile.replace('\u202e', '\\u202e'))).toBe(true);
  });

  test('holds its JSON document, which no name in it ends early', () => {
    const [, data = ''] = /<script type="application\/json" id="report">([^]*?)<\/script>/u.exec(page)!;
    const report = JSON.parse(data) as { document: string };
    expect(report.document).toBe('migrator/report/1');
    expect(JSON.stringify(report)).toContain('<script>alert(1)</script>');
  });
});

describe('the page of a run', () => {
  const text = textOf(renderHtml(madeUpRun()));

  test('tells first how it ended, then who, when and between which servers, then the counts', () => {
    const order = [
      'Done in part',
      'Moved ',
      'Who',
      'When',
      '2026-11-28 22:00 UTC, took 4 min',
      'From',
      'lab · octopus 2025.4.1 · https://octopus.lab.example',
      'created',
      'What changed',
      'Warnings',
      'What to do next',
      'To take it back',
      'migrator job undo octopus:prod:ServerTasks-7',
    ];
    const body = text.slice(text.indexOf('migrator migrate-project'));
    const inBody = order
      .slice(1)
      .map((part) => (part === 'What to do next' ? body.lastIndexOf(part) : body.indexOf(part)));
    expect(inBody.filter((place) => place < 0)).toEqual([]);
    expect([...inBody].sort((one, other) => one - other)).toEqual(inBody);
  });

  test('says why and with what to go on, when nothing takes the run back', () => {
    const { run } = madeUpRun();
    const none = madeUpRun({ run: { ...run!, undo: [] } });
    expect(textOf(renderHtml(none))).toContain('neither a backup nor a record');
    expect(textOf(renderHtml({ ...none, dryRun: true }))).not.toContain('neither a backup');
  });

  test('has nothing of a wave, and no table when nothing is known of the target', () => {
    const { run } = madeUpRun();
    const page = renderHtml(
      madeUpRun({
        tiles: { basis: 'none', counts: run!.tiles.counts },
        run: { ...run!, changes: [], comparison: undefined, projects: [] },
      }),
    );
    expect(page).not.toContain('<svg');
    expect(page).not.toContain('class="tiles"');
    expect(page).not.toContain('id="changes"');
  });
});

describe('the page of a wave', () => {
  const page = renderHtml(madeUpWave({ items: 300 }));

  test('has a row for each project, and those that need eyes come first', () => {
    const states = [...page.matchAll(/<tr data-kind="[^"]*" data-action="([^"]*)"/gu)].map(([, state]) => state);
    expect(states).toHaveLength(300);
    expect([...new Set(states)]).toEqual(['failed', 'partial', 'skipped', 'postponed', 'done']);
    expect(textOf(page)).toContain('12 failed');
  });

  test('draws what ran on each instance, inside the drawing, and no more at once than there was', () => {
    const bars = [...page.matchAll(/<rect\s+class="(\w+)"\s+x="([\d.]+)%"\s+y="(\d+)"\s+width="([\d.]+)%"/gu)];
    expect(bars).toHaveLength(2 * 282);
    const ends = bars.map(([, , x, , width]) => Number(x) + Number(width));
    expect(Math.max(...ends)).toBeLessThanOrEqual(100.001);
    expect(page.match(/at most 4 at once/gu)).toHaveLength(2);
    expect(bars.filter(([, tone]) => tone === 'bad')).toHaveLength(24);
  });

  test('shows what still runs up to now, and is whole when nothing has started', () => {
    const wave = madeUpWave({ items: 4 });
    const items = wave.wave!.items.map((item) => ({ ...item, state: 'waiting' as const, spans: [], run: undefined }));
    expect(renderHtml({ ...wave, wave: { name: 'x', items } })).not.toContain('<svg');
    const span = { instance: 'lab', what: 'export', startedAt: wave.startedAt };
    const running = items.map((item) => ({ ...item, state: 'running' as const, spans: [span] }));
    expect(textOf(renderHtml({ ...wave, wave: { name: 'x', items: running } }))).toContain('22:00–now, running');
  });
});
