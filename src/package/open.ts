import { isMigratorError } from '../errors.ts';
import type { ByteSource } from '../ports/bytes.ts';
import { interruptible, stopIfAborted } from '../streams/interruptible.ts';
import { decryptAge, type DecryptionKeys } from './age/decrypt.ts';
import { ByteReader } from './byte-reader.ts';
import { decompress } from './compression/index.ts';
import { maxManifestBytes, privateEntry } from './format.ts';
import { checkSum } from './inspect.ts';
import { boundPayload, checkLimits, type OpenLimits } from './limits.ts';
import type { ManifestFile, PrivatePart } from './manifest/manifest.ts';
import { parsePrivatePart } from './manifest/parse.ts';
import { toTime } from './manifest/rules.ts';
import { checkedEntry, type OpenedEntry } from './opened-entry.ts';
import { malformed } from './refusal.ts';
import { createStreamHash, type StreamHash } from './stream-hash.ts';
import type { Member } from './tar/container.ts';
import { HeaderForm } from './tar/header.ts';
import { unpackPayload, type RawEntry } from './tar/payload-reader.ts';
import type { VouchedPackage } from './verify.ts';

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
      else found.files.push(yield* checkedEntry(entry, listedAs(entry, found, manifest.content.files)));
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

/** What the manifest says of the entry; undefined when its files are private. */
function listedAs({ path, size }: RawEntry, { files, privatePart }: Found, listed?: readonly ManifestFile[]) {
  if (privatePart !== undefined)
    throw malformed('payload', `the file "${path}" follows the end of the package's files`);
  const expected = listed?.[files.length];
  if (listed !== undefined && (expected?.path !== path || expected.size !== size)) {
    throw malformed('payload', `the payload has "${path}" with ${size} bytes, which the manifest does not list there`);
  }
  return expected;
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
