import type { ByteStream } from './artifact.ts';

/** Random access to bytes: a file, or a buffer in tests. */
export interface ByteSource {
  readonly size: number;
  /** `length` bytes from `position`; fewer only at the end. */
  read(position: number, length: number): Promise<Uint8Array>;
  /**
   * The bytes from `start` up to and without `end`, in chunks of up to 1 MiB. Without `reuseAfter` each chunk has its
   * own memory. With it, a chunk's memory is used again for the chunk that comes so many later, and every chunk but the
   * last has 1 MiB.
   */
  stream(start: number, end: number, reuseAfter?: number): ByteStream;
}

/** A place to write a package to. Nothing is visible under the final name before `commit`. */
export interface ByteSink {
  /** The caller may use the chunk's memory again when the promise is settled. */
  write(chunk: Uint8Array): Promise<void>;
  /** Overwrites bytes that were written before: a header gets its size when the size is known. */
  patch(position: number, bytes: Uint8Array): Promise<void>;
  /** Makes the bytes durable and gives them their name. CONFLICT when something has that name by then. */
  commit(): Promise<void>;
  /** Removes what was written. Does nothing after `commit`. */
  discard(): Promise<void>;
}
