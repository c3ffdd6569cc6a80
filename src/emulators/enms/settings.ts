import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { MigratorError } from '../../errors.ts';
import { codeOf } from '../shared/error-members.ts';

/**
 * The key with which this server encrypts private values, from `setup/settings.json` (`{"fernet_key": "…"}`); undefined
 * for a site that set none. LOCAL_IO when the file cannot be read, CONFIG_INVALID when the key is not 32 bytes in
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
