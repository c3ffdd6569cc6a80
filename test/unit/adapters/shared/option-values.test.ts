import { expect, test } from '@jest/globals';
import { flagOf, listOf, textOf } from '../../../../src/adapters/shared/option-values.ts';
import type { Options } from '../../../../src/ports/options.ts';

test('an absent option is false, undefined or an empty list', () => {
  expect([flagOf({}, 'x'), textOf({}, 'x'), listOf({}, 'x')]).toEqual([false, undefined, []]);
});

test('one text is a list of one', () => {
  expect(listOf({ x: 'a' }, 'x')).toEqual(['a']);
  expect(listOf({ x: ['a', 'b'] }, 'x')).toEqual(['a', 'b']);
});

test.each<[string, (options: Options) => unknown, Options]>([
  ['a flag that is a text', (options) => flagOf(options, 'x'), { x: 'true' }],
  ['a text that is a flag', (options) => textOf(options, 'x'), { x: true }],
  ['a text that is a list', (options) => textOf(options, 'x'), { x: ['a'] }],
  ['a list that is a flag', (options) => listOf(options, 'x'), { x: false }],
])('%s is USAGE and names the option', (_, read, options) => {
  expect(() => read(options)).toThrow(
    expect.objectContaining({ code: 'USAGE', message: expect.stringMatching(/^--x must be /) }),
  );
});
