import { describe, expect, test } from '@jest/globals';
import { checkPackageRef, parsePackageName } from '../../../../src/adapters/octopus/package-name.ts';

test.each([
  ['A.2.1.0.0', 'A', '2.1.0.0'],
  ['A.2.1.0.0.1', 'A.2', '1.0.0.1'],
  ['My-App_2.1.0', 'My-App_2', '1.0'],
  ['Octopus.Space.Migration.1.0.0-AbCd1234', 'Octopus.Space.Migration', '1.0.0-AbCd1234'],
  ['X.1.2.3-a.b+c.d', 'X', '1.2.3-a.b+c.d'],
])('%s is %s %s', (text, id, version) => {
  expect(parsePackageName(text)).toEqual({ id, version });
});

test.each([
  ['without a version', 'NoVersion'],
  ['with an empty part', 'a..1.0'],
  ['with a space', 'a b.1.0'],
  ['of another folder', '../a.1.0'],
  ['without a character', ''],
  ['of 5001 characters', `${'_'.repeat(5000)}!`],
])('a name %s is no package name', (_, text) => {
  expect(parsePackageName(text)).toBeUndefined();
});

describe('checkPackageRef', () => {
  test.each([
    ['an id that ends like a version', 'A.2', '1.0.0'],
    ['a version of five numbers', 'A', '1.0.0.0.0'],
    ['an id with a slash', 'A/B', '1.0.0'],
    ['a version without a number', 'A', 'one'],
    ['an id of 200 characters', 'A'.repeat(200), '1.0.0'],
  ])('refuses %s', async (_, id, version) => {
    await expect(() => checkPackageRef({ id, version })).toThrowCode('USAGE');
  });

  test('accepts what reads back the same', () => {
    expect(() => checkPackageRef({ id: 'A-2.b', version: '1.0.0-run7' })).not.toThrow();
  });
});
