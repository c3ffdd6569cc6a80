import { expect, test } from '@jest/globals';
import { isoSeconds, toTime } from '../../../../src/package/manifest/rules.ts';

test('a time is kept to the second, and lies between 1970 and 2242', () => {
  expect(isoSeconds(new Date('2026-11-21T01:02:03.999Z'))).toBe('2026-11-21T01:02:03Z');
  expect(toTime('1970-01-01T00:00:00Z')).toBe(0);
  expect(toTime('2242-03-16T12:56:31Z')).toBe(0o77777777777);
  for (const text of [
    '2242-03-16T12:56:32Z',
    '1969-12-31T23:59:59Z',
    '2026-02-30T00:00:00Z',
    '2026-01-01T24:00:00Z',
    '',
  ]) {
    expect(toTime(text)).toBeUndefined();
  }
});
