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
