import { describe, expect, test } from '@jest/globals';
import { lines, table } from '../../../../src/cli/terminal/table.ts';

describe('text of a result', () => {
  test('lines leaves out undefined parts', () => {
    expect(lines('one', undefined, 'two', '')).toBe('one\ntwo\n');
  });

  test('each column of a table is as wide as its widest cell, and the last column is not padded', () => {
    expect(
      table(
        ['key', 'value'],
        [
          ['a', 'x'],
          ['longer', ''],
        ],
      ).split('\n'),
    ).toEqual(['key     value', 'a       x', 'longer  ']);
  });

  test('columns are aligned when characters take two columns or none', () => {
    const rows = [
      ['東京', 'x'],
      ['e\u0301te', 'x'],
      ['🚀', 'x'],
    ];
    expect(table(['name', 'value'], rows).split('\n')).toEqual(['name  value', '東京  x', 'e\u0301te   x', '🚀    x']);
  });
});

describe('a table on a terminal', () => {
  const head = ['outcome', 'what', 'why'];
  const rows = [
    [
      'failed',
      'migrate-project Web Shop',
      'the export octopus:lab:ServerTasks-76 failed: the disk of the server is full',
    ],
    ['done', 'import', ''],
  ];
  const width = (text: string): number => Math.max(...text.split('\n').map((line) => line.length));

  test.each([40, 80, 120])('has no line that is wider than %d columns', (columns) => {
    const text = table(head, rows, columns);
    expect(width(text)).toBeLessThanOrEqual(columns);
    expect(text.replace(/\s+/gu, ' ')).toContain('failed');
  });

  test('is not folded where it fits', () => {
    expect(table(head, rows, 120)).toBe(table(head, rows));
  });

  test('is folded between words, with the cells of a row beside each other', () => {
    expect(table(head, rows, 80).split('\n')).toEqual([
      'outcome  what                      why',
      'failed   migrate-project Web Shop  the export octopus:lab:ServerTasks-76 failed:',
      '                                   the disk of the server is full',
      'done     import                    ',
    ]);
  });

  test('becomes a list where folding does not help, and never breaks a word', () => {
    const handle = `octopus:lab:${'x'.repeat(50)}`;
    expect(table(['job', 'state'], [[handle, 'ended well']], 40).split('\n')).toEqual([handle, '  state: ended well']);
  });

  test('a cell without text is left out of a list', () => {
    expect(
      table(['job', 'why', 'state'], [['x'.repeat(60), '', 'done']], 40)
        .split('\n')
        .slice(1),
    ).toEqual(['  state: done']);
  });
});
