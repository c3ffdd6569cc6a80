import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { isObject } from '../shared/json.ts';
import type { Store } from '../shared/store.ts';

/** A sensitive value as the state file holds it: encrypted with the server's master key under a random IV. */
export interface Sealed {
  readonly $sensitive: string;
}

export const isSealed = (value: unknown): value is Sealed => isObject(value) && typeof value['$sensitive'] === 'string';

export interface Vault {
  seal(clear: string): Sealed;
  reveal(sealed: Sealed): string;
}

/** The master key is kept in the same file: it hides single values from a glance, not from the owner of the file. */
export function openVault(store: Store): Vault {
  const kept = store.setting('master-key') ?? randomBytes(16).toString('base64');
  store.keep('master-key', kept);
  const key = Buffer.from(kept, 'base64');
  return {
    seal(clear) {
      const iv = randomBytes(16);
      const cipher = createCipheriv('aes-128-cbc', key, iv);
      return {
        $sensitive: `${cipher.update(clear, 'utf8', 'base64')}${cipher.final('base64')}|${iv.toString('base64')}`,
      };
    },
    reveal({ $sensitive }) {
      const [text = '', iv = ''] = $sensitive.split('|');
      const decipher = createDecipheriv('aes-128-cbc', key, Buffer.from(iv, 'base64'));
      return decipher.update(text, 'base64', 'utf8') + decipher.final('utf8');
    },
  };
}
