import type { ByteStream } from '../ports/artifact.ts';

/** One file of a folder, or one object of a bucket. */
export interface Entry {
  /** Its path below the root of the store, with slashes. */
  readonly key: string;
  /** Bytes. */
  readonly size: number;
  /** By the clock of the server that keeps it. */
  readonly modifiedAt: Date;
  /** The server's mark of these bytes, when it has one. */
  readonly tag?: string | undefined;
}

export interface Content {
  /** Bytes. */
  readonly size: number;
  /** Fails at its end when the bytes are not those that were announced. */
  open(signal: AbortSignal): ByteStream;
}

/** What a kind of store does its own way. `feed.ts` makes a feed of it. */
export interface Shelf {
  /** How errors call it: `the bucket x`, `the folder "/srv/packages"`. */
  readonly name: string;
  /** All entries below a folder such as `Acme/`, or of the whole store for ''. None when there is no such folder. */
  list(below: string, signal: AbortSignal): AsyncIterable<Entry>;
  /**
   * Puts the content there. Nobody sees it before it is whole, and nothing of it stays when that fails. `made`: false
   * when something lay under that key. `proven`: the server's own sum of what it keeps is that of the content.
   */
  put(
    key: string,
    content: Content,
    signal: AbortSignal,
  ): Promise<{ readonly made: boolean; readonly proven: boolean }>;
  /** The bytes from `start` up to and without `end`. NOT_FOUND when it is gone. */
  read(entry: Entry, start: number, end: number, signal: AbortSignal): ByteStream;
  /** May be repeated. */
  remove(key: string, signal: AbortSignal): Promise<void>;
}
