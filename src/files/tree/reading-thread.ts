import { Worker } from 'node:worker_threads';

/** A file as it was seen in its folder; reading it gives LOCAL_IO when it is not that any more. */
export interface SeenFile {
  readonly file: string;
  readonly size: number;
  /** Milliseconds since 1970, with fractions. */
  readonly modified: number;
}

/** Why a file could not be read: what the system said to opening or reading it, or no code when it has changed. */
export interface ReadFault {
  readonly index: number;
  readonly step: 'open' | 'read';
  readonly code: string | undefined;
}

export const batchBytes = 1024 * 1024;
const slotCount = 3;

/** Runs in the thread: the files of a batch one behind the other into a slot of the shared memory, up to the first that fails. */
const program = `
const { parentPort, workerData: { memory, batchBytes, flags } } = require('node:worker_threads');
const { closeSync, fstatSync, openSync, readSync } = require('node:fs');
function read({ file, size, modified }, into) {
  let descriptor;
  try {
    descriptor = openSync(file, flags);
  } catch ({ code }) {
    return { step: 'open', code };
  }
  try {
    let filled = 0;
    for (let count = 1; count > 0 && filled < size; filled += count) {
      count = readSync(descriptor, into, filled, size - filled, null);
    }
    const after = fstatSync(descriptor);
    if (filled !== size || after.size !== size || after.mtimeMs !== modified) return { step: 'read' };
  } catch ({ code }) {
    return { step: 'read', code };
  } finally {
    closeSync(descriptor);
  }
}
parentPort.on('message', ({ slot, files }) => {
  let offset = slot * batchBytes;
  for (let index = 0; index < files.length; index += 1) {
    const fault = read(files[index], new Uint8Array(memory, offset, files[index].size));
    if (fault !== undefined) return parentPort.postMessage({ index, ...fault });
    offset += files[index].size;
  }
  parentPort.postMessage(undefined);
});`;

interface Batch {
  readonly bytes: Uint8Array;
  readonly fault: ReadFault | undefined;
}

/**
 * Reads many small files on another core, a batch of at most a megabyte at a time: opening and closing a file takes longer than
 * all that is done with its few bytes afterwards. `close` is due on every way out.
 */
export class ReadingThread {
  readonly #memory = new SharedArrayBuffer(slotCount * batchBytes);
  readonly #worker: Worker;
  readonly #waiting: { readonly resolve: (batch: Batch) => void; readonly reject: (error: unknown) => void }[] = [];
  #asked = 0;
  #answered = 0;

  /** `flags`: what the files are opened with. */
  constructor(flags: number) {
    this.#worker = new Worker(program, {
      eval: true,
      workerData: { memory: this.#memory, batchBytes, flags },
      execArgv: [],
      resourceLimits: { maxOldGenerationSizeMb: 16, maxYoungGenerationSizeMb: 1 },
    });
    this.#worker.on('message', (fault: ReadFault | undefined) => {
      const bytes = new Uint8Array(this.#memory, (this.#answered % slotCount) * batchBytes, batchBytes);
      this.#answered += 1;
      this.#waiting.shift()?.resolve({ bytes, fault });
    });
    this.#worker.on('error', (error) => {
      for (const { reject } of this.#waiting.splice(0)) reject(error);
    });
  }

  /** The bytes of the files, one behind the other. They hold until two further batches have been asked for. */
  read(files: readonly SeenFile[]): Promise<Batch> {
    const slot = this.#asked % slotCount;
    this.#asked += 1;
    const answer = new Promise<Batch>((resolve, reject) => {
      this.#waiting.push({ resolve, reject });
    });
    this.#worker.postMessage({ slot, files: files.map(({ file, size, modified }) => ({ file, size, modified })) });
    return answer;
  }

  async close(): Promise<void> {
    await this.#worker.terminate();
  }
}
