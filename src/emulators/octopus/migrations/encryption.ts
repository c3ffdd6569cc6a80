// How the product protects sensitive values in exported files. Salt and rounds are the product's, and so is the IV of
// zeros of Octopus.Migrator: with it equal inputs give equal files. Projects Export/Import takes a random IV for each
// value. None of these may change, or older exports could no longer be read.
import { createCipheriv, createDecipheriv, pbkdf2Sync, randomBytes, type Decipher } from 'node:crypto';
import { codeOf } from '../../shared/error-members.ts';

const zeroIv = Buffer.alloc(16);
const mark = Buffer.from('IV__', 'ascii');

export type MigrationKey = Uint8Array;

/** PBKDF2-HMAC-SHA1, salt "Octopuss", 1000 rounds, 16 bytes. */
export const deriveKey = (password: string): MigrationKey =>
  pbkdf2Sync(password, Buffer.from('Octopuss', 'ascii'), 1000, 16, 'sha1');

function cipherText(key: MigrationKey, iv: Uint8Array, clear: Uint8Array): Buffer {
  const cipher = createCipheriv('aes-128-cbc', key, iv);
  return Buffer.concat([cipher.update(clear), cipher.final()]);
}

/** base64(ciphertext) + `|` + base64(IV). */
export function encryptValue(key: MigrationKey, clear: string, iv = zeroIv): string {
  return `${cipherText(key, iv, Buffer.from(clear, 'utf8')).toString('base64')}|${iv.toString('base64')}`;
}

/** The same form, under an IV that no other value has. */
export const encryptUnlike = (key: MigrationKey, clear: string): string => encryptValue(key, clear, randomBytes(16));

/** Undefined when the key is wrong or the text is not in this form. */
export function decryptValue(key: MigrationKey, text: string): string | undefined {
  const [cipherPart = '', ivPart = '', ...more] = text.split('|');
  const iv = Buffer.from(ivPart, 'base64');
  if (iv.length !== 16 || more.length > 0) return undefined;
  try {
    const decipher = createDecipheriv('aes-128-cbc', key, iv);
    return Buffer.concat([decipher.update(Buffer.from(cipherPart, 'base64')), decipher.final()]).toString('utf8');
  } catch (error) {
    if (codeOf(error) !== undefined) return undefined;
    throw error;
  }
}

type Bytes = AsyncIterable<Uint8Array>;

/**
 * An encrypted package: `IV__`, 16 random bytes, ciphertext. This is our own format; the product's is not published.
 */
export async function* encryptPackage(key: MigrationKey, clear: Bytes): AsyncGenerator<Uint8Array> {
  const iv = randomBytes(16);
  const cipher = createCipheriv('aes-128-cbc', key, iv);
  yield Buffer.concat([mark, iv]);
  for await (const chunk of clear) yield cipher.update(chunk);
  yield cipher.final();
}

export const isEncryptedPackage = (start: Uint8Array): boolean => mark.equals(start.subarray(0, 4));

/** The key does not open the package. A wrong key can also give random bytes without an error. */
export class WrongKey extends Error {
  override readonly name = 'WrongKey';
}

/** The reverse of `encryptPackage`. Fails with WrongKey. */
export async function* decryptPackage(key: MigrationKey, sealed: Bytes): AsyncGenerator<Uint8Array> {
  let head = Buffer.alloc(0);
  let decipher: Decipher | undefined;
  for await (const chunk of sealed) {
    if (decipher !== undefined) yield decipher.update(chunk);
    else {
      head = Buffer.concat([head, chunk]);
      if (head.length < 20) continue;
      decipher = createDecipheriv('aes-128-cbc', key, head.subarray(4, 20));
      yield decipher.update(head.subarray(20));
    }
  }
  try {
    if (decipher === undefined) throw new WrongKey();
    yield decipher.final();
  } catch (error) {
    if (codeOf(error) !== undefined) throw new WrongKey();
    throw error;
  }
}
