import { describe, expect, test } from '@jest/globals';
import { lines, table } from '../../../../src/cli/terminal/table.ts';

describe('text of a result', () => {
  test('lines leaves out what is not there', () => {
    expect(lines('one', undefined, 'two', '')).toBe('one\ntwo\n');
  });

  test('a table is as wide as its widest cells, and its last column as long as it is', () => {
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

  test('columns stay straight where characters are wider than one column, or none', () => {
    const rows = [
      ['東京', 'x'],
      ['e\u0301te', 'x'],
      ['🚀', 'x'],
    ];
    expect(table(['name', 'value'], rows).split('\n')).toEqual(['name  value', '東京  x', 'e\u0301te   x', '🚀    x']);
  });
});
