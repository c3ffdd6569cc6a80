import type { ByteStream } from '../ports/artifact.ts';

/**
 * Reads a stream by counts of bytes: `fill` waits for them; `take` and `takeSome` return them, if possible uncopied.
 */
export class ByteReader {
  readonly #iterator: AsyncIterator<Uint8Array>;
  #chunks: Uint8Array[] = [];
  #available = 0;
  #ended = false;

  constructor(stream: ByteStream) {
    this.#iterator = stream[Symbol.asyncIterator]();
  }

  get available(): number {
    return this.#available;
  }

  /** True once at least `count` bytes are available; false when the stream ends before. */
  async fill(count: number): Promise<boolean> {
    while (this.#available < count && !this.#ended) {
      const result = await this.#iterator.next();
      if (result.done === true) this.#ended = true;
      else if (result.value.length > 0) {
        this.#chunks.push(result.value);
        this.#available += result.value.length;
      }
    }
    return this.#available >= count;
  }

  /** Exactly `count` bytes, after `fill`. Bytes of several chunks are joined, in `memory` when that is given. */
  take(count: number, memory?: Uint8Array): Uint8Array {
    const first = this.#chunks[0];
    if (first === undefined || first.length >= count) return this.takeSome(count);
    const whole = memory?.subarray(0, count) ?? Buffer.allocUnsafe(count);
    for (let filled = 0; filled < count;) {
      const part = this.takeSome(count - filled);
      whole.set(part, filled);
      filled += part.length;
    }
    return whole;
  }

  /** At most `max` of the available bytes, as one piece. */
  takeSome(max: number): Uint8Array {
    const first = this.#chunks[0];
    if (first === undefined) return Buffer.alloc(0);
    if (first.length <= max) {
      this.#chunks.shift();
      this.#available -= first.length;
      return first;
    }
    this.#chunks[0] = first.subarray(max);
    this.#available -= max;
    return first.subarray(0, max);
  }

  async close(): Promise<void> {
    this.#ended = true;
    this.#chunks = [];
    this.#available = 0;
    await this.#iterator.return?.();
  }
}

/** The same bytes in pieces of exactly `size`; the last may be shorter. */
export async function* regroup(stream: ByteStream, size: number): AsyncGenerator<Uint8Array, void> {
  const reader = new ByteReader(stream);
  try {
    while (await reader.fill(size)) yield reader.take(size);
    if (reader.available > 0) yield reader.take(reader.available);
  } finally {
    await reader.close();
  }
}
