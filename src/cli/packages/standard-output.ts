import { open, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { MigratorError } from '../../errors.ts';
import { sourceOver } from '../../files/file-source.ts';
import { localError } from '../../files/local-error.ts';
import { temporaryFolder } from '../../files/private-folder.ts';
import type { ByteSink } from '../../ports/bytes.ts';
import type { Output } from '../terminal/io.ts';

/**
 * Writes a package to standard output. A package is patched while it is written, so it is kept in a private temporary
 * file until it is complete. A run that fails writes nothing to standard output. LOCAL_IO when the reader closes its
 * end too early.
 */
export async function createStdoutSink(output: Output): Promise<ByteSink> {
  const folder = await temporaryFolder('stdout');
  const remove = () => rm(folder, { recursive: true, force: true, maxRetries: 3 });
  const handle = await open(join(folder, 'package'), 'wx+', 0o600).catch(async (error: unknown) => {
    await remove();
    throw localError(error, 'could not create a temporary file for the package');
  });
  let end = 0;
  const put = async (bytes: Uint8Array, start: number): Promise<void> => {
    try {
      for (let done = 0; done < bytes.length;) {
        done += (await handle.write(bytes, done, bytes.length - done, start + done)).bytesWritten;
      }
    } catch (error) {
      throw localError(error, 'could not write the package to a temporary file');
    }
  };
  let over = false;
  const discard = async (): Promise<void> => {
    if (over) return;
    over = true;
    await handle.close();
    await remove();
  };
  return {
    write: async (chunk) => {
      await put(chunk, end);
      end += chunk.length;
    },
    patch: (position, bytes) => put(bytes, position),
    commit: async () => {
      const source = sourceOver(handle, end, 'the package', () => Promise.resolve());
      for await (const chunk of source.stream(0, end)) {
        output.write(chunk);
        // One chunk at a time, so that a slow reader does not make the output fill the memory.
        await output.flush?.();
        if (output.left?.() === true) {
          throw new MigratorError(
            'LOCAL_IO',
            'the reader of standard output closed it before the package was complete',
          );
        }
      }
      await discard();
    },
    discard,
  };
}
