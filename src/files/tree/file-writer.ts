import { mkdir, open } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { ByteStream } from '../../ports/artifact.ts';
import { EventLoopPauses } from './event-loop-pauses.ts';
import { manyFiles, smallBytes, systemError, writeSmallFiles } from './small-files.ts';
import { WritingThread } from './writing-thread.ts';

/**
 * Writes files below a private folder. They are not synced to the disk one by one: after a crash of the machine the
 * package is still there and can be opened again.
 */
export class FileWriter {
  readonly #writeHere = writeSmallFiles(process);
  readonly #pauses = new EventLoopPauses();
  readonly #explain: (path: string, error: unknown) => unknown;
  #atHand = 0;
  #thread: WritingThread | undefined;

  /** `explain` turns the failure of a file into what is thrown. */
  constructor(explain: (path: string, error: unknown) => unknown) {
    this.#explain = explain;
  }

  /** May throw the failure of an earlier file. `path` is for `explain`. */
  async write(path: string, target: string, content: ByteStream | Uint8Array, sync: boolean): Promise<void> {
    if (content instanceof Uint8Array && content.length <= smallBytes && (this.#atHand += 1) > manyFiles) {
      this.#thread ??= new WritingThread(this.#explain);
      await this.#thread.write(path, target, content, sync);
      return;
    }
    try {
      if (content instanceof Uint8Array) await this.#writeSmall(target, [content], sync);
      else await this.#writeStream(target, content, sync);
    } catch (error) {
      throw this.#explain(path, error);
    }
  }

  /** Settles once all files are written. */
  async flush(): Promise<void> {
    await this.#thread?.flush();
  }

  /** Ends all writing. */
  async close(): Promise<void> {
    await this.#thread?.close();
    this.#thread = undefined;
  }

  async #writeStream(target: string, content: ByteStream, sync: boolean): Promise<void> {
    const chunks = content[Symbol.asyncIterator]();
    const first: Uint8Array[] = [];
    try {
      let size = 0;
      for (;;) {
        const next = await chunks.next();
        if (next.done === true) {
          await this.#writeSmall(target, first, sync);
          return;
        }
        // Copied, because its memory may be used again before it is written.
        first.push(new Uint8Array(next.value));
        size += next.value.length;
        if (size > smallBytes) break;
      }
      await mkdir(dirname(target), { recursive: true });
      await writeLarge(target, first, { [Symbol.asyncIterator]: () => chunks }, sync);
    } finally {
      await chunks.return?.();
    }
  }

  async #writeSmall(target: string, chunks: readonly Uint8Array[], sync: boolean): Promise<void> {
    await this.#pauses.whenDue();
    const [only] = chunks;
    const bytes = chunks.length === 1 && only !== undefined ? only : Buffer.concat(chunks);
    const fault = this.#writeHere([{ target, size: bytes.length, sync }], bytes);
    if (fault !== undefined) throw systemError(fault);
  }
}

async function writeLarge(
  target: string,
  first: readonly Uint8Array[],
  rest: ByteStream,
  sync: boolean,
): Promise<void> {
  const handle = await open(target, 'wx', 0o666);
  // Writes a chunk while the source makes the next.
  let writing = Promise.resolve();
  const put = async (chunk: Uint8Array): Promise<void> => {
    await writing;
    writing = handle.writeFile(chunk);
    writing.catch(() => undefined);
  };
  try {
    for (const chunk of first) await put(chunk);
    for await (const chunk of rest) await put(chunk);
    await writing;
    if (sync) await handle.sync();
  } finally {
    await Promise.allSettled([writing]);
    await handle.close();
  }
}
