import { Readable } from 'node:stream';
import { describe, expect, test } from '@jest/globals';
import {
  decryptPackage,
  decryptValue,
  deriveKey,
  encryptPackage,
  encryptValue,
  isEncryptedPackage,
  WrongKey,
} from '../../../../../src/emulators/octopus/migrations/encryption.ts';
import { collected } from '../../shared/zip-bytes.ts';

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

test('another password does not decrypt a value', () => {
  const other = deriveKey('Demo1235');
  expect(decryptValue(other, 'Zd41AWWw/6t1gHarj6fXPA==|AAAAAAAAAAAAAAAAAAAAAA==')).not.toBe('Hello');
});

describe('an encrypted package', () => {
  const clear = Buffer.from('PK whatever, and some more of it');
  const sealed = () => collected(encryptPackage(key, Readable.from([clear.subarray(0, 5), clear.subarray(5)])));
  /** Bytes in pieces of one size, as from a stream. */
  const pieces = (bytes: Buffer, size: number) =>
    Readable.from(
      Array.from({ length: Math.ceil(bytes.length / size) }, (_, at) => bytes.subarray(at * size, (at + 1) * size)),
    );

  test('is encrypted and decrypted in pieces of any size, and never has the same bytes twice', async () => {
    const [one, two] = [await sealed(), await sealed()];
    expect(one.subarray(0, 4).toString()).toBe('IV__');
    expect(one.equals(two)).toBe(false);
    expect(isEncryptedPackage(one)).toBe(true);
    expect(isEncryptedPackage(clear)).toBe(false);
    for (const size of [1, 3, 19, 20, 21, 1000]) {
      expect(await collected(decryptPackage(key, pieces(one, size)))).toEqual(clear);
    }
  });

  test('that ends early is refused', async () => {
    const one = await sealed();
    for (const length of [0, 4, 19, 20, one.length - 1]) {
      await expect(collected(decryptPackage(key, pieces(one.subarray(0, length), 7)))).rejects.toThrow(WrongKey);
    }
  });
});
