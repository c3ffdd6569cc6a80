import { describe, expect, test } from '@jest/globals';
import { plural } from '../../src/plural.ts';

describe('a count with its noun', () => {
  test.each([
    [0, 'file', '0 files'],
    [1, 'file', '1 file'],
    [2, 'file', '2 files'],
    [1, 'entity', '1 entity'],
    [3, 'entity', '3 entities'],
    [2, 'key', '2 keys'],
    [2, 'process', '2 processes'],
    [2, 'box', '2 boxes'],
    [2, 'branch', '2 branches'],
    [1, 'settings', '1 settings'],
    [2, 'settings', '2 settings'],
    [2, 'variable set', '2 variable sets'],
  ])('%d of the noun %s are %s', (count, noun, text) => {
    expect(plural(count, noun)).toBe(text);
  });

  test('a noun with another plural is given it', () => {
    expect(plural(2, 'person', 'people')).toBe('2 people');
  });
});
