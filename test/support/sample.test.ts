import { expect, test } from '@jest/globals';
import { sample } from './sample.ts';

const cases = Array.from({ length: 20 }, (_, place) => place);

test('a sample keeps the order, takes as many as are wanted, and is the same each time', () => {
  const some = sample(cases, 5);
  expect(some).toHaveLength(process.env['MIGRATOR_TEST_ALL'] === undefined ? 5 : 20);
  expect([...some].sort((one, other) => one - other)).toEqual(some);
  expect(sample(cases, 5)).toEqual(some);
});

test('a short list is taken whole', () => {
  expect(sample([1, 2], 5)).toEqual([1, 2]);
});
