import { describe, expect, test } from '@jest/globals';
import { amountFault, durationFlag, sizeFlag } from '../../../../src/cli/flags/duration-and-size.ts';

const source = { origin: 'environment', words: 'MIGRATOR_TIMEOUT' } as const;

describe('durationFlag', () => {
  test.each([
    ['500ms', 500],
    ['90s', 90_000],
    ['20m', 1_200_000],
    ['1h30m', 5_400_000],
  ])('reads "%s"', (text, milliseconds) => {
    expect(durationFlag(text, source)).toBe(milliseconds);
  });

  test.each(['', '20', 'soon', '5 apples', '-3s', '1e3s'])(
    '"%s" is USAGE, and the error names the source of the text',
    async (text) => {
      await expect(() => durationFlag(text, source)).toThrowCode('USAGE');
      expect(() => durationFlag(text, source)).toThrow(`MIGRATOR_TIMEOUT: "${text}"`);
    },
  );
});

describe('sizeFlag', () => {
  test.each([
    ['7', 7],
    ['7b', 7],
    ['500MiB', 500 * 2 ** 20],
    ['1.5 GiB', 1.5 * 2 ** 30],
    ['20gb', 20e9],
    ['2TiB', 2 * 2 ** 40],
  ])('reads "%s"', (text, bytes) => {
    expect(sizeFlag(text, source)).toBe(bytes);
  });

  test.each(['', 'much', '5 apples', '-1', '1,5GB', 'MiB'])(
    '"%s" is USAGE, and the error names the source of the text',
    async (text) => {
      await expect(() => sizeFlag(text, source)).toThrowCode('USAGE');
      expect(() => sizeFlag(text, source)).toThrow(`MIGRATOR_TIMEOUT: "${text}"`);
    },
  );
});

describe('amountFault', () => {
  test.each([
    ['--concurrency <number>', 'many', 'is not a number from 1 to 9999'],
    ['--workers <number>', '0', 'is not a number from 1 to 9999'],
    ['--limit <count>', '1.5', 'is not a whole number from 1'],
    ['--watch <port>', '65536', 'is not a port from 0 to 65535'],
    ['--timeout <duration>', '20', 'is not a duration'],
  ])('%s %s', (flags, text, fault) => {
    expect(amountFault(flags, text)).toContain(fault);
  });

  test.each([
    ['--concurrency <number>', '999'],
    ['--limit <count>', '100000'],
    ['--watch <port>', '0'],
    ['--from <instance>', 'many'],
  ])('%s %s is right', (flags, text) => {
    expect(amountFault(flags, text)).toBeUndefined();
  });
});
