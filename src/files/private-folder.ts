import { mkdtemp, mkdir, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, dirname } from 'node:path';
import { MigratorError } from '../errors.ts';
import { localError, systemCode } from './local-error.ts';

/** Makes a folder that only the user may enter, and the folders above it if they are missing. */
export async function makePrivateFolder(folder: string, hint?: string): Promise<void> {
  try {
    await makeFolder(folder);
  } catch (error) {
    if (systemCode(error) === 'EEXIST') throw inTheWay(folder, hint, error);
    const translated = localError(error, `could not make the folder "${folder}"`);
    if (hint === undefined || !(translated instanceof MigratorError)) throw translated;
    throw new MigratorError(translated.code, translated.message, { hint, details: translated.details, cause: error });
  }
}

/** USAGE when the path of a folder to be made is that of a file. */
export async function refuseFile(folder: string, hint: string): Promise<void> {
  if (await isFile(folder)) throw inTheWay(folder, hint);
}

function inTheWay(folder: string, hint = 'choose another folder', cause?: unknown): MigratorError {
  return new MigratorError('USAGE', `"${folder}" is a file, not a folder`, { hint, details: { path: folder }, cause });
}

/** Makes one level after the other. A recursive mkdir of Node says ENOENT on a read-only disk, and hangs in /proc. */
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

async function isFile(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isFile();
  } catch (error) {
    if (systemCode(error) === undefined) throw error;
    return false;
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

/** Makes a temporary folder that only the user may enter. LOCAL_IO when it cannot be made. */
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
