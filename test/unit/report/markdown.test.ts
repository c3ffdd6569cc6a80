import { describe, expect, test } from '@jest/globals';
import { renderMarkdown } from '../../../src/report/markdown.ts';
import { madeUpRun, madeUpWave } from '../../support/made-up-reports.ts';

/** The tables of a document: the cells of each row, as a reader of GitHub's dialect splits them. */
function tablesOf(markdown: string): readonly (readonly string[])[][] {
  return markdown
    .split('\n\n')
    .filter((block) => block.startsWith('| '))
    .map((block) => block.split('\n').map((line) => line.slice(2, -2).split(' | ')));
}

describe('the report as Markdown', () => {
  const markdown = renderMarkdown(madeUpRun());

  test('has tables whose rows all have as many cells as the head, whatever the names hold', () => {
    const tables = tablesOf(markdown);
    expect(tables.length).toBeGreaterThan(5);
    for (const [head = [], ...rows] of tables) for (const row of rows) expect(row).toHaveLength(head.length);
  });

  test('holds no tag but its own, and nothing that GitHub makes a link, a mention or markup of', () => {
    const text = markdown.replace(/```sh\n[^]*?\n```/gu, '').replace('<!-- migrator/report/1 -->', '');
    expect(
      [...text.matchAll(/<[^>]*>/gu)].map(([tag]) => tag).filter((tag) => !/^<\/?code>$|^<br>$/u.test(tag)),
    ).toEqual([]);
    expect(text).not.toMatch(/@erika|https:\/\/|`/u);
    expect(text).toContain('<code>&lt;script&gt;'.replace('&lt;', '&#60;').replace('&gt;', '&#62;'));
  });

  test('tells how it ended, the counts, the warnings, what to do next and how to take it back', () => {
    expect(markdown).toMatch(/^<!-- migrator\/report\/1 -->\n\n## ⚠️ Done in part: Moved /u);
    expect(markdown).toContain('| 1 | 1 | 0 | 0 | 2 | 0 | 1 | 0 |');
    expect(markdown).toContain('> **JOB&#95;FAILED**'.replace('&#95;', '_'));
    expect(markdown).toContain('### Warnings\n\n- a warning about ');
    expect(markdown).toContain('```sh\nmigrator package delete A@1 --from lab\n```');
    expect(markdown).toContain('### To take it back\n\n```sh\nmigrator job undo octopus:prod:ServerTasks-7\n```');
  });

  test('a command with backquotes does not end its block', () => {
    const { run } = madeUpRun();
    const undo = ['migrator job undo "a```b"'];
    expect(renderMarkdown(madeUpRun({ run: { ...run!, undo } }))).toContain('````sh\nmigrator job undo "a```b"\n````');
  });

  test('a long table is cut, and says how much is missing, after what was overwritten and failed', () => {
    const many = Array.from({ length: 700 }, (_, index) => ({
      kind: 'variable',
      name: `v${index}`,
      became: 'created' as const,
    }));
    const long = renderMarkdown(madeUpRun({}, many));
    expect(long).toContain('… and 205 rows more');
    expect(long).toContain('| overwritten | project |');
    expect(Buffer.byteLength(long)).toBeLessThan(1024 * 1024);
  });

  test('has a row for each project of a wave, the failed ones first', () => {
    const [, , items = []] = tablesOf(renderMarkdown(madeUpWave({ items: 60 })));
    expect(items).toHaveLength(62);
    expect(items[2]).toEqual(expect.arrayContaining([expect.stringContaining('failed')]));
  });
});
