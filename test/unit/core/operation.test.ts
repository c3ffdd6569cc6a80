import { expect, test } from '@jest/globals';
import { requireProjectNames, worst } from '../../../src/core/operation.ts';
import { runKey } from '../../../src/core/steps/journaled.ts';

test('the same work has the same key, in any order of its parts', () => {
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

test.each([[['']], [['Web Shop', ' ']], [['\t\n']]])('a list with an empty project name is refused: %j', (names) => {
  expect(() => requireProjectNames(names)).toThrow(expect.objectContaining({ code: 'USAGE' }));
});

test.each([[[]], [['Web Shop']], [['0', ' x ']]])('a list without an empty project name is accepted: %j', (names) => {
  expect(() => requireProjectNames(names)).not.toThrow();
});
