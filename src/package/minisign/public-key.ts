import { MigratorError } from '../../errors.ts';

/** Every minisign key and signature begins with its algorithm. Keys and legacy signatures have "Ed". */
export const keyAlgorithm = 'Ed';
export const keyNumberBytes = 8;
const publicBytes = 32;

/** An Ed25519 public key with its key number, in minisign's formats. */
export class PublicKey {
  readonly keyId: string;
  /** Ed25519, 32 bytes. */
  readonly key: Uint8Array;

  constructor(keyNumber: Uint8Array, key: Uint8Array) {
    this.keyId = printKeyId(keyNumber);
    this.key = key;
  }

  /** One line of base64, as in the second line of minisign's public key file and behind `minisign -P`. */
  toString(): string {
    return Buffer.concat([Buffer.from(keyAlgorithm), parseKeyId(this.keyId), this.key]).toString('base64');
  }

  toJSON(): string {
    return this.toString();
  }
}

/** A public key file, or the base64 line alone. CONFIG_INVALID otherwise; it calls the text `name`. */
export function parsePublicKey(text: string, name = 'the text'): PublicKey {
  const lines = text.trim().split(/\r?\n/);
  const line = lines.length === 2 && lines[0]?.startsWith('untrusted comment:') === true ? lines[1] : lines[0];
  const bytes = Buffer.from(line ?? '', 'base64');
  const isWhole = bytes.toString('base64') === line && bytes.length === 2 + keyNumberBytes + publicBytes;
  const keys = lines.filter((one) => /^RW[A-Za-z0-9+/]{54}$/u.test(one.trim())).length;
  if (keys > 1)
    throw new MigratorError('CONFIG_INVALID', `${name} holds ${keys} minisign public keys, and one is needed`, {
      hint: 'give each key in a file of its own, or as its line that begins with RW',
    });
  if (lines.length > 2 || !isWhole || bytes.toString('latin1', 0, 2) !== keyAlgorithm) {
    // What stands there is not shown: it may be a secret key.
    throw new MigratorError('CONFIG_INVALID', `${name} is not a minisign public key`, {
      hint: 'give the second line of a minisign public key file; it begins with RW',
    });
  }
  return new PublicKey(bytes.subarray(2, 2 + keyNumberBytes), bytes.subarray(2 + keyNumberBytes));
}

/** The file `minisign -p` reads. */
export function printPublicKey(key: PublicKey): string {
  return `untrusted comment: minisign public key ${key.keyId}\n${key.toString()}\n`;
}

/** The key number as minisign shows it: sixteen upper-case hex digits of a little-endian number. */
export function printKeyId(keyNumber: Uint8Array): string {
  return Buffer.from(keyNumber).reverse().toString('hex').toUpperCase();
}

export function parseKeyId(keyId: string): Uint8Array {
  return Buffer.from(keyId, 'hex').reverse();
}
