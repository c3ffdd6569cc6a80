import { expect, test } from '@jest/globals';
import { itemLine, ItemsAtWork, itemsProgress } from '../../../../src/cli/reporters/items-at-work.ts';
import { LineReporter } from '../../../../src/cli/reporters/lines.ts';

const safe = (text: string) => text.replaceAll('\n', '?');
const at = (seconds: number) => new Date(Date.UTC(2026, 0, 1, 0, 0, seconds));
const progress = { type: 'items', ended: 3, total: 40, began: at(0).toISOString(), left: 240_000 } as const;

test('the total tells how many, how long and how long still', () => {
  expect(itemsProgress(progress, at(62))).toBe('3 of 40, 1 min 2 s, 4 min left');
  expect(itemsProgress({ ...progress, ended: 40, left: 0 }, at(62))).toBe('40 of 40, 1 min 2 s');
  expect(itemsProgress({ ...progress, left: undefined }, at(1))).toBe('3 of 40, 1 s');
});

test('each item at work has one line, with what it does now, until it ends', () => {
  const items = new ItemsAtWork();
  expect(items.any).toBe(false);
  const follow = (event: Parameters<ItemsAtWork['follow']>[0], seconds: number) =>
    items.follow(event, safe, at(seconds));
  for (const id of ['a\nb', 'c', 'd']) follow({ type: 'item', item: id, state: 'running' }, 0);
  follow(progress, 0);
  follow({ type: 'phase', item: 'c', name: 'import', subject: 'x into prod' }, 1);
  follow({ type: 'phase', item: 'unknown', name: 'import', subject: 'y' }, 1);
  expect(items.lines(safe, at(5), 2)).toEqual([
    '3 of 40, 5 s, 4 min left',
    '  a?b: 5 s',
    '  c: importing x into prod, 5 s',
    '  and 1 more',
  ]);
  follow({ type: 'item', item: 'c', state: 'done' }, 6);
  expect(items.lines(safe, at(6), 9)).toHaveLength(3);
});

test('the end of an item is one line', () => {
  expect(itemLine({ type: 'item', item: 'a', state: 'running' }, safe)).toBe('a: begun');
  expect(itemLine({ type: 'item', item: 'a', state: 'failed', reason: 'it\nbroke', milliseconds: 3000 }, safe)).toBe(
    'a: failed, 3 s: it?broke',
  );
});

test('in a log, each line of a wave names its item', () => {
  let text = '';
  const reporter = new LineReporter(
    { write: (chunk) => (text += String(chunk)) !== '' },
    { redact: (line) => line, safe, now: () => at(9), debug: false },
  );
  reporter.report({ type: 'item', item: 'Web', state: 'running' });
  reporter.report({ type: 'phase', item: 'Web', name: 'export', subject: 'Web from lab' });
  reporter.report({ type: 'warning', item: 'Web', message: 'careful' });
  reporter.report(progress);
  expect(text.split('\n').map((line) => line.slice(21))).toEqual([
    'Web: begun',
    'Web: exporting Web from lab',
    'warning: Web: careful',
    '3 of 40, 9 s, 4 min left',
    '',
  ]);
});
