import { expect, test } from '@jest/globals';
import {
  decryptPackage,
  decryptValue,
  deriveKey,
  encryptPackage,
  encryptValue,
  isEncryptedPackage,
} from '../../../../../src/emulators/octopus/migrations/encryption.ts';

const key = deriveKey('Demo1234');

test.each([
  ['Hello', 'Zd41AWWw/6t1gHarj6fXPA==|AAAAAAAAAAAAAAAAAAAAAA=='],
  ['s3cret value', 'pbwq+D0qxm+NzLNs4a+H6Q==|AAAAAAAAAAAAAAAAAAAAAA=='],
])('%s is encrypted as the product does', (clear, cipher) => {
  expect(encryptValue(key, clear)).toBe(cipher);
  expect(decryptValue(key, cipher)).toBe(clear);
});

test.each(['', 'plain', 'a|b', 'Zd41AWWw/6t1gHarj6fXPA==|AAAAAAAAAAAAAAAAAAAAAA==|x'])(
  '"%s" is not decrypted',
  (text) => {
    expect(decryptValue(key, text)).toBeUndefined();
  },
);

test('another password does not open it', () => {
  const other = deriveKey('Demo1235');
  expect(decryptValue(other, 'Zd41AWWw/6t1gHarj6fXPA==|AAAAAAAAAAAAAAAAAAAAAA==')).not.toBe('Hello');
});

test('a package goes into its container and back, never twice the same', () => {
  const clear = Buffer.from('PK whatever');
  const [one, two] = [encryptPackage(key, clear), encryptPackage(key, clear)];
  expect(one.subarray(0, 4).toString()).toBe('IV__');
  expect(one.equals(two)).toBe(false);
  expect(isEncryptedPackage(one)).toBe(true);
  expect(isEncryptedPackage(clear)).toBe(false);
  expect(decryptPackage(key, one)).toEqual(clear);
});
