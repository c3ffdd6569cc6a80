import { describe, expect, test } from '@jest/globals';
import { MigratorError } from '../../src/errors.ts';

const conflict = () => Promise.reject(new MigratorError('CONFLICT', 'it is there already'));

describe('toThrowCode', () => {
  test('toThrowCode accepts a promise and a function that fail with the code', async () => {
    await expect(conflict()).toThrowCode('CONFLICT');
    await expect(conflict).toThrowCode('CONFLICT');
    await expect(() => {
      throw new MigratorError('USAGE', 'no such flag');
    }).toThrowCode('USAGE');
  });

  test.each<[string, unknown, RegExp]>([
    ['fails with another code', conflict, /expected NOT_FOUND, got CONFLICT/u],
    [
      'fails with an error that has no code',
      () => Promise.reject(new Error('oops')),
      /expected NOT_FOUND, got object/u,
    ],
    ['does not fail', () => Promise.resolve(), /but nothing failed/u],
    ['is neither a promise nor a function', 7, /but nothing failed/u],
  ])('toThrowCode fails the test when its subject %s', async (_, subject, message) => {
    await expect(async () => {
      await expect(subject).toThrowCode('NOT_FOUND');
    }).rejects.toThrow(message);
  });
});
