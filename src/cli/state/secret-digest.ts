import { createHmac, randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isMigratorError } from '../../errors.ts';
import { localError, systemCode } from '../../files/local-error.ts';
import { makePrivateFolder } from '../../files/private-folder.ts';
import { writePrivateFile } from '../../files/whole-file.ts';
import type { Secrets } from '../../ports/options.ts';
import type { IO } from '../terminal/io.ts';
import { stateDirectory } from './directories.ts';

/**
 * Tells whether a run was given the same secrets as an earlier one. The digest is made with a key that stays on this
 * machine, so it tells nothing about a secret. Empty without secrets. LOCAL_IO when the state folder cannot be used.
 */
export async function secretDigest(secrets: Secrets, io: IO): Promise<string> {
  const names = Object.keys(secrets).sort();
  if (names.length === 0) return '';
  const digest = createHmac('sha256', await keyIn(stateDirectory(io)));
  for (const name of names) digest.update(JSON.stringify([name, secrets[name]?.reveal()]));
  return digest.digest('hex');
}

async function keyIn(folder: string): Promise<string> {
  const file = join(folder, 'digest.key');
  const known = await keyOf(file);
  if (known !== undefined) return known;
  await makePrivateFolder(folder, 'choose another folder with MIGRATOR_STATE_DIR');
  const made = randomBytes(32).toString('hex');
  try {
    await writePrivateFile(file, made, 'create');
    return made;
  } catch (error) {
    // Another process made it at the same time.
    if (isMigratorError(error, 'CONFLICT')) return (await keyOf(file)) ?? made;
    throw error;
  }
}

async function keyOf(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return undefined;
    throw localError(error, `could not read "${file}"`);
  }
}
