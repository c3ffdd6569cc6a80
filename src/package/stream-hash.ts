import { createHash } from 'node:crypto';
import { Worker } from 'node:worker_threads';

/** Below this, starting a thread costs more than the hashing. */
const threadFromBytes = 16 * 1024 * 1024;
/** What is kept of a stream of unknown length until it is found to be long. */
const growFromBytes = 4 * 1024 * 1024;
const slotBytes = 1024 * 1024;
const slotCount = 4;

/** Runs in the thread: a slot of the shared memory is hashed and given back; -1 asks for the digest. */
const program = `
const { parentPort, workerData } = require('node:worker_threads');
const hash = require('node:crypto').createHash('sha256');
parentPort.on('message', ({ slot, start, length }) => {
  if (slot === -1) parentPort.postMessage(hash.digest('hex'));
  else {
    hash.update(new Uint8Array(workerData, start, length));
    parentPort.postMessage(slot);
  }
});`;

/** SHA-256 of many bytes. `close` is due on every way out. */
export interface StreamHash {
  /** The chunk may be used again once this is settled; undefined when it is at once. */
  update(chunk: Uint8Array): Promise<void> | undefined;
  /** Lower-case hex. */
  digest(): Promise<string>;
  close(): void;
}

/**
 * `size`: bytes that are expected; they decide whether a thread of its own pays. When it is undefined the first few chunks
 * decide, and must not change afterwards.
 */
export function createStreamHash(size: number | undefined): StreamHash {
  if (size === undefined) return new GrowingHash();
  return size < threadFromBytes ? new PlainHash() : new ThreadHash();
}

/** Keeps what comes until there is enough for a thread, or an end. */
class GrowingHash implements StreamHash {
  #held: Uint8Array[] = [];
  #heldBytes = 0;
  #hash: StreamHash | undefined;

  update(chunk: Uint8Array): Promise<void> | undefined {
    if (this.#hash !== undefined) return this.#hash.update(chunk);
    this.#held.push(chunk);
    this.#heldBytes += chunk.length;
    return this.#heldBytes < growFromBytes ? undefined : this.#pass(new ThreadHash());
  }

  async digest(): Promise<string> {
    if (this.#hash === undefined) await this.#pass(new PlainHash());
    return (this.#hash ?? new PlainHash()).digest();
  }

  close(): void {
    this.#hash?.close();
  }

  async #pass(hash: StreamHash): Promise<void> {
    this.#hash = hash;
    for (const chunk of this.#held) await hash.update(chunk);
    this.#held = [];
  }
}

class PlainHash implements StreamHash {
  readonly #hash = createHash('sha256');

  update(chunk: Uint8Array): undefined {
    this.#hash.update(chunk);
  }

  digest(): Promise<string> {
    return Promise.resolve(this.#hash.digest('hex'));
  }

  close(): void {
    // Nothing is held.
  }
}

/** The caller reads, ciphers and writes while another core hashes. */
class ThreadHash implements StreamHash {
  readonly #memory = new SharedArrayBuffer(slotCount * slotBytes);
  readonly #free = Array.from({ length: slotCount }, (_, slot) => slot);
  readonly #worker = new Worker(program, {
    eval: true,
    workerData: this.#memory,
    execArgv: [],
    // The thread only ever handles small messages; its heap should not grow for them.
    resourceLimits: { maxOldGenerationSizeMb: 16, maxYoungGenerationSizeMb: 1 },
  });
  #failure: Error | undefined;
  #digest: string | undefined;
  #wake: () => void = () => undefined;

  constructor() {
    this.#worker.on('message', (answer: number | string) => {
      if (typeof answer === 'string') this.#digest = answer;
      else this.#free.push(answer);
      this.#wake();
    });
    this.#worker.on('error', (error) => {
      this.#failure = error instanceof Error ? error : new Error('the hashing thread failed', { cause: error });
      this.#wake();
    });
  }

  update(chunk: Uint8Array): Promise<void> | undefined {
    for (let offset = 0; offset < chunk.length;) {
      const slot = this.#free.pop();
      if (slot === undefined) return this.#updateLater(chunk.subarray(offset));
      offset += this.#post(slot, chunk, offset);
    }
    return undefined;
  }

  async digest(): Promise<string> {
    this.#worker.postMessage({ slot: -1 });
    while (this.#digest === undefined) await this.#answer();
    return this.#digest;
  }

  close(): void {
    void this.#worker.terminate();
  }

  async #updateLater(chunk: Uint8Array): Promise<void> {
    for (let offset = 0; offset < chunk.length;) {
      const slot = this.#free.pop();
      if (slot === undefined) await this.#answer();
      else offset += this.#post(slot, chunk, offset);
    }
  }

  #post(slot: number, chunk: Uint8Array, offset: number): number {
    const start = slot * slotBytes;
    const length = Math.min(slotBytes, chunk.length - offset);
    new Uint8Array(this.#memory, start, length).set(chunk.subarray(offset, offset + length));
    this.#worker.postMessage({ slot, start, length });
    return length;
  }

  async #answer(): Promise<void> {
    if (this.#failure === undefined) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
    if (this.#failure !== undefined) throw this.#failure;
  }
}
