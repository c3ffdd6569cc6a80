import { isUtf8 } from 'node:buffer';
import { constants, lstatSync, readdirSync, type Stats } from 'node:fs';
import { open, realpath, stat, type FileHandle } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { MigratorError } from '../../errors.ts';
import type { ByteStream } from '../../ports/artifact.ts';
import { readSize } from '../file-source.ts';
import { localError, systemCode } from '../local-error.ts';
import { EventLoopPauses } from './event-loop-pauses.ts';
import { readSmallFiles, smallBytes, systemError, type ReadFault, type SeenFile } from './small-files.ts';

/** A file of a folder that is sealed. */
export class TreeEntry implements SeenFile {
  /** The path below the folder, with `/` on every platform; for a single file its name. */
  readonly path: string;
  readonly file: string;
  readonly size: number;
  readonly modified: number;

  constructor(path: string, file: string, { size, mtimeMs }: Stats) {
    this.path = path;
    this.file = file;
    this.size = size;
    this.modified = mtimeMs;
  }

  /**
   * Starts with the first byte; may be called again. A chunk keeps its bytes until the next is asked for. LOCAL_IO
   * when the file has changed since it was listed.
   */
  content(): ByteStream {
    return this.size > smallBytes ? largeContentOf(this) : smallContentOf(this);
  }
}

interface Refused {
  readonly links: string[];
  readonly special: string[];
}

function changed(path: string): MigratorError {
  return new MigratorError('LOCAL_IO', `"${path}" changed while it was read`, {
    hint: 'run the command again when nothing writes to it',
    details: { path },
  });
}

// Windows has neither flag. Making a link needs a special right there. Without O_NONBLOCK, opening a file that has
// become a pipe waits for a writer.
const { O_NOFOLLOW = 0, O_NONBLOCK = 0 } = constants as Partial<typeof constants>;
export const readOnly = constants.O_RDONLY | O_NOFOLLOW | O_NONBLOCK;

const readHere = readSmallFiles(process);

// eslint-disable-next-line @typescript-eslint/require-await -- a stream of bytes that synchronous calls have read
async function* smallContentOf(seen: SeenFile): ByteStream {
  const bytes = Buffer.allocUnsafe(seen.size);
  const fault = readHere({ files: [seen], flags: readOnly }, bytes);
  if (fault !== undefined) throw unread(seen.file, fault);
  yield bytes;
}

async function* largeContentOf({ file: path, size, modified }: SeenFile): ByteStream {
  let handle: FileHandle;
  try {
    handle = await open(path, readOnly);
  } catch (error) {
    throw notOpened(error, path);
  }
  let reading: Promise<Uint8Array> | undefined;
  try {
    if (!(await handle.stat()).isFile()) throw changed(path);
    let position = 0;
    // Two buffers in turn. With new memory for every chunk, dozens would wait for the garbage collector.
    let [buffer, other] = [Buffer.allocUnsafeSlow(readSize), Buffer.allocUnsafeSlow(readSize)];
    const read = async (from: number): Promise<Uint8Array> => {
      [buffer, other] = [other, buffer];
      const into = buffer;
      const { bytesRead } = await handle.read(into, 0, readSize, from);
      return into.subarray(0, bytesRead);
    };
    reading = read(0);
    for (;;) {
      const bytes = await reading;
      if (bytes.length === 0) break;
      position += bytes.length;
      if (position > size) throw changed(path);
      // Reads the next chunk while the caller works on this one.
      reading = read(position);
      reading.catch(() => undefined);
      yield bytes;
    }
    const after = await handle.stat();
    if (position !== size || after.mtimeMs !== modified) throw changed(path);
  } catch (error) {
    throw localError(error, `could not read "${path}"`);
  } finally {
    await Promise.allSettled([reading]);
    await handle.close();
  }
}

export function unread(file: string, fault: ReadFault): unknown {
  if (fault.code === undefined) return changed(file);
  return fault.step === 'open'
    ? notOpened(systemError(fault), file)
    : localError(systemError(fault), `could not read "${file}"`);
}

function notOpened(error: unknown, path: string): unknown {
  if (systemCode(error) === 'ENOENT' || systemCode(error) === 'ELOOP') return changed(path);
  return localError(error, `could not open "${path}"`);
}

/** Node replaces bytes of a name that are not UTF-8 by this character. A name may also contain it. */
const replacement = '\uFFFD';

function refuseOtherNames(folder: string): void {
  const broken = readdirSync(folder, { encoding: 'buffer' }).find((name) => !isUtf8(name));
  if (broken === undefined) return;
  throw new MigratorError('USAGE', `the name of "${join(folder, broken.toString())}" is not valid UTF-8`, {
    hint: 'rename it',
  });
}

async function walk(
  folder: string,
  prefix: string,
  entries: TreeEntry[],
  refused: Refused,
  pauses: EventLoopPauses,
): Promise<void> {
  const names = readdirSync(folder);
  if (names.some((name) => name.includes(replacement))) refuseOtherNames(folder);
  for (const name of names) {
    const path = join(folder, name);
    const inside = prefix === '' ? name : `${prefix}/${name}`;
    await pauses.whenDue();
    const stats = lstatSync(path);
    if (stats.isSymbolicLink()) refused.links.push(inside);
    else if (stats.isDirectory()) await walk(path, inside, entries, refused, pauses);
    else if (!stats.isFile()) refused.special.push(inside);
    else entries.push(new TreeEntry(inside, path, stats));
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
    throw new MigratorError('USAGE', `"${path}" holds things that are not files: ${list(special)}`, { details });
  }
}

/**
 * The files of a folder, or the one file, sorted by the bytes of their paths, so that a folder gives the same order
 * on every system. Links and special files are refused, and all of them are named (USAGE). Folders without files are
 * ignored. `path` itself may be a link.
 */
export async function readTree(path: string): Promise<readonly TreeEntry[]> {
  const entries: TreeEntry[] = [];
  const refused: Refused = { links: [], special: [] };
  const pauses = new EventLoopPauses();
  try {
    const stats = await stat(path);
    const real = await realpath(path);
    if (stats.isDirectory()) await walk(real, '', entries, refused, pauses);
    else if (!stats.isFile()) refused.special.push(basename(path));
    else entries.push(new TreeEntry(basename(path), real, stats));
  } catch (error) {
    if (systemCode(error) === 'ENOENT' || systemCode(error) === 'ENOTDIR') {
      throw new MigratorError('USAGE', `there is no file or folder "${path}"`, {
        hint: 'name a file or a folder that exists',
        details: { path },
        cause: error,
      });
    }
    throw localError(error, `could not read "${path}"`);
  }
  refuse(path, refused);
  return entries
    .map((entry) => ({ entry, key: Buffer.from(entry.path) }))
    .sort((a, b) => Buffer.compare(a.key, b.key))
    .map(({ entry }) => entry);
}
