import { expect, test } from '@jest/globals';
import { Refusal } from '../../../../src/emulators/octopus/refusal.ts';
import { members, readFlag, readTolerantJson } from '../../../../src/emulators/octopus/tolerant-json.ts';

test.each([
  ['{"a": 1,}', { a: 1 }],
  ['[1, 2, ]', [1, 2]],
  ["{'a': 'it\\'s'}", { a: "it's" }],
  ['{a: true, b: null} // end', { a: true, b: null }],
  ['/* head */ {"a": /* in */ -1.5e2}', { a: -150 }],
  ['{"a": "\\u0041\\n", // x\n}', { a: 'A\n' }],
  ['', undefined],
  ['  \n', undefined],
])('%s is read', (text, value) => {
  expect(readTolerantJson(text)).toEqual(value);
});

test.each(['{', '{"a"}', '[1 2]', 'nonsense', '{"a": "x', '{} {}', '['.repeat(100), '{,}'])('%s is refused', (text) => {
  expect(() => readTolerantJson(text)).toThrow(Refusal);
});

test('members are found in any letter case', () => {
  const get = members({ packageID: 'x' });
  expect(get('PackageId')).toBe('x');
  expect(get('Other')).toBeUndefined();
});

test.each([
  [true, true],
  ['True', true],
  ['false', false],
  [undefined, false],
  [null, false],
])('the flag %p is read as %p', (value, expected) => {
  expect(readFlag(value, 'Flag')).toBe(expected);
});

test.each([1, 'yes', '', {}])('%p is refused as a flag', (value) => {
  expect(() => readFlag(value, 'Flag')).toThrow(Refusal);
});
