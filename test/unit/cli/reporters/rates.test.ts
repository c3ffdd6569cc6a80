import { describe, expect, test } from '@jest/globals';
import { addSample, JobTimes, rateOf, timeLeft, type Sample } from '../../../../src/cli/reporters/rates.ts';

const MiB = 1024 * 1024;

describe('rate', () => {
  const feed = (...samples: readonly (readonly [time: number, done: number])[]): number | undefined =>
    rateOf(samples.reduce<readonly Sample[]>((kept, [time, done]) => addSample(kept, { time, done }), []));

  test.each([
    ['nothing yet', [], undefined],
    ['one sample', [[0, 0]], undefined],
    [
      'too short to tell',
      [
        [0, 0],
        [400, MiB],
      ],
      undefined,
    ],
    [
      'one second',
      [
        [0, 0],
        [1000, MiB],
      ],
      MiB,
    ],
    [
      'not from zero',
      [
        [0, 5 * MiB],
        [2000, 7 * MiB],
      ],
      MiB,
    ],
    [
      'only the last ten seconds',
      [
        [0, 0],
        [1000, 100 * MiB],
        [11_000, 100 * MiB],
        [12_000, 101 * MiB],
      ],
      MiB,
    ],
    [
      'a dead line',
      [
        [0, 0],
        [1000, MiB],
        [5000, MiB],
        [11_000, MiB],
        [15_000, MiB],
      ],
      0,
    ],
    [
      'begun again',
      [
        [0, 0],
        [1000, 9 * MiB],
        [2000, 0],
        [3000, MiB],
      ],
      MiB,
    ],
  ] as const)('is right for %s', (_, samples, rate) => expect(feed(...samples)).toBe(rate));

  test('keeps only a few samples of thousands of events', () => {
    let samples: readonly Sample[] = [];
    for (let time = 0; time <= 20_000; time += 1) samples = addSample(samples, { time, done: time * 1000 });
    expect(samples.length).toBeLessThan(60);
    expect(rateOf(samples)).toBeCloseTo(1_000_000, -1);
  });
});

describe('timeLeft', () => {
  test.each([
    [0, 100, 50, 2000],
    [100, 100, 50, 0],
    [0, undefined, 50, undefined],
    [0, 100, undefined, undefined],
    [0, 100, 0, undefined],
    [200, 100, 50, undefined],
  ])('is right for %s of %s bytes at %s bytes a second', (done, total, rate, expected) =>
    expect(timeLeft(done, total, rate)).toBe(expected),
  );
});

describe('the time of a job', () => {
  const at = (text: string): number => Date.parse(text);

  test('counts from its start on the server, not from the first look, and ends with the job', () => {
    const times = new JobTimes();
    const startedAt = '2026-01-02T03:04:00Z';
    expect(times.look('a', at('2026-01-02T03:04:44Z'), { startedAt, fraction: 0.5 })).toEqual({ elapsed: 44_000 });
    expect(times.look('a', at('2026-01-02T03:04:54Z'), { startedAt, fraction: 0.6 })).toEqual({
      elapsed: 54_000,
      left: expect.closeTo(40_000),
    });
    const finishedAt = '2026-01-02T03:05:18Z';
    expect(times.look('a', at('2026-01-02T03:09:00Z'), { startedAt, finishedAt, fraction: 1 }).elapsed).toBe(78_000);
  });

  test('counts from the first look when the server tells no start, or its clock is ahead', () => {
    for (const startedAt of [undefined, 'soon', '2026-01-02T04:00:00Z']) {
      const times = new JobTimes();
      times.look('a', at('2026-01-02T03:04:00Z'), { startedAt });
      expect(times.look('a', at('2026-01-02T03:04:05Z'), { startedAt }).elapsed).toBe(5000);
    }
  });
});

test('a job that has ended, and whose server does not say when, has no duration', () => {
  const times = new JobTimes();
  const [startedAt, state] = ['2026-01-02T03:04:00Z', 'succeeded'] as const;
  for (const now of ['2026-01-02T03:04:05Z', '2026-01-02T03:26:05Z'])
    expect(times.look('a', Date.parse(now), { startedAt, state }).elapsed).toBeUndefined();
  expect(times.look('b', Date.parse('2026-01-02T03:26:05Z'), { state }).elapsed).toBeUndefined();
});
