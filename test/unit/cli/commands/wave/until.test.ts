import { describe, expect, it } from '@jest/globals';
import { untilOf } from '../../../../../src/cli/commands/wave/until.ts';

const source = { origin: 'command line', words: '--until' } as const;
const now = new Date(2026, 2, 1, 23, 30);

describe('the time after which nothing starts', () => {
  it('is the next time that a clock here shows it', () => {
    expect(untilOf('04:00', now, source)).toEqual(new Date(2026, 2, 2, 4, 0));
    expect(untilOf('23:31', now, source)).toEqual(new Date(2026, 2, 1, 23, 31));
    expect(untilOf('23:30', now, source)).toEqual(new Date(2026, 2, 2, 23, 30));
  });

  it('may be a date with a time', () => {
    expect(untilOf('2030-03-01T04:00:00Z', now, source)).toEqual(new Date(Date.UTC(2030, 2, 1, 4)));
    expect(untilOf('2030-03-01 04:00', now, source)).toEqual(new Date(2030, 2, 1, 4));
  });

  it.each(['4', '24:00', '04:60', 'tomorrow', '2026-03-01', ''])('is not "%s"', (text) => {
    expect(() => untilOf(text, now, source)).toThrow(expect.objectContaining({ code: 'USAGE' }));
  });

  it('is not over already', () => {
    expect(() => untilOf('2020-01-01T00:00:00Z', now, source)).toThrow('2020-01-01T00:00:00.000Z is over');
  });
});
