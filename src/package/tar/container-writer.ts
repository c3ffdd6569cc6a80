import { createHash } from 'node:crypto';
import type { ByteStream } from '../../ports/artifact.ts';
import type { ByteSink } from '../../ports/bytes.ts';
import { stopIfAborted } from '../../streams/interruptible.ts';
import { createStreamHash } from '../stream-hash.ts';
import { blockBytes, HeaderForm, padding } from './header.ts';

export interface Written {
  readonly size: number;
  /** SHA-256, lower-case hex. */
  readonly sha256: string;
}

/** Writes the members of a container (§1) one after the other. */
export class ContainerWriter {
  readonly #sink: ByteSink;
  readonly #form: HeaderForm;
  #position = 0;

  /** `time` in seconds since 1970. */
  constructor(sink: ByteSink, time: number) {
    this.#sink = sink;
    this.#form = new HeaderForm(time);
  }

  /** For a content of unknown size: the size is written into the header at the end. */
  async addStream(name: string, stream: ByteStream, signal: AbortSignal): Promise<Written> {
    const headerAt = this.#position;
    await this.#write(this.#form.encode(name, 0));
    const hash = createStreamHash(undefined);
    const start = this.#position;
    // One write is under way while the next piece is made.
    let writing = Promise.resolve();
    try {
      for await (const piece of stream) {
        stopIfAborted(signal);
        await Promise.all([hash.update(piece), writing]);
        writing = this.#write(piece);
        writing.catch(() => undefined);
      }
      await writing;
      const size = this.#position - start;
      await this.#write(Buffer.alloc(padding(size)));
      await this.#sink.patch(headerAt, this.#form.encode(name, size));
      return { size, sha256: await hash.digest() };
    } finally {
      await Promise.allSettled([writing]);
      hash.close();
    }
  }

  async add(name: string, bytes: Uint8Array): Promise<Written> {
    await this.#write(
      Buffer.concat([this.#form.encode(name, bytes.length), bytes, Buffer.alloc(padding(bytes.length))]),
    );
    return { size: bytes.length, sha256: createHash('sha256').update(bytes).digest('hex') };
  }

  /** Ends the tar; returns the bytes of the whole package. */
  async end(): Promise<number> {
    await this.#write(Buffer.alloc(2 * blockBytes));
    return this.#position;
  }

  async #write(bytes: Uint8Array): Promise<void> {
    this.#position += bytes.length;
    if (bytes.length > 0) await this.#sink.write(bytes);
  }
}
