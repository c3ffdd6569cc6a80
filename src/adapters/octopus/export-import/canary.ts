import { createDecipheriv, pbkdf2Sync } from 'node:crypto';
import { MigratorError } from '../../../errors.ts';
import type { Secret } from '../../../secret.ts';

/** What the manifest of every export says, encrypted with the password of the export. */
const word = 'Cephalopod';

/**
 * Whether this password encrypted the secrets of an export. The server derives a key with PBKDF2-HMAC-SHA1 in 1000
 * rounds with a fixed salt, and uses AES-128-CBC with a random IV: `base64(ciphertext)|base64(iv)`. Undefined when `hello`
 * has another form, so that nobody can tell.
 */
export function opens(password: Secret, hello: string): boolean | undefined {
  const [, cipher, iv] = /^([\w+/=]+)\|([\w+/=]+)$/.exec(hello) ?? [];
  if (cipher === undefined || iv === undefined) return undefined;
  const [bytes, start] = [Buffer.from(cipher, 'base64'), Buffer.from(iv, 'base64')];
  if (start.length !== 16 || bytes.length === 0 || bytes.length % 16 !== 0) return undefined;
  const key = pbkdf2Sync(Buffer.from(password.reveal(), 'utf8'), 'Octopuss', 1000, 16, 'sha1');
  const decipher = createDecipheriv('aes-128-cbc', key, start);
  try {
    // A wrong password ends in a wrong padding, or once in a while in other text.
    return Buffer.concat([decipher.update(bytes), decipher.final()]).toString('utf8') === word;
  } catch {
    return false;
  }
}

/** PACKAGE_LOCKED when this is certainly not the password of the export. */
export function requireOpening(password: Secret, hello: string, what: string): void {
  if (opens(password, hello) !== false) return;
  throw new MigratorError('PACKAGE_LOCKED', `the password does not open the secrets in ${what}`, {
    hint: 'give the password of the export with --password; nothing was sent to the target',
  });
}
