import { open, stat, type FileHandle } from 'node:fs/promises';
import { MigratorError } from '../errors.ts';
import type { ByteStream } from '../ports/artifact.ts';
import type { ByteSource } from '../ports/bytes.ts';
import { MemoryRing } from '../streams/memory-ring.ts';
import { localError, systemCode } from './local-error.ts';

export const readSize = 1024 * 1024;

export interface FileSource extends ByteSource {
  close(): Promise<void>;
}

/** Reads `length` bytes from `position`; fewer only at the end of the file. */
async function readFully(
  handle: FileHandle,
  position: number,
  length: number,
  memory: Uint8Array | undefined,
): Promise<Uint8Array> {
  const buffer = memory ?? Buffer.allocUnsafeSlow(length);
  let done = 0;
  while (done < length) {
    const { bytesRead } = await handle.read(buffer, done, length - done, position + done);
    if (bytesRead === 0) break;
    done += bytesRead;
  }
  return buffer.subarray(0, done);
}

/** Random access to an open file of known size. Errors call it `name`. */
export function sourceOver(handle: FileHandle, size: number, name: string, close: () => Promise<void>): FileSource {
  const read = async (position: number, length: number, memory?: Uint8Array): Promise<Uint8Array> => {
    const wanted = Math.max(0, Math.min(length, size - position));
    if (wanted === 0) return new Uint8Array(0);
    try {
      return await readFully(handle, position, wanted, memory);
    } catch (error) {
      throw localError(error, `could not read ${name}`);
    }
  };
  async function* stream(start: number, end: number, reuseAfter?: number): ByteStream {
    const ring = reuseAfter === undefined ? undefined : new MemoryRing(reuseAfter, readSize);
    const stop = Math.min(end, size);
    let position = start;
    while (position < stop) {
      const chunk = await read(position, Math.min(readSize, stop - position), ring?.next());
      if (chunk.length === 0) throw new MigratorError('LOCAL_IO', `${name} became shorter while it was read`);
      yield chunk;
      position += chunk.length;
    }
  }
  return { size, read, stream, close };
}

/** Opens a file for reading. USAGE when it is missing or no regular file, LOCAL_IO when it cannot be read. */
export async function openFileSource(path: string): Promise<FileSource> {
  const quoted = `"${path}"`;
  let handle: FileHandle;
  try {
    // Checked before it is opened, because opening a named pipe waits for its writer.
    const stats = await stat(path);
    if (stats.isDirectory())
      throw new MigratorError('USAGE', `${quoted} is a folder, not a file`, {
        hint: 'name a file; "migrator package seal" makes a package of a folder',
        details: { path },
      });
    if (!stats.isFile()) {
      throw new MigratorError('USAGE', `${quoted} is not a regular file`, {
        hint: 'to read from a pipe, send it to standard input and give "-" as the file',
        details: { path },
      });
    }
    handle = await open(path, 'r');
  } catch (error) {
    const code = systemCode(error);
    if (code === 'ENOENT' || code === 'ENOTDIR') {
      throw new MigratorError('USAGE', `there is no file ${quoted}`, {
        hint: 'check the name of the file, and the folder in which the command runs',
        details: { path },
        cause: error,
      });
    }
    throw localError(error, `could not open ${quoted}`);
  }
  const { size } = await handle.stat();
  return sourceOver(handle, size, quoted, () => handle.close());
}
