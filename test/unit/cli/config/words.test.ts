import { describe, expect, test } from '@jest/globals';
import { parseDuration } from '../../../../src/cli/config/duration.ts';
import { jsonFault } from '../../../../src/json-text.ts';
import { fc } from '../../../support/property.ts';

describe('parseDuration', () => {
  test.each([
    ['500ms', 500],
    ['60s', 60_000],
    ['1.5s', 1500],
    ['1h30m', 5_400_000],
    ['2d', 172_800_000],
    ['60', undefined],
    ['', undefined],
    ['1 s', undefined],
    ['-1s', undefined],
    ['1w', undefined],
    ['1.2.3s', undefined],
  ])('reads %j', (text, milliseconds) => expect(parseDuration(text)).toBe(milliseconds));
});

describe('jsonFault', () => {
  test('agrees with JSON.parse about what is JSON', () => {
    fc.assert(
      fc.property(fc.oneof(fc.json(), fc.string(), fc.tuple(fc.json(), fc.nat(), fc.string()).map(cut)), (text) => {
        expect(jsonFault(text) === undefined).toBe(parses(text));
      }),
      { numRuns: 2000 },
    );
  });

  test.each([
    ['', 1, 1, 'a value'],
    ['{"a" 1}', 1, 6, '":"'],
    ['[1\n 2]', 2, 2, '"," or "]"'],
    ['{}\n}', 2, 1, 'the end of the file'],
    ['["a\nb"]', 1, 2, 'a value'],
    ['[01]', 1, 3, '"," or "]"'],
  ])('finds the fault in %j', (text, line, column, expected) =>
    expect(jsonFault(text)).toEqual({ line, column, expected }),
  );
});

function cut([text, at, inserted]: readonly [string, number, string]): string {
  const place = at % (text.length + 1);
  return text.slice(0, place) + inserted + text.slice(place + 1);
}

function parses(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
