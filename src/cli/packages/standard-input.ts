import { open, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { addAbortSignal, Readable } from 'node:stream';
import { MigratorError } from '../../errors.ts';
import { sourceOver, type FileSource } from '../../files/file-source.ts';
import { localError } from '../../files/local-error.ts';
import { temporaryFolder } from '../../files/private-folder.ts';
import type { IO } from '../terminal/io.ts';

/**
 * Copies standard input to a private temporary file, because a package is read more than once. `close` removes the
 * file. Except on Windows, its name is removed at once, so that a killed run leaves no file. USAGE when standard input
 * is a terminal or empty; CANCELLED when the signal aborts.
 */
export async function openStdinSource(io: IO, signal?: AbortSignal): Promise<FileSource> {
  if (io.stdinIsTTY) {
    throw new MigratorError('USAGE', 'a package cannot be read from a terminal', {
      hint: 'send the package through a pipe, or give the name of a file',
    });
  }
  const folder = await temporaryFolder('stdin');
  const removeFolder = (): Promise<void> => rm(folder, { recursive: true, force: true, maxRetries: 3 });
  try {
    const handle = await open(join(folder, 'package'), 'wx+', 0o600);
    const close = async (): Promise<void> => {
      await handle.close();
      await removeFolder();
    };
    try {
      if (io.platform !== 'win32') await removeFolder();
      let size = 0;
      if (signal !== undefined && io.stdin instanceof Readable) addAbortSignal(signal, io.stdin);
      for await (const chunk of io.stdin) {
        const bytes = typeof chunk === 'string' ? Buffer.from(chunk) : chunk;
        let done = 0;
        while (done < bytes.length) {
          done += (await handle.write(bytes, done, bytes.length - done, size + done)).bytesWritten;
        }
        size += bytes.length;
      }
      if (size === 0)
        throw new MigratorError('USAGE', 'standard input is empty', {
          hint: 'send the package through a pipe, or give the name of a file',
        });
      return sourceOver(handle, size, 'standard input', close);
    } catch (error) {
      await close();
      if (signal?.aborted === true) {
        throw new MigratorError('CANCELLED', 'interrupted while reading standard input', { cause: error });
      }
      throw error;
    }
  } catch (error) {
    await removeFolder();
    throw localError(error, 'could not copy standard input to a temporary file');
  }
}
