import { createCipheriv, createHash } from 'node:crypto';
import { MigratorError } from '../../src/errors.ts';
import type { ByteSink, ByteSource } from '../../src/ports/bytes.ts';
import type { Random } from '../../src/ports/runtime.ts';

/** A ByteSource over a buffer. `reads` remembers what was asked for. */
export class MemorySource implements ByteSource {
  readonly reads: { readonly position: number; readonly length: number }[] = [];
  readonly #bytes: Uint8Array;
  readonly #chunkSize: number;

  constructor(bytes: Uint8Array, chunkSize = 1024 * 1024) {
    this.#bytes = bytes;
    this.#chunkSize = chunkSize;
  }

  get size(): number {
    return this.#bytes.length;
  }

  read(position: number, length: number): Promise<Uint8Array> {
    this.reads.push({ position, length });
    return Promise.resolve(this.#bytes.subarray(position, position + length));
  }

  /** Overwrites memory as soon as `reuseAfter` allows it, so that a reader that uses it for longer fails. */
  async *stream(start: number, end: number, reuseAfter?: number): AsyncGenerator<Uint8Array, void> {
    const given: Uint8Array[] = [];
    for (let position = start; position < end; position += this.#chunkSize) {
      const length = Math.min(this.#chunkSize, end - position);
      const bytes = await this.read(position, length);
      if (reuseAfter === undefined || this.#chunkSize < 1024 * 1024) yield bytes;
      else {
        if (given.length === reuseAfter) given.shift()?.fill(0xaa);
        given.push(Uint8Array.from(bytes));
        yield given.at(-1)!;
      }
    }
  }
}

/** A ByteSink that keeps the bytes, and whether it was committed or discarded. */
export class MemorySink implements ByteSink {
  state: 'open' | 'committed' | 'discarded' = 'open';
  largestWrite = 0;
  #pieces: Uint8Array[] = [];
  #size = 0;

  write(chunk: Uint8Array): Promise<void> {
    this.#mustBeOpen();
    this.#pieces.push(Uint8Array.from(chunk));
    this.#size += chunk.length;
    this.largestWrite = Math.max(this.largestWrite, chunk.length);
    return Promise.resolve();
  }

  patch(position: number, bytes: Uint8Array): Promise<void> {
    this.#mustBeOpen();
    if (position + bytes.length > this.#size) throw new Error('patch beyond what was written');
    const whole = this.bytes;
    whole.set(bytes, position);
    this.#pieces = [whole];
    return Promise.resolve();
  }

  commit(): Promise<void> {
    this.#mustBeOpen();
    this.state = 'committed';
    return Promise.resolve();
  }

  discard(): Promise<void> {
    if (this.state === 'open') this.state = 'discarded';
    return Promise.resolve();
  }

  get bytes(): Uint8Array {
    return Buffer.concat(this.#pieces);
  }

  #mustBeOpen(): void {
    if (this.state !== 'open') throw new MigratorError('LOCAL_IO', `the sink is ${this.state}`);
  }
}

/** The same bytes for the same seed, on every run. */
export function seededRandom(seed: string): Random {
  let count = 0;
  return {
    bytes(length) {
      count += 1;
      const key = createHash('sha256').update(seed).digest();
      const iv = createHash('md5').update(String(count)).digest();
      return createCipheriv('aes-256-ctr', key, iv).update(new Uint8Array(length));
    },
  };
}
