import { createCipheriv, createDecipheriv } from 'node:crypto';
import type { ByteStream } from '../../ports/artifact.ts';
import { MemoryRing } from '../../streams/memory-ring.ts';
import { regroup, type ByteReader } from '../byte-reader.ts';
import { malformed } from '../refusal.ts';

/**
 * The STREAM of age: chunks of 64 KiB, each sealed with ChaCha20-Poly1305. The nonce is an 11-byte counter and a flag
 * for the last chunk, so exchanged or dropped chunks and a missing end are noticed. OpenSSL's cipher is several times
 * faster than WebAssembly. Sixteen chunks are worked on at a time.
 */
const chunkBytes = 64 * 1024;
const tagBytes = 16;
const sealedBytes = chunkBytes + tagBytes;
const perBatch = 16;
/** The memory of a batch is used again after this many batches. */
const ringTurns = 4;
const cipher = 'chacha20-poly1305';
const cipherOptions = { authTagLength: tagBytes };

/** A piece keeps its bytes until the third piece after it is asked for. */
export async function* encryptChunks(plain: ByteStream, key: Uint8Array): AsyncGenerator<Uint8Array, void> {
  const nonce = new Nonce();
  const ring = new MemoryRing(ringTurns, perBatch * sealedBytes);
  let held: Uint8Array | undefined;
  for await (const batch of regroup(plain, perBatch * chunkBytes)) {
    if (held !== undefined) yield sealBatch(held, ring.next(), key, nonce, false);
    held = batch;
  }
  yield sealBatch(held ?? new Uint8Array(0), ring.next(), key, nonce, true);
}

function sealBatch(plain: Uint8Array, memory: Uint8Array, key: Uint8Array, nonce: Nonce, isEnd: boolean): Uint8Array {
  const count = Math.max(1, Math.ceil(plain.length / chunkBytes));
  const sealed = memory.subarray(0, plain.length + count * tagBytes);
  for (let index = 0, offset = 0; index < count; index += 1) {
    const chunk = plain.subarray(index * chunkBytes, (index + 1) * chunkBytes);
    const seal = createCipheriv(cipher, key, nonce.next(isEnd && index === count - 1), cipherOptions);
    sealed.set(seal.update(chunk), offset);
    seal.final();
    sealed.set(seal.getAuthTag(), offset + chunk.length);
    offset += chunk.length + tagBytes;
  }
  return sealed;
}

/**
 * Hands out bytes only after their tags were checked. With `reuseMemory` they hold until the third piece after them.
 */
export async function* decryptChunks(
  reader: ByteReader,
  key: Uint8Array,
  reuseMemory: boolean,
): AsyncGenerator<Uint8Array, void> {
  const ring = reuseMemory ? new MemoryRing(ringTurns, perBatch * chunkBytes) : undefined;
  const nonce = new Nonce();
  // All batches can use the same memory, because each is opened at once.
  let memory: Uint8Array | undefined;
  for (;;) {
    // One byte beyond the batch tells whether the batch holds the last chunk.
    const isEnd = !(await reader.fill(perBatch * sealedBytes + 1));
    if (!isEnd) memory ??= Buffer.allocUnsafeSlow(perBatch * sealedBytes);
    const batch = isEnd ? reader.take(reader.available) : reader.take(perBatch * sealedBytes, memory);
    const opened = openBatch(batch, ring?.next() ?? Buffer.allocUnsafeSlow(batch.length), key, nonce, isEnd);
    if (opened.plain.length > 0) yield opened.plain;
    if (opened.fault !== undefined) throw opened.fault;
    if (isEnd) return;
  }
}

interface Opened {
  /** The genuine bytes before the fault. */
  readonly plain: Uint8Array;
  readonly fault?: Error;
}

function openBatch(sealed: Uint8Array, plain: Uint8Array, key: Uint8Array, nonce: Nonce, isEnd: boolean): Opened {
  const count = Math.max(1, Math.ceil(sealed.length / sealedBytes));
  let filled = 0;
  for (let index = 0; index < count; index += 1) {
    const chunk = sealed.subarray(index * sealedBytes, (index + 1) * sealedBytes);
    const isLast = isEnd && index === count - 1;
    const opened = openChunk(chunk, key, nonce.next(isLast));
    if (opened === undefined) {
      const misplaced = openChunk(chunk, key, nonce.again(!isLast));
      // The chunk is genuine but in the wrong place. Like age, we hand out a full chunk and then refuse.
      if (misplaced !== undefined && chunk.length === sealedBytes) filled += put(plain, misplaced, filled);
      return { plain: plain.subarray(0, filled), fault: chunkFault(chunk, misplaced !== undefined, isLast, nonce) };
    }
    if (isLast && opened.length === 0 && nonce.count > 1) {
      return { plain: plain.subarray(0, filled), fault: damaged('it ends in an empty chunk') };
    }
    filled += put(plain, opened, filled);
  }
  return { plain: plain.subarray(0, filled) };
}

function openChunk(sealed: Uint8Array, key: Uint8Array, nonce: Uint8Array): Uint8Array | undefined {
  if (sealed.length < tagBytes) return undefined;
  const open = createDecipheriv(cipher, key, nonce, cipherOptions);
  open.setAuthTag(sealed.subarray(-tagBytes));
  const plain = open.update(sealed.subarray(0, -tagBytes));
  try {
    open.final();
    return plain;
  } catch {
    // The tag does not fit; the caller finds out why.
    return undefined;
  }
}

/** `isMisplaced`: the chunk opens with the other flag, so it is genuine and in the wrong place. */
function chunkFault(chunk: Uint8Array, isMisplaced: boolean, isLast: boolean, nonce: Nonce): Error {
  if (chunk.length < tagBytes || (isMisplaced && isLast)) return cutShort();
  return damaged(isMisplaced ? 'bytes follow its last chunk' : `chunk ${nonce.count} is damaged or cut short`);
}

function put(target: Uint8Array, bytes: Uint8Array, offset: number): number {
  target.set(bytes, offset);
  return bytes.length;
}

function damaged(why: string): Error {
  return malformed('chunk', `the encrypted content is damaged: ${why}`);
}

function cutShort(): Error {
  return malformed('chunk', 'the encrypted content is cut short: its last chunk is missing');
}

class Nonce {
  count = 0;

  next(isLast: boolean): Uint8Array {
    this.count += 1;
    return this.again(isLast);
  }

  /** The nonce of the current chunk, with the flag as given. */
  again(isLast: boolean): Uint8Array {
    const nonce = Buffer.alloc(12);
    nonce.writeUIntBE(this.count - 1, 5, 6);
    nonce[11] = isLast ? 1 : 0;
    return nonce;
  }
}
