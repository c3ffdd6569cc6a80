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

test.each(['NoVersion', 'a..1.0', 'a b.1.0', '../a.1.0', '', `${'_'.repeat(5000)}!`])(
  '%.20s is no package name',
  (text) => {
    expect(parsePackageName(text)).toBeUndefined();
  },
);

describe('checkPackageRef', () => {
  test.each([
    ['A.2', '1.0.0'],
    ['A', '1.0.0.0.0'],
    ['A/B', '1.0.0'],
    ['A', 'one'],
    ['A'.repeat(200), '1.0.0'],
  ])('refuses %.10s %s', async (id, version) => {
    await expect(() => checkPackageRef({ id, version })).toThrowCode('USAGE');
  });

  test('accepts what reads back the same', () => {
    expect(() => checkPackageRef({ id: 'A-2.b', version: '1.0.0-run7' })).not.toThrow();
  });
});
