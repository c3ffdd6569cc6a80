import { open, rm, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import type { ByteStream } from '../ports/artifact.ts';
import { sourceOver } from './file-source.ts';
import { localError } from './local-error.ts';
import { temporaryFolder } from './private-folder.ts';

/** Writes a stream of unknown length into a private temporary file, to find out its size. */
export async function spool(
  stream: ByteStream,
  signal: AbortSignal,
): Promise<{
  readonly size: number;
  content(): ByteStream;
  part(start: number, end: number): ByteStream;
  release(): Promise<void>;
}> {
  const folder = await temporaryFolder('spool');
  const remove = () => rm(folder, { recursive: true, force: true, maxRetries: 3 });
  let handle: FileHandle | undefined;
  try {
    const content = await open(join(folder, 'content'), 'wx+', 0o600);
    handle = content;
    let size = 0;
    for await (const chunk of stream) {
      signal.throwIfAborted();
      await content.writeFile(chunk);
      size += chunk.byteLength;
    }
    const source = sourceOver(content, size, 'the downloaded content', () => content.close());
    return {
      size,
      content: () => source.stream(0, size),
      part: (start, end) => source.stream(start, end),
      release: async () => {
        await source.close();
        await remove();
      },
    };
  } catch (error) {
    await handle?.close();
    await remove();
    throw localError(error, 'could not write a download to a temporary file');
  }
}
