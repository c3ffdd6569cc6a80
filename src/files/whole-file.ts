import { open, rename, rm, lstat, type FileHandle } from 'node:fs/promises';
import { dirname } from 'node:path';
import { isMigratorError, MigratorError } from '../errors.ts';
import type { ByteSink } from '../ports/bytes.ts';
import { moveWithoutReplacing, syncFolder } from './durable.ts';
import { systemCode, localError } from './local-error.ts';
import { noPlace } from './no-place.ts';
import { partialName, removeStalePartials } from './partial-name.ts';

export interface FileSinkOptions {
  readonly overwrite: boolean;
  /** The flag that allows overwriting, where the caller's user has one. */
  readonly flag?: string | undefined;
  /** Permission bits, reduced by the umask. Default 0666, which the usual umask makes 0644. */
  readonly mode?: number;
}

function taken(path: string, flag: string | undefined, cause?: unknown): MigratorError {
  return new MigratorError('CONFLICT', `"${path}" already exists`, {
    hint: flag === undefined ? 'choose another name' : `choose another name, or allow it to be replaced with ${flag}`,
    details: { path },
    cause,
  });
}

async function checkPlace(path: string, { overwrite, flag }: FileSinkOptions): Promise<void> {
  const stats = await lstat(path).catch((error: unknown) => {
    if (systemCode(error) === 'ENOENT') return undefined;
    if (systemCode(error) === 'ENOTDIR') throw missingFolder(path, error);
    if (systemCode(error) === 'ENAMETOOLONG') throw tooLong(path, error);
    throw localError(error, `could not look at "${path}"`);
  });
  if (stats === undefined) return;
  if (stats.isDirectory())
    throw new MigratorError('USAGE', `"${path}" is a folder, not a file`, {
      hint: 'name a file in it, or choose another place',
      details: { path },
    });
  if (!overwrite) throw taken(path, flag);
  if (!stats.isFile() && !stats.isSymbolicLink()) {
    throw new MigratorError('USAGE', `"${path}" is not a regular file`, { details: { path } });
  }
}

function missingFolder(path: string, cause: unknown): MigratorError {
  return noPlace(path, { hint: 'create it, or choose another place for the file', details: { path }, cause });
}

function tooLong(path: string, cause: unknown): MigratorError {
  return new MigratorError('USAGE', `the name "${path}" is too long`, { cause });
}

async function openPartial(path: string, partial: string, mode: number): Promise<FileHandle> {
  try {
    return await open(partial, 'wx', mode);
  } catch (error) {
    const code = systemCode(error);
    if (code === 'ENOENT' || code === 'ENOTDIR') throw missingFolder(path, error);
    if (code === 'ENAMETOOLONG') throw tooLong(path, error);
    throw localError(error, `could not create "${path}"`);
  }
}

/**
 * A file that appears as a whole or not at all. The bytes go to a hidden partial file in the same folder. `commit`
 * syncs them to the disk and gives the file its name; without `overwrite` it never replaces a file, even one that has
 * appeared since. CONFLICT when the name is taken, USAGE when no file can have that name, LOCAL_IO when the disk
 * refuses.
 */
export async function createFileSink(path: string, options: FileSinkOptions): Promise<ByteSink> {
  await checkPlace(path, options);
  await removeStalePartials(path);
  const partial = partialName(path);
  const handle = await openPartial(path, partial, options.mode ?? 0o666);
  let end = 0;
  let state: 'open' | 'closed' | 'done' = 'open';

  const put = async (bytes: Uint8Array, start: number): Promise<void> => {
    try {
      let done = 0;
      while (done < bytes.length) {
        done += (await handle.write(bytes, done, bytes.length - done, start + done)).bytesWritten;
      }
    } catch (error) {
      throw localError(error, `could not write "${path}"`);
    }
  };
  const close = async (): Promise<void> => {
    if (state !== 'open') return;
    state = 'closed';
    await handle.close();
  };
  const discard = async (): Promise<void> => {
    if (state === 'done') return;
    await close();
    state = 'done';
    await rm(partial, { force: true });
  };
  return {
    write: async (chunk) => {
      await put(chunk, end);
      end += chunk.length;
    },
    patch: async (position, bytes) => {
      if (position + bytes.length > end) throw new RangeError('a patch replaces bytes that were written before');
      await put(bytes, position);
    },
    commit: async () => {
      try {
        await handle.sync();
        await close();
        if (options.overwrite) await rename(partial, path);
        else await moveWithoutReplacing(partial, path);
      } catch (error) {
        await discard();
        if (systemCode(error) === 'EEXIST') throw taken(path, options.flag, error);
        throw localError(error, `could not finish "${path}"`);
      }
      state = 'done';
      await syncFolder(dirname(path));
    },
    discard,
  };
}

/**
 * Writes a whole file that only the user may read. A reader finds the old text or the new one, also after a power
 * cut. CONFLICT when the name is taken and `how` is `create`. Any other failure is LOCAL_IO, because no user typed this
 * path.
 */
export async function writePrivateFile(path: string, text: string, how: 'create' | 'replace'): Promise<void> {
  try {
    const sink = await createFileSink(path, { overwrite: how === 'replace', mode: 0o600 });
    try {
      await sink.write(Buffer.from(text));
    } catch (error) {
      await sink.discard();
      throw error;
    }
    await sink.commit();
  } catch (error) {
    if (!isMigratorError(error, 'USAGE')) throw error;
    throw new MigratorError('LOCAL_IO', `could not write "${path}": ${error.message}`, { cause: error });
  }
}
