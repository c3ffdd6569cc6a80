// Private values are kept as base64, or encrypted with Fernet when the site has set a key. Passwords of users are
// hashed before that.
import { createCipheriv, createDecipheriv, createHmac, randomBytes, scryptSync, timingSafeEqual } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { MigratorError } from '../../errors.ts';
import { codeOf } from '../shared/error-members.ts';

export interface Cipher {
  readonly encode: (text: string) => string;
  /** Fails for a value that this server did not write, or that it wrote with another key. */
  readonly decode: (stored: string) => string;
}

const plain: Cipher = {
  encode: (text) => Buffer.from(text).toString('base64'),
  decode(stored) {
    if (stored.length % 4 !== 0 || !/^[A-Za-z0-9+/]*={0,2}$/.test(stored))
      throw new Error('binascii.Error: Incorrect padding');
    return new TextDecoder('utf-8', { fatal: true }).decode(Buffer.from(stored, 'base64'));
  },
};

const sign = (key: Buffer, data: Buffer) => createHmac('sha256', key).update(data).digest();
const urlSafe = (data: Buffer) => data.toString('base64').replaceAll('+', '-').replaceAll('/', '_');

/** A Fernet token: version byte, time, IV, AES-128-CBC, HMAC-SHA256; in url-safe base64. */
function fernet(secret: Buffer): Cipher {
  const signing = secret.subarray(0, 16);
  const encryption = secret.subarray(16);
  return {
    encode(text) {
      const iv = randomBytes(16);
      const head = Buffer.alloc(9);
      head.writeUInt8(0x80);
      head.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 1000)), 1);
      const cipher = createCipheriv('aes-128-cbc', encryption, iv);
      const signed = Buffer.concat([head, iv, cipher.update(text, 'utf8'), cipher.final()]);
      return urlSafe(Buffer.concat([signed, sign(signing, signed)]));
    },
    decode(stored) {
      const token = Buffer.from(stored, 'base64url');
      const signed = token.subarray(0, -32);
      const valid = token.length >= 73 && timingSafeEqual(sign(signing, signed), token.subarray(-32));
      if (!valid) throw new Error('cryptography.fernet.InvalidToken');
      const decipher = createDecipheriv('aes-128-cbc', encryption, signed.subarray(9, 25));
      return Buffer.concat([decipher.update(signed.subarray(25)), decipher.final()]).toString('utf8');
    },
  };
}

/** The key is a Fernet key, 32 bytes in url-safe base64. Undefined for a site without one. */
export function createCipher(fernetKey: string | undefined): Cipher {
  return fernetKey === undefined ? plain : fernet(Buffer.from(fernetKey, 'base64url'));
}

const unpadded = (data: Buffer) => data.toString('base64').replaceAll('=', '');
/** As cheap as scrypt can be: these are the passwords of a sample, and each start of a server hashes some. */
const cost = { N: 16, r: 8, p: 1 };
const derive = (password: string, salt: Buffer) => scryptSync(password, salt, 32, cost);

/** Has the form of the product's Argon2 hash, but contains an scrypt hash: Node has no Argon2. */
export function hashPassword(password: string): string {
  const salt = randomBytes(16);
  return `$argon2id$v=19$m=65536,t=3,p=4$${unpadded(salt)}$${unpadded(derive(password, salt))}`;
}

export function verifyPassword(password: string, hash: string): boolean {
  const [, salt, expected] = /^\$argon2id\$v=19\$[^$]+\$([^$]+)\$([^$]+)$/.exec(hash) ?? [];
  if (salt === undefined || expected === undefined) return false;
  const wanted = Buffer.from(expected, 'base64');
  const found = derive(password, Buffer.from(salt, 'base64'));
  return wanted.length === found.length && timingSafeEqual(wanted, found);
}

/**
 * The key with which this server encrypts private values, from `setup/settings.json` (`{"fernet_key": "…"}`). Undefined
 * when the site has set none. LOCAL_IO when the file cannot be read, CONFIG_INVALID when the key is not 32 bytes in
 * url-safe base64.
 */
export function fernetKey(directory: string): string | undefined {
  const file = join(directory, 'setup', 'settings.json');
  let settings: { readonly fernet_key?: unknown };
  try {
    settings = JSON.parse(readFileSync(file, 'utf8')) as typeof settings;
  } catch (cause) {
    if (codeOf(cause) === 'ENOENT') return undefined;
    throw new MigratorError('LOCAL_IO', `the emulator's file "${file}" cannot be read`, { cause });
  }
  const { fernet_key: key } = settings;
  if (key === undefined || key === null) return undefined;
  if (typeof key === 'string' && Buffer.from(key, 'base64url').length === 32) return key;
  throw new MigratorError('CONFIG_INVALID', `the fernet_key in "${file}" is not 32 bytes in url-safe base64`);
}
