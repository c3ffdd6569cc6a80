import { createHash } from 'node:crypto';
import { Worker } from 'node:worker_threads';

/** Below this, starting a thread costs more than the hashing. */
const threadFromBytes = 16 * 1024 * 1024;
/** What is kept of a stream of unknown length until it is found to be long. */
const growFromBytes = 4 * 1024 * 1024;
const slotBytes = 1024 * 1024;
const slotCount = 4;

/** Runs in the thread: a slot of the shared memory is hashed and given back; -1 asks for the digest, -2 forgets the hash. */
const program = `
const { parentPort, workerData } = require('node:worker_threads');
const { createHash } = require('node:crypto');
const hashes = new Map();
parentPort.on('message', ({ id, slot, start, length }) => {
  if (slot === -2) return hashes.delete(id);
  const hash = hashes.get(id) ?? createHash('sha256');
  hashes.set(id, hash);
  if (slot === -1) return parentPort.postMessage({ id, digest: hash.digest('hex') });
  hash.update(new Uint8Array(workerData, start, length));
  parentPort.postMessage({ slot });
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
 * decide.
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
    this.#held.push(new Uint8Array(chunk));
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

interface Answer {
  readonly slot?: number;
  readonly id?: number;
  readonly digest?: string;
}

/** The one thread that hashes, for as long as somebody needs it; a second would cost more memory than it saves time. */
class HashThread {
  static #shared: HashThread | undefined;
  readonly #memory = new SharedArrayBuffer(slotCount * slotBytes);
  readonly #free = Array.from({ length: slotCount }, (_, slot) => slot);
  readonly #digests = new Map<number, string>();
  readonly #worker = new Worker(program, {
    eval: true,
    workerData: this.#memory,
    execArgv: [],
    // The thread only ever handles small messages; its heap should not grow for them.
    resourceLimits: { maxOldGenerationSizeMb: 16, maxYoungGenerationSizeMb: 1 },
  });
  #users = 0;
  #ids = 0;
  #failure: Error | undefined;
  #waiting: (() => void)[] = [];

  static enter(): { readonly thread: HashThread; readonly id: number } {
    const thread = (HashThread.#shared ??= new HashThread());
    thread.#users += 1;
    thread.#ids += 1;
    return { thread, id: thread.#ids };
  }

  private constructor() {
    this.#worker.on('message', ({ slot, id, digest }: Answer) => {
      if (slot !== undefined) this.#free.push(slot);
      if (id !== undefined && digest !== undefined) this.#digests.set(id, digest);
      this.#wake();
    });
    this.#worker.on('error', (error) => {
      this.#failure = error instanceof Error ? error : new Error('the hashing thread failed', { cause: error });
      this.#wake();
    });
  }

  leave(id: number): void {
    this.#worker.postMessage({ id, slot: -2 });
    this.#digests.delete(id);
    this.#users -= 1;
    if (this.#users > 0) return;
    HashThread.#shared = undefined;
    void this.#worker.terminate();
  }

  /** Copies what there is room for, and says how much that was. */
  post(id: number, chunk: Uint8Array): number {
    const slot = this.#free.pop();
    if (slot === undefined) return 0;
    const start = slot * slotBytes;
    const length = Math.min(slotBytes, chunk.length);
    new Uint8Array(this.#memory, start, length).set(chunk.subarray(0, length));
    this.#worker.postMessage({ id, slot, start, length });
    return length;
  }

  async digest(id: number): Promise<string> {
    this.#worker.postMessage({ id, slot: -1 });
    for (;;) {
      const digest = this.#digests.get(id);
      if (digest !== undefined) return digest;
      await this.answer();
    }
  }

  async answer(): Promise<void> {
    if (this.#failure === undefined) {
      await new Promise<void>((resolve) => {
        this.#waiting.push(resolve);
      });
    }
    if (this.#failure !== undefined) throw this.#failure;
  }

  #wake(): void {
    for (const resume of this.#waiting.splice(0)) resume();
  }
}

/** The caller reads, ciphers and writes while another core hashes. */
class ThreadHash implements StreamHash {
  readonly #entered = HashThread.enter();
  #isOpen = true;

  update(chunk: Uint8Array): Promise<void> | undefined {
    const rest = this.#post(chunk);
    return rest.length === 0 ? undefined : this.#updateLater(rest);
  }

  digest(): Promise<string> {
    return this.#entered.thread.digest(this.#entered.id);
  }

  close(): void {
    if (this.#isOpen) this.#entered.thread.leave(this.#entered.id);
    this.#isOpen = false;
  }

  async #updateLater(chunk: Uint8Array): Promise<void> {
    for (let rest = chunk; rest.length > 0; rest = this.#post(rest)) await this.#entered.thread.answer();
  }

  /** What there was no room for. */
  #post(chunk: Uint8Array): Uint8Array {
    let rest = chunk;
    for (let posted = -1; posted !== 0 && rest.length > 0; rest = rest.subarray(posted)) {
      posted = this.#entered.thread.post(this.#entered.id, rest);
    }
    return rest;
  }
}
