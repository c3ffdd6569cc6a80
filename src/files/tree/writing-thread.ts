import { Worker } from 'node:worker_threads';

const batchBytes = 1024 * 1024;
/** Empty files fill no batch. */
const batchFiles = 1000;
const slotCount = 3;

/** Runs in the thread: writes the files of a batch out of a slot of the shared memory, up to the first that fails. */
const program = `
const { parentPort, workerData: { memory, batchBytes } } = require('node:worker_threads');
const { closeSync, fsyncSync, mkdirSync, openSync, writeSync } = require('node:fs');
const { dirname } = require('node:path');
const folders = new Set();
function write({ target, sync }, bytes) {
  const folder = dirname(target);
  if (!folders.has(folder)) {
    mkdirSync(folder, { recursive: true });
    folders.add(folder);
  }
  const descriptor = openSync(target, 'wx', 0o666);
  try {
    for (let done = 0; done < bytes.length;) done += writeSync(descriptor, bytes, done);
    if (sync) fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}
let failed = false;
parentPort.on('message', ({ slot, files }) => {
  let offset = slot * batchBytes;
  for (let index = 0; index < files.length && !failed; index += 1) {
    const { size } = files[index];
    try {
      write(files[index], new Uint8Array(memory, offset, size));
    } catch (error) {
      failed = true;
      parentPort.postMessage({ slot, path: files[index].path, code: error.code, message: error.message });
      return;
    }
    offset += size;
  }
  parentPort.postMessage({ slot });
});`;

interface Answer {
  readonly slot: number;
  readonly path?: string;
  readonly code?: string;
  readonly message?: string;
}

interface QueuedFile {
  readonly path: string;
  readonly target: string;
  readonly size: number;
  readonly sync: boolean;
}

/**
 * Writes many small files on another core, a batch of at most a megabyte at a time: opening and closing a file takes longer than
 * all that is done with its few bytes before. A file that fails is told of later, by `write` or `flush`, and nothing is written
 * after it. `close` is due on every way out; what was not flushed may be there then or not.
 */
export class WritingThread {
  readonly #memory = new SharedArrayBuffer(slotCount * batchBytes);
  readonly #worker = new Worker(program, {
    eval: true,
    workerData: { memory: this.#memory, batchBytes },
    execArgv: [],
    resourceLimits: { maxOldGenerationSizeMb: 16, maxYoungGenerationSizeMb: 1 },
  });
  readonly #free = Array.from({ length: slotCount }, (_, slot) => slot);
  readonly #explain: (path: string, error: unknown) => unknown;
  #files: QueuedFile[] = [];
  #bytes = 0;
  #failure: { readonly error: unknown } | undefined;
  #wake: () => void = () => undefined;

  /** `explain` turns what the system said of a file into what is thrown. */
  constructor(explain: (path: string, error: unknown) => unknown) {
    this.#explain = explain;
    this.#worker.on('message', ({ slot, path, code, message }: Answer) => {
      this.#free.push(slot);
      if (path !== undefined) this.#fail(this.#explain(path, Object.assign(new Error(message), { code })));
      this.#wake();
    });
    this.#worker.on('error', (error) => {
      this.#fail(error);
      this.#wake();
    });
  }

  /** Of at most a megabyte, and done with once this is settled; undefined when it is at once. `path` is what `explain` is told. */
  write(path: string, target: string, bytes: Uint8Array, sync: boolean): Promise<void> | undefined {
    if (this.#failure === undefined && this.#hasRoom(bytes.length)) {
      this.#put(path, target, bytes, sync);
      return undefined;
    }
    return this.#writeLater(path, target, bytes, sync);
  }

  /** Once everything is written. */
  async flush(): Promise<void> {
    this.#post();
    while (this.#free.length < slotCount) await this.#answer();
    this.#check();
  }

  async close(): Promise<void> {
    await this.#worker.terminate();
  }

  #hasRoom(bytes: number): boolean {
    return this.#free.length > 0 && this.#bytes + bytes <= batchBytes && this.#files.length < batchFiles;
  }

  async #writeLater(path: string, target: string, bytes: Uint8Array, sync: boolean): Promise<void> {
    this.#check();
    this.#post();
    while (!this.#hasRoom(bytes.length)) await this.#answer();
    this.#check();
    this.#put(path, target, bytes, sync);
  }

  /** Into the first free slot, which is taken when it is posted. */
  #put(path: string, target: string, bytes: Uint8Array, sync: boolean): void {
    const slot = this.#free[0] ?? 0;
    new Uint8Array(this.#memory, slot * batchBytes + this.#bytes, bytes.length).set(bytes);
    this.#files.push({ path, target, size: bytes.length, sync });
    this.#bytes += bytes.length;
  }

  #post(): void {
    if (this.#files.length === 0) return;
    this.#worker.postMessage({ slot: this.#free.shift(), files: this.#files });
    this.#files = [];
    this.#bytes = 0;
  }

  async #answer(): Promise<void> {
    this.#check();
    await new Promise<void>((resolve) => {
      this.#wake = resolve;
    });
  }

  #fail(error: unknown): void {
    this.#failure ??= { error };
  }

  #check(): void {
    if (this.#failure !== undefined) throw this.#failure.error;
  }
}
