import { expect, test } from '@jest/globals';
import { requireProjectNames, worst } from '../../../src/core/operation.ts';

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
