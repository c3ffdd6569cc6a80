import { expect, test } from '@jest/globals';
import { optionalPackages } from '../../src/optional-packages.ts';
import { failsWith } from '../../src/testing/workbench.ts';

const absent = (name: string) => () =>
  Promise.reject(Object.assign(new Error(`Cannot find package '${name}'`), { code: 'ERR_MODULE_NOT_FOUND' }));

test('packages that are there are loaded', async () => {
  const loaded = await optionalPackages('the product s3', { one: () => Promise.resolve({ value: 1 }) });
  expect(loaded.one.value).toBe(1);
});

test('all that are missing are named, with the command that installs them', async () => {
  const error = await failsWith('CONFIG_INVALID', () =>
    optionalPackages('the product s3', {
      '@aws-sdk/client-s3': absent('@aws-sdk/client-s3'),
      there: () => Promise.resolve(1),
      '@aws-sdk/lib-storage': absent('@aws-sdk/lib-storage'),
    }),
  );
  expect(error.message).toBe(
    'the product s3 needs npm packages that are not installed: @aws-sdk/client-s3, @aws-sdk/lib-storage',
  );
  expect(error.hint).toContain('npm install @aws-sdk/client-s3 @aws-sdk/lib-storage');
});

test('a package that is there and broken is no missing one', async () => {
  await expect(optionalPackages('x', { broken: () => Promise.reject(new Error('it throws')) })).rejects.toThrow(
    'it throws',
  );
});
