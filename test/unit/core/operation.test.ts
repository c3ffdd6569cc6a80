import { expect, test } from '@jest/globals';
import { runKey, worst } from '../../../src/core/operation.ts';

test('the same work has the same key, in whatever order its parts come', () => {
  expect(runKey('import', { a: 1, b: [1, 2] })).toBe(runKey('import', { b: [1, 2], a: 1 }));
  expect(runKey('import', { a: 1, b: [1, 2] })).not.toBe(runKey('import', { a: 1, b: [2, 1] }));
  expect(runKey('import', { a: 1 })).not.toBe(runKey('partial-export', { a: 1 }));
});

test.each([
  [['done', 'done'], 'done'],
  [['done', 'partial'], 'partial'],
  [['partial', 'started'], 'started'],
] as const)('the worst of %j is %s', (outcomes, expected) => {
  expect(worst(...outcomes)).toBe(expected);
});
