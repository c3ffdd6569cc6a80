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

const lab = (exports?: Adapter['exports'] & object) => ({
  name: 'lab',
  adapter: exports === undefined ? {} : { exports },
});

test.each([[['']], [['Web Shop', ' ']], [['\t\n']]])('a list with an empty project name is refused: %j', (names) => {
  expect(() => requireProjectNames(names, lab(), 'name one')).toThrow(expect.objectContaining({ code: 'USAGE' }));
});

test('a list without a project is refused, unless the source can go without', () => {
  expect(() => requireProjectNames([], lab(), 'name one')).toThrow(
    expect.objectContaining({ message: 'no project is named', hint: expect.stringContaining('--from lab"') }),
  );
  const exports = { projectless: true } as Adapter['exports'] & object;
  expect(() => requireProjectNames([], lab(exports), 'name one')).not.toThrow();
});

test.each([[['Web Shop']], [['0', ' x ']]])('a list without an empty project name is accepted: %j', (names) => {
  expect(() => requireProjectNames(names, lab(), 'name one')).not.toThrow();
});
