import { createHash } from 'node:crypto';
import { ThreadSlots, type ModuleSource } from '../streams/thread-slots.ts';

/** Below this, starting a thread costs more than the hashing. */
const threadFromBytes = 16 * 1024 * 1024;
/** What is kept of a stream of unknown length until it is found to be long. */
const growFromBytes = 4 * 1024 * 1024;
const slotBytes = 1024 * 1024;
const slotCount = 4;

interface Step {
  /** Tells the hashes that share the thread from each other. */
  readonly id: number;
  /** Bytes in the slot to be added; `digest` asks for the digest, `forget` lets go of the hash. */
  readonly what: number | 'digest' | 'forget';
}

/** Runs in a thread, from its own text: nothing outside of it may be used. */
function hashInThread(node: ModuleSource) {
  const { createHash } = node.getBuiltinModule('node:crypto');
  const hashes = new Map<number, ReturnType<typeof createHash>>();
  return ({ id, what }: Step, memory: Uint8Array): string | undefined => {
    if (what === 'forget') {
      hashes.delete(id);
      return undefined;
    }
    const hash = hashes.get(id) ?? createHash('sha256');
    hashes.set(id, hash);
    if (what === 'digest') return hash.digest('hex');
    hash.update(memory.subarray(0, what));
    return undefined;
  };
}

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

/** The one thread that hashes, for as long as somebody needs it; a second would cost more memory than it saves time. */
let shared: ThreadSlots<Step, string | undefined> | undefined;
let users = 0;
let ids = 0;

/** The caller reads, ciphers and writes while another core hashes. */
class ThreadHash implements StreamHash {
  readonly #slots = (shared ??= new ThreadSlots(hashInThread, slotCount, slotBytes));
  readonly #id = (ids += 1);
  #isOpen = true;

  constructor() {
    users += 1;
  }

  update(chunk: Uint8Array): Promise<void> | undefined {
    const rest = this.#post(chunk);
    return rest.length === 0 ? undefined : this.#updateLater(rest);
  }

  async digest(): Promise<string> {
    return (await this.#slots.ask({ id: this.#id, what: 'digest' })) ?? '';
  }

  close(): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    void this.#slots.ask({ id: this.#id, what: 'forget' });
    users -= 1;
    if (users > 0) return;
    shared = undefined;
    void this.#slots.close();
  }

  async #updateLater(chunk: Uint8Array): Promise<void> {
    for (let rest = chunk; rest.length > 0; rest = this.#post(rest)) await this.#slots.room();
  }

  /** Gives back what there was no room for. */
  #post(chunk: Uint8Array): Uint8Array {
    let rest = chunk;
    while (rest.length > 0 && !this.#slots.isFull) {
      const part = rest.subarray(0, slotBytes);
      this.#slots.memory.set(part);
      void this.#slots.ask({ id: this.#id, what: part.length });
      rest = rest.subarray(part.length);
    }
    return rest;
  }
}
