import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MigratorError } from '../../errors.ts';
import { localError } from './local-error.ts';

/** A fresh folder that only the user may enter, where the system keeps such. LOCAL_IO when it cannot be made. */
export async function temporaryFolder(purpose: string): Promise<string> {
  const above = tmpdir();
  try {
    return await mkdtemp(join(above, `migrator-${purpose}-`));
  } catch (error) {
    const translated = localError(error, `could not make a temporary folder in "${above}"`);
    if (!(translated instanceof MigratorError)) throw translated;
    const hint = translated.hint ?? 'name a folder for temporary files with the environment variable TMPDIR';
    throw new MigratorError(translated.code, translated.message, { hint, details: translated.details, cause: error });
  }
}
