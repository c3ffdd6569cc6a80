import { ThreadSlots } from '../../streams/thread-slots.ts';
import { batchBytes, batchSlots, systemError, writeSmallFiles, type NewFile } from './small-files.ts';

/** Empty files fill no batch. */
const batchFiles = 1000;

/**
 * Writes many small files on another core: opening and closing a file takes longer than all that is done with its few bytes
 * before. A file that fails is told of later, by `write` or `flush`. `close` is due on every way out; what was not flushed
 * may be there then or not.
 */
export class WritingThread {
  readonly #thread = new ThreadSlots(writeSmallFiles, batchSlots, batchBytes);
  readonly #explain: (path: string, error: unknown) => unknown;
  #files: NewFile[] = [];
  #paths: string[] = [];
  #bytes = 0;
  #written = Promise.resolve();
  #failure: { readonly error: unknown } | undefined;

  /** `explain` turns what the system said of a file into what is thrown. */
  constructor(explain: (path: string, error: unknown) => unknown) {
    this.#explain = explain;
  }

  /**
   * `bytes`: at most a megabyte; they may be used again once this settles, or at once when it is undefined. `path` is what
   * `explain` is told.
   */
  write(path: string, target: string, bytes: Uint8Array, sync: boolean): Promise<void> | undefined {
    if (!this.#hasRoom(bytes.length)) return this.#writeLater(path, target, bytes, sync);
    this.#put(path, target, bytes, sync);
    return undefined;
  }

  /** Settles once everything is written. */
  async flush(): Promise<void> {
    this.#post();
    await this.#written;
    this.#check();
  }

  async close(): Promise<void> {
    await this.#thread.close();
  }

  #hasRoom(bytes: number): boolean {
    return (
      this.#failure === undefined &&
      !this.#thread.isFull &&
      this.#bytes + bytes <= batchBytes &&
      this.#files.length < batchFiles
    );
  }

  async #writeLater(path: string, target: string, bytes: Uint8Array, sync: boolean): Promise<void> {
    this.#check();
    while (!this.#hasRoom(bytes.length)) {
      this.#post();
      await this.#thread.room();
      this.#check();
    }
    this.#put(path, target, bytes, sync);
  }

  #put(path: string, target: string, bytes: Uint8Array, sync: boolean): void {
    this.#thread.memory.set(bytes, this.#bytes);
    this.#files.push({ target, size: bytes.length, sync });
    this.#paths.push(path);
    this.#bytes += bytes.length;
  }

  #post(): void {
    if (this.#files.length === 0) return;
    const paths = this.#paths;
    this.#written = this.#thread.ask(this.#files).then(
      (fault) => {
        if (fault !== undefined)
          this.#failure ??= { error: this.#explain(paths[fault.index] ?? '', systemError(fault)) };
      },
      (error: unknown) => {
        this.#failure ??= { error };
      },
    );
    this.#files = [];
    this.#paths = [];
    this.#bytes = 0;
  }

  #check(): void {
    if (this.#failure !== undefined) throw this.#failure.error;
  }
}
