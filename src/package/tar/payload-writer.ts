import { hash } from 'node:crypto';
import { Pax } from 'tar/pax';
import { MigratorError } from '../../errors.ts';
import { PathSet } from '../../portable-path.ts';
import type { ByteStream } from '../../ports/artifact.ts';
import { blocksAtOnce } from '../../streams/in-parallel.ts';
import { interruptible } from '../../streams/interruptible.ts';
import { MemoryRing } from '../../streams/memory-ring.ts';
import { batchBytes, maxManifestBytes, privateEntry, secretsEntry } from '../format.ts';
import type { ManifestFile } from '../manifest/manifest.ts';
import { createStreamHash } from '../stream-hash.ts';
import { blockBytes, fitsName, HeaderForm, padding } from './header.ts';

/** One file that goes into a package. */
export interface PayloadEntry {
  readonly path: string;
  /** Bytes; the content must have exactly this many. */
  readonly size: number;
  readonly mediaType?: string;
  /** Either a stream, or all bytes at once. Their memory may be used again when the next entry is asked for. */
  content(): ByteStream | Uint8Array;
}

const zeros = Buffer.alloc(blockBytes);

interface PackOptions {
  /** Modification time, seconds since 1970. */
  readonly time: number;
  readonly signal: AbortSignal;
  /** Gets a record for the manifest of each file, in order. */
  readonly files: ManifestFile[];
  /** The bytes of secrets.json. Undefined when there is none. */
  readonly first: Uint8Array | undefined;
  /** Called after the last file: the bytes of private.json, or undefined when there is none. */
  readonly last: () => Uint8Array | undefined;
  readonly onProgress: ((payloadBytes: number) => void) | undefined;
}

/** The names in the ustar headers when the path is in a pax record. */
export const paxName = 'PaxHeader';
export const longName = 'LongName';

/**
 * The payload tar (§2) in pieces of exactly 1 MiB and a rest, however the contents of the entries are cut. The memory
 * of a piece is used again after `blocksAtOnce` + 2 further pieces.
 */
export async function* packPayload(
  entries: AsyncIterable<PayloadEntry>,
  options: PackOptions,
): AsyncGenerator<Uint8Array, void> {
  const form = new HeaderForm(options.time);
  const batch = new Batch();
  const paths = new PathSet();
  const { files, signal, onProgress } = options;
  let manifestBytes = 0;
  let done = 0;
  if (options.first !== undefined) {
    paths.add(secretsEntry);
    yield* packOwn(batch, form, secretsEntry, options.first);
  }
  for await (const entry of interruptible(entries, signal)) {
    checkEntry(entry, paths);
    manifestBytes += 130 + Buffer.byteLength(entry.path) + (entry.mediaType?.length ?? 0);
    if (manifestBytes > maxManifestBytes) {
      throw new MigratorError(
        'USAGE',
        `more than ${files.length} files do not fit into one package: its manifest would be too long`,
        { hint: 'seal them as fewer, larger files' },
      );
    }
    for (const piece of batch.add(entryHeader(form, entry.path, entry.size))) yield piece;
    const content = entry.content();
    let sha256: string;
    if (content instanceof Uint8Array) {
      if (content.length !== entry.size) throw wrongSize(entry, content.length);
      sha256 = hash('sha256', content);
      for (const piece of batch.add(content)) yield piece;
      onProgress?.((done += content.length));
    } else {
      sha256 = yield* packStream(entry, content, batch, signal, (bytes) => onProgress?.((done += bytes)));
    }
    for (const piece of batch.add(zeros.subarray(0, padding(entry.size)))) yield piece;
    const { path, size, mediaType } = entry;
    files.push(mediaType === undefined ? { path, sha256, size } : { mediaType, path, sha256, size });
  }
  const last = options.last();
  if (last !== undefined) {
    yield* packOwn(batch, form, privateEntry, last);
  }
  for (const piece of batch.add(Buffer.alloc(2 * blockBytes))) yield piece;
  for (const piece of batch.rest()) yield piece;
}

/** An entry of the package itself. */
function* packOwn(batch: Batch, form: HeaderForm, path: string, bytes: Uint8Array): Generator<Uint8Array, void> {
  for (const piece of batch.add(form.encode(path, bytes.length))) yield piece;
  for (const piece of batch.add(bytes)) yield piece;
  for (const piece of batch.add(zeros.subarray(0, padding(bytes.length)))) yield piece;
}

/** Returns the digest. */
async function* packStream(
  entry: PayloadEntry,
  content: ByteStream,
  batch: Batch,
  signal: AbortSignal,
  onBytes: (bytes: number) => void,
): AsyncGenerator<Uint8Array, string> {
  const sum = createStreamHash(entry.size);
  try {
    let size = 0;
    for await (const chunk of interruptible(content, signal)) {
      size += chunk.length;
      if (size > entry.size) throw wrongSize(entry, size);
      const hashing = sum.update(chunk);
      if (hashing !== undefined) await hashing;
      for (const piece of batch.add(chunk)) yield piece;
      onBytes(chunk.length);
    }
    if (size < entry.size) throw wrongSize(entry, size);
    return await sum.digest();
  } finally {
    sum.close();
  }
}

/** The header blocks of one file. A path that is no plain ustar name is in a pax record before the header. */
export function entryHeader(form: HeaderForm, path: string, size: number): Buffer {
  if (fitsName(path)) return form.encode(path, size);
  const record = Buffer.from(new Pax({ path }).encodeBody());
  return Buffer.concat([
    form.encode(paxName, record.length, 'x'),
    record,
    Buffer.alloc(padding(record.length)),
    form.encode(longName, size),
  ]);
}

function checkEntry({ path, size, mediaType }: PayloadEntry, paths: PathSet): void {
  const fault = path === privateEntry || path === secretsEntry ? 'is reserved for the package itself' : paths.add(path);
  if (fault !== undefined) {
    throw new MigratorError('USAGE', `the path ${JSON.stringify(path)} cannot go into a package: it ${fault}`);
  }
  if (!Number.isSafeInteger(size) || size < 0) throw new MigratorError('USAGE', `"${path}" has no valid size: ${size}`);
  if (mediaType !== undefined && !/^[\x20-\x7e]{1,255}$/.test(mediaType)) {
    throw new MigratorError('USAGE', `"${path}" has no valid media type`);
  }
}

function wrongSize({ path, size }: PayloadEntry, bytes: number): MigratorError {
  const came = bytes > size ? 'more' : `only ${bytes}`;
  return new MigratorError('LOCAL_IO', `"${path}" was announced with ${size} bytes, but ${came} came`, {
    hint: 'make sure that nothing writes to it, and run the command again',
  });
}

const nothing: readonly Uint8Array[] = [];

/** One piece being filled, one just handed out, and those being compressed. */
const batchTurns = blocksAtOnce + 3;

class Batch {
  readonly #ring = new MemoryRing(batchTurns, batchBytes);
  #buffer = this.#ring.next();
  #used = 0;

  /** Returns the pieces that became full. */
  add(bytes: Uint8Array): Iterable<Uint8Array> {
    if (bytes.length >= batchBytes - this.#used) return this.#addBeyond(bytes);
    this.#buffer.set(bytes, this.#used);
    this.#used += bytes.length;
    return nothing;
  }

  *#addBeyond(bytes: Uint8Array): Generator<Uint8Array, void> {
    for (let offset = 0; offset < bytes.length;) {
      const end = Math.min(bytes.length, offset + batchBytes - this.#used);
      this.#buffer.set(bytes.subarray(offset, end), this.#used);
      this.#used += end - offset;
      offset = end;
      if (this.#used < batchBytes) continue;
      const full = this.#buffer;
      this.#buffer = this.#ring.next();
      this.#used = 0;
      yield full;
    }
  }

  rest(): readonly Uint8Array[] {
    return this.#used > 0 ? [this.#buffer.subarray(0, this.#used)] : nothing;
  }
}
