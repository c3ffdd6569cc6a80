import { hash } from 'node:crypto';
import { isMigratorError, MigratorError } from '../errors.ts';
import type { ByteStream } from '../ports/artifact.ts';
import type { ByteSource } from '../ports/bytes.ts';
import { interruptible, stopIfAborted } from '../streams/interruptible.ts';
import { decryptAge, type DecryptionKeys } from './age/decrypt.ts';
import { ByteReader } from './byte-reader.ts';
import { decompress } from './compression/index.ts';
import { maxManifestBytes, privateEntry } from './format.ts';
import { checkSum } from './inspect.ts';
import { boundPayload, checkLimits, type OpenLimits } from './limits.ts';
import { type ManifestFile, type PrivatePart } from './manifest/manifest.ts';
import { parsePrivatePart } from './manifest/parse.ts';
import { toTime } from './manifest/rules.ts';
import { malformed } from './refusal.ts';
import { createStreamHash, type StreamHash } from './stream-hash.ts';
import type { Member } from './tar/container.ts';
import { HeaderForm } from './tar/header.ts';
import { unpackPayload, type RawEntry } from './tar/payload-reader.ts';
import type { VouchedPackage } from './verify.ts';

/** One file that comes out of a package. Its content can be read once, before the next entry is asked for. */
export interface OpenedEntry {
  readonly path: string;
  readonly size: number;
  /** With `reuseMemory` a chunk is good only until the next but one is asked for. */
  readonly content: ByteStream;
  /** The content of a small file, which is known to be right already; undefined for a large one. */
  readonly bytes: Uint8Array | undefined;
}

/** Up to this size a file is read and checked whole before it is handed out. */
const smallBytes = 256 * 1024;

export interface OpenReading {
  /** Called at the end, with what a private manifest had left out. */
  readonly onPrivatePart?: (part: PrivatePart) => void;
  /** For one who writes what comes out at once: less memory to be mapped, cleared and collected. */
  readonly reuseMemory?: boolean;
}

/** A chunk of what is stored is hashed at once, and deciphered before the third after it is read. */
const storedTurns = 4;

/**
 * The last steps of the policy (§5): age header, every chunk, every file's size and digest, and the sum of the content, in one pass.
 * Whatever was handed out is provisional until the iteration has ended without an error; on an error it must be thrown away. A
 * content that does not match its sum is always refused as that, whatever else was met in it.
 * Errors: PACKAGE_LOCKED, PACKAGE_MALFORMED, CANCELLED.
 */
export async function* open(
  source: ByteSource,
  vouched: VouchedPackage,
  keys: DecryptionKeys,
  limits: OpenLimits,
  signal: AbortSignal,
  { onPrivatePart, reuseMemory = false }: OpenReading = {},
): AsyncGenerator<OpenedEntry, void> {
  const { manifest, content } = vouched;
  checkLimits(manifest, content.size, limits);
  const { compression, encryption } = manifest.content;
  const isPlain = encryption === 'none';
  const sum = new ContentSum(source, content, signal);
  const stored = sum.read(isPlain ? undefined : storedTurns);
  // zlib lets go of what it was given at a time of its own.
  const packed = isPlain ? stored : decryptAge(stored, keys, reuseMemory && compression !== 'gzip');
  const reader = new ByteReader(boundPayload(decompress(packed, compression), manifest));
  const form = new HeaderForm(toTime(manifest.createdAt) ?? 0);
  const found: Found = { files: [], privatePart: undefined };
  try {
    for await (const entry of unpackPayload(reader, form)) {
      stopIfAborted(signal);
      if (manifest.private && entry.path === privateEntry) found.privatePart = await readPrivatePart(entry);
      else yield* checkedEntry(entry, found, manifest.content.files);
    }
    checkSum(content, await sum.digest(), vouched.contentSha256);
    checkComplete(found, vouched);
  } catch (error) {
    if (isMigratorError(error, 'PACKAGE_MALFORMED', 'PACKAGE_LOCKED')) {
      checkSum(content, await sum.ofTheRest(), vouched.contentSha256);
    }
    throw error;
  } finally {
    await reader.close();
    sum.close();
  }
  if (found.privatePart !== undefined) onPrivatePart?.(found.privatePart);
}

/** Reads the content, and adds it up as it passes. */
class ContentSum {
  readonly #source: ByteSource;
  readonly #signal: AbortSignal;
  readonly #hash: StreamHash;
  readonly #end: number;
  #position: number;
  #digest: Promise<string> | undefined;

  constructor(source: ByteSource, { start, size }: Member, signal: AbortSignal) {
    this.#source = source;
    this.#signal = signal;
    this.#hash = createStreamHash(size);
    this.#position = start;
    this.#end = start + size;
  }

  async *read(reuseAfter: number | undefined): AsyncGenerator<Uint8Array, void> {
    for await (const chunk of interruptible(this.#source.stream(this.#position, this.#end, reuseAfter), this.#signal)) {
      const hashing = this.#hash.update(chunk);
      if (hashing !== undefined) await hashing;
      this.#position += chunk.length;
      yield chunk;
    }
  }

  digest(): Promise<string> {
    return (this.#digest ??= this.#hash.digest());
  }

  /** After reading what nobody came to read. */
  async ofTheRest(): Promise<string> {
    const rest = this.read(1);
    while ((await rest.next()).done !== true);
    return this.digest();
  }

  close(): void {
    this.#hash.close();
  }
}

interface Found {
  readonly files: ManifestFile[];
  privatePart: PrivatePart | undefined;
}

async function* checkedEntry(
  entry: RawEntry,
  found: Found,
  listed: readonly ManifestFile[] | undefined,
): AsyncGenerator<OpenedEntry, void> {
  const { path, size } = entry;
  if (found.privatePart !== undefined)
    throw malformed('payload', `the file "${path}" follows the end of the package's files`);
  const expected = listed?.[found.files.length];
  if (listed !== undefined && (expected?.path !== path || expected.size !== size)) {
    throw malformed('payload', `the payload has "${path}" with ${size} bytes, which the manifest does not list there`);
  }
  if (size <= smallBytes) {
    const bytes = await entry.whole();
    const sha256 = hash('sha256', bytes);
    checkDigest(path, sha256, expected?.sha256);
    yield { path, size, content: new WholeContent(path, bytes), bytes };
    found.files.push({ path, size, sha256 });
    return;
  }
  const content = new CheckedContent(entry, expected?.sha256);
  try {
    yield { path, size, content, bytes: undefined };
    found.files.push({ path, size, sha256: await content.finish() });
  } finally {
    content.close();
  }
}

class WholeContent implements AsyncIterable<Uint8Array> {
  readonly #path: string;
  #bytes: Uint8Array | undefined;

  constructor(path: string, bytes: Uint8Array) {
    this.#path = path;
    this.#bytes = bytes;
  }

  // eslint-disable-next-line @typescript-eslint/require-await -- bytes that are at hand, told as a stream
  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array, void> {
    const bytes = this.#bytes;
    if (bytes === undefined) throw readAlready(this.#path);
    this.#bytes = undefined;
    if (bytes.length > 0) yield bytes;
  }
}

function checkDigest(path: string, found: string, expected: string | undefined): void {
  if (expected === undefined || found === expected) return;
  throw malformed('digest', `"${path}" does not match its digest in the manifest`);
}

function readAlready(path: string): Error {
  return new MigratorError('USAGE', `"${path}" was read already: a package's files are read once, in order`);
}

/** Compares the digest with the last byte it hands out, so a consumer that reads to the end meets the failure before it is done. */
class CheckedContent implements AsyncIterable<Uint8Array> {
  readonly #entry: RawEntry;
  readonly #expected: string | undefined;
  readonly #hash: StreamHash;
  #digest = '';

  constructor(entry: RawEntry, expected: string | undefined) {
    this.#entry = entry;
    this.#expected = expected;
    this.#hash = createStreamHash(entry.size);
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array, void> {
    if (this.#digest !== '') throw readAlready(this.#entry.path);
    for await (const chunk of this.#entry.content) {
      const hashing = this.#hash.update(chunk);
      if (hashing !== undefined) await hashing;
      yield chunk;
    }
    this.#digest = await this.#hash.digest();
    checkDigest(this.#entry.path, this.#digest, this.#expected);
  }

  /** The digest, after reading what the consumer has left. */
  async finish(): Promise<string> {
    if (this.#digest === '') {
      const rest = this[Symbol.asyncIterator]();
      while ((await rest.next()).done !== true);
    }
    return this.#digest;
  }

  close(): void {
    this.#hash.close();
  }
}

async function readPrivatePart(entry: RawEntry): Promise<PrivatePart> {
  if (entry.size > maxManifestBytes)
    throw malformed('limit', `"${privateEntry}" is longer than ${maxManifestBytes} bytes`);
  const pieces: Uint8Array[] = [];
  for await (const chunk of entry.content) pieces.push(new Uint8Array(chunk));
  return parsePrivatePart(Buffer.concat(pieces));
}

function checkComplete({ files, privatePart }: Found, { manifest }: VouchedPackage): void {
  const { counts, files: listed = privatePart?.files } = manifest.content;
  if (listed === undefined) throw malformed('payload', `"${privateEntry}" is missing from the payload`);
  const missing = listed.slice(files.length)[0];
  if (missing !== undefined) throw malformed('payload', `"${missing.path}" is missing from the payload`);
  for (const [index, file] of files.entries()) {
    const expected = listed[index];
    if (expected?.path !== file.path || expected.size !== file.size) {
      throw malformed('payload', `the payload has "${file.path}" with ${file.size} bytes, which is not listed there`);
    }
    if (expected.sha256 !== file.sha256) throw malformed('digest', `"${file.path}" does not match its digest`);
  }
  const bytes = files.reduce((total, { size }) => total + size, 0);
  if (counts.files !== files.length || counts.bytes !== bytes) {
    throw malformed('payload', 'the payload has not as many files or bytes as the manifest says');
  }
}
