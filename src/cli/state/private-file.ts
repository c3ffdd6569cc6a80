import { randomBytes } from 'node:crypto';
import { mkdir, open, rename, rm, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { MigratorError } from '../../errors.ts';
import { moveWithoutReplacing, syncFolder } from '../files/durable.ts';
import { localError, systemCode } from '../files/local-error.ts';

/** A folder that only the user may enter; those above it are made as usual. */
export async function makePrivateFolder(folder: string, hint?: string): Promise<void> {
  try {
    await makeFolder(folder);
  } catch (error) {
    const translated = localError(error, `could not make the folder "${folder}"`);
    if (hint === undefined || !(translated instanceof MigratorError)) throw translated;
    throw new MigratorError(translated.code, translated.message, { hint, details: translated.details, cause: error });
  }
}

/** One level after the other: in one call Node.js calls a read-only disk ENOENT, and never comes back from /proc. */
async function makeFolder(folder: string): Promise<void> {
  try {
    await mkdir(folder, { mode: 0o700 });
  } catch (error) {
    const above = dirname(folder);
    if (systemCode(error) === 'ENOENT' && above !== folder && !(await isFolder(above))) {
      await makeFolder(above);
      await makeFolder(folder);
      return;
    }
    if (!(await isFolder(folder))) throw error;
  }
}

async function isFolder(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isDirectory();
  } catch (error) {
    if (systemCode(error) === undefined) throw error;
    return false;
  }
}

/**
 * Writes a whole file that only the user may read: a reader sees the old text or the new one, also after a power cut.
 * `create` fails with EEXIST when the name is taken, `replace` does not.
 */
export async function writePrivateFile(path: string, text: string, how: 'create' | 'replace'): Promise<void> {
  const temporary = `${path}.${randomBytes(6).toString('hex')}.tmp`;
  try {
    const handle = await open(temporary, 'wx', 0o600);
    try {
      await handle.writeFile(text);
      await handle.sync();
    } finally {
      await handle.close();
    }
    if (how === 'create') await moveWithoutReplacing(temporary, path);
    else await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    if (systemCode(error) === 'EEXIST') throw error;
    throw localError(error, `could not write "${path}"`);
  }
  await syncFolder(dirname(path));
}
