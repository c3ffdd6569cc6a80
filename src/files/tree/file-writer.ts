import { mkdir, open } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { ByteStream } from '../../ports/artifact.ts';
import { Turns } from './event-loop-pauses.ts';
import { manyFiles, smallBytes, systemError, writeSmallFiles } from './small-files.ts';
import { WritingThread } from './writing-thread.ts';

/**
 * Writes files below a folder of ours. They are not flushed one by one: the package they come from stays, and a crash of the
 * machine is answered by opening it again.
 */
export class FileWriter {
  readonly #writeHere = writeSmallFiles(process);
  readonly #turns = new Turns();
  readonly #explain: (path: string, error: unknown) => unknown;
  #atHand = 0;
  #thread: WritingThread | undefined;

  /** `explain` turns the failure of a file into what is thrown. */
  constructor(explain: (path: string, error: unknown) => unknown) {
    this.#explain = explain;
  }

  /** A failure may be one of an earlier file. `path` is what a failure names. */
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

  /** Once all files are written. */
  async flush(): Promise<void> {
    await this.#thread?.flush();
  }

  /** Nothing is written any more afterwards. */
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
        // Kept for longer than its memory may be good for.
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
    await this.#turns.take();
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
  // One write is under way while the next chunk is made.
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
