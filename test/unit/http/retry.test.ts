import { describe, expect, test } from '@jest/globals';
import {
  delayBefore,
  isAmbiguous,
  mayRepeat,
  retryAfterMs,
  type Safety,
  type Setback,
} from '../../../src/http/retry.ts';

const status = (code: number, retryAfter?: string): Setback => ({ kind: 'status', status: code, retryAfter });
const refused: Setback = { kind: 'broken', sent: false, hopeless: false };
const reset: Setback = { kind: 'broken', sent: true, hopeless: false };
const untrusted: Setback = { kind: 'broken', sent: false, hopeless: true };
const now = new Date('2026-11-21T12:00:00Z');
const rules = { retries: 5, budgetMs: 120_000 };

describe('mayRepeat', () => {
  test.each<[Safety, string, Setback, boolean]>([
    ['read', 'a refused connection', refused, true],
    ['read', 'a reset', reset, true],
    ['read', '429', status(429), true],
    ['read', '502', status(502), true],
    ['read', '503', status(503), true],
    ['read', '504', status(504), true],
    ['read', '500', status(500), true],
    ['read', '408', status(408), true],
    ['read', '400', status(400), false],
    ['idempotent', '500', status(500), false],
    ['once', '500', status(500), false],
    ['read', '404', status(404), false],
    ['read', 'an untrusted certificate', untrusted, false],
    ['idempotent', 'a reset', reset, true],
    ['idempotent', '503', status(503), true],
    ['once', 'a refused connection', refused, true],
    ['once', 'a reset', reset, false],
    ['once', '429', status(429), true],
    ['once', '502', status(502), false],
    ['once', '503', status(503), false],
    ['once', '504', status(504), false],
    ['once', 'an untrusted certificate', untrusted, false],
  ])('for %s after %s is %p', (safety, _, setback, expected) => {
    expect(mayRepeat(safety, setback)).toBe(expected);
  });
});

test.each<[Safety, Setback, boolean]>([
  ['once', reset, true],
  ['once', refused, false],
  ['once', status(503), true],
  ['once', status(500), true],
  ['once', status(429), false],
  ['once', status(400), false],
  ['idempotent', reset, false],
  ['read', status(503), false],
])('isAmbiguous(%s, %p) is %p', (safety, setback, expected) => {
  expect(isAmbiguous(safety, setback)).toBe(expected);
});

describe('delayBefore', () => {
  test.each([
    ['half a second at most before the second attempt', 1, refused, 0.5, 250],
    ['twice as long with every attempt', 3, refused, 0.5, 1000],
    ['eight seconds at most before the sixth attempt', 5, refused, 0.999, 7992],
    ['at least as long as Retry-After says', 1, status(429, '4'), 0.5, 4250],
    ['at most a minute because of Retry-After', 1, status(503, '3600'), 0, 60_000],
    ['until the date that Retry-After names', 1, status(503, 'Sat, 21 Nov 2026 12:00:07 GMT'), 0, 7000],
  ])('waits %s', (_, attempt, setback, fraction, expected) => {
    expect(delayBefore(attempt, setback, 0, now, fraction, rules)).toBe(expected);
  });

  test('gives up after the last repeat, and when the wait would exceed the budget', () => {
    expect(delayBefore(6, refused, 0, now, 0, rules)).toBeUndefined();
    expect(delayBefore(1, status(503, '10'), 115_000, now, 0, rules)).toBeUndefined();
  });

  test('repeats after a 500 only twice, because it rarely passes', () => {
    expect(delayBefore(2, status(500), 0, now, 0, rules)).toBe(0);
    expect(delayBefore(3, status(500), 0, now, 0, rules)).toBeUndefined();
  });

  test('makes the last attempt at the end of the time, however many there were', () => {
    const patient = { retries: Infinity, budgetMs: 60_000 };
    expect(delayBefore(40, refused, 55_000, now, 0.999, patient)).toBe(5000);
    expect(delayBefore(41, refused, 60_000, now, 0.999, patient)).toBeUndefined();
  });

  test('never waits longer than 15 s of its own accord', () => {
    expect(delayBefore(30, refused, 0, now, 0.999_999, { retries: 99, budgetMs: 1e9 })).toBe(15_000);
  });
});

test.each([
  ['12', 12_000],
  [' 0 ', 0],
  ['Sat, 21 Nov 2026 11:00:00 GMT', 0],
  ['soon', undefined],
  ['-3', undefined],
  ['', undefined],
  [undefined, undefined],
])('retryAfterMs(%p) is %p', (header, expected) => {
  expect(retryAfterMs(header, now)).toBe(expected);
});
