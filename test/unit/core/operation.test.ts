import { expect, test } from '@jest/globals';
import { requireProjectNames, worst } from '../../../src/core/operation.ts';
import type { Adapter } from '../../../src/ports/adapter.ts';

test.each([
  [['done', 'done'], 'done'],
  [['done', 'partial'], 'partial'],
  [['partial', 'started'], 'started'],
] as const)('the worst of %j is %s', (outcomes, expected) => {
  expect(worst(...outcomes)).toBe(expected);
});

test.each([[['']], [['Web Shop', ' ']], [['\t\n']]])('a list with an empty project name is refused: %j', (names) => {
  expect(() => requireProjectNames(names, {}, 'name one')).toThrow(expect.objectContaining({ code: 'USAGE' }));
});

test('a list without a project is refused, unless the source can go without', () => {
  expect(() => requireProjectNames([], {}, 'name one')).toThrow('no project is named');
  const exports = { projectless: true } as Adapter['exports'] & object;
  expect(() => requireProjectNames([], { exports }, 'name one')).not.toThrow();
});

test.each([[['Web Shop']], [['0', ' x ']]])('a list without an empty project name is accepted: %j', (names) => {
  expect(() => requireProjectNames(names, {}, 'name one')).not.toThrow();
});
