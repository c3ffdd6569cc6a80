import { createDecipheriv, pbkdf2Sync } from 'node:crypto';
import { MigratorError } from '../../../errors.ts';
import type { Secret } from '../../../secret.ts';

/** What the manifest of every export says, encrypted with the password of the export. */
const word = 'Cephalopod';

interface Canary {
  readonly cipher: Buffer;
  readonly iv: Buffer;
}

/** Its form is `base64(ciphertext)|base64(iv)`. */
function canaryOf(hello: string): Canary | undefined {
  const [, cipher = '', iv = ''] = /^([\w+/=]+)\|([\w+/=]+)$/.exec(hello) ?? [];
  const canary = { cipher: Buffer.from(cipher, 'base64'), iv: Buffer.from(iv, 'base64') };
  const isWhole = canary.iv.length === 16 && canary.cipher.length > 0 && canary.cipher.length % 16 === 0;
  return isWhole ? canary : undefined;
}

/** Whether a password can be tried on it. */
export function isCanary(hello: string): boolean {
  return canaryOf(hello) !== undefined;
}

/**
 * Whether this password encrypted the secrets of an export. The server derives a key with PBKDF2-HMAC-SHA1 in 1000
 * rounds with a fixed salt, and uses AES-128-CBC with a random IV.
 */
export function opens(password: Secret, hello: string): boolean {
  const canary = canaryOf(hello);
  if (canary === undefined) return false;
  const key = pbkdf2Sync(Buffer.from(password.reveal(), 'utf8'), 'Octopuss', 1000, 16, 'sha1');
  const decipher = createDecipheriv('aes-128-cbc', key, canary.iv);
  try {
    // A wrong password ends in a wrong padding, or once in a while in other text.
    return Buffer.concat([decipher.update(canary.cipher), decipher.final()]).toString('utf8') === word;
  } catch {
    return false;
  }
}

/** PACKAGE_LOCKED when this is not the password of the export. */
export function requireOpening(password: Secret, hello: string, what: string): void {
  if (opens(password, hello)) return;
  throw new MigratorError('PACKAGE_LOCKED', `the password does not open the secrets in ${what}`, {
    hint: 'give the password of the export with --password; nothing was sent to the target',
  });
}
