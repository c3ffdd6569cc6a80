import { describe, expect, test } from '@jest/globals';
import { addSample, rateOf, timeLeft, type Sample } from '../../../../src/cli/reporters/rates.ts';

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
