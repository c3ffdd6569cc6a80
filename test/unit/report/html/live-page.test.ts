import { createHash } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { liveParts, renderLivePage } from '../../../../src/report/html/live-page.ts';
import { renderHtml } from '../../../../src/report/html/page.ts';
import { hostile, madeUpWave } from '../../../support/made-up-reports.ts';

const wave = { ...madeUpWave({ items: 30 }), outcome: 'started' as const };
const policyOf = (page: string): readonly string[] =>
  /http-equiv="Content-Security-Policy" content="([^"]*)"/u.exec(page)![1]!.replaceAll('&#39;', "'").split('; ');

describe('the page of a wave that is at work', () => {
  const page = renderLivePage(wave, false);

  test('may ask its own server, and is otherwise as strict as the file, which may ask nobody', () => {
    const [, script = ''] = /<script>([^]*?)<\/script>/u.exec(page)!;
    const hash = `script-src 'sha256-${createHash('sha256').update(script).digest('base64')}'`;
    const other = policyOf(renderHtml(wave)).map((part) => (part.startsWith('script-src') ? hash : part));
    expect(policyOf(page).filter((part) => part !== "connect-src 'self'")).toEqual(other);
    expect(policyOf(page)).toContain("connect-src 'self'");
    expect(renderHtml(wave)).not.toContain('connect-src');
    expect(page).not.toMatch(/<(link|img|iframe|object|embed|form|base)\b|https?:\/\/(?!octopus)/u);
  });

  test('says without its script of when it is, and lets all states be chosen, because they change', () => {
    expect(page).toMatch(/The state of 2026-11-\d\d \d\d:\d\d:\d\d UTC\. Load the page again to see a newer one\./u);
    expect(page).toContain('so far');
    for (const state of ['running', 'waiting', 'interrupted']) expect(page).toContain(`<option value="${state}">`);
    expect(renderHtml(wave)).not.toContain('<option value="running">');
  });

  test('shows what is at work first; the file shows first what needs eyes', () => {
    const items = wave.wave!.items.map((item, index) => (index === 20 ? { ...item, state: 'running' as const } : item));
    const report = { ...wave, wave: { name: 'spring-move', items } };
    const firstState = (html: string) => /<tr data-kind="[^"]*" data-action="([^"]*)"/u.exec(html)?.[1];
    expect(firstState(renderLivePage(report, false))).toBe('running');
    expect(firstState(renderLivePage(report, true))).toBe('failed');
    expect(firstState(renderHtml(report))).toBe('failed');
  });

  test('has parts in which a hostile name is text', () => {
    const { title, main } = liveParts({ ...wave, wave: { ...wave.wave!, name: hostile } }, false);
    expect(title).toMatch(/^Still running: <script>alert\(1\)<\/script>/u);
    expect(main).toMatch(/^<main>[^]*<\/main>$/u);
    expect(main).not.toContain('<script');
    expect(main).toContain('&lt;script&gt;alert(1)&lt;/script&gt;');
  });

  test('says at the end with which exit code', () => {
    expect(liveParts(wave, false).main).toContain('which is at work on this wave');
    expect(liveParts(madeUpWave({ items: 30 }), true).main).toContain('which ended with exit code 8');
  });
});
