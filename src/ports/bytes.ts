import type { ByteStream } from './artifact.ts';

/** Random access to bytes at rest: a file, or a buffer in tests. */
export interface ByteSource {
  readonly size: number;
  /** Exactly `length` bytes from `position`, or fewer at the end. */
  read(position: number, length: number): Promise<Uint8Array>;
  /**
   * From `start` up to, not including, `end`; in chunks of up to 1 MiB. With `reuseAfter` the memory of a chunk may be used again for
   * the one that comes so many later, and all but the last are of 1 MiB then; without it each has its own.
   */
  stream(start: number, end: number, reuseAfter?: number): ByteStream;
}

/** Where a package is written. Nothing is visible under the final name before `commit`. */
export interface ByteSink {
  /** The chunk's memory may be used again once this is settled. */
  write(chunk: Uint8Array): Promise<void>;
  /** Overwrites bytes that were written before; used to put a size into a header once it is known. */
  patch(position: number, bytes: Uint8Array): Promise<void>;
  /** Makes it durable and gives it its name; CONFLICT when something has that name by then. */
  commit(): Promise<void>;
  /** Removes what was written; harmless after `commit`. */
  discard(): Promise<void>;
}
