import type { ByteStream } from './artifact.ts';

/** Random access to bytes: a file, or a buffer in tests. */
export interface ByteSource {
  readonly size: number;
  /** Reads exactly `length` bytes from `position`, or fewer at the end. */
  read(position: number, length: number): Promise<Uint8Array>;
  /**
   * Streams the bytes from `start` up to, but not including, `end`, in chunks of up to 1 MiB. Without `reuseAfter`,
   * each chunk has its own memory. With it, the memory of a chunk may be reused that many chunks later, and all chunks
   * except the last have 1 MiB.
   */
  stream(start: number, end: number, reuseAfter?: number): ByteStream;
}

/** A place to write a package to. Nothing is visible under the final name before `commit`. */
export interface ByteSink {
  /** The caller may reuse the memory of the chunk when the promise is settled. */
  write(chunk: Uint8Array): Promise<void>;
  /** Overwrites bytes that were written before. Used to write a size into a header when the size is known. */
  patch(position: number, bytes: Uint8Array): Promise<void>;
  /** Makes the bytes durable and gives them their final name. CONFLICT when the name is in use by then. */
  commit(): Promise<void>;
  /** Removes what was written. Does nothing after `commit`. */
  discard(): Promise<void>;
}
