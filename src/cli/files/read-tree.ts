import { constants } from 'node:fs';
import { lstat, open, readdir, realpath, stat, type FileHandle } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { MigratorError } from '../../errors.ts';
import type { ByteStream } from '../../ports/artifact.ts';
import { readSize } from './file-source.ts';
import { localError, systemCode } from './local-error.ts';

/** One file of a folder that is sealed. */
export interface TreeEntry {
  /** Below the folder, with `/` on every platform; the bare name when a single file was given. */
  readonly path: string;
  readonly size: number;
  /** Starts from the first byte; may be called again. LOCAL_IO when the file is not what it was. */
  content(): ByteStream;
}

interface Refused {
  readonly links: string[];
  readonly special: string[];
}

function changed(path: string): MigratorError {
  return new MigratorError('LOCAL_IO', `"${path}" changed while it was read`, {
    hint: 'run again when nothing writes to it',
    details: { path },
  });
}

async function* contentOf(path: string, size: number, modified: number): ByteStream {
  let handle: FileHandle;
  try {
    // O_NOFOLLOW does not exist on Windows, where making a link needs a right of its own.
    handle = await open(path, constants.O_RDONLY | ((constants.O_NOFOLLOW as number | undefined) ?? 0));
  } catch (error) {
    if (systemCode(error) === 'ENOENT' || systemCode(error) === 'ELOOP') throw changed(path);
    throw localError(error, `could not open "${path}"`);
  }
  try {
    let position = 0;
    for (;;) {
      const { bytesRead, buffer } = await handle.read(Buffer.allocUnsafeSlow(readSize), 0, readSize, position);
      if (bytesRead === 0) break;
      position += bytesRead;
      if (position > size) throw changed(path);
      yield buffer.subarray(0, bytesRead);
    }
    const after = await handle.stat();
    if (position !== size || after.mtimeMs !== modified) throw changed(path);
  } catch (error) {
    throw localError(error, `could not read "${path}"`);
  } finally {
    await handle.close();
  }
}

async function walk(folder: string, prefix: string, entries: TreeEntry[], refused: Refused): Promise<void> {
  for (const name of await readdir(folder)) {
    const path = join(folder, name);
    const inside = prefix === '' ? name : `${prefix}/${name}`;
    if (name.includes('\uFFFD')) {
      throw new MigratorError('USAGE', `the name of "${path}" is not valid UTF-8`, { hint: 'rename it' });
    }
    const stats = await lstat(path);
    if (stats.isSymbolicLink()) refused.links.push(inside);
    else if (stats.isDirectory()) await walk(path, inside, entries, refused);
    else if (!stats.isFile()) refused.special.push(inside);
    else {
      const { size, mtimeMs } = stats;
      entries.push({ path: inside, size, content: () => contentOf(path, size, mtimeMs) });
    }
  }
}

const list = (names: readonly string[]): string =>
  names.slice(0, 10).join(', ') + (names.length > 10 ? ` and ${String(names.length - 10)} more` : '');

function refuse(path: string, { links, special }: Refused): void {
  const details = { links, special };
  if (links.length > 0) {
    throw new MigratorError('USAGE', `"${path}" holds symbolic links: ${list(links)}`, {
      hint: 'replace the links by what they point to, or leave them out',
      details,
    });
  }
  if (special.length > 0) {
    throw new MigratorError('USAGE', `"${path}" holds things that are no files: ${list(special)}`, { details });
  }
}

/**
 * The files of a folder, or the one file, sorted by the bytes of their paths, so that the same folder gives the same
 * order everywhere. Links and special files are refused, all of them named at once (USAGE); folders without files
 * leave no trace. `path` itself may be a link.
 */
export async function readTree(path: string): Promise<readonly TreeEntry[]> {
  const entries: TreeEntry[] = [];
  const refused: Refused = { links: [], special: [] };
  try {
    const stats = await stat(path);
    const real = await realpath(path);
    if (stats.isDirectory()) await walk(real, '', entries, refused);
    else if (!stats.isFile()) refused.special.push(basename(path));
    else {
      const { size, mtimeMs } = stats;
      entries.push({ path: basename(path), size, content: () => contentOf(real, size, mtimeMs) });
    }
  } catch (error) {
    if (systemCode(error) === 'ENOENT' || systemCode(error) === 'ENOTDIR') {
      throw new MigratorError('USAGE', `there is no file or folder "${path}"`, { details: { path }, cause: error });
    }
    throw localError(error, `could not read "${path}"`);
  }
  refuse(path, refused);
  return entries.sort((a, b) => Buffer.compare(Buffer.from(a.path), Buffer.from(b.path)));
}
